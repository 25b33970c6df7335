"""The shortage case."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.catalog.models import MONEY, QUANTITY, Item, Site
from qitao.kernel.lifecycle import Lifecycle
from qitao.picking.models import ShortPick
from qitao.production.models import Requirement
from qitao.stock.models import Count

CASE = Lifecycle(
    states=(
        "detected",
        "verified",
        "assessed",
        "decided",
        "carried_out",
        "closed",
        "cancelled",
    ),
    verbs={
        "verify": (("detected",), "verified"),
        "assess": (("detected", "verified"), "assessed"),
        "decide": (
            ("detected", "verified", "assessed", "decided", "carried_out"),
            "decided",
        ),
        "carry_out": (("decided",), "carried_out"),
        "reopen": (("decided", "carried_out", "closed"), "assessed"),
        "close": (
            ("detected", "verified", "assessed", "decided", "carried_out"),
            "closed",
        ),
        "cancel": (("detected", "verified", "assessed"), "cancelled"),
    },
)
UNDECIDED_STATES = ("detected", "verified", "assessed")
OPEN_STATES = (*UNDECIDED_STATES, "decided", "carried_out")


class Cause(models.TextChoices):
    RECORD = "record", _("stock record was wrong")
    SUPPLIER_LATE = "supplier_late", _("supplier was late")
    QUALITY = "quality", _("lot was rejected or damaged")
    TAKEN = "taken", _("taken for another order")
    PLANNING = "planning", _("planned or ordered too late")
    BOM = "bom", _("BOM was wrong")
    DEMAND = "demand", _("demand rose")
    MISPLACED = "misplaced", _("stock was in another place")
    ORDER_OVER = "order_over", _("work order is over")
    OTHER = "other", _("other")


class Case(models.Model):
    """A shortage of one item at one site, from detection to closing; at most one open at a time."""

    class State(models.TextChoices):
        DETECTED = "detected", _("detected")
        VERIFIED = "verified", _("verified")
        ASSESSED = "assessed", _("assessed")
        DECIDED = "decided", _("decided")
        CARRIED_OUT = "carried_out", _("carried out")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    class Origin(models.TextChoices):
        SHORT_PICK = "short_pick", _("short pick")
        PREDICTED = "predicted", _("predicted by the plan")
        MANUAL = "manual", _("reported by hand")
        COUNT = "count", _("count difference")
        RECEIPT = "receipt", _("late, short or rejected receipt")

    class Severity(models.IntegerChoices):
        STOPPED = 1, _("line stopped")
        TODAY = 2, _("stops today or tomorrow")
        SOON = 3, _("stops this week")
        LATER = 4, _("later")

    code = models.CharField(max_length=60, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="cases")
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    status = models.CharField(max_length=11, choices=State, default=State.DETECTED)
    origin = models.CharField(max_length=10, choices=Origin)
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.SOON)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    deadline_at = models.DateTimeField(help_text="When it must be decided, by its severity.")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=13, choices=Cause, blank=True)
    cause_note = models.CharField(max_length=500, blank=True)
    count = models.ForeignKey(
        Count,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        help_text="That verifies it.",
    )

    class Meta:
        verbose_name = "shortage case"
        constraints = (
            models.UniqueConstraint(
                fields=["item", "site"],
                condition=Q(
                    status__in=(
                        "detected",
                        "verified",
                        "assessed",
                        "decided",
                        "carried_out",
                    )
                ),
                name="shortages_case_is_one_per_item_and_site",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | ~Q(cause=""),
                name="shortages_case_closes_with_a_cause",
            ),
        )
        indexes = (
            models.Index(
                fields=["status", "severity", "deadline_at"],
                name="shortages_case_board",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.status in OPEN_STATES


class CaseLine(models.Model):
    """A requirement that the shortage hits, and how much of it was short when it joined the case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="lines")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="case_lines")
    short_quantity = models.DecimalField(**QUANTITY)
    short_pick = models.ForeignKey(ShortPick, on_delete=models.PROTECT, null=True, blank=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "requirement"], name="shortages_case_line_is_unique"),)


class OptionKind(models.TextChoices):
    RECOUNT = "recount", _("count again")
    OTHER_BIN = "other_bin", _("take from another bin")
    TRANSFER = "transfer", _("transfer from another warehouse")
    SUBSTITUTE = "substitute", _("use a substitute")
    RESEQUENCE = "resequence", _("take from a later order")
    PARTIAL = "partial", _("build part now")
    EXPEDITE = "expedite", _("expedite a purchase")
    BUY = "buy", _("buy")
    WAIT = "wait", _("accept the delay")


class Decision(models.Model):
    """An option as it was shown when somebody chose it, and what carrying it out wrote. Never changed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=OptionKind)
    parameters = models.JSONField(help_text="What the option does, as it was computed.")
    kit_on = models.DateField(null=True, help_text="The kit date that was computed for it.")
    cost = models.DecimalField(**MONEY, default=0)
    harms = models.JSONField(default=list, help_text="Who gets worse, as it was computed.")
    wrote = models.JSONField(default=dict, help_text="The documents it made.")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    command_id = models.UUIDField()

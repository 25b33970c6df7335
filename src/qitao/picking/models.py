"""Pick lists."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.catalog.models import QUANTITY, Item
from qitao.kernel.lifecycle import Lifecycle
from qitao.production.models import Requirement, WorkOrder
from qitao.stock.models import Location, Lot, Warehouse

PICK_LIST = Lifecycle(
    states=("open", "in_progress", "done", "cancelled"),
    verbs={
        "begin": (("open",), "in_progress"),
        "finish": (("open", "in_progress"), "done"),
        "cancel": (("open", "in_progress"), "cancelled"),
    },
)


class PickList(models.Model):
    """What to fetch for one work order, in the order of the walk."""

    class State(models.TextChoices):
        OPEN = "open", _("to pick")
        IN_PROGRESS = "in_progress", _("being picked")
        DONE = "done", _("picked")
        CANCELLED = "cancelled", _("cancelled")

    code = models.CharField(max_length=60, unique=True)
    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="pick_lists")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    status = models.CharField(max_length=11, choices=State, default=State.OPEN)
    picker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "pick list"

    def __str__(self) -> str:
        return self.code


class OverReason(models.TextChoices):
    """Why more is issued than a work order needs."""

    WHOLE_PACK = "whole_pack", _("the whole pack goes to the line")
    SCRAP = "scrap", _("spoiled on the line")
    LOST = "lost", _("lost on the line")
    SET_UP = "set_up", _("used up setting up")
    OTHER = "other", _("something else")


class Wave(models.Model):
    """One walk for several work orders: open lines of their pick lists, taken together, bin by bin.

    A line stays on the list of its work order, and is issued by it; how far a wave is, its lines say.
    """

    code = models.CharField(max_length=60, unique=True)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    zone = models.CharField(max_length=60, blank=True, help_text="Where it was divided by racks: its rack.")
    picker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "wave"

    def __str__(self) -> str:
        return self.code


class PickLine(models.Model):
    """A quantity of a lot to take from a bin; it is allocated there until it is picked, short or cancelled."""

    class State(models.TextChoices):
        OPEN = "open", _("to pick")
        PICKED = "picked", _("picked")
        SHORT = "short", _("short")
        CANCELLED = "cancelled", _("cancelled")

    pick_list = models.ForeignKey(PickList, on_delete=models.CASCADE, related_name="lines")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, blank=True, related_name="lines")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="pick_lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    owner = models.CharField(max_length=60, blank=True, default="")
    quantity = models.DecimalField(**QUANTITY)
    picked = models.DecimalField(**QUANTITY, default=0)
    returned = models.DecimalField(**QUANTITY, default=0, help_text="Of what was picked, brought back unused.")
    status = models.CharField(max_length=9, choices=State, default=State.OPEN)
    done_at = models.DateTimeField(null=True, blank=True)
    over_reason = models.CharField(
        max_length=10, choices=OverReason, blank=True, help_text="Taken beyond what was asked for: why."
    )
    over_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="picking_line_takes_something"),
            models.CheckConstraint(
                condition=Q(picked__gte=0, picked__lte=F("quantity")),
                name="picking_line_takes_no_more_than_asked",
            ),
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("picked")),
                name="picking_line_returns_no_more_than_picked",
            ),
        )
        indexes = (
            models.Index(
                fields=["location", "lot"],
                condition=Q(status="open"),
                name="picking_line_open_at",
            ),
        )

    @property
    def open_quantity(self) -> Decimal:
        """What is still to be picked."""
        return self.quantity - self.picked


class ShortReason(models.TextChoices):
    EMPTY = "empty", _("bin is empty")
    LESS = "less", _("less than recorded")
    DAMAGED = "damaged", _("damaged")
    WRONG_ITEM = "wrong_item", _("another item lies there")
    BLOCKED = "blocked", _("cannot be reached")
    NOT_STOCKED = "not_stocked", _("nothing was there to allocate")


class ShortPick(models.Model):
    """A pick that came up short: what was asked, what was found, and why. Never changed."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="short_picks")
    pick_line = models.ForeignKey(PickLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, blank=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    asked = models.DecimalField(**QUANTITY)
    found = models.DecimalField(**QUANTITY)
    reason = models.CharField(max_length=12, choices=ShortReason)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    @property
    def missing(self) -> Decimal:
        """How much was not there."""
        return self.asked - self.found


BORROWING = Lifecycle(
    states=("asked", "lent", "paid", "refused", "withdrawn", "forgiven"),
    verbs={
        "lend": (("asked",), "lent"),
        "refuse": (("asked",), "refused"),
        "withdraw": (("asked",), "withdrawn"),
        "pay": (("lent",), "paid"),
        "forgive": (("lent",), "forgiven"),
    },
)


class Borrowing(models.Model):
    """Material that one work order took from what another holds – or asks to – and owes it until it is paid back.

    What is owed is no demand beside the lender's own: its requirement is open again by as much, and the plan serves it
    by the lender's rank. `lacked` is what the lender had no claim on when this was last looked at: what it lacks less
    from then on pays back.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("waits for an answer")
        LENT = "lent", _("lent")
        PAID = "paid", _("paid back")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        FORGIVEN = "forgiven", _("not owed any more")

    code = models.CharField(max_length=60, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    lender = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="lendings")
    borrower = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="borrowings")
    quantity = models.DecimalField(**QUANTITY, help_text="Asked for; once lent, what was lent.")
    paid = models.DecimalField(**QUANTITY, default=0)
    lacked = models.DecimalField(**QUANTITY, default=0)
    status = models.CharField(max_length=9, choices=State, default=State.ASKED)
    due_on = models.DateField(help_text="When the lender needs it.")
    reason = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=200, blank=True, help_text="Why it was refused, withdrawn or forgiven.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "borrowing"
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="picking_borrowing_takes_something"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("quantity")), name="picking_borrowing_pays_no_more_than_it_took"
            ),
            models.CheckConstraint(
                condition=~Q(lender=F("borrower")), name="picking_borrowing_is_between_two_requirements"
            ),
            models.UniqueConstraint(
                fields=["lender", "borrower"],
                condition=Q(status="asked"),
                name="picking_borrowing_is_asked_for_once",
            ),
        )
        indexes = (
            models.Index(fields=["lender"], condition=Q(status="lent"), name="picking_borrowing_owed_to"),
            models.Index(fields=["status"], name="picking_borrowing_in_state"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def owed(self) -> Decimal:
        """What is still to be paid back."""
        return self.quantity - self.paid if self.status == self.State.LENT else Decimal(0)

"""Work orders and what they require."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.catalog.models import MONEY, QUANTITY, Bom, Item, WorkCenter
from qitao.kernel.lifecycle import Lifecycle
from qitao.sales.models import SalesOrderLine
from qitao.stock.models import Lot, Warehouse

WORK_ORDER = Lifecycle(
    states=(
        "draft",
        "firm",
        "released",
        "started",
        "paused",
        "completed",
        "closed",
        "cancelled",
    ),
    verbs={
        "firm": (("draft",), "firm"),
        "release": (("firm",), "released"),
        "start": (("released",), "started"),
        "pause": (("released", "started"), "paused"),
        "resume": (("paused",), "started"),
        "complete": (("started",), "completed"),  # by the last piece reported, good or scrap
        "finish": (("started", "paused"), "completed"),  # with less than ordered, for a reason
        "close": (("completed",), "closed"),
        "cancel": (("draft", "firm", "released", "paused"), "cancelled"),
        "merge": (("firm", "released"), "cancelled"),  # another one makes its pieces
    },
)
OPEN_STATES = ("firm", "released", "started", "paused")


class ScrapReason(models.TextChoices):
    """Why pieces that were made are lost."""

    MATERIAL = "material", _("bad material")
    PROCESS = "process", _("made wrong")
    DAMAGED = "damaged", _("damaged")
    TEST = "test", _("failed the test")
    OTHER = "other", _("something else")


class WorkOrder(models.Model):
    """An order to make a quantity of an item by a date. `rank` 1 is served first."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        FIRM = "firm", _("firm")
        RELEASED = "released", _("released")
        STARTED = "started", _("started")
        PAUSED = "paused", _("paused")
        COMPLETED = "completed", _("completed")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    code = models.CharField(max_length=60, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="work_orders")
    quantity = models.DecimalField(**QUANTITY)
    quantity_done = models.DecimalField(**QUANTITY, default=0, help_text="Good pieces.")
    quantity_scrapped = models.DecimalField(**QUANTITY, default=0, help_text="Made, but lost: not made once more.")
    quantity_rejected = models.DecimalField(**QUANTITY, default=0, help_text="Made, and lying in stock as rejected.")
    status = models.CharField(max_length=9, choices=State, default=State.FIRM)
    rank = models.PositiveIntegerField(db_index=True, help_text="1 is served first.")
    start_on = models.DateField(help_text="When its material is needed.")
    due_on = models.DateField()
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, help_text="Where its material is picked.")
    work_center = models.ForeignKey(WorkCenter, on_delete=models.PROTECT, null=True, blank=True)
    bom = models.ForeignKey(Bom, on_delete=models.PROTECT, null=True, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    sales_line = models.ForeignKey(
        SalesOrderLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="work_orders",
    )
    reworks = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rework_orders",
        help_text="The work order whose rejects it makes good.",
    )
    rework_lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, blank=True, help_text="Of the rejects.")
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", help_text="It makes its pieces."
    )
    lot_code = models.CharField(max_length=120, blank=True, help_text="The lot it makes.")
    pause_reason = models.CharField(max_length=200, blank=True)
    short_reason = models.CharField(max_length=200, blank=True, help_text="Why it was finished with less than ordered.")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "work order"
        constraints = (
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="production_work_order_makes_something",
            ),
            models.CheckConstraint(
                condition=Q(quantity_done__gte=0, quantity_scrapped__gte=0, quantity_rejected__gte=0),
                name="production_work_order_done_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("start_on")),
                name="production_work_order_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(reworks=None, rework_lot=None) | Q(reworks__isnull=False, rework_lot__isnull=False),
                name="production_work_order_reworks_a_lot",
            ),
        )
        indexes = (models.Index(fields=["status", "rank"], name="production_work_order_queue"),)

    def __str__(self) -> str:
        return self.code

    @property
    def quantity_made(self) -> Decimal:
        """What was made, good, rejected or lost: its material is used."""
        return self.quantity_done + self.quantity_scrapped + self.quantity_rejected

    @property
    def open_quantity(self) -> Decimal:
        """What is still to be made."""
        return max(self.quantity - self.quantity_made, Decimal(0))

    @property
    def is_open(self) -> bool:
        """Whether it still takes part in planning."""
        return self.status in OPEN_STATES


class Requirement(models.Model):
    """A component line of a work order. A substitution closes the line and writes another in its place."""

    work_order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="requirements")
    position = models.PositiveIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="requirements")
    quantity = models.DecimalField(**QUANTITY, help_text="For the whole work order, scrap allowance included.")
    issued = models.DecimalField(**QUANTITY, default=0)
    operation = models.CharField(max_length=60, blank=True)
    is_consumable = models.BooleanField(default=False)
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        help_text="The requirement that this substitute stands in for.",
    )

    class Meta:
        ordering = ("work_order_id", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["work_order", "position"],
                name="production_requirement_position_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, issued__gte=0),
                name="production_requirement_is_not_negative",
            ),
        )
        indexes = (models.Index(fields=["item"], name="production_requirement_of_item"),)

    def __str__(self) -> str:
        return f"{self.work_order}-{self.position}"

    @property
    def over_issued(self) -> Decimal:
        """What was issued beyond the need."""
        return max(self.issued - self.quantity, Decimal(0))

    @property
    def open_quantity(self) -> Decimal:
        """What is still to be issued."""
        return max(self.quantity - self.issued, Decimal(0))


class Closing(models.Model):
    """How a work order ended, as it was when it was closed: what it made, of what, against what was planned."""

    work_order = models.OneToOneField(WorkOrder, on_delete=models.PROTECT, related_name="closing")
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned = models.DecimalField(**QUANTITY)
    good = models.DecimalField(**QUANTITY)
    scrapped = models.DecimalField(**QUANTITY)
    rejected = models.DecimalField(**QUANTITY)
    yield_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True, help_text="Good of what was made.")
    currency = models.CharField(max_length=3)
    required_value = models.DecimalField(**MONEY, help_text="Of what its pieces take, in this currency.")
    used_value = models.DecimalField(**MONEY)
    variance_value = models.DecimalField(**MONEY, help_text="Used beyond what its pieces take; negative: less.")

    def __str__(self) -> str:
        return str(self.work_order)


class ClosingLine(models.Model):
    """Of one component: what the pieces made take, what was issued and brought back, at the cost of that day."""

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    required = models.DecimalField(**QUANTITY)
    issued = models.DecimalField(**QUANTITY, help_text="All that was issued, what was brought back included.")
    returned = models.DecimalField(**QUANTITY)
    unit_cost = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["closing", "item"], name="production_closing_line_is_unique"),)

    @property
    def used(self) -> Decimal:
        """What stayed with the work order."""
        return self.issued - self.returned

    @property
    def over(self) -> Decimal:
        """What was used beyond what the pieces take; negative: less."""
        return self.used - self.required

    @property
    def value(self) -> Decimal:
        """What that is worth."""
        return self.over * self.unit_cost


OPERATION = Lifecycle(
    states=("waiting", "running", "paused", "done", "stopped"),
    verbs={
        "start": (("waiting",), "running"),
        "pause": (("running",), "paused"),
        "resume": (("paused",), "running"),
        "complete": (("waiting", "running"), "done"),  # by the last piece reported; whoever reports has started it
        "stop": (("waiting", "running", "paused"), "stopped"),  # its work order is over
    },
)


class Operation(models.Model):
    """A step of a work order, copied from the item's routing when it was released."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    work_order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="operations")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    work_center = models.ForeignKey(WorkCenter, on_delete=models.PROTECT, related_name="+")
    setup_minutes = models.DecimalField(**QUANTITY, default=0)
    run_minutes = models.DecimalField(**QUANTITY, default=0, help_text="For one piece.")
    instruction = models.CharField(max_length=2000, blank=True, help_text="How it is done (SOP).")
    status = models.CharField(max_length=7, choices=State, default=State.WAITING)
    good = models.DecimalField(**QUANTITY, default=0)
    scrapped = models.DecimalField(**QUANTITY, default=0)
    minutes = models.DecimalField(**QUANTITY, default=0, help_text="Worked, as reported.")
    running_since = models.DateTimeField(null=True, blank=True, help_text="Minutes from then on are not counted yet.")
    pause_reason = models.CharField(max_length=200, blank=True)
    paused_by_order = models.BooleanField(default=False, help_text="It goes on when its work order does.")

    class Meta:
        verbose_name = "operation"
        ordering = ("work_order_id", "number")
        constraints = (
            models.UniqueConstraint(fields=["work_order", "number"], name="production_operation_number_is_unique"),
            models.CheckConstraint(
                condition=Q(good__gte=0, scrapped__gte=0, minutes__gte=0), name="production_operation_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(running_since__isnull=True) | Q(status="running"),
                name="production_operation_counts_minutes_while_running",
            ),
        )
        indexes = (models.Index(fields=["status", "work_center"], name="production_operation_queue"),)

    def __str__(self) -> str:
        return f"{self.work_order}.{self.number}"

    @property
    def planned_minutes(self) -> Decimal:
        """What it should take for the whole work order."""
        return self.setup_minutes + self.run_minutes * self.work_order.quantity

    @property
    def earned_minutes(self) -> Decimal:
        """What the pieces that went through it should have taken; 0 where none did."""
        pieces = self.good + self.scrapped
        return self.setup_minutes + self.run_minutes * pieces if pieces else Decimal(0)

    @property
    def over_minutes(self) -> Decimal:
        """What it took beyond that; negative: less."""
        return self.minutes - self.earned_minutes


class OperationReport(models.Model):
    """What somebody reported of an operation. Never changed."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="reports")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    good = models.DecimalField(**QUANTITY)
    scrapped = models.DecimalField(**QUANTITY)
    reason = models.CharField(max_length=8, choices=ScrapReason, blank=True)
    minutes = models.DecimalField(**QUANTITY)

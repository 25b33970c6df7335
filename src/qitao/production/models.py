"""Work orders and what they require."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qitao.catalog.models import QUANTITY, Bom, Item, WorkCenter
from qitao.kernel.lifecycle import Lifecycle
from qitao.sales.models import SalesOrderLine
from qitao.stock.models import Warehouse

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
                condition=Q(quantity_done__gte=0, quantity_scrapped__gte=0),
                name="production_work_order_done_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("start_on")),
                name="production_work_order_ends_after_start",
            ),
        )
        indexes = (models.Index(fields=["status", "rank"], name="production_work_order_queue"),)

    def __str__(self) -> str:
        return self.code

    @property
    def quantity_made(self) -> Decimal:
        """What was made, good or lost: its material is used."""
        return self.quantity_done + self.quantity_scrapped

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

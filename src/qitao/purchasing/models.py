"""Suppliers, what they sell, what was ordered, promised, re-promised and received."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.catalog.models import MONEY, QUANTITY, Item
from qitao.kernel.lifecycle import Lifecycle
from qitao.stock.models import Location, Lot, Status, Warehouse


class Supplier(models.Model):
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, default="CN")
    currency = models.CharField(max_length=3, default="CNY")
    contact = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.code


class Source(models.Model):
    """An item as one supplier sells it."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="sources")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="sources")
    supplier_code = models.CharField(max_length=120, blank=True)
    lead_days = models.PositiveIntegerField(null=True, blank=True)
    expedite_days = models.PositiveIntegerField(null=True, blank=True, help_text="Lead time against a fee.")
    expedite_cost = models.DecimalField(**MONEY, default=0)
    min_quantity = models.DecimalField(**QUANTITY, default=0)
    multiple = models.DecimalField(**QUANTITY, default=0)
    max_quantity = models.DecimalField(**QUANTITY, default=0)
    price = models.DecimalField(**MONEY, default=0)
    currency = models.CharField(max_length=3, default="CNY")
    priority = models.PositiveIntegerField(default=1)
    is_approved = models.BooleanField(default=True)

    class Meta:
        ordering = ("item_id", "priority", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["item", "supplier", "supplier_code", "min_quantity"],
                name="purchasing_source_is_unique",
            ),
        )

    def __str__(self) -> str:
        return f"{self.supplier} {self.item}"


PURCHASE_ORDER = Lifecycle(
    states=("draft", "open", "closed", "cancelled"),
    verbs={
        "send": (("draft",), "open"),
        "close": (("open",), "closed"),
        "cancel": (("draft", "open"), "cancelled"),
    },
)


class PurchaseOrder(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    code = models.CharField(max_length=60, unique=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="orders")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, help_text="Where it is received.")
    status = models.CharField(max_length=9, choices=State, default=State.OPEN)
    ordered_on = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "purchase order"

    def __str__(self) -> str:
        return self.code


class PurchaseOrderLine(models.Model):
    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines")
    line = models.CharField(max_length=20)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    price = models.DecimalField(**MONEY, default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["order", "line"], name="purchasing_order_line_is_unique"),)

    def __str__(self) -> str:
        return f"{self.order}-{self.line}"


class Delivery(models.Model):
    """A dated part-quantity of a purchase order line.

    Three dates, never one overwritten: `promised_on` first, `repromised_on` the latest change (each change is a
    `Repromise`), and the days it really came on its receipts. `quantity` is what stands ordered; what was cancelled of
    it is in `cancelled`, and a delivery that was cancelled whole stays with a quantity of 0.
    """

    line = models.ForeignKey(PurchaseOrderLine, on_delete=models.CASCADE, related_name="deliveries")
    sequence = models.PositiveIntegerField(default=1)
    quantity = models.DecimalField(**QUANTITY)
    received = models.DecimalField(**QUANTITY, default=0)
    cancelled = models.DecimalField(**QUANTITY, default=0)
    promised_on = models.DateField(null=True, blank=True)
    repromised_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "delivery"
        verbose_name_plural = "deliveries"
        constraints = (
            models.UniqueConstraint(
                fields=["line", "sequence"],
                name="purchasing_delivery_sequence_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(quantity=0, cancelled__gt=0),
                name="purchasing_delivery_brings_something_or_was_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(cancelled__gte=0),
                name="purchasing_delivery_cancelled_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(received__gte=0),
                name="purchasing_delivery_received_is_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line}/{self.sequence}"

    @property
    def expected_on(self) -> date | None:
        """The day the supplier says now."""
        return self.repromised_on or self.promised_on

    @property
    def open_quantity(self) -> Decimal:
        """What is still to come."""
        return max(self.quantity - self.received, Decimal(0))


class Repromise(models.Model):
    """A change of a delivery's date: what it became, when we heard, and why. Never changed."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="repromises")
    was_on = models.DateField(null=True, blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    cost = models.DecimalField(**MONEY, default=0, help_text="Expedite fee agreed with it.")
    command_id = models.UUIDField()


class Receipt(models.Model):
    """What one delivery note brought."""

    code = models.CharField(max_length=60, unique=True)
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="receipts")
    delivery_note = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.code


class ReceiptLine(models.Model):
    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="lines")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="receipt_lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, choices=Status, default=Status.OK)
    quantity = models.DecimalField(**QUANTITY)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="purchasing_receipt_line_brings_something",
            ),
        )


REQUISITION = Lifecycle(
    states=("open", "ordered", "cancelled"),
    verbs={"order": (("open",), "ordered"), "cancel": (("open",), "cancelled")},
)


class Requisition(models.Model):
    """A request to buy. While open it counts as planned supply on `expected_on`; once ordered the order does."""

    class State(models.TextChoices):
        OPEN = "open", _("to order")
        ORDERED = "ordered", _("ordered")
        CANCELLED = "cancelled", _("cancelled")

    code = models.CharField(max_length=60, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    quantity = models.DecimalField(**QUANTITY)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    source = models.ForeignKey(Source, on_delete=models.SET_NULL, null=True, blank=True)
    needed_on = models.DateField()
    expected_on = models.DateField()
    is_urgent = models.BooleanField(default=False, help_text="Goes through the green channel.")
    reason = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=State, default=State.OPEN)
    order_line = models.ForeignKey(PurchaseOrderLine, on_delete=models.SET_NULL, null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "requisition"
        constraints = (
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="purchasing_requisition_asks_for_something",
            ),
        )

    def __str__(self) -> str:
        return self.code


class DeliveryRecord(models.Model):
    """A delivery as it happened: the history that a supplier's dates are judged by."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="delivery_records")
    order_code = models.CharField(max_length=60)
    quantity = models.DecimalField(**QUANTITY)
    rejected = models.DecimalField(**QUANTITY, default=0)
    price = models.DecimalField(**MONEY, default=0)
    ordered_on = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    repromised_on = models.DateField(null=True, blank=True)
    actual_on = models.DateField()

    class Meta:
        indexes = (models.Index(fields=["supplier", "actual_on"], name="purchasing_record_of_supplier"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(quantity__gt=0, rejected__gte=0, rejected__lte=F("quantity")),
                name="purchasing_record_is_sane",
            ),
        )

"""Customers and what they ordered."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.catalog.models import MONEY, QUANTITY, Item
from qitao.kernel.lifecycle import Lifecycle
from qitao.stock.models import Location, Lot, Warehouse


class Customer(models.Model):
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, default="CN")
    currency = models.CharField(max_length=3, default="CNY")

    def __str__(self) -> str:
        return self.code


SALES_ORDER = Lifecycle(
    states=("draft", "open", "closed", "cancelled"),
    verbs={
        "confirm": (("draft",), "open"),
        "close": (("open",), "closed"),
        "reopen": (("closed",), "open"),
        "cancel": (("draft", "open"), "cancelled"),
    },
)


class SalesOrder(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    code = models.CharField(max_length=60, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=9, choices=State, default=State.OPEN)
    ordered_on = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "sales order"

    def __str__(self) -> str:
        return self.code


class SalesOrderLine(models.Model):
    """An item a customer wants by a day; `penalty_per_day` is what each day late costs.

    `quantity` is what stands ordered; what was cancelled of it is in `cancelled`, and a line that was cancelled whole
    stays with a quantity of 0.
    """

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="lines")
    line = models.CharField(max_length=20)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    quantity = models.DecimalField(**QUANTITY)
    shipped = models.DecimalField(**QUANTITY, default=0)
    cancelled = models.DecimalField(**QUANTITY, default=0)
    due_on = models.DateField(null=True, blank=True)
    price = models.DecimalField(**MONEY, default=0)
    penalty_per_day = models.DecimalField(**MONEY, default=0)
    priority = models.PositiveIntegerField(null=True, blank=True)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order", "line"], name="sales_order_line_is_unique"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(quantity=0, cancelled__gt=0),
                name="sales_order_line_wants_something_or_was_cancelled",
            ),
            models.CheckConstraint(condition=Q(cancelled__gte=0), name="sales_order_line_cancelled_is_not_negative"),
            models.CheckConstraint(
                condition=Q(shipped__gte=0, shipped__lte=F("quantity")),
                name="sales_order_line_ships_what_was_ordered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.order}-{self.line}"

    @property
    def open_quantity(self) -> Decimal:
        """What is still to be shipped."""
        return self.quantity - self.shipped


class Shipment(models.Model):
    """What left a warehouse for the customer of one sales order, at one time."""

    code = models.CharField(max_length=60, unique=True)
    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="shipments")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(
        max_length=120, blank=True, help_text="Carrier, tracking number or what else must be known."
    )
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True, help_text="When it was taken back: nothing of it left.")

    class Meta:
        verbose_name = "shipment"

    def __str__(self) -> str:
        return self.code


class ShipmentLine(models.Model):
    """What a shipment took of one lot from one bin for one order line."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(SalesOrderLine, on_delete=models.PROTECT, related_name="shipment_lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(**QUANTITY)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(quantity__gt=0), name="sales_shipment_line_ships_something"),)

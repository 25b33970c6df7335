"""The lists of purchasing: orders, deliveries to chase, requisitions, suppliers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, DecimalField, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qitao.catalog.models import MONEY
from qitao.planning.models import Peg, SupplyKind
from qitao.purchasing.models import Delivery, PurchaseOrder, PurchaseOrderLine, Requisition, Supplier
from qitao.purchasing.queries import open_deliveries
from qitao.web.cells import item_cell
from qitao.web.chips import plain_chip
from qitao.web.formats import named
from qitao.web.lists import Bulk, Choice, Column, Empty, List, Which
from qitao.web.places import page_of
from qitao.web.request import Request

EXPECTED = Coalesce("repromised_on", "promised_on")


def _count(rows: QuerySet[Any], group: str, what: str, *, distinct: bool = False) -> Coalesce:
    """Return the number of `what` in rows of an outer row, as a column."""
    counted = rows.order_by().values(group).annotate(number=Count(what, distinct=distinct)).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


# Orders


def purchase_orders() -> QuerySet[PurchaseOrder]:
    """Return all purchase orders: how many deliveries are open or late, when the next comes, what it is worth."""
    own = Delivery.objects.filter(line__order=OuterRef("pk"), received__lt=F("quantity")).annotate(expected=EXPECTED)
    late = own.filter(expected__lt=timezone.localdate())
    soonest = own.order_by().values("line__order").annotate(first=Min("expected")).values("first")
    lines = Delivery.objects.filter(line__order=OuterRef("pk")).order_by().values("line__order")
    worth = lines.annotate(sum=Sum(F("quantity") * F("line__price"), output_field=DecimalField(**MONEY))).values("sum")
    return (
        PurchaseOrder.objects.select_related("supplier", "warehouse")
        .annotate(
            open_deliveries=_count(own, "line__order", "pk"),
            late_deliveries=_count(late, "line__order", "pk"),
            next_on=Subquery(soonest),
            worth=Subquery(worth, output_field=DecimalField(**MONEY)),
        )
        .distinct()
    )  # a search looks into the lines


def _late(row: Any) -> SafeString | str:
    if not row.late_deliveries or row.status != "open":
        return ""
    word = ngettext("{count} late", "{count} late", row.late_deliveries).format(count=row.late_deliveries)
    return plain_chip(word, "warn")


def _suppliers(request: Request) -> list[tuple[int, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in Supplier.objects.order_by("code")]


PURCHASE_ORDERS = List(
    name="purchase-orders",
    columns=(
        Column("code", _("Purchase order"), kind="code", sort="code", link=page_of),
        Column("supplier", _("Supplier"), kind="named", sort="supplier__name"),
        Column("status", _("State"), kind="chip", sort="status"),
        Column("ordered_on", _("Ordered"), kind="day", sort="ordered_on"),
        Column("open_deliveries", _("Open deliveries"), kind="number", sort="open_deliveries"),
        Column("next_on", _("Next expected"), kind="day", sort="next_on"),
        Column("late", _("Late"), kind="html", value=_late, sort="late_deliveries"),
        Column("warehouse", _("Received in"), value="warehouse.code", sort="warehouse__code"),
        Column("worth", _("Value"), kind="money", unit="currency", sort="worth", permission="cost.view"),
    ),
    filters=(
        Choice("status", _("State"), PurchaseOrder.State.choices, default="open"),
        Which(
            "when",
            _("Deliveries"),
            {
                "late": (_("late"), Q(late_deliveries__gt=0)),
                "week": (
                    _("expected within a week"),
                    lambda request: Q(next_on__lte=timezone.localdate() + timedelta(days=7)),
                ),
                "undated": (_("without a date"), Q(next_on=None, open_deliveries__gt=0)),
            },
        ),
        Choice("supplier", _("Supplier"), _suppliers, lookup="supplier_id"),
    ),
    search=("code", "supplier__code", "supplier__name", "supplier__name_en", "lines__item__code"),
    order="next_on,code",
    row_link=page_of,
    live="purchasing.",
    empty=Empty(
        _("No purchase orders yet."),
        _("They are made from requisitions, or imported."),
        "requisitions",
        _("Requisitions"),
    ),
    placeholder=_("Order, supplier, item"),
)


# Deliveries, by what they hurt


def deliveries() -> QuerySet[Delivery]:
    """Return the deliveries to come, each with the work orders that wait for it and those it comes too late for."""
    pegs = Peg.objects.filter(kind=SupplyKind.PURCHASE, supply_id=OuterRef("pk")).exclude(requirement=None)
    too_late = pegs.filter(available_on__gt=F("requirement__work_order__start_on"))
    first = pegs.order_by().values("supply_id").annotate(first=Min("requirement__work_order__start_on")).values("first")
    return open_deliveries().annotate(
        waits=_count(pegs, "supply_id", "requirement__work_order", distinct=True),
        hurt=_count(too_late, "supply_id", "requirement__work_order", distinct=True),
        first_start_on=Subquery(first),
    )


def _hurt(row: Any) -> SafeString | str:
    if not row.hurt:
        return ""
    return plain_chip(ngettext("{count} order late", "{count} orders late", row.hurt).format(count=row.hurt), "bad")


def overdue(delivery: Any) -> int:
    """Return by how many days a delivery is overdue today; 0 where it is not."""
    on: date | None = delivery.expected_on
    return max((timezone.localdate() - on).days, 0) if on else 0


def _overdue(row: Any) -> SafeString | str:
    days = overdue(row)
    if not days:
        return ""
    return plain_chip(ngettext("{days} day", "{days} days", days).format(days=days), "warn")


def _delivery(row: Delivery) -> SafeString:
    return format_html('<a class="code" href="{}">{}</a>', page_of(row.line.order), row.line)


DELIVERIES = List(
    name="deliveries",
    columns=(
        Column("line", _("Order line"), kind="html", value=_delivery, sort="line__order__code"),
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.line.item), sort="line__item__code"),
        Column(
            "supplier", _("Supplier"), kind="named", value="line.order.supplier", sort="line__order__supplier__name"
        ),
        Column("open_quantity", _("To come"), kind="quantity", unit="line.item.unit", sort="quantity"),
        Column("promised_on", _("Promised"), kind="day", sort="promised_on"),
        Column("repromised_on", _("Re-promised"), kind="day", sort="repromised_on"),
        Column("overdue", _("Overdue"), kind="html", value=_overdue, sort="expected"),
        Column("hurt", _("Hurts"), kind="html", value=_hurt, sort="hurt"),
        Column("waits", _("Wait for it"), kind="number", sort="waits"),
        Column("first_start_on", _("First start"), kind="day", sort="first_start_on"),
        Column(
            "warehouse",
            _("Received in"),
            value="line.order.warehouse.code",
            sort="line__order__warehouse__code",
            shown=False,
        ),
    ),
    filters=(
        Which(
            "when",
            _("Which"),
            {
                "hurt": (_("too late for a work order"), Q(hurt__gt=0)),
                "late": (_("overdue"), lambda request: Q(expected__lt=timezone.localdate())),
                "today": (_("expected today"), lambda request: Q(expected=timezone.localdate())),
                "week": (
                    _("within a week"),
                    lambda request: Q(expected__range=(timezone.localdate(), timezone.localdate() + timedelta(days=7))),
                ),
                "undated": (_("without a date"), Q(expected=None)),
            },
        ),
        Choice("supplier", _("Supplier"), _suppliers, lookup="line__order__supplier_id"),
    ),
    search=(
        "line__order__code",
        "line__item__code",
        "line__item__name",
        "line__item__name_en",
        "line__order__supplier__name",
    ),
    order="-hurt,first_start_on,overdue",
    row_link=lambda row: page_of(row.line.order),
    row_class=lambda row: "is-hurt" if row.hurt else "",
    live="purchasing. planning.",
    empty=Empty(_("Nothing is on order.")),
    placeholder=_("Order, item, supplier"),
)


# Requisitions


def requisitions() -> QuerySet[Requisition]:
    """Return all requisitions with what a list of them shows."""
    return Requisition.objects.select_related(
        "item__unit", "warehouse", "source__supplier", "order_line__order", "made_by"
    )


REQUISITIONS = List(
    name="requisitions",
    columns=(
        Column("code", _("Requisition"), kind="code", sort="code", link=page_of),
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.item), sort="item__code"),
        Column("quantity", _("Quantity"), kind="quantity", unit="item.unit", sort="quantity"),
        Column("needed_on", _("Needed"), kind="day", sort="needed_on"),
        Column("expected_on", _("Can be here"), kind="day", sort="expected_on"),
        Column("supplier", _("Supplier"), kind="named", value="source.supplier", sort="source__supplier__name"),
        Column(
            "urgent",
            _("Urgent"),
            kind="html",
            value=lambda row: plain_chip(_("green channel"), "warn") if row.is_urgent else "",
            sort="is_urgent",
        ),
        Column("status", _("State"), kind="chip", sort="status"),
        Column(
            "order",
            _("Order"),
            kind="code",
            value="order_line.order.code",
            link=lambda row: page_of(row.order_line.order),
        ),
        Column("reason", _("Why"), sort="reason"),
        Column("made_by", _("Asked by"), value="made_by.name", sort="made_by__name", shown=False),
    ),
    filters=(
        Choice("status", _("State"), Requisition.State.choices, default="open"),
        Which(
            "which",
            _("Which"),
            {
                "urgent": (_("urgent"), Q(is_urgent=True)),
                "late": (_("cannot be here in time"), Q(expected_on__gt=F("needed_on"))),
                "nobody": (_("without a supplier"), Q(source=None)),
            },
        ),
    ),
    search=("code", "item__code", "item__name", "item__name_en", "reason"),
    order="needed_on,code",
    bulk=(Bulk("requisitions-order", _("Order"), "purchasing.change", icon="purchase", primary=True),),
    row_link=page_of,
    row_class=lambda row: "is-hurt" if row.status == "open" and row.expected_on > row.needed_on else "",
    live="purchasing.",
    empty=Empty(_("Nothing to order."), _("Requisitions come from shortage cases and from people who ask.")),
    placeholder=_("Requisition, item, reason"),
)


# Suppliers


def suppliers() -> QuerySet[Supplier]:
    """Return the suppliers: what they sell, what is open with them, what of it is late."""
    own = Delivery.objects.filter(
        line__order__supplier=OuterRef("pk"), line__order__status="open", received__lt=F("quantity")
    ).annotate(expected=EXPECTED)
    items = PurchaseOrderLine.objects.filter(order__supplier=OuterRef("pk"))
    return Supplier.objects.annotate(
        items=_count(items, "order__supplier", "item", distinct=True),
        open_deliveries=_count(own, "line__order__supplier", "pk"),
        late_deliveries=_count(own.filter(expected__lt=timezone.localdate()), "line__order__supplier", "pk"),
    )


def _orders_of(row: Supplier) -> str:
    return f"{reverse('purchase-orders')}?supplier={row.pk}"


SUPPLIERS = List(
    name="suppliers",
    columns=(
        Column("code", _("Supplier"), kind="code", sort="code", link=_orders_of),
        Column("name", _("Name"), value=named, sort="name"),
        Column("country", _("Country"), sort="country"),
        Column("items", _("Items bought"), kind="number", sort="items"),
        Column("open_deliveries", _("Open deliveries"), kind="number", sort="open_deliveries"),
        Column("late_deliveries", _("Overdue"), kind="number", sort="late_deliveries"),
        Column("currency", _("Currency"), sort="currency"),
        Column("contact", _("Contact")),
        Column(
            "change",
            "",
            value=lambda row: _("Change"),
            link=lambda row: reverse("supplier-edit", args=[row.pk]),
            permission="purchasing.records",
        ),
    ),
    filters=(
        Which(
            "which",
            _("Which"),
            {
                "open": (_("something on order"), Q(open_deliveries__gt=0)),
                "late": (_("something overdue"), Q(late_deliveries__gt=0)),
            },
        ),
    ),
    search=("code", "name", "name_en", "contact"),
    order="-late_deliveries,code",
    row_link=_orders_of,
    empty=Empty(_("No suppliers yet."), _("Import them from a folder of tables."), "imports", _("Import")),
)

"""The lists of a trace: what is left, whom it reached, what is in it, what brought it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Sum, Value, When
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qitao.kernel.quantity import ZERO
from qitao.production.models import WorkOrder
from qitao.stock.models import Lot, Status
from qitao.tracing import queries
from qitao.tracing.queries import Kind
from qitao.web.cells import item_cell
from qitao.web.chips import plain_chip
from qitao.web.lists import Choice, Column, Empty, List, Which
from qitao.web.places import page_of
from qitao.web.tracing.both import Both

SURE = Which(
    "sure", _("How sure"), {"yes": (_("for certain"), Q(is_sure=True)), "may": (_("perhaps"), Q(is_sure=False))}
)
ITEM = Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.item), sort="item__code")
LOT = Column(
    "lot",
    _("Lot"),
    kind="code",
    value=lambda row: row.lot.code or "–",
    sort="lot__code",
    link=lambda row: lot_url(row.lot),
)


def lot_url(lot: Lot) -> str:
    """Return the page of a lot; untracked stock has none."""
    return page_of(lot) if lot.code else page_of(lot.item)


def _sure(row: Any) -> SafeString:
    return plain_chip(_("for certain"), "bad") if row.is_sure else plain_chip(_("perhaps"), "warn")


def _with_sure(rows: QuerySet[Any], path: str, ids: Collection[int]) -> QuerySet[Any]:
    is_sure = Case(
        When(**{f"{path}__in": list(ids)}, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    return rows.annotate(is_sure=is_sure)


SURE_COLUMN = Column("sure", _("How sure"), kind="html", value=_sure, sort="is_sure")

STOCK = List(
    name="trace-stock",
    columns=(
        ITEM,
        LOT,
        Column(
            "location",
            _("Bin"),
            kind="code",
            value="location.code",
            sort="location__code",
            link=lambda row: page_of(row.location),
        ),
        Column("warehouse", _("Warehouse"), value="location.warehouse.code", sort="location__warehouse__code"),
        Column("status", _("Status"), kind="chip", sort="status"),
        Column("on_hand", _("On hand"), kind="quantity", unit="item.unit", sort="on_hand"),
        Column("allocated", _("Allocated"), kind="quantity", unit="item.unit", sort="allocated"),
        SURE_COLUMN,
    ),
    filters=(Choice("status", _("Status"), Status.choices), SURE),
    search=("item__code", "item__name", "item__name_en", "lot__code", "location__code", "location__warehouse__code"),
    order="item,lot",
    live="stock. picking. production.reported sales.shipped",
    empty=Empty(_("Nothing of it is left in any warehouse.")),
    placeholder=_("Item, lot, bin"),
)
CUSTOMERS = List(
    name="trace-customers",
    columns=(
        Column(
            "customer",
            _("Customer"),
            kind="code",
            value="shipment.order.customer.code",
            sort="shipment__order__customer__code",
        ),
        Column(
            "name", _("Name"), kind="named", value="shipment.order.customer", sort="shipment__order__customer__name"
        ),
        Column(
            "country",
            _("Country"),
            value="shipment.order.customer.country",
            sort="shipment__order__customer__country",
            shown=False,
        ),
        Column(
            "order",
            _("Sales order"),
            kind="code",
            value="shipment.order.code",
            sort="shipment__order__code",
            link=lambda row: page_of(row.shipment.order),
        ),
        Column(
            "shipment",
            _("Shipment"),
            kind="code",
            value="shipment.code",
            sort="shipment__code",
            link=lambda row: page_of(row.shipment),
        ),
        Column("at", _("When"), kind="moment", value="shipment.at", sort="shipment__at"),
        Column(
            "item",
            _("Item"),
            kind="html",
            value=lambda row: item_cell(row.order_line.item),
            sort="order_line__item__code",
        ),
        LOT,
        Column("quantity", _("Quantity"), kind="quantity", unit="order_line.item.unit", sort="quantity"),
        SURE_COLUMN,
    ),
    filters=(SURE,),
    search=(
        "shipment__order__customer__code",
        "shipment__order__customer__name",
        "shipment__order__customer__name_en",
        "shipment__order__code",
        "shipment__code",
        "lot__code",
        "order_line__item__code",
    ),
    order="customer,order,shipment",
    live="sales.shipped sales.shipment_undone",
    empty=Empty(_("It has reached no customer.")),
    placeholder=_("Customer, order, shipment, lot"),
)
LOTS = List(
    name="trace-lots",
    columns=(
        ITEM,
        Column("code", _("Lot"), kind="code", value=lambda row: row.code or _("untracked"), sort="code", link=lot_url),
        Column("left", _("Left in stock"), kind="quantity", unit="item.unit", sort="left"),
        Column("supplier_code", _("Supplier"), sort="supplier_code"),
        Column("received_on", _("Since"), kind="day", sort="received_on"),
        Column("expires_on", _("Expires"), kind="day", sort="expires_on"),
        SURE_COLUMN,
    ),
    filters=(
        SURE,
        Which(
            "stock",
            _("Stock"),
            {"left": (_("something left"), Q(left__gt=0)), "gone": (_("nothing left"), Q(left__isnull=True))},
        ),
    ),
    search=("code", "item__code", "item__name", "item__name_en", "supplier_code"),
    order="item,code",
    live="stock. production.reported",
    empty=Empty(_("No lot on this side."), _("Lots appear here once material was picked and output reported.")),
    placeholder=_("Lot, item, supplier"),
)
WORK_ORDERS = List(
    name="trace-work-orders",
    columns=(
        Column("code", _("Work order"), kind="code", sort="code", link=page_of),
        ITEM,
        Column("status", _("Status"), kind="chip", sort="status"),
        Column("done", _("Made"), kind="quantity", value="quantity_done", unit="item.unit", sort="quantity_done"),
        Column(
            "scrapped",
            _("Scrapped"),
            kind="quantity",
            value="quantity_scrapped",
            unit="item.unit",
            sort="quantity_scrapped",
        ),
        Column("lot", _("Lot"), kind="code", value="lot_code", sort="lot_code"),
        Column("due_on", _("Due"), kind="day", sort="due_on"),
    ),
    filters=(Choice("status", _("Status"), WorkOrder.State.choices),),
    search=("code", "item__code", "item__name", "item__name_en", "lot_code"),
    order="code",
    row_link=page_of,
    live="production. picking.",
    empty=Empty(_("No work order used it or made it.")),
    placeholder=_("Work order, item"),
)
RECEIPTS = List(
    name="trace-receipts",
    columns=(
        Column(
            "supplier",
            _("Supplier"),
            kind="code",
            value="receipt.order.supplier.code",
            sort="receipt__order__supplier__code",
        ),
        Column("name", _("Name"), kind="named", value="receipt.order.supplier", sort="receipt__order__supplier__name"),
        Column(
            "order",
            _("Purchase order"),
            kind="code",
            value="receipt.order.code",
            sort="receipt__order__code",
            link=lambda row: page_of(row.receipt.order),
        ),
        Column("receipt", _("Receipt"), kind="code", value="receipt.code", sort="receipt__code"),
        Column("note", _("Delivery note"), value="receipt.delivery_note", sort="receipt__delivery_note"),
        Column("at", _("When"), kind="moment", value="receipt.at", sort="receipt__at"),
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.lot.item), sort="lot__item__code"),
        LOT,
        Column("quantity", _("Quantity"), kind="quantity", unit="lot.item.unit", sort="quantity"),
        SURE_COLUMN,
    ),
    filters=(SURE,),
    search=(
        "receipt__order__supplier__code",
        "receipt__order__supplier__name",
        "receipt__order__supplier__name_en",
        "receipt__order__code",
        "receipt__code",
        "receipt__delivery_note",
        "lot__code",
        "lot__item__code",
    ),
    order="supplier,order,receipt",
    empty=Empty(
        _("No receipt brought it."), _("Opening balances and imported lots have none; their lot may name the supplier.")
    ),
    placeholder=_("Supplier, order, lot"),
)


def stock(trace: Both) -> QuerySet[Any]:
    """Return what is left of what holds it."""
    return _with_sure(queries.stock_of(trace.affected), "lot", trace.sure_ahead)


def customers(trace: Both) -> QuerySet[Any]:
    """Return what of it was shipped."""
    return _with_sure(queries.shipped(trace.ahead), "lot", trace.sure_ahead)


def receipts(trace: Both) -> QuerySet[Any]:
    """Return what of it was received."""
    return _with_sure(queries.received(trace.behind), "lot", trace.sure_behind)


def work_orders(trace: Both) -> QuerySet[WorkOrder]:
    """Return the work orders on the way."""
    return WorkOrder.objects.filter(pk__in=trace.work_orders).select_related("item__unit")


def made(trace: Both) -> QuerySet[Any]:
    """Return the lots that hold it."""
    return _lots(set(trace.affected) - trace.start.lots, trace.sure_ahead)


def inside(trace: Both) -> QuerySet[Any]:
    """Return the lots that are in it."""
    return _lots(trace.inside, trace.sure_behind)


def _lots(ids: Collection[int], sure: Collection[int]) -> QuerySet[Any]:
    rows = Lot.objects.filter(pk__in=list(ids)).select_related("item__unit")
    left = Sum("balance__on_hand", filter=Q(balance__on_hand__gt=ZERO))
    return _with_sure(rows.annotate(left=left), "pk", sure)


TABS = {
    "stock": (_("Left in stock"), STOCK, stock),
    "customers": (_("Customers reached"), CUSTOMERS, customers),
    "made": (_("Made of it"), LOTS, made),
    "work-orders": (_("Work orders"), WORK_ORDERS, work_orders),
    "inside": (_("What is in it"), LOTS, inside),
    "receipts": (_("Where it came from"), RECEIPTS, receipts),
}


def count(trace: Both, tab: str) -> int:
    """Return how many rows a list has – of what the trace knows already, without asking the database."""
    counts = {
        "made": len(set(trace.affected) - trace.start.lots),
        "work-orders": len(trace.work_orders),
        "inside": len(trace.inside),
        "receipts": sum(link.source.kind == Kind.RECEIPT for link in trace.behind.links),
        "customers": sum(link.target.kind == Kind.SHIPMENT for link in trace.ahead.links),
    }
    return counts[tab] if tab in counts else stock(trace).count()

"""Shipping sales orders: what is to leave, taking it from its bins, the delivery note, taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from qitao.kernel.refusal import BadValue, NotFound
from qitao.kernel.words import gettext_noop
from qitao.sales import actions, queries
from qitao.sales.models import Customer, SalesOrder, SalesOrderLine, Shipment, ShipmentLine
from qitao.sales.queries import Proposal
from qitao.stock.models import Warehouse
from qitao.web.lists import show
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import own_warehouses
from qitao.web.search.scanning import gs1_fields
from qitao.web.shipping.listing import SHIPMENTS, TO_SHIP
from qitao.web.shipping.listing import shipments as all_shipments

LANGUAGES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}
TRADITIONAL = ("TW", "HK", "MO")


@page(permission="sales.view")
def to_ship(request: Request) -> HttpResponseBase:
    """Show what is to be shipped and what lies ready for it, the first due first."""
    rows = queries.to_ship(timezone.localdate())
    return show(request, TO_SHIP, rows, template="shipping/list.html", title=_("Shipping"), tab="open")


@page(permission="sales.view")
def shipped(request: Request) -> HttpResponseBase:
    """Show what has left, the newest first."""
    return show(request, SHIPMENTS, all_shipments(), template="shipping/list.html", title=_("Shipping"), tab="done")


@page(permission="sales.ship")
def scanned(request: Request) -> HttpResponse:
    """Go to the order that was scanned, or to the first due one that wants a scanned item which lies ready."""
    code = request.GET.get("code", "").strip()[:200]
    order = SalesOrder.objects.filter(code__iexact=code, status="open").first()
    if order is None:
        fields = gs1_fields(code)
        item = fields.get("240") or fields.get("241") or code
        waiting = queries.to_ship(timezone.localdate()).filter(item__code__iexact=item)
        ready = (row for row in waiting if row.ready > 0)  # type: ignore[attr-defined]
        here = (row for row in ready if row.warehouse is None or request.user.works_in(row.warehouse.code))
        first = next(here, None)
        order = first.order if first else None
    if order is None:
        raise NotFound(what=gettext_noop("An open sales order for"), code=code)
    return HttpResponseRedirect(reverse("ship", args=[order.code]))


@dataclass(frozen=True, slots=True)
class ShipPage:
    """What is still to be shipped of an order from one warehouse, with the bins to take it from."""

    order: SalesOrder
    warehouse: Warehouse | None
    warehouses: list[Warehouse]
    lines: list[Proposal]
    elsewhere: list[SalesOrderLine]


@page(permission="sales.ship", methods=["GET", "POST"])
def ship(request: Request, code: str) -> HttpResponse:
    """Take goods of an order from their bins and send them off."""
    order = get_object_or_404(SalesOrder.objects.select_related("customer"), code=code)
    if request.method == "GET":
        return render(request, "shipping/ship.html", {"page": _ship_page(request, order)})
    fields = Reading(request.POST)
    takes = _takes(fields, _open(order))
    if not takes:
        raise BadValue(field=_("Lines"), problem=gettext_noop("none is ticked"))
    reply = actions.ship(
        command_from(request),
        order_id=order.pk,
        warehouse_id=fields.number("warehouse", title=_("Warehouse")),
        takes=takes,
        note=fields.text("note", title=_("Carrier, tracking number"), longest=120),
    )
    said = _("{code} has left.").format(code=reply["code"])
    to = reverse("shipment", args=[reply["code"]])
    return done(request, said, to=to, undo=reverse("shipment-undo", args=[reply["code"]]))


def _open(order: SalesOrder) -> list[SalesOrderLine]:
    """Return the lines of an open order of which something is still to be shipped, the first due first."""
    if order.status != SalesOrder.State.OPEN:
        return []
    rows = order.lines.select_related("item__unit", "order", "warehouse").order_by("due_on", "line", "id")
    return [row for row in rows if row.open_quantity]


def _ship_page(request: Request, order: SalesOrder) -> ShipPage:
    rows = _open(order)
    named = {row.warehouse_id for row in rows}
    own = [each for each in own_warehouses(request.user) if None in named or each.pk in named]
    today = timezone.localdate()
    asked = request.GET.get("warehouse", "")
    chosen = next((each for each in own if each.code == asked), None) or _fullest(own, rows)
    here = [row for row in rows if chosen and row.warehouse_id in (None, chosen.pk)]
    proposals = queries.propose(here, warehouse_id=chosen.pk, on=today) if chosen else []
    return ShipPage(order, chosen, own, proposals, [row for row in rows if row not in here])


def _fullest(own: list[Warehouse], rows: list[SalesOrderLine]) -> Warehouse | None:
    """Return the warehouse that can ship most of the lines now."""

    def served(place: Warehouse) -> int:
        today = timezone.localdate()
        lines = [row for row in rows if row.warehouse_id in (None, place.pk)]
        return sum(queries.free_to_ship(row.item_id, place.pk, on=today) > 0 for row in lines)

    return max(own, key=served, default=None)


def _takes(fields: Reading, rows: list[SalesOrderLine]) -> list[actions.Take]:
    """Read what the ticked lines take from which balances: fields take-LINE, and quantity-LINE-BALANCE."""
    takes = []
    for row in rows:
        prefix = f"quantity-{row.pk}-"
        if not fields.fields.get(f"take-{row.pk}"):
            continue
        for name in sorted(each for each in fields.fields if each.startswith(prefix)):
            number = name.removeprefix(prefix)
            if not fields.text(name, title=row.item.code) or not (number.isascii() and number.isdecimal()):
                continue
            quantity = fields.quantity(name, title=f"{row.item.code}: {_('Quantity')}")
            if quantity:
                takes.append(actions.Take(row.pk, int(number), quantity))
    return takes


# One that left


@dataclass(frozen=True, slots=True)
class NoteLine:
    """An item of a delivery note: what is in this shipment, lot by lot, and what of the order line is still to come."""

    line: SalesOrderLine
    parts: list[ShipmentLine]

    @property
    def quantity(self) -> Decimal:
        return sum((part.quantity for part in self.parts), Decimal(0))


@dataclass(frozen=True, slots=True)
class ShipmentPage:
    """What left with one shipment."""

    shipment: Shipment
    lines: list[NoteLine]
    may_undo: bool


@page(permission="sales.view")
def shipment(request: Request, code: str) -> HttpResponse:
    """Show a shipment."""
    return render(request, "shipping/shipment.html", {"page": _shipment_page(request, code)})


@page(permission="sales.ship", methods=["POST"])
def undo(request: Request, code: str) -> HttpResponse:
    """Take a shipment back."""
    found = get_object_or_404(Shipment.objects.select_related("order"), code=code)
    actions.undo_shipment(command_from(request), shipment_id=found.pk)
    said = _("{code} is taken back; its goods lie in their bins.").format(code=found.code)
    return done(request, said, to=reverse("shipment", args=[found.code]))


@page(permission="sales.view")
def note(request: Request, code: str) -> HttpResponse:
    """Show the delivery note, in the customer's language or the one that is asked for."""
    shown = _shipment_page(request, code)
    asked = request.GET.get("in", "")
    language = asked if asked in LANGUAGES else _language_of(shown.shipment.order.customer)
    with translation.override(language):
        facts = {"page": shown, "languages": LANGUAGES, "language": language}
        return render(request, "shipping/note.html", facts)


def _language_of(customer: Customer) -> str:
    country = customer.country.upper()
    return "zh-hant" if country in TRADITIONAL else "zh-hans" if country == "CN" else "en"


def _shipment_page(request: Request, code: str) -> ShipmentPage:
    found = get_object_or_404(Shipment.objects.select_related("order__customer", "warehouse", "actor"), code=code)
    rows = found.lines.select_related("order_line__item__unit", "order_line__order", "lot", "location__warehouse")
    lines: dict[int, NoteLine] = {}
    for row in rows.order_by("order_line__line", "id"):
        lines.setdefault(row.order_line_id, NoteLine(row.order_line, [])).parts.append(row)
    may = request.user.may("sales.ship") and request.user.works_in(found.warehouse.code)
    return ShipmentPage(found, list(lines.values()), may and queries.undo_until(found, at=timezone.now()) is not None)

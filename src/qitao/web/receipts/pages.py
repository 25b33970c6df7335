"""Receiving against purchase orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qitao.kernel.quantity import plain
from qitao.kernel.refusal import BadValue, NotFound
from qitao.kernel.words import gettext_noop
from qitao.purchasing import actions
from qitao.purchasing.models import Delivery, PurchaseOrder, Receipt, ReceiptLine
from qitao.purchasing.queries import open_deliveries
from qitao.stock.models import Location, Status, Warehouse
from qitao.stock.queries import receiving_location
from qitao.web.choosing.pages import bin_called
from qitao.web.lists import show
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.receipts.listing import EXPECTED, RECEIPTS
from qitao.web.receipts.listing import receipts as all_receipts
from qitao.web.request import Request
from qitao.web.search.scanning import gs1_fields

ARRIVES_AS = (Status.OK, Status.QUARANTINE, Status.REJECTED)
SOON = timedelta(days=3)


@page(permission="stock.receive")
def receipts(request: Request) -> HttpResponseBase:
    """Show what is expected, the longest overdue first."""
    return show(
        request, EXPECTED, open_deliveries(), template="receipts/list.html", title=_("Receipts"), tab="expected"
    )


@page(permission="stock.receive")
def received(request: Request) -> HttpResponseBase:
    """Show what has come, the newest first."""
    return show(request, RECEIPTS, all_receipts(), template="receipts/list.html", title=_("Receipts"), tab="received")


@page(permission="stock.receive")
def scanned(request: Request) -> HttpResponse:
    """Go to the order that was scanned, or to the one from which a scanned item is expected next."""
    code = request.GET.get("code", "").strip()[:200]
    order = PurchaseOrder.objects.filter(code__iexact=code, status="open").first()
    if order is None:
        fields = gs1_fields(code)
        item = fields.get("240") or fields.get("241") or code
        coming = open_deliveries().filter(line__item__code__iexact=item)
        here = [row for row in coming if request.user.works_in(row.line.order.warehouse.code)]
        order = here[0].line.order if here else None
    if order is None:
        raise NotFound(what=gettext_noop("An open purchase order for"), code=code)
    return HttpResponseRedirect(reverse("receive", args=[order.code]))


@dataclass(frozen=True, slots=True)
class Arriving:
    """A delivery that may be in this consignment; ticked where it is the only one that can be."""

    delivery: Delivery
    is_ticked: bool
    is_due: bool

    @property
    def wanted(self) -> str:
        return plain(self.delivery.open_quantity)


@dataclass(frozen=True, slots=True)
class ReceivePage:
    """What is still to come of an order, and how it may be taken in."""

    order: PurchaseOrder
    lines: list[Arriving]
    place: Location
    statuses: tuple[Status, ...] = ARRIVES_AS


@page(permission="stock.receive", methods=["GET", "POST"])
def receive(request: Request, code: str) -> HttpResponse:
    """Take in what a delivery note brought."""
    order = get_object_or_404(PurchaseOrder.objects.select_related("supplier", "warehouse"), code=code)
    if request.method == "GET":
        return render(request, "receipts/receive.html", {"page": _receive_page(order)})
    lines = [_read(request, row, order.warehouse) for row in _open(order) if request.POST.get(f"take-{row.pk}")]
    if not lines:
        raise BadValue(field=_("Lines"), problem=gettext_noop("none is ticked"))
    reply = actions.receive(
        command_from(request),
        order_id=order.pk,
        lines=lines,
        delivery_note=Reading(request.POST).text("delivery_note", title=_("Delivery note"), longest=120),
    )
    said = _("{code} is in stock.").format(code=reply["code"])
    return done(request, said, to=reverse("receipt", args=[reply["code"]]))


def _open(order: PurchaseOrder) -> list[Delivery]:
    rows = Delivery.objects.filter(line__order=order, received__lt=F("quantity"))
    return list(
        rows.select_related("line__item__unit", "line__order").order_by(
            Coalesce("repromised_on", "promised_on").asc(nulls_last=True), "line__line", "sequence"
        )
    )


def _receive_page(order: PurchaseOrder) -> ReceivePage:
    rows = _open(order) if order.status == PurchaseOrder.State.OPEN else []
    until = timezone.localdate() + SOON
    shown = [Arriving(row, len(rows) == 1, row.expected_on is not None and row.expected_on <= until) for row in rows]
    return ReceivePage(order, shown, receiving_location(order.warehouse))


def _read(request: Request, row: Delivery, warehouse: Warehouse) -> dict[str, Any]:
    """Read one ticked line; titles name the item, because the form has many lines."""
    fields = Reading(request.POST)
    item = row.line.item.code
    status = fields.choice(f"status-{row.pk}", [each.value for each in ARRIVES_AS], title=f"{item}: {_('State')}")
    line: dict[str, Any] = {
        "delivery_id": row.pk,
        "quantity": fields.positive(f"quantity-{row.pk}", title=f"{item}: {_('Quantity')}"),
        "lot_code": fields.text(f"lot-{row.pk}", title=f"{item}: {_('Lot')}", longest=120),
        "status": status,
    }
    if request.POST.get(f"expires-{row.pk}"):
        line["expires_on"] = fields.day(f"expires-{row.pk}", title=f"{item}: {_('Expires')}")
    place = _place(fields.text(f"bin-{row.pk}", title=f"{item}: {_('Bin')}"), status, warehouse)
    if place is not None:
        line["location_id"] = place.pk
    return line


def _place(code: str, status: str, warehouse: Warehouse) -> Location | None:
    """Return the bin that was named, or the quarantine area for what may not be used; else the usual place."""
    if code:
        return bin_called(code, warehouse)
    if status == Status.OK:
        return None
    return warehouse.locations.filter(kind=Location.Kind.QUARANTINE).order_by("route", "code").first()


# One that was made


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What one delivery note brought."""

    receipt: Receipt
    lines: list[ReceiptLine]


@page(permission="stock.view")
def receipt(request: Request, code: str) -> HttpResponse:
    """Show a receipt."""
    return render(request, "receipts/receipt.html", {"page": _receipt_page(code)})


@page(permission="stock.view")
def labels(request: Request, code: str) -> HttpResponse:
    """Show a label for each line of a receipt, with its item, lot and quantity to scan."""
    return render(request, "receipts/labels.html", {"page": _receipt_page(code)})


def _receipt_page(code: str) -> ReceiptPage:
    found = get_object_or_404(Receipt.objects.select_related("order__supplier", "order__warehouse", "actor"), code=code)
    rows = found.lines.select_related("delivery__line__item__unit", "delivery__line__order", "lot", "location")
    return ReceiptPage(found, list(rows.order_by("id")))

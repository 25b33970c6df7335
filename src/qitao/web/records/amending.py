"""Open purchase and sales orders, changed line by line from their pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext

from qitao.purchasing import amending as purchasing
from qitao.purchasing.models import Delivery, PurchaseOrder
from qitao.sales import amending as sales
from qitao.sales.models import SalesOrder, SalesOrderLine
from qitao.web.choosing.pages import item_called
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.records.trade import bought, day_in, price_in, sold
from qitao.web.request import Request

BUY, SELL = "purchasing.change", "sales.change"


def _reason(request: Request) -> str:
    return Reading(request.POST).text("reason", title=gettext("Reason"), longest=200)


def _item(request: Request) -> int:
    title = gettext("Item")
    return int(item_called(Reading(request.POST).text("item", title=title, longest=120, required=True)).pk)


# Purchase orders


@page(permission=BUY, methods=["POST"])
def add_to_purchase(request: Request, pk: int) -> HttpResponse:
    """Order something more with an open purchase order."""
    order = get_object_or_404(PurchaseOrder, pk=pk)
    line = bought(Reading(request.POST), "", _item(request))
    made = purchasing.add_line(command_from(request), order_id=pk, line=line)
    text = gettext("Line {line} is added to {order}. The plan follows.").format(line=made["line"], order=order.code)
    return done(request, text, to=page_of(order))


@page(permission=BUY, methods=["POST"])
def change_delivery(request: Request, pk: int) -> HttpResponse:
    """Order another quantity, or note another price."""
    delivery = get_object_or_404(Delivery.objects.select_related("line__order"), pk=pk)
    reading = Reading(request.POST)
    quantity = reading.quantity("quantity", title=gettext("Quantity"))
    price = price_in(reading, "price", gettext("Price")) if request.user.may("cost.view") else None
    facts: dict[str, Any] = {"quantity": quantity, "price": price, "reason": _reason(request)}
    purchasing.change_delivery(command_from(request), delivery_id=pk, **facts)
    return done(request, _changed(delivery), to=page_of(delivery.line.order))


@page(permission=BUY, methods=["POST"])
def cancel_delivery(request: Request, pk: int) -> HttpResponse:
    """Cancel what is still to come of a delivery."""
    delivery = get_object_or_404(Delivery.objects.select_related("line__order"), pk=pk)
    purchasing.cancel_delivery(command_from(request), delivery_id=pk, reason=_reason(request))
    text = gettext("What was still to come of {delivery} is cancelled. The plan follows.").format(delivery=delivery)
    return done(request, text, to=page_of(delivery.line.order))


@page(permission=BUY, methods=["POST"])
def cancel_purchase(request: Request, pk: int) -> HttpResponse:
    """Cancel what is still to come of a purchase order."""
    order = get_object_or_404(PurchaseOrder, pk=pk)
    purchasing.cancel_order(command_from(request), order_id=pk, reason=_reason(request))
    return done(request, _ended(order), to=page_of(order))


# Sales orders


@page(permission=SELL, methods=["POST"])
def add_to_sale(request: Request, pk: int) -> HttpResponse:
    """Sell something more with an open sales order."""
    order = get_object_or_404(SalesOrder, pk=pk)
    made = sales.add_line(command_from(request), order_id=pk, line=sold(Reading(request.POST), "", _item(request)))
    return done(request, gettext("{line} is added. The plan follows.").format(line=made["code"]), to=page_of(order))


@page(permission=SELL, methods=["POST"])
def change_sale_line(request: Request, pk: int) -> HttpResponse:
    """Change quantity, due day, price or penalty of a sales order line."""
    line = get_object_or_404(SalesOrderLine.objects.select_related("order"), pk=pk)
    reading = Reading(request.POST)
    values = {
        "quantity": reading.quantity("quantity", title=gettext("Quantity")),
        "due_on": day_in(reading, "on"),
        **_prices(request, reading),
    }
    sales.change_line(command_from(request), line_id=pk, values=values, reason=_reason(request))
    return done(request, _changed(line), to=page_of(line.order))


def _prices(request: Request, reading: Reading) -> dict[str, Any]:
    """Return the prices of the form, for who sees them; an empty one stays as it is."""
    if not request.user.may("cost.view"):
        return {}
    price = price_in(reading, "price", gettext("Price"))
    penalty = price_in(reading, "penalty", gettext("Penalty a day"))
    typed = {"price": price, "penalty_per_day": penalty}
    return {name: value for name, value in typed.items() if value is not None}


@page(permission=SELL, methods=["POST"])
def cancel_sale_line(request: Request, pk: int) -> HttpResponse:
    """Cancel what is still to be shipped of a line."""
    line = get_object_or_404(SalesOrderLine.objects.select_related("order"), pk=pk)
    sales.cancel_line(command_from(request), line_id=pk, reason=_reason(request))
    text = gettext("What was still to be shipped of {line} is cancelled. The plan follows.").format(line=line)
    return done(request, text, to=page_of(line.order))


@page(permission=SELL, methods=["POST"])
def cancel_sale(request: Request, pk: int) -> HttpResponse:
    """Cancel what is still to be shipped of a sales order."""
    order = get_object_or_404(SalesOrder, pk=pk)
    sales.cancel_order(command_from(request), order_id=pk, reason=_reason(request))
    return done(request, _ended(order), to=page_of(order))


def _changed(what: Delivery | SalesOrderLine) -> str:
    return gettext("{what} is changed. The plan follows.").format(what=what)


def _ended(order: PurchaseOrder | SalesOrder) -> str:
    order.refresh_from_db(fields=["status"])
    state = order.get_status_display()
    return gettext("{order} is {state} now. The plan follows.").format(order=order.code, state=state)

"""Purchasing: orders with their deliveries, what to chase, what to order, suppliers."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qitao.journal.command import Command
from qitao.purchasing import actions
from qitao.purchasing.models import Delivery, PurchaseOrder, Requisition
from qitao.purchasing.queries import sources_of
from qitao.web import formats
from qitao.web.lists import show
from qitao.web.many import each
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.purchasing import listing
from qitao.web.purchasing.showing import purchase_order_page, requisition_page
from qitao.web.reading import Reading
from qitao.web.request import Request


@page(permission="purchasing.view")
def purchase_orders(request: Request) -> HttpResponseBase:
    """Show the purchase orders, the next expected first."""
    new = (reverse("purchase-order-new"), _("New purchase order"), "purchasing.change")
    return show(request, listing.PURCHASE_ORDERS, listing.purchase_orders(), title=_("Purchase orders"), new=new)


@page(permission="purchasing.view")
def purchase_order(request: Request, code: str) -> HttpResponse:
    """Show one purchase order with its deliveries."""
    order = get_object_or_404(PurchaseOrder.objects.select_related("supplier", "warehouse"), code=code)
    return render(request, "purchasing/order.html", {"page": purchase_order_page(order, request.user), "order": order})


@page(permission="purchasing.view")
def deliveries(request: Request) -> HttpResponseBase:
    """Show the deliveries to come, those that hurt most first."""
    return show(request, listing.DELIVERIES, listing.deliveries(), title=_("Chase list"))


@page(permission="purchasing.change", methods=["POST"])
def repromise(request: Request, pk: int) -> HttpResponse:
    """Note the day a supplier now promises; the first promise stays."""
    delivery = get_object_or_404(Delivery.objects.select_related("line__order"), pk=pk)
    fields = Reading(request.POST)
    on = fields.day("on", title=_("New date"))
    part = fields.positive("quantity", title=_("Quantity")) if fields.text("quantity", title=_("Quantity")) else None
    reason = fields.text("reason", title=_("Reason"), longest=200)
    actions.repromise(command_from(request), delivery_id=pk, on=on, quantity=part, reason=reason)
    text = _("{delivery} is now promised for {day}. The plan follows.").format(delivery=delivery, day=formats.day(on))
    if part is not None and part < delivery.open_quantity:
        text = _("{quantity} of {delivery} are now promised for {day}. The plan follows.").format(
            quantity=formats.number(part), delivery=delivery, day=formats.day(on)
        )
    return done(request, text, to=page_of(delivery.line.order))


@page(permission="purchasing.view")
def suppliers(request: Request) -> HttpResponseBase:
    """Show the suppliers, those with something overdue first."""
    new = (reverse("supplier-new"), _("New supplier"), "purchasing.records")
    return show(request, listing.SUPPLIERS, listing.suppliers(), title=_("Suppliers"), new=new)


# Requisitions


@page(permission="purchasing.view")
def requisitions(request: Request) -> HttpResponseBase:
    """Show the requisitions, the first needed first."""
    return show(request, listing.REQUISITIONS, listing.requisitions(), title=_("Requisitions"))


@page(permission="purchasing.view")
def requisition(request: Request, code: str) -> HttpResponse:
    """Show one requisition and where it can be ordered."""
    found = get_object_or_404(listing.requisitions(), code=code)
    return render(request, "purchasing/requisition.html", {"page": requisition_page(found, request.user)})


@page(permission="purchasing.change", methods=["POST"])
def order(request: Request, code: str) -> HttpResponse:
    """Order a requisition from the chosen supplier."""
    found = get_object_or_404(Requisition, code=code)
    chosen = Reading(request.POST).text("source", title=_("Supplier"))
    reply = actions.order(
        command_from(request),
        requisition_id=found.pk,
        source_id=int(chosen) if chosen.isascii() and chosen.isdecimal() else None,
    )
    return done(
        request,
        _("Ordered with {code}.").format(code=reply["code"]),
        to=reverse("purchase-order", args=[reply["code"]]),
    )


@page(permission="purchasing.change", methods=["POST"])
def order_many(request: Request) -> HttpResponse:
    """Order the ticked requisitions, each from its supplier or else from the item's preferred one."""

    def one(command: Command, row: Requisition) -> object:
        source = row.source or sources_of(row.item).first()
        return actions.order(command, requisition_id=row.pk, source_id=source.pk if source else None)

    def say_done(count: int) -> str:
        return ngettext("{count} requisition is ordered.", "{count} requisitions are ordered.", count).format(
            count=count
        )

    return each(request, listing.requisitions(), one, say_done=say_done)


@page(permission="purchasing.request", methods=["POST"])
def cancel(request: Request, code: str) -> HttpResponse:
    """Withdraw a requisition."""
    found = get_object_or_404(Requisition, code=code)
    actions.cancel_request(command_from(request), requisition_id=found.pk)
    return done(request, _("{code} is withdrawn.").format(code=code))

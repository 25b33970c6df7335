"""Work orders: the list, the page, and everything one does with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qitao.catalog.models import WorkCenter
from qitao.kernel.quantity import ZERO
from qitao.picking import actions as picking
from qitao.production import actions
from qitao.production.models import Requirement, ScrapReason, WorkOrder
from qitao.shortages import actions as shortages
from qitao.stock.models import Warehouse
from qitao.web import formats
from qitao.web.choosing.pages import bin_called, item_called
from qitao.web.lists import show
from qitao.web.many import each
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import own_warehouses
from qitao.web.work_orders.listing import WORK_ORDERS, work_orders
from qitao.web.work_orders.showing import DOINGS, Doing, work_order_page


@page(permission="production.view")
def work_order_list(request: Request) -> HttpResponseBase:
    """Show the work orders, the first served first."""
    return show(request, WORK_ORDERS, work_orders(), template="work_orders/list.html", title=_("Work orders"))


@page(permission="production.view")
def work_order(request: Request, code: str) -> HttpResponseBase:
    """Show one work order: its kit, its requirements, what it waits for, whom it serves, what happened to it."""
    order = get_object_or_404(
        WorkOrder.objects.select_related(
            "item__unit",
            "warehouse__site",
            "work_center",
            "bom",
            "parent__item",
            "reworks",
            "rework_lot",
            "merged_into",
            "sales_line__order__customer",
        ),
        code=code,
    )
    return render(request, "work_orders/page.html", {"page": work_order_page(order, request.user), "order": order})


# The lifecycle: one page for each verb, made from its table


def _page_of(doing: Doing) -> Callable[..., HttpResponseBase]:
    @page(permission=doing.permission, methods=["POST"])
    def walk(request: Request, code: str) -> HttpResponseBase:
        order = get_object_or_404(WorkOrder, code=code)
        facts = {}
        if doing.wants_reason:
            facts["reason"] = Reading(request.POST).text("reason", title=_("Reason"), longest=200)
        doing.action(command_from(request), work_order_id=order.pk, **facts)
        return done(request, str(doing.said).format(code=order.code))

    walk.__name__ = doing.verb
    return walk


WALKS = {verb: _page_of(doing) for verb, doing in DOINGS.items()}


@page(permission="production.release", methods=["POST"])
def release_many(request: Request) -> HttpResponseBase:
    """Release the ticked work orders, the first served first."""

    def say_done(count: int) -> str:
        return ngettext("{count} work order is released.", "{count} work orders are released.", count).format(
            count=count
        )

    return each(
        request,
        WorkOrder.objects.order_by("rank"),
        lambda command, order: actions.release(command, work_order_id=order.pk),
        say_done=say_done,
    )


# Output, split, shortage


@page(permission="production.report", methods=["POST"])
def report(request: Request, code: str) -> HttpResponseBase:
    """Take what was made into stock."""
    order = get_object_or_404(WorkOrder.objects.select_related("warehouse", "item__unit"), code=code)
    fields = Reading(request.POST)
    made = fields.quantity("quantity", title=_("Made"))
    lost = fields.text("scrapped", title=_("Scrapped"))
    scrapped = fields.quantity("scrapped", title=_("Scrapped")) if lost else ZERO
    unfit = fields.text("rejected", title=_("Rejected"))
    rejected = fields.quantity("rejected", title=_("Rejected")) if unfit else ZERO
    place = fields.text("bin", title=_("Bin"))
    actions.report_output(
        command_from(request),
        work_order_id=order.pk,
        quantity=made,
        location_id=bin_called(place, order.warehouse).pk if place else None,
        scrapped=scrapped,
        scrap_reason=fields.choice("reason", ScrapReason.values, title=_("Why not all are good"))
        if scrapped or rejected
        else "",
        rejected=rejected,
        lot_code=fields.text("lot", title=_("Lot"), longest=120),
    )
    return done(request, _reported(order, made, scrapped=scrapped, rejected=rejected))


def _reported(order: WorkOrder, made: Decimal, *, scrapped: Decimal, rejected: Decimal) -> str:
    """Say what was reported."""
    unit = order.item.unit
    said = _("{quantity} {unit} of {item} are in stock.") if made else _("{scrapped} {unit} of {item} are scrap.")
    if made and scrapped:
        said = _("{quantity} {unit} of {item} are in stock, {scrapped} are scrap.")
    if rejected:
        said = _("{item}: {quantity} good, {rejected} rejected, {scrapped} scrap ({unit}).")
    shown = {"quantity": made, "scrapped": scrapped, "rejected": rejected}
    return said.format(
        unit=unit, item=order.item.code, **{name: formats.quantity(each, unit) for name, each in shown.items()}
    )


@page(permission="picking.return", methods=["POST"])
def bring_back(request: Request, code: str) -> HttpResponseBase:
    """Bring issued material that was not used back to the bins it was picked from."""
    order = get_object_or_404(WorkOrder, code=code)
    quantities = Reading(request.POST).quantities("line-", title=_("Quantity"))
    reply = picking.return_to_stock(command_from(request), work_order_id=order.pk, quantities=quantities)
    said = ngettext("{count} pick is back in its bin.", "{count} picks are back in their bins.", reply["lines"])
    return done(request, said.format(count=reply["lines"]))


@page(permission="production.change", methods=["POST"])
def split(request: Request, code: str) -> HttpResponseBase:
    """Keep part of a work order and put the rest into a new one right behind it."""
    order = get_object_or_404(WorkOrder, code=code)
    quantity = Reading(request.POST).positive("quantity", title=_("Stays in this order"))
    reply = actions.split(command_from(request), work_order_id=order.pk, quantity=quantity)
    return done(request, _("The rest is in {code}.").format(code=reply["code"]))


@page(permission="shortages.open", methods=["POST"])
def call_short(request: Request, code: str) -> HttpResponseBase:
    """Open a shortage case for a line that is short or will be."""
    number = Reading(request.POST).number("requirement", title=_("Line"))
    requirement = get_object_or_404(Requirement, pk=number, work_order__code=code)
    reply = shortages.report(command_from(request), requirement_id=requirement.pk)
    return done(request, _("Case {code} is open for it.").format(code=reply["code"]))


# A new one


@page(permission="production.change", methods=["GET", "POST"])
def new(request: Request) -> HttpResponseBase:
    """Make a work order."""
    if request.method == "GET":
        today = timezone.localdate()
        return render(
            request,
            "work_orders/new.html",
            {
                "warehouses": own_warehouses(request.user),
                "lines": WorkCenter.objects.order_by("code"),
                "item": request.GET.get("item", ""),
                "start_on": today + timedelta(days=1),
                "due_on": today + timedelta(days=7),
            },
        )
    fields = Reading(request.POST)
    item = item_called(fields.text("item", title=_("Product"), required=True))
    line = fields.text("work_center", title=_("Line"))
    reply = actions.create(
        command_from(request),
        item_id=item.pk,
        quantity=fields.positive("quantity", title=_("Quantity")),
        start_on=fields.day("start_on", title=_("Start")),
        due_on=fields.day("due_on", title=_("Due")),
        warehouse_id=get_object_or_404(Warehouse, code=fields.text("warehouse", title=_("Warehouse"))).pk,
        work_center_id=WorkCenter.objects.get(code=line).pk if line else item.work_center_id,
    )
    said = _("{code} is made; it is firm and ranked last.").format(code=reply["code"])
    return done(request, said, to=reverse("work-order", args=[reply["code"]]))

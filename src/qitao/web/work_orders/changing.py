"""Changing a work order: what would change is shown first, then – once somebody says yes – it does."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qitao.catalog import queries as catalog
from qitao.catalog.models import Bom
from qitao.planning.order_trials import ChangeTrial, try_change
from qitao.production import changing
from qitao.production.changing import Wanted
from qitao.production.models import WorkOrder
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.request import Request


@dataclass(frozen=True, slots=True)
class ChangePage:
    """The form of a change, and – once something was asked for – what it would do."""

    order: WorkOrder
    wanted: Wanted
    versions: list[Bom]
    valid: Bom | None
    trial: ChangeTrial | None
    see_cost: bool


@page(permission="production.change", methods=["GET", "POST"])
def change(request: Request, code: str) -> HttpResponseBase:
    """Show what another quantity, other days or another BOM would do to a work order and to all others; or do it."""
    order = get_object_or_404(WorkOrder.objects.select_related("item__unit", "warehouse", "bom"), code=code)
    if request.method == "POST":
        wanted = _wanted(Reading(request.POST), order)
        changing.change_order(
            command_from(request),
            work_order_id=order.pk,
            quantity=wanted.quantity,
            start_on=wanted.start_on,
            due_on=wanted.due_on,
            bom_id=wanted.bom_id,
            shown=Reading(request.POST).text("shown", title=_("What was shown"), required=True),
        )
        said = _("{code} is changed; the plan follows.").format(code=order.code)
        return done(request, said, to=reverse("work-order", args=[order.code]))
    wanted, trial = Wanted(order.quantity, order.start_on, order.due_on, order.bom_id), None
    if "quantity" in request.GET:
        wanted = _wanted(Reading(request.GET), order)
        command = replace(command_from(request), source="trial")
        trial = try_change(command, work_order_id=order.pk, wanted=wanted)
    shown = ChangePage(
        order=order,
        wanted=wanted,
        versions=list(order.item.boms.order_by("version")),
        valid=catalog.bom_of(order.item, wanted.start_on),
        trial=trial,
        see_cost=request.user.may("cost.view"),
    )
    template = "work_orders/change_shown.html" if request.htmx else "work_orders/change.html"
    return render(request, template, {"page": shown, "order": order})


def _wanted(fields: Reading, order: WorkOrder) -> Wanted:
    version = fields.text("bom", title=_("Bill of material"))
    return Wanted(
        quantity=fields.positive("quantity", title=_("Quantity")),
        start_on=fields.day("start_on", title=_("Start")),
        due_on=fields.day("due_on", title=_("Due")),
        bom_id=fields.number("bom", title=_("Bill of material")) if version else order.bom_id,
    )

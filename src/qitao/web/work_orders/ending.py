"""How a work order ends: closed with its variance, merged into another – and what comes of its rejects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qitao.catalog.models import WorkCenter
from qitao.production import merging, reworking, variance
from qitao.production.models import Closing, ClosingLine, Operation, WorkOrder
from qitao.web import formats
from qitao.web.cells import item_cell
from qitao.web.formats import named
from qitao.web.lists import Choice, Column, Empty, List, Which, show
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import within


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """How a work order ended, or – while it is not closed – how it would."""

    order: WorkOrder
    closing: Closing
    lines: list[ClosingLine]
    is_kept: bool
    may_close: bool
    see_cost: bool
    other_currencies: bool
    operations: list[Operation]


@page(permission="production.view")
def closing(request: Request, code: str) -> HttpResponseBase:
    """Show how a work order ended against what was planned: as it was kept, or as it would be closed now."""
    rows = WorkOrder.objects.select_related("item__unit", "warehouse__site", "bom")
    order = get_object_or_404(rows, code=code)
    kept = Closing.objects.filter(work_order=order).select_related("actor").first()
    if kept is not None:
        lines = list(kept.lines.select_related("item__unit").order_by("item__code"))
        shown = kept
    else:
        shown, lines = variance.closing_of(order)
    lines.sort(key=lambda line: (-abs(line.value), line.item.code))
    context = ClosingPage(
        order=order,
        closing=shown,
        lines=lines,
        is_kept=kept is not None,
        may_close=order.status == "completed" and request.user.may("production.change"),
        see_cost=request.user.may("cost.view"),
        operations=list(order.operations.select_related("work_center")),
        other_currencies=any(line.currency != shown.currency for line in lines),
    )
    return render(request, "work_orders/closing.html", {"page": context, "order": order})


# The list of what is closed


def _work_centers(request: Request) -> list[tuple[int, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in WorkCenter.objects.order_by("code")]


def _product(row: Closing) -> SafeString:
    return item_cell(row.work_order.item)


def _yield(row: Closing) -> SafeString | str:
    if row.yield_percent is None:
        return ""
    tone = "tone-warn" if row.yield_percent < 100 else ""
    return format_html('<span class="{}">{} %</span>', tone, formats.number(row.yield_percent, places=1))


def _to_closing(row: Closing) -> str:
    return reverse("work-order-closing", args=[row.work_order.code])


def _since(days: int) -> Q:
    return Q(at__gte=timezone.now() - timedelta(days=days))


CLOSED = List(
    name="closed-work-orders",
    columns=(
        Column("code", gettext_lazy("Work order"), kind="code", value="work_order.code", sort="work_order__code"),
        Column("item", gettext_lazy("Product"), kind="html", value=_product, sort="work_order__item__code"),
        Column("at", gettext_lazy("Closed"), kind="moment", sort="at"),
        Column("planned", gettext_lazy("Planned"), kind="quantity", unit="work_order.item.unit", sort="planned"),
        Column("good", gettext_lazy("Good"), kind="quantity", unit="work_order.item.unit", sort="good"),
        Column("scrapped", gettext_lazy("Scrapped"), kind="quantity", unit="work_order.item.unit", sort="scrapped"),
        Column("rejected", gettext_lazy("Rejected"), kind="quantity", unit="work_order.item.unit", sort="rejected"),
        Column("yield", gettext_lazy("Yield"), kind="html", value=_yield, sort="yield_percent"),
        Column(
            "variance",
            gettext_lazy("Material variance"),
            kind="money",
            value="variance_value",
            unit="currency",
            sort="variance_value",
            permission="cost.view",
        ),
        Column("line", gettext_lazy("Line"), kind="named", value="work_order.work_center", shown=False),
        Column("by", gettext_lazy("Closed by"), value="actor.name", sort="actor__name", shown=False),
    ),
    filters=(
        Which(
            "when",
            gettext_lazy("Closed"),
            {
                "week": (gettext_lazy("last 7 days"), lambda request: _since(7)),
                "month": (gettext_lazy("last 30 days"), lambda request: _since(30)),
                "year": (gettext_lazy("last 365 days"), lambda request: _since(365)),
            },
        ),
        Which(
            "how",
            gettext_lazy("Ended"),
            {
                "short": (gettext_lazy("finished short"), ~Q(work_order__short_reason="")),
                "loss": (gettext_lazy("with scrap or rejects"), Q(scrapped__gt=0) | Q(rejected__gt=0)),
                "rework": (gettext_lazy("rework"), Q(work_order__reworks__isnull=False)),
            },
        ),
        Choice("line", gettext_lazy("Line"), _work_centers, lookup="work_order__work_center_id"),
        Which(
            "place",
            gettext_lazy("Warehouse"),
            {"here": (gettext_lazy("my warehouses"), lambda request: within(request.user, "work_order__warehouse"))},
        ),
    ),
    search=("work_order__code", "work_order__item__code", "work_order__item__name", "work_order__item__pinyin"),
    order="-at",
    row_link=_to_closing,
    live="production.closed",
    empty=Empty(
        gettext_lazy("No work order is closed yet."),
        gettext_lazy("Complete ones are closed on their page, with what they made and used against what was planned."),
        "work-orders",
        gettext_lazy("Work orders"),
    ),
    placeholder=gettext_lazy("Order, product"),
)


def closings() -> QuerySet[Closing]:
    """Return how work orders ended, with what a list of them shows."""
    return Closing.objects.select_related("work_order__item__unit", "work_order__work_center", "actor")


@page(permission="production.view")
def closed(request: Request) -> HttpResponseBase:
    """Show the closed work orders with their yield and variance, the newest first."""
    return show(request, CLOSED, closings(), template="work_orders/closed.html", title=_("Closed work orders"))


# Merge and rework


@page(permission="production.change", methods=["POST"])
def merge(request: Request, code: str) -> HttpResponseBase:
    """Let another work order make what this one was to make."""
    order = get_object_or_404(WorkOrder, code=code)
    into = get_object_or_404(WorkOrder, code=Reading(request.POST).text("into", title=_("Into"), required=True))
    reply = merging.merge(command_from(request), work_order_id=order.pk, into_id=into.pk)
    said = _("{code} is part of {into} now.").format(code=order.code, into=reply["code"])
    return done(request, said, to=reverse("work-order", args=[reply["code"]]))


@page(permission="production.report", methods=["POST"])
def rework(request: Request, code: str) -> HttpResponseBase:
    """Make a work order that makes rejects good."""
    order = get_object_or_404(WorkOrder, code=code)
    fields = Reading(request.POST)
    reply = reworking.rework(
        command_from(request),
        work_order_id=order.pk,
        quantity=fields.positive("quantity", title=_("Quantity")),
        due_on=fields.day("due_on", title=_("Due")),
        lot_code=fields.text("lot", title=_("Lot"), longest=120),
    )
    said = _("{code} is made; it is firm and ranked last.").format(code=reply["code"])
    return done(request, said, to=reverse("work-order", args=[reply["code"]]))

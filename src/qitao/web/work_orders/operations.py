"""Operations on the floor: the list of what waits and runs, and the job card of one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qitao.catalog.models import WorkCenter
from qitao.kernel.quantity import ZERO
from qitao.production import operating
from qitao.production.models import OPERATION, Operation, OperationReport, Requirement, ScrapReason
from qitao.web import formats
from qitao.web.cells import item_cell
from qitao.web.formats import named
from qitao.web.lists import Choice, Column, Empty, List, Which, show
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import within


def _work_centers(request: Request) -> list[tuple[int, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in WorkCenter.objects.order_by("code")]


def _order(row: Operation) -> SafeString:
    return format_html('<a class="code" href="{}">{}</a>', page_of(row.work_order), row.work_order.code)


def _product(row: Operation) -> SafeString:
    return item_cell(row.work_order.item)


OPERATIONS = List(
    name="operations",
    columns=(
        Column(
            "code", gettext_lazy("Job card"), kind="code", value=str, sort=("work_order__code", "number"), link=page_of
        ),
        Column("name", gettext_lazy("Operation"), sort="name"),
        Column("item", gettext_lazy("Product"), kind="html", value=_product, sort="work_order__item__code"),
        Column("line", gettext_lazy("Work centre"), kind="named", value="work_center", sort="work_center__code"),
        Column("status", gettext_lazy("State"), kind="chip", sort="status"),
        Column("good", gettext_lazy("Good"), kind="quantity", unit="work_order.item.unit", sort="good"),
        Column("of", gettext_lazy("Of"), kind="quantity", value="work_order.quantity", unit="work_order.item.unit"),
        Column("scrapped", gettext_lazy("Scrapped"), kind="quantity", unit="work_order.item.unit", sort="scrapped"),
        Column("why", gettext_lazy("Paused for"), value="pause_reason", sort="pause_reason"),
        Column("start_on", gettext_lazy("Start"), kind="day", value="work_order.start_on", sort="work_order__start_on"),
        Column(
            "rank", gettext_lazy("Rank"), kind="number", value="work_order.rank", sort="work_order__rank", shown=False
        ),
    ),
    filters=(
        Which(
            "state",
            gettext_lazy("State"),
            {
                "open": (gettext_lazy("open"), Q(status__in=OPERATION.sources("stop"))),
                **{value: (word, Q(status=value)) for value, word in Operation.State.choices},
            },
            default="open",
        ),
        Choice("line", gettext_lazy("Work centre"), _work_centers, lookup="work_center_id"),
        Which(
            "place",
            gettext_lazy("Warehouse"),
            {"here": (gettext_lazy("my warehouses"), lambda request: within(request.user, "work_order__warehouse"))},
        ),
    ),
    search=("work_order__code", "name", "work_order__item__code", "work_order__item__name"),
    order="rank,code",
    row_link=page_of,
    live="production.",
    empty=Empty(
        gettext_lazy("No operation waits or runs."),
        gettext_lazy("A work order gets its operations from its item's routing when it is released."),
        "routings",
        gettext_lazy("Routings"),
    ),
    placeholder=gettext_lazy("Order, operation, product"),
)


def operations() -> QuerySet[Operation]:
    """Return operations with what a list of them shows."""
    return Operation.objects.select_related("work_order__item__unit", "work_order__warehouse", "work_center")


@page(permission="production.view")
def operation_list(request: Request) -> HttpResponseBase:
    """Show the operations that wait and run, those of the first-served work orders first."""
    return show(request, OPERATIONS, operations(), template="work_orders/operations.html", title=_("Operations"))


@dataclass(frozen=True, slots=True)
class JobCard:
    """An operation as the line leader works with it."""

    operation: Operation
    waiting: Decimal
    parts: list[Requirement]
    reports: list[OperationReport]
    others: list[Operation]
    is_last: bool
    may_start: bool
    may_pause: bool
    may_resume: bool
    may_report: bool

    @property
    def scrap_reasons(self) -> list[tuple[str, str | Promise]]:
        """Why pieces can be lost, to choose from."""
        return list(ScrapReason.choices)


@page(permission="production.view")
def job_card(request: Request, pk: int) -> HttpResponseBase:
    """Show the job card of an operation: how many wait, how it is done, what it takes, what was reported."""
    operation = get_object_or_404(operations(), pk=pk)
    order = operation.work_order
    may = request.user.may("production.report")
    runs = order.status in ("released", "started")
    waiting = max(operating.waiting_pieces(operation), ZERO)
    card = JobCard(
        operation=operation,
        waiting=waiting,
        parts=list(order.requirements.filter(operation=operation.name).select_related("item__unit")),
        reports=list(operation.reports.select_related("actor").order_by("-id")[:20]),
        others=list(order.operations.select_related("work_center")),
        is_last=operating.is_last(operation),
        may_start=may and runs and operation.status == "waiting",
        may_pause=may and runs and operation.status == "running",
        may_resume=may and runs and operation.status == "paused",
        may_report=may and runs and waiting > 0 and operation.status in OPERATION.sources("complete"),
    )
    return render(request, "work_orders/job_card.html", {"card": card, "operation": operation, "order": order})


@page(permission="production.report", methods=["POST"])
def start(request: Request, pk: int) -> HttpResponseBase:
    """Start an operation."""
    operation = get_object_or_404(operations(), pk=pk)
    operating.start_operation(command_from(request), operation_id=operation.pk)
    return done(request, _("{code} has started.").format(code=operation))


@page(permission="production.report", methods=["POST"])
def pause(request: Request, pk: int) -> HttpResponseBase:
    """Pause an operation, saying why."""
    operation = get_object_or_404(operations(), pk=pk)
    reason = Reading(request.POST).text("reason", title=_("Reason"), longest=200)
    operating.pause_operation(command_from(request), operation_id=operation.pk, reason=reason)
    return done(request, _("{code} is paused.").format(code=operation))


@page(permission="production.report", methods=["POST"])
def resume(request: Request, pk: int) -> HttpResponseBase:
    """Let an operation go on."""
    operation = get_object_or_404(operations(), pk=pk)
    operating.resume_operation(command_from(request), operation_id=operation.pk)
    return done(request, _("{code} goes on.").format(code=operation))


@page(permission="production.report", methods=["POST"])
def report(request: Request, pk: int) -> HttpResponseBase:
    """Report pieces of an operation."""
    operation = get_object_or_404(operations(), pk=pk)
    fields = Reading(request.POST)
    lost = fields.text("scrapped", title=_("Scrapped"))
    scrapped = fields.quantity("scrapped", title=_("Scrapped")) if lost else ZERO
    worked = fields.text("minutes", title=_("Minutes worked"))
    good = fields.quantity("good", title=_("Good"))
    operating.report_operation(
        command_from(request),
        operation_id=operation.pk,
        good=good,
        scrapped=scrapped,
        reason=fields.choice("reason", ScrapReason.values, title=_("Why it is scrap")) if scrapped else "",
        minutes=fields.quantity("minutes", title=_("Minutes worked")) if worked else None,
    )
    unit: Any = operation.work_order.item.unit
    said = _("{code}: {good} good, {scrapped} scrap ({unit}).")
    return done(
        request,
        said.format(
            code=operation, good=formats.quantity(good, unit), scrapped=formats.quantity(scrapped, unit), unit=unit
        ),
    )

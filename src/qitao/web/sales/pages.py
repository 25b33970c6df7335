"""Sales orders and customers: what was promised to whom, and when it can be shipped as the plan stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from qitao.journal.queries import history
from qitao.planning.models import DemandDate, Peg, SupplyKind
from qitao.production.models import WorkOrder
from qitao.sales.models import Customer, SalesOrder, SalesOrderLine, Shipment
from qitao.web.chips import plain_chip
from qitao.web.formats import named
from qitao.web.lists import Choice, Column, Empty, List, Which, show
from qitao.web.page import page
from qitao.web.places import page_of
from qitao.web.request import Request
from qitao.web.telling import Told, told

OPEN = Q(lines__shipped__lt=F("lines__quantity"))


def sales_orders() -> QuerySet[SalesOrder]:
    """Return all sales orders: open lines, the first due, how late the plan sees the worst of them."""
    undated = DemandDate.objects.filter(sales_line__order=OuterRef("pk"), planned_on=None).values("pk")[:1]
    return SalesOrder.objects.select_related("customer").annotate(
        open_lines=Count("lines", filter=OPEN),
        due_on=Min("lines__due_on", filter=OPEN),
        days_late=Max("lines__plan__days_late"),
        undated=Subquery(undated),
    )


def lateness(days_late: int | None, *, is_undated: bool) -> SafeString | str:
    """Return how late the plan sees something, as a chip."""
    if is_undated:
        return plain_chip(_("no date"), "bad")
    if days_late and days_late > 0:
        return plain_chip(ngettext("{days} day late", "{days} days late", days_late).format(days=days_late), "bad")
    return plain_chip(_("in time"), "good") if days_late is not None else ""


def _lateness(row: SalesOrder) -> SafeString | str:
    if row.status != SalesOrder.State.OPEN:
        return ""
    return lateness(row.days_late, is_undated=row.undated is not None)  # type: ignore[attr-defined]


def _customers(request: Request) -> list[tuple[int, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in Customer.objects.order_by("code")]


SALES_ORDERS = List(
    name="sales-orders",
    columns=(
        Column("code", _("Sales order"), kind="code", sort="code", link=page_of),
        Column("customer", _("Customer"), kind="named", sort="customer__name"),
        Column("status", _("State"), kind="chip", sort="status"),
        Column("ordered_on", _("Ordered"), kind="day", sort="ordered_on"),
        Column("open_lines", _("Open lines"), kind="number", sort="open_lines"),
        Column("due_on", _("First due"), kind="day", sort="due_on"),
        Column("late", _("As planned"), kind="html", value=_lateness, sort="days_late"),
    ),
    filters=(
        Choice("status", _("State"), SalesOrder.State.choices, default="open"),
        Which(
            "late",
            _("As planned"),
            {
                "late": (_("late"), Q(days_late__gt=0) | Q(undated__isnull=False)),
                "time": (_("in time"), Q(days_late__lte=0, undated=None)),
            },
        ),
        Choice("customer", _("Customer"), _customers, lookup="customer_id"),
    ),
    search=("code", "customer__code", "customer__name", "customer__name_en"),
    order="due_on,code",
    row_link=page_of,
    live="planning. sales.",
    empty=Empty(_("No sales orders yet."), _("Import them from a folder of tables."), "imports", _("Import")),
    placeholder=_("Order, customer"),
)


@page(permission="sales.view")
def sales_order_list(request: Request) -> HttpResponseBase:
    """Show the sales orders, the first due first."""
    new = (reverse("sales-order-new"), _("New sales order"), "sales.change")
    return show(request, SALES_ORDERS, sales_orders(), title=_("Sales orders"), new=new)


@dataclass(frozen=True, slots=True)
class Line:
    """A sales order line: when the plan can ship it, and the work orders made for it."""

    line: SalesOrderLine
    plan: DemandDate | None
    work_orders: list[WorkOrder]
    late: SafeString | str


@dataclass(frozen=True, slots=True)
class SalesOrderPage:
    """A sales order with its lines as planned."""

    order: SalesOrder
    lines: list[Line]
    story: list[Told]
    see_cost: bool
    may_change: bool
    may_ship: bool
    shipments: list[Shipment]

    @property
    def open_lines(self) -> list[SalesOrderLine]:
        """What is still to be shipped."""
        return [each.line for each in self.lines if each.line.open_quantity]


@page(permission="sales.view")
def sales_order(request: Request, code: str) -> HttpResponse:
    """Show one sales order with its planned dates."""
    order = get_object_or_404(SalesOrder.objects.select_related("customer"), code=code)
    rows = list(order.lines.select_related("item__unit", "plan").order_by("due_on", "line"))
    serving = _work_orders_for(rows)
    lines = [_line(row, serving[row.pk]) for row in rows]
    shown = SalesOrderPage(
        order=order,
        lines=lines,
        story=told(history(order).order_by("-id")),
        see_cost=request.user.may("cost.view"),
        may_change=order.status == SalesOrder.State.OPEN and request.user.may("sales.change"),
        may_ship=order.status == SalesOrder.State.OPEN and request.user.may("sales.ship"),
        shipments=list(order.shipments.select_related("warehouse", "actor").order_by("-id")),
    )
    return render(request, "sales/order.html", {"page": shown, "order": order})


def _work_orders_for(rows: list[SalesOrderLine]) -> dict[int, list[WorkOrder]]:
    """Return for each line the work orders made for it, and those whose output the plan gives to it."""
    found: dict[int, dict[int, WorkOrder]] = defaultdict(dict)
    own = WorkOrder.objects.select_related("kit")
    for order in own.filter(sales_line__in=rows).order_by("rank"):
        found[order.sales_line_id or 0][order.pk] = order
    pegs = Peg.objects.filter(sales_line__in=rows, kind=SupplyKind.WORK_ORDER).values_list("sales_line", "supply_id")
    orders = own.in_bulk([supply_id for _, supply_id in pegs])
    for line_id, supply_id in pegs:
        if supply_id in orders:
            found[line_id or 0][supply_id] = orders[supply_id]
    return defaultdict(list, {pk: list(rows.values()) for pk, rows in found.items()})


def _line(row: SalesOrderLine, work_orders: list[WorkOrder]) -> Line:
    plan = getattr(row, "plan", None)
    late = lateness(plan.days_late, is_undated=plan.planned_on is None) if plan and row.open_quantity else ""
    return Line(row, plan, work_orders, late)


# Customers


def _orders_of(row: Customer) -> str:
    return f"{reverse('sales-orders')}?customer={row.pk}"


CUSTOMERS = List(
    name="customers",
    columns=(
        Column("code", _("Customer"), kind="code", sort="code", link=_orders_of),
        Column("name", _("Name"), value=named, sort="name"),
        Column("country", _("Country"), sort="country"),
        Column("open_orders", _("Open orders"), kind="number", sort="open_orders"),
        Column("late_lines", _("Lines late"), kind="number", sort="late_lines"),
        Column("currency", _("Currency"), sort="currency"),
        Column(
            "change",
            "",
            value=lambda row: _("Change"),
            link=lambda row: reverse("customer-edit", args=[row.pk]),
            permission="sales.records",
        ),
    ),
    filters=(Which("which", _("Which"), {"late": (_("something late"), Q(late_lines__gt=0))}),),
    search=("code", "name", "name_en"),
    order="-late_lines,code",
    row_link=_orders_of,
    empty=Empty(_("No customers yet."), _("Import them from a folder of tables."), "imports", _("Import")),
)


@page(permission="sales.view")
def customers(request: Request) -> HttpResponseBase:
    """Show the customers, those with something late first."""
    late = Q(orders__lines__plan__days_late__gt=0) | Q(orders__lines__plan__planned_on=None) & ~Q(
        orders__lines__plan=None
    )
    rows = Customer.objects.annotate(
        open_orders=Count("orders", filter=Q(orders__status="open"), distinct=True),
        late_lines=Count("orders__lines", filter=late, distinct=True),
    )
    new = (reverse("customer-new"), gettext("New customer"), "sales.records")
    return show(request, CUSTOMERS, rows, title=gettext("Customers"), new=new)

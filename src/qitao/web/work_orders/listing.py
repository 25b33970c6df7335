"""The list of work orders."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qitao.catalog.models import WorkCenter
from qitao.planning.models import KitState
from qitao.production.models import OPEN_STATES, WorkOrder
from qitao.web import formats
from qitao.web.cells import item_cell
from qitao.web.formats import named
from qitao.web.lists import Bulk, Choice, Column, Empty, List, Which
from qitao.web.places import page_of
from qitao.web.request import Request
from qitao.web.scope import within


def work_orders() -> QuerySet[WorkOrder]:
    """Return all work orders with what a list of them shows."""
    return WorkOrder.objects.select_related(
        "item__unit", "warehouse", "work_center", "kit__bottleneck__item", "sales_line__order__customer"
    )


def _work_centers(request: Request) -> list[tuple[int, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in WorkCenter.objects.order_by("code")]


def _product(row: WorkOrder) -> SafeString:
    return item_cell(row.item)


def _made(row: WorkOrder) -> SafeString:
    unit = row.item.unit
    scrap = _("{quantity} scrapped").format(quantity=formats.quantity(row.quantity_scrapped, unit))
    return format_html(
        '<span class="nowrap">{} <span class="dim">/ {}</span><small class="unit">{}</small></span>{}',
        formats.quantity(row.quantity_done, unit),
        formats.quantity(row.quantity, unit),
        unit,
        format_html(' <span class="nowrap tone-warn">{}</span>', scrap) if row.quantity_scrapped else "",
    )


def _bottleneck(row: WorkOrder) -> SafeString | str:
    kit = getattr(row, "kit", None)
    if kit is None or kit.bottleneck is None:
        return ""
    return format_html('<a class="code" href="{}">{}</a>', page_of(kit.bottleneck.item), kit.bottleneck.item.code)


def _late(row: WorkOrder) -> str:
    kit = getattr(row, "kit", None)
    is_late = row.is_open and kit is not None and (kit.state == KitState.NEVER or (kit.days_late or 0) > 0)
    return "is-hurt" if is_late else ""


def _starts(days: int) -> Q:
    """Return the condition for orders that start within `days` days and have not yet begun."""
    return Q(start_on__lte=timezone.localdate() + timedelta(days=days), status__in=("firm", "released"))


WORK_ORDERS = List(
    name="work-orders",
    columns=(
        Column("code", _("Work order"), kind="code", sort="code", link=page_of),
        Column("rank", _("Rank"), kind="number", sort="rank"),
        Column("item", _("Product"), kind="html", value=_product, sort="item__code"),
        Column("made", _("Made"), kind="html", value=_made, sort="quantity"),
        Column("status", _("State"), kind="chip", sort="status"),
        Column("kit", _("Kit"), kind="chip", value="kit.state", chip="kit", sort="kit__state"),
        Column("kit_on", _("Kit date"), kind="day", value="kit.kit_on", sort="kit__kit_on"),
        Column("bottleneck", _("Bottleneck"), kind="html", value=_bottleneck, sort="kit__bottleneck__item__code"),
        Column("start_on", _("Start"), kind="day", sort="start_on"),
        Column("due_on", _("Due"), kind="day", sort="due_on"),
        Column("line", _("Line"), kind="named", value="work_center", sort="work_center__code"),
        Column(
            "customer",
            _("Customer"),
            kind="named",
            value="sales_line.order.customer",
            sort="sales_line__order__customer__code",
        ),
        Column("warehouse", _("Warehouse"), value="warehouse.code", sort="warehouse__code", shown=False),
    ),
    filters=(
        Which(
            "state",
            _("State"),
            {
                "open": (_("open"), Q(status__in=OPEN_STATES)),
                **{value: (word, Q(status=value)) for value, word in WorkOrder.State.choices},
            },
            default="open",
        ),
        Choice("kit", _("Kit"), KitState.choices, lookup="kit__state"),
        Choice("line", _("Line"), _work_centers, lookup="work_center_id"),
        Which(
            "starts",
            _("Starts"),
            {
                "late": (_("should have started"), lambda request: _starts(-1)),
                "tomorrow": (_("by tomorrow"), lambda request: _starts(1)),
                "week": (_("within a week"), lambda request: _starts(7)),
            },
        ),
        Which(
            "due",
            _("Due"),
            {
                "over": (
                    _("overdue"),
                    lambda request: Q(due_on__lt=timezone.localdate(), status__in=OPEN_STATES),
                ),
                "missed": (_("will be late"), Q(kit__days_late__gt=0) | Q(kit__state=KitState.NEVER)),
            },
        ),
        Which(
            "place",
            _("Warehouse"),
            {
                "here": (_("my warehouses"), lambda request: within(request.user, "warehouse")),
                "all": (_("all"), Q(pk=F("pk"))),
            },
        ),
    ),
    search=("code", "item__code", "item__name", "item__name_en", "item__pinyin", "sales_line__order__code"),
    order="rank,code",
    bulk=(
        Bulk("work-orders-release", _("Release"), "production.release", icon="check", primary=True),
        Bulk("wave-make-for", _("Pick together"), "picking.make", icon="pick"),
    ),
    row_link=page_of,
    row_class=_late,
    live="production. planning.",
    empty=Empty(
        _("No work orders yet."),
        _("Make one, or import them from a folder of tables."),
        "work-order-new",
        _("New work order"),
    ),
    placeholder=_("Order, product, customer order"),
)

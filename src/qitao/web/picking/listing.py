"""The list of pick lists."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qitao.picking.models import PickList, Wave
from qitao.picking.queries import WORKING
from qitao.stock.models import Warehouse
from qitao.web.chips import plain_chip
from qitao.web.formats import named
from qitao.web.lists import Bulk, Choice, Column, Empty, List, Which
from qitao.web.places import page_of
from qitao.web.request import Request
from qitao.web.scope import within


def progress(row: PickList | Wave) -> SafeString:
    """Return how far a list annotated with its lines is, as a bar and as words."""
    lines, done = row.all_lines, row.all_lines - row.open_lines  # type: ignore[union-attr]
    return format_html(
        '<span class="progress-cell"><span class="meter"><i style="width:{}%"></i></span><span>{} / {}</span></span>',
        round(100 * done / lines) if lines else 0,
        done,
        lines,
    )


def shorts(row: PickList | Wave) -> SafeString | str:
    """Return how many lines came up short, where some did."""
    count = row.short_lines  # type: ignore[union-attr]
    if not count:
        return ""
    return plain_chip(ngettext("{count} short", "{count} short", count).format(count=count), "warn")


def warehouses(request: Request) -> list[tuple[int, str]]:
    """Return the warehouses to filter by."""
    return [(row.pk, f"{row.code} {named(row)}") for row in Warehouse.objects.order_by("code")]


PICK_LISTS = List(
    name="pick-lists",
    columns=(
        Column("code", _("Pick list"), kind="code", sort="id", link=page_of),
        Column(
            "work_order",
            _("Work order"),
            kind="code",
            sort="work_order__code",
            link=lambda row: page_of(row.work_order),
        ),
        Column("product", _("Product"), value=lambda row: named(row.work_order.item), sort="work_order__item__code"),
        Column("start_on", _("Start"), kind="day", value="work_order.start_on", sort="work_order__start_on"),
        Column("progress", _("Picked"), kind="html", value=progress, sort="open_lines"),
        Column("short_lines", _("Short"), kind="html", value=shorts, sort="short_lines"),
        Column("status", _("State"), kind="chip", sort="status"),
        Column("picker", _("Picker"), value="picker.name", sort="picker__name"),
        Column("line", _("Line"), kind="named", value="work_order.work_center", sort="work_order__work_center__code"),
        Column("rank", _("Rank"), kind="number", value="work_order.rank", sort="work_order__rank"),
        Column("warehouse", _("Warehouse"), value="warehouse.code", sort="warehouse__code", shown=False),
    ),
    filters=(
        Which(
            "state",
            _("State"),
            {
                "open": (_("to pick"), Q(status__in=WORKING)),
                "short": (_("with shortages"), Q(short_lines__gt=0)),
                "done": (_("picked"), Q(status="done")),
                "cancelled": (_("cancelled"), Q(status="cancelled")),
            },
            default="open",
        ),
        Which(
            "whose",
            _("Whose"),
            {
                "here": (_("my warehouses"), lambda request: within(request.user, "warehouse")),
                "mine": (_("begun by me"), lambda request: Q(picker=request.user)),
                "free": (_("begun by nobody"), Q(picker=None)),
                "all": (_("all"), Q(pk=F("pk"))),
            },
            default="here",
        ),
        Choice("warehouse", _("Warehouse"), warehouses, lookup="warehouse_id"),
    ),
    search=(
        "code",
        "work_order__code",
        "work_order__item__code",
        "work_order__item__name",
        "work_order__item__name_en",
    ),
    order="start_on,rank,code",
    bulk=(Bulk("wave-make", _("Pick together"), "picking.make", icon="pick", primary=True),),
    row_link=page_of,
    live="picking. production.released",
    empty=Empty(
        _("Nothing to pick."),
        _("Pick lists are made when a work order is released and its material is there."),
        "work-orders",
        _("Work orders"),
    ),
    placeholder=_("List, work order, product"),
)

"""What is to be shipped, and what has left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qitao.sales import queries
from qitao.sales.models import Shipment
from qitao.web.cells import item_cell
from qitao.web.chips import plain_chip
from qitao.web.lists import Column, Empty, List, Which
from qitao.web.places import page_of
from qitao.web.request import Request
from qitao.web.scope import within


def ship_url(row: Any) -> str:
    """Return where the order of a line is shipped."""
    return reverse("ship", args=[row.order.code])


def _line(row: Any) -> SafeString:
    return format_html('<a class="code" href="{}">{}</a>', page_of(row.order), row)


def _days_late(row: Any) -> int:
    return (timezone.localdate() - row.due_on).days if row.due_on else 0


def _when(row: Any) -> SafeString | str:
    days = _days_late(row)
    if days > 0:
        return plain_chip(ngettext("{days} day overdue", "{days} days overdue", days).format(days=days), "bad")
    return plain_chip(_("today"), "busy") if row.due_on and not days else ""


def _ready(row: Any) -> SafeString | str:
    if row.ready >= row.left:
        return plain_chip(_("in full"), "good")
    return plain_chip(_("in part"), "warn") if row.ready else plain_chip(_("not in stock"), "idle")


def _until(days: int) -> Q:
    return Q(due_on__lte=timezone.localdate() + timedelta(days=days))


def _here(request: Request) -> Q:
    own = within(request.user, "warehouse")
    return own | Q(warehouse=None) if own else own


TO_SHIP = List(
    name="to-ship",
    columns=(
        Column("line", _("Order line"), kind="html", value=_line, sort=("order__code", "line")),
        Column("customer", _("Customer"), kind="named", value="order.customer", sort="order__customer__name"),
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.item), sort="item__code"),
        Column("left", _("To ship"), kind="quantity", unit="item.unit", sort="left"),
        Column("free", _("Free in stock"), kind="quantity", unit="item.unit", sort="free"),
        Column("ready", _("Can be shipped"), kind="html", value=_ready, sort="ready"),
        Column("due_on", _("Due"), kind="day", sort="due_on"),
        Column("when", _("Overdue"), kind="html", value=_when),
        Column("warehouse", _("Warehouse"), value="warehouse.code", sort="warehouse__code"),
        Column("go", "", value=lambda row: _("Ship"), link=ship_url, permission="sales.ship"),
    ),
    filters=(
        Which(
            "stock",
            _("Can be shipped"),
            {
                "ready": (_("in full or in part"), Q(ready__gt=0)),
                "full": (_("in full"), Q(ready__gte=F("left"))),
                "none": (_("not in stock"), Q(ready__lte=0)),
            },
            default="ready",
        ),
        Which(
            "when",
            _("Due"),
            {
                "late": (_("overdue"), lambda request: _until(-1)),
                "today": (_("today"), lambda request: Q(due_on=timezone.localdate())),
                "week": (_("by next week"), lambda request: _until(7)),
            },
        ),
        Which(
            "place",
            _("Warehouse"),
            {"here": (_("my warehouses"), _here), "all": (_("all"), Q(shipped__gte=0))},
            default="here",
        ),
    ),
    search=(
        "order__code",
        "item__code",
        "item__name",
        "item__name_en",
        "order__customer__code",
        "order__customer__name",
        "order__customer__name_en",
    ),
    order="due_on,line",
    row_link=lambda row: page_of(row.order),
    row_class=lambda row: "is-hurt" if _days_late(row) > 0 else "",
    live="sales. stock. production. picking. purchasing.received",
    empty=Empty(_("Nothing can be shipped now."), _("Open sales orders appear here as soon as their items lie ready.")),
    placeholder=_("Order, item, customer"),
)


def shipments() -> QuerySet[Shipment]:
    """Return all shipments with what a list of them shows."""
    return queries.shipments().annotate(count=Count("lines"))


def _state(row: Shipment) -> SafeString | str:
    return plain_chip(_("taken back"), "bad") if row.undone_at else ""


SHIPMENTS = List(
    name="shipments",
    columns=(
        Column("code", _("Shipment"), kind="code", sort="code", link=page_of),
        Column("at", _("When"), kind="moment", sort="at"),
        Column(
            "order",
            _("Sales order"),
            kind="code",
            value="order.code",
            sort="order__code",
            link=lambda row: page_of(row.order),
        ),
        Column("customer", _("Customer"), kind="named", value="order.customer", sort="order__customer__name"),
        Column("note", _("Carrier, tracking number"), sort="note"),
        Column("count", _("Lines"), kind="number", sort="count"),
        Column("warehouse", _("Warehouse"), value="warehouse.code", sort="warehouse__code"),
        Column("actor", _("By"), value="actor.name", sort="actor__name"),
        Column("state", _("State"), kind="html", value=_state, sort="undone_at"),
    ),
    filters=(
        Which(
            "which",
            _("Which"),
            {
                "today": (_("today"), lambda request: Q(at__date=timezone.localdate())),
                "mine": (_("mine"), lambda request: Q(actor=request.user)),
                "back": (_("taken back"), Q(undone_at__isnull=False)),
            },
        ),
    ),
    search=(
        "code",
        "order__code",
        "note",
        "order__customer__code",
        "order__customer__name",
        "order__customer__name_en",
    ),
    order="-at",
    row_link=page_of,
    live="sales.shipped sales.shipment_undone",
    empty=Empty(_("Nothing has been shipped yet."), "", "to-ship", _("To ship")),
    placeholder=_("Shipment, order, customer"),
)

"""What is expected, and what has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qitao.purchasing.models import Receipt
from qitao.web.cells import item_cell
from qitao.web.chips import plain_chip
from qitao.web.lists import Column, Empty, List, Which
from qitao.web.places import page_of
from qitao.web.purchasing.listing import overdue
from qitao.web.request import Request
from qitao.web.scope import within


def receive_url(row: Any) -> str:
    """Return where an expected delivery is received."""
    return reverse("receive", args=[row.line.order.code])


def _order(row: Any) -> SafeString:
    return format_html('<a class="code" href="{}">{}</a>', receive_url(row), row.line)


def _when(row: Any) -> SafeString | str:
    days = overdue(row)
    if days:
        return plain_chip(ngettext("{days} day overdue", "{days} days overdue", days).format(days=days), "warn")
    return plain_chip(_("today"), "busy") if row.expected_on == timezone.localdate() else ""


def _until(days: int) -> Q:
    return Q(expected__lte=timezone.localdate() + timedelta(days=days))


EXPECTED = List(
    name="expected",
    columns=(
        Column("line", _("Order line"), kind="html", value=_order, sort="line__order__code"),
        Column(
            "supplier", _("Supplier"), kind="named", value="line.order.supplier", sort="line__order__supplier__name"
        ),
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.line.item), sort="line__item__code"),
        Column("open_quantity", _("To come"), kind="quantity", unit="line.item.unit", sort="quantity"),
        Column("expected_on", _("Expected"), kind="day", sort="expected"),
        Column("when", _("Overdue"), kind="html", value=_when),
        Column("warehouse", _("Warehouse"), value="line.order.warehouse.code", sort="line__order__warehouse__code"),
    ),
    filters=(
        Which(
            "when",
            _("When"),
            {
                "today": (_("today"), lambda request: Q(expected=timezone.localdate())),
                "late": (_("overdue"), lambda request: Q(expected__lt=timezone.localdate())),
                "week": (_("by next week"), lambda request: _until(7)),
            },
            default="week",
        ),
        Which(
            "place",
            _("Warehouse"),
            {
                "here": (_("my warehouses"), lambda request: within(request.user, "line__order__warehouse")),
                "all": (_("all"), Q(received__gte=0)),
            },
            default="here",
        ),
    ),
    search=(
        "line__order__code",
        "line__item__code",
        "line__item__name",
        "line__item__name_en",
        "line__order__supplier__name",
        "line__order__supplier__name_en",
    ),
    order="expected_on,line",
    row_link=receive_url,
    row_class=lambda row: "is-hurt" if overdue(row) else "",
    live="purchasing.",
    empty=Empty(_("Nothing is on order.")),
    placeholder=_("Order, item, supplier"),
)


def receipts() -> QuerySet[Receipt]:
    """Return all receipts with what a list of them shows."""
    return Receipt.objects.select_related("order__supplier", "order__warehouse", "actor").annotate(
        count=Count("lines"), refused=Count("lines", filter=~Q(lines__status="ok"))
    )


def _refused(row: Any) -> SafeString | str:
    if not row.refused:
        return ""
    word = ngettext("{count} line not usable", "{count} lines not usable", row.refused).format(count=row.refused)
    return plain_chip(word, "held")


def receipt_url(row: Receipt) -> str:
    """Return the page of a receipt."""
    return reverse("receipt", args=[row.code])


def _mine(request: Request) -> Q:
    return Q(actor=request.user)


RECEIPTS = List(
    name="receipts",
    columns=(
        Column("code", _("Receipt"), kind="code", sort="code", link=receipt_url),
        Column("at", _("When"), kind="moment", sort="at"),
        Column(
            "order",
            _("Order"),
            kind="code",
            value="order.code",
            sort="order__code",
            link=lambda row: page_of(row.order),
        ),
        Column("supplier", _("Supplier"), kind="named", value="order.supplier", sort="order__supplier__name"),
        Column("delivery_note", _("Delivery note"), sort="delivery_note"),
        Column("count", _("Lines"), kind="number", sort="count"),
        Column("refused", _("Not usable"), kind="html", value=_refused, sort="refused"),
        Column("warehouse", _("Warehouse"), value="order.warehouse.code", sort="order__warehouse__code"),
        Column("actor", _("By"), value="actor.name", sort="actor__name"),
    ),
    filters=(
        Which(
            "which",
            _("Which"),
            {
                "today": (_("today"), lambda request: Q(at__date=timezone.localdate())),
                "mine": (_("mine"), _mine),
                "refused": (_("with quarantine or rejects"), Q(refused__gt=0)),
            },
        ),
    ),
    search=("code", "order__code", "delivery_note", "order__supplier__name", "order__supplier__name_en"),
    order="-at",
    row_link=receipt_url,
    live="purchasing.received",
    empty=Empty(
        _("Nothing has been received yet."),
        _("Scan a purchase order, or choose one that is expected."),
        "receipts",
        _("Expected"),
    ),
    placeholder=_("Receipt, order, delivery note"),
)

"""Stock as it was at a moment, the card of an item, and what expires soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.catalog.models import Item
from qitao.kernel.refusal import NotFound
from qitao.kernel.words import gettext_noop
from qitao.stock.history import Scope, as_of, card
from qitao.stock.models import Balance, Location, Lot, Status, Warehouse
from qitao.web import formats
from qitao.web.cells import item_cell
from qitao.web.chips import plain_chip
from qitao.web.choosing.pages import bin_called, item_called
from qitao.web.lists import Choice, Column, Empty, List, Which, show
from qitao.web.page import page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import within

USUAL_DAYS = 30


def _bin(row: Any) -> SafeString:
    return format_html('<a class="code" href="{}">{}</a>', page_of(row.location), row.location.code)


def _lot(row: Any) -> SafeString | str:
    return format_html('<a href="{}">{}</a>', page_of(row.lot), row.lot.code) if row.lot.code else ""


def _card_of(row: Any) -> str:
    query = f"item={row.item.code}&warehouse={row.location.warehouse.code}&bin={row.location.code}"
    return f"{reverse('stock-card')}?{query}"


AS_OF = List(
    name="stock-as-of",
    columns=(
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.item), sort="item__code"),
        Column("bin", _("Bin"), kind="html", value=_bin, sort="location__code"),
        Column("warehouse", _("Warehouse"), value="location.warehouse.code", sort="location__warehouse__code"),
        Column("lot", _("Lot"), kind="html", value=_lot, sort="lot__code"),
        Column("status", _("Status"), kind="chip", sort="status"),
        Column("owner", _("Whose it is"), sort="owner", shown=False),
        Column("was", _("Lay there then"), kind="quantity", unit="item.unit", sort="was", link=_card_of),
        Column("on_hand", _("Lies there now"), kind="quantity", unit="item.unit", sort="on_hand"),
    ),
    filters=(
        Which(
            "which",
            _("Which"),
            {
                "then": (_("lay there then"), Q(was__gt=0)),
                "changed": (_("changed since"), ~Q(was=F("on_hand"))),
                "all": (_("all"), Q(pk=F("pk"))),
            },
            default="then",
        ),
        Choice(
            "warehouse",
            _("Warehouse"),
            lambda request: [
                (row.code, f"{row.code} {formats.named(row)}") for row in Warehouse.objects.order_by("code")
            ],
            lookup="location__warehouse__code",
        ),
        Choice("status", _("Status"), Status.choices),
    ),
    search=("item__code", "item__name", "item__name_en", "location__code", "lot__code"),
    order="item,warehouse,bin,lot",
    empty=Empty(_("Nothing lay there then."), _("Choose another moment, or look at what changed since.")),
    placeholder=_("Item, bin, lot"),
)


@page(permission="stock.view")
def stock_as_of(request: Request) -> HttpResponseBase:
    """Show what lay where at a moment."""
    at = Reading(request.GET).moment("at", title=gettext("At")) or timezone.now()
    shown = request.GET.get("at", "")
    return show(
        request,
        AS_OF,
        as_of(at),
        template="stores/as_of.html",
        title=gettext("Stock at a moment"),
        tab="as-of",
        at=shown,
    )


# The card of an item


def _from(row: Any) -> str:
    return _place(row.from_location, row.get_from_status_display(), row)


def _to(row: Any) -> str:
    return _place(row.to_location, row.get_to_status_display(), row)


def _place(place: Any, status: str, row: Any) -> str:
    name = f"{place.warehouse.code}/{place.code}" if place.warehouse_id else str(place.get_kind_display())
    return f"{name} ({status})" if row.from_status != row.to_status else name


def _document(row: Any) -> str:
    return f"{row.document_code} ({gettext('reversal')})" if row.reverses_id else row.document_code


def _amount(name: str) -> Any:
    return lambda row: getattr(row, name) or None


CARD = List(
    name="stock-card",
    columns=(
        Column("happened_at", _("When"), kind="moment", sort=("happened_at", "id")),
        Column("from", _("From"), value=_from),
        Column("to", _("To"), value=_to),
        Column("lot", _("Lot"), value="lot.code", sort="lot__code"),
        Column("document", _("Document"), value=_document, sort="document_code"),
        Column("actor", _("Who"), value="actor.name", sort="actor__name"),
        Column("at", _("Written"), kind="moment", sort="at", shown=False),
        Column("came", _("Came in"), kind="quantity", value=_amount("came"), unit="item.unit", sort="came"),
        Column("went", _("Went out"), kind="quantity", value=_amount("went"), unit="item.unit", sort="went"),
        Column("level", _("Lay there after"), kind="quantity", unit="item.unit"),
    ),
    order="happened_at",
    row_class=lambda row: "is-dim" if row.reverses_id else "",
    empty=Empty(_("Nothing moved there in these days."), _("Choose other days, or look at the whole warehouse.")),
)


@dataclass(frozen=True, slots=True)
class CardPage:
    """Which card is shown: of what, where, from when until when."""

    scope: Scope
    since: str
    until: str
    warehouses: list[Warehouse]


@page(permission="stock.view")
def stock_card(request: Request) -> HttpResponseBase:
    """Show the moves of an item with what lay there after each."""
    fields = Reading(request.GET)
    if not request.GET.get("item"):
        raise NotFound(what=gettext_noop("Item"), code="")
    scope = _scope(fields)
    until = fields.moment("until", title=gettext("Until")) or timezone.now()
    since = fields.moment("since", title=gettext("Since")) or until - timedelta(days=USUAL_DAYS)
    shown = CardPage(scope, _field(since), request.GET.get("until", ""), list(Warehouse.objects.order_by("code")))
    rows = card(scope, since=since, until=until)
    title = gettext("Stock card of {item}").format(item=scope.item.code)
    return show(request, CARD, rows, template="stores/card.html", title=title, page=shown)


def _field(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def _scope(fields: Reading) -> Scope:
    item = item_called(fields.text("item", title=gettext("Item"), required=True))
    code, lot = fields.text("warehouse", title=gettext("Warehouse")), fields.text("lot", title=gettext("Lot"))
    warehouse = get_object_or_404(Warehouse, code=code) if code else None
    place = fields.text("bin", title=gettext("Bin"))
    return Scope(
        item=Item.objects.select_related("unit").get(pk=item.pk),
        warehouse=warehouse,
        location=bin_called(place, warehouse) if place and warehouse else None,
        lot=get_object_or_404(Lot, item=item, code=lot) if lot else None,
    )


# What expires


def _left(row: Any) -> SafeString:
    left = (row.lot.expires_on - timezone.localdate()).days
    if left < 0:
        return plain_chip(_("expired"), "bad")
    return plain_chip(formats.days_away(row.lot.expires_on), "warn" if left <= 7 else "wait")


def _within(days: int) -> Q:
    return Q(lot__expires_on__lte=timezone.localdate() + timedelta(days=days))


EXPIRING = List(
    name="expiring",
    columns=(
        Column("expires_on", _("Expires"), kind="day", value="lot.expires_on", sort="lot__expires_on"),
        Column("left", _("Left"), kind="html", value=_left),
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.item), sort="item__code"),
        Column("lot", _("Lot"), kind="html", value=_lot, sort="lot__code"),
        Column("bin", _("Bin"), kind="html", value=_bin, sort="location__code"),
        Column("warehouse", _("Warehouse"), value="location.warehouse.code", sort="location__warehouse__code"),
        Column("status", _("Status"), kind="chip", sort="status"),
        Column("on_hand", _("On hand"), kind="quantity", unit="item.unit", sort="on_hand"),
        Column(
            "allocated", _("Allocated"), kind="quantity", value=_amount("allocated"), unit="item.unit", sort="allocated"
        ),
    ),
    filters=(
        Which(
            "until",
            _("Expires"),
            {
                "gone": (_("expired"), lambda request: Q(lot__expires_on__lt=timezone.localdate())),
                "week": (_("within 7 days"), lambda request: _within(7)),
                "month": (_("within 30 days"), lambda request: _within(30)),
                "quarter": (_("within 90 days"), lambda request: _within(90)),
                "all": (_("all"), Q(pk=F("pk"))),
            },
            default="month",
        ),
        Which(
            "place",
            _("Warehouse"),
            {
                "here": (_("my warehouses"), lambda request: within(request.user, "location__warehouse")),
                "all": (_("all"), Q(pk=F("pk"))),
            },
            default="here",
        ),
        Choice("status", _("Status"), Status.choices),
    ),
    search=("item__code", "item__name", "item__name_en", "lot__code", "location__code"),
    order="expires_on,item",
    row_link=lambda row: page_of(row.lot),
    row_class=lambda row: "is-hurt" if row.lot.expires_on < timezone.localdate() else "",
    live="stock. purchasing.received picking.",
    empty=Empty(_("Nothing expires in these days."), _("What has expired is neither offered nor planned with.")),
    placeholder=_("Item, bin, lot"),
)


@page(permission="stock.view")
def expiring(request: Request) -> HttpResponseBase:
    """Show what has expired or soon will, the first first."""
    rows = Balance.objects.filter(on_hand__gt=0).exclude(lot__expires_on=None)
    rows = rows.exclude(location__kind=Location.Kind.TRANSIT).select_related("item__unit", "lot", "location__warehouse")
    return show(
        request, EXPIRING, rows, template="stores/stock_list.html", title=gettext("What expires"), tab="expiring"
    )

"""What a requirement has claimed, what it could claim, and who holds the rest; and all reservations as a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.kernel.quantity import ZERO
from qitao.picking import borrowing, handing, reserving
from qitao.picking.claims import listed, unclaimed
from qitao.picking.models import Borrowing
from qitao.production.models import OPEN_STATES, Requirement
from qitao.production.supplies import REQUIREMENT, SALES_LINE, Held, Supply, held, labels, supplies_of
from qitao.sales.models import SalesOrderLine
from qitao.shortages.holding import WhyNot, why_not
from qitao.stock.models import Reservation, standing
from qitao.web.cells import item_cell
from qitao.web.chips import plain_chip
from qitao.web.lists import Column, Empty, List, Which, show
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import within

LIVE = "stock. picking. production. purchasing. planning.planned"


@dataclass(frozen=True, slots=True)
class Claim:
    """A reservation of the requirement: of which supply, coming when."""

    row: Reservation
    label: str
    document: Any
    comes_on: date | None


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """A requirement: what it needs, has on its list, has reserved; what it could reserve; who holds the rest."""

    requirement: Requirement
    listed: Decimal
    reserved: Decimal
    unclaimed: Decimal
    wants: Decimal
    claims: list[Claim]
    supplies: list[Supply]
    why: WhyNot
    borrowings: list[Borrowing]
    is_open: bool
    may_reserve: bool
    today: date


@page(permission="stock.view")
def claims(request: Request, pk: int) -> HttpResponseBase:
    """Show what a component line has claimed, and why it cannot simply take the rest."""
    lines = Requirement.objects.select_related("item__unit", "work_order__item", "work_order__warehouse")
    line = get_object_or_404(lines, pk=pk)
    today, place = timezone.localdate(), line.work_order.warehouse
    rows = held(Reservation.objects.filter(standing(today), holder=REQUIREMENT, holder_id=line.pk))
    named = labels([each.row for each in rows])
    is_open = line.work_order.status in ("draft", *OPEN_STATES)
    shown = ClaimsPage(
        requirement=line,
        listed=listed(line),
        reserved=sum((each.row.quantity for each in rows), ZERO),
        unclaimed=max(unclaimed(line, on=today), ZERO),
        wants=max(handing.wants(line, on=today), ZERO),
        claims=[_claim(each, named) for each in rows],
        supplies=[each for each in supplies_of(line.item, place, on=today) if each.quantity > 0],
        why=_others(why_not(line.item, today=today), line),
        borrowings=list(_open_borrowings().filter(Q(lender=line) | Q(borrower=line))),
        is_open=is_open,
        may_reserve=is_open and request.user.may("stock.reserve") and request.user.works_in(place.code),
        today=today,
    )
    return render(request, "claims/page.html", {"page": shown})


def _claim(each: Held, named: dict[int, tuple[Any, str, date | None]]) -> Claim:
    document, label, comes_on = named[each.row.pk]
    return Claim(each.row, label, document, comes_on)


def _others(why: WhyNot, line: Requirement) -> WhyNot:
    """Return who else holds the item: what the line holds itself stands above."""
    rest = [holder for holder in why.holders if holder.requirement is None or holder.requirement.pk != line.pk]
    return WhyNot(rest, why.next_delivery, why.may_release)


def _open_borrowings() -> QuerySet[Borrowing]:
    rows = Borrowing.objects.filter(status__in=("asked", "lent")).order_by("id")
    return rows.select_related("item__unit", "lender__work_order", "borrower__work_order", "asked_by")


@page(permission="stock.reserve", methods=["POST"])
def reserve(request: Request, pk: int) -> HttpResponse:
    """Reserve part of a supply for a component line."""
    form = Reading(request.POST)
    kind, _colon, number = form.text("supply", title=gettext("Supply"), required=True).partition(":")
    until = form.text("expires_on", title=gettext("Valid until"))
    reply = reserving.reserve_supply(
        command_from(request),
        requirement_id=pk,
        supply_kind=kind,
        supply_id=int(number) if number.isascii() and number.isdecimal() else 0,
        quantity=form.positive("quantity", title=gettext("Quantity")),
        expires_on=form.day("expires_on", title=gettext("Valid until")) if until else None,
    )
    return done(request, gettext("Reserved: {quantity}.").format(quantity=reply["quantity"]))


@page(permission="picking.borrow", methods=["POST"])
def borrow(request: Request, pk: int) -> HttpResponse:
    """Take what another work order holds – or ask for it."""
    form = Reading(request.POST)
    reply = borrowing.ask(
        command_from(request),
        lender_id=form.number("lender", title=gettext("Holder")),
        borrower_id=pk,
        quantity=form.positive("quantity", title=gettext("Quantity")),
        reason=form.text("reason", title=gettext("Why"), longest=200),
    )
    if reply["status"] == Borrowing.State.LENT:
        text = gettext("Taken: {quantity}. It is owed under {code} until it is paid back.")
    else:
        text = gettext("{code} asks for {quantity}; who may lend it sees it on their first page.")
    return done(request, text.format(code=reply["code"], quantity=reply["quantity"]))


@page(permission="stock.reserve", methods=["POST"])
def give_back(request: Request, pk: int) -> HttpResponse:
    """Give a reservation back."""
    reply = reserving.give_back(command_from(request), reservation_id=pk)
    return done(request, gettext("Given back: {quantity}.").format(quantity=reply["released"].rstrip("0").rstrip(".")))


@page(permission="stock.reserve", methods=["POST"])
def keep(request: Request, pk: int) -> HttpResponse:
    """Say how long a reservation counts, and whether ranks may take it."""
    form = Reading(request.POST)
    until = form.text("expires_on", title=gettext("Valid until"))
    reserving.keep_reservation(
        command_from(request),
        reservation_id=pk,
        is_frozen=bool(request.POST.get("is_frozen")),
        expires_on=form.day("expires_on", title=gettext("Valid until")) if until else None,
    )
    return done(request, gettext("The reservation is changed."))


# All of them


def all_reservations() -> QuerySet[Any]:
    """Return the reservations with the order that holds each, and its rank."""
    line = Requirement.objects.filter(pk=OuterRef("holder_id"))
    sold = SalesOrderLine.objects.filter(pk=OuterRef("holder_id"))
    by_work = Case(When(holder=REQUIREMENT, then=Subquery(line.values("work_order__code")[:1])), default=Value(None))
    by_sale = Case(When(holder=SALES_LINE, then=Subquery(sold.values("order__code")[:1])), default=Value(None))
    rank = Case(When(holder=REQUIREMENT, then=Subquery(line.values("work_order__rank")[:1])), default=Value(None))
    rows = Reservation.objects.select_related("item__unit", "warehouse", "made_by")
    return rows.annotate(
        order_code=Coalesce(by_work, by_sale, Value("")), rank=Coalesce(rank, Value(None), output_field=IntegerField())
    )


def _holder(row: Any) -> SafeString | str:
    if row.holder == REQUIREMENT:
        return format_html('<a class="code" href="{}">{}</a>', reverse("claims", args=[row.holder_id]), row.order_code)
    return str(row.order_code)


def _supply(row: Any) -> SafeString:
    document, label, _comes_on = labels([row])[row.pk]
    url = page_of(document)
    name = format_html('<a class="code" href="{}">{}</a>', url, label) if url else format_html("{}", label)
    return format_html("{} {}", plain_chip(row.get_supply_display(), _tone(row)), name)


def _tone(row: Any) -> str:
    return "good" if row.supply == Reservation.Supply.STOCK else "wait"


def _until(row: Any) -> SafeString | str:
    if row.expires_on is None:
        return ""
    if row.expires_on < timezone.localdate():
        return plain_chip(_("has run out"), "bad")
    return plain_chip(_("last day"), "warn") if row.expires_on == timezone.localdate() else ""


def _runs_out(days: int) -> Q:
    return Q(expires_on__lte=timezone.localdate() + timedelta(days=days))


def _here(request: Request) -> Q:
    return within(request.user, "warehouse") or Q(pk=F("pk"))


RESERVATIONS = List(
    name="reservations",
    columns=(
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.item), sort="item__code"),
        Column("quantity", _("Quantity"), kind="quantity", unit="item.unit", sort="quantity"),
        Column("holder", _("Held for"), kind="html", value=_holder, sort="order_code"),
        Column("rank", _("Rank"), kind="number", sort="rank"),
        Column("supply", _("From"), kind="html", value=_supply, sort=("supply", "supply_id")),
        Column("warehouse", _("Warehouse"), value="warehouse.code", sort="warehouse__code"),
        Column("expires_on", _("Valid until"), kind="day", sort="expires_on"),
        Column("until", "", kind="html", value=_until),
        Column(
            "frozen",
            _("Ranks"),
            kind="html",
            value=lambda row: plain_chip(_("kept"), "held") if row.is_frozen else "",
            sort="is_frozen",
        ),
        Column("made_at", _("Since"), kind="moment", sort="made_at", shown=False),
        Column("made_by", _("By"), value="made_by.name", sort="made_by__name", shown=False),
    ),
    filters=(
        Which(
            "supply",
            _("From"),
            {value: (word, Q(supply=value)) for value, word in Reservation.Supply.choices},
        ),
        Which(
            "which",
            _("Which"),
            {
                "soon": (_("run out within a week"), lambda request: _runs_out(7)),
                "kept": (_("kept whatever the ranks say"), Q(is_frozen=True)),
                "sales": (_("for customers"), Q(holder=SALES_LINE)),
            },
        ),
        Which(
            "place",
            _("Warehouse"),
            {"here": (_("my warehouses"), _here), "all": (_("all"), Q(pk=F("pk")))},
            default="here",
        ),
    ),
    search=("item__code", "item__name", "item__name_en", "order_code", "warehouse__code"),
    order="item,rank",
    live=LIVE,
    empty=Empty(
        _("Nothing is reserved."),
        _("Releasing a work order reserves what is free for it; its component lines reserve what is still to come."),
        "work-orders",
        _("Work orders"),
    ),
    placeholder=_("Item, order, warehouse"),
)


@page(permission="stock.view")
def reservations(request: Request) -> HttpResponseBase:
    """Show all reservations."""
    rows = all_reservations()
    return show(request, RESERVATIONS, rows, title=gettext("Reservations"))

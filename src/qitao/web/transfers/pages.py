"""Transfers between warehouses: planned, sent, taken in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.journal.queries import history
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.production.models import Requirement
from qitao.stock import actions
from qitao.stock.models import TRANSFER, Transfer, TransferLine, Warehouse
from qitao.web.choosing.pages import bin_called, item_called
from qitao.web.lists import Column, Empty, List, Which, show
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import within
from qitao.web.telling import Told, told

OPEN = ("planned", "in_transit")


def transfers() -> QuerySet[Transfer]:
    """Return all transfers with what a list of them shows."""
    return (
        Transfer.objects.select_related("from_warehouse", "to_warehouse", "made_by")
        .prefetch_related("lines__item__unit")
        .annotate(count=Count("lines"))
    )


def _items(row: Transfer) -> str:
    codes = [line.item.code for line in row.lines.all()]
    return ", ".join(dict.fromkeys(codes))


TRANSFERS = List(
    name="transfers",
    columns=(
        Column("code", _("Transfer"), kind="code", sort="code", link=page_of),
        Column("from_warehouse", _("From"), kind="named", sort="from_warehouse__code"),
        Column("to_warehouse", _("To"), kind="named", sort="to_warehouse__code"),
        Column("items", _("Items"), value=_items),
        Column("status", _("State"), kind="chip", sort="status"),
        Column("due_on", _("Due"), kind="day", sort="due_on"),
        Column("reason", _("Why"), sort="reason"),
        Column("made_by", _("By"), value="made_by.name", sort="made_by__name", shown=False),
    ),
    filters=(
        Which(
            "state",
            _("State"),
            {
                "open": (_("open"), Q(status__in=OPEN)),
                **{value: (word, Q(status=value)) for value, word in Transfer.State.choices},
            },
            default="open",
        ),
        Which(
            "way",
            _("Which"),
            {
                "send": (
                    _("to send from here"),
                    lambda request: Q(status="planned") & within(request.user, "from_warehouse"),
                ),
                "take": (
                    _("to take in here"),
                    lambda request: Q(status="in_transit") & within(request.user, "to_warehouse"),
                ),
                "late": (_("overdue"), lambda request: Q(due_on__lt=timezone.localdate(), status__in=OPEN)),
                "all": (_("all"), Q(pk=F("pk"))),
            },
        ),
    ),
    search=("code", "reason", "lines__item__code"),
    order="due_on,code",
    row_link=page_of,
    live="stock.transfer_planned stock.transfer_shipped stock.transfer_received stock.transfer_cancelled",
    empty=Empty(
        _("No transfer is open."), _("Shortage cases plan them, or you do."), "transfer-new", _("Plan a transfer")
    ),
    placeholder=_("Transfer, item, order"),
)


@page(permission="stock.view")
def transfer_list(request: Request) -> HttpResponseBase:
    """Show the transfers, the first due first."""
    return show(request, TRANSFERS, transfers().distinct(), template="transfers/list.html", title=gettext("Transfers"))


@dataclass(frozen=True, slots=True)
class Line:
    """What a transfer carries, and the requirement it is for."""

    line: TransferLine
    requirement: Requirement | None


@dataclass(frozen=True, slots=True)
class TransferPage:
    """A transfer and what may be done with it now."""

    transfer: Transfer
    lines: list[Line]
    story: list[Told]
    may_ship: bool
    may_receive: bool
    may_cancel: bool


@page(permission="stock.view")
def transfer(request: Request, code: str) -> HttpResponse:
    """Show one transfer."""
    found = get_object_or_404(Transfer.objects.select_related("from_warehouse", "to_warehouse", "made_by"), code=code)
    rows = list(found.lines.select_related("item__unit", "lot", "from_location").order_by("from_location__route", "id"))
    ids = [row.holder_id for row in rows if row.holder == "production.requirement"]
    requirements = Requirement.objects.select_related("work_order").in_bulk([pk for pk in ids if pk])
    allowed, user = TRANSFER.allowed(found.status), request.user
    shown = TransferPage(
        transfer=found,
        lines=[Line(row, requirements.get(row.holder_id or 0)) for row in rows],
        story=told(history(found).order_by("-id")),
        may_ship="ship" in allowed and user.may("stock.move") and user.works_in(found.from_warehouse.code),
        may_receive="receive" in allowed and user.may("stock.move") and user.works_in(found.to_warehouse.code),
        may_cancel="cancel" in allowed and user.may("stock.transfer"),
    )
    return render(request, "transfers/page.html", {"page": shown})


@page(permission="stock.transfer", methods=["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Plan a transfer: its stock is allocated at once."""
    if request.method == "GET":
        return render(
            request,
            "transfers/new.html",
            {
                "warehouses": Warehouse.objects.order_by("code"),
                "item": request.GET.get("item", ""),
                "due_on": timezone.localdate() + timedelta(days=1),
            },
        )
    fields = Reading(request.POST)
    source, target = _warehouse(fields, "from", gettext("From")), _warehouse(fields, "to", gettext("To"))
    if source == target:
        raise BadValue(field=gettext("To"), problem=gettext_noop("must be another warehouse"))
    reply = actions.plan_transfer(
        command_from(request),
        item_id=item_called(fields.text("item", title=gettext("Item"), required=True)).pk,
        from_warehouse_id=source.pk,
        to_warehouse_id=target.pk,
        quantity=fields.positive("quantity", title=gettext("Quantity")),
        due_on=fields.day("due_on", title=gettext("Due")),
        reason=fields.text("reason", title=gettext("Why"), longest=200),
    )
    said = gettext("{code} is planned; its stock is allocated.").format(code=reply["code"])
    return done(request, said, to=reverse("transfer", args=[reply["code"]]))


def _warehouse(fields: Reading, name: str, title: str) -> Warehouse:
    return get_object_or_404(Warehouse, code=fields.text(name, title=title, required=True))


@page(permission="stock.move", methods=["POST"])
def ship(request: Request, code: str) -> HttpResponse:
    """Send a planned transfer."""
    found = get_object_or_404(Transfer, code=code)
    actions.ship_transfer(command_from(request), transfer_id=found.pk)
    return done(request, gettext("{code} is on its way.").format(code=code))


@page(permission="stock.move", methods=["POST"])
def receive(request: Request, code: str) -> HttpResponse:
    """Take a transfer in."""
    found = get_object_or_404(Transfer.objects.select_related("to_warehouse"), code=code)
    place = Reading(request.POST).text("bin", title=gettext("Bin"))
    location = bin_called(place, found.to_warehouse).pk if place else None
    actions.receive_transfer(command_from(request), transfer_id=found.pk, location_id=location)
    return done(request, gettext("{code} is in stock.").format(code=code))


@page(permission="stock.transfer", methods=["POST"])
def cancel(request: Request, code: str) -> HttpResponse:
    """Give up a transfer that was not sent yet."""
    found = get_object_or_404(Transfer, code=code)
    actions.cancel_transfer(command_from(request), transfer_id=found.pk)
    return done(request, gettext("{code} is cancelled; its stock is free again.").format(code=code))

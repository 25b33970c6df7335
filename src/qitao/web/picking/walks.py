"""Waves: several work orders picked on one walk."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qitao.accounts.models import User
from qitao.picking import stops, waves
from qitao.picking.models import PickLine, PickList, ShortReason, Wave
from qitao.picking.queries import WORKING
from qitao.stock.models import Balance
from qitao.web import formats
from qitao.web.lists import show
from qitao.web.many import chosen
from qitao.web.page import command_from, done, page
from qitao.web.picking import scanned
from qitao.web.picking.answers import said, wants_json
from qitao.web.picking.wave_listing import WAVES
from qitao.web.picking.wave_showing import pickers, wave_page
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import within


@page(permission="picking.view")
def wave_list(request: Request) -> HttpResponseBase:
    """Show the waves, the oldest first, and what could be picked together next."""
    return show(
        request,
        WAVES,
        stops.waves(),
        template="picking/waves.html",
        title=_("Waves"),
        tab="waves",
        shift=next_shift(request.user),
    )


def next_shift(user: User) -> dict[str, object] | None:
    """Return the next day on which work orders start whose lists are on no walk yet, and how many lists that are."""
    ahead = PickList.objects.filter(within(user, "warehouse"), status__in=WORKING)
    ahead = ahead.filter(work_order__start_on__gt=timezone.localdate(), lines__status="open", lines__wave=None)
    first = ahead.order_by("work_order__start_on").values_list("work_order__start_on", flat=True).first()
    if first is None:
        return None
    return {"on": first, "count": stops.lists_to_start(first).filter(within(user, "warehouse")).count()}


@page(permission="picking.view")
def wave(request: Request, code: str) -> HttpResponseBase:
    """Show the walk to who may pick it now, and what is on it to everybody else."""
    found = _wave(code)
    shown = wave_page(found, request.user, at=timezone.now(), start=request.GET.get("line", ""))
    if not _may_pick(request, found) or not (shown.open_takes or shown.unreported):
        return _overview(request, found)
    is_short = request.GET.get("short") == "1" and shown.current is not None
    return render(request, "picking/wave_station.html", {"page": shown, "is_short": is_short})


@page(permission="picking.view")
def wave_lines(request: Request, code: str) -> HttpResponseBase:
    """Show everything on a walk, bin by bin, with what each work order gets."""
    return _overview(request, _wave(code))


def _overview(request: Request, found: Wave) -> HttpResponseBase:
    shown = wave_page(found, request.user, at=timezone.now())
    facts = {"page": shown, "may_pick": _may_pick(request, found), "pickers": pickers(found)}
    return render(request, "picking/wave_lines.html", facts)


@page(permission="picking.view")
def wave_printed(request: Request, code: str) -> HttpResponseBase:
    """Show a walk for paper: A4, with codes to scan."""
    shown = wave_page(_wave(code), request.user, at=timezone.now())
    return render(request, "picking/wave_print.html", {"page": shown, "at": timezone.now()})


def _wave(code: str) -> Wave:
    return get_object_or_404(Wave.objects.select_related("warehouse", "picker"), code=code)


def _may_pick(request: Request, found: Wave) -> bool:
    return request.user.may("picking.pick") and request.user.works_in(found.warehouse.code)


# Making and dividing


@page(permission="picking.make", methods=["POST"])
def make(request: Request) -> HttpResponseBase:
    """Let the ticked pick lists be picked on one walk."""
    return _made(request, chosen(request))


@page(permission="picking.make", methods=["POST"])
def make_for(request: Request) -> HttpResponseBase:
    """Let the pick lists of the ticked work orders be picked on one walk."""
    lists = PickList.objects.filter(work_order__in=chosen(request), status__in=WORKING)
    return _made(request, list(lists.values_list("pk", flat=True)))


@page(permission="picking.make", methods=["POST"])
def make_shift(request: Request) -> HttpResponseBase:
    """Let everything that starts on a day be picked on one walk."""
    on = Reading(request.POST).day("on", title=_("Day"))
    lists = stops.lists_to_start(on).filter(within(request.user, "warehouse"))
    return _made(request, list(lists.values_list("pk", flat=True)))


def _made(request: Request, pick_list_ids: list[int]) -> HttpResponseBase:
    reply = waves.make(command_from(request), pick_list_ids=pick_list_ids)
    codes = reply["codes"]
    text = _("On one walk: {codes}.").format(codes=", ".join(codes))
    return done(request, text, to=reverse("wave-lines", args=codes) if len(codes) == 1 else reverse("waves"))


@page(permission="picking.make", methods=["POST"])
def divide(request: Request, code: str) -> HttpResponseBase:
    """Divide a walk by racks, by length or among pickers."""
    fields = Reading(request.POST)
    by = fields.choice("by", ("zone", "lines", "pickers"), title=_("How"))
    reply = waves.divide(
        command_from(request),
        wave_id=_wave(code).pk,
        by=by,
        most=fields.number("most", title=_("At most")) if by == "lines" else 0,
        picker_ids=_picker_ids(request) if by == "pickers" else (),
    )
    codes = reply["codes"]
    text = ngettext("{count} walk: {codes}.", "{count} walks: {codes}.", len(codes))
    text = text.format(count=len(codes), codes=", ".join(codes))
    return done(request, text, to=reverse("waves") if len(codes) > 1 else reverse("wave-lines", args=codes))


def _picker_ids(request: Request) -> list[int]:
    return [int(text) for text in request.POST.getlist("pickers") if text.isascii() and text.isdecimal()]


@page(permission="picking.make", methods=["POST"])
def dissolve(request: Request, code: str) -> HttpResponseBase:
    """Let what is left of a walk be picked by the lists of its work orders."""
    waves.dissolve(command_from(request), wave_id=_wave(code).pk)
    return done(request, _("{code} is given up; its lists are picked one by one.").format(code=code))


# Picking


@page(permission="picking.pick", methods=["POST"])
def confirm(request: Request, code: str) -> HttpResponseBase:
    """Confirm that something was taken for all who want it, or for one of them."""
    found, balance = _wave(code), _balance(request)
    fields = Reading(request.POST)
    quantity = fields.positive("quantity", title=_("Quantity"))
    only = fields.number("order", title=_("Pick line")) if request.POST.get("order") else None
    command = command_from(request)
    reply = waves.confirm(
        command,
        wave_id=found.pk,
        balance_id=balance.pk,
        quantity=quantity,
        scanned_location=scanned.location(balance, fields.text("location", title=_("Bin"))),
        scanned_item=scanned.item(balance, fields.text("item", title=_("Item"))),
        pick_line_id=only,
    )
    text = _("Picked: {quantity} {unit} {item} from {bin}").format(
        quantity=formats.quantity(quantity, balance.item.unit),
        unit=balance.item.unit,
        item=balance.item.code,
        bin=balance.location.code,
    )
    undo_url = reverse("wave-undo", args=[code, command.id])
    if wants_json(request):
        return said(text, line=balance.pk, open=_left(found, balance), undo=undo_url, picked=reply["moves"])
    return done(request, text, to=reverse("wave", args=[code]), undo=undo_url)


def _balance(request: Request) -> Balance:
    number = Reading(request.POST).number("line", title=_("Pick line"))
    return get_object_or_404(Balance.objects.select_related("item__unit", "lot", "location__warehouse"), pk=number)


def _left(found: Wave, balance: Balance) -> str:
    """Return what the walk wants of a balance now, as a program reads it."""
    return str(sum((line.open_quantity for line in stops.open_at(found, balance)), Decimal(0)))


@page(permission="picking.pick", methods=["POST"])
def undo(request: Request, code: str, taken_by: uuid.UUID) -> HttpResponseBase:
    """Take back what was confirmed last, for all who got some of it."""
    reply = waves.undo(command_from(request), wave_id=_wave(code).pk, taken_by=taken_by)
    line = PickLine.objects.select_related("item", "location").get(pk=reply["pick_lines"][0])
    text = _("Taken back: {item} lies in {bin} again.").format(item=line.item.code, bin=line.location.code)
    return said(text) if wants_json(request) else done(request, text)


@page(permission="picking.pick", methods=["POST"])
def short(request: Request, code: str) -> HttpResponseBase:
    """Report that a bin holds less than the walk wants of it; other bins come onto the walk at once."""
    found, balance = _wave(code), _balance(request)
    fields = Reading(request.POST)
    quantity = fields.quantity("found", title=_("Found"))
    reason = fields.choice("reason", ShortReason.values, title=_("Reason"))
    if quantity and reason == ShortReason.EMPTY:
        reason = ShortReason.LESS
    reply = waves.report_short(
        command_from(request),
        wave_id=found.pk,
        balance_id=balance.pk,
        found=quantity,
        reason=str(reason),
        note=fields.text("note", title=_("Note")),
    )
    lacking, unit = Decimal(reply["lacking"]), balance.item.unit
    text = _("Reported short; other bins with {item} are on the walk now.").format(item=balance.item.code)
    if lacking:
        text = _("{quantity} {unit} of {item} are nowhere in this warehouse; their cases are open.").format(
            quantity=formats.quantity(lacking, unit), unit=unit, item=balance.item.code
        )
    if wants_json(request):
        return said(text, line=balance.pk, open="0", url="")
    return done(request, text, to=reverse("wave", args=[code]))

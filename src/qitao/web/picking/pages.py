"""Picking: the lists, the pick screen, and the way on from a short pick."""

from __future__ import annotations

import uuid
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qitao.picking import actions, extra, queries
from qitao.picking.models import OverReason, PickLine, PickList, ShortPick, ShortReason
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.shortages import actions as shortages
from qitao.web import formats
from qitao.web.lists import show
from qitao.web.page import command_from, done, page
from qitao.web.picking import scanned
from qitao.web.picking.answers import said, wants_json
from qitao.web.picking.listing import PICK_LISTS
from qitao.web.picking.showing import AnswerPage, answer_page, cases_of, pick_page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.request import Request


@page(permission="picking.view")
def pick_lists(request: Request) -> HttpResponseBase:
    """Show the pick lists, the first to be started first."""
    return show(request, PICK_LISTS, queries.lists(), template="picking/lists.html", title=_("Pick lists"), tab="lists")


@page(permission="picking.view")
def scan(request: Request) -> HttpResponseBase:
    """Go to the pick list that was scanned, or to the one of the work order that was; else to whatever it is."""
    code = request.GET.get("code", "").strip()[:200]
    named = PickList.objects.filter(Q(code__iexact=code) | Q(work_order__code__iexact=code))
    found = named.filter(status__in=queries.WORKING).order_by("id").first() or named.order_by("id").last()
    return HttpResponseRedirect(page_of(found) if found else f"{reverse('scan')}?{urlencode({'code': code})}")


@page(permission="picking.view")
def pick_list(request: Request, code: str) -> HttpResponseBase:
    """Show the pick screen to who may pick this list now, and its lines to everybody else."""
    found = _list(code)
    may_pick = (
        request.user.may("picking.pick")
        and request.user.works_in(found.warehouse.code)
        and found.status in queries.WORKING
    )
    shown = pick_page(found, request.user, at=timezone.now(), start=request.GET.get("line", ""))
    if not may_pick or not (shown.open_lines or shown.unreported):
        return render(request, "picking/lines.html", {"page": shown, "may_pick": False})
    is_short = request.GET.get("short") == "1" and shown.current is not None
    return render(request, "picking/station.html", {"page": shown, "is_short": is_short})


@page(permission="picking.view")
def lines(request: Request, code: str) -> HttpResponseBase:
    """Show all lines of a pick list, each with a way to it."""
    found = _list(code)
    shown = pick_page(found, request.user, at=timezone.now(), more=request.GET.get("more", ""))
    may_pick = request.user.may("picking.pick") and request.user.works_in(found.warehouse.code)
    return render(request, "picking/lines.html", {"page": shown, "may_pick": may_pick})


@page(permission="picking.view")
def printed(request: Request, code: str) -> HttpResponseBase:
    """Show a pick list for paper: A4, with codes to scan."""
    shown = pick_page(_list(code), request.user, at=timezone.now())
    return render(request, "picking/print.html", {"page": shown, "at": timezone.now()})


def _list(code: str) -> PickList:
    rows = PickList.objects.select_related(
        "work_order__item__unit", "work_order__work_center", "work_order__warehouse", "warehouse", "picker"
    )
    return get_object_or_404(rows, code=code)


# Picking


@page(permission="picking.pick", methods=["POST"])
def confirm(request: Request, code: str) -> HttpResponseBase:
    """Confirm that something was taken: the whole open quantity, or the one that is sent along."""
    line = _line(request, code)
    fields = Reading(request.POST)
    quantity = fields.positive("quantity", title=_("Quantity"))
    reply = actions.confirm(
        command_from(request),
        pick_line_id=line.pk,
        quantity=quantity,
        scanned_location=scanned.location(line, fields.text("location", title=_("Bin"))),
        scanned_item=scanned.item(line, fields.text("item", title=_("Item"))),
    )
    text = _("Picked: {quantity} {unit} {item} from {bin}").format(
        quantity=formats.quantity(quantity, line.item.unit),
        unit=line.item.unit,
        item=line.item.code,
        bin=line.location.code,
    )
    undo_url = reverse("pick-undo", args=[code, line.pk, reply["move"]])
    if wants_json(request):
        return said(text, line=line.pk, open=reply["open"], undo=undo_url)
    return done(request, text, to=reverse("pick-list", args=[code]), undo=undo_url)


@page(permission="picking.pick", methods=["POST"])
def take_more(request: Request, code: str) -> HttpResponseBase:
    """Take more than a line asks for, with the reason."""
    line = _line(request, code)
    fields = Reading(request.POST)
    quantity = fields.positive("quantity", title=_("Quantity"))
    reply = extra.take_more(
        command_from(request),
        pick_line_id=line.pk,
        quantity=quantity,
        reason=fields.choice("reason", OverReason.values, title=_("Why more than needed")),
        note=fields.text("note", title=_("Note")),
        scanned_location=scanned.location(line, fields.text("location", title=_("Bin"))),
        scanned_item=scanned.item(line, fields.text("item", title=_("Item"))),
    )
    over, unit = Decimal(reply["over"]), line.item.unit
    text = _("Picked: {quantity} {unit} {item} from {bin}").format(
        quantity=formats.quantity(quantity, unit), unit=unit, item=line.item.code, bin=line.location.code
    )
    if over:
        text = _("{picked}; {over} {unit} more than needed.").format(
            picked=text, over=formats.quantity(over, unit), unit=unit
        )
    undo_url = reverse("pick-undo", args=[code, reply["pick_line"], reply["move"]])
    if wants_json(request):
        return said(text, line=line.pk, open="0", undo=undo_url)
    return done(request, text, to=reverse("pick-list-lines", args=[code]), undo=undo_url)


@page(permission="picking.pick", methods=["POST"])
def undo(request: Request, code: str, line: int, move: int) -> HttpResponseBase:
    """Take the last pick back."""
    found = get_object_or_404(PickLine.objects.select_related("item__unit", "location"), pk=line, pick_list__code=code)
    actions.undo(command_from(request), move_id=move, pick_line_id=line)
    text = _("Taken back: {item} lies in {bin} again.").format(item=found.item.code, bin=found.location.code)
    if wants_json(request):
        return said(text, line=line)
    return done(request, text)


@page(permission="picking.pick", methods=["POST"])
def confirm_lines(request: Request, code: str) -> HttpResponseBase:
    """Confirm what was picked by a printed list: many lines at once, all of them or – where one is refused – none."""
    found = _list(code)
    quantities = Reading(request.POST).quantities("line-", title=_("Quantity"))
    if PickLine.objects.filter(pk__in=quantities, pick_list=found).count() < len(quantities):
        raise Http404
    command = command_from(request)
    actions.confirm_lines(command, quantities=quantities)
    said = ngettext("{count} line is picked.", "{count} lines are picked.", len(quantities))
    undo_url = reverse("pick-undo-lines", args=[code, command.id])
    return done(request, said.format(count=len(quantities)), undo=undo_url)


@page(permission="picking.pick", methods=["POST"])
def undo_lines(request: Request, code: str, taken_by: uuid.UUID) -> HttpResponseBase:
    """Take back what was confirmed at once."""
    reply = actions.undo_lines(command_from(request), taken_by=taken_by)
    said = ngettext(
        "{count} line is to be picked again.", "{count} lines are to be picked again.", len(reply["pick_lines"])
    )
    return done(request, said.format(count=len(reply["pick_lines"])))


def _line(request: Request, code: str) -> PickLine:
    """Return a line with what names it, and no more: scanners wait for this."""
    rows = PickLine.objects.select_related("item__unit", "lot", "location__warehouse").only(
        "item__code",
        "item__unit__code",
        "item__unit__decimals",
        "lot__code",
        "location__code",
        "location__warehouse__code",
    )
    number = Reading(request.POST).number("line", title=_("Pick line"))
    return get_object_or_404(rows, pk=number, pick_list__code=code)


# Short picks


@page(permission="picking.pick", methods=["POST"])
def short(request: Request, code: str) -> HttpResponseBase:
    """Report that a bin holds less than the line asks for."""
    line = _line(request, code)
    fields = Reading(request.POST)
    found = fields.quantity("found", title=_("Found"))
    reason = fields.choice("reason", ShortReason.values, title=_("Reason"))
    if found and reason == ShortReason.EMPTY:
        reason = ShortReason.LESS
    reply = actions.report_short(
        command_from(request),
        pick_line_id=line.pk,
        found=found,
        reason=str(reason),
        note=fields.text("note", title=_("Note")),
    )
    return _short_said(request, reply["short_pick"])


@page(permission="picking.pick", methods=["POST"])
def missing(request: Request, code: str) -> HttpResponseBase:
    """Report a requirement for which nothing could be put on the list."""
    number = Reading(request.POST).number("requirement", title=_("Pick line"))
    requirement = get_object_or_404(Requirement, pk=number, work_order__pick_lists__code=code)
    reply = actions.report_missing(command_from(request), requirement_id=requirement.pk)
    return _short_said(request, reply["short_pick"])


def _short_said(request: Request, short_pick_id: int) -> HttpResponseBase:
    """Say what follows from a short pick: the offers where there are some, else the case and on to the next line."""
    shown = _answer(short_pick_id)
    text = _case_text(shown)
    if wants_json(request):
        url = reverse("short-pick", args=[short_pick_id]) if shown.has_offers else ""
        line = shown.short.pick_line_id
        return said(text, line=line, requirement=shown.short.requirement_id, url=url, open="0")
    if shown.has_offers or shown.pick_list is None:
        return done(request, to=reverse("short-pick", args=[short_pick_id]))
    return done(request, text, to=page_of(shown.pick_list))


def _case_text(shown: AnswerPage) -> str:
    quantity = f"{formats.quantity(shown.lacking, shown.short.item.unit)} {shown.short.item.unit}"
    if shown.case is None:
        return _("{quantity} of {item} missing.").format(quantity=quantity, item=shown.short.item.code)
    owner = shown.case.owner.name if shown.case.owner else _("nobody yet")
    return _("{quantity} of {item} missing: case {case} is open, owner {owner}.").format(
        quantity=quantity, item=shown.short.item.code, case=shown.case.code, owner=owner
    )


@page(permission="picking.pick")
def short_pick(request: Request, pk: int) -> HttpResponseBase:
    """Show where else a short item lies, and the case that is open for it."""
    return render(request, "picking/answer.html", {"page": _answer(pk)})


def _answer(pk: int) -> AnswerPage:
    rows = ShortPick.objects.select_related(
        "item__unit",
        "location",
        "pick_line__pick_list__warehouse",
        "requirement__item",
        "requirement__work_order__item",
        "requirement__work_order__warehouse",
    )
    return answer_page(get_object_or_404(rows, pk=pk), on=timezone.localdate())


@page(permission="picking.pick", methods=["POST"])
def take(request: Request, pk: int) -> HttpResponseBase:
    """Put another bin of this warehouse on the list for what is missing."""
    short = get_object_or_404(ShortPick.objects.select_related("requirement__work_order"), pk=pk)
    fields = Reading(request.POST)
    reply = actions.take_from(
        command_from(request),
        requirement_id=short.requirement_id,
        balance_id=fields.number("balance", title=_("Bin")),
        quantity=fields.positive("quantity", title=_("Quantity")),
    )
    code = PickList.objects.values_list("code", flat=True).get(pk=reply["pick_list"])
    return done(request, to=f"{reverse('pick-list', args=[code])}?line={reply['pick_line']}")


@page(permission="shortages.decide", methods=["POST"])
def use_substitute(request: Request, pk: int) -> HttpResponseBase:
    """Let an approved substitute do the rest; its bins come on the list at once."""
    short = get_object_or_404(ShortPick.objects.select_related("requirement__work_order"), pk=pk)
    item_id = Reading(request.POST).number("item", title=_("Item"))
    production.substitute(command_from(request), requirement_id=short.requirement_id, substitute_id=item_id)
    return done(request, _("The substitute is on the pick list."), to=_back_to_list(short))


@page(permission="shortages.open", methods=["POST"])
def open_case(request: Request, pk: int) -> HttpResponseBase:
    """Open a case although there are other ways; what the picker would like to use is its first remark."""
    short = get_object_or_404(ShortPick.objects.select_related("requirement__work_order", "item"), pk=pk)
    command = command_from(request)
    known = cases_of([short.requirement_id]).get(short.requirement_id)
    reply = {"case": known.pk, "code": known.code} if known else None
    if reply is None:
        reply = shortages.report_short_pick(command.part("case"), short_pick_id=pk)
    remark = Reading(request.POST).text("remark", title=_("Remark"))
    if remark:
        shortages.comment(command, case_id=reply["case"], text=remark)
    text = _("Case {case} knows of it. Go on with the next line.").format(case=reply["code"])
    return done(request, text, to=_back_to_list(short))


@page(permission="stock.transfer", methods=["POST"])
def send_for(request: Request, pk: int) -> HttpResponseBase:
    """Plan a transfer of what is missing from another warehouse."""
    short = get_object_or_404(
        ShortPick.objects.select_related("requirement__work_order", "requirement__item__unit"), pk=pk
    )
    fields = Reading(request.POST)
    reply = actions.send_for(
        command_from(request),
        requirement_id=short.requirement_id,
        from_warehouse_id=fields.number("warehouse", title=_("Warehouse")),
        quantity=fields.positive("quantity", title=_("Quantity")),
    )
    quantity = formats.quantity(Decimal(reply["quantity"]), short.requirement.item.unit)
    text = _("Transfer {code} of {quantity} is planned.").format(code=reply["code"], quantity=quantity)
    return done(request, text, to=_back_to_list(short))


def _back_to_list(short: ShortPick) -> str:
    own = short.requirement.work_order.pick_lists
    found = own.filter(status__in=queries.WORKING).first() or own.order_by("id").last()
    return page_of(found or short.requirement.work_order)


@page(permission="picking.make", methods=["POST"])
def make_list(request: Request, code: str) -> HttpResponseBase:
    """Make, or fill up, the pick list of a work order."""
    order = get_object_or_404(WorkOrder, code=code)
    reply = actions.make_list(command_from(request), work_order_id=order.pk)
    return done(request, _("Pick list {code} is up to date.").format(code=reply["code"]))

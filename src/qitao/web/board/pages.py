"""The clear-to-build board: which orders can run, which wait for what, and what to do about many at once."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from qitao.journal.command import Command
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop
from qitao.planning import actions as planning
from qitao.planning.models import KitDate
from qitao.planning.queries import board as kits
from qitao.production import actions as production
from qitao.shortages import actions as shortages
from qitao.web import list_files
from qitao.web.board import filtering
from qitao.web.board.detail import details
from qitao.web.board.showing import board_page
from qitao.web.lists import Column
from qitao.web.page import command_from, done, page
from qitao.web.saying import say

FILE = [
    Column("rank", gettext_lazy("Rank"), kind="number", value="work_order.rank"),
    Column("code", gettext_lazy("Work order"), value="work_order.code"),
    Column("item", gettext_lazy("Product"), value="work_order.item.code"),
    Column("name", gettext_lazy("Name"), kind="named", value="work_order.item"),
    Column("quantity", gettext_lazy("Quantity"), kind="quantity", value="work_order.open_quantity"),
    Column("line", gettext_lazy("Line"), value="work_order.work_center.code"),
    Column("start_on", gettext_lazy("Start"), kind="day", value="work_order.start_on"),
    Column("due_on", gettext_lazy("Due"), kind="day", value="work_order.due_on"),
    Column("state", gettext_lazy("Kit"), kind="chip"),
    Column("kit_on", gettext_lazy("Kit date"), kind="day"),
    Column("days_late", gettext_lazy("Days late"), kind="number"),
    Column("lines", gettext_lazy("Lines"), kind="number"),
    Column("lines_covered", gettext_lazy("Lines covered"), kind="number"),
    Column("bottleneck", gettext_lazy("Bottleneck"), value="bottleneck.item.code"),
    Column("short_quantity", gettext_lazy("Short"), kind="quantity"),
]


@page(permission="planning.view")
def board(request: HttpRequest) -> HttpResponseBase:
    """Show the board, or save it as a file."""
    today = timezone.localdate()
    if request.GET.get("export") in list_files.KINDS and request.user.may("exchange.export"):
        wanted = filtering.read(request.GET)
        rows = filtering.rows(wanted, today=today)
        rows = rows.filter(state__in=wanted.states) if wanted.states else rows
        return list_files.answer(request.GET["export"], "clear-to-build", FILE, rows)
    return render(request, "board/page.html", {"page": board_page(request.GET, request.user, today=today)})


@page(permission="planning.view")
def lines(request: HttpRequest, code: str) -> HttpResponse:
    """Show the lines of one work order with what covers them: the part that opens under its row."""
    kit = get_object_or_404(kits().select_related("run"), work_order__code=code)
    return render(request, "board/detail.html", {"detail": details([kit])[kit.pk]})


@page(permission="planning.run", methods=["POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Plan at once."""
    reply = planning.plan_now(command_from(request))
    return done(request, _("Planned anew in {milliseconds} ms.").format(milliseconds=reply["engine_ms"]))


@page(permission="production.release", methods=["POST"])
def release(request: HttpRequest) -> HttpResponse:
    """Release the selected work orders; those that cannot be are named."""

    def one(command: Command, kit: KitDate) -> None:
        production.release(command, work_order_id=kit.pk)

    released, refused = _each(request, one)
    text = ngettext("{count} work order released.", "{count} work orders released.", released)
    return _told(request, text.format(count=released), released, refused)


@page(permission="shortages.open", methods=["POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Report the bottleneck of each selected work order as short: cases are opened or joined."""

    def one(command: Command, kit: KitDate) -> None:
        if kit.bottleneck_id is None:
            raise NothingHeldUp(code=kit.work_order.code)
        shortages.report(command, requirement_id=kit.bottleneck_id)

    reported, refused = _each(request, one)
    text = ngettext("{count} shortage reported.", "{count} shortages reported.", reported)
    return _told(request, text.format(count=reported), reported, refused)


class NothingHeldUp(Refusal):
    reason = gettext_noop("Nothing holds {code} up.")


def chosen(request: HttpRequest) -> list[int]:
    """Return the ids that a form has ticked; refuses where none is."""
    ids = [int(text) for text in request.POST.getlist("ids") if text.isascii() and text.isdecimal()]
    if not ids:
        raise BadValue(field=_("Selection"), problem=gettext_noop("is empty"))
    return ids


def _each(request: HttpRequest, one: Callable[[Command, KitDate], None]) -> tuple[int, list[Refusal]]:
    """Do something with each ticked order, each a command of its own; return how many went well, and the refusals."""
    command = command_from(request)
    good, refused = 0, []
    for kit in kits().filter(work_order__in=chosen(request)):
        try:
            one(command.part(str(kit.pk)), kit)
        except Refusal as refusal:
            refused.append(refusal)
        else:
            good += 1
    return good, refused


def _told(request: HttpRequest, text: str, good: int, refused: list[Refusal]) -> HttpResponse:
    """Say what was done and what was not; where nothing was, refuse with the first reason."""
    if refused and not good:
        raise refused[0]
    reasons = " ".join(dict.fromkeys(say(refusal).reason for refusal in refused))
    return done(request, f"{text} {reasons}".strip())

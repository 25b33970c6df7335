"""The clear-to-build board: which orders can run, which wait for what, and what to do about many at once."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from qitao.journal.command import Command
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop
from qitao.planning import actions as planning
from qitao.planning.models import KitDate
from qitao.planning.queries import board as kits
from qitao.production import actions as production
from qitao.shortages import actions as shortages
from qitao.shortages.queries import first_short
from qitao.web import list_files
from qitao.web.board import filtering
from qitao.web.board.detail import details
from qitao.web.board.showing import board_page
from qitao.web.lists import Column
from qitao.web.many import each
from qitao.web.page import command_from, done, page
from qitao.web.request import Request

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
def board(request: Request) -> HttpResponseBase:
    """Show the board, or save it as a file."""
    today = timezone.localdate()
    if request.GET.get("export") in list_files.KINDS and request.user.may("exchange.export"):
        wanted = filtering.read(request.GET)
        rows = filtering.rows(wanted, today=today)
        rows = rows.filter(state__in=wanted.states) if wanted.states else rows
        return list_files.answer(request.GET["export"], "clear-to-build", FILE, rows)
    return render(request, "board/page.html", {"page": board_page(request.GET, request.user, today=today)})


@page(permission="planning.view")
def lines(request: Request, code: str) -> HttpResponse:
    """Show the lines of one work order with what covers them: the part that opens under its row."""
    kit = get_object_or_404(kits().select_related("run"), work_order__code=code)
    return render(request, "board/detail.html", {"detail": details([kit])[kit.pk]})


@page(permission="planning.run", methods=["POST"])
def plan(request: Request) -> HttpResponse:
    """Plan at once."""
    reply = planning.plan_now(command_from(request))
    return done(request, _("Planned anew in {milliseconds} ms.").format(milliseconds=reply["engine_ms"]))


@page(permission="production.release", methods=["POST"])
def release(request: Request) -> HttpResponse:
    """Release the selected work orders; those that cannot be are named."""

    def one(command: Command, kit: KitDate) -> None:
        production.release(command, work_order_id=kit.pk)

    def told(count: int) -> str:
        return ngettext("{count} work order released.", "{count} work orders released.", count).format(count=count)

    return each(request, kits(), one, say_done=told)


class NothingHeldUp(Refusal):
    reason = gettext_noop("Nothing holds {code} up.")


@page(permission="shortages.open", methods=["POST"])
def report(request: Request) -> HttpResponse:
    """Report what each selected work order waits for, or lacks of its own: cases are opened or joined."""

    def one(command: Command, kit: KitDate) -> None:
        requirement_id = kit.bottleneck_id or first_short(kit.pk)
        if requirement_id is None:
            raise NothingHeldUp(code=kit.work_order.code)
        shortages.report(command, requirement_id=requirement_id)

    def told(count: int) -> str:
        return ngettext("{count} shortage reported.", "{count} shortages reported.", count).format(count=count)

    return each(request, kits(), one, say_done=told)

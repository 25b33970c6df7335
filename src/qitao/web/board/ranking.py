"""Giving work orders another rank: first what it would do to everybody, then – once somebody says yes – for real."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.planning.trials import RankTrial, try_rank
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.production.queries import open_work_orders
from qitao.web.page import command_from, done, page
from qitao.web.request import Request

LAST = "0"


@dataclass(frozen=True, slots=True)
class RankPage:
    """A trial of other ranks: what moves where, who gets earlier, who later. `trial` None: no place is chosen yet."""

    ids: list[int]
    moved: list[WorkOrder]
    trial: RankTrial | None
    before: str
    see_cost: bool

    @property
    def codes(self) -> str:
        return ", ".join(order.code for order in self.moved)


@dataclass(frozen=True, slots=True)
class Move:
    """What an address or a form asks for: which orders, before which other; None: after all others."""

    ids: list[int]
    before_id: int | None


@page(permission="planning.rank")
def preview(request: Request) -> HttpResponse:
    """Show what serving some work orders before another would do; nothing is changed."""
    ids = _ids(request.GET)
    moved = list(open_work_orders().filter(pk__in=ids))
    move = _move(request.GET, ids) if request.GET.get("before") or request.GET.get("before_code") else None
    shown = RankPage(
        ids=ids,
        moved=moved,
        trial=try_rank(move.ids, move.before_id, on=timezone.localdate()) if move else None,
        before=_before_text(move) if move else "",
        see_cost=request.user.may("cost.view"),
    )
    template = "board/rank.html" if request.htmx else "board/rank_page.html"
    return render(request, template, {"page": shown, "orders": open_work_orders() if not move else ()})


@page(permission="planning.rank", methods=["POST"])
def apply(request: Request) -> HttpResponse:
    """Give the ranks that were previewed."""
    move = _move(request.POST, _ids(request.POST))
    back = _way_back(move.ids)
    production.rank_all(command_from(request), work_order_ids=move.ids, before_id=move.before_id)
    text = ngettext("{count} work order has another rank.", "{count} work orders have other ranks.", len(move.ids))
    undo = f"{reverse('kit-board-rank-undo')}?{urlencode(back, doseq=True)}"
    to = "" if request.htmx else reverse("kit-board")
    return done(request, text.format(count=len(move.ids)), undo=undo, to=to)


@page(permission="planning.rank", methods=["POST"])
def undo(request: Request) -> HttpResponse:
    """Put work orders back before those they were served before."""
    command = command_from(request)
    for pair in request.GET.getlist("back"):
        moved, _colon, follower = pair.partition(":")
        if not (moved.isdecimal() and follower.isdecimal()):
            raise BadValue(field=_("Rank"), problem=gettext_noop("is none of the choices"))
        before_id = int(follower) or None
        production.rank_all(command.part(pair), work_order_ids=[int(moved)], before_id=before_id)
    return done(request, _("The ranks are as they were."))


def _ids(fields: QueryDict) -> list[int]:
    """Return the orders to move, in the order of their present ranks."""
    asked = [int(text) for text in fields.getlist("ids") if text.isascii() and text.isdecimal()]
    known = list(open_work_orders().filter(pk__in=asked).values_list("pk", flat=True))
    if not known:
        raise BadValue(field=_("Selection"), problem=gettext_noop("is empty"))
    return known


def _move(fields: QueryDict, ids: list[int]) -> Move:
    """Read the place to move to: the id of the order to be served after them, its code, or nothing for the end.

    Where that order moves itself, the next one that does not is meant.
    """
    text, code = fields.get("before", ""), fields.get("before_code", "").strip()
    if code:
        found = open_work_orders().filter(code__iexact=code).values_list("pk", flat=True).first()
        if found is None:
            raise BadValue(field=_("Serve before"), problem=gettext_noop("is not an open work order"))
    elif text == LAST:
        return Move(ids, None)
    else:
        found = int(text) if text.isascii() and text.isdecimal() else 0
    sequence = list(open_work_orders().values_list("pk", flat=True))
    if found not in sequence:
        raise BadValue(field=_("Serve before"), problem=gettext_noop("is not an open work order"))
    after = sequence[sequence.index(found) :]
    return Move(ids, next((pk for pk in after if pk not in ids), None))


def _before_text(move: Move) -> str:
    return str(move.before_id) if move.before_id else LAST


def _way_back(ids: list[int]) -> dict[str, list[str]]:
    """Return how to put orders back: each before the one that follows it now, the last first."""
    sequence = list(open_work_orders().values_list("pk", flat=True))
    followers = dict(zip(sequence, [*sequence[1:], 0], strict=True))
    return {"back": [f"{pk}:{followers[pk]}" for pk in reversed(ids)]}

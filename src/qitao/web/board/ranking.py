"""Giving work orders another rank: first what it would do to everybody, then – once somebody says yes – for real."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.picking import reranking
from qitao.picking.reranking import Proposal
from qitao.planning.trials import RankTrial, try_rank
from qitao.production.models import Requirement, WorkOrder
from qitao.production.queries import open_work_orders
from qitao.stock.models import Item, Reservation
from qitao.web.page import command_from, done, page
from qitao.web.request import Request

LAST = "0"


@dataclass(frozen=True, slots=True)
class Passed:
    """A quantity of an item that goes from one work order to another – or stays, and why."""

    item: Item
    quantity: Decimal
    giver: WorkOrder
    taker: WorkOrder
    what: str


@dataclass(frozen=True, slots=True)
class RankPage:
    """A trial of other ranks: what moves where, who gets earlier, who later. `trial` None: no place is chosen yet."""

    ids: list[int]
    moved: list[WorkOrder]
    trial: RankTrial | None
    before: str
    see_cost: bool
    passed: list[Passed]
    kept: list[Passed]

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
    is_asked = any(request.GET.get(name) for name in ("before", "before_code", "rank"))
    move = _move(request.GET, ids) if is_asked else None
    trial = try_rank(move.ids, move.before_id, on=timezone.localdate()) if move else None
    shown = RankPage(
        ids=ids,
        moved=moved,
        trial=trial,
        before=_before_text(move) if move else "",
        see_cost=request.user.may("cost.view"),
        passed=_passed(trial.proposal) if trial else [],
        kept=_kept(trial.proposal) if trial else [],
    )
    template = "board/rank.html" if request.htmx else "board/rank_page.html"
    return render(request, template, {"page": shown, "orders": open_work_orders() if not move else ()})


@page(permission="planning.rank", methods=["POST"])
def apply(request: Request) -> HttpResponse:
    """Give the ranks that were previewed."""
    move = _move(request.POST, _ids(request.POST))
    back = _way_back(move.ids)
    digest = request.POST.get("digest", "")
    reranking.rerank(command_from(request), work_order_ids=move.ids, before_id=move.before_id, digest=digest)
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
        reranking.rerank(command.part(pair), work_order_ids=[int(moved)], before_id=before_id)
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
    text, code, rank = fields.get("before", ""), fields.get("before_code", "").strip(), fields.get("rank", "").strip()
    if rank and not code:
        return Move(ids, _served_at(rank, ids))
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


def _served_at(text: str, ids: list[int]) -> int | None:
    """Return the order that has the rank a person typed, or the next one that does not move itself; None at the end."""
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise BadValue(field=_("Rank"), problem=gettext_noop("must be a whole number above zero"))
    later = open_work_orders().filter(rank__gte=int(text)).exclude(pk__in=ids)
    return later.values_list("pk", flat=True).first()


def _passed(proposal: Proposal) -> list[Passed]:
    """Return what passes from whom to whom, for people to read."""
    names = _Names([(each.giver, each.taker) for each in proposal.passings])
    found = []
    for each in proposal.passings:
        if each.supply != Reservation.Supply.STOCK:
            what = str(Reservation.Supply(each.supply).label)
        elif not each.on_list:
            what = _("reserved")
        else:
            what = _("on its pick list") if each.on_list == each.quantity else _("reserved and on its pick list")
        found.append(names.row(each.giver, each.taker, each.quantity, what))
    return found


def _kept(proposal: Proposal) -> list[Passed]:
    """Return what those who are passed keep all the same, and why."""
    names = _Names([(each.holder, each.taker) for each in proposal.kept])
    why = {
        reranking.WALKED: _("somebody is picking it right now"),
        reranking.FROZEN: _("it is reserved whatever the ranks say"),
    }
    return [names.row(each.holder, each.taker, each.quantity, why[each.why]) for each in proposal.kept]


class _Names:
    """The requirements that a proposal names by their numbers."""

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        rows = Requirement.objects.select_related("item__unit", "work_order__item")
        self.lines = rows.in_bulk({pk for pair in pairs for pk in pair})

    def row(self, giver: int, taker: int, quantity: Decimal, what: str) -> Passed:
        one, other = self.lines[giver], self.lines[taker]
        return Passed(one.item, quantity, one.work_order, other.work_order, what)

"""A trace as one would do it with a pencil: go through all moves, see what touched what, follow it step by step."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from qitao.picking.models import PickList
from qitao.production.models import WorkOrder
from qitao.stock.models import Lot, Move

Key = tuple[str, int]
FIRST, LAST = 0, 10**18


@dataclass
class Passing:
    """What went from one to another: how much, by its first move and its last."""

    quantity: Decimal = Decimal(0)
    first: int = LAST
    last: int = FIRST


Passings = dict[tuple[Key, Key], Passing]


def passings() -> Passings:
    """Read the whole ledger, move by move; what went back is taken off."""
    found: dict[tuple[Key, Key], Passing] = defaultdict(Passing)
    lists = dict(PickList.objects.values_list("pk", "lines__requirement__work_order"))
    products = dict(WorkOrder.objects.values_list("pk", "item"))
    for move in Move.objects.select_related("from_location", "to_location").order_by("id"):
        ends = _ends(move, lists, products)
        if ends is None:
            continue
        passing = found[ends[0], ends[1]]
        if ends[2]:
            passing.quantity += move.quantity
            passing.first, passing.last = min(passing.first, move.pk), max(passing.last, move.pk)
        else:
            passing.quantity -= move.quantity
            if ends[0][0] == "work_order":  # a report counts with its correction
                passing.last = move.pk
    return {ends: passing for ends, passing in found.items() if passing.quantity > 0}


def _ends(move: Move, lists: dict[int, int], products: dict[int, int]) -> tuple[Key, Key, bool] | None:
    """Return source, target, and whether the move went that way or back."""
    lot: Key = ("lot", move.lot_id)
    goes_in = move.to_location.kind == "production"
    comes_out = move.from_location.kind == "production"
    if move.document == "picking.picklist" and (goes_in or comes_out):
        return lot, ("work_order", lists[move.document_id]), goes_in
    if move.document == "production.workorder":
        work_order = move.document_id
        if move.item_id == products[work_order]:
            return ("work_order", work_order), lot, comes_out
        return lot, ("work_order", work_order), goes_in
    if move.document == "sales.shipment":
        return lot, ("shipment", move.document_id), move.to_location.kind == "customer"
    if move.document == "purchasing.receipt":
        return ("receipt", move.document_id), lot, move.from_location.kind == "supplier"
    return None


def onward(every: Passings, start: Key, *, untracked: bool) -> dict[tuple[Key, Key], Decimal]:
    """Follow `start` to whatever may hold it; return the links taken, with their quantities."""
    taken, loose = {}, _untracked()
    seen, waiting = set(), [(start, FIRST)]
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        here, since = state
        if here != start and not untracked and here in loose:
            continue
        for (source, target), passing in every.items():
            if source == here and (here[0] == "work_order" or passing.last >= since):
                taken[source, target] = passing.quantity
                waiting.append((target, passing.first if here[0] == "work_order" else FIRST))
    return taken


def back(every: Passings, start: Key, *, untracked: bool) -> dict[tuple[Key, Key], Decimal]:
    """Follow `start` back to whatever may be in it; return the links taken, with their quantities."""
    taken, loose = {}, _untracked()
    seen, waiting = set(), [(start, LAST)]
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        here, until = state
        if here != start and not untracked and here in loose:
            continue
        for (source, target), passing in every.items():
            if target == here and (here[0] == "work_order" or passing.first <= until):
                taken[source, target] = passing.quantity
                waiting.append((source, passing.last if here[0] == "work_order" else LAST))
    return taken


def _untracked() -> set[Key]:
    return {("lot", pk) for pk in Lot.objects.filter(code="").values_list("pk", flat=True)}

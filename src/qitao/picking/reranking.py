"""Giving work orders other ranks and letting their material follow: what a move would pass on, and doing it.

Who is served before another from now on, and was not, takes from it what it lacks: what lies there, from who is served
last first; then what is to come. What the taker had coming and needs no more goes the other way. Orders that keep
their order among themselves keep what they have. The proposal is a plain value: what was shown is what is done, or the
command is refused.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.kernel.quantity import ZERO
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop
from qitao.picking import filling, handing
from qitao.picking.borrowing import pass_dated
from qitao.picking.claims import coming, listed
from qitao.production import actions as production
from qitao.production.models import Requirement
from qitao.production.queries import lock_ranks, open_work_orders
from qitao.production.supplies import REQUIREMENT, STOCK, labels
from qitao.stock import ledger
from qitao.stock.models import Reservation, standing

WALKED, FROZEN = "walked", "frozen"


class RanksMovedOn(Refusal):
    reason = gettext_noop("What this would do has changed since it was shown.")
    remedy = gettext_noop("Look at it again; somebody was faster.")


@dataclass(frozen=True, slots=True)
class Passing:
    """A quantity that one requirement holds and another gets: reserved or listed, of what lies there or is to come."""

    giver: int
    taker: int
    item_id: int
    warehouse_id: int
    supply: str
    supply_id: int
    on_list: Decimal  # of the quantity, what is cut from pick lists
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Kept:
    """What a taker would need and does not get: somebody walks for it, or it stays whatever the ranks say."""

    holder: int
    taker: int
    item_id: int
    quantity: Decimal
    why: str  # walked | frozen


@dataclass(frozen=True, slots=True)
class Proposal:
    """The new sequence of the open work orders, what passes from whom to whom, and what does not."""

    sequence: tuple[int, ...]
    passings: tuple[Passing, ...]
    kept: tuple[Kept, ...]

    @property
    def digest(self) -> str:
        """A mark of all it says: the same again is the same proposal."""
        return hashlib.sha256(repr((self.sequence, self.passings)).encode()).hexdigest()[:32]


@dataclass(slots=True)
class _Line:
    """A requirement while a proposal is made: what it lacks and what of its claims can still be passed on."""

    requirement: Requirement
    lacks: Decimal  # below zero: it has more than it needs
    reserved: Decimal = ZERO  # of what lies there
    on_list: Decimal = ZERO
    walked: Decimal = ZERO
    frozen: Decimal = ZERO
    to_come: list[Reservation] = field(default_factory=list)  # the earliest first

    @property
    def here(self) -> Decimal:
        """What lies there and can be passed on."""
        return self.reserved + self.on_list

    def take_here(self, quantity: Decimal) -> tuple[Decimal, Decimal]:
        """Take off what lies there; return how much, and how much of it from lists."""
        soft = min(quantity, self.reserved)
        hard = min(quantity - soft, self.on_list)
        self.reserved -= soft
        self.on_list -= hard
        self.lacks += soft + hard
        return soft + hard, hard


def propose(work_order_ids: Sequence[int], before_id: int | None, *, on: date) -> Proposal:
    """Return what serving work orders, in this sequence, just before another – or last – would pass on."""
    old, new = _sequences(work_order_ids, before_id)
    was, now = ({pk: place for place, pk in enumerate(order)} for order in (old, new))
    passings: list[Passing] = []
    kept: list[Kept] = []
    for lines in _groups(_touched(old, new), on=on):
        lines.sort(key=lambda line: (now[line.requirement.work_order_id], line.requirement.pk))
        for taker in lines:
            givers = [line for line in reversed(lines) if _is_passed(line, taker, was, now)]
            passings += _take(taker, givers)
            kept += _left(taker, givers)
    return Proposal(tuple(new), tuple(passings), tuple(kept))


def _sequences(work_order_ids: Sequence[int], before_id: int | None) -> tuple[list[int], list[int]]:
    """Return the open work orders as they are served now, and as they would be."""
    old = list(open_work_orders().values_list("pk", flat=True))
    moved = [pk for pk in work_order_ids if pk in old and pk != before_id]
    rest = [pk for pk in old if pk not in moved]
    at = rest.index(before_id) if before_id in rest else len(rest)
    return old, [*rest[:at], *moved, *rest[at:]]


def _touched(old: Sequence[int], new: Sequence[int]) -> Sequence[int]:
    """Return the work orders from the first to the last whose place changes."""
    places = [place for place, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    return new[places[0] : places[-1] + 1] if places else []


def _is_passed(giver: _Line, taker: _Line, was: dict[int, int], now: dict[int, int]) -> bool:
    """Tell whether the taker is served before the giver from now on, and was not."""
    one, other = giver.requirement.work_order_id, taker.requirement.work_order_id
    return now[other] < now[one] and was[other] > was[one]


def _groups(work_order_ids: Sequence[int], *, on: date) -> Iterable[list[_Line]]:
    """Return the open requirements of work orders by item and warehouse, where more than one wants it."""
    rows = Requirement.objects.filter(
        work_order__in=work_order_ids, is_consumable=False, quantity__gt=F("issued")
    ).select_related("work_order__warehouse", "item")
    found: dict[tuple[int, int], list[Requirement]] = defaultdict(list)
    for row in rows.order_by("item_id", "id"):
        found[row.item_id, row.work_order.warehouse_id].append(row)
    contended = {key: group for key, group in found.items() if len(group) > 1}
    ids = [row.pk for group in contended.values() for row in group]
    held = _reservations(ids, on=on)
    for _key, group in sorted(contended.items()):
        yield [_line(row, held.get(row.pk, []), on=on) for row in group]


def _reservations(requirement_ids: Sequence[int], *, on: date) -> dict[int, list[Reservation]]:
    rows = Reservation.objects.filter(standing(on), holder=REQUIREMENT, holder_id__in=requirement_ids)
    found: dict[int, list[Reservation]] = defaultdict(list)
    for row in rows.select_related("warehouse").order_by("id"):
        found[row.holder_id].append(row)
    return found


def _line(row: Requirement, claims: list[Reservation], *, on: date) -> _Line:
    holds = handing.holds(row, on=on)
    home = row.work_order.warehouse_id
    mine = [claim for claim in claims if claim.item_id == row.item_id]
    here = [claim for claim in mine if claim.supply == STOCK and claim.warehouse_id == home]
    frozen = sum((claim.quantity for claim in mine if claim.is_frozen), ZERO)
    dated = [claim for claim in mine if claim.supply != STOCK and not claim.is_frozen]
    days = labels(dated)
    dated.sort(key=lambda claim: (days[claim.pk][2] or date.max, claim.pk))
    claimed = sum((claim.quantity for claim in mine), ZERO)
    return _Line(
        requirement=row,
        lacks=row.open_quantity - listed(row) - coming(row) - claimed,
        reserved=sum((claim.quantity for claim in here if not claim.is_frozen), ZERO),
        on_list=holds.on_list,
        walked=holds.walked,
        frozen=frozen,
        to_come=dated,
    )


def _take(taker: _Line, givers: Sequence[_Line]) -> list[Passing]:
    """Let a requirement take what it could use: what lies there, then what is to come; what it has spare it gives."""
    found = []
    for giver in givers:
        wanted = taker.lacks + sum((claim.quantity for claim in taker.to_come), ZERO)
        part = min(wanted, giver.here)
        if part > 0:
            quantity, hard = giver.take_here(part)
            taker.lacks -= quantity
            found.append(_passing(giver, taker, STOCK, 0, quantity, on_list=hard))
            found += _give_spare(taker, giver)
    for giver in givers:
        for claim in list(giver.to_come):
            part = min(taker.lacks, claim.quantity)
            if part > 0:
                found.append(_pass_to_come(claim, giver, taker, part))
    return found


def _give_spare(taker: _Line, giver: _Line) -> list[Passing]:
    """Let the giver have what the taker has reserved to come and needs no more, the latest first."""
    found = []
    for claim in reversed(list(taker.to_come)):
        part = min(-taker.lacks, claim.quantity, giver.lacks)
        if part > 0:
            found.append(_pass_to_come(claim, taker, giver, part))
    return found


def _pass_to_come(claim: Reservation, giver: _Line, taker: _Line, quantity: Decimal) -> Passing:
    claim.quantity -= quantity
    if not claim.quantity:
        giver.to_come.remove(claim)
    giver.lacks += quantity
    taker.lacks -= quantity
    return _passing(giver, taker, claim.supply, claim.supply_id, quantity)


def _passing(
    giver: _Line, taker: _Line, supply: str, number: int, quantity: Decimal, *, on_list: Decimal = ZERO
) -> Passing:
    line = giver.requirement
    home = line.work_order.warehouse_id
    return Passing(
        giver=line.pk,
        taker=taker.requirement.pk,
        item_id=line.item_id,
        warehouse_id=home,
        supply=str(supply),
        supply_id=number,
        on_list=on_list.normalize() + 0,
        quantity=quantity.normalize() + 0,
    )


def _left(taker: _Line, givers: Sequence[_Line]) -> list[Kept]:
    """Return what a requirement still lacks and those it passed keep."""
    found, lacks = [], taker.lacks
    for giver in givers:
        for why, quantity in ((WALKED, giver.walked), (FROZEN, giver.frozen)):
            part = min(lacks, quantity)
            if part > 0:
                line = giver.requirement
                found.append(Kept(line.pk, taker.requirement.pk, line.item_id, part, why))
                lacks -= part
    return found


# Doing it


@action(permission="planning.rank")
def rerank(command: Command, *, work_order_ids: list[int], before_id: int | None = None, digest: str = "") -> Reply:
    """Serve work orders, in this sequence, just before another – or after all – and let what they hold follow.

    With the digest of a proposal nothing else is done than was proposed. Refuses: RanksMovedOn.
    Records: production.ranked and, for each quantity, picking.handed_over and picking.passed_on.
    Locks: the items of all work orders whose rank changes, then the ranks.
    """
    items = _items(_touched(*_sequences(work_order_ids, before_id)))
    ledger.lock_items(items)
    lock_ranks()
    proposal = propose(work_order_ids, before_id, on=command.on)
    if (digest and proposal.digest != digest) or not {each.item_id for each in proposal.passings} <= set(items):
        raise RanksMovedOn
    production.rank_all(command, work_order_ids=work_order_ids, before_id=before_id)
    for passing in _in_order(proposal.passings):
        _pass_on(command, passing)
    for passing in proposal.passings:
        _tell(command, passing)
    return {"work_orders": work_order_ids, "passed": len(proposal.passings)}


def _items(work_order_ids: Iterable[int]) -> list[int]:
    """Return every item that these work orders still need."""
    rows = Requirement.objects.filter(
        work_order__in=list(work_order_ids), is_consumable=False, quantity__gt=F("issued")
    )
    return sorted(set(rows.values_list("item_id", flat=True)))


def _in_order(passings: Sequence[Passing]) -> list[Passing]:
    """Return what is to come first: what was promised for it makes room for what lies there."""
    return sorted(passings, key=lambda each: each.supply == STOCK)


def _pass_on(command: Command, passing: Passing) -> None:
    lines = Requirement.objects.select_related("work_order__warehouse", "item")
    giver, taker = lines.get(pk=passing.giver), lines.get(pk=passing.taker)
    if passing.supply == STOCK:
        soft = passing.quantity - passing.on_list
        home = {"item_id": passing.item_id, "warehouse_id": passing.warehouse_id}
        freed = ledger.consume_reservation(**home, holder=giver, quantity=soft) if soft else ZERO
        freed += filling.give_up(giver, passing.on_list, only=handing.IDLE) if passing.on_list else ZERO
        assert freed == passing.quantity, f"{giver} holds {freed} instead of {passing.quantity}"
        handing.give(command, taker, passing.quantity)
        filling.finish_lists([giver.work_order])
    else:
        claim = Reservation.objects.get(
            holder=REQUIREMENT,
            holder_id=giver.pk,
            item=passing.item_id,
            warehouse=passing.warehouse_id,
            supply=passing.supply,
            supply_id=passing.supply_id,
        )
        pass_dated(command, claim, taker, passing.quantity)


def _tell(command: Command, passing: Passing) -> None:
    """Tell both orders; only when all is passed on, since what is told makes others look at what each holds."""
    lines = Requirement.objects.select_related("work_order", "item")
    giver, taker = lines.get(pk=passing.giver), lines.get(pk=passing.taker)
    told = {"item": giver.item.code, "quantity": str(passing.quantity)}
    record(command, "picking.passed_on", giver.work_order, **told, taker=taker.work_order.code)
    record(command, "picking.handed_over", taker.work_order, **told, giver=giver.work_order.code)

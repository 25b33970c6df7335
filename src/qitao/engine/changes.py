"""Trial changes of a plant: each is a value; `apply` returns a new plant that shares every untouched column.

Nothing is mutated. A change that cannot be meant – more than there is, an order before itself – is refused with
`ChangeRefused`; a claim that a change leaves without cover is cut back, the last served first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import singledispatch
from typing import Any, TypeVar

import numpy as np

from qitao.engine.plant import Plant, Reservations, SupplyKind
from qitao.engine.plant_checks import substitute_ratio
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop

Table = TypeVar("Table")


class ChangeRefused(Refusal):
    """A trial change that the plant does not allow."""

    reason = gettext_noop("This change cannot be tried: {what}")
    remedy = gettext_noop("Reload the page: the plan may have moved on.")
    status = 422


@dataclass(frozen=True)
class TransferStock:
    """Move part of a supply to another warehouse, there on `day`; reserved for `for_line` where one is named."""

    supply: int
    warehouse: int
    quantity: int
    day: int
    for_line: int = -1


@dataclass(frozen=True)
class UseSubstitute:
    """Let an approved substitute cover `quantity` of a line (in the line's unit; None: all of it)."""

    line: int
    item: int
    quantity: int | None = None


@dataclass(frozen=True)
class PutFirst:
    """Serve an order just before another; the rest keep their sequence."""

    order: int
    before: int


@dataclass(frozen=True)
class Claim:
    """Reserve an unreserved part of a supply for a line, no more than the line still needs."""

    line: int
    supply: int
    quantity: int


@dataclass(frozen=True)
class HandOver:
    """Pass reservations from one line to another, no more than the taker still needs; the last made go first."""

    giver: int
    taker: int
    quantity: int
    """In the unit of what is reserved."""


@dataclass(frozen=True)
class ReleaseReservation:
    """Give up a line's claim on a supply: `quantity` of it, or (None) all."""

    line: int
    supply: int
    quantity: int | None = None


@dataclass(frozen=True)
class ExpediteSupply:
    """Have a supply, or `quantity` of it, on an earlier (or any other) day."""

    supply: int
    day: int
    quantity: int | None = None


@dataclass(frozen=True)
class AddSupply:
    """Buy or otherwise obtain a quantity, there on `day`; reserved for `for_line` where one is named."""

    item: int
    warehouse: int
    day: int
    quantity: int
    for_line: int = -1
    kind: SupplyKind = SupplyKind.REQUISITION


@dataclass(frozen=True)
class SplitOrder:
    """Build `quantity` of the product as one order, the rest as another served right after it.

    Remaining requirements are split in proportion, the first part's rounded up – but a line named in `keeps` leaves
    so much with the first part (of what was issued already the first part may need less).
    """

    order: int
    quantity: int
    keeps: tuple[tuple[int, int], ...] = ()
    """(line, quantity in millionths), for lines that are not split in proportion."""


@dataclass(frozen=True)
class RecordIsWrong:
    """A count finds `quantity` where the record says otherwise."""

    supply: int
    quantity: int


Change = (
    TransferStock
    | UseSubstitute
    | PutFirst
    | Claim
    | HandOver
    | ReleaseReservation
    | ExpediteSupply
    | AddSupply
    | SplitOrder
    | RecordIsWrong
)


def apply(plant: Plant, changes: Iterable[Change]) -> Plant:
    """Return the plant with the changes made, one after another. Rows keep their numbers; new rows come last."""
    for change in changes:
        plant = make(change, plant)
    return plant


@singledispatch
def make(change: Change, plant: Plant) -> Plant:
    """Return the plant with one change made."""
    raise TypeError(f"not a change: {change!r}")


@make.register
def _transfer(change: TransferStock, plant: Plant) -> Plant:
    supplies, row = plant.supplies, change.supply
    if not 0 < change.quantity <= supplies.quantity[row]:
        raise ChangeRefused(what=gettext_noop("there is not that much to move."))
    plant = _set_supply(plant, row, quantity=int(supplies.quantity[row]) - change.quantity)
    moved = {"kind": SupplyKind.TRANSFER, "warehouse": change.warehouse, "day": change.day}
    plant, new = _add_supply(plant, like=row, quantity=change.quantity, **moved)
    return _claim_for(_cut_claims(plant, row), change.for_line, new)


@make.register
def _substitute(change: UseSubstitute, plant: Plant) -> Plant:
    line, lines = change.line, plant.lines
    whole = int(lines.quantity[line])
    quantity = whole if change.quantity is None else change.quantity
    ratio = substitute_ratio(plant, line, change.item)
    if ratio is None or not 0 < quantity <= whole:
        raise ChangeRefused(what=gettext_noop("it is no approved substitute, or more than the line needs."))
    instead = -(-quantity * ratio[0] // ratio[1])
    left = _changed(lines.quantity, line, whole - quantity)
    rows = _appended(replace(lines, quantity=left), line, item=change.item, quantity=instead)
    return _cut_line_claims(replace(plant, lines=rows), line)


@make.register
def _put_first(change: PutFirst, plant: Plant) -> Plant:
    if change.order == change.before:
        raise ChangeRefused(what=gettext_noop("an order cannot go before itself."))
    sequence = [order for order in plant.service_sequence.tolist() if order != change.order]
    sequence.insert(sequence.index(change.before), change.order)
    return _ranked(plant, sequence)


@make.register
def _claim(change: Claim, plant: Plant) -> Plant:
    claims, supply = plant.reservations, change.supply
    unreserved = int(plant.supplies.quantity[supply]) - int(claims.quantity[claims.supply == supply].sum())
    wanted = min(_still_needs(plant, change.line, supply), change.quantity)
    if not 0 < wanted <= unreserved:
        raise ChangeRefused(what=gettext_noop("the line needs no more, or not that much is unreserved."))
    return _reserved(plant, change.line, supply, wanted)


@make.register
def _hand_over(change: HandOver, plant: Plant) -> Plant:
    claims, left = plant.reservations, change.quantity
    for row in np.flatnonzero(claims.line == change.giver)[::-1].tolist():
        supply, held = int(claims.supply[row]), int(claims.quantity[row])
        if left == 0 or substitute_ratio(plant, change.taker, int(plant.supplies.item[supply])) is None:
            continue
        part = min(held, left, _still_needs(plant, change.taker, supply))
        if part > 0:
            plant = make(ReleaseReservation(change.giver, supply, part), plant)
            plant = _reserved(plant, change.taker, supply, part)
            left -= part
    if left == change.quantity:
        raise ChangeRefused(what=gettext_noop("nothing of use is reserved there."))
    return plant


@make.register
def _release(change: ReleaseReservation, plant: Plant) -> Plant:
    claims = plant.reservations
    rows = np.flatnonzero((claims.line == change.line) & (claims.supply == change.supply))
    held = int(claims.quantity[rows].sum())
    quantity = held if change.quantity is None else change.quantity
    if not 0 < quantity <= held:
        raise ChangeRefused(what=gettext_noop("that much is not reserved."))
    return _with_claims(plant, _less(claims.quantity, rows[::-1].tolist(), quantity))


@make.register
def _expedite(change: ExpediteSupply, plant: Plant) -> Plant:
    row, there = change.supply, int(plant.supplies.quantity[change.supply])
    quantity = there if change.quantity is None else change.quantity
    if not 0 < quantity <= there:
        raise ChangeRefused(what=gettext_noop("the supply is not that large."))
    if quantity == there:
        return _set_supply(plant, row, day=change.day)
    # The part that comes at another day becomes the new row; claims stay where they were as far as they fit.
    plant = _set_supply(plant, row, quantity=there - quantity)
    plant, _ = _add_supply(plant, like=row, quantity=quantity, day=change.day)
    return _cut_claims(plant, row)


@make.register
def _add(change: AddSupply, plant: Plant) -> Plant:
    if change.quantity <= 0:
        raise ChangeRefused(what=gettext_noop("the quantity must be above 0."))
    values = {"code": "", "kind": change.kind, "item": change.item, "warehouse": change.warehouse, "day": change.day}
    plant, new = _add_supply(plant, like=-1, quantity=change.quantity, trusted=True, reference=-1, **values)
    return _claim_for(plant, change.for_line, new)


@make.register
def _split(change: SplitOrder, plant: Plant) -> Plant:
    orders, order = plant.orders, change.order
    whole, first = int(orders.quantity[order]), change.quantity
    if not 0 < first < whole:
        raise ChangeRefused(what=gettext_noop("the first part must be above 0 and below the whole."))
    output, rest_output = int(orders.output[order]), -1
    if output >= 0:
        plant = _set_supply(plant, output, quantity=first)
        plant, rest_output = _add_supply(plant, like=output, quantity=whole - first)
    kept = replace(orders, quantity=_changed(orders.quantity, order, first))
    code = orders.code[order] + "/2"
    second = len(orders.code)
    plant = replace(plant, orders=_appended(kept, order, code=code, quantity=whole - first, output=rest_output))
    sequence = [row for row in plant.service_sequence.tolist() if row != second]
    sequence.insert(sequence.index(order) + 1, second)
    plant = _ranked(plant, sequence)
    keeps = dict(change.keeps)
    for line in np.flatnonzero(plant.lines.order == order).tolist():
        in_proportion = -(-int(plant.lines.quantity[line]) * first // whole)
        plant = _split_line(plant, line, second, now=keeps.get(line, in_proportion))
    return plant if output < 0 else _cut_claims(plant, output)


@make.register
def _recount(change: RecordIsWrong, plant: Plant) -> Plant:
    if change.quantity < 0:
        raise ChangeRefused(what=gettext_noop("a count cannot be below 0."))
    return _cut_claims(_set_supply(plant, change.supply, quantity=change.quantity), change.supply)


def _split_line(plant: Plant, line: int, second: int, *, now: int) -> Plant:
    quantity = int(plant.lines.quantity[line])
    if not 0 <= now <= quantity:
        raise ChangeRefused(what=gettext_noop("the first part would keep more than the line needs."))
    kept = replace(plant.lines, quantity=_changed(plant.lines.quantity, line, now))
    plant = replace(plant, lines=_appended(kept, line, order=second, quantity=quantity - now))
    return _cut_line_claims(plant, line)


def _set_supply(plant: Plant, row: int, **values: int) -> Plant:
    columns: dict[str, Any] = {
        name: _changed(getattr(plant.supplies, name), row, value) for name, value in values.items()
    }
    return replace(plant, supplies=replace(plant.supplies, **columns))


def _add_supply(plant: Plant, *, like: int, **values: Any) -> tuple[Plant, int]:
    return replace(plant, supplies=_appended(plant.supplies, like, **values)), len(plant.supplies.code)


def _ranked(plant: Plant, sequence: list[int]) -> Plant:
    rank = np.empty(len(sequence), np.int64)
    rank[sequence] = np.arange(1, len(sequence) + 1)
    return replace(plant, orders=replace(plant.orders, rank=rank))


def _claim_for(plant: Plant, line: int, supply: int) -> Plant:
    """Reserve a new supply for a line (-1: for none), as far as the line is not covered by reservations already."""
    if line < 0:
        return plant
    wanted = min(_still_needs(plant, line, supply), int(plant.supplies.quantity[supply]))
    return _reserved(plant, line, supply, wanted) if wanted else plant


def _still_needs(plant: Plant, line: int, supply: int) -> int:
    """Return how much of a supply, in its own unit, covers what the line's reservations leave open."""
    ratio = substitute_ratio(plant, line, int(plant.supplies.item[supply]))
    if ratio is None:
        raise ChangeRefused(what=gettext_noop("the line cannot use this item."))
    left = int(plant.lines.quantity[line]) - sum(_covers(plant, line).values())
    return -(-max(left, 0) * ratio[0] // ratio[1])


def _reserved(plant: Plant, line: int, supply: int, quantity: int) -> Plant:
    row = {"line": line, "supply": supply, "quantity": quantity}
    return replace(plant, reservations=_appended(plant.reservations, -1, **row))


def _covers(plant: Plant, line: int) -> Mapping[int, int]:
    """Return for each reservation row of a line what it covers, in the line's unit."""
    claims, covers = plant.reservations, {}
    for row in np.flatnonzero(claims.line == line).tolist():
        item = int(plant.supplies.item[claims.supply[row]])
        up, down = substitute_ratio(plant, line, item) or (1, 1)
        covers[row] = int(claims.quantity[row]) * down // up
    return covers


def _cut_claims(plant: Plant, supply: int) -> Plant:
    """Cut the claims on a supply back to its quantity, the last served first."""
    claims = plant.reservations
    rows = np.flatnonzero(claims.supply == supply)
    excess = int(claims.quantity[rows].sum()) - int(plant.supplies.quantity[supply])
    if excess <= 0:
        return plant
    position = np.argsort(plant.service_sequence)[plant.lines.order[claims.line[rows]]]
    last_first = rows[np.argsort(-position, kind="stable")].tolist()
    return _with_claims(plant, _less(claims.quantity, last_first, excess))


def _cut_line_claims(plant: Plant, line: int) -> Plant:
    """Cut a line's claims back to what it still needs, the last made first."""
    covers = _covers(plant, line)
    excess = sum(covers.values()) - int(plant.lines.quantity[line])
    if excess <= 0:
        return plant
    quantity = plant.reservations.quantity.copy()
    for row in sorted(covers, reverse=True):
        cut = min(excess, covers[row])
        item = int(plant.supplies.item[plant.reservations.supply[row]])
        up, down = substitute_ratio(plant, line, item) or (1, 1)
        quantity[row] = max(int(quantity[row]) - -(-cut * up // down), 0)
        excess -= cut
    return _with_claims(plant, quantity)


def _less(quantity: np.ndarray[Any, Any], rows: list[int], excess: int) -> np.ndarray[Any, Any]:
    """Return a copy with `excess` taken from the rows, one after another."""
    quantity = quantity.copy()
    for row in rows:
        cut = min(excess, int(quantity[row]))
        quantity[row] -= cut
        excess -= cut
    return quantity


def _with_claims(plant: Plant, quantity: np.ndarray[Any, Any]) -> Plant:
    """Return the plant with these reservation quantities, empty ones left out."""
    claims, live = plant.reservations, quantity > 0
    return replace(plant, reservations=Reservations(claims.line[live], claims.supply[live], quantity[live]))


def _changed(column: np.ndarray[Any, Any], row: int, value: int) -> np.ndarray[Any, Any]:
    column = column.copy()
    column[row] = value
    return column


def _appended(table: Table, like: int, **values: Any) -> Table:
    """Return the table with one more row: a copy of row `like` (-1: of none), with these values."""
    columns: dict[str, Any] = {}
    for field in fields(table):  # type: ignore[arg-type]
        column = getattr(table, field.name)
        value = values[field.name] if field.name in values else column[like]
        if isinstance(column, tuple):
            columns[field.name] = (*column, value)
        else:
            columns[field.name] = np.append(column, np.array([value], column.dtype))
    return replace(table, **columns)  # type: ignore[type-var]

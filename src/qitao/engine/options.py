"""Ways out of a shortage: every applicable one proposed, and each tried on a copy of the plan before it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from qitao.engine.changes import (
    AddSupply,
    Change,
    ChangeRefused,
    Claim,
    ExpediteSupply,
    HandOver,
    PutFirst,
    RecordIsWrong,
    ReleaseReservation,
    SplitOrder,
    TransferStock,
    UseSubstitute,
    apply,
)
from qitao.engine.clear_to_build import clear_to_build, contenders
from qitao.engine.costs import Costs, days_between
from qitao.engine.kits import Kits
from qitao.engine.plant import NEVER, Plant, SupplyKind

__all__ = [
    "AddSupply",
    "Candidate",
    "Change",
    "ChangeRefused",
    "Claim",
    "ExpediteSupply",
    "HandOver",
    "Kind",
    "Outcome",
    "PutFirst",
    "RecordIsWrong",
    "ReleaseReservation",
    "Shift",
    "SplitOrder",
    "TransferStock",
    "UseSubstitute",
    "apply",
    "buildable_quantity",
    "candidates",
    "evaluate",
]


class Kind(StrEnum):
    """The kinds of way out that the engine can find by itself."""

    TRANSFER = "transfer"
    SUBSTITUTE = "substitute"
    RESEQUENCE = "resequence"
    PARTIAL = "partial"
    EXPEDITE = "expedite"
    BUY = "buy"


@dataclass(frozen=True)
class Shift:
    """An order whose days a trial changes. Before and after; NEVER where it never comes."""

    order: int
    kit_before: int
    kit_after: int
    finish_before: int
    finish_after: int
    cost_before: int
    cost_after: int

    @property
    def days(self) -> int:
        """By how many days it finishes later (negative: earlier); ±NEVER where it loses or gains its date."""
        if (self.finish_before >= NEVER) != (self.finish_after >= NEVER):
            return NEVER if self.finish_after >= NEVER else -NEVER
        return (self.finish_after - self.finish_before) or (self.kit_after - self.kit_before)


@dataclass(frozen=True)
class Outcome:
    """What becomes of everybody if the changes are made."""

    plant: Plant
    kits: Kits
    shifts: tuple[Shift, ...]
    """Orders with other days than before, in the order of service before the change."""

    @property
    def better(self) -> tuple[Shift, ...]:
        """Those that finish (or have their kit) earlier."""
        return tuple(shift for shift in self.shifts if shift.days < 0)

    @property
    def worse(self) -> tuple[Shift, ...]:
        """Those that finish (or have their kit) later."""
        return tuple(shift for shift in self.shifts if shift.days > 0)

    @property
    def cost_change(self) -> int:
        """Money that lateness costs more (negative: less) than before; the change's own price is not in it."""
        return sum(shift.cost_after - shift.cost_before for shift in self.shifts)


@dataclass(frozen=True)
class Candidate:
    """One applicable way out for a short line, not yet tried."""

    kind: Kind
    changes: tuple[Change, ...]
    quantity: int
    """In the unit of what is moved, used, bought; for PARTIAL of the product."""
    day: int
    """When that quantity is there, at the earliest; day 0 where at once."""
    supply: int = -1
    item: int = -1
    order: int = -1
    """RESEQUENCE: the holder that gives way."""
    source: int = -1
    price: int = 0
    """BUY: quantity at the source's price, rounded up to a millionth of the currency."""


def evaluate(plant: Plant, baseline: Kits, changes: Sequence[Change], *, costs: Costs | None = None) -> Outcome:
    """Plan the factory again with the changes and compare with `baseline`, which was made of `plant`.

    An order that was split counts as finished when its last part is, its kit when the last part's is complete;
    the first part's own days are in `Outcome.kits`.
    """
    costs = costs or Costs.none(plant)
    changed = apply(plant, changes)
    kits = clear_to_build(changed, hold=baseline.hold, horizon_days=baseline.horizon_days)
    parts = _parts(plant, changes)
    shifts = []
    for order in plant.service_sequence.tolist():
        rows = [order, *parts.get(order, ())]
        kit, finish = (max(int(days[row]) for row in rows) for days in (kits.kit_day, kits.finish_day))
        before = int(baseline.kit_day[order]), int(baseline.finish_day[order])
        if (kit, finish) != before:
            need, due = max(int(plant.orders.need_day[order]), 0), int(plant.orders.due_day[order])
            was = costs.of(baseline, order)
            now = costs.of_days(order, days_late=days_between(due, finish), days_waiting=days_between(need, kit))
            shifts.append(Shift(order, before[0], kit, before[1], finish, was, now))
    return Outcome(changed, kits, tuple(shifts))


def candidates(plant: Plant, kits: Kits, line: int) -> list[Candidate]:
    """Return every applicable way to cover what a line lacks on its need day: none where it lacks nothing.

    In the order: transfer, substitute, re-sequence, part build, expedite, buy; each by day, then row.
    """
    order = int(plant.lines.order[line])
    missing = kits.missing_on(line, max(int(plant.orders.need_day[order]), 0))
    if missing == 0:
        return []
    return [
        *_transfers(plant, kits, line, missing),
        *_substitutes(plant, kits, line, missing),
        *_resequences(plant, kits, order),
        *_partial(plant, kits, order),
        *_expedites(plant, kits, line, missing),
        *_purchases(plant, line, missing),
    ]


def buildable_quantity(plant: Plant, kits: Kits, order: int, *, day: int | None = None, step: int = 1_000_000) -> int:
    """Return how much of its product an order can build by `day` (its need day) from what it holds by then.

    The least over its lines of held ÷ needed per unit, rounded down to a multiple of `step` (one whole unit).
    """
    by = max(int(plant.orders.need_day[order]), 0) if day is None else day
    whole = int(plant.orders.quantity[order])
    part = whole
    for line in plant.lines_of(order).tolist():
        needed = int(plant.lines.quantity[line])
        if needed > 0:
            part = min(part, (needed - kits.missing_on(line, by)) * whole // needed)
    return part // step * step


def _transfers(plant: Plant, kits: Kits, line: int, missing: int) -> list[Candidate]:
    """Stock in other warehouses that nobody else has a peg on: the plan may count on it, somebody must send it."""
    found = []
    item, order = int(plant.lines.item[line]), int(plant.lines.order[line])
    place = int(plant.orders.warehouse[order])
    for supply in plant.supplies_of(item).tolist():
        source = int(plant.supplies.warehouse[supply])
        own = sum(int(kits.peg_quantity[peg]) for peg in kits.pegs_of(line) if kits.peg_supply[peg] == supply)
        quantity = min(kits.free_quantity(supply) + own, missing)
        days = plant.transit_days(item, source, place)
        if plant.supplies.kind[supply] != SupplyKind.STOCK or source == place or quantity == 0 or days >= NEVER:
            continue
        change = TransferStock(supply, place, quantity, days, for_line=line)
        found.append(Candidate(Kind.TRANSFER, (change,), quantity, days, supply=supply, item=item))
    return sorted(found, key=lambda one: (one.day, one.supply))


def _substitutes(plant: Plant, kits: Kits, line: int, missing: int) -> list[Candidate]:
    """Approved substitutes with anything free, for as much as that covers, and when the last of it is there."""
    rows, order = plant.substitutes, int(plant.lines.order[line])
    place, day = int(plant.orders.warehouse[order]), max(int(plant.orders.need_day[order]), 0)
    found = []
    for row in plant.substitutes_of(int(plant.lines.item[line])).tolist():
        bound = rows.parent[row] >= 0 and rows.parent[row] != plant.lines.parent[line]
        if bound or not rows.valid_from[row] <= day <= rows.valid_to[row]:
            continue
        item, up, down = int(rows.substitute[row]), int(rows.numerator[row]), int(rows.denominator[row])
        there, arrives = _free_by_arrival(plant, kits, item, place, wanted=-(-missing * up // down))
        covered = min(there * down // up, missing)
        if covered:
            change = UseSubstitute(line, item, covered)
            found.append(Candidate(Kind.SUBSTITUTE, (change,), there, arrives, item=item))
    return found


def _free_by_arrival(plant: Plant, kits: Kits, item: int, place: int, *, wanted: int) -> tuple[int, int]:
    """Return (quantity, day of the last of it) of what nobody has a peg on, earliest arrival first, up to `wanted`."""
    arrivals = []
    for supply in plant.supplies_of(item).tolist():
        transit = plant.transit_days(item, int(plant.supplies.warehouse[supply]), place)
        day = int(kits.supply_day[supply]) + transit
        if day < NEVER:
            arrivals.append((day, kits.free_quantity(supply)))
    got, last = 0, 0
    for day, free in sorted(arrivals):
        if got < wanted and free:
            got, last = min(got + free, wanted), day
    return got, last


def _resequences(plant: Plant, kits: Kits, order: int) -> list[Candidate]:
    """Holders of what the bottleneck waits for who need it later: serve this order first, drop their reservations."""
    found = []
    line = int(kits.bottleneck[order])
    for holder in contenders(kits, order):
        if holder.slack_days <= 0:
            continue
        changes: list[Change] = [PutFirst(order, holder.order)] if holder.served_before else []
        for theirs in plant.lines_of(holder.order).tolist():
            changes += _releases(plant, theirs, int(plant.lines.item[line]))
        found.append(Candidate(Kind.RESEQUENCE, tuple(changes), holder.quantity, 0, order=holder.order))
    return found


def _releases(plant: Plant, line: int, item: int) -> list[Change]:
    claims = plant.reservations
    supplies = {
        int(supply) for supply in claims.supply[claims.line == line].tolist() if plant.supplies.item[supply] == item
    }
    return [ReleaseReservation(line, supply) for supply in sorted(supplies)]


def _partial(plant: Plant, kits: Kits, order: int) -> list[Candidate]:
    quantity = buildable_quantity(plant, kits, order)
    if not 0 < quantity < plant.orders.quantity[order]:
        return []
    day = max(int(plant.orders.need_day[order]), 0)
    return [Candidate(Kind.PARTIAL, (SplitOrder(order, quantity),), quantity, day, order=order)]


def _expedites(plant: Plant, kits: Kits, line: int, missing: int) -> list[Candidate]:
    """Open purchases of the item after the need day (or without a date): asked for on the need day itself.

    What the supplier can really do, and its fee, the caller knows; it replaces `day` in the change.
    """
    order, item = int(plant.lines.order[line]), int(plant.lines.item[line])
    place, need = int(plant.orders.warehouse[order]), max(int(plant.orders.need_day[order]), 0)
    found = []
    for supply in plant.supplies_of(item).tolist():
        transit = plant.transit_days(item, int(plant.supplies.warehouse[supply]), place)
        bought = plant.supplies.kind[supply] in (SupplyKind.PURCHASE_ORDER, SupplyKind.REQUISITION)
        bought = bought and plant.supplies.quantity[supply] > 0
        if bought and transit < NEVER and kits.supply_day[supply] + transit > need:
            day = max(need - transit, 0)
            quantity = min(int(plant.supplies.quantity[supply]), missing)
            change = ExpediteSupply(supply, day)
            found.append(Candidate(Kind.EXPEDITE, (change,), quantity, day + transit, supply=supply, item=item))
    return sorted(found, key=lambda one: (int(kits.supply_day[one.supply]), one.supply))


def _purchases(plant: Plant, line: int, missing: int) -> list[Candidate]:
    """A new purchase from each source, in its smallest and stepwise quantities, after its lead time."""
    sources, item = plant.sources, int(plant.lines.item[line])
    place = int(plant.orders.warehouse[int(plant.lines.order[line])])
    found = []
    for source in range(len(sources.supplier)):
        if sources.item[source] != item:
            continue
        quantity = lot(missing, least=int(sources.min_quantity[source]), step=int(sources.multiple[source]))
        if 0 < int(sources.max_quantity[source]) < quantity:
            continue
        day = int(sources.lead_days[source])
        change = AddSupply(item, place, day, quantity, for_line=line)
        price = -(-quantity * int(sources.price[source]) // 1_000_000)
        found.append(Candidate(Kind.BUY, (change,), quantity, day, item=item, source=source, price=price))
    return sorted(found, key=lambda one: (one.day, one.price, one.source))


def lot(quantity: int, *, least: int, step: int) -> int:
    """Return the smallest quantity to order: at least `quantity` and `least`, a multiple of `step` (0: any).

    >>> lot(7, least=0, step=5), lot(7, least=20, step=0)
    (10, 20)
    """
    wanted = max(quantity, least)
    return wanted if step == 0 else -(-wanted // step) * step


def _parts(plant: Plant, changes: Sequence[Change]) -> dict[int, list[int]]:
    """Return for each order that the changes split the rows of its further parts."""
    parts: dict[int, list[int]] = {}
    whole: dict[int, int] = {}
    new = len(plant.orders.code)
    for change in changes:
        if isinstance(change, SplitOrder):
            original = whole.get(change.order, change.order)
            parts.setdefault(original, []).append(new)
            whole[new] = original
            new += 1
    return parts

"""A clear-to-build small enough to read: the tests judge the factory by it, not by the engine.

One pool per item over all warehouses, work orders served by rank, earliest supply first; a work order that is late
makes its output late by as much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from qitao.exchange.dataset import BomLine, Dataset, WorkOrder

FAR = date.max
DEPTH = {"SM": 0, "TX": 0, "WH": 0, "PA": 1, "MA": 2, "FG": 3}
"""Stage of an item, by the start of its code: what feeds others comes first."""


def components(dataset: Dataset, parent: str) -> list[tuple[str, Decimal, bool]]:
    """List (component, quantity with scrap allowance, consumable) per one parent, looking through phantoms."""
    lines, phantoms = _lines(dataset)
    return list(_explode(lines, phantoms, parent, Decimal(1)))


_known: dict[int, tuple[dict[str, list[BomLine]], set[str]]] = {}


def _lines(dataset: Dataset) -> tuple[dict[str, list[BomLine]], set[str]]:
    if id(dataset) not in _known:
        lines = defaultdict(list)
        for line in dataset.bom_lines:
            lines[line.parent].append(line)
        _known[id(dataset)] = lines, {item.code for item in dataset.items if item.kind == "phantom"}
    return _known[id(dataset)]


def _explode(
    lines: dict[str, list[BomLine]], phantoms: set[str], parent: str, units: Decimal
) -> Iterator[tuple[str, Decimal, bool]]:
    for line in lines[parent]:
        if line.component in phantoms:
            yield from _explode(lines, phantoms, line.component, units * line.quantity)
        else:
            yield line.component, units * line.quantity * (1 + line.scrap_percent / 100), line.consumable


@dataclass
class Pool:
    """Dated supply by item, and what is reserved by a work order."""

    dated: dict[str, list[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(list))
    held: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def take(self, item: str, quantity: Decimal) -> date:
        """Take the earliest supply of an item; return the day the last of it is there."""
        rest, day, left = quantity, date.min, []
        for there, amount in sorted(self.dated[item]):
            taken = min(rest, amount)
            if taken > 0:
                rest, day = rest - taken, there
            if amount > taken:
                left.append((there, amount - taken))
        self.dated[item] = left
        return FAR if rest > 0 else day


def usable(dataset: Dataset, item: str, warehouse: str = "") -> Decimal:
    """Add up what may be used of an item: own, in good state, not expired."""
    return sum(
        (
            row.quantity
            for row in dataset.stock
            if row.item == item
            and row.status == "ok"
            and not row.owner
            and row.warehouse in ((warehouse,) if warehouse else ("RM01", "FG01", "HZ01"))
            and not (row.expires_on and row.expires_on < dataset.as_of)
        ),
        Decimal(0),
    )


def expected_on(dataset: Dataset, item: str) -> list[tuple[date, Decimal]]:
    """List what is on order of an item by the promise in force; what is overdue counts as tomorrow."""
    tomorrow = dataset.as_of + timedelta(1)
    return sorted(
        (max(row.repromised_on or row.promised_on, tomorrow), row.quantity - row.received)
        for row in dataset.purchase_lines
        if row.item == item
    )


def sweep(dataset: Dataset) -> dict[str, str]:
    """Return the state of every work order: now, on_date, late or never."""
    return {code: kit.state for code, kit in plan(dataset).items()}


class Kit(NamedTuple):
    """How a work order stands, and when its output is there."""

    state: str
    done: date


def plan(dataset: Dataset) -> dict[str, Kit]:
    """Return every work order's state, and when it is done: what waits for a late one is late too."""
    pool = Pool()
    needs = defaultdict(list)
    for row in dataset.requirements:
        if not row.consumable and row.quantity > row.issued:
            needs[row.order].append((row.component, row.quantity - row.issued))
    stand_in = {row.component: row.substitute for row in dataset.substitutes if row.approved and not row.parent}
    asked = {component for rows in needs.values() for component, _ in rows}
    for item in asked | {stand_in[component] for component in asked & stand_in.keys()}:
        pool.dated[item] = [(dataset.as_of, usable(dataset, item)), *expected_on(dataset, item)]
    for row in dataset.transfers:
        pool.dated[row.item].append((row.due_on, row.quantity))
    for row in dataset.reservations:
        pool.held[row.order, row.item] = row.quantity
        pool.take(row.item, row.quantity)
    kits: dict[str, Kit] = {}
    # A work order comes after those that feed it: their output is supply only when their own day is known.
    for order in sorted(dataset.work_orders, key=lambda row: (DEPTH[row.item[:2]], row.rank)):
        kit = max((_cover(pool, order, *need, stand_in) for need in needs[order.code]), default=dataset.as_of)
        late = kit > max(order.start_on, dataset.as_of)
        state = "never" if kit == FAR else "late" if late else "now" if kit <= dataset.as_of else "on_date"
        done = FAR
        if kit < FAR:
            done = order.due_on + (kit - max(order.start_on, dataset.as_of) if late else timedelta(0))
            pool.dated[order.item].append((max(done, dataset.as_of), order.quantity - order.quantity_done))
        kits[order.code] = Kit(state, done)
    return kits


def _cover(pool: Pool, order: WorkOrder, item: str, quantity: Decimal, stand_in: dict[str, str]) -> date:
    wanted = quantity - pool.held.get((order.code, item), Decimal(0))
    if wanted <= 0:
        return date.min
    other = stand_in.get(item)
    on_time = sum(amount for there, amount in pool.dated[item] if there <= order.start_on)
    if other and on_time < wanted:
        spare = sum(amount for there, amount in pool.dated[other] if there <= order.start_on)
        if spare >= wanted:
            return pool.take(other, wanted)
    return pool.take(item, wanted)

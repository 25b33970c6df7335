"""Clear-to-build (齐套): when will every order's last component be there, jointly for all orders, by rank.

Two passes, each exact and independent of the order in which rows are given.

*Allocation.* Orders are served one after another: rank, then due day, then code. Reservations stand first. Each line
then draws (1) on its own warehouse, earliest supply first, as far as it is there by the need day; (2) on other
warehouses as far as they get it there in time; (3) if that does not cover the line, on the first approved substitute
that covers all that is missing in time; (4) else on whatever arrives earliest. Supplies count by their declared days.

*Forward.* A work order turns out at the later of its declared day and kit day + duration. That lateness follows the
pegs to the orders that use the output, and on to customers; never stays never. Nobody's share changes: re-allocating
by the late days would make the answer depend on the sequence of discovery, and the remedy belongs to a person anyway.

Days gone by count as day 0, for need days too: nothing is planned in the past.
Source of the rule (a sweep by priority over dated supply): the definition in docs/explanation/clear-to-build.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from qitao.engine.forward import Days, Flow, forward, judge
from qitao.engine.kits import Contender, Hold, Kits
from qitao.engine.plant import NEVER, Flags, Int32, Int64, OrderKind, Plant, SupplyKind, grouped
from qitao.engine.plant_builder import PlantBuilder
from qitao.engine.plant_checks import substitute_ratio
from qitao.engine.sweep import DAY_SHIFT, Asks, Desk, Found, Pool, sort_groups, sweep, try_lines, try_order

T = TypeVar("T", np.int32, np.int64)


def clear_to_build(
    plant: Plant, *, hold: Hold = Hold.PARTIAL, horizon_days: int = 0, trusted_only: bool = False
) -> Kits:
    """Return the kit date, state, bottleneck and pegs of every open order.

    `hold`: what an order that cannot be completed keeps from the rest (`horizon_days` after its need day is still
    "can be completed"). `trusted_only`: leave out supplies whose record is doubted.

    >>> build = PlantBuilder(dt.date(2026, 1, 5))
    >>> bolt = build.add_item("BOLT")
    >>> frame = build.add_item("FRAME")
    >>> supplies = [build.add_supply(bolt, quantity=8), build.add_supply(bolt, quantity=8, day=6)]
    >>> for code in ("WO-1", "WO-2"):
    ...     wo = build.add_work_order(code, product=frame, quantity=2, need=3, due=5)
    ...     line = build.add_line(wo, bolt, quantity=8)
    >>> kits = clear_to_build(build.build())
    >>> [kits.state(order).word for order in (0, 1)], kits.kit_day.tolist(), kits.finish_day.tolist()
    (['now', 'late'], [0, 6], [5, 8])
    """
    return Prepared.of(plant, trusted_only=trusted_only).run(hold=hold, horizon_days=horizon_days)


@dataclass(frozen=True)
class LineCheck:
    """One line as a trial found it: day covered (NEVER where short), quantity short in millionths."""

    line: int
    day: int
    short: int


@dataclass(frozen=True)
class OrderCheck:
    """One order tried alone: its kit day by declared days and its lines."""

    order: int
    kit_day: int
    lines: tuple[LineCheck, ...]


@dataclass(frozen=True)
class Prepared:
    """A plant packed for the sweep: pack once, then run or ask single questions in microseconds.

    Single questions try and put back inside the packed columns: one thread at a time.
    """

    plant: Plant
    pool: Pool
    asks: Asks
    event_supply: Int32
    supply_event: Int32
    supply_day: Int32
    """Declared day of each supply, never before day 0."""

    @classmethod
    def of(cls, plant: Plant, *, trusted_only: bool = False) -> Prepared:
        """Pack a plant."""
        supply_day = np.maximum(plant.supplies.day, 0).astype(np.int32)
        first, event_supply = _sorted_events(plant, supply_day)
        supply_event = np.empty_like(event_supply)
        supply_event[event_supply] = np.arange(event_supply.size, dtype=np.int32)
        asks = _asks(plant, supply_event, supply_day)
        pool = _pool(plant, first, event_supply, supply_day, trusted_only=trusted_only)
        np.subtract.at(pool.left[:, 0], asks.claim_event, asks.claim_quantity)
        np.maximum(pool.left[:, 0], 0, out=pool.left[:, 0])
        return cls(plant, pool, asks, event_supply, supply_event, supply_day)

    def run(self, *, hold: Hold = Hold.PARTIAL, horizon_days: int = 0) -> Kits:
        """Serve every order and carry lateness forward."""
        plant, asks = self.plant, self.asks
        orders, lines = len(plant.orders.code), plant.lines.item.size
        found = _room(lines, lines + self.event_supply.size + asks.claim_event.size)
        kit_day, held = np.zeros(orders, np.int32), np.zeros(orders, np.bool_)
        pool = self.pool._replace(left=self.pool.left.copy(), heads=self.pool.heads.copy())
        desk = Desk(pool, asks, found)
        horizon = -1 if hold is Hold.PARTIAL else horizon_days
        pegs = sweep(desk, plant.service_sequence, horizon, kit_day, held)
        peg_supply = self.event_supply[found.peg_event[:pegs]]
        flow = _flow(plant, found, found.peg_line[:pegs], peg_supply, self.supply_day)
        days = Days(found.line_day, found.peg_day[:pegs], self.supply_day.copy(), kit_day, np.zeros(orders, np.int32))
        circular = np.zeros(orders, np.bool_)
        forward(flow, days, circular)
        verdict = judge(flow, days, found.line_short, asks.need_day, plant.supplies.kind == SupplyKind.STOCK)
        return Kits(
            plant=plant,
            hold=hold,
            horizon_days=horizon_days,
            line_day=days.line,
            line_short=found.line_short,
            line_first_peg=found.first_peg,
            line_last_peg=found.last_peg,
            peg_line=flow.peg_line,
            peg_supply=peg_supply,
            peg_quantity=found.peg_quantity[:pegs],
            peg_day=days.peg,
            supply_day=days.supply,
            order_state=verdict.state,
            kit_day=days.kit,
            finish_day=days.finish,
            bottleneck=verdict.bottleneck,
            held=held,
            circular=circular,
            doubtful=_doubtful(plant, flow.peg_line, peg_supply),
        )

    def check_order(self, order: int) -> OrderCheck:
        """Return what one order would get were it the only one (others keep their reservations)."""
        found = self._scratch.found
        kit = int(try_order(self._scratch, order))
        lines = self.plant.lines_of(order).tolist()
        checks = (LineCheck(line, int(found.line_day[line]), int(found.line_short[line])) for line in lines)
        return OrderCheck(order, kit, tuple(checks))

    def recheck_item(self, item: int, changed: dict[int, int] | None = None) -> tuple[LineCheck, ...]:
        """Return every line that the item's stock can touch, after `changed` (supply: new quantity), by declared days.

        Exact, equal to a full run with Hold.PARTIAL: items that can stand in for one another are re-served together,
        and nothing outside such a cluster depends on it. A changed quantity must not go below what is reserved.
        """
        cluster = self.cluster[item]
        first, lines, orders = self._cluster_lines
        part = slice(first[cluster], first[cluster + 1])
        before = {supply: int(self.pool.left[self.supply_event[supply], 0]) for supply in changed or {}}
        for supply, quantity in (changed or {}).items():
            self._set_left(supply, before[supply] + quantity - int(self.plant.supplies.quantity[supply]))
        found = self._scratch.found
        try_lines(self._scratch._replace(asks=self.asks._replace(line_rows=lines[part])), orders[part])
        for supply, left in before.items():
            self._set_left(supply, left)
        return tuple(
            LineCheck(line, day, short)
            for line, day, short in zip(
                lines[part].tolist(),
                found.line_day[lines[part]].tolist(),
                found.line_short[lines[part]].tolist(),
                strict=True,
            )
        )

    def _set_left(self, supply: int, quantity: int) -> None:
        event, item = int(self.supply_event[supply]), int(self.plant.supplies.item[supply])
        self.pool.left[event, 0] = quantity
        self.pool.heads[item, 0] = min(int(self.pool.heads[item, 0]), event)

    @cached_property
    def _scratch(self) -> Desk:
        lines = self.plant.lines.item.size
        return Desk(self.pool, self.asks, _room(lines, lines + self.event_supply.size + self.asks.claim_event.size))

    @cached_property
    def cluster(self) -> Int32:
        """For each item the lowest item it is tied to by substitutes, directly or through others."""
        parent = list(range(len(self.plant.items.code)))

        def root(item: int) -> int:
            while parent[item] != item:
                parent[item] = parent[parent[item]]
                item = parent[item]
            return item

        rows = self.plant.substitutes
        for component, substitute in zip(rows.component.tolist(), rows.substitute.tolist(), strict=True):
            one, other = sorted((root(component), root(substitute)))
            parent[other] = one
        return np.array([root(item) for item in range(len(parent))], np.int32)

    @cached_property
    def _cluster_lines(self) -> tuple[Int32, Int32, Int32]:
        """(first, lines, their orders) by cluster, in the order of service."""
        sequence, (first_line, rows) = self.plant.service_sequence, self.plant.order_lines
        counts = np.diff(first_line)[sequence]
        starts = np.repeat(first_line[:-1][sequence] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        lines = rows[starts + np.arange(rows.size)] if rows.size else rows
        first, order = grouped(self.cluster[self.plant.lines.item[lines]], len(self.plant.items.code))
        return first, lines[order], self.plant.lines.order[lines[order]]


def warm() -> None:
    """Load (or compile, the first time) every kernel, so that the first real answer does not wait."""
    build = PlantBuilder(dt.date(2026, 1, 5))
    item, other = build.add_item("1"), build.add_item("2")
    build.add_substitute(item, other)
    supply = build.add_supply(item, quantity=1)
    order = build.add_work_order("1", product=other, quantity=1, need=0, due=1)
    line = build.add_line(order, item, quantity=2)
    build.add_reservation(line, supply, quantity=1)
    prepared = Prepared.of(build.build())
    prepared.run()
    prepared.check_order(order)
    prepared.recheck_item(item)


def contenders(kits: Kits, order: int, *, limit: int = 10) -> list[Contender]:
    """Return who holds what the order's bottleneck waits for: those with most slack first, then most held.

    A holder counts when it has pegs on supplies of the bottleneck's item that would reach the waiting order before
    the bottleneck's day.
    """
    line = int(kits.bottleneck[order])
    if line < 0:
        return []
    plant = kits.plant
    item, place, day = int(plant.lines.item[line]), int(plant.orders.warehouse[order]), int(kits.line_day[line])
    held: dict[int, int] = {}
    for supply in plant.supplies_of(item).tolist():
        transit = plant.transit_days(item, int(plant.supplies.warehouse[supply]), place)
        if int(kits.supply_day[supply]) + transit >= day:
            continue
        for peg in kits.pegs_on(supply).tolist():
            holder = int(plant.lines.order[kits.peg_line[peg]])
            if holder != order:
                held[holder] = held.get(holder, 0) + int(kits.peg_quantity[peg])
    position = kits.service_position
    found = [
        Contender(
            order=holder,
            quantity=quantity,
            needed_day=int(plant.orders.need_day[holder]),
            served_before=bool(position[holder] < position[order]),
            slack_days=int(plant.orders.need_day[holder]) - int(plant.orders.need_day[order]),
        )
        for holder, quantity in held.items()
    ]
    found.sort(key=lambda one: (-one.slack_days, -one.quantity, plant.orders.code[one.order]))
    return found[:limit]


def _plain(column: npt.NDArray[T], kind: type[T]) -> npt.NDArray[T]:
    """Return the column as the one array type the kernels are compiled for, copied only where it is not."""
    return np.require(column, kind, ["C", "W"])


def _sorted_events(plant: Plant, supply_day: Int32) -> tuple[Int32, Int32]:
    """Return (first, supply rows): each item's supplies by day, stock before the rest, then warehouse, then row."""
    first, rows = plant.item_supplies
    rows = rows.copy()
    order_key = (supply_day.astype(np.int64) << 1) | (plant.supplies.kind != SupplyKind.STOCK)
    order_key = (order_key << DAY_SHIFT) | plant.supplies.warehouse
    sort_groups(first, rows, order_key)
    return first, rows


def _pool(plant: Plant, first: Int32, event_supply: Int32, supply_day: Int32, *, trusted_only: bool) -> Pool:
    supplies, rows = plant.supplies, plant.substitutes
    quantity = np.where(supplies.trusted, supplies.quantity, 0) if trusted_only else supplies.quantity
    key = (supply_day.astype(np.int64) << DAY_SHIFT) | (supplies.warehouse.astype(np.int64) << 1)
    key |= supplies.kind != SupplyKind.STOCK
    first_substitute, substitute_rows = plant.item_substitutes
    heads = np.column_stack((first[:-1], first[1:], first_substitute[:-1], first_substitute[1:]))
    columns = (rows.substitute, rows.parent, rows.numerator, rows.denominator, rows.valid_from, rows.valid_to)
    substitutes = np.column_stack([column[substitute_rows].astype(np.int64) for column in columns])
    return Pool(
        left=np.column_stack((quantity[event_supply], key[event_supply])),
        heads=np.ascontiguousarray(heads, np.int32),
        substitutes=substitutes,
        transit=_plain(plant.lanes.days, np.int32),
        lane_table=_plain(plant.items.lane_table, np.int32),
        event_item=supplies.item[event_supply],
    )


def _asks(plant: Plant, supply_event: Int32, supply_day: Int32) -> Asks:
    orders, lines, claims = plant.orders, plant.lines, plant.reservations
    first_line, line_rows = plant.order_lines
    own_event = np.full(orders.output.size, -1, np.int32)
    makes = orders.output >= 0
    own_event[makes] = supply_event[orders.output[makes]]
    first, rows = plant.line_reservations
    line, supply = claims.line[rows], claims.supply[rows]
    item, place = plant.supplies.item[supply], plant.supplies.warehouse[supply]
    transit = plant.lanes.days[plant.items.lane_table[item], place, orders.warehouse[lines.order[line]]]
    return Asks(
        first_line=first_line,
        line_rows=line_rows,
        need_day=np.maximum(orders.need_day, 0).astype(np.int32),
        warehouse=_plain(orders.warehouse, np.int32),
        own_event=own_event,
        item=_plain(lines.item, np.int32),
        quantity=_plain(lines.quantity, np.int64),
        parent=_plain(lines.parent, np.int32),
        first_claim=first if rows.size else np.zeros(0, np.int32),
        claim_event=supply_event[supply],
        claim_day=np.minimum(supply_day[supply] + transit, NEVER).astype(np.int32),
        claim_quantity=claims.quantity[rows],
        claim_covers=_claim_covers(plant, rows),
    )


def _claim_covers(plant: Plant, rows: Int32) -> Int64:
    """Return what each reservation covers of its line, in the line's item; a substitute's share is rounded down."""
    claims = plant.reservations
    covers = claims.quantity[rows].copy()
    foreign = plant.supplies.item[claims.supply[rows]] != plant.lines.item[claims.line[rows]]
    for at in np.flatnonzero(foreign).tolist():
        supply, line = int(claims.supply[rows[at]]), int(claims.line[rows[at]])
        up, down = substitute_ratio(plant, line, int(plant.supplies.item[supply])) or (1, 1)
        covers[at] = int(covers[at]) * down // up
    return covers


def _room(lines: int, pegs: int) -> Found:
    """Return empty columns. Each peg finishes a line's need or uses up an event or is a reservation: no more come."""
    return Found(
        line_day=np.empty(lines, np.int32),
        line_short=np.empty(lines, np.int64),
        first_peg=np.empty(lines, np.int32),
        last_peg=np.empty(lines, np.int32),
        peg_line=np.empty(pegs, np.int32),
        peg_event=np.empty(pegs, np.int32),
        peg_quantity=np.empty(pegs, np.int64),
        peg_day=np.empty(pegs, np.int32),
    )


def _flow(plant: Plant, found: Found, peg_line: Int32, peg_supply: Int32, supply_day: Int32) -> Flow:
    orders = plant.orders
    declared = np.where(orders.kind == OrderKind.WORK_ORDER, orders.due_day, 0).astype(np.int32)
    makes = orders.output >= 0
    declared[makes] = supply_day[orders.output[makes]]
    first_line, line_rows = plant.order_lines
    return Flow(
        first_line=first_line,
        line_rows=line_rows,
        line_order=_plain(plant.lines.order, np.int32),
        first_peg=found.first_peg,
        last_peg=found.last_peg,
        peg_line=peg_line,
        peg_supply=peg_supply,
        output=_plain(orders.output, np.int32),
        owner=plant.output_owner,
        duration=_plain(orders.duration_days, np.int32),
        declared=declared,
    )


def _doubtful(plant: Plant, peg_line: Int32, peg_supply: Int32) -> Flags:
    flags = np.zeros(len(plant.orders.code), np.bool_)
    if not plant.supplies.trusted.all():
        flags[plant.lines.order[peg_line[~plant.supplies.trusted[peg_supply]]]] = True
    return flags

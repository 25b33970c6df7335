"""Whom a shortage hurts, and why an order is late: both read off the pegs, nothing is planned again.

Lateness runs from a supply to the lines pegged to it, to their orders, to those orders' outputs, and on to customers;
everywhere the latest component decides. Sentences are composed by whoever shows them: here are codes' rows, days and
quantities only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush

from qitao.engine.clear_to_build import contenders
from qitao.engine.costs import Costs, days_between
from qitao.engine.kits import Contender, Kits
from qitao.engine.plant import NEVER, OrderKind


@dataclass(frozen=True)
class Hit:
    """One order that is hurt."""

    order: int
    days_late: int
    """From its due day to its finish; NEVER where it never finishes."""
    days_waiting: int
    """From its need day to its kit day."""
    quantity: int
    """Of its product, in millionths."""
    cost: int
    """Penalty and idle line, in millionths of the currency."""
    direct: bool
    """True: one of its own lines waits. False: it waits for an order that waits."""


@dataclass(frozen=True)
class Impact:
    """All orders hurt, in the order of service."""

    hits: tuple[Hit, ...]
    kits: Kits

    @property
    def work_orders(self) -> tuple[Hit, ...]:
        """The work orders among them."""
        return tuple(hit for hit in self.hits if self.kits.plant.orders.kind[hit.order] == OrderKind.WORK_ORDER)

    @property
    def demands(self) -> tuple[Hit, ...]:
        """The customer demands among them."""
        return tuple(hit for hit in self.hits if self.kits.plant.orders.kind[hit.order] == OrderKind.DEMAND)

    @property
    def cost(self) -> int:
        """What their lateness costs together."""
        return sum(hit.cost for hit in self.hits)


def impact_of_item(kits: Kits, item: int, *, warehouse: int = -1, costs: Costs | None = None) -> Impact:
    """Return every order hurt because lines of an item (of orders in one warehouse, if given) are not covered in time.

    Direct hits have such a line; the others wait for an output that such an order turns out late.
    """
    plant = kits.plant
    direct = {
        int(plant.lines.order[line])
        for line in _lines_of_item(kits, item)
        if warehouse in (-1, plant.orders.warehouse[plant.lines.order[line]])
        and kits.line_day[line] > max(int(plant.orders.need_day[plant.lines.order[line]]), 0)
    }
    return _impact(kits, direct, costs)


def impact_of_order(kits: Kits, order: int, *, costs: Costs | None = None) -> Impact:
    """Return the order itself and everybody who waits for it, as planned now."""
    return _impact(kits, {order}, costs)


def impact_of_delay(kits: Kits, days: Mapping[int, int], *, costs: Costs | None = None) -> Impact:
    """Return every order that finishes later than planned now if supplies come on these days (supply: day or NEVER).

    Who gets what stays as it is. Costs are those of the whole lateness then, not of its increase.
    """
    plant, costs = kits.plant, costs or Costs.none(kits.plant)
    trial = _Delay(kits, days)
    hits = []
    for order in trial.moved:
        late = days_between(int(plant.orders.due_day[order]), trial.finish(order))
        waiting = days_between(max(int(plant.orders.need_day[order]), 0), trial.kit(order))
        cost = costs.of_days(order, days_late=late, days_waiting=waiting)
        hits.append(Hit(order, late, waiting, int(plant.orders.quantity[order]), cost, order in trial.direct))
    hits.sort(key=lambda hit: int(kits.service_position[hit.order]))
    return Impact(tuple(hits), kits)


class Cause(StrEnum):
    """What the latest component of an order waits for."""

    NOT_COVERED = "not_covered"
    """Nothing known covers the quantity."""
    NO_DATE = "no_date"
    """It is on order, and nobody has said for when."""
    NO_LANE = "no_lane"
    """It is reserved elsewhere and no lane leads here."""
    SUPPLY = "supply"
    """A purchase, transfer or stock elsewhere arrives on that day."""
    ORDER = "order"
    """Another work order turns it out on that day."""
    CIRCLE = "circle"
    """The orders wait for one another."""


@dataclass(frozen=True)
class Step:
    """One link of the chain: this order waits for this item because of that."""

    order: int
    line: int
    item: int
    cause: Cause
    day: int
    """Day on which it is there; NEVER."""
    quantity: int
    """NOT_COVERED: what is short, in the line's unit; else what the pegged supply brings, in its own."""
    supply: int
    """-1 where there is none."""
    maker: int
    """The work order that turns it out; -1 where none does."""
    holders: tuple[Contender, ...]
    """Who holds supplies of the item that would come in time to be of use; those with most slack first."""


def why(kits: Kits, order: int, *, holders: int = 3) -> list[Step]:
    """Return the chain of causes behind an order's kit day, from the order itself to the root; empty where none waits.

    Each step is the bottleneck of one order; while a work order makes it and that is late, the next step is that
    order's own.
    """
    steps: list[Step] = []
    seen: set[int] = set()
    while order >= 0 and order not in seen and kits.bottleneck[order] >= 0:
        seen.add(order)
        step = _step(kits, order, holders)
        steps.append(step)
        late = step.maker >= 0 and kits.supply_day[step.supply] > max(int(kits.plant.supplies.day[step.supply]), 0)
        order = step.maker if late else -1
    return steps


def _step(kits: Kits, order: int, holders: int) -> Step:
    plant, line = kits.plant, int(kits.bottleneck[order])
    day, item = int(kits.line_day[line]), int(plant.lines.item[line])
    who = tuple(contenders(kits, order, limit=holders)) if holders else ()
    if kits.line_short[line] > 0:
        return Step(order, line, item, Cause.NOT_COVERED, NEVER, int(kits.line_short[line]), -1, -1, who)
    peg = max(kits.pegs_of(line), key=lambda row: (int(kits.peg_day[row]), int(kits.peg_quantity[row])), default=-1)
    if peg < 0:  # the order gave its kit back: the day is the one it would have had
        return Step(order, line, item, Cause.NOT_COVERED, day, int(plant.lines.quantity[line]), -1, -1, who)
    supply = int(kits.peg_supply[peg])
    maker = int(plant.output_owner[supply])
    cause = Cause.SUPPLY
    if maker >= 0:
        cause = Cause.CIRCLE if kits.circular[order] and kits.circular[maker] else Cause.ORDER
    elif plant.supplies.day[supply] >= NEVER:
        cause = Cause.NO_DATE
    elif day >= NEVER:
        cause = Cause.NO_LANE
    return Step(order, line, item, cause, day, int(kits.peg_quantity[peg]), supply, maker, who)


def _lines_of_item(kits: Kits, item: int) -> Iterable[int]:
    first, rows = kits.plant.item_lines
    return [int(line) for line in rows[first[item] : first[item + 1]]]


def _impact(kits: Kits, direct: set[int], costs: Costs | None) -> Impact:
    """Return the direct orders and all that wait for what they turn out later than declared."""
    plant, costs = kits.plant, costs or Costs.none(kits.plant)
    hurt, todo = set(direct), sorted(direct)
    while todo:
        output = int(plant.orders.output[todo.pop()])
        if output < 0 or kits.supply_day[output] <= max(int(plant.supplies.day[output]), 0):
            continue
        for peg in kits.pegs_on(output).tolist():
            user = int(plant.lines.order[kits.peg_line[peg]])
            need = max(int(plant.orders.need_day[user]), 0)
            if user not in hurt and kits.peg_day[peg] > need:
                hurt.add(user)
                todo.append(user)
    hits = []
    for order in sorted(hurt, key=lambda one: int(kits.service_position[one])):
        late = kits.days_late(order)
        waiting = days_between(max(int(plant.orders.need_day[order]), 0), int(kits.kit_day[order]))
        quantity = int(plant.orders.quantity[order])
        hits.append(Hit(order, late, waiting, quantity, costs.of(kits, order), order in direct))
    return Impact(tuple(hits), kits)


class _Delay:
    """Supplies on other days than planned, carried forward from order to order in the sequence of their finish."""

    def __init__(self, kits: Kits, days: Mapping[int, int]) -> None:
        self.kits = kits
        self.supply_day = dict(days)
        self.moved: dict[int, tuple[int, int]] = {}
        self.direct: set[int] = set()
        queue: list[tuple[int, int]] = []
        for supply in days:
            for user in self._users(supply):
                self.direct.add(user)
                heappush(queue, (int(kits.finish_day[user]), user))
        while queue:
            _, order = heappop(queue)
            if self._settle(order):
                output = int(kits.plant.orders.output[order])
                for user in self._users(output) if output >= 0 else ():
                    heappush(queue, (int(kits.finish_day[user]), user))
        self.direct &= self.moved.keys()

    def kit(self, order: int) -> int:
        return self.moved[order][0]

    def finish(self, order: int) -> int:
        return self.moved[order][1]

    def _users(self, supply: int) -> set[int]:
        plant = self.kits.plant
        return {int(plant.lines.order[self.kits.peg_line[peg]]) for peg in self.kits.pegs_on(supply).tolist()}

    def _settle(self, order: int) -> bool:
        """Work out the order's kit and finish; tell whether its finish is later than known so far."""
        plant, kits = self.kits.plant, self.kits
        planned = int(kits.kit_day[order]), int(kits.finish_day[order])
        known_kit, known = self.moved.get(order, planned)
        kit = max((self._line_day(line) for line in plant.lines_of(order).tolist()), default=0)
        finish = NEVER if kit >= NEVER else max(planned[1], kit + int(plant.orders.duration_days[order]))
        if kit <= known_kit and finish <= known:
            return False
        self.moved[order] = (kit, min(finish, NEVER))
        if plant.orders.output[order] >= 0:
            self.supply_day[int(plant.orders.output[order])] = min(finish, NEVER)
        return finish > known

    def _line_day(self, line: int) -> int:
        kits, latest = self.kits, int(self.kits.line_day[line])
        for peg in kits.pegs_of(line):
            supply = int(kits.peg_supply[peg])
            if supply in self.supply_day:
                new, old = self.supply_day[supply], int(kits.supply_day[supply])
                late = NEVER if new >= NEVER else int(kits.peg_day[peg]) + max(new - old, 0)
                latest = max(latest, min(late, NEVER))
        return latest

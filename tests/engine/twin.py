"""The slow, obvious twin of clear-to-build: dictionaries, Fractions and whole lists, no array arithmetic.

It shares nothing with the engine but the Plant it reads, and is written for reading: where the two differ, this says
what was meant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from qitao.engine.kits import Hold
from qitao.engine.plant import NEVER, OrderKind, Plant, SupplyKind


@dataclass
class Peg:
    """A quantity of a supply for a line, there on a day by declared dates."""

    supply: int
    quantity: int
    day: int


@dataclass
class Answer:
    """What the twin finds, keyed by row numbers."""

    pegs: dict[int, list[Peg]] = field(default_factory=dict)
    line_day: dict[int, int] = field(default_factory=dict)
    short: dict[int, int] = field(default_factory=dict)
    supply_day: dict[int, int] = field(default_factory=dict)
    kit: dict[int, int] = field(default_factory=dict)
    finish: dict[int, int] = field(default_factory=dict)
    state: dict[int, str] = field(default_factory=dict)
    bottleneck: dict[int, int] = field(default_factory=dict)
    held: dict[int, bool] = field(default_factory=dict)
    circular: set[int] = field(default_factory=set)


class Twin:
    """Clear-to-build by the book."""

    def __init__(self, plant: Plant, *, hold: Hold = Hold.PARTIAL, horizon_days: int = 0) -> None:
        self.plant, self.hold, self.horizon = plant, hold, horizon_days
        self.left = {row: int(q) for row, q in enumerate(plant.supplies.quantity)}
        self.answer = Answer()
        for supply, quantity in zip(plant.reservations.supply, plant.reservations.quantity, strict=True):
            self.left[int(supply)] -= int(quantity)

    def solve(self) -> Answer:
        """Serve everybody, carry lateness forward, judge."""
        for order in self.sequence():
            self.serve(order)
        self.forward()
        for order in range(len(self.plant.orders.code)):
            self.judge(order)
        return self.answer

    def sequence(self) -> list[int]:
        orders = self.plant.orders
        return sorted(
            range(len(orders.code)),
            key=lambda o: (orders.rank[o], orders.due_day[o], orders.code[o], orders.kind[o]),
        )

    def need(self, order: int) -> int:
        return max(int(self.plant.orders.need_day[order]), 0)

    def declared(self, supply: int) -> int:
        return max(int(self.plant.supplies.day[supply]), 0)

    def arrival(self, supply: int, order: int) -> int:
        item, source = int(self.plant.supplies.item[supply]), int(self.plant.supplies.warehouse[supply])
        transit = self.plant.transit_days(item, source, int(self.plant.orders.warehouse[order]))
        return min(self.declared(supply) + transit, NEVER)

    def at_home(self, supply: int, order: int) -> bool:
        return bool(self.plant.supplies.warehouse[supply] == self.plant.orders.warehouse[order])

    def lines(self, order: int) -> list[int]:
        return [line for line in range(self.plant.lines.item.size) if self.plant.lines.order[line] == order]

    def usable(self, item: int, order: int) -> list[int]:
        """Supplies of an item with something left that get there some day, in the order of declared days."""
        found = [
            supply
            for supply in range(len(self.plant.supplies.code))
            if self.plant.supplies.item[supply] == item
            and self.left[supply] > 0
            and supply != self.plant.orders.output[order]
            and self.arrival(supply, order) < NEVER
        ]
        rows = self.plant.supplies
        return sorted(found, key=lambda s: (self.declared(s), rows.kind[s] != SupplyKind.STOCK, rows.warehouse[s], s))

    def rules(self, line: int, order: int) -> list[tuple[int, Fraction]]:
        """Substitutes approved for this line on the order's need day, by priority, then row."""
        rows = self.plant.substitutes
        fit = [
            row
            for row in range(rows.component.size)
            if rows.component[row] == self.plant.lines.item[line]
            and rows.parent[row] in (-1, self.plant.lines.parent[line])
            and rows.valid_from[row] <= self.need(order) <= rows.valid_to[row]
        ]
        fit.sort(key=lambda row: (rows.priority[row], row))
        return [
            (int(rows.substitute[row]), Fraction(int(rows.numerator[row]), int(rows.denominator[row]))) for row in fit
        ]

    def serve(self, order: int) -> None:
        taken: list[tuple[int, Peg]] = []
        for line in self.lines(order):
            taken += self.serve_line(line, order)
        kit = max((self.answer.line_day[line] for line in self.lines(order)), default=0)
        self.answer.held[order] = True
        if self.hold is Hold.WHOLE_KIT and kit > self.need(order) + self.horizon:
            self.answer.held[order] = False
            for line, peg in taken:
                self.left[peg.supply] += peg.quantity
                # by identity: a reservation's peg may be equal to one that was drawn
                self.answer.pegs[line] = [kept for kept in self.answer.pegs[line] if kept is not peg]

    def serve_line(self, line: int, order: int) -> list[tuple[int, Peg]]:
        need, wanted = self.need(order), int(self.plant.lines.quantity[line])
        pegs = self.answer.pegs[line] = []
        for row in range(self.plant.reservations.line.size):
            if self.plant.reservations.line[row] == line:
                supply, quantity = int(self.plant.reservations.supply[row]), int(self.plant.reservations.quantity[row])
                pegs.append(Peg(supply, quantity, self.arrival(supply, order)))
                wanted -= floor(quantity / self.ratio(line, supply))
        wanted, drawn = max(wanted, 0), []
        if wanted:
            item = int(self.plant.lines.item[line])
            if self.in_time(item, order) < wanted:
                for substitute, ratio in self.rules(line, order):
                    if self.in_time(substitute, order) >= ceil(wanted * ratio):
                        item, wanted = substitute, ceil(wanted * ratio)
                        break
            own = [s for s in self.usable(item, order) if self.at_home(s, order) and self.arrival(s, order) <= need]
            rest = [s for s in self.usable(item, order) if s not in own]
            rest.sort(key=lambda s: (self.arrival(s, order), not self.at_home(s, order)))  # stable: then declared day
            for supply in own + rest:
                part = min(wanted, self.left[supply])
                if part:
                    drawn.append(Peg(supply, part, self.arrival(supply, order)))
                    self.left[supply] -= part
                    wanted -= part
        pegs += drawn
        self.answer.short[line] = wanted
        self.answer.line_day[line] = NEVER if wanted else max((peg.day for peg in pegs), default=0)
        return [(line, peg) for peg in drawn]

    def ratio(self, line: int, supply: int) -> Fraction:
        item, rows = self.plant.supplies.item[supply], self.plant.substitutes
        if item == self.plant.lines.item[line]:
            return Fraction(1)
        for row in sorted(range(rows.component.size), key=lambda r: (rows.priority[r], r)):
            same = rows.component[row] == self.plant.lines.item[line] and rows.substitute[row] == item
            if same and rows.parent[row] in (-1, self.plant.lines.parent[line]):
                return Fraction(int(rows.numerator[row]), int(rows.denominator[row]))
        raise AssertionError("reserved without approval")

    def in_time(self, item: int, order: int) -> int:
        usable = self.usable(item, order)
        return sum(self.left[supply] for supply in usable if self.arrival(supply, order) <= self.need(order))

    def forward(self) -> None:
        """Settle orders whose makers are all settled, until none is left that could be."""
        answer, plant = self.answer, self.plant
        answer.supply_day = {supply: self.declared(supply) for supply in range(len(plant.supplies.code))}
        maker = {int(plant.orders.output[o]): o for o in range(len(plant.orders.code)) if plant.orders.output[o] >= 0}
        waiting = set(range(len(plant.orders.code)))
        while True:
            ready = {
                order
                for order in waiting
                if not any(maker.get(peg.supply) in waiting for line in self.lines(order) for peg in answer.pegs[line])
            }
            if not ready:
                break
            for order in ready:
                self.settle(order)
            waiting -= ready
        answer.circular = waiting
        for order in waiting:
            if plant.orders.output[order] >= 0:
                answer.supply_day[int(plant.orders.output[order])] = NEVER
        for order in waiting:
            self.settle(order)

    def settle(self, order: int) -> None:
        answer, plant = self.answer, self.plant
        for line in self.lines(order):
            for peg in answer.pegs[line]:
                late = answer.supply_day[peg.supply] - self.declared(peg.supply)
                peg.day = NEVER if answer.supply_day[peg.supply] >= NEVER else min(peg.day + late, NEVER)
                answer.line_day[line] = max(answer.line_day[line], peg.day)
        kit = answer.kit[order] = max((answer.line_day[line] for line in self.lines(order)), default=0)
        output = int(plant.orders.output[order])
        earliest = int(plant.orders.due_day[order]) if plant.orders.kind[order] == OrderKind.WORK_ORDER else 0
        if output >= 0:
            earliest = self.declared(output)
        finish = NEVER if kit >= NEVER else max(earliest, kit + int(plant.orders.duration_days[order]))
        answer.finish[order] = min(finish, NEVER)
        if output >= 0:
            answer.supply_day[output] = answer.finish[order]

    def judge(self, order: int) -> None:
        answer, kit = self.answer, self.answer.kit[order]
        pegs = [peg for line in self.lines(order) for peg in answer.pegs[line]]
        if kit == 0 and all(self.plant.supplies.kind[peg.supply] == SupplyKind.STOCK for peg in pegs):
            answer.state[order], answer.bottleneck[order] = "now", -1
            return
        answer.state[order] = "never" if kit >= NEVER else "on_date" if kit <= self.need(order) else "late"
        waiting = [line for line in self.lines(order) if answer.pegs[line] or answer.line_day[line]]
        waiting.sort(key=lambda line: (-answer.line_day[line], -answer.short[line], line))
        answer.bottleneck[order] = waiting[0]

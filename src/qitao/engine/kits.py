"""The answer of clear-to-build: a day for every line, a state for every order, and the pegs that prove both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property

import numpy as np

from qitao.engine.plant import NEVER, Flags, Int8, Int32, Int64, Plant, grouped
from qitao.engine.plant_checks import substitute_ratio


class Hold(StrEnum):
    """What an order that cannot be completed keeps from those served after it."""

    PARTIAL = "partial"
    """Everything found for it so far."""
    WHOLE_KIT = "whole_kit"
    """Nothing, unless its kit is complete within the horizon after its need day (reservations always stay)."""


class KitState(IntEnum):
    """Whether an order can be built: 齐套 now, on its date, later, or not from anything known."""

    NOW = 0
    """Every line is covered by stock in hand, here today."""
    ON_DATE = 1
    LATE = 2
    NEVER = 3

    @property
    def word(self) -> str:
        """The state as the plant folder writes it: now, on_date, late, never."""
        return self.name.lower()


@dataclass(frozen=True)
class Contender:
    """An order that holds what another order's bottleneck waits for."""

    order: int
    quantity: int
    """Held, in millionths of the item's unit."""
    needed_day: int
    served_before: bool
    """True: it ranks before. False: it ranks after and holds by reservation."""
    slack_days: int
    """How many days after the waiting order's need day the holder itself needs it; negative: earlier."""


@dataclass(frozen=True)
class Kits:
    """Clear-to-build over a whole plant. Arrays follow the plant's row numbers; all days are real days.

    Who gets what is settled by declared days, in the order of service; the days shown are those after the forward
    pass (see `clear_to_build`). An order that `held` nothing (Hold.WHOLE_KIT) shows the day it would have had at its
    turn, and has no pegs but its reservations.
    """

    plant: Plant
    hold: Hold
    horizon_days: int

    line_day: Int32
    """Day on which the line is covered whole; NEVER where it is short; 0 where nothing is needed any more."""
    line_short: Int64
    """Quantity that nothing known covers."""
    line_first_peg: Int32
    """The pegs of line l are rows line_first_peg[l] … line_last_peg[l] - 1 of the peg columns."""
    line_last_peg: Int32

    peg_line: Int32
    peg_supply: Int32
    peg_quantity: Int64
    """In units of the supply's item."""
    peg_day: Int32
    """Day on which this quantity is at the order's warehouse."""

    supply_day: Int32
    """Day each supply is really there in its own warehouse, after lateness of the work order that makes it."""

    order_state: Int8
    kit_day: Int32
    """Day on which the last line is covered."""
    finish_day: Int32
    """Work order: day of its output; demand: day it can go to the customer whole."""
    bottleneck: Int32
    """The line covered last; most short, then first, among equals; -1 where the state is NOW or nothing is needed."""
    held: Flags
    circular: Flags
    """True where an order waits for itself through the outputs of others; its days are NEVER."""
    doubtful: Flags
    """True where the kit rests on stock whose record is not trusted."""

    def state(self, order: int) -> KitState:
        """Return the state of one order."""
        return KitState(int(self.order_state[order]))

    def days_late(self, order: int) -> int:
        """Return the days from the due day to the finish; 0 where in time, NEVER where it never finishes."""
        finish = int(self.finish_day[order])
        return NEVER if finish >= NEVER else max(0, finish - int(self.plant.orders.due_day[order]))

    def short_quantity(self, order: int) -> int:
        """Return what the bottleneck line lacks on the order's need day: short, or on its way but later."""
        line = int(self.bottleneck[order])
        return 0 if line < 0 else self.missing_on(line, max(int(self.plant.orders.need_day[order]), 0))

    def missing_on(self, line: int, day: int) -> int:
        """Return how much of a line, in its own item's unit, is not covered by pegs of `day` or earlier."""
        plant = self.plant
        missing = open_quantity = int(plant.lines.quantity[line])
        claims = plant.reservations_of(line).tolist()
        pegs = self.pegs_of(line)
        for claim, peg in zip(claims, pegs[: len(claims)], strict=True):  # reservations' pegs come first
            item = int(plant.supplies.item[plant.reservations.supply[claim]])
            up, down = substitute_ratio(plant, line, item) or (1, 1)
            covers = int(plant.reservations.quantity[claim]) * down // up
            open_quantity -= covers
            missing -= covers if self.peg_day[peg] <= day else 0
        drawn = pegs[len(claims) :]
        there = sum(int(self.peg_quantity[peg]) for peg in drawn if self.peg_day[peg] <= day)
        if drawn and plant.supplies.item[self.peg_supply[drawn[0]]] != plant.lines.item[line]:
            # A substitute is drawn for all that is open or not at all: its share covers that share.
            whole = sum(int(self.peg_quantity[peg]) for peg in drawn)
            there = open_quantity * there // whole
        return max(missing - there, 0)

    def pegs_of(self, line: int) -> range:
        """Return the peg rows of one line."""
        return range(int(self.line_first_peg[line]), int(self.line_last_peg[line]))

    def is_substituted(self, line: int) -> bool:
        """Tell whether another item covers (part of) the line."""
        rows = self.pegs_of(line)
        used = self.plant.supplies.item[self.peg_supply[rows.start : rows.stop]]
        return bool((used != self.plant.lines.item[line]).any())

    @cached_property
    def supply_pegs(self) -> tuple[Int32, Int32]:
        """(first, rows): the pegs of supply s are rows[first[s]:first[s + 1]], in the order of service."""
        return grouped(self.peg_supply, len(self.plant.supplies.code))

    def pegs_on(self, supply: int) -> Int32:
        """Return the peg rows that draw on one supply."""
        first, rows = self.supply_pegs
        return rows[first[supply] : first[supply + 1]]

    @cached_property
    def service_position(self) -> Int32:
        """Position of each order in the order of service, from 0."""
        sequence = self.plant.service_sequence
        position = np.empty_like(sequence)
        position[sequence] = np.arange(sequence.size, dtype=sequence.dtype)
        return position

    def free_quantity(self, supply: int) -> int:
        """Return what no peg has taken of a supply."""
        return int(self.plant.supplies.quantity[supply]) - int(self.peg_quantity[self.pegs_on(supply)].sum())

"""The forward pass: what is late makes late what is built from it, without changing who gets what."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from qitao.engine.plant import NEVER, Flags, Int8, Int32, Int64
from qitao.engine.sweep import compiled

_NEVER = NEVER


class Flow(NamedTuple):
    """What the forward pass reads: the pegs as settled and how orders turn into supplies."""

    first_line: Int32
    line_rows: Int32
    line_order: Int32
    first_peg: Int32
    last_peg: Int32
    peg_line: Int32
    peg_supply: Int32
    output: Int32
    """Supply row an order turns out; -1 for none."""
    owner: Int32
    """Order that turns out a supply; -1 for none."""
    duration: Int32
    declared: Int32
    """Earliest finish an order may have, however early its kit: a work order's own date; 0 for a demand."""


class Days(NamedTuple):
    """What it writes over: days by declared dates going in, real days coming out."""

    line: Int32
    peg: Int32
    supply: Int32
    kit: Int32
    finish: Int32


@compiled
def consumers(flow: Flow) -> tuple[Int32, Int32, Int32]:
    """Return (first, pegs, waits): the pegs that draw on each order's output, and how many such pegs each order has."""
    orders = flow.output.size
    first, waits = np.zeros(orders + 1, np.int32), np.zeros(orders, np.int32)
    for peg in range(flow.peg_supply.size):
        maker = flow.owner[flow.peg_supply[peg]]
        if maker >= 0:
            first[maker + 1] += 1
            waits[flow.line_order[flow.peg_line[peg]]] += 1
    for order in range(orders):
        first[order + 1] += first[order]
    at, pegs = first[:-1].copy(), np.empty(first[-1], np.int32)
    for peg in range(flow.peg_supply.size):
        maker = flow.owner[flow.peg_supply[peg]]
        if maker >= 0:
            pegs[at[maker]] = peg
            at[maker] += 1
    return first, pegs, waits


@compiled
def settle_order(flow: Flow, days: Days, order: int) -> int:
    """Work out an order's lines, kit and finish from its pegs; return by how much its output is late."""
    kit = 0
    for at in range(flow.first_line[order], flow.first_line[order + 1]):
        line = flow.line_rows[at]
        for peg in range(flow.first_peg[line], flow.last_peg[line]):
            days.line[line] = max(days.line[line], days.peg[peg])
        kit = max(kit, days.line[line])
    days.kit[order] = kit
    finish = _NEVER
    if kit < _NEVER:
        finish = min(max(flow.declared[order], kit + flow.duration[order]), _NEVER)
    days.finish[order] = finish
    if flow.output[order] < 0:
        return 0
    return int(finish - days.supply[flow.output[order]])


@compiled
def close_circles(flow: Flow, days: Days, waits: Int32, circular: Flags) -> None:
    """Settle the orders still waiting: they wait for themselves, or for one that does; their days are NEVER."""
    first, pegs, _ = consumers(flow)
    for order in range(waits.size):
        if waits[order] > 0:
            circular[order] = True
            if flow.output[order] >= 0:
                days.supply[flow.output[order]] = _NEVER
            for at in range(first[order], first[order + 1]):
                days.peg[pegs[at]] = _NEVER
    for order in range(waits.size):
        if circular[order]:
            settle_order(flow, days, order)


@compiled
def forward(flow: Flow, days: Days, circular: Flags) -> None:
    """Carry lateness from orders to the orders that use their output, makers before users."""
    first, pegs, waits = consumers(flow)
    queue, head, tail = np.empty(waits.size, np.int32), 0, 0
    for order in range(waits.size):
        if waits[order] == 0:
            queue[tail] = order
            tail += 1
    while head < tail:
        order = queue[head]
        head += 1
        delay = settle_order(flow, days, order)
        if flow.output[order] >= 0:
            days.supply[flow.output[order]] += delay
        for at in range(first[order], first[order + 1]):
            peg = pegs[at]
            days.peg[peg] = _NEVER if days.finish[order] >= _NEVER else min(days.peg[peg] + delay, _NEVER)
            user = flow.line_order[flow.peg_line[peg]]
            waits[user] -= 1
            if waits[user] == 0:
                queue[tail] = user
                tail += 1
    if tail < waits.size:
        close_circles(flow, days, waits, circular)


class Verdict(NamedTuple):
    """State (KitState) and bottleneck line of each order."""

    state: Int8
    bottleneck: Int32


@compiled
def last_covered(flow: Flow, days: Days, line_short: Int64, order: int) -> int:
    """Return the line that is covered last: latest day, then most short, then first; -1 where none waits."""
    worst = -1
    for at in range(flow.first_line[order], flow.first_line[order + 1]):
        line = flow.line_rows[at]
        if days.line[line] == 0 and flow.first_peg[line] == flow.last_peg[line]:
            continue
        later = worst < 0 or days.line[line] > days.line[worst]
        if later or (days.line[line] == days.line[worst] and line_short[line] > line_short[worst]):
            worst = line
    return worst


@compiled
def all_in_hand(flow: Flow, in_hand: Flags, order: int) -> bool:
    """Tell whether every peg of an order draws on stock."""
    for at in range(flow.first_line[order], flow.first_line[order + 1]):
        line = flow.line_rows[at]
        for peg in range(flow.first_peg[line], flow.last_peg[line]):
            if not in_hand[flow.peg_supply[peg]]:
                return False
    return True


@compiled
def judge(flow: Flow, days: Days, line_short: Int64, need_day: Int32, in_hand: Flags) -> Verdict:
    """Return the verdict on every order, by its real days. `in_hand`: which supplies are stock."""
    orders = need_day.size
    state, bottleneck = np.zeros(orders, np.int8), np.full(orders, -1, np.int32)
    for order in range(orders):
        kit = days.kit[order]
        if kit == 0 and all_in_hand(flow, in_hand, order):
            continue
        bottleneck[order] = last_covered(flow, days, line_short, order)
        state[order] = 3 if kit >= _NEVER else (1 if kit <= need_day[order] else 2)
    return Verdict(state, bottleneck)

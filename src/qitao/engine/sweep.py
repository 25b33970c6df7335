"""The hot loops of clear-to-build: serve the orders one after another out of packed supplies, writing pegs.

Pure integer work on arrays; `clear_to_build` packs, calls and unpacks. The obvious, slow twin of every loop here is
in the tests and agrees with it on thousands of random plants.

An *event* is a supply as the sweep sees it: two int64 side by side, what is left and a key of day, warehouse and
in-hand bit, sorted by item, then day, stock before the rest, then row. One item's events are neighbours in memory:
four to a cache line, and the item's own record (four int32) is another half: that packing is what makes it fast.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

from qitao.engine.plant import NEVER, Flags, Int32, Int64

F = TypeVar("F")

DAY_SHIFT = 20
"""Key of an event: day << 20 | warehouse << 1 | (0 in hand, 1 expected)."""

WAREHOUSE_MASK = (1 << (DAY_SHIFT - 1)) - 1
_NEVER = NEVER

Taken = tuple[int, int, int]
"""(still wanted, day of the latest taken, next free peg row)."""


_ON_DISK: dict[str, Any] = {"cache": True, "nogil": True}
_UNCOUNTED: dict[str, Any] = {**_ON_DISK, "_nrt": False}


def compiled(function: F) -> F:
    """Compile with Numba, kept on disk; typed as the Python function it came from."""
    return cast(F, numba.njit(**_ON_DISK)(cast(Any, function)))


def bare(function: F) -> F:
    """As `compiled`, without reference counts: for loops that make no array; counting would cost half the time."""
    return cast(F, numba.njit(**_UNCOUNTED)(cast(Any, function)))


def inlined(function: F) -> F:
    """As `bare`, copied into its callers: passing two dozen arrays would cost more than the work."""
    return cast(F, numba.njit(inline="always", **_UNCOUNTED)(cast(Any, function)))


class Pool(NamedTuple):
    """What there is, packed by item. `left` is used up by the sweep, the rest only read."""

    left: Int64
    """[event, 2]: quantity left, key."""
    heads: Int32
    """[item, 4]: first event not used up, end of the events, first substitute row, end of the substitute rows."""
    substitutes: Int64
    """[row, 6]: item, parent or -1, numerator, denominator, valid from, valid to – by component, then priority."""
    transit: Int32
    """[table, from, to]"""
    lane_table: Int32
    event_item: Int32


class Asks(NamedTuple):
    """Who asks for what: orders with their lines, and what was reserved for a line beforehand."""

    first_line: Int32
    line_rows: Int32
    need_day: Int32
    """Never before day 0."""
    warehouse: Int32
    own_event: Int32
    """The event the order itself turns out (never used for its own lines); -1 for none."""
    item: Int32
    quantity: Int64
    parent: Int32
    first_claim: Int32
    """[line + 1] into the claim columns; empty where nothing is reserved."""
    claim_event: Int32
    claim_day: Int32
    """Day on which the claimed quantity reaches the order's warehouse."""
    claim_quantity: Int64
    claim_covers: Int64
    """In units of the line's item."""


class Found(NamedTuple):
    """Where the sweep writes: per line its day, shortage and pegs; per peg line, event, quantity, day."""

    line_day: Int32
    line_short: Int64
    first_peg: Int32
    last_peg: Int32
    peg_line: Int32
    peg_event: Int32
    peg_quantity: Int64
    peg_day: Int32


class Desk(NamedTuple):
    """All that the sweep works on."""

    pool: Pool
    asks: Asks
    found: Found


class Want(NamedTuple):
    """One line at its turn: for which warehouse, by when, and which event is out of bounds as the order's own."""

    line: int
    place: int
    day: int
    own: int


@compiled
def sort_small_groups(first: Int32, rows: Int32, order_key: Int64, largest: int) -> None:
    """Sort the rows of each group of at most `largest` by their key, equal keys staying in row order."""
    for group in range(first.size - 1):
        start, end = first[group], first[group + 1]
        if end - start > largest:
            continue
        for at in range(start + 1, end):
            row = rows[at]
            key = order_key[row]
            to = at
            while to > start and order_key[rows[to - 1]] > key:
                rows[to] = rows[to - 1]
                to -= 1
            rows[to] = row


def sort_groups(first: Int32, rows: Int32, order_key: Int64) -> None:
    """Sort each group's rows by their key, equal keys staying in row order; small groups in one compiled pass."""
    largest = 32
    sort_small_groups(first, rows, order_key, largest)
    for group in np.flatnonzero(np.diff(first) > largest).tolist():
        part = rows[first[group] : first[group + 1]]
        part[:] = part[np.argsort(order_key[part], kind="stable")]


@inlined
def wide(number: int) -> int:
    """Return a number as int64, whatever integer (or literal) it is: one type, so that callees compile once."""
    return np.int64(number)  # type: ignore[return-value]


@inlined
def convert_up(quantity: int, numerator: int, denominator: int) -> int:
    """Return quantity × numerator / denominator rounded up, without a product beyond 64 bits.

    >>> convert_up(10, 3, 4)
    8
    """
    whole, rest = quantity // denominator, quantity % denominator
    return whole * numerator + (rest * numerator + denominator - 1) // denominator


@inlined
def write_peg(found: Found, peg: int, line: int, event: int, quantity: int, day: int) -> None:  # noqa: PLR0917
    """Write one peg row."""
    found.peg_line[peg] = line
    found.peg_event[peg] = event
    found.peg_quantity[peg] = quantity
    found.peg_day[peg] = day


@inlined
def take_own(desk: Desk, want: Want, item: int, quantity: int, peg: int) -> Taken:
    """Draw on the order's own warehouse, earliest first, up to the want's day."""
    left, latest = desk.pool.left, 0
    for event in range(desk.pool.heads[item, 0], desk.pool.heads[item, 1]):
        key = left[event, 1]
        day = key >> DAY_SHIFT
        if day > want.day:
            break
        there = left[event, 0]
        if there == 0 or ((key >> 1) & WAREHOUSE_MASK) != want.place or event == want.own:
            continue
        taken = min(quantity, there)
        left[event, 0] = there - taken
        quantity -= taken
        write_peg(desk.found, peg, want.line, event, taken, day)
        peg += 1
        latest = day
        if quantity == 0:
            break
    return quantity, latest, peg


@inlined
def earliest(pool: Pool, want: Want, item: int) -> tuple[int, int]:
    """Return (event, day of arrival) of what gets to the want's warehouse first: own before others, then by key.

    (-1, NEVER) where nothing does.
    """
    best, best_day, best_away = -1, _NEVER, 2
    table = pool.lane_table[item]
    for event in range(pool.heads[item, 0], pool.heads[item, 1]):
        key = pool.left[event, 1]
        day = key >> DAY_SHIFT
        if day > best_day or day >= _NEVER:
            break
        if pool.left[event, 0] == 0 or event == want.own:
            continue
        source = (key >> 1) & WAREHOUSE_MASK
        away = 0 if source == want.place else 1
        day += pool.transit[table, source, want.place]
        if day < best_day or (day == best_day and best >= 0 and away < best_away):
            best, best_day, best_away = event, day, away
    return best, best_day


@inlined
def take_by_arrival(desk: Desk, want: Want, item: int, quantity: int, peg: int) -> Taken:
    """Draw on every warehouse by day of arrival, in time or not."""
    latest = 0
    while quantity > 0:
        event, day = earliest(desk.pool, want, item)
        if event < 0:
            break
        taken = min(quantity, desk.pool.left[event, 0])
        desk.pool.left[event, 0] -= taken
        quantity -= taken
        write_peg(desk.found, peg, want.line, event, taken, day)
        peg += 1
        latest = day
    return quantity, latest, peg


@inlined
def covers_in_time(pool: Pool, want: Want, item: int, quantity: int) -> bool:
    """Tell whether what is left of an item, from anywhere, gets there by the want's day in full."""
    left, table = pool.left, pool.lane_table[item]
    for event in range(pool.heads[item, 0], pool.heads[item, 1]):
        key = left[event, 1]
        day = key >> DAY_SHIFT
        if day > want.day:
            return False
        day += pool.transit[table, (key >> 1) & WAREHOUSE_MASK, want.place]
        if event != want.own and day <= want.day:
            quantity -= left[event, 0]
            if quantity <= 0:
                return True
    return False


@inlined
def find_substitute(pool: Pool, asks: Asks, want: Want, quantity: int) -> tuple[int, int]:
    """Return (item, quantity of it) of the first approved substitute that covers all in time; (-1, 0) for none."""
    component, rules = asks.item[want.line], pool.substitutes
    for row in range(pool.heads[component, 2], pool.heads[component, 3]):
        item, parent = rules[row, 0], rules[row, 1]
        bound = parent >= 0 and parent != asks.parent[want.line]
        if bound or want.day < rules[row, 4] or want.day > rules[row, 5]:
            continue
        instead = convert_up(quantity, rules[row, 2], rules[row, 3])
        if covers_in_time(pool, want, item, instead):
            return item, instead
    return -1, 0


@inlined
def skip_used_up(pool: Pool, item: int) -> None:
    """Move the item's head past events with nothing left."""
    while pool.heads[item, 0] < pool.heads[item, 1] and pool.left[pool.heads[item, 0], 0] == 0:
        pool.heads[item, 0] += 1


@inlined
def give_back(desk: Desk, start: int, end: int) -> None:
    """Return the quantities of the pegs start … end - 1 to their events."""
    for peg in range(start, end):
        event = desk.found.peg_event[peg]
        desk.pool.left[event, 0] += desk.found.peg_quantity[peg]
        item = desk.pool.event_item[event]
        desk.pool.heads[item, 0] = min(desk.pool.heads[item, 0], event)


@inlined
def claim(asks: Asks, found: Found, line: int, peg: int) -> Taken:
    """Write the pegs of the line's reservations (their quantity left the pool beforehand)."""
    quantity, latest = asks.quantity[line], 0
    for row in range(asks.first_claim[line], asks.first_claim[line + 1]):
        write_peg(found, peg, line, asks.claim_event[row], asks.claim_quantity[row], asks.claim_day[row])
        peg += 1
        quantity -= asks.claim_covers[row]
        latest = max(latest, asks.claim_day[row])
    return max(quantity, 0), latest, peg


@inlined
def draw(desk: Desk, want: Want, quantity: int, peg: int) -> Taken:
    """Cover a line: own warehouse in time, others in time, a substitute for all of it, else the earliest there is."""
    pool, item = desk.pool, desk.asks.item[want.line]
    skip_used_up(pool, item)
    rest, latest, after = take_own(desk, want, item, quantity, peg)
    if rest == 0:
        return rest, latest, after
    if pool.heads[item, 2] < pool.heads[item, 3] and not covers_in_time(pool, want, item, rest):
        substitute, instead = find_substitute(pool, desk.asks, want, quantity)
        if substitute >= 0:
            give_back(desk, peg, after)
            item = substitute
            skip_used_up(pool, item)
            rest, latest, after = take_own(desk, want, item, instead, peg)
    rest, later, after = take_by_arrival(desk, want, item, rest, after)
    return rest, max(latest, later), after


@inlined
def serve_line(desk: Desk, order: int, line: int, peg: int) -> int:
    """Settle one line: its reservations, then the pool; return the next free peg row."""
    asks, found = desk.asks, desk.found
    found.first_peg[line] = peg
    quantity, latest = asks.quantity[line], 0
    if asks.first_claim.size > 0:
        quantity, latest, peg = claim(asks, found, line, peg)
    if quantity > 0:
        want = Want(line, asks.warehouse[order], asks.need_day[order], asks.own_event[order])
        quantity, there, peg = draw(desk, want, quantity, peg)
        latest = max(latest, there)
    found.last_peg[line] = peg
    found.line_short[line] = quantity
    found.line_day[line] = _NEVER if quantity > 0 else latest
    return peg


@bare
def serve_rows(desk: Desk, order: int, start: int, end: int, peg: int) -> tuple[int, int]:
    """Settle line_rows[start:end] of an order; return (latest day by declared days, next free peg row).

    Callers pass int64 only: for any other type Numba would compile this large function once more.
    """
    kit = 0
    for at in range(start, end):
        line = desk.asks.line_rows[at]
        peg = serve_line(desk, order, line, peg)
        kit = max(kit, desk.found.line_day[line])
    return kit, peg


@inlined
def serve_order(desk: Desk, order: int, peg: int) -> tuple[int, int]:
    """Settle all lines of an order; as `serve_rows`."""
    first = desk.asks.first_line
    return serve_rows(desk, order, wide(first[order]), wide(first[order + 1]), peg)


@inlined
def claims_of(asks: Asks, line: int) -> int:
    """Return how many reservations a line has; their pegs come first among its pegs."""
    if asks.first_claim.size == 0:
        return 0
    return int(asks.first_claim[line + 1] - asks.first_claim[line])


@bare
def keep_claims_only(desk: Desk, order: int, start: int) -> int:
    """Give back all that the order drew, keep its reservations' pegs from row `start`; return the next free peg row."""
    found, to = desk.found, start
    for at in range(desk.asks.first_line[order], desk.asks.first_line[order + 1]):
        line = desk.asks.line_rows[at]
        first, last = found.first_peg[line], found.last_peg[line]
        drawn = first + claims_of(desk.asks, line)
        give_back(desk, drawn, last)
        found.first_peg[line] = to
        for peg in range(first, drawn):
            write_peg(found, to, line, found.peg_event[peg], found.peg_quantity[peg], found.peg_day[peg])
            to += 1
        found.last_peg[line] = to
    return to


@bare
def sweep(desk: Desk, sequence: Int32, horizon: int, kit_day: Int32, held: Flags) -> int:
    """Serve the orders in sequence; return the number of pegs. `horizon` -1: keep partial kits."""
    peg = wide(0)
    for at in range(sequence.size):
        order = wide(sequence[at])
        start = peg
        kit, peg = serve_order(desk, order, peg)
        kit_day[order] = kit
        held[order] = True
        if horizon >= 0 and kit > desk.asks.need_day[order] + horizon:
            held[order] = False
            peg = keep_claims_only(desk, order, start)
    return peg


@bare
def try_order(desk: Desk, order: int) -> int:
    """Serve one order out of the pool as it is, write its lines and pegs (from row 0), put everything back.

    Returns its kit day.
    """
    kit, _ = serve_order(desk, order, wide(0))
    for at in range(desk.asks.first_line[order], desk.asks.first_line[order + 1]):
        line = desk.asks.line_rows[at]
        give_back(desk, desk.found.first_peg[line] + claims_of(desk.asks, line), desk.found.last_peg[line])
    return kit


@bare
def try_lines(desk: Desk, orders: Int32) -> int:
    """Serve single lines (line_rows[i] of orders[i]) one after another, put everything back; return the peg count."""
    peg = wide(0)
    for at in range(orders.size):
        _, peg = serve_rows(desk, wide(orders[at]), at, at + 1, peg)
    for at in range(orders.size):
        line = desk.asks.line_rows[at]
        give_back(desk, desk.found.first_peg[line] + claims_of(desk.asks, line), desk.found.last_peg[line])
    return peg

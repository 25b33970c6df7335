"""A plant at one moment, as frozen columns: the one input type of the engine.

Units: quantities are int64 millionths of the item's stock unit, days are int32 day numbers counted from
`Plant.as_of` (day 0), ratios are exact int64 fractions, money is int64 millionths of the company currency.
Everything points at everything else by row number; -1 means none. Build one with `PlantBuilder`, read one with
`Plant.from_folder`, or fill the tables from columns at hand and have them proven by `plant_checks.checked`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop

Int8 = npt.NDArray[np.int8]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEVER = 1 << 22
"""The day that does not come: larger than the distance between any two calendar dates (3,652,058 days)."""

NO_PRIORITY = 1_000_000
"""The rank of an order that states no priority: after every order that states one."""


class ItemKind(IntEnum):
    """How an item comes about; a phantom is never stocked, its components are used in its place."""

    MAKE = 0
    BUY = 1
    PHANTOM = 2


class SupplyKind(IntEnum):
    """What stands behind a dated quantity; only `STOCK` is in hand."""

    STOCK = 0
    PURCHASE_ORDER = 1
    WORK_ORDER = 2
    TRANSFER = 3
    REQUISITION = 4


class OrderKind(IntEnum):
    """Who asks: a work order for its components, or a customer for an item."""

    WORK_ORDER = 0
    DEMAND = 1


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: where it is, what it is, what to do. Templates are filled from `values`."""

    file: str
    row: int
    """Line number in the file, the header being 1; 0 where the fault is in no single row."""
    column: str
    what: str
    remedy: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """Return the fault as one English line."""
        where = (
            self.file + (f", row {self.row}" if self.row else "") + (f", column {self.column}" if self.column else "")
        )
        return f"{where}: {self.what.format(**self.values)} {self.remedy.format(**self.values)}"


class PlantRefused(Refusal):
    """The input is broken; `faults` lists every reason, and nothing was built."""

    reason = gettext_noop("The plant has {count} faults; nothing was read.")
    remedy = gettext_noop("Each is listed with its place and its remedy.")
    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(fault.text() for fault in self.faults)])


@dataclass(frozen=True)
class Items:
    """What is stocked, bought or made; row numbers are the item numbers used everywhere."""

    code: tuple[str, ...]
    kind: Int8
    lead_days: Int32
    fence_days: Int32
    safety_stock: Int64
    min_lot: Int64
    multiple: Int64
    max_lot: Int64
    """0: no upper limit."""
    unit_cost: Int64
    lane_table: Int32
    """Which table of `Lanes.days` this item travels by; 0 is the ordinary one."""


@dataclass(frozen=True)
class BomLines:
    """One row a component of a parent: `quantity` per unit of the parent, scrap allowance in millionths on top."""

    parent: Int32
    component: Int32
    quantity: Int64
    scrap: Int64
    """Share lost, in millionths: 2.5 % is 25,000; required = quantity × (1 + scrap)."""
    valid_from: Int32
    valid_to: Int32
    """Last day on which the row is valid; NEVER where open."""


@dataclass(frozen=True)
class Substitutes:
    """Approved substitutes: `numerator/denominator` units of `substitute` stand in for one of `component`."""

    component: Int32
    substitute: Int32
    parent: Int32
    """Only in this parent; -1: in any."""
    numerator: Int64
    denominator: Int64
    priority: Int32
    """1 is tried first; equal priorities in row order."""
    valid_from: Int32
    valid_to: Int32


@dataclass(frozen=True)
class Supplies:
    """Dated quantities: stock, open purchase lines, outputs of work orders, transfers under way, requisitions."""

    code: tuple[str, ...]
    """What people call it: PO-1/10, WO-7, a lot, a bin."""
    kind: Int8
    item: Int32
    warehouse: Int32
    day: Int32
    """Expected day; NEVER where nobody has said. Days gone by count as today (stock is in hand, the rest due today)."""
    quantity: Int64
    trusted: Flags
    """False where the record is doubted (a count is asked for): it counts, and what rests on it is flagged."""
    reference: Int64
    """The caller's own key; the engine carries it and never looks."""


@dataclass(frozen=True)
class Orders:
    """Those who ask: open work orders and customer demands together, since they compete for the same supplies."""

    code: tuple[str, ...]
    kind: Int8
    product: Int32
    """What is made (work order) or asked for (demand); -1 where there is no single one."""
    quantity: Int64
    """Remaining quantity of the product, 0 where there is no single one."""
    warehouse: Int32
    need_day: Int32
    """When the material must be there: a work order's start, a demand's due day."""
    due_day: Int32
    rank: Int64
    """1 is served first; ties by due day, then code."""
    duration_days: Int32
    """From complete kit to output; 0 for a demand."""
    output: Int32
    """The supply row this work order turns out; -1: none."""
    reference: Int64


@dataclass(frozen=True)
class Lines:
    """Requirements: what an order still needs of an item. `quantity` is what is not yet issued, 0 where all is."""

    order: Int32
    item: Int32
    quantity: Int64
    parent: Int32
    """The item whose BOM asks (a phantom, or the order's product): substitutes may be bound to it; -1: unknown."""
    reference: Int64


@dataclass(frozen=True)
class Reservations:
    """Claims made before the run: this line holds this much of that supply, whatever its rank."""

    line: Int32
    supply: Int32
    quantity: Int64
    """In units of the supply's item; a reserved substitute covers the line by its ratio."""


@dataclass(frozen=True)
class Lanes:
    """Transit days between warehouses, `days[table, from, to]`; 0 at home, NEVER where there is no lane."""

    days: Int32


@dataclass(frozen=True)
class Sources:
    """Who sells what: lead time, smallest and stepwise quantity, price per unit (0: not known)."""

    item: Int32
    supplier: tuple[str, ...]
    lead_days: Int32
    min_quantity: Int64
    multiple: Int64
    max_quantity: Int64
    """0: no upper limit."""
    price: Int64
    priority: Int32


@dataclass(frozen=True)
class Plant:
    """A frozen snapshot of one plant. Trial changes make another Plant that shares the untouched columns."""

    as_of: dt.date
    warehouses: tuple[str, ...]
    items: Items
    bom: BomLines
    substitutes: Substitutes
    supplies: Supplies
    orders: Orders
    lines: Lines
    reservations: Reservations
    lanes: Lanes
    sources: Sources

    @classmethod
    def from_folder(cls, folder: str | Path, *, as_of: dt.date | None = None) -> Plant:
        """Read a plant folder (CSV). Raises PlantRefused listing every fault; nothing is half-read."""
        from qitao.engine.plant_folder import read_plant

        return read_plant(Path(folder), as_of=as_of).plant

    def day_of(self, on: dt.date | None) -> int:
        """Return the day number of a date; None, a date nobody knows, is NEVER."""
        return NEVER if on is None else (on - self.as_of).days

    def date_of(self, day: int) -> dt.date | None:
        """Return the date of a day number; None for NEVER."""
        return None if day >= NEVER else self.as_of + dt.timedelta(days=int(day))

    @cached_property
    def item_index(self) -> Mapping[str, int]:
        """Item number by code."""
        return {code: row for row, code in enumerate(self.items.code)}

    @cached_property
    def warehouse_index(self) -> Mapping[str, int]:
        """Warehouse number by code."""
        return {code: row for row, code in enumerate(self.warehouses)}

    @cached_property
    def order_index(self) -> Mapping[tuple[int, str], int]:
        """Order number by (OrderKind, code): a work order and a demand may share a code."""
        kinds = self.orders.kind.tolist()
        return {(kinds[row], code): row for row, code in enumerate(self.orders.code)}

    def work_order(self, code: str) -> int:
        """Return the row of the work order called `code`; KeyError where there is none."""
        return self.order_index[OrderKind.WORK_ORDER, code]

    def demand(self, code: str) -> int:
        """Return the row of the customer demand called `code`; KeyError where there is none."""
        return self.order_index[OrderKind.DEMAND, code]

    @cached_property
    def service_sequence(self) -> Int32:
        """Order rows in the order of service: rank, then due day, then code, then kind. Independent of row order."""
        orders = self.orders
        rows = np.lexsort((orders.due_day, orders.rank)).astype(np.int32)
        rank, due = orders.rank[rows], orders.due_day[rows]
        tied = np.flatnonzero((rank[1:] == rank[:-1]) & (due[1:] == due[:-1]))
        if tied.size:
            breaks = np.flatnonzero(np.diff(tied) > 1)
            firsts = tied[np.concatenate(([0], breaks + 1))]
            lasts = tied[np.concatenate((breaks, [tied.size - 1]))] + 2
            for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
                run = sorted(rows[first:last].tolist(), key=lambda row: (orders.code[row], int(orders.kind[row])))
                rows[first:last] = run
        return rows

    @cached_property
    def order_lines(self) -> tuple[Int32, Int32]:
        """(first, rows): the lines of order o are rows[first[o]:first[o + 1]], in row order."""
        return grouped(self.lines.order, len(self.orders.code))

    def lines_of(self, order: int) -> Int32:
        """Return the line rows of one order, in row order."""
        first, rows = self.order_lines
        return rows[first[order] : first[order + 1]]

    @cached_property
    def line_reservations(self) -> tuple[Int32, Int32]:
        """(first, rows): the reservations of line l are rows[first[l]:first[l + 1]], in row order."""
        return grouped(self.reservations.line, self.lines.item.size)

    def reservations_of(self, line: int) -> Int32:
        """Return the reservation rows of one line, in row order."""
        first, rows = self.line_reservations
        return rows[first[line] : first[line + 1]]

    @cached_property
    def item_lines(self) -> tuple[Int32, Int32]:
        """(first, rows): the lines that ask for item i are rows[first[i]:first[i + 1]], in row order."""
        return grouped(self.lines.item, len(self.items.code))

    @cached_property
    def item_supplies(self) -> tuple[Int32, Int32]:
        """(first, rows): the supplies of item i are rows[first[i]:first[i + 1]], in row order."""
        return grouped(self.supplies.item, len(self.items.code))

    def supplies_of(self, item: int) -> Int32:
        """Return the supply rows of one item, in row order."""
        first, rows = self.item_supplies
        return rows[first[item] : first[item + 1]]

    @cached_property
    def item_substitutes(self) -> tuple[Int32, Int32]:
        """(first, rows): the substitute rows of component i are rows[first[i]:first[i + 1]], by priority, then row."""
        rows = np.argsort(self.substitutes.priority, kind="stable").astype(np.int32)
        first, order = grouped(self.substitutes.component[rows], len(self.items.code))
        return first, rows[order]

    def substitutes_of(self, item: int) -> Int32:
        """Return the substitute rows of one component, in the order in which they are tried."""
        first, rows = self.item_substitutes
        return rows[first[item] : first[item + 1]]

    @cached_property
    def output_owner(self) -> Int32:
        """For each supply the order that turns it out; -1 where none does."""
        owner = np.full(len(self.supplies.code), -1, np.int32)
        makes = np.flatnonzero(self.orders.output >= 0)
        owner[self.orders.output[makes]] = makes
        return owner

    def transit_days(self, item: int, source: int, target: int) -> int:
        """Return the days from one warehouse to another for an item; NEVER where there is no lane."""
        return int(self.lanes.days[self.items.lane_table[item], source, target])


def grouped(group: Int32, groups: int) -> tuple[Int32, Int32]:
    """Return (first, rows) so that rows[first[g]:first[g + 1]] are the rows of group g, in row order.

    >>> first, rows = grouped(np.array([1, 0, 1], np.int32), 2)
    >>> first.tolist(), rows.tolist()
    ([0, 1, 3], [1, 0, 2])
    """
    counts = np.bincount(group, minlength=groups)
    first = np.zeros(groups + 1, np.int32)
    np.cumsum(counts, out=first[1:])
    if group.size < 2 or bool((group[1:] >= group[:-1]).all()):
        return first, np.arange(group.size, dtype=np.int32)
    return first, np.argsort(group, kind="stable").astype(np.int32)

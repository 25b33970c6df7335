"""Builds a Plant row by row, in the caller's words: codes, units, dates. Every add returns the row's number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from qitao.engine.plant import (
    NEVER,
    NO_PRIORITY,
    BomLines,
    ItemKind,
    Items,
    Lanes,
    Lines,
    OrderKind,
    Orders,
    Plant,
    Reservations,
    Sources,
    Substitutes,
    Supplies,
    SupplyKind,
)
from qitao.engine.plant_checks import checked
from qitao.kernel.quantity import MICRO, to_micro

Quantity = Decimal | int | str
"""In the item's stock unit, at most six places; never a float, never millionths."""

Day = dt.date | int | None
"""A date, a day number counted from `as_of`, or None: nobody knows."""


class PlantBuilder:
    """Collect the rows of a plant; `build()` proves them and freezes them.

    >>> plant = PlantBuilder(dt.date(2026, 1, 5))
    >>> bolt, frame = plant.add_item("BOLT"), plant.add_item("FRAME", kind=ItemKind.MAKE)
    >>> plant.add_supply(bolt, quantity=8)
    0
    >>> wo = plant.add_work_order("WO-1", product=frame, quantity=2, need=3, due=5)
    >>> plant.add_line(wo, bolt, quantity=8)
    0
    >>> plant.build().supplies.quantity.tolist()
    [8000000, 2000000]
    """

    def __init__(self, as_of: dt.date) -> None:
        self.as_of = as_of
        self._warehouses: dict[str, int] = {}
        self._items: list[tuple[Any, ...]] = []
        self._bom: list[tuple[Any, ...]] = []
        self._substitutes: list[tuple[Any, ...]] = []
        self._supplies: list[tuple[Any, ...]] = []
        self._orders: list[tuple[Any, ...]] = []
        self._lines: list[tuple[Any, ...]] = []
        self._reservations: list[tuple[int, int, int]] = []
        self._sources: list[tuple[Any, ...]] = []
        self._lanes: list[tuple[int, int, int, int]] = []

    def day(self, when: Day) -> int:
        """Return the day number of a date; None is NEVER."""
        if when is None:
            return NEVER
        return when if isinstance(when, int) else (when - self.as_of).days

    def add_warehouse(self, code: str) -> int:
        """Return the number of a warehouse, adding it when it is new. "" is anywhere: no days away from any."""
        return self._warehouses.setdefault(code, len(self._warehouses))

    def add_item(
        self,
        code: str,
        *,
        kind: ItemKind = ItemKind.BUY,
        lead_days: int = 0,
        fence_days: int = 0,
        safety_stock: Quantity = 0,
        min_lot: Quantity = 0,
        multiple: Quantity = 0,
        max_lot: Quantity = 0,
        unit_cost: Decimal | int | str = 0,
    ) -> int:
        """Add an item; `unit_cost` is money per stock unit."""
        micros = (_micro(value) for value in (safety_stock, min_lot, multiple, max_lot, unit_cost))
        return _append(self._items, (code, int(kind), lead_days, fence_days, *micros))

    def add_bom_line(
        self,
        parent: int,
        component: int,
        *,
        quantity: Quantity,
        scrap_percent: Quantity = 0,
        valid_from: Day = -NEVER,
        valid_to: Day = None,
    ) -> int:
        """Add `quantity` of a component per unit of the parent."""
        scrap = _micro(Decimal(scrap_percent) / 100)
        return _append(
            self._bom, (parent, component, _micro(quantity), scrap, self.day(valid_from), self.day(valid_to))
        )

    def add_substitute(
        self,
        component: int,
        substitute: int,
        *,
        parent: int = -1,
        ratio: Fraction | Decimal | int | str = 1,
        priority: int = 1,
        valid_from: Day = -NEVER,
        valid_to: Day = None,
    ) -> int:
        """Approve `ratio` units of a substitute in place of one unit of the component (only in `parent`, if given)."""
        exact = Fraction(ratio)
        days = self.day(valid_from), self.day(valid_to)
        return _append(
            self._substitutes, (component, substitute, parent, exact.numerator, exact.denominator, priority, *days)
        )

    def add_supply(
        self,
        item: int,
        *,
        quantity: Quantity,
        kind: SupplyKind = SupplyKind.STOCK,
        day: Day = 0,
        warehouse: str = "",
        code: str = "",
        trusted: bool = True,
        reference: int = 0,
    ) -> int:
        """Add a dated quantity of an item in a warehouse; `day` None: nobody has said when."""
        place = self.add_warehouse(warehouse)
        row = (code, int(kind), item, place, self.day(day), _micro(quantity), trusted, reference)
        return _append(self._supplies, row)

    def add_work_order(
        self,
        code: str,
        *,
        product: int,
        quantity: Quantity,
        need: Day,
        due: Day,
        rank: int = NO_PRIORITY,
        warehouse: str = "",
        duration_days: int | None = None,
        output: bool = True,
        reference: int = 0,
    ) -> int:
        """Add a work order for what remains to be made and, unless `output` is false, the supply it turns out when due.

        `duration_days` from complete kit to output; None: from `need` to `due`.
        """
        need_day, due_day = self.day(need), self.day(due)
        lasts = max(due_day - need_day, 0) if duration_days is None else duration_days
        made = -1
        if output and _micro(quantity) > 0:
            made = self.add_supply(
                product,
                quantity=quantity,
                kind=SupplyKind.WORK_ORDER,
                day=due_day,
                warehouse=warehouse,
                code=code,
                reference=reference,
            )
        place = self.add_warehouse(warehouse)
        amount = _micro(quantity)
        kind = int(OrderKind.WORK_ORDER)
        row = (code, kind, product, amount, place, need_day, due_day, rank, lasts, made, reference)
        return _append(self._orders, row)

    def add_demand(
        self,
        code: str,
        *,
        product: int,
        quantity: Quantity,
        due: Day,
        rank: int = NO_PRIORITY,
        warehouse: str = "",
        reference: int = 0,
    ) -> int:
        """Add what a customer is owed, with its one line."""
        place, day, amount = self.add_warehouse(warehouse), self.day(due), _micro(quantity)
        row = (code, int(OrderKind.DEMAND), product, amount, place, day, day, rank, 0, -1, reference)
        order = _append(self._orders, row)
        self._lines.append((order, product, amount, -1, reference))
        return order

    def output_of(self, order: int) -> int | None:
        """Return the supply row that a work order turns out; None where it turns out nothing."""
        made = int(self._orders[order][9])
        return made if made >= 0 else None

    def line_of(self, demand: int) -> int:
        """Return the one line of a demand."""
        return next(row for row in range(len(self._lines) - 1, -1, -1) if self._lines[row][0] == demand)

    def add_line(
        self, order: int, item: int, *, quantity: Quantity, parent: int | None = None, reference: int = 0
    ) -> int:
        """Add what an order still needs of an item; `parent` None: the order's product."""
        asks = self._orders[order][2] if parent is None else parent
        return _append(self._lines, (order, item, _micro(quantity), asks, reference))

    def add_reservation(self, line: int, supply: int, *, quantity: Quantity) -> int:
        """Claim a quantity of a supply (in its item's unit) for a line, ahead of every rank."""
        self._reservations.append((line, supply, _micro(quantity)))
        return len(self._reservations) - 1

    def add_lane(self, source: str, target: str, *, days: int, item: int = -1) -> None:
        """State the transit days from one warehouse to another, for one item or (-1) for all."""
        self._lanes.append((self.add_warehouse(source), self.add_warehouse(target), days, item))

    def add_source(
        self,
        item: int,
        supplier: str,
        *,
        lead_days: int,
        min_quantity: Quantity = 0,
        multiple: Quantity = 0,
        max_quantity: Quantity = 0,
        price: Decimal | int | str = 0,
        priority: int = 1,
    ) -> int:
        """Add a supplier of an item, with lead time and price per stock unit."""
        micros = (_micro(value) for value in (min_quantity, multiple, max_quantity, price))
        return _append(self._sources, (item, supplier, lead_days, *micros, priority))

    def build(self) -> Plant:
        """Return the proven, frozen plant. Raises PlantRefused listing every fault."""
        self.add_warehouse("")
        transit, table_of = lane_tables(list(self._warehouses), self._lanes, len(self._items))
        code, *rest = _columns(self._items, 9)
        items = Items(tuple(code), *[*_arrays(rest, "biiqqqqq"), table_of])
        plant = Plant(
            self.as_of,
            tuple(self._warehouses),
            items,
            self._bom_table(),
            self._substitute_table(),
            self._supply_table(),
            self._order_table(),
            self._line_table(),
            Reservations(*self._typed(self._reservations, "iiq")),
            Lanes(transit),
            self._source_table(),
        )
        return checked(plant)

    def _bom_table(self) -> BomLines:
        return BomLines(*self._typed(self._bom, "iiqqii"))

    def _substitute_table(self) -> Substitutes:
        return Substitutes(*self._typed(self._substitutes, "iiiqqiii"))

    def _supply_table(self) -> Supplies:
        code, *rest = _columns(self._supplies, 8)
        return Supplies(tuple(code), *_arrays(rest, "biiiq?q"))

    def _order_table(self) -> Orders:
        code, *rest = _columns(self._orders, 11)
        return Orders(tuple(code), *_arrays(rest, "biqiiiqiiq"))

    def _line_table(self) -> Lines:
        return Lines(*self._typed(self._lines, "iiqiq"))

    def _source_table(self) -> Sources:
        item, supplier, *rest = _columns(self._sources, 8)
        return Sources(np.array(item, np.int32), tuple(supplier), *_arrays(rest, "iqqqqi"))

    @staticmethod
    def _typed(rows: Sequence[tuple[Any, ...]], kinds: str) -> list[Any]:
        return _arrays(_columns(rows, len(kinds)), kinds)


def lane_tables(warehouses: Sequence[str], lanes: Sequence[tuple[int, int, int, int]], items: int) -> tuple[Any, Any]:
    """Return (days[table, from, to], table of each item) for lanes (from, to, days, item or -1).

    Table 0 is the ordinary one; an item with lanes of its own gets a copy of it with those written over.
    The warehouse "" is anywhere: 0 days from and to each.
    """
    count = len(warehouses)
    ordinary = np.full((count, count), NEVER, np.int32)
    np.fill_diagonal(ordinary, 0)
    for place, code in enumerate(warehouses):
        if code == "":
            ordinary[place, :] = ordinary[:, place] = 0
    special: dict[int, list[tuple[int, int, int]]] = {}
    for source, target, days, item in lanes:
        if item < 0:
            ordinary[source, target] = days
        else:
            special.setdefault(item, []).append((source, target, days))
    tables, table_of = [ordinary], np.zeros(items, np.int32)
    for item, own in special.items():
        table = ordinary.copy()
        for source, target, days in own:
            table[source, target] = days
        table_of[item] = len(tables)
        tables.append(table)
    return np.stack(tables), table_of


def _append(rows: list[tuple[Any, ...]], row: tuple[Any, ...]) -> int:
    rows.append(row)
    return len(rows) - 1


def _micro(value: Decimal | int | str) -> int:
    return value * MICRO if isinstance(value, int) else to_micro(Decimal(value))


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


_DTYPES = {"b": np.int8, "i": np.int32, "q": np.int64, "?": np.bool_}


def _arrays(columns: Sequence[Sequence[Any]], kinds: str) -> list[Any]:
    return [np.array(column, _DTYPES[kind]) for column, kind in zip(columns, kinds, strict=True)]

"""Reads a plant folder of CSV files into a Plant: all of it, or a list of everything that is wrong with it.

The columns of each file, and what is assumed where one is absent, are in docs/reference/plant-folder.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from qitao.engine.csv_sheet import Findings, Sheet, read_sheet
from qitao.engine.explosion import Need, cycles, explode, joined
from qitao.engine.folder_format import COLUMNS, KINDS, PLACES, STATUSES
from qitao.engine.plant import (
    NEVER,
    NO_PRIORITY,
    BomLines,
    Fault,
    Flags,
    Int32,
    Int64,
    ItemKind,
    Items,
    Lanes,
    Lines,
    OrderKind,
    Orders,
    Plant,
    PlantRefused,
    Reservations,
    Sources,
    Substitutes,
    Supplies,
    SupplyKind,
)
from qitao.engine.plant_builder import lane_tables
from qitao.engine.plant_checks import checked
from qitao.kernel.quantity import MICRO
from qitao.kernel.words import gettext_noop

TOMORROW = 1
"""The first day that can count on a purchase: what is promised for today, or overdue, is not there yet."""

T = TypeVar("T", Supplies, Orders)
V = TypeVar("V", np.int32, np.bool_)


@dataclass(frozen=True)
class PlantFolder:
    """What a folder held: the plant, what in it is odd, and how many rows each file had."""

    plant: Plant
    problems: tuple[Fault, ...]
    rows: Mapping[str, int]


def read_plant(folder: Path, *, as_of: dt.date | None = None) -> PlantFolder:
    """Read a plant folder as of a day (today). Raises PlantRefused listing every fault; nothing is half-read."""
    return _Reader(folder, as_of or dt.datetime.now().astimezone().date()).read()


class _Reader:
    """Reads the sheets one after another; each method turns one file into its table."""

    def __init__(self, folder: Path, as_of: dt.date) -> None:
        self.as_of, self.findings = as_of, Findings()
        if not (folder / "items.csv").exists():
            what, remedy = gettext_noop("The file is missing."), gettext_noop("A plant folder starts with its items.")
            self.findings.faults.append(Fault("items.csv", 0, "", what, remedy))
        self.sheets = {
            name: read_sheet(folder, name, required=must, known=may, findings=self.findings, as_of=as_of)
            for name, (must, may) in COLUMNS.items()
        }
        self.items_code = self.sheets["items.csv"].text("item").to_list()
        self.warehouses = self._warehouses()

    def read(self) -> PlantFolder:
        """Read everything, or refuse with everything that is wrong."""
        items = self.items = self._items()
        bom = self._bom()
        substitutes, sources, lanes = self._substitutes(), self._sources(), self._lanes()
        stock, orders = self._stock(), self._work_orders()
        given = self._requirements()
        made = self._outputs(orders)
        supplies = _stacked([stock, made, self._purchase_orders(), self._transfers()])
        demands = self._demands()
        self._workcenters()
        if self.findings.faults:
            raise PlantRefused(self.findings.faults)
        lines = self._lines(items, bom, orders, demands, given)
        orders = replace(orders, output=self._output_rows(orders, len(stock.code)))
        plant = Plant(
            as_of=self.as_of,
            warehouses=tuple(self.warehouses),
            items=replace(items, lane_table=lanes[1]),
            bom=bom,
            substitutes=substitutes,
            supplies=supplies,
            orders=_stacked([orders, demands]),
            lines=lines,
            reservations=Reservations(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64)),
            lanes=lanes[0],
            sources=sources,
        )
        rows = {name: len(sheet) for name, sheet in self.sheets.items() if len(sheet)}
        return PlantFolder(checked(plant), tuple(self.findings.problems), rows)

    def _warehouses(self) -> list[str]:
        codes: set[str] = set()
        for name, column in PLACES:
            codes.update(self.sheets[name].text(column).unique().to_list())
        return [*sorted(codes - {""}), ""]

    def _place(self, sheet: Sheet, column: str = "warehouse") -> Int32:
        anywhere = len(self.warehouses) - 1
        rows = sheet.pointer(column, self.warehouses[:-1], column, required=False)
        return np.where(rows < 0, anywhere, rows).astype(np.int32)

    def _item(self, sheet: Sheet, column: str = "item", *, required: bool = True) -> Int32:
        return sheet.pointer(column, self.items_code, "items.csv", required=required)

    @staticmethod
    def _of_item(values: npt.NDArray[V], item: Int32) -> npt.NDArray[V]:
        """Return each row's value by its item; 0 where the item is not known."""
        return np.append(values, np.zeros(1, values.dtype))[item]

    def _items(self) -> Items:
        sheet = self.sheets["items.csv"]
        sheet.text("item", required=True)
        sheet.unique("item")
        kind = sheet.one_of("kind", KINDS, default=None)
        no_lead = (sheet.text("lead_days") == "").to_numpy() & (kind != ItemKind.PHANTOM) & sheet.has("lead_days")
        what, remedy = gettext_noop("No lead time: taken as 0 days."), gettext_noop("Fill in lead_days.")
        sheet.problem(no_lead, "lead_days", what, remedy)
        if len(self.sheets["workcenters.csv"]):
            codes = self.sheets["workcenters.csv"].text("workcenter").to_list()
            sheet.pointer("workcenter", codes, "workcenters.csv", required=False)
        for column in ("hours_per_unit", "yield"):
            _rate(sheet, column)
        return Items(
            code=tuple(self.items_code),
            kind=kind.astype(np.int8),
            lead_days=sheet.days("lead_days"),
            fence_days=sheet.days("fence_days"),
            safety_stock=sheet.quantity("safety_stock"),
            min_lot=sheet.quantity("min_lot"),
            multiple=sheet.quantity("multiple"),
            max_lot=sheet.quantity("max_lot"),
            unit_cost=sheet.quantity("unit_cost"),
            lane_table=np.zeros(len(sheet), np.int32),
        )

    def _bom(self) -> BomLines:
        sheet = self.sheets["bom.csv"]
        scrap = sheet.quantity("scrap_percent")
        bom = BomLines(
            parent=self._item(sheet, "parent"),
            component=self._item(sheet, "component"),
            quantity=sheet.quantity("quantity", default=None),
            scrap=-(-scrap // 100),
            valid_from=_from(sheet),
            valid_to=sheet.date("valid_to"),
        )
        what = gettext_noop("The quantity is 0: the component is not asked for.")
        sheet.problem(bom.quantity == 0, "quantity", what, gettext_noop("Remove the row, or state a quantity."))
        bought = self._of_item(self.items.kind == ItemKind.BUY, bom.parent)
        what, remedy = gettext_noop("“{value}” is bought, yet has components."), gettext_noop("Make it, or drop them.")
        sheet.problem(bought, "parent", what, remedy)
        self._name_cycles(sheet, bom)
        return bom

    def _name_cycles(self, sheet: Sheet, bom: BomLines) -> None:
        rows = np.flatnonzero((bom.parent >= 0) & (bom.component >= 0))
        for cycle in cycles(bom.parent[rows], bom.component[rows], len(self.items_code)):
            parts = [self.items_code[bom.parent[rows[at]]] for at in cycle]
            what = gettext_noop("Cycle: {parts}.")
            remedy = gettext_noop("Remove one of these components.")
            values = {"parts": " → ".join([*parts, parts[0]])}
            last = int(sheet.row[rows[cycle[-1]]])
            self.findings.faults.append(Fault(sheet.name, last, "component", what, remedy, values))

    def _substitutes(self) -> Substitutes:
        sheet = self.sheets["substitutes.csv"]
        component, substitute = self._item(sheet, "component"), self._item(sheet, "substitute")
        ratio = sheet.quantity("ratio", default=1)
        remedy = gettext_noop("State how many units stand in for one.")
        sheet.fault(ratio == 0, "ratio", gettext_noop("The ratio is 0."), remedy)
        same = (component == substitute) & (component >= 0)
        what = gettext_noop("“{value}” stands in for itself.")
        sheet.fault(same, "substitute", what, gettext_noop("Name another item."))
        common = np.gcd(ratio, MICRO)
        return Substitutes(
            component=component,
            substitute=substitute,
            parent=self._item(sheet, "parent", required=False),
            numerator=ratio // np.maximum(common, 1),
            denominator=MICRO // np.maximum(common, 1),
            priority=_priority(sheet, 1).astype(np.int32),
            valid_from=_from(sheet),
            valid_to=sheet.date("valid_to"),
        )

    def _stock(self) -> Supplies:
        sheet = self.sheets["stock.csv"]
        status = sheet.text("status").str.to_lowercase()
        good = ((status == "") | (status == "ok")).to_numpy()
        expired = sheet.date("expires_on") < 0
        what, remedy = gettext_noop("Expired: not counted."), gettext_noop("Check the lot, or its date.")
        sheet.problem(expired & good, "expires_on", what, remedy)
        quantity = sheet.quantity("quantity", default=None)
        lot, place = sheet.text("lot"), self._place(sheet)
        return self._supplies(
            SupplyKind.STOCK,
            code=lot.zip_with(lot != "", sheet.text("warehouse")).to_list(),
            item=self._item(sheet),
            place=place,
            day=np.zeros(len(sheet), np.int32),
            quantity=quantity,
            keep=good & ~expired & (quantity > 0),
            row=sheet.row,
        )

    def _purchase_orders(self) -> Supplies:
        sheet = self.sheets["purchase_orders.csv"]
        ordered, received = sheet.quantity("quantity", default=None), sheet.quantity("received")
        day = sheet.date("promised_date")
        sheet.text("order", required=True)
        still = np.maximum(ordered - received, 0)
        what, remedy = gettext_noop("More was received than ordered."), gettext_noop("Check the quantities.")
        sheet.problem(received > ordered, "received", what, remedy)
        what = gettext_noop("The promised date {value} has passed: counted as tomorrow.")
        sheet.problem((day < 0) & (still > 0), "promised_date", what, gettext_noop("Ask the supplier for a new date."))
        what = gettext_noop("No promised date: it covers nothing until there is one.")
        sheet.problem((day >= NEVER) & (still > 0), "promised_date", what, gettext_noop("Ask the supplier for a date."))
        line = sheet.text("line")
        code = sheet.text("order")
        return self._supplies(
            SupplyKind.PURCHASE_ORDER,
            code=code.zip_with(line == "", code + "/" + line).to_list(),
            item=self._item(sheet),
            place=self._place(sheet),
            day=np.maximum(day, TOMORROW),
            quantity=still,
            keep=still > 0,
            row=sheet.row,
        )

    def _transfers(self) -> Supplies:
        """Transfers not yet there: on their way, in no row of stock.csv any more."""
        sheet = self.sheets["transfers.csv"]
        quantity, day = sheet.quantity("quantity", default=None), sheet.date("due_date", required=True)
        self._place(sheet, "from_warehouse")
        what = gettext_noop("It was due on {value} and is not there: counted as due today.")
        sheet.problem((day < 0) & (quantity > 0), "due_date", what, gettext_noop("Find it, or receive it."))
        return self._supplies(
            SupplyKind.TRANSFER,
            code=sheet.text("order", required=True).to_list(),
            item=self._item(sheet),
            place=self._place(sheet, "to_warehouse"),
            day=np.maximum(day, 0),
            quantity=quantity,
            keep=quantity > 0,
            row=sheet.row,
        )

    def _supplies(
        self,
        kind: SupplyKind,
        *,
        code: list[str],
        item: Int32,
        place: Int32,
        day: Int32,
        quantity: Int64,
        keep: Flags,
        row: Int64,
    ) -> Supplies:
        """Return one file's supplies, those to `keep`; `reference` is the row in the file."""
        kept = np.flatnonzero(keep)
        return Supplies(
            code=tuple(code[at] for at in kept.tolist()),
            kind=np.full(kept.size, kind, np.int8),
            item=item[kept],
            warehouse=place[kept],
            day=day[kept],
            quantity=quantity[kept],
            trusted=np.ones(kept.size, np.bool_),
            reference=row[kept],
        )

    def _work_orders(self) -> Orders:
        sheet = self.sheets["work_orders.csv"]
        sheet.text("order", required=True)
        sheet.unique("order")
        item, due = self._item(sheet), sheet.date("due_date", required=True)
        ordered = sheet.quantity("quantity", default=None)
        done = sheet.quantity("quantity_done") + sheet.quantity("quantity_scrapped")
        nought = sheet.text("quantity").cast(pl.Float64, strict=False).eq(0).fill_null(value=False).to_numpy()
        what, remedy = gettext_noop("The quantity is 0."), gettext_noop("Remove the row, or state a quantity.")
        sheet.fault(nought, "quantity", what, remedy)
        what, remedy = gettext_noop("Nothing is left to make."), gettext_noop("Close the work order.")
        sheet.problem(done >= ordered, "quantity_done", what, remedy)
        start = sheet.date("start_date")
        start = np.where(start >= NEVER, due - self._of_item(self.items.lead_days, item), start).astype(np.int32)
        what, remedy = gettext_noop("It starts after it is due."), gettext_noop("Correct one of the dates.")
        sheet.problem((start > due) & (due < NEVER), "start_date", what, remedy)
        started = sheet.one_of("status", STATUSES, default="firm") == STATUSES["started"]
        # A started order has already spent the days before today.
        begins = np.where(started, np.maximum(start, 0), start)
        return self._orders(
            sheet,
            OrderKind.WORK_ORDER,
            product=item,
            quantity=np.maximum(ordered - done, 0),
            need=start,
            due=due,
            duration=np.clip(due - begins, 0, NEVER).astype(np.int32),
        )

    def _demands(self) -> Orders:
        sheet = self.sheets["demands.csv"]
        sheet.text("demand", required=True)
        sheet.unique("demand")
        day, no_day = sheet.day_number("due_day")
        due = sheet.date("due_date")
        dated = (sheet.text("due_date") != "").to_numpy()
        remedy = gettext_noop("Fill in due_date, or due_day (days after the day of the plan).")
        sheet.fault(~dated & no_day, "due_date", gettext_noop("No due date."), remedy)
        due = np.where(dated, due, day).astype(np.int32)
        item, quantity = self._item(sheet), sheet.quantity("quantity", default=None)
        sheet.problem(quantity == 0, "quantity", gettext_noop("The quantity is 0."), gettext_noop("Close the demand."))
        phantom = self._of_item(self.items.kind == ItemKind.PHANTOM, item)
        what = gettext_noop("“{value}” is a phantom: it is never stocked, nobody can be owed it.")
        sheet.fault(phantom, "item", what, gettext_noop("Name an item that is made or bought."))
        no_time = np.zeros(len(sheet), np.int32)
        return self._orders(
            sheet, OrderKind.DEMAND, product=item, quantity=quantity, need=due, due=due, duration=no_time
        )

    def _orders(
        self,
        sheet: Sheet,
        kind: OrderKind,
        *,
        product: Int32,
        quantity: Int64,
        need: Int32,
        due: Int32,
        duration: Int32,
    ) -> Orders:
        return Orders(
            code=tuple(sheet.text("order" if kind is OrderKind.WORK_ORDER else "demand").to_list()),
            kind=np.full(len(sheet), kind, np.int8),
            product=product,
            quantity=quantity,
            warehouse=self._place(sheet),
            need_day=need,
            due_day=due,
            rank=_priority(sheet, NO_PRIORITY),
            duration_days=duration,
            output=np.full(len(sheet), -1, np.int32),
            reference=sheet.row,
        )

    def _outputs(self, orders: Orders) -> Supplies:
        """What the work orders turn out when due; one with nothing left turns out nothing."""
        return self._supplies(
            SupplyKind.WORK_ORDER,
            code=list(orders.code),
            item=orders.product,
            place=orders.warehouse,
            day=orders.due_day,
            quantity=orders.quantity,
            keep=orders.quantity > 0,
            row=orders.reference,
        )

    @staticmethod
    def _output_rows(orders: Orders, first: int) -> Int32:
        makes = orders.quantity > 0
        return np.where(makes, first + np.cumsum(makes) - 1, -1).astype(np.int32)

    def _requirements(self) -> Need:
        sheet = self.sheets["requirements.csv"]
        codes = self.sheets["work_orders.csv"].text("order").to_list()
        order = sheet.pointer("order", codes, "work_orders.csv")
        needed, issued = sheet.quantity("quantity", default=None), sheet.quantity("issued")
        what, remedy = gettext_noop("More was issued than required."), gettext_noop("Check the quantities.")
        sheet.problem(issued > needed, "issued", what, remedy)
        item = self._item(sheet, "component")
        return Need(order, item, np.maximum(needed - issued, 0), np.full(len(sheet), -1, np.int32))

    def _lines(self, items: Items, bom: BomLines, orders: Orders, demands: Orders, given: Need) -> Lines:
        """The requirements: as listed for an order, else its BOM for what is left to make; one line a demand."""
        phantom = items.kind == ItemKind.PHANTOM
        given = given._replace(parent=orders.product[given.order])
        listed = np.zeros(len(orders.code), np.bool_)
        listed[given.order] = True
        by_bom = np.flatnonzero(~listed & (orders.quantity > 0)).astype(np.int32)
        none = np.full(by_bom.size, -1, np.int32)
        need = Need(by_bom, orders.product[by_bom], orders.quantity[by_bom], none)
        on = np.maximum(orders.need_day, 0).astype(np.int32)
        through = phantom[given.item]
        exploded = explode(bom, phantom=phantom, need=joined([need, given.where(through)]), day=on)
        asked = np.arange(len(orders.code), len(orders.code) + len(demands.code), dtype=np.int32)
        wanted = Need(asked, demands.product, demands.quantity, np.full(asked.size, -1, np.int32))
        lines = joined([given.where(~through), exploded, wanted])
        self._without_components(orders, exploded, by_bom)
        return Lines(lines.order, lines.item, lines.quantity, lines.parent, np.full(lines.item.size, -1, np.int64))

    def _without_components(self, orders: Orders, exploded: Need, by_bom: Int32) -> None:
        sheet = self.sheets["work_orders.csv"]
        empty = np.zeros(len(orders.code), np.bool_)
        empty[by_bom] = True
        empty[exploded.order] = False
        what = gettext_noop("Nothing says what it is made of: it counts as complete.")
        sheet.problem(empty, "item", what, gettext_noop("Add its components to bom.csv or requirements.csv."))

    def _sources(self) -> Sources:
        sheet = self.sheets["purchase.csv"]
        return Sources(
            item=self._item(sheet),
            supplier=tuple(sheet.text("supplier", required=True).to_list()),
            lead_days=sheet.days("lead_days"),
            min_quantity=sheet.quantity("min_qty"),
            multiple=sheet.quantity("multiple"),
            max_quantity=sheet.quantity("max_qty"),
            price=sheet.quantity("price"),
            priority=_priority(sheet, 1).astype(np.int32),
        )

    def _lanes(self) -> tuple[Lanes, Int32]:
        sheet = self.sheets["lanes.csv"]
        source, target = self._place(sheet, "from_warehouse"), self._place(sheet, "to_warehouse")
        item, days = self._item(sheet, required=False), sheet.days("days")
        sheet.quantity("cost")
        home = (source == target) & (days > 0)
        what, remedy = gettext_noop("A lane from a warehouse to itself."), gettext_noop("Remove it.")
        sheet.fault(home, "to_warehouse", what, remedy)
        lanes = list(zip(source.tolist(), target.tolist(), days.tolist(), item.tolist(), strict=True))
        tables, table_of = lane_tables(self.warehouses, lanes, len(self.items_code))
        if len(self.warehouses) > 2 and not lanes:
            what = gettext_noop("Several warehouses and no lanes: nothing moves between them.")
            remedy = gettext_noop("State transit days in lanes.csv.")
            self.findings.problems.append(Fault("lanes.csv", 0, "", what, remedy))
        return Lanes(tables), table_of

    def _workcenters(self) -> None:
        """Prove the files that only capacity planning uses, so that a folder is wholly right or refused."""
        sheet, calendar = self.sheets["workcenters.csv"], self.sheets["calendar.csv"]
        sheet.text("workcenter", required=True)
        sheet.unique("workcenter")
        for column in ("machines", "hours_per_day"):
            sheet.quantity(column)
        sheet.pointer("calendar", calendar.text("calendar").unique().to_list(), "calendar.csv", required=False)
        calendar.text("calendar", required=True)
        calendar.date("date", required=True)
        calendar.quantity("hours")


def _from(sheet: Sheet) -> Int32:
    day = sheet.date("valid_from")
    return np.where(day >= NEVER, -NEVER, day).astype(np.int32)


def _priority(sheet: Sheet, default: int) -> Int64:
    micro = sheet.quantity("priority", default=default)
    what, remedy = gettext_noop("“{value}” is no priority."), gettext_noop("Write a whole number; 1 goes first.")
    sheet.fault(micro % MICRO != 0, "priority", what, remedy)
    return micro // MICRO


def _rate(sheet: Sheet, column: str) -> None:
    """Prove a column of plain numbers that this version plans nothing with."""
    if sheet.has(column):
        values = sheet.frame[column]
        number = values.cast(pl.Float64, strict=False)
        bad = (number.is_null() | (number < 0)).fill_null(True) & values.is_not_null()
        remedy = gettext_noop("Write a number of 0 or more.")
        sheet.fault(bad.to_numpy(), column, gettext_noop("“{value}” is no such number."), remedy)


def _stacked(parts: list[T]) -> T:
    """Return one table with the rows of all parts."""
    columns: dict[str, Any] = {}
    for name in parts[0].__dataclass_fields__:
        values = [getattr(part, name) for part in parts]
        columns[name] = sum(values, ()) if isinstance(values[0], tuple) else np.concatenate(values)
    return type(parts[0])(**columns)

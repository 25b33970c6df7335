"""The plant folder: Qitao's own CSV format, read whole or not at all.

Which files and columns there are is stated once, in `qitao.engine.folder_format`; the engine reads by it too, and
the exporter writes by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from qitao.engine.folder_format import COLUMNS as FILES
from qitao.exchange.dataset import (
    ONE,
    ROWS,
    ZERO,
    Bom,
    BomLine,
    CalendarDay,
    Customer,
    Dataset,
    Item,
    Lane,
    PurchaseLine,
    PurchaseOrder,
    Requirement,
    Row,
    SalesLine,
    SalesOrder,
    Site,
    Source,
    Stock,
    Substitute,
    Supplier,
    Transfer,
    Unit,
    Warehouse,
    Where,
    WorkCenter,
    WorkOrder,
    names_of,
)
from qitao.exchange.readers.common import decimals_by_unit
from qitao.exchange.reading import Record, Table, empty_table, parse_decimal, read_table
from qitao.exchange.report import ImportReport, say
from qitao.kernel.quantity import half_up
from qitao.kernel.words import gettext_noop

SITE = "MAIN"
WAREHOUSE = "MAIN"
UNIT = "pcs"
UNNAMED = "UNNAMED"  # the supplier or customer of a row that names none
HUNDRED = Decimal(100)
NO_DAY = date(1900, 1, 1)  # stands in for a date that is missing; the fault is reported

ALIASES = MappingProxyType({"qty": "quantity"})
KINDS = MappingProxyType({"make": "make", "buy": "buy", "phantom": "phantom"})
STATUSES = MappingProxyType({"ok": "ok", "quarantine": "quarantine", "rejected": "rejected", "damaged": "damaged"})
ORDER_STATUSES = MappingProxyType({"firm": "firm", "released": "released", "started": "started"})

# (kind of row, field of the dataset) → column, where the names differ
COLUMNS = MappingProxyType(
    {
        ("items", "code"): "item",
        ("items", "work_center"): "workcenter",
        ("items", "yield_percent"): "yield",
        ("work_centers", "code"): "workcenter",
        ("work_centers", "site"): "calendar",
        ("calendar_days", "site"): "calendar",
        ("calendar_days", "on"): "date",
        ("work_orders", "code"): "order",
        ("work_orders", "due_on"): "due_date",
        ("work_orders", "start_on"): "start_date",
        ("work_orders", "rank"): "priority",
        ("purchase_orders", "code"): "order",
        ("purchase_lines", "promised_on"): "promised_date",
        ("sales_orders", "code"): "demand",
        ("sales_lines", "order"): "demand",
        ("sales_lines", "due_on"): "due_date",
        ("transfers", "code"): "order",
        ("transfers", "due_on"): "due_date",
        ("sources", "min_quantity"): "min_qty",
        ("sources", "max_quantity"): "max_qty",
    }
)

# kind of row → the file it is read from; rows of any other kind are made of codes that these name
FILE_OF = MappingProxyType(
    {
        "items": "items.csv",
        "bom_lines": "bom.csv",
        "substitutes": "substitutes.csv",
        "stock": "stock.csv",
        "sales_orders": "demands.csv",
        "sales_lines": "demands.csv",
        "work_orders": "work_orders.csv",
        "requirements": "requirements.csv",
        "purchase_orders": "purchase_orders.csv",
        "purchase_lines": "purchase_orders.csv",
        "transfers": "transfers.csv",
        "sources": "purchase.csv",
        "lanes": "lanes.csv",
        "work_centers": "workcenters.csv",
        "calendar_days": "calendar.csv",
    }
)
# kind of row → fields that the reader makes itself; a kind without a file has its code at least
MADE = MappingProxyType(
    {
        "sales_lines": ("line",),
        "purchase_lines": ("line",),
        "requirements": ("position",),
        "locations": ("code", "warehouse"),
        "boms": ("parent",),
    }
)


def fits(folder: Path) -> bool:
    """Tell whether `folder` looks like a plant folder."""
    return (folder / "items.csv").is_file()


def read(folder: Path, *, as_of: date | None = None) -> tuple[Dataset, ImportReport]:
    """Read a plant folder. `as_of` is day 0 of `due_day`."""
    report = ImportReport(source="plant folder")
    reader = _Reader(folder, Dataset(name=folder.name, as_of=as_of), report)
    reader.read_all()
    return reader.dataset, report


class _Reader:
    """The dataset and report in the making."""

    def __init__(self, folder: Path, dataset: Dataset, report: ImportReport) -> None:
        self.folder = folder
        self.dataset = dataset
        self.report = report
        self.columns: dict[str, frozenset[str]] = {}  # file → those of its columns that are read

    def read_all(self) -> None:
        """Read the files in an order in which what is referred to comes first."""
        self._say_what_is_not_read()
        self._work_centers()
        self._calendar()
        for record in self._table("items.csv"):
            self.dataset.items.append(_item(record))
        for record in self._asking("bom.csv"):
            self.dataset.bom_lines.append(_bom_line(record))
        for record in self._table("substitutes.csv"):
            self.dataset.substitutes.append(_substitute(record))
        for record in self._table("stock.csv"):
            self.dataset.stock.append(_stock(record))
        for record in self._table("lanes.csv"):
            if record.text("from_warehouse") != record.text("to_warehouse") or record.integer("days", 0):
                self.dataset.lanes.append(_lane(record))
            else:
                self.report.skip(record.where, say(gettext_noop("A warehouse needs no lane to itself.")))
        self._demands()
        for record in self._table("work_orders.csv"):
            self.dataset.work_orders.append(_work_order(record))
        self._requirements()
        self._purchase_orders()
        for record in self._asking("transfers.csv"):
            self.dataset.transfers.append(_transfer(record))
        for record in self._table("purchase.csv"):
            self.dataset.sources.append(_source(record))
        self._complete()
        self.dataset.unsaid = {kind: tuple(sorted(self._unsaid(kind))) for kind in ROWS}

    def _unsaid(self, kind: str) -> Iterator[str]:
        """Return the fields that no column of the folder speaks of."""
        columns = self.columns.get(FILE_OF.get(kind, ""), frozenset())
        for name in names_of(kind):
            column = COLUMNS.get((kind, name), name)
            if column == "due_date" and "due_day" in columns:
                continue
            if column not in columns and name not in MADE.get(kind, () if kind in FILE_OF else ("code",)):
                yield name

    def _table(self, file: str) -> Table:
        path = self.folder / file
        required, optional = FILES[file]
        if not path.is_file():
            if file == "items.csv":
                self.report.error(
                    Where(file, 0),
                    say(gettext_noop("The file is missing.")),
                    remedy=say(gettext_noop("A plant folder needs at least items.csv.")),
                )
            return empty_table(file, self.report)
        table = read_table(path, self.report, names=ALIASES)
        if not table.titles or not table.require(*required):
            return empty_table(file, self.report)
        self.columns[file] = frozenset(table.positions) & {*required, *optional}
        for title in table.titles:
            if title and ALIASES.get(title, title) not in (*required, *optional):
                why = say(gettext_noop("The column “{column}” is not used."), column=title)
                self.report.skip(Where(file, 1), why, what=title)
        return table

    def _asking(self, file: str, table: Table | None = None) -> Iterator[Record]:
        """Return the rows of a file, less those whose quantity is 0, which are told."""
        for record in self._table(file) if table is None else table:
            if parse_decimal(record.text("quantity")) == 0:
                self.report.skip(record.where, say(gettext_noop("Its quantity is 0: it asks for nothing.")))
            else:
                yield record

    def _say_what_is_not_read(self) -> None:
        for path in sorted(self.folder.iterdir()):
            if path.is_file() and path.name not in FILES:
                why = say(gettext_noop("A plant folder has no file of this name; it was not read."))
                self.report.skip(Where(path.name, 0), why)

    def _work_centers(self) -> None:
        """Read the work centres; a calendar is that of a site, so work centres of one calendar share a site."""
        for record in self._table("workcenters.csv"):
            code = record.code("workcenter", required=True)
            self.dataset.work_centers.append(
                WorkCenter(
                    where=record.where,
                    code=code,
                    name=code,
                    site=record.code("calendar", SITE, required=False),
                    machines=record.integer("machines", 1, required=True, least=1),
                    hours_per_day=record.decimal("hours_per_day", Decimal(16), required=True, least=ZERO),
                )
            )

    def _calendar(self) -> None:
        for record in self._table("calendar.csv"):
            on = record.date("date", required=True)
            calendar = record.code("calendar", required=True)
            hours = record.decimal("hours", ZERO, required=True, least=ZERO)
            if on is not None:
                self.dataset.calendar_days.append(CalendarDay(where=record.where, site=calendar, on=on, hours=hours))

    def _demands(self) -> None:
        table = self._table("demands.csv")
        if table.titles and not (table.has("due_date") or table.has("due_day")):
            table.require("due_date")
        for record in self._asking("demands.csv", table):
            code = record.code("demand", required=True)
            if record.text("max_late_days"):
                why = say(gettext_noop("A limit on lateness is not kept."))
                self.report.change(
                    record.where, "max_late_days", before=record.text("max_late_days"), after="", why=why
                )
            customer = record.code("customer", UNNAMED, required=False)
            self.dataset.sales_orders.append(SalesOrder(where=record.where, code=code, customer=customer))
            self.dataset.sales_lines.append(
                SalesLine(
                    where=record.where,
                    order=code,
                    line="1",
                    item=record.code("item", required=True),
                    quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
                    due_on=self._due(record),
                    priority=record.integer("priority"),
                    warehouse=record.code("warehouse", required=False),
                )
            )

    def _due(self, record: Record) -> date | None:
        if record.text("due_date"):
            return record.date("due_date")
        column = "due_day" if record.table.has("due_day") else "due_date"
        if not record.text(column, required=True):
            return None
        day = record.integer("due_day", least=None)
        if day is None:
            return None
        if self.dataset.as_of is None:
            record.fault(
                "due_day",
                gettext_noop("A due day counts from a date that was not given."),
                remedy=gettext_noop("Fill in due_date, or give the day that due_day counts from."),
            )
            return None
        return self.dataset.as_of + timedelta(days=day)

    def _requirements(self) -> None:
        for position, record in enumerate(self._table("requirements.csv"), start=1):
            self.dataset.requirements.append(
                Requirement(
                    where=record.where,
                    order=record.code("order", required=True),
                    component=record.code("component", required=True),
                    quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
                    issued=record.decimal("issued", ZERO, least=ZERO),
                    position=position,
                )
            )

    def _purchase_orders(self) -> None:
        """Read the dated part-quantities; an order is of one supplier, its lines count where they are not named."""
        suppliers: dict[str, str] = {}
        lines: dict[str, int] = {}
        for record in self._asking("purchase_orders.csv"):
            code = record.code("order", required=True)
            supplier = record.code("supplier", UNNAMED, required=False)
            lines[code] = lines.get(code, 0) + 1
            if suppliers.setdefault(code, supplier) != supplier:
                record.fault(
                    "supplier",
                    gettext_noop("Order {order} is of supplier “{supplier}” in an earlier row."),
                    remedy=gettext_noop("Give one supplier for each purchase order."),
                    order=code,
                    supplier=suppliers[code],
                )
            if lines[code] == 1:
                self.dataset.purchase_orders.append(PurchaseOrder(where=record.where, code=code, supplier=supplier))
            self.dataset.purchase_lines.append(_purchase_line(record, code, str(lines[code])))

    def _complete(self) -> None:
        """Add what rows name without a table of their own, each with the place that names it first."""
        data = self.dataset
        sites = _first(((row.site, row) for row in data.work_centers), ((row.site, row) for row in data.calendar_days))
        data.sites.extend(Site(where=where, code=code, name=code) for code, where in sites.items() or [(SITE, None)])
        site = data.sites[0].code
        warehouses = _first(_named_warehouses(data))
        data.warehouses.extend(
            Warehouse(where=where, code=code, name=code, site=site)
            for code, where in warehouses.items() or [(WAREHOUSE, None)]
        )
        units = _first((item.unit, item) for item in data.items)
        for code, decimals in decimals_by_unit(data).items():
            data.units.append(Unit(where=units.get(code), code=code, decimals=decimals))
        suppliers = _first(
            ((row.supplier, row) for row in data.purchase_orders), ((row.supplier, row) for row in data.sources)
        )
        data.suppliers.extend(Supplier(where=where, code=code, name=code) for code, where in suppliers.items())
        customers = _first((order.customer, order) for order in data.sales_orders)
        data.customers.extend(Customer(where=where, code=code, name=code) for code, where in customers.items())
        parents = _first((line.parent, line) for line in data.bom_lines)
        data.boms.extend(Bom(where=where, parent=code) for code, where in parents.items())


def _first(*named: Iterable[tuple[str, Row]]) -> dict[str, Where | None]:
    """Return each code that is named with the place that names it first."""
    found: dict[str, Where | None] = {}
    for code, row in chain(*named):
        if code:
            found.setdefault(code, row.where)
    return found


def _named_warehouses(data: Dataset) -> Iterator[tuple[str, Row]]:
    yield from ((row.warehouse, row) for row in data.stock)
    yield from ((row.warehouse, row) for row in data.sales_lines)
    yield from ((row.warehouse, row) for row in data.work_orders)
    yield from ((row.warehouse, row) for row in data.purchase_lines)
    yield from ((code, way) for way in data.transfers for code in (way.from_warehouse, way.to_warehouse))
    yield from ((code, way) for way in data.lanes for code in (way.from_warehouse, way.to_warehouse))


def _item(record: Record) -> Item:
    code = record.code("item", required=True)
    return Item(
        where=record.where,
        code=code,
        name=record.text("name", code),
        unit=record.code("unit", UNIT, required=False),
        kind=record.choice("kind", KINDS, "buy"),
        lead_days=record.integer("lead_days"),
        min_lot=record.decimal("min_lot", ZERO, least=ZERO),
        multiple=record.decimal("multiple", ZERO, least=ZERO),
        max_lot=record.decimal("max_lot", ZERO, least=ZERO),
        safety_stock=record.decimal("safety_stock", ZERO, least=ZERO),
        fence_days=record.integer("fence_days", 0),
        unit_cost=record.decimal("unit_cost", ZERO, least=ZERO, rounded=True),
        work_center=record.code("workcenter", required=False),
        hours_per_unit=record.decimal("hours_per_unit", ZERO, least=ZERO, rounded=True),
        yield_percent=_yield(record),
    )


def _yield(record: Record) -> Decimal:
    """Return the yield in percent; the format writes it as a share (0.98)."""
    share = record.decimal("yield", ONE, least=ZERO)
    if 0 < share <= 1:
        return half_up(share * HUNDRED, places=Decimal("0.001"))
    record.fault(
        "yield",
        gettext_noop("A yield of {value} is not a share between 0 and 1."),
        remedy=gettext_noop("Write 0.98 for 98 good pieces of 100 started."),
    )
    return HUNDRED


def _bom_line(record: Record) -> BomLine:
    return BomLine(
        where=record.where,
        parent=record.code("parent", required=True),
        component=record.code("component", required=True),
        quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
        scrap_percent=record.decimal("scrap_percent", ZERO, least=ZERO),
        valid_from=record.date("valid_from"),
        valid_to=record.date("valid_to"),
        operation=record.code("operation", required=False),
    )


def _substitute(record: Record) -> Substitute:
    return Substitute(
        where=record.where,
        component=record.code("component", required=True),
        substitute=record.code("substitute", required=True),
        parent=record.code("parent", required=False),
        ratio=record.decimal("ratio", ONE, least=ZERO),
        priority=record.integer("priority", 1),
        valid_from=record.date("valid_from"),
        valid_to=record.date("valid_to"),
    )


def _stock(record: Record) -> Stock:
    return Stock(
        where=record.where,
        item=record.code("item", required=True),
        quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
        warehouse=record.code("warehouse", required=False),
        lot=record.code("lot", required=False),
        status=record.choice("status", STATUSES, "ok"),
        expires_on=record.date("expires_on"),
    )


def _lane(record: Record) -> Lane:
    return Lane(
        where=record.where,
        from_warehouse=record.code("from_warehouse", required=True),
        to_warehouse=record.code("to_warehouse", required=True),
        days=record.integer("days", 0, required=True),
        item=record.code("item", required=False),
        cost=record.decimal("cost", ZERO, least=ZERO),
    )


def _work_order(record: Record) -> WorkOrder:
    return WorkOrder(
        where=record.where,
        code=record.code("order", required=True),
        item=record.code("item", required=True),
        quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
        due_on=record.date("due_date"),
        start_on=record.date("start_date"),
        rank=record.integer("priority"),
        status=record.choice("status", ORDER_STATUSES, "firm"),
        quantity_done=record.decimal("quantity_done", ZERO, least=ZERO),
        quantity_scrapped=record.decimal("quantity_scrapped", ZERO, least=ZERO),
        warehouse=record.code("warehouse", required=False),
    )


def _purchase_line(record: Record, order: str, line: str) -> PurchaseLine:
    return PurchaseLine(
        where=record.where,
        order=order,
        line=record.code("line", line, required=False),
        item=record.code("item", required=True),
        quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
        received=record.decimal("received", ZERO, least=ZERO),
        promised_on=record.date("promised_date"),
        warehouse=record.code("warehouse", required=False),
    )


def _transfer(record: Record) -> Transfer:
    return Transfer(
        where=record.where,
        code=record.code("order", required=True),
        item=record.code("item", required=True),
        quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
        from_warehouse=record.code("from_warehouse", required=True),
        to_warehouse=record.code("to_warehouse", required=True),
        due_on=record.date("due_date", required=True) or NO_DAY,
    )


def _source(record: Record) -> Source:
    return Source(
        where=record.where,
        item=record.code("item", required=True),
        supplier=record.code("supplier", required=True),
        lead_days=record.integer("lead_days"),
        min_quantity=record.decimal("min_qty", ZERO, least=ZERO),
        multiple=record.decimal("multiple", ZERO, least=ZERO),
        max_quantity=record.decimal("max_qty", ZERO, least=ZERO),
        price=record.decimal("price", ZERO, least=ZERO, rounded=True),
        priority=record.integer("priority", 1),
    )

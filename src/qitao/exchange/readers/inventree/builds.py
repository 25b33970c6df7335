"""InvenTree's builds: work orders, their component lines, and the stock allocated to them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from qitao.exchange.dataset import ZERO, Requirement, Reservation, Where, WorkOrder
from qitao.exchange.readers.common import Stores, stores, where_most_lies
from qitao.exchange.readers.inventree.parts import alternatives, parents_of
from qitao.exchange.readers.inventree.source import Source
from qitao.exchange.readers.inventree.stock import STATUS, lot, place, usable, why_not_in_stock
from qitao.exchange.reading import Record
from qitao.exchange.report import say
from qitao.kernel.quantity import required
from qitao.kernel.words import gettext_noop

# InvenTree's build status → ours; in production is “started” once something is completed
BUILD_STATUS = {"10": "firm", "20": "released", "25": "firm", "30": "cancelled", "40": "completed"}
DONE = frozenset({"completed", "cancelled"})
NOT_OK = {
    "damaged": gettext_noop("damaged"),
    "rejected": gettext_noop("rejected"),
    "quarantine": gettext_noop("in quarantine"),
}

Lines = dict[str, tuple[str, Record]]  # build line pk → (build pk, BOM line)


def read(source: Source) -> None:
    """Read the builds, what they require, and what is allocated to them."""
    bom_of = _bom_by_part(source)
    lying = stores(source.data)
    for record in source.table("build.build"):
        _work_order(source, record, bom_of, lying)
    _requirements(source, bom_of)
    lines = _build_lines(source, bom_of)
    for record in source.table("build.builditem"):
        _allocation(source, record, lines)


def _bom_by_part(source: Source) -> dict[str, list[Record]]:
    """Return each part's BOM lines in the order of their numbers, inherited ones included."""
    bom: dict[str, list[Record]] = defaultdict(list)
    for record in source.table("part.bomitem"):
        for key in parents_of(source, record):
            bom[key].append(record)
    return bom


def _status(record: Record) -> str:
    status = record.choice("status", BUILD_STATUS, "firm")
    return "started" if status == "released" and record.decimal("completed", ZERO) else status


def _work_order(source: Source, record: Record, bom_of: dict[str, list[Record]], lying: Stores) -> None:
    item = source.item(record, "part")
    status = _status(record)
    warehouse = _warehouse(source, record, bom_of, lying)
    sales_order, sales_line = _sales_line(source, record)
    parent = source.row("build.build", record.text("parent"))
    due_on = record.date("target_date")
    source.data.work_orders.append(
        WorkOrder(
            where=record.where,
            code=record.code("reference"),
            item=item,
            quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
            quantity_done=record.decimal("completed", ZERO, least=ZERO),
            due_on=due_on,
            status=status,
            warehouse=warehouse,
            parent=parent.text("reference") if parent else "",
            sales_order=sales_order,
            sales_line=sales_line,
            lot=record.text("batch"),
            note=record.text("title"),
        )
    )


def _warehouse(source: Source, record: Record, bom_of: dict[str, list[Record]], lying: Stores) -> str:
    """Return where the build takes its parts: as it says, else where most of them lie – which is said."""
    if record.text("take_from") in source.place_of:
        return source.place_of[record.text("take_from")][0]
    components = {source.item_of.get(line.text("sub_part"), "") for line in bom_of[record.text("part")]}
    warehouse = where_most_lies(source.data, lying, components)
    why = say(gettext_noop("The build takes from anywhere; it is picked where most of its components lie."))
    source.report.change(record.where, "take_from", before="", after=warehouse, why=why)
    return warehouse


def _sales_line(source: Source, record: Record) -> tuple[str, str]:
    """Return the sales order line that the build is for: the line of its sales order with the same part."""
    key = record.text("sales_order")
    order = source.row("order.salesorder", key) if key else None
    if order is None or all(row.code != order.text("reference") for row in source.data.sales_orders):
        return "", ""
    lines = [line for line in source.table("order.salesorderlineitem") if line.text("order") == key]
    for number, line in enumerate(lines, start=1):
        if line.text("part") == record.text("part"):
            return order.text("reference"), str(number)
    return order.text("reference"), ""


def _requirements(source: Source, bom_of: dict[str, list[Record]]) -> None:
    given = source.table("build.buildline")
    builds = {record.text("pk"): record for record in source.table("build.build")}
    wanted: list[tuple[Record | None, Record | None, Record | None]]
    if given.titles:
        wanted = [
            (builds.get(row.text("build")), source.row("part.bomitem", row.text("bom_item")), row) for row in given
        ]
    else:
        why = say(
            gettext_noop(
                "The file is missing: each build requires its BOM times its quantity, and an allocation belongs to "
                "the component whose part it allocates."
            )
        )
        source.report.change(Where("build.buildline.csv", 0), "", before="", after="", why=why)
        wanted = [(build, line, None) for build in builds.values() for line in bom_of[build.text("part")]]
    positions: Counter[str] = Counter()
    for build, line, row in wanted:
        if build is None or line is None:
            assert row is not None
            source.report.skip(row.where, say(gettext_noop("Its build or BOM line is not there.")), what=row.text("pk"))
            continue
        positions[build.text("pk")] += 1
        source.data.requirements.append(_requirement(source, build, line, positions[build.text("pk")], row))


def _requirement(source: Source, build: Record, line: Record, position: int, row: Record | None) -> Requirement:
    """Return the component line; InvenTree consumes when a build completes, so all or nothing is issued."""
    units = build.decimal("quantity", ZERO)
    quantity = required(line.decimal("quantity", ZERO), units=units)
    if row is not None:
        quantity = row.decimal("quantity", quantity, least=ZERO)
    return Requirement(
        where=(row or line).where,
        order=build.text("reference"),
        component=source.item_of.get(line.text("sub_part"), ""),
        quantity=quantity,
        issued=quantity if _status(build) == "completed" else ZERO,
        position=position,
        consumable=line.yes("consumable"),
    )


def _build_lines(source: Source, bom_of: dict[str, list[Record]]) -> Lines:
    """Return which build and BOM line each build line number stands for.

    Without the file the numbers are inferred from the allocations: InvenTree numbers the lines build by build, so
    a number names the build, and the allocated part names the component. Of the two orders it numbers builds in,
    the one is taken in which every allocation finds its line; if none, no allocation can be placed.
    """
    given = source.table("build.buildline")
    if given.titles:
        bom = {record.text("pk"): record for record in source.table("part.bomitem")}
        return {
            row.text("pk"): (row.text("build"), bom[row.text("bom_item")])
            for row in given
            if row.text("bom_item") in bom
        }
    for order in _build_orders(source):
        lines = _infer_lines(source, [(build.text("pk"), bom_of[build.text("part")]) for build in order])
        if lines is not None:
            return lines
    return {}


def _infer_lines(source: Source, builds: list[tuple[str, list[Record]]]) -> Lines | None:
    """Return the lines that the allocations stand for if builds are numbered in this order; None if they cannot be."""
    numbered = [(key, line, bom) for key, bom in builds for line in bom]
    found: Lines = {}
    for record in source.table("build.builditem"):
        number = record.text("build_line")
        stock = source.row("stock.stockitem", record.text("stock_item"))
        if stock is None or not number.isdecimal() or not 0 < int(number) <= len(numbered):
            return None
        key, likely, bom = numbered[int(number) - 1]
        fitting = [line for line in bom if _takes(source, line, stock.text("part"))]
        line = likely if likely in fitting else fitting[0] if len(fitting) == 1 else None
        if line is None or found.setdefault(number, (key, line))[1] is not line:
            return None
    return found


def _takes(source: Source, line: Record, part: str) -> bool:
    """Tell whether the part may be allocated to the BOM line: its component, a substitute, or a variant."""
    return part == line.text("sub_part") or part in {key for key, _ in alternatives(source, line)}


def _build_orders(source: Source) -> Iterator[list[Record]]:
    """Return the builds by number, and with each build after the builds that feed it."""
    builds = list(source.table("build.build"))
    yield builds
    children: dict[str, list[Record]] = defaultdict(list)
    for record in builds:
        children[record.text("parent")].append(record)

    def below(key: str) -> Iterator[Record]:
        for record in children[key]:
            yield from below(record.text("pk"))
            yield record

    yield list(below(""))


def _allocation(source: Source, record: Record, lines: Lines) -> None:
    """Take an allocation as a reservation where its build is open and its stock may be picked."""
    line = lines.get(record.text("build_line"))
    stock = source.row("stock.stockitem", record.text("stock_item"))
    build = source.row("build.build", line[0]) if line else None
    what = f"{record.text('stock_item')} → {build.text('reference') if build else record.text('build_line')}"
    if line is None or build is None or stock is None:
        why = say(gettext_noop("The build line it is for cannot be told without build.buildline.csv."))
        source.report.skip(record.where, why, what=what)
    elif _status(build) in DONE:
        source.report.skip(record.where, say(gettext_noop("The build is finished.")), what=what)
    elif not usable(stock):
        status = STATUS.get(stock.text("status")) or "quarantine"
        why = why_not_in_stock(stock) or say(
            gettext_noop("The allocated stock is {status}; it cannot be picked."), status=say(NOT_OK[status])
        )
        source.report.skip(record.where, why, what=what)
    else:
        warehouse, location = place(source, stock)
        source.data.reservations.append(
            Reservation(
                where=record.where,
                quantity=record.decimal("quantity", ZERO, least=ZERO),
                item=source.item_of[stock.text("part")],
                order=build.text("reference"),
                component=source.item_of.get(line[1].text("sub_part"), ""),
                warehouse=warehouse,
                location=location,
                lot=lot(stock),
            )
        )

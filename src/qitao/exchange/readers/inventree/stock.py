"""InvenTree's locations and stock items."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from qitao.exchange.dataset import ZERO, Lane, Location, Site, Stock, Warehouse
from qitao.exchange.readers.common import tree_path
from qitao.exchange.readers.inventree.source import SITE, Source
from qitao.exchange.reading import Record
from qitao.exchange.report import Message, say
from qitao.kernel.words import gettext_noop

NO_BIN = "NO LOCATION"

# InvenTree's stock status → ours; damaged counts as available there, not here
STATUS = {
    "10": "ok",
    "50": "ok",
    "55": "damaged",
    "60": "damaged",
    "65": "rejected",
    "70": None,
    "75": "quarantine",
    "85": "quarantine",
}
# column → why a stock item with a value in it is not in stock
ELSEWHERE = {
    "belongs_to": gettext_noop("It is built into another stock item."),
    "customer": gettext_noop("It is with a customer."),
    "sales_order": gettext_noop("It left on a sales order."),
    "consumed_by": gettext_noop("A build consumed it."),
}


def read(source: Source) -> None:
    """Read the places, then what lies in them."""
    source.data.sites.append(Site(code=SITE, name="InvenTree", timezone="UTC", currency="USD"))
    _locations(source)
    for record in source.table("stock.stockitem"):
        _stock_item(source, record)


def _locations(source: Source) -> None:
    """A top location becomes a warehouse, what is under it its bins, called by their path."""
    table = source.table("stock.stocklocation")
    parents = {record.text("pk"): record.text("parent") for record in table}
    names = {record.text("pk"): record.text("name", required=True) for record in table}
    stocked = {record.text("location") for record in source.table("stock.stockitem")}
    for route, record in enumerate(table, start=1):
        key = record.text("pk", required=True)
        path = tree_path(key, lambda child: parents.get(child, ""))
        warehouse = names.get(path[0], "")
        if len(path) == 1:
            kind = "external" if record.yes("external") else "store"
            source.data.warehouses.append(
                Warehouse(where=record.where, code=warehouse, name=warehouse, site=SITE, kind=kind)
            )
        code = "/".join(names.get(step, "") for step in path[1:]) or warehouse
        source.place_of[key] = (warehouse, code)
        if record.yes("structural") and key not in stocked:
            why = say(gettext_noop("The location only groups others; it holds no stock."))
            source.report.skip(record.where, why, what=record.text("pathstring"))
        else:
            source.data.locations.append(
                Location(where=record.where, code=code, warehouse=warehouse, name=names[key], route=route)
            )
    _lanes(source)


def _lanes(source: Source) -> None:
    """Any build may take from any location there: inside the plant that is a transfer of the same day."""
    inside = [warehouse.code for warehouse in source.data.warehouses if warehouse.kind != "external"]
    for start, end in permutations(inside, 2):
        source.data.lanes.append(Lane(from_warehouse=start, to_warehouse=end, days=0))


def why_not_in_stock(record: Record) -> Message | None:
    """Return why InvenTree does not count the item as in stock, or None where it does."""
    for column, why in ELSEWHERE.items():
        if record.text(column):
            return say(why)
    if record.yes("is_building"):
        return say(gettext_noop("It is still being built."))
    if not record.decimal("quantity", ZERO):
        return say(gettext_noop("Nothing is left of it."))
    if STATUS.get(record.text("status"), "ok") is None:
        return say(gettext_noop("It is marked as lost."))
    return None


def usable(record: Record) -> bool:
    """Tell whether the stock item is in stock and may be picked."""
    return why_not_in_stock(record) is None and STATUS.get(record.text("status")) == "ok"


def place(source: Source, record: Record) -> tuple[str, str]:
    """Return warehouse and bin of the stock item."""
    first = source.data.warehouses[0].code if source.data.warehouses else ""
    return source.place_of.get(record.text("location"), (first, NO_BIN))


def lot(record: Record) -> str:
    """Return the serial number, else the batch."""
    return record.text("serial") or record.text("batch")


def _stock_item(source: Source, record: Record) -> None:
    item = source.item(record, "part")
    quantity = record.decimal("quantity", ZERO, required=True, least=ZERO)
    missing = why_not_in_stock(record)
    if missing is not None:
        source.report.skip(record.where, missing, what=f"{item} × {quantity.normalize():f}")
        return
    if not item:
        return
    warehouse, location = place(source, record)
    for message in _oddities(source, record):
        source.report.change(record.where, *message[:1], before=message[1], after=message[2], why=say(message[3]))
    source.data.stock.append(
        Stock(
            where=record.where,
            item=item,
            quantity=quantity,
            warehouse=warehouse,
            location=location,
            lot=lot(record),
            serial=bool(record.text("serial")),
            status=STATUS.get(record.text("status"), "quarantine") or "quarantine",
            expires_on=record.date("expiry_date"),
        )
    )


def _oddities(source: Source, record: Record) -> Iterator[tuple[str, str, str, str]]:
    """Return (column, before, after, why) for what is taken otherwise than written."""
    status = record.text("status")
    if status == "50":
        why = gettext_noop("“Attention needed” stays usable, as InvenTree has it.")
        yield "status", "50", "ok", why
    elif status in ("55", "60"):
        yield "status", status, "damaged", gettext_noop("Damaged stock is not available here.")
    elif status not in STATUS:
        yield "status", status, "quarantine", gettext_noop("The status is not known; the stock is in quarantine.")
    if record.text("location") not in source.place_of:
        warehouse, location = place(source, record)
        if not any(row.code == NO_BIN and row.warehouse == warehouse for row in source.data.locations):
            source.data.locations.append(Location(code=NO_BIN, warehouse=warehouse, name="No location given"))
        why = gettext_noop("No location is given; it lies in a bin of its own until somebody finds it.")
        yield "location", record.text("location"), f"{warehouse} / {location}", why
    if record.text("serial") and record.text("batch"):
        why = gettext_noop("It is followed by its serial number; the batch is not kept.")
        yield "batch", record.text("batch"), record.text("serial"), why

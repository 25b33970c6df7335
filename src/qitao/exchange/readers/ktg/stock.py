"""ktg-mes' warehouses, bins, and the stock that its ledger adds up to."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from qitao.exchange.dataset import ZERO, Lane, Location, Stock, Warehouse
from qitao.exchange.readers.ktg.source import SITE, Source
from qitao.exchange.reading import Record
from qitao.exchange.report import say
from qitao.kernel.quantity import plain
from qitao.kernel.words import gettext_noop

LINE_SIDE = "XBK"  # 线边库: codes of line-side stores start so


def read(source: Source) -> None:
    """Read the places, then what lies in them."""
    _warehouses(source)
    _bins(source)
    _stock(source)
    _lost_in_transfer(source)


def _warehouses(source: Source) -> None:
    for record in source.table("wm_warehouse"):
        code = record.code("warehouse_code")
        kind = "line_side" if code.startswith(LINE_SIDE) else "store"
        name = record.text("warehouse_name", code)
        source.data.warehouses.append(Warehouse(where=record.where, code=code, name=name, site=SITE, kind=kind))
    stores = [warehouse.code for warehouse in source.data.warehouses]
    for start in stores:
        source.data.lanes.extend(Lane(from_warehouse=start, to_warehouse=end, days=0) for end in stores if end != start)


def _bins(source: Source) -> None:
    """A bin (库位) lies in an area (库区) of a warehouse; one whose area or warehouse is gone is not taken."""
    for record in source.table("wm_storage_location"):
        if source.row("wm_warehouse", "warehouse_id", record.text("warehouse_id")) is None:
            number = record.text("warehouse_id")
            why = say(gettext_noop("Its warehouse (number {number}) is not there."), number=number)
            source.report.skip(record.where, why, what=record.text("location_code"))
    for route, record in enumerate(source.table("wm_storage_area"), start=1):
        code = record.code("area_code")
        area = source.row("wm_storage_location", "location_id", record.text("location_id"))
        warehouse = source.row("wm_warehouse", "warehouse_id", area.text("warehouse_id")) if area else None
        if area is None or warehouse is None:
            if area is None:
                why = say(gettext_noop("Its area (number {number}) is not there."), number=record.text("location_id"))
            else:
                name = area.text("location_code")
                why = say(gettext_noop("The warehouse of its area {area} is not there."), area=name)
            source.report.skip(record.where, why, what=code)
            continue
        place = (warehouse.text("warehouse_code"), code)
        source.bin_of[record.text("area_id")] = place
        name = f"{area.text('location_name')} {record.text('area_name')}".strip()
        source.data.locations.append(
            Location(where=record.where, warehouse=place[0], code=code, name=name, route=route)
        )


def _stock(source: Source) -> None:
    """Add up the ledger by stock record; a record is one item and batch in one bin."""
    events: dict[str, list[Record]] = defaultdict(list)
    for record in source.table("wm_transaction"):
        events[record.text("material_stock_id")].append(record)
    for number, rows in events.items():
        total = sum((_signed(row) for row in rows), ZERO)
        first = rows[0]
        item = source.item(first, "item_id")
        place = source.bin_of.get(first.text("area_id"))
        if not total:
            why = say(gettext_noop("Nothing is left of stock record {number}."), number=number)
            source.report.skip(first.where, why, what=item)
        elif total < 0 or place is None:
            why = (
                say(gettext_noop("Stock record {number} adds up to {total}."), number=number, total=plain(total))
                if total < 0
                else say(gettext_noop("The bin of stock record {number} is not there."), number=number)
            )
            source.report.skip(first.where, why, what=item)
        elif item:
            source.data.stock.append(
                Stock(
                    where=first.where,
                    item=item,
                    quantity=total,
                    warehouse=place[0],
                    location=place[1],
                    lot=_batch(source, number, rows),
                    expires_on=first.date("expire_date"),
                    received_on=first.date("transaction_date"),
                )
            )


def _signed(record: Record) -> Decimal:
    """Return the quantity as written: it carries its sign; a direction that contradicts it is a fault."""
    quantity = record.decimal("transaction_quantity", ZERO, required=True)
    flag = record.text("transaction_flag")
    if flag and quantity and (flag.startswith("-") != (quantity < 0)):
        record.fault(
            "transaction_flag",
            gettext_noop("Direction {value} contradicts the quantity {quantity}."),
            remedy=gettext_noop("Correct the sign of one of the two."),
            quantity=quantity,
        )
    return quantity


def _batch(source: Source, number: str, rows: list[Record]) -> str:
    """Return the one batch that the record's events name; events that name none follow their record."""
    named = dict.fromkeys(row.text("batch_code") for row in rows if row.text("batch_code"))
    batch = next(iter(named), "")
    for row in rows:
        written = row.text("batch_code")
        if batch and written != batch:
            why = say(gettext_noop("The event follows its stock record {number}, whose batch this is."), number=number)
            source.report.change(row.where, "batch_code", before=written, after=batch, why=why)
    return batch


def _lost_in_transfer(source: Source) -> None:
    """Say what left a bin on a transfer and never arrived: it is in no stock, there or here."""
    arrived = {row.text("related_transaction_id") for row in source.table("wm_transaction")}
    for row in source.table("wm_transaction"):
        if row.text("transaction_type") == "TRANS_OUT" and row.text("transaction_id") not in arrived:
            quantity = plain(abs(_signed(row)))
            why = gettext_noop("Transfer {transfer} took {quantity} {unit} and brought it nowhere; it is in no stock.")
            facts = {
                "transfer": row.text("source_doc_code"),
                "quantity": quantity,
                "unit": row.text("unit_of_measure"),
            }
            source.report.skip(row.where, say(why, **facts), what=row.text("item_code"))

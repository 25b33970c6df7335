"""InvenTree's purchase and sales orders; quantities of supplier packs become stock units."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from qitao.exchange.dataset import ONE, ZERO, PurchaseLine, PurchaseOrder, Reservation, SalesLine, SalesOrder
from qitao.exchange.readers.common import per_unit
from qitao.exchange.readers.inventree import builds
from qitao.exchange.readers.inventree.parts import pack_quantity
from qitao.exchange.readers.inventree.source import Source
from qitao.exchange.readers.inventree.stock import lot, place, usable, why_not_in_stock
from qitao.exchange.reading import Record
from qitao.exchange.report import say
from qitao.kernel.words import gettext_noop

PURCHASE_STATUS = {
    "10": "draft",
    "20": "open",
    "25": "draft",
    "30": "closed",
    "40": "cancelled",
    "50": "cancelled",
    "60": "closed",
}
SALES_STATUS = {
    "10": "open",
    "15": "open",
    "20": "closed",
    "25": "draft",
    "30": "closed",
    "40": "cancelled",
    "50": "cancelled",
    "60": "closed",
}


def read(source: Source) -> None:
    """Read sales orders, builds, purchase orders and what is allocated."""
    _sales_orders(source)
    builds.read(source)
    _purchase_orders(source)
    numbers = {
        line.text("pk"): str(number)
        for lines in _by_order(source, "order.salesorderlineitem").values()
        for number, line in enumerate(lines, start=1)
    }
    for record in source.table("order.salesorderallocation"):
        _sales_allocation(source, record, numbers)


def _lines(source: Source, model: str) -> dict[str, list[Record]]:
    """Return the lines of each order; a line whose order is not there is told."""
    header = model.removesuffix("lineitem")
    for record in source.table(model):
        if source.row(header, record.text("order")) is None:
            why = say(gettext_noop("Its order {order} is not there."), order=record.text("order"))
            source.report.skip(record.where, why, what=record.text("pk"))
    return _by_order(source, model)


def _by_order(source: Source, model: str) -> dict[str, list[Record]]:
    lines: dict[str, list[Record]] = defaultdict(list)
    for record in source.table(model):
        lines[record.text("order")].append(record)
    return lines


def _currency(record: Record, lines: list[Record], column: str) -> str:
    """Return the order's currency: its own, else the one that most of its lines are in."""
    own = record.text("order_currency")
    most = Counter(line.text(column) for line in lines if line.text(column)).most_common(1)
    return own or (most[0][0] if most else record.text("total_price_currency", "USD"))


def _price(line: Record, amount: str, currency: str, of_order: str, pack: Decimal) -> Decimal:
    """Return the price of one stock unit; a price in another currency than the order's is not kept."""
    price = line.decimal(amount, ZERO, least=ZERO)
    if price and line.text(currency, of_order) != of_order:
        why = gettext_noop("The order is in {currency}; a price in another currency is not kept.")
        line.table.report.change(
            line.where, amount, before=f"{price} {line.text(currency)}", after=0, why=say(why, currency=of_order)
        )
        return ZERO
    return per_unit(price, pack)


def _purchase_orders(source: Source) -> None:
    lines = _lines(source, "order.purchaseorderlineitem")
    for record in source.table("order.purchaseorder"):
        code, key = record.code("reference"), record.text("pk")
        supplier = source.supplier_of.get(record.text("supplier"), "")
        if not supplier:
            source.report.skip(record.where, say(gettext_noop("Its supplier is not there.")), what=code)
            continue
        currency = _currency(record, lines[key], "purchase_price_currency")
        source.data.purchase_orders.append(
            PurchaseOrder(
                where=record.where,
                code=code,
                supplier=supplier,
                status=record.choice("status", PURCHASE_STATUS, "open"),
                ordered_on=record.date("issue_date") or record.date("creation_date"),
                currency=currency,
                note=record.text("description"),
            )
        )
        for number, line in enumerate(lines[key], start=1):
            _purchase_line(source, record, line, number, currency)


def _purchase_line(source: Source, order: Record, line: Record, number: int, currency: str) -> None:
    part = source.row("company.supplierpart", line.text("part"))
    item = source.item_of.get(part.text("part"), "") if part else ""
    if part is None or not item:
        source.report.skip(line.where, say(gettext_noop("Its supplier part is not there.")), what=line.text("part"))
        return
    pack = pack_quantity(part)
    packs = line.decimal("quantity", ZERO, required=True, least=ZERO)
    if pack != ONE:
        why = say(gettext_noop("Ordered in packs of {pack}; taken in stock units."), pack=f"{pack.normalize():f}")
        source.report.change(line.where, "quantity", before=packs, after=packs * pack, why=why)
    source.data.purchase_lines.append(
        PurchaseLine(
            where=line.where,
            order=order.text("reference"),
            line=str(number),
            item=item,
            quantity=packs * pack,
            received=line.decimal("received", ZERO, least=ZERO) * pack,
            promised_on=line.date("target_date") or order.date("target_date"),
            price=_price(line, "purchase_price", "purchase_price_currency", currency, pack),
            warehouse=source.place_of.get(line.text("destination"), ("", ""))[0],
        )
    )


def _sales_orders(source: Source) -> None:
    lines = _lines(source, "order.salesorderlineitem")
    for record in source.table("order.salesorder"):
        code, key = record.code("reference"), record.text("pk")
        customer = source.customer_of.get(record.text("customer"), "")
        if not customer:
            source.report.skip(record.where, say(gettext_noop("Its customer is not there.")), what=code)
            continue
        currency = _currency(record, lines[key], "sale_price_currency")
        source.data.sales_orders.append(
            SalesOrder(
                where=record.where,
                code=code,
                customer=customer,
                status=record.choice("status", SALES_STATUS, "open"),
                ordered_on=record.date("creation_date"),
                currency=currency,
                note=record.text("description"),
            )
        )
        for number, line in enumerate(lines[key], start=1):
            source.data.sales_lines.append(_sales_line(source, record, line, str(number), currency))


def _sales_line(source: Source, order: Record, line: Record, number: str, currency: str) -> SalesLine:
    quantity = line.decimal("quantity", ZERO, required=True, least=ZERO)
    shipped = line.decimal("shipped", ZERO, least=ZERO)
    if shipped > quantity:
        why = say(gettext_noop("More is shipped than was ordered; the order is taken as shipped in full."))
        source.report.change(line.where, "shipped", before=shipped, after=quantity, why=why)
    return SalesLine(
        where=line.where,
        order=order.text("reference"),
        line=number,
        item=source.item(line, "part"),
        quantity=quantity,
        shipped=min(shipped, quantity),
        due_on=line.date("target_date") or order.date("target_date"),
        price=_price(line, "sale_price", "sale_price_currency", currency, ONE),
    )


def _sales_allocation(source: Source, record: Record, numbers: dict[str, str]) -> None:
    """Take an allocation of stock that is still here to a line that is still open."""
    line = source.row("order.salesorderlineitem", record.text("line"))
    order = source.row("order.salesorder", line.text("order")) if line else None
    stock = source.row("stock.stockitem", record.text("item"))
    if line is None or order is None or stock is None:
        source.report.skip(record.where, say(gettext_noop("Its sales order line or stock item is not there.")))
    elif SALES_STATUS.get(order.text("status")) != "open" or not usable(stock):
        why = why_not_in_stock(stock) or say(gettext_noop("The order is finished, or the stock cannot be picked."))
        source.report.skip(record.where, why, what=f"{record.text('item')} → {order.text('reference')}")
    else:
        warehouse, location = place(source, stock)
        source.data.reservations.append(
            Reservation(
                where=record.where,
                quantity=record.decimal("quantity", ZERO, least=ZERO),
                item=source.item_of[stock.text("part")],
                sales_order=order.text("reference"),
                sales_line=numbers[line.text("pk")],
                warehouse=warehouse,
                location=location,
                lot=lot(stock),
            )
        )

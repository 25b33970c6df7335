"""ktg-mes' work orders, their material, and the customer orders and receipts behind them."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from qitao.exchange.dataset import ZERO, Requirement, SalesLine, SalesOrder, WorkOrder
from qitao.exchange.readers.common import stores, where_most_lies
from qitao.exchange.readers.ktg.source import NO_PARENT, Source
from qitao.exchange.reading import Record
from qitao.exchange.report import say
from qitao.kernel.quantity import plain
from qitao.kernel.words import gettext_noop

STATUS = {"prepare": "firm", "confirmed": "firm", "finished": "completed", "cancel": "cancelled"}
POSTED = "FINISHED"
CONSUMED = "ITEM_CONSUME"
ISSUED_TO_LINE = "ITEM_ISSUE_IN"
SENT_OUT = "ITEM_ISSUE_OUT"


def read(source: Source) -> None:
    """Read work orders, the customer orders they name, their material, and the receipts not yet posted."""
    for record in source.table("pro_workorder"):
        source.order_of[record.text("workorder_id", required=True)] = record.code("workorder_code")
    numbers: Counter[str] = Counter()
    places = _Places(source)
    for record in source.table("pro_workorder"):
        _work_order(source, record, _sales_line(source, record, numbers), places)
    _requirements(source)
    _receipts(source)
    _inspections(source)


def _work_order(source: Source, record: Record, line: tuple[str, str], places: _Places) -> None:
    parent = record.text("parent_id")
    done = record.decimal("quantity_produced", ZERO, least=ZERO)
    status = record.choice("status", STATUS, "firm")
    client = source.row("md_client", "client_id", record.text("client_id"))
    vendor = source.row("md_vendor", "vendor_id", record.text("vendor_id"))
    notes = (
        record.text("workorder_name"),
        client.text("client_name") if client else "",
        vendor.text("vendor_name") if vendor else "",
    )
    item = source.item(record, "product_id")
    source.data.work_orders.append(
        WorkOrder(
            where=record.where,
            code=record.text("workorder_code"),
            item=item,
            quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
            quantity_done=done,
            warehouse=places.of(record.text("workorder_id"), item),
            due_on=record.date("request_date"),
            status="started" if status == "firm" and done else status,
            parent="" if parent in NO_PARENT else source.order_of.get(parent, ""),
            sales_order=line[0],
            sales_line=line[1],
            lot=record.text("batch_code"),
            note=" · ".join(note for note in notes if note),
        )
    )
    if parent not in NO_PARENT and parent not in source.order_of:
        why = say(gettext_noop("The work order it feeds (number {number}) is not there."), number=parent)
        source.report.change(record.where, "parent_id", before=parent, after="", why=why)


class _Places:
    """Where each order's material is picked: at the line if it was issued there, else where most of it lies."""

    def __init__(self, source: Source) -> None:
        self.data = source.data
        self.lying = stores(source.data)
        self.at_the_line: dict[str, str] = {}
        for event in source.table("wm_transaction"):
            place = source.bin_of.get(event.text("area_id"))
            if event.text("transaction_type") == ISSUED_TO_LINE and place is not None:
                self.at_the_line.setdefault(event.text("workorder_id"), place[0])
        self.components: dict[str, set[str]] = defaultdict(set)  # order number or product code → what it takes
        for line in source.table("pro_workorder_bom"):
            self.components[line.text("workorder_id")].add(source.item_of.get(line.text("item_id"), ""))
        for row in source.data.bom_lines:
            self.components[row.parent].add(row.component)

    def of(self, order: str, item: str) -> str:
        """Return the warehouse of the order with the number `order`, which makes `item`."""
        if order in self.at_the_line:
            return self.at_the_line[order]
        needed = self.components.get(order, set()) | self.components.get(item, set())
        return where_most_lies(self.data, self.lying, needed)


def _sales_line(source: Source, record: Record, numbers: Counter[str]) -> tuple[str, str]:
    """Make a line of the customer order that a top work order names; ktg-mes keeps no sales orders."""
    code = record.text("source_code")
    client = source.row("md_client", "client_id", record.text("client_id"))
    top = record.text("parent_id") in NO_PARENT
    if not code or not top or client is None or record.text("order_source") != "ORDER":
        return "", ""
    numbers[code] += 1
    if numbers[code] == 1:
        customer = client.text("client_code")
        source.data.sales_orders.append(SalesOrder(where=record.where, code=code, customer=customer))
    why = gettext_noop("The customer order is known from the work order only; it asks for what that makes.")
    source.report.change(record.where, "source_code", before=code, after=f"{code} / {numbers[code]}", why=say(why))
    source.data.sales_lines.append(
        SalesLine(
            where=record.where,
            order=code,
            line=str(numbers[code]),
            item=source.item(record, "product_id"),
            quantity=record.decimal("quantity", ZERO, least=ZERO),
            due_on=record.date("request_date"),
        )
    )
    return code, str(numbers[code])


def _requirements(source: Source) -> None:
    """Take the material lines; what the ledger says was consumed for the order is issued.

    Material that was only issued lies in the line-side store and is stock there, so it is not counted as issued.
    """
    used = _consumed(source)
    positions: Counter[str] = Counter()
    for record in source.table("pro_workorder_bom"):
        order = source.order_of.get(record.text("workorder_id"), "")
        if not order:
            number = record.text("workorder_id")
            why = say(gettext_noop("Its work order (number {number}) is not there."), number=number)
            source.report.skip(record.where, why, what=record.text("item_code"))
            continue
        component = source.item(record, "item_id")
        positions[order] += 1
        issued = used.pop((order, component), ZERO)
        if issued:
            why = say(gettext_noop("The ledger says that so much was consumed for {order}."), order=order)
            source.report.change(record.where, "quantity", before="", after=plain(issued), why=why)
        source.data.requirements.append(
            Requirement(
                where=record.where,
                order=order,
                component=component,
                quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
                issued=issued,
                position=positions[order],
            )
        )
    _without_requirement(source, positions)


def _consumed(source: Source) -> dict[tuple[str, str], Decimal]:
    """Return what was consumed by (work order, item), and say what was sent out for an order that does not need it."""
    needed = {
        (source.order_of.get(row.text("workorder_id"), ""), source.item_of.get(row.text("item_id"), ""))
        for row in source.table("pro_workorder_bom")
    }
    used: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for record in source.table("wm_transaction"):
        order = source.order_of.get(record.text("workorder_id"), "")
        key = (order, source.item_of.get(record.text("item_id"), ""))
        kind = record.text("transaction_type")
        quantity = -record.decimal("transaction_quantity", ZERO)
        if kind == CONSUMED and key in needed:
            used[key] += quantity
        elif kind in (CONSUMED, SENT_OUT) and order and key not in needed:
            why = say(
                gettext_noop("{quantity} were issued for {order}, which does not require the item."),
                quantity=plain(quantity),
                order=order,
            )
            source.report.skip(record.where, why, what=key[1])
    return used


def _without_requirement(source: Source, positions: Counter[str]) -> None:
    parents = {line.parent for line in source.data.bom_lines}
    for order in source.data.work_orders:
        if order.code not in positions:
            why = (
                gettext_noop("The work order has no material lines; its BOM is used.")
                if order.item in parents
                else gettext_noop("The work order has no material lines and its item no BOM: it requires nothing.")
            )
            source.report.change(order.where, "workorder_code", before=order.code, after=order.code, why=say(why))


def _receipts(source: Source) -> None:
    """Say which receipt lines are not in the ledger: those without a receipt, and those not yet posted."""
    for record in source.table("wm_item_recpt_line"):
        receipt = source.row("wm_item_recpt", "recpt_id", record.text("recpt_id"))
        what = f"{record.text('item_code')} × {record.text('quantity_recived')}"
        if receipt is None:
            source.report.skip(record.where, say(gettext_noop("The receipt it belongs to is not there.")), what=what)
        elif receipt.text("status") != POSTED:
            why = say(
                gettext_noop("Receipt {code} is prepared but not posted: it is not stock yet."),
                code=receipt.text("recpt_code"),
            )
            source.report.skip(record.where, why, what=what)


def _inspections(source: Source) -> None:
    """Say which inspection results change nothing because what they judge is not in stock."""
    for record in source.table("qc_iqc"):
        receipt = source.row("wm_item_recpt", "recpt_code", record.text("source_doc_code"))
        if receipt is None or receipt.text("status") != POSTED:
            why = say(gettext_noop("What was inspected is not in stock yet; the result changes no stock."))
            what = f"{record.text('iqc_code')} {record.text('check_result')}".strip()
            source.report.skip(record.where, why, what=what)

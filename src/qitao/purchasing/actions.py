"""Receiving, re-promising, requesting, ordering."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import plain
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.purchasing.models import (
    PURCHASE_ORDER,
    REQUISITION,
    Delivery,
    DeliveryRecord,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Repromise,
    Requisition,
    Source,
)
from qitao.purchasing.refusals import MoreThanOrdered, NoSource
from qitao.stock import ledger
from qitao.stock import queries as stock
from qitao.stock.models import Location, Status


@action(permission="stock.receive")
def receive(
    command: Command,
    *,
    order_id: int,
    lines: Sequence[dict[str, Any]],
    delivery_note: str = "",
) -> Reply:
    """Take in what a delivery note brought.

    Each line: `delivery_id`, `quantity`, and where wanted `lot_code`, `expires_on`, `status` (ok, quarantine,
    rejected), `location_id`. Refuses: MoreThanOrdered, WrongWarehouse. Records: purchasing.received.
    Locks: the items, then the deliveries.
    """
    order = PurchaseOrder.objects.select_related("warehouse", "supplier").get(pk=order_id)
    ledger.must_work_in(command, order.warehouse)
    ids = [line["delivery_id"] for line in lines]
    ledger.lock_items(Delivery.objects.filter(pk__in=ids).values_list("line__item_id", flat=True))
    receipt = Receipt.objects.create(
        code=next_code("RC", command.at),
        order=order,
        delivery_note=delivery_note,
        at=command.at,
        actor=command.actor,
    )
    postings = [_take_in(command, receipt, line) for line in lines]
    ledger.post(command, postings, document=receipt)
    if not Delivery.objects.filter(line__order=order, received__lt=F("quantity")).exists():
        advance(order, "close", lifecycle=PURCHASE_ORDER)
    record(
        command,
        "purchasing.received",
        receipt,
        items=sorted({line.item_id for line in postings}),
    )
    return {"receipt": receipt.pk, "code": receipt.code}


def _take_in(command: Command, receipt: Receipt, line: dict[str, Any]) -> ledger.Line:
    quantity = Decimal(line["quantity"])
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    delivery = Delivery.objects.select_related("line__item", "line__order__supplier").get(
        pk=line["delivery_id"], line__order=receipt.order_id
    )
    _count_received(delivery, quantity)
    supplier = delivery.line.order.supplier
    item = delivery.line.item
    lot = ledger.lot_of(
        item,
        line.get("lot_code") or "",
        expires_on=line.get("expires_on"),
        received_on=command.at.date(),
        supplier_code=supplier.code,
    )
    status = Status(line.get("status") or Status.OK).value
    target = line.get("location_id") or stock.receiving_location(receipt.order.warehouse).pk
    ReceiptLine.objects.create(
        receipt=receipt,
        delivery=delivery,
        lot=lot,
        location_id=target,
        status=status,
        quantity=quantity,
    )
    DeliveryRecord.objects.create(
        item=item,
        supplier=supplier,
        order_code=str(delivery.line),
        quantity=quantity,
        rejected=quantity if status == Status.REJECTED else 0,
        price=delivery.line.price,
        ordered_on=delivery.line.order.ordered_on,
        promised_on=delivery.promised_on,
        repromised_on=delivery.repromised_on,
        actual_on=command.at.date(),
    )
    source = ledger.outside(Location.Kind.SUPPLIER)
    return ledger.Line(item.pk, lot.pk, source.pk, target, quantity, status, status)


def _count_received(delivery: Delivery, quantity: Decimal) -> None:
    counted = Delivery.objects.filter(pk=delivery.pk, received__lte=F("quantity") - quantity).update(
        received=F("received") + quantity
    )
    if not counted:
        delivery.refresh_from_db()
        raise MoreThanOrdered(
            delivery=str(delivery),
            asked=plain(quantity),
            open=plain(delivery.open_quantity),
        )


@action(permission="purchasing.change")
def repromise(
    command: Command,
    *,
    delivery_id: int,
    on: date,
    reason: str = "",
    cost: Decimal = Decimal(0),
) -> Reply:
    """Note the new date a supplier promised for a delivery; the first promise stays.

    Records: purchasing.repromised. Locks: the delivery.
    """
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("line__order").get(pk=delivery_id)
    Repromise.objects.create(
        delivery=delivery,
        was_on=delivery.expected_on,
        on=on,
        at=command.at,
        actor=command.actor,
        reason=reason,
        cost=cost,
        command_id=command.id,
    )
    was = delivery.expected_on
    delivery.repromised_on = on
    delivery.save(update_fields=["repromised_on"])
    record(
        command,
        "purchasing.repromised",
        delivery,
        code=str(delivery),
        was=was.isoformat() if was else None,
        on=on.isoformat(),
        reason=reason,
    )
    return {"delivery": delivery.pk}


@action(permission="purchasing.request")
def request(
    command: Command,
    *,
    item_id: int,
    quantity: Decimal,
    warehouse_id: int,
    needed_on: date,
    expected_on: date,
    source_id: int | None = None,
    is_urgent: bool = False,
    reason: str = "",
) -> Reply:
    """Ask purchasing to buy. Refuses: BadValue. Records: purchasing.requested."""
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    requisition = Requisition.objects.create(
        code=next_code("PR", command.at),
        item_id=item_id,
        quantity=quantity,
        warehouse_id=warehouse_id,
        source_id=source_id,
        needed_on=needed_on,
        expected_on=expected_on,
        is_urgent=is_urgent,
        reason=reason,
        made_at=command.at,
        made_by=command.actor,
    )
    record(
        command,
        "purchasing.requested",
        requisition,
        quantity=str(quantity),
        reason=reason,
    )
    return {"requisition": requisition.pk, "code": requisition.code}


@action(permission="purchasing.change")
def order(command: Command, *, requisition_id: int, source_id: int | None = None) -> Reply:
    """Turn a requisition into a purchase order at its source. Refuses: NoSource, NotNow.

    Records: purchasing.ordered. The supplier's first promise is the day the requisition counted with.
    """
    requisition = Requisition.objects.select_related("item", "source__supplier").get(pk=requisition_id)
    wanted = source_id or requisition.source_id
    source = Source.objects.filter(pk=wanted).select_related("supplier").first() if wanted else None
    if source is None:
        raise NoSource(item=requisition.item.code)
    purchase = PurchaseOrder.objects.create(
        code=next_code("PO", command.at),
        supplier=source.supplier,
        warehouse_id=requisition.warehouse_id,
        ordered_on=command.at.date(),
        currency=source.currency,
    )
    line = PurchaseOrderLine.objects.create(order=purchase, line="10", item=requisition.item, price=source.price)
    Delivery.objects.create(line=line, quantity=requisition.quantity, promised_on=requisition.expected_on)
    advance(requisition, "order", lifecycle=REQUISITION, order_line=line)
    record(command, "purchasing.ordered", purchase, requisition=requisition.code)
    return {"order": purchase.pk, "code": purchase.code}


@action(permission="purchasing.request")
def cancel_request(command: Command, *, requisition_id: int) -> Reply:
    """Withdraw a requisition that is not ordered yet. Refuses: NotNow. Records: purchasing.request_cancelled."""
    requisition = Requisition.objects.get(pk=requisition_id)
    advance(requisition, "cancel", lifecycle=REQUISITION)
    record(command, "purchasing.request_cancelled", requisition)
    return {"requisition": requisition.pk}

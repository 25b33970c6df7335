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
from qitao.purchasing.amending import close_where_done, next_sequence, open_delivery, open_order
from qitao.purchasing.models import (
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
from qitao.purchasing.refusals import MoreThanOrdered, MoreThanToCome, NoSource
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
    rejected), `location_id`. Refuses: MoreThanOrdered, NotNow, WrongWarehouse, OtherWarehouse.
    Records: purchasing.received. Locks: the items, then the deliveries, then the order.
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
    close_where_done(open_order(order.pk))
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
        received_on=command.on,
        supplier_code=supplier.code,
    )
    status = Status(line.get("status") or Status.OK).value
    home, chosen = receipt.order.warehouse, line.get("location_id")
    target = ledger.place_in(home, chosen) if chosen else stock.receiving_location(home)
    ReceiptLine.objects.create(
        receipt=receipt,
        delivery=delivery,
        lot=lot,
        location=target,
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
        actual_on=command.on,
    )
    source = ledger.outside(Location.Kind.SUPPLIER)
    return ledger.Line(item.pk, lot.pk, source.pk, target.pk, quantity, status, status)


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
    quantity: Decimal | None = None,
    reason: str = "",
    cost: Decimal = Decimal(0),
) -> Reply:
    """Note the new day a supplier promised for a delivery – or for `quantity` of it, the rest keeps its day.

    The first promise stays; where there was none, this is the first. Refuses: MoreThanToCome, NothingToCome, NotNow,
    BadValue where that day is promised already. Records: purchasing.repromised. Locks: the delivery, then the order.
    """
    delivery, _order = open_delivery(delivery_id)
    was = delivery.expected_on
    if on == was:
        raise BadValue(field=gettext_noop("New date"), problem=gettext_noop("is the day promised already"))
    if quantity is not None:
        delivery = _part_of(delivery, quantity)
    Repromise.objects.create(
        delivery=delivery,
        was_on=was,
        on=on,
        at=command.at,
        actor=command.actor,
        reason=reason,
        cost=cost,
        command_id=command.id,
    )
    if was is None:
        delivery.promised_on = on
    else:
        delivery.repromised_on = on
    delivery.save(update_fields=["promised_on", "repromised_on"])
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


def _part_of(delivery: Delivery, quantity: Decimal) -> Delivery:
    """Return the delivery where `quantity` is all that is to come of it, else a new one that takes `quantity` from it.

    The part takes both dates along: what was promised for the whole was promised for it.
    """
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if quantity > delivery.open_quantity:
        raise MoreThanToCome(delivery=str(delivery), asked=plain(quantity), open=plain(delivery.open_quantity))
    if quantity == delivery.open_quantity:
        return delivery
    delivery.quantity -= quantity
    delivery.save(update_fields=["quantity"])
    return Delivery.objects.create(
        line=delivery.line,
        sequence=next_sequence(delivery.line),
        quantity=quantity,
        promised_on=delivery.promised_on,
        repromised_on=delivery.repromised_on,
    )


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
        ordered_on=command.on,
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

"""What people do with stock: move, count, transfer, reserve. What they write by hand is in `documents`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import plain
from qitao.stock import ledger, queries
from qitao.stock.counting import (  # noqa: F401 – what people do with stock is found here
    add_count_line,
    approve_count,
    cancel_count,
    enter_count,
    order_bin_count,
    order_count,
    post_count,
    refuse_count,
)
from qitao.stock.ledger import Line
from qitao.stock.models import (
    TRANSFER,
    Balance,
    Item,
    Location,
    Reservation,
    Transfer,
    TransferLine,
    Warehouse,
)
from qitao.stock.refusals import NothingToMove, SamePlace


@action(permission="stock.move")
def move(command: Command, *, balance_id: int, to_location_id: int, quantity: Decimal) -> Reply:
    """Put stock from one bin into another of the same warehouse.

    What is allocated moves as well: whoever reacts to the fact lets pick lists and transfers follow.
    Refuses: NotEnoughOnHand, WrongWarehouse, OtherWarehouse, OnItsWay, SamePlace, NothingToMove.
    Records: stock.moved. Locks: the item.
    """
    _must_be_something(quantity)
    balance = Balance.objects.select_related("item", "location__warehouse").get(pk=balance_id)
    ledger.lock_items([balance.item_id])
    assert balance.location.warehouse is not None
    ledger.must_work_in(command, balance.location.warehouse)
    ledger.must_not_be_on_its_way(balance.location)
    target = ledger.place_in(balance.location.warehouse, to_location_id)
    if target.pk == balance.location_id:
        raise SamePlace(location=str(target))
    released = max(min(quantity, balance.on_hand) - (balance.on_hand - balance.allocated), Decimal(0))
    line = Line(
        balance.item_id,
        balance.lot_id,
        balance.location_id,
        target.pk,
        quantity,
        balance.status,
        balance.status,
        balance.owner,
        released,
    )
    (move_id,) = ledger.post(command, [line], document=balance.item)
    is_new = target.kind in Location.PICKED and balance.location.kind not in Location.PICKED
    record(
        command,
        "stock.moved",
        balance.item,
        quantity=str(quantity),
        to=str(target),
        warehouse=target.warehouse_id,
        took=[balance.item_id] if released else [],
        items=[balance.item_id] if is_new else [],
    )
    return {"move": move_id}


def _must_be_something(quantity: Decimal) -> None:
    if quantity <= 0:
        raise NothingToMove(quantity=plain(quantity))


# Reservations


@action(permission="stock.reserve")
def release_reservation(command: Command, *, reservation_id: int) -> Reply:
    """Give a soft reservation back. Records: stock.reservation_released. Locks: the item."""
    ledger.lock_items([Reservation.objects.values_list("item_id", flat=True).get(pk=reservation_id)])
    reservation = Reservation.objects.select_related("item").get(pk=reservation_id)
    reservation.delete()
    record(
        command,
        "stock.reservation_released",
        reservation.item,
        quantity=str(reservation.quantity),
    )
    return {"released": str(reservation.quantity)}


# Transfers


@action(permission="stock.transfer")
def plan_transfer(
    command: Command,
    *,
    item_id: int,
    from_warehouse_id: int,
    to_warehouse_id: int,
    quantity: Decimal,
    due_on: date,
    reason: str = "",
    holder: str = "",
    holder_id: int | None = None,
) -> Reply:
    """Plan a transfer: allocate the stock, oldest lot first, in the sending bins.

    Refuses: NotEnoughToReserve, NothingToMove, SamePlace. Records: stock.transfer_planned. Locks: the item.
    """
    _must_be_something(quantity)
    ledger.lock_items([item_id])
    item = Item.objects.get(pk=item_id)
    source = Warehouse.objects.get(pk=from_warehouse_id)
    if from_warehouse_id == to_warehouse_id:
        raise SamePlace(location=source.code)
    taken = queries.pick_from(item_id, warehouse_id=source.pk, quantity=quantity, on=due_on)
    free = ledger.unreserved(item_id, source.pk, on=command.on)
    if free < quantity or sum(part for _, part in taken) < quantity:
        raise ledger.not_enough_to_reserve(item, source, asked=quantity, free=free)
    transfer = Transfer.objects.create(
        code=next_code("TR", command.at),
        from_warehouse=source,
        to_warehouse_id=to_warehouse_id,
        due_on=due_on,
        reason=reason,
        made_at=command.at,
        made_by=command.actor,
    )
    for balance, part in taken:
        ledger.allocate(balance, part)
        TransferLine.objects.create(
            transfer=transfer,
            item=item,
            lot_id=balance.lot_id,
            owner=balance.owner,
            from_location_id=balance.location_id,
            quantity=part,
            holder=holder,
            holder_id=holder_id,
        )
    record(
        command,
        "stock.transfer_planned",
        transfer,
        item=item.code,
        quantity=str(quantity),
    )
    return {"transfer": transfer.pk, "code": transfer.code}


def _locked_lines(transfer: Transfer) -> list[TransferLine]:
    """Lock what a transfer carries, then read how much: a count may have cut it while we waited."""
    ledger.lock_items(transfer.lines.values_list("item_id", flat=True))
    return list(transfer.lines.all())


@action(permission="stock.move")
def ship_transfer(command: Command, *, transfer_id: int) -> Reply:
    """Send a planned transfer: its stock is in transit. Refuses: NotNow, WrongWarehouse. Locks: its items."""
    transfer = Transfer.objects.select_related("from_warehouse", "to_warehouse").get(pk=transfer_id)
    ledger.must_work_in(command, transfer.from_warehouse)
    lines = _locked_lines(transfer)
    advance(transfer, "ship", lifecycle=TRANSFER)
    road = ledger.transit_to(transfer.to_warehouse)
    ledger.post(
        command,
        [
            Line(
                line.item_id,
                line.lot_id,
                line.from_location_id,
                road.pk,
                line.quantity,
                owner=line.owner,
                released=line.quantity,
            )
            for line in lines
        ],
        document=transfer,
    )
    record(command, "stock.transfer_shipped", transfer)
    return {"transfer": transfer.pk}


@action(permission="stock.move")
def receive_transfer(command: Command, *, transfer_id: int, location_id: int | None = None) -> Reply:
    """Take a transfer in; without a location, in the warehouse's receiving place.

    Refuses: NotNow, WrongWarehouse, OtherWarehouse, OnItsWay. Records: stock.transfer_received. Locks: its items.
    """
    transfer = Transfer.objects.select_related("to_warehouse").get(pk=transfer_id)
    ledger.must_work_in(command, transfer.to_warehouse)
    lines = _locked_lines(transfer)
    advance(transfer, "receive", lifecycle=TRANSFER)
    road, to = ledger.transit_to(transfer.to_warehouse), transfer.to_warehouse
    target = ledger.place_in(to, location_id) if location_id else queries.receiving_location(to)
    ledger.post(
        command,
        [
            Line(
                line.item_id,
                line.lot_id,
                road.pk,
                target.pk,
                line.quantity,
                owner=line.owner,
            )
            for line in lines
        ],
        document=transfer,
    )
    record(command, "stock.transfer_received", transfer)
    return {"transfer": transfer.pk}


@action(permission="stock.transfer")
def cancel_transfer(command: Command, *, transfer_id: int) -> Reply:
    """Give up a transfer that was not sent yet; its stock is free again. Refuses: NotNow. Locks: its items."""
    transfer = Transfer.objects.select_related("from_warehouse").get(pk=transfer_id)
    ledger.must_work_in(command, transfer.from_warehouse)
    lines = _locked_lines(transfer)
    advance(transfer, "cancel", lifecycle=TRANSFER)
    for line in lines:
        ledger.release_allocation(
            item_id=line.item_id,
            location_id=line.from_location_id,
            lot_id=line.lot_id,
            owner=line.owner,
            quantity=line.quantity,
        )
    record(command, "stock.transfer_cancelled", transfer)
    return {"transfer": transfer.pk}


# Opening balances


@action(permission="exchange.import")
def open_balances(command: Command, *, lines: Sequence[dict[str, Any]], document: models.Model) -> Reply:
    """Post opening balances: each line names item, location, lot, quantity, status and owner by id.

    Records: stock.opened. Locks: the items.
    """
    ledger.lock_items({line["item_id"] for line in lines})
    source = ledger.outside(Location.Kind.OPENING).pk
    postings = [
        Line(
            line["item_id"],
            line["lot_id"],
            source,
            line["location_id"],
            line["quantity"],
            line["status"],
            line["status"],
            line.get("owner", ""),
        )
        for line in lines
    ]
    moves = ledger.post(command, postings, document=document)
    record(command, "stock.opened", document, lines=len(moves))
    return {"moves": len(moves)}

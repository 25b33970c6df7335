"""What people do with stock: move, count, transfer, reserve. What they write by hand is in `documents`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance, not_now
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import plain
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.stock import ledger, queries
from qitao.stock.ledger import Line
from qitao.stock.models import (
    COUNT,
    TRANSFER,
    Balance,
    Count,
    CountLine,
    Item,
    Location,
    Reservation,
    Status,
    Transfer,
    TransferLine,
    Warehouse,
)
from qitao.stock.refusals import CountStillOpen, NothingToMove, SamePlace


@action(permission="stock.move")
def move(command: Command, *, balance_id: int, to_location_id: int, quantity: Decimal) -> Reply:
    """Put stock from one bin into another of the same warehouse.

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
    line = Line(
        balance.item_id,
        balance.lot_id,
        balance.location_id,
        target.pk,
        quantity,
        balance.status,
        balance.status,
        balance.owner,
    )
    (move_id,) = ledger.post(command, [line], document=balance.item)
    record(command, "stock.moved", balance.item, quantity=str(quantity), to=str(target))
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


# Counts


@action(permission="stock.count")
def order_count(command: Command, *, item_id: int, warehouse_id: int, reason: str = "") -> Reply:
    """Ask for a blind count of every bin of a warehouse where the item is, or was lately, recorded.

    One that waits to be counted is the one that was asked for; bins that came since are added to it.
    Records: stock.count_ordered. Locks: the item.
    """
    ledger.lock_items([item_id])
    item = Item.objects.get(pk=item_id)
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    waiting = Count.objects.filter(item=item, warehouse=warehouse, status="open").first()
    if waiting is not None:
        _add_bins(waiting)
        return {"count": waiting.pk, "code": waiting.code}
    count = Count.objects.create(
        code=next_code("CT", command.at),
        item=item,
        warehouse=warehouse,
        reason=reason,
        made_at=command.at,
        made_by=command.actor,
    )
    _add_bins(count)
    record(
        command,
        "stock.count_ordered",
        count,
        item=item.code,
        warehouse=warehouse.code,
        reason=reason,
    )
    return {"count": count.pk, "code": count.code}


def _add_bins(count: Count) -> None:
    """Write a line for every bin and lot on record that the count has none for yet."""
    places = Balance.objects.filter(item=count.item_id, location__warehouse=count.warehouse_id).exclude(
        location__kind=Location.Kind.TRANSIT
    )
    lines = (
        CountLine(count=count, location_id=b.location_id, lot_id=b.lot_id, status=b.status, owner=b.owner)
        for b in places.order_by("location__route", "location__code", "lot__code", "status")
    )
    CountLine.objects.bulk_create(lines, ignore_conflicts=True)


@action(permission="stock.count")
def enter_count(command: Command, *, count_id: int, figures: dict[int, Decimal]) -> Reply:
    """Enter what was found: count line id → quantity. Refuses: NotNow, BadValue, WrongWarehouse."""
    count = Count.objects.select_related("warehouse", "item").get(pk=count_id)
    ledger.must_work_in(command, count.warehouse)
    ledger.lock_items([count.item_id])
    lines = {line.pk: line for line in count.lines.all()}
    for line_id, figure in figures.items():
        if figure < 0:
            raise BadValue(
                field=str(lines[int(line_id)].location),
                problem=gettext_noop("below zero"),
            )
        line = lines[int(line_id)]
        line.counted = figure
        line.recorded = queries.recorded(line, item_id=count.item_id)
        line.counted_at = command.at
        line.save(update_fields=["counted", "recorded", "counted_at"])
    advance(count, "enter", lifecycle=COUNT)
    record(command, "stock.count_entered", count, item=count.item.code)
    return {"count": count.pk}


@action(permission="stock.count")
def add_count_line(command: Command, *, count_id: int, location_id: int, lot_code: str = "") -> Reply:
    """Add a bin where the counter found the item although the record does not know it.

    Refuses: NotNow, WrongWarehouse, OtherWarehouse, OnItsWay. Locks: the count.
    """
    count = Count.objects.select_for_update(of=("self",)).select_related("item", "warehouse").get(pk=count_id)
    ledger.must_work_in(command, count.warehouse)
    if count.status not in COUNT.sources("enter"):
        raise not_now(count)
    line, _made = CountLine.objects.get_or_create(
        count=count,
        location=ledger.place_in(count.warehouse, location_id),
        lot=ledger.lot_of(count.item, lot_code),
        status=Status.OK,
        owner="",
    )
    return {"line": line.pk}


@action(permission="stock.count")
def post_count(command: Command, *, count_id: int) -> Reply:
    """Bring the record to what was counted: differences move against the place “count difference”.

    A bin whose record changed since its figure was entered keeps what came or went in between; a difference that was
    posted in between is not posted again. A bin that somebody doubted after its figure was entered stays in doubt:
    the figure does not know what he saw. Where less was
    found than is allocated, the allocations of open pick lines there are reported with the fact, and taken back
    by whoever reacts to it. Refuses: CountStillOpen, NotNow. Records: stock.count_posted. Locks: the item.
    """
    count = Count.objects.select_related("warehouse", "item").get(pk=count_id)
    ledger.must_work_in(command, count.warehouse)
    ledger.lock_items([count.item_id])
    lines = list(count.lines.select_related("location", "lot"))
    if any(line.counted is None for line in lines):
        raise CountStillOpen(count=count.code)
    advance(count, "post", lifecycle=COUNT)
    difference = ledger.outside(Location.Kind.COUNT_DIFFERENCE)
    postings, total = [], Decimal(0)
    for line in lines:
        assert line.counted is not None
        assert line.recorded is not None
        change = line.counted - line.recorded
        total += change
        if change:
            postings.append(_difference(line, change, item_id=count.item_id, difference_id=difference.pk))
            _tell_other_counts(count, line, change)
    ledger.post(command, postings, document=count)
    for line in lines:
        doubted = Balance.objects.filter(item=count.item_id, doubted_at__lte=line.counted_at or count.made_at)
        doubted.filter(_same_place(line)).update(doubted_at=None)
    record(
        command,
        "stock.count_posted",
        count,
        item=count.item.code,
        difference=str(total),
        wrong_bins=len(postings),
    )
    return {"count": count.pk, "difference": str(total)}


def _same_place(line: CountLine) -> models.Q:
    return models.Q(location=line.location_id, lot=line.lot_id, status=line.status, owner=line.owner)


def _tell_other_counts(count: Count, line: CountLine, change: Decimal) -> None:
    """Let a figure that waits to be posted elsewhere be compared with the record as it is from now on."""
    waiting = CountLine.objects.filter(count__item=count.item_id, count__status="counted", recorded__isnull=False)
    waiting.filter(_same_place(line)).exclude(count=count).update(recorded=models.F("recorded") + change)


def _difference(line: CountLine, change: Decimal, *, item_id: int, difference_id: int) -> Line:
    bin_id, outside_id = line.location_id, difference_id
    source, target = (outside_id, bin_id) if change > 0 else (bin_id, outside_id)
    released = Decimal(0)
    if change < 0:
        balance = Balance.objects.get(
            item_id=item_id,
            location_id=bin_id,
            lot_id=line.lot_id,
            status=line.status,
            owner=line.owner,
        )
        released = max(balance.allocated - (balance.on_hand + change), Decimal(0))
    return Line(
        item_id,
        line.lot_id,
        source,
        target,
        abs(change),
        line.status,
        line.status,
        line.owner,
        released,
    )


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
    free = ledger.unreserved(item_id, source.pk)
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

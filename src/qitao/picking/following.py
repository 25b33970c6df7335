"""What becomes of reservations when their supply comes, shrinks, is divided or ends. The items are locked.

What comes turns into a reservation of what lies there, in the transaction that took it in; what is reserved beyond what
a supply still brings is cut – who is served last first – and a fact says so. Registered in `project.wiring`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum

from qitao.journal.command import Command
from qitao.journal.facts import record
from qitao.journal.models import Fact
from qitao.kernel.quantity import ZERO
from qitao.picking.claims import reserved, unclaimed
from qitao.production.models import OPEN_STATES, Requirement, WorkOrder
from qitao.production.supplies import (
    PURCHASE,
    REQUIREMENT,
    SALES_LINE,
    STOCK,
    TRANSFER,
    WORK_ORDER,
    Held,
    held,
    held_on,
    labels,
    supply,
)
from qitao.purchasing.models import Delivery, ReceiptLine
from qitao.sales.models import SalesOrderLine
from qitao.stock import ledger
from qitao.stock.models import Balance, Count, Location, Reservation, Status, Transfer, TransferLine, standing

# What came


def receive_delivery(command: Command, fact: Fact) -> None:
    """Turn what was reserved of deliveries into reservations of what a receipt brought, as far as it may be used."""
    usable: dict[int, Decimal] = defaultdict(Decimal)
    for line in ReceiptLine.objects.filter(receipt=fact.subject_id).select_related("location").order_by("delivery_id"):
        may_be_used = line.status == Status.OK and line.location.kind in Location.PICKED
        usable[line.delivery_id] += line.quantity if may_be_used else ZERO
    for delivery_id, quantity in usable.items():
        arrive(command, PURCHASE, delivery_id, quantity)


def receive_output(command: Command, fact: Fact) -> None:
    """Turn what was reserved of a work order's output into reservations of what was reported."""
    arrive(command, WORK_ORDER, fact.subject_id, Decimal(fact.data["quantity"]))


def receive_transfer(command: Command, fact: Fact) -> None:
    """Turn what was reserved of a transfer, or sent for one requirement, into reservations of what it brought."""
    transfer = Transfer.objects.select_related("to_warehouse").get(pk=fact.subject_id)
    for line in transfer.lines.select_related("item").order_by("id"):
        arrive(command, TRANSFER, line.pk, ZERO if line.owner else line.quantity)
        if line.holder != REQUIREMENT or line.holder_id is None or line.owner:
            continue
        wanted = Requirement.objects.filter(pk=line.holder_id, item=line.item_id, work_order__status__in=OPEN_STATES)
        requirement = wanted.filter(work_order__warehouse=transfer.to_warehouse).select_related("work_order").first()
        if requirement is not None:
            free = max(ledger.unreserved(line.item_id, transfer.to_warehouse_id, on=command.on), ZERO)
            part = min(line.quantity, unclaimed(requirement, on=command.on), free)
            if part > 0:
                ledger.reserve(
                    command, item=line.item, warehouse=transfer.to_warehouse, quantity=part, holder=requirement
                )


def arrive(command: Command, kind: str, pk: int, quantity: Decimal) -> None:
    """Turn what is reserved of a dated supply into reservations of the `quantity` of it that lies there now.

    Who is served first gets it first; then what is reserved beyond what is still to come is cut.
    """
    claims = held_on(kind, pk)
    if not claims:
        return
    row = claims[0].row
    free = ledger.unreserved(row.item_id, row.warehouse_id, on=command.on)
    left = min(quantity, max(free, ZERO))
    for claim in claims:
        part = min(left, claim.row.quantity)
        if part > 0 and _stands(command, claim.row):
            _turn(command, claim, part)
            left -= part
    _cut(command, kind, pk)


def _stands(command: Command, row: Reservation) -> bool:
    return row.expires_on is None or row.expires_on >= command.on


def _turn(command: Command, claim: Held, quantity: Decimal) -> None:
    row, (_document, label, _on) = claim.row, labels([claim.row])[claim.row.pk]
    _lessen(row, quantity)
    here, made = Reservation.objects.get_or_create(
        item_id=row.item_id,
        warehouse_id=row.warehouse_id,
        supply=STOCK,
        supply_id=0,
        holder=row.holder,
        holder_id=row.holder_id,
        defaults={
            "quantity": quantity,
            "made_at": row.made_at,
            "made_by_id": row.made_by_id,
            "expires_on": row.expires_on,
            "is_frozen": row.is_frozen,
        },
    )
    if not made:
        Reservation.objects.filter(pk=here.pk).update(quantity=F("quantity") + quantity)
    _tell(command, "production.reservation_arrived", claim, quantity, supply=label)


def _lessen(row: Reservation, quantity: Decimal) -> None:
    if quantity >= row.quantity:
        row.delete()
    else:
        row.quantity -= quantity
        row.save(update_fields=["quantity"])


def _tell(command: Command, kind: str, claim: Held, quantity: Decimal, *, supply: str) -> None:
    about = claim.document or claim.row.item
    record(command, kind, about, item=claim.row.item.code, quantity=str(quantity), supply=supply)


# What shrank


def follow_delivery(command: Command, fact: Fact) -> None:
    """Cut what is reserved of a delivery beyond what is still to come of it."""
    _cut(command, PURCHASE, fact.subject_id)


def divide_delivery(command: Command, fact: Fact) -> None:
    """Share reservations out anew where part of a delivery got a day of its own: who is served first, comes first."""
    line_id = Delivery.objects.values_list("line_id", flat=True).get(pk=fact.subject_id)
    rows = Delivery.objects.filter(line=line_id, line__order__status="open", received__lt=F("quantity"))
    whole = [each for each in rows.order_by("id") if _reserved(PURCHASE, each.pk) > each.open_quantity]
    if whole:
        _deal(command, PURCHASE, [*(each.pk for each in whole if each.pk != fact.subject_id), fact.subject_id])


def follow_work_order(command: Command, fact: Fact) -> None:
    """Cut what is reserved of a work order's output beyond what it still makes: it is over, or makes less."""
    _cut(command, WORK_ORDER, fact.subject_id)


def divide_work_order(command: Command, fact: Fact) -> None:
    """Share what is reserved of a work order's output out between it and what was split off."""
    twin = WorkOrder.objects.values_list("pk", flat=True).get(code=fact.data["into"])
    if _reserved(WORK_ORDER, fact.subject_id):
        _deal(command, WORK_ORDER, [fact.subject_id, twin])


def follow_stock(command: Command, fact: Fact) -> None:
    """Cut what is reserved of an item beyond what lies there: some of it was counted away, blocked or moved off."""
    counted = fact.subject == Count._meta.label_lower
    item_id = Count.objects.values_list("item_id", flat=True).get(pk=fact.subject_id) if counted else fact.subject_id
    cut_beyond(command, item_id)
    cut_to_come(command, item_id)


def follow_document(command: Command, fact: Fact) -> None:
    """Cut what is reserved beyond what a stock document left."""
    for item_id in sorted({*fact.data["items"], *fact.data["took"]}):
        cut_beyond(command, item_id)
        cut_to_come(command, item_id)


def follow_transfer(command: Command, fact: Fact) -> None:
    """Cut what is reserved of a transfer that is given up."""
    for line in TransferLine.objects.filter(transfer=fact.subject_id).order_by("id"):
        _cut(command, TRANSFER, line.pk)


def cut_to_come(command: Command, item_id: int) -> None:
    """Cut what is reserved of what is to come of an item beyond what does come."""
    dated = Reservation.objects.filter(item=item_id).exclude(supply=STOCK)
    for kind, number in dated.values_list("supply", "supply_id").order_by("supply", "supply_id").distinct():
        _cut(command, kind, number)


def cut_beyond(command: Command, item_id: int) -> None:
    """Cut what is reserved of an item on hand beyond what lies in its warehouse, doubted or not."""
    rows = Reservation.objects.filter(standing(command.on), item=item_id, supply=STOCK)
    for warehouse_id, claimed in rows.values_list("warehouse").annotate(all=Sum("quantity")).order_by("warehouse"):
        beyond = claimed - lying(item_id, warehouse_id)
        if beyond > 0:
            _take_off(command, held(rows.filter(warehouse=warehouse_id)), beyond)


def lying(item_id: int, warehouse_id: int) -> Decimal:
    """Return what usable stock of an item in a warehouse is allocated to nobody, doubted or not."""
    rows = Balance.objects.filter(
        item_id=item_id,
        location__warehouse_id=warehouse_id,
        location__kind__in=Location.PICKED,
        status=Status.OK,
        owner="",
    )
    return rows.aggregate(free=Sum(F("on_hand") - F("allocated")))["free"] or ZERO


def _reserved(kind: str, pk: int) -> Decimal:
    rows = Reservation.objects.filter(supply=kind, supply_id=pk)
    return rows.aggregate(all=Sum("quantity"))["all"] or ZERO


def _cut(command: Command, kind: str, pk: int) -> None:
    claims = held_on(kind, pk)
    if not claims:
        return
    found = supply(kind, pk, on=command.on)
    beyond = sum((claim.row.quantity for claim in claims), ZERO) - (found.quantity if found else ZERO)
    if beyond > 0:
        _take_off(command, claims, beyond)


def _take_off(
    command: Command, claims: Sequence[Held], beyond: Decimal, *, kind: str = "production.reservation_cut"
) -> None:
    """Take `beyond` off reservations of one supply: what has run out first, then who is served last."""
    named = labels([claim.row for claim in claims])
    last_first = list(reversed(claims))
    last_first.sort(key=lambda claim: _stands(command, claim.row))
    for claim in last_first:
        part = min(beyond, claim.row.quantity)
        if part > 0:
            label = named[claim.row.pk][1]
            _lessen(claim.row, part)
            _tell(command, kind, claim, part, supply=label)
            beyond -= part


def _deal(command: Command, kind: str, numbers: Sequence[int]) -> None:
    """Share the reservations of some supplies of an item out among them: who is served first gets what comes first."""
    claims = [claim for number in numbers for claim in held_on(kind, number)]
    claims.sort(key=lambda claim: (not claim.row.is_frozen, claim.rank, claim.row.pk))
    found = [each for number in numbers if (each := supply(kind, number, on=command.on))]
    room = {each.pk: each.quantity for each in sorted(found, key=lambda each: (each.on is None, each.on, each.pk))}
    Reservation.objects.filter(pk__in=[claim.row.pk for claim in claims]).delete()
    for claim in claims:
        left = claim.row.quantity
        for number, space in room.items():
            part = min(left, space)
            if part > 0:
                _put(claim.row, number, part)
                room[number] = space - part
                left -= part
        if left > 0:
            _tell(command, "production.reservation_cut", claim, left, supply=found[0].label if found else "")


def _put(row: Reservation, number: int, quantity: Decimal) -> None:
    """Reserve a part of another supply of the same kind for the holder of `row`."""
    here, made = Reservation.objects.get_or_create(
        item_id=row.item_id,
        warehouse_id=row.warehouse_id,
        supply=row.supply,
        supply_id=number,
        holder=row.holder,
        holder_id=row.holder_id,
        defaults={
            "quantity": quantity,
            "made_at": row.made_at,
            "made_by_id": row.made_by_id,
            "expires_on": row.expires_on,
            "is_frozen": row.is_frozen,
        },
    )
    if not made:
        Reservation.objects.filter(pk=here.pk).update(quantity=F("quantity") + quantity)


def release_run_out(command: Command, item_ids: Iterable[int]) -> int:
    """Release the reservations of these items that have run out; return how many."""
    claims = held(Reservation.objects.filter(item__in=item_ids, expires_on__lt=command.on))
    named = labels([claim.row for claim in claims])
    for claim in claims:
        label, quantity = named[claim.row.pk][1], claim.row.quantity
        Reservation.objects.filter(pk=claim.row.pk).delete()
        _tell(command, "production.reservation_expired", claim, quantity, supply=label)
    return len(claims)


# What the holder does not need any more


def fit_list(command: Command, fact: Fact) -> None:
    """Give back what the work order of a pick list has reserved and now does not need: its list has it."""
    orders = WorkOrder.objects.filter(pick_lists=fact.subject_id)
    _fit(command, orders.values_list("pk", flat=True))


def fit_work_order(command: Command, fact: Fact) -> None:
    """Give back what a work order has reserved beyond what it needs, the latest to come first."""
    _fit(command, [fact.subject_id])


def _fit(command: Command, work_order_ids: Iterable[int]) -> None:
    lines = Requirement.objects.filter(work_order__in=work_order_ids).values_list("pk", flat=True)
    rows = Reservation.objects.filter(holder=REQUIREMENT, holder_id__in=lines)
    for requirement in Requirement.objects.filter(pk__in=rows.values("holder_id")).order_by("item_id", "id"):
        beyond = -max(unclaimed(requirement, on=command.on), -reserved(requirement, on=command.on))
        if beyond > 0:
            claims = _latest_last(held(rows.filter(holder_id=requirement.pk)))
            _take_off(command, claims, beyond, kind="production.reservation_spared")


def fit_sales_order(command: Command, fact: Fact) -> None:
    """Give back what lines of a sales order have reserved beyond what is still to be shipped. Locks: their items."""
    lines = SalesOrderLine.objects.filter(order=fact.subject_id)
    rows = Reservation.objects.filter(holder=SALES_LINE, holder_id__in=lines.values("pk"))
    items = sorted(set(rows.values_list("item_id", flat=True)))
    if not items:
        return
    ledger.lock_items(items)
    for line in lines.order_by("id"):
        claims = held(rows.filter(holder_id=line.pk))
        beyond = sum((claim.row.quantity for claim in claims), ZERO) - line.open_quantity
        if beyond > 0:
            _take_off(command, claims, beyond, kind="production.reservation_spared")


def _latest_last(claims: Sequence[Held]) -> list[Held]:
    """Return reservations by the day on which their supply comes; what lies there is first."""
    days = labels([claim.row for claim in claims])

    def by_day(claim: Held) -> tuple[bool, date, int]:
        return claim.row.supply != STOCK, days[claim.row.pk][2] or date.max, claim.row.pk

    return sorted(claims, key=by_day)

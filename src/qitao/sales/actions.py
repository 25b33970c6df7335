"""Shipping to customers: what leaves the stores, and taking it back while it stands on the ramp."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import F

from qitao.catalog.models import Item
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import ZERO, plain
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.sales import queries
from qitao.sales.amending import close_where_done, open_order
from qitao.sales.models import SALES_ORDER, SalesOrder, SalesOrderLine, Shipment, ShipmentLine
from qitao.sales.queries import UNDO_MINUTES
from qitao.sales.refusals import (
    MoreThanOrdered,
    NothingToShip,
    ReservedForOthers,
    ShipmentTakenBack,
    ShippedFromElsewhere,
    ShippedLongAgo,
)
from qitao.stock import ledger
from qitao.stock import queries as stock
from qitao.stock.models import Balance, Location, Move, Warehouse
from qitao.stock.refusals import NotEnoughOnHand, OtherWarehouse


@dataclass(frozen=True, slots=True)
class Take:
    """How much of an order line is taken from which balance: one lot in one bin."""

    line_id: int
    balance_id: int
    quantity: Decimal


@action(permission="sales.ship")
def ship(command: Command, *, order_id: int, warehouse_id: int, takes: Sequence[Take], note: str = "") -> Reply:
    """Send goods of a warehouse to the customer of an order, in part or whole; the order closes with the last of it.

    Only available stock leaves: own, status ok, neither doubted nor expired, allocated to nobody and – counted over the
    warehouse – reserved for nobody. Refuses: NotNow, NothingToShip, MoreThanOrdered, ShippedFromElsewhere,
    NotEnoughOnHand, ReservedForOthers, OtherWarehouse, WrongWarehouse, BadValue. Records: sales.shipped.
    Locks: the items, then the order.
    """
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    ledger.must_work_in(command, warehouse)
    if not takes:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("is needed"))
    wanted = _per_line(takes)
    ledger.lock_items(SalesOrderLine.objects.filter(pk__in=wanted).values_list("item_id", flat=True))
    order = open_order(order_id)
    lines = {pk: order.lines.select_related("item", "order", "warehouse").get(pk=pk) for pk in sorted(wanted)}
    for pk, quantity in wanted.items():
        _must_be_wanted(lines[pk], quantity, warehouse)
    _must_be_free(command, lines, wanted, warehouse)
    shipment = Shipment.objects.create(
        code=next_code("SH", command.at),
        order=order,
        warehouse=warehouse,
        note=note,
        at=command.at,
        actor=command.actor,
    )
    target = ledger.outside(Location.Kind.CUSTOMER).pk
    postings = [_take(command, shipment, lines[take.line_id], take, target) for take in takes]
    ledger.post(command, postings, document=shipment)
    for pk, quantity in wanted.items():
        SalesOrderLine.objects.filter(pk=pk).update(shipped=F("shipped") + quantity)
    close_where_done(order)
    told = _told((lines[pk].item.code, quantity) for pk, quantity in wanted.items())
    record(command, "sales.shipped", order, code=shipment.code, warehouse=warehouse.code, what=told)
    return {"shipment": shipment.pk, "code": shipment.code, "status": order.status}


def _per_line(takes: Sequence[Take]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    for take in takes:
        if take.quantity <= 0:
            raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
        found[take.line_id] += take.quantity
    return dict(found)


def _must_be_wanted(line: SalesOrderLine, quantity: Decimal, warehouse: Warehouse) -> None:
    if not line.open_quantity:
        raise NothingToShip(line=str(line))
    if quantity > line.open_quantity:
        raise MoreThanOrdered(line=str(line), asked=plain(quantity), open=plain(line.open_quantity))
    if line.warehouse is not None and line.warehouse_id != warehouse.pk:
        raise ShippedFromElsewhere(line=str(line), own=line.warehouse.code, asked=warehouse.code)


def _must_be_free(
    command: Command, lines: Mapping[int, SalesOrderLine], wanted: Mapping[int, Decimal], warehouse: Warehouse
) -> None:
    """Refuse what only a reservation of somebody else could give; that a bin holds it is checked with each take."""
    asked: dict[Item, Decimal] = defaultdict(Decimal)
    for pk, quantity in wanted.items():
        asked[lines[pk].item] += quantity
    for item, quantity in asked.items():
        free = queries.free_to_ship(item.pk, warehouse.pk, on=command.on)
        if queries.is_reserved(item.pk, warehouse.pk, on=command.on) and quantity > free:
            code = warehouse.code
            raise ReservedForOthers(item=item.code, asked=plain(quantity), free=plain(free), warehouse=code)


def _take(command: Command, shipment: Shipment, line: SalesOrderLine, take: Take, target: int) -> ledger.Line:
    """Write what is taken from one balance, and return its move."""
    balance = Balance.objects.select_related("location__warehouse").get(pk=take.balance_id, item=line.item_id)
    if balance.location.warehouse_id != shipment.warehouse_id:
        raise OtherWarehouse(location=str(balance.location))
    if not stock.pickable(line.item_id, on=command.on).filter(pk=balance.pk).exists():
        asked, place = plain(take.quantity), str(balance.location)
        raise NotEnoughOnHand(item=line.item.code, asked=asked, free="0", location=place)
    ShipmentLine.objects.create(
        shipment=shipment,
        order_line=line,
        lot_id=balance.lot_id,
        location_id=balance.location_id,
        quantity=take.quantity,
    )
    return ledger.Line(line.item_id, balance.lot_id, balance.location_id, target, take.quantity)


def _told(parts: Iterable[tuple[str, Decimal]]) -> list[str]:
    """Return what went, item by item, as a fact carries it."""
    return [f"{item} × {plain(quantity)}" for item, quantity in parts]


@action(permission="sales.ship")
def undo_shipment(command: Command, *, shipment_id: int) -> Reply:
    """Take a shipment back within ten minutes, by reversing moves: its goods lie in their bins, its order is open.

    Refuses: ShippedLongAgo, ShipmentTakenBack, WrongWarehouse. Records: sales.shipment_undone.
    Locks: the items, then the order, then the shipment.
    """
    shipment = Shipment.objects.select_related("warehouse").get(pk=shipment_id)
    ledger.must_work_in(command, shipment.warehouse)
    ledger.lock_items(shipment.lines.values_list("order_line__item_id", flat=True))
    order = SalesOrder.objects.select_for_update(no_key=True).get(pk=shipment.order_id)
    shipment = Shipment.objects.select_for_update(of=("self",)).get(pk=shipment_id)
    if shipment.undone_at is not None:
        raise ShipmentTakenBack(shipment=shipment.code)
    if command.at - shipment.at > timedelta(minutes=UNDO_MINUTES):
        raise ShippedLongAgo(shipment=shipment.code, minutes=UNDO_MINUTES)
    moves = Move.objects.filter(document=Shipment._meta.label_lower, document_id=shipment.pk, reverses=None)
    for move in moves.order_by("id"):
        ledger.reverse(command, move, document=shipment)
    lines = list(shipment.lines.select_related("order_line__item").order_by("id"))
    wanted: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        wanted[line.order_line_id] += line.quantity
    for pk, quantity in wanted.items():
        SalesOrderLine.objects.filter(pk=pk).update(shipped=F("shipped") - quantity)
    Shipment.objects.filter(pk=shipment.pk).update(undone_at=command.at)
    if order.status == SalesOrder.State.CLOSED:
        advance(order, "reopen", lifecycle=SALES_ORDER)
    items = {line.order_line_id: line.order_line.item.code for line in lines}
    told = _told((items[pk], quantity) for pk, quantity in wanted.items())
    record(command, "sales.shipment_undone", order, code=shipment.code, what=told)
    return {"shipment": shipment.pk, "order": order.code}

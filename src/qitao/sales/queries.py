"""What is to be shipped, from where, and what lies ready for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least

from qitao.catalog.models import QUANTITY
from qitao.kernel.quantity import ZERO
from qitao.sales.models import SalesOrderLine, Shipment
from qitao.stock import queries as stock
from qitao.stock.models import Balance, Location, Reservation, Status, standing

UNDO_MINUTES = 10


def free_to_ship(item_id: int, warehouse_id: int, *, on: date) -> Decimal:
    """Return how much usable stock of the item in the warehouse is neither allocated nor reserved for anybody."""
    lying = stock.pickable(item_id, on=on).filter(location__warehouse_id=warehouse_id).order_by()
    free = lying.aggregate(free=Sum(F("on_hand") - F("allocated")))["free"] or ZERO
    held = _held(on).filter(item_id=item_id, warehouse_id=warehouse_id)
    return max(free - (held.aggregate(all=Sum("quantity"))["all"] or ZERO), ZERO)


def is_reserved(item_id: int, warehouse_id: int, *, on: date) -> bool:
    """Tell whether somebody holds a reservation of what lies of the item in the warehouse."""
    return _held(on).filter(item_id=item_id, warehouse_id=warehouse_id).exists()


def _held(on: date) -> QuerySet[Reservation]:
    return Reservation.objects.filter(standing(on), supply=Reservation.Supply.STOCK)


def to_ship(on: date) -> QuerySet[SalesOrderLine]:
    """Return the lines of open orders of which something is still to be shipped, the first due first.

    `left` is how much that is, `free` how much of the item lies ready where the line is shipped from – anywhere, where
    the line does not say –, `ready` how much of the line could leave now. Lines do not take from one another here.
    """
    here = {"item": OuterRef("item")}
    lying = Balance.objects.filter(
        **here,
        location__warehouse=Coalesce(OuterRef("warehouse"), F("location__warehouse")),
        location__kind__in=Location.PICKED,
        status=Status.OK,
        owner="",
        doubted_at=None,
    ).exclude(lot__expires_on__lt=on)
    held = _held(on).filter(**here, warehouse=Coalesce(OuterRef("warehouse"), F("warehouse")))
    free = _summed(lying, F("on_hand") - F("allocated")) - _summed(held, F("quantity"))
    rows = SalesOrderLine.objects.filter(order__status="open", shipped__lt=F("quantity"))
    return (
        rows.select_related("item__unit", "order__customer", "warehouse")
        .annotate(left=F("quantity") - F("shipped"), free=Greatest(free, ZERO, output_field=DecimalField(**QUANTITY)))
        .annotate(ready=Least("left", "free", output_field=DecimalField(**QUANTITY)))
        .order_by(F("due_on").asc(nulls_last=True), "id")
    )


def _summed(rows: QuerySet[Balance] | QuerySet[Reservation], amount: Combinable) -> Coalesce:
    one = rows.order_by().values("item").annotate(sum=Sum(amount)).values("sum")
    return Coalesce(Subquery(one), ZERO, output_field=DecimalField(**QUANTITY))


@dataclass(frozen=True, slots=True)
class Place:
    """A lot in a bin that could be shipped: what is free of it, and how much of it is proposed."""

    balance: Balance
    free: Decimal
    proposed: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """An order line and the places to ship it from, first expired then first received first."""

    line: SalesOrderLine
    places: list[Place]

    @property
    def proposed(self) -> Decimal:
        """How much can be shipped now."""
        return sum((place.proposed for place in self.places), ZERO)


def propose(lines: list[SalesOrderLine], *, warehouse_id: int, on: date) -> list[Proposal]:
    """Return for each line from which bins and lots of a warehouse to ship it; what one line takes no other gets."""
    spare: dict[int, Decimal] = {}
    left: dict[int, Decimal] = {}
    found = []
    for line in lines:
        item_id = line.item_id
        if item_id not in spare:
            spare[item_id] = free_to_ship(item_id, warehouse_id, on=on)
        wanted = min(line.open_quantity, spare[item_id])
        places = []
        for balance in stock.pickable(item_id, on=on).filter(location__warehouse_id=warehouse_id):
            free = left.get(balance.pk, balance.on_hand - balance.allocated)
            part = min(free, wanted)
            places.append(Place(balance, balance.on_hand - balance.allocated, part))
            left[balance.pk] = free - part
            wanted -= part
            spare[item_id] -= part
        found.append(Proposal(line, places))
    return found


def shipments() -> QuerySet[Shipment]:
    """Return all shipments, the newest first."""
    return Shipment.objects.select_related("order__customer", "warehouse", "actor").order_by("-id")


def undo_until(shipment: Shipment, *, at: datetime) -> datetime | None:
    """Return until when a shipment can be taken back; None where it cannot at `at`."""
    until = shipment.at + timedelta(minutes=UNDO_MINUTES)
    return until if shipment.undone_at is None and at <= until else None


def due_until(day: date) -> Q:
    """Return the condition of lines that are due by `day`."""
    return Q(due_on__lte=day)

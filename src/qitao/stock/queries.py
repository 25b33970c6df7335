"""What lies where, what is free, who holds it, and whether the ledger is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from qitao.catalog.models import QUANTITY, ItemSite
from qitao.kernel.quantity import plain
from qitao.stock.models import (
    Balance,
    Count,
    CountLine,
    Item,
    Location,
    Lot,
    Move,
    Reservation,
    Status,
    Transfer,
    Warehouse,
    standing,
)

ON_HAND = Reservation.Supply.STOCK
ZERO = Decimal(0)
MOVE_SHOWS = ("lot", "from_location__warehouse", "to_location__warehouse", "actor")


def pickable(item_id: int, *, on: date) -> QuerySet[Balance]:
    """Return the balances of available, own, unexpired stock, first-expired then first-received first."""
    return (
        Balance.objects.filter(
            item_id=item_id,
            status=Status.OK,
            owner="",
            location__kind__in=Location.PICKED,
            on_hand__gt=F("allocated"),
            doubted_at=None,
        )
        .exclude(lot__expires_on__lt=on)
        .select_related("item", "lot", "location__warehouse")
        .order_by(
            F("lot__expires_on").asc(nulls_last=True),
            F("lot__received_on").asc(nulls_first=True),
            "location__route",
            "location__code",
            "id",
        )
    )


def pick_from(item_id: int, *, warehouse_id: int, quantity: Decimal, on: date) -> list[tuple[Balance, Decimal]]:
    """Choose from which balances to take `quantity`, FEFO then FIFO; less where there is not enough."""
    chosen, left = [], quantity
    for balance in pickable(item_id, on=on).filter(location__warehouse_id=warehouse_id):
        if left <= 0:
            break
        part = min(left, balance.on_hand - balance.allocated)
        chosen.append((balance, part))
        left -= part
    return chosen


def recorded(line: CountLine, *, item_id: int) -> Decimal:
    """Return what the ledger has in the place of a count line."""
    balance = Balance.objects.filter(
        item_id=item_id,
        location_id=line.location_id,
        lot_id=line.lot_id,
        status=line.status,
        owner=line.owner,
    ).first()
    return balance.on_hand if balance else ZERO


def receiving_location(warehouse: Warehouse) -> Location:
    """Return where goods come in: the receiving area, or else the warehouse's first bin."""
    place = warehouse.locations.filter(kind__in=Location.PICKED).order_by("-kind", "route", "code").first()
    if place is None:
        place = Location.objects.create(warehouse=warehouse, code="MAIN", kind=Location.Kind.BIN)
    return place


@dataclass(frozen=True, slots=True)
class Holding:
    """How much of an item one warehouse has, in its stock unit."""

    warehouse: Warehouse
    available: Decimal  # own, status ok, in pickable places
    allocated: Decimal
    reserved: Decimal
    blocked: Decimal  # quarantine, rejected, damaged, in a quarantine area, or in doubt
    in_transit: Decimal  # on its way to this warehouse
    foreign: Decimal  # somebody else's

    @property
    def claimed(self) -> Decimal:
        """What somebody has claimed, allocated in a bin or reserved."""
        return self.allocated + self.reserved

    @property
    def free(self) -> Decimal:
        """What nobody has claimed."""
        return self.available - self.allocated - self.reserved


def holdings(item: Item, *, on: date) -> list[Holding]:
    """Return what each warehouse has of `item` on a day, those with something first."""
    found = []
    rows = list(Balance.objects.filter(item=item, on_hand__gt=0).select_related("location"))
    claims = Reservation.objects.filter(standing(on), item=item, supply=ON_HAND)
    reserved = dict(claims.values_list("warehouse").annotate(all=Sum("quantity")))
    for warehouse in Warehouse.objects.order_by("code"):
        own = [row for row in rows if row.location.warehouse_id == warehouse.pk]
        if own or reserved.get(warehouse.pk):
            found.append(_holding(warehouse, own, reserved.get(warehouse.pk, ZERO)))
    return found


def _holding(warehouse: Warehouse, rows: list[Balance], reserved: Decimal) -> Holding:
    def is_free(row: Balance) -> bool:
        return (
            row.status == Status.OK
            and row.location.kind in Location.PICKED
            and not row.owner
            and row.doubted_at is None
        )

    transit = Location.Kind.TRANSIT
    return Holding(
        warehouse=warehouse,
        available=sum((row.on_hand for row in rows if is_free(row)), ZERO),
        allocated=sum((row.allocated for row in rows if is_free(row)), ZERO),
        reserved=reserved,
        blocked=sum(
            (r.on_hand for r in rows if not is_free(r) and not r.owner and r.location.kind != transit),
            ZERO,
        ),
        in_transit=sum((row.on_hand for row in rows if row.location.kind == transit), ZERO),
        foreign=sum((row.on_hand for row in rows if row.owner), ZERO),
    )


def balances_of(item: Item) -> QuerySet[Balance]:
    """Return where `item` lies, by warehouse and bin."""
    return (
        Balance.objects.filter(item=item, on_hand__gt=0)
        .select_related("lot", "location__warehouse", "item__unit")
        .order_by("location__warehouse__code", "location__route", "location__code", "lot__expires_on", "id")
    )


def balances_in(place: Location) -> QuerySet[Balance]:
    """Return what lies in a bin, by item."""
    return (
        Balance.objects.filter(location=place, on_hand__gt=0)
        .select_related("lot", "item__unit", "location")
        .order_by("item__code", "lot__expires_on", "id")
    )


def moves_at(place: Location) -> QuerySet[Move]:
    """Return what went into a bin and out of it, newest first."""
    rows = Move.objects.filter(Q(from_location=place) | Q(to_location=place))
    return rows.select_related(*MOVE_SHOWS, "item__unit").order_by("-id")


def moves_of_lot(lot: Lot) -> QuerySet[Move]:
    """Return every move of a lot, newest first."""
    return Move.objects.filter(lot=lot).select_related(*MOVE_SHOWS, "item__unit").order_by("-id")


def moves_of_command(command_id: UUID) -> QuerySet[Move]:
    """Return the moves that a command posted, in order."""
    return Move.objects.filter(command_id=command_id).select_related(*MOVE_SHOWS, "item__unit").order_by("id")


def items_with_stock(*, on: date) -> QuerySet[Item]:
    """Return all items on a day, each with what is `available` (own, ok, pickable, unclaimed) and what is `blocked`."""
    own = Balance.objects.filter(item=OuterRef("pk"), owner="")
    is_usable = Q(status=Status.OK, location__kind__in=Location.PICKED, doubted_at=None)
    usable = _summed(own.filter(is_usable), F("on_hand") - F("allocated"))
    reserved = _summed(Reservation.objects.filter(standing(on), item=OuterRef("pk"), supply=ON_HAND), F("quantity"))
    blocked = own.exclude(is_usable).exclude(location__kind=Location.Kind.TRANSIT)
    return Item.objects.select_related("unit", "category").annotate(
        available=usable - reserved, blocked=_summed(blocked, F("on_hand"))
    )


def short_sites(*, on: date) -> QuerySet[ItemSite]:
    """Return the sites that have on a day less `available` of an item than the safety stock kept for it there."""
    usable = Balance.objects.filter(
        item=OuterRef("item"),
        location__warehouse__site=OuterRef("site"),
        owner="",
        status=Status.OK,
        location__kind__in=Location.PICKED,
        doubted_at=None,
    )
    here = {"item": OuterRef("item"), "warehouse__site": OuterRef("site")}
    reserved = Reservation.objects.filter(standing(on), **here, supply=ON_HAND)
    available = _summed(usable, F("on_hand") - F("allocated")) - _summed(reserved, F("quantity"))
    return ItemSite.objects.annotate(available=available).filter(available__lt=F("safety_stock"))


def _summed(rows: QuerySet[Any], amount: Combinable) -> Coalesce:
    one = rows.order_by().values("item").annotate(sum=Sum(amount)).values("sum")
    return Coalesce(Subquery(one), ZERO, output_field=DecimalField(**QUANTITY))


def moves_of(item: Item) -> QuerySet[Move]:
    """Return the moves of `item`, newest first."""
    return Move.objects.filter(item=item).select_related(*MOVE_SHOWS).order_by("-id")


@dataclass(frozen=True, slots=True)
class Drift:
    """A balance that is not the sum of its moves."""

    item: str
    location: str
    lot: str
    status: str
    owner: str
    balance: Decimal
    moves: Decimal

    def __str__(self) -> str:
        what = " · ".join(part for part in (self.item, self.location, self.lot, self.status, self.owner) if part)
        return f"{what}: balance {plain(self.balance)}, moves {plain(self.moves)}"


DRIFT = """
WITH moved AS (
    SELECT item_id, location_id, lot_id, status, owner, sum(quantity) AS quantity FROM (
        SELECT item_id, to_location_id AS location_id, lot_id, to_status AS status, owner, quantity FROM stock_move
        UNION ALL
        SELECT item_id, from_location_id, lot_id, from_status, owner, -quantity FROM stock_move
    ) AS both_sides GROUP BY item_id, location_id, lot_id, status, owner
)
SELECT item.code, coalesce(warehouse.code || '/', '') || location.code, lot.code, status, owner,
       coalesce(balance.on_hand, 0), coalesce(moved.quantity, 0)
FROM moved FULL JOIN stock_balance AS balance USING (item_id, location_id, lot_id, status, owner)
JOIN catalog_item AS item ON item.id = item_id
JOIN stock_lot AS lot ON lot.id = lot_id
JOIN stock_location AS location ON location.id = location_id
LEFT JOIN stock_warehouse AS warehouse ON warehouse.id = location.warehouse_id
WHERE location.warehouse_id IS NOT NULL AND coalesce(balance.on_hand, 0) <> coalesce(moved.quantity, 0)
ORDER BY 1, 2, 3
"""


# What a document puts into the place “relabelling” it takes out again, item by item.
UNNAMED = """
SELECT item.code, max(location.code) || ': ' || max(document_code), '', '', '', 0,
    sum(CASE WHEN to_location_id = location.id THEN quantity ELSE -quantity END)
FROM stock_location AS location
JOIN stock_move AS move ON move.to_location_id = location.id OR move.from_location_id = location.id
JOIN catalog_item AS item ON item.id = move.item_id
WHERE location.kind = 'relabel'
GROUP BY item.code, document, document_id
HAVING sum(CASE WHEN to_location_id = location.id THEN quantity ELSE -quantity END) <> 0
ORDER BY 1, 2
"""


def verify() -> list[Drift]:
    """Return every stored balance that is not the sum of its moves; an empty list proves the ledger.

    With them, what a change of lot or owner took out of its bin and never put back.
    """
    with connection.cursor() as cursor:
        cursor.execute(DRIFT)
        drifts = cursor.fetchall()
        cursor.execute(UNNAMED)
        return [Drift(*row) for row in (*drifts, *cursor.fetchall())]


def open_counts() -> QuerySet[Count]:
    """Return the counts still to be entered or posted, the oldest first."""
    rows = Count.objects.filter(status__in=("open", "counted"))
    return rows.select_related("item__unit", "location", "warehouse").order_by("id")


def open_transfers() -> QuerySet[Transfer]:
    """Return the transfers to ship or to receive, the most urgent first."""
    rows = Transfer.objects.filter(status__in=("planned", "in_transit"))
    return rows.select_related("from_warehouse", "to_warehouse").order_by("due_on", "id")


def doubted() -> QuerySet[Balance]:
    """Return the balances that a picker did not find: out of use until counted."""
    return Balance.objects.exclude(doubted_at=None).select_related("item__unit", "location__warehouse", "lot")

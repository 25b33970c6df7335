"""The ledger's one way in: post moves, allocate, reserve – always inside an action.

**Locking rule.** Whoever changes stock first takes the locks of *all* items it touches, in the order of their ids, in
one statement (`lock_items`), and holds them until the commit. With that nothing about these items – balances,
allocations, reservations – changes under a check, and no two commands can wait for each other in a circle.
Locking later for further items is only allowed for ids above those already held; so lock once, for everything.
A command that touches very many items (a whole factory's import) locks the ledger as a whole instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter

from django.db import connection, models

from qitao.journal.command import Command
from qitao.kernel.array import array
from qitao.kernel.quantity import exact, plain
from qitao.stock import dating
from qitao.stock.models import (
    Balance,
    Item,
    Location,
    Lot,
    Move,
    Reservation,
    Status,
    Warehouse,
    standing,
)
from qitao.stock.refusals import (
    NotEnoughOnHand,
    NotEnoughToReserve,
    OnItsWay,
    OtherWarehouse,
    WrongWarehouse,
)

ITEM_LOCK = 1 << 48  # the advisory locks of items; other uses of advisory locks keep clear of this range
WHOLE_LEDGER = ITEM_LOCK  # no item has the id 0; sorts before them all
MANY_ITEMS = 1000  # the server has room for some thousand locks of everybody together
ON_HAND = Reservation.Supply.STOCK
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One move to post.

    `released` is how much of it was allocated at the source and is so no longer; `reverses_id` the move it undoes.
    """

    item_id: int
    lot_id: int
    from_id: int
    to_id: int
    quantity: Decimal
    from_status: str = Status.OK.value
    to_status: str = Status.OK.value
    owner: str = ""
    released: Decimal = ZERO
    reverses_id: int | None = None

    @property
    def source(self) -> tuple[int, int, int, str, str]:
        """The balance that it takes from."""
        return self.item_id, self.from_id, self.lot_id, self.from_status, self.owner


def lock_items(item_ids: Iterable[int]) -> None:
    """Take the locks of these items, in order; they are held until the transaction ends.

    Above MANY_ITEMS the ledger is locked as a whole, which everybody who locks an item shares.
    """
    keys = sorted({ITEM_LOCK | item_id for item_id in item_ids})
    with connection.cursor() as cursor:
        if len(keys) > MANY_ITEMS:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WHOLE_LEDGER])
        else:
            cursor.execute(LOCK, {"whole": WHOLE_LEDGER, "keys": array([WHOLE_LEDGER, *keys])})


LOCK = """
SELECT CASE WHEN key = %(whole)s::bigint THEN pg_advisory_xact_lock_shared(key) ELSE pg_advisory_xact_lock(key) END
FROM unnest(%(keys)s::bigint[]) AS key
"""


# One statement for a whole document: the net change of each balance, what falls checked, what rises upserted.
POST = """
WITH line AS (
    SELECT * FROM unnest(
        %(item)s::bigint[], %(lot)s::bigint[], %(source)s::bigint[], %(target)s::bigint[], %(quantity)s::numeric[],
        %(from_status)s::text[], %(to_status)s::text[], %(owner)s::text[], %(released)s::numeric[],
        %(reverses)s::bigint[]
    ) WITH ORDINALITY AS t (
        item_id, lot_id, from_id, to_id, quantity, from_status, to_status, owner, released, reverses_id, position
    )
), last AS (
    SELECT max(happened_at) AS happened_at
    FROM (SELECT DISTINCT item_id FROM line) AS item, LATERAL (
        SELECT happened_at FROM stock_move WHERE item_id = item.item_id ORDER BY happened_at DESC LIMIT 1
    ) AS move
), side AS (
    SELECT item_id, from_id AS location_id, lot_id, from_status AS status, owner, -quantity AS change, released
    FROM line
    UNION ALL
    SELECT item_id, to_id, lot_id, to_status, owner, quantity, 0 FROM line
), delta AS (
    SELECT item_id, location_id, lot_id, status, owner, sum(change) AS change, sum(released) AS released
    FROM side JOIN stock_location ON stock_location.id = location_id AND warehouse_id IS NOT NULL
    GROUP BY item_id, location_id, lot_id, status, owner
), fallen AS (
    UPDATE stock_balance AS balance
    SET on_hand = balance.on_hand + delta.change, allocated = balance.allocated - delta.released
    FROM delta
    WHERE delta.change <= 0
      AND balance.item_id = delta.item_id AND balance.location_id = delta.location_id
      AND balance.lot_id = delta.lot_id AND balance.status = delta.status AND balance.owner = delta.owner
      AND balance.allocated >= delta.released
      AND balance.on_hand + delta.change >= balance.allocated - delta.released
    RETURNING balance.id
), risen AS (
    INSERT INTO stock_balance (item_id, location_id, lot_id, status, owner, on_hand, allocated)
    SELECT item_id, location_id, lot_id, status, owner, change, 0 FROM delta WHERE change > 0
    ORDER BY item_id, location_id, lot_id, status, owner
    ON CONFLICT (item_id, location_id, lot_id, status, owner)
    DO UPDATE SET on_hand = stock_balance.on_hand + excluded.on_hand
), moved AS (
    INSERT INTO stock_move (
        at, happened_at, item_id, lot_id, from_location_id, to_location_id, from_status, to_status, owner, quantity,
        document, document_id, document_code, actor_id, command_id, reverses_id
    )
    SELECT %(at)s, coalesce(%(happened_at)s, greatest(%(at)s, (SELECT happened_at FROM last))),
           item_id, lot_id, from_id, to_id, from_status, to_status, owner, quantity,
           %(document)s, %(document_id)s, %(document_code)s, %(actor)s, %(command)s, reverses_id
    FROM line ORDER BY position
    RETURNING id
)
SELECT (SELECT count(*) FROM delta WHERE change <= 0) - (SELECT count(*) FROM fallen),
       (SELECT array_agg(id ORDER BY id) FROM moved)
"""


COLUMNS = {
    "item": attrgetter("item_id"),
    "lot": attrgetter("lot_id"),
    "source": attrgetter("from_id"),
    "target": attrgetter("to_id"),
    "quantity": attrgetter("quantity"),
    "from_status": attrgetter("from_status"),
    "to_status": attrgetter("to_status"),
    "owner": attrgetter("owner"),
    "released": attrgetter("released"),
    "reverses": attrgetter("reverses_id"),
}


def post(
    command: Command,
    lines: Sequence[Line],
    *,
    document: models.Model,
    happened_at: datetime | None = None,
) -> list[int]:
    """Write the moves of one document and their effect on the balances; return the moves' ids in line order.

    Moves happen now, and never before the last move of an item that they touch: what waited for a lock happened after
    what it waited for. With `happened_at` the document is dated back; then every balance that it takes from must have
    had enough at every moment since. The items must be locked. Refuses: NotEnoughOnHand where a stored balance would
    fall below what is allocated in it, NotEnoughThen; nothing of the document is then written.
    Raises ValueError for a quantity of more than six places: its moves and its balance would be rounded apart.
    """
    if not lines:
        return []
    for line in lines:
        exact(line.quantity)
    with connection.cursor() as cursor:
        cursor.execute(
            POST,
            {
                **{name: array(map(value, lines)) for name, value in COLUMNS.items()},
                "at": command.at,
                "happened_at": happened_at,
                "document": document._meta.label_lower,
                "document_id": document.pk,
                "document_code": str(document)[:120],
                "actor": command.actor.pk,
                "command": command.id,
            },
        )
        refused, ids = cursor.fetchone()
    if refused:
        raise _shortfall(lines)
    if happened_at is not None:
        dating.must_have_held({line.source for line in lines}, since=happened_at)
    return list(ids)


def _shortfall(lines: Sequence[Line]) -> NotEnoughOnHand:
    """Name the first line whose source has too little – the balances are as they were before it."""
    for line in lines:
        place = Location.objects.select_related("warehouse").get(pk=line.from_id)
        free = _free_at(line) + line.released
        asked = sum((other.quantity for other in lines if other.source == line.source), ZERO)
        if place.warehouse_id and free < asked:
            item = Item.objects.get(pk=line.item_id)
            return NotEnoughOnHand(
                item=item.code,
                asked=plain(asked),
                free=plain(free),
                location=str(place),
            )
    item = Item.objects.get(pk=lines[0].item_id)
    return NotEnoughOnHand(item=item.code, asked=plain(lines[0].quantity), free="0", location="–")


def _free_at(line: Line) -> Decimal:
    row = (
        Balance.objects.filter(
            item_id=line.item_id,
            location_id=line.from_id,
            lot_id=line.lot_id,
            status=line.from_status,
            owner=line.owner,
        )
        .values_list("on_hand", "allocated")
        .first()
    )
    return row[0] - row[1] if row else ZERO


def reverse(command: Command, move: Move, *, document: models.Model) -> int:
    """Post the move that undoes `move`; the item must be locked. Refuses: NotEnoughOnHand."""
    return reverse_all(command, [move], document=document)[0]


def reverse_all(command: Command, moves: Iterable[Move], *, document: models.Model) -> list[int]:
    """Post the moves that undo `moves`, all or none; their items must be locked. Refuses: NotEnoughOnHand."""
    lines = [
        Line(
            move.item_id,
            move.lot_id,
            move.to_location_id,
            move.from_location_id,
            move.quantity,
            move.to_status,
            move.from_status,
            move.owner,
            reverses_id=move.pk,
        )
        for move in moves
    ]
    return post(command, lines, document=document)


def allocate(balance: Balance, quantity: Decimal) -> None:
    """Allocate `quantity` of a balance (hard claim); the item must be locked. Refuses: NotEnoughOnHand."""
    changed = Balance.objects.filter(pk=balance.pk, on_hand__gte=models.F("allocated") + quantity).update(
        allocated=models.F("allocated") + quantity
    )
    if not changed:
        balance.refresh_from_db()
        raise NotEnoughOnHand(
            item=balance.item.code,
            asked=plain(quantity),
            free=plain(balance.on_hand - balance.allocated),
            location=str(balance.location),
        )


def release_allocation(*, item_id: int, location_id: int, lot_id: int, owner: str, quantity: Decimal) -> None:
    """Give back `quantity` of an allocation of available stock; the item must be locked."""
    changed = Balance.objects.filter(
        item_id=item_id,
        location_id=location_id,
        lot_id=lot_id,
        owner=owner,
        status=Status.OK,
        allocated__gte=quantity,
    ).update(allocated=models.F("allocated") - quantity)
    assert changed, f"allocation of item {item_id} in location {location_id} is not there"


def reserve(
    command: Command,
    *,
    item: Item,
    warehouse: Warehouse,
    quantity: Decimal,
    holder: models.Model,
    expires_on: date | None = None,
) -> Reservation:
    """Reserve (soft) `quantity` more of what is free in the warehouse for `holder`; the item must be locked.

    Refuses: NotEnoughToReserve.
    """
    free = unreserved(item.pk, warehouse.pk, on=command.on)
    if quantity > free:
        raise NotEnoughToReserve(
            item=item.code,
            asked=plain(quantity),
            free=plain(max(free, ZERO)),
            warehouse=warehouse.code,
        )
    reservation, made = Reservation.objects.get_or_create(
        item=item,
        warehouse=warehouse,
        holder=holder._meta.label_lower,
        holder_id=holder.pk,
        supply=ON_HAND,
        defaults={
            "quantity": quantity,
            "made_at": command.at,
            "made_by": command.actor,
            "expires_on": expires_on,
        },
    )
    if not made:
        has_run_out = reservation.expires_on is not None and reservation.expires_on < command.on
        reservation.quantity = quantity if has_run_out else reservation.quantity + quantity
        reservation.expires_on = expires_on if has_run_out else _later(reservation.expires_on, expires_on)
        reservation.save(update_fields=["quantity", "expires_on"])
    return reservation


def _later(one: date | None, other: date | None) -> date | None:
    """Return the later of two last days; None is for good."""
    return None if one is None or other is None else max(one, other)


def not_enough_to_reserve(item: Item, warehouse: Warehouse, *, asked: Decimal, free: Decimal) -> NotEnoughToReserve:
    """Return the refusal that says how much is free."""
    return NotEnoughToReserve(item=item.code, asked=plain(asked), free=plain(max(free, ZERO)), warehouse=warehouse.code)


def held_by(holder: models.Model, *, item_id: int, warehouse_id: int, on: date | None) -> Decimal:
    """Return how much of what lies of the item in the warehouse is reserved (soft) for `holder` on a day.

    Without a day also what has run out and is not released yet.
    """
    held = Reservation.objects.filter(
        standing(on) if on else models.Q(),
        item_id=item_id,
        warehouse_id=warehouse_id,
        holder=holder._meta.label_lower,
        holder_id=holder.pk,
        supply=ON_HAND,
    )
    return held.values_list("quantity", flat=True).first() or ZERO


def unreserved(item_id: int, warehouse_id: int, *, on: date) -> Decimal:
    """Return how much available stock of the item in the warehouse is neither allocated nor, on that day, reserved."""
    lying = Balance.objects.filter(
        item_id=item_id,
        location__warehouse_id=warehouse_id,
        location__kind__in=Location.PICKED,
        status=Status.OK,
        owner="",
        doubted_at=None,
    ).aggregate(free=models.Sum(models.F("on_hand") - models.F("allocated")))["free"]
    claims = Reservation.objects.filter(standing(on), item_id=item_id, warehouse_id=warehouse_id, supply=ON_HAND)
    claimed = claims.aggregate(all=models.Sum("quantity"))["all"]
    return (lying or ZERO) - (claimed or ZERO)


def consume_reservation(
    *,
    item_id: int,
    warehouse_id: int,
    holder: models.Model,
    quantity: Decimal | None = None,
) -> Decimal:
    """Take up to `quantity` (all, if None) off what the holder has reserved on hand; return how much was taken."""
    reservation = Reservation.objects.filter(
        item_id=item_id,
        warehouse_id=warehouse_id,
        holder=holder._meta.label_lower,
        holder_id=holder.pk,
        supply=ON_HAND,
    ).first()
    if reservation is None:
        return ZERO
    taken = reservation.quantity if quantity is None else min(quantity, reservation.quantity)
    if taken == reservation.quantity:
        reservation.delete()
    else:
        reservation.quantity -= taken
        reservation.save(update_fields=["quantity"])
    return taken


def outside(kind: Location.Kind) -> Location:
    """Return the one place outside the stores of that kind: supplier, customer, production, scrap …"""
    place, _made = Location.objects.get_or_create(warehouse=None, code=kind.value, defaults={"kind": kind})
    return place


def outside_id(kind: Location.Kind) -> int:
    """Return the number of that place, by one plain statement where it is there already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM stock_location WHERE warehouse_id IS NULL AND code = %s", [kind.value])
        row = cursor.fetchone()
    return int(row[0]) if row else outside(kind).pk


def transit_to(warehouse: Warehouse) -> Location:
    """Return the place that holds what is on its way to `warehouse`."""
    place, _made = Location.objects.get_or_create(
        warehouse=warehouse, code="TRANSIT", defaults={"kind": Location.Kind.TRANSIT}
    )
    return place


def lot_of(
    item: Item,
    code: str = "",
    *,
    expires_on: date | None = None,
    received_on: date | None = None,
    supplier_code: str = "",
) -> Lot:
    """Return the item's lot with `code`, making it on first use; the empty code holds untracked stock."""
    lot, _made = Lot.objects.get_or_create(
        item=item,
        code=code,
        defaults={
            "expires_on": expires_on,
            "received_on": received_on,
            "supplier_code": supplier_code,
        },
    )
    return lot


def place_in(warehouse: Warehouse, location_id: int) -> Location:
    """Return a place of `warehouse` where somebody can put something down.

    Refuses: OtherWarehouse, and OnItsWay for the place that stands for the road.
    """
    place = Location.objects.select_related("warehouse").get(pk=location_id)
    if place.warehouse_id != warehouse.pk:
        raise OtherWarehouse(location=str(place))
    must_not_be_on_its_way(place)
    return place


def must_not_be_on_its_way(place: Location) -> None:
    """Refuse OnItsWay for the place that stands for the road: only its transfer puts something there or takes it."""
    if place.kind == Location.Kind.TRANSIT:
        raise OnItsWay(location=str(place))


def must_work_in(command: Command, warehouse: Warehouse) -> None:
    """Refuse WrongWarehouse where the actor does not work in `warehouse`."""
    if not command.actor.works_in(warehouse.code):
        raise WrongWarehouse(warehouse=warehouse.code)

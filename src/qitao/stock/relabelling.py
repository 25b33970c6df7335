"""Lots split and merged, owners changed: stock that stays where it is and is called otherwise.

Each line is two moves of one document, out into the place “relabelling” and back out of it. A split has one lot before,
a merge one lot after, so which lot became which can be read from the moves alone: `became`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import connection

from qitao.journal.command import Command, Reply, action
from qitao.kernel.quantity import ZERO, plain
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.stock import ledger
from qitao.stock.documents import Kind, Take, Taken, write
from qitao.stock.ledger import Line
from qitao.stock.models import Balance, Location, Lot
from qitao.stock.refusals import LotOfItsOwn, LotsDiffer, NothingToMove, SameLot, SameOwner


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a lot that gets a number of its own."""

    lot_code: str
    quantity: Decimal


@action(permission="stock.adjust")
def split(command: Command, *, balance_id: int, parts: Sequence[Part], reason: str) -> Reply:
    """Give parts of a lot in a bin lot numbers of their own; they keep its expiry, supplier and day of receipt.

    Refuses: NotEnoughOnHand, Claimed, NothingToMove, SameLot, LotOfItsOwn, WrongWarehouse, OnItsWay, BadValue.
    Records: stock.document_posted. Locks: the item.
    """
    for part in parts:
        if part.quantity <= 0:
            raise NothingToMove(quantity=plain(part.quantity))
    taken = Taken(command, [Take(balance_id, sum((part.quantity for part in parts), ZERO))])
    ((balance, quantity),) = taken.parts
    taken.line(balance, quantity, to=balance.location)  # refuses what is claimed
    lines = [
        line
        for part in parts
        for line in _renamed(balance, part.quantity, lot=_new_lot(balance.lot, part.lot_code.strip()))
    ]
    return write(command, Kind.SPLIT, lines, warehouse=taken.warehouse, reason=reason)


def _new_lot(of: Lot, code: str) -> Lot:
    """Return the lot `code`, made after the lot it comes from; one that is there must be alike."""
    if not code:
        raise BadValue(field=gettext_noop("lot"), problem=gettext_noop("is needed"), name="lot")
    if code == of.code:
        raise SameLot(lot=code)
    lot, made = Lot.objects.get_or_create(
        item_id=of.item_id,
        code=code,
        defaults={
            "expires_on": of.expires_on,
            "received_on": of.received_on,
            "supplier_code": of.supplier_code,
        },
    )
    if not made and lot.expires_on != of.expires_on:
        raise LotOfItsOwn(lot=code, item=of.item.code, problem=gettext_noop("another expiry date"))
    return lot


@action(permission="stock.adjust")
def merge(command: Command, *, takes: Sequence[Take], lot_code: str, reason: str) -> Reply:
    """Make one lot of several that are alike: same item, status, owner and expiry; each stays in its bin.

    Refuses: LotsDiffer, NotEnoughOnHand, Claimed, NothingToMove, SameLot, LotOfItsOwn, WrongWarehouse, OneWarehouse,
    OnItsWay, BadValue. Records: stock.document_posted. Locks: the item.
    """
    taken, code = Taken(command, takes), lot_code.strip()
    first = taken.parts[0][0]
    for balance, quantity in taken.parts:
        _must_be_alike(first, balance)
        taken.line(balance, quantity, to=balance.location)  # refuses what is claimed
    others = [(balance, quantity) for balance, quantity in taken.parts if balance.lot.code != code]
    if not others:
        raise SameLot(lot=code)
    lot = _new_lot(others[0][0].lot, code)
    lines = [line for balance, quantity in others for line in _renamed(balance, quantity, lot=lot)]
    return write(command, Kind.MERGE, lines, warehouse=taken.warehouse, reason=reason)


def _must_be_alike(one: Balance, other: Balance) -> None:
    """Refuse LotsDiffer for what may not become one lot."""
    differences = (
        (one.item_id != other.item_id, gettext_noop("they are different items")),
        (one.status != other.status, gettext_noop("their status differs")),
        (one.owner != other.owner, gettext_noop("their owners differ")),
        (one.lot.expires_on != other.lot.expires_on, gettext_noop("they expire on different days")),
    )
    for differs, problem in differences:
        if differs:
            raise LotsDiffer(one=one.lot.code or "–", other=other.lot.code or "–", problem=problem)


@action(permission="stock.adjust")
def change_owner(command: Command, *, takes: Sequence[Take], owner: str, reason: str) -> Reply:
    """Let stock belong to somebody else – consigned goods that we buy become our own: the empty owner.

    Refuses: SameOwner, NotEnoughOnHand, Claimed, NothingToMove, WrongWarehouse, OneWarehouse, OnItsWay, BadValue.
    Records: stock.document_posted. Locks: the items.
    """
    taken, now = Taken(command, takes), owner.strip()
    lines: list[Line] = []
    for balance, quantity in taken.parts:
        if balance.owner == now:
            raise SameOwner(item=balance.item.code, location=str(balance.location))
        taken.line(balance, quantity, to=balance.location)  # refuses what is claimed
        lines += _renamed(balance, quantity, owner=now)
    return write(command, Kind.OWNER, lines, warehouse=taken.warehouse, reason=reason)


def _renamed(balance: Balance, quantity: Decimal, *, lot: Lot | None = None, owner: str | None = None) -> list[Line]:
    """Return the two moves by which stock stays in its bin under another lot or owner."""
    between = ledger.outside(Location.Kind.RELABEL)
    out = Line(
        balance.item_id,
        balance.lot_id,
        balance.location_id,
        between.pk,
        quantity,
        balance.status,
        balance.status,
        balance.owner,
    )
    back = replace(out, from_id=between.pk, to_id=balance.location_id)
    if lot is not None:
        back = replace(back, lot_id=lot.pk)
    if owner is not None:
        back = replace(back, owner=owner)
    return [out, back]


@dataclass(frozen=True, slots=True)
class Became:
    """So much of one lot became part of another, by a document that stands."""

    from_lot_id: int
    to_lot_id: int
    quantity: Decimal
    document: str


# The moves of a document are numbered in the order of its lines: its n-th move out belongs to its n-th move back.
BECAME = """
WITH between AS (
    SELECT id FROM stock_location WHERE kind = 'relabel'
), document AS (
    SELECT DISTINCT document, document_id FROM stock_move
    WHERE lot_id = ANY(%(lots)s) AND (to_location_id IN (TABLE between) OR from_location_id IN (TABLE between))
), side AS (
    SELECT move.*, to_location_id IN (TABLE between) AS is_out,
        row_number() OVER (
            PARTITION BY document, document_id, to_location_id IN (TABLE between) ORDER BY move.id
        ) AS place
    FROM document JOIN stock_move AS move USING (document, document_id)
    WHERE reverses_id IS NULL
)
SELECT before.lot_id, after.lot_id, after.quantity, after.document_code
FROM side AS before JOIN side AS after USING (document, document_id, place)
WHERE before.is_out AND NOT after.is_out AND before.lot_id <> after.lot_id
  AND (before.lot_id = ANY(%(lots)s) OR after.lot_id = ANY(%(lots)s))
  AND NOT EXISTS (SELECT FROM stock_move AS undone WHERE undone.reverses_id = before.id)
ORDER BY before.id
"""


def became(lot_ids: Collection[int]) -> list[Became]:
    """Return every split and merge that these lots came out of or went into; reversed ones did not happen."""
    with connection.cursor() as cursor:
        cursor.execute(BECAME, {"lots": sorted(lot_ids)})
        return [Became(*row) for row in cursor.fetchall()]

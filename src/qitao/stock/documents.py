"""Documents of the stores that people write by hand: status, scrap, other issues and receipts, and their reversal.

A document is one command, one statement of moves, one warehouse. Those that may be dated back take `happened_at`;
every balance they take from must then have had enough at every moment since. What is allocated is not touched unless
`even_allocated` says so: then pick lists and planned transfers lose it, and are filled from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.utils.functional import cached_property

from qitao.catalog.models import Item
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import ZERO, plain
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.stock import dating, ledger
from qitao.stock.ledger import Line
from qitao.stock.models import Balance, Location, Move, Status, StockDocument, Warehouse
from qitao.stock.refusals import (
    AlreadyGone,
    AlreadyReversed,
    Claimed,
    NotEnoughOnHand,
    NothingToMove,
    OneWarehouse,
    SamePlace,
)

Kind = StockDocument.Kind


@dataclass(frozen=True, slots=True)
class Take:
    """How much is taken from a balance: a lot in a bin, of a status and an owner."""

    balance_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Bring:
    """What comes into a bin, and as what."""

    item_id: int
    location_id: int
    quantity: Decimal
    lot_code: str = ""
    expires_on: date | None = None
    status: str = Status.OK.value
    owner: str = ""


@action(permission="stock.status")
def change_status(
    command: Command,
    *,
    takes: Sequence[Take],
    status: str,
    reason: str,
    happened_at: datetime | None = None,
    even_allocated: bool = False,
) -> Reply:
    """Give stock another status: what an inspection found, what broke, what may be used after all.

    Refuses: NotEnoughOnHand, Claimed, SamePlace, NothingToMove, WrongWarehouse, OneWarehouse, OnItsWay, NotYet,
    TooLongAgo, NotEnoughThen, BadValue. Records: stock.document_posted. Locks: the items.
    """
    now = Status(status).value
    taken = Taken(command, takes)
    for balance, _ in taken.parts:
        if balance.status == now:
            raise SamePlace(location=f"{balance.location} ({balance.get_status_display()})")
    lines = [
        taken.line(balance, quantity, to=balance.location, status=now, even_allocated=even_allocated)
        for balance, quantity in taken.parts
    ]
    return write(
        command, Kind.STATUS, lines, warehouse=taken.warehouse, reason=reason, happened_at=happened_at, status=now
    )


@action(permission="stock.adjust")
def scrap(
    command: Command,
    *,
    takes: Sequence[Take],
    reason: str,
    cost_center: str = "",
    happened_at: datetime | None = None,
    even_allocated: bool = False,
) -> Reply:
    """Throw stock away. Refuses and records as `change_status` does. Locks: the items."""
    taken, bin_ = Taken(command, takes), ledger.outside(Location.Kind.SCRAP)
    lines = [taken.line(balance, quantity, to=bin_, even_allocated=even_allocated) for balance, quantity in taken.parts]
    return write(
        command,
        Kind.SCRAP,
        lines,
        warehouse=taken.warehouse,
        reason=reason,
        cost_center=cost_center,
        happened_at=happened_at,
    )


@action(permission="stock.adjust")
def issue(
    command: Command,
    *,
    takes: Sequence[Take],
    reason: str,
    cost_center: str = "",
    happened_at: datetime | None = None,
) -> Reply:
    """Give stock out for something other than a work or sales order: samples, repairs, trials.

    Refuses and records as `change_status` does. Locks: the items.
    """
    taken, away = Taken(command, takes), ledger.outside(Location.Kind.OTHER)
    lines = [taken.line(balance, quantity, to=away) for balance, quantity in taken.parts]
    return write(
        command,
        Kind.ISSUE,
        lines,
        warehouse=taken.warehouse,
        reason=reason,
        cost_center=cost_center,
        happened_at=happened_at,
    )


@action(permission="stock.adjust")
def receive(
    command: Command,
    *,
    warehouse_id: int,
    brings: Sequence[Bring],
    reason: str,
    cost_center: str = "",
    happened_at: datetime | None = None,
) -> Reply:
    """Take stock in that no purchase or work order brought: found, given, brought back, a customer's own.

    Refuses: NothingToMove, WrongWarehouse, OtherWarehouse, OnItsWay, NotYet, TooLongAgo, BadValue.
    Records: stock.document_posted. Locks: the items.
    """
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    ledger.must_work_in(command, warehouse)
    if not brings:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("is needed"))
    ledger.lock_items(bring.item_id for bring in brings)
    source = ledger.outside(Location.Kind.OTHER)
    lines = [_brought(command, bring, source=source, warehouse=warehouse) for bring in brings]
    return write(
        command,
        Kind.RECEIPT,
        lines,
        warehouse=warehouse,
        reason=reason,
        cost_center=cost_center,
        happened_at=happened_at,
    )


def _brought(command: Command, bring: Bring, *, source: Location, warehouse: Warehouse) -> Line:
    if bring.quantity <= 0:
        raise NothingToMove(quantity=plain(bring.quantity))
    target = ledger.place_in(warehouse, bring.location_id)
    item = Item.objects.get(pk=bring.item_id)
    lot = ledger.lot_of(item, bring.lot_code.strip(), expires_on=bring.expires_on, received_on=command.on)
    status = Status(bring.status).value
    return Line(item.pk, lot.pk, source.pk, target.pk, bring.quantity, status, status, bring.owner.strip())


# What all of them share


class Taken:
    """The balances that a document takes from, locked and read: all of one warehouse, each named once."""

    def __init__(self, command: Command, takes: Iterable[Take]) -> None:
        """Refuses: NothingToMove, BadValue for nothing at all, WrongWarehouse, OneWarehouse, OnItsWay."""
        wanted: dict[int, Decimal] = {}
        for take in takes:
            if take.quantity <= 0:
                raise NothingToMove(quantity=plain(take.quantity))
            wanted[take.balance_id] = wanted.get(take.balance_id, ZERO) + take.quantity
        if not wanted:
            raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("is needed"))
        rows = Balance.objects.filter(pk__in=wanted)
        ledger.lock_items(rows.values_list("item_id", flat=True))
        found = rows.select_related("item", "lot", "location__warehouse").in_bulk()
        if len(found) < len(wanted):
            raise Balance.DoesNotExist
        self.parts = [(found[pk], quantity) for pk, quantity in wanted.items()]
        for balance, _ in self.parts:
            ledger.must_not_be_on_its_way(balance.location)
        if len({balance.location.warehouse_id for balance, _ in self.parts}) > 1:
            raise OneWarehouse
        ledger.must_work_in(command, self.warehouse)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The warehouse in which all of it lies."""
        warehouse = self.parts[0][0].location.warehouse
        assert warehouse is not None
        return warehouse

    def line(
        self, balance: Balance, quantity: Decimal, *, to: Location, status: str = "", even_allocated: bool = False
    ) -> Line:
        """Return the move of `quantity` out of `balance`. Refuses: Claimed."""
        free = balance.on_hand - balance.allocated
        released = max(min(quantity, balance.on_hand) - free, ZERO)
        if released and not even_allocated:
            raise Claimed(
                item=balance.item.code,
                location=str(balance.location),
                on_hand=plain(balance.on_hand),
                free=plain(free),
                allocated=plain(balance.allocated),
            )
        return Line(
            balance.item_id,
            balance.lot_id,
            balance.location_id,
            to.pk,
            quantity,
            balance.status,
            status or balance.status,
            balance.owner,
            released,
        )


def write(
    command: Command,
    kind: Kind,
    lines: Sequence[Line],
    *,
    warehouse: Warehouse,
    reason: str,
    cost_center: str = "",
    happened_at: datetime | None = None,
    status: str = "",
) -> Reply:
    """Write a document and its moves, and tell that it is there. Refuses: see `ledger.post` and `dating.when`."""
    if not reason.strip():
        raise BadValue(field=gettext_noop("reason"), problem=gettext_noop("is needed"), name="reason")
    document = StockDocument.objects.create(
        code=next_code("SD", command.at),
        kind=kind,
        warehouse=warehouse,
        reason=reason.strip(),
        cost_center=cost_center.strip(),
        happened_at=dating.when(command, happened_at, warehouse=warehouse),
        made_at=command.at,
        made_by=command.actor,
    )
    ledger.post(command, lines, document=document, happened_at=happened_at)
    record(
        command,
        "stock.document_posted",
        document,
        document=kind.value,
        status=status,
        reason=document.reason,
        items=sorted({line.item_id for line in lines}),
        warehouse=warehouse.pk,
        took=sorted({line.item_id for line in lines if line.released}),
    )
    return {"document": document.pk, "code": document.code}


@action(permission="stock.adjust")
def reverse(command: Command, *, document_id: int, reason: str) -> Reply:
    """Undo a whole document by reversing its moves, now; what it wrote stays to be read.

    Refuses: AlreadyReversed, AlreadyGone where what it brought is not free there any more, WrongWarehouse, BadValue.
    Records: stock.document_reversed. Locks: the items, then the document.
    """
    document = StockDocument.objects.select_related("warehouse").get(pk=document_id)
    ledger.must_work_in(command, document.warehouse)
    if not reason.strip():
        raise BadValue(field=gettext_noop("reason"), problem=gettext_noop("is needed"), name="reason")
    moves = list(moves_of(document).order_by("id"))
    ledger.lock_items(move.item_id for move in moves)
    undone = StockDocument.objects.filter(pk=document.pk, reversed_at=None).update(
        reversed_at=command.at, reversed_by=command.actor, reversed_why=reason.strip()
    )
    if not undone:
        raise AlreadyReversed(document=document.code)
    undo(command, moves, document=document)
    record(
        command,
        "stock.document_reversed",
        document,
        reason=reason.strip(),
        items=sorted({move.item_id for move in moves}),
        warehouse=document.warehouse_id,
        took=[],
    )
    return {"document": document.pk, "code": document.code}


def moves_of(document: StockDocument) -> models.QuerySet[Move]:
    """Return the moves that a document wrote, without those that reversed it."""
    return Move.objects.filter(document=document._meta.label_lower, document_id=document.pk, reverses=None)


def undo(command: Command, moves: Sequence[Move], *, document: models.Model) -> None:
    """Post the moves that undo `moves`; the items must be locked. Refuses: AlreadyGone."""
    try:
        ledger.reverse_all(command, moves, document=document)
    except NotEnoughOnHand as short:
        raise AlreadyGone(document=str(document), **short.facts) from short

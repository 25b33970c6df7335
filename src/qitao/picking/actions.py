"""Picking: lists, picks, short picks."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import not_now
from qitao.journal.models import CommandRecord
from qitao.kernel.quantity import ZERO, plain
from qitao.kernel.refusal import BadValue, Gone
from qitao.kernel.words import gettext_noop
from qitao.picking import filling, issuing, queries
from qitao.picking.models import PickLine, PickList, ShortPick, ShortReason
from qitao.picking.queries import UNDO_MINUTES
from qitao.picking.refusals import (
    AlreadyPicked,
    MoreThanIssued,
    MoreThanLine,
    NothingToPick,
    NotUndone,
    TooLateToUndo,
    WrongBin,
    WrongItem,
)
from qitao.production.models import OPEN_STATES, Requirement, WorkOrder
from qitao.production.queries import needed
from qitao.production.refusals import NothingOpen
from qitao.stock import actions as transfers
from qitao.stock import ledger
from qitao.stock import queries as stock
from qitao.stock.ledger import Line
from qitao.stock.models import Balance, Location, Move, Status
from qitao.stock.refusals import NotEnoughOnHand, NothingToReverse

# a picker who reports one of these doubts the record; the rest of the bin is not offered until it is counted
DOUBTS = (ShortReason.EMPTY, ShortReason.LESS, ShortReason.WRONG_ITEM, ShortReason.BLOCKED)


@action(permission="picking.make")
def make_list(command: Command, *, work_order_id: int) -> Reply:
    """Make, or fill up, the pick list of a released work order.

    Refuses: NotNow, NothingToPick, WrongWarehouse. Records: picking.filled. Locks: the items it lacks.
    """
    work_order = WorkOrder.objects.select_related("warehouse").get(pk=work_order_id)
    ledger.must_work_in(command, work_order.warehouse)
    if work_order.status not in filling.PICKED_STATES:
        raise not_now(work_order)
    pick_list = filling.fill(command, work_order)
    if pick_list is None:
        raise NothingToPick(work_order=work_order.code, warehouse=work_order.warehouse.code)
    return {"pick_list": pick_list.pk, "code": pick_list.code}


@action(permission="picking.pick")
def confirm(
    command: Command,
    *,
    pick_line_id: int,
    quantity: Decimal,
    scanned_location: str = "",
    scanned_item: str = "",
) -> Reply:
    """Confirm that `quantity` of a line was taken: it moves to production and counts as issued.

    Scanned codes, where given, must be the line's bin and its item or lot.
    Refuses: AlreadyPicked, MoreThanLine, WrongBin, WrongItem, WrongWarehouse, NotEnoughOnHand.
    Records: picking.picked. Locks: the item.
    """
    (line,) = issuing.read(command, [pick_line_id])
    line.must_match(location=scanned_location, item=scanned_item)
    moves = issuing.take(command, [line], {line.id: quantity})
    return {"move": moves[line.id], "pick_list": line.list_id, "open": str(line.quantity - quantity)}


@action(permission="picking.pick")
def confirm_lines(command: Command, *, quantities: Mapping[int, Decimal]) -> Reply:
    """Confirm that `quantities` of lines – of one list or of several – were taken: a document as a whole, or nothing.

    Refuses: BadValue, AlreadyPicked, MoreThanLine, WrongWarehouse, NotEnoughOnHand.
    Records: picking.picked for each line. Locks: the items, the lists.
    """
    if not quantities:
        raise BadValue(field=gettext_noop("lines"), problem=gettext_noop("is empty"))
    lines = issuing.read(command, quantities)
    moves = issuing.take(command, lines, quantities)
    return {"moves": moves, "pick_lists": sorted({line.list_id for line in lines})}


@action(permission="picking.pick")
def undo(command: Command, *, move_id: int, pick_line_id: int) -> Reply:
    """Take a pick back within ten minutes, by the reversing move; the line is to be picked again.

    Refuses: TooLateToUndo, NotUndone, NothingToReverse. Records: picking.undone. Locks: the item.
    """
    line = _undone_lines(command, {pick_line_id: move_id})[0]
    _undo(command, line, move_id)
    return {"pick_line": line.pk}


@action(permission="picking.pick")
def undo_lines(command: Command, *, taken_by: uuid.UUID) -> Reply:
    """Take back within ten minutes what one `confirm_lines` took, all of it.

    Refuses: Gone, and as `undo`. Records: picking.undone for each line. Locks: the items.
    """
    done = CommandRecord.objects.filter(pk=taken_by, action=confirm_lines.action_name).first()  # type: ignore[attr-defined]
    if done is None:
        raise Gone(what="pick")
    moves = {int(line): move for line, move in done.reply["moves"].items()}
    for line in _undone_lines(command, moves):
        _undo(command, line, moves[line.pk])
    return {"pick_lines": sorted(moves)}


def _undone_lines(command: Command, moves: Mapping[int, int]) -> list[PickLine]:
    """Lock the items of these lines; return the lines as they are then, in the order of their lists."""
    ledger.lock_items(PickLine.objects.filter(pk__in=moves).values_list("item_id", flat=True))
    rows = PickLine.objects.select_related("pick_list__warehouse", "requirement__work_order", "item")
    lines = list(rows.filter(pk__in=moves).order_by("pick_list_id", "id"))
    if len(lines) < len(moves):
        raise Gone(what="pick line")
    for line in lines:
        ledger.must_work_in(command, line.pick_list.warehouse)
    return lines


def _undo(command: Command, line: PickLine, move_id: int) -> None:
    move = Move.objects.get(
        pk=move_id,
        document=PickList._meta.label_lower,
        document_id=line.pick_list_id,
        item=line.item_id,
        lot=line.lot_id,
        owner=line.owner,
        from_location=line.location_id,
        to_location__kind=Location.Kind.PRODUCTION,
    )
    if queries.is_of_another_line(move, line):
        raise Gone(what="move")
    _must_be_undoable(command, line, move)
    ledger.reverse(command, move, document=line.pick_list)
    balance = Balance.objects.get(
        item=line.item_id, location=line.location_id, lot=line.lot_id, status=Status.OK, owner=line.owner
    )
    ledger.allocate(balance, move.quantity)
    was_live = line.status in (PickLine.State.OPEN, PickLine.State.PICKED)
    PickLine.objects.filter(pk=line.pk).update(
        # of a line that was given up short or cut only what was picked comes back
        quantity=line.quantity if was_live else line.picked,
        picked=line.picked - move.quantity,
        status="open",
        done_at=None,
    )
    Requirement.objects.filter(pk=line.requirement_id).update(issued=F("issued") - move.quantity)
    PickList.objects.filter(pk=line.pick_list_id, status="done").update(status="in_progress")
    record(command, "picking.undone", line.pick_list, item=line.item.code, quantity=str(move.quantity))


def _must_be_undoable(command: Command, line: PickLine, move: Move) -> None:
    if command.at - move.at > timedelta(minutes=UNDO_MINUTES):
        raise TooLateToUndo(minutes=UNDO_MINUTES)
    if Move.objects.filter(reverses=move).exists() or move.quantity > line.picked - line.returned:
        raise NothingToReverse
    work_order = line.requirement.work_order
    if work_order.status not in filling.PICKED_STATES:
        raise NotUndone(work_order=work_order.code, state=work_order.get_status_display())


@action(permission="picking.return")
def return_to_stock(command: Command, *, work_order_id: int, quantities: Mapping[int, Decimal]) -> Reply:
    """Bring material of a work order that was issued but not used back to the bins and lots it was picked from.

    `quantities` says how much of which pick line. As much is issued no more; what was asked for beyond the need of its
    pieces is not asked for any more, either.
    Refuses: BadValue, MoreThanIssued, NotNow once it is closed, WrongWarehouse. Records: picking.returned for each.
    Locks: the items, the work order.
    """
    work_order = WorkOrder.objects.select_related("warehouse").get(pk=work_order_id)
    ledger.must_work_in(command, work_order.warehouse)
    if not quantities or min(quantities.values()) <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    ledger.lock_items(PickLine.objects.filter(pk__in=quantities).values_list("item_id", flat=True))
    if not filling.stays_in(work_order, queries.RETURNED_STATES):
        raise not_now(WorkOrder.objects.get(pk=work_order.pk))
    work_order = WorkOrder.objects.select_related("bom").get(pk=work_order.pk)
    offers = {offer.line.pk: offer for offer in queries.returnable(work_order)}
    if not quantities.keys() <= offers.keys():
        raise Gone(what="pick line")
    lines = [(offers[pk], quantity) for pk, quantity in sorted(quantities.items())]
    _must_be_unused(lines)
    source = ledger.outside(Location.Kind.PRODUCTION)
    postings = [
        Line(each.line.item_id, each.line.lot_id, source.pk, each.line.location_id, quantity, owner=each.line.owner)
        for each, quantity in lines
    ]
    ledger.post(command, postings, document=work_order)
    needs = needed(work_order)
    for each, quantity in lines:
        _unissue(command, each.line, quantity, need=needs.get(each.line.requirement_id))
    return {"work_order": work_order.pk, "lines": len(lines)}


def _must_be_unused(lines: list[tuple[queries.Returnable, Decimal]]) -> None:
    back: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for each, quantity in lines:
        back[each.line.requirement_id] += quantity
        if quantity > each.quantity or back[each.line.requirement_id] > each.most:
            raise MoreThanIssued(
                item=each.line.item.code,
                asked=plain(max(quantity, back[each.line.requirement_id])),
                issued=plain(each.line.requirement.issued),
                used=plain(each.used),
                most=plain(min(each.quantity, each.most)),
            )


def _unissue(command: Command, line: PickLine, quantity: Decimal, *, need: Decimal | None) -> None:
    """Let as much of a pick count as brought back; a split may have left more on its requirement than it needs."""
    PickLine.objects.filter(pk=line.pk).update(returned=F("returned") + quantity)
    requirement = Requirement.objects.select_related("work_order").get(pk=line.requirement_id)
    beyond = ZERO if need is None else min(quantity, max(requirement.quantity - need, ZERO))
    Requirement.objects.filter(pk=requirement.pk).update(issued=F("issued") - quantity, quantity=F("quantity") - beyond)
    record(
        command,
        "picking.returned",
        requirement.work_order,
        item=line.item.code,
        quantity=str(quantity),
        to=str(line.location),
        items=[line.item_id],
    )


@action(permission="picking.pick")
def report_short(command: Command, *, pick_line_id: int, found: Decimal, reason: str, note: str = "") -> Reply:
    """Report that a bin holds less than the line asks for; what was found is issued, the rest given up here.

    Where the reason doubts the record, the bin is not offered again until it is counted; what is damaged becomes so
    in the ledger. The fact says whether another bin of the same warehouse could cover the rest – if none can, a case
    opens in the same transaction. Refuses: AlreadyPicked, MoreThanLine, BadValue. Records: picking.short.
    Locks: the item, the work order – a case pauses it – and the list.
    """
    asked = PickLine.objects.select_related("requirement").get(pk=pick_line_id)
    ledger.lock_items([asked.item_id])
    filling.lock_orders([asked])
    (row,) = issuing.read(command, [pick_line_id])
    if not 0 <= found < row.quantity:
        raise MoreThanLine(asked=plain(found), open=plain(row.quantity))
    if found:
        issuing.take(command, [row], {row.id: found})
    line = PickLine.objects.select_related("pick_list", "requirement__work_order__warehouse", "item").get(pk=row.id)
    short = ShortPick.objects.create(
        requirement=line.requirement,
        pick_line=line,
        location_id=line.location_id,
        lot_id=line.lot_id,
        item=line.item,
        asked=row.quantity,
        found=found,
        reason=ShortReason(reason),
        note=note,
        at=command.at,
        actor=command.actor,
    )
    filling.take_back([line], status="short")
    if reason in DOUBTS:
        _doubt(command, line)
    elif reason == ShortReason.DAMAGED:
        _damaged(command, line, short.missing)
    PickList.objects.filter(pk=line.pick_list_id, status="open").update(status="in_progress", picker=command.actor)
    filling.finish_if_done(line.pick_list)
    return _tell_short(command, short)


def _doubt(command: Command, line: PickLine) -> None:
    """Doubt what the bin is recorded to hold still, as far as nobody else's pick is allocated in it."""
    Balance.objects.filter(
        item=line.item_id, location=line.location_id, lot=line.lot_id, status=Status.OK, owner=line.owner
    ).update(doubted_at=command.at)


def _damaged(command: Command, line: PickLine, quantity: Decimal) -> None:
    posting = Line(
        line.item_id,
        line.lot_id,
        line.location_id,
        line.location_id,
        quantity,
        Status.OK.value,
        Status.DAMAGED.value,
        line.owner,
    )
    ledger.post(command, [posting], document=line.pick_list)


@action(permission="picking.pick")
def report_missing(command: Command, *, requirement_id: int, note: str = "") -> Reply:
    """Report a requirement for which nothing was there to put on the pick list. Records: picking.short."""
    requirement = Requirement.objects.select_related("work_order__warehouse", "item").get(pk=requirement_id)
    ledger.must_work_in(command, requirement.work_order.warehouse)
    missing = next(
        (line.quantity for line in queries.lacking(requirement.work_order) if line.requirement.pk == requirement.pk),
        ZERO,
    )
    if missing <= 0:
        raise AlreadyPicked(state=PickLine.State.PICKED.label)
    short = ShortPick.objects.create(
        requirement=requirement,
        item=requirement.item,
        asked=missing,
        found=ZERO,
        reason=ShortReason.NOT_STOCKED,
        note=note,
        at=command.at,
        actor=command.actor,
    )
    return _tell_short(command, short)


def _tell_short(command: Command, short: ShortPick) -> Reply:
    covered = queries.nearby(short.requirement, on=command.on) >= short.missing
    record(
        command,
        "picking.short",
        short,
        requirement=short.requirement_id,
        work_order=short.requirement.work_order.code,
        item=short.item.code,
        missing=str(short.missing),
        reason=short.reason,
        covered=covered,
    )
    return {"short_pick": short.pk, "covered": covered, "missing": str(short.missing)}


@action(permission="picking.pick")
def take_from(command: Command, *, requirement_id: int, balance_id: int, quantity: Decimal) -> Reply:
    """Put a bin of the picker's choice on the list for a requirement that lacks something.

    Stock that is blocked, expired or in doubt is not there to be chosen.
    Refuses: NotEnoughOnHand, MoreThanLine, WrongBin, WrongWarehouse, NotNow. Records: picking.filled.
    Locks: the item, the work order, its list.
    """
    ledger.lock_items([Balance.objects.values_list("item_id", flat=True).get(pk=balance_id)])
    balance = Balance.objects.select_related("item", "location__warehouse").get(pk=balance_id)
    requirement = Requirement.objects.select_related("work_order__warehouse", "item").get(pk=requirement_id)
    work_order = requirement.work_order
    ledger.must_work_in(command, work_order.warehouse)
    if balance.item_id != requirement.item_id:
        raise WrongItem(scanned=balance.item.code, item=requirement.item.code)
    if balance.location.warehouse_id != work_order.warehouse_id:
        raise WrongBin(scanned=str(balance.location), location=work_order.warehouse.code)
    if not filling.stays_in(work_order, OPEN_STATES):
        raise not_now(WorkOrder.objects.get(pk=work_order.pk))
    if not stock.pickable(balance.item_id, on=command.on).filter(pk=balance.pk).exists():
        item, place = balance.item.code, str(balance.location)
        raise NotEnoughOnHand(item=item, asked=plain(quantity), free="0", location=place)
    open_here = next((x.quantity for x in queries.lacking(work_order) if x.requirement.pk == requirement.pk), ZERO)
    if not 0 < quantity <= open_here:
        raise MoreThanLine(asked=plain(quantity), open=plain(open_here))
    home, on = work_order.warehouse_id, command.on
    own = ledger.held_by(requirement, item_id=balance.item_id, warehouse_id=home, on=on)
    spare = ledger.unreserved(balance.item_id, home, on=on) + own
    if quantity > spare:
        raise ledger.not_enough_to_reserve(balance.item, work_order.warehouse, asked=quantity, free=spare)
    ledger.allocate(balance, quantity)
    ledger.consume_reservation(
        item_id=balance.item_id, warehouse_id=work_order.warehouse_id, holder=requirement, quantity=quantity
    )
    pick_list = filling.working_list(command, work_order)
    line = filling.add_line(pick_list, requirement, balance, quantity)
    record(command, "picking.filled", pick_list, lines=1, work_order=work_order.code)
    return {"pick_list": pick_list.pk, "code": pick_list.code, "pick_line": line.pk}


@action(permission="stock.transfer")
def send_for(command: Command, *, requirement_id: int, from_warehouse_id: int, quantity: Decimal) -> Reply:
    """Plan a transfer from another warehouse of what a requirement lacks, at most `quantity`; it comes for this one.

    Refuses: NothingOpen where it lacks nothing any more, and as `stock.plan_transfer`. Locks: the item.
    """
    ledger.lock_items([Requirement.objects.values_list("item_id", flat=True).get(pk=requirement_id)])
    requirement = _holder(requirement_id)
    work_order = requirement.work_order
    missing = sum((x.quantity for x in queries.lacking(work_order) if x.requirement.pk == requirement.pk), ZERO)
    if missing <= 0:
        raise NothingOpen(what=str(requirement))
    wanted = min(quantity, missing)
    reply = transfers.plan_transfer(
        command,
        item_id=requirement.item_id,
        from_warehouse_id=from_warehouse_id,
        to_warehouse_id=work_order.warehouse_id,
        quantity=wanted,
        due_on=work_order.start_on,
        reason=work_order.code,
        holder=Requirement._meta.label_lower,
        holder_id=requirement.pk,
    )
    return {**reply, "quantity": str(wanted)}


@action(permission="planning.rank")
def hand_over(command: Command, *, from_requirement_id: int, to_requirement_id: int, quantity: Decimal) -> Reply:
    """Give what one requirement holds of an item to another that needs it: reservations first, then open picks.

    The giver's pick lines are cut by as much; the taker's list is filled from what became free – of no more than it
    lacks. Refuses: NothingToPick where the giver holds nothing any more, NothingOpen where the taker lacks nothing,
    NotNow, WrongItem, WrongWarehouse. Records: picking.handed_over. Locks: the item.
    """
    ledger.lock_items([Requirement.objects.values_list("item_id", flat=True).get(pk=from_requirement_id)])
    giver, taker = _holder(from_requirement_id), _holder(to_requirement_id)
    warehouse = giver.work_order.warehouse
    ledger.must_work_in(command, warehouse)
    if taker.item_id != giver.item_id:
        raise WrongItem(scanned=giver.item.code, item=taker.item.code)
    if taker.work_order.status not in OPEN_STATES:
        raise not_now(taker.work_order)
    quantity = min(quantity, _unclaimed(taker, command.on))
    if quantity <= 0:
        raise NothingOpen(what=str(taker))
    freed = ledger.consume_reservation(
        item_id=giver.item_id, warehouse_id=warehouse.pk, holder=giver, quantity=quantity
    )
    freed += filling.give_up(giver, quantity - freed)
    if not freed:
        raise NothingToPick(work_order=giver.work_order.code, warehouse=warehouse.code)
    if warehouse.pk == taker.work_order.warehouse_id:
        ledger.reserve(command, item=giver.item, warehouse=warehouse, quantity=freed, holder=taker)
        if taker.work_order.status in filling.PICKED_STATES:
            filling.fill(command, taker.work_order, items=[giver.item_id])
    filling.finish_lists([giver.work_order])
    record(
        command,
        "picking.handed_over",
        taker.work_order,
        item=giver.item.code,
        quantity=str(freed),
        giver=giver.work_order.code,
    )
    return {"quantity": str(freed)}


def _holder(requirement_id: int) -> Requirement:
    return Requirement.objects.select_related("work_order__warehouse", "item").get(pk=requirement_id)


def _unclaimed(taker: Requirement, on: date) -> Decimal:
    """Return how much of a requirement is neither issued, nor on a pick list, nor reserved for it."""
    listed = sum((line.open_quantity for line in taker.pick_lines.filter(status="open")), ZERO)
    held = ledger.held_by(taker, item_id=taker.item_id, warehouse_id=taker.work_order.warehouse_id, on=on)
    return taker.open_quantity - listed - held

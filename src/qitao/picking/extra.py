"""More than a work order needs: issued beyond its requirement, with a reason, within a limit, and to be seen on it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import not_now
from qitao.journal.models import Fact
from qitao.kernel.quantity import ZERO, plain, round_down
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.picking import actions as picking
from qitao.picking import filling
from qitao.picking.models import OverReason, PickLine, PickList
from qitao.picking.refusals import MoreThanAllowed
from qitao.production.models import Requirement, WorkOrder
from qitao.stock import ledger
from qitao.stock import queries as stock
from qitao.stock.ledger import Line
from qitao.stock.models import Balance, Location
from qitao.stock.refusals import NotEnoughOnHand

BEYOND = "picking.over"  # who holds it may go beyond the limit


@dataclass(frozen=True, slots=True)
class Why:
    """Why more is issued than needed."""

    reason: str
    note: str = ""


@action(permission="picking.pick")
def take_more(
    command: Command,
    *,
    pick_line_id: int,
    quantity: Decimal,
    reason: str,
    note: str = "",
    scanned_location: str = "",
    scanned_item: str = "",
) -> Reply:
    """Take `quantity` from the bin of a pick line: what is open of it, and the rest beyond.

    What goes beyond the line is first counted against what the requirement still needs from other bins; the rest is
    more than needed, and counts as such until it is brought back. The warehouse says how many percent of a
    requirement that may be; a whole pack always may; who may go beyond the limit, may.
    Refuses: BadValue, MoreThanAllowed, NotEnoughOnHand, NotEnoughToReserve, WrongBin, WrongItem, WrongWarehouse,
    NotNow. Records: picking.picked, picking.over_issued. Locks: the item, the work order, its lists.
    """
    if reason not in OverReason.values:
        raise BadValue(field=gettext_noop("reason"), problem=gettext_noop("is needed"))
    line = _line(command, pick_line_id)
    open_quantity = line.open_quantity if line.status == PickLine.State.OPEN else ZERO
    extra = quantity - open_quantity
    if extra <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("is no more than the line asks for"))
    if open_quantity:
        picking.confirm(
            command,
            pick_line_id=line.pk,
            quantity=open_quantity,
            scanned_location=scanned_location,
            scanned_item=scanned_item,
        )
    return _issue(command, line, extra, why=Why(reason, note.strip()))


def _line(command: Command, pick_line_id: int) -> PickLine:
    """Lock the item, the work order and its lists, in the order of whoever fills a list; return the line as it is."""
    ledger.lock_items([PickLine.objects.values_list("item_id", flat=True).get(pk=pick_line_id)])
    line = PickLine.objects.select_related(
        "pick_list__warehouse", "item__unit", "location", "requirement__work_order"
    ).get(pk=pick_line_id)
    ledger.must_work_in(command, line.pick_list.warehouse)
    order = line.requirement.work_order
    if not filling.stays_in(order, filling.PICKED_STATES):
        raise not_now(WorkOrder.objects.get(pk=order.pk))
    list(order.pick_lists.select_for_update(no_key=True).order_by("pk"))
    return line


def _issue(command: Command, line: PickLine, extra: Decimal, *, why: Why) -> Reply:
    balance = _free(command, line, extra)
    requirement = Requirement.objects.get(pk=line.requirement_id)
    over = max(requirement.issued + extra - requirement.quantity, ZERO)
    _must_be_allowed(command, line, requirement, over, why=why)
    target = ledger.outside(Location.Kind.PRODUCTION).pk
    posting = Line(line.item_id, line.lot_id, line.location_id, target, extra, owner=line.owner)
    (move,) = ledger.post(command, [posting], document=line.pick_list)
    added = PickLine.objects.create(
        pick_list=line.pick_list,
        requirement=requirement,
        item_id=line.item_id,
        location_id=line.location_id,
        lot_id=line.lot_id,
        owner=line.owner,
        quantity=extra,
        picked=extra,
        status=PickLine.State.PICKED,
        done_at=command.at,
        over_reason=why.reason,
        over_note=why.note,
    )
    Requirement.objects.filter(pk=requirement.pk).update(issued=F("issued") + extra)
    _need_less(line.requirement.work_order, requirement, warehouse_id=balance.location.warehouse_id)
    facts = {"item": line.item.code, "quantity": str(extra), "line": added.pk, "reason": why.reason}
    order = line.requirement.work_order
    record(command, "picking.picked", line.pick_list, **facts, move=move, work_order=order.code)
    record(command, "picking.over_issued", order, **facts, over=str(over), note=why.note)
    return {"pick_list": line.pick_list_id, "pick_line": added.pk, "move": move, "over": str(over)}


def _free(command: Command, line: PickLine, extra: Decimal) -> Balance:
    """Return the balance of a line if `extra` of it is free: not allocated there, not reserved for others."""
    pickable = stock.pickable(line.item_id, on=command.on)
    balance = pickable.filter(location=line.location_id, lot=line.lot_id, owner=line.owner).first()
    free = balance.on_hand - balance.allocated if balance else ZERO
    if balance is None or free < extra:
        place = str(line.location)
        raise NotEnoughOnHand(item=line.item.code, asked=plain(extra), free=plain(free), location=place)
    home = line.pick_list.warehouse
    spare = ledger.unreserved(line.item_id, home.pk, on=command.on)
    spare += ledger.held_by(line.requirement, item_id=line.item_id, warehouse_id=home.pk, on=command.on)
    if extra > spare:
        raise ledger.not_enough_to_reserve(line.item, home, asked=extra, free=spare)
    return balance


def _must_be_allowed(command: Command, line: PickLine, requirement: Requirement, over: Decimal, *, why: Why) -> None:
    """Refuse MoreThanAllowed where `over` is more than the warehouse lets a picker issue beyond the need."""
    percent = line.pick_list.warehouse.over_percent
    limit = round_down(requirement.quantity * percent / 100, step=line.item.unit.smallest)
    if why.reason == OverReason.WHOLE_PACK:
        limit = max(limit, line.item.pack_quantity)
    if over > limit and not command.actor.may(BEYOND):
        raise MoreThanAllowed(
            item=line.item.code, over=plain(over), limit=plain(limit), needed=plain(requirement.quantity)
        )


def _need_less(order: WorkOrder, requirement: Requirement, *, warehouse_id: int | None) -> None:
    """End what was to be picked from other bins, and give back what was reserved, where it is not needed any more."""
    filling.trim(order, items=[requirement.item_id])
    requirement.refresh_from_db(fields=["issued", "quantity"])
    lines = requirement.pick_lines.filter(status="open")
    listed = sum((row.open_quantity for row in lines), ZERO)
    assert warehouse_id is not None
    held = ledger.held_by(requirement, item_id=requirement.item_id, warehouse_id=warehouse_id, on=None)
    beyond = held - max(requirement.open_quantity - listed, ZERO)
    if beyond > 0:
        ledger.consume_reservation(
            item_id=requirement.item_id, warehouse_id=warehouse_id, holder=requirement, quantity=beyond
        )
    filling.finish_lists([order])


def take_back(command: Command, fact: Fact) -> None:
    """After an undo: what was more than needed is not to be picked again; what it had covered is, from any bin."""
    pick_list = PickList.objects.select_related("work_order__warehouse").get(pk=fact.subject_id)
    lines = list(pick_list.lines.filter(status="open").exclude(over_reason=""))
    if lines:
        filling.take_back(lines)
        filling.fill(command, pick_list.work_order, items=[line.item_id for line in lines])
        filling.finish_if_done(pick_list)

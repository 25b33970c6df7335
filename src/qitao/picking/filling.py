"""Filling pick lists: choosing bins for what a work order lacks. Inside an action, the items locked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import F, Q

from qitao.journal.command import Command
from qitao.journal.facts import record
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import ZERO
from qitao.picking.models import PickLine, PickList
from qitao.picking.queries import WORKING, lacking
from qitao.production.models import Requirement, WorkOrder
from qitao.stock import ledger
from qitao.stock import queries as stock
from qitao.stock.models import Balance

PICKED_STATES = ("released", "started", "paused")


def fill(command: Command, work_order: WorkOrder, *, items: Collection[int] | None = None) -> PickList | None:
    """Put what the work order lacks and may have on its pick list, making one where there is none.

    `items` limits it to these items, which are locked already: whoever holds locks must not reach for others (see the
    ledger's rule). Takes what the requirement itself holds and what nobody holds, first-expired first. Returns the
    list, or None where there is none and nothing could be put on one – for a work order that is over, say. Locks: the
    items it lacks, the work order, the list.
    """
    if items is None:
        items = {line.requirement.item_id for line in lacking(work_order)}
        ledger.lock_items(items)
    wanted = [line for line in lacking(work_order) if line.requirement.item_id in items]
    if wanted and not stays_in(work_order, PICKED_STATES):
        wanted = []
    parts = [
        (line.requirement, balance, quantity)
        for line in wanted
        for balance, quantity in _choose(command, line.requirement, line.quantity, work_order=work_order)
    ]
    if not parts:
        return work_order.pick_lists.filter(status__in=WORKING).first()
    pick_list = working_list(command, work_order)
    for requirement, balance, quantity in parts:
        add_line(pick_list, requirement, balance, quantity)
    record(command, "picking.filled", pick_list, lines=len(parts), work_order=work_order.code)
    return pick_list


def stays_in(work_order: WorkOrder, states: Collection[str]) -> bool:
    """Tell whether a work order is in one of `states`; if so it stays there until the transaction ends."""
    rows = WorkOrder.objects.select_for_update(no_key=True).filter(pk=work_order.pk, status__in=states)
    return rows.first() is not None


def lock_orders(lines: Iterable[PickLine]) -> None:
    """Lock the work orders of these lines and then their lists, in the order in which whoever fills a list does."""
    orders, lists = set(), set()
    for line in lines:
        orders.add(line.requirement.work_order_id)
        lists.add(line.pick_list_id)
    list(WorkOrder.objects.select_for_update(no_key=True).filter(pk__in=orders).order_by("pk"))
    list(PickList.objects.select_for_update(no_key=True).filter(pk__in=lists).order_by("pk"))


def working_list(command: Command, work_order: WorkOrder) -> PickList:
    """Return the list that the work order is picked by, made if there is none; nobody finishes it meanwhile."""
    rows = work_order.pick_lists.select_for_update(no_key=True).filter(status__in=WORKING)
    return rows.order_by("id").first() or new_list(command, work_order)


def _choose(
    command: Command, requirement: Requirement, quantity: Decimal, *, work_order: WorkOrder
) -> list[tuple[Balance, Decimal]]:
    warehouse_id = work_order.warehouse_id
    own = ledger.held_by(requirement, item_id=requirement.item_id, warehouse_id=warehouse_id, on=command.on)
    free = ledger.unreserved(requirement.item_id, warehouse_id, on=command.on)
    allowed = min(quantity, own + max(free, ZERO))
    if allowed <= 0:
        return []
    chosen = stock.pick_from(requirement.item_id, warehouse_id=warehouse_id, quantity=allowed, on=command.on)
    for balance, part in chosen:
        ledger.allocate(balance, part)
        ledger.consume_reservation(
            item_id=requirement.item_id, warehouse_id=warehouse_id, holder=requirement, quantity=part
        )
    return chosen


def new_list(command: Command, work_order: WorkOrder) -> PickList:
    """Start a pick list for a work order."""
    return PickList.objects.create(
        code=next_code("PL", command.at),
        work_order=work_order,
        warehouse=work_order.warehouse,
        made_at=command.at,
        made_by=command.actor,
    )


def add_line(pick_list: PickList, requirement: Requirement, balance: Balance, quantity: Decimal) -> PickLine:
    """Put a quantity, already allocated in `balance`, on the list – onto a line that is there for it, if any."""
    line = pick_list.lines.filter(
        requirement=requirement,
        location=balance.location_id,
        lot=balance.lot_id,
        owner=balance.owner,
        item=balance.item_id,
        status="open",
    ).first()
    if line is not None:
        PickLine.objects.filter(pk=line.pk).update(quantity=F("quantity") + quantity)
        line.quantity += quantity
        return line
    return PickLine.objects.create(
        pick_list=pick_list,
        requirement=requirement,
        item_id=balance.item_id,
        location_id=balance.location_id,
        lot_id=balance.lot_id,
        owner=balance.owner,
        quantity=quantity,
    )


def take_back(lines: Iterable[PickLine], *, status: str = "cancelled") -> Decimal:
    """End these open pick lines; what they still had allocated is free again. The items must be locked."""
    freed = ZERO
    for line in lines:
        rest = line.open_quantity
        if rest > 0:
            ledger.release_allocation(
                item_id=line.item_id,
                location_id=line.location_id,
                lot_id=line.lot_id,
                owner=line.owner,
                quantity=rest,
            )
        freed += rest
        PickLine.objects.filter(pk=line.pk).update(status="picked" if line.picked and not rest else status)
    return freed


def trim(work_order: WorkOrder, *, items: Collection[int] | None = None) -> None:
    """End open pick lines of requirements that need less than their lines would bring. Locks: their items.

    What is reserved for them beyond that is given back, too. `items` limits it to these items, as in `fill`.
    """
    rows = PickLine.objects.filter(requirement__work_order=work_order, status="open").select_related("requirement")
    lines = list(rows if items is None else rows.filter(item__in=items))
    ledger.lock_items(line.item_id for line in lines)
    for line in lines:
        line.requirement.refresh_from_db(fields=["quantity", "issued"])
    needed = {line.requirement_id: line.requirement.open_quantity for line in lines}
    for line in lines:
        rest = line.open_quantity
        if needed[line.requirement_id] >= rest:
            needed[line.requirement_id] -= rest
        else:
            _shrink(line, to=needed[line.requirement_id])
            needed[line.requirement_id] = ZERO
    for line in lines:
        held = ledger.held_by(line.requirement, item_id=line.item_id, warehouse_id=work_order.warehouse_id, on=None)
        if held > needed[line.requirement_id]:
            ledger.consume_reservation(
                item_id=line.item_id,
                warehouse_id=work_order.warehouse_id,
                holder=line.requirement,
                quantity=held - needed[line.requirement_id],
            )


def _shrink(line: PickLine, *, to: Decimal) -> None:
    if to == 0 and not line.picked:
        take_back([line])
        return
    ledger.release_allocation(
        item_id=line.item_id,
        location_id=line.location_id,
        lot_id=line.lot_id,
        owner=line.owner,
        quantity=line.open_quantity - to,
    )
    PickLine.objects.filter(pk=line.pk).update(quantity=line.picked + to, status="open" if to else "picked")


def give_up(requirement: Requirement, quantity: Decimal, *, only: Q | None = None) -> Decimal:
    """Cut the requirement's open pick lines by up to `quantity`, the last of the walk first; return how much was cut.

    `only` leaves out lines that it does not match. The item must be locked; what is cut is free again.
    """
    cut = ZERO
    lines = requirement.pick_lines.filter(status="open", item=requirement.item_id)
    lines = lines.filter(only) if only is not None else lines
    for line in lines.order_by("-location__route", "-id"):
        part = min(line.open_quantity, quantity - cut)
        if part > 0:
            _shrink(line, to=line.open_quantity - part)
            cut += part
    return cut


def finish_if_done(pick_list: PickList) -> None:
    """Close a list that has no open line left.

    Locks: the list – so of two who take its last two lines one sees that it was the last; nor does anybody fill it.
    """
    PickList.objects.select_for_update(no_key=True).get(pk=pick_list.pk)
    if not pick_list.lines.filter(status="open").exists():
        PickList.objects.filter(pk=pick_list.pk, status__in=WORKING).update(status="done")


def finish_lists(work_orders: Iterable[WorkOrder]) -> None:
    """Close those lists of the work orders that have no open line left."""
    for work_order in work_orders:
        for pick_list in work_order.pick_lists.filter(status__in=WORKING).order_by("id"):
            finish_if_done(pick_list)

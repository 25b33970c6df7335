"""Work orders through their life."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import F

from qitao.catalog import queries as catalog
from qitao.catalog.models import Item
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance, not_now
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import PLACES, ZERO, plain, required, round_up
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.production import variance
from qitao.production.dividing import divide, twin_code
from qitao.production.models import OPEN_STATES, WORK_ORDER, Requirement, WorkOrder
from qitao.production.output import Output, rejects_taken
from qitao.production.queries import last_rank, lock_ranks, open_requirements, shares
from qitao.production.refusals import (
    MoreThanAsked,
    NoBom,
    NotASubstitute,
    NothingOpen,
    SplitTooLarge,
)
from qitao.stock import ledger
from qitao.stock import queries as stock
from qitao.stock.models import Reservation, standing

REQUIREMENT = "production.requirement"
CHANGED_STATES = ("draft", *OPEN_STATES)


@action(permission="production.change")
def create(
    command: Command,
    *,
    item_id: int,
    quantity: Decimal,
    start_on: date,
    due_on: date,
    warehouse_id: int,
    work_center_id: int | None = None,
    code: str = "",
) -> Reply:
    """Make a firm work order, its requirements from the BOM valid at its start, ranked last.

    Refuses: NoBom, BadValue. Records: production.created.
    """
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if due_on < start_on:
        raise BadValue(
            field=gettext_noop("due date"),
            problem=gettext_noop("lies before the start date"),
        )
    item = Item.objects.get(pk=item_id)
    bom = catalog.bom_of(item, start_on)
    if bom is None:
        raise NoBom(item=item.code, on=start_on.isoformat())
    work_order = WorkOrder.objects.create(
        code=code or next_code("WO", command.at),
        item=item,
        quantity=quantity,
        rank=last_rank() + 1,
        start_on=start_on,
        due_on=due_on,
        warehouse_id=warehouse_id,
        work_center_id=work_center_id,
        bom=bom,
    )
    write_requirements(work_order, in_whole_units=True)
    record(command, "production.created", work_order, quantity=str(quantity))
    return {"work_order": work_order.pk, "code": work_order.code}


def write_requirements(work_order: WorkOrder, *, in_whole_units: bool = False) -> None:
    """Write the requirement lines of a new work order: BOM quantity × quantity, scrap allowance on top.

    `in_whole_units` rounds up to the smallest quantity the unit shows: nobody picks 2,404.8 resistors.
    """
    assert work_order.bom is not None
    Requirement.objects.bulk_create(
        Requirement(
            work_order=work_order,
            position=10 * place,
            item=need.component,
            quantity=required(
                need.per_unit,
                units=work_order.quantity,
                scrap_percent=need.scrap_percent,
                step=need.component.unit.smallest if in_whole_units else PLACES,
            ),
            operation=need.operation,
            is_consumable=need.line.is_consumable,
        )
        for place, need in enumerate(catalog.needs(work_order.bom, work_order.start_on), start=1)
    )


@action(permission="production.change")
def firm(command: Command, *, work_order_id: int) -> Reply:
    """Let a draft take part in planning. Refuses: NotNow. Records: production.firmed."""
    return _walk(command, work_order_id, "firm", "production.firmed")


# Release and reservation


@action(permission="production.release")
def release(command: Command, *, work_order_id: int) -> Reply:
    """Release a work order to the floor; what is free in its warehouse is reserved for it.

    Refuses: NotNow, WrongWarehouse. Records: production.released – its pick list is made in the same transaction.
    Locks: the items it needs.
    """
    work_order = WorkOrder.objects.select_related("warehouse").get(pk=work_order_id)
    ledger.must_work_in(command, work_order.warehouse)
    _lock_material(work_order.pk)
    advance(work_order, "release", lifecycle=WORK_ORDER)
    reserved = _reserve(command, work_order)
    record(command, "production.released", work_order, reserved=reserved)
    return {"work_order": work_order.pk, "reserved": reserved}


@action(permission="stock.reserve")
def reserve_material(command: Command, *, work_order_id: int) -> Reply:
    """Reserve what is free in its warehouse for a work order that is not released yet.

    Refuses: NotNow. Records: production.reserved. Locks: the items it needs.
    """
    work_order = locked(work_order_id)
    reserved = _reserve(command, work_order)
    record(command, "production.reserved", work_order, reserved=reserved)
    return {"work_order": work_order.pk, "reserved": reserved}


def _lock_material(work_order_id: int, *, also: Iterable[int] = ()) -> None:
    """Lock what a work order needs and what it makes: both may be reserved for somebody."""
    needed = Requirement.objects.filter(work_order=work_order_id).values_list("item_id", flat=True)
    makes = set(WorkOrder.objects.filter(pk=work_order_id).values_list("item_id", flat=True))
    held: set[int] = set()
    wanted = {*makes, *also}
    while missing := {*needed.all(), *wanted} - held:  # again, where a substitute came in while we waited
        ledger.lock_items(missing)
        held |= missing


def locked(work_order_id: int, *, also: Iterable[int] = ()) -> WorkOrder:
    """Lock what a work order needs, and itself; return it as it is then. Refuses: NotNow where it is over."""
    _lock_material(work_order_id, also=also)
    rows = WorkOrder.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse", "item", "bom")
    work_order = rows.get(pk=work_order_id)
    if work_order.status not in CHANGED_STATES:
        raise not_now(work_order)
    return work_order


def _give_back(work_order: WorkOrder) -> None:
    """Let nothing be reserved for a work order any more; its items must be locked."""
    Reservation.objects.filter(
        holder=REQUIREMENT, holder_id__in=work_order.requirements.values_list("pk", flat=True)
    ).delete()


def _reserve(command: Command, work_order: WorkOrder) -> int:
    """Reserve for each open line what it lacks and is free; return how many lines got something."""
    lines = 0
    for line in open_requirements([work_order.pk]):
        wanted = line.open_quantity - held_for(line, on=command.on)
        part = min(wanted, ledger.unreserved(line.item_id, work_order.warehouse_id, on=command.on))
        if part > 0:
            ledger.reserve(
                command,
                item=line.item,
                warehouse=work_order.warehouse,
                quantity=part,
                holder=line,
            )
            lines += 1
    return lines


def held_for(requirement: Requirement, *, on: date) -> Decimal:
    """Return how much is reserved (soft) for a requirement on a day, of what lies anywhere and of what is to come."""
    held = Reservation.objects.filter(
        standing(on), holder=REQUIREMENT, holder_id=requirement.pk, item=requirement.item_id
    )
    return sum(held.values_list("quantity", flat=True), ZERO)


@action(permission="planning.rank")
def release_reservations(command: Command, *, work_order_id: int, item_id: int | None = None) -> Reply:
    """Give back the soft reservations of a work order – of one item, or all. Records: production.unreserved."""
    work_order = WorkOrder.objects.get(pk=work_order_id)
    lines = work_order.requirements.all() if item_id is None else work_order.requirements.filter(item_id=item_id)
    ledger.lock_items(lines.values_list("item_id", flat=True))
    held = Reservation.objects.filter(holder=REQUIREMENT, holder_id__in=lines.values_list("pk", flat=True))
    freed = sum(held.values_list("quantity", flat=True), ZERO)
    held.delete()
    record(command, "production.unreserved", work_order, quantity=str(freed))
    return {"freed": str(freed)}


# Running


@action(permission="production.report")
def start(command: Command, *, work_order_id: int) -> Reply:
    """Start a released work order. Refuses: NotNow. Records: production.started."""
    return _walk(command, work_order_id, "start", "production.started")


@action(permission="production.report")
def pause(command: Command, *, work_order_id: int, reason: str = "") -> Reply:
    """Pause a work order. Refuses: NotNow. Records: production.paused."""
    return _walk(command, work_order_id, "pause", "production.paused", pause_reason=reason)


@action(permission="production.report")
def resume(command: Command, *, work_order_id: int) -> Reply:
    """Let a paused work order go on. Refuses: NotNow. Records: production.resumed."""
    return _walk(command, work_order_id, "resume", "production.resumed", pause_reason="")


@action(permission="production.change")
def finish(command: Command, *, work_order_id: int, reason: str) -> Reply:
    """Complete a work order that makes less than was ordered; what it still held or had allocated is free again.

    Refuses: BadValue without a reason, NotNow. Records: production.finished. Locks: the items it needs, the work order.
    """
    if not reason:
        raise BadValue(field=gettext_noop("reason"), problem=gettext_noop("is needed"))
    work_order = locked(work_order_id)
    _give_back(work_order)
    advance(work_order, "finish", lifecycle=WORK_ORDER, short_reason=reason, pause_reason="")
    record(
        command,
        "production.finished",
        work_order,
        kept=str(work_order.quantity_done),
        rest=str(work_order.open_quantity),
        reason=reason,
    )
    return {"work_order": work_order.pk, "status": work_order.status}


@action(permission="production.change")
def close(command: Command, *, work_order_id: int) -> Reply:
    """Close a completed work order; what is still reserved or allocated for it is free again.

    How it ended against what was planned is kept with it. Refuses: NotNow. Records: production.closed.
    Locks: the items it needs.
    """
    work_order = WorkOrder.objects.get(pk=work_order_id)
    _lock_material(work_order.pk)
    _give_back(work_order)
    reply = _walk(command, work_order_id, "close", "production.closed")
    variance.keep(command, WorkOrder.objects.get(pk=work_order_id))
    return reply


@action(permission="production.change")
def cancel(command: Command, *, work_order_id: int) -> Reply:
    """Cancel a work order; what is reserved or allocated for it is free again.

    Refuses: NotNow. Records: production.cancelled. Locks: the items it needs.
    """
    work_order = WorkOrder.objects.get(pk=work_order_id)
    _lock_material(work_order.pk)
    _give_back(work_order)
    return _walk(command, work_order_id, "cancel", "production.cancelled", pause_reason="")


def _walk(command: Command, work_order_id: int, verb: str, fact: str, **changes: str) -> Reply:
    work_order = advance(WorkOrder.objects.get(pk=work_order_id), verb, lifecycle=WORK_ORDER, **changes)
    record(command, fact, work_order, **changes)
    return {"work_order": work_order.pk, "status": work_order.status}


@action(permission="production.report")
def report_output(
    command: Command,
    *,
    work_order_id: int,
    quantity: Decimal,
    location_id: int | None = None,
    scrapped: Decimal = ZERO,
    scrap_reason: str = "",
    rejected: Decimal = ZERO,
    lot_code: str = "",
) -> Reply:
    """Take finished pieces into stock, rejected ones as such, and count those that were lost: none is still to be made.

    A rework order takes as many rejects out of stock. With the last piece the work order is complete, and holds no
    material any more. `lot_code` is the lot of these pieces, where it is not the work order's.
    Refuses: MoreThanAsked, NotEnoughRejected, NotNow, BadValue, WrongWarehouse, OtherWarehouse.
    Records: production.reported. Locks: the product and the items it needs.
    """
    work_order = WorkOrder.objects.select_related("item", "warehouse").get(pk=work_order_id)
    ledger.must_work_in(command, work_order.warehouse)
    output = Output(quantity, scrapped, rejected, scrap_reason)
    output.must_make_sense()
    _lock_material(work_order.pk, also=[work_order.item_id])
    _count_output(work_order, output)
    home = work_order.warehouse
    target = ledger.place_in(home, location_id) if location_id else stock.receiving_location(home)
    lot = ledger.lot_of(work_order.item, lot_code or work_order.lot_code, received_on=command.on)
    taken = rejects_taken(work_order, output.made) if work_order.reworks_id else []
    ledger.post(command, [*taken, *output.lines(lot, target)], document=work_order)
    if not work_order.open_quantity:
        advance(work_order, "complete", lifecycle=WORK_ORDER)
        _give_back(work_order)
    items = [work_order.item_id]
    record(command, "production.reported", work_order, quantity=str(quantity), items=items, **output.told())
    return {"work_order": work_order.pk, "status": work_order.status}


def _count_output(work_order: WorkOrder, output: Output) -> None:
    """Count what was made, if so much is still to be made, and let the work order have started."""
    made = output.made
    counted = WorkOrder.objects.filter(
        pk=work_order.pk,
        status__in=("released", "started"),
        quantity__gte=F("quantity_done") + F("quantity_scrapped") + F("quantity_rejected") + made,
    ).update(
        quantity_done=F("quantity_done") + output.good,
        quantity_scrapped=F("quantity_scrapped") + output.scrapped,
        quantity_rejected=F("quantity_rejected") + output.rejected,
        status="started",
    )
    work_order.refresh_from_db(fields=["quantity_done", "quantity_scrapped", "quantity_rejected", "status"])
    if counted:
        return
    if work_order.status not in WORK_ORDER.sources("start") + WORK_ORDER.sources("complete"):
        raise not_now(work_order)
    raise MoreThanAsked(code=work_order.code, asked=plain(made), open=plain(work_order.open_quantity))


# Changes that settle a shortage


@action(permission="planning.rank")
def rank_before(command: Command, *, work_order_id: int, before_id: int) -> Reply:
    """Serve a work order just before another one; those in between move down by one.

    Records: production.ranked. Locks: the ranks.
    """
    lock_ranks()
    work_order = WorkOrder.objects.get(pk=work_order_id)
    other = WorkOrder.objects.get(pk=before_id)
    WorkOrder.objects.filter(rank__gte=other.rank).update(rank=F("rank") + 1)
    WorkOrder.objects.filter(pk=work_order.pk).update(rank=other.rank)
    record(
        command,
        "production.ranked",
        work_order,
        was=work_order.rank,
        now=other.rank,
        before=other.code,
    )
    return {"work_order": work_order.pk, "rank": other.rank}


@action(permission="planning.rank")
def rank_all(command: Command, *, work_order_ids: list[int], before_id: int | None = None) -> Reply:
    """Serve work orders, in this sequence, just before another one – or, without it, after all others.

    Records: production.ranked for each. Locks: the ranks.
    """
    chosen = [pk for pk in work_order_ids if pk != before_id]
    for work_order_id in chosen:
        if before_id is None:
            _rank_last(command, work_order_id)
        else:
            rank_before(command, work_order_id=work_order_id, before_id=before_id)
    return {"work_orders": chosen}


def _rank_last(command: Command, work_order_id: int) -> None:
    last = last_rank()
    work_order = WorkOrder.objects.get(pk=work_order_id)
    WorkOrder.objects.filter(pk=work_order.pk).update(rank=last + 1)
    record(command, "production.ranked", work_order, was=work_order.rank, now=last + 1, before="")


@action(permission="shortages.decide")
def substitute(command: Command, *, requirement_id: int, substitute_id: int) -> Reply:
    """Let an approved substitute do the rest of a requirement: the line is cut to what was issued, a new one follows.

    Refuses: NotASubstitute, NothingOpen, NotNow. Records: production.substituted. Locks: both items.
    """
    ledger.lock_items([Requirement.objects.values_list("item_id", flat=True).get(pk=requirement_id), substitute_id])
    line = Requirement.objects.select_related("work_order__item", "item").get(pk=requirement_id)
    work_order = line.work_order
    if work_order.status not in CHANGED_STATES:
        raise not_now(work_order)
    allowed = catalog.substitutes_of(line.item, parent=work_order.item, on=work_order.start_on)
    found = allowed.filter(substitute=substitute_id).first()
    if found is None:
        code = Item.objects.get(pk=substitute_id).code
        raise NotASubstitute(substitute=code, component=line.item.code)
    if not line.open_quantity:
        raise NothingOpen(what=str(line))
    quantity = round_up(line.open_quantity * found.ratio)
    Reservation.objects.filter(holder=REQUIREMENT, holder_id=line.pk).delete()
    replaced = line.open_quantity
    Requirement.objects.filter(pk=line.pk).update(quantity=F("issued"))
    new = Requirement.objects.create(
        work_order=work_order,
        position=next_position(work_order),
        item=found.substitute,
        quantity=quantity,
        operation=line.operation,
        replaces=line,
    )
    record(
        command,
        "production.substituted",
        work_order,
        component=line.item.code,
        substitute=found.substitute.code,
        replaced=str(replaced),
        quantity=str(quantity),
        requirement=new.pk,
        items=[line.item_id, found.substitute_id],
    )
    return {"requirement": new.pk}


def next_position(work_order: WorkOrder) -> int:
    """Return a free position after the work order's last line."""
    last = work_order.requirements.order_by("-position").values_list("position", flat=True).first() or 0
    return last + 1


@action(permission="production.change")
def split(command: Command, *, work_order_id: int, quantity: Decimal) -> Reply:
    """Keep `quantity` of what is open in this work order and put the rest into a new one ranked right after it.

    What was issued stays with this one. Every requirement is divided exactly: both parts sum to what it was. What is
    reserved beyond what stays goes along.
    Refuses: SplitTooLarge, NotNow. Records: production.split. Locks: the items it needs, the work order.
    """
    work_order = locked(work_order_id)
    if not 0 < quantity < work_order.open_quantity:
        raise SplitTooLarge(
            code=work_order.code,
            open=plain(work_order.open_quantity),
            asked=plain(quantity),
        )
    rest = work_order.open_quantity - quantity
    parts = shares(work_order, rest=rest)
    WorkOrder.objects.filter(rank__gt=work_order.rank).update(rank=F("rank") + 1)
    twin = WorkOrder.objects.get(pk=work_order.pk)
    twin.pk, twin.code = None, twin_code(work_order.code)
    twin.quantity, twin.quantity_done, twin.quantity_scrapped, twin.quantity_rejected = rest, ZERO, ZERO, ZERO
    twin.rank, twin.status, twin.pause_reason = work_order.rank + 1, "firm", ""
    twin.save(force_insert=True)
    work_order.quantity -= rest
    work_order.save(update_fields=["quantity"])
    for line, moved in parts:
        divide(line, twin, moved)
    record(
        command,
        "production.split",
        work_order,
        kept=str(quantity),
        into=twin.code,
        rest=str(rest),
        items=sorted({line.item_id for line, _ in parts}),
    )
    return {"work_order": work_order.pk, "into": twin.pk, "code": twin.code}

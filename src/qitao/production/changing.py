"""Changing a work order – its quantity, its days, its bill of material: decided as a whole first, then written.

`decide` says what becomes of every component line, or refuses; it writes nothing. `change_order` writes what `decide`
says. `planning.order_trials` shows it before anybody says yes.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from qitao.catalog import queries as catalog
from qitao.catalog.models import Bom, Item, Substitute
from qitao.catalog.queries import Need
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.kernel.quantity import ZERO, plain, required, round_up
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.production.actions import REQUIREMENT, locked, next_position
from qitao.production.engineering import drop_line
from qitao.production.models import Requirement, WorkOrder
from qitao.production.output import free_rejects
from qitao.production.refusals import (
    ChangedMeanwhile,
    IssuedBeyond,
    MadeAlready,
    NotEnoughRejected,
    NothingChanges,
    OtherItemsBom,
    SubstituteChosen,
)
from qitao.stock.models import Reservation

Key = tuple[int, str, bool]  # item, operation, consumable: what makes two component lines the same


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a work order is to be."""

    quantity: Decimal
    start_on: date
    due_on: date
    bom_id: int | None


@dataclass(frozen=True, slots=True)
class LineChange:
    """What becomes of one component of a work order; `line` None: it is new. 0: it is dropped."""

    line: Requirement | None
    item: Item
    operation: str
    is_consumable: bool
    was: Decimal
    becomes: Decimal
    issued: Decimal


@action(permission="production.change")
def change_order(
    command: Command,
    *,
    work_order_id: int,
    quantity: Decimal,
    start_on: date,
    due_on: date,
    bom_id: int | None,
    shown: str = "",
) -> Reply:
    """Let a work order be for another quantity, on other days, or by another version of its BOM.

    Its lines follow; what is reserved or on pick lists beyond them is free, what they lack more is put on the list.
    `shown` is the mark of what somebody saw and agreed to: where it would be something else now, nothing is written.
    Refuses: NothingChanges, BadValue, MadeAlready, IssuedBeyond, SubstituteChosen, OtherItemsBom, ChangedMeanwhile,
    NotNow. Records: production.changed. Locks: the items it needs and will need, the work order.
    """
    wanted = Wanted(quantity, start_on, due_on, bom_id)
    product = WorkOrder.objects.values_list("item_id", flat=True).get(pk=work_order_id)
    order = locked(work_order_id, also=[*_items_of(bom_id, start_on), product])
    changes = decide(order, wanted)
    if shown and shown != mark(order, wanted, changes):
        raise ChangedMeanwhile(code=order.code)
    was = {name: getattr(order, name) for name in ("quantity", "start_on", "due_on")}
    WorkOrder.objects.filter(pk=order.pk).update(
        quantity=quantity, start_on=start_on, due_on=due_on, bom_id=wanted.bom_id
    )
    for change in changes:
        _write(order, change)
    order.refresh_from_db()
    record(
        command,
        "production.changed",
        order,
        quantity=str(order.quantity),
        was_quantity=str(was["quantity"]),
        start_on=start_on.isoformat(),
        due_on=due_on.isoformat(),
        bom=order.bom.version if order.bom else "",
        lines=len(changes),
        items=sorted({change.item.pk for change in changes}),
    )
    return {"work_order": order.pk, "lines": len(changes)}


def _items_of(bom_id: int | None, on: date) -> list[int]:
    bom = _bom(bom_id)
    return [need.component.pk for need in catalog.needs(bom, on)] if bom else []


def _bom(bom_id: int | None) -> Bom | None:
    return None if bom_id is None else Bom.objects.filter(pk=bom_id).first()


def _write(order: WorkOrder, change: LineChange) -> None:
    line = change.line
    if line is None:
        Requirement.objects.create(
            work_order=order,
            position=next_position(order),
            item=change.item,
            quantity=change.becomes,
            operation=change.operation,
            is_consumable=change.is_consumable,
        )
    elif change.becomes:
        Requirement.objects.filter(pk=line.pk).update(quantity=change.becomes)
        _cut_reservations(line, to=change.becomes - change.issued)
    else:
        drop_line(line)


def _cut_reservations(line: Requirement, *, to: Decimal) -> None:
    """Give back what is reserved for a line beyond `to`, the last reserved first."""
    rows = list(Reservation.objects.filter(holder=REQUIREMENT, holder_id=line.pk, item=line.item_id).order_by("id"))
    for held in rows:
        stays = min(held.quantity, to)
        to -= stays
        if not stays:
            held.delete()
        elif stays != held.quantity:
            Reservation.objects.filter(pk=held.pk).update(quantity=stays)


def mark(order: WorkOrder, wanted: Wanted, changes: Iterable[LineChange]) -> str:
    """Return a short mark of a change as a whole: what the order is, what it is to be, what becomes of its lines."""
    lines = [
        (
            change.line.pk if change.line else 0,
            change.item.pk,
            change.operation,
            *map(plain, (change.was, change.becomes)),
        )
        for change in changes
    ]
    is_now = (plain(order.quantity), plain(order.quantity_made), str(order.start_on), str(order.due_on), order.bom_id)
    to_be = (plain(wanted.quantity), str(wanted.start_on), str(wanted.due_on), wanted.bom_id)
    return hashlib.sha256(repr((order.status, is_now, to_be, sorted(lines))).encode()).hexdigest()[:16]


# What becomes of the lines


def decide(order: WorkOrder, wanted: Wanted) -> list[LineChange]:
    """Return the lines that differ if `order` becomes what is `wanted`. Refuses: see `change_order`."""
    _must_make_sense(order, wanted)
    lines = list(order.requirements.select_related("item__unit", "replaces"))
    changes = _anew(order, lines, wanted) if _follows_bom(order, lines, wanted) else _scaled(order, lines, wanted)
    for change in changes:
        if change.becomes < min(change.issued, change.was):  # one issued more than it needs stays as it is
            raise IssuedBeyond(item=change.item.code, issued=plain(change.issued), needed=plain(change.becomes))
    return [change for change in changes if change.was != change.becomes]


def _must_make_sense(order: WorkOrder, wanted: Wanted) -> None:
    now = Wanted(order.quantity, order.start_on, order.due_on, order.bom_id)
    if wanted == now:
        raise NothingChanges(code=order.code)
    if wanted.quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if wanted.due_on < wanted.start_on:
        raise BadValue(field=gettext_noop("due date"), problem=gettext_noop("lies before the start date"))
    if wanted.quantity != order.quantity and wanted.quantity <= order.quantity_made:
        raise MadeAlready(code=order.code, made=plain(order.quantity_made))
    more = wanted.quantity - order.quantity
    if order.rework_lot is not None and more > (free := free_rejects(order, order.rework_lot)):
        raise NotEnoughRejected(item=order.item.code, asked=plain(more), free=plain(max(free, ZERO)))
    bom = _bom(wanted.bom_id)
    if wanted.bom_id != order.bom_id and (bom is None or bom.item_id != order.item_id):
        raise OtherItemsBom(item=order.item.code)


def _follows_bom(order: WorkOrder, lines: Sequence[Requirement], wanted: Wanted) -> bool:
    """Tell whether the lines are written anew: by another version – or on another day, while nobody has begun."""
    if wanted.bom_id != order.bom_id:
        return True
    is_untouched = order.status in ("draft", "firm") and not any(line.issued or line.replaces_id for line in lines)
    if order.bom is None or wanted.start_on == order.start_on or not is_untouched:
        return False
    return _shape(order.bom, order.start_on) != _shape(order.bom, wanted.start_on)


def _shape(bom: Bom, on: date) -> list[tuple[int, str, Decimal, Decimal]]:
    needs = catalog.needs(bom, on)
    return sorted((need.component.pk, need.operation, need.per_unit, need.scrap_percent) for need in needs)


def _anew(order: WorkOrder, lines: Sequence[Requirement], wanted: Wanted) -> list[LineChange]:
    """Return the lines as another version, or another day, asks for them."""
    chosen = next((line for line in lines if line.replaces_id), None)
    if chosen is not None:
        raise SubstituteChosen(code=order.code, item=chosen.item.code)
    asked: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    items: dict[int, Item] = {line.item_id: line.item for line in lines}
    bom = _bom(wanted.bom_id)
    for need in catalog.needs(bom, wanted.start_on) if bom else ():
        asked[_key_of(need)] += _needed(need, wanted.quantity)
        items.setdefault(need.component.pk, need.component)
    changes = [_to(line, asked.pop(_key(line), ZERO)) for line in lines]
    changes += [
        LineChange(None, items[item], operation, consumable, ZERO, quantity, ZERO)
        for (item, operation, consumable), quantity in asked.items()
    ]
    return changes


def _scaled(order: WorkOrder, lines: Sequence[Requirement], wanted: Wanted) -> list[LineChange]:
    """Return the lines for another quantity: as much more or less as the BOM says, in proportion where it does not.

    Where a substitute took over, it is the substitute that more or less is needed of.
    """
    needs = _needs_by_line(order, lines)
    replaced = {line.replaces_id for line in lines}
    by_id = {line.pk: line for line in lines}
    changes = []
    for line in lines:
        if line.pk in replaced:
            continue
        root, ratio = _root(order, line, by_id)
        need = needs.get(root.pk)
        if need is None:
            becomes = line.quantity * wanted.quantity / order.quantity
        else:
            becomes = line.quantity + ratio * (_needed(need, wanted.quantity) - _needed(need, order.quantity))
        becomes = round_up(becomes, step=line.item.unit.smallest) if becomes != line.quantity else becomes
        if becomes < 0 and root is not line:
            raise IssuedBeyond(item=root.item.code, issued=plain(root.issued), needed=plain(root.issued + becomes))
        changes.append(_to(line, max(becomes, ZERO)))
    return changes


def _needs_by_line(order: WorkOrder, lines: Sequence[Requirement]) -> dict[int, Need]:
    """Return by line what one piece takes of it, where the BOM has exactly one line for it and it for that."""
    if order.bom is None:
        return {}
    needs: dict[Key, list[Need]] = defaultdict(list)
    for need in catalog.needs(order.bom, order.start_on):
        needs[_key_of(need)].append(need)
    roots = [line for line in lines if line.replaces_id is None]
    often = Counter(map(_key, roots))
    return {line.pk: needs[key][0] for line in roots if often[key := _key(line)] == 1 and len(needs.get(key, ())) == 1}


def _root(order: WorkOrder, line: Requirement, by_id: dict[int, Requirement]) -> tuple[Requirement, Decimal]:
    """Return the line a substitute stands in for in the end, and how much of it does the work of one of that."""
    ratio = Decimal(1)
    while line.replaces_id is not None:
        replaced = by_id[line.replaces_id]
        rows = Substitute.objects.filter(
            Q(parent=None) | Q(parent=order.item_id), component=replaced.item_id, substitute=line.item_id
        )
        ratio *= rows.order_by("priority", "id").values_list("ratio", flat=True).first() or Decimal(1)
        line = replaced
    return line, ratio


def _to(line: Requirement, becomes: Decimal) -> LineChange:
    return LineChange(line, line.item, line.operation, line.is_consumable, line.quantity, becomes, line.issued)


def _needed(need: Need, quantity: Decimal) -> Decimal:
    return required(need.per_unit, units=quantity, scrap_percent=need.scrap_percent, step=need.component.unit.smallest)


def _key(line: Requirement) -> Key:
    return line.item_id, line.operation, line.is_consumable


def _key_of(need: Need) -> Key:
    return need.component.pk, need.operation, need.line.is_consumable

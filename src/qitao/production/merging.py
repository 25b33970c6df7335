"""Two work orders that are alike become one: what they make, need and hold adds up."""

from __future__ import annotations

from django.db.models import F
from django.utils.functional import lazy
from django.utils.translation import gettext

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance, not_now
from qitao.kernel.words import gettext_noop
from qitao.production.actions import REQUIREMENT, locked, next_position
from qitao.production.models import WORK_ORDER, Requirement, WorkOrder
from qitao.production.refusals import NotAlike
from qitao.stock.models import Reservation, TransferLine


@action(permission="production.change")
def merge(command: Command, *, work_order_id: int, into_id: int) -> Reply:
    """Let another work order make what this one was to make; this one is over, and says which.

    Both are for the same item by the same BOM in the same warehouse, in the same state, and nothing was made, issued or
    substituted for either. The earlier days count. Requirements, reservations and what is on its way add up; the other
    one's pick list takes over. Refuses: NotAlike, NotNow. Records: production.merged, production.absorbed.
    Locks: the items they need, both work orders.
    """
    theirs = Requirement.objects.filter(work_order=into_id).values_list("item_id", flat=True)
    orders = {pk: locked(pk, also=theirs) for pk in sorted({work_order_id, into_id})}
    order, into = orders[work_order_id], orders[into_id]
    for each in (order, into):
        if each.status not in WORK_ORDER.sources("merge"):
            raise not_now(each)
    _must_be_alike(order, into)
    lines = {line.pk: _add(line, into) for line in order.requirements.all()}
    order.children.update(parent=into)
    WorkOrder.objects.filter(pk=into.pk).update(
        quantity=F("quantity") + order.quantity,
        start_on=min(order.start_on, into.start_on),
        due_on=min(order.due_on, into.due_on),
        sales_line=into.sales_line_id if into.sales_line_id == order.sales_line_id else None,
    )
    advance(order, "merge", lifecycle=WORK_ORDER, merged_into=into)
    items = sorted(set(order.requirements.values_list("item_id", flat=True)))
    record(command, "production.merged", order, into=into.code, quantity=str(order.quantity), lines=lines, items=items)
    record(command, "production.absorbed", into, code=order.code, quantity=str(order.quantity), items=items)
    return {"work_order": into.pk, "code": into.code}


def _must_be_alike(order: WorkOrder, into: WorkOrder) -> None:
    """Refuse NotAlike with the first thing in which they differ."""
    lines = list(Requirement.objects.filter(work_order__in=(order, into)))
    differences = (
        (order.pk == into.pk, gettext_noop("it is the same one")),
        (order.item_id != into.item_id, gettext_noop("they make different items")),
        (order.bom_id != into.bom_id, gettext_noop("they follow different bills of material")),
        (order.warehouse_id != into.warehouse_id, gettext_noop("their material comes from different warehouses")),
        (order.status != into.status, gettext_noop("they are in different states")),
        (order.rework_lot_id != into.rework_lot_id, gettext_noop("they rework different lots")),
        (bool(order.quantity_made + into.quantity_made), gettext_noop("pieces are made already")),
        (any(line.issued for line in lines), gettext_noop("material is issued already")),
        (any(line.replaces_id for line in lines), gettext_noop("a substitute was chosen")),
    )
    for differs, why in differences:
        if differs:
            raise NotAlike(code=order.code, into=into.code, why=lazy(gettext, str)(why))


def _add(line: Requirement, into: WorkOrder) -> int:
    """Let `into` need as much more, holding what was held for it; return the number of its line."""
    same = {"item": line.item_id, "operation": line.operation, "is_consumable": line.is_consumable}
    other = into.requirements.filter(**same).order_by("position").first()
    if other is None:
        other = Requirement.objects.create(
            work_order=into,
            position=next_position(into),
            item_id=line.item_id,
            quantity=line.quantity,
            operation=line.operation,
            is_consumable=line.is_consumable,
        )
    else:
        Requirement.objects.filter(pk=other.pk).update(quantity=F("quantity") + line.quantity)
    for held in Reservation.objects.filter(holder=REQUIREMENT, holder_id=line.pk):
        more = Reservation.objects.filter(
            supply=held.supply,
            supply_id=held.supply_id,
            holder=REQUIREMENT,
            holder_id=other.pk,
            item=held.item_id,
            warehouse=held.warehouse_id,
        ).update(quantity=F("quantity") + held.quantity)
        if more:
            held.delete()
        else:
            Reservation.objects.filter(pk=held.pk).update(holder_id=other.pk)
    TransferLine.objects.filter(holder=REQUIREMENT, holder_id=line.pk).update(holder_id=other.pk)
    return other.pk

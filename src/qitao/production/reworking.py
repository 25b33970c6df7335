"""Making rejects good: a work order of its own, bound to the one that made them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import not_now
from qitao.kernel.quantity import plain
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.production.dividing import twin_code
from qitao.production.models import WorkOrder
from qitao.production.output import free_rejects
from qitao.production.queries import last_rank
from qitao.production.refusals import NotEnoughRejected
from qitao.stock import ledger

REWORKED_STATES = ("released", "started", "paused", "completed", "closed")


@action(permission="production.report")
def rework(command: Command, *, work_order_id: int, quantity: Decimal, due_on: date, lot_code: str = "") -> Reply:
    """Make a work order that turns `quantity` rejects of this one into good pieces: firm, ranked last, from today.

    It needs no material but the rejects, and takes them as its output is reported. `lot_code` is the lot they lie
    under, where it is not the work order's.
    Refuses: NotEnoughRejected, BadValue, NotNow, WrongWarehouse. Records: production.rework_ordered.
    Locks: the product.
    """
    order = WorkOrder.objects.select_related("item", "warehouse").get(pk=work_order_id)
    ledger.must_work_in(command, order.warehouse)
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if due_on < command.on:
        raise BadValue(field=gettext_noop("due date"), problem=gettext_noop("lies in the past"))
    ledger.lock_items([order.item_id])
    order.refresh_from_db()
    if order.status not in REWORKED_STATES:
        raise not_now(order)
    lot = ledger.lot_of(order.item, lot_code or order.lot_code, received_on=command.on)
    free = free_rejects(order, lot)
    if quantity > free:
        raise NotEnoughRejected(item=order.item.code, asked=plain(quantity), free=plain(max(free, Decimal(0))))
    made = WorkOrder.objects.create(
        code=twin_code(order.code),
        item=order.item,
        quantity=quantity,
        rank=last_rank() + 1,
        start_on=command.on,
        due_on=due_on,
        warehouse=order.warehouse,
        work_center_id=order.work_center_id,
        sales_line_id=order.sales_line_id,
        lot_code=lot.code,
        reworks=order,
        rework_lot=lot,
    )
    record(command, "production.rework_ordered", order, quantity=str(quantity), into=made.code)
    return {"work_order": made.pk, "code": made.code}

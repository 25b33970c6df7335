"""An open sales order, changed line by line: what was shipped stays, the rest may change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from qitao.catalog.models import Item
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance
from qitao.kernel.quantity import plain
from qitao.kernel.refusal import BadValue, NotNow
from qitao.kernel.words import gettext_noop
from qitao.sales.models import SALES_ORDER, SalesOrder, SalesOrderLine
from qitao.sales.records import LINE_STEP, LineFacts, NoLongerSold
from qitao.sales.refusals import LessThanShipped, NothingToShip

OPEN = {"shipped__lt": F("quantity")}


@action(permission="sales.change")
def add_line(command: Command, *, order_id: int, line: LineFacts) -> Reply:
    """Sell something more with an open order, from where its other lines are shipped.

    Refuses: NotNow, NoLongerSold, BadValue. Records: sales.line_added. Locks: the order.
    """
    if line.quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    order = open_order(order_id)
    item = Item.objects.get(pk=line.item_id)
    if not item.is_active:
        raise NoLongerSold(item=item.code)
    last = order.lines.order_by("-pk").first()
    row = SalesOrderLine.objects.create(
        order=order,
        line=_next_line(order),
        item=item,
        quantity=line.quantity,
        due_on=line.due_on,
        price=line.price,
        penalty_per_day=line.penalty_per_day,
        warehouse_id=last.warehouse_id if last else None,
    )
    told = {"quantity": plain(line.quantity), "on": _told(line.due_on)}
    record(command, "sales.line_added", order, code=str(row), item=item.code, **told)
    return {"line": row.pk, "code": str(row)}


@action(permission="sales.change")
def change_line(command: Command, *, line_id: int, values: dict[str, Any], reason: str = "") -> Reply:
    """Change `quantity`, `due_on`, `price` or `penalty_per_day` of a line; what is not in `values` stays.

    A quantity that is shipped already closes the line. Refuses: LessThanShipped, NothingToShip, NotNow, BadValue.
    Records: sales.line_changed. Locks: the order, then the line.
    """
    line, order = _open_line(line_id)
    unknown = set(values) - {"quantity", "due_on", "price", "penalty_per_day"}
    assert not unknown, f"a sales order line has no {sorted(unknown)}"
    quantity = values.get("quantity", line.quantity)
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if quantity < line.shipped:
        raise LessThanShipped(line=str(line), asked=plain(quantity), shipped=plain(line.shipped))
    was = {name: getattr(line, name) for name in values}
    changed = {name: [_told(was[name]), _told(value)] for name, value in values.items() if value != was[name]}
    if changed:
        for name in changed:
            setattr(line, name, values[name])
        line.save(update_fields=list(changed))
        now = {"quantity": plain(line.quantity), "on": _told(line.due_on)}
        record(command, "sales.line_changed", order, code=str(line), reason=reason, changed=changed, **now)
        close_where_done(order)
    return {"line": line.pk, "changed": sorted(changed)}


@action(permission="sales.change")
def cancel_line(command: Command, *, line_id: int, reason: str = "") -> Reply:
    """Cancel what is still to be shipped of a line; the order ends with its last one.

    Refuses: NotNow, NothingToShip. Records: sales.line_cancelled. Locks: the order, then the line.
    """
    line, order = _open_line(line_id)
    _cancel(command, order, [line], reason)
    close_where_done(order)
    return {"line": line.pk, "status": order.status}


@action(permission="sales.change")
def cancel_order(command: Command, *, order_id: int, reason: str = "") -> Reply:
    """Cancel all that is still to be shipped: the order is closed where something was shipped, else cancelled.

    Refuses: NotNow. Records: sales.line_cancelled for each, then sales.order_cancelled. Locks: the order, its lines.
    """
    order = open_order(order_id)
    _cancel(command, order, _locked(order.lines.filter(**OPEN)), reason)
    close_where_done(order)
    record(command, "sales.order_cancelled", order, code=order.code, reason=reason)
    return {"order": order.pk, "status": order.status}


def open_order(order_id: int) -> SalesOrder:
    """Return an open order, locked. Refuses: NotNow."""
    order = SalesOrder.objects.select_for_update(no_key=True).get(pk=order_id)
    if order.status != SalesOrder.State.OPEN:
        raise NotNow(what=str(order._meta.verbose_name), code=order.code, state=order.get_status_display())
    return order


def _open_line(line_id: int) -> tuple[SalesOrderLine, SalesOrder]:
    """Return a line of which something is still to be shipped, and its order, both locked."""
    order = open_order(SalesOrderLine.objects.get(pk=line_id).order_id)
    line = _locked(order.lines.filter(pk=line_id))[0]
    if not line.open_quantity:
        raise NothingToShip(line=str(line))
    return line, order


def _locked(rows: QuerySet[SalesOrderLine]) -> Sequence[SalesOrderLine]:
    return list(rows.select_related("order").select_for_update(of=("self",), no_key=True).order_by("pk"))


def _cancel(command: Command, order: SalesOrder, lines: Sequence[SalesOrderLine], reason: str) -> None:
    for line in lines:
        rest = line.open_quantity
        line.quantity -= rest
        line.cancelled += rest
        line.save(update_fields=["quantity", "cancelled"])
        record(command, "sales.line_cancelled", order, code=str(line), quantity=plain(rest), reason=reason)


def close_where_done(order: SalesOrder) -> None:
    """End an order of which nothing is still to be shipped: closed where something was, else cancelled."""
    if order.lines.filter(**OPEN).exists():
        return
    shipped = order.lines.filter(shipped__gt=0).exists()
    advance(order, "close" if shipped else "cancel", lifecycle=SALES_ORDER)


def _next_line(order: SalesOrder) -> str:
    """Return the number of a further line: the next ten after the largest."""
    taken = [int(line) for line in order.lines.values_list("line", flat=True) if line.isascii() and line.isdecimal()]
    return str(LINE_STEP * (max(taken, default=0) // LINE_STEP + 1))


def _told(value: Decimal | date | None) -> str | None:
    """Return a value as a fact carries it."""
    if value is None:
        return None
    return plain(value) if isinstance(value, Decimal) else value.isoformat()

"""What is kept and written by hand on the side of the customers: customers, sales orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from qitao.catalog.models import Item
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.numbers import next_code
from qitao.journal.records import CodeTaken, keep
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop
from qitao.sales.models import Customer, SalesOrder, SalesOrderLine

LINE_STEP = 10


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a customer wants, by when, at what price, and what each day late costs."""

    item_id: int
    quantity: Decimal
    due_on: date | None = None
    price: Decimal = Decimal(0)
    penalty_per_day: Decimal = Decimal(0)


class NothingSold(Refusal):
    reason = gettext_noop("A sales order needs at least one line.")
    remedy = gettext_noop("Enter an item and a quantity.")
    status = 422


class NoLongerSold(Refusal):
    reason = gettext_noop("{item} is no longer in use.")
    remedy = gettext_noop("Take it into use again, or sell another item.")
    status = 422


@action(permission="sales.records")
def keep_customer(command: Command, *, values: dict[str, Any], customer_id: int | None = None) -> Reply:
    """Make or change a customer. Refuses: CodeTaken, BadValue. Records: sales.customer_kept."""
    customer = Customer.objects.get(pk=customer_id) if customer_id else Customer()
    keep(command, customer, values, kind="sales.customer_kept")
    return {"customer": customer.pk, "code": customer.code}


@action(permission="sales.change")
def write_order(
    command: Command,
    *,
    customer_id: int,
    lines: Sequence[LineFacts],
    warehouse_id: int | None = None,
    ordered_on: date | None = None,
    currency: str = "",
    code: str = "",
    note: str = "",
) -> Reply:
    """Write a sales order by hand; it is open at once, and its lines are demand on their due days.

    Refuses: NothingSold, NoLongerSold, CodeTaken, BadValue. Records: sales.ordered.
    """
    if not lines:
        raise NothingSold
    customer = Customer.objects.get(pk=customer_id)
    items = Item.objects.in_bulk([line.item_id for line in lines])
    for line in lines:
        if not items[line.item_id].is_active:
            raise NoLongerSold(item=items[line.item_id].code)
        if line.quantity <= 0:
            raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    code = code.strip() or next_code("SO", command.at)
    if SalesOrder.objects.filter(code=code).exists():
        raise CodeTaken(what=str(SalesOrder._meta.verbose_name), code=code)
    order = SalesOrder.objects.create(
        code=code,
        customer=customer,
        ordered_on=ordered_on or command.on,
        currency=currency or customer.currency,
        note=note,
    )
    SalesOrderLine.objects.bulk_create(
        SalesOrderLine(
            order=order,
            line=str(LINE_STEP * place),
            item_id=line.item_id,
            quantity=line.quantity,
            due_on=line.due_on,
            price=line.price,
            penalty_per_day=line.penalty_per_day,
            warehouse_id=warehouse_id,
        )
        for place, line in enumerate(lines, start=1)
    )
    record(command, "sales.ordered", order, code=order.code, lines=len(lines))
    return {"order": order.pk, "code": order.code}

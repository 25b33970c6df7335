"""An open purchase order, changed line by line: what came stays, what was promised stays, the rest may change.

Every action here locks the deliveries it touches in the order of their ids, then the order – as receiving does.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import F, Max, QuerySet

from qitao.catalog.models import Item
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance
from qitao.kernel.quantity import plain
from qitao.kernel.refusal import BadValue, NotNow
from qitao.kernel.words import gettext_noop
from qitao.purchasing.models import PURCHASE_ORDER, Delivery, PurchaseOrder, PurchaseOrderLine
from qitao.purchasing.records import LINE_STEP, DeliveryFacts, NoLongerBought, priced
from qitao.purchasing.refusals import LessThanReceived, NothingToCome
from qitao.stock import ledger

OPEN = {"received__lt": F("quantity")}


@action(permission="purchasing.change")
def add_line(command: Command, *, order_id: int, line: DeliveryFacts) -> Reply:
    """Order something more with an open order; another date of an item at its price joins the line that has it.

    Refuses: NotNow, NoLongerBought, BadValue. Records: purchasing.line_added. Locks: the order.
    """
    if line.quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    order = open_order(order_id)
    item = Item.objects.get(pk=line.item_id)
    if not item.is_active:
        raise NoLongerBought(item=item.code)
    line = priced(line, item, order.supplier, order.currency)
    assert line.price is not None
    row = order.lines.filter(item=item, price=line.price).order_by("pk").first()
    if row is None:
        row = PurchaseOrderLine.objects.create(order=order, line=_next_line(order), item=item, price=line.price)
    delivery = Delivery.objects.create(
        line=row, sequence=next_sequence(row), quantity=line.quantity, promised_on=line.promised_on
    )
    record(
        command,
        "purchasing.line_added",
        delivery,
        code=str(delivery),
        item=item.code,
        quantity=plain(line.quantity),
        on=line.promised_on.isoformat() if line.promised_on else None,
    )
    return {"delivery": delivery.pk, "line": row.line}


@action(permission="purchasing.change")
def change_delivery(
    command: Command,
    *,
    delivery_id: int,
    quantity: Decimal,
    price: Decimal | None = None,
    reason: str = "",
) -> Reply:
    """Order another quantity, or agree another price for what is still to come of its line (None: it stays).

    A quantity that has come already closes the delivery. Refuses: LessThanReceived, NotNow, BadValue.
    Records: purchasing.delivery_changed, purchasing.price_changed. Locks: the delivery, then the order.
    """
    delivery, order = open_delivery(delivery_id)
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if quantity < delivery.received:
        raise LessThanReceived(delivery=str(delivery), asked=plain(quantity), received=plain(delivery.received))
    if quantity != delivery.quantity:
        was, delivery.quantity = delivery.quantity, quantity
        delivery.save(update_fields=["quantity"])
        record(
            command,
            "purchasing.delivery_changed",
            delivery,
            code=str(delivery),
            quantity=plain(quantity),
            was_quantity=plain(was),
            reason=reason,
        )
    line = delivery.line
    if price is not None and price != line.price:
        was_price, line.price = line.price, price
        line.save(update_fields=["price"])
        prices = {"price": plain(price), "was_price": plain(was_price)}
        record(command, "purchasing.price_changed", order, code=str(line), reason=reason, **prices)
    close_where_done(order)
    return {"delivery": delivery.pk}


@action(permission="purchasing.change")
def cancel_delivery(command: Command, *, delivery_id: int, reason: str = "") -> Reply:
    """Cancel what is still to come of a delivery; the order ends with its last one.

    Refuses: NotNow, NothingToCome. Records: purchasing.delivery_cancelled. Locks: the delivery, then the order.
    """
    delivery, order = open_delivery(delivery_id)
    _cancel(command, [delivery], reason)
    close_where_done(order)
    return {"delivery": delivery.pk, "status": order.status}


@action(permission="purchasing.change")
def cancel_order(command: Command, *, order_id: int, reason: str = "") -> Reply:
    """Cancel all that is still to come of an order: it is closed where something came, else cancelled.

    Refuses: NotNow. Records: purchasing.delivery_cancelled for each, then purchasing.order_cancelled.
    Locks: the deliveries, then the order.
    """
    ledger.lock_items(Delivery.objects.filter(line__order=order_id).values_list("line__item_id", flat=True))
    rest = Delivery.objects.filter(line__order=order_id, **OPEN)
    _locked(rest)
    order = open_order(order_id)
    _cancel(command, _locked(rest.all()), reason)  # with what was added meanwhile
    close_where_done(order)
    record(command, "purchasing.order_cancelled", order, code=order.code, reason=reason)
    return {"order": order.pk, "status": order.status}


def open_delivery(delivery_id: int) -> tuple[Delivery, PurchaseOrder]:
    """Return a delivery of which something is still to come, and its order, both locked.

    Refuses: NotNow, NothingToCome.
    """
    found = _locked(Delivery.objects.filter(pk=delivery_id))
    if not found:
        raise Delivery.DoesNotExist
    order = open_order(found[0].line.order_id)
    if not found[0].open_quantity:
        raise NothingToCome(delivery=str(found[0]))
    return found[0], order


def open_order(order_id: int) -> PurchaseOrder:
    """Return an open order, locked: nobody ends it, and nobody else changes it. Refuses: NotNow."""
    order = PurchaseOrder.objects.select_for_update(no_key=True).get(pk=order_id)
    if order.status != PurchaseOrder.State.OPEN:
        what = str(order._meta.verbose_name)
        raise NotNow(what=what, code=order.code, state=order.get_status_display())
    return order


def close_where_done(order: PurchaseOrder) -> None:
    """End an open, locked order of which nothing is still to come: closed where something came, else cancelled."""
    deliveries = Delivery.objects.filter(line__order=order)
    if deliveries.filter(**OPEN).exists():
        return
    came = deliveries.filter(received__gt=0).exists()
    advance(order, "close" if came else "cancel", lifecycle=PURCHASE_ORDER)


def next_sequence(line: PurchaseOrderLine) -> int:
    """Return the number of a further delivery of a line."""
    return int(line.deliveries.aggregate(last=Max("sequence"))["last"] or 0) + 1


def _locked(rows: QuerySet[Delivery]) -> Sequence[Delivery]:
    """Return the deliveries, locked in the order of their ids – after their items, on which reservations stand."""
    ledger.lock_items(rows.values_list("line__item_id", flat=True))
    return list(rows.select_related("line__order").select_for_update(of=("self",), no_key=True).order_by("pk"))


def _cancel(command: Command, deliveries: Sequence[Delivery], reason: str) -> None:
    for delivery in deliveries:
        rest = delivery.open_quantity
        delivery.quantity -= rest
        delivery.cancelled += rest
        delivery.save(update_fields=["quantity", "cancelled"])
        record(
            command,
            "purchasing.delivery_cancelled",
            delivery,
            code=str(delivery),
            quantity=plain(rest),
            reason=reason,
        )


def _next_line(order: PurchaseOrder) -> str:
    """Return the number of a further line: the next ten after the largest."""
    taken = [int(line) for line in order.lines.values_list("line", flat=True) if line.isascii() and line.isdecimal()]
    return str(LINE_STEP * (max(taken, default=0) // LINE_STEP + 1))

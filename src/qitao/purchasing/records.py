"""What buyers keep and write by hand: suppliers, sources, purchase orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from qitao.catalog.models import Item
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.numbers import next_code
from qitao.journal.records import CodeTaken, keep
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop
from qitao.purchasing.models import Delivery, PurchaseOrder, PurchaseOrderLine, Source, Supplier
from qitao.purchasing.queries import agreed_price

LINE_STEP = 10


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """A dated part-quantity to be ordered. Neighbours of one item at one price become one line with several dates.

    Without a price it is what the supplier's source asks for that quantity.
    """

    item_id: int
    quantity: Decimal
    promised_on: date | None = None
    price: Decimal | None = None


class NothingOrdered(Refusal):
    reason = gettext_noop("An order needs at least one line.")
    remedy = gettext_noop("Enter an item and a quantity.")
    status = 422


class NoLongerBought(Refusal):
    reason = gettext_noop("{item} is no longer in use.")
    remedy = gettext_noop("Take it into use again, or order another item.")
    status = 422


class SourceInUse(Refusal):
    reason = gettext_noop("Requisitions stand on this source: {codes}.")
    remedy = gettext_noop("Withdraw its approval instead; then nothing new is ordered from it.")


@action(permission="purchasing.records")
def keep_supplier(command: Command, *, values: dict[str, Any], supplier_id: int | None = None) -> Reply:
    """Make or change a supplier. Refuses: CodeTaken, BadValue. Records: purchasing.supplier_kept."""
    supplier = Supplier.objects.get(pk=supplier_id) if supplier_id else Supplier()
    keep(command, supplier, values, kind="purchasing.supplier_kept")
    return {"supplier": supplier.pk, "code": supplier.code}


@action(permission="purchasing.records")
def keep_source(
    command: Command,
    *,
    item_id: int,
    supplier_id: int,
    values: dict[str, Any],
    source_id: int | None = None,
) -> Reply:
    """Say on what terms a supplier sells an item: lead time, expediting, smallest quantity, multiple, price, approval.

    Refuses: CodeTaken, BadValue. Records: purchasing.source_kept.
    """
    lead, fast = values.get("lead_days"), values.get("expedite_days")
    if lead is not None and fast is not None and fast > lead:
        raise BadValue(field="expedite_days", problem=gettext_noop("is longer than the usual lead time"))
    least, most = values.get("min_quantity"), values.get("max_quantity")
    if least and most and least > most:
        raise BadValue(field="max_quantity", problem=gettext_noop("lies below the smallest quantity"))
    source = Source.objects.get(pk=source_id, item=item_id) if source_id else Source(item_id=item_id)
    keep(command, source, {"supplier_id": supplier_id, **values}, kind="purchasing.source_kept")
    return {"source": source.pk}


@action(permission="purchasing.records")
def remove_source(command: Command, *, source_id: int) -> Reply:
    """Remove a source that no open requisition stands on. Refuses: SourceInUse. Records: purchasing.source_removed."""
    source = Source.objects.select_related("item", "supplier").get(pk=source_id)
    codes = list(source.requisition_set.filter(status="open").values_list("code", flat=True)[:5])
    if codes:
        raise SourceInUse(codes=", ".join(codes))
    record(command, "purchasing.source_removed", source.item, supplier=source.supplier.code, price=str(source.price))
    source.delete()
    return {"item": source.item_id}


@action(permission="purchasing.change")
def write_order(
    command: Command,
    *,
    supplier_id: int,
    warehouse_id: int,
    lines: Sequence[DeliveryFacts],
    ordered_on: date | None = None,
    currency: str = "",
    code: str = "",
    note: str = "",
) -> Reply:
    """Write a purchase order by hand; it is open at once and counts as supply on the promised days.

    Refuses: NothingOrdered, NoLongerBought, CodeTaken, BadValue. Records: purchasing.written.
    """
    if not lines:
        raise NothingOrdered
    supplier = Supplier.objects.get(pk=supplier_id)
    items = Item.objects.in_bulk([line.item_id for line in lines])
    for line in lines:
        if not items[line.item_id].is_active:
            raise NoLongerBought(item=items[line.item_id].code)
        if line.quantity <= 0:
            raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    code = code.strip() or next_code("PO", command.at)
    if PurchaseOrder.objects.filter(code=code).exists():
        raise CodeTaken(what=str(PurchaseOrder._meta.verbose_name), code=code)
    currency = currency or supplier.currency
    lines = [priced(line, items[line.item_id], supplier, currency) for line in lines]
    order = PurchaseOrder.objects.create(
        code=code,
        supplier=supplier,
        warehouse_id=warehouse_id,
        ordered_on=ordered_on or command.on,
        currency=currency,
        note=note,
    )
    for place, (key, parts) in enumerate(groupby(lines, key=lambda line: (line.item_id, line.price)), start=1):
        number = str(LINE_STEP * place)
        ordered = PurchaseOrderLine.objects.create(order=order, line=number, item_id=key[0], price=key[1])
        Delivery.objects.bulk_create(
            Delivery(line=ordered, sequence=place, quantity=part.quantity, promised_on=part.promised_on)
            for place, part in enumerate(parts, start=1)
        )
    record(command, "purchasing.written", order, code=order.code, lines=len(lines))
    return {"order": order.pk, "code": order.code}


def priced(line: DeliveryFacts, item: Item, supplier: Supplier, currency: str) -> DeliveryFacts:
    """Return the line with its price: as given, else as the supplier's source says."""
    if line.price is not None:
        return line
    return replace(line, price=agreed_price(item, supplier, quantity=line.quantity, currency=currency))

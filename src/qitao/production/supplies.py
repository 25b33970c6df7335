"""What an item can be reserved from – what lies there, and what is dated to come – and who has reserved it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Model, QuerySet, Sum

from qitao.kernel.quantity import ZERO
from qitao.production.models import OPEN_STATES, Requirement, WorkOrder
from qitao.purchasing.models import Delivery
from qitao.sales.models import SalesOrder, SalesOrderLine
from qitao.stock import ledger
from qitao.stock.models import Item, Reservation, TransferLine, Warehouse, standing

REQUIREMENT = "production.requirement"
SALES_LINE = "sales.salesorderline"
LAST = 1 << 40  # served after every rank
STOCK, PURCHASE, WORK_ORDER, TRANSFER = Reservation.Supply


@dataclass(frozen=True, slots=True)
class Supply:
    """A quantity of an item that is in a warehouse, or will be on a day; `reserved` is what stands claimed of it."""

    kind: str
    pk: int  # delivery, work order or transfer line; 0: what lies there
    item_id: int
    warehouse_id: int
    quantity: Decimal
    on: date | None  # None: nobody has said
    document: Model | None
    label: str
    reserved: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        """What nobody has claimed."""
        return self.quantity - self.reserved

    @property
    def word(self) -> str:
        """How its kind is called."""
        return str(Reservation.Supply(self.kind).label)


def supplies_of(item: Item, warehouse: Warehouse, *, on: date) -> list[Supply]:
    """Return everything that can be reserved of an item in a warehouse: what lies there, then by the day it comes."""
    lying = ledger.unreserved(item.pk, warehouse.pk, on=on)
    here = Supply(STOCK, 0, item.pk, warehouse.pk, max(lying, ZERO), on, None, warehouse.code)
    return [here, *to_come(item, warehouse, on=on)]


def to_come(item: Item, warehouse: Warehouse, *, on: date) -> list[Supply]:
    """Return what is to come of an item to a warehouse, by the day it comes."""
    here = {"item_id": item.pk, "warehouse_id": warehouse.pk}
    coming = [*_deliveries(**here), *_outputs(**here), *_transfers(**here)]
    reserved = reserved_of(coming, on=on)
    return [_with(each, reserved) for each in sorted(coming, key=lambda each: (each.on or date.max, each.label))]


def supply(kind: str, pk: int, *, on: date) -> Supply | None:
    """Return one dated supply as it is now; None where nothing of it is to come any more."""
    rows = {PURCHASE: _deliveries, WORK_ORDER: _outputs, TRANSFER: _transfers}[Reservation.Supply(kind)](pk=pk)
    found = next(iter(rows), None)
    return _with(found, reserved_of([found], on=on)) if found else None


def _with(found: Supply, reserved: dict[tuple[str, int], Decimal]) -> Supply:
    held = reserved.get((found.kind, found.pk), ZERO)
    return Supply(
        found.kind,
        found.pk,
        found.item_id,
        found.warehouse_id,
        found.quantity,
        found.on,
        found.document,
        found.label,
        held,
    )


def reserved_of(supplies: Iterable[Supply], *, on: date) -> dict[tuple[str, int], Decimal]:
    """Return how much is reserved on a day of each of these dated supplies, by kind and number."""
    numbers = [each.pk for each in supplies]
    rows = Reservation.objects.filter(standing(on), supply_id__in=numbers).exclude(supply=STOCK)
    return {
        (kind, pk): quantity
        for kind, pk, quantity in rows.values_list("supply", "supply_id").annotate(all=Sum("quantity"))
    }


def _deliveries(*, pk: int | None = None, item_id: int | None = None, warehouse_id: int | None = None) -> list[Supply]:
    rows = Delivery.objects.filter(line__order__status="open", received__lt=F("quantity"))
    rows = rows.filter(pk=pk) if pk else rows.filter(line__item=item_id, line__order__warehouse=warehouse_id)
    return [
        Supply(
            PURCHASE,
            row.pk,
            row.line.item_id,
            row.line.order.warehouse_id,
            row.open_quantity,
            row.expected_on,
            row.line.order,
            str(row.line),
        )
        for row in rows.select_related("line__order")
    ]


def _outputs(*, pk: int | None = None, item_id: int | None = None, warehouse_id: int | None = None) -> list[Supply]:
    rows = WorkOrder.objects.filter(status__in=OPEN_STATES)
    rows = rows.filter(pk=pk) if pk else rows.filter(item=item_id, warehouse=warehouse_id)
    return [
        Supply(WORK_ORDER, row.pk, row.item_id, row.warehouse_id, row.open_quantity, row.due_on, row, row.code)
        for row in rows
        if row.open_quantity
    ]


def _transfers(*, pk: int | None = None, item_id: int | None = None, warehouse_id: int | None = None) -> list[Supply]:
    """Return transfer lines on their way that nobody named a requirement for: those are claimed whole."""
    rows = TransferLine.objects.filter(transfer__status__in=("planned", "in_transit"), owner="", holder="")
    rows = rows.filter(pk=pk) if pk else rows.filter(item=item_id, transfer__to_warehouse=warehouse_id)
    return [
        Supply(
            TRANSFER,
            row.pk,
            row.item_id,
            row.transfer.to_warehouse_id,
            row.quantity,
            row.transfer.due_on,
            row.transfer,
            row.transfer.code,
        )
        for row in rows.select_related("transfer")
    ]


# Holders


@dataclass(frozen=True, slots=True)
class Held:
    """A reservation and whom it serves."""

    row: Reservation
    requirement: Requirement | None
    sales_line: SalesOrderLine | None

    @property
    def rank(self) -> int:
        """The priority of its holder: 1 is served first."""
        if self.requirement is not None:
            return self.requirement.work_order.rank
        if self.sales_line is not None and self.sales_line.priority is not None:
            return self.sales_line.priority
        return LAST

    @property
    def document(self) -> WorkOrder | SalesOrder | None:
        """The order whose reservation it is."""
        if self.requirement is not None:
            return self.requirement.work_order
        return self.sales_line.order if self.sales_line is not None else None


def held(rows: QuerySet[Reservation]) -> list[Held]:
    """Return reservations with their holders, the first served first: what is frozen, then by rank, then the older."""
    found = list(rows.select_related("item__unit", "warehouse", "made_by"))
    ids: dict[str, list[int]] = defaultdict(list)
    for row in found:
        ids[row.holder].append(row.holder_id)
    lines = Requirement.objects.select_related("work_order__item", "work_order__warehouse", "item")
    requirements = lines.in_bulk(ids[REQUIREMENT])
    sales = SalesOrderLine.objects.select_related("order__customer").in_bulk(ids[SALES_LINE])
    claims = [
        Held(
            row,
            requirements.get(row.holder_id) if row.holder == REQUIREMENT else None,
            sales.get(row.holder_id) if row.holder == SALES_LINE else None,
        )
        for row in found
    ]
    return sorted(claims, key=lambda claim: (not claim.row.is_frozen, claim.rank, claim.row.pk))


def held_on(kind: str, pk: int) -> list[Held]:
    """Return who has reserved a dated supply, the first served first."""
    return held(Reservation.objects.filter(supply=kind, supply_id=pk))


def labels(rows: Sequence[Reservation]) -> dict[int, tuple[Model | None, str, date | None]]:
    """Return for each reservation the document of its supply, what people call it, and the day it comes."""
    ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        ids[row.supply].add(row.supply_id)
    deliveries = Delivery.objects.select_related("line__order").in_bulk(ids[PURCHASE])
    orders = WorkOrder.objects.in_bulk(ids[WORK_ORDER])
    transfers = TransferLine.objects.select_related("transfer").in_bulk(ids[TRANSFER])
    found: dict[int, tuple[Model | None, str, date | None]] = {}
    for row in rows:
        if row.supply == PURCHASE and (delivery := deliveries.get(row.supply_id)):
            found[row.pk] = (delivery.line.order, str(delivery.line), delivery.expected_on)
        elif row.supply == WORK_ORDER and (order := orders.get(row.supply_id)):
            found[row.pk] = (order, order.code, order.due_on)
        elif row.supply == TRANSFER and (line := transfers.get(row.supply_id)):
            found[row.pk] = (line.transfer, line.transfer.code, line.transfer.due_on)
        else:
            found[row.pk] = (None, row.warehouse.code, None)
    return found

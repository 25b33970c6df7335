"""Writing documents: sales orders, purchase orders, work orders and their lines.

A document that is here already belongs to the people who work with it: it is compared and left alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from qitao.catalog import queries as catalog
from qitao.catalog.models import Bom, Item
from qitao.exchange import dataset
from qitao.exchange.dataset import ZERO, Dataset, Row
from qitao.exchange.loading.upsert import BATCH, Loading, Values, any_of, shown, upsert
from qitao.exchange.report import say
from qitao.kernel.quantity import required
from qitao.kernel.words import gettext_noop
from qitao.production.actions import write_requirements
from qitao.production.models import Requirement, WorkOrder
from qitao.production.queries import last_rank
from qitao.purchasing.models import Delivery, DeliveryRecord, PurchaseOrder, PurchaseOrderLine, Repromise
from qitao.sales.models import SalesOrder, SalesOrderLine

CODE = ("code",)
LINE = ("order_id", "line")


def write(loading: Loading, data: Dataset) -> None:
    """Write the documents that are new; tell how those that are here differ."""
    _sales(loading, data)
    _purchases(loading, data)
    _history(loading, data)
    _work_orders(loading, data)


def first_warehouse(data: Dataset) -> str:
    """Return the warehouse that is meant where none is named."""
    return data.warehouses[0].code if data.warehouses else ""


def _copy(row: Row, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


# Sales


def _sales(loading: Loading, data: Dataset) -> None:
    ids = loading.ids
    orders = upsert(
        loading,
        "sales_orders",
        SalesOrder,
        (
            (
                row,
                {
                    **_copy(row, "code", "status", "ordered_on", "currency", "note"),
                    "customer_id": ids["customers"][row.customer],
                },
            )
            for row in data.sales_orders
        ),
        key=CODE,
        overwrite=False,
    )
    upsert(
        loading,
        "sales_lines",
        SalesOrderLine,
        ((row, _sales_line(loading, row)) for row in data.sales_lines),
        key=LINE,
        overwrite=False,
        among=SalesOrderLine.objects.filter(order__in=any_of(order.pk for order in orders.values())).select_related(
            "order"
        ),
        may_make=lambda row: row.order in loading.new["sales_orders"],
    )


def _sales_line(loading: Loading, row: dataset.SalesLine) -> Values:
    return {
        **_copy(row, "line", "quantity", "shipped", "due_on", "price", "penalty_per_day", "priority"),
        "order_id": loading.ids["sales_orders"][row.order],
        "item_id": loading.ids["items"][row.item],
        "warehouse_id": loading.id_of("warehouses", row.warehouse),
    }


# Purchasing


def _purchases(loading: Loading, data: Dataset) -> None:
    named = {row.order: row.warehouse for row in reversed(data.purchase_lines) if row.warehouse}
    orders = upsert(
        loading,
        "purchase_orders",
        PurchaseOrder,
        ((row, _purchase_order(loading, data, row, named)) for row in data.purchase_orders),
        key=CODE,
        overwrite=False,
    )
    lines: dict[tuple[str, str], dataset.PurchaseLine] = {}
    for row in data.purchase_lines:
        lines.setdefault((row.order, row.line), row)
    parts = upsert(
        loading,
        "purchase_order_lines",
        PurchaseOrderLine,
        ((row, _purchase_line(loading, row)) for row in lines.values()),
        key=LINE,
        overwrite=False,
        among=PurchaseOrderLine.objects.filter(order__in=any_of(order.pk for order in orders.values())).select_related(
            "order"
        ),
        may_make=lambda row: row.order in loading.new["purchase_orders"],
    )
    loading.report.written.pop("purchase_order_lines")
    deliveries = upsert(
        loading,
        "purchase_lines",
        Delivery,
        _deliveries(loading, data),
        key=("line_id", "sequence"),
        overwrite=False,
        among=Delivery.objects.filter(line__in=any_of(part.pk for part in parts.values())).select_related(
            "line__order"
        ),
        may_make=lambda row: row.order in loading.new["purchase_orders"],
    )
    made = loading.new["purchase_lines"]
    Repromise.objects.bulk_create(
        (
            Repromise(
                delivery=one,
                was_on=one.promised_on,
                on=one.repromised_on,
                at=loading.at,
                actor=loading.command.actor,
                command_id=loading.command.id,
            )
            for mark, one in deliveries.items()
            if mark in made and one.repromised_on
        ),
        batch_size=BATCH,
    )


def _purchase_order(loading: Loading, data: Dataset, row: dataset.PurchaseOrder, named: Mapping[str, str]) -> Values:
    ids = loading.ids
    return {
        **_copy(row, "code", "status", "ordered_on", "currency", "note"),
        "supplier_id": ids["suppliers"][row.supplier],
        "warehouse_id": ids["warehouses"][row.warehouse or named.get(row.code) or first_warehouse(data)],
    }


def _purchase_line(loading: Loading, row: dataset.PurchaseLine) -> Values:
    return {
        **_copy(row, "line", "price"),
        "order_id": loading.ids["purchase_orders"][row.order],
        "item_id": loading.ids["items"][row.item],
    }


def _deliveries(loading: Loading, data: Dataset) -> Iterator[tuple[Row, Values]]:
    """Return the dated part-quantities, numbered within their line by their dates."""
    dated: dict[int, list[dataset.PurchaseLine]] = defaultdict(list)
    for row in data.purchase_lines:
        order = loading.ids["purchase_orders"][row.order]
        line = loading.ids["purchase_order_lines"].get((order, row.line))
        if line is not None:
            dated[line].append(row)
    for line, rows in dated.items():
        for sequence, row in enumerate(sorted(rows, key=lambda row: row.promised_on or date.max), start=1):
            values = _copy(row, "quantity", "received", "promised_on", "repromised_on")
            yield row, {**values, "line_id": line, "sequence": sequence}


def _history(loading: Loading, data: Dataset) -> None:
    """Write past deliveries that are not here yet."""
    key = ("item_id", "supplier_id", "order_code", "actual_on", "quantity")
    here = Counter(DeliveryRecord.objects.values_list(*key)) if data.delivery_records else Counter()
    ids, new = loading.ids, []
    outcome = loading.report.outcome("delivery_records")
    same = ("quantity", "rejected", "price", "ordered_on", "promised_on", "repromised_on", "actual_on")
    for row in data.delivery_records:
        mark = (ids["items"][row.item], ids["suppliers"][row.supplier], row.order, row.actual_on, row.quantity)
        if here[mark]:
            here[mark] -= 1
            outcome.unchanged += 1
        else:
            item, supplier, order, *_ = mark
            new.append(DeliveryRecord(item_id=item, supplier_id=supplier, order_code=order, **_copy(row, *same)))
    DeliveryRecord.objects.bulk_create(new, batch_size=BATCH)
    outcome.created += len(new)


# Production


def _work_orders(loading: Loading, data: Dataset) -> None:
    """Write the work orders, ranked; then their links and requirements."""
    here = {order.code: order for order in WorkOrder.objects.all()}
    rows = [_dated(loading, row, here.get(row.code)) for row in data.work_orders]
    ranks = _ranks([row for row in rows if row.code not in here], last_rank())
    ranks |= {row.code: here[row.code].rank if row.rank is None else row.rank for row in rows if row.code in here}
    orders = upsert(
        loading,
        "work_orders",
        WorkOrder,
        ((row, _work_order(loading, data, row, ranks[row.code])) for row in rows),
        key=CODE,
        overwrite=False,
    )
    new = [row for row in rows if row.code in loading.new["work_orders"]]
    for row in new:
        orders[row.code].parent_id = loading.id_of("work_orders", row.parent)
        orders[row.code].bom = _bom(orders[row.code], row.bom_version)
    WorkOrder.objects.bulk_update([orders[row.code] for row in new], ["parent", "bom"], batch_size=BATCH)
    _requirements(loading, data, orders)


def _dated(loading: Loading, row: dataset.WorkOrder, here: WorkOrder | None) -> dataset.WorkOrder:
    """Return the work order with both dates.

    Where none is given: those it has here; else it is due today, and begins its lead time before it is due.
    """
    if here is not None:
        return replace(row, due_on=row.due_on or here.due_on, start_on=row.start_on or here.start_on)
    due_on = row.due_on
    if due_on is None:
        due_on = max(loading.today, row.start_on or loading.today)
        why = say(gettext_noop("No due date is given; it is wanted at once."))
        loading.report.change(row.where, loading.column("work_orders", "due_on"), before="", after=due_on, why=why)
    lead = loading.lead_days.get(row.item) or 0
    start_on = row.start_on or (due_on - timedelta(days=lead) if row.due_on else due_on)
    return replace(row, due_on=due_on, start_on=start_on)


def _ranks(rows: Iterable[dataset.WorkOrder], last: int) -> dict[str, int]:
    """Return each new work order's rank: as given, else after all others by due date, then code."""
    given = {row.code: row.rank for row in rows if row.rank is not None}
    last = max([last, *given.values()])
    open_ended = sorted((row for row in rows if row.rank is None), key=lambda row: (row.due_on, row.code))
    return given | {row.code: last + place for place, row in enumerate(open_ended, start=1)}


def _work_order(loading: Loading, data: Dataset, row: dataset.WorkOrder, rank: int) -> Values:
    ids = loading.ids
    return {
        **_copy(row, "code", "quantity", "quantity_done", "quantity_scrapped", "status", "start_on", "due_on", "note"),
        "lot_code": row.lot,
        "rank": rank,
        "item_id": ids["items"][row.item],
        "warehouse_id": ids["warehouses"][row.warehouse or first_warehouse(data)],
        "work_center_id": loading.id_of("work_centers", row.work_center),
        "sales_line_id": _sales_line_id(loading, row),
    }


def _sales_line_id(loading: Loading, row: dataset.WorkOrder) -> int | None:
    if not row.sales_line:
        return None
    return loading.ids["sales_lines"].get((loading.ids["sales_orders"][row.sales_order], row.sales_line))


def _bom(order: WorkOrder, version: str) -> Bom | None:
    return catalog.bom_of(Item(pk=order.item_id), order.start_on, version=version)


def _requirements(loading: Loading, data: Dataset, orders: dict[Any, WorkOrder]) -> None:
    """Write the requirements that are given, and those of the BOM where a work order has none."""
    given: dict[str, list[dataset.Requirement]] = defaultdict(list)
    for row in data.requirements:
        given[row.order].append(row)
    outcome = loading.report.outcome("requirements")
    new: list[Requirement] = []
    for code, order in orders.items():
        if code not in loading.new["work_orders"]:
            _compare(loading, order, given[code])
        elif given[code]:
            new.extend(_requirement_lines(loading, order, given[code]))
        elif order.bom is not None:
            write_requirements(order)
            _use_up(order)
            outcome.created += order.requirements.count()
    Requirement.objects.bulk_create(new, batch_size=BATCH)
    outcome.created += len(new)


def _use_up(order: WorkOrder) -> None:
    """Count the material of the pieces already done as issued, where nothing else says what was."""
    done = min(order.quantity_made, order.quantity)
    if done:
        for line in order.requirements.all():
            line.issued = required(line.quantity / order.quantity, units=done)
            line.save(update_fields=["issued"])


def _requirement_lines(loading: Loading, order: WorkOrder, rows: list[dataset.Requirement]) -> Iterator[Requirement]:
    for place, row in enumerate(sorted(rows, key=lambda row: row.position), start=1):
        yield Requirement(
            work_order=order,
            position=10 * place,
            item_id=loading.ids["items"][row.component],
            is_consumable=row.consumable,
            **_copy(row, "quantity", "issued", "operation"),
        )


def _compare(loading: Loading, order: WorkOrder, rows: list[dataset.Requirement]) -> None:
    """Tell where the requirements of a work order that is here differ from those given."""
    outcome = loading.report.outcome("requirements")
    here: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in order.requirements.all():
        here[line.item_id] += line.quantity
    there: dict[int, Decimal] = defaultdict(lambda: ZERO)
    where: dict[int, dataset.Requirement] = {}
    for row in rows:
        item = loading.ids["items"][row.component]
        there[item] += row.quantity
        where[item] = row
    for item, row in where.items():
        if here[item] == there[item]:
            outcome.unchanged += 1
        else:
            outcome.conflicts += 1
            what = f"{order.code} · {row.component}"
            facts = {"here": shown(here[item]), "there": shown(there[item])}
            loading.report.conflict(row.where, what, column="quantity", **facts)

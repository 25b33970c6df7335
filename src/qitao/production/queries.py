"""Work orders and what they still need."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from django.db.models import F, Q, QuerySet

from qitao.catalog import queries as catalog
from qitao.catalog.models import Item
from qitao.catalog.queries import Need
from qitao.kernel.quantity import required, round_down
from qitao.production.models import OPEN_STATES, WORK_ORDER, Requirement, WorkOrder


def open_work_orders() -> QuerySet[WorkOrder]:
    """Return the work orders that take part in planning, the first served first."""
    return (
        WorkOrder.objects.filter(status__in=OPEN_STATES)
        .select_related("item__unit", "warehouse__site", "work_center")
        .order_by("rank", "due_on", "code")
    )


def open_requirements(
    work_orders: Sequence[int] | None = None,
) -> QuerySet[Requirement]:
    """Return the kit lines with something still to be issued, of these work orders or of all open ones."""
    lines = Requirement.objects.filter(is_consumable=False, quantity__gt=F("issued"))
    scope = Q(work_order__status__in=OPEN_STATES) if work_orders is None else Q(work_order__in=work_orders)
    return lines.filter(scope).select_related("item__unit", "work_order__warehouse")


RANK_LOCK = 1 << 50  # one ranking at a time; see the locks of items in `stock.ledger`


def lock_ranks() -> None:
    """Let nobody else give ranks until the transaction ends: what is read of them now is true when it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RANK_LOCK])


def last_rank() -> int:
    """Return the largest rank in use; 0 where there is none. Locks: the ranks, for whoever gives the next one."""
    lock_ranks()
    return WorkOrder.objects.order_by("-rank").values_list("rank", flat=True).first() or 0


def shares(work_order: WorkOrder, *, rest: Decimal) -> list[tuple[Requirement, Decimal]]:
    """Return for each requirement how much of it goes along when `rest` of the work order is split off.

    In proportion, rounded down to what the unit shows – nobody picks a fifth of a housing – but never what is issued
    already: that stays.
    """
    lines = work_order.requirements.select_related("item__unit")
    return [(line, min(_share(line, rest, work_order.quantity), line.open_quantity)) for line in lines]


def _share(line: Requirement, rest: Decimal, whole: Decimal) -> Decimal:
    return round_down(line.quantity * rest / whole, step=line.item.unit.smallest)


def used(work_order: WorkOrder) -> dict[int, Decimal]:
    """Return by requirement how much of it went at least into the pieces made, good or lost.

    By the BOM, scrap allowance left out: what was allowed for scrap and not needed can come back. Where the BOM does
    not say it line by line – a substitute took over, say – there is no entry.
    """
    made, whole = work_order.quantity_made, work_order.quantity
    return {
        line.pk: round_down(min(need.per_unit * made, line.quantity * min(made, whole) / whole))
        for line, need in by_bom(work_order)
    }


def needed(work_order: WorkOrder) -> dict[int, Decimal]:
    """Return by requirement how much of it the BOM asks for, scrap allowance included, where it says so by line."""
    return {
        line.pk: required(
            need.per_unit,
            units=work_order.quantity,
            scrap_percent=need.scrap_percent,
            step=line.item.unit.smallest,
        )
        for line, need in by_bom(work_order)
    }


def by_bom(work_order: WorkOrder) -> list[tuple[Requirement, Need]]:
    """Return the requirements that are one line of the BOM each, with it; none whose work a substitute shares."""
    if work_order.bom is None:
        return []
    needs: dict[tuple[int, str, bool], list[Need]] = defaultdict(list)
    for need in catalog.needs(work_order.bom, work_order.start_on):
        needs[need.component.pk, need.operation, need.line.is_consumable].append(need)
    lines = list(work_order.requirements.select_related("item__unit"))
    shared = {line.replaces_id for line in lines}
    keys = Counter((line.item_id, line.operation, line.is_consumable) for line in lines)
    return [
        (line, found[0])
        for line in lines
        if line.replaces_id is None
        and line.pk not in shared
        and keys[key := (line.item_id, line.operation, line.is_consumable)] == 1
        and len(found := needs[key]) == 1
    ]


def requirements_of(item: Item) -> QuerySet[Requirement]:
    """Return the lines of open work orders that still need `item`, the first served first."""
    return (
        Requirement.objects.filter(item=item, work_order__status__in=OPEN_STATES, quantity__gt=F("issued"))
        .select_related("work_order__item", "work_order__warehouse", "item__unit")
        .order_by("work_order__rank", "position")
    )


def paused_work_orders() -> QuerySet[WorkOrder]:
    """Return the work orders that stand still, with why."""
    return WorkOrder.objects.filter(status="paused").select_related("item__unit", "work_center").order_by("rank")


def alike(work_order: WorkOrder) -> QuerySet[WorkOrder]:
    """Return the work orders that this one could be merged into, the first served first; see `merging.merge`."""
    if work_order.status not in WORK_ORDER.sources("merge"):
        return WorkOrder.objects.none()
    touched = Requirement.objects.filter(Q(issued__gt=0) | Q(replaces__isnull=False)).values("work_order")
    rows = WorkOrder.objects.filter(
        item=work_order.item_id,
        bom=work_order.bom_id,
        warehouse=work_order.warehouse_id,
        status=work_order.status,
        rework_lot=work_order.rework_lot_id,
        quantity_done=0,
        quantity_scrapped=0,
        quantity_rejected=0,
    )
    is_begun = work_order.quantity_made or touched.filter(work_order=work_order).exists()
    return rows.none() if is_begun else rows.exclude(pk=work_order.pk).exclude(pk__in=touched).order_by("rank")

"""What a case shows: whom it hurts, who holds the item, what is on order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, F, QuerySet, Sum

from qitao.accounts.models import User
from qitao.accounts.queries import people_with
from qitao.catalog.models import Item
from qitao.kernel.quantity import ZERO
from qitao.picking.models import PickLine
from qitao.planning.models import DemandDate, KitDate, LineCover
from qitao.production.models import OPEN_STATES as OPEN_WORK_ORDERS
from qitao.production.models import Requirement, WorkOrder
from qitao.purchasing.models import Delivery
from qitao.purchasing.queries import open_deliveries
from qitao.shortages.models import OPEN_STATES, Case
from qitao.stock.models import Reservation, TransferLine, Warehouse

REQUIREMENT = "production.requirement"


def open_cases() -> QuerySet[Case]:
    """Return the open cases, the most urgent first, with what a board shows."""
    return (
        Case.objects.filter(status__in=OPEN_STATES)
        .select_related("item__unit", "site", "owner")
        .annotate(orders_hit=Count("lines__requirement__work_order", distinct=True), short=Sum("lines__short_quantity"))
        .order_by("severity", "deadline_at", "id")
    )


def short_of(requirement: Requirement) -> Decimal:
    """Return how much of a requirement the plan does not cover by its work order's start; 0 where it does."""
    cover = LineCover.objects.filter(requirement=requirement).first()
    if cover is None:
        return requirement.open_quantity
    if cover.covered_on is not None and cover.covered_on <= requirement.work_order.start_on:
        return ZERO
    in_time = requirement.pegs.filter(
        item=requirement.item_id, available_on__lte=requirement.work_order.start_on
    ).aggregate(all=Sum("quantity"))["all"]
    return max(requirement.open_quantity - (in_time or ZERO), ZERO)


@dataclass(frozen=True, slots=True)
class HitOrder:
    """A work order that the shortage hits."""

    work_order: WorkOrder
    requirement: Requirement
    short_quantity: Decimal
    kit: KitDate | None
    is_reported: bool  # somebody reported it; else only the plan says so


@dataclass(frozen=True, slots=True)
class HitDemand:
    """A sales order line that is late because of it."""

    demand: DemandDate
    days_late: int | None  # None: no date at all
    penalty: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom a shortage hurts, as the present plan says."""

    work_orders: list[HitOrder]
    demands: list[HitDemand]

    @property
    def short_quantity(self) -> Decimal:
        return sum((hit.short_quantity for hit in self.work_orders), ZERO)

    @property
    def penalty(self) -> Decimal:
        return sum((hit.penalty for hit in self.demands), ZERO)

    @property
    def value_at_risk(self) -> Decimal:
        return sum((hit.value for hit in self.demands), ZERO)


def impact(case: Case) -> Impact:
    """Return the work orders and sales order lines that `case` hits: those reported and those the plan foresees."""
    reported = {line.requirement_id: line for line in case.lines.all()}
    lines = (
        Requirement.objects.filter(
            item=case.item_id,
            is_consumable=False,
            quantity__gt=F("issued"),
            work_order__status__in=OPEN_WORK_ORDERS,
            work_order__warehouse__site=case.site_id,
        )
        .select_related("work_order__item__unit", "work_order__warehouse", "work_order__kit", "item__unit", "cover")
        .order_by("work_order__rank")
    )
    hits = []
    for line in lines:
        short = short_of(line)
        if short > 0 or line.pk in reported:
            kit = getattr(line.work_order, "kit", None)
            hits.append(HitOrder(line.work_order, line, short, kit, line.pk in reported))
    return Impact(hits, _demands_behind([hit.work_order.pk for hit in hits]))


# Work orders and sales order lines that a set of work orders feeds, through however many levels.
BEHIND = """
WITH RECURSIVE fed AS (
    SELECT unnest(%s::bigint[]) AS work_order_id
    UNION
    SELECT requirement.work_order_id
    FROM fed
    JOIN planning_peg AS peg ON peg.kind = 'work_order' AND peg.supply_id = fed.work_order_id
    JOIN production_requirement AS requirement ON requirement.id = peg.requirement_id
)
SELECT DISTINCT peg.sales_line_id
FROM fed
JOIN planning_peg AS peg ON peg.kind = 'work_order' AND peg.supply_id = fed.work_order_id
WHERE peg.sales_line_id IS NOT NULL
"""


def demand_ids_behind(work_order_ids: list[int]) -> list[int]:
    """Return the sales order lines that these work orders feed, directly or through others."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [work_order_ids])
        return [row[0] for row in cursor.fetchall()]


def _demands_behind(work_order_ids: list[int]) -> list[HitDemand]:
    rows = DemandDate.objects.filter(sales_line__in=demand_ids_behind(work_order_ids)).select_related(
        "sales_line__order__customer", "sales_line__item__unit"
    )
    hits = []
    for row in rows.order_by("sales_line__due_on"):
        if row.days_late == 0:
            continue
        line = row.sales_line
        late = row.days_late
        penalty = line.penalty_per_day * (late if late is not None else 0)
        hits.append(HitDemand(row, late, penalty, line.price * line.open_quantity))
    return hits


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds the item: why it cannot simply be taken."""

    requirement: Requirement
    warehouse: Warehouse
    quantity: Decimal
    is_hard: bool  # allocated in a bin, on a pick list or a transfer
    slack_days: int  # until its work order starts
    replaced_on: date | None  # the earliest day on which the item could be there again for it

    @property
    def work_order(self) -> WorkOrder:
        return self.requirement.work_order


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The answer to “why can't I take it?”."""

    holders: list[Holder]
    next_delivery: Delivery | None
    may_release: list[User]


def why_not(item: Item, *, today: date) -> WhyNot:
    """Return who holds `item`, with how much slack, when it is replaced, and who may release it."""
    coming = open_deliveries(item).exclude(expected=None).first()
    replaced_on = coming.expected_on if coming else None
    claims = [*_soft(item), *_picks(item), *_transfers(item)]
    holders = [
        Holder(
            requirement=claim.requirement,
            warehouse=claim.warehouse,
            quantity=claim.quantity,
            is_hard=claim.is_hard,
            slack_days=(claim.requirement.work_order.start_on - today).days,
            replaced_on=replaced_on,
        )
        for claim in claims
    ]
    holders.sort(key=lambda holder: (-holder.slack_days, holder.work_order.rank))
    return WhyNot(holders, coming, people_with("planning.rank"))


class _Claim(NamedTuple):
    requirement: Requirement
    warehouse: Warehouse
    quantity: Decimal
    is_hard: bool


def _soft(item: Item) -> list[_Claim]:
    claims = Reservation.objects.filter(item=item, holder=REQUIREMENT).select_related("warehouse")
    lines = _requirements([claim.holder_id for claim in claims])
    return [
        _Claim(lines[claim.holder_id], claim.warehouse, claim.quantity, False)
        for claim in claims
        if claim.holder_id in lines
    ]


def _picks(item: Item) -> list[_Claim]:
    rows = PickLine.objects.filter(item=item, status="open").select_related(
        "requirement__work_order__item", "pick_list__warehouse"
    )
    return [_Claim(row.requirement, row.pick_list.warehouse, row.open_quantity, True) for row in rows]


def _transfers(item: Item) -> list[_Claim]:
    rows = TransferLine.objects.filter(
        item=item, transfer__status__in=("planned", "in_transit"), holder=REQUIREMENT
    ).select_related("transfer__to_warehouse")
    lines = _requirements([row.holder_id for row in rows if row.holder_id])
    return [
        _Claim(lines[row.holder_id], row.transfer.to_warehouse, row.quantity, True)
        for row in rows
        if row.holder_id in lines
    ]


def _requirements(ids: list[int]) -> dict[int, Requirement]:
    return {row.pk: row for row in Requirement.objects.filter(pk__in=ids).select_related("work_order__item")}

"""The present plan and how far the world has moved since."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet

from qitao.catalog.models import Item
from qitao.journal.queries import newest as newest_fact
from qitao.planning.actions import Planned, plan
from qitao.planning.facts_seen import FactsSeen, seen, since
from qitao.planning.models import DemandDate, KitDate, KitState, Peg, PlanRun, SupplyKind
from qitao.production.models import WorkOrder
from qitao.purchasing.models import Delivery
from qitao.purchasing.queries import open_deliveries

KEPT_SECONDS = 20.0
_last: list[tuple[float, Planned]] = []  # the newest plan this process has computed, and when


def planned(on: date) -> Planned:
    """Return the plan of the factory as it is now; computed again where something happened since.

    What changes without a fact (there should be nothing) is found soon: no plan is kept for long.
    """
    facts = seen()
    for made, kept in _last:
        is_young = time.monotonic() - made < KEPT_SECONDS
        if is_young and kept.shot.facts == facts and facts.newest and kept.shot.plant.as_of == on:
            return kept
    found = plan(on)
    if not connection.in_atomic_block:  # what an open transaction sees may never come true
        _last[:] = [(time.monotonic(), found)]
    return found


@dataclass(frozen=True, slots=True)
class Freshness:
    """The last plan run and how many facts it does not know of."""

    run: PlanRun | None
    facts_since: int

    @property
    def is_current(self) -> bool:
        """Whether nothing happened since."""
        return self.run is not None and not self.facts_since


def freshness() -> Freshness:
    """Return how old the plan is: its run, and how many facts it does not know of."""
    run = PlanRun.objects.order_by("-id").first()
    return Freshness(run, since(FactsSeen(run.last_fact_id, run.recent_facts) if run else FactsSeen(0, 0)))


def newest() -> str:
    """Return a mark of all that screens can know of by now: the newest fact and the newest plan."""
    run = PlanRun.objects.aggregate(newest=Max("id"))["newest"] or 0
    return f"{newest_fact()}-{run}"


def board() -> QuerySet[KitDate]:
    """Return the kit dates of all open work orders with all the board shows, by rank."""
    return KitDate.objects.select_related(
        "work_order__item__unit",
        "work_order__work_center",
        "work_order__warehouse",
        "work_order__sales_line__order__customer",
        "bottleneck__item__unit",
    ).order_by("work_order__rank")


def pegs_of(work_order: WorkOrder) -> QuerySet[Peg]:
    """Return what supplies the plan gives to a work order's requirements."""
    return Peg.objects.filter(requirement__work_order=work_order).select_related("item__unit", "requirement__item")


def holders(item: Item) -> QuerySet[Peg]:
    """Return who the plan gives the item's supplies to, the first served first."""
    return (
        Peg.objects.filter(item=item)
        .select_related("requirement__work_order__item", "sales_line__order__customer", "item__unit")
        .order_by("available_on", "requirement__work_order__rank", "id")
    )


def at_risk(*, until: date) -> QuerySet[KitDate]:
    """Return the open work orders that start by `until` and will not be complete then, the first to start first."""
    return (
        board()
        .filter(state__in=(KitState.LATE, KitState.NEVER), work_order__start_on__lte=until)
        .order_by("work_order__start_on", "work_order__rank")
    )


def kit_states() -> dict[str, int]:
    """Count the open work orders by the state of their kits."""
    counted = dict(KitDate.objects.values_list("state").annotate(number=Count("work_order")))
    return {str(state): counted.get(state, 0) for state in KitState}


def late_demands() -> list[DemandDate]:
    """Return the open sales order lines that the plan ships late or never, the longest overdue first."""
    rows = DemandDate.objects.filter(Q(days_late__gt=0) | Q(planned_on=None))
    return list(
        rows.select_related("sales_line__order__customer", "sales_line__item__unit").order_by("sales_line__due_on")
    )


@dataclass(frozen=True, slots=True)
class HurtingDelivery:
    """A delivery that comes later than the plan needs it: how many work orders wait, and when the first starts."""

    delivery: Delivery
    work_orders: int
    first_start_on: date
    available_on: date

    @property
    def days(self) -> int:
        """How many days too late it is for the first of them."""
        return (self.available_on - self.first_start_on).days


def hurting_deliveries(*, most: int) -> list[HurtingDelivery]:
    """Return the deliveries that come after the start of a work order they are planned for, the first to stop first."""
    rows = list(
        Peg.objects.filter(kind=SupplyKind.PURCHASE, available_on__gt=F("requirement__work_order__start_on"))
        .values("supply_id")
        .annotate(
            work_orders=Count("requirement__work_order", distinct=True),
            first=Min("requirement__work_order__start_on"),
            available=Max("available_on"),
        )
        .order_by("first", "-work_orders", "supply_id")[:most]
    )
    deliveries = open_deliveries().in_bulk([row["supply_id"] for row in rows])
    return [
        HurtingDelivery(deliveries[row["supply_id"]], row["work_orders"], row["first"], row["available"])
        for row in rows
        if row["supply_id"] in deliveries
    ]

"""What a case shows: whom it hurts, who holds the item, what is on order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import inf
from typing import NamedTuple

from django.db.models import Case as Condition
from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, Greatest

from qitao.catalog.models import QUANTITY
from qitao.engine.costs import Costs
from qitao.kernel.quantity import ZERO
from qitao.planning.models import DemandDate, KitDate, Peg, SupplyKind
from qitao.planning.pegging import Delay, delays, held_up, least
from qitao.production.models import OPEN_STATES as OPEN_WORK_ORDERS
from qitao.production.models import Requirement, WorkOrder
from qitao.sales.models import SalesOrderLine
from qitao.shortages.models import OPEN_STATES, Case, CaseLine

NEVER_DAYS = Costs.never_days  # what is never there is late by so many days, as far as money goes


def open_cases() -> QuerySet[Case]:
    """Return the open cases, the most urgent first, with what a board shows."""
    return (
        Case.objects.filter(status__in=OPEN_STATES)
        .select_related("item__unit", "site", "owner")
        .annotate(orders_hit=Count("lines__requirement__work_order", distinct=True), short=Sum("lines__short_quantity"))
        .order_by("severity", "deadline_at", "id")
    )


def closed_cases() -> QuerySet[Case]:
    """Return the cases that nobody works on any more, the last closed first."""
    return (
        Case.objects.exclude(status__in=OPEN_STATES)
        .select_related("item__unit", "site", "owner")
        .annotate(orders_hit=Count("lines__requirement__work_order", distinct=True))
        .order_by("-closed_at", "-id")
    )


def cause_counts() -> list[tuple[str, int]]:
    """Return how many closed cases had which cause, the most frequent first."""
    rows = Case.objects.filter(status="closed").values_list("cause").annotate(number=Count("pk"))
    return sorted(rows.order_by("cause"), key=lambda row: -row[1])


def with_short(lines: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Add to each requirement how much of it the plan does not cover when its work order needs it: `short`.

    It is needed on the start day, or – where that is gone – on the day of the plan. What the plan does not know yet
    counts as short, and so does what it counts on without anybody having decided it: stock that lies in another
    warehouse, a substitute.
    """
    still = Greatest(F("quantity") - F("issued"), ZERO, output_field=DecimalField(**QUANTITY))
    need = Greatest(F("work_order__start_on"), F("cover__run__as_of"))
    in_time = Peg.objects.filter(
        ~Q(kind=SupplyKind.STOCK) | Q(supply_id=OuterRef("work_order__warehouse")),
        requirement=OuterRef("pk"),
        item=OuterRef("item"),
        available_on__lte=OuterRef("need_on"),
    )
    summed = in_time.order_by().values("requirement").annotate(all=Sum("quantity")).values("all")
    there = Coalesce(Subquery(summed), ZERO, output_field=DecimalField(**QUANTITY))
    return lines.annotate(need_on=need, still=still).annotate(
        short=Condition(
            When(cover=None, then=F("still")),
            default=Greatest(F("still") - there, ZERO, output_field=DecimalField(**QUANTITY)),
            output_field=DecimalField(**QUANTITY),
        )
    )


def short_of(requirement: Requirement) -> Decimal:
    """Return how much of a requirement the plan does not cover when its work order needs it; 0 where it does."""
    found = with_short(Requirement.objects.filter(pk=requirement.pk)).get()
    return Decimal(found.short)  # type: ignore[attr-defined]


def first_short(work_order_id: int) -> int | None:
    """Return the first line of a work order that lacks something, if only because nobody has decided what to take."""
    lines = Requirement.objects.filter(work_order=work_order_id, is_consumable=False, quantity__gt=F("issued"))
    rows = with_short(lines).order_by("position")
    return next((row.pk for row in rows if row.short > 0), None)  # type: ignore[attr-defined]


def penalty(line: SalesOrderLine, days: int | None) -> Decimal:
    """Return what a customer may ask for so many days of waiting; None: nobody knows until when."""
    return line.penalty_per_day * (NEVER_DAYS if days is None else days)


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
    """A sales order line that is late because of it: when what waits for it comes, how late, what that may cost.

    `days_late` is what the customer sees, `days_caused` how many of them are due to the shortage; the penalty is for
    these. None: no date at all.
    """

    demand: DemandDate
    comes_on: date | None
    days_late: int | None
    days_caused: int | None

    @property
    def penalty(self) -> Decimal:
        return penalty(self.demand.sales_line, self.days_caused)

    @property
    def value(self) -> Decimal:
        """Value of what the customer still has to get."""
        line = self.demand.sales_line
        return line.price * line.open_quantity

    @property
    def is_late_anyway(self) -> bool:
        """Whether it would be late, if less so, without the shortage."""
        return self.days_caused != self.days_late


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom a shortage hurts, as the present plan says: who lacks the item, who waits for those, which customers."""

    work_orders: list[HitOrder]
    waiting: list[KitDate]
    demands: list[HitDemand]

    @property
    def orders_hit(self) -> int:
        """How many work orders lack the item or wait for one that does."""
        return len(self.work_orders) + len(self.waiting)

    @property
    def short_quantity(self) -> Decimal:
        return sum((hit.short_quantity for hit in self.work_orders), ZERO)

    @property
    def penalty(self) -> Decimal:
        return sum((hit.penalty for hit in self.demands), ZERO)

    @property
    def value_at_risk(self) -> Decimal:
        return sum((hit.value for hit in self.demands), ZERO)

    @property
    def days_late(self) -> int | None:
        """By how many days the latest of them is late; None where one has no date at all."""
        days = [hit.days_late for hit in self.demands]
        return None if None in days else max((day for day in days if day), default=0)


def impact(case: Case) -> Impact:
    """Return the work orders and sales order lines that `case` hits: those reported and those the plan foresees."""
    return impacts([case])[case.pk]


def impacts(cases: Iterable[Case]) -> dict[int, Impact]:
    """Return the impact of each open or closed case; as many reads for a hundred cases as for one."""
    wanted = {(case.item_id, case.site_id): case.pk for case in cases}
    reported = set(CaseLine.objects.filter(case__in=wanted.values()).values_list("requirement", "case"))
    hits: dict[int, list[HitOrder]] = {pk: [] for pk in wanted.values()}
    held: dict[int, list[_Held]] = {pk: [] for pk in wanted.values()}
    for line in with_short(_lines_of({item_id for item_id, _ in wanted})).order_by("work_order__rank", "position"):
        pk = wanted.get((line.item_id, line.work_order.warehouse.site_id))
        is_reported = (line.pk, pk) in reported
        short = Decimal(line.short)  # type: ignore[attr-defined]
        if pk is not None and (short > 0 or is_reported):
            kit = getattr(line.work_order, "kit", None)
            hits[pk].append(HitOrder(line.work_order, line, short, kit, is_reported))
            if (one := _held(line)) is not None:
                held[pk].append(one)
    behind = delays(one.work_order_id for rows in held.values() for one in rows)
    waiting = _waiting(wanted) if any(hits.values()) else {}
    return {
        pk: Impact(rows, _not_in(rows, waiting.get(pk, [])), _demands_of(held[pk], behind)) for pk, rows in hits.items()
    }


class _Held(NamedTuple):
    """A work order that the item holds up, and by how many days; None: it never comes."""

    work_order_id: int
    days: int | None


def _held(line: Requirement) -> _Held | None:
    """Return by how many days the plan covers a line later than its work order needs it; None where in time."""
    cover = getattr(line, "cover", None)
    if cover is None:
        return None
    if cover.covered_on is None:
        return _Held(line.work_order_id, None)
    days = (cover.covered_on - line.need_on).days  # type: ignore[attr-defined]
    return _Held(line.work_order_id, days) if days > 0 else None


def _demands_of(held: Iterable[_Held], behind: dict[int, list[Delay]]) -> list[HitDemand]:
    return demands_hit(
        replace(row, days_caused=least(one.days, row.days_caused))
        for one in held
        for row in behind.get(one.work_order_id, ())
    )


def _waiting(wanted: dict[tuple[int, int], int]) -> dict[int, list[KitDate]]:
    """Return for each case the late work orders at whose root lies its item, lacking at its site."""
    found: dict[int, list[KitDate]] = defaultdict(list)
    for held in held_up():
        root = held.root
        if root.bottleneck is not None and not held.is_root:
            pk = wanted.get((root.bottleneck.item_id, root.work_order.warehouse.site_id))
            if pk is not None:
                found[pk].append(held.kit)
    return found


def _not_in(hits: list[HitOrder], kits: list[KitDate]) -> list[KitDate]:
    direct = {hit.work_order.pk for hit in hits}
    return [kit for kit in kits if kit.pk not in direct]


def short_lines(item_id: int, *, site_id: int) -> list[tuple[Requirement, Decimal]]:
    """Return the requirements of an item at a site that the plan does not cover in time, with how much they lack."""
    lines = with_short(_lines_of({item_id}).filter(work_order__warehouse__site=site_id))
    rows = lines.select_related("work_order__warehouse__site", "item").order_by("work_order__rank", "position")
    shorts = [(line, Decimal(line.short)) for line in rows]  # type: ignore[attr-defined]
    return [(line, short) for line, short in shorts if short > 0]


def _lines_of(item_ids: set[int]) -> QuerySet[Requirement]:
    return Requirement.objects.filter(
        item__in=item_ids, is_consumable=False, quantity__gt=F("issued"), work_order__status__in=OPEN_WORK_ORDERS
    ).select_related("work_order__item__unit", "work_order__warehouse", "work_order__kit", "item__unit", "cover")


def demands_hit(delayed: Iterable[Delay]) -> list[HitDemand]:
    """Return the sales order lines that are late, the earliest due first; of one that is named twice the worst."""
    worst: dict[int, HitDemand] = {}
    for row in delayed:
        hit = HitDemand(row.demand, row.comes_on, row.days_late, row.days_caused)
        known = worst.get(row.demand.pk)
        if known is None or _badness(known) < _badness(hit):
            worst[row.demand.pk] = hit
    return sorted(worst.values(), key=lambda hit: (hit.demand.sales_line.due_on or date.max, hit.demand.pk))


def _badness(hit: HitDemand) -> tuple[float, float]:
    caused, late = hit.days_caused, hit.days_late
    return (inf if caused is None else caused, inf if late is None else late)

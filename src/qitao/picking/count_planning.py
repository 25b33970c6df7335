"""The day's count lists: what is due by class or at risk, by the way through the bins, as much as the counters can do.

Which risk comes first, and why a bin is on a list, is told with the list. The order of the causes follows what the
trade has measured: places with past errors, much traffic and high stock hold most of the wrong records (for retail
stores: Evaluating Count Prioritization Procedures, M&SOM 2022); what stops a line comes before what only costs money.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, Q
from django.utils import timezone

from qitao.catalog.queries import working_days
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.numbers import next_code
from qitao.picking.models import ShortPick
from qitao.production.models import OPEN_STATES, Requirement
from qitao.stock import ledger
from qitao.stock.classes import classes_of, rank_usage, rules
from qitao.stock.count_models import CountList, CountPlan
from qitao.stock.counting import UNDER_WAY
from qitao.stock.models import Balance, Count, CountLine, Location, Warehouse

Place = tuple[int, int]  # item, location
NEVER = 10_000  # days
ORDER = {cause: place for place, cause in enumerate(Count.Cause.values)}
REST = 7  # days: nobody counts again sooner for what was found wrong, or is needed soon


@dataclass(frozen=True, slots=True)
class Due:
    """An item in a bin that should be counted today: why, and how much later than it should have been."""

    item_id: int
    location_id: int
    route: tuple[int, str]
    cause: str
    overdue: Decimal  # days since the last count ÷ days between two counts

    @property
    def rank(self) -> tuple[int, Decimal, tuple[int, str], int]:
        """Who comes first: the graver cause, then the longer overdue, then the way."""
        return ORDER[self.cause], -self.overdue, self.route, self.item_id


@action(permission="stock.adjust")
def make_lists(command: Command, *, warehouse_id: int) -> Reply:
    """Make the lists of the day for a warehouse, one for each counter of its plan; those that are there stay.

    Refuses: WrongWarehouse. Records: stock.count_lists_made. Locks: the plan.
    """
    warehouse = Warehouse.objects.select_related("site").get(pk=warehouse_id)
    ledger.must_work_in(command, warehouse)
    plan = CountPlan.objects.select_for_update(no_key=True).get(warehouse=warehouse)
    if CountList.objects.filter(warehouse=warehouse, on=command.on).exists():
        return {"lists": 0, "lines": 0}
    rank_usage(on=command.on)
    chosen = sorted(due(plan, on=command.on), key=lambda each: each.rank)[: plan.capacity]
    shares = shared_out(chosen, people=plan.counters or [None])
    for counter, share in shares:
        _write(command, warehouse, counter, share)
    record(command, "stock.count_lists_made", warehouse, lists=len(shares), lines=len(chosen))
    return {"lists": len(shares), "lines": len(chosen)}


def shared_out(chosen: Sequence[Due], *, people: Sequence[int | None]) -> list[tuple[int | None, list[Due]]]:
    """Cut the way through the bins into a part for each of `people`; a bin is not divided, nobody gets nothing."""
    way = sorted(chosen, key=lambda each: (each.route, each.location_id, each.item_id))
    parts: list[tuple[int | None, list[Due]]] = []
    start = 0
    for place, person in enumerate(people):
        end = max(len(way) * (place + 1) // len(people), start)
        while 0 < end < len(way) and way[end].location_id == way[end - 1].location_id:
            end += 1
        if way[start:end]:
            parts.append((person, way[start:end]))
        start = max(end, start)
    return parts


def _write(command: Command, warehouse: Warehouse, counter: int | None, share: Iterable[Due]) -> None:
    day_list = CountList.objects.create(
        warehouse=warehouse, on=command.on, counter_id=counter, made_at=command.at, made_by=command.actor
    )
    bins: dict[int, list[Due]] = {}
    for each in share:
        bins.setdefault(each.location_id, []).append(each)
    for location_id, items in bins.items():
        count = Count.objects.create(
            code=next_code("CT", command.at),
            location_id=location_id,
            warehouse=warehouse,
            day_list=day_list,
            cause=min(items, key=lambda each: each.rank).cause,
            made_at=command.at,
            made_by=command.actor,
        )
        lying = Balance.objects.filter(location=location_id, item__in=[each.item_id for each in items])
        CountLine.objects.bulk_create(
            CountLine(
                count=count, item_id=b.item_id, location_id=location_id, lot_id=b.lot_id, status=b.status, owner=b.owner
            )
            for b in lying.filter(Q(on_hand__gt=0) | Q(doubted_at__isnull=False)).order_by("item__code", "lot__code")
        )


def due(plan: CountPlan, *, on: date) -> list[Due]:
    """Return what should be counted in the plan's warehouse on a day; what is being counted already is left out."""
    return list(_Looking(plan, on).found())


class _Looking:
    """What is known about every item in every bin of a warehouse, read once."""

    def __init__(self, plan: CountPlan, on: date) -> None:
        self.plan, self.on, self.rules = plan, on, rules()
        home = Balance.objects.filter(
            Q(on_hand__gt=0) | Q(doubted_at__isnull=False), location__warehouse=plan.warehouse_id
        ).exclude(location__kind=Location.Kind.TRANSIT)
        self.balances = list(home.select_related("item", "location"))
        self.classes = classes_of({row.item_id: row.item for row in self.balances}.values())
        self.last, self.bin_last = self._last_counts()
        self.short = self._short_picks()
        self.needed = self._needed()
        self.less = self._found_less()
        under_way = CountLine.objects.filter(count__status__in=UNDER_WAY, count__warehouse=plan.warehouse_id)
        self.busy = set(under_way.values_list("item", "location"))
        waiting = Count.objects.filter(status__in=UNDER_WAY, location__isnull=False, warehouse=plan.warehouse_id)
        self.busy_bins = set(waiting.values_list("location", flat=True))

    def found(self) -> Iterable[Due]:
        seen: set[Place] = set()
        for row in self.balances:
            place = (row.item_id, row.location_id)
            if place in seen or place in self.busy or row.location_id in self.busy_bins:
                continue
            seen.add(place)
            every = self.rules[self.classes[row.item_id]].every_days
            days = self._days_since(self.last.get(place))
            cause = self._cause(row, place, days=days, every=every)
            if cause:
                route = (row.location.route, row.location.code)
                yield Due(row.item_id, row.location_id, route, cause, (Decimal(days) / every).quantize(Decimal("0.01")))

    def _cause(self, row: Balance, place: Place, *, days: int, every: int) -> str:
        """Return the gravest reason to count, or nothing."""
        causes = Count.Cause
        reasons = (
            (row.doubted_at is not None, causes.DOUBT),
            (place in self.short and days > 0 and self._days_since(self.short[place]) < days, causes.SHORT),
            (row.item_id in self.needed and days >= max(every // 2, REST), causes.NEEDED),
            (place in self.less and days >= REST, causes.LESS),
            (self._is_dear(row) and days >= self.rules["A"].every_days, causes.VALUE),
            (days >= every, causes.CLASS),
            (self._is_stale(row), causes.STALE),
        )
        return next((cause.value for holds, cause in reasons if holds), "")

    def _is_dear(self, row: Balance) -> bool:
        return bool(self.plan.high_value) and row.on_hand * row.item.unit_cost >= self.plan.high_value

    def _is_stale(self, row: Balance) -> bool:
        limit = self.plan.stale_days
        return bool(limit) and self._days_since(self.bin_last.get(row.location_id)) >= limit

    def _days_since(self, day: date | None) -> int:
        return NEVER if day is None else (self.on - day).days

    def _last_counts(self) -> tuple[dict[Place, date], dict[int, date]]:
        lines = CountLine.objects.filter(count__posted_at__isnull=False, location__warehouse=self.plan.warehouse_id)
        last: dict[Place, date] = {}
        bins: dict[int, date] = {}
        for item_id, location_id, at in lines.values_list("item", "location").annotate(at=Max("counted_at")):
            if at is not None:
                day = timezone.localdate(at)
                last[item_id, location_id] = day
                bins[location_id] = max(day, bins.get(location_id, day))
        return last, bins

    def _short_picks(self) -> dict[Place, date]:
        """Return where a pick came up short lately, and when last."""
        since = self.on - timedelta(days=self.plan.short_days)
        rows = ShortPick.objects.filter(location__warehouse=self.plan.warehouse_id, at__date__gte=since)
        found = rows.values_list("item", "location").annotate(last=Max("at")) if self.plan.short_days else ()
        return {(item, location): timezone.localdate(at) for item, location, at in found}

    def _needed(self) -> set[int]:
        """Return the items that an open work order of the warehouse needs soon."""
        if not self.plan.needed_days:
            return set()
        soon = self.on + timedelta(days=self.plan.needed_days)
        rows = Requirement.objects.filter(
            work_order__status__in=OPEN_STATES,
            work_order__warehouse=self.plan.warehouse_id,
            work_order__start_on__lte=soon,
            quantity__gt=0,
        )
        return set(rows.values_list("item", flat=True))

    def _found_less(self) -> set[Place]:
        """Return where the last count within some days found less than the record said, beyond its tolerance."""
        if not self.plan.less_days:
            return set()
        since = self.on - timedelta(days=self.plan.less_days)
        lines = CountLine.objects.filter(
            count__posted_at__date__gte=since, location__warehouse=self.plan.warehouse_id, was_right__isnull=False
        ).order_by("count__posted_at", "id")
        last = {(line.item_id, line.location_id): line for line in lines}
        return {place for place, line in last.items() if not line.was_right and line.counted < line.recorded}  # type: ignore[operator]


def is_working_day(warehouse: Warehouse, on: date) -> bool:
    """Tell whether the site of a warehouse works on a day."""
    return working_days(warehouse.site).works(on)

"""Reading the pegs of the present plan: who is behind a work order, and what it waits for down to the root."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import F, Sum

from qitao.planning.models import DemandDate, KitDate, KitState, Peg, SupplyKind
from qitao.planning.queries import board

# Each work order with all it feeds, through however many levels, and the sales order lines at the end.
BEHIND = """
WITH RECURSIVE fed(root, work_order_id) AS (
    SELECT id, id FROM unnest(%s::bigint[]) AS id
    UNION
    SELECT fed.root, requirement.work_order_id
    FROM fed
    JOIN planning_peg AS peg ON peg.kind = 'work_order' AND peg.supply_id = fed.work_order_id
    JOIN production_requirement AS requirement ON requirement.id = peg.requirement_id
)
SELECT DISTINCT fed.root, peg.sales_line_id
FROM fed
JOIN planning_peg AS peg ON peg.kind = 'work_order' AND peg.supply_id = fed.work_order_id
WHERE peg.sales_line_id IS NOT NULL
"""


def sales_lines_behind(work_order_ids: Sequence[int]) -> dict[int, set[int]]:
    """Return for each work order the sales order lines it feeds, directly or through other work orders."""
    found: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [list(work_order_ids)])
        for root, line_id in cursor.fetchall():
            found[root].add(line_id)
    return found


def demands_behind(work_order_ids: Sequence[int]) -> dict[int, list[DemandDate]]:
    """Return for each work order the planned dates of the sales order lines behind it, the earliest due first."""
    behind = sales_lines_behind(work_order_ids)
    wanted = set().union(*behind.values()) if behind else set()
    rows = DemandDate.objects.filter(sales_line__in=wanted).select_related(
        "sales_line__order__customer", "sales_line__item__unit"
    )
    dates = {row.sales_line_id: row for row in rows.order_by("sales_line__due_on", "sales_line_id")}
    return {
        work_order_id: [row for line_id, row in dates.items() if line_id in line_ids]
        for work_order_id, line_ids in behind.items()
    }


# Each work order with all that waits for it, through however many levels, and the sales order lines that ship late
# behind it. What it feeds in time is not followed; `most` is the least number of days by which it is late anywhere on
# the way (NULL: it never comes): more than that it cannot cause.
DELAYED = """
WITH RECURSIVE delayed(root, work_order_id, most) AS (
    SELECT id, id, NULL::integer FROM unnest(%s::bigint[]) AS id
    UNION
    SELECT delayed.root, taker.id, LEAST(delayed.most, peg.available_on - GREATEST(taker.start_on, run.as_of))
    FROM delayed
    JOIN planning_peg AS peg ON peg.kind = 'work_order' AND peg.supply_id = delayed.work_order_id
    JOIN planning_planrun AS run ON run.id = peg.run_id
    JOIN production_requirement AS requirement ON requirement.id = peg.requirement_id
    JOIN production_workorder AS taker ON taker.id = requirement.work_order_id
    WHERE peg.available_on IS NULL OR peg.available_on > GREATEST(taker.start_on, run.as_of)
)
SELECT delayed.root, delayed.most, line.id, peg.available_on, line.due_on,
       kit.done_on, run.as_of, maker.start_on, maker.due_on, maker.status IN ('started', 'paused')
FROM delayed
JOIN planning_peg AS peg ON peg.kind = 'work_order' AND peg.supply_id = delayed.work_order_id
JOIN sales_salesorderline AS line ON line.id = peg.sales_line_id
JOIN production_workorder AS maker ON maker.id = delayed.work_order_id
JOIN planning_kitdate AS kit ON kit.work_order_id = maker.id
JOIN planning_planrun AS run ON run.id = kit.run_id
WHERE peg.available_on IS NULL OR peg.available_on > line.due_on
"""


@dataclass(frozen=True, slots=True)
class Delay:
    """A sales order line that ships late because of a work order: when what waits comes, how late, by how many of these
    days because of it. `comes_on` None: never; then so are the days.
    """

    demand: DemandDate
    comes_on: date | None
    days_late: int | None
    days_caused: int | None


def delays(work_order_ids: Iterable[int]) -> dict[int, list[Delay]]:
    """Return for each work order that lacks something the sales order lines that are late because of it.

    Days that a line would be late all the same – its work order is planned beyond its due day – are not caused.
    """
    with connection.cursor() as cursor:
        cursor.execute(DELAYED, [sorted(set(work_order_ids))])
        rows = cursor.fetchall()
    demands = DemandDate.objects.select_related("sales_line__order__customer", "sales_line__item__unit").in_bulk(
        [row[2] for row in rows]
    )
    found: dict[int, list[Delay]] = defaultdict(list)
    for root, most, line_id, comes_on, due_on, *maker in rows:
        late = (comes_on - due_on).days if comes_on else None
        caused = least(most, late, _days_behind(*maker) if comes_on else None)
        if caused is None or caused > 0:
            found[root].append(Delay(demands[line_id], comes_on, late, caused))
    return found


def least(*days: int | None) -> int | None:
    """Return the least number of days; None is more than any."""
    return min((each for each in days if each is not None), default=None)


def _days_behind(done_on: date, as_of: date, start_on: date, due_on: date, has_begun: bool) -> int:
    """Return by how many days a work order is done later than with all its material at hand when it needs it."""
    begins_on = max(start_on, as_of)
    lasts = max((due_on - (begins_on if has_begun else start_on)).days, 0)
    return (done_on - begins_on).days - lasts


def makers(requirement_ids: Iterable[int]) -> dict[int, int]:
    """Return for each requirement the work order whose output it waits for: the one that makes its last supply.

    A requirement that nothing known covers whole waits for no work order.
    """
    pegs = (
        Peg.objects.filter(requirement__in=requirement_ids, requirement__cover__short_quantity=0)
        .order_by("requirement", F("available_on").asc(nulls_last=True), "quantity", "id")
        .values_list("requirement", "kind", "supply_id")
    )
    last = {requirement: (kind, supply) for requirement, kind, supply in pegs}
    return {requirement: supply for requirement, (kind, supply) in last.items() if kind == SupplyKind.WORK_ORDER}


@dataclass(frozen=True, slots=True)
class Held:
    """A work order that cannot be complete in time, and the one at the root of it – itself, or one it waits for."""

    kit: KitDate
    root: KitDate
    maker_id: int | None  # the work order that makes its own bottleneck

    @property
    def is_root(self) -> bool:
        """Whether its own bottleneck is bought, or made in time: nothing further down is to blame."""
        return self.kit.pk == self.root.pk


def held_up() -> list[Held]:
    """Return the open work orders that will be late or never complete, by rank, each with the root of its delay."""
    kits = list(board().select_related("work_order__warehouse__site").filter(state__in=(KitState.LATE, KitState.NEVER)))
    kits = [kit for kit in kits if kit.bottleneck_id is not None]
    by_order = {kit.pk: kit for kit in kits}
    made_by = makers([kit.bottleneck_id for kit in kits if kit.bottleneck_id is not None])
    return [Held(kit, _root(kit, by_order, made_by), made_by.get(kit.bottleneck_id or 0)) for kit in kits]


def _root(kit: KitDate, by_order: dict[int, KitDate], made_by: dict[int, int]) -> KitDate:
    """Follow the bottlenecks down while a work order that is late itself makes them."""
    seen = {kit.pk}
    while True:
        below = by_order.get(made_by.get(kit.bottleneck_id or 0, 0))
        if below is None or below.pk in seen:
            return kit
        seen.add(below.pk)
        kit = below


@dataclass(frozen=True, slots=True)
class Claim:
    """A work order that the plan gives some of an item to."""

    work_order_id: int
    code: str
    rank: int
    quantity: Decimal


def contention(item_ids: Iterable[int]) -> dict[int, list[Claim]]:
    """Return for each item the work orders that the plan gives it to, the first served first."""
    rows = (
        Peg.objects.filter(item__in=item_ids, requirement__isnull=False)
        .values_list(
            "item", "requirement__work_order", "requirement__work_order__code", "requirement__work_order__rank"
        )
        .annotate(all=Sum("quantity"))
        .order_by("requirement__work_order__rank")
    )
    found: dict[int, list[Claim]] = defaultdict(list)
    for item_id, work_order_id, code, rank, quantity in rows:
        found[item_id].append(Claim(work_order_id, code, rank, quantity))
    return found


# Work orders that make something for these sales order lines, through however many levels.
FOR_LINES = """
WITH RECURSIVE feeding AS (
    SELECT peg.supply_id AS work_order_id
    FROM planning_peg AS peg
    WHERE peg.kind = 'work_order' AND peg.sales_line_id = ANY(%s::bigint[])
    UNION
    SELECT peg.supply_id
    FROM feeding
    JOIN production_requirement AS requirement ON requirement.work_order_id = feeding.work_order_id
    JOIN planning_peg AS peg ON peg.requirement_id = requirement.id AND peg.kind = 'work_order'
)
SELECT work_order_id FROM feeding
"""


def work_orders_for(sales_line_ids: Sequence[int]) -> list[int]:
    """Return the work orders that the plan has make something for these sales order lines."""
    with connection.cursor() as cursor:
        cursor.execute(FOR_LINES, [list(sales_line_ids)])
        return [row[0] for row in cursor.fetchall()]

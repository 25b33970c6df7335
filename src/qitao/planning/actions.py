"""Running the plan and keeping its answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from qitao.engine.clear_to_build import clear_to_build
from qitao.engine.kits import Kits
from qitao.engine.plant import NEVER, OrderKind, SupplyKind
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import announce, record
from qitao.kernel.quantity import from_micro
from qitao.planning import snapshot
from qitao.planning.models import DemandDate, KitDate, KitState, LineCover, Peg, PlanRun
from qitao.planning.models import SupplyKind as PegKind

PLAN_LOCK = 1 << 49  # one plan is written at a time
PEG_KINDS = {
    SupplyKind.STOCK: PegKind.STOCK,
    SupplyKind.PURCHASE_ORDER: PegKind.PURCHASE,
    SupplyKind.WORK_ORDER: PegKind.WORK_ORDER,
    SupplyKind.TRANSFER: PegKind.TRANSFER,
    SupplyKind.REQUISITION: PegKind.REQUISITION,
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A snapshot and the engine's answer to it."""

    shot: snapshot.Snapshot
    kits: Kits
    engine_seconds: float


def plan(as_of: date) -> Planned:
    """Read the factory and plan it; nothing is written."""
    shot = snapshot.take(as_of)
    started = time.perf_counter()
    kits = clear_to_build(shot.plant)
    return Planned(shot, kits, time.perf_counter() - started)


def run(at: datetime) -> PlanRun:
    """Plan the factory as it is and put the answer in the place of the last one, in one transaction.

    The factory is read as one snapshot (REPEATABLE READ). Locks: the plan – a second run waits, then sees what the
    first could not.
    """
    started = timezone.now()
    with _alone(), transaction.atomic():
        if connection.savepoint_ids == []:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        planned = plan(timezone.localdate(at))
        plan_run = PlanRun.objects.create(
            started_at=started,
            finished_at=started,
            as_of=planned.shot.plant.as_of,
            last_fact_id=planned.shot.facts.newest,
            work_orders=len(planned.shot.orders),
            requirements=len(planned.shot.lines),
            engine_ms=round(planned.engine_seconds * 1000),
        )
        _write(plan_run, planned)
        plan_run.finished_at = timezone.now()
        plan_run.save(update_fields=["finished_at"])
        announce("planning.planned")
    return plan_run


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the plan's lock, taken before the snapshot so that it cannot be older than the last run.

    Inside a transaction it is held until that ends: before it nobody else sees what was written.
    """
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLAN_LOCK])
            yield
            return
        cursor.execute("SELECT pg_advisory_lock(%s)", [PLAN_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PLAN_LOCK])


def _write(plan_run: PlanRun, planned: Planned) -> None:
    """Replace the old answer; older runs keep their own row only."""
    for table in (Peg, LineCover, DemandDate, KitDate):
        table.objects.all()._raw_delete(using="default")  # nothing refers to these rows
    KitDate.objects.bulk_create(_kits(plan_run, planned))
    DemandDate.objects.bulk_create(_demands(plan_run, planned))
    LineCover.objects.bulk_create(_covers(plan_run, planned))
    Peg.objects.bulk_create(_pegs(plan_run, planned), batch_size=5000)


def _kits(plan_run: PlanRun, planned: Planned) -> list[KitDate]:
    kits, plant = planned.kits, planned.shot.plant
    rows = []
    for work_order_id, order in planned.shot.orders.items():
        lines = plant.lines_of(order).tolist()
        need = max(int(plant.orders.need_day[order]), 0)
        late = kits.days_late(order)
        bottleneck = int(kits.bottleneck[order])
        rows.append(
            KitDate(
                work_order_id=work_order_id,
                run=plan_run,
                state=KitState(kits.state(order).word),
                kit_on=plant.date_of(int(kits.kit_day[order])),
                done_on=plant.date_of(int(kits.finish_day[order])),
                days_late=None if late >= NEVER else late,
                bottleneck_id=None if bottleneck < 0 else int(plant.lines.reference[bottleneck]),
                short_quantity=from_micro(kits.short_quantity(order)),
                lines=len(lines),
                lines_covered=sum(int(kits.line_day[line]) <= need for line in lines),
                uses_substitute=any(kits.is_substituted(line) for line in lines),
                uses_transfer=any(_is_fetched(kits, order, line) for line in lines),
            )
        )
    return rows


def _is_fetched(kits: Kits, order: int, line: int) -> bool:
    """Tell whether the plan counts for the line on stock that still lies in another warehouse."""
    supplies, home = kits.plant.supplies, int(kits.plant.orders.warehouse[order])
    rows = kits.peg_supply[kits.line_first_peg[line] : kits.line_last_peg[line]]
    return bool(((supplies.kind[rows] == SupplyKind.STOCK) & (supplies.warehouse[rows] != home)).any())


def _demands(plan_run: PlanRun, planned: Planned) -> list[DemandDate]:
    kits, plant = planned.kits, planned.shot.plant
    rows = []
    for line_id, order in planned.shot.demands.items():
        late = kits.days_late(order)
        (line,) = plant.lines_of(order).tolist()
        rows.append(
            DemandDate(
                sales_line_id=line_id,
                run=plan_run,
                planned_on=plant.date_of(int(kits.finish_day[order])),
                short_quantity=from_micro(int(kits.line_short[line])),
                days_late=None if late >= NEVER else late,
            )
        )
    return rows


def _covers(plan_run: PlanRun, planned: Planned) -> list[LineCover]:
    kits, plant = planned.kits, planned.shot.plant
    return [
        LineCover(
            requirement_id=requirement_id,
            run=plan_run,
            covered_on=plant.date_of(int(kits.line_day[line])),
            short_quantity=from_micro(int(kits.line_short[line])),
        )
        for requirement_id, line in planned.shot.lines.items()
    ]


def _pegs(plan_run: PlanRun, planned: Planned) -> list[Peg]:
    kits, plant, shot = planned.kits, planned.shot.plant, planned.shot
    item_ids = {row: pk for pk, row in shot.items.items()}
    rows = []
    for peg in range(kits.peg_line.size):
        line, supply = int(kits.peg_line[peg]), int(kits.peg_supply[peg])
        order = int(plant.lines.order[line])
        is_work_order = plant.orders.kind[order] == OrderKind.WORK_ORDER
        reference = int(plant.lines.reference[line])
        rows.append(
            Peg(
                run=plan_run,
                requirement_id=reference if is_work_order else None,
                sales_line_id=None if is_work_order else reference,
                kind=PEG_KINDS[SupplyKind(int(plant.supplies.kind[supply]))],
                supply_id=int(plant.supplies.reference[supply]),
                item_id=item_ids[int(plant.supplies.item[supply])],
                quantity=from_micro(int(kits.peg_quantity[peg])),
                available_on=plant.date_of(int(kits.peg_day[peg])),
            )
        )
    return rows


@action(permission="planning.run")
def plan_now(command: Command) -> Reply:
    """Plan at once because somebody asked. Records: planning.asked."""
    plan_run = run(command.at)
    record(command, "planning.asked", plan_run)
    return {"run": plan_run.pk, "engine_ms": plan_run.engine_ms}

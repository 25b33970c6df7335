"""Running the plan and keeping its answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from qitao.engine.clear_to_build import clear_to_build
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import announce, record
from qitao.planning import answer, snapshot
from qitao.planning.answer import Planned
from qitao.planning.models import PlanRun

PLAN_LOCK = 1 << 49  # one plan is written at a time


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
            recent_facts=planned.shot.facts.recent,
            work_orders=len(planned.shot.orders),
            requirements=len(planned.shot.lines),
            engine_ms=round(planned.engine_seconds * 1000),
        )
        answer.replace(plan_run, planned)
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


@action(permission="planning.run")
def plan_now(command: Command) -> Reply:
    """Plan at once because somebody asked. Records: planning.asked."""
    plan_run = run(command.at)
    record(command, "planning.asked", plan_run)
    return {"run": plan_run.pk, "engine_ms": plan_run.engine_ms}

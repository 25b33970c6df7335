"""Background work survives workers that do not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from croniter import croniter
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

LEFT_BEHIND = {
    "a worker that fell silent": """
        with gone as (
            insert into procrastinate_workers (last_heartbeat) values (now() - interval '5 minutes') returning id
        )
        update procrastinate_jobs set status = 'doing', worker_id = (select id from gone) where id = %s
    """,
    "a worker that was forgotten": "update procrastinate_jobs set status = 'doing', worker_id = null where id = %s",
}


def state(job: int) -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("select status, attempts from procrastinate_jobs where id = %s", [job])
        status, attempts = cursor.fetchone()
    return str(status), int(attempts)


@pytest.mark.parametrize("story", LEFT_BEHIND)
def test_what_a_dead_worker_left_behind_is_done_by_another(story: str, do_background_work: Callable[[], None]) -> None:
    left = app.configure_task("qitao:forget_finished").defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(LEFT_BEHIND[story], [left])

    with suppress(AlreadyEnqueued):  # the clock of a worker may have been first
        app.configure_task("qitao:retry_stalled").defer(timestamp=0)
    do_background_work()
    do_background_work()
    assert state(left)[0] == "succeeded"


def test_the_work_of_a_live_worker_is_left_alone(do_background_work: Callable[[], None]) -> None:
    running = app.configure_task("qitao:forget_finished").defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers default values returning id")
        worker = cursor.fetchone()[0]
        cursor.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = %s where id = %s", [worker, running]
        )
    with suppress(AlreadyEnqueued):
        app.configure_task("qitao:retry_stalled").defer(timestamp=0)
    do_background_work()
    assert state(running)[0] == "doing"


def test_upkeep_is_on_the_clock() -> None:
    tasks = {periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()}
    assert {"qitao:retry_stalled", "qitao:forget_finished"} <= tasks


@pytest.mark.parametrize("name", ["journal.seal", "planning.catch_up"])
def test_what_is_due_every_half_minute_is(name: str) -> None:
    tasks = {key[0]: task for key, task in app.periodic_registry.periodic_tasks.items()}
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC).timestamp()
    times = croniter(tasks[name].cron, start_time=noon)
    assert [times.get_next(float) - noon for _ in range(3)] == [30, 60, 90]

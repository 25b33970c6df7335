"""Background work: the worker process, and the upkeep that Qitao asks of it.

A worker killed hard leaves its job marked as running. Workers report every ten seconds; a job whose worker has been
silent for a minute is queued again, so every task must bear being run twice.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from contextlib import suppress

from django.db import connection
from procrastinate import App, Blueprint, JobContext
from procrastinate.contrib.django import app

from qitao.engine import clear_to_build

SILENT_SECONDS = 60
KEEP_FINISHED_HOURS = 14 * 24
STOP_SECONDS = 4

log = logging.getLogger("qitao.queue")


upkeep = Blueprint()


def attach_upkeep(app: App) -> None:
    """Add the upkeep tasks to the app; Procrastinate calls it when Django is ready."""
    app.add_tasks_from(upkeep, namespace="qitao")


@upkeep.periodic(cron="* * * * *")
@upkeep.task(name="retry_stalled", queueing_lock="qitao.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Queue again what a dead worker left behind."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        log.warning("retrying %s, left behind by a worker that is gone", job.task_name)
        await manager.retry_job(job)


@upkeep.periodic(cron="17 3 * * *")
@upkeep.task(name="forget_finished", queueing_lock="qitao.forget_finished", pass_context=True)
async def forget_finished(context: JobContext, timestamp: int) -> None:
    """Delete the records of background work that ended well two weeks ago."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_FINISHED_HOURS)


def work(*, concurrency: int = 2) -> None:
    """Do background work until told to stop."""
    clear_to_build.warm()
    asyncio.run(_work(concurrency))


async def _work(concurrency: int) -> None:
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        worker = asyncio.create_task(
            worker_app.run_worker_async(
                concurrency=concurrency,
                shutdown_graceful_timeout=STOP_SECONDS,
                fetch_job_polling_interval=1,
                update_heartbeat_interval=10,
                stalled_worker_timeout=SILENT_SECONDS,
                install_signal_handlers=False,
            )
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, _stop, worker)
        with suppress(asyncio.CancelledError):
            await worker


def _stop(worker: asyncio.Task[None]) -> None:
    """Finish what is running; leave hard when that hangs, as it does when the database went first."""
    worker.cancel()
    deadline = threading.Timer(STOP_SECONDS + 1, os._exit, [1])
    deadline.daemon = True
    deadline.start()


def workers_reporting() -> int:
    """Count the workers that reported within the last minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %s)",
            [SILENT_SECONDS],
        )
        return int(cursor.fetchone()[0])

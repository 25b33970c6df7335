"""The plan runs by itself, soon after something happened, once for many happenings.

Asking for a run comes after the commit and may fail or be lost with its process: the work that was committed stands,
and nobody is told otherwise. `catch_up` sees every half minute whether something happened that no run knows of.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from qitao.journal.command import Command
from qitao.journal.models import Fact
from qitao.planning import actions, queries
from qitao.planning.models import PlanRun

DEBOUNCE = timedelta(seconds=1)  # a worker looks for what is asked for later every second
REST = timedelta(seconds=3)
NAME = "planning.run"

log = logging.getLogger("qitao.planning")


@app.task(name=NAME, queueing_lock=NAME, lock=NAME)
def run_plan() -> None:
    """Plan the factory as it is now."""
    actions.run(timezone.now())


@app.periodic(cron="* * * * * */30")
@app.task(name="planning.catch_up", queueing_lock="planning.catch_up")
def catch_up(timestamp: int) -> None:
    """Plan where something happened that the last run does not know of."""
    if queries.freshness().facts_since:
        actions.run(timezone.now())


def ask(command: Command, fact: Fact) -> None:
    """Ask for a plan run once this transaction has committed; asking twice is asking once."""
    here = set(connection.savepoint_ids)
    if not any(row[1] is _defer and row[0] <= here for row in connection.run_on_commit):
        transaction.on_commit(_defer)


# With the state as a literal: the partial index of Procrastinate serves no statement that leaves it open.
IS_ASKED = "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo')"


def _defer() -> None:
    """Ask for a run: at once where the plan has been at rest, so that the next screen shows it; else a little later."""
    try:
        if _is_asked():
            return  # it will look at the factory after this commit
        now, last = timezone.now(), PlanRun.objects.order_by("-id").first()
        is_busy = last is not None and now - last.finished_at < REST
        with transaction.atomic():
            app.configure_task(
                NAME, schedule_at=now + DEBOUNCE if is_busy else None, queueing_lock=NAME, lock=NAME
            ).defer()
    except AlreadyEnqueued:
        return
    except (ConnectorException, DatabaseError) as failure:
        log.warning("a plan run could not be asked for now (%s); it follows within half a minute", failure)


def _is_asked() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(IS_ASKED, [NAME])
        return bool(cursor.fetchone()[0])

"""The plan runs by itself, soon after something happened, once for many happenings."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from qitao.journal.command import Command
from qitao.journal.models import Fact
from qitao.planning import actions

DEBOUNCE = timedelta(milliseconds=300)


@app.task(name="planning.run", queueing_lock="planning.run", lock="planning.run", queue="planning")
def run_plan() -> None:
    """Plan the factory as it is now."""
    actions.run(timezone.now())


def ask(command: Command, fact: Fact) -> None:
    """Ask for a plan run once this transaction has committed; asking twice is asking once."""
    transaction.on_commit(_defer)


def _defer() -> None:
    try:
        with transaction.atomic():
            app.configure_task(
                "planning.run", schedule_at=timezone.now() + DEBOUNCE, queueing_lock="planning.run"
            ).defer()
    except AlreadyEnqueued:
        return

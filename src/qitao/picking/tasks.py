"""What the lists do by the clock."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from qitao.accounts.queries import system_user
from qitao.journal.command import Command
from qitao.picking import queries, replanning


@app.periodic(cron="7 * * * *")
@app.task(name="picking.drop_expired", queueing_lock="picking.drop_expired")
def drop_expired(timestamp: int) -> None:
    """Take lots that expired off the lists, soon after midnight wherever the plant is; mostly there are none."""
    command = Command(actor=system_user(), at=timezone.now(), source="worker")
    if queries.has_expired(command.on):
        replanning.drop_expired(command)

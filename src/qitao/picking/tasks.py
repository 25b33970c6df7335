"""What the stores do by the clock: lists lose what expired, reservations run out, count lists are there in time."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from qitao.accounts.queries import system_user
from qitao.journal.command import Command
from qitao.picking import count_planning, queries, replanning, reserving
from qitao.stock.count_models import CountPlan

log = logging.getLogger("qitao.counts")


@app.periodic(cron="7 * * * *")
@app.task(name="picking.drop_expired", queueing_lock="picking.drop_expired")
def drop_expired(timestamp: int) -> None:
    """Take lots that expired off the lists, soon after midnight wherever the plant is; mostly there are none."""
    command = Command(actor=system_user(), at=timezone.now(), source="worker")
    if queries.has_expired(command.on):
        replanning.drop_expired(command)


@app.periodic(cron="5 * * * *")
@app.task(name="picking.make_count_lists", queueing_lock="picking.make_count_lists")
def make_count_lists(timestamp: int) -> None:
    """Make the lists of today where a plan asks for them and they are not there yet."""
    for plan in CountPlan.objects.filter(is_on=True).select_related("warehouse__site").order_by("warehouse__code"):
        command = Command(actor=system_user(), at=timezone.now(), source="worker")
        if count_planning.is_working_day(plan.warehouse, command.on):
            reply = count_planning.make_lists(command, warehouse_id=plan.warehouse_id)
            log.info("count lists of %s: %s with %s lines", plan.warehouse.code, reply["lists"], reply["lines"])


@app.periodic(cron="1 * * * *")
@app.task(name="picking.expire_reservations", queueing_lock="picking.expire_reservations")
def expire_reservations(timestamp: int) -> None:
    """Release the reservations whose last day has gone by, soon after midnight wherever the plant is."""
    command = Command(actor=system_user(), at=timezone.now(), source="worker")
    if reserving.to_mend(on=command.on):
        reserving.expire(command)

"""What shortage cases do when something happens elsewhere. Registered in `project.wiring`."""

from __future__ import annotations

from decimal import Decimal

from qitao.journal.command import Command
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance
from qitao.journal.models import Fact
from qitao.shortages import actions
from qitao.shortages.models import CASE, OPEN_STATES, Case


def open_for_short_pick(command: Command, fact: Fact) -> None:
    """Open (or join) a case where a pick came up short and no other bin of the warehouse covers it."""
    if not fact.data["covered"]:
        actions.report_short_pick(command, short_pick_id=fact.subject_id)


def verify_by_count(command: Command, fact: Fact) -> None:
    """A posted count verifies the cases that asked for it."""
    asked = Case.objects.select_for_update(no_key=True).filter(count=fact.subject_id, status__in=OPEN_STATES)
    for case in asked.order_by("id"):
        if case.status in CASE.sources("verify"):
            advance(case, "verify", lifecycle=CASE)
        record(command, "shortages.verified", case, difference=str(Decimal(fact.data["difference"])))

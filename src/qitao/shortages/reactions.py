"""What shortage cases do when something happens elsewhere. Registered in `project.wiring`."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import F

from qitao.journal.command import Command
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance
from qitao.journal.models import Fact
from qitao.production.models import OPEN_STATES as OPEN_WORK_ORDERS
from qitao.production.models import WorkOrder
from qitao.shortages import actions
from qitao.shortages.models import CASE, OPEN_STATES, Case, CaseLine, Cause
from qitao.shortages.opening import set_severity


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


def leave_what_is_over(command: Command, fact: Fact) -> None:
    """Close the cases that only a work order which is over was in; others go on without it.

    Locks: the cases.
    """
    work_order = WorkOrder.objects.get(pk=fact.subject_id)
    if work_order.status in ("draft", *OPEN_WORK_ORDERS):
        return
    hit = CaseLine.objects.filter(requirement__work_order=work_order, case__status__in=OPEN_STATES)
    cases = Case.objects.select_for_update(no_key=True).filter(pk__in=hit.values("case"), status__in=OPEN_STATES)
    for case in cases.order_by("pk"):
        if case.lines.filter(requirement__work_order__status__in=("draft", *OPEN_WORK_ORDERS)).exists():
            set_severity(command, case)
        else:
            actions.close(command, case_id=case.pk, cause=Cause.ORDER_OVER.value, note=work_order.code)


def follow_merge(command: Command, fact: Fact) -> None:
    """Let the cases of a work order that was merged into another be that one's. Locks: the cases."""
    lines = {int(was): now for was, now in fact.data["lines"].items()}
    hit = CaseLine.objects.filter(requirement__in=lines, case__status__in=OPEN_STATES)
    cases = Case.objects.select_for_update(no_key=True).filter(pk__in=hit.values("case"))
    for case in cases.order_by("pk"):
        for line in case.lines.filter(requirement__in=lines):
            more = case.lines.filter(requirement=lines[line.requirement_id])
            if more.update(short_quantity=F("short_quantity") + line.short_quantity):
                line.delete()
            else:
                CaseLine.objects.filter(pk=line.pk).update(requirement=lines[line.requirement_id])
        set_severity(command, case)

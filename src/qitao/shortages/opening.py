"""Opening a case, or joining the one that is open. Inside an action."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from qitao.accounts.queries import people_with
from qitao.catalog.models import Item, Site
from qitao.journal.command import Command
from qitao.journal.facts import record
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import ZERO
from qitao.picking.models import ShortPick
from qitao.production.models import OPEN_STATES as OPEN_WORK_ORDERS
from qitao.production.models import Requirement, WorkOrder
from qitao.shortages.models import OPEN_STATES, Case, CaseLine
from qitao.stock import ledger

# severity → the time in which somebody must have decided
DEADLINES = {
    Case.Severity.STOPPED: timedelta(hours=1),
    Case.Severity.TODAY: timedelta(hours=4),
    Case.Severity.SOON: timedelta(days=1),
    Case.Severity.LATER: timedelta(days=3),
}


def open_or_join(
    command: Command, hits: Iterable[tuple[Requirement, Decimal, ShortPick | None]], *, origin: str
) -> Case:
    """Return the open case for the hits' item and site, opened now if there was none; the hits are in it.

    Locks: the item – so two reports at once make one case – and the case, so nobody closes it meanwhile.
    """
    rows = list(hits)
    first = rows[0][0]
    ledger.lock_items([first.item_id])
    site = first.work_order.warehouse.site
    rows_open = Case.objects.select_for_update(no_key=True).filter(item=first.item_id, site=site)
    case = rows_open.filter(status__in=OPEN_STATES).first()
    is_new = case is None
    if case is None:
        case = _open(command, first.item, site, origin=origin)
    for requirement, quantity, short in rows:
        CaseLine.objects.update_or_create(
            case=case,
            requirement=requirement,
            defaults={"short_quantity": quantity, "short_pick": short, "joined_at": command.at},
        )
    set_severity(command, case)
    record(
        command,
        "shortages.opened" if is_new else "shortages.joined",
        case,
        item=first.item.code,
        work_orders=sorted({requirement.work_order.code for requirement, _, _ in rows}),
        quantity=str(sum((quantity for _, quantity, _ in rows), ZERO)),
        origin=origin,
    )
    return case


def _open(command: Command, item: Item, site: Site, *, origin: str) -> Case:
    planners = people_with("planning.rank")
    return Case.objects.create(
        code=next_code("SC", command.at),
        item=item,
        site=site,
        origin=origin,
        owner=planners[0] if planners else None,
        deadline_at=command.at + DEADLINES[Case.Severity.LATER],
        opened_at=command.at,
        opened_by=command.actor,
    )


def set_severity(command: Command, case: Case) -> None:
    """Give a case the severity and deadline of the work order it stops first; those that are over count no more."""
    today = timezone.localdate(command.at)
    lines = case.lines.filter(requirement__work_order__status__in=OPEN_WORK_ORDERS)
    lines = lines.select_related("requirement__work_order")
    severity = min((_severity(line.requirement.work_order, today) for line in lines), default=Case.Severity.LATER)
    deadline_at = case.opened_at + DEADLINES[Case.Severity(severity)]
    Case.objects.filter(pk=case.pk).update(severity=severity, deadline_at=deadline_at)
    case.refresh_from_db()


def _severity(work_order: WorkOrder, today: date) -> Case.Severity:
    if work_order.status in ("started", "paused"):
        return Case.Severity.STOPPED
    days = (work_order.start_on - today).days
    if days <= 1:
        return Case.Severity.TODAY
    return Case.Severity.SOON if days <= 7 else Case.Severity.LATER

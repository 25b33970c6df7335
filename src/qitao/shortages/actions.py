"""The shortage case: opened, verified, assessed, decided and carried out in one step, closed with its cause."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from qitao.accounts.models import User
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance, not_now
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.picking.models import ShortPick
from qitao.production import actions as production
from qitao.production.models import WORK_ORDER, Requirement, WorkOrder
from qitao.shortages import carrying, options, queries
from qitao.shortages.models import (
    CASE,
    OPEN_STATES,
    UNDECIDED_STATES,
    Case,
    CaseLine,
    Cause,
    Decision,
    OptionKind,
)
from qitao.shortages.opening import open_or_join
from qitao.shortages.refusals import (
    CauseMissing,
    DecidedMeanwhile,
    NothingShort,
    OptionChanged,
    OptionGone,
    OtherCaseOpen,
)
from qitao.stock import actions as stock
from qitao.stock import ledger
from qitao.stock.models import Count, Item


@action(permission="shortages.open")
def report(command: Command, *, requirement_id: int, note: str = "") -> Reply:
    """Open a case for a requirement that is short or will be – or join the one that is open for its item.

    Refuses: NothingShort. Records: shortages.opened or shortages.joined.
    """
    requirement = _requirement(requirement_id)
    short = queries.short_of(requirement)
    if short <= 0:
        raise NothingShort(what=str(requirement))
    case = open_or_join(command, [(requirement, short, None)], origin=Case.Origin.MANUAL)
    if note:
        record(command, "shortages.commented", case, text=note)
    return {"case": case.pk, "code": case.code}


@action(permission="shortages.open")
def open_foreseen(command: Command, *, item_id: int, site_id: int) -> Reply:
    """Open a case for what the plan says will be short of an item at a site, with every work order it holds up.

    Refuses: NothingShort. Records: shortages.opened or shortages.joined.
    """
    lines = queries.short_lines(item_id, site_id=site_id)
    if not lines:
        raise NothingShort(what=Item.objects.get(pk=item_id).code)
    case = open_or_join(command, [(line, short, None) for line, short in lines], origin=Case.Origin.PREDICTED)
    return {"case": case.pk, "code": case.code}


@action(permission="shortages.open")
def report_short_pick(command: Command, *, short_pick_id: int) -> Reply:
    """Open (or join) the case of a short pick that another bin could not cover – or was not wanted to.

    Pauses the work order and orders the count that verifies the shortage.
    """
    short = ShortPick.objects.select_related("requirement__work_order__warehouse__site", "item").get(pk=short_pick_id)
    case = open_or_join(command, [(short.requirement, short.missing, short)], origin=Case.Origin.SHORT_PICK)
    work_order = WorkOrder.objects.select_for_update(no_key=True).get(pk=short.requirement.work_order_id)
    if work_order.status in WORK_ORDER.sources("pause"):
        production.pause(command, work_order_id=work_order.pk, reason=case.code)
    if case.count is None or case.count.status != Count.State.OPEN:
        _order_count(command, case, warehouse_id=work_order.warehouse_id)
    return {"case": case.pk, "code": case.code}


def _lines(case: Case) -> Iterable[CaseLine]:
    return case.lines.select_related("requirement__work_order")


def _requirement(pk: int) -> Requirement:
    return Requirement.objects.select_related("work_order__warehouse__site", "item").get(pk=pk)


# Verify and assess


@action(permission="shortages.work")
def order_count(command: Command, *, case_id: int, warehouse_id: int) -> Reply:
    """Have the item counted in a warehouse, to know whether the shortage is real. Records: stock.count_ordered."""
    case = Case.objects.select_related("item").get(pk=case_id)
    return _order_count(command, case, warehouse_id=warehouse_id)


def _order_count(command: Command, case: Case, *, warehouse_id: int) -> Reply:
    """Ask for a count; one that is asked for and not done yet serves: nobody counts the same bins twice."""
    asked = case.count
    if asked is not None and asked.status == Count.State.OPEN and asked.warehouse_id == warehouse_id:
        return {"count": asked.pk, "code": asked.code}
    reply = stock.order_count(command, item_id=case.item_id, warehouse_id=warehouse_id, reason=case.code)
    Case.objects.filter(pk=case.pk).update(count=reply["count"])
    record(command, "shortages.count_asked", case, count=reply["code"])
    return reply


@action(permission="shortages.work")
def verify(command: Command, *, case_id: int, note: str = "") -> Reply:
    """State that the shortage is real – by looking, where a count would be idle. Refuses: NotNow."""
    case = advance(Case.objects.get(pk=case_id), "verify", lifecycle=CASE)
    record(command, "shortages.verified", case, note=note)
    return {"case": case.pk}


@action(permission="shortages.work")
def assess(command: Command, *, case_id: int) -> Reply:
    """Write down whom the shortage hurts, as it stands now. Refuses: NotNow. Records: shortages.assessed."""
    case = Case.objects.get(pk=case_id)
    _assess(command, case)
    return {"case": case.pk}


def _assess(command: Command, case: Case) -> None:
    impact = queries.impact(case)
    advance(case, "assess", lifecycle=CASE)
    record(
        command,
        "shortages.assessed",
        case,
        work_orders=impact.orders_hit,
        sales_orders=len(impact.demands),
        penalty=str(impact.penalty),
    )


@action(permission="shortages.work")
def assign(command: Command, *, case_id: int, owner_id: int) -> Reply:
    """Give the case to somebody. Records: shortages.assigned."""
    case = Case.objects.get(pk=case_id)
    owner = User.objects.get(pk=owner_id, is_active=True)
    if not owner.may("shortages.work"):
        raise BadValue(field=owner.name, problem=gettext_noop("may not work on shortage cases"))
    Case.objects.filter(pk=case.pk).update(owner=owner)
    record(command, "shortages.assigned", case, owner=owner.name)
    return {"case": case.pk}


@action(permission="shortages.view")
def comment(command: Command, *, case_id: int, text: str) -> Reply:
    """Add a remark to the timeline. Records: shortages.commented."""
    if not text.strip():
        raise BadValue(field=gettext_noop("text"), problem=gettext_noop("is empty"))
    case = Case.objects.get(pk=case_id)
    record(command, "shortages.commented", case, text=text.strip()[:2000])
    return {"case": case.pk}


# Decide and carry out


@action(permission="shortages.decide")
def carry_out(
    command: Command,
    *,
    case_id: int,
    requirement_id: int,
    key: str,
    shown_kit_on: date | None = None,
    decided: int | None = None,
) -> Reply:
    """Choose an option and do what it says – moves, transfer, substitution, rank, split, date, requisition – at once.

    `key` names the option as it was shown. It is computed again first: where it is gone, its kit date has become
    later than what was shown, or somebody has decided since – `decided` is how many decisions the case had then –
    nothing is written. Refuses: OptionGone, OptionChanged, DecidedMeanwhile, NotNow, and what the underlying actions
    refuse. Records: shortages.decided, shortages.carried_out. Locks: the items, the case, what those actions lock.
    """
    ledger.lock_items(carrying.items_of(_requirement(requirement_id), key))
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("item", "site").get(pk=case_id)
    requirement = _requirement(requirement_id)
    _must_be_undecided(case, requirement, decided)
    option = options.find(requirement, key, on=timezone.localdate(command.at))
    if option is None:
        raise OptionGone
    if shown_kit_on is not None and (option.kit_on is None or option.kit_on > shown_kit_on):
        raise OptionChanged(now=option.kit_on.isoformat() if option.kit_on else "–", shown=shown_kit_on.isoformat())
    if option.kind == OptionKind.RECOUNT:
        reply = _order_count(command, case, warehouse_id=requirement.work_order.warehouse_id)
        _decided(command, case, requirement, option, wrote={"count": reply["code"]})
        return {"case": case.pk, "wrote": {"count": reply["code"]}}
    if case.status in CASE.sources("assess"):
        _assess(command, case)
    advance(case, "decide", lifecycle=CASE)
    wrote = carrying.carry(command, case, requirement, option)
    _decided(command, case, requirement, option, wrote=wrote)
    advance(case, "carry_out", lifecycle=CASE)
    record(command, "shortages.carried_out", case, kind=option.kind, **wrote)
    if option.is_immediate:
        _resume(command, case, [requirement.work_order])
    return {"case": case.pk, "wrote": wrote}


def _must_be_undecided(case: Case, requirement: Requirement, decided: int | None) -> None:
    """Refuse to decide a case that is over, by a requirement of another item, or after somebody else has decided."""
    if case.status not in CASE.sources("decide"):
        raise not_now(case)
    if requirement.item_id != case.item_id or requirement.work_order.warehouse.site_id != case.site_id:
        raise OptionGone
    made = case.decisions.select_related("actor").order_by("-id")
    if decided is not None and made.count() != decided:
        raise DecidedMeanwhile(who=made[0].actor.name, what=made[0].get_kind_display())


def _decided(
    command: Command, case: Case, requirement: Requirement, option: options.Option, *, wrote: dict[str, Any]
) -> None:
    decision = Decision.objects.create(
        case=case,
        requirement=requirement,
        kind=option.kind,
        parameters=option.as_json(),
        kit_on=option.kit_on,
        cost=option.cost,
        harms=[harm.as_json() for harm in option.harms],
        wrote=wrote,
        at=command.at,
        actor=command.actor,
        command_id=command.id,
    )
    record(
        command,
        "shortages.decided",
        case,
        decision=decision.pk,
        kind=option.kind,
        work_order=requirement.work_order.code,
        kit_on=option.kit_on.isoformat() if option.kit_on else None,
        cost=str(option.cost),
    )


def _resume(command: Command, case: Case, work_orders: Iterable[WorkOrder]) -> None:
    """Let go on what this case paused – unless another case holds it up as well: then it stands still for that one."""
    ids = sorted({work_order.pk for work_order in work_orders})
    rows = WorkOrder.objects.select_for_update(no_key=True).filter(pk__in=ids, status="paused", pause_reason=case.code)
    for work_order in rows.order_by("pk"):
        other = _undecided_short_pick(work_order)
        if other is None:
            production.resume(command, work_order_id=work_order.pk)
        else:
            WorkOrder.objects.filter(pk=work_order.pk).update(pause_reason=other.code)


def _undecided_short_pick(work_order: WorkOrder) -> Case | None:
    """Return an open case, not yet decided, that a short pick of the work order is in; None where there is none."""
    lines = CaseLine.objects.filter(
        requirement__work_order=work_order, short_pick__isnull=False, case__status__in=UNDECIDED_STATES
    )
    found = lines.select_related("case").order_by("case_id").first()
    return found.case if found else None


# Close


@action(permission="shortages.close")
def close(command: Command, *, case_id: int, cause: str, note: str = "") -> Reply:
    """Close the case with its cause; what it paused goes on.

    Refuses: CauseMissing, NotNow. Records: shortages.closed.
    """
    if cause not in Cause.values:
        raise CauseMissing
    case = Case.objects.get(pk=case_id)
    advance(case, "close", lifecycle=CASE, closed_at=command.at, cause=cause, cause_note=note)
    record(command, "shortages.closed", case, cause=cause, note=note)
    _resume(command, case, [line.requirement.work_order for line in _lines(case)])
    return {"case": case.pk}


@action(permission="shortages.close")
def cancel(command: Command, *, case_id: int, reason: str) -> Reply:
    """Withdraw a case that was none; what it paused goes on. Refuses: NotNow. Records: shortages.cancelled."""
    case = Case.objects.get(pk=case_id)
    advance(case, "cancel", lifecycle=CASE, closed_at=command.at, cause_note=reason)
    record(command, "shortages.cancelled", case, reason=reason)
    _resume(command, case, [line.requirement.work_order for line in _lines(case)])
    return {"case": case.pk}


@action(permission="shortages.close")
def reopen(command: Command, *, case_id: int, reason: str) -> Reply:
    """Open a case again whose way out did not work.

    Refuses: NotNow, OtherCaseOpen. Records: shortages.reopened. Locks: the item.
    """
    case = Case.objects.get(pk=case_id)
    ledger.lock_items([case.item_id])
    other = Case.objects.filter(item=case.item_id, site=case.site_id, status__in=OPEN_STATES).exclude(pk=case.pk)
    if found := other.first():
        raise OtherCaseOpen(code=found.code)
    advance(case, "reopen", lifecycle=CASE, closed_at=None)
    record(command, "shortages.reopened", case, reason=reason)
    return {"case": case.pk}

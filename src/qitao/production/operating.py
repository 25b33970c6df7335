"""The operations of a work order on the floor: started, paused, reported, one after another."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from qitao.catalog.routings import routing_of
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance, not_now
from qitao.journal.models import Fact
from qitao.kernel.quantity import PLACES, ZERO, half_up, plain
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.production import actions
from qitao.production.models import OPEN_STATES, OPERATION, Operation, OperationReport, ScrapReason, WorkOrder
from qitao.production.refusals import MoreThanComesIn
from qitao.stock import ledger

SECONDS = Decimal(60)


@action(permission="production.report")
def start_operation(command: Command, *, operation_id: int) -> Reply:
    """Start an operation, and its work order with the first. Refuses: NotNow. Records: production.operation_started.

    Locks: the work order.
    """
    operation = _on_the_floor(command, operation_id)
    advance(operation, "start", lifecycle=OPERATION, running_since=command.at)
    if operation.work_order.status == "released":
        actions.start(command, work_order_id=operation.work_order_id)
    _told(command, "production.operation_started", operation)
    return {"operation": operation.pk, "status": operation.status}


@action(permission="production.report")
def pause_operation(command: Command, *, operation_id: int, reason: str) -> Reply:
    """Pause an operation; the minutes worked so far count.

    Refuses: BadValue without a reason, NotNow. Records: production.operation_paused. Locks: the work order.
    """
    if not reason:
        raise BadValue(field=gettext_noop("reason"), problem=gettext_noop("is needed"))
    operation = _on_the_floor(command, operation_id)
    _pause(command, operation, reason)
    return {"operation": operation.pk, "status": operation.status}


@action(permission="production.report")
def resume_operation(command: Command, *, operation_id: int) -> Reply:
    """Let an operation go on. Refuses: NotNow – also while its work order stands still.

    Records: production.operation_resumed. Locks: the work order.
    """
    operation = _on_the_floor(command, operation_id)
    _resume(command, operation)
    return {"operation": operation.pk, "status": operation.status}


@action(permission="production.report")
def report_operation(
    command: Command,
    *,
    operation_id: int,
    good: Decimal,
    scrapped: Decimal = ZERO,
    reason: str = "",
    minutes: Decimal | None = None,
) -> Reply:
    """Report pieces of an operation; those of the last one go into stock, lost ones are lost to the work order.

    No more than came out good of the operation before. Whoever reports has started. `minutes` is what was worked for
    it; not said, it is the time it has been running for since it was last reported.
    Refuses: MoreThanComesIn, BadValue, NotNow, and as `report_output`. Records: production.operation_reported.
    Locks: the product and the items the work order needs, the work order.
    """
    _must_be_something(good, scrapped, reason, minutes)
    order_id = Operation.objects.values_list("work_order_id", flat=True).get(pk=operation_id)
    product = WorkOrder.objects.values_list("item_id", flat=True).get(pk=order_id)
    actions.locked(order_id, also=[product])
    operation = _on_the_floor(command, operation_id)
    if operation.status not in OPERATION.sources("complete"):
        raise not_now(operation)
    asked, waiting = good + scrapped, waiting_pieces(operation)
    if asked > waiting:
        raise MoreThanComesIn(operation=str(operation), asked=plain(asked), waiting=plain(max(waiting, ZERO)))
    worked = _worked(operation, command.at) if minutes is None else minutes
    Operation.objects.filter(pk=operation.pk).update(
        good=F("good") + good,
        scrapped=F("scrapped") + scrapped,
        minutes=F("minutes") + worked,
        status="running",
        running_since=command.at,
    )
    OperationReport.objects.create(
        operation=operation,
        at=command.at,
        actor=command.actor,
        good=good,
        scrapped=scrapped,
        reason=reason,
        minutes=worked,
    )
    if operation.work_order.status == "released":
        actions.start(command, work_order_id=order_id)
    told = {"good": str(good), "scrapped": str(scrapped), "minutes": str(worked)}
    _told(command, "production.operation_reported", operation, **told)
    _finish_those_done(operation.work_order)
    into_stock = good if is_last(operation) else ZERO
    if into_stock + scrapped:
        actions.report_output(
            command, work_order_id=order_id, quantity=into_stock, scrapped=scrapped, scrap_reason=reason
        )
    operation.refresh_from_db()
    return {"operation": operation.pk, "status": operation.status}


def _must_be_something(good: Decimal, scrapped: Decimal, reason: str, minutes: Decimal | None) -> None:
    if min(good, scrapped) < 0 or not good + scrapped:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if minutes is not None and minutes < 0:
        raise BadValue(field=gettext_noop("minutes"), problem=gettext_noop("is too small"))
    if scrapped and reason not in ScrapReason.values:
        raise BadValue(field=gettext_noop("reason"), problem=gettext_noop("is needed"))


def _on_the_floor(command: Command, operation_id: int) -> Operation:
    """Lock an operation's work order and return the operation as it is then. Refuses: NotNow, WrongWarehouse."""
    order_id = Operation.objects.values_list("work_order_id", flat=True).get(pk=operation_id)
    order = WorkOrder.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse").get(pk=order_id)
    ledger.must_work_in(command, order.warehouse)
    if order.status not in ("released", "started"):
        raise not_now(order)
    operation = Operation.objects.get(pk=operation_id)
    operation.work_order = order
    return operation


def _worked(operation: Operation, at: datetime) -> Decimal:
    """Return the minutes an operation has been running for that are not counted yet."""
    if operation.running_since is None:
        return ZERO
    seconds = max(int((at - operation.running_since).total_seconds()), 0)
    return half_up(Decimal(seconds) / SECONDS, places=PLACES)


def _pause(command: Command, operation: Operation, reason: str, *, by_order: bool = False) -> None:
    worked = _worked(operation, command.at)
    changes: dict[str, Any] = {"pause_reason": reason, "paused_by_order": by_order, "running_since": None}
    advance(operation, "pause", lifecycle=OPERATION, **changes)
    Operation.objects.filter(pk=operation.pk).update(minutes=F("minutes") + worked)
    _told(command, "production.operation_paused", operation, reason=reason)


def _resume(command: Command, operation: Operation) -> None:
    changes: dict[str, Any] = {"pause_reason": "", "paused_by_order": False, "running_since": command.at}
    advance(operation, "resume", lifecycle=OPERATION, **changes)
    _told(command, "production.operation_resumed", operation)


def _told(command: Command, kind: str, operation: Operation, **data: str) -> None:
    record(command, kind, operation.work_order, operation=f"{operation.number} {operation.name}", **data)


# How many pieces are where


def is_last(operation: Operation) -> bool:
    """Tell whether its pieces are the work order's output."""
    return not Operation.objects.filter(work_order=operation.work_order_id, number__gt=operation.number).exists()


def waiting_pieces(operation: Operation) -> Decimal:
    """Return how many pieces an operation can still report: what came out good before it, less what it has done."""
    before = (
        Operation.objects.filter(work_order=operation.work_order_id, number__lt=operation.number)
        .order_by("-number")
        .first()
    )
    came = before.good if before else operation.work_order.quantity
    return came - operation.good - operation.scrapped


def _finish_those_done(order: WorkOrder) -> None:
    """Let those operations be done that no piece will come to any more."""
    lost = ZERO
    for operation in order.operations.order_by("number"):
        done = operation.good + operation.scrapped
        if done + lost >= order.quantity and operation.status in OPERATION.sources("complete"):
            advance(operation, "complete", lifecycle=OPERATION, running_since=None)
        lost += operation.scrapped


# What operations do when their work order does something. Registered in `project.wiring`


def copy_routing(command: Command, fact: Fact) -> None:
    """Give a work order that was released the operations of its item's routing; a rework order has its own way."""
    order = WorkOrder.objects.get(pk=fact.subject_id)
    routing = routing_of(order.item_id, order.start_on)
    if routing is None or order.reworks_id or order.operations.exists():
        return
    names = ("number", "name", "work_center_id", "setup_minutes", "run_minutes", "instruction")
    Operation.objects.bulk_create(
        Operation(work_order=order, **{name: getattr(step, name) for name in names}) for step in routing.steps.all()
    )


def pause_with_order(command: Command, fact: Fact) -> None:
    """Pause what runs of a work order that is paused – by a short pick, say; it goes on with it."""
    order = WorkOrder.objects.get(pk=fact.subject_id)
    for operation in order.operations.filter(status="running").order_by("number"):
        operation.work_order = order
        _pause(command, operation, order.pause_reason, by_order=True)


def resume_with_order(command: Command, fact: Fact) -> None:
    """Let go on what was paused with its work order."""
    order = WorkOrder.objects.get(pk=fact.subject_id)
    for operation in order.operations.filter(status="paused", paused_by_order=True).order_by("number"):
        operation.work_order = order
        _resume(command, operation)


def stop_with_order(command: Command, fact: Fact) -> None:
    """Stop the operations of a work order that is over; the minutes worked count."""
    order = WorkOrder.objects.get(pk=fact.subject_id)
    if order.status in ("draft", *OPEN_STATES):
        return
    for operation in order.operations.filter(status__in=OPERATION.sources("stop")).order_by("number"):
        worked = _worked(operation, command.at)
        advance(operation, "stop", lifecycle=OPERATION, running_since=None, paused_by_order=False)
        Operation.objects.filter(pk=operation.pk).update(minutes=F("minutes") + worked)

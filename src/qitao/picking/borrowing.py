"""Borrowing: asking for what another work order holds, lending it, and following what is owed until it is paid back.

Who may lend takes at once; others ask, and whoever answers first decides. What is owed is served by the plan through
the lender's own requirement, at the lender's rank; it is paid as soon as the lender has a claim on as much again.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance, not_now
from qitao.journal.models import Fact
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import ZERO, plain
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop
from qitao.picking import filling, handing
from qitao.picking.claims import unclaimed
from qitao.picking.models import BORROWING, Borrowing, PickList
from qitao.picking.refusals import WrongItem
from qitao.production.models import OPEN_STATES, Requirement, WorkOrder
from qitao.production.refusals import NothingOpen
from qitao.production.supplies import REQUIREMENT, STOCK, held, labels
from qitao.stock import ledger
from qitao.stock.models import Reservation, TransferLine

ASKED, LENT = Borrowing.State.ASKED, Borrowing.State.LENT


class NothingToLend(Refusal):
    reason = gettext_noop("{work_order} holds no {item} that could be taken.")
    remedy = gettext_noop("Look again who holds it; what somebody is picking right now stays with them.")


class MoreThanHeld(Refusal):
    reason = gettext_noop("{work_order} holds {held} of {item}; {asked} cannot be taken from it.")
    remedy = gettext_noop("Ask for less.")
    status = 422


class OtherPlace(Refusal):
    reason = gettext_noop("{lender} is picked in {place}, {borrower} in {other}.")
    remedy = gettext_noop("Make a transfer instead.")
    status = 422


class AskedAlready(Refusal):
    reason = gettext_noop("{code} asks {lender} for this already; {who} asked.")
    remedy = gettext_noop("Wait for the answer, or withdraw it.")


class DecidedAlready(Refusal):
    reason = gettext_noop("{code} is {state} already: {who} was a moment faster.")
    remedy = gettext_noop("Nothing is left to decide.")


class NotYours(Refusal):
    reason = gettext_noop("{code} was asked for by {who}.")
    remedy = gettext_noop("Only they, or who may lend, can withdraw it.")
    status = 403


# Asking and deciding


@action(permission="picking.borrow")
def ask(command: Command, *, lender_id: int, borrower_id: int, quantity: Decimal, reason: str = "") -> Reply:
    """Ask one requirement for what it holds, for another; who may lend gets it at once.

    Refuses: BadValue, WrongItem, OtherPlace, NotNow, NothingOpen, NothingToLend, MoreThanHeld, AskedAlready,
    WrongWarehouse. Records: picking.borrowing_asked, and what lending records. Locks: the item.
    """
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    ledger.lock_items([Requirement.objects.values_list("item_id", flat=True).get(pk=lender_id)])
    lender, borrower = _line(lender_id), _line(borrower_id)
    _must_fit(command, lender, borrower)
    has = handing.holds(lender, on=command.on).takeable
    if has <= 0:
        raise NothingToLend(work_order=lender.work_order.code, item=lender.item.code)
    if quantity > has:
        code, item = lender.work_order.code, lender.item.code
        raise MoreThanHeld(work_order=code, item=item, held=plain(has), asked=plain(quantity))
    if handing.wants(borrower, on=command.on) <= 0:
        raise NothingOpen(what=str(borrower))
    earlier = Borrowing.objects.filter(lender=lender, borrower=borrower, status=ASKED).select_related("asked_by")
    for row in earlier:
        raise AskedAlready(code=row.code, lender=lender.work_order.code, who=row.asked_by.name)
    row = Borrowing.objects.create(
        code=next_code("BR", command.at),
        item=lender.item,
        warehouse=lender.work_order.warehouse,
        lender=lender,
        borrower=borrower,
        quantity=quantity,
        due_on=lender.work_order.start_on,
        reason=reason,
        asked_at=command.at,
        asked_by=command.actor,
    )
    record(command, "picking.borrowing_asked", row, **_told(row), reason=reason)
    if command.actor.may("picking.lend") and command.actor.works_in(row.warehouse.code):
        _lend(command, row)
    return {"borrowing": row.pk, "code": row.code, "status": row.status, "quantity": plain(row.quantity)}


def _line(requirement_id: int) -> Requirement:
    return Requirement.objects.select_related("work_order__warehouse", "item").get(pk=requirement_id)


def _must_fit(command: Command, lender: Requirement, borrower: Requirement) -> None:
    """Refuse what cannot be lent from one to the other, whoever asks."""
    if lender.pk == borrower.pk:
        raise BadValue(field=gettext_noop("work order"), problem=gettext_noop("must be another one"))
    if lender.item_id != borrower.item_id:
        raise WrongItem(scanned=borrower.item.code, item=lender.item.code)
    ledger.must_work_in(command, borrower.work_order.warehouse)
    if lender.work_order.warehouse_id != borrower.work_order.warehouse_id:
        raise OtherPlace(
            lender=lender.work_order.code,
            place=lender.work_order.warehouse.code,
            borrower=borrower.work_order.code,
            other=borrower.work_order.warehouse.code,
        )
    for line in sorted((lender, borrower), key=lambda each: each.work_order_id):
        if not filling.stays_in(line.work_order, OPEN_STATES):
            raise not_now(WorkOrder.objects.get(pk=line.work_order_id))


@action(permission="picking.lend")
def lend(command: Command, *, borrowing_id: int) -> Reply:
    """Say yes: the material goes to who asked – no more than it still wants and the lender still holds – and is owed.

    Refuses: DecidedAlready, NothingToLend, NothingOpen, NotNow, WrongWarehouse.
    Records: picking.lent, picking.borrowed. Locks: the item.
    """
    row = _asked(command, borrowing_id)
    _must_fit(command, row.lender, row.borrower)
    _lend(command, row)
    return {"borrowing": row.pk, "code": row.code, "status": row.status, "quantity": plain(row.quantity)}


def _asked(command: Command, borrowing_id: int) -> Borrowing:
    """Lock the item of a borrowing that waits for an answer. Refuses: DecidedAlready, WrongWarehouse."""
    ledger.lock_items([Borrowing.objects.values_list("item_id", flat=True).get(pk=borrowing_id)])
    row = _full(borrowing_id)
    ledger.must_work_in(command, row.warehouse)
    if row.status != ASKED:
        who = row.decided_by.name if row.decided_by else "Qitao"
        raise DecidedAlready(code=row.code, state=row.get_status_display(), who=who)
    return row


def _full(borrowing_id: int) -> Borrowing:
    rows = Borrowing.objects.select_related(
        "item", "warehouse", "lender__item", "borrower__item", "asked_by", "decided_by"
    )
    rows = rows.select_related("lender__work_order__warehouse", "borrower__work_order__warehouse")
    return rows.get(pk=borrowing_id)


def _lend(command: Command, row: Borrowing) -> None:
    """Hand over what can be, and let it be owed."""
    lender, borrower = row.lender, row.borrower
    part = min(row.quantity, handing.wants(borrower, on=command.on))
    if part <= 0:
        raise NothingOpen(what=str(borrower))
    taken = handing.take(lender, part)
    if taken <= 0:
        raise NothingToLend(work_order=lender.work_order.code, item=lender.item.code)
    handing.give(command, borrower, taken)
    filling.finish_lists([lender.work_order])
    advance(
        row,
        "lend",
        lifecycle=BORROWING,
        quantity=taken,
        lacked=max(unclaimed(lender, on=command.on), ZERO),
        due_on=lender.work_order.start_on,
        decided_at=command.at,
        decided_by=command.actor,
    )
    told = {**_told(row), "on": row.due_on.isoformat()}
    record(command, "picking.lent", lender.work_order, **told)
    record(command, "picking.borrowed", borrower.work_order, **told)
    _pay_with_what_is_spare(command, row)


def _told(row: Borrowing) -> dict[str, str]:
    return {
        "code": row.code,
        "item": row.item.code,
        "quantity": str(row.quantity),
        "lender": row.lender.work_order.code,
        "borrower": row.borrower.work_order.code,
    }


def _pay_with_what_is_spare(command: Command, row: Borrowing) -> None:
    """Let the lender have what the borrower has reserved to come and, with what it borrowed, does not need any more."""
    spare = -unclaimed(row.borrower, on=command.on)
    dated = Reservation.objects.filter(holder=REQUIREMENT, holder_id=row.borrower_id).exclude(supply=STOCK)
    claims = held(dated)
    days = labels([claim.row for claim in claims])
    for claim in sorted(claims, key=lambda each: (days[each.row.pk][2] is None, days[each.row.pk][2])):
        lacks = unclaimed(row.lender, on=command.on)
        part = min(spare, claim.row.quantity, row.quantity, lacks)
        if part > 0:
            pass_dated(command, claim.row, row.lender, part)
            spare -= part
    settle(command, [row.lender_id])


def pass_dated(command: Command, row: Reservation, taker: Requirement, quantity: Decimal) -> None:
    """Let part of a reservation of what is to come be another requirement's."""
    if quantity >= row.quantity:
        row.delete()
    else:
        Reservation.objects.filter(pk=row.pk).update(quantity=F("quantity") - quantity)
    mark = {"item_id": row.item_id, "warehouse_id": row.warehouse_id, "supply": row.supply, "supply_id": row.supply_id}
    here, made = Reservation.objects.get_or_create(
        **mark,
        holder=REQUIREMENT,
        holder_id=taker.pk,
        defaults={"quantity": quantity, "made_at": command.at, "made_by": command.actor},
    )
    if not made:
        Reservation.objects.filter(pk=here.pk).update(quantity=F("quantity") + quantity)


@action(permission="picking.lend")
def refuse(command: Command, *, borrowing_id: int, reason: str) -> Reply:
    """Say no, and why. Refuses: BadValue without a reason, DecidedAlready. Records: picking.borrowing_refused."""
    row = _asked(command, borrowing_id)
    return _end(command, row, "refuse", reason)


@action(permission="picking.borrow")
def withdraw(command: Command, *, borrowing_id: int, reason: str) -> Reply:
    """Take back what was asked for. Refuses: BadValue without a reason, DecidedAlready, NotYours.

    Records: picking.borrowing_withdrawn.
    """
    row = _asked(command, borrowing_id)
    if row.asked_by_id != command.actor.pk and not command.actor.may("picking.lend"):
        raise NotYours(code=row.code, who=row.asked_by.name)
    return _end(command, row, "withdraw", reason)


@action(permission="picking.lend")
def forgive(command: Command, *, borrowing_id: int, reason: str) -> Reply:
    """Say that what is still owed need not be paid back. Refuses: BadValue without a reason, NotNow.

    Records: picking.borrowing_forgiven. Locks: the item.
    """
    ledger.lock_items([Borrowing.objects.values_list("item_id", flat=True).get(pk=borrowing_id)])
    row = _full(borrowing_id)
    ledger.must_work_in(command, row.warehouse)
    return _end(command, row, "forgive", reason)


ENDS = {
    "refuse": "picking.borrowing_refused",
    "withdraw": "picking.borrowing_withdrawn",
    "forgive": "picking.borrowing_forgiven",
}


def _end(command: Command, row: Borrowing, verb: str, reason: str) -> Reply:
    if not reason:
        raise BadValue(field=gettext_noop("reason"), problem=gettext_noop("is needed"))
    decided = {} if verb == "forgive" else {"decided_at": command.at, "decided_by": command.actor}
    advance(row, verb, lifecycle=BORROWING, answer=reason[:200], ended_at=command.at, **decided)
    record(command, ENDS[verb], row, **_told(row), reason=reason)
    return {"borrowing": row.pk, "status": row.status}


# Paying back


def settle(command: Command, requirement_ids: Iterable[int]) -> None:
    """Count as paid what these requirements lack less than when last looked at, to the oldest debt first."""
    lent = Borrowing.objects.filter(status=LENT, lender__in=list(requirement_ids))
    for requirement in Requirement.objects.filter(pk__in=lent.values("lender")).order_by("pk"):
        rows = list(lent.filter(lender=requirement).select_for_update().order_by("pk"))
        lacks = max(unclaimed(requirement, on=command.on), ZERO)
        left = max(max((row.lacked for row in rows), default=ZERO) - lacks, ZERO)
        for row in rows:
            part = min(left, row.owed)
            left -= part
            Borrowing.objects.filter(pk=row.pk).update(paid=F("paid") + part, lacked=lacks)
            row.paid += part
            if part > 0:
                _tell_paid(command, row, part)


def _tell_paid(command: Command, row: Borrowing, part: Decimal) -> None:
    full = _full(row.pk)
    told = {**_told(full), "quantity": str(part), "rest": str(row.owed)}
    if not row.owed:
        advance(full, "pay", lifecycle=BORROWING, ended_at=command.at)
    record(command, "picking.paid_back", full.lender.work_order, **told)


def settle_order(command: Command, fact: Fact) -> None:
    """See whether a work order, or that of a pick list, got back what it lent."""
    if fact.subject == PickList._meta.label_lower:
        lines = Requirement.objects.filter(work_order__pick_lists=fact.subject_id)
    else:
        lines = Requirement.objects.filter(work_order=fact.subject_id)
    _settle_lenders(command, lines.values_list("pk", flat=True))


def settle_transfer(command: Command, fact: Fact) -> None:
    """See whether a transfer brings a requirement what it lent."""
    lines = TransferLine.objects.filter(transfer=fact.subject_id, holder=REQUIREMENT)
    _settle_lenders(command, [pk for pk in lines.values_list("holder_id", flat=True) if pk])


def _settle_lenders(command: Command, requirement_ids: Iterable[int]) -> None:
    owed = Borrowing.objects.filter(status=LENT, lender__in=requirement_ids).values_list("lender", flat=True)
    lenders = sorted(set(owed))
    if lenders:
        settle(command, lenders)


def divide_debts(command: Command, fact: Fact) -> None:
    """Let what is owed to a work order that was split be owed to the part that lacks it."""
    twin = WorkOrder.objects.get(code=fact.data["into"])
    rows = Borrowing.objects.filter(status=LENT, lender__work_order=fact.subject_id)
    for row in rows.select_related("lender").order_by("pk"):
        stays = min(row.owed, max(unclaimed(row.lender, on=command.on), ZERO))
        moved = row.owed - stays
        other = twin.requirements.filter(item=row.item_id, position=row.lender.position).first()
        Borrowing.objects.filter(pk=row.pk).update(lacked=max(unclaimed(row.lender, on=command.on), ZERO))
        if moved <= 0 or other is None:
            continue
        _move_debt(command, row, other, moved)


def _move_debt(command: Command, row: Borrowing, other: Requirement, moved: Decimal) -> None:
    lacks = max(unclaimed(other, on=command.on), ZERO)
    if moved == row.quantity:
        Borrowing.objects.filter(pk=row.pk).update(lender=other, lacked=lacks)
        return
    kept = row.quantity - moved
    state = {} if row.paid < kept else {"status": Borrowing.State.PAID, "ended_at": command.at}
    Borrowing.objects.filter(pk=row.pk).update(quantity=kept, **state)
    twin = Borrowing.objects.get(pk=row.pk)
    twin.pk, twin.code = None, next_code("BR", command.at)
    twin.lender, twin.quantity, twin.paid, twin.lacked, twin.status = other, moved, ZERO, lacks, LENT.value
    twin.ended_at = None
    twin.save(force_insert=True)


def end_with_order(command: Command, fact: Fact) -> None:
    """Let nothing be owed to a work order that is over, and nothing be asked of it or for it."""
    order = WorkOrder.objects.get(pk=fact.subject_id)
    if order.status in OPEN_STATES:
        return
    owed = Borrowing.objects.filter(status=LENT, lender__work_order=order)
    asked = Borrowing.objects.filter(status=ASKED)
    asked = asked.filter(lender__work_order=order) | asked.filter(borrower__work_order=order)
    for pk in sorted({*owed.values_list("pk", flat=True), *asked.values_list("pk", flat=True)}):
        row = _full(pk)
        _end(command, row, "forgive" if row.status == LENT else "withdraw", f"{order.code}: {order.status}")

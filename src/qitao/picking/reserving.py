"""Reserving what is to come as well as what lies there; keeping it whatever the ranks say; letting it end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import not_now
from qitao.kernel.quantity import ZERO, plain
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop
from qitao.picking.claims import unclaimed
from qitao.picking.following import cut_beyond, cut_to_come, release_run_out
from qitao.picking.proving_reservations import overclaimed
from qitao.production.actions import CHANGED_STATES
from qitao.production.models import Requirement, WorkOrder
from qitao.production.refusals import NothingOpen
from qitao.production.supplies import held, supply
from qitao.stock import ledger
from qitao.stock.models import Reservation

MOST_AT_ONCE = 500


class SupplyGone(Refusal):
    reason = gettext_noop("Nothing of this is to come any more.")
    remedy = gettext_noop("Reload the page and reserve something else.")


class NotEnoughToCome(Refusal):
    reason = gettext_noop("{item}: {asked} asked for, only {free} of {supply} are not reserved yet.")
    remedy = gettext_noop("Reserve less, or look who holds it.")


class SupplyElsewhere(Refusal):
    reason = gettext_noop(
        "{supply} brings {item} to another warehouse than {work_order} is picked in, or another item."
    )
    remedy = gettext_noop("Reserve what comes to its own warehouse.")
    status = 422


class MoreThanNeeded(Refusal):
    reason = gettext_noop("{work_order}: {asked} asked for, but only {open} of {item} are needed and not claimed yet.")
    remedy = gettext_noop("Reserve less.")
    status = 422


@action(permission="stock.reserve")
def reserve_supply(
    command: Command,
    *,
    requirement_id: int,
    supply_kind: str,
    supply_id: int,
    quantity: Decimal,
    expires_on: date | None = None,
) -> Reply:
    """Reserve part of a supply – what lies in the work order's warehouse, or is to come to it – for a requirement.

    Refuses: BadValue, NotNow, NothingOpen, MoreThanNeeded, SupplyGone, SupplyElsewhere, NotEnoughToCome,
    NotEnoughToReserve, WrongWarehouse. Records: production.supply_reserved. Locks: the item, the work order.
    """
    _must_make_sense(command, quantity, expires_on)
    ledger.lock_items([Requirement.objects.values_list("item_id", flat=True).get(pk=requirement_id)])
    requirement = Requirement.objects.select_related("item", "work_order__warehouse").get(pk=requirement_id)
    work_order = requirement.work_order
    ledger.must_work_in(command, work_order.warehouse)
    _must_be_open(work_order)
    wanted = unclaimed(requirement, on=command.on)
    if wanted <= 0:
        raise NothingOpen(what=str(requirement))
    if quantity > wanted:
        code, item = work_order.code, requirement.item.code
        raise MoreThanNeeded(work_order=code, item=item, asked=plain(quantity), open=plain(wanted))
    if supply_kind == Reservation.Supply.STOCK:
        ledger.reserve(
            command,
            item=requirement.item,
            warehouse=work_order.warehouse,
            quantity=quantity,
            holder=requirement,
            expires_on=expires_on,
        )
        label, comes_on = work_order.warehouse.code, None
    else:
        label, comes_on = _reserve_to_come(
            command, requirement, kind=supply_kind, number=supply_id, quantity=quantity, expires_on=expires_on
        )
    record(
        command,
        "production.supply_reserved",
        work_order,
        item=requirement.item.code,
        quantity=str(quantity),
        supply=label,
        on=comes_on.isoformat() if comes_on else None,
    )
    return {"work_order": work_order.pk, "quantity": str(quantity)}


def _must_make_sense(command: Command, quantity: Decimal, expires_on: date | None) -> None:
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if expires_on is not None and expires_on < command.on:
        raise BadValue(field=gettext_noop("Valid until"), problem=gettext_noop("lies in the past"))


def _must_be_open(work_order: WorkOrder) -> None:
    """Refuse a work order that is over; an open one stays open until the transaction ends."""
    rows = WorkOrder.objects.select_for_update(no_key=True).filter(pk=work_order.pk, status__in=CHANGED_STATES)
    if not rows:
        raise not_now(WorkOrder.objects.get(pk=work_order.pk))


def _reserve_to_come(
    command: Command,
    requirement: Requirement,
    *,
    kind: str,
    number: int,
    quantity: Decimal,
    expires_on: date | None,
) -> tuple[str, date | None]:
    """Write the reservation of a dated supply; return how the supply is called, and its day."""
    if kind not in Reservation.Supply.values:
        raise SupplyGone
    found = supply(kind, number, on=command.on)
    if found is None:
        raise SupplyGone
    home, item = requirement.work_order.warehouse_id, requirement.item.code
    if (found.item_id, found.warehouse_id) != (requirement.item_id, home):
        raise SupplyElsewhere(supply=found.label, item=item, work_order=requirement.work_order.code)
    if quantity > found.free:
        raise NotEnoughToCome(item=item, asked=plain(quantity), free=plain(max(found.free, ZERO)), supply=found.label)
    mark: dict[str, Any] = {
        "item_id": requirement.item_id,
        "warehouse_id": home,
        "supply": kind,
        "supply_id": number,
        "holder": requirement._meta.label_lower,
        "holder_id": requirement.pk,
    }
    Reservation.objects.filter(**mark, expires_on__lt=command.on).delete()
    facts = {"quantity": quantity, "made_at": command.at, "made_by": command.actor, "expires_on": expires_on}
    row, made = Reservation.objects.get_or_create(**mark, defaults=facts)
    if not made:
        row.quantity += quantity
        row.expires_on = expires_on
        row.save(update_fields=["quantity", "expires_on"])
    return found.label, found.on


@action(permission="stock.reserve")
def keep_reservation(
    command: Command, *, reservation_id: int, is_frozen: bool, expires_on: date | None = None
) -> Reply:
    """Say whether a reservation stays with its holder whatever the ranks say, and how long it counts (None: for good).

    Refuses: BadValue for a day gone by, WrongWarehouse.
    Records: production.reservation_frozen or production.reservation_kept. Locks: the item.
    """
    row = _locked(command, reservation_id)
    if expires_on is not None and expires_on < command.on:
        raise BadValue(field=gettext_noop("Valid until"), problem=gettext_noop("lies in the past"))
    Reservation.objects.filter(pk=row.pk).update(is_frozen=is_frozen, expires_on=expires_on)
    (claim,) = held(Reservation.objects.filter(pk=row.pk))
    record(
        command,
        "production.reservation_frozen" if is_frozen else "production.reservation_kept",
        claim.document or row.item,
        item=row.item.code,
        quantity=str(row.quantity),
        on=expires_on.isoformat() if expires_on else None,
    )
    return {"reservation": row.pk}


@action(permission="stock.reserve")
def give_back(command: Command, *, reservation_id: int) -> Reply:
    """Give a reservation back. Refuses: WrongWarehouse. Records: production.unreserved. Locks: the item."""
    row = _locked(command, reservation_id)
    (claim,) = held(Reservation.objects.filter(pk=row.pk))
    row.delete()
    record(command, "production.unreserved", claim.document or row.item, quantity=str(row.quantity))
    return {"released": str(row.quantity)}


def _locked(command: Command, reservation_id: int) -> Reservation:
    ledger.lock_items([Reservation.objects.values_list("item_id", flat=True).get(pk=reservation_id)])
    row = Reservation.objects.select_related("item", "warehouse").get(pk=reservation_id)
    ledger.must_work_in(command, row.warehouse)
    return row


@action(permission="stock.reserve")
def expire(command: Command) -> Reply:
    """Release what has run out, and cut what is reserved beyond what its supply holds.

    An expired reservation counts for nothing from the day after its last, whether or not this ran.
    Records: production.reservation_expired, production.reservation_cut. Locks: the items.
    """
    items = to_mend(on=command.on)[:MOST_AT_ONCE]
    ledger.lock_items(items)
    released = release_run_out(command, items)
    for item_id in items:
        cut_beyond(command, item_id)
        cut_to_come(command, item_id)
    return {"released": released}


def to_mend(*, on: date) -> list[int]:
    """Return the items of which a reservation has run out, or more is reserved than there is."""
    run_out = Reservation.objects.filter(expires_on__lt=on).values_list("item_id", flat=True)
    return sorted({*run_out, *(each.item_id for each in overclaimed(on=on))})

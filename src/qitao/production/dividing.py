"""Dividing a work order: its requirements and what is reserved for them. Inside an action, the items locked."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import F

from qitao.production.models import Requirement, WorkOrder
from qitao.stock.models import Reservation

REQUIREMENT = "production.requirement"


def divide(line: Requirement, twin: WorkOrder, moved: Decimal) -> None:
    """Let `moved` of a requirement be one of `twin`; what it has reserved beyond what stays goes along."""
    if moved <= 0:
        return
    new = Requirement.objects.create(
        work_order=twin,
        position=line.position,
        item=line.item,
        quantity=moved,
        operation=line.operation,
        is_consumable=line.is_consumable,
    )
    Requirement.objects.filter(pk=line.pk).update(quantity=F("quantity") - moved)
    _divide_reservations(line, new, beyond=line.open_quantity - moved)


def _divide_reservations(line: Requirement, new: Requirement, *, beyond: Decimal) -> None:
    """Let what `line` has reserved beyond what it still needs be reserved for `new`."""
    for held in Reservation.objects.filter(holder=REQUIREMENT, holder_id=line.pk).order_by("id"):
        stays = min(held.quantity, beyond)
        beyond -= stays
        if stays == held.quantity:
            continue
        Reservation.objects.create(
            item_id=held.item_id,
            warehouse_id=held.warehouse_id,
            supply=held.supply,
            supply_id=held.supply_id,
            quantity=held.quantity - stays,
            holder=REQUIREMENT,
            holder_id=new.pk,
            made_at=held.made_at,
            made_by_id=held.made_by_id,
            expires_on=held.expires_on,
            is_frozen=held.is_frozen,
        )
        if stays:
            Reservation.objects.filter(pk=held.pk).update(quantity=stays)
        else:
            held.delete()


def twin_code(code: str) -> str:
    """Return the next free code of a part of a work order: WO-1/2, WO-1/3 …"""
    stem, _, number = code.rpartition("/")
    base = stem if stem and number.isdigit() else code
    taken = set(WorkOrder.objects.filter(code__startswith=f"{base}/").values_list("code", flat=True))
    return next(f"{base}/{n}" for n in range(2, len(taken) + 3) if f"{base}/{n}" not in taken)

"""What a requirement has claimed already: on pick lists, reserved, on transfers that come for it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import F, Sum

from qitao.kernel.quantity import ZERO
from qitao.production.models import Requirement
from qitao.stock.models import Reservation, TransferLine, standing

REQUIREMENT = "production.requirement"


def unclaimed(requirement: Requirement, *, on: date) -> Decimal:
    """Return how much of a requirement is neither issued nor claimed; below zero where it claims more than it needs."""
    return requirement.open_quantity - listed(requirement) - coming(requirement) - reserved(requirement, on=on)


def listed(requirement: Requirement) -> Decimal:
    """Return how much of a requirement is on open pick lines."""
    rows = requirement.pick_lines.filter(status="open")
    return rows.aggregate(all=Sum(F("quantity") - F("picked")))["all"] or ZERO


def reserved(requirement: Requirement, *, on: date) -> Decimal:
    """Return how much is reserved for a requirement on a day, of what lies and of what is to come."""
    rows = Reservation.objects.filter(
        standing(on), holder=REQUIREMENT, holder_id=requirement.pk, item=requirement.item_id
    )
    return rows.aggregate(all=Sum("quantity"))["all"] or ZERO


def coming(requirement: Requirement) -> Decimal:
    """Return how much transfers bring for a requirement alone."""
    rows = TransferLine.objects.filter(
        transfer__status__in=("planned", "in_transit"),
        holder=REQUIREMENT,
        holder_id=requirement.pk,
        item=requirement.item_id,
    )
    return rows.aggregate(all=Sum("quantity"))["all"] or ZERO

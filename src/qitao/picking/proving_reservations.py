"""The proof that reservations claim what there is: none beyond what its supply holds, none of holders that ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from qitao.kernel.quantity import ZERO, plain
from qitao.picking.claims import listed
from qitao.picking.following import lying
from qitao.production.actions import CHANGED_STATES
from qitao.production.supplies import STOCK, Held, held, supply
from qitao.stock.models import Reservation, standing


@dataclass(frozen=True, slots=True)
class Overclaimed:
    """A supply of which more is reserved than it holds."""

    item_id: int
    item: str
    supply: str
    reserved: Decimal
    holds: Decimal

    def __str__(self) -> str:
        return f"{self.item} · {self.supply}: reserved {plain(self.reserved)}, holds {plain(self.holds)}"


@dataclass(frozen=True, slots=True)
class Unheld:
    """A reservation whose holder has ended, or needs less than it claims."""

    item: str
    holder: str
    reserved: Decimal
    needs: Decimal

    def __str__(self) -> str:
        return f"{self.item} · {self.holder}: reserved {plain(self.reserved)}, needs {plain(self.needs)}"


def overclaimed(*, on: date) -> list[Overclaimed]:
    """Return every supply of which more is reserved on a day than it holds; an empty list is the proof."""
    rows = Reservation.objects.filter(standing(on))
    names = ("item_id", "item__code", "warehouse_id", "warehouse__code", "supply", "supply_id")
    found = []
    for item_id, item, place_id, place, kind, number, claimed in (
        rows.values_list(*names).annotate(all=Sum("quantity")).order_by(*names)
    ):
        if kind == STOCK:
            label, holds = place, lying(item_id, place_id)
        else:
            there = supply(kind, number, on=on)
            fits = there is not None and (there.item_id, there.warehouse_id) == (item_id, place_id)
            label = there.label if there else f"{kind} {number}"
            holds = there.quantity if there is not None and fits else ZERO
        if claimed > holds:
            found.append(Overclaimed(item_id, item, label, claimed, holds))
    return found


def unheld(*, on: date) -> list[Unheld]:
    """Return every holder that has ended, or has reserved more than it needs; an empty list is the proof."""
    by_holder: dict[tuple[str, int], list[Held]] = defaultdict(list)
    for claim in held(Reservation.objects.filter(standing(on) & Q(quantity__gt=0))):
        by_holder[claim.row.holder, claim.row.holder_id].append(claim)
    found = []
    for (kind, number), claims in sorted(by_holder.items()):
        claimed = sum((claim.row.quantity for claim in claims), ZERO)
        needs = _needs(claims)
        if claimed > needs:
            name = str(claims[0].requirement or claims[0].sales_line or f"{kind} {number}")
            found.append(Unheld(claims[0].row.item.code, name, claimed, needs))
    return found


def _needs(claims: Iterable[Held]) -> Decimal:
    """Return what the holder of these reservations still needs beyond what its pick lists bring; 0 once it is over."""
    for claim in claims:
        line, sold = claim.requirement, claim.sales_line
        if line is not None and line.item_id == claim.row.item_id and line.work_order.status in CHANGED_STATES:
            return line.open_quantity - listed(line)
        if sold is not None and sold.item_id == claim.row.item_id and sold.order.status == "open":
            return sold.open_quantity
    return ZERO

"""Why somebody cannot simply take an item: who holds it, what it waits for, when it is replaced, who may release it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qitao.accounts.models import User
from qitao.accounts.queries import people_with
from qitao.catalog.models import Item
from qitao.kernel.quantity import ZERO
from qitao.picking import handing
from qitao.picking.models import PickLine
from qitao.production.models import Requirement, WorkOrder
from qitao.production.supplies import STOCK, Supply, held, labels, to_come
from qitao.purchasing.models import Delivery
from qitao.purchasing.queries import open_deliveries
from qitao.sales.models import SalesOrder, SalesOrderLine
from qitao.stock.models import Reservation, TransferLine, Warehouse, standing

REQUIREMENT = "production.requirement"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds the item: how much, of what, how long it will lie there unused, when it is replaced."""

    requirement: Requirement | None
    sales_line: SalesOrderLine | None
    warehouse: Warehouse
    quantity: Decimal
    is_hard: bool  # allocated in a bin, on a pick list or a transfer
    is_walked: bool = False  # somebody is picking it right now
    reservation: Reservation | None = None
    supply: str = ""  # what it is reserved of where that is still to come
    comes_on: date | None = None
    slack_days: int = 0  # until it is to start, or to be shipped
    really_on: date | None = None  # when it will really start: not before its kit is complete
    idle_days: int | None = 0  # until then; None: nobody knows
    spare_days: int | None = None  # by how many days it is done before it is due
    replaced_on: date | None = None  # the earliest day on which as much of the item could be there again for it

    @property
    def work_order(self) -> WorkOrder | None:
        """The work order that holds it, if one does."""
        return self.requirement.work_order if self.requirement else None

    @property
    def order(self) -> WorkOrder | SalesOrder | None:
        """The order that holds it."""
        if self.requirement is not None:
            return self.requirement.work_order
        return self.sales_line.order if self.sales_line else None

    @property
    def needed_on(self) -> date | None:
        """When it is to start, or to be shipped."""
        if self.requirement is not None:
            return self.requirement.work_order.start_on
        return self.sales_line.due_on if self.sales_line else None

    @property
    def lies_there(self) -> bool:
        """Whether a work order holds it in the warehouse; else it is still to come, or a customer's."""
        return not self.supply and self.requirement is not None

    @property
    def may_be_lent(self) -> bool:
        """Whether it can be taken: it lies there and nobody walks for it."""
        return self.lies_there and not self.is_walked


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The answer to “why can't I take it?”."""

    holders: list[Holder]
    next_delivery: Delivery | None
    may_release: list[User]


@dataclass(frozen=True, slots=True)
class _Claim:
    warehouse: Warehouse
    quantity: Decimal
    is_hard: bool
    requirement: Requirement | None = None
    sales_line: SalesOrderLine | None = None
    reservation: Reservation | None = None
    supply: str = ""
    comes_on: date | None = None
    is_walked: bool = False


def why_not(item: Item, *, today: date) -> WhyNot:
    """Return who holds `item`, with how much slack, when it is replaced, and who may release it."""
    coming = next((row for row in open_deliveries(item) if row.expected_on), None)
    claims = [*_soft(item, today), *_picks(item), *_transfers(item)]
    free = _free_to_come(item, {claim.warehouse for claim in claims}, today)
    holders = [_holder(claim, free.get(claim.warehouse.pk, []), today) for claim in claims]
    holders.sort(key=lambda holder: (-holder.slack_days, holder.work_order.rank if holder.work_order else 0))
    return WhyNot(holders, coming, people_with("picking.lend"))


def _free_to_come(item: Item, places: set[Warehouse], today: date) -> dict[int, list[Supply]]:
    """Return what is to come to each warehouse and nobody has reserved, the earliest first."""
    found = {}
    for place in places:
        found[place.pk] = [each for each in to_come(item, place, on=today) if each.free > 0 and each.on]
    return found


def _holder(claim: _Claim, free: list[Supply], today: date) -> Holder:
    needed_on, really_on, done_on, due_on = _days(claim, today)
    return Holder(
        requirement=claim.requirement,
        sales_line=claim.sales_line,
        warehouse=claim.warehouse,
        quantity=claim.quantity,
        is_hard=claim.is_hard,
        is_walked=claim.is_walked,
        reservation=claim.reservation,
        supply=claim.supply,
        comes_on=claim.comes_on,
        slack_days=(needed_on - today).days if needed_on else 0,
        really_on=really_on,
        idle_days=(really_on - today).days if really_on else None,
        spare_days=(due_on - done_on).days if due_on and done_on else None,
        replaced_on=_replaced_on(free, claim.quantity, today),
    )


def _days(claim: _Claim, today: date) -> tuple[date | None, date | None, date | None, date | None]:
    """Return when the holder needs it, when it can really use it, when it is done by the plan, and when it is due."""
    if claim.requirement is None:
        due_on = claim.sales_line.due_on if claim.sales_line else None
        return due_on, max(due_on, today) if due_on else None, None, None
    work_order = claim.requirement.work_order
    kit = getattr(work_order, "kit", None)
    start = max(work_order.start_on, today)
    if kit is None:
        return work_order.start_on, start, None, work_order.due_on
    really_on = max(start, kit.kit_on) if kit.kit_on else None
    return work_order.start_on, really_on, kit.done_on, work_order.due_on


def _replaced_on(free: list[Supply], quantity: Decimal, today: date) -> date | None:
    """Return the day on which as much of what nobody has reserved has come; None: not as much is on order."""
    left = quantity
    for each in free:
        left -= each.free
        if left <= 0:
            return max(each.on or today, today)
    return None


def _soft(item: Item, today: date) -> list[_Claim]:
    rows = held(Reservation.objects.filter(standing(today), item=item))
    named = labels([each.row for each in rows])
    kits = _with_kits([each.requirement for each in rows if each.requirement])
    return [
        _Claim(
            warehouse=each.row.warehouse,
            quantity=each.row.quantity,
            is_hard=False,
            requirement=kits.get(each.requirement.pk) if each.requirement else None,
            sales_line=each.sales_line,
            reservation=each.row,
            supply="" if each.row.supply == STOCK else named[each.row.pk][1],
            comes_on=named[each.row.pk][2],
        )
        for each in rows
        if each.requirement or each.sales_line
    ]


def _with_kits(lines: list[Requirement]) -> dict[int, Requirement]:
    rows = Requirement.objects.select_related("work_order__item", "work_order__warehouse", "work_order__kit")
    return rows.in_bulk([line.pk for line in lines])


def _picks(item: Item) -> list[_Claim]:
    """Return what is on open lists by requirement: what nobody has begun, and what somebody walks for."""
    rows = PickLine.objects.filter(item=item, status="open").select_related(
        "requirement__work_order__item",
        "requirement__work_order__warehouse",
        "requirement__work_order__kit",
        "pick_list__warehouse",
        "wave",
    )
    sums: dict[tuple[int, bool], Decimal] = defaultdict(lambda: ZERO)
    first: dict[tuple[int, bool], PickLine] = {}
    for row in rows.order_by("id"):
        key = row.requirement_id, not handing.is_idle(row)
        sums[key] += row.open_quantity
        first.setdefault(key, row)
    return [
        _Claim(row.pick_list.warehouse, sums[key], True, requirement=row.requirement, is_walked=key[1])
        for key, row in first.items()
    ]


def _transfers(item: Item) -> list[_Claim]:
    rows = TransferLine.objects.filter(
        item=item, transfer__status__in=("planned", "in_transit"), holder=REQUIREMENT
    ).select_related("transfer__to_warehouse")
    kits = Requirement.objects.select_related("work_order__item", "work_order__warehouse", "work_order__kit").in_bulk(
        [row.holder_id for row in rows if row.holder_id]
    )
    return [
        _Claim(
            row.transfer.to_warehouse,
            row.quantity,
            True,
            requirement=kits[row.holder_id],
            supply=row.transfer.code,
            comes_on=row.transfer.due_on,
        )
        for row in rows
        if row.holder_id in kits
    ]

"""What the pages of purchasing show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from qitao.accounts.models import User
from qitao.journal.models import Fact
from qitao.journal.queries import history
from qitao.planning.models import Peg, SupplyKind
from qitao.production.models import WorkOrder
from qitao.purchasing.models import Delivery, PurchaseOrder, Receipt, ReceiptLine, Repromise, Requisition, Source
from qitao.purchasing.queries import sources_of
from qitao.web.purchasing.listing import overdue
from qitao.web.telling import Told, told


@dataclass(frozen=True, slots=True)
class Waiting:
    """A work order that the plan gives some of a delivery to."""

    work_order: WorkOrder
    is_late: bool  # the delivery comes after its start


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """A delivery with its three dates: promised, re-promised, and when it really came."""

    delivery: Delivery
    repromises: list[Repromise]
    came_on: list[date]
    waiting: list[Waiting]

    @property
    def overdue_days(self) -> int:
        return overdue(self.delivery) if self.delivery.open_quantity else 0


@dataclass(frozen=True, slots=True)
class PurchaseOrderPage:
    """A purchase order: what was ordered, what came, who waits for the rest, what happened."""

    order: PurchaseOrder
    deliveries: list[DeliveryShown]
    receipts: list[Receipt]
    story: list[Told]
    may_change: bool
    may_receive: bool
    see_cost: bool

    @property
    def open_deliveries(self) -> list[DeliveryShown]:
        """What is still to come."""
        return [each for each in self.deliveries if each.delivery.open_quantity]


def purchase_order_page(order: PurchaseOrder, user: User) -> PurchaseOrderPage:
    """Return what to show of a purchase order to `user`."""
    rows = list(
        Delivery.objects.filter(line__order=order)
        .select_related("line__item__unit", "line__order")
        .order_by("line__line", "sequence")
    )
    shown = _shown(rows)
    receipts = list(order.receipts.select_related("actor").order_by("-id"))
    is_open = order.status == PurchaseOrder.State.OPEN
    return PurchaseOrderPage(
        order=order,
        deliveries=shown,
        receipts=receipts,
        story=told(_facts(order, rows, receipts)),
        may_change=is_open and user.may("purchasing.change"),
        may_receive=is_open and user.may("stock.receive") and user.works_in(order.warehouse.code),
        see_cost=user.may("cost.view"),
    )


def _shown(rows: list[Delivery]) -> list[DeliveryShown]:
    ids = [row.pk for row in rows]
    repromises: dict[int, list[Repromise]] = defaultdict(list)
    for change in Repromise.objects.filter(delivery__in=ids).select_related("actor").order_by("id"):
        repromises[change.delivery_id].append(change)
    came: dict[int, list[date]] = defaultdict(list)
    for line in ReceiptLine.objects.filter(delivery__in=ids).select_related("receipt").order_by("id"):
        came[line.delivery_id].append(timezone.localdate(line.receipt.at))
    waiting = waiting_for(ids)
    return [
        DeliveryShown(row, repromises[row.pk], list(dict.fromkeys(came[row.pk])), waiting.get(row.pk, []))
        for row in rows
    ]


def waiting_for(delivery_ids: list[int]) -> dict[int, list[Waiting]]:
    """Return for each delivery the work orders that wait for it, the first to start first."""
    pegs = Peg.objects.filter(kind=SupplyKind.PURCHASE, supply_id__in=delivery_ids).exclude(requirement=None)
    found: dict[int, dict[int, Waiting]] = defaultdict(dict)
    for peg in pegs.select_related("requirement__work_order").order_by("requirement__work_order__start_on"):
        assert peg.requirement is not None
        order = peg.requirement.work_order
        is_late = peg.available_on is None or peg.available_on > order.start_on
        found[peg.supply_id].setdefault(order.pk, Waiting(order, is_late))
    return {delivery_id: list(rows.values()) for delivery_id, rows in found.items()}


def _facts(order: PurchaseOrder, rows: list[Delivery], receipts: list[Receipt]) -> list[Fact]:
    facts = list(history(order))
    for thing in (*rows, *receipts):
        facts += history(thing)
    return sorted(facts, key=lambda fact: fact.pk, reverse=True)


@dataclass(frozen=True, slots=True)
class RequisitionPage:
    """A requisition and the suppliers it can be ordered from."""

    requisition: Requisition
    sources: list[Source]
    story: list[Told]
    may_order: bool
    may_cancel: bool
    see_cost: bool


def requisition_page(requisition: Requisition, user: User) -> RequisitionPage:
    """Return what to show of a requisition to `user`."""
    is_open = requisition.status == Requisition.State.OPEN
    return RequisitionPage(
        requisition=requisition,
        sources=list(sources_of(requisition.item)),
        story=told(history(requisition).order_by("-id")),
        may_order=is_open and user.may("purchasing.change"),
        may_cancel=is_open and user.may("purchasing.request"),
        see_cost=user.may("cost.view"),
    )

"""What a work order turns out: good, rejected, lost – and, where it reworks, what it takes back out of the rejects."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from qitao.kernel.quantity import ZERO, plain
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.production.models import OPEN_STATES, ScrapReason, WorkOrder
from qitao.production.refusals import NotEnoughRejected
from qitao.stock import ledger
from qitao.stock.models import Balance, Location, Lot, Status


@dataclass(frozen=True, slots=True)
class Output:
    """What is reported at once: good pieces, lost ones, rejected ones, and why where not all are good."""

    good: Decimal
    scrapped: Decimal
    rejected: Decimal
    reason: str

    @property
    def made(self) -> Decimal:
        """All pieces that are not to be made any more."""
        return self.good + self.scrapped + self.rejected

    def must_make_sense(self) -> None:
        """Refuse BadValue for nothing, for less than nothing, and for a loss without a reason."""
        if min(self.good, self.scrapped, self.rejected) < 0 or not self.made:
            raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
        if self.scrapped + self.rejected and self.reason not in ScrapReason.values:
            raise BadValue(field=gettext_noop("reason"), problem=gettext_noop("is needed"))

    def lines(self, lot: Lot, target: Location) -> list[ledger.Line]:
        """Return the moves that take it into stock, or out of the world."""
        source, lost = ledger.outside(Location.Kind.PRODUCTION), ledger.outside(Location.Kind.SCRAP)
        parts = (
            (target, self.good, Status.OK),
            (target, self.rejected, Status.REJECTED),
            (lost, self.scrapped, Status.OK),
        )
        return [
            ledger.Line(lot.item_id, lot.pk, source.pk, place.pk, part, to_status=status.value)
            for place, part, status in parts
            if part
        ]

    def told(self) -> dict[str, str]:
        """Return what a fact says of it besides the good pieces."""
        if not self.scrapped + self.rejected:
            return {}
        unfit = {"rejected": str(self.rejected)} if self.rejected else {}
        return {"scrapped": str(self.scrapped), **unfit, "reason": self.reason}


def rejects(work_order: WorkOrder, lot: Lot) -> list[Balance]:
    """Return where rejects of a lot lie in the work order's warehouse, our own ones, the oldest first."""
    rows = Balance.objects.filter(
        item=lot.item_id, lot=lot, status=Status.REJECTED, owner="", on_hand__gt=0, location__kind__in=Location.PICKED
    )
    return list(rows.filter(location__warehouse=work_order.warehouse_id).order_by("id"))


def free_rejects(work_order: WorkOrder, lot: Lot) -> Decimal:
    """Return how many rejects of a lot no open rework order in that warehouse is to make good."""
    lying = sum((row.on_hand - row.allocated for row in rejects(work_order, lot)), ZERO)
    orders = WorkOrder.objects.filter(
        rework_lot=lot, warehouse=work_order.warehouse_id, status__in=("draft", *OPEN_STATES)
    )
    made = F("quantity_done") + F("quantity_scrapped") + F("quantity_rejected")
    return lying - (orders.aggregate(all=Sum(F("quantity") - made))["all"] or ZERO)


def free_rejects_of(work_order: WorkOrder) -> Decimal:
    """Return how many rejects of the work order's own lot can be reworked; 0 where there never was such a lot."""
    lot = Lot.objects.filter(item=work_order.item_id, code=work_order.lot_code).first()
    return max(free_rejects(work_order, lot), ZERO) if lot else ZERO


def rejects_taken(work_order: WorkOrder, quantity: Decimal) -> list[ledger.Line]:
    """Return the moves that take rejects of a rework order back into production. Refuses: NotEnoughRejected."""
    lot, left, lines = work_order.rework_lot, quantity, []
    assert lot is not None
    target = ledger.outside(Location.Kind.PRODUCTION)
    for row in rejects(work_order, lot):
        part = min(row.on_hand - row.allocated, left)
        if part > 0:
            lines.append(
                ledger.Line(row.item_id, lot.pk, row.location_id, target.pk, part, from_status=Status.REJECTED.value)
            )
            left -= part
    if left:
        raise NotEnoughRejected(item=lot.item.code, asked=plain(quantity), free=plain(quantity - left))
    return lines

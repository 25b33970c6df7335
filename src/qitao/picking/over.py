"""What a work order that is over had coming goes to whoever waits. Registered in `project.wiring`.

The items of its requirements are locked by the action whose fact these react to.
"""

from __future__ import annotations

from qitao.journal.command import Command
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance
from qitao.journal.models import Fact
from qitao.picking.reactions import serve_waiting
from qitao.production.models import OPEN_STATES, Requirement, WorkOrder
from qitao.stock import ledger
from qitao.stock.models import TRANSFER, TransferLine

REQUIREMENT = Requirement._meta.label_lower
ALIVE = ("draft", *OPEN_STATES)


def is_over(work_order: WorkOrder) -> bool:
    """Tell whether nothing more happens to a work order but being closed."""
    return work_order.status not in ALIVE


def free_transfers(command: Command, fact: Fact) -> None:
    """Give up what was to be sent for a work order that is over; what is on the road is for whoever waits there.

    A planned transfer that carries nothing for anybody else is cancelled. Records: stock.transfer_cancelled.
    """
    work_order = WorkOrder.objects.get(pk=fact.subject_id)
    if not is_over(work_order):
        return
    ids = work_order.requirements.values_list("pk", flat=True)
    coming = TransferLine.objects.filter(holder=REQUIREMENT, holder_id__in=ids).select_related("transfer")
    for line in coming.filter(transfer__status="planned").order_by("transfer_id", "pk"):
        ledger.release_allocation(
            item_id=line.item_id,
            location_id=line.from_location_id,
            lot_id=line.lot_id,
            owner=line.owner,
            quantity=line.quantity,
        )
        if line.transfer.lines.exclude(pk=line.pk).exists():
            line.delete()
        else:  # it keeps its line: what a cancelled transfer was for stays on record
            advance(line.transfer, "cancel", lifecycle=TRANSFER)
            record(command, "stock.transfer_cancelled", line.transfer, work_order=work_order.code)
    coming.filter(transfer__status="in_transit").update(holder="", holder_id=None)


def serve_freed(command: Command, fact: Fact) -> None:
    """Put what a work order that is over had held on the lists that wait for it, the first served first."""
    work_order = WorkOrder.objects.get(pk=fact.subject_id)
    if is_over(work_order):
        serve_waiting(command, sorted(set(work_order.requirements.values_list("item_id", flat=True))))

"""What pick lists do when the world moves under them. Registered in `project.wiring`; the items are locked here."""

from __future__ import annotations

from qitao.journal.command import Command
from qitao.journal.models import Fact
from qitao.picking import filling, replanning
from qitao.picking.actions import DOUBTS
from qitao.picking.models import PickList, ShortPick
from qitao.production.models import Requirement, WorkOrder
from qitao.stock import actions as stock
from qitao.stock import ledger
from qitao.stock.models import Count, Transfer


def list_released(command: Command, fact: Fact) -> None:
    """Make the pick list of a work order that was released."""
    filling.fill(command, WorkOrder.objects.select_related("warehouse").get(pk=fact.subject_id))


def relist(command: Command, fact: Fact) -> None:
    """Fit the pick list to a work order whose requirements changed; a released one is filled up again."""
    work_order = WorkOrder.objects.select_related("warehouse").get(pk=fact.subject_id)
    items = fact.data["items"]
    filling.trim(work_order, items=items)
    if work_order.status in filling.PICKED_STATES:
        filling.fill(command, work_order, items=items)
    filling.finish_lists([work_order])


def drop_lists(command: Command, fact: Fact) -> None:
    """Give back everything allocated for a work order that is over: cancelled, complete or closed."""
    work_order = WorkOrder.objects.get(pk=fact.subject_id)
    if work_order.status in filling.PICKED_STATES:
        return
    lists = list(work_order.pick_lists.filter(status__in=("open", "in_progress")))
    lines = [line for pick_list in lists for line in pick_list.lines.filter(status="open")]
    ledger.lock_items(line.item_id for line in lines)
    filling.take_back(lines)
    PickList.objects.filter(pk__in=[pick_list.pk for pick_list in lists]).update(status="cancelled")


def count_doubted(command: Command, fact: Fact) -> None:
    """Have the item counted where a picker doubted the record: what is in doubt is out of use until then."""
    short = ShortPick.objects.select_related("requirement__work_order").get(pk=fact.subject_id)
    if short.reason in DOUBTS:
        work_order = short.requirement.work_order
        stock.order_count(command, item_id=short.item_id, warehouse_id=work_order.warehouse_id, reason=work_order.code)


def recount(command: Command, fact: Fact) -> None:
    """After a count: let picks and transfers that nothing stands behind any more go elsewhere; offer what was found."""
    count, items = Count.objects.get(pk=fact.subject_id), fact.data["items"]
    replanning.replan(command, items, warehouse_id=count.warehouse_id)
    serve_waiting(command, items, warehouse_id=count.warehouse_id)


def refit(command: Command, fact: Fact) -> None:
    """After a move or a stock document: let what lost its stock go elsewhere, and offer what is there to who waits."""
    replanning.replan(command, fact.data["took"], warehouse_id=fact.data["warehouse"])
    if fact.data["items"]:
        serve_waiting(command, fact.data["items"], warehouse_id=fact.data["warehouse"])


def serve_transfer(command: Command, fact: Fact) -> None:
    """Put what a transfer brought on the lists that wait for it, its own requirement first."""
    transfer = Transfer.objects.prefetch_related("lines").get(pk=fact.subject_id)
    lines = list(transfer.lines.all())
    for line in lines:
        if line.holder == "production.requirement" and line.holder_id is not None:
            requirement = Requirement.objects.select_related("work_order__warehouse").filter(pk=line.holder_id).first()
            if requirement and requirement.work_order.status in filling.PICKED_STATES:
                filling.fill(command, requirement.work_order, items=[line.item_id])
    serve_waiting(command, [line.item_id for line in lines], warehouse_id=transfer.to_warehouse_id)


def serve_items(command: Command, fact: Fact) -> None:
    """Put what came in on the lists of released work orders that wait for it, the first served first."""
    serve_waiting(command, fact.data.get("items", []))


def serve_waiting(command: Command, item_ids: list[int], *, warehouse_id: int | None = None) -> None:
    """Fill up the pick lists of released work orders with open requirements of these items, by rank."""
    waiting = WorkOrder.objects.filter(
        status__in=filling.PICKED_STATES, requirements__item__in=item_ids, requirements__is_consumable=False
    )
    if warehouse_id is not None:
        waiting = waiting.filter(warehouse=warehouse_id)
    for work_order in waiting.select_related("warehouse").distinct().order_by("rank"):
        filling.fill(command, work_order, items=item_ids)

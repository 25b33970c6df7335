"""What follows from what: every reaction to every kind of fact, in the order in which they run; and what is sealed.

Reactions run in the transaction of the fact; what may come a moment later (a plan run) is asked for there and done
by a worker after the commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qitao.journal import chain, sealed
from qitao.journal.facts import Reaction, wire
from qitao.picking import borrowing, extra, following, over, waves
from qitao.picking import reactions as picking
from qitao.planning import tasks as planning
from qitao.production import operating
from qitao.shortages import reactions as shortages
from qitao.stock.sealed import MOVES

# what a work order that is over leaves behind; nothing while it still runs
OVER: Sequence[Reaction] = (
    operating.stop_with_order,
    picking.drop_lists,
    over.free_transfers,
    following.follow_work_order,
    borrowing.end_with_order,
    over.serve_freed,
    shortages.leave_what_is_over,
)

REACTIONS: Mapping[str, Sequence[Reaction]] = {
    "stock.moved": (picking.refit, following.follow_stock, planning.ask),
    "stock.document_posted": (picking.refit, following.follow_document, planning.ask),
    "stock.document_reversed": (picking.refit, following.follow_document, planning.ask),
    "stock.reservation_released": (planning.ask,),
    "stock.opened": (planning.ask,),
    "stock.count_posted": (picking.recount, following.follow_stock, shortages.verify_by_count, planning.ask),
    "stock.count_settings_kept": (planning.ask,),
    "stock.transfer_planned": (borrowing.settle_transfer, planning.ask),
    "stock.transfer_shipped": (planning.ask,),
    "stock.transfer_received": (following.receive_transfer, picking.serve_transfer, planning.ask),
    "stock.transfer_cancelled": (following.follow_transfer, planning.ask),
    "purchasing.received": (following.receive_delivery, picking.serve_items, planning.ask),
    "purchasing.repromised": (following.divide_delivery, planning.ask),
    "purchasing.requested": (planning.ask,),
    "purchasing.request_cancelled": (planning.ask,),
    "purchasing.ordered": (planning.ask,),
    "purchasing.written": (planning.ask,),
    "purchasing.line_added": (planning.ask,),
    "purchasing.delivery_changed": (following.follow_delivery, planning.ask),
    "purchasing.delivery_cancelled": (following.follow_delivery, planning.ask),
    "production.created": (planning.ask,),
    "production.firmed": (planning.ask,),
    "production.released": (operating.copy_routing, picking.list_released, planning.ask),
    "production.reserved": (following.fit_work_order, borrowing.settle_order, planning.ask),
    "production.unreserved": (planning.ask,),
    "production.supply_reserved": (borrowing.settle_order, planning.ask),
    "production.reservation_kept": (planning.ask,),
    "production.reservation_frozen": (planning.ask,),
    "production.reservation_expired": (planning.ask,),
    "production.reservation_cut": (planning.ask,),
    "production.started": (planning.ask,),
    "production.paused": (operating.pause_with_order, planning.ask),
    "production.resumed": (operating.resume_with_order, planning.ask),
    "production.reported": (following.receive_output, *OVER, picking.serve_items, planning.ask),
    "production.finished": (*OVER, planning.ask),
    "production.closed": (*OVER, planning.ask),
    "production.cancelled": (*OVER, planning.ask),
    "production.ranked": (planning.ask,),
    "production.substituted": (picking.relist, planning.ask),
    "production.split": (
        following.divide_work_order,
        picking.relist,
        following.fit_work_order,
        borrowing.divide_debts,
        planning.ask,
    ),
    "production.merged": (
        operating.stop_with_order,
        picking.drop_lists,
        following.follow_work_order,
        borrowing.end_with_order,
        shortages.follow_merge,
        planning.ask,
    ),
    "production.absorbed": (picking.relist, following.fit_work_order, picking.serve_items, planning.ask),
    "production.rework_ordered": (planning.ask,),
    "production.operation_started": (planning.ask,),
    "production.operation_paused": (planning.ask,),
    "production.operation_resumed": (planning.ask,),
    "production.operation_reported": (planning.ask,),
    "catalog.routing_kept": (planning.ask,),
    "catalog.routing_steps_changed": (planning.ask,),
    "production.changed": (
        following.follow_work_order,
        picking.relist,
        following.fit_work_order,
        borrowing.settle_order,
        picking.serve_items,
        planning.ask,
    ),
    "picking.filled": (waves.join, following.fit_list, borrowing.settle_order, planning.ask),
    "picking.replanned": (planning.ask,),
    "picking.picked": (planning.ask,),
    "picking.undone": (extra.take_back, planning.ask),
    "picking.over_issued": (planning.ask,),
    "picking.lent": (planning.ask,),
    "picking.returned": (planning.ask,),
    "picking.handed_over": (following.fit_work_order, borrowing.settle_order, planning.ask),
    "picking.short": (shortages.open_for_short_pick, picking.count_doubted, planning.ask),
    "exchange.imported": (planning.ask,),
    "catalog.item_changed": (planning.ask,),
    "catalog.item_site_kept": (planning.ask,),
    "catalog.item_site_removed": (planning.ask,),
    "catalog.bom_created": (planning.ask,),
    "catalog.bom_changed": (planning.ask,),
    "catalog.bom_lines_changed": (planning.ask,),
    "catalog.substitute_kept": (planning.ask,),
    "catalog.substitute_approved": (planning.ask,),
    "catalog.substitute_withdrawn": (planning.ask,),
    "catalog.calendar_changed": (planning.ask,),
    "stock.lane_kept": (planning.ask,),
    "stock.lane_removed": (planning.ask,),
    "purchasing.source_kept": (planning.ask,),
    "purchasing.source_removed": (planning.ask,),
    "sales.ordered": (planning.ask,),
    "sales.line_added": (planning.ask,),
    "sales.line_changed": (following.fit_sales_order, planning.ask),
    "sales.line_cancelled": (following.fit_sales_order, planning.ask),
    "sales.shipped": (following.fit_sales_order, planning.ask),
    "sales.shipment_undone": (planning.ask,),
    "production.derived": (planning.ask,),
}


def connect() -> None:
    """Put the table into force, and say which tables the chain of seals covers; called once when the process starts."""
    wire(REACTIONS)
    chain.cover((*sealed.TABLES, MOVES))

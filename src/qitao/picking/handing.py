"""Passing what one requirement holds on to another: inside an action, the item locked.

What somebody walks for is not taken out of their hands: only lists that nobody has begun are cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, Sum

from qitao.journal.command import Command
from qitao.journal.facts import record
from qitao.kernel.quantity import ZERO
from qitao.picking import filling
from qitao.picking.claims import coming, listed
from qitao.picking.models import PickLine, PickList
from qitao.production.models import Requirement
from qitao.stock import ledger
from qitao.stock import queries as stock

# lines that nobody walks for: of a list, and of a wave, that nobody has begun
IDLE = Q(pick_list__status=PickList.State.OPEN) & (Q(wave=None) | Q(wave__picker=None))


def is_idle(line: PickLine) -> bool:
    """Tell of an open line, its list and wave loaded, whether nobody walks for it: what `IDLE` says."""
    return line.pick_list.status == PickList.State.OPEN and (line.wave is None or line.wave.picker_id is None)


@dataclass(frozen=True, slots=True)
class Holds:
    """What a requirement holds of what lies there: reserved, on a list nobody has begun, being walked for."""

    reserved: Decimal
    on_list: Decimal
    walked: Decimal

    @property
    def takeable(self) -> Decimal:
        """What can be passed on."""
        return self.reserved + self.on_list


def holds(requirement: Requirement, *, on: date) -> Holds:
    """Return what a requirement holds on a day; its work order must be loaded."""
    home = requirement.work_order.warehouse_id
    lines = requirement.pick_lines.filter(status="open", item=requirement.item_id)
    open_quantity = Sum(F("quantity") - F("picked"))
    idle = lines.filter(IDLE).aggregate(all=open_quantity)["all"] or ZERO
    walked = (lines.aggregate(all=open_quantity)["all"] or ZERO) - idle
    own = ledger.held_by(requirement, item_id=requirement.item_id, warehouse_id=home, on=on)
    return Holds(own, idle, walked)


def wants(requirement: Requirement, *, on: date) -> Decimal:
    """Return how much of what lies there a requirement could use now; what it has reserved to come does not count."""
    home = requirement.work_order.warehouse_id
    own = ledger.held_by(requirement, item_id=requirement.item_id, warehouse_id=home, on=on)
    return requirement.open_quantity - listed(requirement) - coming(requirement) - own


def take(requirement: Requirement, quantity: Decimal) -> Decimal:
    """Take up to `quantity` off what a requirement holds, what is reserved first; return how much was taken."""
    freed = ledger.consume_reservation(
        item_id=requirement.item_id,
        warehouse_id=requirement.work_order.warehouse_id,
        holder=requirement,
        quantity=quantity,
    )
    return freed + filling.give_up(requirement, quantity - freed, only=IDLE)


def give(command: Command, requirement: Requirement, quantity: Decimal) -> None:
    """Let a requirement hold `quantity` that has become free: on its pick list where it is released, else reserved."""
    work_order = requirement.work_order
    ledger.reserve(
        command, item=requirement.item, warehouse=work_order.warehouse, quantity=quantity, holder=requirement
    )
    if not filling.stays_in(work_order, filling.PICKED_STATES):
        return
    parts = stock.pick_from(requirement.item_id, warehouse_id=work_order.warehouse_id, quantity=quantity, on=command.on)
    if not parts:
        return
    pick_list = filling.working_list(command, work_order)
    for balance, part in parts:
        ledger.allocate(balance, part)
        ledger.consume_reservation(
            item_id=requirement.item_id, warehouse_id=work_order.warehouse_id, holder=requirement, quantity=part
        )
        filling.add_line(pick_list, requirement, balance, part)
    record(command, "picking.filled", pick_list, lines=len(parts), work_order=work_order.code)

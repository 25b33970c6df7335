"""Carrying out an option: what each kind writes. Inside `actions.carry_out`, in its transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from qitao.journal.command import Command
from qitao.picking import actions as picking
from qitao.production import actions as production
from qitao.production.models import Requirement
from qitao.purchasing import actions as purchasing
from qitao.shortages.models import Case, OptionKind
from qitao.shortages.options import Option, kind_of
from qitao.stock import actions as stock

Wrote = dict[str, Any]


def items_of(requirement: Requirement, key: str) -> Iterable[int]:
    """Return every item that carrying out the option touches: they are locked before it is computed again."""
    if kind_of(key) == OptionKind.PARTIAL:
        return list(requirement.work_order.requirements.values_list("item_id", flat=True))
    substitutes = requirement.item.substitutes.values_list("substitute_id", flat=True)
    return [requirement.item_id, *substitutes]


def carry(command: Command, case: Case, requirement: Requirement, option: Option) -> Wrote:
    """Do what the option says; return the documents it made, by name."""
    return CARRY[option.kind](command, case, requirement, option.parameters)


def _other_bin(command: Command, case: Case, requirement: Requirement, how: dict[str, Any]) -> Wrote:
    for balance_id, quantity in how["bins"]:
        reply = picking.take_from(
            command, requirement_id=requirement.pk, balance_id=balance_id, quantity=Decimal(quantity)
        )
    return {"pick_list": reply["code"]}


def _transfer(command: Command, case: Case, requirement: Requirement, how: dict[str, Any]) -> Wrote:
    reply = stock.plan_transfer(
        command,
        item_id=how["item"],
        from_warehouse_id=how["from_warehouse"],
        to_warehouse_id=requirement.work_order.warehouse_id,
        quantity=Decimal(how["quantity"]),
        due_on=date.fromisoformat(how["due_on"]),
        reason=case.code,
        holder=requirement._meta.label_lower,
        holder_id=requirement.pk,
    )
    return {"transfer": reply["code"]}


def _substitute(command: Command, case: Case, requirement: Requirement, how: dict[str, Any]) -> Wrote:
    reply = production.substitute(command, requirement_id=requirement.pk, substitute_id=how["substitute"])
    return {"requirement": reply["requirement"]}


def _resequence(command: Command, case: Case, requirement: Requirement, how: dict[str, Any]) -> Wrote:
    work_order = requirement.work_order
    if how["before"] is not None:
        production.rank_before(command, work_order_id=work_order.pk, before_id=how["before"])
    for giver, quantity in how["givers"]:
        picking.hand_over(
            command, from_requirement_id=giver, to_requirement_id=requirement.pk, quantity=Decimal(quantity)
        )
    return {"ranked_before": how["before_code"], "from": how["giver_codes"]}


def _partial(command: Command, case: Case, requirement: Requirement, how: dict[str, Any]) -> Wrote:
    reply = production.split(command, work_order_id=requirement.work_order_id, quantity=Decimal(how["quantity"]))
    return {"work_order": reply["code"]}


def _expedite(command: Command, case: Case, requirement: Requirement, how: dict[str, Any]) -> Wrote:
    purchasing.repromise(
        command,
        delivery_id=how["delivery"],
        on=date.fromisoformat(how["on"]),
        reason=case.code,
        cost=Decimal(how["fee"]),
    )
    return {"delivery": how["delivery_code"]}


def _buy(command: Command, case: Case, requirement: Requirement, how: dict[str, Any]) -> Wrote:
    reply = purchasing.request(
        command,
        item_id=requirement.item_id,
        quantity=Decimal(how["quantity"]),
        warehouse_id=requirement.work_order.warehouse_id,
        needed_on=requirement.work_order.start_on,
        expected_on=date.fromisoformat(how["expected_on"]),
        source_id=how["source"],
        is_urgent=True,
        reason=case.code,
    )
    return {"requisition": reply["code"]}


def _wait(command: Command, case: Case, requirement: Requirement, how: dict[str, Any]) -> Wrote:
    return {}


CARRY: dict[str, Callable[[Command, Case, Requirement, dict[str, Any]], Wrote]] = {
    OptionKind.OTHER_BIN: _other_bin,
    OptionKind.TRANSFER: _transfer,
    OptionKind.SUBSTITUTE: _substitute,
    OptionKind.RESEQUENCE: _resequence,
    OptionKind.PARTIAL: _partial,
    OptionKind.EXPEDITE: _expedite,
    OptionKind.BUY: _buy,
    OptionKind.WAIT: _wait,
}

"""What the warehouse manager sets for counting: plans, classes and tolerances, and who walks a list."""

from __future__ import annotations

from typing import Any

from qitao.accounts.models import User
from qitao.journal.command import Command, Reply, action
from qitao.journal.records import keep
from qitao.stock import ledger
from qitao.stock.classes import rules
from qitao.stock.count_models import CountList, CountPlan, CountSettings
from qitao.stock.models import Warehouse

CLASS_FIELDS = ("every_days", "percent", "value")
SETTINGS_FIELDS = ("trifle", "two_people", "trust_counts", "trust_floor")


@action(permission="stock.adjust")
def keep_plan(command: Command, *, warehouse_id: int, values: dict[str, Any]) -> Reply:
    """Make or change the count plan of a warehouse. Refuses: WrongWarehouse, BadValue.

    Records: stock.count_plan_kept.
    """
    warehouse = Warehouse.objects.select_for_update(no_key=True).get(pk=warehouse_id)
    ledger.must_work_in(command, warehouse)
    plan = CountPlan.objects.filter(warehouse=warehouse).first() or CountPlan(warehouse=warehouse)
    keep(command, plan, values, kind="stock.count_plan_kept")
    return {"plan": plan.pk}


@action(permission="stock.adjust")
def keep_rules(command: Command, *, values: dict[str, Any]) -> Reply:
    """Change the classes – `A_every_days`, `A_percent`, `A_value` … – and what holds for all counts.

    Refuses: BadValue. Records: stock.count_class_kept, stock.count_settings_kept.
    """
    for letter, was in rules().items():
        new = {name: values[f"{letter}_{name}"] for name in CLASS_FIELDS}
        if new == {name: getattr(was, name) for name in CLASS_FIELDS}:
            continue
        keep(command, was, new | {"letter": letter}, kind="stock.count_class_kept")
    given = CountSettings.objects.filter(pk=1).first()
    if given is None:
        given = CountSettings.objects.create(pk=1)
    keep(command, given, {name: values[name] for name in SETTINGS_FIELDS}, kind="stock.count_settings_kept")
    return {}


def rules_as_values() -> dict[str, Any]:
    """Return what holds now, named as `keep_rules` takes it."""
    given = CountSettings.current()
    classes = {f"{letter}_{name}": getattr(row, name) for letter, row in rules().items() for name in CLASS_FIELDS}
    return classes | {name: getattr(given, name) for name in SETTINGS_FIELDS}


@action(permission="stock.adjust")
def give_list(command: Command, *, list_id: int, counter_id: int | None) -> Reply:
    """Give a list to another counter, or to anybody. Refuses: WrongWarehouse.

    Records: stock.count_list_given.
    """
    row = CountList.objects.select_for_update(no_key=True, of=("self",)).select_related("warehouse").get(pk=list_id)
    ledger.must_work_in(command, row.warehouse)
    counter = User.objects.get(pk=counter_id) if counter_id else None
    keep(command, row, {"counter_id": counter_id}, kind="stock.count_list_given")
    return {"list": row.pk, "counter": str(counter or "")}

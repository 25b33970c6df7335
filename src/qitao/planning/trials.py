"""Trying a change on a copy of the plan and saying what becomes of every order. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from qitao.engine import options as engine
from qitao.engine.costs import Costs
from qitao.engine.plant import NEVER, OrderKind, Plant
from qitao.kernel.quantity import ZERO, from_micro, plain, to_micro
from qitao.planning import queries as planning
from qitao.planning.snapshot import Snapshot
from qitao.production.models import WorkOrder
from qitao.production.queries import open_work_orders
from qitao.sales.models import SalesOrderLine


@dataclass(frozen=True, slots=True)
class Effect:
    """An order that a change makes later (or earlier): its date before and after, and penalties caused (or spared)."""

    kind: str  # work_order | sales_order
    code: str
    name: str
    name_en: str
    before_on: date | None
    after_on: date | None
    days: int | None  # later (earlier) by; None: it loses (gains) its date
    penalty: Decimal

    @property
    def loses_date(self) -> bool:
        """Whether it had a date and has none any more."""
        return self.days is None and self.after_on is None

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept with a decision."""
        return {
            "kind": self.kind,
            "code": self.code,
            "name": self.name,
            "name_en": self.name_en,
            "before_on": self.before_on.isoformat() if self.before_on else None,
            "after_on": self.after_on.isoformat() if self.after_on else None,
            "days": self.days,
            "penalty": plain(self.penalty),
        }


def penalties(shot: Snapshot) -> Costs:
    """Return what a day late costs, by order: the penalties agreed with customers."""
    rates = dict(SalesOrderLine.objects.filter(pk__in=shot.demands).values_list("pk", "penalty_per_day"))
    penalty = np.zeros(len(shot.plant.orders.code), np.int64)
    for line_id, order in shot.demands.items():
        penalty[order] = to_micro(rates[line_id])
    return Costs(penalty, np.zeros_like(penalty))


def noticed(plant: Plant, shifts: Iterable[engine.Shift]) -> list[engine.Shift]:
    """Return the shifts that anybody notices: a finish that moves beyond its due day, a kit beyond its need day."""
    found = []
    for shift in shifts:
        due = int(plant.orders.due_day[shift.order])
        need = max(int(plant.orders.need_day[shift.order]), 0)
        finish = max(shift.finish_before, due) != max(shift.finish_after, due)
        kit = max(shift.kit_before, need) != max(shift.kit_after, need)
        if finish or kit:
            found.append(shift)
    return found


class Namer:
    """Turns the shifts of trials into effects with names; what was looked up once is not looked up again."""

    def __init__(self, shot: Snapshot) -> None:
        self.plant = shot.plant
        self.names: dict[tuple[bool, int], tuple[str, str]] = {}

    def effects(self, shifts: Iterable[engine.Shift]) -> list[Effect]:
        """Return the effects of `shifts`, in their order."""
        shifts = list(shifts)
        self._look_up([self._key(shift) for shift in shifts])
        return [self._effect(shift) for shift in shifts]

    def _key(self, shift: engine.Shift) -> tuple[bool, int]:
        orders = self.plant.orders
        return orders.kind[shift.order] == OrderKind.DEMAND, int(orders.reference[shift.order])

    def _look_up(self, keys: Sequence[tuple[bool, int]]) -> None:
        new = {key for key in keys if key not in self.names}
        lines = [pk for is_demand, pk in new if is_demand]
        if lines:
            rows = SalesOrderLine.objects.filter(pk__in=lines)
            for pk, *names in rows.values_list("pk", "order__customer__name", "order__customer__name_en"):
                self.names[True, pk] = (names[0], names[1])
        orders = [pk for is_demand, pk in new if not is_demand]
        if orders:
            for pk, *names in WorkOrder.objects.filter(pk__in=orders).values_list("pk", "item__name", "item__name_en"):
                self.names[False, pk] = (names[0], names[1])

    def _effect(self, shift: engine.Shift) -> Effect:
        key = self._key(shift)
        name, name_en = self.names[key]
        return Effect(
            kind="sales_order" if key[0] else "work_order",
            code=self.plant.orders.code[shift.order],
            name=name,
            name_en=name_en,
            before_on=self.plant.date_of(shift.finish_before),
            after_on=self.plant.date_of(shift.finish_after),
            days=None if abs(shift.days) >= NEVER else abs(shift.days),
            penalty=from_micro(abs(shift.cost_after - shift.cost_before)),
        )


@dataclass(frozen=True, slots=True)
class RankTrial:
    """What becomes of everybody if some work orders are served before another; `before` None: after all others."""

    moved: list[WorkOrder]
    before: WorkOrder | None
    better: list[Effect]
    worse: list[Effect]

    @property
    def penalty(self) -> Decimal:
        """Penalties it causes, less those it spares."""
        return sum((effect.penalty for effect in self.worse), ZERO) - sum(
            (effect.penalty for effect in self.better), ZERO
        )


def try_rank(work_order_ids: Sequence[int], before_id: int | None, *, on: date) -> RankTrial:
    """Plan the factory again with `work_order_ids` (in this order) served just before `before_id`, or last of all."""
    planned = planning.planned(on)
    shot, orders = planned.shot, open_work_orders()
    rows = {row.pk: row for row in orders.filter(pk__in=[*work_order_ids, *([before_id] if before_id else [])])}
    moved = [rows[pk] for pk in work_order_ids if pk in rows and pk in shot.orders and pk != before_id]
    before = rows.get(before_id) if before_id else None
    rows_moved = [shot.orders[row.pk] for row in moved]
    if before is not None and before.pk in shot.orders:
        changes = [engine.PutFirst(row, shot.orders[before.pk]) for row in rows_moved]
    else:
        last = orders.exclude(pk__in=work_order_ids).reverse().first()
        changes = _put_last(rows_moved, shot.orders[last.pk]) if last is not None else []
    outcome = engine.evaluate(shot.plant, planned.kits, changes, costs=penalties(shot))
    name = Namer(shot)
    return RankTrial(
        moved,
        before,
        name.effects(noticed(shot.plant, outcome.better)),
        name.effects(noticed(shot.plant, outcome.worse)),
    )


def _put_last(orders: Sequence[int], last: int) -> list[engine.PutFirst]:
    """Return the changes that put orders after the one that is served last now: in front of it, then it before them."""
    changes = []
    for order in orders:
        changes += [engine.PutFirst(order, last), engine.PutFirst(last, order)]
        last = order
    return changes

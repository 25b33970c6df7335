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
from qitao.engine.kits import Kits
from qitao.engine.plant import NEVER, OrderKind, Plant
from qitao.kernel.quantity import ZERO, from_micro, plain, to_micro
from qitao.picking.reranking import Proposal, propose
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
class KitShift:
    """A work order whose kit is complete on another day, or in time no more, or again: before and after."""

    work_order_id: int
    code: str
    name: str
    name_en: str
    before_on: date | None
    after_on: date | None
    was_in_time: bool
    is_in_time: bool
    bottleneck: str  # the item that holds it up afterwards, or – where it is solved – did before

    @property
    def is_earlier(self) -> bool:
        """Whether the kit is complete earlier."""
        return (self.after_on or date.max) < (self.before_on or date.max)

    @property
    def is_new_shortage(self) -> bool:
        """Whether it was complete in time, and is not any more."""
        return self.was_in_time and not self.is_in_time

    @property
    def is_solved(self) -> bool:
        """Whether it is complete in time, and was not."""
        return self.is_in_time and not self.was_in_time


@dataclass(frozen=True, slots=True)
class RankTrial:
    """What becomes of everybody if some work orders are served before another; `before` None: after all others."""

    moved: list[WorkOrder]
    before: WorkOrder | None
    better: list[Effect]
    worse: list[Effect]
    kits: list[KitShift]
    proposal: Proposal

    @property
    def penalty(self) -> Decimal:
        """Penalties it causes, less those it spares."""
        return sum((effect.penalty for effect in self.worse), ZERO) - sum(
            (effect.penalty for effect in self.better), ZERO
        )

    @property
    def new_shortages(self) -> list[KitShift]:
        """The work orders that were complete in time and are not any more."""
        return [kit for kit in self.kits if kit.is_new_shortage]

    @property
    def solved(self) -> list[KitShift]:
        """The work orders that are complete in time and were not."""
        return [kit for kit in self.kits if kit.is_solved]

    @property
    def customers(self) -> list[Effect]:
        """One of the orders of each customer that is touched: whose goods come on another day."""
        touched = [effect for effect in (*self.worse, *self.better) if effect.kind == "sales_order"]
        return list({(effect.name, effect.name_en): effect for effect in touched}.values())


def try_rank(work_order_ids: Sequence[int], before_id: int | None, *, on: date) -> RankTrial:
    """Plan the factory again with `work_order_ids` (in this order) served just before `before_id`, or last of all.

    What they hold follows, as `picking.reranking` proposes it: the same is done when it is carried out.
    """
    planned = planning.planned(on)
    shot, orders = planned.shot, open_work_orders()
    rows = {row.pk: row for row in orders.filter(pk__in=[*work_order_ids, *([before_id] if before_id else [])])}
    moved = [rows[pk] for pk in work_order_ids if pk in rows and pk in shot.orders and pk != before_id]
    before = rows.get(before_id) if before_id else None
    rows_moved = [shot.orders[row.pk] for row in moved]
    changes: list[engine.Change]
    if before is not None and before.pk in shot.orders:
        changes = [engine.PutFirst(row, shot.orders[before.pk]) for row in rows_moved]
    else:
        last = orders.exclude(pk__in=work_order_ids).reverse().first()
        changes = [*_put_last(rows_moved, shot.orders[last.pk])] if last is not None else []
    proposal = propose(work_order_ids, before_id, on=on)
    changes += _passed_on(shot, proposal)
    outcome = engine.evaluate(shot.plant, planned.kits, changes, costs=penalties(shot))
    name = Namer(shot)
    return RankTrial(
        moved,
        before,
        name.effects(noticed(shot.plant, outcome.better)),
        name.effects(noticed(shot.plant, outcome.worse)),
        _kits(shot, planned.kits, outcome.kits),
        proposal,
    )


def _passed_on(shot: Snapshot, proposal: Proposal) -> list[engine.Change]:
    """Return what a proposal passes on as changes of the plant: first all is given up, then all is claimed.

    No more than the snapshot counts as reserved: what nothing stands behind passes nothing on.
    """
    claims = shot.plant.reservations
    held: dict[tuple[int, int], int] = {}
    for line, supply, quantity in zip(
        claims.line.tolist(), claims.supply.tolist(), claims.quantity.tolist(), strict=True
    ):
        held[line, supply] = held.get((line, supply), 0) + quantity
    given: list[engine.Change] = []
    taken: list[engine.Change] = []
    for passing in proposal.passings:
        place = {"item_id": passing.item_id, "warehouse_id": passing.warehouse_id}
        supply = shot.supply_row(passing.supply, passing.supply_id, **place)
        giver, taker = shot.lines.get(passing.giver), shot.lines.get(passing.taker)
        if supply is None or giver is None or taker is None:
            continue
        part = min(to_micro(passing.quantity), held.get((giver, supply), 0))
        if part > 0:
            held[giver, supply] -= part
            given.append(engine.ReleaseReservation(giver, supply, part))
            taken.append(engine.Claim(taker, supply, part))
    return [*given, *taken]


IN_TIME = ("now", "on_date")


def _kits(shot: Snapshot, before: Kits, after: Kits) -> list[KitShift]:
    """Return the work orders whose kit day, or being in time, changes, the first served first."""
    numbers = {row: pk for pk, row in shot.orders.items()}
    found = []
    named = WorkOrder.objects.filter(pk__in=shot.orders).values_list("pk", "item__name", "item__name_en")
    names = {pk: (name, name_en) for pk, name, name_en in named}
    for row, pk in sorted(numbers.items(), key=lambda each: int(after.service_position[each[0]])):
        days = int(before.kit_day[row]), int(after.kit_day[row])
        states = before.state(row).word in IN_TIME, after.state(row).word in IN_TIME
        if days[0] == days[1] and states[0] == states[1]:
            continue
        held_up = int((before if states[1] else after).bottleneck[row])
        found.append(
            KitShift(
                work_order_id=pk,
                code=shot.plant.orders.code[row],
                name=names[pk][0],
                name_en=names[pk][1],
                before_on=shot.plant.date_of(days[0]),
                after_on=shot.plant.date_of(days[1]),
                was_in_time=states[0],
                is_in_time=states[1],
                bottleneck="" if held_up < 0 else shot.plant.items.code[int(shot.plant.lines.item[held_up])],
            )
        )
    return found


def _put_last(orders: Sequence[int], last: int) -> list[engine.PutFirst]:
    """Return the changes that put orders after the one that is served last now: in front of it, then it before them."""
    changes = []
    for order in orders:
        changes += [engine.PutFirst(order, last), engine.PutFirst(last, order)]
        last = order
    return changes

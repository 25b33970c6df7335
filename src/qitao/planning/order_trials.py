"""What changing a work order would do to it and to everybody: the change is made, looked at, and taken back.

The very action that will carry the change out is run in a transaction that is rolled back, and the factory planned as
it was then: what is shown is what the action does. Nothing here stays written.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from qitao.catalog.models import Item
from qitao.engine.clear_to_build import clear_to_build
from qitao.engine.costs import days_between
from qitao.engine.options import Shift
from qitao.engine.plant import NEVER, SupplyKind
from qitao.journal.command import Command
from qitao.kernel.quantity import ZERO, from_micro
from qitao.picking.models import PickLine
from qitao.planning import queries as planning
from qitao.planning import snapshot
from qitao.planning.answer import Planned
from qitao.planning.models import KitDate, KitState
from qitao.planning.trials import Effect, Namer, noticed, penalties
from qitao.production import changing
from qitao.production.changing import LineChange, Wanted
from qitao.production.models import Requirement, WorkOrder
from qitao.stock.models import Reservation

Claims = dict[int, Decimal]  # item id → quantity


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """How much of an item is on the order's pick lists and reserved for it, before and after."""

    item: Item
    listed_was: Decimal
    listed_becomes: Decimal
    held_was: Decimal
    held_becomes: Decimal


@dataclass(frozen=True, slots=True)
class SupplyChange:
    """How much the plan gives the order of an order that supplies it, before and after."""

    code: str
    item: Item
    was: Decimal
    becomes: Decimal


@dataclass(frozen=True, slots=True)
class ChangeTrial:
    """What a change would do. `mark` stands for all of it: it is handed back with the yes."""

    order: WorkOrder
    wanted: Wanted
    lines: list[LineChange]
    claims: list[ClaimChange]
    kit_before: KitDate | None
    kit_after: KitDate | None
    better: list[Effect]
    worse: list[Effect]
    supplies: list[SupplyChange]
    mark: str

    @property
    def penalty(self) -> Decimal:
        """Penalties it causes, less those it spares."""
        return sum((each.penalty for each in self.worse), ZERO) - sum((each.penalty for each in self.better), ZERO)


def try_change(command: Command, *, work_order_id: int, wanted: Wanted) -> ChangeTrial:
    """Return what `changing.change_order` would do. Refuses: as that does."""
    before = planning.planned(command.on)
    with transaction.atomic():
        order = WorkOrder.objects.select_related("item__unit", "warehouse", "bom").get(pk=work_order_id)
        lines = changing.decide(order, wanted)
        had = _claims(order)
        changing.change_order(
            command,
            work_order_id=order.pk,
            quantity=wanted.quantity,
            start_on=wanted.start_on,
            due_on=wanted.due_on,
            bom_id=wanted.bom_id,
        )
        has = _claims(order)
        shot = snapshot.take(command.on)
        transaction.set_rollback(True)
    after = Planned(shot, clear_to_build(shot.plant), 0.0)
    shifts = noticed(before.shot.plant, _shifts(before, after, leave_out=order.pk))
    name = Namer(before.shot)
    return ChangeTrial(
        order=order,
        wanted=wanted,
        lines=lines,
        claims=_claim_changes(had, has),
        kit_before=_kit(before, order.pk),
        kit_after=_kit(after, order.pk),
        better=name.effects(shift for shift in shifts if shift.days < 0),
        worse=name.effects(shift for shift in shifts if shift.days > 0),
        supplies=_supply_changes(before, after, order.pk),
        mark=changing.mark(order, wanted, lines),
    )


def _claims(order: WorkOrder) -> tuple[Claims, Claims]:
    """Return what is on the order's pick lists and what is reserved for it, by item."""
    listed = PickLine.objects.filter(requirement__work_order=order, status="open").values_list("item")
    lines = order.requirements.values_list("pk", flat=True)
    held = Reservation.objects.filter(holder=Requirement._meta.label_lower, holder_id__in=lines).values_list("item")
    return (
        dict(listed.annotate(all=Sum(F("quantity") - F("picked")))),
        dict(held.annotate(all=Sum("quantity"))),
    )


def _claim_changes(had: tuple[Claims, Claims], has: tuple[Claims, Claims]) -> list[ClaimChange]:
    ids = sorted({item for claims in (*had, *has) for item in claims})
    items = Item.objects.select_related("unit").in_bulk(ids)
    changes = [
        ClaimChange(items[pk], *(claims.get(pk, ZERO) for claims in (had[0], has[0], had[1], has[1]))) for pk in ids
    ]
    return [each for each in changes if (each.listed_was, each.held_was) != (each.listed_becomes, each.held_becomes)]


def _kit(planned: Planned, work_order_id: int) -> KitDate | None:
    """Return when a plan has the work order's kit complete and it done; None where it does not see it. Not saved."""
    order = planned.shot.orders.get(work_order_id)
    if order is None:
        return None
    kits = planned.kits
    late = kits.days_late(order)
    return KitDate(
        work_order_id=work_order_id,
        state=KitState(kits.state(order).word).value,
        kit_on=planned.date_of(int(kits.kit_day[order])),
        done_on=planned.date_of(int(kits.finish_day[order])),
        days_late=None if late >= NEVER else late,
    )


def _shifts(before: Planned, after: Planned, *, leave_out: int) -> list[Shift]:
    """Return whose days differ between two plans of the same factory, in the order of service of the first."""
    pairs = {row: after.shot.orders.get(pk) for pk, row in before.shot.orders.items() if pk != leave_out}
    pairs |= {row: after.shot.demands.get(pk) for pk, row in before.shot.demands.items()}
    costs, orders = penalties(before.shot), before.shot.plant.orders
    shifts = []
    for row in before.shot.plant.service_sequence.tolist():
        other = pairs.get(row)
        if other is None:
            continue
        was = int(before.kits.kit_day[row]), int(before.kits.finish_day[row])
        now = int(after.kits.kit_day[other]), int(after.kits.finish_day[other])
        if was != now:
            late = days_between(int(orders.due_day[row]), now[1])
            waiting = days_between(max(int(orders.need_day[row]), 0), now[0])
            cost = costs.of_days(row, days_late=late, days_waiting=waiting)
            shifts.append(Shift(row, was[0], now[0], was[1], now[1], costs.of(before.kits, row), cost))
    return shifts


def _supplies(planned: Planned, work_order_id: int) -> dict[tuple[str, int], Decimal]:
    """Return what the plan gives the order from orders that supply it: their codes, the item, how much."""
    given: dict[tuple[str, int], Decimal] = defaultdict(lambda: ZERO)
    order, kits = planned.shot.orders.get(work_order_id), planned.kits
    if order is None:
        return given
    supplies, items = planned.shot.plant.supplies, {row: pk for pk, row in planned.shot.items.items()}
    for line in planned.shot.plant.lines_of(order).tolist():
        for peg in kits.pegs_of(line):
            supply = int(kits.peg_supply[peg])
            if supplies.kind[supply] != SupplyKind.STOCK:
                given[supplies.code[supply], items[int(supplies.item[supply])]] += from_micro(
                    int(kits.peg_quantity[peg])
                )
    return given


def _supply_changes(before: Planned, after: Planned, work_order_id: int) -> list[SupplyChange]:
    was, becomes = _supplies(before, work_order_id), _supplies(after, work_order_id)
    keys = [key for key in {**was, **becomes} if was.get(key, ZERO) != becomes.get(key, ZERO)]
    items = Item.objects.select_related("unit").in_bulk({item for _, item in keys})
    return [SupplyChange(key[0], items[key[1]], was.get(key, ZERO), becomes.get(key, ZERO)) for key in sorted(keys)]

"""Other ranks: what a move would do is shown first, and exactly that is done."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from qitao.picking import actions as picking
from qitao.picking import reranking, reserving
from qitao.picking.models import PickLine
from qitao.picking.proving import unclaimed
from qitao.picking.proving_reservations import overclaimed, unheld
from qitao.picking.reranking import RanksMovedOn
from qitao.planning import actions as planning
from qitao.planning.trials import RankTrial, try_rank
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.stock.models import Reservation
from tests import small_plant
from tests.small_plant import MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("PLATE", "A-02", 1000)
    plant.put("PAINT", "A-03", 1000)
    return plant


def bolts(order: WorkOrder) -> Requirement:
    return order.requirements.get(item__code="BOLT")


def holds(order: WorkOrder) -> dict[str, Decimal]:
    """Return what a work order holds of the bolts, by where it stands."""
    found = {f"{row.supply}": row.quantity for row in Reservation.objects.filter(holder_id=bolts(order).pk)}
    lines = PickLine.objects.filter(requirement=bolts(order), status="open")
    listed = sum((line.open_quantity for line in lines), Decimal(0))
    return found | ({"list": listed} if listed else {})


def apply(plant: SmallPlant, trial: RankTrial, ids: list[int], before: int | None) -> None:
    digest = trial.proposal.digest
    reranking.rerank(plant.do("planner"), work_order_ids=ids, before_id=before, digest=digest)
    assert unclaimed() == []
    assert overclaimed(on=MONDAY) == []
    assert unheld(on=MONDAY) == []


def kit_days() -> dict[str, int]:
    planned = planning.plan(MONDAY)
    rows = planned.shot.orders.values()
    return {planned.shot.plant.orders.code[row]: int(planned.kits.kit_day[row]) for row in rows}


def said(trial: RankTrial) -> dict[str, tuple[object, object]]:
    return {kit.code: (kit.before_on, kit.after_on) for kit in trial.kits}


def test_what_lies_there_follows_the_rank_from_list_to_list(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    first, second = plant.released(10, code="WO-1"), plant.released(10, code="WO-2")
    assert (holds(first), holds(second)) == ({"list": 40}, {})
    trial = try_rank([second.pk], first.pk, on=MONDAY)
    assert [kit.code for kit in trial.new_shortages] == ["WO-1"]
    assert [kit.code for kit in trial.solved] == ["WO-2"]
    assert (holds(first), holds(second)) == ({"list": 40}, {}), "a preview changes nothing"
    apply(plant, trial, [second.pk], first.pk)
    assert (holds(first), holds(second)) == ({}, {"list": 40})
    back = try_rank([second.pk], None, on=MONDAY)
    apply(plant, back, [second.pk], None)
    assert (holds(first), holds(second)) == ({"list": 40}, {})


def test_what_the_taker_had_coming_goes_the_other_way(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    first, second = plant.work_order(10, code="WO-1"), plant.work_order(10, code="WO-2")
    production.reserve_material(plant.do("planner"), work_order_id=first.pk)
    reserving.reserve_supply(
        plant.do("planner"),
        requirement_id=bolts(second).pk,
        supply_kind="purchase",
        supply_id=plant.purchase("BOLT", 40, promised=9).pk,
        quantity=Decimal(40),
    )
    trial = try_rank([second.pk], first.pk, on=MONDAY)
    apply(plant, trial, [second.pk], first.pk)
    assert (holds(first), holds(second)) == ({"purchase": 40}, {"stock": 40})


def test_what_is_being_picked_and_what_is_frozen_stays_and_is_said(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 60)
    walked, frozen = plant.released(10, code="WALKED"), plant.work_order(5, code="FROZEN")
    production.reserve_material(plant.do("planner"), work_order_id=frozen.pk)
    kept = Reservation.objects.get(holder_id=bolts(frozen).pk)
    reserving.keep_reservation(plant.do("planner"), reservation_id=kept.pk, is_frozen=True)
    line = PickLine.objects.get(item__code="BOLT")
    picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(1))
    urgent = plant.work_order(20, code="URGENT")
    trial = try_rank([urgent.pk], walked.pk, on=MONDAY)
    iron = bolts(urgent).item_id
    assert [each for each in trial.proposal.passings if each.item_id == iron] == []
    told = {(each.why, each.quantity) for each in trial.proposal.kept if each.item_id == iron}
    assert told == {("walked", 39), ("frozen", 20)}
    apply(plant, trial, [urgent.pk], walked.pk)
    assert (holds(walked), holds(frozen), holds(urgent)) == ({"list": 39}, {"stock": 20}, {})


def test_orders_that_keep_their_order_among_themselves_keep_what_they_have(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    first, second = plant.work_order(10, code="WO-1"), plant.work_order(10, code="WO-2")
    production.reserve_material(plant.do("planner"), work_order_id=second.pk)  # though served after the first
    third = plant.work_order(2, code="WO-3")
    trial = try_rank([third.pk], first.pk, on=MONDAY)
    apply(plant, trial, [third.pk], first.pk)
    assert (holds(first), holds(second), holds(third)) == ({}, {"stock": 32}, {"stock": 8})


def test_what_changed_since_it_was_shown_is_not_done(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    first, second = plant.released(10, code="WO-1"), plant.released(10, code="WO-2")
    trial = try_rank([second.pk], first.pk, on=MONDAY)
    picking.confirm(plant.do("picker"), pick_line_id=PickLine.objects.get(item__code="BOLT").pk, quantity=Decimal(5))
    with pytest.raises(RanksMovedOn):
        apply(plant, trial, [second.pk], first.pk)
    assert list(WorkOrder.objects.order_by("rank").values_list("code", flat=True)) == ["WO-1", "WO-2"]


def test_customers_whose_goods_come_later_are_named(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    first, second = plant.work_order(10, code="WO-1"), plant.work_order(10, code="WO-2")
    plant.purchase("BOLT", 40, promised=20)
    plant.sale(10, due=9)
    trial = try_rank([second.pk], first.pk, on=MONDAY)
    assert {kit.code for kit in trial.kits} == {"WO-1", "WO-2"}
    apply(plant, trial, [second.pk], first.pk)


@pytest.mark.parametrize("seed", range(8))
def test_after_applying_the_plan_is_what_the_preview_said(plant: SmallPlant, seed: int) -> None:
    """Any factory, any move: every kit date is the one that was shown, and those not shown are as they were."""
    chance = random.Random(seed)
    plant.put("BOLT", "A-01", chance.randint(20, 120))
    coming = [plant.purchase("BOLT", chance.randint(10, 60), promised=day, code=f"PO-{day}") for day in (7, 9, 14)]
    orders = []
    for number in range(6):
        order = plant.work_order(chance.randint(2, 12), start=chance.randint(5, 12), due=20, code=f"WO-{number}")
        orders.append(order)
        match chance.choice(["firm", "reserve", "release", "coming"]):
            case "reserve":
                production.reserve_material(plant.do("planner"), work_order_id=order.pk)
            case "release":
                production.release(plant.do("planner"), work_order_id=order.pk)
            case "coming":
                free = [each for each in coming if not Reservation.objects.filter(supply_id=each.pk).exists()]
                if free:
                    reserving.reserve_supply(
                        plant.do("planner"),
                        requirement_id=bolts(order).pk,
                        supply_kind="purchase",
                        supply_id=free[0].pk,
                        quantity=min(free[0].open_quantity, bolts(order).open_quantity),
                    )
    for _ in range(3):
        moved = [order.pk for order in chance.sample(orders, chance.randint(1, 2))]
        left = [order.pk for order in orders if order.pk not in moved]
        before = chance.choice([*left, None])
        was, trial = kit_days(), try_rank(moved, before, on=MONDAY)
        apply(plant, trial, moved, before)
        shown, now = said(trial), kit_days()
        planned = planning.plan(MONDAY)
        for code, day in now.items():
            expected = shown[code][1] if code in shown else planned.date_of(was[code])
            assert planned.date_of(day) == expected, code

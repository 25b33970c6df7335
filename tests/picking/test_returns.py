"""Issued material that was not used comes back to the bin and lot it was picked from."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from qitao.catalog.models import BomLine
from qitao.kernel.quantity import MICRO
from qitao.kernel.refusal import BadValue, Gone, NotNow
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.picking.queries import last_pick, returnable
from qitao.picking.refusals import MoreThanIssued
from qitao.planning import snapshot
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Move
from qitao.stock.refusals import NothingToReverse
from tests import small_plant
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("BOLT", "A-01", 100, lot="L-1")
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", 100)
    return plant


def pick_all(plant: SmallPlant, order: WorkOrder) -> None:
    for line in PickLine.objects.filter(pick_list__work_order=order, status="open"):
        picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=line.open_quantity)


def picked(plant: SmallPlant, quantity: int = 10) -> WorkOrder:
    order = plant.released(quantity, code="WO-1")
    pick_all(plant, order)
    return order


def line_of(order: WorkOrder, item: str = "BOLT") -> PickLine:
    return PickLine.objects.get(pick_list__work_order=order, item__code=item)


def back(plant: SmallPlant, order: WorkOrder, quantity: int, item: str = "BOLT") -> None:
    quantities = {line_of(order, item).pk: Decimal(quantity)}
    picking.return_to_stock(plant.do("line_leader"), work_order_id=order.pk, quantities=quantities)


def bolts(order: WorkOrder) -> Requirement:
    return order.requirements.get(item__code="BOLT")


def made(plant: SmallPlant, order: WorkOrder, quantity: int) -> None:
    production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(quantity))
    order.refresh_from_db()


def test_it_lies_where_it_came_from_and_is_issued_no_more(plant: SmallPlant) -> None:
    order = picked(plant)
    back(plant, order, 15)
    balance = Balance.objects.get(item__code="BOLT")
    assert (balance.location.code, balance.lot.code, balance.on_hand, balance.allocated) == ("A-01", "L-1", 75, 0)
    assert (bolts(order).issued, bolts(order).quantity, line_of(order).returned) == (25, 40, 15)
    move = Move.objects.latest("id")
    assert (move.from_location.kind, move.quantity, move.document_code) == ("production", 15, "WO-1")
    assert ledger.verify() == []


def test_the_plan_has_it_in_stock_again_and_the_order_wants_it_again(plant: SmallPlant) -> None:
    order = picked(plant)
    back(plant, order, 15)
    shot = snapshot.take(MONDAY)
    held = shot.plant.supplies.quantity[shot.stock[plant.items["BOLT"].pk, plant.home.pk]]
    wanted = shot.plant.lines.quantity[shot.lines[bolts(order).pk]]
    assert (int(held) // MICRO, int(wanted) // MICRO) == (75, 15)


def test_several_materials_come_back_at_once_or_not_at_all(plant: SmallPlant) -> None:
    order = picked(plant)
    lines = {line_of(order).pk: Decimal(4), line_of(order, "PLATE").pk: Decimal(11)}
    with pytest.raises(MoreThanIssued):
        picking.return_to_stock(plant.do("picker"), work_order_id=order.pk, quantities=lines)
    assert plant.on_hand("BOLT", "A-01") == 60
    lines[line_of(order, "PLATE").pk] = Decimal(1)
    picking.return_to_stock(plant.do("picker"), work_order_id=order.pk, quantities=lines)
    assert (plant.on_hand("BOLT", "A-01"), plant.on_hand("PLATE", "A-02")) == (64, 91)


def test_what_went_into_pieces_does_not_come_back(plant: SmallPlant) -> None:
    order = picked(plant)
    made(plant, order, 4)
    production.report_output(
        plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(0), scrapped=Decimal(2), scrap_reason="test"
    )
    with pytest.raises(MoreThanIssued) as refused:
        back(plant, order, 17)
    assert refused.value.facts == {"item": "BOLT", "asked": "17", "issued": "40", "used": "24", "most": "16"}
    back(plant, order, 16)
    with pytest.raises(MoreThanIssued):
        back(plant, order, 1)


def test_what_was_allowed_for_scrap_and_not_needed_comes_back(plant: SmallPlant) -> None:
    BomLine.objects.filter(component=plant.items["BOLT"]).update(scrap_percent=10)
    order = picked(plant)
    made(plant, order, 10)
    assert [(each.line.item.code, each.quantity) for each in returnable(order) if each.quantity] == [("BOLT", 4)]
    back(plant, order, 4)
    assert plant.on_hand("BOLT", "A-01") == 60


def test_what_a_split_left_over_is_not_wanted_again(plant: SmallPlant) -> None:
    """All was issued for ten frames; four stay. What comes back of the rest must not look like a shortage."""
    order = picked(plant)
    production.split(plant.do("planner"), work_order_id=order.pk, quantity=Decimal(4))
    assert bolts(order).issued == 40
    back(plant, order, 30)
    assert (bolts(order).issued, bolts(order).quantity, bolts(order).open_quantity) == (10, 16, 6)


def test_a_substitute_shares_the_work_and_only_what_was_issued_limits_it(plant: SmallPlant) -> None:
    order = plant.released(10, code="WO-1")
    picking.confirm(plant.do("picker"), pick_line_id=line_of(order).pk, quantity=Decimal(20))
    production.substitute(plant.do("planner"), requirement_id=bolts(order).pk, substitute_id=plant.items["BOLT-ZN"].pk)
    made(plant, order, 5)
    back(plant, order, 20)
    with pytest.raises(MoreThanIssued):
        back(plant, order, 1)


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_is_no_return(plant: SmallPlant, quantity: int) -> None:
    with pytest.raises(BadValue):
        back(plant, picked(plant), quantity)


def test_another_orders_pick_is_not_this_ones_to_return(plant: SmallPlant) -> None:
    order, other = picked(plant, 5), plant.released(5, code="WO-2")
    with pytest.raises(Gone):
        picking.return_to_stock(plant.do("picker"), work_order_id=order.pk, quantities={line_of(other).pk: Decimal(1)})


def test_after_cancelling_it_comes_back_after_closing_not(plant: SmallPlant) -> None:
    order = picked(plant, 5)
    production.cancel(plant.do("planner"), work_order_id=order.pk)
    back(plant, order, 20)
    closed = plant.released(5, code="WO-2")
    pick_all(plant, closed)
    made(plant, closed, 2)
    production.finish(plant.do("planner"), work_order_id=closed.pk, reason="enough")
    back(plant, closed, 2)
    production.close(plant.do("planner"), work_order_id=closed.pk)
    with pytest.raises(NotNow):
        back(plant, closed, 1)


def test_a_pick_that_came_back_is_not_undone_as_well(plant: SmallPlant) -> None:
    order = picked(plant)
    line = line_of(order)
    move = Move.objects.get(item=plant.items["BOLT"], to_location__kind="production")
    back(plant, order, 1)
    back(plant, order, 1, "PLATE")
    back(plant, order, 1, "PAINT")
    assert last_pick(line.pick_list, actor=plant.people["picker"], at=EIGHT + timedelta(minutes=1)) is None
    with pytest.raises(NothingToReverse):
        picking.undo(plant.do("picker"), move_id=move.pk, pick_line_id=line.pk)


def test_the_same_return_sent_twice_is_one(plant: SmallPlant) -> None:
    order = picked(plant)
    command = plant.do("line_leader")
    for _ in range(2):
        picking.return_to_stock(command, work_order_id=order.pk, quantities={line_of(order).pk: Decimal(5)})
    assert bolts(order).issued == 35

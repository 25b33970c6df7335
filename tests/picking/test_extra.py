"""More than needed: issued with a reason, within a limit, seen on the work order, brought back; what went into it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from qitao.catalog.models import Item
from qitao.kernel.refusal import BadValue, NotNow
from qitao.picking import actions as picking
from qitao.picking import extra
from qitao.picking.consumption import consumed, over_reasons
from qitao.picking.models import PickLine, PickList
from qitao.picking.proving import unclaimed
from qitao.picking.queries import last_pick, returnable
from qitao.picking.refusals import MoreThanAllowed
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.stock import queries as ledger
from qitao.stock.models import Warehouse
from qitao.stock.refusals import NotEnoughOnHand, NotEnoughToReserve
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("BOLT", "A-01", 500, lot="L1")
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", "50.5")
    return plant


def line_of(order: WorkOrder, item: str = "BOLT") -> PickLine:
    return PickLine.objects.get(pick_list__work_order=order, item__code=item, over_reason="")


def need(order: WorkOrder, item: str = "BOLT") -> Requirement:
    return Requirement.objects.get(work_order=order, item__code=item)


def take(plant: SmallPlant, line: PickLine, quantity: int, *, role: str = "picker", **more: Any) -> dict[str, Any]:
    more = {"reason": "scrap", **more}
    return extra.take_more(plant.do(role), pick_line_id=line.pk, quantity=Decimal(quantity), **more)


def test_more_than_the_line_is_issued_and_counts_as_over(plant: SmallPlant) -> None:
    order = plant.released(10)
    reply = take(plant, line_of(order), 44, note="two reels bent")
    row = need(order)
    assert (row.issued, row.open_quantity, row.over_issued) == (44, 0, 4)
    assert Decimal(reply["over"]) == 4
    assert plant.on_hand("BOLT", "A-01") == 456
    with override("en"):
        assert over_reasons([row]) == {row.pk: "spoiled on the line: two reels bent"}
    assert ledger.verify() == [] == unclaimed()


def test_a_line_that_is_picked_gets_more(plant: SmallPlant) -> None:
    order = plant.released(10)
    line = line_of(order)
    picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(40))
    take(plant, line, 3)
    assert need(order).over_issued == 3


def test_the_limit_is_the_warehouse_s_and_its_manager_goes_beyond(plant: SmallPlant) -> None:
    order = plant.released(10)
    with pytest.raises(MoreThanAllowed):
        take(plant, line_of(order), 45)
    assert plant.on_hand("BOLT", "A-01") == 500
    Warehouse.objects.filter(code="RM").update(over_percent=20)
    take(plant, line_of(order), 45)
    with pytest.raises(MoreThanAllowed):
        take(plant, line_of(order), 4)  # nine in all
    take(plant, line_of(order), 60, role="warehouse_manager")
    assert need(order).over_issued == 65


def test_a_whole_pack_may_always_be_taken_but_not_two(plant: SmallPlant) -> None:
    Item.objects.filter(code="BOLT").update(pack_quantity=100)
    order = plant.released(10)
    take(plant, line_of(order), 100, reason="whole_pack")
    assert need(order).over_issued == 60
    with pytest.raises(MoreThanAllowed):
        take(plant, line_of(order), 100, reason="whole_pack")


def test_what_goes_beyond_the_line_first_covers_what_other_bins_were_to_give(plant: SmallPlant) -> None:
    order = plant.released(10)
    picking.confirm(plant.do("picker"), pick_line_id=line_of(order).pk, quantity=Decimal(20))
    later = plant.released(5)
    Requirement.objects.filter(pk=need(order).pk).update(quantity=60)
    picking.make_list(plant.do("line_leader"), work_order_id=order.pk)
    assert line_of(order).open_quantity == 40
    plates = PickLine.objects.get(pick_list__work_order=order, item__code="PLATE")
    picking.confirm(plant.do("picker"), pick_line_id=plates.pk, quantity=Decimal(10))
    take(plant, line_of(order), 42)
    assert (need(order).issued, need(order).over_issued) == (62, 2)
    assert line_of(later).open_quantity == 20  # what is for others stays theirs
    assert unclaimed() == []


def test_what_others_hold_is_not_taken(plant: SmallPlant) -> None:
    order, _other = plant.released(10), plant.released(110)  # 440 of 500 are allocated to the other
    with pytest.raises(NotEnoughOnHand):
        take(plant, line_of(order), 61, role="warehouse_manager")
    firm = plant.work_order(5)
    production.reserve_material(plant.do("planner"), work_order_id=firm.pk)
    with pytest.raises(NotEnoughToReserve):
        take(plant, line_of(order), 43, role="warehouse_manager")


def test_it_needs_a_reason_a_rest_beyond_the_line_and_a_work_order_that_runs(plant: SmallPlant) -> None:
    order = plant.released(10)
    for quantity, reason in ((44, ""), (44, "greed"), (40, "scrap")):
        with pytest.raises(BadValue):
            take(plant, line_of(order), quantity, reason=reason)
    production.cancel(plant.do("planner"), work_order_id=order.pk)
    with pytest.raises(NotNow):
        take(plant, line_of(order), 44)


def test_an_undo_takes_the_more_back_and_nobody_is_to_pick_it_again(plant: SmallPlant) -> None:
    order = plant.released(10)
    take(plant, line_of(order), 44)
    pick_list = PickList.objects.get(work_order=order)
    last = last_pick(pick_list, actor=plant.people["picker"], at=EIGHT)
    assert last is not None
    assert (last.move.quantity, last.line.over_reason) == (4, "scrap")
    picking.undo(plant.do("picker"), move_id=last.move.pk, pick_line_id=last.line.pk)
    assert (need(order).issued, need(order).over_issued) == (40, 0)
    assert not PickLine.objects.filter(status="open", item__code="BOLT").exists()
    assert plant.on_hand("BOLT", "A-01") == 460
    assert unclaimed() == []


def test_what_was_more_comes_back_to_its_bin(plant: SmallPlant) -> None:
    order = plant.released(10)
    take(plant, line_of(order), 44)
    more = next(each.line for each in returnable(order) if each.line.over_reason)
    picking.return_to_stock(plant.do("line_leader"), work_order_id=order.pk, quantities={more.pk: Decimal(4)})
    assert (need(order).over_issued, plant.on_hand("BOLT", "A-01")) == (0, 460)


def test_sent_twice_it_is_taken_once(plant: SmallPlant) -> None:
    order, command = plant.released(10), plant.do("picker")
    line = line_of(order)
    for _ in range(2):
        extra.take_more(command, pick_line_id=line.pk, quantity=Decimal(44), reason="lost")
    assert plant.on_hand("BOLT", "A-01") == 456


# What went into it


def went_in(order: WorkOrder) -> list[tuple[str, str, Decimal, list[str]]]:
    return [
        (each.item.code, each.lot.code, each.quantity, [item.code for item in each.instead_of])
        for each in consumed(order)
    ]


def test_what_went_into_a_work_order_is_told_by_lot_and_substitute(plant: SmallPlant) -> None:
    plant.put("BOLT-ZN", "A-03", 100, lot="ZN-1")
    order, other = plant.released(10), plant.released(1)
    picking.confirm(plant.do("picker"), pick_line_id=line_of(order).pk, quantity=Decimal(25))
    picking.confirm(plant.do("picker"), pick_line_id=line_of(other).pk, quantity=Decimal(4))
    production.substitute(plant.do("planner"), requirement_id=need(order).pk, substitute_id=plant.items["BOLT-ZN"].pk)
    picking.confirm(plant.do("picker"), pick_line_id=line_of(order, "BOLT-ZN").pk, quantity=Decimal(15))
    assert went_in(order) == [("BOLT", "L1", 25, []), ("BOLT-ZN", "ZN-1", 15, ["BOLT"])]
    assert went_in(other) == [("BOLT", "L1", 4, [])]


def test_what_came_back_or_was_taken_back_did_not_go_in(plant: SmallPlant) -> None:
    order = plant.released(10)
    line = line_of(order)
    reply = picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(30))
    picking.undo(plant.do("picker"), move_id=reply["move"], pick_line_id=line.pk)
    assert went_in(order) == []
    picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(40))
    picking.return_to_stock(plant.do("line_leader"), work_order_id=order.pk, quantities={line.pk: Decimal(15)})
    assert went_in(order) == [("BOLT", "L1", 25, [])]
    production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(2))
    assert went_in(order) == [("BOLT", "L1", 25, [])]  # what it makes is not what went in

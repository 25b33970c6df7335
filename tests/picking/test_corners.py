"""Picks, undos and hand-overs where things are not as the simple case has them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from qitao.catalog.models import BomLine
from qitao.journal.numbers import next_code
from qitao.kernel.refusal import Gone
from qitao.picking import actions as picking
from qitao.picking.models import PickLine, PickList
from qitao.picking.refusals import WrongItem
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.production.refusals import NothingOpen
from qitao.stock import documents
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Move, Reservation
from qitao.stock.refusals import NotEnoughOnHand
from tests import small_plant
from tests.small_plant import SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def bolts(order: WorkOrder) -> Requirement:
    return order.requirements.get(item__code="BOLT")


def line_of(order: WorkOrder) -> PickLine:
    return PickLine.objects.get(pick_list__work_order=order, item__code="BOLT", status="open")


# Bins of the picker's choice


@pytest.mark.parametrize("why", ["quarantine", "doubted", "expired", "on its way"])
def test_no_bin_is_chosen_that_is_not_free_to_take(plant: SmallPlant, why: str) -> None:
    order = plant.released(10)
    plant.put("BOLT", "A-01", 40, lot="GOOD")
    facts = {"expires_on": date(2026, 1, 4)} if why == "expired" else {}
    bad = plant.put("BOLT", "A-02", 40, lot="BAD", status="quarantine" if why == "quarantine" else "ok", **facts)
    if why == "doubted":
        Balance.objects.filter(pk=bad.pk).update(doubted_at=datetime(2026, 1, 4, tzinfo=UTC))
    if why == "on its way":
        plant.bins["A-02"].kind = "transit"
        plant.bins["A-02"].save()
    with pytest.raises(NotEnoughOnHand):
        picking.take_from(plant.do("picker"), requirement_id=bolts(order).pk, balance_id=bad.pk, quantity=Decimal(40))
    bad.refresh_from_db()
    assert bad.allocated == 0


def test_the_night_shift_picks_nothing_that_expired_yesterday(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100, lot="OLD", expires_on=date(2026, 1, 5))
    order = plant.work_order(10)
    four_in_the_morning = datetime(2026, 1, 5, 20, 0, tzinfo=UTC)  # of the 6th in Shanghai
    production.release(plant.do("planner", at=four_in_the_morning), work_order_id=order.pk)
    assert not PickLine.objects.filter(item__code="BOLT").exists()


def test_a_document_of_new_year_s_morning_bears_the_new_year() -> None:
    assert next_code("CT", datetime(2026, 12, 31, 17, 0, tzinfo=UTC)).startswith("CT27-")


# Taking back


def test_what_was_found_damaged_is_no_pick_to_take_back(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    order = plant.released(10)
    line = line_of(order)
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(30), reason="damaged")
    damaged = Move.objects.get(to_status="damaged")
    with pytest.raises(Gone):
        picking.undo(plant.do("picker"), move_id=damaged.pk, pick_line_id=line.pk)
    assert bolts(order).issued == 30
    picked = Move.objects.get(to_location__kind="production")
    picking.undo(plant.do("picker"), move_id=picked.pk, pick_line_id=line.pk)
    assert (bolts(order).issued, line_of(order).open_quantity) == (0, 30)
    assert ledger.verify() == []


def test_a_pick_is_taken_back_from_its_own_line(plant: SmallPlant) -> None:
    """The same item twice in a BOM, both lines from one bin."""
    line = BomLine.objects.get(component__code="BOLT")
    BomLine.objects.create(bom=line.bom, position=9, component=line.component, quantity=Decimal(4), operation="20")
    plant.put("BOLT", "A-01", 100)
    order = plant.released(10)
    mine, other = PickLine.objects.filter(pick_list__work_order=order, item__code="BOLT").order_by("pk")
    move = picking.confirm(plant.do("picker"), pick_line_id=mine.pk, quantity=Decimal(40))["move"]
    picking.confirm(plant.do("picker"), pick_line_id=other.pk, quantity=Decimal(40))
    with pytest.raises(Gone):
        picking.undo(plant.do("picker"), move_id=move, pick_line_id=other.pk)
    picking.undo(plant.do("picker"), move_id=move, pick_line_id=mine.pk)
    assert list(order.requirements.filter(item__code="BOLT").values_list("issued", flat=True)) == [0, 40]


# Handing over


def hand_over(plant: SmallPlant, giver: Requirement, taker: Requirement, quantity: int) -> None:
    picking.hand_over(
        plant.do("planner"),
        from_requirement_id=giver.pk,
        to_requirement_id=taker.pk,
        quantity=Decimal(quantity),
    )


def test_nobody_is_handed_more_than_he_lacks(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 50)
    giver, taker = plant.released(10, code="GIVER"), plant.released(5, code="TAKER")
    assert line_of(taker).quantity == 10
    hand_over(plant, bolts(giver), bolts(taker), 40)
    assert (line_of(giver).quantity, line_of(taker).quantity) == (30, 20)
    assert not Reservation.objects.exists()
    with pytest.raises(NothingOpen):
        hand_over(plant, bolts(giver), bolts(taker), 5)
    with pytest.raises(NothingOpen):
        hand_over(plant, bolts(giver), bolts(taker), -5)


def test_only_the_same_item_is_handed_over(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    giver, taker = plant.released(10, code="GIVER"), plant.released(5, code="TAKER")
    with pytest.raises(WrongItem):
        hand_over(plant, bolts(giver), taker.requirements.get(item__code="PLATE"), 5)


def test_a_list_that_gave_everything_away_is_no_longer_waiting(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 20)
    giver, taker = plant.released(5, code="GIVER"), plant.released(5, code="TAKER")
    hand_over(plant, bolts(giver), bolts(taker), 20)
    assert PickList.objects.get(work_order=giver).status == "done"
    assert line_of(taker).quantity == 20


# The end of a work order


def test_a_complete_order_holds_nothing_any_more(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    order = plant.released(10)
    held = plant.put("PLATE", "A-02", 10)
    take = documents.Take(held.pk, Decimal(10))
    documents.change_status(plant.do("warehouse_manager"), takes=[take], status="quarantine", reason="QC")
    production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(10))
    assert Balance.objects.get(item__code="BOLT").allocated == 0
    assert not Reservation.objects.exists()
    assert PickList.objects.get().status == "cancelled"
    production.close(plant.do("planner"), work_order_id=order.pk)


def test_closing_gives_back_what_an_order_completed_long_ago_still_holds(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    order = plant.released(10)
    WorkOrder.objects.filter(pk=order.pk).update(status="completed")
    production.close(plant.do("planner"), work_order_id=order.pk)
    assert Balance.objects.get(item__code="BOLT").allocated == 0


def test_what_is_reserved_is_split_with_the_order(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    order = plant.work_order(10, code="WO-1")
    production.reserve_material(plant.do("planner"), work_order_id=order.pk)
    production.split(plant.do("planner"), work_order_id=order.pk, quantity=Decimal(4))
    held = {row.holder_id: row.quantity for row in Reservation.objects.all()}
    new = Requirement.objects.get(work_order__code="WO-1/2", item__code="BOLT")
    assert held == {bolts(order).pk: 16, new.pk: 24}
    production.release(plant.do("planner"), work_order_id=order.pk)
    assert Reservation.objects.get().holder_id == new.pk


def test_what_is_reserved_beyond_an_order_s_need_is_given_back_with_its_picks(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 30)
    order = plant.released(10, code="WO-1")
    late = plant.put("BOLT", "A-02", 10, lot="LATE")
    production.reserve_material(plant.do("planner"), work_order_id=order.pk)
    assert (line_of(order).quantity, Reservation.objects.get().quantity) == (30, 10)
    production.split(plant.do("planner"), work_order_id=order.pk, quantity=Decimal(4))
    assert line_of(order).quantity == 16
    kept = Reservation.objects.filter(holder_id=bolts(order).pk)
    assert not kept.exists()
    assert late.allocated == 0


def test_bins_that_others_have_reserved_do_not_cover_what_is_missing(plant: SmallPlant) -> None:
    order = plant.released(5, code="WO-1")
    plant.put("BOLT", "A-01", 20)
    picking.make_list(plant.do("line_leader"), work_order_id=order.pk)
    plant.put("BOLT", "A-02", 20)
    plant.put("BOLT", "A-03", 20)
    production.reserve_material(
        plant.do("planner"), work_order_id=plant.work_order(7, code="WO-2").pk
    )  # 28 of these 40
    short = {"pick_line_id": line_of(order).pk, "found": Decimal(0), "reason": "empty"}
    reply = picking.report_short(plant.do("picker"), **short)
    assert not reply["covered"]  # each bin shows 12 to take, both together have no more
    order.refresh_from_db()
    assert order.status == "paused"

"""Counts, doubts, transfers and places where things are not as the simple case has them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from qitao.kernel.refusal import NotNow
from qitao.picking import actions as picking
from qitao.picking.models import PickLine, PickList
from qitao.production import actions as production
from qitao.stock import actions as stock
from qitao.stock import documents
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Count, Location, Transfer
from qitao.stock.refusals import CountStillOpen, NothingToMove, OnItsWay, OtherWarehouse, SamePlace
from tests import small_plant
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def ordered(plant: SmallPlant, item: str = "BOLT") -> Count:
    reply = stock.order_count(plant.do("picker"), item_id=plant.items[item].pk, warehouse_id=plant.home.pk)
    return Count.objects.get(pk=reply["count"])


def enter(plant: SmallPlant, count: Count, figure: int, *, minutes: int = 0) -> None:
    figures = {line.pk: Decimal(figure) for line in count.lines.all()}
    at = EIGHT + timedelta(minutes=minutes)
    stock.enter_count(plant.do("picker", at=at), count_id=count.pk, figures=figures)


def post(plant: SmallPlant, count: Count) -> None:
    stock.post_count(plant.do("warehouse_manager", at=EIGHT + timedelta(hours=1)), count_id=count.pk)


def transfer(plant: SmallPlant, quantity: int = 10) -> Transfer:
    reply = stock.plan_transfer(
        plant.do("warehouse_manager"),
        item_id=plant.items["BOLT"].pk,
        from_warehouse_id=plant.second.pk,
        to_warehouse_id=plant.home.pk,
        quantity=Decimal(quantity),
        due_on=MONDAY,
    )
    return Transfer.objects.get(pk=reply["transfer"])


def shipped(plant: SmallPlant) -> tuple[Transfer, Balance]:
    plant.put("BOLT", "B-01", 50)
    found = transfer(plant)
    stock.ship_transfer(plant.do("picker"), transfer_id=found.pk)
    return found, Balance.objects.get(location__kind="transit")


# Counts


def test_one_difference_that_two_counts_found_is_posted_once(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    first = ordered(plant)
    enter(plant, first, 90)
    second = ordered(plant)
    enter(plant, second, 90)
    assert first != second
    post(plant, first)
    post(plant, second)
    assert plant.on_hand("BOLT", "A-01") == 90
    assert ledger.verify() == []


def test_a_doubt_younger_than_the_figure_outlives_the_count(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    plant.released(10)
    count = ordered(plant)
    enter(plant, count, 100)
    line = PickLine.objects.get(item__code="BOLT")
    picker = plant.do("picker", at=EIGHT + timedelta(minutes=10))
    picking.report_short(picker, pick_line_id=line.pk, found=Decimal(0), reason="empty")
    post(plant, count)
    assert Balance.objects.get(item__code="BOLT").doubted_at is not None
    again = Count.objects.get(status="open")
    enter(plant, again, 0, minutes=20)
    post(plant, again)
    assert Balance.objects.get(item__code="BOLT").doubted_at is None


def test_a_bin_that_came_after_the_count_was_asked_for_is_counted_too(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    count = ordered(plant)
    plant.put("BOLT", "A-02", 40)
    assert ordered(plant) == count
    assert [line.location.code for line in count.lines.order_by("pk")] == ["A-01", "A-02"]


def test_a_second_doubt_in_an_open_case_is_counted_again(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.released(10, code="WO-1")
    picking.report_short(plant.do("picker"), pick_line_id=PickLine.objects.get().pk, found=Decimal(0), reason="empty")
    count = Count.objects.get()
    enter(plant, count, 40)
    post(plant, count)
    line = PickLine.objects.get(status="open")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(0), reason="empty")
    assert Count.objects.filter(status="open").count() == 1


def test_no_bin_is_added_to_a_count_that_is_over_or_from_another_warehouse(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    count = ordered(plant)
    with pytest.raises(OtherWarehouse):
        stock.add_count_line(plant.do("picker"), count_id=count.pk, location_id=plant.bins["B-01"].pk)
    enter(plant, count, 40)
    stock.add_count_line(plant.do("picker"), count_id=count.pk, location_id=plant.bins["A-02"].pk)
    with pytest.raises(CountStillOpen):
        post(plant, count)
    enter(plant, count, 40)
    post(plant, count)
    with pytest.raises(NotNow):
        stock.add_count_line(plant.do("picker"), count_id=count.pk, location_id=plant.bins["A-03"].pk)


def test_a_list_that_a_count_emptied_is_no_longer_waiting_to_be_picked(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.released(10)
    count = ordered(plant)
    enter(plant, count, 0)
    post(plant, count)
    assert not PickLine.objects.filter(status="open").exists()
    assert PickList.objects.get().status == "done"


# What is on its way


def test_what_is_on_its_way_belongs_to_its_transfer(plant: SmallPlant) -> None:
    found, on_the_road = shipped(plant)
    keeper = plant.do("warehouse_manager")
    with pytest.raises(OnItsWay):
        stock.move(
            plant.do("picker"),
            balance_id=on_the_road.pk,
            to_location_id=plant.bins["A-01"].pk,
            quantity=Decimal(1),
        )
    take = documents.Take(on_the_road.pk, Decimal(1))
    with pytest.raises(OnItsWay):
        documents.change_status(keeper, takes=[take], status="rejected", reason="QC")
    stock.receive_transfer(plant.do("picker"), transfer_id=found.pk)
    assert plant.on_hand("BOLT", "IN") == 10


def test_nothing_is_put_on_the_road_by_hand(plant: SmallPlant) -> None:
    _, on_the_road = shipped(plant)
    here = plant.put("BOLT", "A-01", 5)
    with pytest.raises(OnItsWay):
        stock.move(plant.do("picker"), balance_id=here.pk, to_location_id=on_the_road.location_id, quantity=Decimal(1))


def test_a_transfer_is_taken_in_where_it_was_sent_to(plant: SmallPlant) -> None:
    found, _ = shipped(plant)
    with pytest.raises(OtherWarehouse):
        stock.receive_transfer(plant.do("picker"), transfer_id=found.pk, location_id=plant.bins["B-01"].pk)
    supplier = Location.objects.create(code="supplier", kind="supplier")
    with pytest.raises(OtherWarehouse):
        stock.receive_transfer(plant.do("picker"), transfer_id=found.pk, location_id=supplier.pk)


def test_a_transfer_carries_something_somewhere(plant: SmallPlant) -> None:
    plant.put("BOLT", "B-01", 50)
    for nothing in (0, -5):
        with pytest.raises(NothingToMove):
            transfer(plant, nothing)
    with pytest.raises(SamePlace):
        stock.plan_transfer(
            plant.do("warehouse_manager"),
            item_id=plant.items["BOLT"].pk,
            from_warehouse_id=plant.second.pk,
            to_warehouse_id=plant.second.pk,
            quantity=Decimal(1),
            due_on=MONDAY,
        )
    assert not Transfer.objects.exists()


def test_output_goes_into_the_order_s_own_warehouse(plant: SmallPlant) -> None:
    order = plant.released(10)
    with pytest.raises(OtherWarehouse):
        production.report_output(
            plant.do("line_leader"),
            work_order_id=order.pk,
            quantity=Decimal(1),
            location_id=plant.bins["B-01"].pk,
        )


def test_no_quantity_is_rounded_on_its_way_into_the_ledger(plant: SmallPlant) -> None:
    here = plant.put("PAINT", "A-01", 1)
    with pytest.raises(ValueError, match="six decimal places"):
        stock.move(
            plant.do("picker"),
            balance_id=here.pk,
            to_location_id=plant.bins["A-02"].pk,
            quantity=Decimal("0.0000005"),
        )

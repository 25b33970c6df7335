"""An item's future: what is there, what comes, what is needed, day by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.planning.projection import project
from tests.small_plant import MONDAY, SmallPlant, build


@pytest.fixture
def plant(db: None) -> SmallPlant:
    return build()


def days(plant: SmallPlant, item: str, *, today: date = MONDAY) -> list[tuple[int, int]]:
    """Return (day of January, on hand at its end)."""
    projection = project(plant.items[item], today=today)
    return [(point.on.day, int(point.on_hand)) for point in projection.points]


def test_what_comes_and_goes_in_its_order(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    plant.work_order(20, start=7)  # takes 80 BOLT
    plant.work_order(10, start=12, due=14)
    plant.purchase("BOLT", 60, promised=9)
    assert days(plant, "BOLT") == [(5, 100), (7, 20), (9, 80), (12, 40)]


def test_it_says_when_it_runs_out_and_how_far(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 50)
    plant.work_order(20, start=7)
    plant.purchase("BOLT", 60, promised=9)
    projection = project(plant.items["BOLT"], today=MONDAY)
    assert projection.runs_out_on == date(2026, 1, 7)
    assert projection.lowest == Decimal(-30)


def test_what_should_have_happened_counts_for_today_and_a_purchase_for_tomorrow(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    plant.work_order(10, start=5)
    plant.purchase("BOLT", 60, promised=6)
    assert days(plant, "BOLT", today=date(2026, 1, 8)) == [(8, 60), (9, 120)]


def test_what_cannot_be_used_is_not_there(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    plant.put("BOLT", "A-02", 40, status="quarantine")
    assert project(plant.items["BOLT"], today=MONDAY).available == 100


def test_a_product_comes_from_work_orders_and_goes_to_customers(plant: SmallPlant) -> None:
    plant.work_order(20, start=5, due=8)
    plant.sale(15, due=9)
    assert days(plant, "FRAME") == [(5, 0), (8, 20), (9, 5)]


def test_what_has_no_date_stands_apart(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 60, promised=6)
    delivery.promised_on = None
    delivery.save()
    projection = project(plant.items["BOLT"], today=MONDAY)
    assert [event.quantity for event in projection.undated] == [Decimal(60)]
    assert days(plant, "BOLT") == [(5, 0)]

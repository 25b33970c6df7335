"""Warehouses, bins and lanes kept by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qitao.journal.records import CodeTaken
from qitao.kernel.refusal import BadValue, NotAllowed
from qitao.stock import places
from qitao.stock.models import Lane, Location, Warehouse
from qitao.stock.places import BadPattern, BinInUse, KindHoldsStock, SameWarehouse, SiteHasStock, series
from qitao.stock.refusals import WrongWarehouse
from tests.small_plant import SmallPlant, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def test_a_new_warehouse_can_receive_at_once(plant: SmallPlant) -> None:
    values = {"code": "W3", "name": "三号仓", "site_id": plant.site.pk, "kind": "store"}
    reply = places.keep_warehouse(plant.do("administrator"), values=values)
    assert Location.objects.get(warehouse=reply["warehouse"]).kind == "receiving"
    with pytest.raises(CodeTaken):
        places.keep_warehouse(plant.do("administrator"), values=values)


def test_a_warehouse_with_stock_keeps_its_site(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 1)
    other = type(plant.site).objects.create(code="HZ", name="惠州")
    with pytest.raises(SiteHasStock):
        places.keep_warehouse(plant.do("administrator"), warehouse_id=plant.home.pk, values={"site_id": other.pk})


def test_a_manager_keeps_only_the_own_warehouses(plant: SmallPlant) -> None:
    plant.people["warehouse_manager"].warehouses = ["RM"]
    with pytest.raises(WrongWarehouse):
        places.make_bins(plant.do("warehouse_manager"), warehouse_id=plant.second.pk, first="A-1", last="A-2")
    with pytest.raises(NotAllowed):
        places.make_bins(plant.do("picker"), warehouse_id=plant.home.pk, first="A-1", last="A-2")


def test_a_series_of_bins_is_made_in_the_order_of_the_walk(plant: SmallPlant) -> None:
    reply = places.make_bins(plant.do("warehouse_manager"), warehouse_id=plant.home.pk, first="A-01", last="A-05")
    assert reply == {"made": 2, "there": 3}
    routes = Location.objects.filter(code__in=["A-04", "A-05"]).order_by("route").values_list("code", flat=True)
    assert list(routes) == ["A-04", "A-05"]


@pytest.mark.parametrize(
    ("first", "last", "bins"),
    [
        ("A-01-1", "A-12-5", 60),
        ("A-1", "C-4", 12),
        ("SMT-01", "SMT-10", 10),
        ("X9", "X11", 3),
        ("A-01", "A-01", 1),
    ],
)
def test_each_part_that_differs_runs_over_its_range(first: str, last: str, bins: int) -> None:
    found = series(first, last)
    assert (found[0], found[-1], len(found), len(set(found))) == (first, last, bins, bins)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", ""),
        ("A-01", "B01"),
        ("A-05", "A-01"),
        ("A-1", "A-9999999999"),
        ("A-001-001", "A-999-999"),
        ("甲-1", "乙-2"),
    ],
)
def test_what_is_no_series(first: str, last: str) -> None:
    with pytest.raises(BadPattern):
        series(first, last)


def test_a_bin_keeps_its_kind_while_it_holds_stock_and_its_history(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 1)
    manager, used = plant.do, plant.bins["A-01"]
    with pytest.raises(KindHoldsStock):
        places.keep_bin(
            manager("administrator"), warehouse_id=plant.home.pk, bin_id=used.pk, values={"kind": "quarantine"}
        )
    with pytest.raises(BinInUse):
        places.remove_bin(manager("administrator"), bin_id=used.pk)
    with pytest.raises(BadValue):
        places.keep_bin(manager("administrator"), warehouse_id=plant.home.pk, values={"code": "S", "kind": "supplier"})
    places.remove_bin(manager("administrator"), bin_id=plant.bins["A-03"].pk)
    assert not Location.objects.filter(code="A-03").exists()


def test_lanes_come_change_and_go(plant: SmallPlant) -> None:
    ends = {"from_warehouse_id": plant.home.pk, "to_warehouse_id": plant.second.pk}
    for days in (1, 2):
        places.keep_lane(plant.do("warehouse_manager"), **ends, values={"days": days, "cost": Decimal(5)})
    lane = Lane.objects.get(from_warehouse=plant.home)
    assert lane.days == 2
    with pytest.raises(SameWarehouse):
        places.keep_lane(
            plant.do("warehouse_manager"),
            from_warehouse_id=plant.home.pk,
            to_warehouse_id=plant.home.pk,
            values={"days": 1},
        )
    places.remove_lane(plant.do("warehouse_manager"), lane_id=lane.pk)
    assert Warehouse.objects.count() == 2
    assert not Lane.objects.filter(from_warehouse=plant.home).exists()

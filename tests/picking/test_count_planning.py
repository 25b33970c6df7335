"""The day's count lists: what is due or at risk, on the way through the bins, no more than the counters can do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from qitao.picking import actions as picking
from qitao.picking import count_planning
from qitao.picking.count_planning import Due, due, shared_out
from qitao.picking.models import PickLine
from qitao.stock import actions as stock
from qitao.stock import count_keeping
from qitao.stock.count_models import CountClass, CountList, CountPlan, CountSettings
from qitao.stock.models import Count
from tests import small_plant
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db
LATER = timedelta(days=40)


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def plan(plant: SmallPlant, **facts: object) -> CountPlan:
    return CountPlan.objects.create(warehouse=plant.home, is_on=True, **facts)


def counted(plant: SmallPlant, place: str, *figures: int, at: datetime = EIGHT) -> None:
    """Count a bin and post what was found, whatever it is."""
    CountSettings.objects.update_or_create(pk=1, defaults={"trifle": Decimal(10**9)})
    count = stock.order_bin_count(plant.do("picker", at=at), location_id=plant.bins[place].pk)["count"]
    lines = Count.objects.get(pk=count).lines.order_by("item__code")
    given = {line.pk: Decimal(figure) for line, figure in zip(lines, figures, strict=True)}
    stock.enter_count(plant.do("picker", at=at), count_id=count, figures=given)
    assert stock.post_count(plant.do("picker", at=at), count_id=count)["outcome"] == "posted"


def causes(plant: SmallPlant, row: CountPlan, *, on: date) -> dict[str, str]:
    places = {place.pk: code for code, place in plant.bins.items()}
    return {places[each.location_id]: each.cause for each in due(row, on=on)}


def test_what_was_counted_is_due_again_by_its_class(plant: SmallPlant) -> None:
    row = plan(plant, needed_days=0)
    plant.put("BOLT", "A-01", 100)
    plant.put("PLATE", "A-02", 100)
    type(plant.items["BOLT"]).objects.filter(code="BOLT").update(abc="A")
    for place in ("A-01", "A-02"):
        counted(plant, place, 100)
    assert causes(plant, row, on=MONDAY + timedelta(days=29)) == {}
    assert causes(plant, row, on=MONDAY + timedelta(days=30)) == {"A-01": "class"}
    CountClass.objects.create(letter="C", every_days=20, percent=5, value=200)
    assert causes(plant, row, on=MONDAY + timedelta(days=20)) == {"A-02": "class"}


def test_risk_comes_before_the_calendar(plant: SmallPlant) -> None:
    row = plan(plant, high_value=Decimal(2000))
    for place, item in (("A-01", "BOLT"), ("A-02", "PAINT"), ("A-03", "BOLT-ZN")):
        plant.put(item, place, 5000 if item == "BOLT-ZN" else 1000)
        counted(plant, place, {"BOLT": 1000, "PAINT": 900, "BOLT-ZN": 5000}[item])
    plant.released(10, start=5, due=20)
    bolts = PickLine.objects.get(item__code="BOLT")
    at = EIGHT + timedelta(days=8)
    picking.report_short(plant.do("picker", at=at), pick_line_id=bolts.pk, found=Decimal(30), reason="damaged")
    assert causes(plant, row, on=MONDAY + timedelta(days=9)) == {"A-01": "short", "A-02": "less"}
    assert causes(plant, row, on=MONDAY + timedelta(days=31))["A-03"] == "value"
    row.short_days = row.less_days = 0
    row.high_value = Decimal(0)
    assert causes(plant, row, on=MONDAY + timedelta(days=31)) == {}
    assert causes(plant, row, on=MONDAY + timedelta(days=91)) == {"A-01": "needed", "A-02": "needed"}


def test_a_bin_that_nobody_looked_into_for_long_is_counted(plant: SmallPlant) -> None:
    CountClass.objects.create(letter="C", every_days=1000, percent=5, value=200)
    row = plan(plant, needed_days=0, stale_days=300)
    plant.put("BOLT", "A-01", 100)
    counted(plant, "A-01", 100)
    assert causes(plant, row, on=MONDAY + timedelta(days=299)) == {}
    assert causes(plant, row, on=MONDAY + timedelta(days=300)) == {"A-01": "stale"}


def test_the_day_has_no_more_lines_than_the_counters_can_count(plant: SmallPlant) -> None:
    second = plant.people["warehouse_manager"].pk
    row = plan(plant, lines_a_day=1, counters=[plant.people["picker"].pk, second], needed_days=0)
    for place in ("A-01", "A-02", "A-03"):
        plant.put("BOLT", place, 100)
    boss = plant.do("warehouse_manager")
    assert count_planning.make_lists(boss, warehouse_id=plant.home.pk) == {"lists": 2, "lines": 2}
    walk = [(each.day_list.counter_id, each.location.code) for each in Count.objects.order_by("id")]
    assert walk == [(plant.people["picker"].pk, "A-01"), (second, "A-02")]
    again = count_planning.make_lists(plant.do("warehouse_manager"), warehouse_id=plant.home.pk)
    assert again == {"lists": 0, "lines": 0}  # once a day
    tomorrow = plant.do("warehouse_manager", at=EIGHT + timedelta(days=1))
    assert count_planning.make_lists(tomorrow, warehouse_id=plant.home.pk)["lines"] == 1  # the others are under way
    assert row.capacity == 2


def test_a_bin_is_never_divided_between_two(plant: SmallPlant) -> None:
    chosen = [Due(item, bin_, (bin_, ""), "class", Decimal(1)) for bin_ in range(4) for item in range(bin_ + 1)]
    parts = shared_out(chosen, people=[7, 8, 9])
    bins = [{each.location_id for each in share} for _, share in parts]
    assert all(not one & other for one in bins for other in bins if one is not other)
    assert sum(len(share) for _, share in parts) == len(chosen)
    assert [person for person, _ in parts] == sorted(person for person, _ in parts)  # type: ignore[type-var]


def test_what_is_under_way_is_not_asked_for_twice(plant: SmallPlant) -> None:
    row = plan(plant, needed_days=0)
    plant.put("BOLT", "A-01", 100)
    stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)
    assert causes(plant, row, on=MONDAY) == {}


def test_rules_and_lists_are_kept_by_who_may(plant: SmallPlant) -> None:
    boss = plant.do("warehouse_manager")
    values = count_keeping.rules_as_values() | {"A_every_days": 14, "two_people": False}
    count_keeping.keep_rules(boss, values=values)
    assert count_keeping.rules_as_values() == values
    assert [row.letter for row in CountClass.objects.all()] == ["A"]  # the others go on as usual
    count_keeping.keep_plan(plant.do("warehouse_manager"), warehouse_id=plant.home.pk, values={"lines_a_day": 7})
    plant.put("BOLT", "A-01", 100)
    count_planning.make_lists(plant.do("warehouse_manager"), warehouse_id=plant.home.pk)
    row = CountList.objects.get()
    picker = plant.people["picker"].pk
    count_keeping.give_list(plant.do("warehouse_manager"), list_id=row.pk, counter_id=picker)
    row.refresh_from_db()
    assert (row.counter_id, row.counts.get().lines.get().item.code) == (picker, "BOLT")

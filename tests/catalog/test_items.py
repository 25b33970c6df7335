"""Items and what hangs on them, kept by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.catalog import actions
from qitao.catalog.models import CalendarDay, Category, Conversion, Item, Unit, WorkCenter
from qitao.catalog.refusals import CategoryInsideItself, ConversionOfOwnUnit, UnitInUse
from qitao.journal.models import Fact
from qitao.journal.records import CodeTaken
from qitao.kernel.refusal import BadValue, NotAllowed
from qitao.production import engineering
from qitao.production.engineering import ItemInUse
from tests.small_plant import SmallPlant, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def make(plant: SmallPlant, **values: object) -> Item:
    unit = Unit.objects.get(code="pcs")
    given = {"code": "NUT", "name": "六角螺母", "unit_id": unit.pk, "kind": "buy", **values}
    reply = actions.create_item(plant.do("planner"), values=given)
    return Item.objects.get(pk=reply["item"])


def test_a_new_item_is_found_by_its_pinyin_initials_and_told(plant: SmallPlant) -> None:
    item = make(plant, safety_stock=Decimal(50))
    assert (item.pinyin, item.safety_stock) == ("ljlm", Decimal(50))
    assert Fact.objects.get(kind="catalog.item_created").data["changed"]["safety_stock"] == [None, "50"]


def test_a_code_is_there_once(plant: SmallPlant) -> None:
    with pytest.raises(CodeTaken):
        make(plant, code="BOLT")


def test_what_no_item_can_have_is_refused_by_its_field(plant: SmallPlant) -> None:
    with pytest.raises(BadValue) as refused:
        make(plant, kind="found")
    assert refused.value.facts["name"] == "kind"
    with pytest.raises(BadValue):
        make(plant, min_lot=Decimal(10), max_lot=Decimal(5))


def test_a_change_tells_what_was_before_and_no_change_tells_nothing(plant: SmallPlant) -> None:
    bolt = plant.items["BOLT"]
    for _ in range(2):
        actions.change_item(plant.do("planner"), item_id=bolt.pk, values={"lead_days": 9, "name": "螺栓"})
    fact = Fact.objects.get(kind="catalog.item_changed")
    assert fact.data["changed"] == {"lead_days": [7, 9], "name": ["BOLT", "螺栓"], "pinyin": ["", "ls"]}


def test_the_stock_unit_stays_once_quantities_count_in_it(plant: SmallPlant) -> None:
    kg = Unit.objects.get(code="kg")
    with pytest.raises(UnitInUse):
        actions.change_item(plant.do("planner"), item_id=plant.items["BOLT"].pk, values={"unit_id": kg.pk})
    fresh = make(plant)
    actions.change_item(plant.do("planner"), item_id=fresh.pk, values={"unit_id": kg.pk})
    assert Item.objects.get(pk=fresh.pk).unit == kg


def test_conversions_come_and_go(plant: SmallPlant) -> None:
    bolt, box = plant.items["BOLT"], Unit.objects.create(code="box")
    for numerator in (100, 200):
        actions.keep_conversion(plant.do("planner"), item_id=bolt.pk, unit_id=box.pk, numerator=Decimal(numerator))
    row = Conversion.objects.get()
    assert row.numerator == 200
    with pytest.raises(ConversionOfOwnUnit):
        actions.keep_conversion(plant.do("planner"), item_id=bolt.pk, unit_id=bolt.unit_id, numerator=Decimal(1))
    actions.remove_conversion(plant.do("planner"), conversion_id=row.pk)
    assert not Conversion.objects.exists()


def test_a_category_does_not_lie_under_itself(plant: SmallPlant) -> None:
    outer = actions.keep_category(plant.do("planner"), values={"code": "A", "name": "甲"})["category"]
    inner = actions.keep_category(plant.do("planner"), values={"code": "B", "name": "乙", "parent_id": outer})
    with pytest.raises(CategoryInsideItself):
        actions.keep_category(plant.do("planner"), category_id=outer, values={"parent_id": inner["category"]})
    assert Category.objects.get(pk=outer).parent is None


def test_work_centres_and_the_calendar(plant: SmallPlant) -> None:
    line = WorkCenter.objects.get()
    actions.keep_work_center(plant.do("planner"), work_center_id=line.pk, values={"hours_per_day": Decimal(24)})
    with pytest.raises(BadValue):
        actions.keep_work_center(plant.do("planner"), work_center_id=line.pk, values={"hours_per_day": Decimal(25)})
    day = date(2026, 10, 1)
    for hours in (8, 0):
        actions.keep_calendar_day(plant.do("planner"), site_id=plant.site.pk, on=day, hours=Decimal(hours))
    row = CalendarDay.objects.get()
    assert row.hours == 0
    actions.remove_calendar_day(plant.do("planner"), calendar_day_id=row.pk)
    assert not CalendarDay.objects.exists()


def test_an_item_in_use_says_where_and_stays(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 12)
    order = plant.work_order(10, code="WO-7")
    plant.purchase("BOLT", 5, promised=9, code="PO-9")
    with pytest.raises(ItemInUse) as refused:
        engineering.retire_item(plant.do("planner"), item_id=plant.items["BOLT"].pk)
    said = str(refused.value)
    assert all(part in said for part in ("RM 12 pcs", order.code, "FRAME 1", "PO-9"))


def test_an_item_that_nothing_uses_goes_and_comes_back(plant: SmallPlant) -> None:
    item = make(plant)
    engineering.retire_item(plant.do("planner"), item_id=item.pk)
    assert not Item.objects.get(pk=item.pk).is_active
    engineering.reactivate_item(plant.do("planner"), item_id=item.pk)
    assert Item.objects.get(pk=item.pk).is_active


@pytest.mark.parametrize("role", ["picker", "line_leader", "buyer", "warehouse_manager", "manager"])
def test_others_do_not_change_the_catalog(plant: SmallPlant, role: str) -> None:
    with pytest.raises(NotAllowed):
        actions.change_item(plant.do(role), item_id=plant.items["BOLT"].pk, values={"lead_days": 1})


def test_planning_parameters_of_a_site(plant: SmallPlant) -> None:
    bolt, site = plant.items["BOLT"], plant.site.pk
    Item.objects.filter(pk=bolt.pk).update(max_lot=100)
    keep = actions.keep_site_parameters
    keep(plant.do("planner"), item_id=bolt.pk, sites={site: {"lead_days": 5, "safety_stock": Decimal(30)}})
    keep(plant.do("planner"), item_id=bolt.pk, sites={site: {"lead_days": 5, "safety_stock": Decimal(30)}})
    told = Fact.objects.get(kind="catalog.item_site_kept")  # saying the same again tells nothing
    assert (told.data["code"], told.data["changed"]["lead_days"]) == ("BOLT SZ", [None, 5])
    for wrong in ({"min_lot": Decimal(101)}, {"lead_days": 10**10}, {"safety_stock": Decimal(-1)}):
        with pytest.raises(BadValue):
            keep(plant.do("planner"), item_id=bolt.pk, sites={site: wrong})
    with pytest.raises(NotAllowed):
        keep(plant.do("buyer"), item_id=bolt.pk, sites={site: {}})
    keep(plant.do("planner"), item_id=bolt.pk, sites={site: {}})
    assert not bolt.sites.exists()
    assert Fact.objects.filter(kind="catalog.item_site_removed").count() == 1

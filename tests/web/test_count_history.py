"""What counts tell afterwards: how right the record is, how far a bin is trusted, what a case learns of its count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.shortages.models import Case
from qitao.stock import actions as stock
from qitao.stock.accuracy import counted_lines
from qitao.stock.count_models import CountSettings
from qitao.stock.models import Count
from qitao.web.counts.history import shares
from qitao.web.places import page_of
from tests.small_plant import SmallPlant

As = Callable[[str], Client]


def counted(plant: SmallPlant, item: str, place: str, recorded: int, found: int, *, days_ago: int) -> None:
    CountSettings.objects.update_or_create(pk=1, defaults={"trifle": Decimal(10**9)})
    plant.put(item, place, recorded)
    at = timezone.now() - timedelta(days=days_ago)
    reply = stock.order_count(plant.do("picker", at=at), item_id=plant.items[item].pk, warehouse_id=plant.home.pk)
    lines = Count.objects.get(pk=reply["count"]).lines.filter(location=plant.bins[place])
    figures = {line.pk: Decimal(found) for line in lines}
    stock.enter_count(plant.do("picker", at=at), count_id=reply["count"], figures=figures)
    stock.post_count(plant.do("picker", at=at), count_id=reply["count"])


@pytest.fixture
def history(plant: SmallPlant) -> SmallPlant:
    type(plant.items["BOLT"]).objects.filter(code="BOLT").update(abc="A")
    counted(plant, "BOLT", "A-01", 120, 60, days_ago=60)
    counted(plant, "PLATE", "A-02", 100, 100, days_ago=50)
    counted(plant, "PAINT", "A-03", 100, 98, days_ago=1)
    return plant


def test_the_accuracy_is_told_by_class_warehouse_and_month(history: SmallPlant) -> None:
    told = shares(counted_lines())
    assert told.everything is not None
    assert (told.everything.counted, told.everything.right, told.everything.percent) == (3, 2, Decimal("66.7"))
    assert [(each.name, each.counted, each.right) for each in told.classes] == [("A", 1, 0), ("C", 2, 2)]
    assert [(each.name, each.percent) for each in told.warehouses] == [("RM", Decimal("66.7"))]
    assert sum(each.counted for _, each in told.months) == 3
    assert len(told.chart["labels"]) == len(told.months) >= 2


def test_the_history_filters_sorts_and_goes_into_a_file(history: SmallPlant, as_role: As) -> None:
    manager = as_role("warehouse_manager")
    page = manager.get("/counts/history/").content.decode()
    assert "66.7 %" in page
    assert page.count("<tr data-href") + page.count("A-01") >= 1
    wrong = manager.get("/counts/history/?record=wrong&sort=-worth").content.decode()
    assert "A-01" in wrong
    assert "A-02" not in wrong
    assert "0 %" in wrong  # the share is that of what is listed
    file = b"".join(manager.get("/counts/history/?record=wrong&export=csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    assert len(file.strip().splitlines()) == 2
    assert "-30" in file


def test_an_item_says_how_far_its_stock_is_trusted(history: SmallPlant, as_role: As) -> None:
    page = as_role("planner").get("/items/BOLT/?tab=stock").content.decode()
    assert "60 on record, 50 trusted:" in page  # half was missing once: 0.5 ÷ (1 + 2)
    assert "bin A-01 was right in 0 of 1 count." in page
    assert "trusted" not in as_role("planner").get("/items/PLATE/?tab=stock").content.decode()


def test_the_board_says_why_a_kit_is_short_of_what_is_on_record(history: SmallPlant, as_role: As) -> None:
    order = history.work_order(14, start=5, due=20, code="WO-1")  # 56 BOLTs, of which 60 are on record
    planning.run(timezone.now())
    assert order.requirements.get(item__code="BOLT").cover.short_quantity == 6
    lines = " ".join(strip_tags(as_role("planner").get("/board/WO-1/lines/").content.decode()).split())
    assert "60 on record, 50 trusted: bin A-01 was right in 0 of 1 count." in lines


def test_a_case_shows_how_far_its_count_is_and_what_it_found(plant: SmallPlant, as_role: As) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("BOLT", "A-02", 3)
    plant.released(10)
    line = PickLine.objects.filter(item__code="BOLT").order_by("-quantity").first()
    assert line is not None
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(0), reason="empty")
    case = Case.objects.get()
    planner = as_role("planner")
    assert "0 of 2 bins counted." in planner.get(page_of(case)).content.decode()
    count = Count.objects.get()
    first, second = count.lines.order_by("location__code")
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures={first.pk: Decimal(40)})
    assert "1 of 2 bins counted." in planner.get(page_of(case)).content.decode()
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures={second.pk: Decimal(1)})
    stock.post_count(plant.do("picker"), count_id=count.pk)
    assert "The count found -2 pcs against the record." in planner.get(page_of(case)).content.decode()

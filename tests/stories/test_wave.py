"""Several work orders on one walk: made with two taps, two scans a bin, the totes beside it, a short in two taps."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from qitao.picking import actions as picking
from qitao.picking import waves
from qitao.picking.models import PickLine, PickList, Wave
from qitao.picking.proving import unclaimed
from qitao.production.models import WorkOrder
from qitao.stock import queries as ledger
from tests.small_plant import SmallPlant
from tests.stories.hands import Hands

Arrive = Callable[..., Page]


@pytest.fixture
def stocked(plant: SmallPlant) -> SmallPlant:
    plant.put("BOLT", "A-01", 500, lot="LOT-7")
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", "50.5")
    return plant


@pytest.fixture
def orders(stocked: SmallPlant) -> list[WorkOrder]:
    return [stocked.released(size, code=f"WO-{size}") for size in (10, 5, 2)]


def walk_of(plant: SmallPlant) -> Wave:
    lists = list(PickList.objects.values_list("pk", flat=True))
    reply = waves.make(plant.do("warehouse_manager"), pick_list_ids=lists)
    return Wave.objects.get(pk=reply["waves"][0])


def at_the_walk(arrive: Arrive, wave: Wave, *, size: str = "tablet") -> Hands:
    page = arrive("picker", size=size)
    hands = Hands(page)
    page.goto(f"/waves/{wave.code}/")
    expect(page.locator(".pick-line:visible .place")).to_have_text("A-01")
    return hands


def picked(item: str) -> dict[str, Decimal]:
    rows = PickLine.objects.filter(item__code=item).order_by("pk")
    return {row.pick_list.work_order.code: row.picked.normalize() for row in rows}


def said(page: Page, tone: str) -> None:
    expect(page.locator("#said")).to_have_class(re.compile(rf"\bsaid-{tone}\b"))


def totes(page: Page) -> list[str]:
    rows = page.locator(".pick-line:visible .tote")
    return [" ".join(text.split()) for text in rows.all_inner_texts()]


def test_the_manager_makes_one_walk_of_many_lists_with_three_taps(orders: list[WorkOrder], arrive: Arrive) -> None:
    page = arrive("warehouse_manager", size="desktop")
    hands = Hands(page)
    page.goto("/pick-lists/?whose=all")
    boxes = page.locator("tbody input[type=checkbox]")
    hands.tap(boxes.first)
    hands.taps += 1
    boxes.last.click(modifiers=["Shift"])
    hands.tap(page.get_by_role("button", name="Pick together"))
    page.wait_for_url("**/waves/*/lines/")
    assert hands.spent == (0, 3)
    wave = Wave.objects.get()
    assert wave.lines.count() == 9
    expect(page.locator("#wave-all")).to_contain_text("WO-10")
    expect(page.get_by_role("link", name="Print")).to_be_visible()


def test_a_bin_takes_two_scans_for_all_together(orders: list[WorkOrder], stocked: SmallPlant, arrive: Arrive) -> None:
    hands = at_the_walk(arrive, walk_of(stocked))
    assert totes(hands.page) == ["1 WO-10 40 pcs", "2 WO-5 20 pcs", "3 WO-2 8 pcs"]
    expect(hands.page.locator(".pick-line:visible [data-shown]")).to_have_text("68")
    hands.scan("A-01", "LOT-7", "A-02", "PLATE", "A-03", "PAINT")
    expect(hands.page.locator("[data-end]")).to_be_visible()
    expect(hands.page.locator("#waiting b")).to_have_text("0")
    said(hands.page, "good")
    assert picked("BOLT") == {"WO-10": 40, "WO-5": 20, "WO-2": 8}
    assert set(PickList.objects.values_list("status", flat=True)) == {"done"}
    assert hands.spent == (6, 0)
    assert hands.loads == 0
    assert ledger.verify() == [] == unclaimed()


def test_another_quantity_shows_who_gets_how_much(orders: list[WorkOrder], stocked: SmallPlant, arrive: Arrive) -> None:
    hands = at_the_walk(arrive, walk_of(stocked))
    hands.scan("A-01")
    hands.tap(hands.page.locator(".pick-line:visible [data-amount]"))
    hands.keys("50")
    hands.tap(hands.page.locator("[data-amount-ok]"))
    assert totes(hands.page) == ["1 WO-10 40 pcs", "2 WO-5 10 pcs", "3 WO-2 0 pcs"]
    hands.scan("LOT-7")
    said(hands.page, "good")
    assert picked("BOLT") == {"WO-10": 40, "WO-5": 10, "WO-2": 0}
    expect(hands.page.locator(".pick-line:visible [data-shown]")).to_have_text("18")  # the rest stays before the picker


def test_one_tote_takes_one_tap_and_is_taken_back_with_one(
    orders: list[WorkOrder], stocked: SmallPlant, arrive: Arrive
) -> None:
    hands = at_the_walk(arrive, walk_of(stocked))
    hands.tap(hands.page.locator(".pick-line:visible .tote").nth(1))
    said(hands.page, "good")
    assert picked("BOLT") == {"WO-10": 0, "WO-5": 20, "WO-2": 0}
    expect(hands.page.locator(".pick-line:visible [data-shown]")).to_have_text("48")
    hands.tap(hands.page.locator("#said").get_by_role("button", name="Undo"))
    expect(hands.page.locator(".pick-line:visible [data-shown]")).to_have_text("68")
    assert hands.spent == (0, 2)
    assert picked("BOLT") == {"WO-10": 0, "WO-5": 0, "WO-2": 0}
    assert unclaimed() == []


def test_short_at_a_bin_brings_another_bin_onto_the_walk(
    orders: list[WorkOrder], stocked: SmallPlant, arrive: Arrive
) -> None:
    wave = walk_of(stocked)
    stocked.put("BOLT", "A-03", 90, lot="LOT-9")
    hands = at_the_walk(arrive, wave)
    hands.tap(hands.page.locator(".pick-line:visible [data-short]"))
    hands.keys("50")
    hands.tap(hands.page.get_by_role("button", name="Report short"))
    said(hands.page, "warn")
    assert hands.spent == (0, 4)
    assert picked("BOLT")["WO-10"] == 40
    expect(hands.page.locator("[data-all]")).to_have_text("4")  # the other bin is on the walk
    hands.scan("A-02", "PLATE")
    expect(hands.page.locator(".pick-line:visible .place")).to_have_text("A-03")
    hands.scan("A-03", "LOT-9", "PAINT")
    expect(hands.page.locator("[data-end]")).to_be_visible()
    expect(hands.page.locator("#waiting b")).to_have_text("0")
    assert PickLine.objects.filter(lot__code="LOT-9", status="picked").count() == 2
    assert unclaimed() == []


def test_what_another_takes_meanwhile_leaves_the_walk(
    orders: list[WorkOrder], stocked: SmallPlant, arrive: Arrive
) -> None:
    hands = at_the_walk(arrive, walk_of(stocked))
    hands.page.wait_for_timeout(300)  # the stream is open
    line = PickLine.objects.get(pick_list__work_order=orders[0], item__code="BOLT")
    picking.confirm(stocked.do("warehouse_manager"), pick_line_id=line.pk, quantity=line.quantity)
    expect(hands.page.locator(".pick-line:visible [data-shown]")).to_have_text("28")


def test_a_walk_is_printed(orders: list[WorkOrder], stocked: SmallPlant, arrive: Arrive) -> None:
    page = arrive("warehouse_manager", size="desktop")
    page.goto(f"/waves/{walk_of(stocked).code}/print/")
    expect(page.locator("main")).to_contain_text("1 × 40")
    assert len(page.pdf(prefer_css_page_size=True)) > 5000

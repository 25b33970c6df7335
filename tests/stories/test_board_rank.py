"""A planner gives an order another rank – by keys, by pointer, by name – and sees first what it would do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from tests.small_plant import SmallPlant

Arrive = Callable[..., Page]


@pytest.fixture
def contended(plant: SmallPlant) -> SmallPlant:
    """Bolts for one order only; three want them."""
    plant.put("PLATE", "A-02", 1000)
    plant.put("PAINT", "A-03", 500)
    plant.put("BOLT", "A-01", 40)
    for number in (1, 2, 3):
        plant.work_order(10, code=f"WO-{number}")
    planning.run(timezone.now())
    return plant


def ranked() -> list[str]:
    return list(WorkOrder.objects.order_by("rank").values_list("code", flat=True))


def row(page: Page, code: str) -> Locator:
    return page.locator(f"tr[data-code='{code}']")


def shown(page: Page) -> list[str]:
    return [str(each.get_attribute("data-code")) for each in page.locator("tr[data-order]").all()]


def test_by_keys_with_a_preview_before_anything_changes(contended: SmallPlant, arrive: Arrive) -> None:
    page, other = arrive("planner"), arrive("line_leader")
    for each in (page, other):
        each.goto("/board/")
    row(page, "WO-3").locator("[data-grip]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rank-said")).to_contain_text("WO-3 is picked up.")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#rank-said")).to_have_text("Before WO-1")
    page.keyboard.press("Enter")
    sheet = page.locator("#rank-sheet[open]")
    expect(sheet).to_contain_text("1 gets earlier")
    expect(sheet).to_contain_text("1 gets later")
    assert ranked() == ["WO-1", "WO-2", "WO-3"]
    expect(sheet.get_by_role("button", name="Apply")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#rank-sheet[open]")).to_have_count(0)
    expect(row(other, "WO-3").locator(".cell-rank")).to_contain_text("1", timeout=2000)
    assert ranked() == ["WO-3", "WO-1", "WO-2"]
    assert shown(other) == ["WO-3", "WO-1", "WO-2"]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast-note").last).to_contain_text("The ranks are as they were.")
    assert ranked() == ["WO-1", "WO-2", "WO-3"]


def test_escape_puts_it_back(contended: SmallPlant, arrive: Arrive) -> None:
    page = arrive("planner")
    page.goto("/board/")
    row(page, "WO-3").locator("[data-grip]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(page.locator("#rank-said")).to_have_text("Put back.")
    expect(page.locator(".drop-before")).to_have_count(0)
    assert ranked() == ["WO-1", "WO-2", "WO-3"]


def test_by_pointer(contended: SmallPlant, arrive: Arrive) -> None:
    page = arrive("planner")
    page.goto("/board/")
    grip, target = row(page, "WO-1").locator("[data-grip]"), row(page, "WO-3")
    start, end = grip.bounding_box(), target.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, end["y"] + end["height"] - 6, steps=8)  # the lower half of the last row
    expect(row(page, "WO-3")).to_have_class("is-bad drop-after")
    page.mouse.up()
    sheet = page.locator("#rank-sheet[open]")
    expect(sheet).to_contain_text("after all others")
    sheet.get_by_role("button", name="Apply").click()
    expect(page.locator("#rank-sheet[open]")).to_have_count(0)
    assert ranked() == ["WO-2", "WO-3", "WO-1"]


def test_by_name_for_many(contended: SmallPlant, arrive: Arrive) -> None:
    page = arrive("planner")
    page.goto("/board/")
    row(page, "WO-2").locator("[name=ids]").check()
    row(page, "WO-3").locator("[name=ids]").check()
    page.get_by_role("button", name="Serve before …").click()
    page.locator("#rank-sheet input[name=before_code]").fill("WO-1")
    page.get_by_role("button", name="Show what it would do").click()
    page.locator("#rank-sheet").get_by_role("button", name="Apply").click()
    expect(page.locator("#rank-sheet[open]")).to_have_count(0)
    assert ranked() == ["WO-2", "WO-3", "WO-1"]
    expect(page.locator("[name=ids]:checked")).to_have_count(0)


def test_an_unknown_order_is_refused_in_the_sheet(contended: SmallPlant, arrive: Arrive, troubles: list[str]) -> None:
    page = arrive("planner")
    page.goto("/board/")
    row(page, "WO-2").locator("[name=ids]").check()
    page.get_by_role("button", name="Serve before …").click()
    page.locator("#rank-sheet input[name=before_code]").fill("WO-99")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.locator("#rank-sheet [data-refusal]")).to_contain_text("is not an open work order")
    troubles.clear()  # the browser logs the 422


def test_a_row_opens_and_stays_open_when_the_board_follows(contended: SmallPlant, arrive: Arrive) -> None:
    page = arrive("planner")
    page.goto("/board/")
    row(page, "WO-2").locator("[data-open]").click()
    expect(page.locator("tr.detail")).to_contain_text("Not covered in time")
    assert "open=WO-2" in page.url
    contended.put("BOLT", "A-01", 500, lot="NEW")
    planning.run(timezone.now())
    expect(row(page, "WO-2").locator(".cell-kit")).to_contain_text("complete now", timeout=3000)
    expect(page.locator("tr.detail")).to_contain_text("3 lines lie ready.")
    row(page, "WO-2").locator("[data-open]").click()
    expect(page.locator("tr.detail")).to_have_count(0)


def test_the_strip_and_the_filters_work_without_a_new_page(contended: SmallPlant, arrive: Arrive) -> None:
    page = arrive("planner")
    page.goto("/board/")
    page.get_by_placeholder("Order, product, component, customer").fill("WO-2")
    expect(page.locator("tr[data-order]")).to_have_count(1)
    page.goto("/board/?state=never")
    assert shown(page) == ["WO-2", "WO-3"]
    page.get_by_label("Group by").select_option("bottleneck")
    expect(page.locator("tr.group")).to_contain_text("BOLT")


def test_by_rank_number_and_its_material_follows(contended: SmallPlant, arrive: Arrive) -> None:
    for order in WorkOrder.objects.order_by("rank"):
        production.release(contended.do("planner"), work_order_id=order.pk)
    planning.run(timezone.now())
    page = arrive("planner")
    page.goto("/board/")
    row(page, "WO-3").locator("[name=ids]").check()
    page.get_by_role("button", name="Serve before …").click()
    sheet = page.locator("#rank-sheet[open]")
    sheet.locator("input[name=rank]").fill("1")
    sheet.get_by_role("button", name="Show what it would do").click()
    expect(sheet).to_contain_text("1 shortage solved")
    expect(sheet).to_contain_text("1 new shortage")
    expect(sheet.locator("#rank-passed")).to_contain_text("BOLT")
    assert bolts_listed() == {"WO-1": 40}
    sheet.get_by_role("button", name="Apply").click()
    expect(page.locator("#rank-sheet[open]")).to_have_count(0)
    assert ranked() == ["WO-3", "WO-1", "WO-2"]
    assert bolts_listed() == {"WO-3": 40}
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast-note").last).to_contain_text("The ranks are as they were.")
    assert bolts_listed() == {"WO-1": 40}


def bolts_listed() -> dict[str, int]:
    lines = PickLine.objects.filter(item__code="BOLT", status="open").select_related("requirement__work_order")
    return {line.requirement.work_order.code: int(line.open_quantity) for line in lines}

"""A picker takes more than the line asks for: one reason, counted taps, and one tap takes it back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from qitao.picking.models import PickList
from qitao.production.models import Requirement
from tests.fixtures.browser import Troubles
from tests.small_plant import SmallPlant
from tests.stories.hands import Hands

Arrive = Callable[..., Page]


@pytest.fixture
def stocked(plant: SmallPlant) -> SmallPlant:
    plant.put("BOLT", "A-01", 500, lot="LOT-7")
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", "50.5")
    return plant


def said(page: Page, tone: str) -> None:
    expect(page.locator("#said")).to_have_class(re.compile(rf"\bsaid-{tone}\b"))


def test_more_than_needed_takes_two_scans_and_five_taps(stocked: SmallPlant, arrive: Arrive) -> None:
    order = stocked.released(10, code="WO-1")
    page = arrive("picker", size="tablet")
    hands = Hands(page)
    page.goto(f"/pick-lists/{PickList.objects.get(work_order=order).code}/")
    hands.scan("A-01")
    hands.tap(page.locator(".pick-line:visible [data-amount]"))
    hands.keys("43")
    hands.tap(page.locator("[data-amount-ok]"))
    expect(page.locator("[data-more]")).to_be_visible()  # why? the first reason stands there
    hands.tap(page.locator("[data-amount-ok]"))
    hands.scan("LOT-7")
    said(page, "good")
    expect(page.locator("#said")).to_contain_text("3 pcs more than needed")
    need = Requirement.objects.get(work_order=order, item__code="BOLT")
    assert (need.issued, need.over_issued) == (43, 3)
    assert hands.spent == (2, 5)
    hands.tap(page.locator("#said").get_by_role("button", name="Undo"))
    expect(page.get_by_role("button", name="Undo 40 BOLT")).to_be_visible(timeout=15_000)  # only the more went back
    need.refresh_from_db()
    assert (need.issued, need.over_issued) == (40, 0)


def test_beyond_the_limit_it_is_red_and_the_line_stays(stocked: SmallPlant, arrive: Arrive, troubles: Troubles) -> None:
    order = stocked.released(10, code="WO-1")
    page = arrive("picker", size="tablet")
    hands = Hands(page)
    page.goto(f"/pick-lists/{PickList.objects.get(work_order=order).code}/")
    hands.tap(page.locator(".pick-line:visible [data-amount]"))
    hands.keys("90")
    hands.tap(page.locator("[data-amount-ok]"))
    page.locator("[name=over][value=scrap] + span").click()
    hands.tap(page.locator("[data-amount-ok]"))
    page.wait_for_timeout(600)  # a tap right after the dialog closed is taken for the second of a double tap
    with page.expect_response("**/more/"):
        hands.tap(page.get_by_role("button", name="Picked"))
    said(page, "bad")
    expect(page.locator("#said")).to_contain_text("4 may be")
    assert stocked.on_hand("BOLT", "A-01") == 500
    troubles.forgive("409")

"""A line leader scans the job card, types how many, and confirms: one scan, four taps."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from qitao.catalog import routings
from qitao.catalog.models import WorkCenter
from qitao.catalog.routings import StepFacts
from qitao.production.models import Operation
from tests.small_plant import SmallPlant
from tests.stories.hands import Hands


def test_output_is_reported_with_one_scan_and_four_taps(
    plant: SmallPlant, arrive: Callable[..., Page], looked_at: Callable[[Page, str], None]
) -> None:
    center = WorkCenter.objects.get().pk
    steps = [
        StepFacts(10, "weld", center, Decimal(10), Decimal(2), "Mind the fume."),
        StepFacts(20, "paint", center, Decimal(0), Decimal(1)),
    ]
    values = {"version": "1", "valid_from": None, "valid_to": None, "note": ""}
    routings.keep_routing(plant.do("planner"), item_id=plant.items["FRAME"].pk, values=values, steps=steps)
    plant.released(200, code="WO-1")
    page = arrive("line_leader")
    page.goto("/operations/")
    looked_at(page, "operations")
    hands = Hands(page)
    hands.scan("WO-1.10")
    page.wait_for_url("**/operations/*/")
    looked_at(page, "job-card")
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("0")
    hands.taps += 3
    hands.tap(page.get_by_role("button", name="Report", exact=True))
    expect(page.get_by_text("WO-1.10: 120 good, 0 scrap")).to_be_visible()
    assert hands.spent == (1, 4)
    assert Operation.objects.get(number=10).good == 120
    phone = arrive("line_leader", size="phone", theme="dark")
    phone.goto(page.url)
    looked_at(phone, "job-card-phone")
    planner = arrive("planner")
    planner.goto(f"/records/routings/{plant.items['FRAME'].routings.get().pk}/")
    looked_at(planner, "routing")

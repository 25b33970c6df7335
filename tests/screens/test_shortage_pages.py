"""The planner's and the shortage pages: no serious fault in light and dark, no sideways scrolling on any size."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.shortages import actions as shortages
from qitao.shortages.models import Case
from tests.small_plant import SmallPlant

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LANGUAGES = ("en", "zh-hans", "zh-hant")


@pytest.fixture
def addresses(plant: SmallPlant) -> dict[str, str]:
    """A short pick, orders that wait, a customer, a supplier, a closed case – and the pages that show them."""
    plant.put("PLATE", "A-02", 5)
    plant.put("PAINT", "A-03", 500)
    plant.put("BOLT", "A-01", 40)
    plant.put("BOLT", "B-01", 200)
    plant.put("BOLT", "A-02", 5, status="quarantine")
    plant.sale(40, due=9, penalty=500)
    plant.purchase("BOLT", 100, promised=20)
    work_order = plant.released(10, code="WO-1")
    plant.work_order(30, code="WO-2")
    line = PickLine.objects.get(pick_list__work_order=work_order, item__code="BOLT")
    now = plant.do("picker", at=timezone.now())
    picking.report_short(now, pick_line_id=line.pk, found=Decimal(15), reason="less")
    planning.run(timezone.now())
    plate = plant.items["PLATE"].pk
    reply = shortages.open_foreseen(plant.do("planner", at=timezone.now()), item_id=plate, site_id=plant.site.pk)
    shortages.close(plant.do("planner", at=timezone.now()), case_id=reply["case"], cause="planning", note="too late")
    open_case = Case.objects.get(item__code="BOLT")
    return {
        "board": "/board/",
        "board-open": "/board/?by=bottleneck&state=never&state=late&open=WO-2",
        "board-none": "/board/?q=zzzz",
        "cases": "/cases/",
        "cases-by-owner": "/cases/?by=owner",
        "cases-none": "/cases/?q=zzzz",
        "cases-list": "/cases/list/",
        "cases-foreseen": "/cases/foreseen/",
        "cases-closed": "/cases/closed/",
        "case": f"/cases/{open_case.code}/",
        "case-closed": f"/cases/{reply['code']}/",
        "case-ways": f"/cases/{open_case.code}/ways-out/",
    }


def settled(page: Page) -> None:
    """Wait until nothing is loading."""
    expect(page.locator(".skeleton")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_serious_fault(
    addresses: dict[str, str], arrive: Callable[..., Page], looked_at: Callable[[Page, str], None], theme: str
) -> None:
    page = arrive("planner", theme=theme)
    for name, address in addresses.items():
        page.goto(address)
        settled(page)
        looked_at(page, f"{name}-{theme}")


def test_what_opens_has_no_serious_fault(
    addresses: dict[str, str], arrive: Callable[..., Page], looked_at: Callable[[Page, str], None]
) -> None:
    page = arrive("planner")
    page.goto(addresses["case"])
    settled(page)
    page.locator(".way-do > summary").first.click()
    looked_at(page, "case-sure")
    page.get_by_role("button", name="Not now").first.click()
    page.get_by_role("button", name="Close the case").first.click()
    looked_at(page, "case-close")
    page.goto("/board/")
    page.locator("[data-grip]").last.focus()
    for key in ("Enter", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#rank-sheet")).to_contain_text("before")
    looked_at(page, "board-rank")


@pytest.mark.parametrize("size", ["tablet", "phone", "narrow"])
def test_nothing_scrolls_sideways(addresses: dict[str, str], arrive: Callable[..., Page], size: str) -> None:
    for language in LANGUAGES:
        page = arrive("planner", size=size, language=language)
        for address in addresses.values():
            page.goto(address)
            settled(page)
            assert page.evaluate(SIDEWAYS) <= 0, f"{address} at {size} in {language}"


@pytest.mark.parametrize("role", ["picker", "line_leader", "buyer", "manager"])
def test_other_roles_read_without_trouble(addresses: dict[str, str], arrive: Callable[..., Page], role: str) -> None:
    page = arrive(role, size="tablet")
    for address in addresses.values():
        page.goto(address)
        settled(page)
        assert page.evaluate(SIDEWAYS) <= 0, address


def test_a_day_in_a_chart_is_the_same_day_in_every_zone(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    today = timezone.localdate()
    plant.put("BOLT", "A-01", 40)
    plant.purchase("BOLT", 100, promised=20)
    page = arrive("planner", language="en")
    zones = page.context.new_cdp_session(page)
    shown = []
    for zone in ("Asia/Shanghai", "America/Los_Angeles"):
        zones.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
        page.goto("/items/BOLT/")
        labels = page.locator("figure[data-chart=supply] svg text")
        labels.first.wait_for()
        shown.append(labels.all_text_contents())
    assert shown[0] == shown[1]
    assert any(label in (f"{today:%b} {today.day}", f"{today.day} {today:%b}") for label in shown[0])

"""Every page in light and dark, in each language and on each size: no serious fault, no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.fixtures.web import WebServer
from tests.small_plant import SmallPlant

ROLES = ("picker", "line_leader", "planner", "buyer", "warehouse_manager", "manager", "administrator")
PAGES = {
    "items": "/items/",
    "items-none": "/items/?q=zzzz",
    "item-supply": "/items/BOLT/",
    "item-stock": "/items/BOLT/?tab=stock",
    "item-needs": "/items/BOLT/?tab=needs",
    "item-purchases": "/items/BOLT/?tab=purchases",
    "item-bom": "/items/FRAME/?tab=bom",
    "item-moves": "/items/BOLT/?tab=moves",
    "bin": "/scan/?code=A-01",
    "lot": "/scan/?code=L-1",
    "stock-documents": "/stock/documents/",
    "reservations": "/reservations/",
    "borrowings": "/borrowings/",
    "search": "/search/?q=bolt",
    "search-none": "/search/?q=zzzz",
}
KEEPERS = {  # what only who keeps the stores sees
    "write-status": "/stock/documents/new/status/?of=BOLT",
    "write-split": "/stock/documents/new/split/?of=L-1",
    "write-receipt": "/stock/documents/new/receipt/",
    "write-nothing": "/stock/documents/new/scrap/?of=zzzz",
}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def busy(plant: SmallPlant) -> SmallPlant:
    """The plant with something going on."""
    plant.put("BOLT", "A-01", 100, lot="L-1")
    plant.put("BOLT", "A-02", 20, status="quarantine")
    plant.put("PLATE", "A-02", 3)
    plant.released(5, code="WO-1")
    plant.work_order(50, code="WO-2")
    plant.purchase("BOLT", 500, promised=9)
    return plant


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_serious_fault(
    busy: SmallPlant, arrive: Callable[..., Page], looked_at: Callable[[Page, str], None], theme: str
) -> None:
    page = arrive("planner", theme=theme)
    for name, address in PAGES.items():
        page.goto(address)
        looked_at(page, f"{name}-{theme}")


@pytest.mark.parametrize(("theme", "size"), [("light", "desktop"), ("dark", "phone")])
def test_what_the_keeper_writes_has_no_serious_fault(
    busy: SmallPlant, arrive: Callable[..., Page], looked_at: Callable[[Page, str], None], theme: str, size: str
) -> None:
    page = arrive("warehouse_manager", theme=theme, size=size)
    for name, address in KEEPERS.items():
        page.goto(address)
        looked_at(page, f"{name}-{theme}")
        assert page.evaluate(SIDEWAYS) <= 0, f"{address} at {size}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_today_of_each_role_has_no_serious_fault(
    busy: SmallPlant, arrive: Callable[..., Page], looked_at: Callable[[Page, str], None], theme: str
) -> None:
    for role in ROLES:
        page = arrive(role, theme=theme)
        page.goto("/")
        looked_at(page, f"today-{role}-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_has_no_serious_fault(
    server: WebServer, page: Page, looked_at: Callable[[Page, str], None], theme: str
) -> None:
    page.context.add_cookies([{"name": "theme", "value": theme, "url": server.url}])
    page.goto("/sign-in/")
    looked_at(page, f"sign-in-{theme}")


@pytest.mark.parametrize("size", ["tablet", "phone", "narrow"])
def test_nothing_scrolls_sideways(busy: SmallPlant, arrive: Callable[..., Page], size: str) -> None:
    page = arrive("planner", size=size)
    for address in ("/", *PAGES.values()):
        page.goto(address)
        assert page.evaluate(SIDEWAYS) <= 0, f"{address} at {size}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_palette_menus_and_keys_have_no_serious_fault(
    busy: SmallPlant, arrive: Callable[..., Page], looked_at: Callable[[Page, str], None], theme: str
) -> None:
    page = arrive("planner", theme=theme)
    page.goto("/items/")
    page.keyboard.press("Control+k")
    page.fill("#palette-q", "bolt")
    page.wait_for_selector("#palette-found [role=option] >> text=BOLT-ZN")
    looked_at(page, f"palette-{theme}")
    page.keyboard.press("Escape")
    page.click("details.filter summary")
    looked_at(page, f"filter-{theme}")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    looked_at(page, f"keys-{theme}")


def test_what_the_floor_touches_is_large_enough(busy: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("picker", size="tablet")
    page.goto("/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('main a, main button, .bar button, .bar summary')]
            .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 43.5)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert small == []

"""The floor and the documents as eyes and fingers meet them: no serious fault, nothing sideways, nothing too small."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from qitao.picking import actions as picking
from qitao.picking.models import PickLine, PickList, ShortPick
from qitao.planning import actions as planning
from qitao.purchasing import actions as purchasing
from qitao.purchasing.models import Receipt, Requisition
from qitao.stock import actions as stock
from qitao.stock.models import Count, Transfer
from tests.small_plant import EIGHT, SmallPlant
from tests.stories.hands import Hands

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('button, a[href], summary, input:not([type=hidden]), select, label')]
  .filter((each) => each.checkVisibility() && !each.closest('.skip, .toasts, p, h1, h2, td'))
  .filter((each) => !each.matches('.skip, label.field, .pad-label'))
  .filter((each) => !each.closest('label') || each.matches('label'))
  .map((each) => [each.outerHTML.slice(0, 90), each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 55.5 && box.width > 0)
  .map(([html, box]) => `${Math.round(box.height)}: ${html}`)"""
TEXT = """() => [...document.querySelectorAll('main *')]
  .filter((each) => each.checkVisibility())
  .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((each) => !each.closest('.unseen') && parseFloat(getComputedStyle(each).fontSize) < 15)
  .map((each) => `${getComputedStyle(each).fontSize}: ${each.outerHTML.slice(0, 90)}`)"""


@pytest.fixture
def pages(plant: SmallPlant) -> dict[str, str]:
    """The addresses of a plant in which something is in every state."""
    plant.put("BOLT", "A-01", 60, lot="LOT-1", expires_on=date(2027, 3, 1))
    plant.put("BOLT", "A-03", 300, lot="LOT-2")
    plant.put("BOLT-ZN", "A-03", 100)
    plant.put("BOLT", "B-01", 100)
    plant.put("PLATE", "A-02", 100)
    first = plant.released(10, code="WO-1")
    plant.released(10, code="WO-3")
    plant.work_order(50, code="WO-2")
    plant.purchase("PAINT", 500, promised=9)
    plant.sale(12, due=9, penalty=100)
    line = PickLine.objects.get(pick_list__work_order=first, item__code="BOLT")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(15), reason="damaged")
    order = plant.purchase("PLATE", 40, promised=6, code="PO-2").line.order
    delivery = order.lines.get().deliveries.get()
    purchasing.receive(plant.do("picker"), order_id=order.pk, lines=[{"delivery_id": delivery.pk, "quantity": 10}])
    stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)
    stock.plan_transfer(
        plant.do("planner"),
        item_id=plant.items["BOLT"].pk,
        from_warehouse_id=plant.second.pk,
        to_warehouse_id=plant.home.pk,
        quantity=Decimal(5),
        due_on=date(2026, 1, 7),
    )
    purchasing.request(
        plant.do("planner"),
        item_id=plant.items["BOLT"].pk,
        quantity=Decimal(100),
        warehouse_id=plant.home.pk,
        needed_on=date(2026, 1, 8),
        expected_on=date(2026, 1, 12),
    )
    planning.run(EIGHT)
    second = PickList.objects.get(work_order__code="WO-3").code
    return {
        "pick-station": f"/pick-lists/{second}/",
        "pick-answer": f"/short-picks/{ShortPick.objects.get().pk}/",
        "count-station": f"/counts/{Count.objects.get().code}/",
        "receive-station": "/receipts/new/PO-2/",
        "pick-lists": "/pick-lists/",
        "pick-lines": f"/pick-lists/{second}/lines/",
        "pick-print": f"/pick-lists/{second}/print/",
        "work-orders": "/work-orders/",
        "work-order": "/work-orders/WO-1/",
        "receipts": "/receipts/?when=",
        "receipts-done": "/receipts/done/",
        "receipt": f"/receipts/{Receipt.objects.get().code}/",
        "counts": "/counts/",
        "count-new": "/counts/new/",
        "transfers": "/transfers/",
        "transfer": f"/transfers/{Transfer.objects.get().code}/",
        "transfer-new": "/transfers/new/",
        "purchase-orders": "/purchase-orders/",
        "purchase-order": "/purchase-orders/PO-1/",
        "deliveries": "/deliveries/",
        "requisitions": "/requisitions/",
        "requisition": f"/requisitions/{Requisition.objects.get().code}/",
        "suppliers": "/suppliers/",
        "sales-orders": "/sales-orders/",
        "sales-order": "/sales-orders/SO-1/",
        "customers": "/customers/",
    }


STATIONS = ("pick-station", "pick-answer", "count-station", "receive-station")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_serious_fault(
    pages: dict[str, str], arrive: Callable[..., Page], looked_at: Callable[[Page, str], None], theme: str
) -> None:
    page = arrive("warehouse_manager", theme=theme)
    for name, address in pages.items():
        page.goto(address)
        looked_at(page, f"{name}-{theme}")


def test_the_form_of_a_work_order_has_no_serious_fault(
    pages: dict[str, str], arrive: Callable[..., Page], looked_at: Callable[[Page, str], None]
) -> None:
    page = arrive("planner", size="phone")
    page.goto("/work-orders/new/")
    looked_at(page, "work-order-new")
    assert page.evaluate(SIDEWAYS) <= 0


@pytest.mark.parametrize("size", ["tablet", "phone", "narrow"])
def test_nothing_scrolls_sideways(pages: dict[str, str], arrive: Callable[..., Page], size: str) -> None:
    page = arrive("warehouse_manager", size=size)
    wrong = []
    for name, address in pages.items():
        page.goto(address)
        if page.evaluate(SIDEWAYS) > 0:
            wrong.append(name)
    assert wrong == []


@pytest.mark.parametrize("size", ["tablet", "phone"])
@pytest.mark.parametrize("name", STATIONS)
def test_what_gloves_touch_is_large_enough(
    pages: dict[str, str], arrive: Callable[..., Page], name: str, size: str
) -> None:
    page = arrive("picker", size=size)
    page.goto(pages[name])
    assert page.evaluate(SMALL) == []
    assert page.evaluate(TEXT) == []
    for primary in page.locator(".btn-primary:visible").all():
        box = primary.bounding_box()
        assert box is not None
        assert box["height"] >= 72


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sheets_of_the_pick_screen_have_no_serious_fault(
    pages: dict[str, str], arrive: Callable[..., Page], looked_at: Callable[[Page, str], None], theme: str
) -> None:
    page = arrive("picker", theme=theme, size="tablet")
    page.goto(pages["pick-station"])
    for button in ("[data-amount]", "[data-short]"):
        page.locator(f".pick-line:visible {button}").click()
        looked_at(page, f"pick-sheet-{'amount' if 'amount' in button else 'short'}-{theme}")
        page.keyboard.press("Escape")


@pytest.mark.parametrize("size", ["phone", "narrow"])
def test_a_phone_shows_what_was_picked_and_what_is_short_without_scrolling_sideways(
    plant: SmallPlant, arrive: Callable[..., Page], size: str
) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("PLATE", "A-02", 1000)
    plant.put("PAINT", "A-03", 1000)
    order = plant.released(10)
    page = arrive("picker", size=size)
    page.goto(f"/pick-lists/{PickList.objects.get(work_order=order).code}/")
    page.locator(".pick-line:visible [data-short]").click()
    page.get_by_role("button", name="Report short").click()
    expect(page.locator("#said")).to_have_class(re.compile("said-warn"))
    Hands(page).scan("A-02", "PLATE")
    expect(page.locator("#said")).to_have_class(re.compile("said-good"))
    page.reload()
    expect(page.locator(".pick-undo")).to_be_visible()
    expect(page.locator(".pick-progress .chip-warn")).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0


@pytest.mark.parametrize("size", ["tablet", "phone", "portrait"])
def test_what_was_counted_hides_no_way_to_go_on(pages: dict[str, str], arrive: Callable[..., Page], size: str) -> None:
    page = arrive("picker", size=size)
    page.goto(pages["count-station"])
    page.locator("#counted").fill("60")
    page.get_by_role("button", name="Enter").click()
    said = page.locator(".toast-note")
    expect(said).to_be_visible()
    for wanted in (page.locator("#count-add summary"), page.locator("#counted"), page.locator(".todo a").first):
        assert not _overlap(said, wanted)


def _overlap(one: Locator, other: Locator) -> bool:
    first, second = one.bounding_box(), other.bounding_box()
    assert first is not None
    assert second is not None
    beside = first["x"] + first["width"] <= second["x"] or second["x"] + second["width"] <= first["x"]
    return not (beside or first["y"] + first["height"] <= second["y"] or second["y"] + second["height"] <= first["y"])

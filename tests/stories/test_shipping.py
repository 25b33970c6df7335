"""Finished goods go to the customer: found by what is due, taken by scan, with a delivery note – and back in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

from qitao.sales.models import SalesOrder, SalesOrderLine, Shipment
from qitao.stock import queries as ledger
from tests.fixtures.browser import Troubles
from tests.small_plant import SmallPlant
from tests.stories.hands import Hands

Arrive = Callable[..., Page]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_what_is_due_is_shipped_with_a_scan_and_a_tap_and_taken_back(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("FRAME", "A-01", 6, lot="F-1", expires_on=date(2100, 1, 1))
    plant.put("FRAME", "A-02", 30, lot="F-2")
    plant.sale(10, due=20)
    plant.sale(99, due=21, code="SO-9")
    planner = arrive("planner")
    planner.goto("/sales-orders/SO-1/")
    expect(planner.get_by_role("link", name="Ship", exact=True)).to_have_count(0)
    page = arrive("picker", size="tablet")
    hands = Hands(page)
    page.goto("/shipments/")
    expect(page.locator("tbody tr")).to_have_count(2)
    hands.scan("FRAME")  # the order that is due first
    page.wait_for_url("**/shipments/new/SO-1/")
    amounts = page.locator(".ship-place input")
    expect(amounts.nth(0)).to_have_value("6")  # what expires first goes first
    expect(amounts.nth(1)).to_have_value("4")
    hands.tap(page.get_by_role("button", name="Ship"))
    page.wait_for_url(re.compile(r"/shipments/SH"))
    expect(page.locator(".toast-good, .toast-success")).to_contain_text("has left")
    assert hands.spent == (1, 1)
    assert SalesOrder.objects.get(code="SO-1").status == "closed"
    expect(planner.locator("#sales-state")).to_contain_text("closed", timeout=3000)
    expect(planner.locator("#sales-story")).to_contain_text("FRAME × 10")
    page.get_by_role("link", name="Delivery note").click()
    expect(page.locator("h1")).to_contain_text("送货单")  # as a customer in China reads it
    expect(page.locator("main")).to_contain_text("F-1")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_contain_text("Delivery note")
    page.get_by_role("link", name="Back").click()
    page.get_by_role("button", name="Take back").click()
    expect(page.locator("main, header").get_by_text("taken back").first).to_be_visible()
    assert SalesOrderLine.objects.get(order__code="SO-1").shipped == 0
    assert [plant.on_hand("FRAME", place) for place in ("A-01", "A-02")] == [6, 30]
    expect(planner.locator("#sales-state")).to_contain_text("open", timeout=3000)
    assert ledger.verify() == []


def test_another_bin_is_taken_by_scan_and_a_part_by_pad(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("FRAME", "A-01", 6)
    plant.put("FRAME", "A-02", 30, lot="F-2")
    plant.sale(10, due=20)
    page = arrive("picker", size="tablet")
    hands = Hands(page)
    page.goto("/shipments/new/SO-1/")
    first, second = page.locator(".ship-place input").nth(0), page.locator(".ship-place input").nth(1)
    second.fill("")
    hands.scan("(240)FRAME(10)F-2")
    expect(page.locator("#said")).to_contain_text("4 of FRAME from A-02")
    hands.scan("NONSENSE")
    expect(page.locator("#said")).to_contain_text("NONSENSE is not in this shipment")
    hands.tap(first)
    hands.keys("5")
    hands.tap(page.locator("[data-pad-ok]"))
    hands.tap(page.get_by_role("button", name="Ship"))
    page.wait_for_url(re.compile(r"/shipments/SH"))
    assert {line.location.code: line.quantity for line in Shipment.objects.get().lines.all()} == {"A-01": 5, "A-02": 4}
    assert SalesOrder.objects.get().status == "open"
    expect(page.locator("main")).to_contain_text("1")


def test_a_refused_shipment_keeps_what_was_typed_and_says_why(
    plant: SmallPlant, arrive: Arrive, troubles: Troubles
) -> None:
    plant.put("FRAME", "A-01", 30)
    plant.sale(10, due=20)
    page = arrive("warehouse_manager", size="phone")
    page.goto("/shipments/new/SO-1/")
    assert page.evaluate(SIDEWAYS) <= 0
    page.locator(".ship-place input").fill("11")
    page.get_by_role("button", name="Ship").click()
    expect(page.locator("[data-refusal]")).to_contain_text("only 10 are still ordered")
    expect(page.locator(".ship-place input")).to_have_value("11")
    assert not Shipment.objects.exists()
    troubles.forgive("409")


def test_the_pages_have_no_serious_fault(
    plant: SmallPlant, arrive: Arrive, looked_at: Callable[[Page, str], None]
) -> None:
    plant.put("FRAME", "A-01", 30, lot="F-1")
    plant.sale(10, due=20)
    for theme in ("light", "dark"):
        page = arrive("warehouse_manager", theme=theme)
        page.goto("/shipments/")
        looked_at(page, f"to-ship-{theme}")
        page.goto("/shipments/new/SO-1/")
        looked_at(page, f"ship-{theme}")
        page.locator(".ship-place input").fill("2")
        page.get_by_role("button", name="Ship").click()
        page.wait_for_url(re.compile(r"/shipments/SH"))
        looked_at(page, f"shipment-{theme}")
        page.goto(page.url + "note/?in=en")
        looked_at(page, f"delivery-note-{theme}")

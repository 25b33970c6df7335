"""A buyer changes an open purchase order: the supplier can send a part only, the rest is not wanted any more."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from qitao.purchasing.models import Delivery
from tests.fixtures.browser import Troubles
from tests.small_plant import SmallPlant

Arrive = Callable[..., Page]


def test_a_part_comes_later_and_the_rest_is_cancelled(plant: SmallPlant, arrive: Arrive) -> None:
    plant.purchase("BOLT", 100, promised=9)
    page = arrive("buyer")
    page.goto("/purchase-orders/PO-1/")
    page.get_by_role("button", name="New date").click()
    page.get_by_label("Now promised for").fill("2026-01-20")
    page.get_by_label("How many").fill("40")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("40 of PO-1-10/1 are now promised")).to_be_visible()
    page.get_by_role("button", name="Change", exact=True).first.click()
    page.locator("dialog[open]").get_by_role("button", name="Cancel the rest").click()
    expect(page.locator("dialog[open]")).to_have_count(1)  # one sheet takes the place of the other
    page.locator("dialog[open]").get_by_role("button", name="Cancel the rest").click()
    expect(page.get_by_text("60 cancelled").first).to_be_visible()
    rows = Delivery.objects.order_by("sequence")
    assert [(row.quantity, row.cancelled) for row in rows] == [(0, 60), (40, 0)]


def test_a_refusal_stays_in_sight_while_items_are_offered(
    plant: SmallPlant, arrive: Arrive, troubles: Troubles
) -> None:
    plant.purchase("BOLT", 100, promised=9)
    page = arrive("buyer")
    page.goto("/purchase-orders/PO-1/")
    page.get_by_role("button", name="Add a line").first.click()
    sheet = page.locator("dialog[open]")
    sheet.get_by_label("Quantity").fill("5")
    sheet.get_by_label("Item").fill("NOPE")
    sheet.get_by_role("button", name="Add a line").click()
    expect(sheet.get_by_text("does not exist")).to_be_visible()
    with page.expect_response(lambda answer: "BOLT-Z" in answer.url):
        sheet.get_by_label("Item").fill("BOLT-Z")
    expect(sheet.get_by_text("does not exist")).to_be_visible()
    sheet.get_by_label("Item").fill("PLATE")
    sheet.get_by_role("button", name="Add a line").click()
    expect(page.get_by_text("Line 20 is added to PO-1.")).to_be_visible()
    troubles.forgive("404")

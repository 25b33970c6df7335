"""A work order from release to its end: started, paused, gone on with, reported, its rejects made good, closed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from qitao.production.models import Closing, WorkOrder
from qitao.stock import queries as ledger
from tests.small_plant import SmallPlant


def test_a_work_order_lives_and_ends(
    plant: SmallPlant, arrive: Callable[..., Page], looked_at: Callable[[Page, str], None]
) -> None:
    for item, place in (("BOLT", "A-01"), ("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 1000)
    plant.work_order(10, code="WO-1")
    page = arrive("planner")

    def press(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).first.click()

    page.goto("/work-orders/WO-1/")
    press("Release")
    expect(page.get_by_text("WO-1 is released.")).to_be_visible()
    press("Start")
    expect(page.get_by_text("WO-1 has started.")).to_be_visible()
    press("Pause")
    sheet = page.locator("dialog[open]")
    sheet.get_by_label("Why").fill("tool broken")
    sheet.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused: tool broken").first).to_be_visible()
    press("Go on")
    expect(page.get_by_text("WO-1 goes on.")).to_be_visible()

    press("Report output")
    sheet.get_by_label("Made (pcs)").fill("7")
    sheet.get_by_label("Rejected (pcs)").fill("2")
    sheet.get_by_label("Scrapped (pcs)").fill("1")
    sheet.get_by_label("Why not all are good").select_option("test")
    looked_at(page, "report-output")
    sheet.get_by_role("button", name="Report").click()
    expect(page.get_by_text("7 good, 2 rejected, 1 scrap")).to_be_visible()

    press("Rework")
    looked_at(page, "rework")
    sheet.get_by_role("button", name="Make it").click()
    page.wait_for_url("**/work-orders/WO-1/2/")
    expect(page.get_by_text("Makes rejects of WO-1 good")).to_be_visible()
    press("Release")
    expect(page.get_by_text("WO-1/2 is released.")).to_be_visible()
    press("Report output")
    sheet.get_by_label("Made (pcs)").fill("2")
    sheet.get_by_role("button", name="Report").click()
    expect(page.get_by_text("2 pcs of FRAME are in stock.")).to_be_visible()

    page.goto("/work-orders/WO-1/")
    page.get_by_role("link", name="Close", exact=True).click()
    expect(page.get_by_text("70.0 %")).to_be_visible()
    looked_at(page, "variance")
    press("Close the work order")
    expect(page.get_by_text("As it was when planner closed it")).to_be_visible()
    page.goto("/work-orders/closed/")
    expect(page.get_by_text("WO-1", exact=True).first).to_be_visible()
    looked_at(page, "closed-work-orders")
    assert Closing.objects.get().work_order.code == "WO-1"
    assert WorkOrder.objects.get(code="WO-1/2").quantity_done == 2
    assert ledger.verify() == []

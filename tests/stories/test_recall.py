"""A supplier calls: a lot is bad. Where is it, whom did it reach, and what is left is stopped."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.sales import actions as sales
from qitao.stock.models import Balance
from qitao.stock.queries import verify
from tests.screens.test_every_page import SIDEWAYS
from tests.small_plant import SmallPlant
from tests.stories.hands import Hands


def days_before(plant: SmallPlant) -> None:
    """L-100 is received, goes into eight work orders, some FRAMEs to the customer; a ninth has it to pick."""
    delivery = plant.purchase("BOLT", 500, promised=5)
    line = {"delivery_id": delivery.pk, "quantity": 500, "lot_code": "L-100", "location_id": plant.bins["A-01"].pk}
    purchasing.receive(plant.do("picker"), order_id=delivery.line.order_id, lines=[line])
    plant.put("PLATE", "A-02", 500, lot="P-1")
    plant.put("PAINT", "A-03", 500)
    for number in range(1, 9):
        order = plant.released(4, code=f"WO-{number}")
        for pick in PickLine.objects.filter(pick_list__work_order=order):
            picking.confirm(plant.do("picker"), pick_line_id=pick.pk, quantity=pick.quantity)
        WorkOrder.objects.filter(pk=order.pk).update(lot_code=f"F-{number}")
        production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(4))
    sold = plant.sale(3, due=20)
    lying = Balance.objects.get(lot__code="F-3")
    takes = [sales.Take(sold.pk, lying.pk, Decimal(3))]
    sales.ship(plant.do("picker"), order_id=sold.order_id, warehouse_id=plant.home.pk, takes=takes)
    plant.released(10, code="WO-9")


def test_a_bad_lot_is_found_everywhere_and_stopped(
    plant: SmallPlant, arrive: Callable[..., Page], looked_at: Callable[[Page, str], None]
) -> None:
    days_before(plant)
    page = arrive("warehouse_manager")
    hands = Hands(page)
    page.goto("/trace/")
    hands.scan("L-100")
    expect(page.get_by_role("heading", name="L-100")).to_be_visible()
    boxes = page.locator("a.trace-box")
    expect(boxes.filter(has_text="8 work orders")).to_be_visible()
    expect(boxes.filter(has_text="8 lots")).to_be_visible()
    expect(boxes.filter(has_text="C-01")).to_be_visible()
    expect(boxes.filter(has_text="S-01")).to_be_visible()
    looked_at(page, "trace-light")
    boxes.filter(has_text="8 lots").focus()
    page.keyboard.press("Enter")
    expect(boxes.filter(has_text="F-3")).to_be_visible()

    page.get_by_role("link", name="Customers reached").click()
    expect(page.locator("table[data-list] tbody tr")).to_have_count(1)
    expect(page.locator("table[data-list]")).to_contain_text("for certain")
    with page.expect_download() as download:
        page.locator("summary[aria-label='Export']").click()
        page.locator("[data-export=csv]").click()
    assert "SO-1" in download.value.path().read_text("utf-8-sig")

    page.get_by_role("link", name="Left in stock").click()
    expect(page.locator("table[data-list] tbody tr")).to_have_count(9)
    page.get_by_role("button", name="Put what is left in quarantine").click()
    page.locator("dialog[open] input[name=reason]").fill("supplier's letter of Monday")
    page.get_by_role("button", name="Put in quarantine", exact=True).click()
    expect(page.get_by_text("9 bins are in quarantine now.")).to_be_visible()
    assert set(Balance.objects.filter(lot__code="L-100", on_hand__gt=0).values_list("status", flat=True)) == {
        "quarantine"
    }
    assert not PickLine.objects.filter(status="open", lot__code="L-100").exists(), "nobody picks it any more"
    assert verify() == []


def test_the_picture_can_be_read_in_the_dark_on_a_phone_and_in_chinese(
    plant: SmallPlant, arrive: Callable[..., Page], looked_at: Callable[[Page, str], None]
) -> None:
    days_before(plant)
    for role, theme, size, language in (
        ("warehouse_manager", "dark", "desktop", "zh-hans"),
        ("planner", "light", "phone", "zh-hant"),
        ("picker", "dark", "narrow", "en"),
    ):
        page = arrive(role, theme=theme, size=size, language=language)
        page.goto("/trace/?q=F-3")
        looked_at(page, f"trace-search-{theme}-{size}")
        assert page.evaluate(SIDEWAYS) <= 0
        page.locator("main .todo a").first.click()
        expect(page.locator("a.trace-box.is-start")).to_be_visible()
        looked_at(page, f"trace-{theme}-{size}")
        assert page.evaluate(SIDEWAYS) <= 0

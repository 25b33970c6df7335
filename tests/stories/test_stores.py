"""The stores: a delivery comes in, a bin is counted blind, stock goes to another warehouse; a line leader starts."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.purchasing.models import Receipt
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.models import Count
from tests.fixtures.browser import Troubles
from tests.small_plant import EIGHT, SmallPlant
from tests.stories.hands import Hands

Arrive = Callable[..., Page]


def said(page: Page, words: str) -> None:
    expect(page.locator("#said")).to_contain_text(words)


def test_a_delivery_comes_in_with_two_scans_and_a_tap(plant: SmallPlant, arrive: Arrive) -> None:
    waiting = plant.released(10, code="WO-1")
    plant.purchase("BOLT", 500, promised=5)
    page = arrive("picker", size="tablet")
    hands = Hands(page)
    page.goto("/receipts/?when=")
    hands.scan("PO-1")
    page.wait_for_url("**/receipts/new/PO-1/")
    expect(page.locator("[data-take]")).to_be_checked()  # the only line that can have come
    hands.scan("(240)BOLT(10)LOT-5(17)270131(30)300")
    said(page, "BOLT has arrived")
    hands.tap(page.get_by_role("button", name="Take into stock"))
    page.wait_for_url(re.compile(r"/receipts/RC"))
    line = Receipt.objects.get().lines.get()
    assert (line.quantity, line.lot.code, str(line.lot.expires_on)) == (300, "LOT-5", "2027-01-31")
    assert hands.spent == (2, 1)
    assert PickLine.objects.get(pick_list__work_order=waiting).quantity == 40  # what waited for it is served at once
    assert ledger.verify() == []


def test_another_quantity_and_a_bin_are_given_by_pad_and_scan(plant: SmallPlant, arrive: Arrive) -> None:
    plant.purchase("BOLT", 500, promised=5)
    page = arrive("picker", size="tablet")
    hands = Hands(page)
    page.goto("/receipts/new/PO-1/")
    hands.scan("BOLT")
    said(page, "BOLT has arrived")
    hands.scan("LOT-5")
    said(page, "Lot LOT-5")
    hands.scan("RM/A-02")
    said(page, "Into bin RM/A-02")
    hands.tap(page.locator(".receive-amount"))
    hands.keys("75")
    hands.tap(page.locator("[data-pad-ok]"))
    hands.tap(page.get_by_role("button", name="Take into stock"))
    page.wait_for_url(re.compile(r"/receipts/RC"))
    line = Receipt.objects.get().lines.get()
    assert (line.quantity, line.lot.code, line.location.code) == (75, "LOT-5", "A-02")
    assert hands.spent == (3, 5)


def test_a_label_is_read_as_scanners_send_it_and_no_second_lot_slips_in(plant: SmallPlant, arrive: Arrive) -> None:
    plant.purchase("BOLT", 500, promised=5)
    page = arrive("picker", size="tablet")
    page.goto("/receipts/new/PO-1/")
    hands = Hands(page)
    hands.scan("]d2240BOLT\x1d10LOT-5\x1d17270200\x1d30300")
    said(page, "BOLT has arrived")
    expect(page.locator("input[name^=lot]")).to_have_value("LOT-5")
    expect(page.locator("input[name^=expires]")).to_have_value("2027-02-28")  # day 00: the last of the month
    expect(page.locator("input[name^=quantity]")).to_have_value("300")
    hands.scan("BOLT")  # once more, by its plain label
    said(page, "BOLT has arrived")
    expect(page.locator("input[name^=lot]")).to_have_value("LOT-5")
    hands.scan("]d2240BOLT\x1d10LOT-6\x1d30200")
    said(page, "This line takes in lot LOT-5")
    expect(page.locator("input[name^=lot]")).to_have_value("LOT-5")
    expect(page.locator("input[name^=quantity]")).to_have_value("300")


def test_a_refused_receipt_keeps_what_was_typed_and_says_why(
    plant: SmallPlant, arrive: Arrive, troubles: Troubles
) -> None:
    plant.purchase("BOLT", 500, promised=5)
    page = arrive("picker", size="tablet")
    page.goto("/receipts/new/PO-1/")
    page.locator("input[name^=quantity]").fill("501")
    page.locator("input[name^=lot]").fill("LOT-5")
    page.get_by_role("button", name="Take into stock").click()
    expect(page.locator("[data-refusal]")).to_contain_text("only 500 still to come")
    expect(page.locator("input[name^=lot]")).to_have_value("LOT-5")
    assert not Receipt.objects.exists()
    troubles.forgive("409")


def test_a_blind_count_by_pad_and_scanner(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("BOLT", "A-01", 60)
    plant.put("BOLT", "A-03", 20)
    reply = stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)
    page = arrive("picker", size="tablet")
    hands = Hands(page)
    page.goto(f"/counts/{reply['code']}/")
    hands.scan("A-03")  # the counter begins at the other end
    expect(page.locator(".count-line .place")).to_have_text("A-03")
    assert "20" not in page.locator("#count").inner_text()
    for digit in "18":
        hands.tap(page.locator(f"#count [data-key='{digit}']"))
    hands.tap(page.get_by_role("button", name="Enter"))
    expect(page.locator(".count-line .place")).to_have_text("A-01")
    hands.scan("PLATE")
    said(page, "BOLT is counted here")
    page.keyboard.type("60", delay=70)
    page.keyboard.press("Enter")
    expect(page.locator(".pick-count")).to_have_text("2 / 2")
    hands.scan("A-02")  # and some lie where no record says so
    expect(page.locator("[data-add-bin]")).to_have_value("RM/A-02")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".count-line .place")).to_have_text("A-02")
    page.locator("#counted").fill("5")
    page.get_by_role("button", name="Enter").click()
    page.get_by_role("button", name="Post the count").click()
    expect(page.locator("#count-result")).to_be_visible()
    count = Count.objects.get()
    assert count.status == "posted"
    assert [plant.on_hand("BOLT", place) for place in ("A-01", "A-02", "A-03")] == [60, 5, 18]
    assert ledger.verify() == []


def test_two_screens_see_one_another_while_a_transfer_travels(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("BOLT", "B-01", 100)
    manager = arrive("warehouse_manager", size="tablet")
    manager.goto("/transfers/new/?item=BOLT")
    manager.locator("[name=from]").select_option("W2")
    manager.locator("[name=to]").select_option("RM")
    manager.locator("[name=quantity]").fill("40")
    manager.get_by_role("button", name="Plan it").click()
    manager.wait_for_url(re.compile(r"/transfers/TR"))
    picker = arrive("picker", size="tablet")
    picker.goto(manager.url)
    picker.wait_for_timeout(300)
    manager.get_by_role("button", name="Send").click()
    expect(picker.locator("#transfer-state")).to_contain_text("in transit", timeout=3000)
    picker.get_by_role("button", name="Take in").click()
    picker.locator("[name=bin]").fill("A-01")
    picker.get_by_role("button", name="Take into stock").click()
    expect(manager.locator("#transfer-state")).to_contain_text("received", timeout=3000)
    assert plant.on_hand("BOLT", "A-01") == Decimal(40)


def test_a_line_leader_starts_reports_and_calls_a_shortage(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("BOLT", "A-01", 500)
    plant.released(10, code="WO-1")
    planning.run(EIGHT)
    page = arrive("line_leader")
    hands = Hands(page)
    page.goto("/work-orders/WO-1/")
    hands.tap(page.get_by_role("button", name="Start"))
    expect(page.locator("#order-state")).to_contain_text("started", timeout=3000)
    hands.tap(page.locator("tr", has_text="PAINT").get_by_role("button", name="Report shortage"))
    expect(page.locator("tr", has_text="PAINT").get_by_role("link", name=re.compile("^SC"))).to_be_visible()
    hands.tap(page.get_by_role("button", name="Report output"))
    page.locator("#order-report [name=quantity]").fill("4")
    hands.tap(page.locator("#order-report").get_by_role("button", name="Report", exact=True))
    expect(page.locator("#order-head")).to_contain_text("4 / 10")
    assert hands.taps == 4


def test_a_work_order_loses_a_piece_ends_short_and_brings_its_rest_back(plant: SmallPlant, arrive: Arrive) -> None:
    for item, place in (("BOLT", "A-01"), ("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 500)
    order = plant.released(10, code="WO-1")
    for line in PickLine.objects.filter(status="open", item__code__in=("BOLT", "PLATE")):
        picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=line.open_quantity)
    leader = arrive("line_leader")
    leader.goto("/work-orders/WO-1/")
    leader.get_by_role("button", name="Report output").click()
    sheet = leader.locator("#order-report")
    sheet.locator("[name=quantity]").fill("6")
    sheet.locator("[name=scrapped]").fill("1")
    sheet.locator("[name=reason]").select_option(label="made wrong")
    sheet.get_by_role("button", name="Report", exact=True).click()
    expect(leader.locator("#order-head")).to_contain_text("6 / 10")
    expect(leader.locator("#order-story")).to_contain_text("Reported 6 as made, 1 as scrap (made wrong).")
    planner = arrive("planner")
    planner.goto("/work-orders/WO-1/")
    planner.get_by_role("button", name="Finish short").click()
    sheet = planner.locator("#order-finish")
    expect(sheet).to_contain_text("6 of 10 pcs are made.")
    sheet.locator("[name=reason]").fill("no more wanted")
    sheet.get_by_role("button", name="Finish short").click()
    expect(planner.locator("#order-state")).to_contain_text("completed", timeout=3000)
    expect(planner.locator("#order-head")).to_contain_text("no more wanted")
    expect(leader.locator("#order-state")).to_contain_text("completed", timeout=3000)  # she sees it without a reload
    leader.get_by_role("button", name="Return material").click()
    sheet = leader.locator("#order-return")
    expect(sheet).to_contain_text("at most 12 pcs")  # 40 issued, 28 in the seven that were made
    sheet.get_by_label("BOLT").fill("12")
    sheet.get_by_role("button", name="Back to stock").click()
    expect(sheet).to_be_hidden()
    expect(leader.locator("#order-story")).to_contain_text("Brought back to RM/A-01: 12 of BOLT.")
    assert plant.on_hand("BOLT", "A-01") == Decimal(472)
    assert not order.requirements.filter(item__code="BOLT").exclude(issued=28).exists()
    assert ledger.verify() == []


def test_a_refused_report_stays_open_and_a_scan_fills_its_bin(
    plant: SmallPlant, arrive: Arrive, troubles: Troubles
) -> None:
    plant.put("BOLT", "A-01", 500)
    plant.released(10, code="WO-1")
    page = arrive("line_leader")
    page.goto("/work-orders/WO-1/")
    page.get_by_role("button", name="Report output").click()
    sheet = page.locator("#order-report")
    sheet.locator("[name=quantity]").fill("11")
    sheet.get_by_role("button", name="Report", exact=True).click()
    expect(sheet.locator("[data-refusal]")).to_contain_text("11")
    expect(sheet.locator("[name=quantity]")).to_have_value("11")
    sheet.locator("[name=quantity]").fill("4")
    Hands(page).scan("RM/A-03")
    expect(sheet.locator("[name=bin]")).to_have_value("RM/A-03")
    expect(sheet.locator("[name=quantity]")).to_have_value("4")
    sheet.get_by_role("button", name="Report", exact=True).click()
    expect(sheet).to_be_hidden()
    expect(page.locator("#order-head")).to_contain_text("4 / 10")
    assert plant.on_hand("FRAME", "A-03") == Decimal(4)
    troubles.forgive("409|422")

"""A picker's morning: two scans a line, a short pick in three taps, an undo in one, and nothing lost on bad Wi-Fi."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, Route, expect

from qitao.journal.models import CommandRecord
from qitao.picking import actions as picking
from qitao.picking.models import PickLine, PickList
from qitao.production.models import WorkOrder
from qitao.shortages.models import Case
from qitao.stock import queries as ledger
from qitao.stock.models import Location, Move
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


def list_of(work_order: WorkOrder) -> PickList:
    return PickList.objects.get(work_order=work_order)


def picked(work_order: WorkOrder) -> dict[str, Decimal]:
    rows = PickLine.objects.filter(pick_list__work_order=work_order).order_by("location__route")
    return {row.item.code: row.picked.normalize() for row in rows}


def at_the_screen(arrive: Arrive, work_order: WorkOrder, *, size: str = "tablet") -> Hands:
    page = arrive("picker", size=size)
    hands = Hands(page)
    page.goto(f"/pick-lists/{list_of(work_order).code}/")
    expect(page.locator(".pick-line:visible .place")).to_have_text("A-01")
    return hands


def said(page: Page, tone: str) -> None:
    expect(page.locator("#said")).to_have_class(re.compile(rf"\bsaid-{tone}\b"))


def all_sent(page: Page) -> None:
    """Wait until nothing is on its way any more."""
    expect(page.locator("#waiting b")).to_have_text("0")


def test_a_line_takes_two_scans_and_no_tap(stocked: SmallPlant, arrive: Arrive) -> None:
    work_order = stocked.released(10)
    hands = at_the_screen(arrive, work_order)
    hands.scan("RM/A-01", "LOT-7")
    said(hands.page, "good")
    expect(hands.page.locator(".pick-line:visible .place")).to_have_text("A-02")
    hands.scan("a-02", "plate")  # capitals do not count
    hands.scan("A-03", "PAINT")
    hands.page.wait_for_url("**/pick-lists/**")
    expect(hands.page.locator("[data-end]")).to_be_visible()
    all_sent(hands.page)
    said(hands.page, "good")
    assert picked(work_order) == {"BOLT": 40, "PLATE": 10, "PAINT": 5}
    assert hands.spent == (6, 0)
    assert hands.loads == 0
    assert ledger.verify() == []


def test_another_quantity_costs_three_taps_more(stocked: SmallPlant, arrive: Arrive) -> None:
    work_order = stocked.released(10)
    hands = at_the_screen(arrive, work_order)
    hands.scan("A-01")
    hands.tap(hands.page.locator(".pick-line:visible [data-amount]"))
    hands.keys("9")
    hands.tap(hands.page.locator("[data-amount-ok]"))
    hands.scan("BOLT")
    said(hands.page, "good")
    assert picked(work_order)["BOLT"] == 9
    assert hands.spent == (2, 3)
    expect(hands.page.locator(".pick-line:visible [data-shown]")).to_have_text("31")  # the rest stays before the picker


def test_a_label_that_holds_less_than_is_wanted_is_taken_whole(stocked: SmallPlant, arrive: Arrive) -> None:
    work_order = stocked.released(10)
    hands = at_the_screen(arrive, work_order)
    hands.scan("A-01", "(240)BOLT(10)LOT-7(30)25", "(240)BOLT(10)LOT-7(30)25")
    expect(hands.page.locator(".pick-line:visible .place")).to_have_text("A-02")
    all_sent(hands.page)
    assert picked(work_order)["BOLT"] == 40


@pytest.mark.parametrize("codes", [["A-02"], ["A-01", "PLATE"], ["A-01", "(240)BOLT(10)LOT-8"], ["BOLT"]])
def test_a_wrong_scan_is_red_and_changes_nothing(stocked: SmallPlant, arrive: Arrive, codes: list[str]) -> None:
    work_order = stocked.released(10)
    hands = at_the_screen(arrive, work_order)
    hands.scan(*codes)
    said(hands.page, "bad")
    expect(hands.page.locator(".pick-line:visible .place")).to_have_text("A-01")
    assert not Move.objects.filter(document="picking.picklist").exists()


def test_it_works_by_touch_alone_and_by_keyboard_alone(stocked: SmallPlant, arrive: Arrive) -> None:
    work_order = stocked.released(10)
    hands = at_the_screen(arrive, work_order)
    hands.tap(hands.page.get_by_role("button", name="Picked"))
    said(hands.page, "good")
    hands.page.keyboard.press("c")
    expect(hands.page.locator(".pick-line:visible .place")).to_have_text("A-03")
    hands.page.wait_for_timeout(100)
    hands.page.keyboard.press("q")
    expect(hands.page.locator("#amount")).to_be_visible()
    hands.page.keyboard.type("2", delay=60)
    hands.page.keyboard.press("Enter")
    hands.page.wait_for_timeout(100)
    hands.page.keyboard.press("c")
    expect(hands.page.locator(".pick-line:visible [data-shown]")).to_have_text("3")
    all_sent(hands.page)
    assert picked(work_order) == {"BOLT": 40, "PLATE": 10, "PAINT": 2}


def test_the_last_pick_is_taken_back_with_one_tap(stocked: SmallPlant, arrive: Arrive) -> None:
    work_order = stocked.released(10)
    hands = at_the_screen(arrive, work_order)
    hands.scan("A-01", "BOLT")
    said(hands.page, "good")
    hands.tap(hands.page.locator("#said").get_by_role("button", name="Undo"))
    expect(hands.page.locator(".toast-note")).to_contain_text("Taken back")
    expect(hands.page.locator(".pick-line:visible .place")).to_have_text("A-01")
    assert hands.spent == (2, 1)
    assert picked(work_order)["BOLT"] == 0
    assert ledger.verify() == []


def test_a_short_pick_with_another_bin_nearby(stocked: SmallPlant, arrive: Arrive) -> None:
    stocked.put("BOLT", "A-03", 90, lot="LOT-9")
    work_order = stocked.released(10)
    hands = at_the_screen(arrive, work_order)
    hands.tap(hands.page.locator(".pick-line:visible [data-short]"))
    hands.keys("15")
    hands.tap(hands.page.get_by_role("button", name="Report short"))
    hands.page.wait_for_url("**/short-picks/**")
    assert hands.spent == (0, 4)
    hands.tap(hands.page.get_by_role("button", name="Take 25"))
    expect(hands.page.locator(".pick-line:visible .place")).to_have_text("A-03")
    expect(hands.page.locator(".pick-line:visible [data-shown]")).to_have_text("25")
    assert not Case.objects.exists()
    assert picked(work_order)["BOLT"] in (15, 0)
    assert PickLine.objects.get(item__code="BOLT", status="short").picked == 15


def test_a_short_pick_without_a_way_out_opens_a_case_and_the_pick_goes_on(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("PLATE", "A-02", 100)
    work_order = plant.released(10)
    hands = at_the_screen(arrive, work_order)
    hands.tap(hands.page.locator(".pick-line:visible [data-short]"))
    hands.tap(hands.page.get_by_role("button", name="Report short"))  # found: none
    said(hands.page, "warn")
    case = Case.objects.get()
    expect(hands.page.locator("#said")).to_contain_text(case.code)
    assert hands.spent == (0, 2)
    hands.scan("A-02", "PLATE")
    said(hands.page, "good")
    work_order.refresh_from_db()
    assert (work_order.status, case.lines.get().short_quantity) == ("paused", 40)


def test_an_approved_substitute_is_asked_for_with_one_tap(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("BOLT-ZN", "A-02", 100)
    hands = at_the_screen(arrive, plant.released(10))
    hands.tap(hands.page.locator(".pick-line:visible [data-short]"))
    hands.tap(hands.page.get_by_role("button", name="Report short"))
    hands.tap(hands.page.get_by_role("button", name="Ask the planner"))
    hands.page.wait_for_url("**/pick-lists/**")
    case = Case.objects.get()
    assert hands.spent == (0, 3)
    from qitao.journal.queries import history

    remark = history(case).get(kind="shortages.commented")
    assert "BOLT-ZN" in remark.data["text"]


def test_what_nothing_was_found_for_is_reported_with_one_tap(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("BOLT", "A-01", 40)
    hands = at_the_screen(arrive, plant.released(10))
    hands.scan("A-01", "BOLT")
    expect(hands.page.locator(".pick-line:visible")).to_have_class(re.compile("is-missing"))
    hands.tap(hands.page.locator(".pick-line:visible [data-missing] button"))
    said(hands.page, "warn")
    assert Case.objects.get().item.code in ("PLATE", "PAINT")


def test_two_pickers_on_one_list_see_each_other(stocked: SmallPlant, arrive: Arrive) -> None:
    work_order = stocked.released(10)
    hands = at_the_screen(arrive, work_order)
    line = PickLine.objects.get(pick_list__work_order=work_order, item__code="BOLT")
    hands.page.wait_for_timeout(300)  # the stream is open
    picking.confirm(stocked.do("warehouse_manager"), pick_line_id=line.pk, quantity=line.quantity)
    expect(hands.page.locator(".pick-line:visible .place")).to_have_text("A-02", timeout=3000)


def test_a_double_tap_picks_one_line(stocked: SmallPlant, arrive: Arrive) -> None:
    work_order = stocked.released(10)
    page = at_the_screen(arrive, work_order).page
    page.locator(".pick-line:visible [data-confirm] button").dblclick()
    said(page, "good")
    expect(page.locator(".pick-line:visible .place")).to_have_text("A-02")
    all_sent(page)
    assert picked(work_order) == {"BOLT": 40, "PLATE": 0, "PAINT": 0}


def test_a_key_that_is_held_down_picks_one_line(stocked: SmallPlant, arrive: Arrive) -> None:
    work_order = stocked.released(10)
    page = at_the_screen(arrive, work_order).page
    page.keyboard.down("c")
    said(page, "good")
    for _ in range(5):
        page.keyboard.down("c")  # the keyboard says it again and again
        page.wait_for_timeout(60)
    page.keyboard.up("c")
    all_sent(page)
    assert picked(work_order) == {"BOLT": 40, "PLATE": 0, "PAINT": 0}


def test_the_way_back_to_a_line_that_is_gone_leads_to_the_next(
    stocked: SmallPlant, arrive: Arrive, troubles: Troubles
) -> None:
    work_order = stocked.released(10)
    page = at_the_screen(arrive, work_order).page
    line = PickLine.objects.get(pick_list__work_order=work_order, item__code="BOLT")
    page.route("**/live/**", lambda route: route.abort())  # what the other did is not seen yet
    page.reload()
    picking.confirm(stocked.do("warehouse_manager"), pick_line_id=line.pk, quantity=line.quantity)
    page.locator(".pick-line:visible [data-confirm] button").click()
    said(page, "bad")
    page.unroute("**/live/**")
    expect(page.locator(f"[data-line='{line.pk}']")).to_have_count(0, timeout=15_000)
    page.get_by_role("button", name="Go to that line").click()
    expect(page.locator(".pick-line:visible .place")).to_have_text("A-02")
    expect(page.locator("[data-end]")).to_be_hidden()
    troubles.forgive("409|live")


def test_a_line_that_somebody_else_took_meanwhile_comes_back_red(
    stocked: SmallPlant, arrive: Arrive, troubles: Troubles
) -> None:
    work_order = stocked.released(10)
    hands = at_the_screen(arrive, work_order)
    line = PickLine.objects.get(pick_list__work_order=work_order, item__code="BOLT")
    hands.page.context.set_offline(True)
    hands.scan("A-01", "BOLT")
    picking.confirm(stocked.do("warehouse_manager"), pick_line_id=line.pk, quantity=line.quantity)
    hands.page.context.set_offline(False)
    said(hands.page, "bad")
    assert picked(work_order)["BOLT"] == 40
    troubles.forgive("DISCONNECTED|409")


# Bad Wi-Fi


@pytest.fixture
def many_bins(plant: SmallPlant) -> tuple[WorkOrder, list[str]]:
    """A list of fifty lines, each in a bin of its own, and the hundred codes that pick it."""
    codes = []
    for number in range(1, 51):
        place = Location.objects.create(warehouse=plant.home, code=f"R-{number:02}", route=100 + number)
        plant.bins[place.code] = place
        plant.put("BOLT", place.code, 4, lot=f"LOT-{number:02}")
        codes += [place.code, f"LOT-{number:02}"]
    return plant.released(50), codes


def test_a_burst_of_a_hundred_scans_over_a_slow_net_loses_none(
    many_bins: tuple[WorkOrder, list[str]], arrive: Arrive, troubles: Troubles
) -> None:
    work_order, codes = many_bins
    page = arrive("picker", size="tablet")
    hands = Hands(page)
    page.goto(f"/pick-lists/{list_of(work_order).code}/")
    sent: list[str] = []

    def slowly(route: Route) -> None:
        number = re.search(r"command_id=([0-9a-f-]+)", route.request.post_data or "")
        assert number
        sent.append(number.group(1))
        page.wait_for_timeout(60)
        if len(sent) in (7, 23):  # the server did it, the answer got lost
            route.fetch()
            route.abort()
            return
        route.continue_()

    page.route("**/confirm/", slowly)
    hands.burst(codes, a_second=20)
    expect(page.locator("#waiting")).to_be_visible()
    expect(page.locator("#waiting")).to_be_hidden(timeout=60_000)
    assert PickLine.objects.filter(pick_list__work_order=work_order, item__code="BOLT", status="picked").count() == 50
    assert Move.objects.filter(document="picking.picklist").count() == 50
    assert len(set(sent)) == 50 < len(sent)
    assert CommandRecord.objects.filter(pk__in=[uuid.UUID(each) for each in set(sent)]).count() == 50
    assert ledger.verify() == []
    troubles.forgive("confirm")


def test_what_was_picked_offline_survives_a_reload(stocked: SmallPlant, arrive: Arrive, troubles: Troubles) -> None:
    work_order = stocked.released(10)
    hands = at_the_screen(arrive, work_order)
    page = hands.page
    page.route("**/confirm/", lambda route: route.abort())
    hands.scan("A-01", "BOLT", "A-02", "PLATE")
    expect(page.locator("#waiting b")).to_have_text("2")
    said(page, "sent")
    assert not Move.objects.filter(document="picking.picklist").exists()
    page.unroute("**/confirm/")
    page.reload()
    expect(page.locator("#waiting")).to_be_hidden()
    expect(page.locator(".pick-line:visible .place")).to_have_text("A-03")
    all_sent(page)
    assert picked(work_order) == {"BOLT": 40, "PLATE": 10, "PAINT": 0}
    troubles.forgive("confirm")


def test_a_printed_list_is_entered_at_once_and_taken_back_with_one_tap(stocked: SmallPlant, arrive: Arrive) -> None:
    work_order = stocked.released(10)
    page = arrive("picker")
    page.goto(f"/pick-lists/{list_of(work_order).code}/lines/")
    page.get_by_role("button", name="Enter from paper").click()
    page.locator("#pick-paper label", has_text="BOLT").get_by_role("textbox").fill("39")
    page.locator("#pick-paper label", has_text="PAINT").get_by_role("textbox").fill("")
    page.get_by_role("button", name="Confirm what was taken").click()
    expect(page.get_by_text("2 lines are picked.")).to_be_visible()
    assert picked(work_order) == {"BOLT": 39, "PLATE": 10, "PAINT": 0}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 lines are to be picked again.")).to_be_visible()
    assert set(picked(work_order).values()) == {0}

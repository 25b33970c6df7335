"""A short pick becomes a case; the planner settles it by each way out there is, each in two taps, and closes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.purchasing.models import Delivery, Requisition
from qitao.shortages.models import Case, Decision
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.models import Transfer
from tests.small_plant import SmallPlant
from tests.stories.hands import Hands

Arrive = Callable[..., Page]


def opened(plant: SmallPlant, *, found: int = 15) -> Case:
    """Let WO-1 for 10 frames find only `found` of the 40 bolts that bin A-01 should hold."""
    plant.put("PLATE", "A-02", 1000)
    plant.put("PAINT", "A-03", 500)
    plant.put("BOLT", "A-01", 40)
    work_order = plant.released(10, code="WO-1")
    line = PickLine.objects.get(pick_list__work_order=work_order, item__code="BOLT")
    now = plant.do("picker", at=timezone.now())
    picking.report_short(now, pick_line_id=line.pk, found=Decimal(found), reason="less")
    return Case.objects.get()


def other_bin(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-02", 60, lot="FOUND")


def other_warehouse(plant: SmallPlant) -> None:
    plant.put("BOLT", "B-01", 200)


def stand_in(plant: SmallPlant) -> None:
    plant.put("BOLT-ZN", "A-02", 100)


def somebody_later(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-03", 40, lot="X")
    later = plant.work_order(10, code="WO-LATER")
    days = {"start_on": timezone.localdate() + timedelta(days=14), "due_on": timezone.localdate() + timedelta(days=17)}
    WorkOrder.objects.filter(pk=later.pk).update(**days)
    production.reserve_material(plant.do("planner"), work_order_id=later.pk)


def on_order(plant: SmallPlant) -> None:
    plant.purchase("BOLT", 100, promised=20)
    Delivery.objects.update(promised_on=timezone.localdate() + timedelta(days=15))


def nothing(plant: SmallPlant) -> None:
    pass


@dataclass(frozen=True)
class Way:
    """A way out: what makes it possible (before the case or after it), and what the page says was written."""

    kind: str
    before: Callable[[SmallPlant], None] = nothing
    after: Callable[[SmallPlant], None] = nothing
    says: str = ""
    state: str = "carried_out"
    found: int = 15


WAYS = (
    Way("recount", says="Count A-01 again", state="detected"),
    Way("other_bin", after=other_bin, says="Take 25 pcs from bin A-02"),
    Way("transfer", before=other_warehouse, says="Bring 25 pcs over from warehouse W2"),
    Way("substitute", before=stand_in, says="Let BOLT-ZN stand in for BOLT"),
    Way("resequence", before=somebody_later, says="Take 25 pcs from WO-LATER"),
    Way("partial", found=18, says="Build 4 pcs of WO-1 now"),
    Way("expedite", before=on_order, says="Have 东莞五金 deliver PO-1-10"),
    Way("buy", says="Buy 100 pcs from 东莞五金"),
    Way("wait", before=on_order, says="WO-1 waits for what is on its way"),
)


def way_out(page: Page, kind: str) -> Locator:
    """Wait for the ways out and return one, opened to view."""
    way = page.locator(f".way[data-kind={kind}]").first
    way.wait_for(state="attached")
    if not way.is_visible():
        page.locator(".ways-idle > summary").click()
    return way


def decide(hands: Hands, kind: str) -> None:
    """Choose a way out and say yes."""
    way = way_out(hands.page, kind)
    hands.tap(way.locator(".way-do > summary"))
    hands.tap(way.get_by_role("button", name="Yes, do it"))


def close(page: Page, cause: str) -> None:
    page.get_by_role("button", name="Close the case").first.click()
    page.locator("#close-case").get_by_text(cause).click()
    page.locator("#close-case").get_by_role("button", name="Close the case").click()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.kind)
def test_a_case_is_settled_in_two_taps_and_closed(plant: SmallPlant, arrive: Arrive, way: Way) -> None:
    way.before(plant)
    case = opened(plant, found=way.found)
    way.after(plant)
    planning.run(timezone.now())
    hands = Hands(arrive("planner"))
    page = hands.page
    page.goto(f"/cases/{case.code}/")
    decide(hands, way.kind)
    expect(page.locator("#case-done")).to_contain_text(way.says)
    assert hands.taps == 2
    case.refresh_from_db()
    assert (case.status, Decision.objects.get().kind) == (way.state, way.kind)
    close(page, "stock record was wrong")
    expect(page.locator(".case-steps [aria-current=step]")).to_contain_text("closed")
    case.refresh_from_db()
    assert (case.status, case.cause) == ("closed", "record")
    assert WorkOrder.objects.get(code="WO-1").status == "started"  # what the case had paused goes on
    assert ledger.verify() == []


def test_the_transfer_is_followed_to_its_end(plant: SmallPlant, arrive: Arrive) -> None:
    other_warehouse(plant)
    case = opened(plant)
    planning.run(timezone.now())
    hands = Hands(arrive("planner"))
    hands.page.goto(f"/cases/{case.code}/")
    decide(hands, "transfer")
    expect(hands.page.locator("#case-done")).to_contain_text("transfer TR")
    transfer = Transfer.objects.get()
    manager = plant.do("warehouse_manager", at=timezone.now())
    stock.ship_transfer(manager, transfer_id=transfer.pk)
    stock.receive_transfer(plant.do("warehouse_manager", at=timezone.now()), transfer_id=transfer.pk)
    planning.run(timezone.now())
    expect(hands.page.locator("#case-head")).to_contain_text("Short now")
    expect(hands.page.locator("#case-impact")).to_contain_text("covered")
    assert PickLine.objects.get(item__code="BOLT", status="open").quantity == 25


def test_what_has_changed_meanwhile_is_said_and_the_ways_out_are_shown_anew(plant: SmallPlant, arrive: Arrive) -> None:
    other_warehouse(plant)
    case = opened(plant)
    planning.run(timezone.now())
    hands = Hands(arrive("planner"))
    page = hands.page
    page.goto(f"/cases/{case.code}/")
    way = way_out(page, "transfer")
    hands.tap(way.locator(".way-do > summary"))
    other = plant.work_order(50, code="WO-2")
    WorkOrder.objects.filter(pk=other.pk).update(warehouse=plant.second)
    production.reserve_material(plant.do("planner", at=timezone.now()), work_order_id=other.pk)
    hands.tap(way.get_by_role("button", name="Yes, do it"))
    expect(page.locator("#ways-out .refusal")).to_contain_text("no longer possible")
    expect(page.locator(".way[data-kind=transfer]")).to_have_count(0)
    assert not Decision.objects.exists()


def test_two_people_see_the_same_within_two_seconds(plant: SmallPlant, arrive: Arrive) -> None:
    stand_in(plant)
    case = opened(plant)
    planning.run(timezone.now())
    planner, manager, board = arrive("planner"), arrive("manager"), arrive("line_leader")
    for page in (planner, manager):
        page.goto(f"/cases/{case.code}/")
    board.goto("/cases/")
    expect(board.locator(".kanban-column").nth(0)).to_contain_text(case.code)
    way_out(manager, "substitute")
    hands = Hands(planner)
    decide(hands, "substitute")
    expect(manager.locator("#case-done")).to_contain_text("Let BOLT-ZN stand in for BOLT", timeout=2000)
    expect(board.locator(".kanban-column").nth(4)).to_contain_text(case.code, timeout=2000)
    planner.locator("#remark").fill("Zinc plated ones will do.")
    planner.get_by_role("button", name="Send").click()
    expect(manager.locator("#case-story")).to_contain_text("Zinc plated ones will do.", timeout=2000)
    assert planner.locator("#remark").input_value() == ""


def test_what_is_foreseen_becomes_a_case_in_one_tap_and_a_requisition_in_two(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("PLATE", "A-02", 1000)
    plant.put("PAINT", "A-03", 500)
    plant.work_order(10, code="WO-1")
    planning.run(timezone.now())
    hands = Hands(arrive("planner"))
    hands.page.goto("/cases/foreseen/")
    hands.tap(hands.page.get_by_role("button", name="Open a case for BOLT"))
    hands.page.wait_for_url("**/cases/SC*/")
    decide(hands, "buy")
    expect(hands.page.locator("#case-done")).to_contain_text("Buy 100 pcs")
    assert (hands.taps, Requisition.objects.get().quantity) == (3, 100)


def test_the_keyboard_alone_is_enough(plant: SmallPlant, arrive: Arrive) -> None:
    stand_in(plant)
    case = opened(plant)
    planning.run(timezone.now())
    page = arrive("planner")
    page.goto(f"/cases/{case.code}/")
    summary = way_out(page, "substitute").locator(".way-do > summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(
        page.locator(
            ".way[data-kind=substitute] .btn-primary[type=submit], .way[data-kind=substitute] form .btn-primary"
        )
    ).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#case-done")).to_contain_text("BOLT-ZN")

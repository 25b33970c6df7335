"""A line leader lacks what another order holds: asks, the planner lends, a delivery pays it back."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, expect

from qitao.picking.models import Borrowing
from qitao.planning import actions as planning
from qitao.production import actions as production
from qitao.production.models import Requirement
from qitao.stock.models import Reservation
from tests.small_plant import SmallPlant

Arrive = Callable[..., Page]


def test_asked_for_lent_and_paid_back(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("PLATE", "A-02", 1000)
    plant.put("PAINT", "A-03", 500)
    plant.put("BOLT", "A-01", 40)
    lender = plant.work_order(10, start=12, due=20, code="WO-LATER")
    production.reserve_material(plant.do("planner"), work_order_id=lender.pk)
    plant.released(10, code="WO-NOW")
    delivery = plant.purchase("BOLT", 100, promised=9)
    planning.run(timezone.now())

    leader, planner = arrive("line_leader"), arrive("planner")
    leader.goto("/work-orders/WO-NOW/")
    leader.get_by_role("link", name="Why can't I take it?").first.click()
    expect(leader.locator(".holders")).to_contain_text("WO-LATER")
    leader.get_by_text("Ask for it, for WO-NOW").click()
    leader.locator(".holders input[name=quantity]").fill("30")
    leader.locator(".holders input[name=reason]").fill("the line stands")
    leader.get_by_role("button", name="Ask to borrow it").click()
    expect(leader.locator(".toast-note").last).to_contain_text("who may lend it sees it on their first page")

    planner.goto("/")
    planner.locator("#asked a", has_text="BOLT").click()
    expect(planner.locator("main")).to_contain_text("the line stands")
    planner.get_by_role("button", name="Lend it").click()
    expect(planner.locator("#borrowing-state")).to_contain_text("lent")
    code = Borrowing.objects.get().code
    expect(leader.locator("#claims-own")).to_contain_text("are owed to WO-LATER", timeout=5000)

    planner.get_by_role("link", name="Reserve something for it").click()
    row = planner.locator("tr", has_text=str(delivery.line))
    row.locator("input[name=quantity]").fill("30")
    row.get_by_role("button", name="Reserve").click()
    expect(planner.locator("#claims-own .table-box").first).to_contain_text(str(delivery.line))
    planner.goto(f"/borrowings/{code}/")
    expect(planner.locator("#borrowing-state")).to_contain_text("paid back")
    expect(planner.locator(".timeline")).to_contain_text("0 are still owed")
    planner.goto("/borrowings/")
    expect(planner.locator("main")).to_contain_text("Nobody owes anything.")
    line = Requirement.objects.get(work_order=lender, item__code="BOLT")
    held = Reservation.objects.filter(holder_id=line.pk).order_by("supply").values_list("supply", "quantity")
    assert list(held) == [("purchase", 30), ("stock", 10)]

"""The pages by which a work order ends: variance, the list of what is closed, merge and rework."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from qitao.production import actions as production
from qitao.production.models import WorkOrder
from tests.small_plant import SmallPlant


@pytest.fixture
def done_order(plant: SmallPlant) -> WorkOrder:
    for item, place in (("BOLT", "A-01"), ("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 1000)
    order = plant.released(10, code="WO-1")
    production.report_output(
        plant.do("line_leader"),
        work_order_id=order.pk,
        quantity=Decimal(7),
        rejected=Decimal(3),
        scrap_reason="test",
    )
    return order


def test_variance_is_shown_then_kept_and_listed(
    plant: SmallPlant, done_order: WorkOrder, as_role: Callable[[str], Client]
) -> None:
    planner, page = as_role("planner"), "/work-orders/WO-1/closing/"
    before = planner.get(page).content.decode()
    assert "70.0 %" in before
    assert 'action="/work-orders/WO-1/close/"' in before
    assert 'action="/work-orders/WO-1/close/"' not in as_role("line_leader").get(page).content.decode()
    assert planner.post("/work-orders/WO-1/close/").status_code == 303
    after = planner.get(page).content.decode()
    assert 'action="/work-orders/WO-1/close/"' not in after
    assert "¥" in after
    assert "¥" not in as_role("picker").get(page).content.decode()
    assert "WO-1" in planner.get("/work-orders/closed/").content.decode()
    assert "WO-1" in planner.get("/work-orders/closed/?how=loss&when=week&q=frame").content.decode()
    assert b"WO-1" in b"".join(planner.get("/work-orders/closed/?export=csv"))


def test_rejects_are_sent_to_rework_from_the_page(
    plant: SmallPlant, done_order: WorkOrder, as_role: Callable[[str], Client]
) -> None:
    leader = as_role("line_leader")
    assert 'id="order-rework"' in leader.get("/work-orders/WO-1/").content.decode()
    made = leader.post("/work-orders/WO-1/rework/", {"quantity": "3", "due_on": "2030-01-05"})
    assert made["Location"] == "/work-orders/WO-1/2/"
    assert "WO-1" in leader.get("/work-orders/WO-1/2/").content.decode()
    assert 'id="order-rework"' not in leader.get("/work-orders/WO-1/").content.decode()
    assert leader.post("/work-orders/WO-1/rework/", {"quantity": "1", "due_on": "2030-01-05"}).status_code == 409


def test_one_is_merged_into_another_from_the_page(plant: SmallPlant, as_role: Callable[[str], Client]) -> None:
    plant.work_order(5, code="WO-1")
    plant.work_order(6, code="WO-2")
    planner = as_role("planner")
    assert 'id="order-merge"' in planner.get("/work-orders/WO-2/").content.decode()
    assert planner.post("/work-orders/WO-2/merge/", {"into": "WO-1"})["Location"] == "/work-orders/WO-1/"
    assert WorkOrder.objects.get(code="WO-1").quantity == 11
    assert "WO-1" in planner.get("/work-orders/WO-2/").content.decode()


def test_rejects_are_reported_on_the_page(plant: SmallPlant, as_role: Callable[[str], Client]) -> None:
    plant.released(10, code="WO-1")
    leader, form = as_role("line_leader"), {"quantity": "2", "rejected": "1", "lot": "L-7"}
    assert leader.post("/work-orders/WO-1/report/", form, headers={"hx-request": "true"}).status_code == 422
    leader.post("/work-orders/WO-1/report/", {**form, "reason": "test"})
    order = WorkOrder.objects.get()
    assert (order.quantity_done, order.quantity_rejected) == (2, 1)

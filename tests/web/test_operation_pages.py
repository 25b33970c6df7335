"""The pages of routings and operations: kept, listed, and the job card that is scanned and reported on."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from qitao.catalog.models import Routing
from qitao.production.models import Operation
from tests.small_plant import SmallPlant

ROWS = {
    "version": "1",
    "number": ["10", "20", "30"],
    "name": ["weld", "paint", ""],
    "work_center": ["L1", "L1", "L1"],
    "setup": ["10", "", ""],
    "run": ["2.5", "1", ""],
    "instruction": ["mind the fume", "", ""],
}


def test_a_routing_is_made_and_a_job_card_is_scanned_and_reported(
    plant: SmallPlant, as_role: Callable[[str], Client]
) -> None:
    planner, leader = as_role("planner"), as_role("line_leader")
    assert planner.get("/records/routings/new/").status_code == 200
    assert planner.post("/records/routings/new/", {**ROWS, "item_id": "FRAME"}).status_code == 303
    assert [step.name for step in Routing.objects.get().steps.all()] == ["weld", "paint"]
    assert "FRAME" in planner.get("/records/routings/?q=weld").content.decode()
    assert "mind the fume" in planner.get(f"/records/routings/{Routing.objects.get().pk}/").content.decode()

    plant.released(10, code="WO-1")
    weld = Operation.objects.get(number=10)
    card = f"/operations/{weld.pk}/"
    assert leader.get("/scan/?code=WO-1.10")["Location"] == card
    assert "autofocus" in leader.get(card).content.decode()
    assert leader.post(f"{card}start/").status_code == 303
    assert leader.post(f"{card}pause/", {"reason": ""}, headers={"hx-request": "true"}).status_code == 422
    assert leader.post(f"{card}pause/", {"reason": "lunch"}).status_code == 303
    assert "lunch" in leader.get(card).content.decode()
    assert "lunch" in leader.get("/operations/?state=paused").content.decode()
    assert leader.post(f"{card}go-on/").status_code == 303
    form = {"good": "3", "scrapped": "1", "reason": "process", "minutes": "12"}
    assert leader.post(f"{card}report/", form).status_code == 303
    assert leader.post(f"{card}report/", {"good": "7"}, headers={"hx-request": "true"}).status_code == 409
    weld.refresh_from_db()
    assert (weld.good, weld.scrapped, weld.minutes >= 12) == (3, 1, True)
    text = leader.get("/work-orders/WO-1/").content.decode()
    assert "weld" in text
    assert 'id="order-report"' not in text
    assert "weld" in planner.get("/work-orders/WO-1/closing/").content.decode()
    assert b"WO-1.10" in b"".join(planner.get("/operations/?export=csv"))

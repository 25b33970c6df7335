"""The page that shows what changing a work order would do, and does it."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from tests.small_plant import SmallPlant

ADDRESS = "/work-orders/WO-1/change/"
MORE = {"quantity": "15", "start_on": "2026-01-05", "due_on": "2026-01-08"}


def test_it_shows_first_and_changes_then(plant: SmallPlant, as_role: Callable[[str], Client]) -> None:
    plant.put("BOLT", "A-01", 100)
    order, planner = plant.released(10, code="WO-1"), as_role("planner")
    shown = planner.get(ADDRESS, MORE)
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "BOLT" in text
    order.refresh_from_db()
    assert order.quantity == 10
    mark = re.search(r'name="shown" value="(\w+)"', text)
    assert mark is not None
    assert planner.post(ADDRESS, {**MORE, "shown": mark[1]}).status_code == 303
    order.refresh_from_db()
    assert order.quantity == 15
    assert (
        planner.post(ADDRESS, {**MORE, "quantity": "20", "shown": mark[1]}, headers={"hx-request": "true"}).status_code
        == 409
    )


def test_what_cannot_be_is_said_in_the_form(plant: SmallPlant, as_role: Callable[[str], Client]) -> None:
    plant.work_order(10, code="WO-1")
    planner = as_role("planner")
    for wrong in ({"quantity": "0"}, {"due_on": "2026-01-01"}, {"quantity": "10"}):
        assert planner.get(ADDRESS, {**MORE, **wrong}, headers={"hx-request": "true"}).status_code == 422
    assert planner.get(ADDRESS).status_code == 200

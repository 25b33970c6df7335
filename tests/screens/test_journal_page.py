"""The journal on a desk and on a phone: no serious fault, nothing sideways, a day chosen by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from qitao.journal.models import Entry
from tests.small_plant import SmallPlant

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize(("theme", "size"), [("light", "desktop"), ("dark", "phone")])
def test_the_journal_has_no_serious_fault(
    plant: SmallPlant, arrive: Callable[..., Page], looked_at: Callable[[Page, str], None], theme: str, size: str
) -> None:
    plant.put("BOLT", "A-01", 100)
    plant.released(5, code="WO-1")
    page = arrive("manager", theme=theme, size=size)
    page.goto("/journal/")
    looked_at(page, f"journal-{theme}")
    assert page.evaluate(SIDEWAYS) <= 0
    for row in Entry.objects.all():
        page.goto(f"/journal/{row.key}/")
        looked_at(page, f"journal-{row.key}-{theme}")
        assert page.evaluate(SIDEWAYS) <= 0, row.action


def test_a_day_is_chosen_by_hand(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    plant.put("BOLT", "A-01", 100)
    page = arrive("manager")
    page.goto("/journal/")
    page.wait_for_selector("#list-journal tbody tr")
    page.locator("details.filter", has=page.locator("[name=at_from]")).locator("summary").click()
    page.fill("[name=at_from]", "2026-01-06")
    page.wait_for_selector("#list-journal .nothing")
    assert "at_from=2026-01-06" in page.url

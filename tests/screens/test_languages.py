"""What stands on the screen, drawn by the browser, is in the reader's language: menus, dialogs and all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.reading import data, foreign
from tests.small_plant import SmallPlant

PAGES = ("/", "/items/", "/items/BOLT/", "/board/", "/cases/", "/cases/foreseen/", "/work-orders/", "/pick-lists/")
SEEN = """() => {
  const said = [document.title, document.body.innerText]
  for (const each of document.querySelectorAll('[title], [aria-label], [placeholder]')) {
    for (const name of ['title', 'aria-label', 'placeholder']) said.push(each.getAttribute(name) || '')
  }
  return said.join('\\n').split('\\n').map((line) => line.trim()).filter(Boolean)
}"""


@pytest.mark.parametrize(("language", "html"), [("zh-hans", "zh-Hans"), ("zh-hant", "zh-Hant"), ("en", "en")])
def test_screens_are_in_one_language(plant: SmallPlant, arrive: Callable[..., Page], language: str, html: str) -> None:
    plant.put("BOLT", "A-01", 100, lot="L-1")
    plant.released(5, code="WO-1")
    plant.work_order(50, code="WO-2")
    written = data()
    page = arrive("planner", language=language)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.lang") == html, address
        assert foreign(page.evaluate(SEEN), language, written) == [], address
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    assert foreign(page.evaluate(SEEN), language, written) == []


def test_a_figure_and_a_day_are_written_as_the_reader_does(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    plant.work_order(12_345, due=8, code="WO-1")
    for language, day in (("zh-hans", "1月8日"), ("zh-hant", "1月8日"), ("en", "8 Jan")):
        page = arrive("planner", language=language)
        page.goto("/work-orders/WO-1/")
        assert "12,345" in page.inner_text("main")
        assert day in page.inner_text("main")

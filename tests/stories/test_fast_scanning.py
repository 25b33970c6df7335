"""A scanner at full speed, with a Chinese input method switched on: every scan counts.

The page's clock is ours, so that ten milliseconds between two letters are ten, however busy the machine is.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from qitao.picking.models import PickLine, PickList
from qitao.stock import queries as ledger
from qitao.stock.models import Location, Move
from tests.small_plant import SmallPlant

LINES, GAP = 25, 10  # two scans a line; milliseconds between letters

# What the browser tells a page while the input method is open: keys have places, but no letters.
LETTER = """([letter, isFirst]) => {
  const at = document.activeElement ?? document.body
  const code = letter === '-' ? 'Minus' : letter === '\\n' ? 'Enter'
    : /\\d/.test(letter) ? `Digit${letter}` : `Key${letter}`
  const shiftKey = /[A-Z]/.test(letter)
  if (isFirst) at.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
  at.dispatchEvent(new KeyboardEvent('keydown', {
    key: 'Process', keyCode: 229, code, shiftKey, isComposing: true, bubbles: true, cancelable: true }))
  if (code === 'Enter') at.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '' }))
}"""


def scan(page: Page, code: str) -> None:
    for place, letter in enumerate(f"{code}\n"):
        page.evaluate(LETTER, [letter, place == 0])
        page.clock.run_for(GAP)


def test_n11_fifty_scans_with_the_input_method_on_are_fifty(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    for number in range(1, LINES + 1):
        place = Location.objects.create(warehouse=plant.home, code=f"R-{number:02}", route=100 + number)
        plant.bins[place.code] = place
        plant.put("BOLT", place.code, 4, lot=f"LOT-{number:02}")
    order = plant.released(LINES)
    page = arrive("picker", size="tablet")
    page.clock.install()
    page.goto(f"/pick-lists/{PickList.objects.get(work_order=order).code}/")
    expect(page.locator(".pick-line:visible .place")).to_have_text("R-01")
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    for number in range(1, LINES + 1):
        scan(page, f"R-{number:02}")
        scan(page, f"LOT-{number:02}")
    page.clock.resume()
    expect(page.locator("#waiting b")).to_have_text("0", timeout=60_000)
    assert PickLine.objects.filter(pick_list__work_order=order, item__code="BOLT", status="picked").count() == LINES
    assert Move.objects.filter(document="picking.picklist").count() == LINES
    assert ledger.verify() == []

"""What the frame of every page does in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from django.db import transaction
from playwright.sync_api import Page, expect

from qitao.journal.facts import announce
from tests.fixtures.browser import Troubles
from tests.small_plant import SmallPlant

SCANNER = """(code) => {
  const places = { '-': 'Minus', '/': 'Slash' }
  for (const letter of code) {
    const place = places[letter] ?? (/\\d/.test(letter) ? 'Digit' : 'Key') + letter.toUpperCase()
    const event = { key: 'Process', code: place, shiftKey: /[A-Z]/.test(letter), bubbles: true, cancelable: true }
    const target = document.activeElement
    if (target.dispatchEvent(new KeyboardEvent('keydown', event)) && 'value' in target) target.value += letter
  }
  const end = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true }
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', end))
}"""  # as through a Chinese input method: only the place of the key is told

TAKEN = """() => document.addEventListener('qitao:scan', (event) => {
  event.preventDefault()
  event.detail.wait.push(new Promise((done) => setTimeout(() => {
    document.body.dataset.scanned = (document.body.dataset.scanned || '') + event.detail.code + ' '
    done()
  }, 150)))
})"""  # a page that takes the scan, and takes its time


def open_live(page: Page, address: str) -> None:
    """Open a page and wait until it hears what happens."""
    with page.expect_response(re.compile(r"/live/")):
        page.goto(address)


def test_a_scan_leads_to_what_it_names(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("picker")
    page.goto("/items/")
    page.evaluate(SCANNER, "BOLT-ZN")
    page.wait_for_url("**/items/BOLT-ZN/")


def test_a_scan_into_a_field_leaves_the_field_as_it_was(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("picker")
    page.goto("/items/")
    page.fill("[data-list-search]", "pla")
    page.evaluate(TAKEN)
    page.evaluate(SCANNER, "BOLT")
    expect(page.locator("body")).to_have_attribute("data-scanned", "BOLT ")
    expect(page.locator("[data-list-search]")).to_have_value("pla")


def test_a_scan_starts_no_shortcut(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("picker")
    page.goto("/")
    page.evaluate(TAKEN)
    page.evaluate(SCANNER, "gi/jkx")
    expect(page.locator("body")).to_have_attribute("data-scanned", "gi/jkx ")
    assert page.url.endswith("/")
    expect(page.locator("#palette")).not_to_be_visible()


def test_typing_by_hand_is_no_scan(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("planner")
    page.goto("/")
    page.keyboard.press("g")
    page.wait_for_timeout(90)
    page.keyboard.press("i")
    page.wait_for_url("**/items/")


def test_two_scans_in_a_row_are_both_heard(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("picker")
    page.goto("/")
    page.evaluate(TAKEN)
    page.evaluate(SCANNER, "A-01")
    page.evaluate(SCANNER, "BOLT")
    expect(page.locator("body")).to_have_attribute("data-scanned", "A-01 BOLT ")


def test_what_one_does_the_other_sees_within_two_seconds(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    watching = arrive("planner")
    open_live(watching, "/items/BOLT/")
    expect(watching.locator("#item-head .fact-big").first).to_have_text("0pcs")
    started = time.monotonic()
    with transaction.atomic():
        plant.put("BOLT", "A-01", 250)
        announce("stock.opened")
    expect(watching.locator("#item-head .fact-big").first).to_have_text("250pcs", timeout=2000)
    assert time.monotonic() - started < 2


def test_a_list_refreshes_while_one_types_and_keeps_its_address(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("planner")
    page.goto("/items/")
    page.locator("[data-list-search]").press_sequentially("plate", delay=60)
    page.wait_for_url("**/items/?*q=plate*")
    expect(page.locator("table[data-list] tbody tr")).to_have_count(1)
    expect(page.locator("[data-list-search]")).to_be_focused()
    page.reload()
    expect(page.locator("table[data-list] tbody tr")).to_have_count(1)
    page.goto("/items/")
    page.click("summary:has-text('Kind')")
    page.check("text=made")
    expect(page.locator("table[data-list] tbody tr")).to_have_count(1)
    assert "kind=make" in page.url


def test_rows_by_keyboard(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("planner")
    page.goto("/items/")
    for letter in "jjk":
        page.keyboard.press(letter)
        page.wait_for_timeout(80)
    expect(page.locator("tr.is-current")).to_have_attribute("data-href", "/items/BOLT/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/BOLT/")


def test_the_palette_finds_within_a_moment(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("planner")
    page.goto("/")
    page.keyboard.press("/")
    page.fill("#palette-q", "frame")
    expect(page.locator("#palette-found [aria-selected=true]")).to_contain_text("FRAME")
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/FRAME/")


def test_the_theme_is_there_before_the_first_paint(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("planner", theme="dark")
    page.add_init_script(
        "document.addEventListener('readystatechange', () => window.first ??= document.documentElement.dataset.bsTheme)"
    )
    page.goto("/")
    assert page.evaluate("window.first") == "dark"
    page.click("summary[aria-label=Appearance]")
    page.click("[data-set-theme=light]")
    page.goto("/items/")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"


def test_the_language_is_switched_in_place(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("planner", language="en")
    page.goto("/items/?q=bolt")
    page.click("summary[aria-label=Language]")
    page.click("button[value=zh-hant]")
    page.wait_for_url("**/items/?q=bolt")
    assert page.evaluate("document.documentElement.lang") == "zh-Hant"


def test_losing_the_server_is_said(plant: SmallPlant, arrive: Callable[..., Page], troubles: Troubles) -> None:
    page = arrive("planner")
    open_live(page, "/")
    expect(page.locator("#offline")).to_be_hidden()
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden(timeout=20_000)
    troubles[:] = [trouble for trouble in troubles if "ERR_INTERNET_DISCONNECTED" not in trouble]


def test_sorting_with_shift_joins_columns(plant: SmallPlant, arrive: Callable[..., Page]) -> None:
    page = arrive("planner")
    page.goto("/items/?sort=category")
    page.click("th a:has-text('Available')", modifiers=["Shift"])
    page.wait_for_url("**sort=category%2Cavailable**")


def test_pages_work_without_javascript(plant: SmallPlant, arrive: Callable[..., Page], new_context: Callable) -> None:
    signed_in = arrive("planner")
    context = new_context(java_script_enabled=False)
    context.add_cookies(signed_in.context.cookies())
    page = context.new_page()
    page.goto("/items/")
    page.fill("[data-list-search]", "plate")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=plate**")
    expect(page.locator("table[data-list] tbody tr")).to_have_count(1)
    page.click("table[data-list] tbody a")
    page.wait_for_url("**/items/PLATE/")

"""Somebody's hands: a scanner that types, a finger that taps – both counted, so that a flow keeps its budget."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

# A scanner types faster than anything could be asked between its letters, so all of one scan happens in one go.
SCAN = """(codes) => {
  const place = (letter) => /[a-z]/i.test(letter) ? `Key${letter.toUpperCase()}` : /\\d/.test(letter) ? `Digit${letter}`
    : { '-': 'Minus', '/': 'Slash', '.': 'Period', '(': 'Digit9', ')': 'Digit0', ' ': 'Space' }[letter] ?? ''
  const press = (key, code, shiftKey) => (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key, code, shiftKey, bubbles: true, cancelable: true }))
  for (const each of codes) {
    for (const letter of each) press(letter, place(letter), /[A-Z()]/.test(letter))
    press('Enter', 'Enter', false)
  }
}"""
BURST = (
    """([codes, gap]) => new Promise((done) => {
  let at = 0
  const clock = setInterval(() => {
    scan([codes[at++]])
    if (at === codes.length) { clearInterval(clock); done() }
  }, gap)
  const scan = """
    + SCAN
    + "})"
)


@dataclass
class Hands:
    """The hands of one person before one page. `scans`, `taps` and `loads` say what it took."""

    page: Page
    scans: int = 0
    taps: int = 0
    loads: int = field(default=-1)  # the first load brings the person there

    def __post_init__(self) -> None:
        self.page.on("load", self._loaded)

    def _loaded(self, page: Page) -> None:
        self.loads += 1

    def scan(self, *codes: str) -> None:
        """Scan one code after the other."""
        self.scans += len(codes)
        self.page.evaluate(SCAN, list(codes))

    def burst(self, codes: list[str], *, a_second: int) -> None:
        """Scan many codes at a pace; returns when the last one was scanned."""
        self.scans += len(codes)
        self.page.evaluate(BURST, [codes, 1000 // a_second])

    def tap(self, target: Locator) -> None:
        """Tap something."""
        self.taps += 1
        target.click()

    def keys(self, digits: str) -> None:
        """Tap digits on the number pad that is open."""
        for digit in digits:
            self.tap(self.page.locator(f"dialog[open] [data-key='{digit}']"))

    @property
    def spent(self) -> tuple[int, int]:
        """Scans and taps so far."""
        return self.scans, self.taps

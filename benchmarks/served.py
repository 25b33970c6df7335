"""The served product: the demo factory behind its own database and web server, asked over HTTP as browsers do.

Prints the start of a fresh and of a second demo, for the main pages median milliseconds and bytes on the wire, and the
latency of confirming a pick (every confirm is a durable commit: moves, balances, facts): with fifty pickers who confirm
a line every three seconds – twice as often as a walk allows – and with eight who never pause, which is the most this
machine can do. Goals: pick confirm of fifty p95 ≤ 150 ms; pages p50 ≤ 300 ms; second start ≤ 10 s.
"""

from __future__ import annotations

import http.client
import itertools
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

import psycopg

from benchmarks.measure import goal, say
from qitao.project.embedded import address

PICKERS, EVERY = 50, 3.0  # seconds between two confirms of one picker
HASTY = 8
SHARE = 0.6  # of the lines go to the fifty
PAGES = (
    ("planner", "/"),
    ("planner", "/board/"),
    ("planner", "/items/"),
    ("planner", "/work-orders/"),
    ("planner", "/cases/"),
    ("buyer", "/purchase-orders/"),
    ("picker", "/pick-lists/"),
    ("picker", "/"),
)
OPEN_LINES = """
SELECT line.id, list.code, (line.quantity - line.picked)::text
FROM picking_pickline AS line JOIN picking_picklist AS list ON list.id = line.pick_list_id
WHERE line.status = 'open' ORDER BY line.id
"""


LAST_RUN = """
SELECT work_orders, requirements, engine_ms, extract(epoch FROM finished_at - started_at) * 1000
FROM planning_planrun ORDER BY id DESC LIMIT 1
"""


@dataclass
class Browser:
    """One person's connection: keeps it open, keeps cookies, sends forms with their token."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Send a request; return status and body as it came over the wire."""
        self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Encoding": "gzip",
            "Accept": "application/json" if method == "POST" else "text/html",
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.connection.request(method, path, urllib.parse.urlencode(form or {}), headers)
        answer = self.connection.getresponse()
        body = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, body

    def sign_in(self, username: str) -> None:
        """Walk in as one of the demo's people."""
        self.ask("GET", "/sign-in/")
        status, _ = self.ask("POST", "/sign-in/demo/", {"username": username})
        assert status in (200, 302, 303), f"{username} could not sign in: {status}"


@contextmanager
def demo(home: Path, port: int) -> Iterator[float]:
    """Run the demo; yield the seconds until it was ready."""
    variables = {**os.environ, "QITAO_HOME": str(home), "PORT": str(port)}
    variables.pop("DATABASE_URL", None)
    start = time.monotonic()
    with (home.parent / "demo.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "qitao", "demo"], env=variables, stdout=log, stderr=log, start_new_session=True
        )
    try:
        while not _ready(port):
            assert process.poll() is None, (home.parent / "demo.log").read_text()[-2000:]
            time.sleep(0.1)
        yield time.monotonic() - start
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(20)


def _ready(port: int) -> bool:
    try:
        return Browser(port).ask("GET", "/readyz")[0] == 200
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run() -> bool:
    """Measure; return whether every goal is met."""
    folder = Path(tempfile.mkdtemp(prefix="qitao-served-"))
    folder.chmod(0o711)
    home, port = folder / "home", _free_port()
    try:
        with demo(home, port) as seconds:
            say("demo, first start (factory generated, loaded)", f"{seconds:.1f} s")
        with demo(home, port) as seconds:
            met = goal("demo, second start", seconds, at_most=10, unit="s")
            met = _pages(port) and met
            return _picks(home, port) and met
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pages(port: int) -> bool:
    met = True
    for person, path in _with_records(port):
        browser = Browser(port)
        browser.sign_in(person)
        millis, size = [], 0
        for _ in range(12):
            start = time.perf_counter()
            status, body = browser.ask("GET", path)
            millis.append((time.perf_counter() - start) * 1000)
            assert status == 200, f"{path}: {status}"
            size = len(body)
        name = f"{path} as {person}, {size / 1000:.0f} kB"
        met = goal(name, statistics.median(millis[2:]), at_most=300, unit="ms") and met
    return met


def _with_records(port: int) -> Sequence[tuple[str, str]]:
    """Return the pages, with one work order, one item and one pick list that the lists link to."""
    browser, found = Browser(port), list(PAGES)
    browser.sign_in("planner")
    for path in ("/work-orders/", "/items/", "/pick-lists/"):
        _, body = browser.ask("GET", path)
        link = re.search(rb'href="(%s[^"?]+/)"' % path.encode(), _plain(body))
        if link:
            found.append(("planner", link[1].decode()))
    return found


def _plain(body: bytes) -> bytes:
    import gzip

    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def _shares(lines: Sequence[tuple[int, str, str]], pickers: int) -> list[list[tuple[int, str, str]]]:
    """Give each list to one picker, as on the floor, so that all have about the same number of lines."""
    lists = [list(rows) for _, rows in itertools.groupby(sorted(lines, key=itemgetter(1)), key=itemgetter(1))]
    shares: list[list[tuple[int, str, str]]] = [[] for _ in range(pickers)]
    for rows in sorted(lists, key=len, reverse=True):
        min(shares, key=len).extend(rows)
    return shares


def _picks(home: Path, port: int) -> bool:
    with psycopg.connect(address.url(home)) as connection:
        lines = connection.execute(OPEN_LINES).fetchall()
        run = connection.execute(LAST_RUN).fetchone()
    assert run is not None
    orders, requirements, engine_ms, whole_ms = run
    figure = f"engine {engine_ms} ms, out of and back into PostgreSQL {whole_ms:.0f} ms"
    say(f"plan run, {orders} work orders, {requirements} requirements", figure)
    middle = int(len(lines) * SHARE)
    walking, millis, _ = _confirm(port, _shares(lines[:middle], PICKERS), every=EVERY)
    say(f"pick confirm, {PICKERS} pickers, {len(millis)} picks", f"{walking}")
    met = goal("pick confirm p95", millis[int(len(millis) * 0.95)], at_most=150, unit="ms")
    hasty, millis, seconds = _confirm(port, _shares(lines[middle:], HASTY), every=0)
    say(f"pick confirm, {HASTY} without a pause", f"{hasty}, {len(millis) / seconds:.0f} picks/s")
    return met


def _confirm(port: int, shares: list[list[tuple[int, str, str]]], *, every: float) -> tuple[str, list[float], float]:
    """Let each picker confirm his lines, one every so many seconds; return words, milliseconds in order, seconds."""
    browsers = [Browser(port) for _ in shares]
    for browser in browsers:
        browser.sign_in("warehouse")  # works in every warehouse
    begin = time.perf_counter() + 0.1

    def pick(number: int) -> list[float]:
        millis = []
        for turn, (line, code, quantity) in enumerate(shares[number]):
            due = begin + every * (turn + number / len(shares))
            time.sleep(max(due - time.perf_counter(), 0))
            form = {"line": line, "quantity": quantity, "command_id": str(uuid.uuid4())}
            start = time.perf_counter()
            status, body = browsers[number].ask("POST", f"/pick-lists/{code}/confirm/", form)
            millis.append((time.perf_counter() - start) * 1000)
            assert status == 200, f"{status}: {_plain(body)[:300]!r}"
        return millis

    with ThreadPoolExecutor(len(shares)) as pool:
        millis = sorted(one for each in pool.map(pick, range(len(shares))) for one in each)
    seconds = time.perf_counter() - begin
    p50, p95 = millis[len(millis) // 2], millis[int(len(millis) * 0.95)]
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms", millis, seconds

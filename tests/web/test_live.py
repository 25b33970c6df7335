"""The stream of live updates: one connection to the database for all screens, none of the pool's kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from inspect import iscoroutinefunction
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client

from qitao.accounts.models import User
from qitao.journal.facts import announce
from qitao.journal.models import Fact
from qitao.planning.queries import newest
from qitao.project.asgi import STREAMS
from qitao.web.live.hub import hub
from qitao.web.live.pages import _stream
from tests.fixtures.web import WebServer
from tests.small_plant import EIGHT
from tests.web.test_permissions import routes

SCREENS = 40  # more than the pool has connections


class Screen:
    """An open stream, read over a bare socket."""

    def __init__(self, server: WebServer, cookie: str, *, seen: str = "") -> None:
        parts = urlsplit(server.url)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)
        request = f"GET /live/?seen={seen} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: sessionid={cookie}\r\n\r\n"
        self.socket.sendall(request.encode())
        self.read = b""
        self.until(b"retry:")

    def until(self, text: bytes, *, seconds: float = 10) -> bytes:
        """Read until `text` has come."""
        deadline = time.monotonic() + seconds
        while text not in self.read:
            assert time.monotonic() < deadline, f"{text!r} did not come: {self.read[-400:]!r}"
            self.socket.settimeout(max(deadline - time.monotonic(), 0.05))
            part = self.socket.recv(65536)
            assert part, f"the server closed the stream: {self.read[-400:]!r}"
            self.read += part
        return self.read

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def cookie(transactional_db: None) -> str:
    """The session of somebody who signed in."""
    user = User.objects.create(username="lin", name="Lin", roles=["planner"], password="!", created_at=EIGHT)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


@contextlib.contextmanager
def screens(server: WebServer, cookie: str, number: int) -> Iterator[list[Screen]]:
    opened: list[Screen] = []
    try:
        for _ in range(number):
            opened.append(Screen(server, cookie))
        yield opened
    finally:
        for screen in opened:
            screen.close()


def listeners() -> int:
    """Count the connections that listen for live updates."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE application_name = 'qitao live' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def settled(number: int, *, seconds: float = 5) -> bool:
    """Wait until so many connections listen."""
    deadline = time.monotonic() + seconds
    while listeners() != number and time.monotonic() < deadline:
        time.sleep(0.05)
    return listeners() == number


def test_a_fact_reaches_every_screen_by_one_connection(server: WebServer, cookie: str) -> None:
    with screens(server, cookie, SCREENS) as opened:
        assert settled(1)
        started = time.monotonic()
        with transaction.atomic():
            announce("stock.received", "catalog.item:7")
        wanted = json.dumps({"kind": "stock.received", "about": "catalog.item:7"}).encode()
        for screen in opened:
            screen.until(wanted, seconds=2)
        assert time.monotonic() - started < 2
        page = _get(server, "/items/", cookie)  # the pool has connections left for pages
        assert b"200 OK" in page
    assert settled(0)


def test_a_page_looks_again_at_what_happened_before_it_listened(server: WebServer, cookie: str) -> None:
    page = _get(server, "/items/", cookie, whole=True)
    (seen,) = re.findall(rb'data-seen="([\d-]+)"', page)
    _fact()
    with contextlib.closing(Screen(server, cookie, seen=seen.decode())) as late:
        late.until(b'{"kind": "*"', seconds=2)
    with contextlib.closing(Screen(server, cookie, seen=newest())) as current:
        assert settled(1)
        announce("stock.counted")
        assert b'"*"' not in current.until(b"stock.counted")


def _fact() -> None:
    """Let something happen."""
    user = User.objects.get(username="lin")
    Fact.objects.create(kind="stock.counted", at=EIGHT, actor=user, command_id=uuid.uuid4(), subject="-", subject_id=1)


def test_a_screen_that_leaves_as_something_happens_is_gone(transactional_db: None) -> None:
    async def leave() -> tuple[bool, int]:
        stream = _stream("")
        await anext(stream)
        waiting = asyncio.create_task(anext(stream))
        await hub().is_listening.wait()
        for _ in range(3):  # until it waits for what happens
            await asyncio.sleep(0)
        hub().tell("{}")
        waiting.cancel()
        await asyncio.wait([waiting])
        return waiting.cancelled(), len(hub().screens)

    with ThreadPoolExecutor(1) as apart:  # a browser of another test may keep an event loop in this thread
        assert apart.submit(asyncio.run, leave()).result() == (True, 0)


def test_what_is_rolled_back_is_not_told(server: WebServer, cookie: str) -> None:
    with screens(server, cookie, 1) as (screen,):
        assert settled(1)
        with contextlib.suppress(RuntimeError), transaction.atomic():
            announce("stock.received")
            raise RuntimeError
        announce("stock.counted")
        assert b"stock.received" not in screen.until(b"stock.counted")


def test_a_broken_connection_is_opened_again_and_screens_look_at_everything(server: WebServer, cookie: str) -> None:
    with screens(server, cookie, 2) as opened:
        assert settled(1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'qitao live'"
            )
        for screen in opened:
            screen.until(b'{"kind": "*"')
        announce("stock.counted")
        for screen in opened:
            screen.until(b"stock.counted")


def test_what_streams_is_served_by_the_event_loop_and_nothing_else() -> None:
    asynchronous = {route.address for route in routes() if iscoroutinefunction(route.view)}
    assert asynchronous == set(STREAMS)


def test_a_stranger_hears_nothing(server: WebServer, transactional_db: None) -> None:
    assert b" 401 " in _get(server, "/live/", "")


def _get(server: WebServer, path: str, cookie: str, *, whole: bool = False) -> bytes:
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as asked:
        request = (
            f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: sessionid={cookie}\r\nConnection: close\r\n\r\n"
        )
        asked.sendall(request.encode())
        read = asked.recv(4096)
        while whole and (part := asked.recv(65536)):
            read += part
        return read

"""One LISTEN connection per process, fanned out to every open screen of it.

The connection is of its own, outside the pool. It is opened by the first screen and closed by the last; when it
breaks, it is opened again with growing pauses, and the screens are told that they may have missed something.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import structlog
from django.db import connection as pages

from qitao.journal.facts import LIVE_CHANNEL

QUEUE = 200  # events a slow screen may lag behind before it is told to look at everything again
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0
LOOK_SECONDS = 5.0  # how often a listener looks whether it is still wanted
MISSED = json.dumps({"kind": "*", "about": ""})

log = structlog.get_logger("qitao.live")


class Hub:
    """The screens of one event loop, and the one connection that feeds them."""

    def __init__(self) -> None:
        self.screens: set[asyncio.Queue[str]] = set()
        self.listener: asyncio.Task[None] | None = None
        self.is_listening = asyncio.Event()

    @contextlib.asynccontextmanager
    async def screen(self) -> AsyncIterator[asyncio.Queue[str]]:
        """Hold a queue of events for one screen, as long as it is open."""
        events: asyncio.Queue[str] = asyncio.Queue(QUEUE)
        self.screens.add(events)
        if self.listener is None or self.listener.done():
            self.listener = asyncio.create_task(self._listen())
        try:
            yield events
        finally:
            self.screens.discard(events)
            if not self.screens and self.listener is not None:
                self.listener.cancel()
                self.listener = None
                self.is_listening.clear()

    async def _listen(self) -> None:
        pause, was_broken = FIRST_PAUSE, False
        while self.listener is asyncio.current_task():
            try:
                await self._listen_once(tell_missed=was_broken)
            except psycopg.Error as broken:
                log.warning("live.listener_broken", error=str(broken).strip())
                pause = FIRST_PAUSE if self.is_listening.is_set() else min(pause * 2, LONGEST_PAUSE)
                was_broken = True
                self.is_listening.clear()
                await asyncio.sleep(pause)

    async def _listen_once(self, *, tell_missed: bool) -> None:
        """Listen until no screen is left; raise OperationalError when the connection breaks."""
        async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as connection:
            await connection.execute(f"LISTEN {LIVE_CHANNEL}")
            self.is_listening.set()
            if tell_missed:
                self.tell(MISSED)
            while self.listener is asyncio.current_task():  # a cancel may be lost in the driver as a notice comes
                async for notice in connection.notifies(timeout=LOOK_SECONDS):
                    self.tell(notice.payload)

    def tell(self, payload: str) -> None:
        """Give an event to every screen; one that lags too far behind gets a single "look at everything"."""
        for events in self.screens:
            if events.full():
                while not events.empty():
                    events.get_nowait()
                payload_for_it = MISSED
            else:
                payload_for_it = payload
            events.put_nowait(payload_for_it)


_hubs: dict[int, Hub] = {}


def hub() -> Hub:
    """Return the hub of the running event loop: one per process."""
    loop = asyncio.get_running_loop()
    return _hubs.setdefault(id(loop), Hub())


def _parameters() -> dict[str, Any]:
    """Return what the pages connect with, without what Django adds for its cursors."""
    given = pages.get_connection_params()
    plain = {name: value for name, value in given.items() if name not in ("cursor_factory", "context")}
    return {**plain, "application_name": "qitao live", "keepalives_idle": 20, "keepalives_interval": 5}

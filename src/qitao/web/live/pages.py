"""The stream of live updates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpResponse, HttpResponseBase, HttpResponseNotAllowed, StreamingHttpResponse

from qitao.planning.queries import newest
from qitao.web.live.hub import MISSED, hub
from qitao.web.page import SIGNED_IN
from qitao.web.request import Request

BEAT_SECONDS = 15.0
RETRY = "retry: 1000\n\n"
BEAT = "event: beat\ndata: \n\n"


async def live(request: Request) -> HttpResponseBase:
    """Stream what happens, as server-sent events with {"kind", "about"}; never more than kinds and numbers of rows."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    user = await request.auser()
    await sync_to_async(connections.close_all)()  # back to the pool: a stream must not hold it for hours
    if not user.is_authenticated:
        return HttpResponse(status=401)
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)  # this server cannot stream; the browser does not ask again
    return StreamingHttpResponse(
        _stream(request.GET.get("seen", "")),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


live.permission = SIGNED_IN  # type: ignore[attr-defined]
live.methods = ("GET",)  # type: ignore[attr-defined]


async def _stream(seen: str) -> AsyncIterator[str]:
    """Stream events; a page that was made before the last of them, and before it listened, looks at everything."""
    async with hub().screen() as events:
        yield RETRY
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT_SECONDS):
                await hub().is_listening.wait()
        if seen and seen != await sync_to_async(_newest)():
            yield f"data: {MISSED}\n\n"
        while True:
            try:
                async with asyncio.timeout(BEAT_SECONDS):  # `wait_for` goes on when one leaves as an event comes
                    payload = await events.get()
            except TimeoutError:
                yield BEAT
            else:
                yield f"data: {payload}\n\n"


def _newest() -> str:
    try:
        return newest()
    finally:
        connections.close_all()

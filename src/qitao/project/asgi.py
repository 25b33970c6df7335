"""The ASGI application that the web server runs."""

from __future__ import annotations

import os
import threading

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qitao.project.settings")
STREAMS = ("/live/",)


class OneHop(ASGIHandler):
    """Django's handler, but a page – middleware, view, template – runs in one thread from its beginning to its end.

    Django's own goes to a thread and back twice for each piece of middleware: that doubled what a request costs. Only
    streams need the event loop.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pages = BaseHandler()
        self.pages.load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer to a request."""
        if request.path in STREAMS:
            return await super().get_response_async(request)
        return await sync_to_async(self.pages.get_response, thread_sensitive=True)(request)


def _warm_engine() -> None:
    """Load the engine's kernels – or compile them, the first time – so that no user waits for a compiler."""
    from qitao.engine.clear_to_build import warm

    warm()


django.setup(set_prefix=False)
application = OneHop()
threading.Thread(target=_warm_engine, name="warm-engine", daemon=True).start()

"""Logs: one JSON object a line on standard error (or plain text for people), with the request they belong to."""

from __future__ import annotations

import logging.config
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse

REQUEST_ID = re.compile(r"[\w.-]{8,64}")
QUIET_PATHS = ("/healthz", "/readyz", "/static/")

log = structlog.get_logger("qitao.request")


def configure(*, level: str, form: str) -> None:
    """Send everything that is logged, by us or by a library, through one chain."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[Any] = [structlog.dev.ConsoleRenderer(colors=False)]
    if form == "json":
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    logging.config.dictConfig(_handlers(level, shared, last))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _handlers(level: str, shared: list[Any], last: list[Any]) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "axes": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},
        },
    }


class RequestLogMiddleware:
    """Log each request once, when its answer is ready, and give every line in between its request id."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        """Answer the request, logging it."""
        if self.is_async:
            return self._answer_async(request)
        started = self._begin(request)
        return self._end(request, self.get_response(request), started)

    async def _answer_async(self, request: HttpRequest) -> HttpResponse:
        started = self._begin(request)
        return self._end(request, await self.get_response(request), started)

    def _begin(self, request: HttpRequest) -> float:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        return time.perf_counter()

    def _end(self, request: HttpRequest, response: HttpResponse, started: float) -> HttpResponse:
        response.headers.setdefault("X-Request-Id", structlog.contextvars.get_contextvars().get("request_id", ""))
        if not request.path.startswith(QUIET_PATHS):
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            log.info("request", method=request.method, path=request.path, status=response.status_code, ms=milliseconds)
        return response

"""Health for machines: `/healthz` says that the process answers, `/readyz` that it can do its work."""

from __future__ import annotations

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout

from qitao import __version__
from qitao.project import queue

OK = "ok"
NO_WORKER = "no worker has reported for a minute"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer as long as the process runs."""
    return JsonResponse({"status": OK, "version": __version__})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when pages work, else 503 with what is missing.

    Without a worker pages work and background work waits: that is "degraded", still 200, so that a balancer
    does not take the web servers away because of it.
    """
    checks = look()
    ready = checks["database"] == checks.get("migrations") == OK
    status = OK if set(checks.values()) == {OK} else "degraded" if ready else "not ready"
    return JsonResponse({"status": status, "checks": checks}, status=200 if ready else 503)


def look() -> dict[str, str]:
    """Check what a request needs, each by name."""
    try:
        missing = migrations_missing()
        if missing:
            return {"database": OK, "migrations": f"{missing} not applied; run `qitao migrate`"}
        return {"database": OK, "migrations": OK, "worker": OK if queue.workers_reporting() else NO_WORKER}
    except (DatabaseError, PoolTimeout):
        return {"database": "cannot be reached"}


def migrations_missing() -> int:
    """Count the migrations of this version that the database has not seen."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('django_migrations') is not null")
        if not cursor.fetchone()[0]:
            return len(_known_migrations())
        cursor.execute("select app, name from django_migrations")
        return len(_known_migrations() - set(cursor.fetchall()))


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """List the migrations that this version ships; read from disk once a process."""
    return frozenset(MigrationLoader(None).disk_migrations)

"""Health for machines: `/healthz` says that the process answers, `/readyz` that it can do its work."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from qitao import __version__


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer as long as the process runs."""
    return JsonResponse({"status": "ok", "version": __version__})


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database is reachable and up to date, else 503 with what is missing."""
    checks = _checks()
    ready = all(result == "ok" for result in checks.values())
    return JsonResponse({"status": "ok" if ready else "not ready", "checks": checks}, status=200 if ready else 503)


def _checks() -> dict[str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return {"database": "cannot be reached"}
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return {"database": "ok", "migrations": f"{len(behind)} not applied" if behind else "ok"}

"""Health answers without a sign-in, and says what is missing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from tests.fixtures.web import WebServer


def test_the_process_answers_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


@pytest.mark.django_db
def test_ready_without_a_worker_is_degraded_but_serves(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")  # of tests that ran one
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "checks": {"database": "ok", "migrations": "ok", "worker": "no worker has reported for a minute"},
    }


@pytest.mark.django_db
def test_a_reporting_worker_makes_it_whole(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers default values")
    assert client.get("/readyz").json()["status"] == "ok"


@pytest.mark.django_db
def test_a_missing_migration_is_counted(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'sessions'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"].startswith("1 not applied")


def test_the_served_process_is_ready(server: WebServer, client: Client) -> None:
    import json
    import urllib.request

    with urllib.request.urlopen(server.path("/readyz")) as answer:
        assert json.load(answer)["checks"]["database"] == "ok"

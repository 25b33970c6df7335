"""Web server and workers cannot rewrite what was written: the database lets their role do no such thing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection
from psycopg import errors

from qitao.project import rights
from tests import small_plant
from tests.fixtures.web import database_url
from tests.small_plant import SmallPlant

pytestmark = pytest.mark.django_db(transaction=True)

ROLE = "qitao_app"


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("BOLT", "A-01", 10)
    return plant


@pytest.fixture
def worker(plant: SmallPlant) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection as the role of web server and workers, in the database of the tests."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = %s", [ROLE])
        assert cursor.fetchone(), "the cluster makes the role by itself"
    assert rights.give(ROLE)
    with psycopg.connect(as_role(ROLE), autocommit=True) as link:
        yield link


def as_role(name: str) -> str:
    """Return the address of the test database under another role."""
    from django.conf import settings

    from qitao.project.embedded import address

    password = address.read(settings.ENVIRONMENT.home / address.USER_PASSWORD_FILE)
    parts = urlsplit(database_url())
    return urlunsplit(parts._replace(netloc=f"{name}:{password}@{parts.hostname}:{parts.port}"))


@pytest.mark.parametrize("table", ["journal_command", "journal_fact", "journal_refusal", "journal_seal", "stock_move"])
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM {}",
        "UPDATE {} SET at = at",
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER USER",
        "DROP TABLE {} CASCADE",
        "CREATE OR REPLACE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE sql AS 'select 1'",
    ],
)
def test_the_role_that_works_cannot_rewrite(
    worker: psycopg.Connection[tuple[object, ...]], table: str, change: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        worker.execute(change.format(table))


def test_it_can_do_its_work(worker: psycopg.Connection[tuple[object, ...]]) -> None:
    worker.execute("UPDATE stock_balance SET doubted_at = now()")
    worker.execute("SELECT nextval('journal_number_case')")
    worker.execute("SELECT pg_control_system()")
    worker.execute("DELETE FROM stock_lane")
    worker.execute("SELECT count(*) FROM journal_entry")
    worker.execute("SELECT procrastinate_register_worker_v1()")


def test_the_doctor_names_what_a_role_can_change_and_how_to_mend_it(plant: SmallPlant) -> None:
    with connection.cursor() as cursor:
        assert set(rights.changeable()) == set(rights.written_once()), "the tests work as the owner"
        assert "CREATE ROLE qitao_app" in next(rights.remedy(rights.changeable()))
        rights.give(ROLE)
        cursor.execute("GRANT UPDATE ON stock_move TO qitao_app")
    with psycopg.connect(as_role(ROLE)) as link:
        found = link.execute(rights.CHANGEABLE, [list(rights.written_once())]).fetchall()
    assert found == [("stock_move",)]
    rights.give(ROLE)
    with psycopg.connect(as_role(ROLE)) as link:
        assert link.execute(rights.CHANGEABLE, [list(rights.written_once())]).fetchall() == []

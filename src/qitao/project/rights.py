"""Two roles in the database: one owns the tables and changes them; the other works, and cannot rewrite the records.

The triggers on these tables refuse a change to everybody; the rights take even the attempt – and emptying a table, or
removing a trigger – from web server and workers. Rights are given anew after every migration.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from psycopg import sql

from qitao.journal import chain

BESIDE = ("journal_seal", "journal_verification")  # written once as well, though under no seal

GIVEN = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    "REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON {written_once} FROM {role}",
)


def written_once() -> tuple[str, ...]:
    """Return the tables in which nothing is ever changed."""
    return (*(table.relation for table in chain.tables()), *BESIDE)


def give(role: str) -> bool:
    """Give the role that works what it needs; False where it is the one that owns the tables, and needs nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == role:
            return False
        names = sql.SQL(", ").join(map(sql.Identifier, written_once()))
        for statement in GIVEN:
            cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role), written_once=names))
    return True


CHANGEABLE = """
SELECT name FROM unnest(%s::text[]) AS name
WHERE has_table_privilege(name, 'UPDATE') OR has_table_privilege(name, 'DELETE')
   OR has_table_privilege(name, 'TRUNCATE') OR has_table_privilege(name, 'TRIGGER')
ORDER BY name
"""


def changeable() -> list[str]:
    """Return the tables in which the role that works could change what was written."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGEABLE, [list(written_once())])
        return [name for (name,) in cursor.fetchall()]


OWNS = """
SELECT EXISTS (SELECT FROM pg_tables WHERE tablename = %s AND pg_has_role(tableowner, 'USAGE')), current_user
"""


def remedy(tables: list[str]) -> Iterator[str]:
    """Say line by line what mends it."""
    with connection.cursor() as cursor:
        cursor.execute(OWNS, [tables[0]])
        owns, role = cursor.fetchone()
        named = connection.ops.quote_name(connection.settings_dict["NAME"])
    if not owns:
        yield f"REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON {', '.join(tables)} FROM {connection.ops.quote_name(role)};"
        return
    yield "CREATE ROLE qitao_app LOGIN PASSWORD '…';"
    yield f"GRANT CONNECT ON DATABASE {named} TO qitao_app;"
    yield "then set DATABASE_OWNER_URL to what DATABASE_URL is now, DATABASE_URL to the same with qitao_app and its"
    yield "password, and run `qitao migrate`: it gives qitao_app its rights. Web and workers need DATABASE_URL only"

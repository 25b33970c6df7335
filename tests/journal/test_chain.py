"""Nothing that was written can be changed unseen: whatever is planted, the proof names its table and row."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from qitao.journal import anchors, chain, proving
from qitao.journal.chain import hash_of
from qitao.journal.facts import record
from qitao.journal.models import CommandRecord, Fact, Seal
from qitao.journal.proving import Proof
from qitao.journal.sealed import Sealed
from qitao.project import proofs
from tests import small_plant
from tests.fixtures.web import database_url
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db(transaction=True)

LATER = EIGHT + timedelta(minutes=10)


@pytest.fixture
def plant() -> SmallPlant:
    """A plant with some moves, commands, facts and a refusal."""
    plant = small_plant.build()
    for place in ("A-01", "A-02", "A-03"):
        plant.put("BOLT", place, 10)
    return plant


@pytest.fixture(autouse=True)
def _no_anchors() -> Iterator[None]:
    """The data folder outlives a test: nothing is noted in it before, and nothing stays."""
    proofs.notes().unlink(missing_ok=True)
    yield
    proofs.notes().unlink(missing_ok=True)


@pytest.fixture
def other() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A second connection: somebody else's transaction."""
    with psycopg.connect(database_url()) as link:
        yield link


def found(proof: Proof | None = None) -> list[tuple[str, int]]:
    return [(each.relation, each.row) for each in proving.prove(proof or Proof())]


def by_hand(statement: str, *values: object) -> None:
    """Do what only the owner of the tables can: change them with their guards off."""
    tables = [table.relation for table in chain.tables()] + ["journal_seal"]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_append_only")
        cursor.execute(statement, values)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_is_append_only")


def test_all_that_is_settled_is_sealed_once(plant: SmallPlant) -> None:
    sealed = chain.seal(EIGHT)
    proof = Proof()
    assert found(proof) == []
    assert (proof.rows, proof.waiting) == (sealed, 0)
    assert chain.seal(LATER) == 0
    plant.put("PLATE", "A-01", 1)
    assert chain.seal(LATER) == 3, "a command, its fact, its move"
    assert found() == []


def test_what_waits_is_told_apart_from_what_was_slipped_in(plant: SmallPlant) -> None:
    chain.seal(EIGHT)
    plant.put("PLATE", "A-01", 1)
    proof = Proof()
    assert found(proof) == []
    assert proof.waiting == 3


def test_a_row_that_commits_late_is_sealed_then(plant: SmallPlant, other: psycopg.Connection[tuple[Any, ...]]) -> None:
    """A transaction draws a low number and lingers; others with higher ones are committed and sealed meanwhile."""
    (late,) = other.execute(COPY_A_FACT).fetchone() or ()
    plant.put("PLATE", "A-01", 1)
    other_facts = set(Fact.objects.filter(pk__gt=late).values_list("pk", flat=True))
    assert other_facts
    chain.seal(EIGHT)
    assert not other_facts & sealed_facts(), "behind a transaction that still runs nothing is settled"
    other.commit()
    chain.seal(LATER)
    assert {late, *other_facts} <= sealed_facts()
    proof = Proof()
    assert found(proof) == []
    assert proof.waiting == 0


def test_what_a_running_transaction_wrote_after_it_was_passed_is_not_lost(
    plant: SmallPlant, other: psycopg.Connection[tuple[Any, ...]]
) -> None:
    """The transaction began first, and writes between two seals and after them."""
    other.execute("SELECT pg_current_xact_id()")
    chain.seal(EIGHT)
    plant.put("PLATE", "A-01", 1)
    chain.seal(EIGHT + timedelta(minutes=5))
    (late,) = other.execute(COPY_A_FACT).fetchone() or ()
    plant.put("PLATE", "A-01", 1)
    other.commit()
    plant.put("PLATE", "A-01", 1)
    chain.seal(LATER)
    assert late in sealed_facts()
    assert found() == []


def test_what_was_rolled_back_leaves_no_gap_in_the_chain(
    plant: SmallPlant, other: psycopg.Connection[tuple[Any, ...]]
) -> None:
    other.execute(COPY_A_FACT)
    other.rollback()
    plant.put("PLATE", "A-01", 1)
    chain.seal(EIGHT)
    assert found() == []


COPY_A_FACT = """
INSERT INTO journal_fact (kind, at, actor_id, command_id, subject, subject_id, data)
SELECT kind, at, actor_id, command_id, subject, subject_id, data FROM journal_fact LIMIT 1 RETURNING id
"""


def sealed_facts() -> set[int]:
    return {number for link in Seal.objects.filter(relation="journal_fact") for number in link.ids}


def test_while_one_seals_another_does_not(plant: SmallPlant, other: psycopg.Connection[tuple[Any, ...]]) -> None:
    other.execute("SELECT pg_advisory_xact_lock(%s)", [chain.LOCK])
    assert chain.seal(EIGHT) == 0
    other.rollback()
    assert chain.seal(EIGHT) > 0


def test_a_long_transaction_is_sealed_in_parts(plant: SmallPlant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MOST", 7)
    many(plant, 40)
    chain.seal(EIGHT)
    assert max(len(link.ids) for link in Seal.objects.all()) == 7
    assert found() == []
    assert chain.seal(LATER) == 0


def many(plant: SmallPlant, count: int) -> None:
    command = plant.do("planner")
    with transaction.atomic():
        for _ in range(count):
            record(command, "test.happened", plant.site, quantity="1.50", words="齐套 “x”")


def test_no_setting_of_a_connection_shows_in_a_hash(plant: SmallPlant) -> None:
    def leaves() -> dict[str, list[tuple[str]]]:
        return {table.relation: of(table) for table in chain.tables()}

    def of(table: Sealed) -> list[tuple[str]]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT encode({table.leaf(0)}, 'hex') FROM {table.relation} ORDER BY {table.key}")
            return list(cursor.fetchall())

    usual = leaves()
    strange = ("timezone = 'Asia/Shanghai'", "datestyle = 'SQL, DMY'", "extra_float_digits = -15")
    with transaction.atomic(), connection.cursor() as cursor:
        for setting in (*strange, "bytea_output = 'escape'", "intervalstyle = 'sql_standard'"):
            cursor.execute(f"SET LOCAL {setting}")
        assert leaves() == usual
    assert all(usual[relation] for relation in ("journal_command", "journal_fact", "stock_move"))


def test_every_column_is_under_seal() -> None:
    """Whoever adds a column to a sealed table adds a form with it: without one the column could be changed unseen."""
    for table in chain.tables():
        with connection.cursor() as cursor:
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table.relation])
            columns = {name for (name,) in cursor.fetchall()}
        words = {word for part in table.forms[-1] for word in re.findall(r"\w+", part)}
        assert columns <= words, f"{table.relation}: add a form with {sorted(columns - words)}"


# What can be planted, one at a time, anywhere


def pick(table: Sealed, chance: random.Random) -> int:
    rows = [number for link in Seal.objects.filter(relation=table.relation) for number in link.ids]
    return chance.choice(rows)


def change_a_value(table: Sealed, chance: random.Random) -> set[tuple[str, int]]:
    row = pick(table, chance)
    column, value = chance.choice(
        [
            ("command_id" if table.relation != "journal_command" else "id", "gen_random_uuid()"),
            ("at", "at + interval '1 microsecond'"),
            *({"stock_move": [("quantity", "quantity + 0.000001"), ("owner", "'x'")]}.get(table.relation, [])),
            *({"journal_fact": [("data", "data || '{\"x\": 1}'"), ("kind", "kind || ' '")]}.get(table.relation, [])),
        ]
    )
    by_hand(f"UPDATE {table.relation} SET {column} = {value} WHERE {table.key} = %s", row)
    return {(table.relation, row)}


def remove_a_row(table: Sealed, chance: random.Random) -> set[tuple[str, int]]:
    row = pick(table, chance)
    by_hand(f"DELETE FROM {table.relation} WHERE {table.key} = %s", row)
    return {(table.relation, row)}


def swap_two_rows(table: Sealed, chance: random.Random) -> set[tuple[str, int]]:
    one, two = pick(table, chance), pick(table, chance)
    while one == two:
        two = pick(table, chance)
    for was, now in ((one, -1), (two, one), (-1, two)):
        by_hand(f"UPDATE {table.relation} SET {table.key} = %s WHERE {table.key} = %s", now, was)
    return {(table.relation, one), (table.relation, two)}


def cut_the_tail(table: Sealed, chance: random.Random) -> set[tuple[str, int]]:
    rows = sorted(number for link in Seal.objects.filter(relation=table.relation) for number in link.ids)
    gone = rows[-chance.randint(1, 20) :]
    by_hand(f"DELETE FROM {table.relation} WHERE {table.key} >= %s", gone[0])
    return {(table.relation, row) for row in gone}


def insert_behind(table: Sealed, chance: random.Random) -> set[tuple[str, int]]:
    """Slip a copy in under a number that was passed, with the transaction it pretends to be from, or with its own."""
    model = pick(table, chance)
    columns = columns_of(table)
    row = pick(table, chance) - 1_000_000
    pretended = "written_in" if chance.random() < 0.5 else "pg_current_xact_id()::text::bigint"
    given = {table.key: str(row), "written_in": pretended}
    if table.relation == "journal_command":
        given["id"] = "gen_random_uuid()"
    values = ", ".join(given.get(column, column) for column in columns)
    copy = f"INSERT INTO {table.relation} ({', '.join(columns)}) SELECT {values} FROM {table.relation}"
    by_hand(f"{copy} WHERE {table.key} = %s", model)
    return {(table.relation, row)}


def columns_of(table: Sealed) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table.relation])
        return [name for (name,) in cursor.fetchall() if name != "reverses_id"]


Plant = Callable[[Sealed, random.Random], set[tuple[str, int]]]
PLANTED: tuple[Plant, ...] = (change_a_value, remove_a_row, swap_two_rows, cut_the_tail, insert_behind)


@pytest.fixture
def thousands(plant: SmallPlant) -> SmallPlant:
    """Some thousand facts and moves under several seals, minutes apart."""
    with connection.cursor() as cursor:
        for minutes in (0, 5, 10):
            cursor.execute(COPY_FACTS, [1000])
            cursor.execute(COPY_MOVES, [700])
            for _ in range(3):
                plant.put("PLATE", "A-01", 1)
            chain.seal(EIGHT + timedelta(minutes=minutes))
    return plant


COPY_FACTS = """
INSERT INTO journal_fact (kind, at, actor_id, command_id, subject, subject_id, data)
SELECT fact.kind, fact.at, actor_id, command_id, subject, subject_id, jsonb_build_object('n', n)
FROM (SELECT * FROM journal_fact LIMIT 1) AS fact, generate_series(1, %s) AS n
"""
COPY_MOVES = """
INSERT INTO stock_move (at, happened_at, item_id, lot_id, from_location_id, to_location_id, from_status, to_status,
    owner, quantity, document, document_id, document_code, actor_id, command_id)
SELECT move.at, happened_at, item_id, lot_id, from_location_id, from_location_id, 'ok', 'rejected',
    owner, n, document, document_id, document_code, actor_id, command_id
FROM (SELECT * FROM stock_move LIMIT 1) AS move, generate_series(1, %s) AS n
"""


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("planted", PLANTED, ids=lambda each: each.__name__)
def test_whatever_is_planted_is_found_with_its_row(thousands: SmallPlant, planted: Plant, seed: int) -> None:
    chance = random.Random(f"{planted.__name__} {seed}")
    table = chance.choice([each for each in chain.tables() if each.relation != "journal_refusal"])
    assert found() == []
    expected = planted(table, chance)
    assert set(found()) == expected
    chain.seal(EIGHT + timedelta(days=1))
    assert set(found()) == expected, "sealing over it hides nothing"


# The chain itself


def test_a_changed_seal_is_found_and_so_is_every_later_one_made_anew(thousands: SmallPlant) -> None:
    by_hand("UPDATE journal_seal SET at = at - interval '1 second' WHERE id = 3")
    assert found() == [("journal_seal", 3)]
    link = Seal.objects.get(pk=3)
    before = bytes(Seal.objects.get(pk=2).hash)
    by_hand("UPDATE journal_seal SET hash = %s WHERE id = 3", hash_of(link, before=before))
    assert found() == [("journal_seal", 4)]


def test_a_removed_seal_is_found(thousands: SmallPlant) -> None:
    by_hand("DELETE FROM journal_seal WHERE id = 2")
    assert ("journal_seal", 2) in found()


def test_a_chain_cut_off_or_made_anew_differs_from_what_was_noted(thousands: SmallPlant) -> None:
    outcome = proofs.run(LATER)
    assert outcome.is_good
    assert outcome.anchor is not None
    assert anchors.noted(proofs.notes(), proofs.database())[-1] == outcome.anchor

    last = Seal.objects.order_by("-id").first()
    assert last is not None
    by_hand("DELETE FROM journal_seal WHERE id = %s", last.id)
    by_hand("DELETE FROM stock_move WHERE id = ANY (%s)", last.ids)
    cut = proofs.run(LATER)
    assert [text.split(":")[0] for text in cut.found["seals"]] == [f"journal_seal {last.id}"]
    assert "cut off" in cut.found["seals"][0]

    thousands.put("PLATE", "A-01", 1)
    chain.seal(LATER)
    anew = proofs.run(LATER)
    assert "made anew" in anew.found["seals"][0]
    proofs.notes().unlink()
    assert not proofs.run(LATER).found["seals"], "only the note tells: it belongs where the database cannot reach"
    assert proofs.run(LATER, known=[outcome.anchor]).found["seals"]


def test_a_restored_database_goes_on_with_its_chain(plant: SmallPlant) -> None:
    """Elsewhere transactions are counted anew: what was sealed stays so, what was not is sealed once."""
    chain.seal(EIGHT)
    plant.put("PLATE", "A-01", 1)
    by_hand("UPDATE journal_seal SET place = 'elsewhere', through_xid = through_xid + 1000000")
    by_hand("UPDATE journal_fact SET written_in = written_in + 1000000")
    rehash()
    assert chain.seal(LATER) == 3
    plant.put("PLATE", "A-01", 1)
    assert chain.seal(LATER) == 3
    assert chain.seal(LATER) == 0
    proof = Proof()
    changed = {row for relation, row in found(proof) if relation != "journal_fact"}
    assert (changed, proof.waiting) == (set(), 0)
    covered = [number for link in Seal.objects.filter(relation="stock_move") for number in link.ids]
    assert len(covered) == len(set(covered)), "nothing is sealed twice"


def rehash() -> None:
    """Make every hash anew, as one would who changed the seals."""
    before = chain.START
    for link in Seal.objects.order_by("id"):
        before = hash_of(link, before=before)
        by_hand("UPDATE journal_seal SET hash = %s WHERE id = %s", before, link.id)


def test_the_nightly_proof_keeps_what_it_found(thousands: SmallPlant) -> None:
    assert proofs.keep(proofs.run(EIGHT)).is_good
    row = CommandRecord.objects.order_by("at").values_list("pk", flat=True).first()
    by_hand("UPDATE journal_command SET source = 'x' WHERE id = %s", row)
    kept = proofs.keep(proofs.run(LATER))
    assert not kept.is_good
    assert kept.found["seals"][-1] == "1 in all"
    assert "journal_command" in kept.found["seals"][0]

"""The proof that nothing under seal was changed: every hash is computed again, from the rows as they are now.

It names table and row of whatever was changed, removed, or slipped in; it reads a bounded number of rows at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection

from qitao.journal import chain
from qitao.journal.models import Seal
from qitao.journal.sealed import LEAF_BYTES, Sealed

WINDOW = 20_000  # rows compared by one statement
SEALS_AT_ONCE = 20
SLIPPED_IN = "was slipped in behind rows that were sealed before it was written"
NEVER = "was never sealed, though all of its time was: it was slipped in"
GRACE = timedelta(minutes=1)  # a row whose number was drawn this long before its transaction began was slipped in


@dataclass(frozen=True, slots=True)
class Tampered:
    """A place where the records are not what was sealed."""

    what: str
    relation: str
    row: int

    def __str__(self) -> str:
        return f"{self.relation} {self.row}: {self.what}"


@dataclass(slots=True)
class Proof:
    """What the proof saw so far; complete when its iterator has ended."""

    rows: int = 0
    waiting: int = 0  # written, not sealed yet
    last: Seal | None = None
    anchors: dict[int, bytes] = field(default_factory=dict)  # hashes of the seals that were asked for


def prove(proof: Proof, *, asked: frozenset[int] = frozenset()) -> Iterator[Tampered]:
    """Yield what was tampered with; `proof` is filled on the way, with the hashes of the seals that are `asked` for."""
    ends = {table.relation: _end(table) for table in chain.tables()}
    yield from _links(proof, asked)
    for table in chain.tables():
        yield from _unsealed(table, ends[table.relation], proof)


def _end(table: Sealed) -> Seal | None:
    """Return the last seal of a table: up to its place in the order of transactions nothing is unsealed."""
    return Seal.objects.filter(relation=table.relation).order_by("-id").defer("ids", "leaves").first()


def _links(proof: Proof, asked: frozenset[int]) -> Iterator[Tampered]:
    """Walk the chain: each link in its place, each hash anew, each row it covers against its leaf."""
    known = {table.relation: table for table in chain.tables()}
    before: bytes | None = chain.START
    number, pending, highest = 0, _Pending(), dict.fromkeys(known, 0)
    for link in Seal.objects.order_by("id").iterator(chunk_size=SEALS_AT_ONCE):
        if link.id != number + 1:
            yield Tampered(f"was removed: the chain goes on with {link.id}", "journal_seal", number + 1)
            before = None
        number = link.id
        if before is not None and chain.hash_of(link, before=before) != bytes(link.hash):
            yield Tampered("is not what its hash says, or does not follow the one before", "journal_seal", link.id)
        before = bytes(link.hash)
        if link.id in asked:
            proof.anchors[link.id] = before
        proof.last = link
        table = known.get(link.relation)
        if table is None or link.form >= len(table.forms) or len(link.leaves) != LEAF_BYTES * len(link.ids):
            yield Tampered("covers what this version does not know", "journal_seal", link.id)
            continue
        pending.add(link, highest[link.relation])
        highest[link.relation] = max(highest[link.relation], *link.ids, 0)
        if pending.rows >= WINDOW:
            yield from _rows(pending, known, proof)
            pending = _Pending()
    yield from _rows(pending, known, proof)


@dataclass(slots=True)
class _Pending:
    """Rows under seal that are still to be compared, and those of them with a number that had been passed."""

    rows: int = 0
    covered: dict[tuple[str, int], list[tuple[int, int, bytes]]] = field(default_factory=lambda: defaultdict(list))
    behind: dict[str, list[tuple[int, int, str]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, link: Seal, highest: int) -> None:
        leaves = bytes(link.leaves)
        parts = [leaves[at : at + LEAF_BYTES] for at in range(0, len(leaves), LEAF_BYTES)]
        self.covered[link.relation, link.form] += [
            (number, link.id, leaf) for number, leaf in zip(link.ids, parts, strict=True)
        ]
        self.behind[link.relation] += [(number, link.id, link.place) for number in link.ids if number < highest]
        self.rows += len(link.ids)


CHANGED = """
SELECT covered.id, covered.seal, row.id IS NULL
FROM unnest(%(ids)s::bigint[], %(seals)s::bigint[], %(leaves)s::bytea[]) AS covered (id, seal, leaf)
LEFT JOIN (
    SELECT {key} AS id, {leaf} AS leaf FROM {relation} WHERE {key} BETWEEN %(first)s AND %(last)s
) AS row ON row.id = covered.id
WHERE row.id IS NULL OR row.leaf <> covered.leaf
ORDER BY covered.id
"""


def _rows(pending: _Pending, known: dict[str, Sealed], proof: Proof) -> Iterator[Tampered]:
    """Compare the rows under these seals with their leaves."""
    for (relation, form), covered in pending.covered.items():
        if not covered:
            continue
        ids, seals, leaves = (list(column) for column in zip(*covered, strict=True))
        given = {"ids": ids, "seals": seals, "leaves": leaves, "first": min(ids), "last": max(ids)}
        statement = CHANGED.format(relation=relation, key=known[relation].key, leaf=known[relation].leaf(form))
        for number, seal, is_gone in _run(statement, given):
            what = "was removed" if is_gone else "was changed"
            yield Tampered(f"{what} after it was sealed (seal {seal})", relation, number)
        proof.rows += len(ids)
    for relation, behind in pending.behind.items():
        for number in _slipped_in(known[relation], behind):
            yield Tampered(SLIPPED_IN, relation, number)


# rows whose numbers were passed long before their transaction had begun
LATE = """
SELECT row.{key} FROM {relation} AS row
JOIN unnest(%(ids)s::bigint[], %(seals)s::bigint[], %(places)s::text[]) AS covered (id, seal, place)
  ON covered.id = row.{key}
CROSS JOIN LATERAL (
    SELECT passed.id, passed.at FROM journal_seal AS passed
    WHERE passed.relation = %(relation)s AND passed.last_id > row.{key} AND passed.id < covered.seal
    ORDER BY passed.last_id LIMIT 1
) AS passed
WHERE EXISTS (
    SELECT FROM journal_seal AS later
    WHERE later.id > passed.id AND later.id < covered.seal AND later.at >= passed.at + %(grace)s
      AND later.place = covered.place AND later.upto_xid <= row.written_in
)
ORDER BY 1
"""


def _slipped_in(table: Sealed, rows: list[tuple[int, int, str]]) -> list[int]:
    """Return those of the (row, seal, place) whose transaction began long after their number had been passed."""
    if not rows:
        return []
    ids, seals, places = (list(column) for column in zip(*rows, strict=True))
    given = {"ids": ids, "seals": seals, "places": places, "relation": table.relation, "grace": GRACE}
    return [number for (number,) in _run(LATE.format(key=table.key, relation=table.relation), given)]


UNSEALED = """
SELECT {key}, written_in FROM {relation} AS row
WHERE {key} > %(after)s AND {key} <= %(until)s AND NOT EXISTS (
    SELECT FROM (
        SELECT unnest(ids) AS id FROM journal_seal
        WHERE relation = %(relation)s AND last_id > %(after)s AND first_id <= %(until)s
    ) AS sealed WHERE sealed.id = row.{key}
)
ORDER BY 1
"""
NEXT = (
    "SELECT max(id) FROM (SELECT {key} AS id FROM {relation} WHERE {key} > %(after)s ORDER BY 1 LIMIT %(most)s) AS next"
)


def _unsealed(table: Sealed, end: Seal | None, proof: Proof) -> Iterator[Tampered]:
    """Find the rows that no seal covers: new ones wait for theirs, others were slipped in."""
    here, after = chain.horizon().place, -chain.LAST_ID
    sealed_to = (end.through_xid, end.through_id) if end is not None and end.place == here else (0, 0)
    while True:
        window = {"after": after, "most": WINDOW}
        ((until,),) = _run(NEXT.format(key=table.key, relation=table.relation), window)
        if until is None:
            return
        given = {"relation": table.relation, "after": after, "until": until}
        rows = _run(UNSEALED.format(key=table.key, relation=table.relation), given)
        passed = [number for number, xid in rows if (xid, number) <= sealed_to]
        behind = _slipped_in(table, [(number, chain.LAST_ID, here) for number, _ in rows if number not in passed])
        for number in sorted({*passed, *behind}):
            yield Tampered(NEVER if number in passed else SLIPPED_IN, table.relation, number)
        proof.waiting += len(rows) - len({*passed, *behind})
        after = until


def _run(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())

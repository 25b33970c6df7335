"""The chain of seals: what was written in the journal and the ledger cannot be changed unseen.

A seal covers rows of one table: their numbers, a short hash of each, and a hash over all that and the seal before it.
Whoever changes, removes or slips in a row must make every later seal anew, and then the last hash is another than the
one that was noted elsewhere (`journal.anchors`).

Writers never wait for the chain. A worker seals what was written since, some thousand rows at a time. It must not miss
a row that becomes visible late: an earlier number, committed after a later one was sealed. So it goes not by the rows'
own numbers but by the transactions that wrote them: what it looks at was written by transactions of which none runs
any more, in the order of (transaction, row), and the seal says how far it came. Transactions are counted by the
database they run in; in another one – restored from a dump – they begin anew, and there the first pass compares all.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from qitao.journal.models import Seal
from qitao.journal.sealed import Sealed

LOCK = 0x5EA1 << 32  # the advisory lock of whoever seals
MOST = 5000  # rows under one seal
LAST_ID = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_tables: list[Sealed] = []


def cover(tables: Iterable[Sealed]) -> None:
    """Say which tables are sealed, replacing what was said; `project.wiring` calls it once."""
    _tables[:] = tables


def tables() -> Sequence[Sealed]:
    """Return the tables that are sealed."""
    return tuple(_tables)


@dataclass(frozen=True, slots=True)
class Horizon:
    """Where the database stands: all transactions before `settled` have ended, none has reached `upto` yet."""

    place: str
    settled: int
    upto: int


# A transaction counts as running here unless it is seen in another database of the same server: it writes nothing here,
# and one that ends while this looks is in neither list, so it is waited for.
NOW = """
WITH here AS (
    SELECT oid FROM pg_database WHERE datname = current_database()
), elsewhere AS (
    SELECT backend_xid FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datid <> (TABLE here)
), running AS (
    SELECT min(xid::text::bigint) AS first FROM pg_snapshot_xip(pg_current_snapshot()) AS xid
    WHERE xid::xid NOT IN (TABLE elsewhere)
)
SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || (TABLE here),
       coalesce((SELECT first FROM running), upto), upto
FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS upto) AS now
"""


def horizon() -> Horizon:
    """Return where the database stands at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        return Horizon(*cursor.fetchone())


def seal(at: datetime) -> int:
    """Seal what was written and is settled; return how many rows. Where somebody else is sealing, none."""
    return sum(_seal_table(table, at) for table in _tables)


def _seal_table(table: Sealed, at: datetime) -> int:
    total, after = 0, (0, 0)
    while True:
        with transaction.atomic():
            if not _is_mine():
                return total
            last = Seal.objects.filter(relation=table.relation).order_by("-id").defer("ids", "leaves").first()
            now = horizon()
            if last is not None and last.place != now.place:
                return total + _seal_restored(table, now, at)
            if last is not None:
                after = max(after, (last.through_xid, last.through_id))
            seen = _settled(table, now, after=after)
            rows = _not_sealed_elsewhere(table, now, seen)
            if rows:
                _append(table, rows, now, at=at, through=(seen[-1].xid, seen[-1].id))
        total += len(rows)
        if len(seen) < MOST:
            return total
        after = (seen[-1].xid, seen[-1].id)


def _is_mine() -> bool:
    """Take the right to seal until the transaction ends; False where somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


class Leaf(NamedTuple):
    """A row that is to be sealed: its number, the transaction that wrote it, its hash."""

    id: int
    xid: int
    hash: bytes


SETTLED = """
SELECT {key}, written_in, {leaf} FROM {relation}
WHERE (written_in, {key}) > (%(xid)s, %(id)s) AND written_in < %(settled)s
ORDER BY written_in, {key} LIMIT %(most)s
"""


def _settled(table: Sealed, now: Horizon, *, after: tuple[int, int]) -> list[Leaf]:
    """Return what was written after a place in the order of (transaction, row) and cannot be joined by anything."""
    given = {"xid": after[0], "id": after[1], "settled": now.settled, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_filled(SETTLED, table), given)
        return [Leaf(*row) for row in cursor.fetchall()]


ELSEWHERE = """
SELECT unnest(ids) FROM journal_seal
WHERE relation = %(relation)s AND last_id >= %(first)s AND first_id <= %(last)s AND place <> %(place)s
"""


def _not_sealed_elsewhere(table: Sealed, now: Horizon, rows: list[Leaf]) -> list[Leaf]:
    """Leave out the rows that were sealed where they came from: only a restored database holds any."""
    first = Seal.objects.filter(pk=1).values_list("place", flat=True).first()
    if not rows or first in (None, now.place):
        return rows
    ids = [row.id for row in rows]
    given: dict[str, Any] = {"relation": table.relation, "first": min(ids), "last": max(ids), "place": now.place}
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, given)
        sealed = {number for (number,) in cursor.fetchall()}
    return [row for row in rows if row.id not in sealed]


RESTORED = """
SELECT {key}, written_in, {leaf} FROM {relation} AS row
WHERE {key} > %(after)s AND (written_in < %(settled)s OR written_in >= %(upto)s) AND NOT EXISTS (
    SELECT FROM journal_seal AS seal
    WHERE seal.relation = %(relation)s AND seal.first_id <= row.{key} AND seal.last_id >= row.{key}
      AND row.{key} = ANY (seal.ids)
)
ORDER BY {key} LIMIT %(most)s
"""


def _seal_restored(table: Sealed, now: Horizon, at: datetime) -> int:
    """Seal all that no seal covers, in a database whose transactions are counted anew; the lock is held."""
    given: dict[str, Any] = {"relation": table.relation, "settled": now.settled, "upto": now.upto, "most": MOST}
    total, after, through = 0, 0, (now.settled - 1, LAST_ID)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_filled(RESTORED, table), {**given, "after": after})
            rows = [Leaf(*row) for row in cursor.fetchall()]
        if rows or not total:  # an empty seal says that there was nothing left to seal here
            _append(table, rows, now, at=at, through=through)
        total += len(rows)
        if len(rows) < MOST:
            return total
        after = rows[-1].id


def _filled(statement: str, table: Sealed) -> str:
    form = len(table.forms) - 1
    return statement.format(key=table.key, relation=table.relation, leaf=table.leaf(form))


def _append(table: Sealed, rows: list[Leaf], now: Horizon, *, at: datetime, through: tuple[int, int]) -> None:
    """Write the next seal."""
    before = Seal.objects.order_by("-id").values_list("id", "hash").first() or (0, START)
    ordered = sorted(rows)
    link = Seal(
        id=before[0] + 1,
        at=at,
        place=now.place,
        relation=table.relation,
        form=len(table.forms) - 1,
        through_xid=through[0],
        through_id=through[1],
        upto_xid=now.upto,
        first_id=ordered[0].id if ordered else None,
        last_id=ordered[-1].id if ordered else None,
        ids=[row.id for row in ordered],
        leaves=b"".join(row.hash for row in ordered),
    )
    link.hash = hash_of(link, before=bytes(before[1]))
    link.save(force_insert=True)


START = bytes(32)  # what the first seal follows


def hash_of(link: Seal, *, before: bytes) -> bytes:
    """Return the hash that a seal must carry when `before` is the hash of the one before it."""
    micros = (link.at - EPOCH) // timedelta(microseconds=1)
    head = [link.id, micros, link.place, link.relation, link.form, link.through_xid, link.through_id, link.upto_xid]
    digest = hashlib.sha256(before)
    digest.update(json.dumps([*head, link.first_id, link.last_id, len(link.ids)]).encode())
    digest.update(struct.pack(f">{len(link.ids)}q", *link.ids))
    digest.update(bytes(link.leaves))
    return digest.digest()

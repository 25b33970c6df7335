"""The chain of seals: what it costs writers, how fast it seals, and how fast everything is proved.

On a durable PostgreSQL of its own: a million facts are sealed and proved; then 32 clients write moves (a move, its fact
and its command each) while a worker seals. Goals: a proof of a million rows ≤ 60 s; ≥ 500 rows a second written by the
32, none of them left out of the chain, and the chain whole.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
import threading
import time
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.measure import goal, say

ROWS = 1_000_000
CLIENTS = 32
SECONDS = 15.0
WHEN = datetime(2026, 1, 5, 8, tzinfo=UTC)

FACTS = """
INSERT INTO journal_fact (kind, at, actor_id, command_id, subject, subject_id, data)
SELECT 'picking.picked', now(), %s, gen_random_uuid(), 'picking.pickline', n,
       jsonb_build_object('item', 'R-' || n, 'quantity', n::text, 'lot', md5(n::text))
FROM generate_series(1, %s) AS n
"""


def run() -> bool:
    """Measure; return whether every goal is met."""
    from qitao.project.embedded.cluster import Cluster

    folder = Path(tempfile.mkdtemp(prefix="qitao-journal-"))
    folder.chmod(0o711)
    cluster = Cluster(folder)
    try:
        cluster.start()
        _set_up(folder, cluster.owner_url)
        met = _million()
        return _writers() and met
    finally:
        from django.db import connections

        connections.close_all()
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _set_up(folder: Path, url: str) -> None:
    import os

    os.environ |= {"QITAO_HOME": str(folder), "QITAO_DATABASE_CONNECTIONS": str(CLIENTS + 4)}
    from qitao.project import connect

    connect.set_up(url)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _million() -> bool:
    """Seal a million rows and prove them; return whether the proof was fast enough."""
    from django.db import connection

    from qitao.accounts.queries import system_user
    from qitao.journal import chain

    with connection.cursor() as cursor:
        cursor.execute(FACTS, [system_user().pk, ROWS])
        cursor.execute("ANALYZE journal_fact")
    begun = time.monotonic()
    sealed = chain.seal(WHEN)
    say(f"sealing {sealed:,} rows", f"{time.monotonic() - begun:.1f} s")
    taken = _prove(expected=sealed)
    say("memory of the proof, at most", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return goal(f"proving {sealed:,} rows", taken, at_most=60, unit="s")


def _prove(*, expected: int) -> float:
    from qitao.journal import proving

    proof, begun = proving.Proof(), time.monotonic()
    found = list(proving.prove(proof))
    assert (found, proof.rows, proof.waiting) == ([], expected, 0), (found[:3], proof.rows, proof.waiting)
    return time.monotonic() - begun


def _writers() -> bool:
    """Let 32 clients write while a worker seals; return whether they were fast enough and nothing is left out."""
    from qitao.journal import chain
    from qitao.journal.models import Seal

    plants, stop, written = _plants(), threading.Event(), [0] * CLIENTS
    threads = [threading.Thread(target=_write, args=(plants[n], n, stop, written)) for n in range(CLIENTS)]
    before, begun = _sealed(), time.monotonic()
    for thread in threads:
        thread.start()
    seals = 0
    while time.monotonic() - begun < SECONDS:
        seals += bool(chain.seal(datetime.now(UTC)))
        time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    taken = time.monotonic() - begun
    chain.seal(datetime.now(UTC))
    rows = 3 * sum(written)  # a command, its fact, its move
    assert _sealed() - before >= rows, "a row was left out of the chain"
    _prove(expected=_sealed())
    say(f"{CLIENTS} clients, seals made meanwhile", f"{Seal.objects.count()}, in {seals} rounds")
    return goal("milliseconds a row, all clients together", 1000 * taken / rows, at_most=2, unit="ms")


def _sealed() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(cardinality(ids)), 0) FROM journal_seal")
        return int(cursor.fetchone()[0])


def _plants() -> list[tuple[Any, int, tuple[int, int]]]:
    """Make a person, and for every client an item that lies in one of two bins."""
    from django.utils import timezone

    from qitao.accounts.models import User
    from qitao.catalog.models import Item, Site, Unit
    from qitao.journal.command import Command
    from qitao.stock import actions, ledger
    from qitao.stock.models import Location, Warehouse

    admin = User.objects.create(
        username="a", name="a", roles=["administrator", "picker"], password="!", created_at=timezone.now()
    )
    site, unit = Site.objects.create(code="S", name="S"), Unit.objects.create(code="pcs")
    home = Warehouse.objects.create(site=site, code="RM", name="RM")
    bins = [Location.objects.create(warehouse=home, code=code) for code in ("A", "B")]
    plants = []
    for number in range(CLIENTS):
        item = Item.objects.create(code=f"I{number}", name="i", unit=unit)
        lot = ledger.lot_of(item)
        line = {"item_id": item.pk, "location_id": bins[0].pk, "lot_id": lot.pk, "quantity": Decimal(10**6)}
        actions.open_balances(Command(actor=admin, at=WHEN), lines=[{**line, "status": "ok"}], document=site)
        balance = item.balance_set.get()
        plants.append((admin, balance.pk, (bins[0].pk, bins[1].pk)))
    return plants


def _write(plant: tuple[Any, int, tuple[int, int]], number: int, stop: threading.Event, written: list[int]) -> None:
    from django.db import connection

    from qitao.journal.command import Command
    from qitao.stock import actions

    actor, balance, (_, other) = plant
    while not stop.is_set():
        command = Command(actor=actor, at=datetime.now(UTC), id=uuid.uuid4(), source="bench")
        actions.move(command, balance_id=balance, to_location_id=other, quantity=Decimal(1))
        written[number] += 1
    connection.close()

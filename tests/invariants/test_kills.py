"""Killed at any moment – client, database connection, the whole database – nothing is lost and nothing done twice.

The short form of the fault run: seeded, a few hundred commands, a dozen faults. It prints what it did.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from qitao.project.children import stop_with_parent
from qitao.project.embedded.cluster import Cluster
from tests.fixtures.database import ThrowAwayServer, new_folder

SEED = 20261122
CLIENTS, COMMANDS, FAULTS = 3, 120, 12

ARRANGE = """
import django; django.setup()
from tests import small_plant
from qitao.stock.models import Balance
plant = small_plant.build()
balance = plant.put("BOLT", "A-01", 1000)
print(plant.people["picker"].pk, balance.pk, plant.bins["A-02"].pk)
"""

VERIFY = """
import django; django.setup()
from qitao.stock.queries import verify
print(len(verify()))
"""


class Durable(ThrowAwayServer):
    """A throw-away server that keeps what it has confirmed, even when killed."""

    @property
    def cluster(self) -> Cluster:
        assert self._cluster is not None
        return self._cluster


@pytest.fixture
def durable() -> Iterator[Durable]:
    server = Durable(new_folder(), settings=())
    server.start()
    yield server
    server.throw_away()


def run(code: str, variables: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False, cwd=Path.cwd()
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


class Carriers:
    """The clients; each is started again when it was killed."""

    def __init__(self, words: list[str], variables: dict[str, str], folder: Path) -> None:
        self.words, self.variables = words, variables
        self.journals = [folder / f"client-{n}.txt" for n in range(CLIENTS)]
        self.running = [self._start(n) for n in range(CLIENTS)]

    def _start(self, n: int) -> subprocess.Popen[bytes]:
        script = Path(__file__).with_name("carrier.py")
        return subprocess.Popen(
            [sys.executable, str(script), *self.words, str(COMMANDS), str(self.journals[n])],
            env=self.variables,
            cwd=Path.cwd(),
            preexec_fn=stop_with_parent(signal.SIGKILL),  # noqa: PLW1509 - from the main thread
        )

    def kill(self, n: int) -> None:
        self.running[n].kill()
        self.running[n].wait()
        self.running[n] = self._start(n)

    def answered(self) -> int:
        return sum(path.read_text().count("answered") for path in self.journals if path.exists())

    def done(self) -> bool:
        """Tell whether all have carried everything; a client that failed of its own is an error."""
        ends = [client.poll() for client in self.running]
        assert set(ends) <= {None, 0}, f"a client failed: {ends}"
        return None not in ends

    def end(self) -> None:
        for client in self.running:
            client.kill()
            client.wait()


def strike(what: str, durable: Durable, carriers: Carriers, chance: random.Random) -> None:
    if what == "client":
        carriers.kill(chance.randrange(CLIENTS))
        return
    if what == "connection":
        with psycopg.connect(durable.cluster.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        return
    assert durable.cluster.process is not None
    durable.cluster.process.kill()
    durable.cluster.process.wait()
    durable.cluster.start()


def test_nothing_is_lost_and_nothing_done_twice(durable: Durable, tmp_path: Path) -> None:
    variables = {**os.environ, "DATABASE_URL": durable.cluster.url, "PYTHONPATH": os.pathsep.join(sys.path)}
    migrated = subprocess.run(
        [sys.executable, "-m", "qitao", "migrate"],
        env={**variables, "DATABASE_OWNER_URL": durable.cluster.owner_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert migrated.returncode == 0, migrated.stderr[-2000:]
    words = run(ARRANGE, variables).split()
    chance, struck = random.Random(SEED), Counter[str]()
    carriers = Carriers(words, variables, tmp_path)
    deadline = time.monotonic() + 150
    try:
        for fault in range(FAULTS):
            goal = (fault + 1) * CLIENTS * COMMANDS // (FAULTS + 2)
            while carriers.answered() < goal and not carriers.done():
                assert time.monotonic() < deadline, "the clients came to a halt"
                time.sleep(0.01)
            what = chance.choice(("client", "connection", "database"))
            strike(what, durable, carriers, chance)
            struck[what] += 1
        while not carriers.done():
            assert time.monotonic() < deadline, "the clients came to a halt"
            time.sleep(0.05)
    finally:
        carriers.end()
    _judge(durable, carriers, variables, struck)


def _judge(durable: Durable, carriers: Carriers, variables: dict[str, str], struck: Counter[str]) -> None:
    lines = [line.split() for path in carriers.journals for line in path.read_text().splitlines()]
    sent = {words[1] for words in lines if words[0] == "sent"}
    answered = {words[1] for words in lines if words[0] == "answered"}
    refused = {words[1] for words in lines if words[-1] == "refused"}
    with psycopg.connect(durable.cluster.url) as connection:
        rows = connection.execute("SELECT command_id::text FROM stock_move WHERE document = 'catalog.item'").fetchall()
        total = connection.execute("SELECT sum(on_hand) FROM stock_balance").fetchone()
    moves = Counter(row[0] for row in rows)
    assert answered == sent, "a command was never answered"
    assert not refused, "somebody was told no for what was done"
    assert set(moves) == answered, "lost, or done without being asked"
    assert set(moves.values()) == {1}, "done twice"
    assert len(moves) == CLIENTS * COMMANDS
    assert total == (1000,)
    assert run(VERIFY, variables) == "0"
    bound = 3 / len(moves)
    print(f"seed {SEED}: {len(moves)} commands, faults {dict(struck)}: 0 lost, 0 twice (rate < {bound:.1%} at 95 %)")  # noqa: T201

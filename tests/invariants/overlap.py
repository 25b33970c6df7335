"""Two people at the same thing, overlapping in the worst moment – every time, not by chance – and many at once.

`overlap(first, second)` does `first` in a transaction that stays open, lets `second` begin on a connection of its own,
and commits the first only when the second waits for it (or has finished without waiting). What the second has read
before it waited is then out of date: whoever decides by it, decides wrongly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import psycopg
from django.db import connection, transaction

from tests.fixtures.web import database_url

PATIENCE = 30.0
STATE = "SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s"


class Second(threading.Thread):
    """The one who comes a moment later."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self.work, self.answer = work, None  # type: ignore[assignment]
        self.pid, self.has_begun = 0, threading.Event()

    def run(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (self.pid,) = cursor.fetchone()
        self.has_begun.set()
        try:
            self.answer = self.work()  # type: ignore[assignment]
        except Exception as answer:  # every answer counts, whatever it is
            self.answer = answer  # type: ignore[assignment]
        finally:
            connection.close()

    def wait_until_it_waits(self) -> None:
        """Return when it waits for a lock, or is done."""
        assert self.has_begun.wait(PATIENCE)
        with psycopg.connect(database_url(), autocommit=True) as watcher:
            for _ in range(int(PATIENCE / 0.01)):
                row = watcher.execute(STATE, [self.pid]).fetchone()
                if (row and row[0] == "Lock") or not self.is_alive():
                    return
                self.join(0.01)
        raise AssertionError("the second neither waits nor ends")


def overlap(first: Callable[[], object], second: Callable[[], object]) -> tuple[object, object]:
    """Do both as told above; return the two replies, or the refusal (or error) that the second got."""
    late = Second(second)
    with transaction.atomic():
        answer = first()
        late.start()
        late.wait_until_it_waits()
    late.join(PATIENCE)
    assert not late.is_alive(), "somebody waits for ever"
    return answer, late.answer


def at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """Run all works at the same moment, each on a connection of its own; return replies and refusals.

    All connections stand before the first begins: otherwise they come one by one, and so do the works.
    """
    gate, answers = threading.Barrier(len(works)), [None] * len(works)

    def one(place: int) -> None:
        connection.ensure_connection()
        gate.wait(PATIENCE)
        try:
            answers[place] = works[place]()
        except Exception as answer:  # every answer counts, whatever it is
            answers[place] = answer
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "somebody waits for ever"
    return answers

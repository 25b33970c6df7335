"""Issuing a pick document of twenty lines: the action beside bare SQL that writes the same rows under the same locks.

On a durable PostgreSQL of its own, 1, 4, 8 and 16 clients, each a process with one connection; lines of uniformly
chosen items, and of a hundred hot ones that everybody wants. Bare SQL: one transaction of nine prepared statements, no
checks beyond those of the tables. Goal: the action takes at most twice as long a document.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from benchmarks.measure import goal, say

LINES = 20
DOCUMENTS = 100  # a client and kind
CLIENTS = (1, 4, 8, 16)
ITEMS = {"uniform": 20_000, "100 hot items": 100}
WARM_UP = 10
PLENTY = Decimal(10**9)
WHEN = datetime(2026, 1, 5, 8, tzinfo=UTC)

Document = tuple[int, list[int]]  # a pick list and its lines


def run() -> bool:
    """Measure; return whether every goal is met."""
    from qitao.project.embedded.cluster import Cluster

    folder = Path(tempfile.mkdtemp(prefix="qitao-issue-"))
    folder.chmod(0o711)
    cluster = Cluster(folder)
    try:
        cluster.start()
        _set_up(folder, cluster.owner_url)
        return _measure()
    finally:
        from django.db import connections

        connections.close_all()
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _set_up(folder: Path, url: str) -> None:
    import django
    from django.core.management import call_command

    os.environ |= {
        "QITAO_HOME": str(folder),
        "DATABASE_URL": url,
        "QITAO_SECRET_KEY": uuid.uuid4().hex * 2,
        "DJANGO_SETTINGS_MODULE": "qitao.project.settings",
        "QITAO_LOG_LEVEL": "WARNING",
    }
    django.setup()
    call_command("migrate", verbosity=0)


def _measure() -> bool:
    met = True
    for name, items in ITEMS.items():
        share = DOCUMENTS + WARM_UP
        documents = iter(_documents(items, 2 * share * sum(CLIENTS)))
        for clients in CLIENTS:
            figures = {}
            for kind in ("bare SQL", "action"):
                shares = [list(itertools.islice(documents, share)) for _ in range(clients)]
                figures[kind] = _clients(kind, shares)
            bare, action = (_median(figures[kind][0]) for kind in ("bare SQL", "action"))
            for kind, (millis, seconds) in figures.items():
                rate = LINES * len(millis) / seconds
                text = f"p50 {_median(millis):.1f} ms, p95 {_at(millis, 0.95):.1f} ms, {rate:,.0f} lines/s"
                say(f"{name}, {clients} clients, {kind}", text)
            met = goal(f"{name}, {clients} clients, ratio", action / bare, at_most=2, unit="×") and met
    return met


def _median(values: Sequence[float]) -> float:
    return _at(values, 0.5)


def _at(values: Sequence[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)]


# What there is to issue


def _documents(items: int, number: int) -> list[Document]:
    """Write `number` pick lists of LINES lines each, all allocated."""
    from qitao.picking.models import PickLine, PickList
    from qitao.production.models import Requirement, WorkOrder
    from qitao.stock import ledger
    from qitao.stock.models import Balance, Location

    random_ = random.Random(20261124)
    site, user, unit = _surroundings()
    warehouse = site.warehouses.create(code=f"W{items}", name="Store")
    bins = Location.objects.bulk_create(Location(warehouse=warehouse, code=f"B-{n}") for n in range(items))
    kinds = _items(items, unit)
    lots = [(item, bin_, lot) for (item, lot), bin_ in zip(kinds, bins, strict=True)]
    Balance.objects.bulk_create(
        Balance(item=item, location=bin_, lot=lot, on_hand=PLENTY, allocated=PLENTY / 2) for item, bin_, lot in lots
    )
    ledger.outside(Location.Kind.PRODUCTION)
    orders = WorkOrder.objects.bulk_create(
        WorkOrder(
            code=f"WO{items}-{n}",
            item=kinds[0][0],
            quantity=1,
            status="released",
            rank=n,
            start_on=date(2026, 1, 5),
            due_on=date(2026, 1, 9),
            warehouse=warehouse,
        )
        for n in range(number)
    )
    chosen = [random_.sample(lots, LINES) for _ in orders]
    needs = Requirement.objects.bulk_create(
        Requirement(work_order=order, position=10 * position, item=item, quantity=5)
        for order, parts in zip(orders, chosen, strict=True)
        for position, (item, _, _) in enumerate(parts)
    )
    lists = PickList.objects.bulk_create(
        PickList(code=f"PL-{order.code}", work_order=order, warehouse=warehouse, made_at=WHEN, made_by=user)
        for order in orders
    )
    parts = ((pick_list, part) for pick_list, parts in zip(lists, chosen, strict=True) for part in parts)
    lines = PickLine.objects.bulk_create(
        PickLine(pick_list=pick_list, requirement=need, item=item, location=bin_, lot=lot, quantity=5)
        for need, (pick_list, (item, bin_, lot)) in zip(needs, parts, strict=True)
    )
    _analyze()
    grouped = itertools.groupby(lines, lambda line: line.pick_list_id)
    return [(pick_list, [line.pk for line in rows]) for pick_list, rows in grouped]


def _surroundings() -> tuple[Any, Any, Any]:
    from qitao.accounts.models import User
    from qitao.catalog.models import Site, Unit

    site, _ = Site.objects.get_or_create(code="S", defaults={"name": "Site"})
    unit, _ = Unit.objects.get_or_create(code="pcs")
    user, _ = User.objects.get_or_create(
        username="picker", defaults={"name": "Picker", "roles": ["warehouse_manager"], "created_at": WHEN}
    )
    return site, user, unit


def _items(number: int, unit: Any) -> list[tuple[Any, Any]]:
    """Write items, each with the lot that holds what is not tracked."""
    from qitao.catalog.models import Item
    from qitao.stock.models import Lot

    items = Item.objects.bulk_create(Item(code=f"I{number}-{n}", name="Item", unit=unit) for n in range(number))
    return list(zip(items, Lot.objects.bulk_create(Lot(item=item) for item in items), strict=True))


def _analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


# The clients


def _clients(kind: str, shares: list[list[Document]]) -> tuple[list[float], float]:
    """Let each client issue its documents; return milliseconds of all, and the seconds from first to last."""
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(len(shares)), context.Queue()
    processes = [context.Process(target=_client, args=(kind, share, barrier, answers)) for share in shares]
    for process in processes:
        process.start()
    told = [answers.get(timeout=600) for _ in processes]
    for process in processes:
        process.join()
    millis = [one for each, _, _ in told for one in each]
    return millis, max(end for _, _, end in told) - min(start for _, start, _ in told)


def _client(kind: str, documents: list[Document], barrier: Barrier, answers: Any) -> None:
    import django

    django.setup()
    issue = _bare() if kind == "bare SQL" else _action()
    for document in documents[:WARM_UP]:
        issue(document)
    barrier.wait(300)
    start, millis = time.monotonic(), []
    for document in documents[WARM_UP:]:
        begun = time.perf_counter()
        issue(document)
        millis.append((time.perf_counter() - begun) * 1000)
    answers.put((millis, start, time.monotonic()))


def _action() -> Callable[[Document], object]:
    from qitao.accounts.models import User
    from qitao.journal.command import Command
    from qitao.picking import actions

    user = User.objects.get(username="picker")

    def issue(document: Document) -> object:
        quantities = dict.fromkeys(document[1], Decimal(5))
        return actions.confirm_lines(Command(actor=user, at=datetime.now(UTC)), quantities=quantities)

    return issue


BARE = (
    "SELECT pg_advisory_xact_lock(%(key)s)",
    "SELECT reply FROM journal_command WHERE id = %(command)s",
    """
    SELECT pg_advisory_xact_lock((1::bigint << 48) | item_id)
    FROM (SELECT DISTINCT item_id FROM picking_pickline WHERE id = ANY(%(lines)s) ORDER BY item_id) AS item
    """,
    "SELECT status FROM picking_picklist WHERE id = %(list)s FOR NO KEY UPDATE",
    """
    WITH line AS (
        UPDATE picking_pickline SET picked = picked + 5, status = 'picked', done_at = %(at)s
        WHERE id = ANY(%(lines)s) AND status = 'open'
        RETURNING id, item_id, lot_id, location_id, owner, requirement_id
    ), balance AS (
        UPDATE stock_balance AS balance SET on_hand = on_hand - 5, allocated = allocated - 5
        FROM line
        WHERE balance.item_id = line.item_id AND balance.location_id = line.location_id
          AND balance.lot_id = line.lot_id AND balance.status = 'ok' AND balance.owner = line.owner
    ), requirement AS (
        UPDATE production_requirement AS requirement SET issued = issued + 5 FROM line
        WHERE requirement.id = line.requirement_id
    )
    INSERT INTO stock_move (
        at, happened_at, item_id, lot_id, from_location_id, to_location_id, from_status, to_status, owner, quantity,
        document, document_id, document_code, actor_id, command_id
    )
    SELECT %(at)s, %(at)s, item_id, lot_id, location_id, %(production)s, 'ok', 'ok', owner, 5,
           'picking.picklist', %(list)s, '', %(actor)s, %(command)s
    FROM line
    """,
    """
    UPDATE picking_picklist AS list SET picker_id = %(actor)s, status = CASE WHEN EXISTS (
        SELECT FROM picking_pickline WHERE pick_list_id = list.id AND status = 'open'
    ) THEN 'in_progress' ELSE 'done' END WHERE id = %(list)s
    """,
    """
    INSERT INTO journal_fact (kind, at, actor_id, command_id, subject, subject_id, data)
    SELECT 'picking.picked', %(at)s, %(actor)s, %(command)s, 'picking.picklist', %(list)s,
           jsonb_build_object('item', id, 'quantity', 5, 'work_order', id, 'line', id)
    FROM unnest(%(lines)s::bigint[]) AS id
    """,
    "SELECT pg_notify('qitao_live', '{}')",
    """
    INSERT INTO journal_command (id, action, fingerprint, actor_id, at, source, reply)
    VALUES (%(command)s, 'picking.confirm_lines', repeat('0', 64), %(actor)s, %(at)s, 'web', '{}')
    """,
)


def _bare() -> Callable[[Document], object]:
    import psycopg

    from qitao.accounts.models import User
    from qitao.stock import ledger
    from qitao.stock.models import Location

    actor = User.objects.get(username="picker").pk
    production = ledger.outside(Location.Kind.PRODUCTION).pk
    connection = psycopg.connect(os.environ["DATABASE_URL"], prepare_threshold=0)

    def issue(document: Document) -> None:
        command = uuid.uuid4()
        facts = {
            "command": command,
            "key": command.int % (1 << 62),
            "list": document[0],
            "lines": document[1],
            "at": datetime.now(UTC),
            "actor": actor,
            "production": production,
        }
        with connection.transaction():
            for statement in BARE:
                connection.execute(statement, facts)

    return issue

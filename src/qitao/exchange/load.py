"""Writing a dataset into the system: all of it in one transaction, or nothing."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from qitao.accounts.models import User
from qitao.exchange.checks import check
from qitao.exchange.dataset import Dataset
from qitao.exchange.loading import documents, kept, master, stock
from qitao.exchange.loading.upsert import Loading
from qitao.exchange.models import Import
from qitao.exchange.report import KINDS, ImportReport
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record


def prove(dataset: Dataset, report: ImportReport, columns: Mapping[tuple[str, str], str] | None = None) -> Dataset:
    """Return `dataset` with what it leaves unsaid and is here; what stands against loading it goes to `report`."""
    dataset = kept.settled(dataset, report)
    for kind in KINDS:
        report.taken[kind] = len(getattr(dataset, kind))
    check(dataset, report, columns, here=kept.here(dataset))
    return dataset


def load_dataset(
    dataset: Dataset,
    *,
    actor: User,
    at: datetime,
    report: ImportReport | None = None,
    columns: Mapping[tuple[str, str], str] | None = None,
    command_id: uuid.UUID | None = None,
    source: str = "cli",
) -> ImportReport:
    """Check `dataset` and write it in one transaction; return the report, with what became of every kind of row.

    Importing the same again changes nothing. Master data that differ are updated and told. Documents and balances
    that are here with other quantities are told as conflicts and left alone.

    Refuses: ImportRefused where the report has errors (nothing is written), NotAllowed.
    Records: exchange.imported. Locks: the items whose stock it opens or reserves.
    """
    report = report or ImportReport(source=dataset.name)
    digest = hashlib.sha256(repr(dataset).encode()).hexdigest()
    dataset = prove(dataset, report, columns)
    report.refuse()
    command = Command(actor=actor, at=at, id=command_id or uuid.uuid4(), source=source)

    attempts = [report]

    @action(permission="exchange.import")
    def load(command: Command, *, digest: str) -> Reply:
        # The action may be tried again after a deadlock: each attempt tells its own story.
        attempts.append(report.copy())
        return _write(command, dataset, attempts[-1], digest, columns or {})

    load(command, digest=digest)
    return attempts[-1]


def _write(
    command: Command,
    dataset: Dataset,
    report: ImportReport,
    digest: str,
    columns: Mapping[tuple[str, str], str],
) -> Reply:
    zone = ZoneInfo(dataset.sites[0].timezone if dataset.sites else "UTC")
    today = dataset.as_of or command.at.astimezone(zone).date()
    lead_days = {item.code: item.lead_days for item in dataset.items}
    loading = Loading(
        command=command,
        today=today,
        report=report,
        lead_days=lead_days,
        columns=columns,
        unsaid=dataset.unsaid,
    )
    document = Import.objects.create(
        code=f"IM-{command.id}",
        source=report.source[:60],
        name=dataset.name[:200],
        at=command.at,
        actor=command.actor,
        digest=digest,
    )
    document.code = f"IM{command.at:%y}-{document.pk:05d}"
    master.write(loading, dataset)
    documents.write(loading, dataset)
    stock.write(loading, dataset, document)
    document.rows = {kind: asdict(outcome) for kind, outcome in report.written.items()}
    document.save(update_fields=["code", "rows"])
    record(command, "exchange.imported", document, source=report.source, rows=document.rows)
    return {"import": document.pk, "code": document.code}

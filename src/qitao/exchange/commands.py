"""`qitao import` and `qitao export`: what the command line does with folders of tables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone, translation

from qitao.accounts.queries import system_user
from qitao.exchange import export
from qitao.exchange.load import load_dataset, prove
from qitao.exchange.readers import detect
from qitao.exchange.rendering import summary, write_details
from qitao.exchange.report import ImportRefused, ImportReport
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class TablesNotUpToDate(Refusal):
    reason = gettext_noop("The database's tables are not those of this version.")
    remedy = gettext_noop("Run `qitao migrate`, then try again.")


def _must_be_up_to_date() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise TablesNotUpToDate


def import_folder(
    path: Path,
    *,
    language: str = "en",
    dry_run: bool = False,
    out: Path | None = None,
    stream: TextIO | None = None,
) -> ImportReport:
    """Import the folder at `path`, print a short account, and write every row of it to the CSV file `out`.

    With `dry_run` nothing is written to the database. Input with errors is not a failure of the command: the
    report says so. Refuses: NoSuchFolder, UnknownSource, TablesNotUpToDate.
    """
    reader = detect(path)
    _must_be_up_to_date()
    at = timezone.now()
    dataset, report = reader.read(path, as_of=timezone.localdate(at))
    prove(dataset, report, reader.columns)
    report.dry_run = dry_run
    details = _details_file(path, f"{at:%Y%m%d-%H%M%S}") if out is None else out
    details.parent.mkdir(parents=True, exist_ok=True)
    details.touch()  # before anything is loaded: an import without its account would be a riddle
    if report.clean and not dry_run:
        try:
            report = load_dataset(dataset, actor=system_user(), at=at, report=report, columns=reader.columns)
        except ImportRefused as refusal:
            report = refusal.report
    with translation.override(language):
        write_details(report, details, translation.gettext)
        print(summary(report, translation.gettext, details=details), file=stream or sys.stdout)
    return report


def _details_file(path: Path, moment: str) -> Path:
    """Return where the row-by-row account goes: the data folder of this installation."""
    return Path(settings.ENVIRONMENT.home) / "imports" / f"{path.resolve().name}-{moment}.csv"


def export_folder(path: Path, *, language: str = "en", stream: TextIO | None = None) -> export.ExportReport:
    """Write the system as a plant folder at `path` and print what was written.

    Refuses: FolderInUse, CannotWriteFolder, TablesNotUpToDate.
    """
    _must_be_up_to_date()
    report = export.export_folder(path)
    with translation.override(language):
        rows = ", ".join(f"{file} {count}" for file, count in report.rows.items())
        lines = [f"{report.folder}: {rows}", *(f"  {note.text(translation.gettext)}" for note in report.notes)]
        print("\n".join(lines), file=stream or sys.stdout)
    return report

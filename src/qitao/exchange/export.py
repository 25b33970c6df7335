"""Writing the system as a plant folder: the whole folder, or nothing of it."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction

from qitao.engine.folder_format import COLUMNS as FILES
from qitao.exchange.exporting import Values, tables, written
from qitao.exchange.report import Message
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class FolderInUse(Refusal):
    reason = gettext_noop("The folder “{folder}” holds something that is not part of a plant folder: {files}.")
    remedy = gettext_noop("Name a new folder; an export replaces a plant folder, nothing else.")


class CannotWriteFolder(Refusal):
    reason = gettext_noop("The folder “{folder}” cannot be written: {problem}.")
    remedy = gettext_noop("Name a folder that you may write to.")


@dataclass(slots=True)
class ExportReport:
    """What an export wrote: rows by file, and what has no place in the format."""

    folder: Path
    rows: dict[str, int] = field(default_factory=dict)
    notes: list[Message] = field(default_factory=list)


def export_folder(folder: Path) -> ExportReport:
    """Write what is in the system as a plant folder, as of one moment; a plant folder there before is replaced.

    Refuses: FolderInUse, CannotWriteFolder; the folder is then as it was.
    """
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in FILES) if folder.is_dir() else []
    if foreign or (folder.exists() and not folder.is_dir()):
        raise FolderInUse(folder=folder, files=", ".join(foreign[:5]) or folder.name)
    report = ExportReport(folder)
    contents = _snapshot(report)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            write_files(new, contents)
            _put_in_place(new, folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as failure:
        raise CannotWriteFolder(folder=folder, problem=failure.strerror or failure) from failure
    report.rows = {file: len(rows) for file, rows in contents.items() if rows}
    return report


def _snapshot(report: ExportReport) -> dict[str, Sequence[Values]]:
    """Read every table in one transaction that sees one moment."""
    if connection.in_atomic_block:
        return tables(report.notes.append)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return tables(report.notes.append)


def write_files(folder: Path, contents: Mapping[str, Sequence[Values]]) -> None:
    """Write the CSV files: UTF-8, header row; texts exactly as they are, since programs read this folder."""
    for file, rows in contents.items():
        if not rows and file != "items.csv":
            continue
        columns = [column for part in FILES[file] for column in part if _used(file, column, rows)]
        with (folder / file).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([written(row.get(column)) for column in columns] for row in rows)
            stream.flush()
            os.fsync(stream.fileno())


def _used(file: str, column: str, rows: Sequence[Values]) -> bool:
    """A required column is always written, an optional one where some row has something in it."""
    return column in FILES[file][0] or column == "due_date" or any(written(row.get(column)) for row in rows)


def _put_in_place(new: Path, folder: Path) -> None:
    """Exchange the folders by renaming, so that nobody ever finds half of one."""
    new.chmod(0o755)
    old = new.with_name(f"{new.name}.old")
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)

"""Tables sent through the browser: unpacked with care, tried, and – after somebody looked – imported.

An upload lives in a folder of its own in the data folder, named by a number nobody can guess, and belongs to who sent
it; after a day it is thrown away. What it would do is found by doing it in a transaction that is rolled back.
"""

from __future__ import annotations

import shutil
import time
import uuid
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from qitao.accounts.models import User
from qitao.exchange.dataset import Dataset
from qitao.exchange.load import load_dataset, prove
from qitao.exchange.readers import Reader, UnknownSource, detect
from qitao.exchange.rendering import write_details
from qitao.exchange.report import ImportRefused, ImportReport
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop

MEGABYTE = 1024 * 1024
MOST_SENT = 64 * MEGABYTE
MOST_UNPACKED = 512 * MEGABYTE
MOST_FILES = 300
MOST_RATIO = 200  # tables of digits pack well, but not like this
MOST_ROWS = 200_000
KEPT_SECONDS = 24 * 3600
CHUNK = MEGABYTE
DEEPEST = 3  # folders inside the archive


class NothingSent(Refusal):
    reason = gettext_noop("No file was chosen.")
    remedy = gettext_noop("Choose one .zip, or the .csv files of one folder.")
    status = 422


class NotATable(Refusal):
    reason = gettext_noop("“{file}” is no table: only .csv files, or one .zip of them, are taken.")
    remedy = gettext_noop("Save spreadsheets as CSV first.")
    status = 422


class BrokenArchive(Refusal):
    reason = gettext_noop("“{file}” is no archive that can be opened.")
    remedy = gettext_noop("Pack it anew as .zip, without a password.")
    status = 422


class UnsafeArchive(Refusal):
    reason = gettext_noop("“{file}” would be written outside the archive's own folder.")
    remedy = gettext_noop("Pack only the folder of tables.")
    status = 422


class TooLarge(Refusal):
    reason = gettext_noop("This is more than a browser should send: {what}.")
    remedy = gettext_noop("Import it on the server with `qitao import FOLDER`.")
    status = 413


class UploadGone(Refusal):
    reason = gettext_noop("This upload is no longer there.")
    remedy = gettext_noop("Send the files again.")
    status = 404


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was unpacked."""

    number: uuid.UUID
    folder: Path
    name: str

    @property
    def tables(self) -> Path:
        """The folder of tables: the archive's only folder, where it holds nothing else."""
        inside = self.folder / "tables"
        entries = list(inside.iterdir())
        return entries[0] if len(entries) == 1 and entries[0].is_dir() else inside

    @property
    def details(self) -> Path:
        """The row-by-row account."""
        return self.folder / "report.csv"


# Receiving


def receive(files: Iterable[UploadedFile[Any]], *, owner: User) -> Upload:
    """Unpack what was sent into a folder of its own.

    Refuses: NothingSent, NotATable, BrokenArchive, UnsafeArchive, TooLarge; nothing is left behind then.
    """
    sent = list(files)
    if not sent:
        raise NothingSent
    if sum(file.size or 0 for file in sent) > MOST_SENT:
        raise TooLarge(what=f"> {MOST_SENT // MEGABYTE} MB")
    _throw_away_old()
    number = uuid.uuid4()
    folder = _home() / str(number)
    tables = folder / "tables"
    tables.mkdir(parents=True)
    try:
        for file in sent:
            _unpack(file, tables)
        first = Path(sent[0].name or "").stem
        (folder / "owner").write_text(f"{owner.pk}\n{first}", "utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Upload(number, folder, first)


def _home() -> Path:
    return Path(settings.ENVIRONMENT.home) / "uploads"


def _throw_away_old() -> None:
    home, now = _home(), time.time()
    for folder in home.iterdir() if home.is_dir() else ():
        if now - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _unpack(file: UploadedFile[Any], target: Path) -> None:
    name = PurePosixPath((file.name or "").replace("\\", "/")).name
    file.seek(0)
    if name.lower().endswith(".csv"):
        _write(file, target / name, most=MOST_SENT)
    elif name.lower().endswith(".zip"):
        _unzip(file, name, target)
    else:
        raise NotATable(file=name)


def _unzip(source: Any, name: str, target: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            members = [each for each in archive.infolist() if not each.is_dir() and not _is_litter(each.filename)]
            _must_be_reasonable(members)
            left = MOST_UNPACKED
            for member in members:
                place = target / safe_place(_decoded(member))
                place.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as inside:
                    left -= _write(inside, place, most=left)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as broken:
        raise BrokenArchive(file=name) from broken


def _decoded(member: zipfile.ZipInfo) -> str:
    """Return a member's name: Windows packs Chinese names in GBK without saying so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename


def _is_litter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any((part.startswith(".") and part not in ("..", ".")) or part == "__MACOSX" for part in parts)


def _must_be_reasonable(members: list[zipfile.ZipInfo]) -> None:
    """Refuse what is large or packed beyond belief before anything of it is unpacked."""
    if not members:
        raise NothingSent
    if len(members) > MOST_FILES:
        raise TooLarge(what=f"> {MOST_FILES} files")
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise TooLarge(what=f"> {MOST_UNPACKED // MEGABYTE} MB")
    for member in members:
        if member.file_size > MEGABYTE and member.file_size > MOST_RATIO * max(member.compress_size, 1):
            raise TooLarge(what=f"{member.filename}: 1 : {member.file_size // max(member.compress_size, 1)}")


def safe_place(name: str) -> PurePosixPath:
    """Return where in its folder a member of an archive goes. Refuses: UnsafeArchive, NotATable.

    >>> safe_place("plant/items.csv")
    PurePosixPath('plant/items.csv')
    """
    place = PurePosixPath(name.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or ":" in name or "\x00" in name or len(place.parts) > DEEPEST + 1:
        raise UnsafeArchive(file=name)
    if place.suffix.lower() not in (".csv", ".md", ".txt", ".toml"):
        raise NotATable(file=name)
    return place


def _write(source: Any, place: Path, *, most: int) -> int:
    """Copy at most `most` bytes, whatever the archive said about itself; return how many there were."""
    written = 0
    with place.open("wb") as target:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > most:
                raise TooLarge(what=f"> {MOST_UNPACKED // MEGABYTE} MB")
            target.write(chunk)
    return written


def find(number: uuid.UUID, *, owner: User) -> Upload:
    """Return an upload of `owner`. Refuses: UploadGone."""
    folder = _home() / str(number)
    try:
        whose, _, name = (folder / "owner").read_text("utf-8").partition("\n")
    except OSError as gone:
        raise UploadGone from gone
    if whose != str(owner.pk):
        raise UploadGone
    return Upload(number, folder, name)


def forget(upload: Upload) -> None:
    """Throw an upload away."""
    shutil.rmtree(upload.folder, ignore_errors=True)


# Trying and importing


def attempt(upload: Upload, *, actor: User, at: datetime, today: date, translate: Callable[[str], str]) -> ImportReport:
    """Say what importing `upload` would do, and leave everything as it is; the row-by-row account is written.

    Refuses: UnknownSource, TooLarge, NotAllowed.
    """
    reader, dataset, report = _read(upload, today)
    if report.clean:
        with transaction.atomic():
            report = _load(reader, dataset, report, actor=actor, at=at, number=uuid.uuid4())
            transaction.set_rollback(True)
    report.dry_run = True
    write_details(report, upload.details, translate)
    return report


def carry_out(
    upload: Upload, *, actor: User, at: datetime, today: date, number: uuid.UUID, translate: Callable[[str], str]
) -> ImportReport:
    """Import `upload`, all of it or nothing; the same `number` again does nothing more.

    Refuses: ImportRefused, UnknownSource, TooLarge, NotAllowed. Records: exchange.imported.
    """
    reader, dataset, report = _read(upload, today)
    report.refuse()
    report = _load(reader, dataset, report, actor=actor, at=at, number=number)
    write_details(report, upload.details, translate)
    return report


def _read(upload: Upload, today: date) -> tuple[Reader, Dataset, ImportReport]:
    try:
        reader = detect(upload.tables)
    except UnknownSource as unknown:
        unknown.facts["folder"] = upload.name
        raise
    dataset, report = reader.read(upload.tables, as_of=today)
    dataset.name = upload.name or dataset.name
    prove(dataset, report, reader.columns)
    if report.taken.total() > MOST_ROWS:
        raise TooLarge(what=f"> {MOST_ROWS:,} rows")
    return reader, dataset, report


def _load(
    reader: Reader, dataset: Dataset, report: ImportReport, *, actor: User, at: datetime, number: uuid.UUID
) -> ImportReport:
    try:
        return load_dataset(
            dataset, actor=actor, at=at, report=report, columns=reader.columns, command_id=number, source="web"
        )
    except ImportRefused as refusal:
        return refusal.report

"""Readers: one for each kind of source, from its files to the neutral dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from qitao.exchange.dataset import Dataset
from qitao.exchange.readers import inventree, ktg, plant_folder
from qitao.exchange.report import ImportReport
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class Read(Protocol):
    """Read the folder; what is wrong with it is in the report."""

    def __call__(self, folder: Path, *, as_of: date | None = None) -> tuple[Dataset, ImportReport]: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of source: how it is recognised, read, and what its columns are called."""

    name: str
    needs: str
    fits: Callable[[Path], bool]
    read: Read
    columns: Mapping[tuple[str, str], str]


READERS = (
    Reader("InvenTree", "part.part.csv", inventree.fits, inventree.read, inventree.COLUMNS),
    Reader("ktg-mes", "md_item.csv, wm_warehouse.csv", ktg.fits, ktg.read, ktg.COLUMNS),
    Reader("plant folder", "items.csv", plant_folder.fits, plant_folder.read, plant_folder.COLUMNS),
)


class NoSuchFolder(Refusal):
    reason = gettext_noop("There is no folder “{folder}”.")
    remedy = gettext_noop("Check the path; give the folder that holds the CSV files, not one of the files.")
    status = 404


class UnknownSource(Refusal):
    reason = gettext_noop("The files in “{folder}” are of no kind known here; it holds: {files}.")
    remedy = gettext_noop("A folder is recognised by these files: {known}.")
    status = 422


def detect(folder: Path) -> Reader:
    """Return the reader for what lies in `folder`. Refuses: NoSuchFolder, UnknownSource."""
    if not folder.is_dir():
        raise NoSuchFolder(folder=folder)
    for reader in READERS:
        if reader.fits(folder):
            return reader
    names = sorted(path.name for path in folder.iterdir())
    shown = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
    known = "; ".join(f"{reader.name}: {reader.needs}" for reader in READERS)
    raise UnknownSource(folder=folder, files=shown or "–", known=known)

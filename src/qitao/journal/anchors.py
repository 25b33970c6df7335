"""Anchors: the last hash of the chain, noted where the database cannot reach.

The chain shows every change of what lies before its end – but not that its end was cut off, or that all of it was made
anew. A hash that was noted before shows that: the seal of that number must still carry it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from qitao.journal.models import Seal
from qitao.kernel.anchor import Anchor, parse

FILE = "anchors"


def of(link: Seal) -> Anchor:
    """Return the anchor of a seal."""
    return Anchor(link.id, bytes(link.hash).hex())


def noted(file: Path, database: str) -> list[Anchor]:
    """Return the anchors that were noted of a database, the oldest first."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    parts = [line.split() for line in lines]
    return [parse(part[2]) for part in parts if len(part) == 3 and part[1] == database]


def note(file: Path, database: str, anchor: Anchor, at: datetime) -> None:
    """Add an anchor to the file, unless it is there."""
    if anchor in noted(file, database)[-1:]:
        return
    file.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as notes:
        notes.write(f"{at.isoformat(timespec='seconds')} {database} {anchor}\n")


def broken(anchors: Iterable[Anchor], found: Mapping[int, bytes]) -> Iterator[str]:
    """Say which anchors do not hold: `found` has the hashes of the seals that are there."""
    for anchor in dict.fromkeys(anchors):
        if anchor.seal not in found:
            yield f"journal_seal {anchor.seal}: was noted, and is not there: the end of the chain was cut off"
        elif found[anchor.seal].hex() != anchor.hash:
            yield f"journal_seal {anchor.seal}: is not the one that was noted: the chain was made anew"

"""What `qitao verify` proves, and a worker proves every night: each check by name, its findings as sentences."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from qitao.journal import anchors, proving
from qitao.journal.models import Verification
from qitao.kernel.anchor import Anchor
from qitao.picking.proving import unclaimed
from qitao.picking.proving_reservations import overclaimed, unheld
from qitao.stock.queries import verify

KEPT = 50  # findings of a check that are kept; the count is of all
TOLD = 1000  # tampered rows that are named; where there are more, something else is wrong

log = logging.getLogger("qitao.proofs")


@dataclass(frozen=True, slots=True)
class Check:
    """Something that is always so: how it is said where it holds and where not, and what finds the exceptions."""

    name: str
    good: str
    bad: str
    find: Callable[[], Iterable[object]]


def _reservations() -> list[object]:
    today = timezone.localdate()
    return [*overclaimed(on=today), *unheld(on=today)]


CHECKS: tuple[Check, ...] = (
    Check("balances", "balances equal moves", "balances that differ from their moves", verify),
    Check("allocations", "allocations equal claims", "allocations that differ from their claims", unclaimed),
    Check(
        "reservations",
        "reservations are within supply and need",
        "reservations beyond their supply or their holder's need",
        _reservations,
    ),
)


@dataclass(slots=True)
class Outcome:
    """What a proof came to."""

    at: datetime
    took_ms: int = 0
    found: dict[str, list[str]] = field(default_factory=dict)
    proof: proving.Proof = field(default_factory=proving.Proof)

    @property
    def is_good(self) -> bool:
        """Whether nothing was wrong."""
        return not any(self.found.values())

    @property
    def anchor(self) -> Anchor | None:
        """The end of the chain."""
        return anchors.of(self.proof.last) if self.proof.last else None


def run(at: datetime, *, known: Sequence[Anchor] = ()) -> Outcome:
    """Run every check; the chain must hold the anchors in the data folder, and those in `known`.

    Where the chain is whole, its end is noted in the data folder.
    """
    outcome, begun = Outcome(at), time.monotonic()
    for check in CHECKS:
        outcome.found[check.name] = [str(each) for each in check.find()]
    held = [*anchors.noted(notes(), database()), *known]
    wanted = frozenset(anchor.seal for anchor in held)
    tampered = [str(each) for each in islice(proving.prove(outcome.proof, asked=wanted), TOLD)]
    outcome.found["seals"] = tampered
    if len(tampered) < TOLD:  # else the walk ended before it saw the anchored seals
        tampered += anchors.broken(held, outcome.proof.anchors)
    if outcome.anchor and not tampered:
        anchors.note(notes(), database(), outcome.anchor, at)
    outcome.took_ms = round((time.monotonic() - begun) * 1000)
    return outcome


def lines(outcome: Outcome) -> Iterator[str]:
    """Say what a proof came to: what was found, then a line for every check, and the anchor to note elsewhere."""
    for texts in outcome.found.values():
        yield from texts
    for check in CHECKS:
        found = outcome.found[check.name]
        yield f"{check.bad}: {len(found)}" if found else check.good
    proof, tampered = outcome.proof, outcome.found["seals"]
    if tampered:
        yield f"places that are not as they were sealed: {len(tampered)}"
    elif proof.last is None:
        yield f"nothing is sealed yet; {proof.waiting} rows wait"
    else:
        yield f"journal and moves are as they were sealed: {proof.rows} rows; {proof.waiting} wait for their seal"
    if outcome.anchor:
        yield f"the chain ends with {outcome.anchor}"


def keep(outcome: Outcome) -> Verification:
    """Keep what a proof came to, and say it in the log – from where it may leave this machine, anchor and all."""
    found = {name: [*texts[:KEPT], f"{len(texts)} in all"] for name, texts in outcome.found.items() if texts}
    kept = Verification.objects.create(
        at=outcome.at,
        took_ms=outcome.took_ms,
        rows=outcome.proof.rows,
        seal=outcome.proof.last.id if outcome.proof.last else None,
        found=found,
    )
    level = logging.INFO if kept.is_good else logging.ERROR
    log.log(level, "records proved: %s; the chain ends with %s", found or "all well", outcome.anchor)
    return kept


def notes() -> Path:
    """Return the file of anchors."""
    return Path(settings.ENVIRONMENT.home) / anchors.FILE


def database() -> str:
    """Name the database in the notes."""
    keys = connection.settings_dict
    return f"{keys['HOST'] or 'local'}/{keys['NAME']}".replace(" ", "_")

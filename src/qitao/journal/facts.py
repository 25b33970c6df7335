"""Recording facts and telling those who must act on them.

`record` writes a fact in the running transaction, calls the reactions that `project.wiring` registered for its
kind – in the same transaction – and notifies open screens when it commits. Nothing else reacts to anything.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from qitao.journal.command import Command
from qitao.journal.models import Fact

LIVE_CHANNEL = "qitao_live"

Reaction = Callable[[Command, Fact], None]
_reactions: dict[str, list[Reaction]] = defaultdict(list)


def wire(table: Mapping[str, Sequence[Reaction]]) -> None:
    """Register the reactions to each kind of fact, replacing what was registered; `project.wiring` calls it once."""
    _reactions.clear()
    for kind, reactions in table.items():
        _reactions[kind].extend(reactions)


def record(command: Command, kind: str, subject: models.Model, /, **data: Any) -> Fact:
    """Write down that `kind` happened to `subject`, run its reactions, and tell the open screens on commit."""
    fact = Fact.objects.create(
        kind=kind,
        at=command.at,
        actor=command.actor,
        command_id=command.id,
        subject=subject._meta.label_lower,
        subject_id=subject.pk,
        data=data,
    )
    announce(kind, f"{fact.subject}:{fact.subject_id}")
    for reaction in _reactions[kind]:
        reaction(command, fact)
    return fact


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to one subject, for `record_all`."""

    subject: models.Model
    data: Mapping[str, Any]


def record_all(command: Command, kind: str, happenings: Sequence[Happening], /) -> list[Fact]:
    """Do as `record` for many at once: one statement writes them, one tells the screens, then the reactions run."""
    facts = Fact.objects.bulk_create(
        Fact(
            kind=kind,
            at=command.at,
            actor=command.actor,
            command_id=command.id,
            subject=each.subject._meta.label_lower,
            subject_id=each.subject.pk,
            data=dict(each.data),
        )
        for each in happenings
    )
    announce(kind, *dict.fromkeys(f"{fact.subject}:{fact.subject_id}" for fact in facts))
    for fact in facts:
        for reaction in _reactions[kind]:
            reaction(command, fact)
    return facts


def announce(kind: str, *about: str) -> None:
    """Tell the open screens, when the running transaction commits, that something of `kind` happened."""
    texts = [json.dumps({"kind": kind, "about": each}) for each in about or ("",)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, text) FROM unnest(%s::text[]) AS text", [LIVE_CHANNEL, texts])

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
from qitao.kernel.array import array

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
    return record_all(command, kind, [Happening(subject, data)])[0]


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to one subject, for `record_all`."""

    subject: models.Model
    data: Mapping[str, Any]


def record_all(command: Command, kind: str, happenings: Sequence[Happening], /) -> list[Fact]:
    """Do as `record` for many at once: one statement writes them, one tells the screens, then the reactions run."""
    facts = [
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
    ]
    _write(facts)
    for fact in facts:
        for reaction in _reactions[kind]:
            reaction(command, fact)
    return facts


WRITE = """
WITH written AS (
    INSERT INTO journal_fact (kind, at, actor_id, command_id, subject, subject_id, data)
    SELECT %(kind)s, %(at)s, %(actor)s, %(command)s, subject, subject_id, data
    FROM unnest(%(subjects)s::text[], %(ids)s::bigint[], %(data)s::jsonb[]) WITH ORDINALITY
         AS happened (subject, subject_id, data, position)
    ORDER BY position
    RETURNING id, subject, subject_id
)
SELECT id, pg_notify(%(channel)s, format('{"kind": "%%s", "about": "%%s:%%s"}', %(kind)s::text, subject, subject_id))
FROM written ORDER BY id
"""


def _write(facts: Sequence[Fact]) -> None:
    """Write facts of one kind of one command, in their order; the open screens hear of each subject on commit."""
    first = facts[0]
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "channel": LIVE_CHANNEL,
                "kind": first.kind,
                "at": first.at,
                "actor": first.actor_id,
                "command": first.command_id,
                "subjects": array(fact.subject for fact in facts),
                "ids": array(fact.subject_id for fact in facts),
                "data": array(json.dumps(fact.data, ensure_ascii=False) for fact in facts),
            },
        )
        for fact, (number, _) in zip(facts, cursor.fetchall(), strict=True):
            fact.pk = number


def announce(kind: str, *about: str) -> None:
    """Tell the open screens, when the running transaction commits, that something of `kind` happened."""
    texts = [json.dumps({"kind": kind, "about": each}) for each in about or ("",)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, text) FROM unnest(%s::text[]) AS text", [LIVE_CHANNEL, array(texts)])

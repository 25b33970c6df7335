"""What happened to something, in order; the journal as it is read; how far the chain of seals has come."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import connection
from django.db.models import Case, Model, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import JSONObject

from qitao.journal import chain
from qitao.journal.models import Entry, Fact, Seal, Verification


def history(subject: Model) -> QuerySet[Fact]:
    """Return the facts about `subject`, oldest first, each with its actor."""
    return (
        Fact.objects.filter(subject=subject._meta.label_lower, subject_id=subject.pk)
        .select_related("actor")
        .order_by("id")
    )


def facts_since(at: datetime) -> QuerySet[Fact]:
    """Return what happened since `at`, oldest first."""
    return Fact.objects.filter(at__gte=at).order_by("id")


def newest() -> int:
    """Return the number of the newest fact; 0 before the first. What was read after it knows all up to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM journal_fact")
        return int(cursor.fetchone()[0])


# The journal as it is read


def entries(subject: tuple[str, int] | None) -> QuerySet[Entry]:
    """Return commands, refusals and changes, each command with its first fact; only what concerns `subject`, if given.

    A refusal concerns a record that its arguments name.
    """
    first = Fact.objects.filter(command_id=OuterRef("command_id")).order_by("id")
    told = JSONObject(kind="kind", data="data")
    rows = Entry.objects.select_related("actor").annotate(
        first_fact=Case(When(kind=Entry.Kind.COMMAND, then=Subquery(first.values(told=told)[:1])), default=None)
    )
    if subject is None:
        return rows
    label, number = subject
    named = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", apps.get_model(label).__name__).lower()
    commands = Fact.objects.filter(subject=label, subject_id=number).values("command_id")
    return rows.filter(
        Q(kind=Entry.Kind.COMMAND, command_id__in=commands)
        | Q(kind=Entry.Kind.CHANGE, subject=label, subject_id=number)
        | Q(kind=Entry.Kind.REFUSAL, data__arguments__contains={f"{named}_id": number})
    )


def facts_of(command_id: uuid.UUID) -> QuerySet[Fact]:
    """Return what a command did, in order."""
    return Fact.objects.filter(command_id=command_id).select_related("actor").order_by("id")


RELATIONS = {
    Entry.Kind.COMMAND: "journal_command",
    Entry.Kind.REFUSAL: "journal_refusal",
    Entry.Kind.CHANGE: "journal_fact",
}


def seal_of(entry: Entry) -> Seal | None:
    """Return the seal that covers an entry; None while it waits for one."""
    number = int(entry.key[1:])
    rows = Seal.objects.filter(relation=RELATIONS[Entry.Kind(entry.kind)], last_id__gte=number, first_id__lte=number)
    return rows.filter(ids__contains=[number]).defer("ids", "leaves").order_by("last_id").first()


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far the chain of seals has come."""

    last: Seal | None
    waiting: int  # rows without a seal, up to MANY

    @property
    def is_many(self) -> bool:
        """Whether more rows wait than were counted."""
        return self.waiting >= MANY


MANY = 10_000
WAITING = """
SELECT count(*) FROM (
    SELECT 1 FROM {relation} WHERE (written_in, {key}) > (%(xid)s, %(id)s) LIMIT %(most)s
) AS waiting
"""


def chain_state() -> ChainState:
    """Return how far the chain of seals has come."""
    waiting = 0
    for table in chain.tables():
        end = Seal.objects.filter(relation=table.relation).order_by("-id").defer("ids", "leaves").first()
        given = {"xid": end.through_xid if end else 0, "id": end.through_id if end else 0, "most": MANY}
        with connection.cursor() as cursor:
            cursor.execute(WAITING.format(relation=table.relation, key=table.key), given)
            waiting += cursor.fetchone()[0]
    return ChainState(Seal.objects.order_by("-id").defer("ids", "leaves").first(), min(waiting, MANY))


def last_proof() -> Verification | None:
    """Return the last proof of the records, if there was one."""
    return Verification.objects.order_by("-id").first()

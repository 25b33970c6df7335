"""Entries of the journal as they are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext

from qitao.journal import queries
from qitao.journal.models import CommandRecord, Entry, Fact, RefusalRecord, Seal
from qitao.kernel.refusal import Refusal
from qitao.stock.models import Move
from qitao.stock.queries import moves_of_command
from qitao.web.places import page_of
from qitao.web.saying import say
from qitao.web.telling import tell

NOTHING = "–"
MANY_MOVES = 200


@dataclass(frozen=True, slots=True)
class Subject:
    """A record whose story is asked for."""

    key: tuple[str, int]
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Given:
    """A name and what it was given: an argument, a part of the reply, a field before and after."""

    name: str
    value: str
    was: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact of a command: its sentence, what it is about, and the fields that changed."""

    fact: Fact
    text: str
    subject: Subject | None
    changes: list[Given]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """An entry whole."""

    entry: Entry
    text: str
    asked: list[Given] | None  # None: it was not kept then
    reply: list[Given]
    remedy: str
    facts: list[Happened]
    moves: list[Move]
    seal: Seal | None
    command: Entry | None  # of a change, and of a refusal that was carried out later


def shown(entry: Entry) -> EntryPage:
    """Return an entry whole."""
    command = CommandRecord.objects.filter(pk=entry.command_id).first()
    is_command = entry.kind == Entry.Kind.COMMAND
    facts = list(queries.facts_of(entry.command_id)) if is_command else []
    if entry.kind == Entry.Kind.CHANGE:
        facts = list(Fact.objects.filter(pk=entry.key[1:]).select_related("actor"))
    refusal = RefusalRecord.objects.get(pk=entry.key[1:]) if entry.kind == Entry.Kind.REFUSAL else None
    arguments = refusal.arguments if refusal else command.arguments if command else None
    return EntryPage(
        entry=entry,
        text=text_of(entry),
        asked=None if arguments is None else [_given(*each) for each in arguments.items()],
        reply=[_given(*each) for each in command.reply.items()] if command and is_command else [],
        remedy=_remedy(refusal) if refusal else "",
        facts=[_happened(fact) for fact in facts],
        moves=list(moves_of_command(entry.command_id)[:MANY_MOVES]) if is_command else [],
        seal=queries.seal_of(entry),
        command=queries.entries(None).filter(kind=Entry.Kind.COMMAND, command_id=entry.command_id).first()
        if command and not is_command
        else None,
    )


def text_of(entry: Entry) -> str:
    """Return an entry as a sentence."""
    data = entry.data or {}
    if entry.kind == Entry.Kind.REFUSAL:
        return _said(entry.reason, data.get("facts", {}), data.get("said", ""))
    if entry.kind == Entry.Kind.CHANGE:
        return _of_fact(entry.action, data)
    first = getattr(entry, "first_fact", None)
    return _of_fact(first["kind"], first["data"]) if first else entry.action


def _of_fact(kind: str, data: Mapping[str, Any]) -> str:
    changed = data.get("changed")
    if not isinstance(changed, dict):
        return tell(Fact(kind=kind, data=data))
    parts = ", ".join(f"{each.name} {each.was} → {each.value}" for each in _changes(changed)[:4])
    more = " …" if len(changed) > 4 else ""
    return f"{data.get('code', '')}: {parts}{more}"


def _changes(changed: Mapping[str, Any]) -> list[Given]:
    return [
        Given(_title(name), _value(name, pair[1]), was=_value(name, pair[0]))
        for name, pair in changed.items()
        if isinstance(pair, list) and len(pair) == 2
    ]


def _happened(fact: Fact) -> Happened:
    changed = fact.data.get("changed")
    return Happened(
        fact,
        tell(fact) if not isinstance(changed, dict) else str(fact.data.get("code", "")),
        about(f"{fact.subject}:{fact.subject_id}"),
        _changes(changed) if isinstance(changed, dict) else [],
    )


def _given(name: str, value: Any) -> Given:
    record = _record(name, value)
    if record is None:
        return Given(name, _plain(value))
    return Given(name, f"{record} ({value})", url=_page(record))


def _title(name: str) -> str:
    return gettext(name.removesuffix("_id").replace("_", " "))


def _value(name: str, value: Any) -> str:
    record = _record(name, value)
    return str(record) if record else _plain(value)


def _plain(value: Any) -> str:
    match value:
        case None | "" | [] | {}:
            return NOTHING
        case bool():
            return gettext("yes") if value else gettext("no")
        case list():
            return ", ".join(_plain(each) for each in value)
        case dict():
            return " · ".join(f"{name}: {_plain(each)}" for name, each in value.items())
    return str(value)


# Refusals


@cache
def _refusals() -> dict[str, type[Refusal]]:
    found, todo = {}, [Refusal]
    while todo:
        kind = todo.pop()
        found[kind.__name__] = kind
        todo += kind.__subclasses__()
    return found


def _said(reason: str, facts: Mapping[str, Any], otherwise: str) -> str:
    """Return a refusal in the reader's language; as it was said then, where its words are others now."""
    kind = _refusals().get(reason)
    try:
        return say(kind(**facts)).reason if kind else otherwise
    except (KeyError, ValueError, IndexError):
        return otherwise


def _remedy(refusal: RefusalRecord) -> str:
    kind = _refusals().get(refusal.reason)
    try:
        return say(kind(**refusal.facts)).remedy if kind else ""
    except (KeyError, ValueError, IndexError):
        return ""


# Records named by their numbers


@cache
def _models() -> dict[str, type[Model]]:
    """Return our models that have a name of their own, by the parameter that names one: work_order → WorkOrder."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("qitao.")]
    return {_snake(model.__name__): model for model in ours if "__str__" in vars(model) and model is not Entry}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


PEOPLE = frozenset({"person", "owner", "picker"})


def _record(name: str, value: Any) -> Model | None:
    """Return the record that an argument or field names by its number, where it is still there."""
    if not isinstance(value, int) or isinstance(value, bool) or not name.endswith("_id"):
        return None
    stem = name.removesuffix("_id")
    stem = "user" if stem in PEOPLE else stem.removeprefix("from_").removeprefix("to_")
    model = _models().get(stem)
    return model._default_manager.filter(pk=value).first() if model else None


def about(text: str) -> Subject | None:
    """Return the record that `catalog.item:5` names; None where it names none that there is."""
    label, _, number = text.partition(":")
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    if not (number.isascii() and number.isdecimal()) or len(number) > 18:
        return None
    row = model._default_manager.filter(pk=number).first()
    name = str(row) if row else f"{model._meta.verbose_name} {number}"
    return Subject((label.lower(), int(number)), name, _page(row) if row else "")


def _page(row: Model) -> str:
    try:
        return page_of(row) or ""
    except (KeyError, TypeError, AttributeError):
        return ""

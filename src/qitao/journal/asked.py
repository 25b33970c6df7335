"""What a command was asked to do, as the journal keeps it: every argument by its name, secrets not at all."""

from __future__ import annotations

import hashlib
import inspect
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

LONGEST = 50_000  # characters; what is longer – a whole table read in – is kept by its digest alone
KEPT_BACK = "(kept back)"
LEFT_OUT = "(left out)"
NUL = "\\u0000"  # the one character that the database keeps nowhere


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of a command as they are kept, and the digest of action and arguments."""

    arguments: dict[str, Any]
    fingerprint: str


def names_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of an action's parameters after the command."""
    return tuple(inspect.signature(function).parameters)[1:]


def asked(
    action: str,
    names: tuple[str, ...],
    args: tuple[Any, ...],
    arguments: Mapping[str, Any],
    *,
    secret: frozenset[str] = frozenset(),
) -> Asked:
    """Return what is kept of a command: neither its arguments nor its digest hold anything of what is `secret`."""
    given = {**dict(zip(names, args, strict=False)), **arguments}
    open_ones = {name: value for name, value in given.items() if name not in secret}
    text = json.dumps(open_ones, default=as_json, sort_keys=True, ensure_ascii=False)
    kept = json.loads(text.replace(NUL, "\\ufffd")) if len(text) <= LONGEST else {LEFT_OUT: f"{len(text)} characters"}
    kept |= {name: KEPT_BACK for name in given if name in secret}
    return Asked(kept, hashlib.sha256(f"{action}\n{text}".encode()).hexdigest())


def as_json(value: Any) -> Any:
    """Return what JSON knows no form for as it is kept; raises TypeError for what cannot be part of a command."""
    match value:
        case Decimal():
            return f"{value.normalize():f}"
        case datetime() | date():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case models.Model():
            return f"{value._meta.label_lower}:{value.pk}"
        case set() | frozenset():
            return sorted(value)
        case _ if hasattr(value, "__dataclass_fields__"):
            return {name: getattr(value, name) for name in value.__dataclass_fields__}
    raise TypeError(f"{type(value).__name__} cannot be part of a command")

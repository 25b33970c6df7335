"""Records that people keep by hand: made and changed under one rule, each change told with what was there before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from qitao.journal.command import Command
from qitao.journal.facts import record
from qitao.kernel.quantity import plain
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop

M = TypeVar("M", bound=models.Model)


class CodeTaken(Refusal):
    reason = gettext_noop("{what} “{code}” is there already.")
    remedy = gettext_noop("Choose another code, or change the one that is there.")


def keep(command: Command, row: M, values: Mapping[str, Any], *, kind: str) -> dict[str, list[Any]]:
    """Write `values` into `row`, new or not; return (and record as `kind`) each field that changed: [was, is].

    `values` names attributes of the model (`unit_id` for a reference). Where nothing differs nothing is written and
    nothing recorded. Refuses: CodeTaken, BadValue naming the field.
    """
    is_new = row.pk is None
    changed = {}
    for name, value in values.items():
        was, now = getattr(row, name), _tidy(value)
        if is_new or was != now:
            changed[name] = [None if is_new else _told(was), _told(now)]
            setattr(row, name, now)
    if not changed:
        return {}
    _must_be_valid(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as clash:
        raise CodeTaken(what=str(row._meta.verbose_name), code=str(row)) from clash
    record(command, kind, row, code=str(row), changed=changed)
    return changed


def _must_be_valid(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as wrong:
        errors = wrong.error_dict if hasattr(wrong, "error_dict") else {NON_FIELD_ERRORS: wrong.error_list}
        name, problems = next(iter(errors.items()))
        first = problems[0]
        if first.code in ("unique", "unique_together") or _is_unique_constraint(row, first):
            raise CodeTaken(what=str(row._meta.verbose_name), code=str(row)) from wrong
        title = "" if name == NON_FIELD_ERRORS else str(getattr(row._meta.get_field(name), "verbose_name", name))
        raise BadValue(field=title, problem=" ".join(first.messages), name=name) from wrong


def _is_unique_constraint(row: models.Model, error: ValidationError) -> bool:
    words = " ".join(error.messages)
    unique = [each.name for each in row._meta.constraints if isinstance(each, models.UniqueConstraint)]
    return any(name in words for name in unique)


def _tidy(value: Any) -> Any:
    """Return a value without blanks around it, or zeros after it: a field counts the digits it is given."""
    match value:
        case str():
            return value.strip()
        case Decimal():
            return Decimal(plain(value))
    return value


def _told(value: Any) -> Any:
    """Return a value as a fact carries it."""
    match value:
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
    return value

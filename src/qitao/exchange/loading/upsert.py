"""Rows that may be here already: new ones are made, changed ones updated or left alone – and every case is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from django.db import models
from django.db.models.expressions import RawSQL

from qitao.exchange.dataset import Row, Where
from qitao.exchange.report import NOWHERE, ImportReport, say
from qitao.journal.command import Command
from qitao.kernel.quantity import plain
from qitao.kernel.words import gettext_noop

M = TypeVar("M", bound=models.Model)
Values = Mapping[str, Any]
BATCH = 2000
# field of a model → field of a row, where more than `_id` is different
ROW_FIELD = {"is_active": "active", "is_approved": "approved", "lot_code": "lot", "pinyin": "name"}


@dataclass(slots=True)
class Loading:
    """One import being written: who, when, the report, and the database ids of what the dataset names."""

    command: Command
    today: date
    report: ImportReport
    ids: dict[str, dict[Any, int]] = field(default_factory=dict)  # kind → key → id
    new: dict[str, set[Any]] = field(default_factory=dict)  # kind → keys of documents made by this import
    lead_days: Mapping[str, int | None] = field(default_factory=dict)  # item → days from start to due
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (kind, field) → the source's column
    unsaid: Mapping[str, Collection[str]] = field(default_factory=dict)  # kind → fields the source does not speak of

    @property
    def at(self) -> datetime:
        return self.command.at

    def column(self, kind: str, name: str) -> str:
        """Return what the source calls a field."""
        return self.columns.get((kind, name), name)

    def says(self, kind: str, name: str) -> bool:
        """Tell whether the source speaks of what a field of the model holds."""
        return ROW_FIELD.get(name, name.removesuffix("_id")) not in self.unsaid.get(kind, ())

    def id_of(self, kind: str, key: Any) -> int | None:
        """Return the id of the row with `key`; an empty key is nothing."""
        return self.ids[kind][key] if key else None


def any_of(keys: Iterable[int] | Iterable[str], *, kind: Literal["bigint", "text"] = "bigint") -> RawSQL:
    """Return `keys` for an `__in`: as one array, because a statement takes no more than 65,535 parameters."""
    return RawSQL(f"SELECT unnest(%s::{kind}[])", [list(keys)])  # noqa: S611 - the keys are a parameter


def upsert(
    loading: Loading,
    kind: str,
    model: type[M],
    rows: Iterable[tuple[Row, Values]],
    *,
    key: Sequence[str],
    overwrite: bool = True,
    among: models.QuerySet[M] | None = None,
    may_make: Callable[[Any], bool] = lambda row: True,
) -> dict[Any, M]:
    """Write rows given as (row, field → value), recognised by the fields `key`; return those that are here by key.

    A row that is here with other values is updated, or, without `overwrite`, left alone and told as a conflict; what
    the source does not speak of stays. A row that is not here is made, defaults and all, if `may_make` says so, else
    told as a conflict. `among` narrows where to look.
    """
    everyone = model._default_manager.all() if among is None else among
    here = _Here(loading, kind, list(everyone.order_by("pk")), key)
    made: dict[Any, M] = {}
    changed: dict[Any, M] = {}
    found: dict[Any, M] = {}
    names: set[str] = set()
    outcome = loading.report.outcome(kind)
    for row, values in rows:
        wanted = model(**values)
        mark = _key(wanted, key)
        said = {name: value for name, value in values.items() if loading.says(kind, name)}
        one, several = here.find(mark, said)
        if one is None and (several or not may_make(row)):
            outcome.conflicts += 1
            missing = " · ".join(str(part) for part in _readable(row, key))
            loading.report.conflict(
                row.where, missing, column="", here=f"{several} ×" if several else "–", there=missing
            )
            continue
        if one is None:
            made[mark] = wanted
        else:
            differing = _differences(one, said)
            _tell(loading.report, row, one, differing, overwrite=overwrite)
            if differing and overwrite:
                for name, (_, there) in differing.items():
                    setattr(one, name, there)
                names.update(differing)
                changed[mark] = one
            outcome.unchanged += not differing
            outcome.conflicts += bool(differing) and not overwrite
        found[mark] = made[mark] if one is None else one
    model._default_manager.bulk_create(made.values(), batch_size=BATCH)
    if changed:
        model._default_manager.bulk_update(changed.values(), sorted(names), batch_size=BATCH)
    outcome.created += len(made)
    outcome.updated += len(changed)
    loading.new[kind] = {_short(mark) for mark in made}
    loading.ids[kind] = {_short(mark): one.pk for mark, one in {**here.by_key, **found}.items()}
    return {_short(mark): one for mark, one in found.items()}


class _Here(Generic[M]):
    """The records that are here, found by their key, or by as much of it as the source speaks of."""

    def __init__(self, loading: Loading, kind: str, records: Iterable[M], key: Sequence[str]) -> None:
        self.by_key = {_key(one, key): one for one in records}
        self.spoken = [place for place, name in enumerate(key) if loading.says(kind, name)]
        self.alike: dict[tuple[Any, ...], list[M]] = defaultdict(list)
        if len(self.spoken) < len(key):
            for mark, one in self.by_key.items():
                self.alike[self._part(mark)].append(one)

    def find(self, mark: tuple[Any, ...], said: Values) -> tuple[M | None, int]:
        """Return the record that is meant, or None and how many it might be.

        Of several that are alike in what is said: one that is so already, else the one whose whole key it is.
        """
        alike = self.alike.get(self._part(mark), ())
        same = next((one for one in alike if not _differences(one, said)), None)
        one = same or self.by_key.get(mark) or (alike[0] if len(alike) == 1 else None)
        return one, 0 if one else len(alike)

    def _part(self, mark: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(mark[place] for place in self.spoken)


def _readable(row: Row, key: Sequence[str]) -> Iterator[object]:
    """Return the row's own words for the fields of its key."""
    for name in key:
        word = getattr(row, name.removesuffix("_id"), "")
        if word:
            yield word


def differs(here: object, there: object) -> bool:
    """Tell whether two stored values are different; numbers are compared by value, not by writing."""
    if isinstance(here, Decimal) and isinstance(there, (int, Decimal)):
        return here != Decimal(there)
    return here != there


def shown(value: object) -> str:
    """Return a value as a report shows it."""
    if isinstance(value, Decimal):
        return plain(value)
    return "" if value is None else str(value)


def _differences(one: models.Model, values: Values) -> dict[str, tuple[object, object]]:
    return {name: (getattr(one, name), there) for name, there in values.items() if differs(getattr(one, name), there)}


def _tell(
    report: ImportReport,
    row: Row,
    one: models.Model,
    differing: Mapping[str, tuple[object, object]],
    *,
    overwrite: bool,
) -> None:
    where: Where = row.where or NOWHERE
    for name, values in differing.items():
        column = name.removesuffix("_id")
        here, there = (shown(_name_of(one, name, value)) for value in values)
        if overwrite:
            why = say(gettext_noop("{what} was here already and is updated."), what=one)
            report.change(where, column, before=here, after=there, why=why)
        else:
            report.conflict(where, str(one), column=column, here=here, there=there)


def _name_of(one: models.Model, name: str, key: object) -> object:
    """Return a field's value; of a foreign key what it points to."""
    if not name.endswith("_id"):
        return key
    model = one._meta.get_field(name.removesuffix("_id")).related_model
    return model._default_manager.filter(pk=key).first() if key and isinstance(model, type) else None


def _key(one: models.Model, key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in key)


def _short(mark: tuple[Any, ...]) -> Any:
    """Return the key itself where it is a single field."""
    return mark[0] if len(mark) == 1 else mark

"""Prove a whole dataset before anything of it is written.

Every check adds to the report what it finds, with file, row, column and remedy; none stops at the first. A dataset
that passes can be written: all it refers to is there, its codes are unique, its quantities and dates are possible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from qitao.exchange.dataset import ONE, BomLine, Dataset, Row, names_of
from qitao.exchange.report import KINDS, ImportReport, say
from qitao.exchange.rules import KEYS, ORDERED_DATES, POSITIVE, REFERENCES, WORDS, longest, required
from qitao.kernel.quantity import exact
from qitao.kernel.words import gettext_noop

Columns = Mapping[tuple[str, str], str]
MOST_PERCENT = {"scrap_percent": Decimal(999), "yield_percent": Decimal(100)}


@dataclass(frozen=True, slots=True)
class Here:
    """What a dataset may refer to without having it: the codes of master data, and the BOMs that it leaves alone."""

    codes: Mapping[str, Collection[str]] = field(default_factory=dict)
    bom_lines: Sequence[BomLine] = ()


NOTHING_HERE = Here()


def check(dataset: Dataset, report: ImportReport, columns: Columns | None = None, *, here: Here = NOTHING_HERE) -> None:
    """Add to `report` everything that stands against loading `dataset` where `here` is what the system has.

    `columns` names the source's column for a (kind, field), where it is called otherwise than the field.
    """
    checker = _Checker(dataset, report, columns or {}, here)
    checker.values()
    checker.duplicates()
    checker.references()
    checker.places()
    checker.pairs()
    checker.cycle()


class _Checker:
    def __init__(self, dataset: Dataset, report: ImportReport, columns: Columns, here: Here) -> None:
        self.here = here
        self.dataset = dataset
        self.report = report
        self.columns = columns

    def rows(self, kind: str) -> Sequence[Any]:
        rows: Sequence[Any] = getattr(self.dataset, kind)
        return rows

    def fault(self, row: Row, kind: str, name: str, what: str, *, remedy: str, **facts: object) -> None:
        """Report a fault of one field; `what` and `remedy` are templates."""
        value = getattr(row, name, "")
        column = self.report.title(row.where, self.columns.get((kind, name), name))
        facts = {"value": value, "column": column, **facts}
        self.report.error(row.where, say(what, **facts), remedy=say(remedy, **facts), column=column, value=value)

    def values(self) -> None:
        """Check each field alone: missing, negative, too fine, too long, unknown word, dates in a wrong order."""
        for kind in KINDS:
            rows = self.rows(kind)
            names = names_of(kind)
            texts = {name: longest(kind, name) for name in names}
            needed = required(kind)
            for row in rows:
                for name in names:
                    value = getattr(row, name)
                    if isinstance(value, str):
                        if not value and name in needed:
                            self._missing(row, kind, name)
                        elif len(value) > texts[name]:
                            self._too_long(row, kind, name, texts[name])
                    elif isinstance(value, Decimal):
                        self._number(row, kind, name, value)
                    elif isinstance(value, int) and value < 0:
                        self._negative(row, kind, name)
                self._words(row, kind)
                self._dates(row, kind)

    def _missing(self, row: Row, kind: str, name: str) -> None:
        self.fault(
            row,
            kind,
            name,
            gettext_noop("A value is missing."),
            remedy=gettext_noop("Fill in the column “{column}”."),
        )

    def _too_long(self, row: Row, kind: str, name: str, most: int) -> None:
        self.fault(
            row,
            kind,
            name,
            gettext_noop("The text has {length} letters; at most {most} fit."),
            remedy=gettext_noop("Shorten it."),
            length=len(getattr(row, name)),
            most=most,
        )

    def _number(self, row: Row, kind: str, name: str, value: Decimal) -> None:
        try:
            exact(value)
        except (ValueError, ArithmeticError):
            self.fault(
                row,
                kind,
                name,
                gettext_noop("“{value}” has more than six decimal places, or is too large."),
                remedy=gettext_noop("Round it to six places; the largest number is below 10¹²."),
            )
            return
        if value < 0:
            self._negative(row, kind, name)
        elif not value and name in POSITIVE.get(kind, ()):
            self.fault(
                row,
                kind,
                name,
                gettext_noop("The number must be more than nought."),
                remedy=gettext_noop("Fill in the right number, or take the row out."),
            )
        elif name in MOST_PERCENT and value > MOST_PERCENT[name]:
            self.fault(
                row,
                kind,
                name,
                gettext_noop("{value} percent is not possible here."),
                remedy=gettext_noop("Write 2 for two percent."),
            )

    def _negative(self, row: Row, kind: str, name: str) -> None:
        self.fault(
            row,
            kind,
            name,
            gettext_noop("{value} is negative."),
            remedy=gettext_noop("Correct the number; a quantity is never negative here."),
        )

    def _words(self, row: Row, kind: str) -> None:
        for name, words in WORDS.get(kind, {}).items():
            if getattr(row, name) not in words:
                self.fault(
                    row,
                    kind,
                    name,
                    gettext_noop("“{value}” is not known here."),
                    remedy=gettext_noop("Use one of: {choices}."),
                    choices=", ".join(words),
                )

    def _dates(self, row: Row, kind: str) -> None:
        for earlier, later in ORDERED_DATES.get(kind, ()):
            first: date | None = getattr(row, earlier)
            last: date | None = getattr(row, later)
            if first is not None and last is not None and last < first:
                self.fault(
                    row,
                    kind,
                    later,
                    gettext_noop("{value} is before {first}, when it starts."),
                    remedy=gettext_noop("Correct one of the two dates."),
                    first=first,
                )

    def duplicates(self) -> None:
        """Check that each key is there once, and each serial number."""
        for kind, key in KEYS.items():
            seen: dict[tuple[object, ...], Row] = {}
            for row in self.rows(kind):
                values = tuple(getattr(row, name) for name in key)
                first = seen.setdefault(values, row)
                if first is not row and any(values):
                    self._twice(row, first, kind, key)
        serials: dict[tuple[object, ...], Row] = {}
        for row in self.rows("stock"):
            if row.serial and (first := serials.setdefault((row.item, row.lot), row)) is not row:
                self._twice(row, first, "stock", ("item", "lot"))

    def _twice(self, row: Row, first: Row, kind: str, key: tuple[str, ...]) -> None:
        values = [str(getattr(row, name)) for name in key if getattr(row, name)]
        self.fault(
            row,
            kind,
            next((name for name in reversed(key) if getattr(row, name)), key[0]),
            gettext_noop("{key} is there already, in {file}, row {line}."),
            remedy=gettext_noop("Keep one of the two rows."),
            key=" · ".join(values),
            file=first.where.file if first.where else "",
            line=first.where.row if first.where else 0,
        )

    def references(self) -> None:
        """Check that every code that is referred to is there."""
        targets = {target for names in REFERENCES.values() for target in names.values()}
        codes = {
            kind: {row.code for row in self.rows(kind)}.union(self.here.codes.get(kind, ()))
            for kind in targets
            if self._is_whole(kind)
        }
        for kind, names in REFERENCES.items():
            for name, target in names.items():
                for row in self.rows(kind) if target in codes else ():
                    value = getattr(row, name)
                    if value and value not in codes[target]:
                        self._unknown(row, kind, name, target)

    def _is_whole(self, kind: str) -> bool:
        """Tell whether all rows of the kind were read: what refers to missing ones is no fault of its own."""
        rows, unread = self.rows(kind), self.report.unread
        return not any(row.where and row.where.file in unread for row in rows) if rows else not unread

    def _unknown(self, row: Row, kind: str, name: str, target: str) -> None:
        self.fault(
            row,
            kind,
            name,
            gettext_noop("“{value}” is not among the {target}."),
            remedy=gettext_noop("Correct the code, or add it to the {target}."),
            target=say(KINDS[target]),
        )

    def places(self) -> None:
        """Check that bins and BOM versions that are named exist, and that a serial number stands for one piece."""
        bins = {(row.warehouse, row.code) for row in self.dataset.locations}
        for row in self.dataset.stock:
            if row.location and (row.warehouse, row.location) not in bins:
                self._unknown(row, "stock", "location", "locations")
            if row.serial and row.quantity != ONE:
                self.fault(
                    row,
                    "stock",
                    "quantity",
                    gettext_noop("A serial number stands for one piece, not {value}."),
                    remedy=gettext_noop("Write 1, or a lot instead of a serial number."),
                )
        versions = {(row.parent, row.version) for row in self.dataset.boms}
        for line in self.dataset.bom_lines:
            if (line.parent, line.version) not in versions:
                self._unknown(line, "bom_lines", "version", "boms")
        for order in self.dataset.work_orders:
            if order.bom_version and (order.item, order.bom_version) not in versions:
                self._unknown(order, "work_orders", "bom_version", "boms")

    def pairs(self) -> None:
        """Check that nothing is its own substitute and no lane or transfer leads back to where it starts."""
        for substitute in self.dataset.substitutes:
            if substitute.component == substitute.substitute:
                self._same(substitute, "substitutes", "substitute")
        for way in self.dataset.lanes:
            if way.from_warehouse == way.to_warehouse:
                self._same(way, "lanes", "to_warehouse")
        for transfer in self.dataset.transfers:
            if transfer.from_warehouse == transfer.to_warehouse:
                self._same(transfer, "transfers", "to_warehouse")

    def _same(self, row: Row, kind: str, name: str) -> None:
        self.fault(
            row,
            kind,
            name,
            gettext_noop("Both sides of the row are “{value}”."),
            remedy=gettext_noop("Correct one side, or take the row out."),
        )

    def cycle(self) -> None:
        """Name every BOM cycle part by part, at the line that closes it."""
        for line, path in bom_cycles([*self.here.bom_lines, *self.dataset.bom_lines]):
            self.fault(
                line,
                "bom_lines",
                "component",
                gettext_noop("The BOM runs in a circle: {path}."),
                remedy=gettext_noop("Take one of these components out of its parent's BOM."),
                path=" → ".join(path),
            )


def bom_cycles(lines: Sequence[BomLine]) -> Iterator[tuple[BomLine, list[str]]]:
    """Return the lines that close a cycle of parents and components, each with the parts on the way.

    >>> a = BomLine(parent="A", component="B", quantity=ONE)
    >>> b = BomLine(parent="B", component="A", quantity=ONE)
    >>> [path for _, path in bom_cycles([a, b])]
    [['A', 'B', 'A']]
    """
    below: dict[str, list[BomLine]] = defaultdict(list)
    for line in lines:
        below[line.parent].append(line)
    finished: set[str] = set()
    for start in list(below):
        if start in finished:
            continue
        path, stack = {start: 0}, [iter(below[start])]
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                finished.add(path.popitem()[0])
            elif step.component in path:
                yield step, [*list(path)[path[step.component] :], step.component]
            elif step.component not in finished:
                path[step.component] = len(path)
                stack.append(iter(below.get(step.component, ())))

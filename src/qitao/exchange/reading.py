"""Tables from CSV files as other systems write them, and cells as people write them.

A file is decoded as UTF-8 (with or without a byte-order mark) where it is UTF-8; else as the Chinese encoding
that it is, which the report says. Nothing here raises for bad input: a fault goes to the report with
its file, row and column, and the cell reads as its default, so that one pass finds every fault.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import overload

from charset_normalizer import from_bytes

from qitao.exchange.dataset import Where
from qitao.exchange.report import ImportReport, say
from qitao.kernel.quantity import LARGEST, exact, half_up
from qitao.kernel.words import gettext_noop

CHINESE = ("gb18030", "big5")
LARGEST_FILE = 512 * 1024 * 1024
LONGEST_CELL = 1024 * 1024
LONGEST_SHOWN = 80

GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
DATE = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d{2})(\d{2}))(?:[T ].*)?")
YES = frozenset({"true", "t", "yes", "y", "1", "是", "√", "启用"})
NO = frozenset({"false", "f", "no", "n", "0", "否", "×", "停用"})

csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table: cells by column, with readers that report what they cannot read."""

    table: Table
    row: int
    cells: Sequence[str]

    @property
    def where(self) -> Where:
        return Where(self.table.file, self.row)

    def raw(self, column: str) -> str:
        """Return the cell as it stands; a column that the file does not have reads as empty."""
        position = self.table.positions.get(column)
        return self.cells[position] if position is not None and position < len(self.cells) else ""

    def text(self, column: str, default: str = "", *, required: bool = False) -> str:
        """Return the cell without the blanks around it."""
        written = self.raw(column)
        value = written.strip()
        if "\x00" in value:
            self.fault(
                column,
                gettext_noop("The text holds a null character."),
                remedy=gettext_noop("Remove the invisible character."),
            )
            return default
        if not value and required:
            self.fault(
                column,
                gettext_noop("A value is missing."),
                remedy=gettext_noop("Fill in the column “{column}”."),
            )
        return value or default

    def code(self, column: str, default: str = "", *, required: bool = True) -> str:
        """Return the cell as a code: exactly as written, less blanks around it, which are reported."""
        written = self.raw(column)
        value = self.text(column, default, required=required)
        if written != value and written.strip():
            why = gettext_noop("Blanks around a code are not part of it.")
            self.table.report.change(self.where, column, before=repr(written), after=value, why=say(why))
        return value

    @overload
    def decimal(
        self,
        column: str,
        default: Decimal,
        *,
        required: bool = False,
        least: Decimal | None = None,
        rounded: bool = False,
    ) -> Decimal: ...
    @overload
    def decimal(
        self,
        column: str,
        default: None = None,
        *,
        required: bool = False,
        least: Decimal | None = None,
        rounded: bool = False,
    ) -> Decimal | None: ...
    def decimal(
        self,
        column: str,
        default: Decimal | None = None,
        *,
        required: bool = False,
        least: Decimal | None = None,
        rounded: bool = False,
    ) -> Decimal | None:
        """Return the cell as an exact number of at most six decimal places.

        Full-width digits and thousands separators are read; a comma that does not group thousands is a
        fault, because it may be a decimal sign. `rounded` rounds what is finer, and says so.
        """
        written = self.text(column, required=required)
        if not written:
            return default
        value = parse_decimal(written)
        if value is None:
            self.fault(
                column,
                gettext_noop("“{value}” is not a number."),
                remedy=gettext_noop("Write digits with a point as the decimal sign, for example 1200.5."),
            )
            return default
        if rounded and abs(value) <= LARGEST and (nearer := half_up(value)) != value:
            why = say(gettext_noop("Rounded to six decimal places."))
            self.table.report.change(self.where, self.table.title(column), before=written, after=nearer, why=why)
            value = nearer
        try:
            value = exact(value)
        except (ValueError, InvalidOperation):
            self.fault(
                column,
                gettext_noop("“{value}” has more than six decimal places, or is too large."),
                remedy=gettext_noop("Round it to six places; the largest number is below 10¹²."),
            )
            return default
        if least is not None and value < least:
            self.fault(
                column,
                gettext_noop("{value} is less than {least}."),
                remedy=gettext_noop("Correct the number; a quantity is never negative here."),
                least=least,
            )
            return default
        return value

    @overload
    def integer(self, column: str, default: int, *, required: bool = False, least: int | None = 0) -> int: ...
    @overload
    def integer(
        self, column: str, default: None = None, *, required: bool = False, least: int | None = 0
    ) -> int | None: ...
    def integer(
        self, column: str, default: int | None = None, *, required: bool = False, least: int | None = 0
    ) -> int | None:
        """Return the cell as a whole number."""
        lowest = None if least is None else Decimal(least)
        value = self.decimal(column, required=required, least=lowest)
        if value is None:
            return default
        if value != value.to_integral_value() or abs(value) > 2_000_000_000:
            self.fault(
                column,
                gettext_noop("“{value}” is not a whole number."),
                remedy=gettext_noop("Write a number without decimals."),
            )
            return default
        return int(value)

    def date(self, column: str, *, required: bool = False) -> date | None:
        """Return the cell as a date: 2026-01-05, 2026/1/5, 20260105, 2026年1月5日, or the day of a time."""
        written = self.text(column, required=required)
        if not written:
            return None
        value = parse_date(written)
        if value is None:
            self.fault(
                column,
                gettext_noop("“{value}” is not a date of the calendar."),
                remedy=gettext_noop("Write year, month and day, for example 2026-01-05."),
            )
        return value

    def yes(self, column: str, default: bool = False) -> bool:
        """Return the cell as yes or no: Y/N, true/false, 1/0, 是/否."""
        written = unicodedata.normalize("NFKC", self.text(column)).casefold()
        if not written:
            return default
        if written in YES or written in NO:
            return written in YES
        self.fault(
            column,
            gettext_noop("“{value}” is neither yes nor no."),
            remedy=gettext_noop("Write Y or N."),
        )
        return default

    def choice(self, column: str, choices: Mapping[str, str], default: str) -> str:
        """Return what `choices` holds for the cell (compared without case)."""
        written = self.text(column)
        if not written:
            return default
        if (known := choices.get(written.casefold())) is not None:
            return known
        self.fault(
            column,
            gettext_noop("“{value}” is not known here."),
            remedy=gettext_noop("Use one of: {choices}."),
            choices=", ".join(choices),
        )
        return default

    def fault(self, column: str, what: str, *, remedy: str, **facts: object) -> None:
        """Report what is wrong with a cell; `what` and `remedy` are templates."""
        value = shorten(self.raw(column))
        facts = {"value": value, "column": self.table.title(column), **facts}
        self.table.report.error(
            self.where,
            say(what, **facts),
            remedy=say(remedy, **facts),
            column=self.table.title(column),
            value=value,
        )


@dataclass(slots=True)
class Table:
    """A CSV file that was read: its columns by name and its rows that are not blank."""

    file: str
    report: ImportReport
    titles: tuple[str, ...] = ()
    positions: dict[str, int] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def title(self, column: str) -> str:
        """Return the column's title as the file writes it."""
        position = self.positions.get(column)
        return self.titles[position] if position is not None else column

    def has(self, column: str) -> bool:
        """Tell whether the file has the column."""
        return column in self.positions

    def require(self, *columns: str) -> bool:
        """Report each of `columns` that the file lacks; return whether it has them all."""
        missing = [column for column in columns if column not in self.positions]
        if missing:
            self.report.unread.add(self.file)
        for column in missing:
            self.report.error(
                Where(self.file, 1),
                say(gettext_noop("The column “{column}” is missing."), column=column),
                remedy=say(
                    gettext_noop("Add the column “{column}”; the file has: {titles}."),
                    column=column,
                    titles=shorten(", ".join(self.titles)),
                ),
                column=column,
            )
        return not missing


def read_table(path: Path, report: ImportReport, *, file: str = "", names: Mapping[str, str] | None = None) -> Table:
    """Read a CSV file whose first row holds the titles.

    `names` gives other titles for a column (title → column). Faults of the file as a whole (unreadable,
    neither UTF-8 nor a Chinese encoding, broken quotes, a column twice, a row too long) go to the report.
    """
    table = Table(file or path.name, report)
    text = _decode(path, table)
    if text is None:
        report.unread.add(table.file)
        return table
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        _fill(table, reader, names or {})
    except csv.Error as broken:
        report.unread.add(table.file)
        report.error(
            Where(table.file, reader.line_num),
            say(gettext_noop("The row cannot be read as CSV: {problem}."), problem=broken),
            remedy=say(gettext_noop("Close every quotation mark; write one inside a text twice.")),
        )
    return table


def empty_table(file: str, report: ImportReport) -> Table:
    """Return the table of a file that is not there."""
    return Table(file, report)


def parse_decimal(written: str) -> Decimal | None:
    """Return the number that `written` spells, or None.

    >>> parse_decimal("１，２００.5")
    Decimal('1200.5')
    """
    plain = "".join(unicodedata.normalize("NFKC", written).split())
    if GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    return Decimal(plain) if NUMBER.fullmatch(plain) else None


def parse_date(written: str) -> date | None:
    """Return the day that `written` names, or None.

    >>> parse_date("2026年1月5日")
    datetime.date(2026, 1, 5)
    """
    plain = unicodedata.normalize("NFKC", written).strip()
    found = DATE.fullmatch(plain)
    if not found:
        return None
    year, _, *parts = found.groups()
    month, day = (int(part) for part in parts if part is not None)
    try:
        value = date(int(year), month, day)
    except ValueError:
        return None
    return value if 1900 <= value.year <= 2200 else None


def shorten(text: str) -> str:
    """Return `text`, cut where it is too long to be shown in a list."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _decode(path: Path, table: Table) -> str | None:
    """Return the file's text, or None after reporting why there is none."""
    where = Where(table.file, 0)
    save = say(gettext_noop("Save the file as “CSV UTF-8” and import again."))
    try:
        if path.stat().st_size > LARGEST_FILE:
            table.report.error(where, say(gettext_noop("The file is larger than 512 MB.")), remedy=save)
            return None
        data = path.read_bytes()
    except OSError as problem:
        what = say(gettext_noop("The file cannot be read: {problem}."), problem=problem.strerror)
        table.report.error(where, what, remedy=say(gettext_noop("Check that the file exists and may be read.")))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        bad_row = data.count(b"\n", 0, broken.start) + 1
    encoding = _encoding(data)
    if encoding is None:
        what = say(gettext_noop("The text is in no encoding known here (UTF-8, GB18030, Big5, UTF-16)."))
        table.report.error(Where(table.file, bad_row), what, remedy=save)
        return None
    why = say(gettext_noop("The file is not UTF-8; it was read as {encoding}. Check a few names."), encoding=encoding)
    table.report.change(where, "", before="UTF-8", after=encoding, why=why)
    return data.decode(encoding)


def _encoding(data: bytes) -> str | None:
    """Return the encoding of text that is not UTF-8: UTF-16 by its mark, else the likelier Chinese one."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16" if _decodes(data, "utf-16") else None
    candidates = [name for name in CHINESE if _decodes(data, name)]
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    best = from_bytes(data[:200_000], cp_isolation=list(CHINESE)).best()
    guess = best.encoding if best is not None else ""
    return guess if guess in CHINESE else CHINESE[0]


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    # Bytes of another encoding that happen to decode land in control or private-use characters.
    return not any(unicodedata.category(letter) in ("Cc", "Co", "Cn") for letter in set(text) - set("\r\n\t"))


def _delimiter(text: str) -> str:
    """Return the sign between the cells of the title row: comma, else semicolon or tab."""
    head = text.partition("\n")[0]
    if "," in head:
        return ","
    return max(",;\t", key=head.count)


def _fill(table: Table, reader: Iterator[list[str]], names: Mapping[str, str]) -> None:
    titles = next(reader, None)
    if titles is None:
        table.report.unread.add(table.file)
        table.report.error(
            Where(table.file, 1),
            say(gettext_noop("The file is empty; not even a title row is there.")),
            remedy=say(gettext_noop("Write the column titles into the first row.")),
        )
        return
    table.titles = tuple(title.strip() for title in titles)
    _place_columns(table, names)
    width = len(table.titles)
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            table.report.error(
                Where(table.file, number),
                say(
                    gettext_noop("The row has {cells} cells, the title row has {width}."), cells=len(cells), width=width
                ),
                remedy=say(gettext_noop("Put text that holds a comma into quotation marks.")),
                value=shorten(",".join(cells[width:])),
            )
        table.records.append(Record(table, number, cells))


def _place_columns(table: Table, names: Mapping[str, str]) -> None:
    seen: Counter[str] = Counter()
    for position, title in enumerate(table.titles):
        seen[title] += 1
        # `names` may tell a repeated title apart as "title#2", "title#3" …
        key = title if seen[title] == 1 else f"{title}#{seen[title]}"
        column = names.get(key, title)
        if title and column in table.positions:
            table.report.error(
                Where(table.file, 1),
                say(gettext_noop("The column “{column}” is there twice."), column=title),
                remedy=say(gettext_noop("Keep one of the two columns.")),
                column=title,
            )
        elif title:
            table.positions[column] = position
            if column != title:
                table.report.titles[table.file, column] = title

"""One CSV file as typed columns, every fault noted with its row and column; nothing is guessed.

Numbers are exact: digits with at most six decimal places become int64 millionths without passing through a float.
A row number is the record's place in the file, the header being 1, as a spreadsheet shows it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from qitao.engine.plant import NEVER, Fault, Flags, Int32, Int64
from qitao.kernel.quantity import MICRO
from qitao.kernel.words import gettext_noop

ALIASES = {"qty": "quantity"}
LARGEST = 10**12
LISTED = 1000
"""Faults of one kind in one column that are listed one by one; past that only their number."""

_EXACT = r"^([+-]?)([0-9]{1,13})(?:\.([0-9]{0,6})0*)?$"
_WRONG_NUMBER = gettext_noop("“{value}” is not a number of at most six decimal places below 10¹².")
_PLAIN_DIGITS = gettext_noop("Write plain digits with a decimal point, no thousands separator.")


@dataclass
class Findings:
    """What is broken (`faults`: nothing may be built) and what is only odd (`problems`)."""

    faults: list[Fault] = field(default_factory=list)
    problems: list[Fault] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """Files whose rows could not be read: what refers to them is not blamed."""


@dataclass
class Sheet:
    """The rows of one file. Columns are asked for one by one; an absent file is a sheet without rows."""

    name: str
    findings: Findings
    as_of: dt.date
    frame: pl.DataFrame
    row: Int64
    """Place of each row in the file."""

    def __len__(self) -> int:
        return self.frame.height

    def has(self, column: str) -> bool:
        """Tell whether the file has the column."""
        return column in self.frame.columns

    def text(self, column: str, *, required: bool = False) -> pl.Series:
        """Return a text column, blanks as ""; a required one must have no blanks."""
        if not self.has(column):
            return pl.Series(column, [""] * len(self), dtype=pl.String)
        values = self.frame[column]
        if required:
            self.fault(values.is_null().to_numpy(), column, gettext_noop("Blank."), gettext_noop("Fill it in."))
        return values.fill_null("")

    def one_of(self, column: str, choices: Mapping[str, int], *, default: str | None) -> Int32:
        """Return a column of fixed words as their numbers; blank is the default (None: must not be blank)."""
        values = self.text(column, required=default is None).str.to_lowercase()
        numbers = values.replace_strict(list(choices), list(choices.values()), default=None, return_dtype=pl.Int32)
        unknown = (numbers.is_null() & (values != "")).to_numpy()
        what, remedy = gettext_noop("“{value}” means nothing here."), gettext_noop("Use one of: {choices}.")
        self.fault(unknown, column, what, remedy, choices=", ".join(choices))
        return _int32(numbers.fill_null(0 if default is None else choices[default]))

    def quantity(self, column: str, *, default: int | None = 0) -> Int64:
        """Return a column of quantities of 0 or more, in millionths; `default` (None: must not be blank) in units."""
        micro, blank = self._exact(column)
        if default is None:
            self.fault(blank, column, gettext_noop("Blank."), gettext_noop("Fill in a quantity."))
        what = gettext_noop("“{value}” is negative.")
        self.fault(micro < 0, column, what, gettext_noop("State a quantity of 0 or more."))
        return np.where(blank, (default or 0) * MICRO, np.maximum(micro, 0))

    def days(self, column: str, *, default: int = 0) -> Int32:
        """Return a column of whole days of 0 or more."""
        micro, blank = self._exact(column)
        wrong = (micro % MICRO != 0) | (micro < 0) | (micro >= NEVER * MICRO)
        what = gettext_noop("“{value}” is not a number of days.")
        self.fault(wrong, column, what, gettext_noop("Write whole days, 0 or more."))
        return np.where(blank | wrong, default, micro // MICRO).astype(np.int32)

    def day_number(self, column: str) -> tuple[Int32, Flags]:
        """Return (a column of days after the day of the plan, which may be negative; where it is blank)."""
        micro, blank = self._exact(column)
        wrong = (micro % MICRO != 0) | (abs(micro) >= NEVER * MICRO)
        what = gettext_noop("“{value}” is not a number of days.")
        self.fault(wrong, column, what, gettext_noop("Write whole days, counted from the day of the plan."))
        return np.where(wrong, 0, micro // MICRO).astype(np.int32), blank

    def date(self, column: str, *, required: bool = False) -> Int32:
        """Return a column of dates as day numbers, NEVER where blank."""
        if not self.has(column):
            return np.full(len(self), NEVER, np.int32)
        values = self.frame[column]
        blank = values.is_null().to_numpy()
        # Only the ISO form: polars alone would also take 2026-1-5.
        iso = values.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        dates = values.set(~iso.fill_null(False), None).str.to_date("%Y-%m-%d", strict=False)
        what = gettext_noop("“{value}” is no date.")
        remedy = gettext_noop("Write it as YYYY-MM-DD, a day the calendar has.")
        self.fault(dates.is_null().to_numpy() & ~blank, column, what, remedy)
        if required:
            self.fault(blank, column, gettext_noop("Blank."), gettext_noop("Fill in a date."))
        epoch = (self.as_of - dt.date(1970, 1, 1)).days
        numbers = dates.cast(pl.Int32).fill_null(0).to_numpy() - epoch
        return np.where(dates.is_null().to_numpy(), NEVER, numbers).astype(np.int32)

    def pointer(self, column: str, codes: Sequence[str], where: str, *, required: bool = True) -> Int32:
        """Return the row of each code in another table; -1 where an optional one is blank."""
        values = self.text(column, required=required and self.has(column))
        known = pl.Series(codes, dtype=pl.String)
        distinct = known.is_first_distinct() & (known != "")
        numbers = pl.Series(np.flatnonzero(distinct.to_numpy()), dtype=pl.Int32)
        rows = values.replace_strict(known.filter(distinct), numbers, default=None, return_dtype=pl.Int32)
        unknown = rows.is_null().to_numpy() & (values != "").to_numpy() & (where not in self.findings.unread)
        what, remedy = gettext_noop("“{value}” is not in {where}."), gettext_noop("Add it there, or correct the code.")
        self.fault(unknown, column, what, remedy, where=where)
        return _int32(rows.fill_null(-1))

    def unique(self, column: str, also: str = "") -> None:
        """Note every repeated code of a column (per value of another column, if given)."""
        if not self.has(column):
            return
        keys = [name for name in (column, also) if name and self.has(name)]
        frame = self.frame.select(keys).with_columns(pl.Series("_row", self.row))
        first = frame.select(pl.col("_row").first().over(keys).alias("first"))["first"].to_numpy()
        again = (first != self.row) & self.frame[column].is_not_null().to_numpy()
        what = gettext_noop("“{value}” is there already, in row {first}.")
        for at in np.flatnonzero(again)[:LISTED].tolist():
            values = {"value": self.frame[column][at], "first": int(first[at])}
            remedy = gettext_noop("Give each its own code, or remove one.")
            self.findings.faults.append(Fault(self.name, int(self.row[at]), column, what, remedy, values))

    def fault(self, bad: Flags, column: str, what: str, remedy: str, **values: object) -> None:
        """Note a fault for each row where `bad`; `{value}` is what stands there."""
        self._note(self.findings.faults, bad, column, what, remedy, values)

    def problem(self, odd: Flags, column: str, what: str, remedy: str, **values: object) -> None:
        """Note a problem for each row where `odd`."""
        self._note(self.findings.problems, odd, column, what, remedy, values)

    def _note(  # noqa: PLR0917 – private twin of the two above
        self, notes: list[Fault], bad: Flags, column: str, what: str, remedy: str, values: Mapping[str, object]
    ) -> None:
        rows = np.flatnonzero(bad)
        for at in rows[:LISTED].tolist():
            value = (self.frame[column][at] if self.has(column) else None) or ""
            notes.append(Fault(self.name, int(self.row[at]), column, what, remedy, {"value": value, **values}))
        if rows.size > LISTED:
            more = gettext_noop("{count} more rows like the last one.")
            notes.append(Fault(self.name, 0, column, more, remedy, {"count": rows.size - LISTED, **values}))

    def _exact(self, column: str) -> tuple[Int64, Flags]:
        """Return (millionths, where blank) of a column of numbers; what is none is noted and read as 0."""
        if not self.has(column):
            return np.zeros(len(self), np.int64), np.ones(len(self), np.bool_)
        values = self.frame[column]
        blank = values.is_null().to_numpy()
        whole = values.cast(pl.Int64, strict=False)
        rest = (whole.is_null().to_numpy()) & ~blank
        micro = whole.fill_null(0).to_numpy().copy()
        wrong = np.abs(micro) >= LARGEST
        micro[wrong] = 0
        micro *= MICRO
        if rest.any():
            at = np.flatnonzero(rest)
            micro[at], bad = _decimals(values.gather(at))
            wrong[at] = bad
        self.fault(wrong, column, _WRONG_NUMBER, _PLAIN_DIGITS)
        return micro, blank


def _decimals(values: pl.Series) -> tuple[Int64, Flags]:
    """Return (millionths, where it is no such number) of texts with a decimal point.

    >>> _decimals(pl.Series(["2.5", "-0.000001", "1.0000001", "ten"]))[0].tolist()
    [2500000, -1, 0, 0]
    """
    parts = values.str.extract_groups(_EXACT).struct.unnest()
    sign, whole, decimals = (parts[name] for name in parts.columns)
    wrong = whole.is_null()
    units = whole.cast(pl.Int64).fill_null(0).to_numpy()
    beyond = units >= LARGEST
    rest = decimals.fill_null("").str.pad_end(6, "0").cast(pl.Int64).to_numpy()
    micro = np.where(beyond, 0, units) * MICRO + rest
    bad = wrong.to_numpy() | beyond
    signed = np.where((sign == "-").fill_null(False).to_numpy(), -micro, micro)
    return np.where(bad, 0, signed), bad


def read_sheet(
    folder: Path, name: str, *, required: Iterable[str], known: Iterable[str], findings: Findings, as_of: dt.date
) -> Sheet:
    """Return one file of a folder as a sheet; an absent or unreadable one has no rows."""
    path = folder / name
    frame = _frame(path, findings) if path.exists() else None
    if frame is None:
        if path.exists():
            findings.unread.add(name)
        return Sheet(name, findings, as_of, pl.DataFrame(), np.zeros(0, np.int64))
    missing = [column for column in required if column not in frame.columns]
    for column in missing:
        what = gettext_noop("The column is missing.")
        findings.faults.append(Fault(name, 1, column, what, gettext_noop("Add it to the header row.")))
    extra = [column for column in frame.columns if column not in {*required, *known}]
    if extra:
        what, remedy = gettext_noop("Columns not used: {columns}."), gettext_noop("Nothing to do.")
        findings.problems.append(Fault(name, 1, "", what, remedy, {"columns": ", ".join(extra)}))
    row = np.arange(2, frame.height + 2)
    if frame.width:
        filled = ~frame.select(pl.all_horizontal(pl.all().is_null())).to_series().to_numpy()
        frame, row = frame.filter(filled), row[filled]
    return Sheet(name, findings, as_of, frame, row)


def _frame(path: Path, findings: Findings) -> pl.DataFrame | None:
    """Return the file's columns as stripped text, None where blank; note why it cannot be read and return None."""
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode()
    except UnicodeDecodeError as wrong:
        row = data.count(b"\n", 0, wrong.start) + 1
        what = gettext_noop("Not UTF-8 text.")
        remedy = gettext_noop("Save the file as “CSV UTF-8”.")
        findings.faults.append(Fault(path.name, row, "", what, remedy))
        return None
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")  # as old Macs end their lines
    names = _header(path.name, data, findings)
    if names is None:
        return None
    try:
        frame = pl.read_csv(io.BytesIO(data), infer_schema=False)
    except pl.exceptions.PolarsError:
        findings.faults.extend(_broken_rows(path.name, data, len(names)))
        return None
    frame.columns = names
    return frame.select(pl.all().str.strip_chars().replace("", None))


def _header(name: str, data: bytes, findings: Findings) -> list[str] | None:
    """Return the column names, lower case, aliases resolved; note a bad header and return None."""
    lines = data.split(b"\n", 1)[0].decode().strip("\r")
    try:
        names = [column.strip().lower().replace(" ", "_") for column in next(csv.reader([lines]), [])]
    except csv.Error:
        what, remedy = gettext_noop("Not a CSV file."), gettext_noop("Save it as CSV.")
        findings.faults.append(Fault(name, 1, "", what, remedy))
        return None
    names = [ALIASES.get(column, column) for column in names]
    if len(names) == 1 and any(mark in lines for mark in ";\t|"):
        what, remedy = gettext_noop("The columns are not separated by commas."), gettext_noop("Save it as CSV.")
        findings.faults.append(Fault(name, 1, "", what, remedy))
        return None
    if not any(names):
        what = gettext_noop("The file has no header row.")
        findings.faults.append(Fault(name, 1, "", what, gettext_noop("Start it with the names of the columns.")))
        return None
    twice = sorted({column for column in names if names.count(column) > 1})
    for column in twice:
        what = gettext_noop("The column is there more than once.")
        findings.faults.append(Fault(name, 1, column, what, gettext_noop("Keep one.")))
    return None if twice else names


def _broken_rows(name: str, data: bytes, width: int) -> list[Fault]:
    """Return a fault for each row with too many values, or for the file where quotes do not close."""
    import csv

    remedy = gettext_noop("Put a value with a comma or a line break in double quotes, and close every quote.")
    faults = []
    reader = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    try:
        for row, values in enumerate(reader, start=1):
            if len(values) > width:
                what = gettext_noop("{count} values for {width} columns.")
                faults.append(Fault(name, row, "", what, remedy, {"count": len(values), "width": width}))
    except csv.Error:
        faults.append(Fault(name, reader.line_num, "", gettext_noop("A quote is not closed."), remedy))
    return faults or [Fault(name, 0, "", gettext_noop("Not a CSV file."), remedy)]


def _int32(values: pl.Series) -> Int32:
    return values.to_numpy().astype(np.int32)

"""An import report for people: a short account for the terminal, and every row in a CSV file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from qitao.exchange.dataset import Where
from qitao.exchange.reading import parse_decimal
from qitao.exchange.report import KINDS, Fault, ImportReport, Message
from qitao.kernel.words import gettext_noop

Translate = Callable[[str], str]
SHOWN = 20
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\x00")

COLUMNS = (
    gettext_noop("verdict"),
    gettext_noop("file"),
    gettext_noop("row"),
    gettext_noop("column"),
    gettext_noop("value"),
    gettext_noop("becomes"),
    gettext_noop("what"),
    gettext_noop("remedy"),
)


def summary(report: ImportReport, translate: Translate = str, *, details: Path | None = None) -> str:
    """Return the account of an import in a screenful: taken, written, changed, not taken, conflicts, errors."""
    rows = [entry for entry in report.skipped if entry.where.row]
    files = [entry for entry in report.skipped if not entry.where.row]
    blocks = [
        _headline(report, translate),
        *_errors(report, translate),
        *_taken(report, translate),
        *_written(report, translate),
        *_conflicts(report, translate),
        *_reasons(
            translate, gettext_noop("Adjusted on the way in: {count} values"), [entry.why for entry in report.changed]
        ),
        *_reasons(translate, gettext_noop("Rows not taken: {count}"), [entry.why for entry in rows]),
        *_reasons(translate, gettext_noop("Files not taken: {count}"), [entry.why for entry in files]),
    ]
    if details is not None:
        blocks.append(translate(gettext_noop("Row by row: {path}")).format(path=details))
    return "\n".join(blocks)


def _headline(report: ImportReport, translate: Translate) -> str:
    if report.errors:
        text = gettext_noop("{source}: nothing was imported. Errors: {count}")
    elif report.dry_run:
        text = gettext_noop("{source}: this would be imported; nothing was written.")
    else:
        text = gettext_noop("{source}: imported.")
    return translate(text).format(source=report.source, count=len(report.errors))


def _errors(report: ImportReport, translate: Translate) -> Iterator[str]:
    for fault in report.errors[:SHOWN]:
        facts = {"what": fault.what.text(translate), "remedy": fault.remedy.text(translate)}
        yield "  " + translate(gettext_noop("{place}: {what} {remedy}")).format(place=place(fault, translate), **facts)
    if len(report.errors) > SHOWN:
        yield "  " + translate(gettext_noop("… and {count} more.")).format(count=len(report.errors) - SHOWN)


def place(fault: Fault, translate: Translate = str) -> str:
    """Return file, row and column of a fault, as far as it has them."""
    where, parts = fault.where, [fault.where.file]
    if where.row:
        parts.append(translate(gettext_noop("row {row}")).format(row=where.row))
    if fault.column:
        parts.append(translate(gettext_noop("column {column}")).format(column=fault.column))
    return translate(gettext_noop(", ")).join(parts)


def _taken(report: ImportReport, translate: Translate) -> Iterator[str]:
    found = [f"{translate(name)} {report.taken[kind]}" for kind, name in KINDS.items() if report.taken[kind]]
    if found and not report.errors:
        yield translate(gettext_noop("Taken: {list}")).format(list=translate(gettext_noop(", ")).join(found))


def _written(report: ImportReport, translate: Translate) -> Iterator[str]:
    outcomes = report.written.values()
    if outcomes:
        text = gettext_noop("Written: {created} new, {updated} updated, {unchanged} unchanged, {conflicts} left alone")
        yield translate(text).format(
            created=sum(outcome.created for outcome in outcomes),
            updated=sum(outcome.updated for outcome in outcomes),
            unchanged=sum(outcome.unchanged for outcome in outcomes),
            conflicts=sum(outcome.conflicts for outcome in outcomes),
        )


def _conflicts(report: ImportReport, translate: Translate) -> Iterator[str]:
    if not report.conflicts:
        return
    text = gettext_noop("Here already with other values, left as they are: {count}")
    yield translate(text).format(count=len(report.conflicts))
    for conflict in report.conflicts[:SHOWN]:
        text = gettext_noop("{what}: {column} is {here} here, {there} in the file")
        facts = {"what": conflict.what, "column": conflict.column, "here": conflict.here, "there": conflict.there}
        yield "  " + translate(text).format(**facts)
    if len(report.conflicts) > SHOWN:
        yield "  " + translate(gettext_noop("… and {count} more.")).format(count=len(report.conflicts) - SHOWN)


def _reasons(translate: Translate, title: str, reasons: Sequence[Message]) -> Iterator[str]:
    """Return the title with the total, then each reason with its number; the first case stands for all."""
    if not reasons:
        return
    yield translate(title).format(count=len(reasons))
    first: dict[str, Message] = {}
    for reason in reasons:
        first.setdefault(reason.template, reason)
    for template, count in Counter(reason.template for reason in reasons).most_common():
        more = " …" if count > 1 and first[template].facts else ""
        yield f"  {count:>6}  {first[template].text(translate)}{more}"


def write_details(report: ImportReport, path: Path, translate: Translate = str) -> None:
    """Write every error, conflict, change and skipped row as CSV that a spreadsheet opens safely."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([translate(column) for column in COLUMNS])
        writer.writerows([safe(cell) for cell in row] for row in _rows(report, translate))


def _rows(report: ImportReport, translate: Translate) -> Iterator[Iterable[str]]:
    def row(verdict: str, where: Where, *cells: str) -> list[str]:
        return [translate(verdict), where.file, str(where.row or ""), *cells]

    for fault in report.errors:
        what, remedy = fault.what.text(translate), fault.remedy.text(translate)
        yield row(gettext_noop("error"), fault.where, fault.column, fault.value, "", what, remedy)
    for clash in report.conflicts:
        cells = (clash.column, clash.there, clash.here, clash.what, "")
        yield row(gettext_noop("left alone"), clash.where, *cells)
    for change in report.changed:
        cells = (change.column, change.before, change.after, change.why.text(translate), "")
        yield row(gettext_noop("changed"), change.where, *cells)
    for skip in report.skipped:
        yield row(gettext_noop("not taken"), skip.where, "", skip.what, "", skip.why.text(translate), "")


def safe(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula; numbers stay numbers.

    >>> safe("=1+1"), safe("-5"), safe("-A1")
    ("'=1+1", '-5', "'-A1")
    """
    if text.startswith(DANGEROUS) and parse_decimal(text) is None:
        return "'" + text
    return text

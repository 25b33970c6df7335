"""The report for people: a screenful, and a CSV that a spreadsheet opens safely."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from qitao.exchange.dataset import Where
from qitao.exchange.rendering import COLUMNS, safe, summary, write_details
from qitao.exchange.report import ImportRefused, ImportReport, say

WHERE = Where("items.csv", 7)


def report() -> ImportReport:
    found = ImportReport(source="InvenTree")
    found.change(WHERE, "code", before="=A1", after="-5", why=say("Changed {n}.", n=1))
    found.change(WHERE, "code", before="a", after="b", why=say("Changed {n}.", n=2))
    found.skip(WHERE, say("Lost."), what="@x")
    found.conflict(WHERE, "BOLT WH1", column="quantity", here=4, there=5)
    return found


def test_reasons_are_counted_and_the_first_case_stands_for_all() -> None:
    text = summary(report(), details=Path("x.csv"))
    assert "InvenTree: imported." in text
    assert "2  Changed 1. …" in text
    assert "1  Lost." in text
    assert "BOLT WH1: quantity is 4 here, 5 in the file" in text
    assert "x.csv" in text


def test_errors_come_first_and_say_that_nothing_was_imported() -> None:
    found = report()
    for row in range(2, 40):
        found.error(Where("bom.csv", row), say("Bad."), remedy=say("Mend it."), column="quantity")
    text = summary(found)
    assert text.startswith("InvenTree: nothing was imported. Errors: 38")
    assert "bom.csv, row 2, column quantity: Bad. Mend it." in text
    assert "… and 18 more." in text
    with pytest.raises(ImportRefused) as refused:
        found.refuse()
    assert str(refused.value).startswith("Nothing was imported: 38 errors in the input, the first in bom.csv, row 2.")


def test_the_text_is_translated_before_it_is_filled() -> None:
    text = summary(report(), lambda message: message.replace("Changed", "改为").replace("Lost", "丢失"))
    assert "改为 1." in text
    assert "丢失." in text


def test_the_details_hold_every_row_and_no_formula(tmp_path: Path) -> None:
    write_details(report(), tmp_path / "sub" / "details.csv")
    data = (tmp_path / "sub" / "details.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 5
    assert ["changed", "items.csv", "7", "code", "'=A1", "-5", "Changed 1.", ""] in rows
    assert not any(cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("=1+1", "'=1+1"), ("-5", "-5"), ("+1,000.5", "+1,000.5"), ("-A", "'-A"), ("A=1", "A=1"), ("", "")],
)
def test_only_what_could_be_a_formula_is_quoted(text: str, shown: str) -> None:
    assert safe(text) == shown

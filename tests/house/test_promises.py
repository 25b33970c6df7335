"""The page of promises names tests and planted bugs that exist, and a row for each bug of the neighbours."""

from __future__ import annotations

import re
from pathlib import Path

from tests.mutants.planted import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "trust.md").read_text("utf-8")


def rows(letter: str) -> dict[str, str]:
    """Return the rows of a table by their number."""
    return dict(re.findall(rf"^\| ({letter}\d+) \|(.*)$", PAGE, re.MULTILINE))


def test_every_test_it_names_exists() -> None:
    for name in re.findall(r"(tests/[\w/]+\.py(?:::\w+)?)", PAGE):
        path, _, test = name.partition("::")
        text = (ROOT / path).read_text("utf-8")
        assert f"def {test}(" in text if test else text, name


def test_every_promise_and_every_bug_has_its_row() -> None:
    assert list(rows("P")) == [f"P{number}" for number in range(1, 14)]
    assert list(rows("N")) == [f"N{number}" for number in range(1, 13)]


def test_a_planted_bug_stands_in_the_rows_it_belongs_to() -> None:
    names = {mutant.name for mutant in MUTANTS}
    for number, row in rows("N").items():
        for name in re.findall(r"`([a-z0-9-]+)`", row):
            assert name in names, f"{number}: no planted bug is called {name}"
        own = {mutant.name for mutant in MUTANTS if number in mutant.rows.split()}
        assert own & set(re.findall(r"`([a-z0-9-]+)`", row)) or number == "N11", number

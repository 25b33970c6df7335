"""The tests behind the promises bite: a bug that is planted in a copy of the source is noticed.

All planted bugs must fit the source as it is; a few of them are run here. `make mutants` runs them all.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.bench import ROOT, Bench, Mutant
from tests.mutants.planted import MUTANTS

# The quickest that each show another thing: a lock, a number, a permission, a promise, the proof itself.
SHORT = (
    "no-number-of-the-command",
    "no-question-of-permission",
    "a-locked-balance-is-skipped",
    "an-undone-pick-without-its-move",
    "the-proof-looks-away",
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_still_fits_the_source(mutant: Mutant) -> None:
    assert mutant.files()
    for test in mutant.tests:
        path, _, name = test.partition("::")
        assert f"def {name.split('[')[0]}(" in (ROOT / path).read_text("utf-8"), f"{test} is gone"


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 20


def test_a_few_are_found(db: None, tmp_path: Path) -> None:
    chosen = [mutant for mutant in MUTANTS if mutant.name in SHORT]
    assert len(chosen) == len(SHORT)
    bench = Bench(tmp_path, os.environ["DATABASE_URL"])
    try:
        bench.prove_sound(chosen)
        verdicts = [bench.judge(mutant) for mutant in chosen]
    finally:
        bench.clear()
    assert all(verdict.is_killed for verdict in verdicts), "\n".join(map(str, verdicts))


def test_a_name_that_is_none_is_refused() -> None:
    asked = [sys.executable, "-m", "tests.mutants", "no-such-bug"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "no planted bug has that name: no-such-bug\n")

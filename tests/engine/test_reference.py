"""The reference of the plant folder says what the code reads and writes."""

from __future__ import annotations

import re
from pathlib import Path

from qitao.engine.folder import ANSWERS
from qitao.engine.folder_format import COLUMNS

REFERENCE = Path(__file__).parents[2] / "docs/reference/plant-folder.md"


def tables() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return (required, optional) columns of each row "| file.csv | columns |", answers after inputs."""
    found = {}
    for name, cells in re.findall(r"^\| (\w+\.csv) \| (.+) \|$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE):
        must, _, may = cells.partition("[")
        columns = tuple(tuple(re.findall(r"\w+", part)) for part in (must, may))
        found[name if name not in found else f"answer {name}"] = columns
    return found


def test_the_input_columns_are_those_the_reader_knows() -> None:
    stated = {name: columns for name, columns in tables().items() if name in COLUMNS}
    assert stated == dict(COLUMNS)


def test_the_answers_columns_are_those_written() -> None:
    stated = tables()
    for name, (columns, _) in ANSWERS.items():
        assert stated.get(f"answer {name}", stated.get(name)) == (columns, ())

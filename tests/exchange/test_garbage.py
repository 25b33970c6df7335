"""Any cell of a real export may hold anything: the reader tells, it never falls over."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

import pytest

from qitao.exchange.checks import check
from qitao.exchange.readers import detect
from qitao.exchange.report import ImportReport
from tests.exchange.folders import GOOD, folder, real

GARBAGE = ["", "x", "-1", "0", "1e99", "9" * 40, "2026-02-30", "=1+1", "NaN", "𠮷㙓" * 80, "１２", "a\nb", "None"]
GARBAGE += ["-0.0000001", "0.0000001", "1" * 18, "a\u202eb", "a\u200bb", "\x00", '"', "，"]


def spoil(path: Path, chance: random.Random) -> None:
    """Put garbage into one cell of one row, or break the row's length."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    row = chance.choice(rows)
    place = chance.randrange(len(row))
    row[place : place + 1] = chance.choice(([chance.choice(GARBAGE)], [], [chance.choice(GARBAGE)] * 2))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def read(at: Path) -> ImportReport:
    reader = detect(at)
    dataset, report = reader.read(at)
    check(dataset, report, reader.columns)
    return report


@pytest.mark.parametrize(("name", "times"), [("ktg_mes_cn", 200), ("inventree/csv", 25)])
def test_no_cell_of_a_real_export_makes_the_reader_fall_over(tmp_path: Path, name: str, times: int) -> None:
    chance = random.Random(f"{name} 1")
    source = real(name)
    files = sorted(path.name for path in source.glob("*.csv"))
    shutil.copytree(source, tmp_path / "in", ignore=shutil.ignore_patterns("zh"))
    for _ in range(times):
        file = chance.choice(files)
        spoil(tmp_path / "in" / file, chance)
        for fault in read(tmp_path / "in").errors:
            assert fault.where.file
            assert str(fault.what)
            assert str(fault.remedy)
        shutil.copy(source / file, tmp_path / "in" / file)
        (tmp_path / "in" / file).chmod(0o644)


def test_no_cell_of_a_plant_folder_makes_the_reader_fall_over(tmp_path: Path) -> None:
    chance = random.Random(2)
    for _ in range(300):
        folder(tmp_path)
        for file in chance.sample(sorted(GOOD), 3):
            spoil(tmp_path / file, chance)
        read(tmp_path)

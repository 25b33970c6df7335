"""Plants written as aligned text tables, one for each file of a plant folder; "-" is a blank."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from pathlib import Path

from qitao.engine.kits import Kits
from qitao.engine.plant import Plant
from qitao.kernel.quantity import from_micro, plain

MONDAY = dt.date(2026, 1, 5)


def write_folder(folder: Path, text: str) -> Path:
    """Write each table of the text (a line naming the file, a header, rows; blank line between) as a CSV file."""
    for block in text.strip().split("\n\n"):
        name, *lines = (line.split() for line in block.strip().splitlines())
        with (folder / f"{name[0]}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["" if cell == "-" else cell for cell in line] for line in lines])
    return folder


def plant_of(text: str, *, as_of: dt.date = MONDAY) -> Plant:
    """Return the plant that the text tables describe, through a real plant folder."""
    with tempfile.TemporaryDirectory() as folder:
        return Plant.from_folder(write_folder(Path(folder), text), as_of=as_of)


def day(plant: Plant, number: int) -> str:
    """Return a day as the tables write it: month-day, or never."""
    on = plant.date_of(number)
    return on.strftime("%m-%d") if on else "never"


def kit_table(kits: Kits) -> str:
    """Return order, state, kit day, finish, bottleneck and what it lacks on the need day, in the order of service."""
    plant, rows = kits.plant, []
    for order in plant.service_sequence.tolist():
        line = int(kits.bottleneck[order])
        rows.append(
            (
                plant.orders.code[order],
                kits.state(order).word,
                day(plant, int(kits.kit_day[order])),
                day(plant, int(kits.finish_day[order])),
                plant.items.code[plant.lines.item[line]] if line >= 0 else "-",
                plain(from_micro(kits.short_quantity(order))),
            )
        )
    return aligned(rows)


def peg_table(kits: Kits) -> str:
    """Return order, item, supply, quantity and day of every peg, line by line."""
    plant, rows = kits.plant, []
    for line in range(kits.line_day.size):
        for peg in kits.pegs_of(line):
            supply = int(kits.peg_supply[peg])
            rows.append(
                (
                    plant.orders.code[plant.lines.order[line]],
                    plant.items.code[plant.lines.item[line]],
                    plant.supplies.code[supply] or plant.items.code[plant.supplies.item[supply]],
                    plain(from_micro(int(kits.peg_quantity[peg]))),
                    day(plant, int(kits.peg_day[peg])),
                )
            )
    return aligned(rows)


def aligned(rows: list[tuple[str, ...]]) -> str:
    """Return rows of words in columns, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows)


def same(found: str, expected: str) -> None:
    """Assert that two tables hold the same words, whatever their spacing."""
    words = [line.split() for line in expected.strip().splitlines()]
    assert [line.split() for line in found.splitlines()] == words, f"\n{found}\n\nwas expected to be\n{expected}"

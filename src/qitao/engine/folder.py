"""Plans a plant folder into a folder of answers: `qitao plan FOLDER --out OUT`. No database, no web.

Answers of this version: kits.csv, demands.csv, problems.csv, summary.json. Each new answer is one more function in
`ANSWERS`. The answer folder's files are written aside and put in place only when all are complete.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from qitao import __version__
from qitao.engine.clear_to_build import clear_to_build, contenders
from qitao.engine.impact import Cause, Step, why
from qitao.engine.kits import Kits, KitState
from qitao.engine.plant import NEVER, Int32, Int64, OrderKind, Plant, PlantRefused
from qitao.engine.plant_folder import PlantFolder, read_plant
from qitao.kernel.quantity import MICRO, from_micro, plain
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop

MODES = ("material",)
RANKS = ("priority", "due", "start")
Rows = Iterator[Sequence[object]]


class ModeNotOffered(Refusal):
    """A mode of planning that this version does not compute."""

    reason = gettext_noop("Mode “{mode}” is not offered yet.")
    remedy = gettext_noop("Use --mode material: existing supply and its dates rule.")
    status = 422


class NoFolder(Refusal):
    """There is nothing to plan."""

    reason = gettext_noop("There is no folder “{folder}”.")
    remedy = gettext_noop("Check the path; give the folder that holds the CSV files, not one of the files.")
    status = 404


class RankUnknown(Refusal):
    """An order of service that cannot be made from the columns there are."""

    reason = gettext_noop("“{key}” is nothing to rank by.")
    remedy = gettext_noop("Use a list of: {known}. The code decides what is still equal.")
    status = 422


@dataclass
class Clock:
    """Wall and CPU seconds of each part of the work."""

    wall: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        """Time one part."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall[part] = round(time.perf_counter() - wall, 3)
        self.cpu[part] = round(time.process_time() - cpu, 3)


def plan_folder(
    folder: Path, out: Path, *, as_of: dt.date | None = None, mode: str = "material", rank: str | None = None
) -> dict[str, Any]:
    """Plan a plant folder as of a day (today), write the answers to `out`, and return the summary.

    `rank` is the order of service as a list of RANKS, first the weightiest ("priority,due" where None); the code
    decides what is still equal. Raises PlantRefused with every fault of the input; nothing is written then.
    """
    if mode not in MODES:
        raise ModeNotOffered(mode=mode)
    if not folder.is_dir():
        raise NoFolder(folder=folder)
    keys = _rank_keys(rank)
    clock = Clock()
    with clock.of("load"):
        read = read_plant(folder, as_of=as_of)
        plant = read.plant if rank is None else ranked(read.plant, keys)
    with clock.of("engine"):
        kits = clear_to_build(plant)
    with clock.of("write"), _complete(out) as aside:
        counts = {name: _write(aside / name, columns, rows(read, kits)) for name, (columns, rows) in ANSWERS.items()}
        states = {state.word: int((_work_order_states(kits) == state).sum()) for state in KitState}
        summary: dict[str, Any] = {
            "version": __version__,
            "as_of": plant.as_of.isoformat(),
            "mode": mode,
            "rank": ",".join(keys),
            "rows": dict(read.rows),
            "counts": counts,
            "kits": states,
        }
    summary |= {"wall_seconds": clock.wall, "cpu_seconds": clock.cpu, "peak_memory_mb": _peak_memory_mb()}
    _replace_text(out / "summary.json", json.dumps(summary, indent=1) + "\n")
    return summary


def main(folder: Path, out: Path, *, as_of: str | None = None, mode: str = "material", rank: str | None = None) -> int:
    """Plan a folder and tell about it on the terminal. Returns 0; 1 where the input is refused."""
    try:
        day = None if as_of is None else dt.date.fromisoformat(as_of)
    except ValueError:
        sys.stderr.write(f"--as-of {as_of}: write the date as YYYY-MM-DD\n")
        return 2
    try:
        summary = plan_folder(folder, out, as_of=day, mode=mode, rank=rank)
    except PlantRefused as refused:
        for fault in refused.faults:
            sys.stderr.write(fault.text() + "\n")
        count = len(refused.faults)
        sys.stderr.write(f"{count} fault{'s' if count != 1 else ''}; nothing was planned.\n")
        return 1
    sys.stdout.write(told(summary, out))
    return 0


def told(summary: Mapping[str, Any], out: Path) -> str:
    """Return the summary as a person reads it on a terminal."""
    kits, counts = summary["kits"], summary["counts"]
    orders = sum(kits.values())
    lines = [f"Plan as of {summary['as_of']}, served by {summary['rank'].replace(',', ', ')}, then code", ""]
    if orders:
        lines.append(f"{orders:>8,} work orders")
        lines += [f"{kits[state.word]:>8,}   {words}" for state, words in _STATE_WORDS.items()]
    lines.append(f"{counts['demands.csv']:>8,} customer demands")
    lines.append(f"{counts['problems.csv']:>8,} problems in the input (problems.csv)")
    wall = summary["wall_seconds"]
    parts = ", ".join(f"{part} {wall[part]:.2f} s" for part in ("load", "engine", "write"))
    lines += ["", f"{parts}; {summary['peak_memory_mb']:,} MB at most", f"Answers in {out}", ""]
    return "\n".join(lines)


_STATE_WORDS = {
    KitState.NOW: "complete now",
    KitState.ON_DATE: "complete by their start",
    KitState.LATE: "complete, but late",
    KitState.NEVER: "not complete from anything known",
}


def ranked(plant: Plant, keys: Sequence[str]) -> Plant:
    """Return the plant served by these columns, the first the weightiest; code decides what is still equal."""
    orders = plant.orders
    columns: dict[str, Int32 | Int64] = {"priority": orders.rank, "due": orders.due_day, "start": orders.need_day}
    chosen = [columns[key].tolist() for key in keys]
    sequence = sorted(range(len(orders.code)), key=lambda row: (*(c[row] for c in chosen), orders.code[row]))
    rank = np.empty(len(sequence), np.int64)
    rank[sequence] = np.arange(len(sequence))
    return replace(plant, orders=replace(orders, rank=rank))


def _rank_keys(rank: str | None) -> tuple[str, ...]:
    keys = ("priority", "due") if rank is None else tuple(part.strip() for part in rank.split(","))
    for key in keys:
        if key not in RANKS:
            raise RankUnknown(key=key, known=", ".join(RANKS))
    return keys


def _kits(read: PlantFolder, kits: Kits) -> Rows:
    plant, dates = kits.plant, _Dates(kits.plant)
    for order in _in_sequence(plant, OrderKind.WORK_ORDER):
        line, state = int(kits.bottleneck[order]), kits.state(order)
        waits = state in (KitState.LATE, KitState.NEVER)
        yield (
            plant.orders.code[order],
            plant.items.code[plant.orders.product[order]],
            _units(int(plant.orders.quantity[order])),
            dates[int(plant.orders.need_day[order])],
            state.word,
            dates[int(kits.kit_day[order])],
            plant.items.code[plant.lines.item[line]] if line >= 0 else "",
            _units(kits.short_quantity(order) if waits else 0),
            ";".join(plant.orders.code[one.order] for one in contenders(kits, order)) if waits else "",
        )


def _demands(read: PlantFolder, kits: Kits) -> Rows:
    plant, dates = kits.plant, _Dates(kits.plant)
    first, rows = plant.order_lines
    for order in _in_sequence(plant, OrderKind.DEMAND):
        line = int(rows[first[order]])
        wanted, due = int(plant.orders.quantity[order]), int(plant.orders.due_day[order])
        planned, short = int(kits.line_day[line]), 0
        if planned >= NEVER:
            days = [day for peg in kits.pegs_of(line) if (day := int(kits.peg_day[peg])) < NEVER]
            planned = max(days, default=NEVER)
            short = kits.missing_on(line, planned) if days else wanted
        yield (
            plant.orders.code[order],
            plant.items.code[plant.orders.product[order]],
            _units(wanted),
            dates[due],
            dates[planned],
            _units(wanted - short),
            _units(short),
            max(0, planned - due) if planned < NEVER else "",
            reason(kits, order),
        )


def _problems(read: PlantFolder, kits: Kits) -> Rows:
    for problem in read.problems:
        what, remedy = problem.what.format(**problem.values), problem.remedy.format(**problem.values)
        yield problem.file, problem.row or "", problem.column, what, remedy


def reason(kits: Kits, order: int) -> str:
    """Return in a few words why an order is late or short; "" where it is neither."""
    if kits.order_state[order] in (KitState.NOW, KitState.ON_DATE):
        return ""
    return "; ".join(_because(kits, step) for step in why(kits, order, holders=0))


def _because(kits: Kits, step: Step) -> str:
    plant = kits.plant
    item, supply = plant.items.code[step.item], plant.supplies.code[step.supply] if step.supply >= 0 else ""
    date = plant.date_of(step.day)
    on = date.isoformat() if date else "never"
    return {
        Cause.NOT_COVERED: f"{_units(step.quantity)} of {item} not covered",
        Cause.NO_DATE: f"{item} on {supply} has no date",
        Cause.NO_LANE: f"{item} has no lane here",
        Cause.SUPPLY: f"{item} from {supply} on {on}",
        Cause.ORDER: f"waits for {supply} ({item}, {on})",
        Cause.CIRCLE: f"waits in a circle for {supply} ({item})",
    }[step.cause]


ANSWERS: Mapping[str, tuple[tuple[str, ...], Callable[[PlantFolder, Kits], Rows]]] = {
    "kits.csv": (
        (
            *("order", "item", "quantity", "start_date", "state", "kit_date"),
            *("bottleneck_component", "short_quantity", "contended_by"),
        ),
        _kits,
    ),
    "demands.csv": (
        (
            *("demand", "item", "quantity", "due_date", "planned_date", "planned_quantity"),
            *("short_quantity", "days_late", "reason"),
        ),
        _demands,
    ),
    "problems.csv": (("file", "row", "column", "problem", "remedy"), _problems),
}
"""Columns and rows of each answer; its rows are made lazily while they are written."""


def _work_order_states(kits: Kits) -> Any:
    return kits.order_state[kits.plant.orders.kind == OrderKind.WORK_ORDER]


def _in_sequence(plant: Plant, kind: OrderKind) -> list[int]:
    """Return the orders of one kind, in the order of service."""
    sequence = plant.service_sequence
    chosen: list[int] = sequence[plant.orders.kind[sequence] == kind].tolist()
    return chosen


def _units(micro: int) -> str:
    whole, rest = divmod(micro, MICRO)
    return plain(from_micro(micro)) if rest else str(whole)


class _Dates(dict[int, str]):
    """The writing of each day number, made once; "" for NEVER."""

    def __init__(self, plant: Plant) -> None:
        super().__init__()
        self.plant = plant

    def __missing__(self, day: int) -> str:
        on = self.plant.date_of(day)
        self[day] = on.isoformat() if on else ""
        return self[day]


def _write(path: Path, columns: Sequence[str], rows: Rows) -> int:
    """Write one answer; return its number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for count, row in enumerate(rows, start=1):  # noqa: B007 – the last number is the count
            writer.writerow(row)
    return count


@contextmanager
def _complete(out: Path) -> Iterator[Path]:
    """Give a folder aside; put its files into `out` when all are written, none where anything failed."""
    out.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=out))
    try:
        yield aside
        for path in sorted(aside.iterdir()):
            os.replace(path, out / path.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _replace_text(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.writing")
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, path)


def _peak_memory_mb() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak // (1024 * 1024 if sys.platform == "darwin" else 1024))

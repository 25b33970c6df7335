"""Clear-to-build of 2,000,000 requirement lines over 200,000 items, six warehouses, substitutes and pegs.

Goal: at most 0.7 CPU seconds and 350 ns a line; one stock event on one item p99 at most 100 µs in the kernel.
Prints the ratio to a copy of the same bytes (no program can be faster) and, where the prototype's folder lies beside
the repository (or QITAO_PROTOTYPES names it), to the prototype's sweep, measured in the same run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import fields
from pathlib import Path

import numpy as np

from benchmarks.big_plant import big_plant
from benchmarks.measure import copy_bytes_per_second, cpu_seconds, goal, percentiles, say
from qitao.engine.clear_to_build import Prepared, warm
from qitao.engine.kits import Hold, Kits
from qitao.engine.plant import Plant
from qitao.engine.sweep import try_lines, try_order

PROTOTYPES = Path(os.environ.get("QITAO_PROTOTYPES", Path(__file__).parents[2] / "shared/tools/limits"))
LINES = 2_000_000


def run() -> bool:
    """Measure and print; return whether every goal is met."""
    start = time.process_time()
    warm()
    say("load or compile kernels", f"{time.process_time() - start:.2f} CPU s")
    plant = big_plant()
    start = time.process_time()
    prepared = Prepared.of(plant)
    say("pack the plant", f"{time.process_time() - start:.2f} CPU s")
    kits = prepared.run()
    moved = _bytes_in(plant) + _bytes_out(kits)
    bound = moved / copy_bytes_per_second()
    say("bytes in and out, copied", f"{moved / 1e6:.0f} MB in {bound * 1e3:.1f} ms")
    met, sweep = True, 0.0
    for name, hold, horizon in (
        ("partial kits kept", Hold.PARTIAL, 0),
        ("whole kits only", Hold.WHOLE_KIT, 0),
        ("whole kits only, within 14 days", Hold.WHOLE_KIT, 14),
    ):
        took = cpu_seconds(lambda hold=hold, horizon=horizon: prepared.run(hold=hold, horizon_days=horizon))  # type: ignore[misc]
        sweep = sweep or took.median
        met &= goal(f"clear-to-build, {name}", took.median, at_most=0.7, unit="CPU s")
        met &= goal("  a line", took.median / LINES * 1e9, at_most=350, unit="ns")
        say("  against the copy", f"{took.median / bound:.0f} ×, best run {took.best:.3f} s")
    say(
        "pegs; now, on date, late, never",
        f"{kits.peg_line.size:,}; {np.bincount(kits.order_state, minlength=4).tolist()}",
    )
    _against_prototype(sweep)
    return _single_questions(prepared) and met


def _bytes_in(plant: Plant) -> int:
    tables = (plant.lines, plant.supplies, plant.orders, plant.substitutes)
    columns = (getattr(table, field.name) for table in tables for field in fields(table))
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))


def _bytes_out(kits: Kits) -> int:
    columns = (getattr(kits, field.name) for field in fields(kits))
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))


def _against_prototype(sweep: float) -> None:
    """Run the prototype's sweep (int32 quantities, no forward pass, no states) in a process of its own."""
    if not (PROTOTYPES / "final.py").exists():
        say("prototype", "not here; set QITAO_PROTOTYPES to its folder")
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = os.environ | {"PYTHONPATH": str(PROTOTYPES), "NUMBA_CACHE_DIR": folder}
        command = [sys.executable, "-B", str(PROTOTYPES / "final.py")]
        done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=True)
    figures = [json.loads(line.split(" ", 1)[1]) for line in done.stdout.splitlines() if line.startswith("F1b ")]
    prototype = next(figure["med_ms"] for figure in figures if figure["pol"] == 0) / 1e3
    say("prototype of the sweep", f"{prototype:.3f} CPU s; this is {sweep / prototype:.1f} × that")


def _single_questions(prepared: Prepared) -> bool:
    """One stock event on one item; one order alone: in the kernel, and as Python callers see them."""
    plant, chance = prepared.plant, np.random.default_rng(0)
    items = chance.integers(0, len(plant.items.code), 2_000).tolist()
    orders = chance.integers(0, len(plant.orders.code), 2_000).tolist()
    prepared.recheck_item(items[0])
    first, lines, line_orders = prepared._cluster_lines
    desk = prepared._scratch

    def kernel(item: int) -> float:
        part = slice(first[prepared.cluster[item]], first[prepared.cluster[item] + 1])
        some, of = desk._replace(asks=desk.asks._replace(line_rows=lines[part])), line_orders[part]
        return min(_micros(lambda: try_lines(some, of)) for _ in range(3))  # the least: other work preempts

    events = [kernel(item) for item in items]
    say("one event on one item, kernel", percentiles(events))
    say("one event on one item, called", percentiles([_micros(lambda i=i: prepared.recheck_item(i)) for i in items]))  # type: ignore[misc]
    say("one order alone, kernel", percentiles([_micros(lambda o=o: try_order(desk, o)) for o in orders]))  # type: ignore[misc]
    say("one order alone, called", percentiles([_micros(lambda o=o: prepared.check_order(o)) for o in orders]))  # type: ignore[misc]
    return goal("one event on one item, kernel, p99", sorted(events)[int(len(events) * 0.99)], at_most=100, unit="µs")


def _micros(work: object) -> float:
    start = time.perf_counter_ns()
    work()  # type: ignore[operator]
    return (time.perf_counter_ns() - start) / 1e3


if __name__ == "__main__":
    sys.exit(0 if run() else 1)

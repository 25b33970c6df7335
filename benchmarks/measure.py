"""CPU seconds, the machine's own copy speed, and goals: how every benchmark measures and says what it found."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Timing:
    """CPU seconds of several runs."""

    median: float
    best: float


def cpu_seconds(work: Callable[[], object], *, runs: int = 5) -> Timing:
    """Return the CPU seconds of a piece of work: one run to warm up, then the median and best of `runs`."""
    work()
    taken = []
    for _ in range(runs):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return Timing(statistics.median(taken), min(taken))


def copy_bytes_per_second() -> float:
    """Return this machine's copy speed (STREAM copy, one thread): bytes read plus bytes written, per CPU second."""
    source = np.ones(16 * 1024 * 1024)
    target = np.empty_like(source)
    best = cpu_seconds(lambda: np.copyto(target, source), runs=7).best
    return float(2 * source.nbytes / best)


def percentiles(micros: list[float]) -> str:
    """Return p50, p99 and maximum of microseconds."""
    ordered = sorted(micros)
    at = (ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1])
    return "p50 {:.1f} µs, p99 {:.1f} µs, max {:.0f} µs".format(*at)


def say(name: str, figure: str) -> None:
    """Print one figure, with the load of the machine: other work inflates every figure."""
    print(f"{name:<44} {figure}   (load {os.getloadavg()[0]:.1f})", flush=True)


def goal(name: str, value: float, *, at_most: float, unit: str) -> bool:
    """Print a figure beside its goal; return whether it is met."""
    met = value <= at_most
    say(name, f"{value:.3g} {unit}, goal ≤ {at_most:.3g} {unit}: {'met' if met else 'MISSED'}")
    return met

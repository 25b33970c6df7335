"""Keep the parts of Qitao running side by side: start them, restart one that crashes, stop all in order."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from qitao.project.children import stop_with_parent

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
HEALTHY_AFTER = 60.0
STOP_SECONDS = 5.0
LOOK_EVERY = 0.2
MAX_LOG_BYTES = 10_000_000


class Part(Protocol):
    """Anything that the supervisor keeps alive."""

    name: str

    def start(self) -> None:
        """Start it, and return when others may rely on it."""

    def alive(self) -> bool:
        """Tell whether it runs."""

    def stop(self, *, deadline: float) -> None:
        """Stop it before that time of the monotonic clock."""


@dataclass
class Program:
    """A child process in a process group of its own, with a log file."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the process; what a crashed one left behind goes first."""
        self._kill_group()
        open_log(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=stop_with_parent(signal.SIGTERM),  # noqa: PLW1509 - started from the main thread only
            )

    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the polite signal."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self, *, deadline: float) -> None:
        """Ask, wait until the deadline, then kill the whole group."""
        self.ask_to_stop()
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, deadline - time.monotonic()))
        self._kill_group()

    def _kill_group(self) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class _Watched:
    part: Part
    started_at: float = 0.0
    failures: int = 0
    not_before: float | None = None


class Supervisor:
    """Runs parts until told to stop; a part that dies is started again, ever later while it keeps dying."""

    def __init__(self, *, tell: Callable[[str], None]) -> None:
        self._watched: list[_Watched] = []
        self._tell = tell
        self.stopping = threading.Event()

    def catch_signals(self) -> None:
        """Let Ctrl-C, `kill` and a closed terminal stop everything in order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def add(self, part: Part) -> None:
        """Start a part, and keep it alive from now on."""
        self._watched.append(_Watched(part, started_at=time.monotonic()))
        part.start()

    def first_dead(self) -> str | None:
        """Name a part that does not run, if there is one."""
        return next((watched.part.name for watched in self._watched if not watched.part.alive()), None)

    def watch(self) -> None:
        """Keep the parts alive until asked to stop."""
        while not self.stopping.wait(LOOK_EVERY):
            for watched in self._watched:
                self._look_after(watched, time.monotonic())

    def stop(self) -> None:
        """Stop the parts, last started first; programs are asked all at once so that they stop side by side."""
        deadline = time.monotonic() + STOP_SECONDS
        for watched in self._watched:
            if isinstance(watched.part, Program):
                watched.part.ask_to_stop()
        for watched in reversed(self._watched):
            watched.part.stop(deadline=deadline)

    def _look_after(self, watched: _Watched, now: float) -> None:
        if watched.part.alive():
            if now - watched.started_at > HEALTHY_AFTER:
                watched.failures = 0
        elif watched.not_before is None:
            delay = min(FIRST_DELAY * 2**watched.failures, LONGEST_DELAY)
            watched.failures += 1
            watched.not_before = now + delay
            self._tell(f"{watched.part.name} stopped; starting it again in {delay:g} s")
        elif now >= watched.not_before:
            self._restart(watched)

    def _restart(self, watched: _Watched) -> None:
        watched.not_before = None
        watched.started_at = time.monotonic()
        try:
            watched.part.start()
        except Exception as failure:  # whatever it is, the next look tries again, later
            self._tell(f"{watched.part.name} does not start: {failure}")


def open_log(path: Path) -> None:
    """Make room for a log; the previous one is kept once it has grown."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(path.with_name(path.name + ".1"))


def last_lines(path: Path, *, count: int = 15) -> list[str]:
    """Return the end of a log."""
    try:
        return path.read_text("utf-8", "replace")[-20_000:].splitlines()[-count:]
    except OSError:
        return []

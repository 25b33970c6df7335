"""`qitao demo` as a person lives with it: started, disturbed, started twice, stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from qitao.project import web_server
from tests.fixtures.database import new_folder
from tests.fixtures.web import free_port

START_SECONDS = 240.0
STOP_SECONDS = 10.0


class Demo:
    """A running `qitao demo` in a process group of its own, like one in a terminal."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.output = home / f"demo-{port}.txt"
        private = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "QITAO_SECRET_KEY", "QITAO_LOG_LEVEL"}
        variables = {name: value for name, value in os.environ.items() if name not in private}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "qitao", "demo"],
                env={**variables, "PORT": str(port), "QITAO_HOME": str(home)},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def says(self) -> str:
        return self.output.read_text()

    def state(self) -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return str(json.load(answer)["status"])
        except urllib.error.HTTPError as refused:
            with refused:
                return f"HTTP {refused.code}"
        except OSError:
            return "no answer"

    def await_ready(self, seconds: float = START_SECONDS) -> None:
        ready = eventually(lambda: self.state() == "ok" or self.process.poll() is not None, seconds=seconds)
        assert ready, f"{self.state()}\n{self.says()}"
        assert self.process.poll() is None, self.says()

    def child(self, word: str) -> psutil.Process | None:
        """Find the part that we started with that word on its command line."""
        for child in psutil.Process(self.process.pid).children():
            try:
                if child.status() != psutil.STATUS_ZOMBIE and (word in child.cmdline()[1:] or child.name() == word):
                    return child
            except psutil.NoSuchProcess:
                continue
        return None

    def everyone(self) -> list[psutil.Process]:
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        """Do what a terminal does on Ctrl-C: signal the whole foreground group."""
        os.killpg(self.process.pid, number)


def eventually(condition: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = new_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def demo(home: Path) -> Iterator[Demo]:
    running = Demo(home, free_port())
    running.await_ready()
    yield running
    if running.process.poll() is None:
        running.interrupt(signal.SIGTERM)
        running.process.wait(15)


def test_it_says_where_it_is(demo: Demo) -> None:
    assert eventually(lambda: "Ctrl-C stops everything" in demo.says(), seconds=10)
    assert f"http://127.0.0.1:{demo.port}/" in demo.says()


@pytest.mark.parametrize("part", ["serve", "worker", "postgres"])
def test_a_part_that_is_killed_comes_back(demo: Demo, part: str) -> None:
    killed = demo.child(part)
    assert killed is not None
    killed.kill()
    assert eventually(lambda: demo.child(part) not in (None, killed), seconds=10), demo.says()
    demo.await_ready(60)
    assert "starting it again" in demo.says()


def test_a_taken_port_is_said_plainly(demo: Demo) -> None:
    second = Demo(demo.home, demo.port)
    assert second.process.wait(30) == 2
    assert f"port {demo.port} on 127.0.0.1 is taken by another program" in second.says()
    assert "Traceback" not in second.says()


def test_a_port_that_is_held_but_not_bound_yet_is_taken() -> None:
    """The web server shares its port: without the hold, two that start within a second would both answer."""
    port = free_port()
    with web_server.hold_port("127.0.0.1", port, to="serve"):
        second, first = pytest.raises(web_server.PortTaken), web_server.hold_port("127.0.0.1", port, to="serve")
        with second, first:
            pass
    with web_server.hold_port("127.0.0.1", port, to="serve"):
        pass


def test_another_one_on_the_same_data_shares_the_database(demo: Demo) -> None:
    second = Demo(demo.home, free_port())
    second.await_ready()
    assert not [child for child in second.everyone() if child.name() == "postgres"]
    second.interrupt()
    assert second.process.wait(STOP_SECONDS) == 0
    assert demo.state() == "ok", "the first one's database must live on"


def test_ctrl_c_stops_everything_in_time(demo: Demo) -> None:
    everyone = demo.everyone()
    streaming = urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/healthz")  # a connection that stays open
    started = time.monotonic()
    demo.interrupt()
    assert demo.process.wait(STOP_SECONDS) == 0
    assert time.monotonic() - started < STOP_SECONDS
    streaming.close()
    _, alive = psutil.wait_procs(everyone, timeout=2)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_killed_hard_nothing_stays_behind_and_it_starts_again(home: Path) -> None:
    demo = Demo(home, free_port())
    demo.await_ready()
    everyone = demo.everyone()
    demo.process.kill()
    demo.process.wait()
    _, alive = psutil.wait_procs(everyone, timeout=15)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]

    again = Demo(home, demo.port)
    again.await_ready()
    again.interrupt(signal.SIGTERM)
    assert again.process.wait(STOP_SECONDS) == 0

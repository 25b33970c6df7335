"""`qitao demo`: everything on this machine, in one terminal, until Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from qitao.demo.people import PEOPLE, Person
from qitao.project import connect, env, prepare, web_server
from qitao.project.children import stop_with_parent
from qitao.project.processes import Program, Supervisor, last_lines

if TYPE_CHECKING:
    from qitao.project.embedded.cluster import Cluster

READY_SECONDS = 120.0


class DoesNotStart(Exception):
    """Web server or worker did not come up; the text ends with what it said last."""


class NotPrepared(Exception):
    """The database could not be made ready; why was said already."""

    def __init__(self, code: int) -> None:
        super().__init__("the database could not be made ready (see above)")
        self.code = code


class Interrupted(Exception):
    """Ctrl-C, or a polite kill, while starting."""


@dataclass
class EmbeddedDatabase:
    """The embedded PostgreSQL as a part that the supervisor keeps alive."""

    cluster: Cluster
    name: str = "database"

    def start(self) -> None:
        """Start it, or use the one that another Qitao of this data folder runs."""
        connect.start(self.cluster)

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self.cluster.alive()

    def stop(self, *, deadline: float) -> None:
        """Stop it if it is ours."""
        self.cluster.stop()


def run(environment: env.Environment, *, reset: bool, say: Callable[[str], None] = print) -> None:
    """Run database, web server and worker; return after an orderly stop. Refuses: PortTaken."""
    with web_server.hold_port(environment.bind, environment.port, to="demo"):
        _run(environment, reset=reset, say=say)


def _run(environment: env.Environment, *, reset: bool, say: Callable[[str], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    supervisor = Supervisor(tell=say)
    try:
        url = _database(environment, supervisor)
        people = _prepare(environment, url, reset=reset)
        supervisor.catch_signals()
        _start_processes(environment, url, supervisor, demo=bool(people))
        _await_ready(environment, supervisor)
        if not supervisor.stopping.is_set():
            say(banner(environment, people))
        supervisor.watch()
    except Interrupted:
        pass
    finally:
        supervisor.catch_signals()
        say("Qitao is stopping …")
        supervisor.stop()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def _database(environment: env.Environment, supervisor: Supervisor) -> str:
    """Return the address of the running database; who prepares it finds the owner's beside it."""
    if environment.database_url:
        return environment.database_url
    cluster = connect.embedded(environment)
    supervisor.add(EmbeddedDatabase(cluster))
    os.environ["DATABASE_OWNER_URL"] = cluster.owner_url
    return cluster.url


def _prepare(environment: env.Environment, url: str, *, reset: bool) -> Sequence[Person]:
    """Make the database ready where it is not, and return who may sign in."""
    holds_demo = None if reset else prepare.noted(environment.home, url)
    if holds_demo is None:
        command = [sys.executable, "-m", "qitao", "prepare", *(["--reset"] if reset else [])]
        _run_to_end(command, {**os.environ, "DATABASE_URL": url})
        holds_demo = prepare.noted(environment.home, url)
    return PEOPLE if holds_demo else ()


def _run_to_end(command: list[str], variables: dict[str, str]) -> None:
    """Run a process on our terminal; it stops when we are interrupted."""
    process = subprocess.Popen(command, env=variables, preexec_fn=stop_with_parent(signal.SIGTERM))  # noqa: PLW1509
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code:
        raise NotPrepared(code)


def _start_processes(environment: env.Environment, url: str, supervisor: Supervisor, *, demo: bool) -> None:
    """Start web server and worker; only over the demo factory may anyone walk in as its people."""
    variables = {**os.environ, "DATABASE_URL": url, "QITAO_DEMO": "yes" if demo else "no"}
    variables.pop("DATABASE_OWNER_URL", None)  # what they cannot reach they cannot change
    for name, command in (("web", "serve"), ("worker", "worker")):
        program = [sys.executable, "-m", "qitao", command]
        supervisor.add(Program(name, program, variables, environment.home / "logs" / f"{name}.log"))


def _await_ready(environment: env.Environment, supervisor: Supervisor) -> None:
    """Wait until pages work and a worker reports."""
    deadline = time.monotonic() + READY_SECONDS
    while not supervisor.stopping.wait(0.1):
        state = _ask(environment)
        dead = supervisor.first_dead()  # first: another Qitao on the same port may be the one who answers
        if dead is None and state == "ok":
            return
        if dead is None and time.monotonic() < deadline:
            continue
        name = dead or "web"
        log = environment.home / "logs" / f"{name}.log"
        raise DoesNotStart(f"{name} does not start ({state}); {log} ends with:\n" + "\n".join(last_lines(log)))


def _ask(environment: env.Environment) -> str:
    """Return what /readyz says, or that nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy to ourselves
    try:
        with opener.open(f"{address(environment, local=True)}readyz", timeout=5) as answer:
            return str(json.load(answer)["status"])
    except urllib.error.HTTPError as refused:
        return f"HTTP {refused.code}"
    except (OSError, ValueError):
        return "no answer"


def address(environment: env.Environment, *, local: bool = False) -> str:
    """Return the address to open in a browser."""
    host = "127.0.0.1" if environment.loopback_only or local else environment.hosts[-1]
    if environment.bind not in (*env.LOOPBACK, "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = environment.bind
    return f"http://{host}:{environment.port}/"


def banner(environment: env.Environment, people: Sequence[Person]) -> str:
    """Say where Qitao is, who may sign in, where things are kept."""
    lines = ["", f"  齐套 Qitao is ready:  {address(environment)}", ""]
    if people:
        widest = max(len(person.username) for person in people)
        lines += [f"  Sign in with password  {people[0].password}  as"]
        lines += [f"    {person.username:<{widest}}  {person.does} ({person.name})" for person in people]
        if not environment.loopback_only:
            lines.append("  Whoever reaches this address may do the same.")
        lines.append("")
    else:
        lines += ["  Let somebody sign in:  qitao createuser NAME --role administrator", ""]
    lines += [f"  Data and logs: {environment.home}", "  Ctrl-C stops everything.", ""]
    return "\n".join(lines)

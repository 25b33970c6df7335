"""`qitao demo`: everything on this machine, in one terminal, until Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from qitao.project import connect, env, web_server
from qitao.project.processes import Program, Supervisor, last_lines

if TYPE_CHECKING:
    from qitao.project.embedded.cluster import Cluster

READY_SECONDS = 120.0


class DoesNotStart(Exception):
    """Web server or worker did not come up; the text ends with what it said last."""


class NotOurs(Exception):
    """Refuse to wipe a database that Qitao did not make itself."""


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

    def stop(self, *, deadline: float) -> None:  # noqa: ARG002 - it has a patience of its own
        """Stop it if it is ours."""
        self.cluster.stop()


def run(environment: env.Environment, *, reset: bool, say: Callable[[str], None] = print) -> None:
    """Run database, web server and worker; return after an orderly stop."""
    web_server.check_port(environment.bind, environment.port)
    if reset and environment.database_url:
        raise NotOurs("--reset wipes the embedded database only; empty the one of DATABASE_URL yourself")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    supervisor = Supervisor(tell=say)
    try:
        url = _database(environment, supervisor, reset=reset)
        sign_ins = _prepare(url, say=say)
        supervisor.catch_signals()
        _start_processes(environment, url, supervisor)
        _await_ready(environment, supervisor)
        if not supervisor.stopping.is_set():
            say(_banner(environment, sign_ins))
        supervisor.watch()
    except Interrupted:
        pass
    finally:
        supervisor.catch_signals()
        say("Qitao is stopping …")
        supervisor.stop()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def _database(environment: env.Environment, supervisor: Supervisor, *, reset: bool) -> str:
    if environment.database_url:
        return environment.database_url
    cluster = connect.embedded(environment)
    supervisor.add(EmbeddedDatabase(cluster))
    if reset:
        cluster.empty_database()
    return cluster.url


def _prepare(url: str, *, say: Callable[[str], None]) -> list[tuple[str, str, str]]:
    """Bring the tables up to date, load the demo factory into an empty database, return its sign-ins."""
    connect.set_up(url)
    from django.core.management import call_command

    from qitao.project.health import migrations_missing

    try:
        if migrations_missing():
            say("Making the tables …")
            call_command("migrate", verbosity=0, interactive=False)
        return _load_demo(say)
    finally:
        connect.let_go()


def _load_demo(say: Callable[[str], None]) -> list[tuple[str, str, str]]:
    return []


def _start_processes(environment: env.Environment, url: str, supervisor: Supervisor) -> None:
    variables = {**os.environ, "DATABASE_URL": url}
    for name, command in (("web", "serve"), ("worker", "worker")):
        program = [sys.executable, "-m", "qitao", command]
        supervisor.add(Program(name, program, variables, environment.home / "logs" / f"{name}.log"))


def _await_ready(environment: env.Environment, supervisor: Supervisor) -> None:
    """Wait until pages work and a worker reports."""
    deadline = time.monotonic() + READY_SECONDS
    while not supervisor.stopping.wait(0.1):
        state = _ask(environment)
        if state == "ok":
            return
        dead = supervisor.first_dead()
        if dead is None and time.monotonic() < deadline:
            continue
        name = dead or "web"
        log = environment.home / "logs" / f"{name}.log"
        raise DoesNotStart(f"{name} does not start ({state}); {log} ends with:\n" + "\n".join(last_lines(log)))


def _ask(environment: env.Environment) -> str:
    """Return what /readyz says, or that nobody answers."""
    request = urllib.request.Request(f"{address(environment, local=True)}readyz")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy to ourselves
    try:
        with opener.open(request, timeout=5) as answer:
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


def _banner(environment: env.Environment, sign_ins: list[tuple[str, str, str]]) -> str:
    """Say where Qitao is, who may sign in, where things are kept."""
    lines = ["", f"  齐套 Qitao is ready:  {address(environment)}", ""]
    if sign_ins:
        widest = max(len(username) for username, _, _ in sign_ins)
        lines += [f"  {username:<{widest}}  {password}  {role}" for username, password, role in sign_ins]
        lines.append("")
    lines += [f"  Data and logs: {environment.home}", "  Ctrl-C stops everything.", ""]
    return "\n".join(lines)

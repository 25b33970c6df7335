"""`qitao doctor`: look at everything Qitao stands on, and say what to do where something is wrong."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from qitao.project import connect, env, web_server
from qitao.project.embedded.binaries import EmbeddedDatabaseError

LEAST_FREE_BYTES = 2 * 1024**3
OLDEST_SERVER = 150000
SEALED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Finding:
    """One thing looked at; a bad one carries its remedy."""

    subject: str
    good: bool
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        mark = "ok  " if self.good else "BAD "
        return f"{mark} {self.subject:<12} {self.text}" + (f"\n     → {self.remedy}" if self.remedy else "")


def examine(environment: env.Environment) -> Iterator[Finding]:
    """Look at one thing after the other."""
    yield _python()
    yield from _environment()
    yield from _data_folder(environment)
    yield _web_port(environment)
    yield _assets()
    yield from _database(environment)


def _python() -> Finding:
    text = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= (3, 11), text, "" if sys.version_info >= (3, 11) else "install 3.11+")


def _environment() -> Iterator[Finding]:
    """List the variables that are set; secrets are not shown."""
    for variable in env.VARIABLES:
        value = os.environ.get(variable.name)
        if value:
            shown = "(set)" if variable.name in env.SECRET else value
            yield Finding("environment", True, f"{variable.name}={shown}: {variable.meaning}")
    for name in env.unknown(os.environ):
        known = ", ".join(variable.name for variable in env.VARIABLES)
        yield Finding("environment", False, f"{name} means nothing to Qitao", f"unset it, or use one of: {known}")


def _data_folder(environment: env.Environment) -> Iterator[Finding]:
    """Check that the data folder can be written and that its disk has room."""
    nearest = environment.home
    while not nearest.exists():
        nearest = nearest.parent
    if os.access(nearest, os.W_OK):
        yield Finding("data folder", True, str(environment.home))
    else:
        yield Finding("data folder", False, f"{environment.home} cannot be written", "name another in QITAO_HOME")
    free = shutil.disk_usage(nearest).free
    remedy = "" if free >= LEAST_FREE_BYTES else "make room, or name a folder on another disk in QITAO_HOME"
    yield Finding("disk", free >= LEAST_FREE_BYTES, f"{free / 1024**3:.1f} GB free", remedy)


def _web_port(environment: env.Environment) -> Finding:
    try:
        web_server.check_port(environment.bind, environment.port)
    except web_server.PortTaken as taken:
        return Finding("web port", True, f"{taken} (fine if that is Qitao itself)")
    except OSError as refused:
        return Finding("web port", False, f"{environment.bind}: {refused.strerror}", "correct QITAO_BIND")
    return Finding("web port", True, f"{environment.port} is free")


def _assets() -> Finding:
    from pathlib import Path

    manifest = Path(__file__).resolve().parent.parent / "web/static/dist/.vite/manifest.json"
    if manifest.exists():
        return Finding("assets", True, "built")
    return Finding("assets", False, "the browser assets are not built", "run `make assets`, or install the wheel")


def _database(environment: env.Environment) -> Iterator[Finding]:
    """Reach the database, and look at its version, tables and workers."""
    if not environment.database_url:
        yield from _embedded(environment)
    try:
        with connect.database(environment):
            yield from _server()
    except connect.NoDatabase as failure:
        yield Finding("database", False, str(failure), "see the log it names")


def _embedded(environment: env.Environment) -> Iterator[Finding]:
    if sys.platform == "win32":
        return
    from qitao.project.embedded import binaries, ownership

    try:
        found = binaries.find(environment.pg_bin)
        yield Finding("postgres", True, f"{found.major} from {found.source} ({found.folder})")
    except EmbeddedDatabaseError as failure:
        yield Finding("postgres", False, str(failure))
    for folder in ownership.orphans():
        text = f"{folder} belongs to a data folder that is gone"
        yield Finding("postgres", True, text, f"if nobody needs it: rm -r {folder}")


def _records() -> Iterator[Finding]:
    """Look at who could rewrite the records, how far they are sealed, and how their last proof ended."""
    from django.utils import timezone

    from qitao.journal import queries
    from qitao.project import rights

    open_to = rights.changeable()
    text = (
        f"this role can change what is written in {', '.join(open_to)}" if open_to else "cannot be rewritten by Qitao"
    )
    yield Finding("records", not open_to, text, "\n       ".join(rights.remedy(open_to)) if open_to else "")
    chain, proof = queries.chain_state(), queries.last_proof()
    text = f"sealed up to {timezone.localtime(chain.last.at):%Y-%m-%d %H:%M:%S}" if chain.last else "nothing is sealed"
    late = chain.waiting and (chain.last is None or timezone.now() - chain.last.at > SEALED_WITHIN)
    remedy = "run `qitao worker`: it seals them" if late else ""
    yield Finding("seals", True, f"{text}, {chain.waiting} rows wait for theirs", remedy)
    if proof is None:
        yield Finding("proof", True, "not proved yet; a worker does it every night, `qitao verify` at any time")
        return
    good, text = proof.is_good, "all as it was written" if proof.is_good else f"something is wrong: {list(proof.found)}"
    when = f"{timezone.localtime(proof.at):%Y-%m-%d %H:%M}, {proof.seconds} s"
    yield Finding("proof", good, f"{when}: {text}", "" if good else "run `qitao verify`: it names every place")


def _server() -> Iterator[Finding]:
    from django.db import Error, connection

    from qitao.project import health, queue

    try:
        connection.ensure_connection()
    except Error as failure:
        reason = str(failure).strip().splitlines()[0]
        yield Finding(
            "database", False, reason, "check DATABASE_URL, and that the server runs and lets this machine in"
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("show server_version_num")
        version = int(cursor.fetchone()[0])
    good = version >= OLDEST_SERVER
    yield Finding("database", good, f"PostgreSQL {version // 10000}.{version % 100}", "" if good else "use 15 or newer")
    missing = health.migrations_missing()
    if missing:
        yield Finding("tables", False, f"{missing} migrations not applied", "run `qitao migrate`")
        return
    yield Finding("tables", True, "up to date")
    yield from _records()
    workers = queue.workers_reporting()
    yield Finding("worker", True, f"{workers} reporting" if workers else "none reporting (fine if Qitao is stopped)")

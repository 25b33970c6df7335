"""The life of one embedded PostgreSQL: made, started, found running, recovered, stopped.

The server is a direct child, listens on 127.0.0.1 only (TCP; no socket file, so no path is too long), asks for a
password, and is told by the kernel to stop when its parent is gone. A lock file left by a killed server is removed
only after looking at the process it names: that number may belong to somebody else by now.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

import psutil
import psycopg
from psycopg import sql

from qitao.project import secret
from qitao.project.children import stop_with_parent
from qitao.project.embedded import address, binaries, ownership
from qitao.project.embedded.binaries import EmbeddedDatabaseError
from qitao.project.processes import last_lines, open_log

START_SECONDS = 60.0
LEFTOVER_SECONDS = 10.0
STOP_SECONDS = 3.0
ATTEMPTS = 3


@dataclass
class Cluster:
    """The embedded PostgreSQL of one data folder."""

    home: Path
    pg_bin: Path | None = None
    pg_user: str = "nobody"
    settings: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.account = ownership.account(self.pg_user)
        self.place = ownership.place(self.home, self.account)
        self.data = self.place / "data"

    @property
    def url(self) -> str:
        """The address of Qitao's database in this cluster."""
        return address.url(self.home)

    @property
    def owner_url(self) -> str:
        """The address for the role that owns the tables."""
        return address.owner_url(self.home)

    @property
    def log(self) -> Path:
        """The file with what the server says."""
        return self.home / "logs" / "postgres.log"

    def start(self) -> bool:
        """Make sure that the server runs and has Qitao's database; return whether we are the one who started it."""
        with self._alone():
            for _ in range(ATTEMPTS):
                started = self.running_pid() is None
                if started:
                    self._start_server()
                if self._await_answer():
                    (self.home / address.PORT_FILE).write_text(f"{self._port()}\n", "ascii")
                    self._provide_database()
                    return started
        raise EmbeddedDatabaseError(f"PostgreSQL does not answer: {self._last_words()} (see {self.log})")

    def running_pid(self) -> int | None:
        """Return the process number of the live server of this very data folder, if there is one."""
        lock = self._read_lock()
        return lock[0] if lock and _is_server(lock[0], self.data) else None

    def stop(self) -> None:
        """Stop the server that we started (fast shutdown, then harder); leave one that somebody else started."""
        if self.process is None:
            return
        for number, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0)):
            if self.process.poll() is None:
                self.process.send_signal(number)
            try:
                self.process.wait(patience)
                break
            except subprocess.TimeoutExpired:
                continue
        self.process = None

    def alive(self) -> bool:
        """Tell whether the server that we use still runs."""
        if self.process is not None:
            return self.process.poll() is None
        return self.running_pid() is not None

    def _start_server(self) -> None:
        programs = self._programs()
        if not (self.data / "PG_VERSION").exists():
            self._make(programs)
        deadline = time.monotonic() + LEFTOVER_SECONDS
        while not self._launch(programs):
            if time.monotonic() > deadline:
                raise EmbeddedDatabaseError(f"PostgreSQL does not start: {self._last_words()} (see {self.log})")
            time.sleep(0.25)  # the children of a killed server need a moment to leave

    def _programs(self) -> binaries.Binaries:
        version = address.read(self.data / "PG_VERSION") if self.data.exists() else ""
        found = binaries.find(self.pg_bin, major=int(version) if version else None)
        self.place.mkdir(mode=0o711, parents=True, exist_ok=True)
        return ownership.reachable(found, self.account, self.place)

    def _make(self, programs: binaries.Binaries) -> None:
        """Create the cluster; a half-made one, left by a kill, is thrown away first."""
        draft = self.place / "data.making"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.account.give(draft)
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if programs.major >= 17 else ["--locale=C"]
        with self._password_file() as password:
            command = [
                *(str(programs.program("initdb")), "-D", str(draft), "-U", address.OWNER, "-E", "UTF8", *locale),
                *(
                    "--auth-local=scram-sha-256",
                    "--auth-host=scram-sha-256",
                    f"--pwfile={password}",
                    "--data-checksums",
                ),
            ]
            made = self._run(command)
        if made.returncode:
            raise EmbeddedDatabaseError(f"initdb failed: {(made.stderr or made.stdout).strip().splitlines()[-1]}")
        draft.rename(self.data)

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            env=_environment(),
            **self.account.process_options(),
        )

    @contextmanager
    def _password_file(self) -> Iterator[Path]:
        """Show the password to initdb, which reads it as another user, for as long as it runs."""
        handle, name = tempfile.mkstemp(dir=self.place, prefix=".password-")
        path = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(self._password() + "\n")
            self.account.give(path)
            yield path
        finally:
            path.unlink()

    def _password(self) -> str:
        return secret.kept_in(self.home, address.PASSWORD_FILE)

    def _launch(self, programs: binaries.Binaries) -> bool:
        """Start the server once; return False when it left again because of leftovers of a killed one."""
        self._clear_stale_lock()
        open_log(self.log)
        port = _free_port(address.read(self.home / address.PORT_FILE))
        settings = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            f"port={port}",
            "max_connections=100",
            *self.settings,
        ]
        arguments = [part for setting in settings for part in ("-c", setting)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(programs.program("postgres")), "-D", str(self.data), *arguments],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                preexec_fn=stop_with_parent(signal.SIGINT),  # noqa: PLW1509 - no threads run yet when it is started
                **self.account.process_options(),
            )
        return self._await_lock()

    def _await_lock(self) -> bool:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.process = None
                return False
            lock = self._read_lock()
            if lock and lock[0] == self.process.pid and lock[1]:
                return True
            time.sleep(0.02)
        raise EmbeddedDatabaseError(f"PostgreSQL did not start within {START_SECONDS:.0f} s (see {self.log})")

    def _await_answer(self) -> bool:
        """Wait until the server takes connections (after a crash it first replays its log); False if it left."""
        deadline = time.monotonic() + START_SECONDS
        while self.alive() and time.monotonic() < deadline:
            try:
                self._connect("postgres").close()
                return True
            except psycopg.OperationalError as refused:
                if "password authentication failed" in str(refused):
                    raise EmbeddedDatabaseError(
                        f"the password in {self.home / address.PASSWORD_FILE} is not the database's: "
                        "restore that file, or start with another QITAO_HOME"
                    ) from refused
            time.sleep(0.05)
        return False

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        where = address.write(password=self._password(), port=self._port(), user=address.OWNER, database=database)
        return psycopg.connect(where, autocommit=True, connect_timeout=10)

    def _provide_database(self) -> None:
        """Create Qitao's two roles (neither a superuser) and its database, once."""
        with self._connect("postgres") as connection:
            self._provide_role(connection, address.DATABASE_OWNER, "createdb", self._password())
            self._provide_role(connection, address.USER, "", secret.kept_in(self.home, address.USER_PASSWORD_FILE))
            if not connection.execute("select 1 from pg_database where datname = %s", [address.DATABASE]).fetchone():
                names = sql.Identifier(address.DATABASE), sql.Identifier(address.DATABASE_OWNER)
                connection.execute(sql.SQL("create database {} owner {}").format(*names))

    def _provide_role(
        self, connection: psycopg.Connection[tuple[object, ...]], name: str, may: LiteralString, password: str
    ) -> None:
        """Create a role; one that is there gets the password of its file."""
        there = connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
        verb: LiteralString = "alter" if there else "create"
        statement = sql.SQL(f"{verb} role {{}} login {may} password {{}}")
        connection.execute(statement.format(sql.Identifier(name), sql.Literal(password)))

    def _port(self) -> int:
        """Return the port of the running server (one where nobody answers if it just left)."""
        lock = self._read_lock()
        return lock[1] if lock and lock[1] else address.NOT_RUNNING_PORT

    def _read_lock(self) -> tuple[int, int] | None:
        """Return process number and port from the server's lock file (port 0 while it is still being written)."""
        try:
            lines = (self.data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        except OSError:
            return None
        if not lines or not lines[0].strip().lstrip("-").isdecimal():
            return None
        port = lines[3].strip() if len(lines) > 3 else ""
        return abs(int(lines[0])), int(port) if port.isdecimal() else 0

    def _clear_stale_lock(self) -> None:
        """Remove the lock of a server that is no more, whoever has its process number now."""
        if self.running_pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time start this cluster; the lock goes with the process that holds it."""
        with (self.home / "database-start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _last_words(self) -> str:
        lines = last_lines(self.log, count=60)
        grave = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (grave or lines or ["no message"])[-1].strip()


def _is_server(pid: int, data: Path) -> bool:
    """Tell whether that process is a live PostgreSQL that works in that data folder."""
    try:
        process = psutil.Process(pid)
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and os.path.basename(process.exe()).startswith("postgres")
            and os.path.realpath(process.cwd()) == os.path.realpath(data)
        )
    except psutil.Error:
        return False


def _free_port(preferred: str) -> int:
    """Return the port used last time if it is free, else any free one."""
    for port in (int(preferred) if preferred.isdecimal() else 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedDatabaseError("no free port on 127.0.0.1")


def _environment() -> dict[str, str]:
    """Keep PostgreSQL's own variables and foreign locales away from the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}

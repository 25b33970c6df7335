"""Where the embedded PostgreSQL of a data folder listens, and with which password."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

OWNER = "postgres"
DATABASE_OWNER = DATABASE = "qitao"
USER = "qitao_app"  # works with the tables and owns none
PASSWORD_FILE = "database-password"  # noqa: S105 - a file name
USER_PASSWORD_FILE = "database-app-password"  # noqa: S105 - a file name
PORT_FILE = "database-port"
NOT_RUNNING_PORT = 1  # nothing listens there: a process that connects before the server runs is told so at once


def url(home: Path) -> str:
    """Return the address as last written by the running server, or one where nobody answers."""
    return write(password=read(home / USER_PASSWORD_FILE), port=_port(home))


def owner_url(home: Path) -> str:
    """Return the address for the role that owns the tables and changes them."""
    return write(password=read(home / PASSWORD_FILE), port=_port(home), user=DATABASE_OWNER)


def _port(home: Path) -> int:
    return int(read(home / PORT_FILE) or NOT_RUNNING_PORT)


def write(*, password: str, port: int, user: str = USER, database: str = DATABASE) -> str:
    """Write an address on this machine; the wheel's PostgreSQL speaks neither TLS nor GSS, so neither is tried."""
    return (
        f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{port}/{database}?sslmode=disable&gssencmode=disable"
    )


def read(path: Path) -> str:
    """Read a one-line file; empty if it is not there or not ours to read."""
    try:
        return path.read_text("ascii").strip()
    except (FileNotFoundError, PermissionError):
        return ""

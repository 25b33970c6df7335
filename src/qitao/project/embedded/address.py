"""Where the embedded PostgreSQL of a data folder listens, and with which password."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

USER = DATABASE = "qitao"
PASSWORD_FILE = "database-password"
PORT_FILE = "database-port"
NOT_RUNNING_PORT = 1  # nothing listens there: a process that connects before the server runs is told so at once


def url(home: Path) -> str:
    """Return the address as last written by the running server, or one where nobody answers."""
    password = _read(home / PASSWORD_FILE)
    port = _read(home / PORT_FILE) or str(NOT_RUNNING_PORT)
    return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{port}/{DATABASE}"


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (FileNotFoundError, PermissionError):
        return ""

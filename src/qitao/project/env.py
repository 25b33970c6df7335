"""The environment of a Qitao process, read in one place and checked as a whole.

Every setting that an operator may give is a variable listed in `VARIABLES`; nothing else in the code base reads
`os.environ` for configuration. `read` names every mistake at once, so that an operator corrects them in one go.
"""

from __future__ import annotations

import socket
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")
LANGUAGES = ("zh-hans", "zh-hant", "en")
SECRET = ("DATABASE_URL", "DATABASE_OWNER_URL", "QITAO_SECRET_KEY")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class BadEnvironment(Exception):
    """Refuse to start: one or more variables cannot be understood."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(mistakes))


@dataclass(frozen=True)
class Environment:
    """What the operator decided; each field is one row of `VARIABLES`."""

    home: Path
    port: int
    bind: str
    database_url: str
    database_owner_url: str
    pg_bin: Path | None
    pg_user: str
    secret_key: str
    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    https: bool
    debug: bool
    demo: bool
    time_zone: str
    language: str
    log_level: str
    log_format: str
    web_processes: int
    database_connections: int

    @property
    def loopback_only(self) -> bool:
        """Tell whether only this machine can reach the web server."""
        return self.bind in LOOPBACK


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, the field it fills, how its text is read, what it means."""

    name: str
    field: str
    default: str
    parse: Callable[[str], Any]
    meaning: str


def read(environ: Mapping[str, str]) -> Environment:
    """Read the environment; raise `BadEnvironment` with every mistake found."""
    values: dict[str, Any] = {}
    mistakes: list[str] = []
    for variable in VARIABLES:
        text = environ.get(variable.name, "").strip() or _default(variable, environ)
        try:
            values[variable.field] = variable.parse(text)
        except ValueError as mistake:
            mistakes.append(f"{variable.name}={'(hidden)' if variable.name in SECRET else repr(text)}: {mistake}")
    if mistakes:
        raise BadEnvironment(mistakes)
    if not values["hosts"]:
        values["hosts"] = _own_names(values["bind"])
    return Environment(**values)


def unknown(environ: Mapping[str, str]) -> list[str]:
    """Name the QITAO_ variables that mean nothing to us: most likely misspelt."""
    known = {variable.name for variable in VARIABLES}
    return sorted(name for name in environ if name.startswith("QITAO_") and name not in known)


def _default(variable: Variable, environ: Mapping[str, str]) -> str:
    if variable.field != "home":
        return variable.default
    data = environ.get("XDG_DATA_HOME", "")
    return str(Path(data if data.startswith("/") else "~/.local/share") / "qitao")


def _own_names(bind: str) -> tuple[str, ...]:
    """List the names under which browsers reach this server when the operator named none."""
    if bind in LOOPBACK:
        return ("localhost", "127.0.0.1", "[::1]")
    if bind not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return ("localhost", "127.0.0.1", "[::1]", bind)
    name = socket.gethostname()
    try:
        addresses = {str(entry[4][0]) for entry in socket.getaddrinfo(name, None, socket.AF_INET)}
    except OSError:
        addresses = set()
    return ("localhost", "127.0.0.1", "[::1]", name, *sorted(addresses | _routed_address()))


def _routed_address() -> set[str]:
    """Ask the kernel which address it would use to leave this machine; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return set()
        return {probe.getsockname()[0]}


# How each kind of text is read. A parser raises ValueError with what is wrong and what would be right.


def _folder(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError("give an absolute path")
    try:
        if path.exists() and not path.is_dir():
            raise ValueError("is a file; give a folder")
    except PermissionError:
        raise ValueError("this user may not look there; give a folder of its own") from None
    return path


def _optional_folder(text: str) -> Path | None:
    if not text:
        return None
    path = _folder(text)
    if not path.is_dir():
        raise ValueError("no such folder")
    return path


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 65535:
        raise ValueError("give a port number from 1 to 65535")
    return int(text)


def _count(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"give a whole number from {least} to {most}")
        return int(text)

    return parse


def _yes_or_no(text: str) -> bool:
    answers = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in answers:
        raise ValueError("give yes or no")
    return answers[text.lower()]


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        for choice in choices:
            if choice.lower() == text.lower():
                return choice
        raise ValueError(f"give one of {', '.join(choices)}")

    return parse


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _origins(text: str) -> tuple[str, ...]:
    origins = _listed(text)
    for origin in origins:
        if urlsplit(origin).scheme not in ("http", "https") or not urlsplit(origin).netloc:
            raise ValueError(f"{origin!r} is no origin; write it like https://qitao.example.com")
    return origins


def _time_zone(text: str) -> str:
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone; give one like Asia/Shanghai") from None
    return text


def _secret(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError("too short to be secret; give at least 32 characters")
    return text


def _plain(text: str) -> str:
    return text


def _database_url(text: str) -> str:
    if text:
        connection(text)
    return text


def connection(url: str) -> dict[str, Any]:
    """Turn postgresql://user:password@host:port/name?option=value into Django's keys."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("cannot be read as an address; write postgresql://user:password@host:5432/name") from None
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("Qitao runs on PostgreSQL only; write postgresql://user:password@host:5432/name")
    name = unquote(parts.path.lstrip("/"))
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", unquote(parts.hostname or ""))
    if not name:
        raise ValueError("names no database; write postgresql://user:password@host:5432/name")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


VARIABLES = (
    Variable("QITAO_HOME", "home", "", _folder, "Data folder: embedded database, logs, secret key"),
    Variable("PORT", "port", "8000", _port, "Port of the web server"),
    Variable("QITAO_BIND", "bind", "127.0.0.1", _plain, "Address the web server listens on; 0.0.0.0 for tablets"),
    Variable("DATABASE_URL", "database_url", "", _database_url, "A PostgreSQL server instead of the embedded one"),
    Variable(
        "DATABASE_OWNER_URL",
        "database_owner_url",
        "",
        _database_url,
        "The same database as the role that owns the tables; only `qitao migrate` uses it",
    ),
    Variable("QITAO_PG_BIN", "pg_bin", "", _optional_folder, "Folder with postgres and initdb for the embedded one"),
    Variable("QITAO_PG_USER", "pg_user", "nobody", _plain, "System user that runs PostgreSQL when Qitao is root"),
    Variable(
        "QITAO_SECRET_KEY", "secret_key", "", _secret, "Signs sessions; made and kept in the data folder if unset"
    ),
    Variable("QITAO_HOSTS", "hosts", "", _listed, "Host names browsers may use, separated by commas"),
    Variable(
        "QITAO_ORIGINS", "origins", "", _origins, "Origins in front of a proxy, such as https://qitao.example.com"
    ),
    Variable("QITAO_HTTPS", "https", "no", _yes_or_no, "Browsers reach the server over https (through a proxy)"),
    Variable("QITAO_DEMO", "demo", "no", _yes_or_no, "Anyone may walk in as the demo factory's people, unasked"),
    Variable("QITAO_DEBUG", "debug", "no", _yes_or_no, "Error pages with internals; for development only"),
    Variable("QITAO_TIME_ZONE", "time_zone", "Asia/Shanghai", _time_zone, "Time zone of the company"),
    Variable("QITAO_LANGUAGE", "language", "zh-hans", _one_of(*LANGUAGES), "Language until the user chooses one"),
    Variable("QITAO_LOG_LEVEL", "log_level", "INFO", _one_of(*LOG_LEVELS), "Least severe message that is logged"),
    Variable("QITAO_LOG_FORMAT", "log_format", "json", _one_of("json", "text"), "json for machines, text for people"),
    Variable("QITAO_WEB_PROCESSES", "web_processes", "1", _count(1, 64), "Web server processes"),
    Variable("QITAO_DATABASE_CONNECTIONS", "database_connections", "16", _count(2, 500), "Connections per process"),
)

assert {variable.field for variable in VARIABLES} == {field.name for field in fields(Environment)}

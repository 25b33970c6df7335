"""The web server: Granian running our ASGI application."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from qitao.project import env

STOP_SECONDS = 3  # open live-update streams must not hold up a stop


class PortTaken(Exception):
    """Somebody else listens there already."""

    def __init__(self, bind: str, port: int) -> None:
        super().__init__(f"port {port} on {bind} is taken by another program: stop it, or choose another with PORT=…")


def check_port(bind: str, port: int) -> None:
    """Refuse with `PortTaken` when the web server could not listen there."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as refused:
            if refused.errno in (errno.EADDRINUSE, errno.EACCES):
                raise PortTaken(bind, port) from refused
            raise


@contextmanager
def hold_port(bind: str, port: int, *, to: str) -> Iterator[None]:
    """Hold the port against everybody else who means `to` do the same there, from the check until the end.

    The web server shares its port among its processes, so that a second one that starts before the first has bound it
    would be let in; between two of one user – the only ones whom the system lets share – a lock decides.
    Refuses: PortTaken.
    """
    place = Path(tempfile.gettempdir()) / f"qitao-{os.getuid()}-{to}-{bind.replace(':', '.')}-{port}.lock"
    with place.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise PortTaken(bind, port) from held
        check_port(bind, port)
        yield


def serve(environment: env.Environment) -> None:
    """Serve until told to stop. Refuses: PortTaken."""
    with hold_port(environment.bind, environment.port, to="serve"):
        Granian(
            "qitao.project.asgi:application",
            address=environment.bind,
            port=environment.port,
            interface=Interfaces.ASGINL,
            workers=environment.web_processes,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS,
            log_level=LogLevels.warning,
        ).serve()

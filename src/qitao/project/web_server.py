"""The web server: Granian running our ASGI application."""

from __future__ import annotations

import errno
import socket

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


def serve(environment: env.Environment) -> None:
    """Serve until told to stop."""
    check_port(environment.bind, environment.port)
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

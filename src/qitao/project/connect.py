"""Give a command the database it needs: the operator's server, or the embedded one, started for as long as needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qitao.project import env
from qitao.project.embedded import address
from qitao.project.embedded.binaries import EmbeddedDatabaseError

if TYPE_CHECKING:
    from qitao.project.embedded.cluster import Cluster


class NoDatabase(Exception):
    """The database cannot be had; the text says why and what to do."""


@contextmanager
def database(environment: env.Environment, *, as_owner: bool = False) -> Iterator[str]:
    """Hold a running database for the time of a command, with Django set up on it.

    `as_owner` is for what changes the tables themselves; all else works as a role that cannot rewrite what was written.
    """
    with server(environment, as_owner=as_owner) as url:
        set_up(url)
        try:
            yield url
        finally:
            let_go()


@contextmanager
def server(environment: env.Environment, *, as_owner: bool = False) -> Iterator[str]:
    """Hold a running database for the time of a command that starts other processes, which inherit its address."""
    cluster = None if environment.database_url else embedded(environment)
    try:
        if cluster:
            start(cluster)
        if cluster:
            url, owner_url = cluster.url, cluster.owner_url
        else:
            url, owner_url = environment.database_url, environment.database_owner_url
        os.environ["DATABASE_URL"] = owner_url if as_owner and owner_url else url
        yield os.environ["DATABASE_URL"]
    finally:
        if cluster:
            cluster.stop()


def role(environment: env.Environment) -> str:
    """Return the name of the role that web server and workers are in the database."""
    return str(env.connection(url(environment))["USER"])


def url(environment: env.Environment) -> str:
    """Return the address under which web server and workers reach the database."""
    return environment.database_url or address.url(environment.home)


def embedded(environment: env.Environment) -> Cluster:
    """Return the embedded PostgreSQL of the data folder, not yet started."""
    if sys.platform == "win32":
        raise NoDatabase("the embedded database runs on Linux and macOS; set DATABASE_URL to a PostgreSQL server")
    from qitao.project.embedded.cluster import Cluster  # POSIX only, hence here

    try:
        return Cluster(environment.home, pg_bin=environment.pg_bin, pg_user=environment.pg_user)
    except (EmbeddedDatabaseError, OSError) as failure:
        raise NoDatabase(f"embedded database in {environment.home}: {failure}") from failure


def start(cluster: Cluster) -> None:
    """Start the embedded PostgreSQL, or find it running."""
    try:
        cluster.start()
    except (EmbeddedDatabaseError, OSError) as failure:
        raise NoDatabase(f"embedded database in {cluster.home}: {failure}") from failure


def set_up(url: str) -> None:
    """Load Django on that database."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qitao.project.settings")
    import django

    django.setup()


def let_go() -> None:
    """Close our own connections, so that the server need not break them."""
    if "django.db" not in sys.modules:
        return
    from django.db import connections

    connections.close_all()
    for connection in connections.all(initialized_only=True):
        connection.close_pool()  # type: ignore[attr-defined]

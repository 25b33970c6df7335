"""What every test stands on: one private PostgreSQL a run, a real web server and a real browser where asked for.

The database server is made in a folder of its own before Django is loaded, and thrown away at the end. Set
TEST_DATABASE_URL to use a server of yours instead (its user must be allowed to create databases).
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.fixtures.database import ThrowAwayServer, new_folder

pytest_plugins = ["tests.fixtures.web", "tests.fixtures.browser"]

SERVER = pytest.StashKey[ThrowAwayServer]()


def pytest_configure(config: pytest.Config) -> None:
    """Give Django its database; the workers of pytest-xdist inherit the one of the process that started them."""
    if not hasattr(config, "workerinput"):
        server = ThrowAwayServer(new_folder())
        config.stash[SERVER] = server
        os.environ["QITAO_HOME"] = str(server.folder)
        os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or server.start()
        os.environ["QITAO_SECRET_KEY"] = secrets.token_urlsafe(48)
        os.environ["QITAO_LOG_LEVEL"] = "WARNING"
        os.environ["QITAO_DATABASE_CONNECTIONS"] = "100"  # many threads at once, each with its own
        os.environ["DJANGO_SETTINGS_MODULE"] = "qitao.project.settings"
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the test's thread
    import django

    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Throw the database away."""
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.throw_away()


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Leave the test database alone at the end: its whole server is thrown away, or it is asked for again."""
    return bool(request.config.getvalue("reuse_db")) or "TEST_DATABASE_URL" not in os.environ


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A data folder for tests that run Qitao themselves."""
    folder = new_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def do_background_work(transactional_db: None) -> Callable[[], None]:
    """Do the background work that waits in the (committed) database, as a worker would, then return."""

    async def drain() -> None:
        from procrastinate.contrib.django import app

        worker_app = app.with_connector(app.connector.get_worker_connector())
        async with worker_app.open_async():
            await worker_app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)

    def work() -> None:
        with ThreadPoolExecutor(1) as thread:  # Playwright's event loop may run in this one
            thread.submit(asyncio.run, drain()).result(60)

    return work

"""Make a database ready for `qitao demo`: tables up to date, the demo factory in an empty one.

That needs all of Django, and most starts need nothing of it. So it runs in a process of its own, and what was made
ready is noted in the data folder: while code and database are the same, the next start skips it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import psycopg

from qitao import __version__

NOTE = "prepared.json"
WITH_TABLES = ("django", "django-axes", "procrastinate")
PACKAGE = Path(__file__).resolve().parent.parent


def noted(home: Path, url: str) -> bool | None:
    """Tell whether a ready database holds the demo factory; None if it must be made ready first."""
    try:
        note = json.loads((home / NOTE).read_text("utf-8"))
        return bool(note["demo"]) if note["fingerprint"] == _fingerprint(url) else None
    except (OSError, ValueError, KeyError, psycopg.Error):
        return None


def prepare(home: Path, url: str, *, reset: bool, say: Callable[[str], None]) -> None:
    """Make the database ready (Django is set up on it), and note it."""
    from django.core.management import call_command

    from qitao.journal import anchors
    from qitao.project import env, rights
    from qitao.project.health import migrations_missing

    (home / NOTE).unlink(missing_ok=True)
    if reset:  # the chain of seals begins anew: what was noted of the old one is kept, and no longer asked for
        _put_aside(home / anchors.FILE)
    if migrations_missing():
        say("Making the tables …")
        call_command("migrate", verbosity=0, interactive=False)
    rights.give(str(env.connection(url)["USER"]))
    demo = _load_demo(reset=reset, say=say)
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    (home / NOTE).write_text(json.dumps({"fingerprint": _fingerprint(url), "demo": demo}), "utf-8")


def _put_aside(notes: Path) -> None:
    if notes.exists():
        notes.rename(notes.with_name(f"{notes.name}-until-{time.strftime('%Y%m%d-%H%M%S')}"))


def _load_demo(*, reset: bool, say: Callable[[str], None]) -> bool:
    """Load the demo factory where there is nothing; a factory of the user's own stays as it is."""
    from qitao.catalog.models import Item
    from qitao.demo.load import NotTheDemo, load_demo

    if reset or not Item.objects.exists():
        say("Loading the demo factory …")
    try:
        load_demo(reset=reset)
    except NotTheDemo:
        if reset:
            raise
        return False
    return True


def _fingerprint(url: str) -> str:
    """Hash what decides whether a database is ready: which one, its tables' state, and the code's."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        state = connection.execute("select count(*), max(id), max(applied)::text from django_migrations").fetchone()
    migrations = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.glob("*/migrations/*.py"))
    libraries = [f"{name} {version(name)}" for name in WITH_TABLES]
    return hashlib.sha256(repr((url, state, __version__, libraries, migrations)).encode()).hexdigest()

"""Background work: the Procrastinate app, and the upkeep that Qitao itself asks of it."""

from __future__ import annotations

from procrastinate import App


def on_app_ready(app: App) -> None:
    """Attach upkeep tasks to the app that Django built."""

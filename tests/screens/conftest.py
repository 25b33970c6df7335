"""A small plant, and people who sit before it in a real browser.

`arrive("planner", theme="dark", language="en", size="phone")` returns a page of a browser where that person signed in.
`looked_at(page, "name")` keeps a picture of it (in the folder SCREENSHOTS, where that is set) and checks it with axe.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # conftest files are read before Django is set up
    from playwright.sync_api import BrowserContext, Page

    from tests.fixtures.web import WebServer
    from tests.small_plant import SmallPlant

SIZES = {
    "desktop": (1440, 900),
    "tablet": (1024, 768),
    "portrait": (720, 1280),
    "phone": (390, 844),
    "narrow": (360, 640),
}
SERIOUS = ("serious", "critical")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def plant(server: WebServer) -> SmallPlant:
    """The small plant, as the running server sees it."""
    from tests.small_plant import build

    return build()


@pytest.fixture
def arrive(plant: SmallPlant, server: WebServer, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Let somebody sit down before a browser, signed in."""
    from django.conf import settings
    from django.test import Client

    def come(role: str, *, theme: str = "light", language: str = "en", size: str = "desktop") -> Page:
        width, height = SIZES[size]
        context = new_context(viewport={"width": width, "height": height})
        client = Client()
        client.force_login(plant.people[role], backend="django.contrib.auth.backends.ModelBackend")
        cookies = {
            settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
            settings.LANGUAGE_COOKIE_NAME: language,
            "theme": theme,
        }
        context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
        return context.new_page()

    return come


@pytest.fixture
def looked_at() -> Callable[[Page, str], None]:
    """Keep a picture of a page and find what keeps people from using it."""
    from axe_playwright_python.sync_playwright import Axe

    def look(page: Page, name: str) -> None:
        if folder := os.environ.get("SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"))
        found = [each for each in Axe().run(page, options=RULES).response["violations"] if each["impact"] in SERIOUS]
        assert not found, "\n".join(f"{each['id']}: {node['html']}" for each in found for node in each["nodes"][:5])

    return look

"""Where the built browser assets are: Vite's manifest names them by their content."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

BUILT = Path(__file__).parent / "static" / "dist"
MANIFEST = BUILT / ".vite" / "manifest.json"


def built() -> bool:
    """Tell whether there are assets at all; without them pages work, unstyled, and say what to run."""
    return MANIFEST.exists()


def script(entry: str) -> str:
    """Return the address of a built script, such as `app.js`."""
    return static(f"dist/{_manifest()[entry]['file']}")


def styles(entry: str) -> list[str]:
    """Return the addresses of the style sheets that a script brings along."""
    return [static(f"dist/{name}") for name in _manifest()[entry].get("css", ())]


def _manifest() -> dict[str, Any]:
    """Read the manifest once a process, as the server lists the files once; in development whenever it changes."""
    return _read(MANIFEST.stat().st_mtime_ns if settings.DEBUG else 0)


@lru_cache(maxsize=2)
def _read(version: int) -> dict[str, Any]:
    return dict(json.loads(MANIFEST.read_text("utf-8")))

"""Secrets that Qitao makes for itself and keeps in its data folder, readable by nobody else."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path


def kept_in(home: Path, name: str = "secret-key") -> str:
    """Return the secret of that name in the data folder; make it on first use."""
    path = home / name
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    """Write a fresh secret; when two processes race, the first one's stands."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = secrets.token_urlsafe(48)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
        try:
            os.link(draft, path)  # atomic, and fails if another process was first
        except FileExistsError:
            return path.read_text("ascii").strip()
    finally:
        os.unlink(draft)
    return text

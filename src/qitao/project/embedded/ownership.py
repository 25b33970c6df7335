"""Who runs PostgreSQL, and where its files can live.

PostgreSQL refuses to run as root. A normal user runs it himself, in his own data folder. Root hands it to another,
unprivileged user; that user must be able to reach the files, and root's data folder often cannot be entered by
anyone else (/root is closed). Opening it would weaken it, so the cluster then lives under /var/lib/qitao, in a
folder whose name is kept in the data folder.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qitao.project.embedded.binaries import Binaries, EmbeddedDatabaseError

SYSTEM_FOLDER = Path("/var/lib/qitao")
PLACE_FILE = "database-folder"


@dataclass(frozen=True)
class Account:
    """The system user that runs PostgreSQL; None of both numbers means: whoever runs Qitao."""

    uid: int | None = None
    gid: int | None = None

    def process_options(self) -> dict[str, Any]:
        """Return the options that make `subprocess` run a program as this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this user can reach what is in the folder."""
        if self.uid is None:
            return os.access(folder, os.X_OK)
        answer = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)], cwd="/", check=False, **self.process_options()
        )
        return answer.returncode == 0

    def give(self, path: Path) -> None:
        """Make this user the owner of a file or folder."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def account(user: str) -> Account:
    """Return who runs PostgreSQL: the named user when we are root, else ourselves."""
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise EmbeddedDatabaseError(
            f"PostgreSQL does not run as root and there is no user {user!r}: name one in QITAO_PG_USER"
        ) from None
    if entry.pw_uid == 0:
        raise EmbeddedDatabaseError("PostgreSQL does not run as root: name another user in QITAO_PG_USER")
    return Account(entry.pw_uid, entry.pw_gid)


def place(home: Path, who: Account) -> Path:
    """Return the folder for the cluster: in the data folder where that works, else under /var/lib/qitao."""
    noted = home / PLACE_FILE
    if noted.exists():
        return Path(noted.read_text("utf-8").strip())
    if who.can_enter(home):
        return home / "postgres"
    folder = SYSTEM_FOLDER / secrets.token_hex(6)
    SYSTEM_FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.mkdir(mode=0o711)
    (folder / "home").write_text(f"{home}\n", "utf-8")  # lets `qitao doctor` find clusters whose home is gone
    noted.write_text(f"{folder}\n", "utf-8")
    return folder


def orphans() -> list[Path]:
    """List the clusters under /var/lib/qitao whose data folder no longer names them."""
    if not SYSTEM_FOLDER.is_dir() or not os.access(SYSTEM_FOLDER, os.R_OK):
        return []
    return sorted(folder for folder in SYSTEM_FOLDER.iterdir() if folder.is_dir() and not _claimed(folder))


def _claimed(folder: Path) -> bool:
    try:
        home = Path((folder / "home").read_text("utf-8").strip())
        return (home / PLACE_FILE).read_text("utf-8").strip() == str(folder)
    except OSError:
        return False


def reachable(found: Binaries, who: Account, folder: Path) -> Binaries:
    """Return programs that the user can run: the found ones, or a copy of them beside the cluster."""
    if who.can_enter(found.folder):
        return found
    copy = folder / f"programs-{found.major}"
    stamp = copy / "copied-from"
    postgres = found.program("postgres").stat()
    wanted = f"{found.folder} {postgres.st_size} {postgres.st_mtime_ns}"
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        shutil.rmtree(copy, ignore_errors=True)
        _copy_package(found.folder.parent.parent, copy)
        stamp.write_text(wanted, "utf-8")
    there = copy / found.folder.relative_to(found.folder.parents[2])
    return Binaries(there, found.major, f"{found.source}, copied")


def _copy_package(package: Path, target: Path) -> None:
    """Copy a wheel's package and the libraries that it keeps beside itself, in the same positions."""
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, target / part.name, ignore=shutil.ignore_patterns("include", "*.py", "__pycache__"))

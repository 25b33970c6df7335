"""Plant a bug in a copy of the source, run the tests that must notice, and say whether they did.

The working tree is never touched: a mutant is a folder of links to the real files with one or two files of its own,
which a separate pytest imports in place of the real package. A bug counts as found only when every test it names
*fails* – an error while something is set up, or a run that does not end, is no find.
"""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "qitao"
PATIENCE = 300.0
SOUND = "clean"  # the database that the unharmed source leaves behind, copied for each mutant


@dataclass(frozen=True)
class Edit:
    """A replacement in one file: `old` stands there once – inside the definition `within`, where one is named."""

    file: str
    old: str
    new: str
    within: str = ""

    def apply(self, text: str) -> str:
        """Return the text with the bug in it; fails where the place is not to be found, or not one place."""
        first, last = (0, len(text)) if not self.within else _span(text, self.within)
        part = text[first:last]
        found = part.count(self.old)
        where = f"{self.file}{f' in {self.within}' if self.within else ''}"
        assert found == 1, f"{where}: {self.old!r} is there {found} times; the planted bug must follow the source"
        changed = text[:first] + part.replace(self.old, self.new) + text[last:]
        compile(changed, self.file, "exec")
        return changed


def _span(text: str, name: str) -> tuple[int, int]:
    """Return where the definition (or assignment) of `name` at the top of a module begins and ends."""
    for node in ast.parse(text).body:
        names = [each.id for each in getattr(node, "targets", []) if isinstance(each, ast.Name)]
        if name in (getattr(node, "name", ""), *names):
            lines = text.splitlines(keepends=True)
            return sum(map(len, lines[: node.lineno - 1])), sum(map(len, lines[: node.end_lineno]))
    raise AssertionError(f"nothing is called {name} there any more; the planted bug must follow the source")


@dataclass(frozen=True)
class Mutant:
    """A planted bug: what is wrong with it, the rows of docs/explanation/trust.md it belongs to, who must notice."""

    name: str
    rows: str
    edits: Sequence[Edit]
    tests: Sequence[str]
    makes_database: bool = False  # it is in a migration: the tables must be made anew

    def files(self) -> dict[str, str]:
        """Return the text of each file that is changed."""
        texts: dict[str, str] = {}
        for edit in self.edits:
            texts[edit.file] = edit.apply(texts.get(edit.file) or (SOURCE / edit.file).read_text("utf-8"))
        return texts


@dataclass(frozen=True)
class Verdict:
    """What the tests said of a mutant; `blind` are those that passed all the same."""

    mutant: Mutant
    seconds: float
    blind: list[str] = field(default_factory=list)
    trouble: str = ""

    @property
    def is_killed(self) -> bool:
        return not self.blind and not self.trouble

    def __str__(self) -> str:
        word = "killed" if self.is_killed else "SURVIVED"
        why = f"  {self.trouble or 'passed: ' + ', '.join(self.blind)}" if not self.is_killed else ""
        return f"{word:9}{self.seconds:6.1f} s  {self.mutant.name:44}{self.mutant.rows}{why}"


class Bench:
    """Judges mutants, one after the other, in databases of their own on the server at `url`."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def prove_sound(self, mutants: Sequence[Mutant]) -> float:
        """Run every named test on the unharmed source: all must pass, else nothing is proven. Returns the seconds."""
        tests = sorted({test for mutant in mutants for test in mutant.tests})
        began = time.monotonic()
        code, results, said = self._run(SOURCE.parent, tests, database=SOUND)
        wrong = [test for test in tests if set(_outcomes(results, test)) != {"passed"}]
        assert (code, wrong) == (0, []), f"these do not pass on the unharmed source: {wrong}\n{said}"
        return time.monotonic() - began

    def judge(self, mutant: Mutant) -> Verdict:
        """Run the tests of a mutant on it. `prove_sound` comes first."""
        began, place = time.monotonic(), self.folder / mutant.name
        try:
            self._plant(mutant, place)
            database = mutant.name.replace("-", "_")
            if not mutant.makes_database:
                self._copy_database(database)
            code, results, said = self._run(place, mutant.tests, database=database)
            self._drop_database(database)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        blind = [test for test in mutant.tests if "failed" not in _outcomes(results, test)]
        trouble = "" if code in (0, 1) else f"the tests did not run to their end: {said[-1500:]}"
        return Verdict(mutant, time.monotonic() - began, blind, trouble)

    def _plant(self, mutant: Mutant, place: Path) -> None:
        texts = mutant.files()
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(SOURCE, place / "qitao", copy_function=os.symlink)
        for name, text in texts.items():
            path = place / "qitao" / name
            path.unlink()
            path.write_text(text, "utf-8")
            for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
                compiled.unlink()

    def _run(self, place: Path, tests: Sequence[str], *, database: str) -> tuple[int, ET.Element, str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        report = self.folder / f"{database}.xml"
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))}
        variables |= {
            "PYTHONPATH": str(place),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TEST_DATABASE_URL": self._address(database),
        }
        _must_be_imported(place, variables)
        command = [sys.executable, "-m", "pytest", "-q", "--reuse-db", "-p", "no:cacheprovider", "-p", "no:xdist"]
        running = subprocess.Popen(
            [*command, "--tb=line", f"--junitxml={report}", *tests],
            cwd=ROOT,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = running.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            said, _ = running.communicate()
            return -1, ET.Element("none"), f"no end after {PATIENCE:.0f} s\n{said}"
        results = ET.parse(report).getroot() if report.exists() else ET.Element("none")
        return running.returncode, results, said

    def _address(self, database: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def _copy_database(self, name: str) -> None:
        self._drop_database(name)
        template = "CREATE DATABASE {} TEMPLATE {}"
        self._execute(sql.SQL(template).format(sql.Identifier(f"test_{name}"), sql.Identifier(f"test_{SOUND}")))

    def _drop_database(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(f"test_{name}")))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def clear(self) -> None:
        """Drop the database that the mutants' databases were copied from."""
        self._drop_database(SOUND)


def _must_be_imported(place: Path, variables: dict[str, str]) -> None:
    """Fail where the tests would meet another package than the one in `place`."""
    look = [sys.executable, "-c", "import qitao; print(qitao.__file__)"]
    found = subprocess.run(look, cwd=ROOT, env=variables, capture_output=True, text=True, check=True).stdout.strip()
    assert found == str(place / "qitao" / "__init__.py"), found


def _outcomes(results: ET.Element, test: str) -> list[str]:
    """Return how each case of a test ended: passed, failed, error or skipped."""
    path, _, name = test.partition("::")
    module = path.removesuffix(".py").replace("/", ".")
    found = []
    for case in results.iter("testcase"):
        own = case.get("name", "")
        if case.get("classname") == module and (own == name or ("[" not in name and own.split("[")[0] == name)):
            ends = {"failure": "failed", "error": "error", "skipped": "skipped"}
            found.append(next((word for tag, word in ends.items() if case.find(tag) is not None), "passed"))
    return found

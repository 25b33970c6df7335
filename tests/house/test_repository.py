"""The repository holds what people wrote, and nothing that leads outside or that a tool can make."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "qitao"
MODULE_LINES = 500
FUNCTION_LINES = 60
SAY_IT_ALL = ("apps.py", "urls.py")  # names that need no sentence
LARGEST_FILE = 400_000
MADE_BY_TOOLS = re.compile(r"(^|/)(node_modules|__pycache__|dist|\.venv)(/|$)|\.(mo|pyc|so|log|db|sqlite3)$")
# Written in halves, so that this file does not find itself.
FOREIGN = re.compile(
    "|".join(["pypi" + r"\.org", "registry" + r"\.npmjs", r"files\.python" + "hosted", r"--index" + "-url http"])
)
MACHINE = re.compile("|".join(["/" + r"work/(main|shared)", "/" + r"root/", r"/home/(?!tester)\w+/"]))
UNFINISHED = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bX" + r"XX\b", r"\bHA" + r"CK\b"]))
TEXT = {".py", ".md", ".toml", ".txt", ".js", ".css", ".html", ".json", ".yml", ".sh", ".cfg", ".po", ".tsv", ""}


def tracked() -> list[Path]:
    """List the files that git carries; without git (a source distribution) there is nothing to look at."""
    try:
        answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git clone")
    return [ROOT / name for name in answer.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        if path.suffix in TEXT and path != Path(__file__).resolve():
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def found(pattern: re.Pattern[str]) -> list[str]:
    """List the places where a pattern occurs."""
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def test_nothing_that_a_tool_makes_is_kept() -> None:
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    assert [name for name in names if MADE_BY_TOOLS.search(name)] == []


def test_no_file_is_large() -> None:
    assert [str(path) for path in tracked() if path.stat().st_size > LARGEST_FILE] == []


def test_no_address_of_a_package_index() -> None:
    assert found(FOREIGN) == []


def test_no_path_of_somebodys_machine() -> None:
    assert found(MACHINE) == []


def test_nothing_is_left_for_later() -> None:
    assert found(UNFINISHED) == []


def test_modules_fit_the_head() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines > MODULE_LINES} == {}


def test_functions_fit_the_screen() -> None:
    long = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {lines} lines")
    assert long == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path.name not in SAY_IT_ALL
        and path.read_text("utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_locked_requirements_carry_hashes_for_everything() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        blocks = re.split(r"\n(?=\S)", path.read_text("utf-8").strip())
        pinned = [block for block in blocks if not block.startswith("#")]
        assert pinned, path.name
        assert [block.splitlines()[0] for block in pinned if "==" not in block or "--hash=sha256:" not in block] == []


def test_smaller_requirements_are_part_of_the_larger() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text("utf-8")
        return set(re.findall(r"^([\w.\-]+(?:\[[\w,]+\])?==\S+)", text, re.MULTILINE))

    base, trial, demo, dev = (pins(f"{name}.txt") for name in ("base", "trial", "demo", "dev"))
    assert base < trial < demo < dev


def test_the_browser_lock_names_no_registry() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock

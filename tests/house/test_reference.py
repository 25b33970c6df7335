"""Reference pages that repeat code say what the code says; `python -m tests.house.test_reference` writes them anew."""

from __future__ import annotations

from pathlib import Path

from qitao.project import env

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "environment.md"
HEAD = """# Environment

Every setting that an operator may give is one of these variables. They are read once, when a process starts; every
mistake is named at once, and a `QITAO_` variable that is not in this list is warned about. `qitao doctor` shows what
is set.

| variable | default | meaning |
|---|---|---|
"""
UNSET = {"QITAO_HOME": "`~/.local/share/qitao`, or under `XDG_DATA_HOME`"}


def page() -> str:
    rows = []
    for variable in env.VARIABLES:
        default = UNSET.get(variable.name) or (f"`{variable.default}`" if variable.default else "–")
        rows.append(f"| `{variable.name}` | {default} | {variable.meaning} |\n")
    return HEAD + "".join(rows)


def test_the_environment_page_lists_every_variable() -> None:
    assert PAGE.read_text("utf-8") == page()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

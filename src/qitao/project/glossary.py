"""The glossary: one source for the words of the trade in three languages, their forbidden variants, and its page.

`locale/glossary.csv` holds a term a line: English (variants after ";"; a remark in brackets tells apart what a word
alone does not, and keeps the term out of the check), Simplified and Traditional (after ";": what may stand for it in
a sentence), what must not be said instead, meaning.
From it come the Traditional catalog's terms, a check of every translation, and `docs/reference/glossary.md`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "locale" / "glossary.csv"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "glossary.md"
HEAD = """# Glossary

The words of Qitao in its three languages. Generated from `src/qitao/locale/glossary.csv` by
`python -m qitao.project.translations glossary`; every translation is checked against it.

| English | 简体中文 | 繁體中文 | not | meaning |
|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its English words, how the other languages say it, and how they must not."""

    english: tuple[str, ...]
    zh_Hans: tuple[str, ...]  # noqa: N815 - the name of the catalog
    zh_Hant: tuple[str, ...]  # noqa: N815
    not_zh_Hans: tuple[str, ...]  # noqa: N815
    not_zh_Hant: tuple[str, ...]  # noqa: N815
    meaning: str

    def said(self, locale: str) -> tuple[str, ...]:
        """Return the term in a language; behind it the words that may stand for it inside a sentence."""
        found: tuple[str, ...] = getattr(self, locale)
        return found

    def forbidden(self, locale: str) -> tuple[str, ...]:
        """Return what a language must not say instead."""
        found: tuple[str, ...] = getattr(self, f"not_{locale}")
        return found


def terms(source: Path = SOURCE) -> list[Term]:
    """Return the terms in the order of the glossary."""
    with source.open(encoding="utf-8", newline="") as file:
        return [
            Term(
                english=_split(row["english"]),
                zh_Hans=_split(row["zh_Hans"]),
                zh_Hant=_split(row["zh_Hant"]),
                not_zh_Hans=_split(row["not_zh_Hans"]),
                not_zh_Hant=_split(row["not_zh_Hant"]),
                meaning=row["meaning"],
            )
            for row in csv.DictReader(file)
        ]


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def disagreements(english: str, text: str, locale: str, known: list[Term]) -> Iterator[str]:
    """List the terms of an English message that its translation says in other words.

    A longer term hides the shorter ones inside it, so that a "pick list" is not also asked to be a pick.

    >>> known = [
    ...     Term(("pick list",), ("领料单",), ("領料單",), (), (), ""),
    ...     Term(("pick",), ("领",), ("領",), (), (), ""),
    ... ]
    >>> list(disagreements("All pick lists", "全部清单", "zh_Hans", known))
    ['“pick list” is 领料单']
    """
    named = sorted(((word, term) for term in known for word in term.english), key=lambda pair: -len(pair[0]))
    rest = english
    for word, term in named:
        rest, times = re.subn(rf"\b{re.escape(word)}(?:e?s)?\b", " ", rest, flags=re.IGNORECASE)
        if times and not any(said in text for said in term.said(locale)):
            yield f"“{word}” is {' or '.join(term.said(locale))}"


def page(known: list[Term]) -> str:
    """Return the glossary as a page of the documentation."""
    rows = (
        f"| {'; '.join(term.english)} | {term.zh_Hans[0]} | {term.zh_Hant[0]}"
        f" | {', '.join(dict.fromkeys(term.not_zh_Hans + term.not_zh_Hant))} | {term.meaning} |\n"
        for term in known
    )
    return HEAD + "".join(rows)

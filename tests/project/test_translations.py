"""Messages are found in Python and in templates; nothing untranslated, mangled or forbidden passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from qitao.project import glossary, translations

SOURCE = """
from django.utils.translation import gettext, ngettext, pgettext
from qitao.kernel.words import gettext_noop
A = gettext_noop("Short by {quantity}.")
B = ngettext("one row", "%(count)s rows", 2)
C = pgettext("of a lot", "Status")
D = gettext("written "
            "in two parts")
E = gettext(A)
"""
TEMPLATE = """{% load i18n %}<h1 title="{% translate 'Stock' %}">
    {% blocktranslate count n=rows|length trimmed %}
      One row for {{ who }}
    {% plural %}
      {{ n }} rows for {{ who }}
    {% endblocktranslate %} don't {% translate "Status" context "of a case" %}</h1>"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A little package with its own catalogs."""
    package = tmp_path / "src" / "little"
    (package / "templates").mkdir(parents=True)
    (package / "code.py").write_text(SOURCE)
    (package / "templates" / "page.html").write_text(TEMPLATE)
    monkeypatch.setattr(translations, "PACKAGE", package)
    monkeypatch.setattr(translations, "LOCALES", package / "locale")
    monkeypatch.setattr(translations.catalog_path, "__defaults__", (package / "locale",))
    monkeypatch.setattr(translations.gather, "__defaults__", (package,))
    monkeypatch.setattr(glossary, "terms", list)
    return package


def write(package: Path, locale: str, *entries: tuple[str, str]) -> None:
    path = translations.catalog_path(locale, package / "locale")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f'msgid "{source}"\nmsgstr "{target}"\n\n' for source, target in entries)
    path.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n{text}', "utf-8")


def test_messages_of_python_and_templates_are_found(package: Path) -> None:
    found = {(message.id, message.context) for message in translations.gather() if message.id}
    assert found == {
        ("Short by {quantity}.", None),
        (("one row", "%(count)s rows"), None),
        ("Status", "of a lot"),
        ("written in two parts", None),
        ("Stock", None),
        (("One row for %(who)s", "%(n)s rows for %(who)s"), None),
        ("Status", "of a case"),
    }


def test_extracting_keeps_what_is_translated_and_drops_what_is_gone(package: Path) -> None:
    write(package, "zh_Hans", ("Stock", "库存"), ("Gone", "没了"))
    translations.extract()
    text = translations.catalog_path("zh_Hans", package / "locale").read_text("utf-8")
    assert 'msgid "Stock"\nmsgstr "库存"' in text
    assert "Gone" not in text
    translations.extract()
    assert translations.catalog_path("zh_Hans", package / "locale").read_text("utf-8") == text


def test_traditional_is_derived_with_the_glossary(package: Path) -> None:
    (package / "locale").mkdir()
    (package / "locale" / "zh_Hant.tsv").write_text("# ours\n工单\t製令\n", "utf-8")
    write(package, "zh_Hans", ("Work order {code}", "工单 {code} 的信息"))
    translations.derive()
    derived = translations.catalog_path("zh_Hant", package / "locale").read_text("utf-8")
    assert 'msgstr "製令 {code} 的資訊"' in derived


@pytest.mark.parametrize(
    ("source", "target", "problem"),
    [
        ("Stock", "", "is not translated"),
        ("Short by {quantity}.", "短缺。", "has other placeholders"),
        ("Short by {quantity}.", "短缺 {qty}。", "has other placeholders"),
        ("%(count)s rows", "%(count)d 行", "has other placeholders"),
        ("Stock", "股票", "says '股票': not 股票, shares of a company"),
    ],
)
def test_what_is_wrong_is_named(package: Path, source: str, target: str, problem: str) -> None:
    (package / "locale").mkdir()
    (package / "locale" / "forbidden.tsv").write_text("股票\tzh_Hans zh_Hant\tshares of a company\n", "utf-8")
    write(package, "zh_Hans", (source, target))
    problems = list(translations.problems_of("zh_Hans"))
    assert len(problems) == 1
    assert problem in problems[0]


def test_a_good_catalog_has_no_problem(package: Path) -> None:
    write(package, "zh_Hans", ("Short by {quantity}.", "短缺 {quantity}。"), ("Stock", "库存"))
    assert list(translations.problems_of("zh_Hans")) == []


def test_compiling_writes_what_is_older_only(package: Path) -> None:
    write(package, "zh_Hans", ("Stock", "库存"))
    translations.compile_catalogs(package / "locale")
    compiled = translations.catalog_path("zh_Hans", package / "locale").with_suffix(".mo")
    first = compiled.stat().st_mtime_ns
    translations.compile_catalogs(package / "locale")
    assert compiled.stat().st_mtime_ns == first
    write(package, "zh_Hans", ("Stock", "存货"))
    translations.compile_catalogs(package / "locale")
    assert "存货".encode() in compiled.read_bytes()

"""Everything a person reads is said in three languages and in the words of the trade."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

from qitao.accounts.permission_names import PERMISSION_NAMES
from qitao.accounts.roles import PERMISSIONS
from qitao.project import glossary, translations

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "qitao"
LOCALES = ("zh_Hans", "zh_Hant")
MARKS = ("_", *translations.FUNCTIONS)
READ_ALOUD = ("title", "aria-label", "placeholder", "alt")
# what needs no translation: names, signs of keys and codes
NAMES = {
    "ABC",
    "CSV",
    "Ctrl",
    "Enter",
    "Esc",
    "Excel",
    "InvenTree",
    "MSL",
    "QR",
    "Qitao",
    "Shift",
    "XYZ",
    "ktg",
    "mes",
    "ms",
}
SILENT = re.compile(
    r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|<!--.*?-->"
    r"|\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*block \w*class\w* %\}.*?\{%\s*endblock"
    r"|[\w.]*\.(?:csv|zip)\b|\{%.*?%\}|\{\{.*?\}\}|<(script|style|svg|code|pre)\b.*?</\1>|&\w+;",
    re.DOTALL,
)


# The catalogs


@pytest.mark.parametrize("locale", LOCALES)
def test_every_message_is_said_well(locale: str) -> None:
    assert list(translations.problems_of(locale)) == []


def test_the_catalogs_are_those_of_the_source() -> None:
    assert list(translations.stale()) == []


@pytest.mark.parametrize(
    ("english", "chinese", "fault"),
    [
        ("Stock", "股票", "not 股票"),
        ("Pick list {code}", "清单 {code}", "“Pick list” is 领料单"),
        ("Unit", "單位", "單 is of the other script"),
        ("Row {row}", "第{row}行,共3行", "a space between"),
        ("Close", "关闭,", "full-width punctuation"),
        ("Loading", "加载中...", "ellipsis"),
    ],
)
def test_a_fault_in_a_translation_is_found(english: str, chinese: str, fault: str) -> None:
    found = list(translations.faults_of("zh_Hans")(english, chinese))
    assert any(fault.lower() in each.lower() for each in found), found


def test_a_good_translation_has_no_fault() -> None:
    faults = translations.faults_of("zh_Hans")
    assert list(faults("Pick list {code} is up to date.", "领料单 {code} 已是最新。")) == []


def test_traditional_chinese_speaks_as_taiwan_does() -> None:
    convert = translations.converter()
    said = {
        "请删除该行。": "請刪除該列。",
        "缺少此列。": "缺少此欄。",
        "请核对代码，或搜索一下。": "請核對代碼，或搜尋一下。",
        "每张采购订单只能有一个供应商。": "每張採購單只能有一個供應商。",
        "登录名“{username}”已被占用。": "登入名「{username}」已被佔用。",
        "{days} 天后": "{days} 天後",
        "自制": "自製",
    }
    assert {simplified: convert(simplified) for simplified in said} == said


# The glossary


def test_the_page_of_the_glossary_is_generated() -> None:
    assert glossary.PAGE.read_text("utf-8") == glossary.page(glossary.terms())


def test_no_term_is_there_twice() -> None:
    words = [word for term in glossary.terms() for word in term.english]
    assert sorted(set(words)) == sorted(words)


def test_every_permission_has_a_name() -> None:
    assert set(PERMISSION_NAMES) == set(PERMISSIONS)


# The source


def templates() -> list[Path]:
    return sorted((SOURCE / "web" / "templates").rglob("*.html"))


def plain_words(html: str) -> list[str]:
    """Return what a template says outside its translations: texts, and the attributes that are read aloud."""
    html = SILENT.sub(" ", html)
    spoken = [text for name in READ_ALOUD for text in re.findall(rf'\s{name}="([^"]*)"', html)]
    texts = re.sub(r"<[^>]*>", " ", html)
    words = re.findall(r"[^\W\d_]{2,}", " ".join([texts, *spoken]))
    return [word for word in words if word not in NAMES]


def test_a_plain_word_in_a_template_is_found() -> None:
    assert plain_words('<p title="Hint">{% translate "Good" %} Bad {{ page.fine }}</p>') == ["Bad", "Hint"]


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(SOURCE / "web" / "templates")))
def test_templates_say_nothing_in_the_source_language_alone(path: Path) -> None:
    assert plain_words(path.read_text("utf-8")) == []
    assert templatize(path.read_text("utf-8"), origin=str(path))


def unmarked(tree: ast.AST) -> Iterator[ast.Constant]:
    """Find the texts for people that no translator is told of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _name(node.func)
            if name in ("BadValue", "NotFound", "NotNow"):
                yield from (word.value for word in node.keywords if word.arg in SPOKEN and not _is_known(word.value))
            elif name in ("done", "refuse") or name in MESSAGES:
                yield from (given for given in node.args[1:2] if _is_text(given))
            elif name in ("Column", "Choice", "Place", "Group"):
                yield from (given for given in node.args[1 if name != "Group" else 0 :][:1] if _is_text(given))
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(node)


SPOKEN = ("field", "problem", "what")
TITLES = {
    title for path in SOURCE.rglob("models.py") for title in translations.titles_of_models(path.read_text("utf-8"))
}
MESSAGES = ("success", "warning", "info")


def _of_class(node: ast.ClassDef) -> Iterator[ast.Constant]:
    bases = {_name(base) for base in node.bases}
    for part in node.body:
        if not (isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name)):
            continue
        name, value = part.targets[0].id, part.value
        if bases & {"TextChoices", "IntegerChoices"} and isinstance(value, ast.Tuple) and _is_text(value.elts[-1]):
            yield value.elts[-1]
        if name in ("reason", "remedy") and _is_text(value):
            yield value


def _is_known(node: ast.AST) -> bool:
    """Tell what needs no mark: no text at all, or the name of a model's field (the catalogs hold its title)."""
    title = node.value.replace("_", " ") if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return title in TITLES or not _is_text(node)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(re.search("[^\\W\\d_]{2}", node.value))
    )


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize(
    "line",
    [
        'raise BadValue(field=_("Text"), problem="is empty")',
        'done(request, f"{code} is made.")',
        'class NoBin(Refusal):\n    reason = "There is no bin."',
        'raise BadValue(field="nonsense", problem=_("is empty"))',
        'class Kind(models.TextChoices):\n    MADE = "made", "made"',
        'Column("code", "Code")',
    ],
)
def test_an_unmarked_text_is_found(line: str) -> None:
    assert len(list(unmarked(ast.parse(line)))) == 1


def test_texts_for_people_are_marked_for_translation() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{text.lineno}: {ast.unparse(text)}"
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
        for text in unmarked(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def renamed(tree: ast.AST) -> Iterator[str]:
    """Find functions that mark texts under a name the extractor does not know: what they mark nobody translates."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("django.utils.translation", "qitao.kernel.words"):
            for name in node.names:
                if name.name in translations.FUNCTIONS and (name.asname or name.name) not in translations.FUNCTIONS:
                    yield f"{name.name} as {name.asname}"


def test_a_mark_under_another_name_is_found() -> None:
    line = "from django.utils.translation import gettext as _now, gettext_lazy as _, ngettext"
    assert list(renamed(ast.parse(line))) == ["gettext as _now"]


def test_texts_are_marked_by_names_the_extractor_knows() -> None:
    found = {
        str(path.relative_to(SOURCE)): names
        for path in sorted(SOURCE.rglob("*.py"))
        if (names := list(renamed(ast.parse(path.read_text("utf-8")))))
    }
    assert found == {}


def strings_of(script: str) -> list[str]:
    """Return the sentences among the strings of a script: a capital letter, then words."""
    script = re.sub(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", "", script, flags=re.DOTALL)
    return [text for _, text in re.findall(r"""(["'`])([A-Z][a-z]+(?: [\w.,!?]+)+|[^\x00-\xff]{2,})\1""", script)]


def test_a_sentence_in_a_script_is_found() -> None:
    assert strings_of("say('Nothing found here') // 'Not this'") == ["Nothing found here"]


def test_scripts_take_their_words_from_the_page() -> None:
    found = {path.name: strings_of(path.read_text("utf-8")) for path in sorted((ROOT / "frontend").glob("*.js"))}
    assert {name: texts for name, texts in found.items() if texts} == {}

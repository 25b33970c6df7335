"""The translations: gather messages, compile catalogs, derive Traditional Chinese, check that nothing is missing.

    python -m qitao.project.translations extract    new messages into the Simplified Chinese catalog
    python -m qitao.project.translations hant       Traditional Chinese anew from Simplified
    python -m qitao.project.translations compile    what Django reads (.mo), where it is older than its source
    python -m qitao.project.translations glossary   the page of the documentation from the glossary
    python -m qitao.project.translations check      complete, same placeholders, the glossary's words, nothing stale

English is the language of the source. Simplified Chinese is written by people; Traditional Chinese is derived from it
by OpenCC (Taiwan, with phrases), the glossary and `locale/zh_Hant.tsv` (Simplified words, Traditional words), never
edited by hand. `locale/forbidden.tsv` lists words that must not appear in a translation, each with the reason. Pure
Python: no GNU gettext is needed.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeGuard

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from qitao.project import glossary

PACKAGE = Path(__file__).resolve().parent.parent
LOCALES = PACKAGE / "locale"
WRITTEN, DERIVED = "zh_Hans", "zh_Hant"
FUNCTIONS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")
FILE = re.compile(r"\w+\.csv")
CHARACTERS = {"zh_Hans": "gb2312", "zh_Hant": "big5"}  # the old national sets hold no character of the other script
QUOTES = str.maketrans("“”‘’", "「」『』")
HAN = "\u3400-\u9fff"
UGLY = {
    re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]"): "a space between Chinese and Latin letters or digits",
    re.compile(rf"[{HAN}] ?[,;:?!]|[{HAN}]\.(?!\w)|[{HAN}]\(|\)[{HAN}]"): "full-width punctuation",
    re.compile(r"[，。；：？！、（）「」“”] | [，。；：？！、（）]|  |^ | $"): "no such space",
    re.compile(r"[Ａ-Ｚａ-ｚ０-９]"): "no full-width letters or digits",
    re.compile(r"(?<!…)…(?!…)|\.\.\."): "the ellipsis ……",
}


def catalog_path(locale: str, locales: Path = LOCALES) -> Path:
    """Return where the catalog of a language lies."""
    return locales / locale / "LC_MESSAGES" / "django.po"


def gather(package: Path = PACKAGE) -> Catalog:
    """Collect every message of Python sources and templates, with the files it is used in."""
    found = Catalog(locale=WRITTEN, project="Qitao", charset="utf-8", fuzzy=False)
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html"), *package.rglob("*.txt")]):
        if "migrations" in path.parts or "locale" in path.parts or "static" in path.parts:
            continue
        where = path.relative_to(package.parent).as_posix()
        for context, message, comments in _messages(path):
            found.add(message, locations=[(where, 1)], auto_comments=comments, context=context)
        for title in titles_of_models(path.read_text("utf-8")) if path.name == "models.py" else ():
            found.add(title, locations=[(where, 1)])
    return found


def titles_of_models(source: str) -> Iterator[str]:
    """Name the models of a module and their fields as Django does: refusals and histories say those names.

    >>> list(titles_of_models("class StockCount(models.Model):\\n    due_on = models.DateField()"))
    ['stock count', 'due on']
    """
    for model in ast.parse(source).body:
        if not isinstance(model, ast.ClassDef):
            continue
        fields = [part for part in model.body if _is_field(part)]
        if fields:
            given = re.search(r"verbose_name = \W?\(?\"([^\"]+)", ast.get_source_segment(source, model) or "")
            yield given[1] if given else re.sub(r"(?<!^)(?=[A-Z])", " ", model.name).lower()
        yield from (ast.unparse(part.targets[0]).replace("_", " ") for part in fields)


def _is_field(part: ast.stmt) -> TypeGuard[ast.Assign]:
    """Tell a field: `name = models.SomeField(…)`."""
    call = part.value if isinstance(part, ast.Assign) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "models"
        and (call.func.attr.endswith("Field") or call.func.attr == "ForeignKey")
    )


def _messages(path: Path) -> Iterator[tuple[str | None, Any, list[str]]]:
    """Read the messages of one file: (context, message or (singular, plural), notes to the translator)."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        text = _as_python(text, path)
    calls: Any = extract_python(io.BytesIO(text.encode()), FUNCTIONS, ["Translators:"], {"encoding": "utf-8"})
    for _line, function, arguments, comments, *_ in calls:
        given = list(arguments) if isinstance(arguments, (list, tuple)) else [arguments]
        context = given.pop(0) if "pgettext" in function else None
        texts = [part for part in given if part][: 2 if "ngettext" in function else 1]
        if texts:
            yield context, (texts[0] if len(texts) == 1 else tuple(texts)), comments


def _as_python(text: str, path: Path) -> str:
    """Turn a template into lines of Python calls, as Django does; indentation means nothing there."""
    from django.utils.translation.template import templatize

    return "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())


def extract() -> int:
    """Bring the written catalog up to date with the source; translations are kept, vanished messages go."""
    path = catalog_path(WRITTEN)
    old = _read(path)
    new = gather()
    for message in new:
        known = old.get(message.id, message.context) if message.id else None
        if known is not None:
            message.string = known.string
            message.user_comments = known.user_comments
    _write(new, path)
    missing = sum(1 for message in new if message.id and not _translated(message))
    print(f"translations: {len(new)} messages, {missing} to translate in {path.relative_to(PACKAGE.parent.parent)}")
    return 0


def derive() -> int:
    """Write the Traditional Chinese catalog from the Simplified one."""
    _write(_derived(), catalog_path(DERIVED))
    return 0


def _derived() -> Catalog:
    convert = converter()
    derived = Catalog(locale=DERIVED, project="Qitao", charset="utf-8", fuzzy=False)
    for message in _read(catalog_path(WRITTEN)):
        if message.id:
            text = message.string
            text = tuple(map(convert, text)) if isinstance(text, (tuple, list)) else convert(text)
            derived.add(message.id, text, locations=message.locations, context=message.context)
    return derived


def converter() -> Any:
    """Return Simplified → Traditional; terms of the glossary pass OpenCC by, as private characters."""
    from opencc import OpenCC

    opencc = OpenCC("s2twp")
    rows = [(first, rest) for first, rest in _table(LOCALES / "zh_Hant.tsv")]
    whole = {first[1:]: rest for first, rest in rows if first.startswith("=")}
    terms = (pair for term in glossary.terms() for pair in zip(term.zh_Hans, term.zh_Hant, strict=True))
    known = dict(terms) | dict(rows)
    words = sorted(known.items(), key=lambda pair: -len(pair[0]))

    def convert(text: str) -> str:
        if text in whole:
            return whole[text]
        for number, (simplified, _) in enumerate(words):
            text = text.replace(simplified, chr(0xE000 + number))
        text = opencc.convert(text)
        for number, (_, traditional) in enumerate(words):
            text = text.replace(chr(0xE000 + number), traditional)
        return text.translate(QUOTES)

    return convert


def write_glossary() -> int:
    """Write the page of the documentation."""
    glossary.PAGE.parent.mkdir(parents=True, exist_ok=True)
    glossary.PAGE.write_text(glossary.page(glossary.terms()), "utf-8")
    return 0


def compile_catalogs(locales: Path = LOCALES) -> int:
    """Write the .mo beside each .po that is newer."""
    for path in sorted(locales.glob("*/LC_MESSAGES/*.po")):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        draft = compiled.with_suffix(f".{os.getpid()}.draft")
        with draft.open("wb") as file:
            write_mo(file, _read(path))
        draft.replace(compiled)
    return 0


def check() -> int:
    """Print everything that is wrong with the catalogs; return 1 if there is anything."""
    problems = [*stale(), *(problem for locale in (WRITTEN, DERIVED) for problem in problems_of(locale))]
    for problem in problems:
        print(f"translations: {problem}")
    return 1 if problems else 0


def stale() -> Iterator[str]:
    """Compare the written catalog with the source, and the derived one with the written."""
    written, derived = _keys(_read(catalog_path(WRITTEN))), _read(catalog_path(DERIVED))
    wanted = _keys(gather())
    if written != wanted:
        yield f"{len(written ^ wanted)} messages differ from the source: run extract, translate, run hant"
    expected = {(m.id, m.context): m.string for m in _derived() if m.id}
    if {(m.id, m.context): m.string for m in derived if m.id} != expected:
        yield "Traditional Chinese is not what Simplified gives: run hant"
    if glossary.PAGE.parent.is_dir() and glossary.PAGE.read_text("utf-8") != glossary.page(glossary.terms()):
        yield "The page of the glossary is not what the glossary gives: run glossary"


def problems_of(locale: str) -> Iterator[str]:
    """List what is untranslated, has other placeholders than its source, or is said as it must not be."""
    faults = faults_of(locale)
    for message in _read(catalog_path(locale)):
        if not message.id:
            continue
        name = f"{locale}: {message.id!r}"
        if not _translated(message):
            yield f"{name} is not translated"
            continue
        for text in _texts(message.string):
            if not _same_places(message, text):
                yield f"{name} has other placeholders in {text!r}"
            for fault in faults(_texts(message.id)[-1], text):
                yield f"{name} says {text!r}: {fault}"


def faults_of(locale: str) -> Callable[[str, str], Iterator[str]]:
    """Return what finds fault with a translation: words, characters, spaces and punctuation of a language."""
    known = glossary.terms()
    forbidden = [(word, reason) for word, where, reason in _forbidden() if locale in where]
    forbidden += [(word, f"the term is {term.said(locale)[0]}") for term in known for word in term.forbidden(locale)]

    def faults(english: str, text: str) -> Iterator[str]:
        yield from (f"not {word}, {why}" for word, why in forbidden if word in (text, f"={text}") or word in text)
        yield from glossary.disagreements(_without_tags(english), text, locale, known)
        for character in dict.fromkeys(re.findall(f"[{HAN}]", text)):
            if not _writable(character, CHARACTERS[locale]):
                yield f"{character} is of the other script"
        yield from (why for pattern, why in UGLY.items() if pattern.search(_without_tags(text)))

    return faults


def _forbidden() -> Iterator[tuple[str, str, str]]:
    for word, rest in _table(LOCALES / "forbidden.tsv"):
        where, _, reason = rest.partition("\t")
        yield word, where, reason


def _without_tags(text: str) -> str:
    """Leave out tags, file names and placeholders: what fills those has its own edges."""
    return FILE.sub("\ufffc", PLACEHOLDER.sub("\ufffc", re.sub(r"<[^>]+>", "", text)))


def _writable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _same_places(message: Message, text: str) -> bool:
    """Compare placeholders; a Chinese plural may leave out a number that the singular spells out."""
    sources = [set(PLACEHOLDER.findall(source)) for source in _texts(message.id)]
    return set(PLACEHOLDER.findall(text)) in (sources if len(sources) == 1 else [sources[0] | sources[1], *sources])


def _translated(message: Message) -> bool:
    return bool(message.string) and all(_texts(message.string)) and not message.fuzzy


def _texts(value: Any) -> list[str]:
    return list(value) if isinstance(value, (tuple, list)) else [value]


def _keys(catalog: Catalog) -> set[tuple[Any, str | None]]:
    return {(message.id, message.context) for message in catalog if message.id}


def _table(path: Path) -> list[tuple[str, str]]:
    """Read a two-column table; lines that start with # are remarks."""
    if not path.exists():
        return []
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
    return [(first.strip(), rest.strip()) for first, _, rest in (line.partition("\t") for line in lines)]


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=path.parent.parent.name)
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def _write(catalog: Catalog, path: Path) -> None:
    """Write a catalog that changes only where messages do: no dates, no line numbers, sorted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, catalog, width=110, sort_output=True, include_lineno=False, omit_header=True, ignore_obsolete=True)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {path.parent.parent.name}\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    path.write_bytes(header.encode() + text.getvalue())


VERBS = {
    "extract": extract,
    "hant": derive,
    "compile": compile_catalogs,
    "glossary": write_glossary,
    "check": check,
}


def main(arguments: list[str]) -> int:
    """Carry out one verb."""
    if len(arguments) != 1 or arguments[0] not in VERBS:
        print(f"usage: python -m qitao.project.translations {'|'.join(VERBS)}", file=sys.stderr)
        return 2
    return VERBS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""House rules that no linter knows. Each is proven by a line that keeps it and a line that breaks it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "qitao"
EDGES = ("project", "cli.py", "demo")  # where clock and chance come from

Rule = Callable[[ast.AST], bool]


def no_float_fields(node: ast.AST) -> bool:
    """Quantities and money are exact: no FloatField."""
    return not (isinstance(node, ast.Attribute | ast.Name) and _last(node) == "FloatField")


def no_signals(node: ast.AST) -> bool:
    """Reactions are listed in project.wiring: no Django signals."""
    if isinstance(node, ast.ImportFrom):
        return node.module not in ("django.db.models.signals", "django.dispatch")
    return not (isinstance(node, ast.Import) and any(name.name.startswith("django.dispatch") for name in node.names))


def no_work_in_save(node: ast.AST) -> bool:
    """Actions write: no save() or delete() of a model's own."""
    if not isinstance(node, ast.ClassDef):
        return True
    return not any(isinstance(part, ast.FunctionDef) and part.name in ("save", "delete") for part in node.body)


def no_unchecked_html(node: ast.AST) -> bool:
    """Templates escape: mark_safe only on a constant; format_html escapes its arguments."""
    if not (isinstance(node, ast.Call) and _last(node.func) in ("mark_safe", "SafeString")):
        return True
    given = node.args[0] if node.args else node
    while isinstance(given, ast.Subscript):
        given = given.value
    return isinstance(given, ast.Constant) or _last(given).isupper()


def no_eval(node: ast.AST) -> bool:
    """What users write never runs as code."""
    return not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"))


def no_swallowed_failure(node: ast.AST) -> bool:
    """Never do nothing silently: no `except Exception: pass`."""
    if not isinstance(node, ast.ExceptHandler):
        return True
    broad = node.type is None or _last(node.type) in ("Exception", "BaseException")
    return not (broad and all(isinstance(part, ast.Pass) for part in node.body))


def no_own_environment(node: ast.AST) -> bool:
    """Settings are read in project.env only."""
    return not (isinstance(node, ast.Attribute) and _last(node) in ("environ", "getenv"))


def no_day_of_utc(node: ast.AST) -> bool:
    """A day is the plant's: command.on or timezone.localdate(…), never the date of a moment, which is that of UTC."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date"):
        return True
    of = node.func.value
    return not (isinstance(of, ast.Attribute) and (of.attr == "at" or of.attr.endswith("_at")))


RULES: dict[Rule, tuple[str, str]] = {
    no_float_fields: ("models.DecimalField(max_digits=18)", "models.FloatField()"),
    no_signals: ("from django.db import models", "from django.db.models.signals import post_save"),
    no_work_in_save: ("class A:\n    def close(self): ...", "class A:\n    def save(self): ..."),
    no_unchecked_html: ("format_html('<b>{}</b>', name); mark_safe(SHAPES[tone])", "mark_safe(name)"),
    no_eval: ("document.evaluate()", "eval(text)"),
    no_swallowed_failure: ("try: a()\nexcept KeyError: pass", "try: a()\nexcept Exception: pass"),
    no_day_of_utc: ("timezone.localdate(command.at)", "command.at.date()"),
    no_own_environment: ("settings.ENVIRONMENT", "os.environ['X']"),
}


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def kept(rule: Rule, source: str) -> bool:
    return all(rule(node) for node in ast.walk(ast.parse(source)))


def judged(rule: Rule) -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*.py")):
        inside = path.relative_to(SOURCE)
        if rule is no_own_environment and inside.parts[0] in EDGES:
            continue
        yield path


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_tells_good_from_bad(rule: Rule) -> None:
    good, bad = RULES[rule]
    assert kept(rule, good)
    assert not kept(rule, bad)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_is_kept(rule: Rule) -> None:
    breaches = [
        f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 1)}"
        for path in judged(rule)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if not rule(node)
    ]
    assert breaches == [], rule.__doc__

"""Forms of records: fields are declared, reading, showing and keeping are the same for all.

    UNIT = Form(
        (Section("", (Field("code", _("Code"), required=True), Field("decimals", _("Decimals"), "number"))),),
    )

`editor(RECORD)` is the page of a new record and of one that is there; a refusal appears in the form, which keeps what
was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext

from qitao.kernel.quantity import plain
from qitao.kernel.refusal import BadValue
from qitao.web.choosing.pages import item_called
from qitao.web.page import View, command_from, done, page
from qitao.web.reading import Reading
from qitao.web.request import Request

Words = str | Promise
Choices = Sequence[tuple[Any, Words]]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: the attribute it keeps, its title, and what is typed into it.

    `kind` is text, long, quantity, number, day, choice, choices, check, item or password. A quantity left empty is 0
    unless it `may_be_unknown`; so are numbers. A choice of an attribute that ends in `_id` is a row's number.
    """

    name: str
    title: Words
    kind: str = "text"
    required: bool = False
    help: Words = ""
    choices: Choices | Callable[[Request], Choices] = ()
    longest: int = 200
    may_be_unknown: bool = False
    wide: bool = False
    usual: Any = ""  # what a new record has
    permission: str = ""  # to see and change it
    only_new: bool = False

    def options(self, request: Request) -> Choices:
        """Return value and word of each choice."""
        return self.choices(request) if callable(self.choices) else self.choices


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together, under a heading."""

    title: Words
    fields: tuple[Field, ...]
    text: Words = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a record, section by section."""

    sections: tuple[Section, ...]

    def fields(self, request: Request, *, is_new: bool) -> list[Field]:
        """Return the fields that the reader may see now."""
        return [
            field
            for section in self.sections
            for field in section.fields
            if (is_new or not field.only_new) and (not field.permission or request.user.may(field.permission))
        ]


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A field with its value as the form shows it."""

    field: Field
    value: str
    options: list[tuple[str, Words, bool]]


@dataclass(frozen=True, slots=True)
class FormShown:
    """A form for one request: sections with their fields filled in."""

    sections: list[tuple[Section, list[FieldShown]]]
    cancel: str
    has_items: bool
    row: Model | None = None


def read(request: Request, form: Form, *, is_new: bool) -> dict[str, Any]:
    """Return what was typed, by attribute. Refuses: BadValue with the field's title, NotFound for an item."""
    reading = Reading(request.POST)
    return {field.name: _read(request, reading, field) for field in form.fields(request, is_new=is_new)}


def _read(request: Request, reading: Reading, field: Field) -> Any:
    title, name = str(field.title), field.name
    if field.kind == "check":
        return name in request.POST
    if field.kind == "choices":
        known = {str(value) for value, _ in field.options(request)}
        return [value for value in request.POST.getlist(name) if value in known]
    if field.kind == "password":
        return str(request.POST.get(name, ""))
    text = reading.text(name, title=title, longest=field.longest, required=field.required)
    return _meaning(request, reading, field) if text else _empty(field)


def _meaning(request: Request, reading: Reading, field: Field) -> Any:
    """Return what the text in a field means."""
    title, name = str(field.title), field.name
    value: Any = reading.text(name, title=title, longest=field.longest)
    match field.kind:
        case "quantity":
            value = reading.quantity(name, title=title)
        case "number":
            value = reading.number(name, title=title)
        case "day":
            value = reading.day(name, title=title)
        case "item":
            value = item_called(value).pk
        case "choice":
            value = reading.choice(name, [str(each) for each, _ in field.options(request)], title=title)
            value = int(value) if name.endswith("_id") else value
    return value


def _empty(field: Field) -> Any:
    if field.kind in ("quantity", "number") and not field.may_be_unknown:
        return Decimal(0) if field.kind == "quantity" else 0
    return None if field.kind in ("quantity", "number", "day", "item") or field.name.endswith("_id") else ""


def shown(
    request: Request, form: Form, row: Model | None, *, cancel: str, usual: dict[str, Any] | None = None
) -> FormShown:
    """Return the form filled with what `row` has, or with what a new one usually has."""
    visible = form.fields(request, is_new=row is None)
    values = usual or {}
    sections = [
        (
            section,
            [
                _field_shown(request, field, getattr(row, field.name) if row else values.get(field.name, field.usual))
                for field in section.fields
                if field in visible
            ],
        )
        for section in form.sections
    ]
    filled = [(section, fields) for section, fields in sections if fields]
    return FormShown(filled, cancel, any(field.kind == "item" for field in visible), row)


def _field_shown(request: Request, field: Field, value: Any) -> FieldShown:
    options = []
    if field.kind in ("choice", "choices"):
        chosen = {str(each) for each in value} if isinstance(value, list | tuple) else {_text(value)}
        options = [(str(each), word, str(each) in chosen) for each, word in field.options(request)]
    return FieldShown(field, "" if field.kind == "password" else _text(value), options)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else ""
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
    return str(value)


# Pages


@dataclass(frozen=True, slots=True)
class Record:
    """A kind of record: its form, the action that keeps it – called with (command, values, row's number or None)."""

    model: type[Model]
    form: Form
    keep: Callable[..., Any]
    permission: str
    new: Words  # “New unit”
    back: Callable[[Any], str]  # where to go afterwards
    check: Callable[[Request, Any], None] = lambda request, row: None


def editor(record: Record) -> View:
    """Return the page that makes a record, or changes the one with the number `pk`."""

    @page(permission=record.permission, methods=["GET", "POST"])
    def edit(request: Request, pk: int | None = None) -> HttpResponse:
        row = get_object_or_404(record.model._default_manager, pk=pk) if pk is not None else None
        record.check(request, row)
        if request.method == "POST":
            values = read(request, record.form, is_new=row is None)
            with_titles(record.form, lambda: record.keep(command_from(request), values, pk))
            return done(request, _kept(row, values), to=record.back(row))
        form = shown(request, record.form, row, cancel=record.back(row))
        return show(request, form, title=str(row) if row else str(record.new))

    return edit


def show(request: Request, form: FormShown, **context: Any) -> HttpResponse:
    """Answer with the page of a form."""
    return render(request, "records/form.html", {"form": form, **context})


def with_titles(form: Form, work: Callable[[], Any]) -> Any:
    """Do `work`; a value that it refuses by its attribute is called what the form calls it."""
    try:
        return work()
    except BadValue as refusal:
        titles = {field.name.removesuffix("_id"): field.title for section in form.sections for field in section.fields}
        name = str(refusal.facts.get("name") or refusal.facts.get("field", "")).removesuffix("_id")
        if name in titles:
            refusal.facts["field"] = str(titles[name])
        raise


def _kept(row: Model | None, values: dict[str, Any]) -> str:
    what = values.get("code") or values.get("name") or (str(row) if row else "")
    return gettext("{what} is saved.").format(what=what)

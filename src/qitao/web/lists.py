"""Lists: columns and filters are declared, everything else is the same on every page.

    ITEMS = List(
        name="items",
        columns=(
            Column("code", _("Item"), sort="code", link=item_url, kind="code"),
            Column("on_hand", _("On hand"), sort="on_hand", kind="quantity", unit="unit"),
        ),
        filters=(Choice("kind", _("Kind"), Kind.choices),),
        search=("code", "name", "pinyin"),
        order="code",
        empty=Empty(_("No items yet."), _("Import them from a folder of tables."), route="imports"),
    )

    @page(permission="catalog.view")
    def items(request):
        return show(request, ITEMS, queries.items_with_stock(on=today), title=_("Items"))

The address is the view: `?q=` words, each filter by its name, `sort=-due_on,code`, `page`, `size`, `columns=a,b`,
`export=csv|xlsx`. The page and its refreshed part have the same address; htmx asks for the part by its target.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet, Sum
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise

from qitao.web import cells, formats, list_files
from qitao.web.request import Request

Words = str | Promise
SIZES = (25, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, where its value comes from, how it is shown and sorted.

    `value` is a path such as "item.code" or a function of the row; the column's name by default. `kind` is text,
    code, named, quantity, money, number, day, moment, chip or html. `unit` is the path of a quantity's unit or of a
    money's currency.
    """

    name: str
    title: Words
    kind: str = "text"
    value: str | Callable[[Any], Any] = ""
    sort: str | Sequence[str] = ""
    link: Callable[[Any], str] | None = None
    unit: str = ""
    chip: str = ""  # path of the object whose field `value` names
    total: bool = False
    shown: bool = True
    permission: str = ""

    def of(self, row: Any) -> Any:
        """Return the plain value for a row."""
        if callable(self.value):
            return self.value(row)
        return cells.follow(row, self.value or self.name)

    @property
    def sort_fields(self) -> tuple[str, ...]:
        """The fields this column sorts by; none: it does not."""
        return (self.sort,) if isinstance(self.sort, str) and self.sort else tuple(self.sort)

    @property
    def is_figure(self) -> bool:
        """Whether its cells are set to the right."""
        return self.kind in ("quantity", "money", "number")


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter by one of some values, or by several of them. `choices` may depend on the request."""

    name: str
    title: Words
    choices: Sequence[tuple[Any, Words]] | Callable[[Request], Sequence[tuple[Any, Words]]]
    lookup: str = ""  # the name by default
    default: str = ""

    def apply(self, rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        """Keep the rows whose value is one of `values`."""
        return rows.filter(**{f"{self.lookup or self.name}__in": values})

    def options(self, request: Request) -> list[tuple[str, Words]]:
        """Return value and word of each choice."""
        found = self.choices(request) if callable(self.choices) else self.choices
        return [(str(value), word) for value, word in found]


@dataclass(frozen=True, slots=True)
class Which:
    """A filter by conditions that have a name: `cases` maps a value to its word and its condition."""

    name: str
    title: Words
    cases: Mapping[str, tuple[Words, Q | Callable[[Request], Q]]]
    default: str = ""

    def apply_for(self, request: Request, rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        """Keep the rows that meet any of the conditions."""
        conditions = [self.cases[value][1] for value in values if value in self.cases]
        return rows.filter(reduce(or_, (each(request) if callable(each) else each for each in conditions), Q()))

    def options(self, request: Request) -> list[tuple[str, Words]]:
        """Return value and word of each condition."""
        return [(value, word) for value, (word, _) in self.cases.items()]


@dataclass(frozen=True, slots=True)
class Between:
    """A filter by two days, each of which may be left open: `NAME_from` and `NAME_to`, the last day included."""

    name: str
    title: Words
    lookup: str
    default: str = ""

    def days(self, request: Request) -> tuple[date | None, date | None]:
        """Return the days that are asked for; what is no day counts for nothing."""
        first, last = (_day(request.GET.get(f"{self.name}_{end}", "")) for end in ("from", "to"))
        return first, last

    def apply_for(self, request: Request, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of those days, on the plant's calendar."""
        first, last = self.days(request)
        if first:
            rows = rows.filter(**{f"{self.lookup}__gte": _midnight(first)})
        return rows.filter(**{f"{self.lookup}__lt": _midnight(last + timedelta(days=1))}) if last else rows

    def options(self, request: Request) -> list[tuple[str, Words]]:
        """Return the days as they are chosen: value and word."""
        return [(day.isoformat() if day else "", formats.day(day) if day else "…") for day in self.days(request)]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@dataclass(frozen=True, slots=True)
class Bulk:
    """What can be done with the selected rows: a POST of their `ids` to `route`.

    `asks` are choices that go with it – name, title, (value, word) – of which the first is chosen already.
    """

    route: str
    title: Words
    permission: str
    icon: str = "check"
    primary: bool = False
    asks: tuple[tuple[str, Words, Sequence[tuple[Any, Words]]], ...] = ()


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says, and the next step."""

    title: Words
    text: Words = ""
    route: str = ""
    label: Words = ""


@dataclass(frozen=True, slots=True)
class List:
    """A list as it is declared; see the module."""

    name: str
    columns: tuple[Column, ...]
    filters: tuple[Choice | Which | Between, ...] = ()
    search: tuple[str, ...] = ()
    order: str = ""
    size: int = 50
    bulk: tuple[Bulk, ...] = ()
    row_link: Callable[[Any], str] | None = None
    row_class: Callable[[Any], str] | None = None
    live: str = ""
    empty: Empty = Empty("")
    placeholder: Words = ""

    def column(self, name: str) -> Column | None:
        """Return the column of that name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column: what a click on it leads to, and how it is sorted now."""

    column: Column
    url: str
    also_url: str
    direction: str  # "", "ascending", "descending"
    place: int


@dataclass(frozen=True, slots=True)
class FilterShown:
    """A filter with its choices and what is chosen."""

    name: str
    title: Words
    options: list[tuple[str, Words]]
    chosen: tuple[str, ...]
    is_usual: bool  # set to what it is set to when nobody chooses
    has_default: bool
    is_days: bool = False

    @property
    def words(self) -> list[Words]:
        """The words of what is chosen."""
        if self.is_days:
            return [f"{self.options[0][1]} – {self.options[1][1]}"] if self.chosen else []
        return [word for value, word in self.options if value in self.chosen]


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is shown."""

    pk: Any
    cells: list[cells.Cell]
    url: str
    css: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it is shown for one request: everything the template needs."""

    spec: List
    path: str
    words: str
    sort: str
    size: int
    page: Page[Any]
    rows: list[Row]
    headings: list[Heading]
    filters: list[FilterShown]
    columns: list[tuple[Column, bool]]
    columns_text: str
    totals: list[str]
    bulk: list[Bulk]
    is_filtered: bool
    query: str  # without page
    empty_url: str
    sizes: tuple[int, ...] = SIZES
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many rows there are on all pages."""
        return int(self.page.paginator.count)

    @property
    def target(self) -> str:
        """The id of the part that is refreshed."""
        return f"list-{self.spec.name}"


def show(
    request: Request, spec: List, rows: QuerySet[Any], *, template: str = "lists/page.html", **context: Any
) -> HttpResponseBase:
    """Answer with the page of a list, its refreshed part, or its file, as the request asks."""
    columns = chosen_columns(request, spec)
    rows = _sorted(spec, filtered(request, spec, rows), request.GET.get("sort", ""))
    export = request.GET.get("export", "")
    if export in list_files.KINDS and request.user.may("exchange.export"):
        return list_files.answer(export, spec.name, columns, rows)
    listing = _listing(request, spec, rows, columns)
    is_part = request.htmx and request.htmx.target == listing.target
    return render(request, "lists/part.html" if is_part else template, {"list": listing, **context})


def filtered(request: Request, spec: List, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows that the address asks for."""
    for wanted in spec.filters:
        if isinstance(wanted, Between):
            rows = wanted.apply_for(request, rows)
            continue
        values = _chosen(request, wanted)
        if isinstance(wanted, Which):
            rows = wanted.apply_for(request, rows, values) if values else rows
        elif values:
            rows = wanted.apply(rows, values)
    return searched(rows, spec.search, request.GET.get("q", ""))


def searched(rows: QuerySet[Any], lookups: Iterable[str], text: str) -> QuerySet[Any]:
    """Return the rows in which every word of `text` is found in some of the fields."""
    for word in unicodedata.normalize("NFKC", text).split()[:8]:
        found = Q()
        for lookup in lookups:
            found |= Q(**{f"{lookup}__icontains": word})
        rows = rows.filter(found)
    return rows


def chosen_columns(request: Request, spec: List) -> list[Column]:
    """Return the columns to show: those the address names, else the usual ones; never one the reader may not see."""
    allowed = [each for each in spec.columns if not each.permission or request.user.may(each.permission)]
    wanted = request.GET.get("columns", "").split(",")
    named = [each for each in allowed if each.name in wanted]
    return named or [each for each in allowed if each.shown]


def _chosen(request: Request, wanted: Choice | Which) -> list[str]:
    """Return what a filter is set to: unknown values count for nothing, "all" lifts a default."""
    if wanted.name not in request.GET:
        return [wanted.default] if wanted.default else []
    known = {value for value, _ in wanted.options(request)}
    return [value for value in request.GET.getlist(wanted.name) if value in known]


def _sorted(spec: List, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    fields = _sort_fields(spec, text) or _sort_fields(spec, spec.order)
    return rows.order_by(*fields, "pk") if fields else rows


def _sort_fields(spec: List, text: str) -> list[str]:
    """Return the fields of the columns named in `text`; what is no column sorts nothing."""
    fields: list[str] = []
    for name in text.split(","):
        column = spec.column(name.lstrip("-"))
        if column:
            fields += [_turned(each) if name.startswith("-") else each for each in column.sort_fields]
    return fields


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _listing(request: Request, spec: List, rows: QuerySet[Any], columns: list[Column]) -> Listing:
    size = request.GET.get("size", "")
    per_page = int(size) if size.isdecimal() and int(size) in SIZES else spec.size
    page = Paginator(rows, per_page).get_page(request.GET.get("page"))
    sort = request.GET.get("sort", "")
    filters = [_filter_shown(request, each) for each in spec.filters]
    return Listing(
        spec=spec,
        path=request.path,
        words=request.GET.get("q", ""),
        sort=sort,
        size=per_page,
        page=page,
        rows=[_row(spec, columns, each) for each in page.object_list],
        headings=[_heading(request, column, sort or spec.order) for column in columns],
        filters=filters,
        columns=_choosable(request, spec, columns),
        columns_text=request.GET.get("columns", ""),
        totals=_totals(rows, columns) if page.paginator.count else [],
        bulk=[each for each in spec.bulk if request.user.may(each.permission)],
        is_filtered=bool(request.GET.get("q")) or not all(each.is_usual for each in filters),
        query=_address(request, page=None),
        empty_url=_route(spec.empty.route),
    )


def _filter_shown(request: Request, wanted: Choice | Which | Between) -> FilterShown:
    if isinstance(wanted, Between):
        days = wanted.options(request)
        chosen_days = tuple(value for value, _ in days)
        is_usual = not any(chosen_days)
        return FilterShown(
            wanted.name, wanted.title, days, () if is_usual else chosen_days, is_usual, False, is_days=True
        )
    chosen = _chosen(request, wanted)
    return FilterShown(
        name=wanted.name,
        title=wanted.title,
        options=wanted.options(request),
        chosen=tuple(chosen),
        is_usual=chosen == ([wanted.default] if wanted.default else []),
        has_default=bool(wanted.default),
    )


def _choosable(request: Request, spec: List, columns: list[Column]) -> list[tuple[Column, bool]]:
    allowed = [each for each in spec.columns if not each.permission or request.user.may(each.permission)]
    return [(each, each in columns) for each in allowed]


def _row(spec: List, columns: list[Column], row: Any) -> Row:
    return Row(
        pk=row.pk if isinstance(row, Model) else None,
        cells=[cells.cell(column, row) for column in columns],
        url=spec.row_link(row) if spec.row_link else "",
        css=spec.row_class(row) if spec.row_class else "",
    )


def _heading(request: Request, column: Column, sort: str) -> Heading:
    """Return a column's head: a click sorts by it, a second one turns it round; with Shift it joins the others."""
    parts = [part for part in sort.split(",") if part]
    names = [part.lstrip("-") for part in parts]
    place = names.index(column.name) + 1 if column.name in names else 0
    is_down = bool(place) and parts[place - 1].startswith("-")
    turned = f"-{column.name}" if place and not is_down else column.name
    also = [turned if name == column.name else part for name, part in zip(names, parts, strict=True)]
    if not place:
        also.append(turned)
    direction = ("descending" if is_down else "ascending") if place else ""
    return Heading(
        column=column,
        url=_address(request, sort=turned, page=None) if column.sort_fields else "",
        also_url=_address(request, sort=",".join(also), page=None),
        direction=direction,
        place=place if len(parts) > 1 else 0,
    )


def _address(request: Request, **changes: str | None) -> str:
    """Return the query of this request with some parts changed; None takes one away."""
    query: QueryDict = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


def _totals(rows: QuerySet[Any], columns: list[Column]) -> list[str]:
    """Return the totals row, or nothing where no column has a total; the database adds up."""
    summed = [column for column in columns if column.total]
    if not summed:
        return []
    sums = rows.order_by().aggregate(**{f"total_{each.name}": Sum(each.sort_fields[0]) for each in summed})
    return [cells.total(each, sums[f"total_{each.name}"] or Decimal(0)) if each in summed else "" for each in columns]


def _route(name: str) -> str:
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""

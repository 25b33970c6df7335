"""Items, units, categories, work centres and the calendar, kept by hand."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.catalog import actions
from qitao.catalog.models import CalendarDay, Category, Conversion, Item, Kind, Site, Tracking, Unit, WorkCenter
from qitao.production import engineering
from qitao.web.formats import named
from qitao.web.lists import Choice, Column, Empty, List
from qitao.web.lists import show as show_list
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.records.forms import Field, Form, Record, Section, editor, read, show, shown, with_titles
from qitao.web.records.item_sites import site_rows
from qitao.web.request import Request

CHANGE = "catalog.change"


def _units(request: Request) -> list[tuple[Any, str]]:
    return [(unit.pk, f"{unit.code} {named(unit)}".strip()) for unit in Unit.objects.order_by("code")]


def _categories(request: Request) -> list[tuple[Any, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in Category.objects.order_by("code")]


def _work_centers(request: Request) -> list[tuple[Any, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in WorkCenter.objects.order_by("code")]


def sites(request: Request) -> list[tuple[Any, str]]:
    """Return the sites to choose from."""
    return [(row.pk, f"{row.code} {named(row)}") for row in Site.objects.order_by("code")]


ITEM = Form(
    (
        Section(
            _("What it is"),
            (
                Field("code", _("Code"), required=True, longest=120),
                Field("name", _("Name"), required=True),
                Field("name_en", _("English name")),
                Field("spec", _("Specification"), longest=300, wide=True),
                Field("kind", _("Kind"), "choice", required=True, choices=Kind.choices, usual="buy"),
                Field("category_id", _("Category"), "choice", choices=_categories),
                Field("unit_id", _("Stock unit"), "choice", required=True, choices=_units),
                Field("package", _("Package"), longest=60, help=_("0402, SOT-23-5 …")),
                Field("msl", _("Moisture sensitivity (MSL)"), longest=4),
            ),
        ),
        Section(
            _("Stock"),
            (
                Field("tracking", _("Tracking"), "choice", required=True, choices=Tracking.choices, usual="none"),
                Field("shelf_life_days", _("Shelf life in days"), "number", may_be_unknown=True),
                Field("pack_quantity", _("In a full pack"), "quantity", help=_("A reel, tray or carton.")),
                Field("abc", _("ABC class"), "choice", choices=[(each, each) for each in "ABC"]),
                Field("xyz", _("XYZ class"), "choice", choices=[(each, each) for each in "XYZ"]),
            ),
        ),
        Section(
            _("Planning"),
            (
                Field("lead_days", _("Lead time in working days"), "number", may_be_unknown=True),
                Field("safety_stock", _("Safety stock"), "quantity"),
                Field("min_lot", _("Smallest lot"), "quantity"),
                Field("multiple", _("In multiples of"), "quantity"),
                Field("max_lot", _("Largest lot"), "quantity", help=_("0: no limit.")),
                Field("fence_days", _("Time fence in days"), "number"),
            ),
        ),
        Section(
            _("Making it"),
            (
                Field("work_center_id", _("Work centre"), "choice", choices=_work_centers),
                Field("hours_per_unit", _("Hours for one"), "quantity"),
                Field("yield_percent", _("Yield in %"), "quantity", usual=100),
            ),
        ),
        Section(
            _("Cost"),
            (
                Field("unit_cost", _("Unit cost"), "quantity", permission="cost.view"),
                Field("currency", _("Currency"), longest=3, usual="CNY", required=True, permission="cost.view"),
            ),
        ),
    )
)


@page(permission=CHANGE, methods=["GET", "POST"])
def item_form(request: Request, pk: int | None = None) -> HttpResponse:
    """Make an item, or change one."""
    row = get_object_or_404(Item.objects.select_related("unit"), pk=pk) if pk is not None else None
    if request.method == "POST":
        values, command = read(request, ITEM, is_new=row is None), command_from(request)
        with_titles(ITEM, lambda: _keep_item(command, values, pk))
        address = reverse("item", args=[values["code"]])
        return done(request, gettext("{what} is saved.").format(what=values["code"]), to=address)
    form = shown(request, ITEM, row, cancel=page_of(row) if row else reverse("items"))
    return show(
        request,
        form,
        title=row.code if row else gettext("New item"),
        subtitle=named(row) if row else "",
        extra="records/item_extra.html" if row else "",
        item=row,
        conversions=row.conversions.select_related("unit").order_by("unit__code") if row else (),
        units=Unit.objects.exclude(pk=row.unit_id).order_by("code") if row else (),
        sites=site_rows(row) if row else (),
    )


def _keep_item(command: Any, values: dict[str, Any], pk: int | None) -> Any:
    if pk is None:
        return actions.create_item(command, values=values)
    return actions.change_item(command, item_id=pk, values=values)


@page(permission=CHANGE, methods=["POST"])
def retire(request: Request, pk: int) -> HttpResponse:
    """Take an item out of use."""
    item = get_object_or_404(Item, pk=pk)
    engineering.retire_item(command_from(request), item_id=pk)
    return done(request, gettext("{what} is no longer in use.").format(what=item.code), to=page_of(item))


@page(permission=CHANGE, methods=["POST"])
def reactivate(request: Request, pk: int) -> HttpResponse:
    """Take an item into use again."""
    item = get_object_or_404(Item, pk=pk)
    engineering.reactivate_item(command_from(request), item_id=pk)
    return done(request, gettext("{what} is in use again.").format(what=item.code), to=page_of(item))


@page(permission=CHANGE, methods=["POST"])
def add_conversion(request: Request, pk: int) -> HttpResponse:
    """Say what another unit of an item is in its stock unit."""
    get_object_or_404(Item, pk=pk)
    reading = Reading(request.POST)
    actions.keep_conversion(
        command_from(request),
        item_id=pk,
        unit_id=reading.number("unit", title=gettext("Unit")),
        numerator=reading.positive("numerator", title=gettext("Quantity")),
        denominator=reading.positive("denominator", title=gettext("Quantity")),
    )
    return done(request, gettext("The unit conversion is saved."), to=reverse("item-edit", args=[pk]))


@page(permission=CHANGE, methods=["POST"])
def remove_conversion(request: Request, pk: int) -> HttpResponse:
    """Remove a unit conversion."""
    row = get_object_or_404(Conversion, pk=pk)
    actions.remove_conversion(command_from(request), conversion_id=pk)
    return done(request, gettext("The unit conversion is removed."), to=reverse("item-edit", args=[row.item_id]))


# Units, categories, work centres

TABS = (
    ("work-centers", _("Work centres")),
    ("routings", _("Routings")),
    ("calendar", _("Calendar")),
    ("sites", _("Sites")),
    ("units", _("Units")),
    ("categories", _("Categories")),
)


def set_up(request: Request, here: str, spec: List, rows: Any, **context: Any) -> HttpResponseBase:
    """Answer with one of the lists of basic records, beside the others."""
    tabs = [(reverse(route), word, route == here) for route, word in TABS]
    return show_list(request, spec, rows, template="records/list.html", title=_("Basic records"), tabs=tabs, **context)


UNITS = List(
    name="units",
    columns=(
        Column("code", _("Unit"), kind="code", sort="code"),
        Column("name", _("Name"), kind="named", value=lambda row: row, sort="name"),
        Column("decimals", _("Decimals"), kind="number", sort="decimals"),
        Column("items", _("Items"), kind="number", sort="items"),
    ),
    search=("code", "name", "name_en"),
    order="code",
    row_link=lambda row: reverse("unit-edit", args=[row.pk]),
    empty=Empty(_("No units yet."), _("Every quantity counts in one."), "unit-new", _("New unit")),
)
UNIT = Form(
    (
        Section(
            "",
            (
                Field("code", _("Code"), required=True, longest=20),
                Field("name", _("Name"), longest=60),
                Field("name_en", _("English name"), longest=60),
                Field("decimals", _("Decimals shown"), "number", help=_("0 for pieces, 3 for kilograms.")),
            ),
        ),
    )
)
unit_form = editor(
    Record(
        Unit,
        UNIT,
        lambda command, values, pk: actions.keep_unit(command, values=values, unit_id=pk),
        CHANGE,
        _("New unit"),
        lambda row: reverse("units"),
    )
)


@page(permission="catalog.view")
def units(request: Request) -> HttpResponseBase:
    """Show the units of measure."""
    rows = Unit.objects.annotate(items=Count("item"))
    return set_up(request, "units", UNITS, rows, buttons=[(reverse("unit-new"), _("New unit"), CHANGE)])


CATEGORIES = List(
    name="categories",
    columns=(
        Column("code", _("Code"), kind="code", sort="code"),
        Column("name", _("Name"), kind="named", value=lambda row: row, sort="name"),
        Column("parent", _("Under"), kind="named", sort="parent__code"),
        Column("items", _("Items"), kind="number", sort="items"),
    ),
    search=("code", "name", "name_en"),
    order="code",
    row_link=lambda row: reverse("category-edit", args=[row.pk]),
    empty=Empty(_("No categories yet."), _("They sort items into a tree."), "category-new", _("New category")),
)
CATEGORY = Form(
    (
        Section(
            "",
            (
                Field("code", _("Code"), required=True, longest=60),
                Field("name", _("Name"), required=True, longest=120),
                Field("name_en", _("English name"), longest=120),
                Field("parent_id", _("Under"), "choice", choices=_categories),
            ),
        ),
    )
)
category_form = editor(
    Record(
        Category,
        CATEGORY,
        lambda command, values, pk: actions.keep_category(command, values=values, category_id=pk),
        CHANGE,
        _("New category"),
        lambda row: reverse("categories"),
    )
)


@page(permission="catalog.view")
def categories(request: Request) -> HttpResponseBase:
    """Show the categories of items."""
    rows = Category.objects.select_related("parent").annotate(items=Count("item"))
    buttons = [(reverse("category-new"), _("New category"), CHANGE)]
    return set_up(request, "categories", CATEGORIES, rows, buttons=buttons)


WORK_CENTERS = List(
    name="work-centers",
    columns=(
        Column("code", _("Work centre"), kind="code", sort="code"),
        Column("name", _("Name"), kind="named", value=lambda row: row, sort="name"),
        Column("site", _("Site"), kind="named", sort="site__code"),
        Column("machines", _("Machines"), kind="number", sort="machines"),
        Column("hours_per_day", _("Hours a day"), kind="number", sort="hours_per_day"),
        Column("hourly_cost", _("An idle hour costs"), kind="money", sort="hourly_cost", permission="cost.view"),
    ),
    filters=(Choice("site", _("Site"), sites, lookup="site_id"),),
    search=("code", "name", "name_en"),
    order="code",
    row_link=lambda row: reverse("work-center-edit", args=[row.pk]),
    empty=Empty(_("No work centres yet."), _("Work orders run on them."), "work-center-new", _("New work centre")),
)
WORK_CENTER = Form(
    (
        Section(
            "",
            (
                Field("code", _("Code"), required=True, longest=60),
                Field("name", _("Name"), required=True, longest=120),
                Field("name_en", _("English name"), longest=120),
                Field("site_id", _("Site"), "choice", required=True, choices=sites),
                Field("machines", _("Machines"), "number", usual=1, required=True),
                Field("hours_per_day", _("Hours a day"), "quantity", usual=16, required=True),
                Field("hourly_cost", _("An idle hour costs"), "quantity", permission="cost.view"),
            ),
        ),
    )
)
work_center_form = editor(
    Record(
        WorkCenter,
        WORK_CENTER,
        lambda command, values, pk: actions.keep_work_center(command, values=values, work_center_id=pk),
        CHANGE,
        _("New work centre"),
        lambda row: reverse("work-centers"),
    )
)


@page(permission="catalog.view")
def work_centers(request: Request) -> HttpResponseBase:
    """Show the work centres."""
    buttons = [(reverse("work-center-new"), _("New work centre"), CHANGE)]
    return set_up(request, "work-centers", WORK_CENTERS, WorkCenter.objects.select_related("site"), buttons=buttons)


CALENDAR = List(
    name="calendar",
    columns=(
        Column("on", _("Day"), kind="day", sort="on"),
        Column("site", _("Site"), kind="named", sort="site__code"),
        Column("hours", _("Hours"), kind="number", sort="hours"),
        Column("means", _("Means"), value=lambda row: gettext("worked") if row.hours else gettext("day off")),
        Column("name", _("Name"), sort="name"),
    ),
    filters=(Choice("site", _("Site"), sites, lookup="site_id"),),
    search=("name", "on"),
    order="on",
    row_link=lambda row: reverse("calendar-day-edit", args=[row.pk]),
    empty=Empty(
        _("The week has no exceptions yet."),
        _("Monday to Friday are worked. Enter holidays, and weekends that are worked."),
        "calendar-day-new",
        _("New day"),
    ),
)
CALENDAR_DAY = Form(
    (
        Section(
            "",
            (
                Field("site_id", _("Site"), "choice", required=True, choices=sites),
                Field("on", _("Day"), "day", required=True),
                Field("hours", _("Hours worked"), "quantity", help=_("0: a day off.")),
                Field("name", _("Name"), longest=60, help=_("Spring Festival, inventory …")),
            ),
        ),
    )
)


@page(permission="catalog.view")
def calendar(request: Request) -> HttpResponseBase:
    """Show the days on which a site does not keep to Monday to Friday."""
    buttons = [(reverse("calendar-day-new"), _("New day"), CHANGE)]
    return set_up(request, "calendar", CALENDAR, CalendarDay.objects.select_related("site"), buttons=buttons)


@page(permission=CHANGE, methods=["GET", "POST"])
def calendar_day(request: Request, pk: int | None = None) -> HttpResponse:
    """Make a day worked or off, or say anew what it is."""
    row = get_object_or_404(CalendarDay, pk=pk) if pk is not None else None
    if request.method == "POST":
        values = read(request, CALENDAR_DAY, is_new=row is None)
        with_titles(CALENDAR_DAY, lambda: actions.keep_calendar_day(command_from(request), **values))
        return done(request, gettext("The calendar is changed."), to=reverse("calendar"))
    form = shown(request, CALENDAR_DAY, row, cancel=reverse("calendar"))
    extra = "records/calendar_extra.html" if row else ""
    return show(request, form, title=str(row.on) if row else gettext("New day"), extra=extra, row=row)


@page(permission=CHANGE, methods=["POST"])
def remove_calendar_day(request: Request, pk: int) -> HttpResponse:
    """Let a day be like any other of its weekday again."""
    get_object_or_404(CalendarDay, pk=pk)
    actions.remove_calendar_day(command_from(request), calendar_day_id=pk)
    return done(request, gettext("The calendar is changed."), to=reverse("calendar"))

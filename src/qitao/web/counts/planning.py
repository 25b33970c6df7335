"""The count plan: what is counted how often and how far off it may be, the lists of each day, and who walks them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db.models import Count as Number
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from qitao.accounts.queries import people_with
from qitao.picking import count_planning
from qitao.stock import count_keeping
from qitao.stock.count_models import CountClass, CountList, CountPlan
from qitao.stock.count_queries import counts
from qitao.stock.models import Count, Warehouse
from qitao.web.counts.listing import LIVE, OPEN, PLACE
from qitao.web.lists import Column, Empty, List, Which
from qitao.web.lists import show as show_list
from qitao.web.page import command_from, done, page
from qitao.web.picking.listing import progress
from qitao.web.reading import Reading
from qitao.web.records.forms import Field, Form, Section, read, show, shown, with_titles
from qitao.web.request import Request

CHANGE = "stock.adjust"


def _people(request: Request) -> list[tuple[int, str]]:
    return [(person.pk, person.name) for person in people_with("stock.count")]


# Plans

PLANS = List(
    name="count-plans",
    columns=(
        Column("code", _("Warehouse"), kind="code", sort="code"),
        Column("name", _("Name"), kind="named", value=lambda row: row, sort="name"),
        Column(
            "is_on",
            _("Lists every day"),
            value=lambda row: gettext("yes") if row.is_on else gettext("no"),
            sort="is_on",
        ),
        Column("lines_a_day", _("Lines a counter and day"), kind="number", sort="lines_a_day"),
        Column("people", _("Counters"), value=lambda row: _names(row.people)),
        Column("made_on", _("Last list"), kind="day", sort="made_on"),
    ),
    search=("code", "name", "name_en"),
    order="code",
    row_link=lambda row: reverse("count-plan", args=[row.pk]),
    empty=Empty(_("No warehouses yet."), _("Stock lies in their bins."), "warehouse-new", _("New warehouse")),
)


def _names(ids: list[int] | None) -> str:
    wanted = set(ids or ())
    return ", ".join(person.name for person in people_with("stock.count") if person.pk in wanted)


@page(permission=CHANGE)
def plans(request: Request) -> HttpResponseBase:
    """Show the count plan of each warehouse."""
    plan = CountPlan.objects.filter(warehouse=OuterRef("pk"))
    last = CountList.objects.filter(warehouse=OuterRef("pk")).order_by("-on")
    rows = Warehouse.objects.annotate(
        is_on=Subquery(plan.values("is_on")),
        lines_a_day=Subquery(plan.values("lines_a_day")),
        people=Subquery(plan.values("counters")),
        made_on=Subquery(last.values("on")[:1]),
    )
    return show_list(request, PLANS, rows, template="counts/plans.html", title=gettext("Count plan"), tab="plan")


PLAN = Form(
    (
        Section(
            "",
            (
                Field("is_on", _("Make lists every working day"), "check"),
                Field("lines_a_day", _("Lines a counter and day"), "number", usual=40),
                Field(
                    "counters",
                    _("Counters"),
                    "choices",
                    choices=_people,
                    wide=True,
                    help=_("Each gets a list of his own."),
                ),
            ),
        ),
        Section(
            _("Counted sooner than its class asks"),
            (
                Field("short_days", _("Short picks of the last … days"), "number", usual=14),
                Field("needed_days", _("Needed by a work order within … days"), "number", usual=3),
                Field("less_days", _("Found less within … days"), "number", usual=30),
                Field("high_value", _("Worth at least, in one bin"), "quantity", usual=Decimal(20000)),
                Field("stale_days", _("Bin not counted for … days"), "number", usual=365),
            ),
            _("0 turns a rule off. What a picker did not find comes first, always."),
        ),
    )
)


@page(permission=CHANGE, methods=["GET", "POST"])
def plan(request: Request, number: int) -> HttpResponse:
    """Change the count plan of a warehouse."""
    warehouse = get_object_or_404(Warehouse, pk=number)
    if request.method == "POST":
        values, command = read(request, PLAN, is_new=False), command_from(request)
        values["counters"] = [int(each) for each in values["counters"]]
        with_titles(PLAN, lambda: count_keeping.keep_plan(command, warehouse_id=number, values=values))
        return done(
            request, gettext("The plan of {code} is saved.").format(code=warehouse.code), to=reverse("count-plans")
        )
    row = CountPlan.objects.filter(warehouse=warehouse).first() or CountPlan(warehouse=warehouse)
    form = shown(request, PLAN, row, cancel=reverse("count-plans"))
    title = f"{gettext('Count plan')} {warehouse.code}"
    return show(request, form, title=title, extra="counts/plan_extra.html", row=row)


@page(permission=CHANGE, methods=["POST"])
def make(request: Request, number: int) -> HttpResponse:
    """Make the lists of today now."""
    warehouse = get_object_or_404(Warehouse, pk=number)
    get_object_or_404(CountPlan, warehouse=warehouse)
    reply = count_planning.make_lists(command_from(request), warehouse_id=number)
    said = ngettext(
        "{lists} list with {lines} lines is made.", "{lists} lists with {lines} lines are made.", reply["lists"]
    )
    if not reply["lists"]:
        said = gettext("Nothing more is due today.")
    return done(request, said.format(**reply), to=reverse("count-lists"))


# Classes and tolerances

CLASS_TITLES = {"A": _("Class A"), "B": _("Class B"), "C": _("Class C")}


def _class_fields(letter: str) -> tuple[Field, ...]:
    return (
        Field(f"{letter}_every_days", _("Counted every … days"), "number", required=True),
        Field(f"{letter}_percent", _("Tolerance in percent"), "quantity"),
        Field(f"{letter}_value", _("Tolerance in money"), "quantity"),
    )


RULES = Form(
    (
        *(Section(CLASS_TITLES[letter], _class_fields(letter)) for letter in CountClass.LETTERS),
        Section(
            _("All classes"),
            (
                Field(
                    "trifle",
                    _("Never worth a second look"),
                    "quantity",
                    help=_("A smaller difference in money is posted by itself."),
                ),
                Field("two_people", _("A second person counts again and approves"), "check"),
                Field(
                    "trust_counts",
                    _("The plan trusts a bin as far as its counts say"),
                    "check",
                    help=_("Off: it believes every record."),
                ),
                Field("trust_floor", _("but never less than … percent"), "quantity"),
            ),
        ),
    )
)


@page(permission=CHANGE, methods=["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """Change how often each class is counted, and how far off it may be."""
    if request.method == "POST":
        values, command = read(request, RULES, is_new=False), command_from(request)
        with_titles(RULES, lambda: count_keeping.keep_rules(command, values=values))
        return done(request, gettext("Classes and tolerances are saved."), to=reverse("count-plans"))
    row: Any = SimpleNamespace(**count_keeping.rules_as_values())
    form = shown(request, RULES, row, cancel=reverse("count-plans"))
    return show(request, form, title=gettext("Classes and tolerances"))


# Lists of a day


def _counter(row: CountList) -> str:
    return row.counter.name if row.counter else gettext("anybody")


def _progress(row: CountList) -> SafeString:
    return progress(row)  # type: ignore[arg-type]


LISTS = List(
    name="count-lists",
    columns=(
        Column("on", _("Day"), kind="day", sort="on", link=lambda row: reverse("count-list", args=[row.pk])),
        Column("warehouse", _("Warehouse"), kind="named", sort="warehouse__code"),
        Column("counter", _("Counter"), value=_counter, sort="counter__name"),
        Column("bins", _("Bins"), kind="number", sort="bins"),
        Column("progress", _("Counted"), kind="html", value=_progress, sort="open_lines"),
        Column("waiting", _("To approve"), kind="number", sort="waiting"),
    ),
    filters=(
        Which(
            "state",
            _("State"),
            {"todo": (_("to do"), Q(open_lines__gt=0)), "done": (_("counted"), Q(open_lines=0))},
        ),
        PLACE,
    ),
    search=("warehouse__code", "counter__name"),
    order="-on",
    row_link=lambda row: reverse("count-list", args=[row.pk]),
    live=LIVE,
    empty=Empty(
        _("No count lists yet."),
        _("Turn the plan of a warehouse on: its lists are made every working day."),
        "count-plans",
        _("Count plan"),
    ),
)


def day_lists() -> Any:
    """Return the lists of all days with how far they are."""
    lines = Q(counts__lines__isnull=False) & ~Q(counts__status="cancelled")
    return CountList.objects.select_related("warehouse", "counter").annotate(
        bins=Number("counts", distinct=True),
        all_lines=Number("counts__lines", filter=lines, distinct=True),
        open_lines=Number("counts__lines", filter=lines & Q(counts__lines__counted=None), distinct=True),
        waiting=Number("counts", filter=Q(counts__status="waiting"), distinct=True),
    )


@page(permission="stock.count")
def lists(request: Request) -> HttpResponseBase:
    """Show the count lists of each day, the newest first."""
    title = gettext("Count lists")
    return show_list(request, LISTS, day_lists(), template="counts/list.html", title=title, tab="lists")


@dataclass(frozen=True, slots=True)
class DayList:
    """A counter's list of a day: his bins in the order of the walk."""

    row: CountList
    counts: list[Count]
    people: list[tuple[int, str]]

    @property
    def next(self) -> Count | None:
        """The first bin that is still to be counted."""
        return next((each for each in self.counts if each.status in OPEN), None)

    @property
    def is_untouched(self) -> bool:
        return all(each.status == Count.State.OPEN for each in self.counts)


@page(permission="stock.count")
def day_list(request: Request, number: int) -> HttpResponse:
    """Show a counter's list of a day."""
    row = get_object_or_404(day_lists(), pk=number)
    bins = counts().filter(day_list=row).order_by("location__route", "location__code", "id")
    shown_list = DayList(row, list(bins), _people(request) if request.user.may(CHANGE) else [])
    return render(request, "counts/day_list.html", {"page": shown_list})


@page(permission=CHANGE, methods=["POST"])
def give(request: Request, number: int) -> HttpResponse:
    """Give a list to another counter."""
    get_object_or_404(CountList, pk=number)
    chosen = Reading(request.POST).text("counter", title=gettext("Counter"))
    people = dict(_people(request))
    counter = int(chosen) if chosen.isascii() and chosen.isdecimal() and int(chosen) in people else None
    count_keeping.give_list(command_from(request), list_id=number, counter_id=counter)
    return done(
        request, gettext("The list is given to {name}.").format(name=people.get(counter or 0, gettext("anybody")))
    )

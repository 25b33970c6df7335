"""Routings, kept by hand: the list of all, and the form of one version with its operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.catalog import routings
from qitao.catalog.models import Item, Routing, RoutingStep, WorkCenter
from qitao.catalog.routings import StepFacts
from qitao.kernel.quantity import ZERO, plain
from qitao.web.cells import item_cell
from qitao.web.formats import named
from qitao.web.lists import Choice, Column, Empty, List
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.records.catalog import set_up
from qitao.web.records.forms import Field, Form, FormShown, Section, read, shown, with_titles
from qitao.web.request import Request

CHANGE = "catalog.change"
BLANK_ROWS = 3


def _work_centers(request: HttpRequest) -> list[tuple[int, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in WorkCenter.objects.order_by("code")]


def _item(row: Routing) -> SafeString:
    return item_cell(row.item)


ROUTINGS = List(
    name="routings",
    columns=(
        Column("item", _("Item"), kind="html", value=_item, sort="item__code"),
        Column("version", _("Version"), sort="version"),
        Column("valid_from", _("Valid from"), kind="day", sort="valid_from"),
        Column("valid_to", _("Last day"), kind="day", sort="valid_to"),
        Column("steps", _("Operations"), kind="number", value="step_count", sort="step_count"),
        Column("setup", _("Set-up (min)"), kind="number", value="setup_minutes", sort="setup_minutes"),
        Column("run", _("Minutes for one"), value=lambda row: plain(row.run_minutes or ZERO), sort="run_minutes"),
        Column("note", _("Note"), sort="note", shown=False),
    ),
    filters=(Choice("line", _("Work centre"), _work_centers, lookup="steps__work_center_id"),),
    search=("item__code", "item__name", "item__name_en", "item__pinyin", "steps__name"),
    order="item,version",
    row_link=lambda row: reverse("routing-edit", args=[row.pk]),
    empty=Empty(
        _("No routings yet."),
        _("A routing says by which operations an item is made; a work order gets them when it is released."),
        "routing-new",
        _("New routing"),
    ),
)
FORM = Form(
    (
        Section(
            "",
            (
                Field("item_id", _("Item"), "item", required=True, only_new=True, longest=120),
                Field("version", _("Version"), required=True, longest=30, usual="1"),
                Field("valid_from", _("Valid from"), "day"),
                Field("valid_to", _("Last day"), "day"),
                Field("note", _("Note"), longest=300, wide=True),
            ),
        ),
    )
)


@page(permission="catalog.view")
def routing_list(request: Request) -> HttpResponseBase:
    """Show the routings of all items."""
    rows = Routing.objects.select_related("item").annotate(
        step_count=Count("steps"), setup_minutes=Sum("steps__setup_minutes"), run_minutes=Sum("steps__run_minutes")
    )
    return set_up(request, "routings", ROUTINGS, rows, buttons=[(reverse("routing-new"), _("New routing"), CHANGE)])


@dataclass(frozen=True, slots=True)
class RoutingForm:
    """The form of a routing: its fields, and a row for each operation with some blank ones."""

    form: FormShown
    rows: list[RoutingStep]
    work_centers: list[WorkCenter]


@page(permission=CHANGE, methods=["GET", "POST"])
def routing_form(request: Request, pk: int | None = None) -> HttpResponse:
    """Make a version of a routing, or change one."""
    row = get_object_or_404(Routing.objects.select_related("item"), pk=pk) if pk is not None else None
    if request.method == "POST":
        values = read(request, FORM, is_new=row is None)
        item_id = values.pop("item_id", None) or (row.item_id if row else None)
        reply = with_titles(
            FORM,
            lambda: routings.keep_routing(
                command_from(request), item_id=item_id, values=values, steps=_steps(request), routing_id=pk
            ),
        )
        said = gettext("{what} is saved.").format(what=str(Routing.objects.get(pk=reply["routing"])))
        return done(request, said, to=reverse("routings"))
    usual: dict[str, Any] = {}
    item = Item.objects.filter(code=request.GET.get("item", "")).first()
    if item is not None:
        usual["item_id"] = item.code
    form = shown(request, FORM, row, cancel=reverse("routings"), usual={"version": "1", **usual})
    steps = list(row.steps.select_related("work_center")) if row else []
    last = steps[-1].number if steps else 0
    blanks = [RoutingStep(number=last + 10 * (n + 1)) for n in range(BLANK_ROWS)]
    context = RoutingForm(form, steps + blanks, list(WorkCenter.objects.order_by("code")))
    title = f"{row.item.code} · {row.version}" if row else gettext("New routing")
    return render(request, "records/routing.html", {"page": context, "form": form, "title": title, "row": row})


def _steps(request: Request) -> list[StepFacts]:
    """Read the rows of operations; a row without a name is left out."""
    steps = []
    names = request.POST.getlist("name")
    columns = {name: request.POST.getlist(name) for name in ("number", "work_center", "setup", "run", "instruction")}
    for place, name in enumerate(names):
        if not name.strip():
            continue
        fields = Reading({"name": name, **{key: (each[place : place + 1] or [""])[0] for key, each in columns.items()}})
        center = fields.text("work_center", title=gettext("Work centre"), required=True)
        steps.append(
            StepFacts(
                number=fields.number("number", title=gettext("Operation no.")),
                name=fields.text("name", title=gettext("Operation"), longest=60),
                work_center_id=get_object_or_404(WorkCenter, code=center).pk,
                setup_minutes=_minutes(fields, "setup", gettext("Set-up (min)")),
                run_minutes=_minutes(fields, "run", gettext("Minutes for one")),
                instruction=fields.text("instruction", title=gettext("How it is done"), longest=2000),
            )
        )
    return steps


def _minutes(fields: Reading, name: str, title: str) -> Any:
    return fields.quantity(name, title=title) if fields.text(name, title=title) else ZERO

"""Warehouses, bins and lanes: what there is, what lies there, and keeping them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.stock import places
from qitao.stock.models import Balance, Lane, Location, Warehouse
from qitao.web.formats import named
from qitao.web.lists import Choice, Column, Empty, List, Which
from qitao.web.lists import show as show_list
from qitao.web.page import command_from, done, page
from qitao.web.records.catalog import sites
from qitao.web.records.forms import Field, Form, Record, Section, editor, read, show, shown, with_titles
from qitao.web.request import Request
from qitao.web.scope import own_warehouses

CHANGE = "stock.places"
BIN_KINDS = [(kind.value, kind.label) for kind in Location.STORED if kind != Location.Kind.TRANSIT]
TABS = (("warehouses", _("Warehouses")), ("bins", _("Bins")), ("lanes", _("Lanes")))


def _stores(request: Request, here: str, spec: List, rows: Any, **context: Any) -> HttpResponseBase:
    tabs = [(reverse(route), word, route == here) for route, word in TABS]
    return show_list(request, spec, rows, template="records/list.html", title=_("Warehouses"), tabs=tabs, **context)


def _warehouses(request: Request) -> list[tuple[Any, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in Warehouse.objects.order_by("code")]


def _own(request: Request) -> list[tuple[Any, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in own_warehouses(request.user)]


# Warehouses

WAREHOUSES = List(
    name="warehouses",
    columns=(
        Column("code", _("Warehouse"), kind="code", sort="code"),
        Column("name", _("Name"), kind="named", value=lambda row: row, sort="name"),
        Column("site", _("Site"), kind="named", sort="site__code"),
        Column("kind", _("Kind"), value="get_kind_display", sort="kind"),
        Column("bins", _("Bins"), kind="number", sort="bins", link=lambda row: f"{reverse('bins')}?warehouse={row.pk}"),
        Column("items", _("Items in stock"), kind="number", sort="items"),
    ),
    filters=(
        Choice("site", _("Site"), sites, lookup="site_id"),
        Choice("kind", _("Kind"), Warehouse.Kind.choices),
    ),
    search=("code", "name", "name_en"),
    order="code",
    row_link=lambda row: f"{reverse('bins')}?warehouse={row.pk}",
    empty=Empty(_("No warehouses yet."), _("Stock lies in their bins."), "warehouse-new", _("New warehouse")),
)


def warehouses_with_stock() -> QuerySet[Warehouse]:
    """Return the warehouses with how many bins they have and how many items lie in them."""
    bins = Location.objects.filter(warehouse=OuterRef("pk"), kind__in=Location.STORED).order_by()
    held = Balance.objects.filter(location__warehouse=OuterRef("pk"), on_hand__gt=0).order_by()
    count_bins = bins.values("warehouse").annotate(n=Count("pk")).values("n")
    count_items = held.values("location__warehouse").annotate(n=Count("item", distinct=True)).values("n")
    return Warehouse.objects.select_related("site").annotate(
        bins=Coalesce(Subquery(count_bins), 0), items=Coalesce(Subquery(count_items), 0)
    )


@page(permission="stock.view")
def warehouses(request: Request) -> HttpResponseBase:
    """Show the warehouses."""
    buttons = [(reverse("warehouse-new"), _("New warehouse"), CHANGE)]
    return _stores(request, "warehouses", WAREHOUSES, warehouses_with_stock(), buttons=buttons)


WAREHOUSE = Form(
    (
        Section(
            "",
            (
                Field("code", _("Code"), required=True, longest=60),
                Field("name", _("Name"), required=True, longest=120),
                Field("name_en", _("English name"), longest=120),
                Field("site_id", _("Site"), "choice", required=True, choices=sites),
                Field("kind", _("Kind"), "choice", required=True, choices=Warehouse.Kind.choices, usual="store"),
                Field("over_percent", _("Percent beyond the need that a picker may issue"), "number", usual=10),
                Field("back_days", _("Days back that a document may be dated"), "number", usual=31),
            ),
        ),
    )
)
warehouse_form = editor(
    Record(
        Warehouse,
        WAREHOUSE,
        lambda command, values, pk: places.keep_warehouse(command, values=values, warehouse_id=pk),
        CHANGE,
        _("New warehouse"),
        lambda row: f"{reverse('bins')}?warehouse={row.pk}" if row else reverse("warehouses"),
    )
)


# Bins


BINS = List(
    name="bins",
    columns=(
        Column(
            "code",
            _("Bin"),
            kind="code",
            sort=("code", "warehouse__code"),
            link=lambda row: reverse("location", args=[row.pk]),
        ),
        Column("warehouse", _("Warehouse"), value="warehouse.code", sort="warehouse__code"),
        Column("name", _("Name"), sort="name"),
        Column("kind", _("Kind"), value="get_kind_display", sort="kind"),
        Column("route", _("On the walk"), kind="number", sort=("route", "code")),
        Column("items", _("Items in it"), kind="number", sort="items"),
        Column(
            "change",
            "",
            value=lambda row: "" if row.kind == Location.Kind.TRANSIT else gettext("Change"),
            link=lambda row: reverse("bin-edit", args=[row.pk]),
            permission=CHANGE,
        ),
    ),
    filters=(
        Choice("warehouse", _("Warehouse"), _warehouses, lookup="warehouse_id"),
        Choice("kind", _("Kind"), BIN_KINDS),
        Which("stock", _("Stock"), {"some": (_("something in it"), Q(items__gt=0)), "none": (_("empty"), Q(items=0))}),
    ),
    search=("code", "name"),
    order="warehouse,route",
    size=100,
    row_link=lambda row: reverse("location", args=[row.pk]),
    empty=Empty(_("No bins yet."), _("Make a whole series at once."), "bins-new", _("New bins")),
)


@page(permission="stock.view")
def bins(request: Request) -> HttpResponseBase:
    """Show the bins with how many items lie in each."""
    held = Balance.objects.filter(location=OuterRef("pk"), on_hand__gt=0).order_by().values("location")
    count = Subquery(held.annotate(n=Count("item", distinct=True)).values("n"))
    rows = (
        Location.objects.filter(warehouse__isnull=False).select_related("warehouse").annotate(items=Coalesce(count, 0))
    )
    chosen = request.GET.get("warehouse", "")
    here = Warehouse.objects.filter(pk=chosen).first() if chosen.isascii() and chosen.isdecimal() else None
    buttons: list[tuple[str, Any, str]] = [
        (f"{reverse('bins-new')}?warehouse={chosen if here else ''}", _("New bins"), CHANGE)
    ]
    if here:
        words = gettext("Change {code}").format(code=here.code)
        buttons.insert(0, (reverse("warehouse-edit", args=[here.pk]), words, CHANGE))
    return _stores(request, "bins", BINS, rows, buttons=buttons)


def _changeable() -> QuerySet[Location]:
    """Return the bins that people keep; what is in transit lies where Qitao puts it."""
    return Location.objects.exclude(warehouse=None).exclude(kind=Location.Kind.TRANSIT)


BIN = Form(
    (
        Section(
            "",
            (
                Field("code", _("Code"), required=True, longest=120),
                Field("name", _("Name")),
                Field("kind", _("Kind"), "choice", required=True, choices=BIN_KINDS, usual="bin"),
                Field("route", _("Place on the walk"), "number", help=_("Pickers go from the smallest number on.")),
            ),
        ),
    )
)


@page(permission=CHANGE, methods=["GET", "POST"])
def bin_form(request: Request, pk: int) -> HttpResponse:
    """Change a bin."""
    row = get_object_or_404(_changeable().select_related("warehouse"), pk=pk)
    if request.method == "POST":
        values, command = read(request, BIN, is_new=False), command_from(request)
        warehouse_id = row.warehouse_id
        with_titles(BIN, lambda: places.keep_bin(command, warehouse_id=warehouse_id, bin_id=pk, values=values))
        text = gettext("{what} is saved.").format(what=values["code"])
        return done(request, text, to=f"{reverse('bins')}?warehouse={row.warehouse_id}")
    form = shown(request, BIN, row, cancel=f"{reverse('bins')}?warehouse={row.warehouse_id}")
    return show(request, form, title=str(row), extra="records/bin_extra.html", row=row)


@page(permission=CHANGE, methods=["POST"])
def remove_bin(request: Request, pk: int) -> HttpResponse:
    """Remove a bin that was never used."""
    row = get_object_or_404(_changeable(), pk=pk)
    places.remove_bin(command_from(request), bin_id=pk)
    text = gettext("Bin {code} is removed.").format(code=row.code)
    return done(request, text, to=f"{reverse('bins')}?warehouse={row.warehouse_id}")


SERIES = Form(
    (
        Section(
            "",
            (
                Field("warehouse_id", _("Warehouse"), "choice", required=True, choices=_own),
                Field("first", _("First bin"), required=True, longest=60, help=_("A-01-1")),
                Field("last", _("Last bin"), longest=60, help=_("A-12-5; empty: only the first")),
            ),
            _("Every number or single letter that differs runs over its range: A-01-1 to A-12-5 makes 60 bins."),
        ),
    )
)


@page(permission=CHANGE, methods=["GET", "POST"])
def new_bins(request: Request) -> HttpResponse:
    """Make a series of bins."""
    back = reverse("bins")
    if request.method == "POST":
        values = read(request, SERIES, is_new=True)
        values["last"] = values["last"] or values["first"]
        made = places.make_bins(command_from(request), **values)
        text = gettext("{made} bins made; {there} were there already.").format(**made)
        return done(request, text, to=f"{back}?warehouse={values['warehouse_id']}")
    form = shown(request, SERIES, None, cancel=back, usual={"warehouse_id": request.GET.get("warehouse", "")})
    return show(request, form, title=gettext("New bins"))


# Lanes

LANES = List(
    name="lanes",
    columns=(
        Column("from", _("From"), value="from_warehouse.code", sort="from_warehouse__code"),
        Column("to", _("To"), value="to_warehouse.code", sort="to_warehouse__code"),
        Column("item", _("Item"), value=lambda row: row.item.code if row.item else gettext("all"), sort="item__code"),
        Column("days", _("Days"), kind="number", sort="days"),
        Column("cost", _("Cost"), kind="money", sort="cost", permission="cost.view"),
    ),
    filters=(
        Choice("from", _("From"), _warehouses, lookup="from_warehouse_id"),
        Choice("to", _("To"), _warehouses, lookup="to_warehouse_id"),
    ),
    search=("from_warehouse__code", "to_warehouse__code", "item__code"),
    order="from,to",
    row_link=lambda row: reverse("lane-edit", args=[row.pk]),
    empty=Empty(
        _("No lanes yet."),
        _("Where no lane leads, no transfer is offered against a shortage."),
        "lane-new",
        _("New lane"),
    ),
)
LANE = Form(
    (
        Section(
            "",
            (
                Field("from_warehouse_id", _("From"), "choice", required=True, choices=_warehouses, only_new=True),
                Field("to_warehouse_id", _("To"), "choice", required=True, choices=_warehouses, only_new=True),
                Field("item_id", _("Item"), "item", help=_("Empty: every item."), only_new=True),
                Field("days", _("Days under way"), "number"),
                Field("cost", _("Cost of one transfer"), "quantity", permission="cost.view"),
            ),
        ),
    )
)


@page(permission="stock.view")
def lanes(request: Request) -> HttpResponseBase:
    """Show how long transfers take."""
    rows = Lane.objects.select_related("from_warehouse", "to_warehouse", "item")
    return _stores(request, "lanes", LANES, rows, buttons=[(reverse("lane-new"), _("New lane"), CHANGE)])


@page(permission=CHANGE, methods=["GET", "POST"])
def lane_form(request: Request, pk: int | None = None) -> HttpResponse:
    """Make or change a lane."""
    row = get_object_or_404(Lane.objects.select_related("from_warehouse", "to_warehouse"), pk=pk) if pk else None
    if request.method == "POST":
        values, command = read(request, LANE, is_new=row is None), command_from(request)
        ends = {name: getattr(row, name) if row else values.pop(name) for name in LANE_ENDS}
        with_titles(LANE, lambda: places.keep_lane(command, **ends, values=values))
        return done(request, gettext("The lane is saved."), to=reverse("lanes"))
    form = shown(request, LANE, row, cancel=reverse("lanes"))
    title = f"{row.from_warehouse} → {row.to_warehouse}" if row else gettext("New lane")
    return show(request, form, title=title, extra="records/lane_extra.html" if row else "", row=row)


LANE_ENDS = ("from_warehouse_id", "to_warehouse_id", "item_id")


@page(permission=CHANGE, methods=["POST"])
def remove_lane(request: Request, pk: int) -> HttpResponse:
    """Remove a lane."""
    get_object_or_404(Lane, pk=pk)
    places.remove_lane(command_from(request), lane_id=pk)
    return done(request, gettext("The lane is removed."), to=reverse("lanes"))

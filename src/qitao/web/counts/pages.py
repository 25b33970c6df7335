"""Counting: blind, bin by bin; the difference is shown when it is posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count as Number
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.journal.queries import history
from qitao.kernel.quantity import ZERO
from qitao.stock import actions, queries
from qitao.stock.models import Count, CountLine, Warehouse
from qitao.web import formats
from qitao.web.cells import item_cell
from qitao.web.choosing.pages import bin_called, item_called
from qitao.web.lists import Column, Empty, List, Which, show
from qitao.web.page import command_from, done, page
from qitao.web.picking.listing import progress
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import own_warehouses, within
from qitao.web.telling import Told, told

OPEN = ("open", "counted")


def counts() -> QuerySet[Count]:
    """Return all counts with what a list of them shows."""
    return Count.objects.select_related("item__unit", "warehouse", "made_by").annotate(
        all_lines=Number("lines"), open_lines=Number("lines", filter=Q(lines__counted=None))
    )


def _progress(row: Count) -> SafeString:
    return progress(row)  # type: ignore[arg-type]


COUNTS = List(
    name="counts",
    columns=(
        Column("code", _("Count"), kind="code", sort="code", link=page_of),
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.item), sort="item__code"),
        Column("warehouse", _("Warehouse"), kind="named", sort="warehouse__code"),
        Column("progress", _("Counted"), kind="html", value=_progress, sort="open_lines"),
        Column("status", _("State"), kind="chip", sort="status"),
        Column("reason", _("Why"), sort="reason"),
        Column("made_at", _("Asked for"), kind="moment", sort="made_at"),
        Column("made_by", _("By"), value="made_by.name", sort="made_by__name", shown=False),
    ),
    filters=(
        Which(
            "state",
            _("State"),
            {
                "todo": (_("to do"), Q(status__in=OPEN)),
                **{value: (word, Q(status=value)) for value, word in Count.State.choices},
            },
            default="todo",
        ),
        Which(
            "place",
            _("Warehouse"),
            {
                "here": (_("my warehouses"), lambda request: within(request.user, "warehouse")),
                "all": (_("all"), Q(pk=F("pk"))),
            },
            default="here",
        ),
    ),
    search=("code", "item__code", "item__name", "item__name_en", "reason"),
    order="made_at",
    row_link=page_of,
    live="stock.count_ordered stock.count_entered stock.count_posted",
    empty=Empty(
        _("Nothing to count."),
        _("Counts are asked for by shortage cases, or by you."),
        "count-new",
        _("New count"),
    ),
    placeholder=_("Count, item, case"),
)


@page(permission="stock.count")
def count_list(request: Request) -> HttpResponseBase:
    """Show the counts to do, the oldest first."""
    return show(request, COUNTS, counts(), template="counts/list.html", title=gettext("Counts"))


@dataclass(frozen=True, slots=True)
class Line:
    """A bin to count. `recorded` is shown only to who may know it."""

    line: CountLine
    is_current: bool
    recorded: Decimal | None

    @property
    def is_counted(self) -> bool:
        return self.line.counted is not None

    @property
    def difference(self) -> Decimal | None:
        """What was found beyond the record; nothing for who may not know."""
        if self.recorded is None or self.line.counted is None:
            return None
        return self.line.counted - self.recorded


@dataclass(frozen=True, slots=True)
class CountPage:
    """A count: its bins, how far it is, and – once posted – what came out."""

    count: Count
    lines: list[Line]
    sees_record: bool
    story: list[Told]

    @property
    def current(self) -> Line | None:
        return next((each for each in self.lines if each.is_current), None)

    @property
    def counted(self) -> int:
        return sum(each.is_counted for each in self.lines)

    @property
    def is_complete(self) -> bool:
        """Whether every bin has a figure."""
        return bool(self.lines) and self.counted == len(self.lines)

    @property
    def percent(self) -> int:
        return round(100 * self.counted / len(self.lines)) if self.lines else 0

    @property
    def difference(self) -> Decimal:
        """The sum of all differences."""
        return sum((each.difference or ZERO for each in self.lines), ZERO)

    @property
    def wrong_bins(self) -> int:
        """In how many bins something else lay than the record said, even where the sum is right."""
        return sum(bool(each.difference) for each in self.lines)


@page(permission="stock.count")
def count(request: Request, code: str) -> HttpResponse:
    """Show the count screen while it is to be counted, what came out of it afterwards."""
    found = get_object_or_404(Count.objects.select_related("item__unit", "warehouse", "made_by"), code=code)
    shown = _count_page(found, request.user, start=request.GET.get("line", ""))
    may_count = found.status in OPEN and request.user.works_in(found.warehouse.code)
    return render(request, "counts/station.html" if may_count else "counts/result.html", {"page": shown})


def _count_page(found: Count, user: User, *, start: str) -> CountPage:
    rows = list(
        found.lines.select_related("location", "lot").order_by("location__route", "location__code", "lot__code", "id")
    )
    sees = user.may("stock.adjust") or found.status == Count.State.POSTED
    current = _current(rows, start)
    lines = [Line(row, row is current, _recorded(found, row) if sees else None) for row in rows]
    return CountPage(found, lines, sees, told(history(found).order_by("-id")))


def _current(rows: Sequence[CountLine], start: str) -> CountLine | None:
    chosen = next((row for row in rows if str(row.pk) == start), None)
    return chosen or next((row for row in rows if row.counted is None), None)


def _recorded(found: Count, row: CountLine) -> Decimal:
    return row.recorded if row.recorded is not None else queries.recorded(row, item_id=found.item_id)


@page(permission="stock.count", methods=["POST"])
def enter(request: Request, code: str) -> HttpResponse:
    """Enter what was found in one bin and go on with the next."""
    found = get_object_or_404(Count.objects.select_related("item__unit"), code=code)
    fields = Reading(request.POST)
    line = get_object_or_404(
        CountLine.objects.select_related("location"), pk=fields.number("line", title=gettext("Bin")), count=found
    )
    figure = fields.quantity("counted", title=gettext("Counted"))
    actions.enter_count(command_from(request), count_id=found.pk, figures={line.pk: figure})
    said = gettext("{bin}: {quantity} {unit}").format(
        bin=line.location.code, quantity=formats.quantity(figure, found.item.unit), unit=found.item.unit
    )
    return done(request, said, to=reverse("count", args=[code]))


@page(permission="stock.count", methods=["POST"])
def add_bin(request: Request, code: str) -> HttpResponse:
    """Add a bin where it was found although the record does not know it."""
    found = get_object_or_404(Count.objects.select_related("warehouse"), code=code)
    fields = Reading(request.POST)
    place = bin_called(fields.text("bin", title=gettext("Bin"), required=True), found.warehouse)
    reply = actions.add_count_line(
        command_from(request),
        count_id=found.pk,
        location_id=place.pk,
        lot_code=fields.text("lot", title=gettext("Lot"), longest=120),
    )
    return done(request, to=f"{reverse('count', args=[code])}?line={reply['line']}")


@page(permission="stock.count", methods=["POST"])
def post(request: Request, code: str) -> HttpResponse:
    """Bring the record to what was counted."""
    found = get_object_or_404(Count.objects.select_related("item__unit"), code=code)
    reply = actions.post_count(command_from(request), count_id=found.pk)
    difference = Decimal(reply["difference"])
    if difference:
        said = gettext("Posted. The record was off by {difference} {unit}.").format(
            difference=formats.quantity(difference, found.item.unit), unit=found.item.unit
        )
    elif wrong := found.lines.exclude(counted=F("recorded")).count():
        said = ngettext(
            "Posted. In sum the record was right, in {count} bin it was not.",
            "Posted. In sum the record was right, in {count} bins it was not.",
            wrong,
        ).format(count=wrong)
    else:
        said = gettext("Posted. The record was right.")
    return done(request, said, to=reverse("count", args=[code]))


@page(permission="stock.count", methods=["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Ask for a count of an item in a warehouse."""
    if request.method == "GET":
        return render(
            request,
            "counts/new.html",
            {"warehouses": own_warehouses(request.user), "item": request.GET.get("item", "")},
        )
    fields = Reading(request.POST)
    item = item_called(fields.text("item", title=gettext("Item"), required=True))
    warehouse = get_object_or_404(Warehouse, code=fields.text("warehouse", title=gettext("Warehouse")))
    reply = actions.order_count(
        command_from(request),
        item_id=item.pk,
        warehouse_id=warehouse.pk,
        reason=fields.text("reason", title=gettext("Why"), longest=200),
    )
    return done(request, to=reverse("count", args=[reply["code"]]))

"""What was counted, and how right the record was: by month, warehouse and class, down to every line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.stock.accuracy import Accuracy, accuracy_by, counted_lines
from qitao.stock.count_models import CountClass
from qitao.stock.models import Count, CountLine
from qitao.web.cells import item_cell
from qitao.web.chips import plain_chip
from qitao.web.lists import Choice, Column, Empty, List, Which, filtered
from qitao.web.lists import show as show_list
from qitao.web.page import page
from qitao.web.places import page_of
from qitao.web.request import Request
from qitao.web.scope import within

MONTHS = 12


def _right(row: CountLine) -> SafeString:
    return plain_chip(_("right"), "good") if row.was_right else plain_chip(_("wrong"), "bad")


HISTORY = List(
    name="count-history",
    columns=(
        Column("posted_at", _("Posted"), kind="moment", value="count.posted_at", sort="count__posted_at"),
        Column(
            "code", _("Count"), kind="code", value="count.code", sort="count__code", link=lambda row: page_of(row.count)
        ),
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.item), sort="item__code"),
        Column("letter", _("Class"), sort="letter"),
        Column("warehouse", _("Warehouse"), value="count.warehouse.code", sort="count__warehouse__code", shown=False),
        Column("bin", _("Bin"), value="location.code", sort="location__code", link=lambda row: page_of(row.location)),
        Column("lot", _("Lot"), value="lot.code", sort="lot__code", shown=False),
        Column("recorded", _("Recorded"), kind="quantity", sort="recorded", unit="item.unit"),
        Column("counted", _("Counted"), kind="quantity", sort="counted", unit="item.unit"),
        Column("difference", _("Difference"), kind="quantity", sort="difference", unit="item.unit"),
        Column("worth", _("In money"), kind="money", sort="worth", unit="item.currency", permission="cost.view"),
        Column("was_right", _("Record"), kind="html", value=_right, sort="was_right"),
        Column("why", _("Why"), value="count.get_why_display", sort="count__why"),
        Column("counted_by", _("Counted by"), value="counted_by.name", sort="counted_by__name"),
    ),
    filters=(
        Which(
            "record",
            _("Record"),
            {"right": (_("right"), Q(was_right=True)), "wrong": (_("wrong"), Q(was_right=False))},
        ),
        Choice("letter", _("Class"), [(each, each) for each in CountClass.LETTERS]),
        Choice("why", _("Why"), Count.Why.choices, lookup="count__why"),
        Which(
            "place",
            _("Warehouse"),
            {"here": (_("my warehouses"), lambda request: within(request.user, "count__warehouse"))},
        ),
    ),
    search=("count__code", "item__code", "item__name", "item__name_en", "location__code", "lot__code"),
    order="-posted_at",
    live="stock.count_posted",
    empty=Empty(
        _("Nothing was counted yet."), _("Every posted count is told here, line by line."), "count-new", _("New count")
    ),
    placeholder=_("Count, item, bin"),
)


@dataclass(frozen=True, slots=True)
class Shares:
    """The accuracy of what is listed: altogether, and by month, warehouse and class."""

    everything: Accuracy | None
    months: list[tuple[datetime, Accuracy]]
    warehouses: list[Accuracy]
    classes: list[Accuracy]

    @property
    def chart(self) -> dict[str, Any]:
        """The months as the chart wants them."""
        return {
            "labels": [f"{month:%Y-%m}" for month, _share in self.months],
            "series": [
                {
                    "name": gettext("Records that were right, %"),
                    "values": [str(each.percent) for _month, each in self.months],
                }
            ],
        }


def shares(lines: QuerySet[CountLine]) -> Shares:
    """Return how right the record was in these lines."""
    by_month = [(row.name, row) for row in accuracy_by(lines, "month")][-MONTHS:]
    months = [(datetime.fromisoformat(name), row) for name, row in by_month]
    warehouses = accuracy_by(lines, "count__warehouse__code")
    counted, right = sum(row.counted for row in warehouses), sum(row.right for row in warehouses)
    everything = Accuracy("", counted, right) if counted else None
    return Shares(everything, months, warehouses, accuracy_by(lines, "letter"))


@page(permission="stock.adjust")
def history(request: Request) -> HttpResponseBase:
    """Show every line that was counted, and how right the record was in those that are listed."""
    rows = counted_lines()
    return show_list(
        request,
        HISTORY,
        rows,
        template="counts/history.html",
        title=gettext("Count history"),
        tab="history",
        shares=shares(filtered(request, HISTORY, rows)),
    )

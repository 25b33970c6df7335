"""The lists of counts: those to do and done, and those that wait for approval."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qitao.stock.models import Count
from qitao.web import formats
from qitao.web.cells import item_cell
from qitao.web.chips import plain_chip
from qitao.web.lists import Bulk, Choice, Column, Empty, List, Which
from qitao.web.picking.listing import progress
from qitao.web.places import page_of
from qitao.web.scope import within

OPEN = ("open", "counted")
LIVE = (
    "stock.count_ordered stock.count_entered stock.count_recount stock.count_waits stock.count_posted "
    "stock.count_cancelled"
)
PLACE = Which(
    "place",
    _("Warehouse"),
    {
        "here": (_("my warehouses"), lambda request: within(request.user, "warehouse")),
        "all": (_("all"), Q(pk=F("pk"))),
    },
    default="here",
)
WHY = tuple(Count.Why.choices)


def what_cell(row: Count) -> SafeString:
    """Return what is counted: an item in its bins, or a bin."""
    if row.item:
        return item_cell(row.item)
    assert row.location is not None
    name = row.location.name or row.location.get_kind_display()
    return format_html(
        '<a class="code" href="{}">{}</a> <span class="dim">{}</span>', page_of(row.location), row.location.code, name
    )


def _progress(row: Count) -> SafeString:
    return progress(row)  # type: ignore[arg-type]


COUNTS = List(
    name="counts",
    columns=(
        Column("code", _("Count"), kind="code", sort="code", link=page_of),
        Column("item", _("Item or bin"), kind="html", value=what_cell, sort=("item__code", "location__code")),
        Column("warehouse", _("Warehouse"), kind="named", sort="warehouse__code"),
        Column("progress", _("Counted"), kind="html", value=_progress, sort="open_lines"),
        Column("status", _("State"), kind="chip", sort="status"),
        Column("reason", _("Why"), value=lambda row: row.reason or row.get_cause_display(), sort=("reason", "cause")),
        Column("made_at", _("Asked for"), kind="moment", sort="made_at"),
        Column("counter", _("Counter"), value="day_list.counter.name", sort="day_list__counter__name", shown=False),
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
        PLACE,
        Choice("cause", _("Cause"), Count.Cause.choices),
    ),
    search=("code", "item__code", "item__name", "item__name_en", "location__code", "reason"),
    order="made_at",
    row_link=page_of,
    live=LIVE,
    empty=Empty(
        _("Nothing to count."),
        _("Counts are asked for by shortage cases, or by you."),
        "count-new",
        _("New count"),
    ),
    placeholder=_("Count, item, bin, case"),
)


def _worth(row: Count) -> SafeString:
    """Return what the stock is worth more or less afterwards; differences that cancel out are told beside it."""
    worth, moved = row.worth, row.moved_worth  # type: ignore[attr-defined]
    shown = format_html('<b class="{}">{}</b>', "tone-bad" if worth < 0 else "", formats.money(worth))
    return (
        shown if abs(worth) == moved else format_html('{} <span class="dim">± {}</span>', shown, formats.money(moved))
    )


def _since(row: Count) -> SafeString | str:
    return plain_chip(_("moved since"), "warn") if row.has_moved else ""  # type: ignore[attr-defined]


APPROVALS = List(
    name="counts-to-approve",
    columns=(
        Column("code", _("Count"), kind="code", sort="code", link=page_of),
        Column("item", _("Item or bin"), kind="html", value=what_cell, sort=("item__code", "location__code")),
        Column("warehouse", _("Warehouse"), kind="named", sort="warehouse__code"),
        Column("wrong_lines", _("Wrong lines"), kind="number", sort="wrong_lines"),
        Column("worth", _("Difference in money"), kind="html", value=_worth, sort="worth", permission="cost.view"),
        Column("moved", _("Since then"), kind="html", value=_since, sort="has_moved"),
        Column("counted_by", _("Counted by"), sort="counted_by"),
        Column("last_counted_at", _("Counted"), kind="moment", sort="last_counted_at"),
        Column("reason", _("Why"), sort="reason", shown=False),
    ),
    filters=(
        PLACE,
        Which(
            "sign",
            _("Difference"),
            {
                "less": (_("less than recorded"), Q(worth__lt=0)),
                "more": (_("more than recorded"), Q(worth__gt=0)),
                "even": (_("in sum right"), Q(worth=0)),
            },
        ),
        Which("since", _("Since then"), {"moved": (_("moved since"), Q(has_moved=True))}),
    ),
    search=("code", "item__code", "item__name", "item__name_en", "location__code", "reason"),
    order="last_counted_at",
    bulk=(
        Bulk("counts-refuse", _("Count again"), "stock.adjust", "count"),
        Bulk("counts-approve", _("Approve"), "stock.adjust", primary=True, asks=(("why", _("Why"), WHY),)),
    ),
    row_link=page_of,
    live=LIVE,
    empty=Empty(
        _("Nothing waits for approval."),
        _("What two people count beyond its tolerance comes here; everything else is posted by itself."),
        "counts",
        _("Counts"),
    ),
    placeholder=_("Count, item, bin, case"),
)

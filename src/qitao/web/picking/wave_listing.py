"""The list of waves."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qitao.picking.models import Wave
from qitao.web.chips import plain_chip
from qitao.web.lists import Choice, Column, Empty, List, Which
from qitao.web.picking.listing import progress, shorts, warehouses
from qitao.web.places import page_of
from qitao.web.request import Request
from qitao.web.scope import within


def state(row: Wave) -> SafeString:
    """Return how far a wave annotated with its lines is, as a chip."""
    if not row.all_lines:  # type: ignore[attr-defined]
        return plain_chip(_("given up"), "bad")
    if not row.open_lines:  # type: ignore[attr-defined]
        return plain_chip(_("picked"), "good")
    begun = row.open_lines < row.all_lines  # type: ignore[attr-defined]
    return plain_chip(_("being picked"), "busy") if begun else plain_chip(_("to pick"), "wait")


def _code(row: Wave) -> SafeString:
    zone = format_html(' <span class="dim">{}</span>', _("rack {zone}").format(zone=row.zone)) if row.zone else ""
    return format_html('<a class="code" href="{}">{}</a>{}', page_of(row), row.code, zone)


def _is(word: str) -> Q:
    return {
        "open": Q(open_lines__gt=0),
        "short": Q(short_lines__gt=0),
        "done": Q(open_lines=0, all_lines__gt=0),
        "over": Q(all_lines=0),
    }[word]


def _free_or_mine(request: Request) -> Q:
    return Q(picker=request.user) | Q(picker=None)


WAVES = List(
    name="waves",
    columns=(
        Column("code", _("Wave"), kind="html", value=_code, sort="id"),
        Column("orders", _("Work orders"), kind="number", sort="orders"),
        Column("bins", _("Bins to go"), kind="number", sort="bins"),
        Column("progress", _("Picked"), kind="html", value=progress, sort="open_lines"),
        Column("short_lines", _("Short"), kind="html", value=shorts, sort="short_lines"),
        Column("state", _("State"), kind="html", value=state),
        Column("picker", _("Picker"), value="picker.name", sort="picker__name"),
        Column("warehouse", _("Warehouse"), value="warehouse.code", sort="warehouse__code"),
        Column("made_at", _("Made"), kind="moment", sort="made_at"),
        Column("made_by", _("By"), value="made_by.name", sort="made_by__name", shown=False),
    ),
    filters=(
        Which(
            "state",
            _("State"),
            {
                "open": (_("to pick"), _is("open")),
                "short": (_("with shortages"), _is("short")),
                "done": (_("picked"), _is("done")),
                "over": (_("given up"), _is("over")),
            },
            default="open",
        ),
        Which(
            "whose",
            _("Whose"),
            {
                "here": (_("my warehouses"), lambda request: within(request.user, "warehouse")),
                "mine": (_("mine, or nobody's"), _free_or_mine),
                "all": (_("all"), Q(pk=F("pk"))),
            },
            default="here",
        ),
        Choice("warehouse", _("Warehouse"), warehouses, lookup="warehouse_id"),
    ),
    search=("code", "zone", "picker__name", "warehouse__code"),
    order="code",
    row_link=page_of,
    live="picking.",
    empty=Empty(
        _("No walk for several work orders."),
        _("Tick pick lists – Shift ticks all between – and let them be picked on one walk."),
        "pick-lists",
        _("Pick lists"),
    ),
    placeholder=_("Wave, rack, picker"),
)

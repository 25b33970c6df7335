"""Shortage cases as lists: the open ones to sort and filter, the closed ones with their causes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qitao.accounts.queries import people_with
from qitao.catalog.models import Site
from qitao.shortages.models import OPEN_STATES, Case, Cause
from qitao.shortages.queries import cause_counts
from qitao.web.lists import Bulk, Choice, Column, Empty, List, Which
from qitao.web.places import page_of
from qitao.web.request import Request


def _owners(request: Request) -> list[tuple[int, str]]:
    return [(person.pk, person.name) for person in people_with("shortages.work")]


def _sites(request: Request) -> list[tuple[int, str]]:
    return [(site.pk, site.code) for site in Site.objects.order_by("code")]


def _overdue(request: Request) -> Q:
    return Q(deadline_at__lt=timezone.now(), status__in=("detected", "verified", "assessed"))


FIND = ("code", "item__code", "item__name", "item__name_en", "item__pinyin", "owner__name")

OPEN = List(
    name="cases",
    columns=(
        Column("code", _("Case"), kind="code", sort="code", link=page_of),
        Column("item", _("Item"), kind="code", value="item.code", sort="item__code"),
        Column("name", _("Name"), kind="named", value="item", sort="item__name"),
        Column("severity", _("Severity"), kind="chip", sort="severity"),
        Column("status", _("State"), kind="chip", sort="status"),
        Column("deadline_at", _("Decide by"), kind="moment", sort="deadline_at"),
        Column("short", _("Short when reported"), kind="quantity", unit="item.unit", sort="short"),
        Column("orders_hit", _("Work orders"), kind="number", sort="orders_hit"),
        Column("owner", _("Owner"), sort="owner__name"),
        Column("site", _("Site"), value="site.code", sort="site__code", shown=False),
        Column("origin", _("Came from"), value=lambda case: case.get_origin_display(), sort="origin", shown=False),
        Column("opened_at", _("Opened"), kind="moment", sort="opened_at"),
        Column("opened_by", _("Opened by"), value="opened_by.name", shown=False),
    ),
    filters=(
        Choice("severity", _("Severity"), Case.Severity.choices),
        Choice("status", _("State"), [choice for choice in Case.State.choices if choice[0] in OPEN_STATES]),
        Choice("owner", _("Owner"), _owners, lookup="owner_id"),
        Choice("site", _("Site"), _sites, lookup="site_id"),
        Which("late", _("Deadline"), {"yes": (_("past"), _overdue)}),
    ),
    search=FIND,
    order="severity,deadline_at",
    bulk=(
        Bulk("cases-take", _("Take over"), "shortages.work", icon="user"),
        Bulk("cases-verify", _("Confirm as real"), "shortages.work"),
    ),
    row_link=page_of,
    live="shortages.",
    empty=Empty(_("No open case."), _("A short pick or a line at risk opens one.")),
    placeholder=_("Case, item, owner"),
)

CLOSED = List(
    name="closed-cases",
    columns=(
        Column("code", _("Case"), kind="code", sort="code", link=page_of),
        Column("item", _("Item"), kind="code", value="item.code", sort="item__code"),
        Column("name", _("Name"), kind="named", value="item", sort="item__name"),
        Column("status", _("State"), kind="chip", sort="status"),
        Column("cause", _("Cause"), value=lambda case: case.get_cause_display(), sort="cause"),
        Column("cause_note", _("Note")),
        Column("opened_at", _("Opened"), kind="moment", sort="opened_at"),
        Column("closed_at", _("Closed"), kind="moment", sort="closed_at"),
        Column("owner", _("Owner"), sort="owner__name"),
        Column("orders_hit", _("Work orders"), kind="number", sort="orders_hit", shown=False),
    ),
    filters=(
        Choice("cause", _("Cause"), Cause.choices),
        Choice("status", _("State"), [choice for choice in Case.State.choices if choice[0] not in OPEN_STATES]),
        Choice("site", _("Site"), _sites, lookup="site_id"),
    ),
    search=(*FIND, "cause_note"),
    order="-closed_at",
    row_link=page_of,
    live="shortages.",
    empty=Empty(_("No case has been closed yet."), _("Closing one asks for its cause; here they add up.")),
    placeholder=_("Case, item, note"),
)


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How many closed cases had a cause, and its share of the most frequent one in percent."""

    cause: str
    word: str | Promise
    count: int
    percent: int


def causes() -> list[CauseCount]:
    """Return the causes of the closed cases, the most frequent first."""
    counted = cause_counts()
    most = max((number for _cause, number in counted), default=1)
    return [CauseCount(cause, Cause(cause).label, number, 100 * number // most) for cause, number in counted]

"""Tracing: from what one has in hand to where it went and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qitao.kernel.refusal import NotFound
from qitao.kernel.words import gettext_noop
from qitao.tracing import actions
from qitao.web.lists import show
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.search.finding import Finding, find
from qitao.web.search.scanning import meanings
from qitao.web.tracing import listing
from qitao.web.tracing.both import KINDS, MODELS, REACHES, Both, both
from qitao.web.tracing.picture import Picture, draw

MOST_FOUND = 30
TRACEABLE = {kind.replace("-", "_"): kind for kind in MODELS}


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What can be traced of what was found."""

    words: str
    findings: list[Finding]
    kinds: dict[str, str]


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the lists of a trace."""

    name: str
    title: Any
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class TracePage:
    """A trace: the picture, and the list that is chosen."""

    trace: Both
    picture: Picture
    kind: Any
    reach: str
    tab: str
    tabs: list[Tab]
    may_hold: bool


@page(permission="stock.view")
def search(request: Request) -> HttpResponse:
    """Find what to trace: a lot or serial number, an item, an order, a customer, a delivery."""
    words = request.GET.get("q", "").strip()[:120]
    found = [each for each in find(words, request.user, most=MOST_FOUND) if each.kind.name in TRACEABLE]
    return render(request, "tracing/search.html", {"page": SearchPage(words, found, TRACEABLE)})


@page(permission="stock.view")
def scanned(request: Request) -> HttpResponse:
    """Trace what was scanned; where it means several things, ask."""
    code = request.GET.get("code", "").strip()[:200]
    found = [each for each in meanings(code, request.user) if each.kind in TRACEABLE]
    if not found:
        raise NotFound(what=gettext_noop("Something to trace, called"), code=code)
    if len(found) > 1:
        return HttpResponseRedirect(f"{reverse('trace')}?q={code}")
    return HttpResponseRedirect(reverse("traced", args=[TRACEABLE[found[0].kind], found[0].id]))


@page(permission="stock.view")
def traced(request: Request, kind: str, number: int, reach: str = "usual", tab: str = "stock") -> HttpResponseBase:
    """Show where a thing's lots went and where they came from."""
    _must_be_known(kind, reach)
    if tab not in listing.TABS:
        raise Http404(tab)
    trace = both(kind, number, reach=reach)
    _title, spec, rows = listing.TABS[tab]
    is_part = bool(request.htmx and request.htmx.target == f"list-{spec.name}")
    shown = None if is_part or request.GET.get("export") else _page(request, trace, reach=reach, tab=tab)
    return show(request, spec, rows(trace), template="tracing/page.html", title=_("Trace"), trace=shown)


def _must_be_known(kind: str, reach: str) -> None:
    if kind not in MODELS or reach not in REACHES:
        raise Http404(kind)


def _page(request: Request, trace: Both, *, reach: str, tab: str) -> TracePage:
    return TracePage(
        trace=trace,
        picture=draw(trace, opened=request.GET.getlist("open")),
        kind=KINDS[trace.kind],
        reach=reach,
        tab=tab,
        tabs=[
            Tab(
                name,
                title,
                listing.count(trace, name),
                reverse("traced-part", args=[trace.kind, trace.thing.pk, reach, name]),
            )
            for name, (title, _spec, _rows) in listing.TABS.items()
        ],
        may_hold=request.user.may("stock.status"),
    )


@page(permission="stock.status", methods=["POST"])
def hold(request: Request, kind: str, number: int, reach: str) -> HttpResponse:
    """Put what is left of everything that holds it in quarantine."""
    _must_be_known(kind, reach)
    trace = both(kind, number, reach=reach)
    reason = Reading(request.POST).text("reason", title=_("Why"), required=True)
    reply = actions.hold(command_from(request), lot_ids=trace.affected, reason=reason)
    said = ngettext("{bins} bin is in quarantine now.", "{bins} bins are in quarantine now.", reply["bins"])
    back = reverse("traced-part", args=[kind, number, reach, "stock"])
    return done(request, said.format(bins=reply["bins"]), to=back)

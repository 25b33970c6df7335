"""The search page, the palette, and what a scanned code means."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from qitao.kernel.refusal import NotFound
from qitao.kernel.words import gettext_noop
from qitao.web.navigation import Place, groups_for
from qitao.web.page import page
from qitao.web.request import Request
from qitao.web.search.finding import Finding, find
from qitao.web.search.scanning import Meaning, meanings

IN_PALETTE, ON_PAGE = 5, 50


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a search shows: the words, the pages of that name, the records by kind."""

    words: str
    places: list[Place]
    findings: list[Finding]

    @property
    def count(self) -> int:
        """How many records were found."""
        return sum(len(finding.found) for finding in self.findings)


@page(permission="search.view")
def search(request: Request) -> HttpResponse:
    """Find records by code, name in either language, pinyin initials or part of any."""
    return render(request, "search/page.html", {"page": _search(request, ON_PAGE)})


@page(permission="search.view")
def palette(request: Request) -> HttpResponse:
    """Find pages and records while one types."""
    return render(request, "search/palette.html", {"page": _search(request, IN_PALETTE)})


def _search(request: Request, most: int) -> SearchPage:
    words = request.GET.get("q", "").strip()[:120]
    return SearchPage(words, _places(request, words), find(words, request.user, most=most))


def _places(request: Request, words: str) -> list[Place]:
    every = [place for group in groups_for(request) for place in group.places]
    return [place for place in every if words.casefold() in str(place.title).casefold()]


@page(permission="search.view")
def scan(request: Request) -> HttpResponse:
    """Say what a code is: as JSON for a program; a person is taken to it, or asked where it is several things."""
    code = request.GET.get("code", "").strip()[:200]
    found = meanings(code, request.user)
    if not request.accepts("text/html"):
        return JsonResponse({"code": code, "meanings": [asdict(meaning) for meaning in found]})
    pages = [meaning for meaning in found if meaning.url]
    if len(pages) == 1:
        return HttpResponseRedirect(pages[0].url)
    if not pages:
        raise NotFound(what=gettext_noop("What was scanned,"), code=code)
    return render(request, "search/meanings.html", {"page": ScanPage(code, pages)})


@dataclass(frozen=True, slots=True)
class ScanPage:
    """A code that means several things."""

    code: str
    meanings: list[Meaning]

"""Shortage cases: the board, the lists, what is foreseen, and the page of a case."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qitao.catalog.models import Item
from qitao.kernel.quantity import ZERO
from qitao.shortages.foreseen import foreseen
from qitao.shortages.holding import why_not
from qitao.shortages.models import Case
from qitao.shortages.queries import NEVER_DAYS, closed_cases, open_cases
from qitao.web.cases.kanban import kanban
from qitao.web.cases.lists import CLOSED, OPEN, causes
from qitao.web.cases.showing import case_page
from qitao.web.cases.ways import WaysOut, ways_out
from qitao.web.lists import show
from qitao.web.page import page
from qitao.web.request import Request
from qitao.web.saying import Said


@page(permission="shortages.view")
def board(request: Request) -> HttpResponseBase:
    """Show the open cases by state."""
    shown = kanban(request.GET, request.user, now=timezone.now())
    return render(request, "cases/board.html", {"page": shown, "tab": "cases"})


@page(permission="shortages.view")
def open_list(request: Request) -> HttpResponseBase:
    """Show the open cases as a list."""
    rows = open_cases().select_related("opened_by").order_by()
    return show(request, OPEN, rows, template="cases/list.html", title=_("Shortage cases"), tab="cases-list")


@page(permission="shortages.view")
def closed_list(request: Request) -> HttpResponseBase:
    """Show the closed cases with their causes."""
    return show(
        request,
        CLOSED,
        closed_cases(),
        template="cases/closed.html",
        title=_("Closed cases"),
        tab="cases-closed",
        causes=causes(),
    )


@page(permission="shortages.view")
def coming(request: Request) -> HttpResponseBase:
    """Show what the plan sees coming and nobody has opened a case for."""
    found = foreseen()
    lines = {hit.demand.pk: hit for one in found for hit in one.demands}
    return render(
        request,
        "cases/foreseen.html",
        {
            "tab": "cases-foreseen",
            "found": found,
            "orders": sum(len(one.kits) + len(one.waiting) for one in found),
            "penalty": sum((hit.penalty for hit in lines.values()), ZERO),
            "value": sum((hit.value for hit in lines.values()), ZERO),
            "see_cost": request.user.may("cost.view"),
            "never_days": NEVER_DAYS,
            "may_open": request.user.may("shortages.open"),
        },
    )


def case_called(code: str) -> Case:
    """Return the case of that code with what its page shows."""
    rows = Case.objects.select_related("item__unit", "site", "owner", "opened_by", "count__warehouse")
    return get_object_or_404(rows, code=code)


@page(permission="shortages.view")
def case(request: Request, code: str) -> HttpResponseBase:
    """Show one case."""
    found = case_called(code)
    shown = case_page(found, request.user, today=timezone.localdate())
    return render(request, "cases/page.html", {"page": shown, "case": found})


@page(permission="shortages.view")
def options(request: Request, code: str) -> HttpResponseBase:
    """Show the ways out for one requirement of a case, each tried on a copy of the plan."""
    shown = ways_for(request, case_called(code), request.GET.get("requirement", ""))
    template = "cases/ways.html" if request.htmx else "cases/ways_page.html"
    return render(request, template, {"page": shown, "case": shown.case})


@page(permission="stock.view")
def why(request: Request, code: str) -> HttpResponseBase:
    """Answer “why can't I take it?” for an item: the block alone, for pages that ask when it is asked."""
    item = get_object_or_404(Item.objects.select_related("unit"), code=code)
    answer = why_not(item, today=timezone.localdate())
    return render(request, "cases/why_not.html", {"why": answer, "item": item})


def ways_for(request: Request, found: Case, requirement: str, refusal: Said | None = None) -> WaysOut:
    """Return the ways out for the requirement whose number stands in an address or a form."""
    number = int(requirement) if requirement.isascii() and requirement.isdecimal() else None
    return ways_out(found, request.user, requirement_id=number, today=timezone.localdate(), refusal=refusal)

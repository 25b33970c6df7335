"""Today: what each role should do now."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qitao.web.claims.borrowings import asked_by, to_answer
from qitao.web.home.showing import first, sections
from qitao.web.page import page
from qitao.web.request import Request


@page(permission="home.view")
def home(request: Request) -> HttpResponse:
    """Show what to do now."""
    today = timezone.localdate()
    shown = {
        "sections": sections(request.user, now=timezone.now(), today=today),
        "asked": first(to_answer(request.user)),
        "own_asked": first(asked_by(request.user)),
        "today": today,
    }
    return render(request, "home/page.html", shown)

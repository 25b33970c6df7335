"""Today: what each role should do now."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qitao.web.home.showing import sections
from qitao.web.page import page
from qitao.web.request import Request


@page(permission="home.view")
def home(request: Request) -> HttpResponse:
    """Show what to do now."""
    shown = sections(request.user, now=timezone.now(), today=timezone.localdate())
    return render(request, "home/page.html", {"sections": shown, "today": timezone.localdate()})

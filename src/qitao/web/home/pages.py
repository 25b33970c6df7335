"""Today: what each role should do now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qitao.web.page import page


@page(permission="home.view")
def home(request: HttpRequest) -> HttpResponse:
    """Show what to do now."""
    return render(request, "home/page.html", {})

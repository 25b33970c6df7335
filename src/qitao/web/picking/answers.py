"""How the pick screens are answered: a form by a page, a script by JSON."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse

from qitao.journal.queries import newest
from qitao.web.request import Request


def wants_json(request: Request) -> bool:
    """Tell whether a script asks."""
    return not request.accepts("text/html")


def said(text: str, **facts: Any) -> JsonResponse:
    """Answer the pick screen: what to say, what to change, and the newest fact this answer knows of."""
    return JsonResponse({"text": text, "version": newest(), **facts})

"""The request that every page gets: the person who asks is one of ours, and htmx is told apart."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from qitao.accounts.models import User


class Request(HttpRequest):
    """What a page may rely on once `qitao.web.page` has let the asker in; for type checking, never made by us."""

    user: User
    htmx: HtmxDetails
    seen: str  # all that screens could know of before this page was made; see `qitao.web.live`

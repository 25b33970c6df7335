"""What makes a function a page: who may see it, by which methods, and how a refusal is said.

Deny by default: `permission` must be given. `SIGNED_IN` lets in everybody who signed in, `EVERYONE` also those who
did not; both are for the few pages that belong to nobody's work (signing in and out, the language).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme

from qitao.accounts.roles import PERMISSIONS
from qitao.journal.asked import asked
from qitao.journal.command import Command
from qitao.journal.refused import keep as keep_refusal
from qitao.kernel.refusal import BadValue, NotAllowed, Refusal
from qitao.kernel.words import gettext_noop
from qitao.planning.queries import newest
from qitao.web.request import Request
from qitao.web.saying import Said, say

SIGNED_IN = "(signed in)"
EVERYONE = "(everyone)"

View = Callable[..., HttpResponseBase]


def page(*, permission: str, methods: Sequence[str] = ("GET",)) -> Callable[[View], View]:
    """Make a function a page; it is called only for who may see it, and may raise any `Refusal`."""
    if permission not in (SIGNED_IN, EVERYONE):
        assert permission in PERMISSIONS, f"unknown permission {permission}"
    allowed = (*methods, "HEAD") if "GET" in methods else tuple(methods)

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: Request, *args: Any, **arguments: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            try:
                stopped = _stopped(request, permission)
                if stopped is None and request.method == "GET" and permission != EVERYONE and not request.htmx:
                    request.seen = newest()
                return _uncached(stopped or view(request, *args, **arguments))
            except Refusal as refusal:
                return refused(request, refusal)
            except ObjectDoesNotExist as missing:
                raise Http404(str(missing)) from missing

        answer.permission = permission  # type: ignore[attr-defined]
        answer.methods = tuple(methods)  # type: ignore[attr-defined]
        return answer

    return decorate


def _stopped(request: Request, permission: str) -> HttpResponse | None:
    """Return what `stop` does; who wanted to write and may not is kept in the journal, as by an action."""
    try:
        return stop(request, permission)
    except NotAllowed as refusal:
        if request.method == "POST":  # of a form, which may hold secrets, only the address is kept
            action = f"web.{request.resolver_match.view_name if request.resolver_match else ''}"
            what = asked(action, (), (), {"address": request.path})
            keep_refusal(Command(actor=request.user, at=timezone.now()), action, what, refusal)
        raise


def stop(request: Request, permission: str) -> HttpResponse | None:
    """Return the way to sign-in for a stranger, None for who may pass; refuses who may not with `NotAllowed`."""
    if permission == EVERYONE:
        return None
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    if permission != SIGNED_IN and not request.user.may(permission):
        raise NotAllowed(permission=permission)
    return None


def _to_sign_in(request: Request) -> HttpResponse:
    """Send a stranger to the sign-in page, and back here afterwards where "here" can be asked for again."""
    wanted = request.get_full_path() if request.method == "GET" and not request.htmx else _back(request) or "/"
    answer = redirect_to_login(wanted)
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": answer.url})
    return answer


def _uncached(response: HttpResponseBase) -> HttpResponseBase:
    """Keep the browser from showing an old page, or a part in place of the whole."""
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True, no_cache=True)
    return response


# Commands


def command_from(request: Request) -> Command:
    """Return the command of a form: its number is the field `command_id`, so that a second click is the same one."""
    text = request.POST.get("command_id") or request.headers.get("Idempotency-Key") or ""
    try:
        number = uuid.UUID(text) if text else uuid.uuid4()
    except ValueError as broken:
        raise BadValue(field="command_id", problem=gettext_noop("is not a command number")) from broken
    return Command(actor=request.user, at=timezone.now(), id=number)


# Answers


def done(request: Request, text: str = "", *, to: str = "", undo: str = "") -> HttpResponse:
    """Answer a write that succeeded: say `text`, go `to`; `undo` is the address that takes it back by POST.

    Without `to` an htmx form stays where it is and its live regions refresh; a plain form goes back where it came from.
    """
    if request.htmx and not to:
        toast = {"text": text, "tone": "good", "undo": undo}
        return HttpResponse(status=204, headers={"HX-Trigger": _events(changed={}, toast=toast if text else {})})
    if text:
        messages.success(request, text, extra_tags=f"undo={undo}" if undo else "")
    target = to or _back(request) or "/"
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target, status=303)


def refused(request: Request, refusal: Refusal) -> HttpResponse:
    """Say a refusal the way the asker can show it, with its HTTP status – a plain form is sent back with a message."""
    said = say(refusal)
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse(said.as_dict(), status=refusal.status)
    if request.htmx:
        response = render(request, "web/refusal.html", {"said": said}, status=refusal.status)
        response["HX-Trigger"] = _events(refused=said.as_dict())
        return response
    back = _back(request)
    if request.method == "POST" and back:
        messages.error(request, said.text)
        return HttpResponseRedirect(back, status=303)
    frame = "web/frame.html" if request.user.is_authenticated else "web/bare.html"
    shown = {"said": said, "status": refusal.status, "frame": frame}
    return render(request, "web/refused.html", shown, status=refusal.status)


def _events(**events: dict[str, Any]) -> str:
    """Return the HX-Trigger header; ASCII, as headers must be."""
    return json.dumps({f"qitao:{name}": detail for name, detail in events.items() if detail or name == "changed"})


def _back(request: Request) -> str:
    """Return the page of ours that the request came from, or nothing."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return ""
    parts = urlsplit(came_from)
    path = escape_leading_slashes(parts.path)  # "//elsewhere/" would lead away from us
    return f"{path}?{parts.query}" if parts.query else path


__all__ = ["EVERYONE", "SIGNED_IN", "Said", "command_from", "done", "page", "refused", "stop"]

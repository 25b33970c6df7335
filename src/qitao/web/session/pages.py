"""Signing in and out, and the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from qitao.accounts.models import User
from qitao.accounts.queries import LANGUAGES
from qitao.accounts.roles import ROLES
from qitao.journal import people
from qitao.journal.command import Command
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.web.page import EVERYONE, SIGNED_IN, command_from, page
from qitao.web.request import Request

BACKEND = "django.contrib.auth.backends.ModelBackend"
HERE = "qitao_language_chosen"  # in the session: this person chose a language before signing in
KIT = 36  # squares of the picture: one is missing


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo factory whom one may be with one click."""

    username: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class SignInPage:
    """What the sign-in page shows."""

    next: str
    username: str = ""
    problem: str = ""
    people: tuple[DemoPerson, ...] = ()
    kit: tuple[str, ...] = tuple("missing" if at == KIT - 8 else "there" if at < KIT - 3 else "" for at in range(KIT))


@page(permission=EVERYONE, methods=["GET", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """Let somebody in by name and password."""
    target = _target(request)
    if request.method == "GET":
        if request.user.is_authenticated:
            return HttpResponseRedirect(target)
        return render(request, "session/sign_in.html", {"page": SignInPage(target, people=demo_people())})
    username = request.POST.get("username", "").strip()
    user = auth.authenticate(request, username=username, password=request.POST.get("password", ""))
    if user is not None:
        return _enter(request, user, target)
    problem = gettext("Name or password is wrong. Capital letters count.")
    return _again(request, username, problem, status=422)


def locked_out(request: Request, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """Say that somebody tried too often; Axes asks for this in the place of our own answer."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    words = gettext("Too many wrong passwords. Wait {minutes} minutes, or ask an administrator.")
    return _again(request, request.POST.get("username", ""), words.format(minutes=minutes), status=429)


def _again(request: Request, username: str, problem: str, *, status: int) -> HttpResponse:
    shown = SignInPage(_target(request), username, problem, demo_people())
    return render(request, "session/sign_in.html", {"page": shown}, status=status)


@page(permission=EVERYONE, methods=["POST"])
def sign_in_to_demo(request: Request) -> HttpResponse:
    """Be one of the people of the demo factory; there is no such page on a real one."""
    known = {person.username for person in demo_people()}
    username = request.POST.get("username", "")
    if username not in known:
        raise Http404(username)
    return _enter(request, User.objects.get(username=username), _target(request))


@page(permission=SIGNED_IN, methods=["POST"])
def sign_out(request: Request) -> HttpResponse:
    """End the session; the language stays."""
    auth.logout(request)
    return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL, status=303)


@page(permission=EVERYONE, methods=["POST"])
def language(request: Request) -> HttpResponse:
    """Choose the language: remembered by this browser, and by the person who is or will be signed in."""
    chosen = request.POST.get("language", "")
    if chosen not in LANGUAGES:
        raise BadValue(field=gettext_noop("language"), problem=gettext_noop("is none of the choices"))
    if request.user.is_authenticated:
        people.choose_language(command_from(request), language=chosen)
    else:
        request.session[HERE] = chosen
    return _in_language(HttpResponseRedirect(_target(request), status=303), chosen)


@page(permission=EVERYONE)
def favicon(request: Request) -> HttpResponse:
    """Return the sign of Qitao."""
    response = render(request, "web/favicon.svg", content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    return response


def demo_people() -> tuple[DemoPerson, ...]:
    """Return the people of the demo factory, where this is one."""
    if not getattr(settings, "DEMO", False):
        return ()
    from qitao.demo.people import PEOPLE

    names = [person.username for person in PEOPLE]
    found = {user.username: user for user in User.objects.filter(username__in=names, is_active=True)}
    return tuple(_demo_person(found[name]) for name in names if name in found)


def _demo_person(user: User) -> DemoPerson:
    return DemoPerson(user.username, user.name, gettext(ROLES[user.roles[0]]) if user.roles else "")


def _enter(request: Request, user: User, target: str) -> HttpResponse:
    chosen = request.session.get(HERE)
    auth.login(request, user, backend=BACKEND)
    if chosen and chosen != user.language:
        people.choose_language(Command(actor=user, at=timezone.now()), language=chosen)
    request.session.pop(HERE, None)
    return _in_language(HttpResponseRedirect(target, status=303), chosen or user.language)


def _in_language(response: HttpResponse, code: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=request_is_secure(),
    )
    return response


def request_is_secure() -> bool:
    """Tell whether cookies are for https only."""
    return bool(settings.SESSION_COOKIE_SECURE)


def _target(request: Request) -> str:
    """Return the page of ours to go to afterwards."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and not wanted.startswith("/sign-in") else settings.LOGIN_REDIRECT_URL

"""People: who they are, what they may do, where they work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.accounts.roles import ROLES
from qitao.journal import people as actions
from qitao.journal.queries import history
from qitao.stock.models import Warehouse
from qitao.web.formats import named
from qitao.web.lists import Column, Empty, List, Which
from qitao.web.lists import show as show_list
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.records.forms import Field, Form, Section, read, show, shown, with_titles
from qitao.web.request import Request

MANAGE = "accounts.manage"


def _roles(request: Request) -> list[tuple[Any, str]]:
    return [(role, gettext(word)) for role, word in ROLES.items()]


def _warehouses(request: Request) -> list[tuple[Any, str]]:
    return [(row.code, f"{row.code} {named(row)}") for row in Warehouse.objects.order_by("code")]


def _languages(request: Request) -> list[tuple[Any, str]]:
    return list(settings.LANGUAGES)


PEOPLE = List(
    name="people",
    columns=(
        Column("name", _("Name"), kind="code", sort="name"),
        Column("username", _("Sign-in name"), sort="username"),
        Column("roles", _("Roles"), value=lambda row: ", ".join(gettext(ROLES[role]) for role in row.roles)),
        Column("warehouses", _("Warehouses"), value=lambda row: ", ".join(row.warehouses) or gettext("all")),
        Column("language", _("Language"), value=lambda row: dict(settings.LANGUAGES).get(row.language, row.language)),
        Column("last_login", _("Last signed in"), kind="moment", sort="last_login"),
    ),
    filters=(
        Which("role", _("Role"), {role: (_(word), Q(roles__contains=[role])) for role, word in ROLES.items()}),
        Which(
            "active",
            _("Access"),
            {"yes": (_("may sign in"), Q(is_active=True)), "no": (_("shut out"), Q(is_active=False))},
            default="yes",
        ),
    ),
    search=("name", "username"),
    order="name",
    row_link=lambda row: reverse("person", args=[row.pk]),
    row_class=lambda row: "" if row.is_active else "is-dim",
    empty=Empty(_("Nobody yet."), "", "person-new", _("New person")),
)
PERSON = Form(
    (
        Section(
            _("Who"),
            (
                Field("username", _("Sign-in name"), required=True, longest=60, only_new=True),
                Field("name", _("Name"), required=True, longest=60),
                Field("language", _("Language"), "choice", required=True, choices=_languages, usual="zh-hans"),
                Field(
                    "password",
                    _("First password"),
                    "password",
                    required=True,
                    only_new=True,
                    help=_("At least ten characters; not the name, and nothing that everybody uses."),
                ),
            ),
        ),
        Section(_("Roles"), (Field("roles", _("What this person may do"), "choices", choices=_roles),)),
        Section(
            _("Where"),
            (Field("warehouses", _("Warehouses"), "choices", choices=_warehouses, help=_("None chosen: all.")),),
        ),
    )
)


@page(permission=MANAGE)
def people(request: Request) -> HttpResponseBase:
    """Show the people."""
    buttons = [(reverse("person-new"), _("New person"), MANAGE)]
    rows = User.objects.filter(is_system=False)
    return show_list(request, PEOPLE, rows, template="records/list.html", title=_("People"), buttons=buttons)


@page(permission=MANAGE, methods=["GET", "POST"])
def new_person(request: Request) -> HttpResponse:
    """Make a person who can sign in."""
    if request.method == "POST":
        values = read(request, PERSON, is_new=True)
        username, password = values.pop("username"), values.pop("password")
        command = command_from(request)
        with_titles(PERSON, lambda: actions.create_person(command, username=username, password=password, values=values))
        return done(request, gettext("{name} can sign in now.").format(name=values["name"]), to=reverse("people"))
    return show(request, shown(request, PERSON, None, cancel=reverse("people")), title=gettext("New person"))


@page(permission=MANAGE, methods=["GET", "POST"])
def person(request: Request, pk: int) -> HttpResponse:
    """Show a person; change name, roles, language, warehouses."""
    row = get_object_or_404(User, pk=pk, is_system=False)
    if request.method == "POST":
        values, command = read(request, PERSON, is_new=False), command_from(request)
        with_titles(PERSON, lambda: actions.change_person(command, person_id=pk, values=values))
        return done(request, gettext("{what} is saved.").format(what=values["name"]), to=reverse("people"))
    form = shown(request, PERSON, row, cancel=reverse("people"))
    story = history(row).order_by("-id")[:20]
    words = {
        "accounts.person_created": gettext("made"),
        "accounts.person_changed": gettext("changed"),
        "accounts.password_reset": gettext("password reset"),
        "accounts.person_deactivated": gettext("shut out"),
        "accounts.person_reactivated": gettext("let in again"),
    }
    told = [(fact, words.get(fact.kind, fact.kind)) for fact in story]
    return show(
        request, form, title=row.name, subtitle=row.username, extra="records/person_extra.html", person=row, told=told
    )


@page(permission=MANAGE, methods=["POST"])
def reset_password(request: Request, pk: int) -> HttpResponse:
    """Give a person a new password."""
    row = get_object_or_404(User, pk=pk, is_system=False)
    password = str(request.POST.get("password", ""))
    Reading(request.POST).text("password", title=gettext("New password"), required=True)
    actions.reset_password(command_from(request), person_id=pk, password=password)
    return done(request, gettext("{name} has a new password.").format(name=row.name), to=reverse("person", args=[pk]))


@page(permission=MANAGE, methods=["POST"])
def deactivate(request: Request, pk: int) -> HttpResponse:
    """Shut a person out."""
    row = get_object_or_404(User, pk=pk, is_system=False)
    actions.deactivate(command_from(request), person_id=pk)
    return done(request, gettext("{name} is shut out.").format(name=row.name), to=reverse("people"))


@page(permission=MANAGE, methods=["POST"])
def reactivate(request: Request, pk: int) -> HttpResponse:
    """Let a person in again."""
    row = get_object_or_404(User, pk=pk, is_system=False)
    actions.reactivate(command_from(request), person_id=pk)
    return done(request, gettext("{name} can sign in again.").format(name=row.name), to=reverse("person", args=[pk]))

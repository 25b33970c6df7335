"""The journal: a list of all that was asked, refused and changed, and each entry whole."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.journal import queries
from qitao.journal.models import Entry
from qitao.web.journal.showing import about, shown, text_of
from qitao.web.lists import Between, Choice, Column, Empty, List, Which, show
from qitao.web.page import page
from qitao.web.request import Request

VIEW = "journal.view"

SOURCES = (
    ("web", _("browser")),
    ("cli", _("command line")),
    ("worker", _("background work")),
    ("demo", _("demo factory")),
)
AREAS = {
    "accounts": _("People"),
    "catalog": _("Items and BOMs"),
    "stock": _("Stock"),
    "picking": _("Picking"),
    "production": _("Work orders"),
    "purchasing": _("Purchasing"),
    "sales": _("Sales"),
    "planning": _("Planning"),
    "shortages": _("Shortages"),
    "exchange": _("Import"),
}


def _area(name: str) -> Q:
    found = Q(action__startswith=f"{name}.")
    return found | Q(action__startswith="journal.people.") if name == "accounts" else found


def _people(request: Request) -> list[tuple[Any, str]]:
    return [(person.pk, str(person)) for person in User.objects.order_by("name", "pk")]


JOURNAL = List(
    name="journal",
    columns=(
        Column("at", _("When"), kind="moment", sort="at", link=lambda row: reverse("journal-entry", args=[row.key])),
        Column("kind", _("Kind"), kind="chip", sort="kind"),
        Column("actor", _("Who"), value=lambda row: str(row.actor), sort="actor__name"),
        Column("text", _("What"), value=text_of),
        Column("action", _("Action"), kind="code", sort="action"),
        Column(
            "source", _("From where"), value=lambda row: str(dict(SOURCES).get(row.source, row.source)), sort="source"
        ),
        Column("reason", _("Refusal"), sort="reason", shown=False),
        Column("command_id", _("Command number"), value=lambda row: str(row.command_id), shown=False),
    ),
    filters=(
        Choice("kind", _("Kind"), Entry.Kind.choices),
        Choice("actor", _("Who"), _people, lookup="actor_id"),
        Which("area", _("Area"), {name: (word, _area(name)) for name, word in AREAS.items()}),
        Choice("source", _("From where"), SOURCES),
        Between("at", _("When"), "at"),
    ),
    search=("action", "reason", "actor__name", "command_id"),
    order="-at",
    row_link=lambda row: reverse("journal-entry", args=[row.key]),
    row_class=lambda row: "is-hurt" if row.kind == Entry.Kind.REFUSAL else "",
    empty=Empty(_("Nothing of the kind was written."), _("Whatever is done, refused or changed is found here.")),
    placeholder=_("Action, refusal, person, command number"),
)


@page(permission=VIEW)
def journal(request: Request) -> HttpResponseBase:
    """Show what was asked, refused and changed; `?about=catalog.item:5` only what concerns that record."""
    subject = about(request.GET.get("about", ""))
    rows: QuerySet[Entry] = queries.entries(subject.key if subject else None)
    return show(
        request,
        JOURNAL,
        rows,
        template="journal/list.html",
        title=_("Journal"),
        subject=subject,
        chain=queries.chain_state(),
        proof=queries.last_proof(),
    )


@page(permission=VIEW)
def entry(request: Request, key: str) -> HttpResponse:
    """Show an entry whole: what was asked, what was answered, what it changed and moved, and its seal."""
    if not key[1:].isascii() or not key[1:].isdecimal():
        raise Http404(key)
    found = get_object_or_404(queries.entries(None), pk=key)
    return render(request, "journal/entry.html", {"page": shown(found)})

"""What came in from other systems."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from qitao.exchange.models import Import
from qitao.web.lists import Column, Empty, List, show
from qitao.web.page import page
from qitao.web.request import Request


def _written(row: Import) -> int:
    """Return how many records an import created or changed."""
    return sum(int(counts.get("created", 0)) + int(counts.get("updated", 0)) for counts in row.rows.values())


IMPORTS = List(
    name="imports",
    columns=(
        Column("code", _("Import"), kind="code", sort="code"),
        Column("at", _("When"), kind="moment", sort="at"),
        Column("source", _("Source"), sort="source"),
        Column("name", _("Folder"), sort="name"),
        Column("actor", _("Who"), value="actor.name", sort="actor__name"),
        Column("written", _("Records written"), kind="number", value=_written),
    ),
    search=("code", "name", "source"),
    order="-at",
    empty=Empty(
        _("Nothing was imported yet."),
        _("Send a folder of CSV tables; nothing is written while anything is wrong with it."),
        "import-new",
        _("Import tables"),
    ),
)

NEW = (reverse_lazy("import-new"), _("Import tables"), "exchange.import")


@page(permission="exchange.import")
def imports(request: Request) -> HttpResponseBase:
    """Show the imports that were carried out."""
    return show(request, IMPORTS, Import.objects.select_related("actor"), title=_("Imports"), new=NEW)

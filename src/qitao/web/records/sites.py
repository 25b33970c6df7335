"""The sites of the plant."""

from __future__ import annotations

from django.db.models import Count
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qitao.catalog import actions
from qitao.catalog.models import Site
from qitao.web.lists import Column, Empty, List
from qitao.web.page import page
from qitao.web.records.catalog import CHANGE, set_up
from qitao.web.records.forms import Field, Form, Record, Section, editor
from qitao.web.request import Request

SITES = List(
    name="sites",
    columns=(
        Column("code", _("Site"), kind="code", sort="code"),
        Column("name", _("Name"), kind="named", value=lambda row: row, sort="name"),
        Column("stores", _("Warehouses"), kind="number", sort="stores"),
        Column("timezone", _("Time zone"), sort="timezone"),
        Column("currency", _("Currency"), sort="currency"),
    ),
    search=("code", "name", "name_en"),
    order="code",
    row_link=lambda row: reverse("site-edit", args=[row.pk]),
    empty=Empty(_("No sites yet."), _("Warehouses and work centres belong to one."), "site-new", _("New site")),
)
SITE = Form(
    (
        Section(
            "",
            (
                Field("code", _("Code"), required=True, longest=60),
                Field("name", _("Name"), required=True, longest=120),
                Field("name_en", _("English name"), longest=120),
                Field("timezone", _("Time zone"), required=True, longest=60, usual="Asia/Shanghai"),
                Field("currency", _("Currency"), longest=3, usual="CNY", required=True),
            ),
        ),
    )
)
site_form = editor(
    Record(
        Site,
        SITE,
        lambda command, values, pk: actions.keep_site(command, values=values, site_id=pk),
        CHANGE,
        _("New site"),
        lambda row: reverse("sites"),
    )
)


@page(permission="catalog.view")
def sites(request: Request) -> HttpResponseBase:
    """Show the sites."""
    rows = Site.objects.annotate(stores=Count("warehouses"))
    return set_up(request, "sites", SITES, rows, buttons=[(reverse("site-new"), _("New site"), CHANGE)])

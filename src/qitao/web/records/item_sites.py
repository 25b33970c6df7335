"""How an item is planned at a site where that is not its usual way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.catalog import actions
from qitao.catalog.models import Item, ItemSite, Site
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.request import Request

TITLES = {
    "lead_days": _("Lead time in working days"),
    "min_lot": _("Smallest lot"),
    "multiple": _("In multiples of"),
    "safety_stock": _("Safety stock"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A planning parameter at a site: what is typed there, and what holds where nothing is."""

    name: str
    title: Any
    own: Any
    usual: Any


def site_rows(item: Item) -> list[tuple[Site, list[Figure]]]:
    """Return each site with the planning parameters of an item there."""
    here = {row.site_id: row for row in item.sites.all()}
    return [(site, _figures(item, here.get(site.pk))) for site in Site.objects.order_by("code")]


def _figures(item: Item, row: ItemSite | None) -> list[Figure]:
    return [
        Figure(name, title, getattr(row, name) if row else None, getattr(item, name)) for name, title in TITLES.items()
    ]


@page(permission="catalog.change", methods=["POST"])
def item_sites(request: Request, pk: int) -> HttpResponse:
    """Keep how an item is planned at each site; an empty field is as usual."""
    item = get_object_or_404(Item, pk=pk)
    reading = Reading(request.POST)
    values = {site.pk: {name: _read(reading, site, name) for name in TITLES} for site in Site.objects.all()}
    actions.keep_site_parameters(command_from(request), item_id=pk, sites=values)
    text = gettext("How {item} is planned at each site is saved.").format(item=item.code)
    return done(request, text, to=reverse("item-edit", args=[pk]))


def _read(reading: Reading, site: Site, name: str) -> Any:
    field, title = f"site-{site.pk}-{name}", f"{site.code} {TITLES[name]}"
    if not reading.text(field, title=title):
        return None
    return reading.number(field, title=title) if name == "lead_days" else reading.quantity(field, title=title)

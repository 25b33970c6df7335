"""Choosing while typing: the options of a field, as HTML that a `<datalist>` takes."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from qitao.catalog.models import Item, Kind
from qitao.kernel.refusal import NotFound
from qitao.kernel.words import gettext_noop
from qitao.stock.models import Location, Warehouse
from qitao.web.lists import searched
from qitao.web.page import page
from qitao.web.request import Request

MOST = 20
ITEM_FIELDS = ("code", "name", "name_en", "pinyin", "spec")


@page(permission="catalog.view")
def item_options(request: Request) -> HttpResponse:
    """Offer items for what was typed into the field `item` (or the only field sent); `kind=make`: what is made here."""
    items = Item.objects.filter(is_active=True)
    if request.GET.get("kind") in Kind.values:
        items = items.filter(kind=request.GET["kind"])
    typed = str(request.GET.get("item") or next((text for name, text in request.GET.items() if name != "kind"), ""))
    found = searched(items, ITEM_FIELDS, typed).order_by("code")[:MOST]
    return render(request, "choosing/items.html", {"items": found})


@page(permission="stock.view")
def bin_options(request: Request) -> HttpResponse:
    """Offer bins of a warehouse for what was typed into the field `bin` – or `bin-1`, `bin-2` in a form of lines."""
    bins = Location.objects.filter(warehouse__code=request.GET.get("warehouse", ""), kind__in=Location.STORED)
    typed = next((text for name, text in request.GET.items() if name == "bin" or name.startswith("bin-")), "")
    found = searched(bins, ("code", "name"), str(typed)).order_by("route", "code")[:MOST]
    return render(request, "choosing/bins.html", {"bins": found})


def item_called(code: str) -> Item:
    """Return the item of that code, capitals not counting. Refuses: NotFound."""
    found = Item.objects.filter(code=code.strip()).first() or Item.objects.filter(code__iexact=code.strip()).first()
    if found is None:
        raise NotFound(what=gettext_noop("Item"), code=code)
    return found


def bin_called(code: str, warehouse: Warehouse) -> Location:
    """Return the bin of `warehouse` of that code – written alone or as WAREHOUSE/BIN. Refuses: NotFound."""
    text = code.strip()
    prefix = f"{warehouse.code}/".casefold()
    if text.casefold().startswith(prefix):
        text = text[len(prefix) :]
    stored = warehouse.locations.filter(kind__in=Location.STORED).exclude(kind=Location.Kind.TRANSIT)
    found = stored.filter(code=text).first() or stored.filter(code__iexact=text).first()
    if found is None:
        raise NotFound(what=gettext_noop("Bin"), code=code)
    return found

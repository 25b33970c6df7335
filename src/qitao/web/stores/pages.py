"""A bin, and a lot: what a label on a shelf or a reel leads to."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from qitao.picking.models import PickLine
from qitao.picking.queries import open_lines_at
from qitao.stock import queries
from qitao.stock.models import Balance, Location, Lot, Move
from qitao.web.page import page
from qitao.web.request import Request

FEW = 30


@dataclass(frozen=True, slots=True)
class BinPage:
    """What lies in a bin, who is about to take some of it, and what went in and out last."""

    place: Location
    balances: list[Balance]
    picks: list[PickLine]
    moves: list[Move]


@dataclass(frozen=True, slots=True)
class LotPage:
    """Where a lot lies, and every move it made, the last first."""

    lot: Lot
    balances: list[Balance]
    moves: list[Move]


@page(permission="stock.view")
def location(request: Request, number: int) -> HttpResponse:
    """Show a bin."""
    place = get_object_or_404(Location.objects.exclude(warehouse=None).select_related("warehouse__site"), pk=number)
    shown = BinPage(
        place,
        list(queries.balances_in(place)),
        list(open_lines_at(place)),
        list(queries.moves_at(place)[:FEW]),
    )
    return render(request, "stores/bin.html", {"page": shown})


@page(permission="stock.view")
def lot(request: Request, number: int) -> HttpResponse:
    """Show a lot."""
    found = get_object_or_404(Lot.objects.exclude(code="").select_related("item__unit"), pk=number)
    shown = LotPage(found, list(queries.balances_of(found.item).filter(lot=found)), list(queries.moves_of_lot(found)))
    return render(request, "stores/lot.html", {"page": shown})

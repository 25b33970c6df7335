"""Where one can go: the entries of the sidebar and the palette, each with the permission of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.accounts.roles import ROLES
from qitao.web.request import Request


@dataclass(frozen=True, slots=True)
class Place:
    """An entry: its page, its word, its icon, what one must hold to see it, and its key after G."""

    name: str  # of the route
    title: str | Promise
    icon: str
    permission: str
    key: str = ""
    url: str = ""
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together."""

    title: str | Promise
    places: tuple[Place, ...]


MAP = (
    Group("", (Place("home", _("Today"), "home", "home.view", "h"),)),
    Group(
        _("Floor"),
        (
            Place("pick-lists", _("Pick lists"), "pick", "picking.view", "l"),
            Place("work-orders", _("Work orders"), "work_order", "production.view", "w"),
            Place("operations", _("Operations"), "clock", "production.view", "j"),
            Place("receipts", _("Receipts"), "receipt", "stock.receive", "r"),
            Place("counts", _("Counts"), "count", "stock.count", "n"),
            Place("to-ship", _("Shipping"), "truck", "sales.view", "o"),
            Place("transfers", _("Transfers"), "transfer", "stock.view", "t"),
            Place("stock-documents", _("Stock documents"), "ledger", "stock.view", "k"),
        ),
    ),
    Group(
        _("Shortages"),
        (
            Place("kit-board", _("Clear to build"), "board", "planning.view", "b"),
            Place("cases", _("Shortage cases"), "case", "shortages.view", "c"),
            Place("reservations", _("Reservations"), "lock", "stock.view"),
            Place("borrowings", _("Borrowings"), "swap", "stock.view"),
        ),
    ),
    Group(
        _("Records"),
        (
            Place("items", _("Items"), "item", "catalog.view", "i"),
            Place("trace", _("Trace"), "trace", "stock.view", "f"),
            Place("deliveries", _("Chase list"), "truck", "purchasing.view", "d"),
            Place("purchase-orders", _("Purchase orders"), "purchase", "purchasing.view", "p"),
            Place("requisitions", _("Requisitions"), "requisition", "purchasing.view", "q"),
            Place("suppliers", _("Suppliers"), "supplier", "purchasing.view"),
            Place("sales-orders", _("Sales orders"), "money", "sales.view", "s"),
            Place("customers", _("Customers"), "customer", "sales.view"),
        ),
    ),
    Group(
        _("Administration"),
        (
            Place("warehouses", _("Warehouses"), "warehouse", "stock.places"),
            Place("work-centers", _("Basic records"), "settings", "catalog.change"),
            Place("people", _("People"), "user", "accounts.manage"),
            Place("journal", _("Journal"), "journal", "journal.view"),
            Place("imports", _("Imports"), "import", "exchange.import"),
            Place("exports", _("Export"), "download", "exchange.import"),
        ),
    ),
)


def groups_for(request: Request) -> list[Group]:
    """Return the groups with the places that the reader may see, the present one marked."""
    found = []
    for group in MAP:
        places = tuple(shown for place in group.places if (shown := _shown(place, request)))
        if places:
            found.append(Group(group.title, places))
    return found


def _shown(place: Place, request: Request) -> Place | None:
    if not request.user.is_authenticated or not request.user.may(place.permission):
        return None
    try:
        url = reverse(place.name)
    except NoReverseMatch:  # an app that is not installed brings no page
        return None
    here = request.path == url or (url != "/" and request.path.startswith(url))
    return Place(place.name, place.title, place.icon, place.permission, place.key, url, here)


def landing(user: Any) -> str:
    """Return the word for the first role of a person."""
    return gettext(ROLES[user.roles[0]]) if user.roles else ""

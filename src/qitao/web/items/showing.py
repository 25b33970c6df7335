"""What the page of an item shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext

from qitao.accounts.models import User
from qitao.catalog import queries as catalog
from qitao.catalog.models import Bom, BomLine, Item, ItemSite, Substitute
from qitao.kernel.quantity import ZERO, plain
from qitao.planning.projection import Projection, project
from qitao.production.models import Requirement
from qitao.production.queries import requirements_of
from qitao.purchasing.models import Delivery, Requisition, Source
from qitao.purchasing.queries import open_deliveries, open_requisitions
from qitao.shortages.holding import WhyNot, why_not
from qitao.shortages.models import Case
from qitao.shortages.queries import open_cases
from qitao.stock import queries as stock
from qitao.stock.models import Balance, Move
from qitao.stock.trust import Distrusted, distrusted

MOVES_A_PAGE = 25
TABS = ("supply", "stock", "moves", "needs", "purchases", "bom")


@dataclass(frozen=True, slots=True)
class Total:
    """What all warehouses have together, and how much of it nobody claims."""

    available: Decimal
    free: Decimal


@dataclass(frozen=True, slots=True)
class AtSite:
    """How the item is planned at a site that has its own way, and what is free there."""

    row: ItemSite
    available: Decimal

    @property
    def is_low(self) -> bool:
        """Tell whether less is there than the site's safety stock."""
        return self.row.safety_stock is not None and self.available < self.row.safety_stock


@dataclass(frozen=True, slots=True)
class ItemPage:
    """The head of an item's page and the tab that is open; what other tabs show is not read."""

    item: Item
    tab: str
    case: Case | None
    projection: Projection
    holdings: list[stock.Holding]
    sites: list[AtSite]
    shows: Any
    see_cost: bool

    @property
    def template(self) -> str:
        """The part of the page that the tab shows."""
        return f"items/{self.tab}.html"

    @property
    def total(self) -> Total:
        """What all warehouses have together."""
        return Total(
            sum((holding.available for holding in self.holdings), ZERO),
            sum((holding.free for holding in self.holdings), ZERO),
        )

    @property
    def chart(self) -> dict[str, Any]:
        """The projection as the chart wants it: exact figures as texts, words in the reader's language."""
        points = self.projection.points
        return {
            "unit": self.item.unit.code,
            "safety": plain(self.item.safety_stock),
            "words": {"on_hand": gettext("On hand"), "safety": gettext("Safety stock")},
            "points": [
                {
                    "on": point.on.isoformat(),
                    "on_hand": plain(point.on_hand),
                    "events": [
                        {"word": f"{gettext(event.word)} {event.code}", "quantity": plain(event.quantity)}
                        for event in point.events
                    ],
                }
                for point in points
            ],
        }


@dataclass(frozen=True, slots=True)
class StockTab:
    """Where the item lies, how far that is believed, and who holds it."""

    balances: list[Balance]
    distrusted: list[Distrusted]
    why_not: WhyNot


@dataclass(frozen=True, slots=True)
class BomTab:
    """What the item is made of, where it is used, and what may stand in for it."""

    bom: Bom | None
    lines: list[BomLine]
    used_in: list[BomLine]
    substitutes: list[Substitute]


@dataclass(frozen=True, slots=True)
class PurchaseTab:
    """What is on order and asked for, and who sells it."""

    deliveries: list[Delivery]
    requisitions: list[Requisition]
    sources: list[Source]


def item_page(item: Item, user: User, *, tab: str, number: str, today: date) -> ItemPage:
    """Return what to show of `item`; `number` is the page of its moves."""
    shown = tab if tab in TABS else TABS[0]
    holdings = stock.holdings(item, on=today)
    return ItemPage(
        item=item,
        tab=shown,
        case=open_cases().filter(item=item).first(),
        projection=project(item, today=today),
        holdings=holdings,
        sites=_sites(item, holdings),
        shows=_SHOWS[shown](item, number, today),
        see_cost=user.may("cost.view"),
    )


def _sites(item: Item, holdings: list[stock.Holding]) -> list[AtSite]:
    """Return the sites at which the item is planned in their own way."""
    free: dict[int, Decimal] = defaultdict(Decimal)
    for holding in holdings:
        free[holding.warehouse.site_id] += holding.free
    rows = item.sites.select_related("site").order_by("site__code")
    return [AtSite(row, free[row.site_id]) for row in rows]


def _stock(item: Item, number: str, today: date) -> StockTab:
    lying = stock.balances_of(item)
    return StockTab(list(lying), distrusted(lying.filter(owner=""), on=today), why_not(item, today=today))


def _moves(item: Item, number: str, today: date) -> Page[Move]:
    return Paginator(stock.moves_of(item), MOVES_A_PAGE).get_page(number)


def _needs(item: Item, number: str, today: date) -> QuerySet[Requirement]:
    return requirements_of(item).select_related("cover", "work_order__kit")


def _purchases(item: Item, number: str, today: date) -> PurchaseTab:
    sources = item.sources.select_related("supplier")
    return PurchaseTab(list(open_deliveries(item)), list(open_requisitions(item)), list(sources))


def _bom(item: Item, number: str, today: date) -> BomTab:
    bom = catalog.bom_of(item, today)
    return BomTab(
        bom=bom,
        lines=list(bom.lines.select_related("component__unit")) if bom else [],
        used_in=list(catalog.where_used(item).select_related("bom__item", "component__unit")),
        substitutes=list(item.substitutes.select_related("substitute", "parent")),
    )


def _nothing(item: Item, number: str, today: date) -> None:
    return None


_SHOWS: dict[str, Callable[[Item, str, date], Any]] = {
    "supply": _nothing,
    "stock": _stock,
    "moves": _moves,
    "needs": _needs,
    "purchases": _purchases,
    "bom": _bom,
}

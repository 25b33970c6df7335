"""The page of a thing: one table from model to route. Codes may hold slashes, so routes say `<path:code>`."""

from __future__ import annotations

from types import MappingProxyType

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

ROUTES = MappingProxyType(
    {
        "catalog.item": "item",
        "production.workorder": "work-order",
        "production.operation": "operation",
        "picking.picklist": "pick-list",
        "picking.wave": "wave",
        "picking.borrowing": "borrowing",
        "shortages.case": "case",
        "purchasing.purchaseorder": "purchase-order",
        "purchasing.requisition": "requisition",
        "sales.salesorder": "sales-order",
        "sales.shipment": "shipment",
        "stock.count": "count",
        "stock.transfer": "transfer",
        "stock.stockdocument": "stock-document",
        "stock.location": "location",
        "stock.lot": "lot",
    }
)


def page_of(thing: Model | None) -> str:
    """Return the address of a thing's page; empty where it has none, or where there is no thing."""
    if thing is None:
        return ""
    route = ROUTES.get(thing._meta.label_lower, "")
    try:
        return reverse(route, args=[_key(thing)]) if route else ""
    except NoReverseMatch:
        return ""


def _key(thing: Model) -> str | int:
    by_number = thing._meta.label_lower in ("stock.location", "stock.lot", "production.operation")
    return thing.pk if by_number else thing.code  # type: ignore[attr-defined]

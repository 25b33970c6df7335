"""What a scanned code means."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from qitao.accounts.models import User
from qitao.catalog.models import Item
from qitao.picking.models import PickList, Wave
from qitao.production.models import Operation, WorkOrder
from qitao.purchasing.models import PurchaseOrder, Requisition
from qitao.sales.models import SalesOrder, Shipment
from qitao.shortages.models import Case
from qitao.stock.models import Count, Location, Lot, Transfer
from qitao.web.places import page_of

GROUP_SEPARATOR = "\x1d"
FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6, "20": 2}  # GS1 fields of fixed length
VARIABLE = ("10", "21", "22", "30", "37", "240", "241", "250", "400", "414")
BRACKETED = re.compile(r"\((\d{2,4})\)([^(]*)")

# kind, permission, rows; the order decides nothing, for a code that means two things is asked about
DOCUMENTS: tuple[tuple[str, str, QuerySet[Any]], ...] = (
    ("work_order", "production.view", WorkOrder.objects.all()),
    ("pick_list", "picking.view", PickList.objects.all()),
    ("wave", "picking.view", Wave.objects.all()),
    ("case", "shortages.view", Case.objects.all()),
    ("purchase_order", "purchasing.view", PurchaseOrder.objects.all()),
    ("requisition", "purchasing.view", Requisition.objects.all()),
    ("sales_order", "sales.view", SalesOrder.objects.all()),
    ("shipment", "sales.view", Shipment.objects.all()),
    ("transfer", "stock.view", Transfer.objects.all()),
    ("count", "stock.view", Count.objects.all()),
    ("item", "catalog.view", Item.objects.all()),
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A thing that a code names."""

    kind: str
    code: str
    id: int
    url: str


def meanings(code: str, user: User) -> list[Meaning]:
    """Return everything that `code` names of what the user may see; capitals do not count, GS1 is understood."""
    text = unicodedata.normalize("NFKC", code).strip()
    if not text:
        return []
    found = [*_documents(text, user), *_job_cards(text, user), *(_places(text) if user.may("stock.view") else ())]
    if found or not user.may("stock.view"):
        return found
    return _labelled(gs1_fields(text))


def _documents(text: str, user: User) -> list[Meaning]:
    return [
        _meaning(kind, row)
        for kind, permission, rows in DOCUMENTS
        if user.may(permission)
        for row in rows.filter(code__iexact=text)[:2]
    ]


def _job_cards(text: str, user: User) -> list[Meaning]:
    """Return the operation that a job card names: its work order's code, a point, its number."""
    order, point, number = text.rpartition(".")
    if not point or not number.isascii() or not number.isdecimal() or not user.may("production.view"):
        return []
    rows = Operation.objects.filter(work_order__code__iexact=order, number=int(number[:9]))
    return [_meaning("operation", row) for row in rows.select_related("work_order")[:1]]


def _places(text: str) -> list[Meaning]:
    """Return bins – written alone or as WAREHOUSE/BIN – and lots of that code."""
    warehouse, slash, place = text.partition("/")
    bins = Location.objects.filter(code__iexact=text, warehouse__isnull=False)
    if slash:
        bins = bins | Location.objects.filter(warehouse__code__iexact=warehouse, code__iexact=place)
    lots = Lot.objects.filter(code__iexact=text).exclude(code="")
    found = [_meaning("location", row) for row in bins.select_related("warehouse")[:5]]
    return found + [_meaning("lot", row) for row in lots.select_related("item")[:5]]


def _labelled(fields: dict[str, str]) -> list[Meaning]:
    """Return the lot, or else the item, that a GS1 label names."""
    item = Item.objects.filter(code__iexact=fields.get("240") or fields.get("241") or "").first()
    if lot_code := fields.get("10") or fields.get("21"):
        lots = Lot.objects.filter(code__iexact=lot_code).select_related("item")
        found = [_meaning("lot", row) for row in (lots.filter(item=item) if item else lots)[:5]]
        if found:
            return found
    return [_meaning("item", item)] if item else []


def gs1_fields(text: str) -> dict[str, str]:
    """Return the application identifiers of a GS1 code, written with brackets or as scanners send it.

    >>> gs1_fields("(240)R-10K(10)L77")
    {'240': 'R-10K', '10': 'L77'}
    """
    if text.startswith("("):
        return {name: value.strip() for name, value in BRACKETED.findall(text)}
    fields: dict[str, str] = {}
    rest = text.removeprefix("]C1").removeprefix("]d2").removeprefix("]Q3").lstrip(GROUP_SEPARATOR)
    while rest:
        name = next((each for each in (*FIXED, *VARIABLE) if rest.startswith(each)), None)
        if name is None:
            return {}
        rest = rest[len(name) :]
        if name in FIXED:
            value, rest = rest[: FIXED[name]], rest[FIXED[name] :]
        else:
            value, _, rest = rest.partition(GROUP_SEPARATOR)
        fields[name] = value
        rest = rest.lstrip(GROUP_SEPARATOR)
    return fields


def _meaning(kind: str, thing: Any) -> Meaning:
    return Meaning(kind, str(thing), thing.pk, page_of(thing))

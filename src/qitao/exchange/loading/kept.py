"""Reading a dataset in the light of what is here: what a source does not speak of is as it is.

A partial folder names no site, and often no unit, supplier or warehouse. What its reader stands in for them is meant
for new records only; the records that are here have theirs, and no stand-in is made that nothing new needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q

from qitao.catalog import models as catalog
from qitao.exchange.checks import Here
from qitao.exchange.dataset import BomLine, Dataset, SalesOrder, Warehouse
from qitao.exchange.readers.common import decimals_by_unit
from qitao.exchange.report import ImportReport, say
from qitao.exchange.rules import REFERENCES
from qitao.kernel.words import gettext_noop
from qitao.purchasing.models import PurchaseOrder, Requisition, Supplier
from qitao.sales.models import Customer, SalesOrderLine
from qitao.sales.models import SalesOrder as OrderHere
from qitao.stock.models import Warehouse as WarehouseHere

MASTER: dict[str, Any] = {
    "units": catalog.Unit,
    "sites": catalog.Site,
    "warehouses": WarehouseHere,
    "work_centers": catalog.WorkCenter,
    "categories": catalog.Category,
    "items": catalog.Item,
    "suppliers": Supplier,
    "customers": Customer,
}
# (kind, field that may be unsaid) → the records that have it, and where
HAVE: dict[tuple[str, str], tuple[Any, str]] = {
    ("items", "unit"): (catalog.Item, "unit__code"),
    ("warehouses", "site"): (WarehouseHere, "site__code"),
    ("work_centers", "site"): (catalog.WorkCenter, "site__code"),
    ("purchase_orders", "supplier"): (PurchaseOrder, "supplier__code"),
    ("sales_orders", "customer"): (OrderHere, "customer__code"),
}
STAND_INS = ("sites", "units", "suppliers", "customers")


def here(data: Dataset) -> Here:
    """Return what is here already, beside what `data` brings."""
    brought = {row.parent for row in data.boms}
    lines = catalog.BomLine.objects.filter(Q(bom__valid_to=None) | Q(bom__valid_to__gte=data.as_of or "1900-01-01"))
    codes = lines.values_list("bom__item__code", "component__code", "quantity")
    return Here(
        codes={kind: frozenset(model.objects.values_list("code", flat=True)) for kind, model in MASTER.items()},
        bom_lines=[
            BomLine(parent=parent, component=component, quantity=quantity)
            for parent, component, quantity in codes
            if parent not in brought
        ],
    )


def settled(data: Dataset, report: ImportReport) -> Dataset:
    """Return `data` with what it leaves unsaid and is here, without the stand-ins that nothing needs."""
    data = replace(data)
    for (kind, name), (model, path) in HAVE.items():
        if name in data.unsaid.get(kind, ()) and getattr(data, kind):
            _fill(data, kind, name, dict(model.objects.values_list("code", path)))
    if "site" in data.unsaid.get("warehouses", ()):
        _warehouses(data)
        _sites(data)
        _exported_lines(data)
        _requisitions(data, report)
    for kind in STAND_INS:
        if "name" in data.unsaid.get(kind, ()):
            _only_used(data, kind)
    if "name" in data.unsaid.get("units", ()):
        decimals = decimals_by_unit(data)
        data.units = [replace(unit, decimals=decimals.get(unit.code, unit.decimals)) for unit in data.units]
    return data


def _fill(data: Dataset, kind: str, name: str, known: Mapping[str, str]) -> None:
    rows = getattr(data, kind)
    setattr(data, kind, [replace(row, **{name: known[row.code]}) if row.code in known else row for row in rows])


def _warehouses(data: Dataset) -> None:
    """Let a folder that names no warehouse mean the first one here."""
    unnamed = [row for row in data.warehouses if row.where is None]
    first = WarehouseHere.objects.order_by("pk").values_list("code", "name", "site__code").first()
    if first and len(unnamed) == len(data.warehouses) == 1:
        code, name, site = first
        data.warehouses = [Warehouse(code=code, name=name, site=site)]


def _sites(data: Dataset) -> None:
    """Let new warehouses and work centres of a folder that names no site belong to the first one here."""
    says = "site" not in data.unsaid.get("work_centers", ())
    named = {day.site for day in data.calendar_days} | {row.site for row in data.work_centers if says}
    known = list(catalog.Site.objects.order_by("pk").values_list("code", flat=True))
    stand_in = {row.code for row in data.sites} - named - set(known)
    if known:
        first = data.sites[0].code if data.sites and data.sites[0].code in named else known[0]
        for kind in ("warehouses", "work_centers"):
            rows = getattr(data, kind)
            setattr(data, kind, [replace(row, site=first) if row.site in stand_in else row for row in rows])


def _only_used(data: Dataset, kind: str) -> None:
    """Keep the rows of a kind that others refer to, and name those that are referred to and are here."""
    used = {
        getattr(row, name)
        for user, names in REFERENCES.items()
        for name, target in names.items()
        if target == kind
        for row in getattr(data, user)
    }
    setattr(data, kind, [row for row in getattr(data, kind) if row.code in used])


def _exported_lines(data: Dataset) -> None:
    """Recognise the lines of a sales order that an export wrote as demands of their own."""
    if not data.sales_orders:
        return
    known = set(OrderHere.objects.values_list("code", flat=True))
    lines = {str(one): one for one in SalesOrderLine.objects.select_related("order__customer")}
    meant = {row.code: lines[row.code] for row in data.sales_orders if row.code in lines and row.code not in known}
    if not meant:
        return
    orders = [row for row in data.sales_orders if row.code not in meant]
    whole = {one.order.code: one.order.customer.code for one in meant.values()}
    orders += [SalesOrder(code=code, customer=customer) for code, customer in whole.items()]
    data.sales_orders = orders
    data.sales_lines = [
        replace(row, order=meant[row.order].order.code, line=meant[row.order].line) if row.order in meant else row
        for row in data.sales_lines
    ]


def _requisitions(data: Dataset, report: ImportReport) -> None:
    """Leave out the purchase orders that are requisitions here: an export writes both into one file."""
    asked = set(Requisition.objects.values_list("code", flat=True)) if data.purchase_orders else set()
    for row in data.purchase_orders:
        if row.code in asked:
            report.skip_once(row.where, say(gettext_noop("It is a purchase requisition here.")), what=row.code)
    data.purchase_orders = [row for row in data.purchase_orders if row.code not in asked]
    data.purchase_lines = [row for row in data.purchase_lines if row.order not in asked]

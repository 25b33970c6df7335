"""ktg-mes (苦糖果MES): the tables of its database as CSV files, with English column names or Chinese titles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from qitao.exchange.dataset import Dataset, never_filled
from qitao.exchange.readers.ktg import catalog, orders, stock
from qitao.exchange.readers.ktg.source import Source, find
from qitao.exchange.report import ImportReport

COLUMNS = {
    ("items", "code"): "item_code",
    ("items", "name"): "item_name",
    ("items", "unit"): "unit_of_measure",
    ("bom_lines", "parent"): "item_id",
    ("bom_lines", "component"): "bom_item_id",
    ("work_orders", "code"): "workorder_code",
    ("work_orders", "item"): "product_id",
    ("work_orders", "due_on"): "request_date",
    ("requirements", "component"): "item_id",
    ("suppliers", "code"): "vendor_code",
    ("customers", "code"): "client_code",
    ("warehouses", "code"): "warehouse_code",
    ("locations", "code"): "area_code",
    ("stock", "item"): "item_id",
    ("stock", "quantity"): "transaction_quantity",
}


def fits(folder: Path) -> bool:
    """Tell whether `folder` holds a ktg-mes export in either language."""
    return find(folder, "md_item") is not None and find(folder, "wm_warehouse") is not None


def read(folder: Path, *, as_of: date | None = None) -> tuple[Dataset, ImportReport]:
    """Read a ktg-mes export."""
    report = ImportReport(source="ktg-mes")
    source = Source(folder, report, Dataset(name="ktg-mes", as_of=as_of))
    catalog.read(source)
    stock.read(source)
    orders.read(source)
    catalog.unit_decimals(source)
    source.say_what_is_not_used()
    source.data.unsaid = never_filled(source.data)
    return source.data, report

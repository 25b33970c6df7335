"""InvenTree: the tables of its database as CSV files, one a model (`part.part.csv`, `stock.stockitem.csv` …)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from qitao.exchange.dataset import Dataset, Unit, Where, never_filled
from qitao.exchange.readers.common import decimals_by_unit
from qitao.exchange.readers.inventree import orders, parts, stock
from qitao.exchange.readers.inventree.source import NOT_USED, Source
from qitao.exchange.report import ImportReport, say
from qitao.kernel.words import gettext_noop

COLUMNS = {
    ("items", "code"): "name",
    ("items", "category"): "category",
    ("bom_lines", "parent"): "part",
    ("bom_lines", "component"): "sub_part",
    ("work_orders", "code"): "reference",
    ("work_orders", "item"): "part",
    ("work_orders", "due_on"): "target_date",
    ("stock", "item"): "part",
    ("suppliers", "code"): "name",
    ("customers", "code"): "name",
    ("purchase_orders", "code"): "reference",
    ("sales_orders", "code"): "reference",
}
# written without a column of the source, because the default would not be true
NO_COLUMN = (("suppliers", "country"), ("customers", "country"))


def fits(folder: Path) -> bool:
    """Tell whether `folder` (or its `csv` folder) holds an InvenTree export."""
    return _tables(folder) is not None


def read(folder: Path, *, as_of: date | None = None) -> tuple[Dataset, ImportReport]:
    """Read an InvenTree export."""
    report = ImportReport(source="InvenTree")
    source = Source(_tables(folder) or folder, report, Dataset(name="InvenTree", as_of=as_of))
    parts.read(source)
    stock.read(source)
    orders.read(source)
    _units(source)
    _say_what_is_not_used(source)
    source.data.unsaid = never_filled(source.data, beside=NO_COLUMN)
    return source.data, report


def _tables(folder: Path) -> Path | None:
    for place in (folder, folder / "csv"):
        if (place / "part.part.csv").is_file():
            return place
    return None


def _units(source: Source) -> None:
    for code, decimals in decimals_by_unit(source.data).items():
        source.data.units.append(Unit(code=code, decimals=decimals))


def _say_what_is_not_used(source: Source) -> None:
    for path in sorted(source.folder.glob("*.csv")):
        model = path.name.removesuffix(".csv")
        if model not in source.tables:
            why = NOT_USED.get(model, gettext_noop("Qitao has no place for this table."))
            source.report.skip(Where(path.name, 0), say(why))

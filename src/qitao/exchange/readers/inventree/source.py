"""The InvenTree tables, and what their rows became here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from qitao.exchange.dataset import Dataset, Where
from qitao.exchange.readers.common import by_key
from qitao.exchange.reading import Record, Table, empty_table, read_table
from qitao.exchange.report import ImportReport, say
from qitao.kernel.words import gettext_noop

SITE = "MAIN"

# the columns without which a table is of no use
NEEDED: dict[str, tuple[str, ...]] = {
    "part.part": ("pk", "name"),
    "part.partcategory": ("pk", "name", "parent"),
    "part.bomitem": ("pk", "part", "sub_part", "quantity"),
    "part.bomitemsubstitute": ("bom_item", "part"),
    "part.partparameter": ("part", "template", "data"),
    "part.partparametertemplate": ("pk", "name"),
    "part.partpricing": ("part",),
    "company.company": ("pk", "name"),
    "company.supplierpart": ("pk", "part", "supplier", "SKU"),
    "company.supplierpricebreak": ("part", "quantity", "price"),
    "stock.stocklocation": ("pk", "name", "parent"),
    "stock.stockitem": ("pk", "part", "quantity", "status"),
    "build.build": ("pk", "reference", "part", "quantity", "status"),
    "build.buildline": ("pk", "build", "bom_item", "quantity"),
    "build.builditem": ("build_line", "stock_item", "quantity"),
    "order.purchaseorder": ("pk", "reference", "supplier", "status"),
    "order.purchaseorderlineitem": ("pk", "order", "part", "quantity", "received"),
    "order.salesorder": ("pk", "reference", "customer", "status"),
    "order.salesorderlineitem": ("pk", "order", "part", "quantity", "shipped"),
    "order.salesorderallocation": ("line", "item", "quantity"),
}
OPTIONAL = frozenset({"build.buildline"})

NOT_USED = {
    "stock.stockitemtracking": gettext_noop("The history of stock is not taken; the ledger opens with the balances."),
    "part.partstocktake": gettext_noop("Past stocktakes are not taken; the ledger opens with the balances."),
    "order.returnorder": gettext_noop("Returns from customers are not taken."),
    "order.returnorderlineitem": gettext_noop("Returns from customers are not taken."),
    "order.purchaseorderextraline": gettext_noop("A charge without an item is not taken."),
    "order.salesorderextraline": gettext_noop("A charge without an item is not taken."),
    "company.manufacturerpart": gettext_noop("Manufacturer part numbers are not taken."),
    "part.partsellpricebreak": gettext_noop("Sales price lists are not taken; orders carry their own prices."),
}


@dataclass(slots=True)
class Source:
    """One export being read: its tables, the report, the dataset, and codes by primary key."""

    folder: Path
    report: ImportReport
    data: Dataset
    tables: dict[str, Table] = field(default_factory=dict)
    keyed: dict[str, dict[str, Record]] = field(default_factory=dict)
    item_of: dict[str, str] = field(default_factory=dict)  # part pk → item code
    variants: dict[str, list[str]] = field(default_factory=dict)  # part pk → pks of all its variants
    ancestors: dict[str, list[str]] = field(default_factory=dict)  # part pk → pks of its templates
    substitutes: dict[str, list[str]] = field(default_factory=dict)  # BOM line pk → pks of substitute parts
    place_of: dict[str, tuple[str, str]] = field(default_factory=dict)  # location pk → (warehouse, bin)
    pack_of: dict[str, object] = field(default_factory=dict)
    supplier_of: dict[str, str] = field(default_factory=dict)  # company pk → supplier code
    customer_of: dict[str, str] = field(default_factory=dict)

    def table(self, model: str) -> Table:
        """Return the table of `model`, read once; a missing or unusable one is empty and reported."""
        if model not in self.tables:
            self.tables[model] = self._read(model)
        return self.tables[model]

    def row(self, model: str, key: str) -> Record | None:
        """Return the row of `model` with the primary key."""
        if model not in self.keyed:
            self.keyed[model] = by_key(self.table(model), "pk")
        return self.keyed[model].get(key)

    def _read(self, model: str) -> Table:
        file = f"{model}.csv"
        path = self.folder / file
        if not path.is_file():
            if model not in OPTIONAL:
                self.report.skip(Where(file, 0), say(gettext_noop("The file is missing; nothing of it is taken.")))
            return empty_table(file, self.report)
        table = read_table(path, self.report)
        if table.titles and not table.require(*NEEDED[model]):
            return empty_table(file, self.report)
        return table

    def item(self, record: Record, column: str) -> str:
        """Return the code of the item that the row refers to; an unknown part is an error."""
        key = record.text(column, required=True)
        code = self.item_of.get(key, "")
        if key and not code:
            record.fault(
                column,
                gettext_noop("There is no part with the number {value}."),
                remedy=gettext_noop("Export part.part.csv again together with this file."),
            )
        return code

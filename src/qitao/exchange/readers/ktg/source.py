"""The ktg-mes tables, and what their rows became here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from qitao.exchange.dataset import Dataset, Where
from qitao.exchange.readers.common import by_key
from qitao.exchange.readers.ktg.titles import TITLES
from qitao.exchange.reading import Record, Table, empty_table, read_table
from qitao.exchange.report import ImportReport, say
from qitao.kernel.words import gettext_noop

SITE = "MAIN"
NO_PARENT = ("", "0")

NOT_USED = {
    "cal_teamshift": gettext_noop("Shift rosters of teams are not taken."),
    "cal_plan": gettext_noop("Shift rosters of teams are not taken."),
    "cal_shift": gettext_noop("Shift rosters of teams are not taken."),
    "cal_team": gettext_noop("Shift rosters of teams are not taken."),
    "qc_iqc_line": gettext_noop("Single measurements of an inspection are not taken."),
}
IN_THE_LEDGER = gettext_noop("What these documents moved is in the stock ledger (wm_transaction), which is taken.")


def find(folder: Path, table: str) -> Path | None:
    """Return the file of `table`: `table.csv`, or `<Chinese name>__table.csv`."""
    plain = folder / f"{table}.csv"
    if plain.is_file():
        return plain
    return next(iter(sorted(folder.glob(f"*__{table}.csv"))), None)


@dataclass(slots=True)
class Source:
    """One export being read: its tables, the report, the dataset, and codes by number."""

    folder: Path
    report: ImportReport
    data: Dataset
    tables: dict[str, Table] = field(default_factory=dict)
    keyed: dict[str, dict[str, Record]] = field(default_factory=dict)
    item_of: dict[str, str] = field(default_factory=dict)  # item id → code
    bin_of: dict[str, tuple[str, str]] = field(default_factory=dict)  # area id → (warehouse, bin)
    order_of: dict[str, str] = field(default_factory=dict)  # work order id → code

    def table(self, name: str) -> Table:
        """Return the table, read once; a missing one is empty and reported."""
        if name not in self.tables:
            self.tables[name] = self._read(name)
        return self.tables[name]

    def row(self, name: str, column: str, key: str) -> Record | None:
        """Return the row of the table that has `key` in `column`."""
        place = f"{name}.{column}"
        if place not in self.keyed:
            self.keyed[place] = by_key(self.table(name), column)
        return self.keyed[place].get(key)

    def _read(self, name: str) -> Table:
        path = find(self.folder, name)
        if path is None:
            file = f"{name}.csv"
            self.report.skip(Where(file, 0), say(gettext_noop("The file is missing; nothing of it is taken.")))
            return empty_table(file, self.report)
        table = read_table(path, self.report, names=TITLES[name])
        if table.titles and not table.require(*TITLES[name].values()):
            return empty_table(path.name, self.report)
        return table

    def item(self, record: Record, column: str) -> str:
        """Return the code of the item that the row refers to; an unknown one is an error."""
        key = record.text(column, required=True)
        code = self.item_of.get(key, "")
        if key and not code:
            record.fault(
                column,
                gettext_noop("There is no item with the number {value}."),
                remedy=gettext_noop("Export the items again together with this file."),
            )
        return code

    def say_what_is_not_used(self) -> None:
        """Report the files that were not read."""
        read = {table.file for table in self.tables.values()}
        for path in sorted(self.folder.glob("*.csv")):
            name = path.stem.rpartition("__")[2]
            if path.name not in read:
                moved = name.startswith("wm_")
                why = NOT_USED.get(name, IN_THE_LEDGER if moved else gettext_noop("Qitao has no place for this table."))
                self.report.skip(Where(path.name, 0), say(why))

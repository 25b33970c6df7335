"""The plant folder: read whole, and every broken row told with file, row, column and remedy."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from qitao.exchange.checks import check
from qitao.exchange.dataset import Dataset
from qitao.exchange.readers import UnknownSource, detect, plant_folder
from qitao.exchange.report import ImportReport
from tests.exchange.folders import GOOD, folder

ITEMS, BOM, STOCK = GOOD["items.csv"], GOOD["bom.csv"], GOOD["stock.csv"]


def read(at: Path, as_of: date | None = None) -> tuple[Dataset, ImportReport]:
    dataset, report = plant_folder.read(at, as_of=as_of)
    check(dataset, report, plant_folder.COLUMNS)
    return dataset, report


def test_a_good_folder_is_read_whole(tmp_path: Path) -> None:
    dataset, report = read(folder(tmp_path))
    assert not report.errors
    assert not report.skipped
    bolt = dataset.items[1]
    assert (bolt.code, bolt.name, bolt.unit, bolt.min_lot, bolt.lead_days) == ("BOLT", "螺栓 M6", "pcs", 1000, 7)
    assert dataset.items[0].yield_percent == Decimal(98)
    assert [(unit.code, unit.decimals) for unit in dataset.units] == [("pcs", 0), ("kg", 2)]
    assert [warehouse.code for warehouse in dataset.warehouses] == ["WH1", "WH2"]
    assert dataset.work_orders[1].rank == 2
    assert [line.promised_on for line in dataset.purchase_lines] == [date(2026, 2, 4), date(2026, 2, 18), None]
    assert dataset.sites[0].code == dataset.calendar_days[0].site == "CN"


def test_due_days_count_from_the_day_of_the_plan(tmp_path: Path) -> None:
    at = folder(tmp_path, demands="demand,item,qty,due_day\nD1,FRAME,3,10\n")
    dataset, report = read(at, as_of=date(2026, 1, 5))
    assert not report.errors
    assert dataset.sales_lines[0].due_on == date(2026, 1, 15)
    assert dataset.sales_lines[0].quantity == 3
    _, report = read(at)
    assert "counts from a date that was not given" in str(report.errors[0].what)


def test_extra_columns_and_files_are_noted_not_read(tmp_path: Path) -> None:
    at = folder(tmp_path, items="item,kind,lead_days,level\nBOLT,buy,1,3\n", notes="a\n1\n")
    _, report = read(folder(at, {}))
    assert [(skip.where.file, skip.what) for skip in report.skipped] == [("notes.csv", ""), ("items.csv", "level")]


def test_rows_that_ask_for_nothing_are_passed_over_and_told(tmp_path: Path) -> None:
    at = folder(
        tmp_path,
        bom=BOM + "FRAME,BOLT-ZN,0,,\n",
        lanes="from_warehouse,to_warehouse,days\nWH1,WH1,0\n",
        transfers=GOOD["transfers.csv"].replace(",5,", ",0.0,"),
    )
    dataset, report = read(at)
    assert not report.errors
    assert [skip.where.file for skip in report.skipped] == ["bom.csv", "lanes.csv", "transfers.csv"]
    assert not dataset.transfers


def test_what_is_no_source_is_refused_with_what_would_be(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("hello")
    with pytest.raises(UnknownSource) as refused:
        detect(tmp_path)
    assert "readme.txt" in str(refused.value)
    assert "items.csv" in str(refused.value)
    assert "part.part.csv" in str(refused.value)


# file, its text, row, column, part of what is said, part of the remedy
BROKEN = [
    ("items", ITEMS.replace("item,kind", "code,kind"), 1, "item", "column “item” is missing", "Add the column"),
    ("items", ITEMS + "BOLT,buy,7,,,,,,,\n", 6, "item", "BOLT is there already, in items.csv, row 3", "Keep one"),
    ("items", ITEMS + ",buy,7,,,,,,,\n", 6, "item", "value is missing", "Fill in"),
    ("items", ITEMS + "X,sell,7,,,,,,,\n", 6, "kind", "“sell” is not known", "make, buy, phantom"),
    ("items", ITEMS + "X,buy,soon,,,,,,,\n", 6, "lead_days", "“soon” is not a number", "Write digits"),
    ("items", ITEMS + "X,buy,1.5,,,,,,,\n", 6, "lead_days", "not a whole number", "without decimals"),
    ("items", ITEMS + "X,buy,-1,,,,,,,\n", 6, "lead_days", "less than 0", "never negative"),
    ("items", ITEMS + "X,make,1,,,,,,,98\n", 6, "yield", "not a share between 0 and 1", "0.98"),
    ("items", ITEMS + "X,make,1,,,,,LINE9,,\n", 6, "workcenter", "“LINE9” is not among the work centres", "Correct"),
    ("items", ITEMS + f"{'X' * 121},buy,1,,,,,,,\n", 6, "item", "121 letters; at most 120", "Shorten"),
    ("bom", BOM + "FRAME,NUT,1,,\n", 4, "component", "“NUT” is not among the items", "add it to the items"),
    ("work_orders", "order,item,quantity,due_date\nW,FRAME,0,2026-01-01\n", 2, "quantity", "more than nought", "out"),
    ("bom", BOM + "FRAME,BOLT-ZN,-2,,\n", 4, "quantity", "less than 0", "never negative"),
    ("bom", BOM + "FRAME,BOLT-ZN,0.1234567,,\n", 4, "quantity", "more than six decimal places", "Round"),
    ("bom", BOM + "PLATE,FRAME,1,,\n", 4, "component", "FRAME → PLATE → FRAME", "Take one of these components out"),
    ("bom", BOM + "BOLT,BOLT,1,,\n", 4, "component", "BOLT → BOLT", "Take one of these components out"),
    ("bom", BOM + "FRAME,BOLT,4,2.5,\n", 4, "component", "there already, in bom.csv, row 2", "Keep one"),
    (
        "bom",
        "parent,component,quantity,valid_from,valid_to\nFRAME,BOLT,1,2026-03-01,2026-02-01\n",
        2,
        "valid_to",
        "2026-02-01 is before 2026-03-01",
        "Correct one of the two dates",
    ),
    ("substitutes", "component,substitute\nBOLT,BOLT\n", 2, "substitute", "Both sides of the row", "Correct one side"),
    ("stock", STOCK + "BOLT,many,WH1,,,\n", 5, "quantity", "“many” is not a number", "Write digits"),
    ("stock", STOCK + 'BOLT,"1,5",WH1,,,\n', 5, "quantity", "“1,5” is not a number", "decimal sign"),
    ("stock", STOCK + "BOLT,-5,WH1,,,\n", 5, "quantity", "less than 0", "never negative"),
    ("stock", STOCK + "BOLT,5,WH1,,lost,\n", 5, "status", "“lost” is not known", "quarantine"),
    ("stock", STOCK + "BOLT,5,WH1,,,2026-02-30\n", 5, "expires_on", "not a date", "2026-01-05"),
    ("stock", STOCK + "BOLT,5,WH1,,,,surplus\n", 5, "", "7 cells, the title row has 6", "quotation marks"),
    ("demands", "demand,item,quantity\nD,FRAME,1\n", 1, "due_date", "column “due_date” is missing", "Add the column"),
    ("demands", "demand,item,quantity,due_date\nD,FRAME,1,\n", 2, "due_date", "value is missing", "Fill in"),
    (
        "work_orders",
        "order,item,quantity,due_date,start_date\nW,FRAME,1,2026-01-01,2026-02-01\n",
        2,
        "due_date",
        "is before",
        "Correct",
    ),
    ("requirements", "order,component,quantity\nWO-9,BOLT,1\n", 2, "order", "“WO-9” is not among the work orders", ""),
    (
        "purchase_orders",
        "order,item,quantity,promised_date,supplier\nP,BOLT,1,,A\nP,BOLT,1,,B\n",
        3,
        "supplier",
        "of supplier “A” in an earlier row",
        "one supplier",
    ),
    ("transfers", GOOD["transfers.csv"].replace("WH2,WH1", "WH1,WH1"), 2, "to_warehouse", "Both sides", "one side"),
    ("lanes", "from_warehouse,to_warehouse,days\nWH1,WH2,x\n", 2, "days", "“x” is not a number", "Write digits"),
    ("calendar", "calendar,date,hours\nCN,tomorrow,8\n", 2, "date", "not a date", "2026-01-05"),
]


@pytest.mark.parametrize("case", BROKEN, ids=[f"{case[0]}: {case[4]}" for case in BROKEN])
def test_a_broken_row_is_told_with_its_place_and_remedy(
    tmp_path: Path, case: tuple[str, str, int, str, str, str]
) -> None:
    file, text, row, column, what, remedy = case
    _, report = read(folder(tmp_path, **{file: text}))
    found = [fault for fault in report.errors if fault.where.file == f"{file}.csv"]
    assert found, report.errors
    fault = next((fault for fault in found if what in str(fault.what)), found[0])
    assert what in str(fault.what)
    assert remedy in str(fault.remedy)
    assert (fault.where.row, fault.column) == (row, column)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    changes = {file: text for file, text, *_ in BROKEN[1:] if file in ("bom", "stock", "calendar", "lanes")}
    _, report = read(folder(tmp_path, **changes))
    assert {fault.where.file for fault in report.errors} >= {"stock.csv", "calendar.csv", "lanes.csv"}

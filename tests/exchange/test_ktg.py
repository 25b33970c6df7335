"""ktg-mes' demo database, in English columns and in Chinese titles."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from qitao.exchange.checks import check
from qitao.exchange.dataset import Dataset
from qitao.exchange.readers import detect, ktg
from qitao.exchange.report import ImportReport
from tests.exchange.folders import plain, real


@pytest.fixture(scope="module")
def source() -> Path:
    return real("ktg_mes_cn")


@pytest.fixture(scope="module")
def taken(source: Path) -> tuple[Dataset, ImportReport]:
    dataset, report = ktg.read(source)
    check(dataset, report, ktg.COLUMNS)
    return dataset, report


def reasons(report: ImportReport, file: str) -> list[str]:
    return [str(skip.why) for skip in report.skipped if skip.where.file == file]


def test_nothing_stands_against_loading_it(taken: tuple[Dataset, ImportReport]) -> None:
    assert taken[1].errors == []


def test_chinese_titles_give_the_same_factory(source: Path, taken: tuple[Dataset, ImportReport]) -> None:
    assert detect(source / "zh").name == "ktg-mes"
    _, report = ktg.read(source / "zh")
    assert {change.column for change in report.changed if "wm_transaction" in change.where.file} == {"入库批次号"}
    dataset, report = ktg.read(source / "zh")
    assert plain(dataset) == plain(taken[0])
    assert len(report.skipped) == len(taken[1].skipped)
    assert len(report.changed) == len(taken[1].changed)


def test_stock_is_the_sum_of_the_ledger_by_stock_record(source: Path, taken: tuple[Dataset, ImportReport]) -> None:
    """16 records; six of them add up to nothing."""
    sums: dict[str, Decimal] = defaultdict(lambda: Decimal(0))
    with (source / "wm_transaction.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            sums[row["material_stock_id"]] += Decimal(row["transaction_quantity"])
    assert len(sums) == 16
    assert sorted(row.quantity for row in taken[0].stock) == sorted(total for total in sums.values() if total)
    assert sum("Nothing is left" in why for why in reasons(taken[1], "wm_transaction.csv")) == 6


def test_work_orders_require_their_material_lines(taken: tuple[Dataset, ImportReport]) -> None:
    dataset, report = taken
    orders = {order.code: order for order in dataset.work_orders}
    ratios = {(line.parent, line.component): line.quantity for line in dataset.bom_lines}
    assert len(dataset.requirements) == 12
    for line in dataset.requirements:
        ratio = ratios.get((orders[line.order].item, line.component))
        if ratio is not None:
            assert line.quantity == ratio * orders[line.order].quantity
    without = [change for change in report.changed if "no material lines" in str(change.why)]
    assert [change.before for change in without] == ["MO202309050004", "MO202310290004"]


def test_what_was_consumed_is_issued_and_what_lies_at_the_line_is_stock(taken: tuple[Dataset, ImportReport]) -> None:
    """10,000 m were issued to the line for MO202211030003; 50 of them were used."""
    dataset, _ = taken
    line = next(line for line in dataset.requirements if line.order == "MO202211030003")
    at_the_line = sum(row.quantity for row in dataset.stock if row.warehouse == "XBK_VIRTUAL")
    assert (line.issued, at_the_line) == (Decimal(50), Decimal(9950))


def test_parents_and_customer_orders_hang_together(taken: tuple[Dataset, ImportReport]) -> None:
    dataset, _ = taken
    parents = {order.code: order.parent for order in dataset.work_orders}
    assert parents["MO202211030002"] == parents["MO202211030003"] == "MO202211030001"
    assert {line.order: line.quantity for line in dataset.sales_lines} == {
        "PO20221101": 10000,
        "PO2023010001": 9999,
        "PO2020202020": 10000,
    }


def test_orphans_and_odd_rates_are_told_row_by_row(taken: tuple[Dataset, ImportReport]) -> None:
    _, report = taken
    assert len(reasons(report, "wm_storage_location.csv")) == 2
    assert len(reasons(report, "wm_storage_area.csv")) == 10
    assert sum("does not" in why or "is not there" in why for why in reasons(report, "wm_item_recpt_line.csv")) == 8
    units = {skip.what: str(skip.why) for skip in report.skipped if skip.where.file == "md_unit_measure.csv"}
    assert "0.1000 cannot be right" in units["g"]
    assert set(units) == {"g", "mg", "p", "x"}
    lost = [why for why in reasons(report, "wm_transaction.csv") if "brought it nowhere" in why]
    assert len(lost) == 3


def test_material_is_picked_where_it_lies(taken: tuple[Dataset, ImportReport]) -> None:
    places = {order.code: order.warehouse for order in taken[0].work_orders}
    assert places["MO202211030003"] == "XBK_VIRTUAL"  # its bars were issued to the line
    assert places["MO202211030002"] == "WH155"  # raw material
    assert places["MO202211030001"] == "WH156"  # half-finished parts

"""InvenTree's own demo factory, against what its rows say when they are added up by hand."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from qitao.exchange.checks import check
from qitao.exchange.dataset import Dataset, Where
from qitao.exchange.readers import detect, inventree
from qitao.exchange.report import ImportReport
from tests.exchange.folders import real

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def source() -> Path:
    return real("inventree") / "csv"


@pytest.fixture(scope="module")
def taken(source: Path) -> tuple[Dataset, ImportReport]:
    dataset, report = inventree.read(source)
    check(dataset, report, inventree.COLUMNS)
    return dataset, report


def rows(source: Path, model: str) -> Rows:
    with (source / f"{model}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_folder_is_recognised_with_and_without_its_csv_folder(source: Path) -> None:
    assert detect(source).name == detect(source.parent).name == "InvenTree"


def test_nothing_stands_against_loading_it(taken: tuple[Dataset, ImportReport]) -> None:
    assert taken[1].errors == []


def test_every_part_has_a_code_of_its_own_and_its_ipn_where_it_has_one(
    source: Path, taken: tuple[Dataset, ImportReport]
) -> None:
    codes = [item.code for item in taken[0].items]
    assert len(codes) == len(set(codes)) == 414
    assert {row["IPN"] for row in rows(source, "part.part") if row["IPN"]} <= set(codes)


def test_each_build_line_requires_its_bom_times_its_quantity(source: Path, taken: tuple[Dataset, ImportReport]) -> None:
    """361 lines, as its provenance counts them; inherited lines of templates are among them."""
    dataset, _ = taken
    orders = {order.code: order for order in dataset.work_orders}
    boms = Counter({(line.parent, line.component): line.quantity for line in dataset.bom_lines})
    assert len(dataset.requirements) == 361
    for line in dataset.requirements:
        order = orders[line.order]
        assert line.quantity == boms[order.item, line.component] * order.quantity


def test_stock_is_what_the_stock_items_say(source: Path, taken: tuple[Dataset, ImportReport]) -> None:
    """What is sold, built in, being built or used up is not in stock; every such row is told."""
    dataset, report = taken
    gone = ("belongs_to", "customer", "sales_order", "consumed_by")
    here = [
        row
        for row in rows(source, "stock.stockitem")
        if row["is_building"] == "False" and not any(row[column] for column in gone) and Decimal(row["quantity"])
    ]
    assert len(dataset.stock) == len(here)
    assert sum(row.quantity for row in dataset.stock) == sum(Decimal(row["quantity"]) for row in here)
    statuses = Counter(row["status"] for row in here)
    ours = Counter(row.status for row in dataset.stock)
    assert ours == {"ok": statuses["10"] + statuses["50"], "damaged": statuses["55"], "rejected": statuses["65"]}
    told = sum(skip.where.file == "stock.stockitem.csv" for skip in report.skipped)
    assert len(here) + told == len(rows(source, "stock.stockitem"))


def test_serial_numbers_are_single_pieces(taken: tuple[Dataset, ImportReport]) -> None:
    serials = [row for row in taken[0].stock if row.serial]
    assert serials
    assert all(row.quantity == 1 for row in serials)


def test_allocations_reserve_what_can_be_picked(source: Path, taken: tuple[Dataset, ImportReport]) -> None:
    """230 allocations; ten of them are of damaged stock, which cannot be picked."""
    dataset, report = taken
    allocations = rows(source, "build.builditem")
    refused = [skip for skip in report.skipped if skip.where.file == "build.builditem.csv"]
    assert len(dataset.reservations) + len(refused) == len(allocations) == 230
    assert len(refused) == 10
    assert all("damaged" in str(skip.why) for skip in refused)
    needs = {(line.order, line.component): line.quantity for line in dataset.requirements}
    held: Counter[tuple[str, str]] = Counter()
    for claim in dataset.reservations:
        held[claim.order, claim.component] += claim.quantity  # type: ignore[assignment]
    assert all(quantity <= needs[key] for key, quantity in held.items())


def test_variants_and_substitutes_may_stand_in(taken: tuple[Dataset, ImportReport]) -> None:
    found = {(row.component, row.substitute, row.note) for row in taken[0].substitutes}
    assert ("widget.red", "widget.red.00", "variant") in found
    assert sum(not row.note for row in taken[0].substitutes) == 3


def test_packs_become_stock_units(source: Path, taken: tuple[Dataset, ImportReport]) -> None:
    """PO0012 line 1: 3 reels of 100 m at 250 a reel."""
    line = next(line for line in taken[0].purchase_lines if (line.order, line.line) == ("PO0012", "1"))
    assert (line.quantity, line.price) == (Decimal(300), Decimal("2.5"))
    feet = Where("order.purchaseorderlineitem.csv", 29)
    received = next(line for line in taken[0].purchase_lines if line.where == feet)
    stock = {row["quantity"] for row in rows(source, "stock.stockitem") if row["purchase_order"] == "11"}
    assert received.received == Decimal("37.4904")
    assert "37.49040" in stock


def test_a_missing_table_is_told_and_the_rest_taken(source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "csv"
    shutil.copytree(source, copy)
    (copy / "company.company.csv").unlink()
    dataset, report = inventree.read(copy)
    check(dataset, report, inventree.COLUMNS)
    assert report.errors == []
    assert any(skip.where.file == "company.company.csv" for skip in report.skipped)
    assert len(dataset.items) == 414
    assert not dataset.suppliers


def test_broken_cells_are_told_with_their_places(source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "csv"
    shutil.copytree(source, copy)
    path = copy / "part.bomitem.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    lines[1] = ",".join([*cells[:2], "99999", "three", *cells[4:]])
    path.write_text("\n".join(lines), encoding="utf-8")
    dataset, report = inventree.read(copy)
    check(dataset, report, inventree.COLUMNS)
    places = {(fault.where.file, fault.where.row, fault.column) for fault in report.errors}
    assert {("part.bomitem.csv", 2, "sub_part"), ("part.bomitem.csv", 2, "quantity")} <= places


def test_build_lines_are_read_where_the_export_has_them(source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "csv"
    shutil.copytree(source, copy)
    (copy / "build.buildline.csv").write_text("pk,build,bom_item,quantity\n64,3,232,150\n", encoding="utf-8")
    dataset, _ = inventree.read(copy)
    (line,) = dataset.requirements
    assert (line.order, line.quantity) == ("BO0003", Decimal(150))

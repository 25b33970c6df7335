"""Tables as other systems write them, cells as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qitao.exchange.dataset import Where
from qitao.exchange.reading import Record, Table, parse_date, parse_decimal, read_table
from qitao.exchange.report import ImportReport

CHINESE = "物料编码,物料名称,数量\nA-1,碳膜电阻,5\nA-2,铝电解电容器,12\nB-7,螺丝刀刀柄,100\n"


def table(folder: Path, content: bytes | str) -> tuple[Table, ImportReport]:
    data = content.encode() if isinstance(content, str) else content
    (folder / "t.csv").write_bytes(data)
    report = ImportReport()
    return read_table(folder / "t.csv", report), report


def cell(folder: Path, value: str) -> tuple[Record, ImportReport]:
    (folder / "t.csv").write_text(f'a,b\n"{value}",x\n', encoding="utf-8")
    report = ImportReport()
    return read_table(folder / "t.csv", report).records[0], report


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", "12"),
        ("  12.50 ", "12.5"),
        ("-3", "-3"),
        ("1,200", "1200"),
        ("1,234,567.25", "1234567.25"),
        ("１２３．５", "123.5"),
        ("１，２００", "1200"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("1 200", "1200"),
    ],
)
def test_numbers_as_people_write_them(written: str, number: str) -> None:
    assert parse_decimal(written) == Decimal(number)


@pytest.mark.parametrize(
    "written", ["", "abc", "1,5", "12,00", "1.2.3", "NaN", "Infinity", "(5)", "一百", "5%", "1e999"]
)
def test_what_is_not_a_number_is_none(written: str) -> None:
    assert parse_decimal(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-05",
        "2026-1-5",
        "2026/1/5",
        "2026.01.05",
        "20260105",
        "2026年1月5日",
        "２０２６年１月５日",
        "2026-01-05 13:45:00",
        "2026-01-05T13:45:00.123Z",
    ],
)
def test_dates_as_people_write_them(written: str) -> None:
    assert parse_date(written) == date(2026, 1, 5)


@pytest.mark.parametrize("written", ["2026-02-30", "2026-13-01", "5/1/2026", "46027", "0001-01-01", "9999-12-31"])
def test_what_is_not_a_date_is_none(written: str) -> None:
    assert parse_date(written) is None


@pytest.mark.parametrize(
    ("written", "answer"), [("Y", True), ("true", True), ("是", True), ("０", False), ("No", False)]
)
def test_yes_and_no(tmp_path: Path, written: str, answer: bool) -> None:
    record, report = cell(tmp_path, written)
    assert record.yes("a") is answer
    assert report.clean


def test_a_fault_names_file_row_column_value_and_remedy(tmp_path: Path) -> None:
    record, report = cell(tmp_path, "zwölf")
    assert record.decimal("a", Decimal(0)) == 0
    (fault,) = report.errors
    assert (fault.where, fault.column, fault.value) == (Where("t.csv", 2), "a", "zwölf")
    assert str(fault.what) == "“zwölf” is not a number."
    assert "1200.5" in str(fault.remedy)


def test_of_one_cell_only_the_first_fault_counts(tmp_path: Path) -> None:
    record, report = cell(tmp_path, "x")
    record.decimal("a")
    record.date("a")
    assert len(report.errors) == 1


def test_more_than_six_decimals_are_a_fault_unless_rounding_is_asked_for(tmp_path: Path) -> None:
    record, report = cell(tmp_path, "0.12345678")
    assert record.decimal("a", Decimal(0), rounded=True) == Decimal("0.123457")
    assert (report.changed[0].before, report.changed[0].after) == ("0.12345678", "0.123457")
    record.decimal("a")
    assert len(report.errors) == 1


def test_blanks_around_a_code_are_taken_off_and_said(tmp_path: Path) -> None:
    record, report = cell(tmp_path, "  A-1 ")
    assert record.code("a") == "A-1"
    assert report.changed[0].before == "'  A-1 '"


@pytest.mark.parametrize("code", ["007", "12345678901234567890", "=1+1", "-5", "A  B", "１２", "𠮷㙓", "1E5", "'x"])
def test_a_code_is_kept_exactly(tmp_path: Path, code: str) -> None:
    record, report = cell(tmp_path, code)
    assert record.code("a") == code
    assert report.clean
    assert not report.changed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_without_a_word(tmp_path: Path, encoding: str) -> None:
    found, report = table(tmp_path, CHINESE.encode(encoding))
    assert found.titles == ("物料编码", "物料名称", "数量")
    assert found.records[1].text("物料名称") == "铝电解电容器"
    assert not report.changed
    assert report.clean


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16"])
def test_another_encoding_is_read_and_said(tmp_path: Path, encoding: str) -> None:
    found, report = table(tmp_path, CHINESE.encode(encoding))
    assert found.records[1].text("物料名称") == "铝电解电容器"
    assert report.clean
    assert "not UTF-8" in str(report.changed[0].why)


def test_big5_is_told_from_gb(tmp_path: Path) -> None:
    text = (
        "物料編號,物料名稱,數量\nA-1,碳膜電阻器,5\nA-2,鋁質電解電容器,12\nB-7,螺絲起子握柄,100\nC-1,電源供應器外殼,3\n"
    )
    found, report = table(tmp_path, text.encode("big5"))
    assert found.records[1].text("物料名稱") == "鋁質電解電容器"
    assert report.changed[0].after == "big5"


def test_bytes_of_no_known_encoding_are_a_clear_error(tmp_path: Path) -> None:
    found, report = table(tmp_path, b"item,quantity\nA,1\n\xff\xff\x81\x00,2\n")
    assert not found.records
    (fault,) = report.errors
    assert fault.where == Where("t.csv", 3)
    assert "CSV UTF-8" in str(fault.remedy)


@pytest.mark.parametrize(
    ("content", "row", "what"),
    [
        ("", 1, "The file is empty"),
        ("a,a\n1,2\n", 1, "The column “a” is there twice."),
        ("a,b\n1,2,3\n", 2, "The row has 3 cells, the title row has 2."),
        ('a,b\n"open,2\n', 2, "The row cannot be read as CSV"),
        ('a,b\n1,2\n"x"y,2\n', 3, "The row cannot be read as CSV"),
    ],
)
def test_a_broken_table_names_its_row(tmp_path: Path, content: str, row: int, what: str) -> None:
    _, report = table(tmp_path, content)
    assert report.errors[0].where == Where("t.csv", row)
    assert str(report.errors[0].what).startswith(what)


def test_blank_rows_are_passed_over_but_counted(tmp_path: Path) -> None:
    found, report = table(tmp_path, "a,b\n\n1,2\n,\n3,4\n")
    assert [record.row for record in found] == [3, 5]
    assert report.clean


@pytest.mark.parametrize("sign", [";", "\t"])
def test_other_delimiters_are_recognised(tmp_path: Path, sign: str) -> None:
    found, _ = table(tmp_path, f"a{sign}b\n1{sign}2\n")
    assert found.records[0].text("b") == "2"


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fall_over(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    report = ImportReport()
    for record in read_table(path, report):
        for title in record.table.titles:
            record.text(title)
            record.decimal(title)
            record.date(title)
            record.yes(title)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**11), max_value=10**11))
def test_every_quantity_reads_as_it_was_written(number: Decimal) -> None:
    assert parse_decimal(f"{number:f}") == number
    assert parse_decimal(f"{number:,f}") == number

"""Out of the system as it came in: the plant folder is an identity, byte for byte in every code."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qitao.accounts.queries import system_user
from qitao.catalog.models import Bom, BomLine, Item
from qitao.demo import generate
from qitao.engine.folder_format import COLUMNS as FILES
from qitao.engine.plant import OrderKind, Plant, SupplyKind
from qitao.exchange import exporting
from qitao.exchange.checks import check
from qitao.exchange.export import CannotWriteFolder, FolderInUse, export_folder, write_files
from qitao.exchange.exporting import Span
from qitao.exchange.load import load_dataset
from qitao.exchange.readers import detect, plant_folder
from qitao.planning import snapshot
from qitao.production.models import WorkOrder
from qitao.stock.models import Balance
from tests.exchange.folders import GOOD, folder, plain, real

AT = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)


def load(at: Path) -> None:
    reader = detect(at)
    dataset, report = reader.read(at, as_of=AT.date())
    load_dataset(dataset, actor=system_user(), at=AT, report=report, columns=reader.columns)


def read(at: Path) -> dict[str, list[Any]]:
    dataset, report = plant_folder.read(at)
    check(dataset, report, plant_folder.COLUMNS)
    assert not report.errors
    return plain(dataset)


@pytest.mark.django_db
def test_what_came_in_as_a_plant_folder_goes_out_the_same(tmp_path: Path) -> None:
    load(folder(tmp_path / "in"))
    report = export_folder(tmp_path / "out")
    assert not report.notes
    assert set(report.rows) == set(FILES)
    assert read(tmp_path / "out") == read(tmp_path / "in")


@pytest.mark.django_db
def test_a_folder_that_names_no_warehouse_gets_none(tmp_path: Path) -> None:
    files = {
        "items.csv": "item,kind,lead_days\n0042,buy,\n",
        "stock.csv": "item,quantity\n0042,7\n",
        "purchase_orders.csv": "order,item,quantity,promised_date\n0001,0042,5,2026-03-01\n",
    }
    load(folder(tmp_path / "in", files))
    export_folder(tmp_path / "out")
    assert read(tmp_path / "out") == read(tmp_path / "in")
    assert (tmp_path / "out" / "stock.csv").read_text() == "item,quantity,status\n0042,7,ok\n"


@pytest.mark.django_db
def test_an_export_replaces_a_plant_folder_and_nothing_else(tmp_path: Path) -> None:
    load(folder(tmp_path / "in"))
    out = tmp_path / "deep" / "out"
    export_folder(out)
    (out / "requirements.csv").write_text("stale")
    Item.objects.filter(code="PLATE").update(name="=NOW()")
    export_folder(out)
    assert "=NOW()" in (out / "items.csv").read_text(encoding="utf-8")
    assert (out / "requirements.csv").read_text() != "stale"
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    (out / "thesis.docx").write_text("mine")
    with pytest.raises(FolderInUse) as refused:
        export_folder(out)
    assert "thesis.docx" in str(refused.value)
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWriteFolder):
        export_folder(tmp_path / "file" / "out")


@pytest.mark.django_db
def test_of_several_bom_versions_each_is_written_for_its_days(tmp_path: Path) -> None:
    load(folder(tmp_path / "in", bom="parent,component,quantity\nFRAME,BOLT,4\n"))
    newer = Bom.objects.create(item=Item.objects.get(code="FRAME"), version="2", valid_from=date(2026, 6, 1))
    plate = Item.objects.get(code="PLATE")
    BomLine.objects.create(bom=newer, position=10, component=plate, quantity=3)
    BomLine.objects.create(bom=newer, position=20, component=plate, quantity=1, is_consumable=True)
    report = export_folder(tmp_path / "out")
    with (tmp_path / "out" / "bom.csv").open() as stream:
        rows = [(row["component"], row["valid_from"], row["valid_to"]) for row in csv.DictReader(stream)]
    assert rows == [("BOLT", "", "2026-05-31"), ("PLATE", "2026-06-01", "")]
    assert [str(note) for note in report.notes] == ["1 optional or consumable BOM lines are left out."]


@pytest.mark.django_db
def test_what_cannot_be_picked_does_not_count_and_what_is_not_ours_is_left_out(tmp_path: Path) -> None:
    load(folder(tmp_path / "in"))
    Balance.objects.filter(item__code="BOLT", status="ok").update(doubted_at=AT)
    Balance.objects.filter(item__code="PLATE").update(owner="ACME")
    report = export_folder(tmp_path / "out")
    with (tmp_path / "out" / "stock.csv").open() as stream:
        rows = {(row["item"], row["lot"]): row["status"] for row in csv.DictReader(stream)}
    assert rows == {("BOLT", "L-1"): "quarantine", ("BOLT", "L-2"): "quarantine"}
    assert "belong to others" in str(report.notes[0])


def round_trip(at: Path, bring_in: Callable[[], None]) -> None:
    """Bring a factory in and out, then what came out in and out again, in an empty system each time."""
    with transaction.atomic():
        bring_in()
        export_folder(at / "first")
        transaction.set_rollback(True)
    assert not Item.objects.exists()
    load(at / "first")
    export_folder(at / "second")
    assert read(at / "second") == read(at / "first")
    for file in (at / "first").iterdir():
        assert (at / "second" / file.name).read_bytes() == file.read_bytes(), file.name


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["inventree", "ktg_mes_cn"])
def test_real_factories_go_out_and_come_back_unchanged(tmp_path: Path, name: str) -> None:
    round_trip(tmp_path, lambda: load(real(name)))
    stock = read(tmp_path / "first")["stock"]
    assert sum((row.quantity for row in stock), Decimal(0)) == sum(Balance.objects.values_list("on_hand", flat=True))


@pytest.mark.django_db
def test_the_demo_factory_goes_out_and_comes_back_unchanged(tmp_path: Path) -> None:
    dataset = generate(as_of=date(2026, 1, 20))
    round_trip(tmp_path, lambda: load_dataset(dataset, actor=system_user(), at=AT) and None)
    found = read(tmp_path / "first")
    assert len(found["work_orders"]) == 150
    assert len(found["purchase_lines"]) == 400


@pytest.mark.django_db
def test_what_was_scrapped_goes_out_and_is_not_made_once_more(tmp_path: Path) -> None:
    load(folder(tmp_path / "in"))
    order = WorkOrder.objects.get(code="WO-2")
    before = order.open_quantity
    WorkOrder.objects.filter(pk=order.pk).update(quantity_scrapped=1)
    export_folder(tmp_path / "out")
    row = next(row for row in read(tmp_path / "out")["work_orders"] if row.code == order.code)
    assert row.quantity_scrapped == 1
    plant = Plant.from_folder(tmp_path / "out", as_of=date(2026, 1, 5))
    (place,) = [n for n, code in enumerate(plant.orders.code) if code == order.code]
    assert int(plant.orders.quantity[place]) == (before - 1) * 1_000_000


def asked(plant: Plant) -> Counter[tuple[str, str]]:
    """Return what each work order still needs of each item."""
    found: Counter[tuple[str, str]] = Counter()
    for order, item, quantity in zip(plant.lines.order, plant.lines.item, plant.lines.quantity, strict=True):
        if plant.orders.kind[order] == OrderKind.WORK_ORDER and quantity:
            found[plant.orders.code[order], plant.items.code[item]] += int(quantity)
    return found


def offered(plant: Plant) -> Counter[tuple[int, str, str, int]]:
    """Return what is in hand, ordered, or on its way, by item, warehouse and day."""
    found: Counter[tuple[int, str, str, int]] = Counter()
    rows = plant.supplies
    columns = (rows.kind, rows.item, rows.warehouse, rows.day, rows.quantity)
    for kind, item, place, day, quantity in zip(*columns, strict=True):
        if kind != SupplyKind.WORK_ORDER:
            found[int(kind), plant.items.code[item], plant.warehouses[place], int(day)] += int(quantity)
    return found


@pytest.mark.django_db
def test_the_engine_sees_the_same_plant_in_the_folder_and_in_the_database(tmp_path: Path) -> None:
    today = date(2026, 1, 20)
    load_dataset(generate(as_of=today), actor=system_user(), at=AT)
    export_folder(tmp_path / "out")
    here, there = snapshot.take(today).plant, Plant.from_folder(tmp_path / "out", as_of=today)
    assert asked(here) == asked(there)
    used = set(here.items.code)  # what is out of use lies in the folder too, and nobody asks for it
    assert offered(here) == Counter({key: count for key, count in offered(there).items() if key[1] in used})


# Days

DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 12)))
SPANS = st.builds(Span, DAYS, DAYS).filter(lambda span: not (span.start and span.end and span.end < span.start))


def days(span: Span | None) -> set[date]:
    every = [date(2025, 12, 1 + place) for place in range(31)] + [date(2026, 1, 1 + place) for place in range(31)]
    if span is None:
        return set()
    return {day for day in every if (not span.start or span.start <= day) and (not span.end or day <= span.end)}


@given(SPANS, SPANS)
def test_spans_are_sets_of_days(one: Span, other: Span) -> None:
    assert days(one.within(other)) == days(one) & days(other)
    assert set().union(*(days(part) for part in one.without(other))) == days(one) - days(other)


# Every text

LETTERS = st.characters(exclude_categories=("Cs", "Cc"), include_characters="𠮷㙓\"',;=+-@\n０１")
TEXTS = st.text(LETTERS, min_size=1, max_size=20).map(str.strip).filter(bool)
CODES = st.one_of(
    TEXTS,
    st.from_regex(r"0[0-9]{1,6}", fullmatch=True),
    st.from_regex(r"[0-9]{20}", fullmatch=True),
    st.sampled_from(["=1+1", "-5", "+5", "@SUM(A1)", '"', "''", "A,B", "1E5", "𠮷㙓", "TRUE", "2026-01-05", " x y "]),
).map(str.strip)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("texts")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(codes=st.lists(CODES, min_size=1, max_size=12, unique=True), name=TEXTS)
def test_files_keep_every_text_exactly(workshop: Path, codes: list[str], name: str) -> None:
    rows = [{"item": code, "kind": "buy", "lead_days": 1, "name": name} for code in codes]
    write_files(workshop, {"items.csv": rows})
    dataset, report = plant_folder.read(workshop)
    assert not report.errors
    assert [item.code for item in dataset.items] == codes
    assert {item.name for item in dataset.items} == {name}


@pytest.mark.django_db
def test_the_database_keeps_every_text_exactly(tmp_path: Path) -> None:
    codes = [
        "007",
        "12345678901234567890",
        "=1+1",
        '"q"',
        "A,B",
        "line\nbreak",
        "𠮷㙓",
        "１２",
        "-5",
        "A  B",
        "ﬁ",
        "é",
        "e\u0301",
    ]
    rows = [{"item": code, "kind": "buy", "lead_days": 1, "name": code} for code in codes]
    stock = [{"item": code, "quantity": Decimal("0.000001"), "lot": code, "warehouse": "W"} for code in codes]
    (tmp_path / "in").mkdir()
    write_files(tmp_path / "in", {"items.csv": rows, "stock.csv": stock})
    load(tmp_path / "in")
    export_folder(tmp_path / "out")
    assert read(tmp_path / "out") == read(tmp_path / "in")


def test_the_exporter_writes_every_column_of_the_format_that_the_system_keeps() -> None:
    """`max_late_days` and `due_day` are the two columns that are read and not written."""
    source = Path(exporting.__file__).read_text(encoding="utf-8")
    columns = {column for file in FILES.values() for part in file for column in part}
    assert {column for column in columns if f'"{column}"' not in source} == {"max_late_days", "due_day"}


def test_good_is_good() -> None:
    assert set(GOOD) == set(FILES)

"""A plant folder is read whole or refused whole, every fault with its file, row, column and remedy."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from qitao.engine.folder import ModeNotOffered, RankUnknown, main, plan_folder
from qitao.engine.plant import NEVER, NO_PRIORITY, Plant, PlantRefused, SupplyKind
from qitao.engine.plant_folder import read_plant
from tests.engine.tables import MONDAY, plant_of, write_folder

WORKSHOP = """
items
item    kind     lead_days  unit_cost
TABLE   make     3          80
LEGSET  phantom  0          0
LEG     buy      10         4.25
TOP     buy      5          30
SCREW   buy      2          0.01

bom
parent  component  quantity  scrap_percent  valid_from  valid_to
TABLE   LEGSET     1         -              -           -
TABLE   TOP        1         -              -           -
LEGSET  LEG        4         -              -           -
LEGSET  SCREW      8         2.5            -           2026-01-31
LEGSET  SCREW      9         2.5            2026-02-01  -

stock
item   warehouse  lot  qty    status      expires_on
LEG    MAIN       L1   10     ok          -
LEG    MAIN       L2   30     quarantine  -
TOP    MAIN       -    20     -           2026-01-04
SCREW  MAIN       -    100.5  OK          2026-12-31

work_orders
order  item   quantity  due_date    start_date  priority  status    quantity_done  warehouse
WO-1   TABLE  5         2026-01-12  -           1         firm      -              MAIN
WO-2   TABLE  5         2026-02-10  2026-02-05  -         started   3              MAIN
WO-3   TABLE  5         2026-01-20  2026-01-16  2         released  -              MAIN

requirements
order  component  quantity  issued
WO-3   TOP        5         2
WO-3   LEGSET     1         -

purchase_orders
order  line  item  quantity  promised_date  received  warehouse
PO-1   10    LEG   40        2026-01-09     15        MAIN
PO-1   20    TOP   9         -              -         MAIN
PO-2   10    TOP   9         2026-01-02     -         MAIN

demands
demand  item   quantity  due_day  priority  warehouse
SO-1    TABLE  4         10       1         -
"""


def answer(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(plant: Plant) -> list[tuple[str, str, int]]:
    lines = plant.lines
    return [
        (plant.orders.code[order], plant.items.code[item], quantity)
        for order, item, quantity in zip(
            lines.order.tolist(), lines.item.tolist(), lines.quantity.tolist(), strict=True
        )
    ]


def test_requirements_are_the_bom_of_the_day_through_phantoms_with_scrap_unless_listed() -> None:
    assert rows(plant_of(WORKSHOP)) == [
        ("WO-1", "TOP", 5_000_000),
        ("WO-1", "LEG", 20_000_000),
        ("WO-1", "SCREW", 41_000_000),  # 5 × 8 × 1.025
        ("WO-2", "TOP", 2_000_000),
        ("WO-2", "LEG", 8_000_000),
        ("WO-2", "SCREW", 18_450_000),  # 2 × 9 × 1.025: the February row
        ("WO-3", "TOP", 3_000_000),
        ("WO-3", "LEG", 4_000_000),  # the listed phantom, one set
        ("WO-3", "SCREW", 8_200_000),
        ("SO-1", "TABLE", 4_000_000),
    ]


def test_supplies_are_what_may_be_used_and_what_is_still_open() -> None:
    plant = plant_of(WORKSHOP)
    supplies = plant.supplies
    assert list(zip(supplies.code, supplies.quantity.tolist(), supplies.day.tolist(), strict=True)) == [
        ("L1", 10_000_000, 0),
        ("MAIN", 100_500_000, 0),
        ("WO-1", 5_000_000, 7),
        ("WO-2", 2_000_000, 36),
        ("WO-3", 5_000_000, 15),
        ("PO-1/10", 25_000_000, 4),
        ("PO-1/20", 9_000_000, NEVER),
        ("PO-2/10", 9_000_000, 1),  # overdue: tomorrow at the earliest
    ]
    assert (
        supplies.kind.tolist() == [SupplyKind.STOCK] * 2 + [SupplyKind.WORK_ORDER] * 3 + [SupplyKind.PURCHASE_ORDER] * 3
    )
    assert plant.orders.output.tolist() == [2, 3, 4, -1]


def test_dates_ranks_and_durations_of_orders() -> None:
    orders = plant_of(WORKSHOP).orders
    assert orders.need_day.tolist() == [4, 31, 11, 10]  # WO-1 without a start: due less the item's lead time
    assert orders.duration_days.tolist() == [3, 5, 4, 0]
    assert orders.rank.tolist() == [1, NO_PRIORITY, 2, 1]


def test_what_is_odd_is_a_problem_not_a_fault(tmp_path: Path) -> None:
    read = read_plant(write_folder(tmp_path, WORKSHOP), as_of=MONDAY)
    assert [(p.file, p.row, p.column) for p in read.problems] == [
        ("stock.csv", 4, "expires_on"),
        ("purchase_orders.csv", 4, "promised_date"),
        ("purchase_orders.csv", 3, "promised_date"),
    ]
    assert "has passed" in read.problems[1].text()


BROKEN = {
    "items.csv": "item,kind,lead_days,colour\nA,make,2,red\nB,buy,x,red\nA,buy,1,red\nC,bought,1,red\n,make,1,red\n",
    "bom.csv": "parent,component,quantity\nA,B,2\nB,A,1\nA,Z,1\nA,B,-1\nA,B,1.1234567\nA,B,\n",
    "stock.csv": "item,quantity\nA,many\nB,1e3\n",
    "demands.csv": "demand,item,quantity,due_date\nD1,A,1,2026-02-30\nD2,A,1,\n",
    "work_orders.csv": "order,item,quantity\nW1,A,1\n",
    "lanes.csv": "from_warehouse,to_warehouse,days\nN,S,1.5\n",
}


def test_every_fault_is_listed_with_its_place(tmp_path: Path) -> None:
    for name, text in BROKEN.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(PlantRefused) as refused:
        Plant.from_folder(tmp_path, as_of=MONDAY)
    assert sorted(f"{f.file}:{f.row}:{f.column}" for f in refused.value.faults) == [
        "bom.csv:3:component",  # the cycle
        "bom.csv:4:component",
        "bom.csv:5:quantity",
        "bom.csv:6:quantity",
        "bom.csv:7:quantity",
        "demands.csv:2:due_date",
        "demands.csv:3:due_date",
        "items.csv:3:lead_days",
        "items.csv:4:item",
        "items.csv:5:kind",
        "items.csv:6:item",
        "lanes.csv:2:days",
        "stock.csv:2:quantity",
        "stock.csv:3:quantity",
        "work_orders.csv:1:due_date",
    ]
    text = str(refused.value)
    assert "bom.csv, row 3, column component: Cycle: A → B → A. Remove one of these components." in text
    assert "items.csv, row 4, column item: “A” is there already, in row 2." in text
    assert all(fault.remedy for fault in refused.value.faults)


def refused_because(folder: Path) -> list[str]:
    with pytest.raises(PlantRefused) as refused:
        Plant.from_folder(folder, as_of=MONDAY)
    return [fault.text() for fault in refused.value.faults]


def test_a_work_order_over_nothing_is_refused_as_an_import_refuses_it(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item,kind,lead_days\nA,make,1\n", "utf-8")
    (tmp_path / "work_orders.csv").write_text(
        "order,item,quantity,due_date\nW1,A,0,2026-01-20\nW2,A,0.0,2026-01-20\nW3,A,2,2026-01-20\n", "utf-8"
    )
    assert [text.split(".csv, ")[1] for text in refused_because(tmp_path)] == [
        f"row {row}, column quantity: The quantity is 0. Remove the row, or state a quantity." for row in (2, 3)
    ]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("item,kind,lead_days\n螺丝,buy,1\n".encode("gbk"), "items.csv, row 2: Not UTF-8 text."),
        (b"item;kind;lead_days\nA;buy;1\n", "items.csv, row 1: The columns are not separated by commas."),
        (b"", "items.csv, row 1: The file has no header row."),
        (b"item,kind,kind,lead_days\nA,buy,buy,1\n", "items.csv, row 1, column kind: The column is there more"),
        (b"item,kind,lead_days\nA,buy,1\nB,buy,1,9\n", "items.csv, row 3: 4 values for 3 columns."),
        (b'item,kind,lead_days\n"A,buy,1\n', "A quote is not closed."),
        (b"item,lead_days\nA,1\n", "items.csv, row 1, column kind: The column is missing."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, fault: str) -> None:
    (tmp_path / "items.csv").write_bytes(data)
    assert any(fault in text for text in refused_because(tmp_path))


def test_what_refers_to_a_file_that_cannot_be_read_is_not_blamed(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_bytes("item,kind,lead_days\n螺丝,buy,1\n".encode("gbk"))
    (tmp_path / "stock.csv").write_text("item,quantity\n螺丝,5\n螺丝,x\n", "utf-8")
    assert [text.split(":")[0] for text in refused_because(tmp_path)] == [
        "items.csv, row 2",
        "stock.csv, row 3, column quantity",
    ]


@pytest.mark.parametrize("number", ["５", "１2.５", "٣", "1２"])
def test_digits_that_are_not_plain_are_faults(tmp_path: Path, number: str) -> None:
    (tmp_path / "items.csv").write_text("item,kind,lead_days\nA,buy,1\n", "utf-8")
    (tmp_path / "stock.csv").write_text(f"item,quantity\nA,{number}\n", "utf-8")
    (fault,) = refused_because(tmp_path)
    assert fault.startswith(f"stock.csv, row 2, column quantity: “{number}” is not a number")


def test_lines_may_end_as_on_old_macs(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_bytes(b"item,kind,lead_days\rA,buy,1\rB,buy,x\r")
    assert refused_because(tmp_path) == [
        "items.csv, row 3, column lead_days: “x” is not a number of at most six decimal places below 10¹². "
        "Write plain digits with a decimal point, no thousands separator."
    ]


def test_no_items_is_no_plant(tmp_path: Path) -> None:
    assert refused_because(tmp_path) == ["items.csv: The file is missing. A plant folder starts with its items."]


def test_byte_order_mark_blank_rows_and_quotes_do_not_disturb_row_numbers(tmp_path: Path) -> None:
    text = 'Item,Kind,Lead Days,name\n"A, long",buy,1,"two\nlines"\n\n B ,make,2,\nC,buy,-1,\n'
    (tmp_path / "items.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert refused_because(tmp_path) == [
        "items.csv, row 5, column lead_days: “-1” is not a number of days. Write whole days, 0 or more."
    ]
    (tmp_path / "items.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("-1", "+1").encode())
    assert Plant.from_folder(tmp_path, as_of=MONDAY).items.code == ("A, long", "B", "C")


def test_cycles_are_named_part_by_part(tmp_path: Path) -> None:
    write_folder(
        tmp_path,
        """
items
item kind lead_days
A make 1
B make 1
C make 1
D make 1
E buy 1

bom
parent component quantity
A B 1
B C 1
C A 1
C E 1
D D 1
A D 1
""",
    )
    assert refused_because(tmp_path) == [
        "bom.csv, row 4, column component: Cycle: A → B → C → A. Remove one of these components.",
        "bom.csv, row 6, column component: Cycle: D → D. Remove one of these components.",
    ]


def test_the_answers_and_their_columns(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    summary = plan_folder(write_folder(folder, WORKSHOP), out, as_of=MONDAY)
    assert sorted(path.name for path in out.iterdir()) == ["demands.csv", "kits.csv", "problems.csv", "summary.json"]
    kits = answer(out / "kits.csv")
    assert [list(row.values()) for row in kits] == [
        ["WO-1", "TABLE", "5", "2026-01-09", "on_date", "2026-01-09", "LEG", "0", ""],
        ["WO-3", "TABLE", "5", "2026-01-16", "on_date", "2026-01-09", "LEG", "0", ""],
        ["WO-2", "TABLE", "2", "2026-02-05", "never", "", "TOP", "1", "WO-3;WO-1"],
    ]
    demands = answer(out / "demands.csv")
    assert [list(row.values()) for row in demands] == [
        ["SO-1", "TABLE", "4", "2026-01-15", "2026-01-12", "4", "0", "0", ""]
    ]
    assert summary["counts"] == {"kits.csv": 3, "demands.csv": 1, "problems.csv": 3}
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == summary
    assert set(summary["wall_seconds"]) == set(summary["cpu_seconds"]) == {"load", "engine", "write"}


def test_reasons_follow_the_chain_to_the_root(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    late = WORKSHOP.replace("2026-01-09     15", "2026-03-09     15") + "SO-2 TABLE 20 12 2 -\n"
    plan_folder(write_folder(folder, late), out, as_of=MONDAY)
    demands = answer(out / "demands.csv")
    assert [(row["demand"], row["planned_quantity"], row["short_quantity"], row["reason"]) for row in demands] == [
        ("SO-1", "4", "0", "waits for WO-1 (TABLE, 2026-03-12); LEG from PO-1/10 on 2026-03-09"),
        ("SO-2", "6", "14", "12 of TABLE not covered"),
    ]


def test_another_order_of_service(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    write_folder(folder, WORKSHOP)
    plan_folder(folder, out, as_of=MONDAY, rank="start")
    kits = answer(out / "kits.csv")
    assert [row["order"] for row in kits] == ["WO-1", "WO-3", "WO-2"]
    with pytest.raises(RankUnknown):
        plan_folder(folder, out, as_of=MONDAY, rank="colour")
    with pytest.raises(ModeNotOffered):
        plan_folder(folder, out, as_of=MONDAY, mode="capacity")


def test_the_command_tells_and_a_refused_input_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    write_folder(folder, WORKSHOP)
    assert main(folder, out, as_of="2026-01-05") == 0
    assert "3 work orders" in capsys.readouterr().out
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (folder / "stock.csv").write_text("item,quantity\nNOPE,1\nLEG,-3\n", encoding="utf-8")
    assert main(folder, out, as_of="2026-01-05") == 1
    told = capsys.readouterr().err
    assert "stock.csv, row 2, column item: “NOPE” is not in items.csv. Add it there, or correct the code." in told
    assert "2 faults; nothing was planned." in told
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert main(folder, out, as_of="tomorrow") == 2


def test_an_empty_plant_is_planned(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item,kind,lead_days\n", encoding="utf-8")
    assert plan_folder(tmp_path, tmp_path / "out", as_of=MONDAY)["counts"]["kits.csv"] == 0


def test_planning_a_folder_loads_no_web_framework_and_no_database(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item,kind,lead_days\n", encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from qitao.engine.folder import main; "
        "main(Path(sys.argv[1]), Path(sys.argv[1]) / 'out'); "
        "sys.exit(any(name in sys.modules for name in ('django', 'psycopg')))"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, capture_output=True)

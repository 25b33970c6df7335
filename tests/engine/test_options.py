"""Ways out of a shortage: proposed where they apply, tried on a copy, and never at the cost of the books."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qitao.engine.changes import (
    AddSupply,
    Change,
    ChangeRefused,
    Claim,
    ExpediteSupply,
    HandOver,
    PutFirst,
    RecordIsWrong,
    ReleaseReservation,
    SplitOrder,
    TransferStock,
    UseSubstitute,
    apply,
)
from qitao.engine.clear_to_build import clear_to_build
from qitao.engine.costs import Costs
from qitao.engine.kits import Kits
from qitao.engine.options import Candidate, Kind, Outcome, buildable_quantity, candidates, evaluate
from qitao.engine.plant import Plant
from qitao.engine.plant_checks import checked
from tests.engine.plants import plants
from tests.engine.tables import day, kit_table, plant_of, same

SHORT = """
items
item    kind  lead_days
DRIVE   make  2
MOTOR   buy   20
MOTOR-B buy   20
CABLE   buy   5

bom
parent  component  quantity
DRIVE   MOTOR      1
DRIVE   CABLE      2

substitutes
component  substitute  ratio
MOTOR      MOTOR-B     1

stock
item     warehouse  quantity
MOTOR    NORTH      7
MOTOR    SOUTH      2
MOTOR-B  NORTH      2
CABLE    NORTH      40

purchase_orders
order  item   warehouse  quantity  promised_date
PO-1   MOTOR  NORTH      10        2026-01-20

purchase
item   supplier  lead_days  min_qty  multiple  price
MOTOR  FAST      3          5        5         12.5
MOTOR  CHEAP     15         -        -         9

lanes
from_warehouse  to_warehouse  days
SOUTH           NORTH         3

work_orders
order  item   quantity  warehouse  start_date  due_date    priority
WO-1   DRIVE  4         NORTH      2026-01-14  2026-01-16  1
WO-2   DRIVE  6         NORTH      2026-01-06  2026-01-08  2

demands
demand  item   quantity  warehouse  due_date    priority
SO-1    DRIVE  4         NORTH      2026-01-16  1
SO-2    DRIVE  6         NORTH      2026-01-08  2
"""


@pytest.fixture
def short() -> tuple[Plant, Kits, int]:
    """WO-2 lacks 3 of its 6 motors: WO-1, which starts a week later, ranks first and holds 4."""
    plant = plant_of(SHORT)
    kits = clear_to_build(plant)
    same(
        kit_table(kits),
        """
        SO-1  late  01-22  01-22  DRIVE  4
        WO-1  now   01-05  01-16  -      0
        SO-2  late  01-22  01-22  DRIVE  6
        WO-2  late  01-20  01-22  MOTOR  3
        """,
    )
    return plant, kits, int(plant.lines_of(plant.work_order("WO-2"))[0])


def found(options: list[Candidate], kind: Kind) -> list[Candidate]:
    return [option for option in options if option.kind is kind]


def test_every_applicable_way_out_is_proposed(short: tuple[Plant, Kits, int]) -> None:
    plant, kits, line = short
    options = candidates(plant, kits, line)
    assert [(option.kind, option.quantity, day(plant, option.day), option.price) for option in options] == [
        (Kind.TRANSFER, 2_000_000, "01-08", 0),
        (Kind.SUBSTITUTE, 2_000_000, "01-05", 0),
        (Kind.RESEQUENCE, 4_000_000, "01-05", 0),
        (Kind.PARTIAL, 3_000_000, "01-06", 0),
        (Kind.EXPEDITE, 3_000_000, "01-06", 0),
        (Kind.BUY, 5_000_000, "01-08", 62_500_000),
        (Kind.BUY, 3_000_000, "01-20", 27_000_000),
    ]


def shifts(outcome: Outcome) -> list[tuple[str, str, str, int]]:
    plant = outcome.plant
    return [
        (plant.orders.code[one.order], day(plant, one.finish_before), day(plant, one.finish_after), one.days)
        for one in outcome.shifts
    ]


def test_each_is_tried_on_a_copy_and_shows_whom_it_helps_and_harms(short: tuple[Plant, Kits, int]) -> None:
    plant, kits, line = short
    before = {name: getattr(plant.supplies, name) for name in ("quantity", "day")}
    copies = {name: column.copy() for name, column in before.items()}
    options = candidates(plant, kits, line)
    outcomes = {option.kind: evaluate(plant, kits, option.changes) for option in reversed(options)}
    assert {kind: shifts(outcome) for kind, outcome in outcomes.items()} == {
        Kind.TRANSFER: [],  # the plan counted on it already
        Kind.SUBSTITUTE: [
            ("SO-1", "01-22", "01-10", -12),
            ("SO-2", "01-22", "01-16", -6),
            ("WO-2", "01-22", "01-10", -12),
        ],
        Kind.RESEQUENCE: [
            ("SO-1", "01-22", "01-08", -14),
            ("WO-1", "01-16", "01-22", 6),
            ("WO-2", "01-22", "01-08", -14),
        ],
        Kind.PARTIAL: [],  # the last part still waits
        Kind.EXPEDITE: [
            ("SO-1", "01-22", "01-08", -14),
            ("SO-2", "01-22", "01-16", -6),
            ("WO-2", "01-22", "01-08", -14),
        ],
        Kind.BUY: [
            ("SO-1", "01-22", "01-10", -12),
            ("SO-2", "01-22", "01-16", -6),
            ("WO-2", "01-22", "01-10", -12),
        ],
    }
    assert all((before[name] == copies[name]).all() for name in before)


def test_the_part_that_can_be_built_is_built_on_its_date(short: tuple[Plant, Kits, int]) -> None:
    plant, kits, _ = short
    order = plant.work_order("WO-2")
    assert buildable_quantity(plant, kits, order) == 3_000_000
    outcome = evaluate(plant, kits, [SplitOrder(order, 3_000_000)])
    same(
        "\n".join(row for row in kit_table(outcome.kits).splitlines() if "WO-2" in row),
        """
        WO-2    now   01-05  01-08  -      0
        WO-2/2  late  01-20  01-22  MOTOR  3
        """,
    )


def test_money_is_days_late_at_each_order_s_penalty(short: tuple[Plant, Kits, int]) -> None:
    plant, kits, _ = short
    orders = [plant.work_order("WO-1"), plant.work_order("WO-2"), plant.demand("SO-1"), plant.demand("SO-2")]
    penalty, idle = np.zeros((2, 4), np.int64)
    penalty[orders[3]], idle[orders[0]] = 100, 7
    costs = Costs(penalty, idle)
    outcome = evaluate(plant, kits, [PutFirst(orders[1], orders[0])], costs=costs)
    # SO-2 still waits until 22 January (14 days late); WO-1 waits for motors from the 14th to the 20th.
    assert [(plant.orders.code[one.order], one.cost_before, one.cost_after) for one in outcome.worse] == [
        ("WO-1", 0, 42)
    ]
    assert outcome.cost_change == 42


def test_what_is_reserved_for_another_can_be_handed_over() -> None:
    plant = plant_of(SHORT)
    own, other = (int(plant.lines_of(plant.work_order(code))[0]) for code in ("WO-2", "WO-1"))
    held = apply(plant, [Claim(other, 0, 4_000_000)])
    assert held.reservations.quantity.tolist() == [4_000_000]
    with pytest.raises(ChangeRefused):
        apply(held, [Claim(own, 0, 4_000_000)])  # 7 in stock, 4 reserved
    given = apply(held, [HandOver(other, own, 3_000_000)])
    assert sorted(zip(given.reservations.line.tolist(), given.reservations.quantity.tolist(), strict=True)) == sorted(
        [(other, 1_000_000), (own, 3_000_000)]
    )
    freed = apply(given, [ReleaseReservation(other, 0)])
    assert freed.reservations.line.tolist() == [own]


def test_a_count_that_finds_less_cuts_the_claims_of_those_served_last() -> None:
    plant = plant_of(SHORT)
    first, second = (int(plant.lines_of(plant.work_order(code))[0]) for code in ("WO-1", "WO-2"))
    held = apply(plant, [Claim(second, 0, 3_000_000), Claim(first, 0, 4_000_000)])
    counted = apply(held, [RecordIsWrong(0, 5_000_000)])
    claims = dict(zip(counted.reservations.line.tolist(), counted.reservations.quantity.tolist(), strict=True))
    assert claims == {first: 4_000_000, second: 1_000_000}


@pytest.mark.parametrize(
    "change",
    [
        TransferStock(0, 1, 8_000_000, 3),
        TransferStock(0, 1, 0, 3),
        UseSubstitute(0, 3),
        PutFirst(0, 0),
        ReleaseReservation(0, 0),
        ExpediteSupply(0, 1, 9_000_000),
        AddSupply(1, 0, 1, 0),
        AddSupply(3, 0, 1, 1_000_000, for_line=0),
        SplitOrder(1, 6_000_000),
        RecordIsWrong(0, -1),
    ],
)
def test_a_change_that_cannot_be_meant_is_refused(change: Change) -> None:
    with pytest.raises(ChangeRefused):
        apply(plant_of(SHORT), [change])


@st.composite
def changes(draw: st.DrawFn, plant: Plant) -> list[Change]:
    supply = st.integers(0, max(len(plant.supplies.code) - 1, 0))
    order = st.integers(0, len(plant.orders.code) - 1)
    line = st.integers(0, max(plant.lines.item.size - 1, 0))
    item = st.integers(0, len(plant.items.code) - 1)
    place, day_number = st.integers(0, len(plant.warehouses) - 1), st.integers(0, 4)
    quantity = st.integers(0, 9).map(lambda units: units * 500_000)
    kinds = [
        st.builds(PutFirst, order, order),
        st.builds(AddSupply, item, place, day_number, quantity),
        st.builds(SplitOrder, order, quantity),
    ]
    if plant.supplies.code:
        kinds += [
            st.builds(TransferStock, supply, place, quantity, day_number),
            st.builds(ExpediteSupply, supply, day_number, st.one_of(st.none(), quantity)),
            st.builds(RecordIsWrong, supply, quantity),
        ]
    if plant.lines.item.size:
        kinds += [
            st.builds(UseSubstitute, line, item, st.one_of(st.none(), quantity)),
            st.builds(AddSupply, item, place, day_number, quantity, line),
            st.builds(HandOver, line, line, quantity),
        ]
    if plant.lines.item.size and plant.supplies.code:
        kinds += [st.builds(Claim, line, supply, quantity), st.builds(ReleaseReservation, line, supply)]
    return draw(st.lists(st.one_of(kinds), max_size=4))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plants(), st.data())
def test_any_changes_leave_a_sound_plant_and_the_first_untouched(plant: Plant, data: st.DataObject) -> None:
    tables = ("supplies", "orders", "lines", "reservations")
    columns = [getattr(getattr(plant, t), f) for t in tables for f in getattr(plant, t).__dataclass_fields__]
    copies = [column.copy() if isinstance(column, np.ndarray) else column for column in columns]
    asked = sum(plant.lines.quantity.tolist())
    baseline = clear_to_build(plant)
    try:
        outcome = evaluate(plant, baseline, wanted := data.draw(changes(plant)))
    except ChangeRefused:
        return
    checked(outcome.plant)
    assert all(np.array_equal(column, copy) for column, copy in zip(columns, copies, strict=True))
    if not any(isinstance(change, UseSubstitute) for change in wanted):
        assert sum(outcome.plant.lines.quantity.tolist()) == asked
    if not wanted:
        assert outcome.shifts == ()
    if any(isinstance(change, AddSupply | RecordIsWrong) for change in wanted):
        return
    assert sum(outcome.plant.supplies.quantity.tolist()) == sum(plant.supplies.quantity.tolist())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plants(reservations=False))
def test_every_candidate_can_be_tried(plant: Plant) -> None:
    kits = clear_to_build(plant)
    for line in range(plant.lines.item.size):
        for option in candidates(plant, kits, line):
            checked(evaluate(plant, kits, option.changes).plant)

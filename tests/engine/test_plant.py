"""A plant is built row by row or from columns, and proven as a whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from qitao.engine.explosion import Need, cycles, explode, required_quantity
from qitao.engine.plant import NEVER, ItemKind, OrderKind, Plant, PlantRefused, SupplyKind
from qitao.engine.plant_builder import PlantBuilder
from qitao.engine.plant_checks import checked
from tests.engine.tables import MONDAY


def small() -> PlantBuilder:
    build = PlantBuilder(MONDAY)
    bolt, frame = build.add_item("BOLT"), build.add_item("FRAME", kind=ItemKind.MAKE, unit_cost="12.5")
    build.add_bom_line(frame, bolt, quantity=4, scrap_percent="2.5")
    build.add_supply(bolt, quantity="8.5", warehouse="MAIN", code="L1")
    build.add_supply(bolt, quantity=5, kind=SupplyKind.PURCHASE_ORDER, day=None, warehouse="MAIN")
    order = build.add_work_order(
        "WO-1", product=frame, quantity=2, need=dt.date(2026, 1, 7), due=dt.date(2026, 1, 9), warehouse="MAIN"
    )
    build.add_line(order, bolt, quantity=Decimal("8.2"))
    build.add_demand("WO-1", product=frame, quantity=1, due=dt.date(2026, 1, 12))
    build.add_lane("MAIN", "SOUTH", days=2)
    return build


def test_codes_units_and_dates_go_in_and_columns_come_out() -> None:
    plant = small().build()
    assert plant.supplies.quantity.tolist() == [8_500_000, 5_000_000, 2_000_000]
    assert plant.supplies.day.tolist() == [0, NEVER, 4]
    assert plant.bom.scrap.tolist() == [25_000]
    assert plant.items.unit_cost.tolist() == [0, 12_500_000]
    assert (plant.orders.need_day.tolist(), plant.orders.duration_days.tolist()) == ([2, 7], [2, 0])
    assert plant.output_owner.tolist() == [-1, -1, 0]
    main, south, anywhere = (plant.warehouse_index[code] for code in ("MAIN", "SOUTH", ""))
    assert plant.transit_days(0, main, south) == 2
    assert plant.transit_days(0, south, main) == NEVER
    assert plant.transit_days(0, anywhere, south) == 0
    assert plant.date_of(4) == dt.date(2026, 1, 9)
    assert plant.date_of(NEVER) is None


def test_a_work_order_and_a_demand_may_share_a_code_two_work_orders_may_not() -> None:
    build = small()
    plant = build.build()
    assert (plant.work_order("WO-1"), plant.demand("WO-1")) == (0, 1)
    build.add_work_order("WO-1", product=1, quantity=1, need=1, due=2)
    with pytest.raises(PlantRefused, match="WO-1 is there 2 times"):
        build.build()


def test_quantities_are_never_floats_nor_finer_than_a_millionth() -> None:
    build = PlantBuilder(MONDAY)
    item = build.add_item("BOLT")
    with pytest.raises(ValueError, match="six decimal places"):
        build.add_supply(item, quantity="0.0000001")


def broken(table: str, column: str, value: int) -> Plant:
    plant = small().build()
    rows = getattr(plant, table)
    values = getattr(rows, column).copy()
    values[0] = value
    return replace(plant, **{table: replace(rows, **{column: values})})


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("supplies", "item", 9),
        ("supplies", "warehouse", -1),
        ("supplies", "quantity", -1),
        ("supplies", "quantity", 2 * 10**18),
        ("supplies", "day", NEVER + 1),
        ("lines", "order", 7),
        ("lines", "quantity", -1),
        ("orders", "output", 99),
        ("orders", "duration_days", -1),
        ("bom", "component", 5),
        ("items", "lane_table", 1),
    ],
)
def test_columns_that_make_no_sense_are_refused_by_table_and_column(table: str, column: str, value: int) -> None:
    with pytest.raises(PlantRefused) as refused:
        checked(broken(table, column, value))
    assert {(fault.file, fault.column) for fault in refused.value.faults} == {(table, column)}


def test_nobody_reserves_more_than_there_is_or_than_is_needed() -> None:
    for quantity, fault in ((9, "beyond the supply"), (Decimal("8.3"), "beyond the requirement")):
        build = small()
        build.add_reservation(0, 0, quantity=quantity)
        with pytest.raises(PlantRefused, match=fault):
            build.build()


def test_totals_of_an_item_stay_inside_64_bits() -> None:
    build = PlantBuilder(MONDAY)
    item = build.add_item("GRAIN")
    for _ in range(2):
        build.add_supply(item, quantity=600_000_000_000)
    with pytest.raises(PlantRefused, match="Supplies of GRAIN add up to more"):
        build.build()


def test_the_order_of_service_is_rank_then_due_day_then_code() -> None:
    build = PlantBuilder(MONDAY)
    item = build.add_item("X", kind=ItemKind.MAKE)
    for code, rank, due in (("B", 2, 5), ("D", 1, 9), ("C", 2, 5), ("A", 2, 5), ("E", 2, 4)):
        build.add_work_order(code, product=item, quantity=1, need=1, due=due, rank=rank)
    build.add_demand("A", product=item, quantity=1, due=5, rank=2)
    plant = build.build()
    sequence = [(plant.orders.code[row], OrderKind(int(plant.orders.kind[row])).name) for row in plant.service_sequence]
    assert sequence == [
        ("D", "WORK_ORDER"),
        ("E", "WORK_ORDER"),
        ("A", "WORK_ORDER"),
        ("A", "DEMAND"),
        ("B", "WORK_ORDER"),
        ("C", "WORK_ORDER"),
    ]


def test_required_quantities_are_exact_however_large() -> None:
    units = 10**12
    found = required_quantity(
        np.array([3 * units, 7, 10**17]), np.array([333_333, 1, 9 * 10**6]), np.array([0, 0, 25_000])
    )
    assert found.tolist() == [999_999_000_000, 1, 922_500_000_000_000_000]


def test_phantoms_pass_their_parent_s_need_on() -> None:
    build = PlantBuilder(MONDAY)
    kit = build.add_item("KIT", kind=ItemKind.MAKE)
    inner, outer = (build.add_item(code, kind=ItemKind.PHANTOM) for code in ("INNER", "OUTER"))
    nut = build.add_item("NUT")
    for parent, component, quantity in ((kit, outer, 2), (outer, inner, 3), (inner, nut, 5), (kit, nut, 1)):
        build.add_bom_line(parent, component, quantity=quantity)
    plant = build.build()
    phantom = plant.items.kind == ItemKind.PHANTOM
    one = np.zeros(1, np.int32)
    need = explode(plant.bom, phantom=phantom, need=Need(one, one, np.array([10**6]), one), day=one)
    assert list(zip(need.item.tolist(), need.quantity.tolist(), need.parent.tolist(), strict=True)) == [
        (nut, 1_000_000, kit),
        (nut, 30_000_000, inner),
    ]


def test_cycles_are_found_wherever_they_hang() -> None:
    parent = np.array([0, 1, 2, 3, 4, 5, 6], np.int32)
    component = np.array([1, 2, 1, 4, 5, 3, 6], np.int32)
    assert cycles(parent, component, 8) == [[1, 2], [3, 4, 5], [6]]
    assert cycles(parent[:2], component[:2], 8) == []

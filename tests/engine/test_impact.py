"""Whom a shortage hurts and why an order is late, on plants small enough to follow by hand."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qitao.engine.clear_to_build import clear_to_build
from qitao.engine.costs import Costs
from qitao.engine.impact import Cause, Hit, Impact, Step, impact_of_delay, impact_of_item, impact_of_order, why
from qitao.engine.kits import Kits
from qitao.engine.plant import NEVER, Plant
from tests.engine.plants import plants
from tests.engine.tables import aligned, day, plant_of, same

GEARBOXES = """
items
item     kind  lead_days
MACHINE  make  3
GEARBOX  make  2
SHAFT    buy   20
CASE     buy   5

bom
parent   component  quantity
MACHINE  GEARBOX    1
MACHINE  CASE       1
GEARBOX  SHAFT      2

stock
item   quantity
CASE   2
SHAFT  2

purchase_orders
order  item   quantity  promised_date
PO-1   SHAFT  4         2026-01-15

work_orders
order  item     quantity  start_date  due_date    priority
WO-B1  GEARBOX  1         2026-01-06  2026-01-08  1
WO-B2  GEARBOX  2         2026-01-06  2026-01-08  2
WO-M1  MACHINE  1         2026-01-08  2026-01-12  1
WO-M2  MACHINE  1         2026-01-08  2026-01-12  2

demands
demand  item     quantity  due_date    priority
SO-1    MACHINE  1         2026-01-12  1
SO-2    MACHINE  1         2026-01-13  2
"""


def hit_table(impact: Impact) -> str:
    codes = impact.kits.plant.orders.code
    rows = [
        (codes[h.order], _days(h.days_late), _days(h.days_waiting), "direct" if h.direct else "-") for h in impact.hits
    ]
    return aligned(rows)


def _days(number: int) -> str:
    return "never" if number >= NEVER else str(number)


def cause_table(kits: Kits, steps: list[Step]) -> str:
    plant = kits.plant
    return aligned(
        [
            (
                plant.orders.code[step.order],
                plant.items.code[step.item],
                step.cause.value,
                plant.supplies.code[step.supply] if step.supply >= 0 else "-",
                day(plant, step.day),
            )
            for step in steps
        ]
    )


def test_a_short_item_hurts_its_orders_and_those_that_wait_for_them() -> None:
    plant = plant_of(GEARBOXES)
    kits = clear_to_build(plant)
    same(
        hit_table(impact_of_item(kits, plant.item_index["SHAFT"])),
        """
        WO-B2  9  9  direct
        WO-M2  9  9  -
        SO-2   8  8  -
        """,
    )
    assert impact_of_item(kits, plant.item_index["CASE"]).hits == ()


def test_money_is_penalty_for_lateness_and_idle_line_for_waiting() -> None:
    plant = plant_of(GEARBOXES)
    kits = clear_to_build(plant)
    penalty, idle = np.zeros((2, 6), np.int64)
    penalty[plant.demand("SO-2")], idle[plant.work_order("WO-M2")] = 1_000, 50
    impact = impact_of_item(kits, plant.item_index["SHAFT"], costs=Costs(penalty, idle))
    costs = [(plant.orders.code[hit.order], hit.cost) for hit in impact.hits]
    assert costs == [("WO-B2", 0), ("WO-M2", 450), ("SO-2", 8_000)]
    assert impact.cost == 8_450
    assert [hit.order for hit in impact.demands] == [plant.demand("SO-2")]
    assert len(impact.work_orders) == 2


def test_an_order_s_own_lateness_reaches_those_who_wait_for_it() -> None:
    plant = plant_of(GEARBOXES)
    kits = clear_to_build(plant)
    same(hit_table(impact_of_order(kits, plant.work_order("WO-M2"))), "WO-M2 9 9 direct\nSO-2 8 8 -")


def test_a_supplier_s_new_date_before_it_is_planned_in() -> None:
    plant = plant_of(GEARBOXES)
    kits = clear_to_build(plant)
    po, stock = plant.supplies.code.index("PO-1"), 1
    later = impact_of_delay(kits, {po: 12})  # 17 January instead of the 15th
    same(
        hit_table(later),
        """
        WO-B2  11  11  direct
        WO-M2  11  11  -
        SO-2   10  10  -
        """,
    )
    assert impact_of_delay(kits, {po: 10}).hits == ()
    gone = impact_of_delay(kits, {stock: NEVER})
    same(
        hit_table(gone),
        """
        WO-B1  never  never  direct
        SO-1   never  never  -
        WO-M1  never  never  -
        """,
    )


def test_why_follows_the_bottleneck_to_the_root() -> None:
    plant = plant_of(GEARBOXES)
    kits = clear_to_build(plant)
    steps = why(kits, plant.demand("SO-2"))
    same(
        cause_table(kits, steps),
        """
        SO-2   MACHINE  order   WO-M2  01-21
        WO-M2  GEARBOX  order   WO-B2  01-17
        WO-B2  SHAFT    supply  PO-1   01-15
        """,
    )
    (holder,) = steps[2].holders
    assert (plant.orders.code[holder.order], holder.quantity) == ("WO-B1", 2_000_000)
    assert why(kits, plant.work_order("WO-B1")) == []


def test_why_names_what_nothing_covers_and_what_has_no_date() -> None:
    text = GEARBOXES.replace("PO-1   SHAFT  4         2026-01-15", "PO-1   SHAFT  3         -")
    plant = plant_of(text)
    kits = clear_to_build(plant)
    (step,) = why(kits, plant.work_order("WO-B2"))
    assert (step.cause, step.quantity, step.supply) == (Cause.NOT_COVERED, 4_000_000, -1)
    circle = plant_of("""
items
item  kind  lead_days
A     make  1
B     make  1

requirements
order  component  quantity
WO-A   B          1
WO-B   A          1

work_orders
order  item  quantity  start_date  due_date
WO-A   A     1         2026-01-07  2026-01-09
WO-B   B     1         2026-01-07  2026-01-09
""")
    assert [step.cause for step in why(clear_to_build(circle), 0)] == [Cause.CIRCLE, Cause.CIRCLE]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plants(), st.data())
def test_delays_are_carried_as_a_recursion_over_the_pegs_carries_them(plant: Plant, data: st.DataObject) -> None:
    kits = clear_to_build(plant)
    if not plant.supplies.code or kits.circular.any():
        return
    rows = st.integers(0, len(plant.supplies.code) - 1)
    delays = data.draw(st.dictionaries(rows, st.sampled_from([0, 2, 4, 9, NEVER]), max_size=3))
    delays = {s: d for s, d in delays.items() if plant.output_owner[s] < 0}

    @cache
    def supply_day(supply: int) -> int:
        owner = int(plant.output_owner[supply])
        if owner >= 0:
            return finish(owner)
        return max(delays.get(supply, 0), int(kits.supply_day[supply]))

    @cache
    def kit(order: int) -> int:
        latest = 0
        for line in plant.lines_of(order).tolist():
            latest = max(latest, int(kits.line_day[line]))
            for peg in kits.pegs_of(line):
                supply = int(kits.peg_supply[peg])
                late = supply_day(supply) - int(kits.supply_day[supply])
                latest = max(latest, min(int(kits.peg_day[peg]) + late, NEVER))
        return latest

    @cache
    def finish(order: int) -> int:
        if kit(order) >= NEVER:
            return NEVER
        return max(int(kits.finish_day[order]), kit(order) + int(plant.orders.duration_days[order]))

    expected = {
        order: finish(order)
        for order in range(len(plant.orders.code))
        if (kit(order), finish(order)) != (int(kits.kit_day[order]), int(kits.finish_day[order]))
    }
    found: dict[int, Hit] = {hit.order: hit for hit in impact_of_delay(kits, delays).hits}
    assert found.keys() == expected.keys()
    for order, hit in found.items():
        due = int(plant.orders.due_day[order])
        assert hit.days_late == (NEVER if expected[order] >= NEVER else max(0, expected[order] - due))

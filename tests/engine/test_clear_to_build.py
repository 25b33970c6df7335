"""Clear-to-build, rule by rule, on plants small enough to check by hand. As of Monday 5 January 2026."""

from __future__ import annotations

from qitao.engine.clear_to_build import Prepared, clear_to_build, contenders
from qitao.engine.kits import Hold
from tests.engine.tables import kit_table, peg_table, plant_of, same

TWO_ORDERS_ONE_SUPPLY = """
items
item   kind  lead_days
FRAME  make  2
BOLT   buy   10

bom
parent  component  quantity
FRAME   BOLT       4

stock
item  quantity
BOLT  8

purchase_orders
order  item  quantity  promised_date
PO-1   BOLT  8         2026-01-12

work_orders
order  item   quantity  start_date  due_date    priority
WO-1   FRAME  2         2026-01-07  2026-01-09  2
WO-2   FRAME  2         2026-01-07  2026-01-09  1
"""


def test_the_order_ranked_first_is_served_first() -> None:
    kits = clear_to_build(plant_of(TWO_ORDERS_ONE_SUPPLY))
    same(
        kit_table(kits),
        """
        WO-2  now   01-05  01-09  -     0
        WO-1  late  01-12  01-14  BOLT  8
        """,
    )
    (holder,) = contenders(kits, kits.plant.work_order("WO-1"))
    assert kits.plant.orders.code[holder.order] == "WO-2"
    assert (holder.quantity, holder.served_before, holder.slack_days) == (8_000_000, True, 0)


def test_own_warehouse_in_time_then_others_in_time_then_the_earliest() -> None:
    plant = plant_of("""
items
item   kind  lead_days
FRAME  make  2
BOLT   buy   10

bom
parent  component  quantity
FRAME   BOLT       10

stock
item  warehouse  quantity
BOLT  NORTH      3
BOLT  SOUTH      2

purchase_orders
order  item  warehouse  quantity  promised_date
PO-N   BOLT  NORTH      4         2026-01-12
PO-S   BOLT  SOUTH      5         2026-01-08

lanes
from_warehouse  to_warehouse  days
SOUTH           NORTH         2

work_orders
order  item   quantity  warehouse  start_date  due_date
WO-1   FRAME  1         NORTH      2026-01-07  2026-01-09
""")
    same(
        peg_table(clear_to_build(plant)),
        """
        WO-1  BOLT  NORTH  3  01-05
        WO-1  BOLT  SOUTH  2  01-07
        WO-1  BOLT  PO-S   5  01-10
        """,
    )


SUBSTITUTE = """
items
item    kind  lead_days
RADIO   make  2
RES-1K  buy   10
RES-1KB buy   10

bom
parent  component  quantity
RADIO   RES-1K     3

substitutes
component  substitute  parent  ratio  valid_from  valid_to
RES-1K     RES-1KB     {parent}  1.5    {valid_from}  -

stock
item     quantity
RES-1K   20
RES-1KB  {in_stock}

work_orders
order  item   quantity  start_date  due_date
WO-1   RADIO  9         2026-01-07  2026-01-09
"""


def substituted(*, parent: str = "-", valid_from: str = "-", in_stock: str = "41") -> str:
    plant = plant_of(SUBSTITUTE.format(parent=parent, valid_from=valid_from, in_stock=in_stock))
    return peg_table(clear_to_build(plant))


def test_a_substitute_covers_the_whole_line_by_its_ratio_rounded_up() -> None:
    same(substituted(), "WO-1  RES-1K  RES-1KB  40.5  01-05")


def test_a_substitute_that_cannot_cover_the_whole_line_is_left_alone() -> None:
    same(substituted(in_stock="40"), "WO-1  RES-1K  RES-1K  20  01-05")


def test_a_substitute_for_another_parent_or_a_later_day_is_not_approved() -> None:
    same(substituted(parent="RES-1KB"), "WO-1  RES-1K  RES-1K  20  01-05")
    same(substituted(valid_from="2026-01-08"), "WO-1  RES-1K  RES-1K  20  01-05")
    same(substituted(parent="RADIO", valid_from="2026-01-07"), "WO-1  RES-1K  RES-1KB  40.5  01-05")


def test_due_today_is_not_yet_in_hand() -> None:
    text = TWO_ORDERS_ONE_SUPPLY.replace("2026-01-12", "2026-01-05").replace("start_date", "start_date", 1)
    kits = clear_to_build(plant_of(text))
    same(
        kit_table(kits),
        """
        WO-2  now      01-05  01-09  -     0
        WO-1  on_date  01-06  01-09  BOLT  0
        """,
    )


def test_lateness_of_a_part_reaches_the_customer() -> None:
    """The gearbox waits for its shaft; the machine waits for the gearbox; the customer waits for the machine."""
    plant = plant_of("""
items
item     kind  lead_days
MACHINE  make  3
GEARBOX  make  2
SHAFT    buy   20

bom
parent   component  quantity
MACHINE  GEARBOX    1
GEARBOX  SHAFT      2

purchase_orders
order  item   quantity  promised_date
PO-1   SHAFT  2         2026-01-15

work_orders
order   item     quantity  start_date  due_date
WO-BOX  GEARBOX  1         2026-01-06  2026-01-08
WO-MAC  MACHINE  1         2026-01-08  2026-01-12

demands
demand  item     quantity  due_date
SO-1    MACHINE  1         2026-01-13
SO-2    MACHINE  1         2026-01-30
""")
    same(
        kit_table(clear_to_build(plant)),
        """
        WO-BOX  late   01-15  01-17  SHAFT    2
        WO-MAC  late   01-17  01-21  GEARBOX  1
        SO-1    late   01-21  01-21  MACHINE  1
        SO-2    never  never  never  MACHINE  1
        """,
    )


def test_nothing_known_covers_it_is_never_and_stays_never_upwards() -> None:
    text = TWO_ORDERS_ONE_SUPPLY.replace("2026-01-12", "-")
    plant = plant_of(text + "\ndemands\ndemand item quantity due_date\nSO-1 FRAME 4 2026-01-20\n")
    same(
        kit_table(clear_to_build(plant)),
        """
        WO-2  now    01-05  01-09  -      0
        WO-1  never  never  never  BOLT   8
        SO-1  never  never  never  FRAME  2
        """,
    )


def test_orders_that_wait_for_each_other_are_named_circular() -> None:
    plant = plant_of("""
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
    kits = clear_to_build(plant)
    assert kits.circular.tolist() == [True, True]
    same(kit_table(kits), "WO-A never never never B 1\nWO-B never never never A 1")


def test_holding_whole_kits_only_leaves_the_material_to_those_who_can_use_it() -> None:
    text = TWO_ORDERS_ONE_SUPPLY.replace("WO-2   FRAME  2 ", "WO-2   FRAME  5 ").replace(
        "PO-1   BOLT  8         2026-01-12", "PO-1   BOLT  8         -"
    )
    plant = plant_of(text)
    partial, whole = clear_to_build(plant), clear_to_build(plant, hold=Hold.WHOLE_KIT)
    assert kit_table(partial).split()[:2] == ["WO-2", "never"]
    assert [partial.state(order).word for order in (0, 1)] == ["never", "never"]
    assert [whole.state(order).word for order in (0, 1)] == ["now", "never"]
    assert whole.held.tolist() == [True, False]


def test_one_order_alone_and_one_item_again() -> None:
    plant = plant_of(TWO_ORDERS_ONE_SUPPLY)
    prepared = Prepared.of(plant)
    low = plant.work_order("WO-1")
    assert prepared.check_order(low).kit_day == 0
    bolt, stock = plant.item_index["BOLT"], 0
    fewer = {check.line: (check.day, check.short) for check in prepared.recheck_item(bolt, {stock: 4_000_000})}
    assert fewer == {
        int(plant.lines_of(plant.work_order("WO-2"))[0]): (7, 0),
        int(plant.lines_of(low)[0]): (1 << 22, 4_000_000),
    }


def test_stock_whose_record_is_doubted_counts_and_is_flagged() -> None:
    plant = plant_of(TWO_ORDERS_ONE_SUPPLY)
    plant.supplies.trusted[0] = False
    kits = clear_to_build(plant)
    assert kits.doubtful.tolist() == [False, True]
    assert kits.state(1).word == "now"
    strict = clear_to_build(plant, trusted_only=True)
    assert [strict.state(order).word for order in (0, 1)] == ["never", "late"]

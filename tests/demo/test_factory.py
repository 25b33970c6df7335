"""The generated factory holds together: sizes, references, BOMs, sums, and the same factory on every day."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from functools import cache

import pytest

from qitao.demo import generate
from qitao.demo.companies import CUSTOMERS, SUPPLIERS
from qitao.demo.days import PlantDays
from qitao.demo.people import PEOPLE
from qitao.exchange.checks import check
from qitao.exchange.dataset import Dataset, Item
from qitao.exchange.report import ImportReport
from tests.demo.sweep import components, sweep

SUNDAY = date(2026, 11, 22)
BEFORE_SPRING_FESTIVAL = date(2027, 1, 29)

REAL_COMPANIES = """
    anker baseus ugreen huawei xiaomi apple samsung foxconn murata yageo tdk vishay texas infineon onsemi stm nxp rohm
    panasonic rubycon nichicon molex jst meanwell delta ikea philips bosch makita
    华为 小米 安克 倍思 绿联 公牛 富士康 比亚迪 立创 村田 国巨 风华 顺络 三星 美的 格力 海尔 苏泊尔 九阳
    智融 英集芯 杰华特 明纬 欧普 雷士
"""


@pytest.fixture(scope="module")
def factory() -> Dataset:
    return generate(as_of=SUNDAY)


@pytest.fixture(scope="module")
def items(factory: Dataset) -> dict[str, Item]:
    return {item.code: item for item in factory.items}


def test_it_is_generated_in_under_three_seconds() -> None:
    started = time.process_time()
    generate(as_of=SUNDAY)
    assert time.process_time() - started < 3


def test_the_importer_finds_nothing_to_object_to(factory: Dataset) -> None:
    report = ImportReport(source="demo")
    check(factory, report)
    report.refuse()


def test_the_factory_has_the_size_it_says(factory: Dataset) -> None:
    finished = [item for item in factory.items if item.code.startswith("FG-")]
    stores = [row for row in factory.warehouses if row.kind == "store"]
    assert 1400 <= len(factory.items) <= 1600
    assert len(finished) == 80
    assert len(stores) == 3
    assert len({row.warehouse for row in factory.locations} - {row.code for row in stores}) == 3  # line-side stores
    assert len(factory.work_centers) == 8
    assert len(factory.work_orders) == 150
    assert {row.work_center for row in factory.work_orders} == {row.code for row in factory.work_centers}
    assert len(factory.purchase_lines) == 400
    assert len(factory.sales_lines) == 120
    assert len(factory.suppliers) == 45
    assert len(factory.customers) == 25
    assert len(factory.delivery_records) == 6000
    assert 9 <= len(PEOPLE) <= 10


def test_everyone_in_the_plant_can_sign_in() -> None:
    roles = {"picker", "line_leader", "planner", "buyer", "warehouse_manager", "manager", "administrator"}
    assert {person.role for person in PEOPLE} == roles
    assert {person.language for person in PEOPLE} == {"zh-hans", "zh-hant", "en"}


def test_every_warehouse_has_bins_receiving_and_quarantine(factory: Dataset) -> None:
    kinds = defaultdict(set)
    for place in factory.locations:
        kinds[place.warehouse].add(place.kind)
    for row in factory.warehouses:
        assert kinds[row.code] >= ({"bin", "receiving", "quarantine"} if row.kind == "store" else {"bin"})
    routes = Counter((place.warehouse, place.route) for place in factory.locations)
    assert max(routes.values()) == 1


def test_boms_have_three_to_five_levels(factory: Dataset) -> None:
    below = defaultdict(list)
    for line in factory.bom_lines:
        below[line.parent].append(line.component)

    @cache
    def levels(code: str) -> int:
        return 1 + max(map(levels, below[code]), default=0)

    depth = Counter(levels(item.code) for item in factory.items if item.code.startswith("FG-"))
    assert set(depth) == {3, 4, 5}


def test_every_place_on_a_board_is_named_once(factory: Dataset) -> None:
    for parent in {line.parent for line in factory.bom_lines if line.parent.startswith("SM-")}:
        lines = [line for line in factory.bom_lines if line.parent == parent and line.designators]
        places = [place for line in lines for place in line.designators.split(", ")]
        assert len(places) == len(set(places))
        assert sum(line.quantity for line in lines) == len(places)


def test_small_parts_are_shared_between_products(factory: Dataset) -> None:
    users = defaultdict(set)
    for line in factory.bom_lines:
        users[line.component].add(line.parent)
    assert sum(len(parents) >= 5 for parents in users.values()) > 100


def test_prices_are_in_true_proportion(items: dict[str, Item]) -> None:
    assert items["RC0402-10K-1%"].unit_cost == Decimal("0.0040")
    assert items["YHC32F103CB"].unit_cost == Decimal(6)
    assert 65 <= items["FG-GC065A-CN-W"].unit_cost <= 70
    assert items["FG-GC065A-CN-W"].pack_quantity == 0
    assert items["CC0603-100N-50V-X7R"].pack_quantity == 4000
    assert items["YHC32F103CB"].msl == "3"


def test_a_made_item_costs_more_than_what_is_in_it(factory: Dataset, items: dict[str, Item]) -> None:
    material: dict[str, Decimal] = defaultdict(Decimal)
    for line in factory.bom_lines:
        material[line.parent] += items[line.component].unit_cost * line.quantity * (1 + line.scrap_percent / 100)
    for parent, cost in material.items():
        share = items[parent].unit_cost / cost
        assert Decimal(1) <= share + Decimal("0.0001") < 3, parent


def test_the_year_turns_over_a_few_hundred_million(factory: Dataset, items: dict[str, Item]) -> None:
    prices = {(row.order, row.line): row.price for row in factory.sales_lines}
    sold = sum(
        row.quantity * prices.get((row.sales_order, row.sales_line), items[row.item].unit_cost)
        for row in factory.work_orders
        if row.item.startswith("FG-")
    )
    year = sold / 29 * 250
    assert 200_000_000 < year < 400_000_000
    held = sum(row.quantity * (row.unit_cost or 0) for row in factory.stock if not row.owner)
    assert 8 < year / held < 20


def test_requirements_are_the_bom_in_whole_units(factory: Dataset, items: dict[str, Item]) -> None:
    orders = {row.code: row for row in factory.work_orders}
    decimals = {unit.code: unit.decimals for unit in factory.units}
    needed = {code: components(factory, order.item) for code, order in orders.items()}
    assert {row.order for row in factory.requirements} == set(orders)
    for row in factory.requirements:
        exact = sum(each for component, each, _ in needed[row.order] if component == row.component)
        step = Decimal(1).scaleb(-decimals[items[row.component].unit])
        assert row.quantity == (exact * orders[row.order].quantity).quantize(step, rounding=ROUND_UP)
        started = orders[row.order].status == "started"
        assert row.issued == (row.quantity if started and not row.consumable else 0)


def test_work_orders_feed_their_parents_in_time(factory: Dataset) -> None:
    orders = {row.code: row for row in factory.work_orders}
    made = {(line.parent, line.component) for line in factory.bom_lines}
    for row in orders.values():
        if row.parent in orders:
            parent = orders[row.parent]
            assert (parent.item, row.item) in made
            assert row.start_on < parent.start_on
            assert row.due_on <= parent.start_on or row.status == "started"
    assert sorted(row.rank for row in orders.values()) == list(range(1, 151))


def test_work_orders_start_over_the_coming_weeks(factory: Dataset) -> None:
    days = PlantDays(SUNDAY)
    offsets = [days.offset(row.start_on) for row in factory.work_orders]
    assert (min(offsets), max(offsets)) == (-3, 24)
    for row in factory.work_orders:
        offset = days.offset(row.start_on)
        assert row.status == ("started" if offset <= 0 else "released" if offset <= 2 else "firm")


def test_most_work_orders_can_be_built_and_some_cannot(factory: Dataset) -> None:
    days = PlantDays(SUNDAY)
    states = sweep(factory)
    week = Counter(states[row.code] for row in factory.work_orders if 1 <= days.offset(row.start_on) <= 5)
    every = Counter(states.values())
    good = (week["now"] + week["on_date"]) / week.total()
    assert 0.70 <= good <= 0.82
    assert 0.10 <= week["late"] / week.total() <= 0.25
    assert 0.12 <= every["late"] / every.total() <= 0.22
    assert 1 <= every["never"] <= 6


def test_finished_goods_work_orders_have_a_customer_behind_them(factory: Dataset) -> None:
    lines = {(row.order, row.line): row for row in factory.sales_lines}
    finished = [row for row in factory.work_orders if row.item.startswith("FG-")]
    linked = [row for row in finished if row.sales_order]
    assert len(linked) >= 0.85 * len(finished)
    for row in linked:
        line = lines[row.sales_order, row.sales_line]
        assert (line.item, line.quantity) == (row.item, row.quantity)
        assert line.due_on > row.due_on
    assert sum(line.penalty_per_day > 0 for line in lines.values()) >= 20


def test_purchases_are_promised_repromised_and_overdue(factory: Dataset) -> None:
    in_force = [row.repromised_on or row.promised_on for row in factory.purchase_lines]
    assert sum(row.repromised_on is not None for row in factory.purchase_lines) >= 50
    assert sum(day < SUNDAY for day in in_force) >= 10
    assert any(row.received for row in factory.purchase_lines)
    parts = Counter((row.order, row.line) for row in factory.purchase_lines)
    assert sum(count > 1 for count in parts.values()) >= 3  # delivery schedules
    assert all(0 <= row.received < row.quantity for row in factory.purchase_lines)
    ordered = {row.code: row.ordered_on for row in factory.purchase_orders}
    assert all(ordered[row.order] <= SUNDAY and ordered[row.order] < row.promised_on for row in factory.purchase_lines)


def test_suppliers_are_late_each_in_its_own_way(factory: Dataset) -> None:
    lateness = defaultdict(list)
    for row in factory.delivery_records:
        lateness[row.supplier].append((row.actual_on - row.promised_on).days)
    middle = {code: sorted(days)[len(days) // 2] for code, days in lateness.items()}
    assert set(middle) == {row.code for row in factory.suppliers}
    assert middle["V118"] >= 3  # promises early, delivers a week later
    assert middle["V121"] <= 0
    assert all(SUNDAY - timedelta(750) < row.actual_on < SUNDAY for row in factory.delivery_records)
    assert any(row.rejected for row in factory.delivery_records)


def test_stock_has_lots_states_owners_and_dates(factory: Dataset, items: dict[str, Item]) -> None:
    assert all(row.quantity > 0 for row in factory.stock)
    assert all(bool(row.lot) == (items[row.item].tracking == "lot") for row in factory.stock)
    assert {row.status for row in factory.stock} == {"ok", "quarantine", "rejected", "damaged"}
    assert {row.owner for row in factory.stock} == {"", "C201"}
    expired = [row for row in factory.stock if row.expires_on and row.expires_on < SUNDAY]
    assert expired
    assert all(items[row.item].category == "CHEM" for row in expired)
    places = Counter((row.item, row.warehouse, row.location, row.lot, row.status, row.owner) for row in factory.stock)
    assert max(places.values()) == 1
    blocked = [row for row in factory.stock if row.location == "QA-HOLD"]
    assert all(row.status != "ok" for row in blocked)


def test_substitutes_are_approved_or_not_and_some_for_one_parent_only(factory: Dataset) -> None:
    assert {row.approved for row in factory.substitutes} == {True, False}
    assert any(row.parent for row in factory.substitutes)
    assert any(row.ratio != 1 for row in factory.substitutes)
    uses = {(line.parent, line.component) for line in factory.bom_lines}
    assert all((row.parent, row.component) in uses for row in factory.substitutes if row.parent)


def test_no_company_is_a_real_one() -> None:
    for row in (*SUPPLIERS, *CUSTOMERS):
        names = f"{row.name} {row.name_en}".lower()
        assert not [
            real for real in REAL_COMPANIES.split() if re.search(rf"\b{real}\b" if real.isascii() else real, names)
        ]


@pytest.mark.parametrize("other", [date(2026, 11, 20), BEFORE_SPRING_FESTIVAL, date(2028, 2, 29), date(2025, 4, 30)])
def test_it_is_the_same_factory_on_every_day(factory: Dataset, other: date) -> None:
    assert _undated(generate(as_of=other)) == _undated(factory)


def test_another_seed_is_another_factory(factory: Dataset) -> None:
    other = generate(7, as_of=SUNDAY)
    assert _undated(other) != _undated(factory)
    assert len(other.work_orders) == 150


def test_working_days_go_round_the_spring_festival() -> None:
    days = PlantDays(date(2027, 2, 4))
    assert days.day(1) == date(2027, 2, 15)
    assert days.offset(date(2027, 2, 15)) == 1
    assert days.day(-1) == date(2027, 2, 3)


def _undated(dataset: Dataset) -> dict[str, object]:
    """Return the dataset with every date written as a count of working days from its day."""
    days = PlantDays(dataset.as_of)
    tables = asdict(dataset)
    del tables["as_of"], tables["calendar_days"]

    def plain(value: object) -> object:
        return days.offset(value) if isinstance(value, date) else value

    return {
        name: [{key: plain(value) for key, value in row.items()} for row in rows] if isinstance(rows, list) else rows
        for name, rows in tables.items()
    }

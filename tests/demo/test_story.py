"""Tomorrow's shift: each of its shortages is really in the data, and its way out is really there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from qitao.demo import SEED, generate, story
from qitao.demo.days import PlantDays
from qitao.exchange.dataset import Dataset, Source, WorkOrder
from tests.demo.sweep import expected_on, plan, sweep, usable

ZERO = Decimal(0)
KINDS = ["wrong_record", "reserved", "late_supplier", "rejected_lot", "other_warehouse", "substitute"]


class Shift:
    """The factory on the evening before, asked about one line of the story."""

    def __init__(self, as_of: date) -> None:
        self.data = generate(as_of=as_of)
        self.days = PlantDays(as_of)
        self.tomorrow = self.days.day(1)
        self.orders = {row.code: row for row in self.data.work_orders}
        self.lines = {line.kind: line for line in story.STORY}

    def order(self, kind: str) -> WorkOrder:
        return self.orders[self.lines[kind].work_order]

    def component(self, kind: str) -> str:
        return self.lines[kind].component

    def needed(self, kind: str, order: str = "") -> Decimal:
        mark = (order or self.order(kind).code, self.component(kind))
        return sum((row.quantity for row in self.data.requirements if (row.order, row.component) == mark), ZERO)

    def here(self, kind: str) -> Decimal:
        return usable(self.data, self.component(kind), self.order(kind).warehouse)

    def arrivals(self, kind: str) -> list[tuple[date, Decimal]]:
        return expected_on(self.data, self.component(kind))

    def sources(self, kind: str) -> list[Source]:
        return [row for row in self.data.sources if row.item == self.component(kind) and row.approved]


@pytest.fixture(scope="module", params=[date(2026, 11, 20), date(2026, 11, 22), date(2027, 1, 29)], ids=str)
def shift(request: pytest.FixtureRequest) -> Shift:
    return Shift(request.param)


def test_there_is_one_shortage_of_each_kind(shift: Shift) -> None:
    assert [line.kind for line in story.STORY] == KINDS
    assert {line.way_out for line in story.STORY} == {"recount", "borrow", "expedite", "buy", "transfer", "substitute"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_work_order_is_released_for_tomorrow_and_a_customer_waits(shift: Shift, kind: str) -> None:
    order = shift.order(kind)
    assert order.start_on == shift.tomorrow
    assert order.status == "released"
    assert shift.needed(kind) > 0
    top = order
    while top.parent:
        top = shift.orders[top.parent]
    assert top.sales_order


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_else_is_short_on_it(shift: Shift, kind: str) -> None:
    """Each other component is in its own warehouse, for it and for all that rank before it."""
    order = shift.order(kind)
    before = {row.code for row in shift.data.work_orders if row.rank <= order.rank and row.status != "started"}
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for row in shift.data.requirements:
        if row.order in before and not row.consumable and shift.orders[row.order].warehouse == order.warehouse:
            wanted[row.component] += row.quantity
    own = [row.component for row in shift.data.requirements if row.order == order.code and not row.consumable]
    held = {row.item: row.quantity for row in shift.data.reservations if row.order not in before}
    short = [item for item in own if usable(shift.data, item, order.warehouse) - held.get(item, ZERO) < wanted[item]]
    assert short == ([] if kind == "wrong_record" else [shift.component(kind)])


def test_wrong_record_the_bin_is_empty_and_the_reels_are_one_level_higher(shift: Shift) -> None:
    item, needed = shift.component("wrong_record"), shift.needed("wrong_record")
    truth = {(row.warehouse, row.location): row for row in story.RECORD_ERRORS if row.item == item}
    empty, full = truth["RM01", "A-03-2"], truth["RM01", "A-03-3"]
    records = [row for row in shift.data.stock if row.item == item and row.status == "ok"]
    recorded = {row.location: row.quantity for row in records}
    assert sum(recorded.values()) >= needed
    assert recorded["A-03-2"] == empty.recorded
    assert empty.physical == 0
    assert sum(recorded.values()) - empty.recorded < needed
    assert "A-03-3" not in recorded
    assert full.physical == empty.recorded
    assert not [row for row in shift.data.stock if row.location == "A-03-3" and row.warehouse == "RM01"]


def test_reserved_a_later_work_order_holds_it_and_is_paid_back_in_time(shift: Shift) -> None:
    code, item, quantity, warehouse, location, lot = story.ALLOCATION
    later = shift.orders[code]
    needed = shift.needed("reserved")
    held = [row for row in shift.data.reservations if row.item == item]
    assert [(row.order, row.quantity) for row in held] == [(code, quantity)]
    assert shift.needed("reserved", code) == quantity
    assert later.rank > shift.order("reserved").rank
    assert usable(shift.data, item, warehouse) - quantity < needed <= usable(shift.data, item, warehouse)
    bins = {(row.location, row.lot): row.quantity for row in shift.data.stock if row.item == item}
    assert bins[location, lot] == quantity
    in_time = sum(amount for day, amount in shift.arrivals("reserved") if day <= later.start_on)
    both = needed + quantity
    assert usable(shift.data, item) + in_time >= both


def test_late_supplier_the_promise_has_passed(shift: Shift) -> None:
    line = next(row for row in shift.data.purchase_lines if row.item == shift.component("late_supplier"))
    assert line.promised_on < shift.data.as_of
    assert line.repromised_on > shift.order("late_supplier").start_on
    assert shift.here("late_supplier") < shift.needed("late_supplier")
    assert shift.here("late_supplier") + line.quantity - line.received >= shift.needed("late_supplier")


WEEK = [date(2026, 11, 20) + timedelta(days) for days in range(7)]
HOLIDAYS = [date(2026, 9, 28), date(2026, 12, 30), date(2027, 2, 1), date(2027, 4, 29)]


@pytest.mark.parametrize("as_of", [*WEEK, *HOLIDAYS], ids=str)
def test_late_supplier_the_customer_pays_more_for_the_wait_than_haste_costs(as_of: date) -> None:
    """The delay goes from the board through everything that waits for it, whatever weekends lie between."""
    shift = Shift(as_of)
    item = shift.component("late_supplier")
    first = min(shift.sources("late_supplier"), key=lambda row: row.priority)
    assert first.expedite_days is not None
    hurried = as_of + timedelta(first.expedite_days)
    lines = [replace(row, repromised_on=hurried) if row.item == item else row for row in shift.data.purchase_lines]
    assert _penalty(shift, replace(shift.data, purchase_lines=lines)) == 0
    assert first.expedite_cost < _penalty(shift, shift.data)


def _penalty(shift: Shift, data: Dataset) -> Decimal:
    """Return what the customer at the top of the late supplier's chain may ask for."""
    top = shift.order("late_supplier")
    while top.parent:
        top = shift.orders[top.parent]
    sold = next(row for row in data.sales_lines if (row.order, row.line) == (top.sales_order, top.sales_line))
    days = (plan(data)[top.code].done - sold.due_on).days
    return max(days, 0) * sold.penalty_per_day


def test_rejected_lot_it_lies_in_quarantine_and_another_supplier_is_quick(shift: Shift) -> None:
    rows = [row for row in shift.data.stock if row.item == shift.component("rejected_lot")]
    rejected = [row for row in rows if row.status == "rejected"]
    needed = shift.needed("rejected_lot")
    assert [row.location for row in rejected] == ["QA-HOLD"]
    assert shift.here("rejected_lot") < needed
    assert shift.here("rejected_lot") + rejected[0].quantity >= needed
    soonest = min(day for day, _ in shift.arrivals("rejected_lot"))
    other = min(shift.sources("rejected_lot"), key=lambda row: row.lead_days)
    assert other.supplier != rejected[0].supplier
    assert shift.data.as_of + timedelta(other.lead_days) < soonest


def test_other_warehouse_the_second_plant_has_enough_and_nobody_there_needs_it(shift: Shift) -> None:
    item, needed = shift.component("other_warehouse"), shift.needed("other_warehouse")
    assert shift.here("other_warehouse") < needed
    assert usable(shift.data, item, "HZ01") >= needed
    way = next(row for row in shift.data.lanes if (row.from_warehouse, row.to_warehouse) == ("HZ01", "FG01"))
    assert shift.data.as_of + timedelta(way.days) <= shift.tomorrow
    assert min(day for day, _ in shift.arrivals("other_warehouse")) > shift.tomorrow
    assert not [row for row in shift.data.work_orders if row.warehouse == "HZ01"]


def test_substitute_only_the_approved_one_covers_in_time(shift: Shift) -> None:
    item, needed = shift.component("substitute"), shift.needed("substitute")
    assert usable(shift.data, item) < needed
    assert min(day for day, _ in shift.arrivals("substitute")) > shift.tomorrow
    groups = [row for row in shift.data.substitutes if row.component == item]
    approved = [row for row in groups if row.approved]
    assert len(approved) == 1
    assert usable(shift.data, approved[0].substitute, "RM01") >= needed * approved[0].ratio
    tempting = [row for row in groups if not row.approved]
    assert all(usable(shift.data, row.substitute, "RM01") >= needed for row in tempting)


def test_a_plan_sees_half_of_it_coming(shift: Shift) -> None:
    states = sweep(shift.data)
    seen = {line.kind for line in story.STORY if states[line.work_order] == "late"}
    assert seen == {"reserved", "late_supplier", "rejected_lot"}


def test_the_truth_differs_from_the_records_it_names(shift: Shift) -> None:
    wrong = story.wrong_records(shift.data, seed=SEED)
    assert len(wrong) == 28
    assert wrong[:2] == list(story.RECORD_ERRORS)
    recorded = {(row.item, row.warehouse, row.location, row.lot): row.quantity for row in shift.data.stock}
    for row in wrong:
        assert recorded.get((row.item, row.warehouse, row.location, row.lot), ZERO) == row.recorded
        assert row.physical != row.recorded
        assert row.physical >= 0
    assert len({(row.item, row.warehouse, row.location, row.lot) for row in wrong}) == len(wrong)


def test_the_truth_is_the_same_on_every_day() -> None:
    one, other = (generate(as_of=day) for day in (date(2026, 11, 20), date(2027, 1, 29)))
    assert story.wrong_records(one, seed=SEED) == story.wrong_records(other, seed=SEED)


def test_story_platforms_have_no_other_work_orders() -> None:
    data: Dataset = generate(as_of=date(2026, 11, 20))
    numbers = {f"MO{chain.number}" for chain in story.CHAINS}
    for row in data.work_orders:
        if row.item[3:9] in story.PLATFORMS:
            assert row.code.partition("-")[0] in numbers

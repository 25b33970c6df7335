"""The kernel's few words, held to what they promise."""

from __future__ import annotations

import doctest
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qitao.kernel import calendar, quantity
from qitao.kernel.calendar import WorkingDays
from qitao.kernel.lifecycle import Lifecycle
from qitao.picking.models import PICK_LIST
from qitao.production.models import WORK_ORDER
from qitao.shortages.models import CASE
from qitao.stock.models import COUNT, TRANSFER

quantities = st.integers(-(10**17), 10**17).map(quantity.from_micro)
steps = st.integers(1, 10**9).map(quantity.from_micro)


@pytest.mark.parametrize("module", [quantity, calendar])
def test_the_examples_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@given(quantities)
def test_millionths_and_back_is_the_same(value: Decimal) -> None:
    assert quantity.from_micro(quantity.to_micro(value)) == value


@given(quantities)
def test_what_is_shown_can_be_read_back(value: Decimal) -> None:
    shown = quantity.plain(value)
    assert Decimal(shown) == value
    assert "E" not in shown


@pytest.mark.parametrize("value", ["0.0000001", "NaN", "Infinity", "1e13"])
def test_what_is_no_quantity_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=value[:3]):
        quantity.exact(value)


@given(quantities, steps)
def test_rounding_up_is_the_least_multiple_that_is_enough(value: Decimal, step: Decimal) -> None:
    up = quantity.round_up(value, step=step)
    assert value <= up < value + step
    assert up % step == 0


@given(quantities, steps)
def test_rounding_down_is_the_largest_multiple_that_fits(value: Decimal, step: Decimal) -> None:
    down = quantity.round_down(value, step=step)
    assert value - step < down <= value
    assert down % step == 0


WEEK = WorkingDays(closed={date(2026, 10, day) for day in range(1, 8)}, opened={date(2026, 10, 10)})


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the holiday week
        (date(2026, 10, 9), 1, date(2026, 10, 10)),  # onto the worked Saturday
        (date(2026, 10, 12), -1, date(2026, 10, 10)),
        (date(2026, 10, 3), 0, date(2026, 10, 8)),  # a closed day becomes the next working day
    ],
)
def test_working_days_know_holidays_and_worked_weekends(start: date, days: int, end: date) -> None:
    assert WEEK.shift(start, days) == end


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60))
def test_there_and_back_is_the_same_working_day(start: date, days: int) -> None:
    plain = WorkingDays()
    first = plain.next(start)
    assert plain.shift(plain.shift(first, days), -days) == first


@pytest.mark.parametrize("lifecycle", [PICK_LIST, WORK_ORDER, CASE, COUNT, TRANSFER])
def test_every_state_of_a_lifecycle_can_be_reached(lifecycle: Lifecycle) -> None:
    reached = {lifecycle.states[0]}
    for _ in lifecycle.states:
        reached |= {target for sources, target in lifecycle.verbs.values() if reached & set(sources)}
    assert reached == set(lifecycle.states)

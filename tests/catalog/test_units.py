"""Quantities in other units: exact there and back, or refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qitao.catalog.models import Conversion, Item, Unit
from qitao.catalog.units import NoSuchUnit, NotExact, from_stock_unit, to_stock_unit, units_of
from tests import small_plant

pytestmark = pytest.mark.django_db
ROUNDS = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
FACTOR = st.decimals("0.000001", "999999", places=6).filter(bool)
AMOUNT = st.decimals(0, 99999, places=6)


@pytest.fixture
def item() -> Item:
    found = small_plant.build().items["PAINT"]
    unit = found.unit
    unit.decimals = 6
    unit.save()
    return found


def measured(item: Item, numerator: Decimal | int, denominator: Decimal | int = 1) -> None:
    unit, _ = Unit.objects.get_or_create(code="drum", defaults={"name": "桶"})
    Conversion.objects.update_or_create(
        item=item, unit=unit, defaults={"numerator": numerator, "denominator": denominator}
    )


@ROUNDS
@given(numerator=FACTOR, denominator=FACTOR, quantity=AMOUNT)
def test_what_is_exact_comes_back_as_it_went(
    item: Item, numerator: Decimal, denominator: Decimal, quantity: Decimal
) -> None:
    measured(item, numerator, denominator)
    true = Fraction(quantity) * Fraction(numerator) / Fraction(denominator)
    try:
        stock = to_stock_unit(item, quantity, "drum")
    except NotExact:
        assert (true * 10**6).denominator != 1 or true > 10**12 - 1
    else:
        assert Fraction(stock) == true
        assert from_stock_unit(item, stock, "drum") == quantity


@ROUNDS
@given(numerator=st.integers(1, 10**6), quantity=st.integers(0, 10**5))
def test_whole_packs_are_always_exact(item: Item, numerator: int, quantity: int) -> None:
    measured(item, numerator)
    assert to_stock_unit(item, Decimal(quantity), "drum") == numerator * quantity


def test_thirds_are_refused_and_not_rounded(item: Item) -> None:
    measured(item, 10, 3)
    assert to_stock_unit(item, Decimal(3), "drum") == 10
    with pytest.raises(NotExact):
        to_stock_unit(item, Decimal(1), "drum")


def test_half_a_piece_is_no_quantity() -> None:
    item = small_plant.build().items["BOLT"]
    measured(item, Decimal("0.5"))
    assert to_stock_unit(item, Decimal(4), "drum") == 2
    with pytest.raises(NotExact):
        to_stock_unit(item, Decimal(3), "drum")


def test_a_unit_is_known_by_code_or_name_or_refused_with_those_that_are(item: Item) -> None:
    measured(item, 20)
    assert units_of(item) == ["kg", "drum"]
    assert to_stock_unit(item, Decimal(2), "DRUM") == to_stock_unit(item, Decimal(2), "桶") == 40
    assert to_stock_unit(item, Decimal(2), "KG") == to_stock_unit(item, Decimal(2)) == 2
    with pytest.raises(NoSuchUnit) as refusal:
        to_stock_unit(item, Decimal(1), "barrel")
    assert refusal.value.facts["known"] == "kg, drum"

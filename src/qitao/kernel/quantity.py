"""Quantities: exact decimals of six places in the item's stock unit; int64 millionths in the engine."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

MICRO = 1_000_000
PLACES = Decimal("0.000001")
ZERO = Decimal(0)
LARGEST = Decimal("999999999999.999999")


def exact(value: Decimal | int | str) -> Decimal:
    """Return `value` as a quantity of at most six places.

    Raises ValueError where that would lose digits, where it is not finite, or not below 10¹².

    >>> exact("1.50")
    Decimal('1.500000')
    """
    number = Decimal(value)
    if not number.is_finite() or abs(number) > LARGEST:
        raise ValueError(f"not a quantity: {value}")
    placed = number.quantize(PLACES)
    if placed != number:
        raise ValueError(f"more than six decimal places: {value}")
    return placed


def to_micro(quantity: Decimal) -> int:
    """Return millionths of the stock unit; raises ValueError where the quantity has more than six places.

    >>> to_micro(Decimal("2.5"))
    2500000
    """
    return int(exact(quantity) * MICRO)


def from_micro(micro: int) -> Decimal:
    """Return the quantity of `micro` millionths.

    >>> from_micro(2500000)
    Decimal('2.500000')
    """
    return (Decimal(int(micro)) / MICRO).quantize(PLACES)


def round_up(value: Decimal, *, step: Decimal = PLACES) -> Decimal:
    """Return the smallest multiple of `step` that is not below `value`.

    >>> round_up(Decimal("10.2"), step=Decimal(5))
    Decimal('15')
    """
    return (value / step).to_integral_value(ROUND_CEILING) * step


def round_down(value: Decimal, *, step: Decimal = PLACES) -> Decimal:
    """Return the largest multiple of `step` that is not above `value`."""
    return (value / step).to_integral_value(ROUND_FLOOR) * step


def required(per_unit: Decimal, *, units: Decimal, scrap_percent: Decimal = ZERO, step: Decimal = PLACES) -> Decimal:
    """Return what building `units` needs of a component, scrap allowance on top, rounded up to whole `step`s.

    >>> required(Decimal(2), units=Decimal(100), scrap_percent=Decimal("1.7"), step=Decimal(1))
    Decimal('204')
    """
    return round_up(per_unit * units * (100 + scrap_percent) / 100, step=step)


def half_up(value: Decimal, *, places: Decimal = PLACES) -> Decimal:
    """Return `value` rounded to `places`, halves away from zero."""
    return value.quantize(places, rounding=ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """Return the shortest exact writing, never with an exponent.

    >>> plain(Decimal("1200.500000"))
    '1200.5'
    """
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if text not in ("-0", "") else "0"

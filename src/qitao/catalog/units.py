"""Quantities in an item's other units – reels, trays, thousands – turned exactly into its stock unit, and back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from qitao.catalog.models import Conversion, Item, Unit
from qitao.kernel.quantity import LARGEST, MICRO, exact, plain
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class NoSuchUnit(Refusal):
    reason = gettext_noop("{item} is not measured in “{unit}”.")
    remedy = gettext_noop("Its units are {known}.")
    status = 422


class NotExact(Refusal):
    reason = gettext_noop("{quantity} {unit} of {item} are no exact quantity in {stock_unit}.")
    remedy = gettext_noop("Enter it in {stock_unit}.")
    status = 422


def units_of(item: Item) -> list[str]:
    """Return the codes of the units an item is measured in, its stock unit first."""
    others = Conversion.objects.filter(item=item).order_by("unit__code").values_list("unit__code", flat=True)
    return list(dict.fromkeys((item.unit.code, *others)))


def to_stock_unit(item: Item, quantity: Decimal, unit: str = "") -> Decimal:
    """Return `quantity` of `unit` in the item's stock unit, exactly.

    What the stock unit cannot show – half a piece – is not exact either. Refuses: NoSuchUnit, NotExact.
    """
    if unit in ("", item.unit.code):
        return exact(quantity)
    found = _conversion(item, unit)
    value = Fraction(quantity) * _factor(found)
    if value % Fraction(item.unit.smallest):
        raise NotExact(quantity=plain(quantity), unit=found.unit.code, item=item.code, stock_unit=item.unit.code)
    return _decimal(value, item=item, quantity=quantity, unit=found.unit.code, into=item.unit.code)


def from_stock_unit(item: Item, quantity: Decimal, unit: str) -> Decimal:
    """Return a quantity of the stock unit in `unit`, exactly. Refuses: NoSuchUnit, NotExact."""
    if unit in ("", item.unit.code):
        return exact(quantity)
    found = _conversion(item, unit)
    value = Fraction(quantity) / _factor(found)
    return _decimal(value, item=item, quantity=quantity, unit=item.unit.code, into=found.unit.code)


def _conversion(item: Item, unit: str) -> Conversion:
    rows = Conversion.objects.filter(item=item).select_related("unit")
    found = rows.filter(unit__code=unit).first() or rows.filter(unit__code__iexact=unit).first()
    if found is not None:
        return found
    if unit.casefold() == item.unit.code.casefold():
        return Conversion(item=item, unit=item.unit, numerator=Decimal(1), denominator=Decimal(1))
    named = Unit.objects.filter(name=unit).values_list("code", flat=True).first()
    if named is not None and named != unit and named in units_of(item):
        return _conversion(item, named)
    raise NoSuchUnit(item=item.code, unit=unit, known=", ".join(units_of(item)))


def _factor(found: Conversion) -> Fraction:
    return Fraction(found.numerator) / Fraction(found.denominator)


def _decimal(value: Fraction, *, item: Item, quantity: Decimal, unit: str, into: str) -> Decimal:
    """Return a fraction as a quantity of six places. Refuses: NotExact."""
    micro = value * MICRO
    if micro.denominator != 1 or abs(value) > Fraction(LARGEST):
        raise NotExact(quantity=plain(quantity), unit=unit, item=item.code, stock_unit=into)
    return Decimal(micro.numerator).scaleb(-6)

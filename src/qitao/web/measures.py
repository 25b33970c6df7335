"""Quantities as people enter them: a number in the stock unit, or in another unit of the item – “3 reel”."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from qitao.catalog.models import Item
from qitao.catalog.units import to_stock_unit
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.web.reading import Reading

AMOUNT = re.compile(r"([-+.,'’_\d\s]+)(\D.*)?")


def quantity_of(fields: Reading, name: str, *, title: str, item: Item) -> Decimal:
    """Return what was entered in the field `name`, in the item's stock unit.

    The unit stands behind the number or is chosen in the field `unit-…` beside it; without one it is the stock unit.
    Refuses: NoSuchUnit, NotExact, BadValue.
    """
    text = unicodedata.normalize("NFKC", fields.text(name, title=title, required=True))
    found = AMOUNT.fullmatch(text)
    if found is None:
        raise BadValue(field=title, problem=gettext_noop("is not a number"))
    number, written = found[1], (found[2] or "").strip()
    chosen = fields.text(f"unit-{name}", title=title, longest=20)
    value = Reading({name: number}).quantity(name, title=title)
    return to_stock_unit(item, value, written or chosen)


def positive_of(fields: Reading, name: str, *, title: str, item: Item) -> Decimal:
    """Return what was entered, as `quantity_of` does, if it is above zero."""
    value = quantity_of(fields, name, title=title, item=item)
    if not value:
        raise BadValue(field=title, problem=gettext_noop("must be above zero"))
    return value

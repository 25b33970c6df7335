"""Reading what people type: quantities, days, choices – or the refusal that says what is wrong with which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from qitao.kernel.quantity import LARGEST, exact
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop

GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d\d)(\d\d)")
SPACES = re.compile(r"[\s'’_]+")


def decimal(text: str) -> Decimal:
    """Return the number that `text` means; raises ValueError where it means none, or two different ones.

    Full-width digits and signs, thousands separators and spaces are understood; "1,5" is not: it could be 1.5 or 15.

    >>> decimal("１２，５００．５０")
    Decimal('12500.50')
    """
    plain = SPACES.sub("", unicodedata.normalize("NFKC", text))
    if GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not PLAIN.fullmatch(plain):
        raise ValueError(text)
    try:
        return Decimal(plain)
    except InvalidOperation as broken:
        raise ValueError(text) from broken


def day(text: str) -> date:
    """Return the day that `text` means; raises ValueError.

    >>> day("2026年1月5日")
    datetime.date(2026, 1, 5)
    """
    found = DAY.fullmatch(SPACES.sub("", unicodedata.normalize("NFKC", text)))
    if not found:
        raise ValueError(text)
    year, month, number = (int(part) for part in found.groups() if part is not None)
    return date(year, month, number)


class Reading:
    """The fields of a form, read one by one; the first that cannot be understood is refused by its title."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.fields = fields

    def text(self, name: str, *, title: str, longest: int = 300, required: bool = False) -> str:
        """Return a text without spaces around it."""
        text = str(self.fields.get(name, "")).strip()
        if required and not text:
            raise BadValue(field=title, problem=gettext_noop("is needed"))
        if len(text) > longest:
            raise BadValue(field=title, problem=gettext_noop("is too long"))
        return text

    def quantity(self, name: str, *, title: str, least: Decimal | int = 0) -> Decimal:
        """Return a quantity of at least `least`, exact to six places."""
        text = self.text(name, title=title, required=True)
        try:
            value = exact(decimal(text))
        except ValueError as broken:
            raise BadValue(field=title, problem=gettext_noop("is not a number")) from broken
        if value < least:
            raise BadValue(field=title, problem=gettext_noop("is too small"))
        return value

    def quantities(self, prefix: str, *, title: str) -> dict[int, Decimal]:
        """Return the quantities above zero of a form with a field for each row, named `prefix` and the row's id."""
        found = {}
        for name in self.fields:
            number = name.removeprefix(prefix)
            if number != name and number.isascii() and number.isdecimal() and self.text(name, title=title):
                found[int(number)] = self.quantity(name, title=title)
        found = {number: quantity for number, quantity in found.items() if quantity}
        if not found:
            raise BadValue(field=title, problem=gettext_noop("is needed"))
        return found

    def positive(self, name: str, *, title: str) -> Decimal:
        """Return a quantity above zero."""
        value = self.quantity(name, title=title)
        if not value:
            raise BadValue(field=title, problem=gettext_noop("must be above zero"))
        return value

    def day(self, name: str, *, title: str) -> date:
        """Return a day."""
        text = self.text(name, title=title, required=True)
        try:
            return day(text)
        except ValueError as broken:
            raise BadValue(field=title, problem=gettext_noop("is not a date such as 2026-01-05")) from broken

    def moment(self, name: str, *, title: str) -> datetime | None:
        """Return a moment on the plant's clock, such as 2026-01-05T08:30; None where nothing was entered."""
        text = self.text(name, title=title)
        if not text:
            return None
        try:
            return timezone.make_aware(datetime.fromisoformat(text).replace(tzinfo=None))
        except ValueError as broken:
            raise BadValue(field=title, problem=gettext_noop("is not a moment such as 2026-01-05 08:30")) from broken

    def choice(self, name: str, choices: Iterable[str], *, title: str) -> str:
        """Return one of `choices`."""
        text = self.text(name, title=title, required=True)
        if text not in {str(choice) for choice in choices}:
            raise BadValue(field=title, problem=gettext_noop("is none of the choices"))
        return text

    def number(self, name: str, *, title: str) -> int:
        """Return a whole number such as the id of a row."""
        text = self.text(name, title=title, required=True)
        if not text.isascii() or not text.isdecimal() or int(text) > LARGEST:
            raise BadValue(field=title, problem=gettext_noop("is not a whole number"))
        return int(text)

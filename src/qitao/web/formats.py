"""Numbers, money, days and moments as the reader's language writes them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError, dates, numbers
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

LOCALES = {"zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW", "en": "en_GB"}
BEFORE_HAN = re.compile(r"(?<=\d)(?=[\u3400-\u9fff])")  # "3小时前" is set with a space, as all figures in Chinese here
HTML_LANGUAGE = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(LOCALES.get(language, "en_GB"))
    except UnknownLocaleError:
        return Locale.parse("en_GB")


def locale() -> Locale:
    """Return the locale of the active language."""
    return _locale(get_language() or "en")


def number(value: Decimal | int, *, places: int = 0) -> str:
    """Return `value` with thousands separators and at least `places` decimals; no digit is lost."""
    exact = Decimal(value).normalize()
    shown = max(places, -int(exact.as_tuple().exponent))
    pattern = "#,##0." + "0" * shown if shown else "#,##0"
    return str(numbers.format_decimal(exact, format=pattern, locale=locale(), decimal_quantization=False))


def quantity(value: Decimal | int | None, unit: Any = None) -> str:
    """Return a quantity with the decimals of its unit, without the unit's name."""
    if value is None:
        return ""
    return number(value, places=getattr(unit, "decimals", 0))


def money(value: Decimal | int | None, currency: str = "CNY") -> str:
    """Return an amount with its currency, rounded to the currency's smallest coin."""
    if value is None:
        return ""
    return str(numbers.format_currency(value, currency or "CNY", locale=locale()))


def price(value: Decimal | int | None, currency: str = "CNY") -> str:
    """Return the price of one unit with its currency; no digit is lost, for a resistor costs less than a coin.

    >>> price(Decimal("0.0035"), "EUR")
    '€0.0035'
    """
    if value is None:
        return ""
    exact = Decimal(value).normalize()
    places = max(2, -int(exact.as_tuple().exponent))
    pattern = f"¤#,##0.{'0' * places}"
    return str(numbers.format_currency(exact, currency or "CNY", pattern, locale=locale(), currency_digits=False))


def day(value: date | datetime | None) -> str:
    """Return a day with its weekday; with its year only where that is not the present one."""
    if value is None:
        return ""
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    skeleton = "MMMEd" if on.year == timezone.localdate().year else "yMMMEd"
    return str(dates.format_skeleton(skeleton, on, locale=locale()))


def moment(value: datetime | None) -> str:
    """Return a moment in the plant's time: the time alone for today, else with its day."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    time = f"{local:%H:%M}"
    return time if local.date() == timezone.localdate() else f"{short_day(local.date())} {time}"


def short_day(value: date | None) -> str:
    """Return a day without its weekday."""
    if value is None:
        return ""
    skeleton = "MMMd" if value.year == timezone.localdate().year else "yMMMd"
    return str(dates.format_skeleton(skeleton, value, locale=locale()))


def days_away(value: date | datetime | None) -> str:
    """Say how far a day lies from today."""
    if value is None:
        return ""
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    days = (on - timezone.localdate()).days
    if days in (-1, 0, 1):
        return {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}[days]
    if days > 0:
        return ngettext("in {days} day", "in {days} days", days).format(days=days)
    return ngettext("{days} day ago", "{days} days ago", -days).format(days=-days)


def ago(value: datetime | None) -> str:
    """Say how long ago a moment was."""
    if value is None:
        return ""
    words = str(dates.format_timedelta(value - timezone.now(), add_direction=True, locale=locale()))
    return BEFORE_HAN.sub(" ", words)


def named(thing: Any) -> str:
    """Return the name of a thing in the reader's language, the other one where that is missing."""
    english = (get_language() or "").startswith("en")
    own, other = getattr(thing, "name", ""), getattr(thing, "name_en", "")
    return (other or own) if english else (own or other)

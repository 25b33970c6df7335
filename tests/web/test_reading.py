"""What people type is understood, or refused by the name of its field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from qitao.kernel.refusal import BadValue
from qitao.web import formats
from qitao.web.reading import Reading, day, decimal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("１２．５", "12.5"),
        ("1,234,567.25", "1234567.25"),
        ("１，２３４", "1234"),
        (" 1 234 ", "1234"),
        ("+7", "7"),
        ("-0.5", "-0.5"),
        (".5", "0.5"),
        ("5.", "5"),
    ],
)
def test_numbers_as_people_type_them(text: str, value: str) -> None:
    assert decimal(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "1,5", "12,34", "1.2.3", "十二", "1e5", "NaN", "inf", "0x1", "1,23,456", "--1"])
def test_what_means_nothing_or_two_things_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        decimal(text)


@pytest.mark.parametrize(
    "text", ["2026-1-5", "2026/01/05", "2026.1.5", "20260105", "2026年1月5日", "２０２６－０１－０５"]
)
def test_days_as_people_write_them(text: str) -> None:
    assert day(text) == date(2026, 1, 5)


@pytest.mark.parametrize("text", ["", "5/1/2026", "2026-13-01", "2026-02-30", "tomorrow"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        day(text)


def test_the_refusal_names_the_field() -> None:
    with pytest.raises(BadValue) as refused:
        Reading({"found": "three"}).quantity("found", title="Found quantity")
    assert refused.value.facts["field"] == "Found quantity"


@pytest.mark.parametrize("text", ["-1", "0.0000001", "1000000000000"])
def test_a_quantity_is_exact_and_not_negative(text: str) -> None:
    with pytest.raises(BadValue):
        Reading({"found": text}).quantity("found", title="Found")


@given(st.decimals(min_value=0, max_value=10**9, places=6), st.sampled_from(["zh-hans", "zh-hant", "en"]))
def test_what_is_shown_can_be_typed_again(value: Decimal, language: str) -> None:
    with override(language):
        assert decimal(formats.number(value)) == value

"""Rows of fields in one form: `line-N-quantity`, where N is any number that no other row of the form has."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

FIELD = re.compile(r"line-(\d{1,12})-\w+")
MOST = 1000


def new_number() -> int:
    """Return the number of a new row."""
    return uuid.uuid4().int % 10**9


def numbers(fields: Iterable[str]) -> list[int]:
    """Return the numbers of the rows of a form, in the order in which they stand in it.

    >>> numbers(["line-7-item", "line-7-quantity", "line-2-item", "note"])
    [7, 2]
    """
    found = (match for match in map(FIELD.fullmatch, fields) if match)
    return list(dict.fromkeys(int(match.group(1)) for match in found))[:MOST]

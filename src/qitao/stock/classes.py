"""The class of an item – its own, else by the value of its usage – and what counts of it may be off.

Usage is what left for production, customers and scrap within a year, at the item's cost. Items are ranked by it: the
first 80 % of the value are class A, the next 15 % B, the rest and all that was not used C (Pareto; Silver, Pyke and
Thomas, Inventory and Production Management in Supply Chains). A class that somebody gave an item comes before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from qitao.stock.count_models import CountClass, CountSettings, UsageClass
from qitao.stock.models import Item, Location

YEAR = timedelta(days=365)
USED_BY = (Location.Kind.PRODUCTION, Location.Kind.CUSTOMER, Location.Kind.SCRAP)
LAST = "C"  # nothing was used: it matters least


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a figure of one item may be off; money in the item's currency."""

    percent: Decimal
    value: Decimal
    trifle: Decimal
    unit_cost: Decimal

    def is_right(self, recorded: Decimal, counted: Decimal) -> bool:
        """Tell whether the record was right: the difference is within `percent` of the larger of the two.

        >>> limits = Limits(Decimal(1), Decimal(300), Decimal(50), Decimal("0.5"))
        >>> limits.is_right(Decimal(100), Decimal(99)), limits.is_right(Decimal(100), Decimal(98))
        (True, False)
        """
        return abs(counted - recorded) * 100 <= self.percent * max(recorded, counted)

    def may_post(self, recorded: Decimal, counted: Decimal) -> bool:
        """Tell whether the difference is posted without anybody else looking.

        It is where there is none, where it is a trifle, or where the record was right and the money is within `value`.
        Without a cost nobody knows what a difference is worth: then only what is right is posted.

        >>> limits = Limits(Decimal(1), Decimal(300), Decimal(50), Decimal("0.5"))
        >>> limits.may_post(Decimal(200), Decimal(100)), limits.may_post(Decimal(200), Decimal(99))
        (True, False)
        """
        worth = abs(counted - recorded) * self.unit_cost
        if self.unit_cost and worth <= self.trifle:
            return True
        return self.is_right(recorded, counted) and worth <= self.value


def limits_of(items: Iterable[Item]) -> dict[int, Limits]:
    """Return the limits of each item, by its id."""
    given, rows, of = CountSettings.current(), list(items), rules()
    letters = classes_of(rows)
    return {
        item.pk: Limits(of[letters[item.pk]].percent, of[letters[item.pk]].value, given.trifle, item.unit_cost)
        for item in rows
    }


def rules() -> dict[str, CountClass]:
    """Return how each class is counted: as somebody set it, else as usual."""
    usual = {letter: CountClass.usual(letter) for letter in CountClass.LETTERS}
    return usual | {each.letter: each for each in CountClass.objects.all()}


def classes_of(items: Iterable[Item]) -> dict[int, str]:
    """Return the class of each item, by its id: its own one, else that of its usage."""
    rows = list(items)
    computed = dict(UsageClass.objects.filter(item__in=[row.pk for row in rows]).values_list("item", "letter"))
    return {
        row.pk: own if (own := row.abc.upper()) in CountClass.LETTERS else computed.get(row.pk, LAST) for row in rows
    }


USAGE = """
INSERT INTO stock_usageclass (item_id, letter, value, computed_on)
WITH used AS (
    SELECT item_id, sum(CASE WHEN to_location_id = ANY(%(outside)s) THEN quantity ELSE -quantity END) AS quantity
    FROM stock_move
    WHERE at >= %(since)s
      AND (to_location_id = ANY(%(outside)s) OR (from_location_id = ANY(%(outside)s) AND reverses_id IS NOT NULL))
    GROUP BY item_id
), worth AS (
    SELECT item.id AS item_id, greatest(coalesce(used.quantity, 0), 0) * item.unit_cost AS value
    FROM catalog_item AS item LEFT JOIN used ON used.item_id = item.id WHERE item.is_active
), ranked AS (
    SELECT item_id, value, sum(value) OVER (ORDER BY value DESC, item_id) - value AS before, sum(value) OVER () AS total
    FROM worth
)
SELECT item_id, CASE WHEN value = 0 THEN 'C' WHEN before < total * 0.80 THEN 'A' WHEN before < total * 0.95 THEN 'B'
       ELSE 'C' END, round(value, 6), %(on)s
FROM ranked
ON CONFLICT (item_id) DO UPDATE SET letter = excluded.letter, value = excluded.value, computed_on = excluded.computed_on
"""


def rank_usage(*, on: date) -> int:
    """Rank all active items by the value of a year's usage up to `on`; return how many there are.

    Called by the action that makes the day's lists; a move that takes an earlier one back takes its usage back.
    """
    outside = Location.objects.filter(kind__in=USED_BY).values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(USAGE, {"outside": list(outside), "since": on - YEAR, "on": on})
        return int(cursor.rowcount)

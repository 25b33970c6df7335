"""How far a bin is trusted: what its counts of the last years say is really there of what the record says.

For each count of the bin, the *loss* is the part of the record that was not there: (recorded - counted) ÷ recorded,
0 where the record was right within its tolerance or more was found. A count weighs half as much for every half year
that has passed since. The loss to expect is the weighted mean, drawn towards none by two counts of the benefit of the
doubt (the credibility estimate Σwx ÷ (Σw + K) of Bühlmann, Experience Rating and Credibility, ASTIN 1967, with the
collective mean 0 and K = 2): one bad count does not condemn a bin, and one that was never counted is believed.

A count puts the record right, and losses come back little by little (Kang and Gershwin, Information inaccuracy in
inventory systems, IIE Transactions 2005): right after a count a bin is trusted wholly, after thirty days as far as its
counts say, in between in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from qitao.kernel.quantity import ZERO, half_up, round_down
from qitao.stock.count_models import CountSettings
from qitao.stock.models import Balance

ONE = Decimal(1)
DOUBT = Decimal(2)  # counts of the benefit of the doubt
HALF_LIFE = 182  # days
BACK = 30  # days until what a count put right may be wrong again
OLDEST = 4  # half-lives; what is older tells nothing


@dataclass(frozen=True, slots=True)
class Trust:
    """What the counts of a bin say: how many there were, how many found the record right, and the share to believe."""

    counts: int
    right: int
    share: Decimal
    last_on: date

    def of(self, on_hand: Decimal, *, allocated: Decimal, smallest: Decimal) -> Decimal:
        """Return how much of a record to believe, in whole `smallest` parts of its unit.

        What is allocated to pick lists is not doubted: whether it is there is about to be seen.

        >>> trust = Trust(11, 8, Decimal("0.95"), date(2026, 1, 5))
        >>> trust.of(Decimal(120), allocated=Decimal(0), smallest=Decimal(1))
        Decimal('114')
        """
        return max(round_down(half_up(on_hand * self.share), step=smallest), min(allocated, on_hand))


HISTORY = """
SELECT line.location_id, (%(on)s - (line.counted_at AT TIME ZONE %(zone)s)::date) / %(half_life)s AS age, count(*),
       count(*) FILTER (WHERE line.was_right),
       coalesce(sum((line.recorded - line.counted) / line.recorded)
                FILTER (WHERE NOT line.was_right AND line.counted < line.recorded), 0),
       max((line.counted_at AT TIME ZONE %(zone)s)::date)
FROM stock_countline AS line JOIN stock_count AS parent ON parent.id = line.count_id
WHERE parent.status = 'posted' AND line.was_right IS NOT NULL AND line.counted_at IS NOT NULL
  AND (line.recorded > 0 OR line.counted > 0)
GROUP BY 1, 2
"""


def shares(*, on: date) -> dict[int, Trust]:
    """Return the bins that are not wholly trusted on a day, by id; nothing where trust is turned off."""
    settings = CountSettings.current()
    if not settings.trust_counts:
        return {}
    floor = settings.trust_floor / 100
    return {place: _bounded(row, floor) for place, row in histories(on=on).items() if row.share < 1}


def _bounded(row: Trust, floor: Decimal) -> Trust:
    return Trust(row.counts, row.right, max(row.share, floor), row.last_on)


def histories(*, on: date) -> dict[int, Trust]:
    """Return what the counts of every counted bin say on a day, by id."""
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, {"on": on, "zone": timezone.get_current_timezone_name(), "half_life": HALF_LIFE})
        rows = cursor.fetchall()
    found: dict[int, list[tuple[int, int, int, Decimal, date]]] = {}
    for place, age, counts, right, lost, last in rows:
        if age <= OLDEST:
            found.setdefault(place, []).append((max(age, 0), counts, right, lost, last))
    return {place: _trust(parts, on=on) for place, parts in found.items()}


def _trust(parts: list[tuple[int, int, int, Decimal, date]], *, on: date) -> Trust:
    """Return what some counts say: (age in half-lives, counts, right ones, sum of losses, last day).

    Eight right counts, and three in which a fifth was missing, the last of them long ago enough:

    >>> _trust([(0, 11, 8, Decimal("0.6"), date(2026, 1, 5))], on=date(2026, 3, 1)).share.quantize(Decimal("0.0001"))
    Decimal('0.9538')
    """
    last = max(part[4] for part in parts)
    weighted = sum((Decimal(lost) / 2**age for age, _, _, lost, _ in parts), ZERO)
    weight = sum((Decimal(counts) / 2**age for age, counts, *_ in parts), ZERO)
    loss = weighted / (weight + DOUBT)
    since = min(Decimal((on - last).days) / BACK, ONE)
    share = ONE - loss * max(since, ZERO)
    return Trust(sum(part[1] for part in parts), sum(part[2] for part in parts), share, last)


@dataclass(frozen=True, slots=True)
class Distrusted:
    """A balance of which less is believed than is on record, and why."""

    balance: Balance
    trust: Trust
    believed: Decimal


def distrusted(balances: QuerySet[Balance], *, on: date) -> list[Distrusted]:
    """Return those of the balances that are not wholly believed on a day, with what is believed of them."""
    known = shares(on=on)
    rows = balances.filter(location__in=known).select_related("item__unit", "location__warehouse") if known else ()
    found = []
    for row in rows:
        trust = known[row.location_id]
        believed = trust.of(row.on_hand, allocated=row.allocated, smallest=row.item.unit.smallest)
        if believed < row.on_hand:
            found.append(Distrusted(row, trust, believed))
    return found


def not_believed(balances: QuerySet[Balance], *, on: date) -> dict[tuple[int, int], Decimal]:
    """Return by how much less of an item than is on record is believed in a warehouse, by their ids."""
    less: dict[tuple[int, int], Decimal] = {}
    for each in distrusted(balances, on=on):
        place = (each.balance.item_id, each.balance.location.warehouse_id or 0)
        less[place] = less.get(place, ZERO) + each.balance.on_hand - each.believed
    return less

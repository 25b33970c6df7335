"""The plant's calendar: every date of the demo factory is a count of working days from `as_of`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from qitao.exchange.dataset import CalendarDay

YEARS_BACK, YEARS_AHEAD = 4, 3
"""How far the calendar reaches round `as_of`; the longest history and shelf life must fit inside."""

LISTED_BACK_DAYS, LISTED_AHEAD_DAYS = 760, 400
"""The span whose holidays are written into the dataset: two years of history, a year of planning."""

SPRING_FESTIVAL = {
    year: date.fromisoformat(first)
    for year, first in {
        2020: "2020-01-25", 2021: "2021-02-12", 2022: "2022-02-01", 2023: "2023-01-22",
        2024: "2024-02-10", 2025: "2025-01-29", 2026: "2026-02-17", 2027: "2027-02-06",
        2028: "2028-01-26", 2029: "2029-02-13", 2030: "2030-02-03", 2031: "2031-01-23",
        2032: "2032-02-11", 2033: "2033-01-31", 2034: "2034-02-19", 2035: "2035-02-08",
    }.items()
}  # fmt: skip
"""First day of the lunar year. It cannot be computed in a line; a year beyond the table has no Spring Festival."""

FIXED_HOLIDAYS = (
    (1, 1, 1, "元旦 New Year"),
    (5, 1, 3, "劳动节 Labour Day"),
    (10, 1, 7, "国庆节 National Day"),
)
"""Month, first day, days off, name."""


def holidays(year: int) -> dict[date, str]:
    """Name the days off of `year`, weekends included."""
    days = {
        date(year, month, first) + timedelta(n): name
        for month, first, count, name in FIXED_HOLIDAYS
        for n in range(count)
    }
    if year in SPRING_FESTIVAL:
        eve = SPRING_FESTIVAL[year] - timedelta(1)
        days |= {eve + timedelta(n): "春节 Spring Festival" for n in range(8)}
    return days


@dataclass(frozen=True)
class PlantDays:
    """Working days round `as_of`: Monday to Friday less the holidays."""

    as_of: date
    _closed: dict[date, str] = field(init=False, repr=False)
    _open: list[date] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        closed: dict[date, str] = {}
        for year in range(self.as_of.year - YEARS_BACK, self.as_of.year + YEARS_AHEAD + 1):
            closed |= holidays(year)
        first = date(self.as_of.year - YEARS_BACK, 1, 1)
        span = (date(self.as_of.year + YEARS_AHEAD, 12, 31) - first).days + 1
        every = (first + timedelta(n) for n in range(span))
        object.__setattr__(self, "_closed", closed)
        object.__setattr__(self, "_open", [d for d in every if d.weekday() < 5 and d not in closed])

    def day(self, offset: int) -> date:
        """Return the working day `offset` after (or before) `as_of`; 0 is `as_of` itself, even on a Sunday.

        >>> PlantDays(date(2026, 11, 20)).day(1)  # a Friday
        datetime.date(2026, 11, 23)
        """
        if offset > 0:
            return self._open[bisect_right(self._open, self.as_of) + offset - 1]
        if offset < 0:
            return self._open[bisect_left(self._open, self.as_of) + offset]
        return self.as_of

    def offset(self, on: date) -> int:
        """Return the count of working days from `as_of` to `on`: the inverse of `day` on working days."""
        if on > self.as_of:
            return bisect_right(self._open, on) - bisect_right(self._open, self.as_of)
        return bisect_left(self._open, on) - bisect_left(self._open, self.as_of)

    def exceptions(self, sites: tuple[str, ...]) -> list[CalendarDay]:
        """List the weekdays off near `as_of`, for each site."""
        first = self.as_of - timedelta(LISTED_BACK_DAYS)
        last = self.as_of + timedelta(LISTED_AHEAD_DAYS)
        off = [d for d in sorted(self._closed) if first <= d <= last and d.weekday() < 5]
        return [CalendarDay(site=site, on=on, hours=Decimal(0), name=self._closed[on]) for site in sites for on in off]

"""Working days: a week of five days and its exceptions."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A site's working days: Monday to Friday, less `closed`, plus `opened` (worked weekends)."""

    closed: Container[date] = field(default_factory=frozenset)
    opened: Container[date] = field(default_factory=frozenset)

    def works(self, day: date) -> bool:
        """Tell whether the site works on `day`."""
        return day in self.opened or (day.weekday() < SATURDAY and day not in self.closed)

    def next(self, day: date) -> date:
        """Return `day` if it is a working day, else the first one after it."""
        while not self.works(day):
            day += ONE_DAY
        return day

    def shift(self, day: date, days: int) -> date:
        """Return the working day `days` working days after (before, if negative) `day`.

        >>> WorkingDays().shift(date(2026, 11, 20), 1)  # a Friday
        datetime.date(2026, 11, 23)
        """
        step = ONE_DAY if days >= 0 else -ONE_DAY
        while not self.works(day):
            day += step
        for _ in range(abs(days)):
            day += step
            while not self.works(day):
                day += step
        return day

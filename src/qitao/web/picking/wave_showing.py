"""What the pages of a wave show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qitao.accounts.models import User
from qitao.journal.queries import history, newest
from qitao.kernel.quantity import plain
from qitao.picking import stops
from qitao.picking.models import PickList, Wave
from qitao.picking.queries import news
from qitao.web.picking.showing import LINE_REASONS, Missing, cases_of
from qitao.web.telling import Told, told


@dataclass(frozen=True, slots=True)
class TakeShown:
    """A take of the walk; `is_current` is the one to be taken next."""

    take: stops.Take
    is_current: bool

    @property
    def wanted(self) -> str:
        """What is still to be taken, written so that a program reads it."""
        return plain(self.take.wanted)


@dataclass(frozen=True, slots=True)
class MissingShown:
    """A requirement that nothing could be put on the walk for, and the list that reports it."""

    missing: Missing
    pick_list: PickList
    number: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class WavePage:
    """A wave as it is walked or looked at. `version` is the newest fact it knows of."""

    wave: Wave
    takes: list[TakeShown]
    lists: list[tuple[int, PickList]]
    missing: list[MissingShown]
    last: stops.LastTake | None
    version: int
    story: list[Told]
    news: list[Told]
    reasons: tuple[tuple[str, object], ...] = LINE_REASONS

    @property
    def open_takes(self) -> int:
        return sum(each.take.is_open for each in self.takes)

    @property
    def short_takes(self) -> int:
        return sum(each.take.is_short for each in self.takes)

    @property
    def done_takes(self) -> int:
        return len(self.takes) - self.open_takes

    @property
    def percent(self) -> int:
        return round(100 * self.done_takes / len(self.takes)) if self.takes else 100

    @property
    def bins(self) -> int:
        """How many bins are still to be visited."""
        return len({each.take.location.pk for each in self.takes if each.take.is_open})

    @property
    def has_begun(self) -> bool:
        return any(each.take.picked for each in self.takes)

    @property
    def unreported(self) -> list[MissingShown]:
        """What nobody has reported yet."""
        return [each for each in self.missing if each.missing.case is None]

    @property
    def current(self) -> TakeShown | None:
        """The take that is next."""
        return next((each for each in self.takes if each.is_current), None)


def wave_page(wave: Wave, user: User, *, at: datetime, start: str = "") -> WavePage:
    """Return a wave with the take `start` – or the first open one – to be taken next."""
    version = newest()
    rows = stops.takes(wave)
    open_rows = [row for row in rows if row.is_open]
    current = next((row for row in open_rows if str(row.key) == start), open_rows[0] if open_rows else None)
    lists = list(enumerate(stops.lists_of(wave), start=1))
    return WavePage(
        wave=wave,
        takes=[TakeShown(row, row is current) for row in rows],
        lists=lists,
        missing=_missing(lists, is_next=current is None),
        last=stops.last_take(wave, actor=user, at=at),
        version=version,
        story=told(history(wave)),
        news=told(news([pick_list.pk for _, pick_list in lists], at=at)),
    )


def _missing(lists: list[tuple[int, PickList]], *, is_next: bool) -> list[MissingShown]:
    by_order = {pick_list.work_order_id: (number, pick_list) for number, pick_list in lists}
    rows = stops.lacking([pick_list.work_order for _, pick_list in lists])
    cases = cases_of(row.requirement.pk for row in rows)
    first = next((row.requirement.pk for row in rows if row.requirement.pk not in cases), None)
    found = []
    for row in rows:
        number, pick_list = by_order[row.requirement.work_order_id]
        missing = Missing(row.requirement, row.quantity, cases.get(row.requirement.pk))
        found.append(MissingShown(missing, pick_list, number, is_next and row.requirement.pk == first))
    return found


def pickers(wave: Wave) -> list[User]:
    """Return who may walk a wave."""
    people = User.objects.filter(is_active=True).order_by("name")
    return [each for each in people if each.may("picking.pick") and each.works_in(wave.warehouse.code)]

"""What the pages of a count show: to its counter – blind – and to who approves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qitao.accounts.models import User
from qitao.journal.queries import history
from qitao.kernel.quantity import ZERO
from qitao.stock import queries
from qitao.stock.classes import Limits, limits_of
from qitao.stock.count_models import CountSettings
from qitao.stock.count_queries import Change, changes_since
from qitao.stock.counting import newest_move_at
from qitao.stock.models import Count, CountFigure, CountLine
from qitao.web.telling import Told, told

ORDER = ("location__route", "location__code", "item__code", "lot__code", "id")


@dataclass(frozen=True, slots=True)
class ToCount:
    """A line as its counter sees it: never what the record says.

    `is_again`: another person's figure is to be checked. `is_barred`: it was the reader's own.
    """

    line: CountLine
    is_current: bool
    is_again: bool
    is_barred: bool

    @property
    def is_counted(self) -> bool:
        return self.line.counted is not None

    @property
    def seen(self) -> int:
        """The newest move at its place: what comes later was not seen while counting."""
        return newest_move_at(self.line)

    @property
    def pack(self) -> Decimal | None:
        """How much is in a full pack, where it is counted in packs too."""
        size = self.line.item.pack_quantity
        return size if size > 1 else None


@dataclass(frozen=True, slots=True)
class Station:
    """A count that is under way: its lines, the one to count now, how far it is."""

    count: Count
    lines: list[ToCount]

    @property
    def current(self) -> ToCount | None:
        return next((each for each in self.lines if each.is_current), None)

    @property
    def counted(self) -> int:
        return sum(each.is_counted for each in self.lines)

    @property
    def is_complete(self) -> bool:
        """Whether every line has a figure; an empty bin has none to give."""
        return self.counted == len(self.lines) and bool(self.lines or self.count.location_id)

    @property
    def waits_for_another(self) -> bool:
        """Whether all that is left is for a second person."""
        left = [each for each in self.lines if not each.is_counted]
        return bool(left) and all(each.is_barred for each in left)

    @property
    def percent(self) -> int:
        return round(100 * self.counted / len(self.lines)) if self.lines else 0


def station(count: Count, user: User, *, start: str) -> Station:
    """Return what the counter of `count` sees; `start` is the number of the line he chose."""
    rows = _rows(count)
    figures = _figures(rows)
    two_people = CountSettings.current().two_people
    shown = []
    for row in rows:
        given = figures.get(row.pk, [])
        again = row.counted is None and bool(given)
        shown.append((row, again, again and two_people and given[-1].by_id == user.pk))
    free = [row for row, _again, barred in shown if row.counted is None and not barred]
    chosen = next((row for row, _again, barred in shown if str(row.pk) == start and not barred), None)
    current = chosen or next(iter(free), None)
    return Station(count, [ToCount(row, row is current, again, barred) for row, again, barred in shown])


@dataclass(frozen=True, slots=True)
class Result:
    """A line with what the record says, what was found, what that is worth, and what happened since."""

    line: CountLine
    recorded: Decimal
    figures: list[CountFigure]
    changes: list[Change]
    limits: Limits

    @property
    def difference(self) -> Decimal | None:
        """What was found beyond the record."""
        return None if self.line.counted is None else self.line.counted - self.recorded

    @property
    def worth(self) -> Decimal | None:
        """The difference in money; nothing where nobody knows what the item costs."""
        known = self.difference is not None and self.limits.unit_cost
        return self.difference * self.limits.unit_cost if known else None  # type: ignore[operator]

    @property
    def is_beyond(self) -> bool:
        return self.line.counted is not None and not self.limits.may_post(self.recorded, self.line.counted)

    @property
    def moved(self) -> Decimal:
        """What came and went since, in sum."""
        return sum((change.quantity for change in self.changes if not change.is_late), ZERO)

    @property
    def will_be(self) -> Decimal | None:
        """What the record will say once the difference is posted: what was found, and what came and went since."""
        return None if self.line.counted is None else self.line.counted + self.moved


@dataclass(frozen=True, slots=True)
class CountPage:
    """A count with what the record says, for who may know it."""

    count: Count
    lines: list[Result]
    sees_record: bool
    may_decide: bool
    story: list[Told]

    @property
    def difference(self) -> Decimal:
        """The sum of all differences; of use only for a count of one item."""
        return sum((each.difference or ZERO for each in self.lines), ZERO)

    @property
    def wrong(self) -> int:
        """In how many lines something else lay than the record said, even where the sum is right."""
        return sum(bool(each.difference) for each in self.lines)

    @property
    def worth(self) -> Decimal:
        """What the differences are worth in money, as far as that is known."""
        return sum((each.worth or ZERO for each in self.lines), ZERO)

    @property
    def has_moved(self) -> bool:
        return any(each.changes for each in self.lines)


def count_page(count: Count, user: User) -> CountPage:
    """Return what to show of a count whose record may be seen: to who may correct it, or to all once it is posted."""
    rows = _rows(count)
    may_adjust, is_waiting = user.may("stock.adjust"), count.status == Count.State.WAITING
    figures = _figures(rows)
    changes = changes_since(rows) if is_waiting else {}
    limits = limits_of({row.item_id: row.item for row in rows}.values())
    lines = [
        Result(row, _recorded(row, changed), figures.get(row.pk, []), changed, limits[row.item_id])
        for row in rows
        for changed in (changes.get(row.pk, []),)
    ]
    works_here = user.works_in(count.warehouse.code)
    return CountPage(
        count=count,
        lines=lines,
        sees_record=may_adjust or count.status == Count.State.POSTED,
        may_decide=may_adjust and is_waiting and works_here,
        story=told(history(count).order_by("-id")),
    )


def _rows(count: Count) -> list[CountLine]:
    return list(count.lines.select_related("location", "lot", "item__unit", "counted_by").order_by(*ORDER))


def _figures(rows: Sequence[CountLine]) -> dict[int, list[CountFigure]]:
    found: dict[int, list[CountFigure]] = {}
    for figure in CountFigure.objects.filter(line__in=[row.pk for row in rows]).select_related("by").order_by("id"):
        found.setdefault(figure.line_id, []).append(figure)
    return found


def _recorded(row: CountLine, changes: Sequence[Change]) -> Decimal:
    """Return what the record said at the moment of the figure, with what was booked later but had happened before."""
    if row.recorded is None:
        return queries.recorded(row, item_id=row.item_id)
    return row.recorded + sum((change.quantity for change in changes if change.is_late), ZERO)

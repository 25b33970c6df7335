"""What the pick screens show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from qitao.accounts.models import User
from qitao.journal.queries import newest
from qitao.kernel.quantity import ZERO, plain
from qitao.picking import queries
from qitao.picking.models import OverReason, PickLine, PickList, ShortPick, ShortReason
from qitao.production.models import Requirement
from qitao.shortages.models import OPEN_STATES, Case, CaseLine
from qitao.web.telling import Told, told

LINE_REASONS = tuple((value, word) for value, word in ShortReason.choices if value != ShortReason.NOT_STOCKED)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the walk. `wanted` is what is still to be taken, written so that a program reads it."""

    line: PickLine
    is_current: bool

    @property
    def wanted(self) -> str:
        return plain(self.line.open_quantity)

    @property
    def is_open(self) -> bool:
        return self.line.status == PickLine.State.OPEN


@dataclass(frozen=True, slots=True)
class Missing:
    """A requirement for which nothing could be put on the list; `case` is the open one that knows of it."""

    requirement: Requirement
    quantity: Decimal
    case: Case | None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class PickPage:
    """A pick list as it is picked or looked at. `version` is the newest fact it knows of."""

    pick_list: PickList
    lines: list[Line]
    missing: list[Missing]
    last: queries.LastPick | None
    version: int
    news: list[Told]
    more: PickLine | None = None
    over_reasons: tuple[tuple[str, object], ...] = tuple(OverReason.choices)
    reasons: tuple[tuple[str, object], ...] = LINE_REASONS

    @property
    def open_lines(self) -> int:
        return sum(each.is_open for each in self.lines)

    @property
    def short_lines(self) -> int:
        return sum(each.line.status == PickLine.State.SHORT for each in self.lines)

    @property
    def done_lines(self) -> int:
        return len(self.lines) - self.open_lines

    @property
    def percent(self) -> int:
        return round(100 * self.done_lines / len(self.lines)) if self.lines else 100

    @property
    def unreported(self) -> list[Missing]:
        """What nobody has reported yet."""
        return [each for each in self.missing if each.case is None]

    @property
    def current(self) -> Line | None:
        """The line to take next."""
        return next((each for each in self.lines if each.is_current), None)


def pick_page(pick_list: PickList, user: User, *, at: datetime, start: str = "", more: str = "") -> PickPage:
    """Return a pick list with the line `start` – or the first open one – to be taken next, and `more` to be taken."""
    version = newest()
    rows = list(queries.route(pick_list))
    open_rows = [row for row in rows if row.status == PickLine.State.OPEN]
    current = next((row for row in open_rows if str(row.pk) == start), open_rows[0] if open_rows else None)
    missing = missing_of(pick_list)
    if current is None:
        first = next((at for at, each in enumerate(missing) if each.case is None), None)
        missing = [
            Missing(each.requirement, each.quantity, each.case, place == first) for place, each in enumerate(missing)
        ]
    return PickPage(
        pick_list=pick_list,
        lines=[Line(row, row is current) for row in rows],
        missing=missing,
        last=queries.last_pick(pick_list, actor=user, at=at),
        version=version,
        news=told(queries.news([pick_list.pk], at=at)),
        more=next((row for row in rows if str(row.pk) == more and row.status == PickLine.State.PICKED), None),
    )


def missing_of(pick_list: PickList) -> list[Missing]:
    """Return what the work order of a list lacks and no open line stands for."""
    rows = queries.lacking(pick_list.work_order)
    cases = cases_of(row.requirement.pk for row in rows)
    return [Missing(row.requirement, row.quantity, cases.get(row.requirement.pk)) for row in rows]


def cases_of(requirement_ids: Iterable[int]) -> dict[int, Case]:
    """Return the open shortage case of each requirement that is in one."""
    rows = CaseLine.objects.filter(requirement__in=list(requirement_ids), case__status__in=OPEN_STATES)
    return {row.requirement_id: row.case for row in rows.select_related("case__owner", "case__item__unit")}


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """What can be done about a short pick: the case that is open, and where else there is some."""

    short: ShortPick
    pick_list: PickList | None
    lacking: Decimal
    case: Case | None
    bins: list[queries.Elsewhere]
    substitutes: list[queries.Elsewhere]
    warehouses: list[queries.Elsewhere]

    @property
    def is_settled(self) -> bool:
        """Whether nothing is missing any more."""
        return not self.lacking

    @property
    def has_offers(self) -> bool:
        """Whether there is anything to choose from."""
        return bool(self.bins or self.substitutes or self.warehouses)


def answer_page(short: ShortPick, *, on: date) -> AnswerPage:
    """Return what can be done about a short pick on `on`."""
    requirement = short.requirement
    pick_list = short.pick_line.pick_list if short.pick_line else requirement.work_order.pick_lists.last()
    lacking = lacking_of(requirement)
    offers = queries.elsewhere(requirement, missing=lacking, on=on) if lacking else []
    return AnswerPage(
        short=short,
        pick_list=pick_list,
        lacking=lacking,
        case=cases_of([requirement.pk]).get(requirement.pk),
        bins=[each for each in offers if each.kind == "bin"],
        substitutes=[each for each in offers if each.kind == "substitute"],
        warehouses=[each for each in offers if each.kind == "warehouse"],
    )


def lacking_of(requirement: Requirement) -> Decimal:
    """Return how much of a requirement is neither issued nor on an open pick line."""
    rows = queries.lacking(requirement.work_order)
    return next((row.quantity for row in rows if row.requirement.pk == requirement.pk), ZERO)

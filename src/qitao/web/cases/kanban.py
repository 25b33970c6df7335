"""The shortage board: open cases by state, as one row of columns or one for each owner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext

from qitao.accounts.models import User
from qitao.kernel.quantity import ZERO
from qitao.shortages.models import OPEN_STATES, Case
from qitao.shortages.queries import Impact, impacts, open_cases


@dataclass(frozen=True, slots=True)
class Card:
    """A case on the board, with whom it hurts as the plan stands."""

    case: Case
    impact: Impact
    is_overdue: bool

    @property
    def customers(self) -> int:
        """How many customers wait because of it."""
        return len({hit.demand.sales_line.order.customer_id for hit in self.impact.demands})

    @property
    def money(self) -> Decimal:
        """Penalties that threaten; where none are agreed, nothing."""
        return self.impact.penalty


@dataclass(frozen=True, slots=True)
class Column:
    """The cases of one state."""

    state: str
    word: str
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of columns: all cases, or those of one owner (None: of nobody)."""

    owner: User | None
    title: str
    columns: list[Column]

    @property
    def count(self) -> int:
        return sum(len(column.cards) for column in self.columns)


@dataclass(frozen=True, slots=True)
class Kanban:
    """The board and its sums."""

    lanes: list[Lane]
    by_owner: bool
    only_mine: bool
    words: str
    count: int
    overdue: int
    stopped: int
    penalty: Decimal
    value: Decimal
    see_cost: bool


def kanban(query: QueryDict, user: User, *, now: datetime) -> Kanban:
    """Return the board that the address asks for: `by=owner`, `mine=1`, `q=` words."""
    by_owner, only_mine, words = query.get("by") == "owner", query.get("mine") == "1", query.get("q", "").strip()[:100]
    rows = open_cases()
    if only_mine:
        rows = rows.filter(owner=user)
    for word in words.split()[:6]:
        rows = rows.filter(
            Q(code__icontains=word)
            | Q(item__code__icontains=word)
            | Q(item__name__icontains=word)
            | Q(item__name_en__icontains=word)
            | Q(item__pinyin__icontains=word)
        )
    cases = list(rows)
    found = impacts(cases)
    cards = [Card(case, found[case.pk], case.deadline_at < now and _waits(case)) for case in cases]
    demands = {hit.demand.pk: hit for card in cards for hit in card.impact.demands}
    return Kanban(
        lanes=_lanes(cards, by_owner=by_owner),
        by_owner=by_owner,
        only_mine=only_mine,
        words=words,
        count=len(cards),
        overdue=sum(card.is_overdue for card in cards),
        stopped=sum(card.case.severity == Case.Severity.STOPPED for card in cards),
        penalty=sum((hit.penalty for hit in demands.values()), ZERO),
        value=sum((hit.value for hit in demands.values()), ZERO),
        see_cost=user.may("cost.view"),
    )


def _waits(case: Case) -> bool:
    """Tell whether a deadline still runs: somebody has yet to decide."""
    return case.status in ("detected", "verified", "assessed")


def _lanes(cards: list[Card], *, by_owner: bool) -> list[Lane]:
    if not by_owner:
        return [Lane(None, "", _columns(cards))]
    owned: dict[User | None, list[Card]] = defaultdict(list)
    for card in cards:
        owned[card.case.owner].append(card)
    people = sorted(owned, key=lambda person: (person is not None, str(person)))
    return [Lane(person, str(person) if person else gettext("nobody"), _columns(owned[person])) for person in people]


def _columns(cards: list[Card]) -> list[Column]:
    return [
        Column(state, str(Case.State(state).label), [card for card in cards if card.case.status == state])
        for state in OPEN_STATES
    ]

"""What the clear-to-build board shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.catalog.models import Item, WorkCenter
from qitao.planning import queries as planning
from qitao.planning.models import DemandDate, KitDate, KitState
from qitao.planning.pegging import Claim, contention, demands_behind, makers
from qitao.production.models import WorkOrder
from qitao.shortages.models import OPEN_STATES, Case
from qitao.web import formats
from qitao.web.board import filtering
from qitao.web.board.detail import Detail, details
from qitao.web.board.filtering import Wanted
from qitao.web.chips import tone_of

FEW = 2
GROUP_TITLES: dict[str, str | Promise] = {"line": _("Line"), "day": _("Start day"), "bottleneck": _("Bottleneck")}


@dataclass(frozen=True, slots=True)
class StateCount:
    """A state of kits, how many orders are in it, and the address that shows them alone (or no longer alone)."""

    state: str
    word: str | Promise
    tone: str
    count: int
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A work order with its kit: who is behind it, what makes or holds its bottleneck, its case."""

    kit: KitDate
    customers: list[str]
    customers_more: int
    maker: WorkOrder | None
    rivals: list[Claim]
    rivals_more: int
    case: Case | None
    detail: Detail | None
    today: date

    @property
    def order(self) -> WorkOrder:
        return self.kit.work_order

    @property
    def covered_percent(self) -> int:
        """How many of its lines are covered by its start, in percent."""
        return 100 * self.kit.lines_covered // self.kit.lines if self.kit.lines else 100

    @property
    def tone(self) -> str:
        return tone_of(self.kit, "state")

    @property
    def is_overdue(self) -> bool:
        """Whether it should have started and has not."""
        return self.order.start_on < self.today and self.order.status in ("firm", "released")

    @property
    def rival_codes(self) -> str:
        return ", ".join(claim.code for claim in self.rivals)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together, with how many there are on all pages and how many of those are late."""

    title: str
    note: str
    rows: list[Row]
    count: int
    late: int


@dataclass(frozen=True, slots=True)
class BoardPage:
    """The board as it is shown for one address."""

    wanted: Wanted
    counts: list[StateCount]
    page: Page[KitDate]
    groups: list[Group]
    lines: Sequence[WorkCenter]
    held_item: Item | None
    freshness: planning.Freshness
    query: str  # without page
    may_rank: bool
    may_release: bool
    may_report: bool
    may_plan: bool

    @property
    def total(self) -> int:
        """How many orders there are in all states."""
        return sum(count.count for count in self.counts)

    @property
    def within_choices(self) -> tuple[int, ...]:
        return filtering.WITHIN

    @property
    def group_choices(self) -> list[tuple[str, str | Promise]]:
        return list(GROUP_TITLES.items())

    @property
    def ticks(self) -> bool:
        """Whether rows can be selected."""
        return self.may_rank or self.may_release or self.may_report


def board_page(query: QueryDict, user: User, *, today: date) -> BoardPage:
    """Return what the board shows for the address `query`."""
    wanted = filtering.read(query)
    found = filtering.rows(wanted, today=today)
    shown = found.filter(state__in=wanted.states) if wanted.states else found
    page = Paginator(shown, wanted.size).get_page(query.get("page"))
    return BoardPage(
        wanted=wanted,
        counts=_counts(query, found, wanted),
        page=page,
        groups=list(_groups(wanted, _rows(list(page.object_list), wanted, today), shown)),
        lines=list(WorkCenter.objects.order_by("code")),
        held_item=Item.objects.filter(code=wanted.bottleneck).first() if wanted.bottleneck else None,
        freshness=planning.freshness(),
        query=_without(query, "page"),
        may_rank=user.may("planning.rank"),
        may_release=user.may("production.release"),
        may_report=user.may("shortages.open"),
        may_plan=user.may("planning.run"),
    )


def _counts(query: QueryDict, found: QuerySet[KitDate], wanted: Wanted) -> list[StateCount]:
    counted = dict(found.order_by().values_list("state").annotate(number=Count("pk")))
    return [
        StateCount(
            state=state.value,
            word=state.label,
            tone=tone_of(KitDate(state=state.value), "state"),
            count=counted.get(state.value, 0),
            query=_toggled(query, state.value),
            is_chosen=state.value in wanted.states,
        )
        for state in KitState
    ]


def _toggled(query: QueryDict, state: str) -> str:
    changed = query.copy()
    chosen = changed.getlist("state")
    changed.setlist("state", [each for each in chosen if each != state] if state in chosen else [*chosen, state])
    changed.pop("page", None)
    return f"?{changed.urlencode()}"


def _without(query: QueryDict, name: str) -> str:
    changed = query.copy()
    changed.pop(name, None)
    return f"?{changed.urlencode()}"


def _rows(kits: list[KitDate], wanted: Wanted, today: date) -> list[Row]:
    """Return the rows of one page; everything around them is read for all of them at once."""
    held = [kit for kit in kits if kit.bottleneck_id is not None and kit.state != KitState.NOW]
    behind = demands_behind([kit.pk for kit in kits])
    made_by = makers([kit.bottleneck_id for kit in held if kit.bottleneck_id is not None])
    orders = WorkOrder.objects.in_bulk(list(set(made_by.values())))
    items = {kit.bottleneck.item_id for kit in held if kit.bottleneck and kit.state in (KitState.LATE, KitState.NEVER)}
    rivals = contention(items) if items else {}
    cases = {case.item_id: case for case in Case.objects.filter(item__in=items, status__in=OPEN_STATES)}
    opened = details([kit for kit in kits if kit.work_order.code in wanted.opened])
    found = []
    for kit in kits:
        names = _customers(kit, behind.get(kit.pk, []))
        item_id = kit.bottleneck.item_id if kit.bottleneck else 0
        others = _rivals(kit, rivals)
        found.append(
            Row(
                kit=kit,
                customers=names[:FEW],
                customers_more=max(len(names) - FEW, 0),
                maker=orders.get(made_by.get(kit.bottleneck_id or 0, 0)),
                rivals=others[:FEW],
                rivals_more=max(len(others) - FEW, 0),
                case=cases.get(item_id),
                detail=opened.get(kit.pk),
                today=today,
            )
        )
    return found


def _rivals(kit: KitDate, claims: dict[int, list[Claim]]) -> list[Claim]:
    """Return who else the plan gives a late order's bottleneck to."""
    if kit.bottleneck is None or kit.state not in (KitState.LATE, KitState.NEVER):
        return []
    return [claim for claim in claims.get(kit.bottleneck.item_id, ()) if claim.work_order_id != kit.pk]


def _customers(kit: KitDate, demands: list[DemandDate]) -> list[str]:
    """Return the names of the customers behind an order, the first to be served first."""
    customers = [demand.sales_line.order.customer for demand in demands]
    if not customers and kit.work_order.sales_line is not None:
        customers = [kit.work_order.sales_line.order.customer]
    return list(dict.fromkeys(formats.named(customer) for customer in customers))


def _groups(wanted: Wanted, rows: list[Row], shown: QuerySet[KitDate]) -> Iterator[Group]:
    if not wanted.by:
        yield Group("", "", rows, len(rows), 0)
        return
    field = filtering.GROUPS[wanted.by][0]
    late = Count("pk", filter=Q(state__in=(KitState.LATE, KitState.NEVER)))
    summed = shown.order_by().values_list(field).annotate(number=Count("pk"), late=late)
    sums = {key: (number, hurt) for key, number, hurt in summed}
    for key, part in groupby(rows, key=lambda row: _key(wanted.by, row)):
        members = list(part)
        title, note = _title(wanted.by, members[0], key)
        count, hurt = sums.get(key, (len(members), 0))
        yield Group(title, note, members, count, hurt)


def _key(by: str, row: Row) -> Any:
    if by == "line":
        return row.order.work_center.code if row.order.work_center else None
    if by == "day":
        return row.order.start_on
    return row.kit.bottleneck.item.code if row.kit.bottleneck else None


def _title(by: str, row: Row, key: Any) -> tuple[str, str]:
    if key is None:
        return (gettext("No line") if by == "line" else gettext("Nothing is lacking")), ""
    if by == "line":
        return key, formats.named(row.order.work_center)
    if by == "day":
        return formats.day(key), formats.days_away(key)
    assert row.kit.bottleneck is not None
    return key, formats.named(row.kit.bottleneck.item)

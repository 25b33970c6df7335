"""What each role sees today: the few things to do now, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from qitao.accounts.models import User
from qitao.accounts.queries import people_by_role
from qitao.accounts.roles import ROLES
from qitao.journal.queries import facts_since
from qitao.kernel.quantity import ZERO
from qitao.picking import queries as picking
from qitao.picking.stops import open_waves
from qitao.planning import queries as planning
from qitao.planning.models import DemandDate
from qitao.production.queries import paused_work_orders
from qitao.purchasing import queries as purchasing
from qitao.shortages import queries as shortages
from qitao.shortages.foreseen import foreseen
from qitao.stock import queries as stock
from qitao.web.scope import within

FEW = 12
FORESEEN = 6
AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Some:
    """The first rows of something, and how many there are in all."""

    rows: list[Any]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True, slots=True)
class Section:
    """What one of the reader's roles sees."""

    role: str
    shows: Any

    @property
    def template(self) -> str:
        """The template of the role."""
        return f"home/{self.role}.html"


@dataclass(frozen=True, slots=True)
class PickerToday:
    """Walks for several work orders and pick lists – those begun by the reader first – and counts to do."""

    waves: Some
    lists: Some
    counts: Some


@dataclass(frozen=True, slots=True)
class LineToday:
    """Work orders that start today or tomorrow or should have, with their kits; those that stand still."""

    orders: Some
    tomorrow: Some
    paused: int
    complete: int
    stopped: int


@dataclass(frozen=True, slots=True)
class PlannerToday:
    """Orders that will not be complete in time, by start; cases; what has none yet; how the kits stand."""

    at_risk: Some
    cases: Some
    foreseen: Some
    may_open: bool
    states: dict[str, int]


@dataclass(frozen=True, slots=True)
class BuyerToday:
    """Deliveries that come too late for a work order, the first to stop first; requests to order."""

    hurting: list[planning.HurtingDelivery]
    requisitions: Some
    late: int


@dataclass(frozen=True, slots=True)
class WarehouseToday:
    """Counts, expected receipts and transfers of the reader's warehouses."""

    counts: Some
    expected: Some
    transfers: Some
    lists: int
    doubted: int


@dataclass(frozen=True, slots=True)
class ManagerToday:
    """Thirty seconds: what is at risk, who has the ball, what it costs, what is coming."""

    states: dict[str, int]
    ahead: int
    ready: int
    cases: Some
    overdue: int
    paused: int
    late_demands: list[DemandDate]
    late_count: int
    penalty: Decimal
    foreseen: Some
    may_open: bool
    never_days: int = shortages.NEVER_DAYS

    @property
    def kit_rate(self) -> int | None:
        """Of the work orders that start in the next days, how many percent will be complete in time."""
        return round(100 * self.ready / self.ahead) if self.ahead else None


@dataclass(frozen=True, slots=True)
class SystemToday:
    """How the system stands: people by role, the plan, what happened in a day."""

    people: list[tuple[str, int]]
    freshness: planning.Freshness
    facts: int
    items: int
    work_orders: int


def sections(user: User, *, now: datetime, today: date) -> list[Section]:
    """Return what each of the reader's roles sees, in the order of the roles."""
    held = [role for role in ROLES if role in user.roles]
    return [Section(role, _SHOWS[role](user, now, today)) for role in held]


def _picker(user: User, now: datetime, today: date) -> PickerToday:
    own = picking.open_lists().filter(within(user, "warehouse"))
    mine_first = Case(When(picker=user, then=Value(0)), default=Value(1), output_field=IntegerField())
    lists = own.filter(picker=None) | own.filter(picker=user)
    lists = lists.filter(loose_lines__gt=0)  # type: ignore[misc]  # the rest is on walks
    ordered = lists.order_by(mine_first, "work_order__start_on", "work_order__rank", "id")
    walks = open_waves().filter(within(user, "warehouse"))
    walks = (walks.filter(picker=None) | walks.filter(picker=user)).order_by(mine_first, "id")
    return PickerToday(first(walks), first(ordered), first(stock.open_counts().filter(within(user, "warehouse"))))


def first(rows: QuerySet[Any]) -> Some:
    """Return the first rows and how many there are in all."""
    return Some(list(rows[:FEW]), rows.count())


def _line_leader(user: User, now: datetime, today: date) -> LineToday:
    tomorrow = today + timedelta(days=1)
    rows = list(planning.board().filter(work_order__start_on__lte=tomorrow))
    due = [row for row in rows if row.work_order.start_on <= today]
    ahead = [row for row in rows if row.work_order.start_on == tomorrow]
    return LineToday(
        orders=Some(due[: 3 * FEW], len(due)),
        tomorrow=Some(ahead[: 2 * FEW], len(ahead)),
        paused=paused_work_orders().count(),
        complete=sum(row.state == "now" for row in rows),
        stopped=sum(row.state in ("late", "never") for row in rows),
    )


def _planner(user: User, now: datetime, today: date) -> PlannerToday:
    at_risk = planning.at_risk(until=today + AHEAD)
    cases = shortages.open_cases()
    return PlannerToday(
        at_risk=first(at_risk),
        cases=first(cases),
        foreseen=_foreseen(),
        may_open=user.may("shortages.open"),
        states=planning.kit_states(),
    )


def _foreseen() -> Some:
    coming = foreseen()
    return Some(coming[:FORESEEN], len(coming))


def _buyer(user: User, now: datetime, today: date) -> BuyerToday:
    asked = purchasing.open_requisitions().order_by("-is_urgent", "needed_on", "id")
    return BuyerToday(
        planning.hurting_deliveries(most=FEW),
        first(asked),
        purchasing.late_deliveries(today).count(),
    )


def _warehouse_manager(user: User, now: datetime, today: date) -> WarehouseToday:
    expected = purchasing.late_deliveries(today + timedelta(days=1)).filter(within(user, "line__order__warehouse"))
    transfers = stock.open_transfers().filter(within(user, "from_warehouse") | within(user, "to_warehouse"))
    return WarehouseToday(
        counts=first(stock.open_counts().filter(within(user, "warehouse"))),
        expected=first(expected),
        transfers=first(transfers),
        lists=picking.open_lists().filter(within(user, "warehouse")).count(),
        doubted=stock.doubted().filter(within(user, "location__warehouse")).count(),
    )


def _manager(user: User, now: datetime, today: date) -> ManagerToday:
    ahead = planning.board().filter(work_order__start_on__lte=today + AHEAD)
    cases = shortages.open_cases()
    late = planning.late_demands()
    penalties = [_penalty(row) for row in late]
    return ManagerToday(
        states=planning.kit_states(),
        ahead=ahead.count(),
        ready=ahead.filter(state__in=("now", "on_date")).count(),
        cases=first(cases),
        overdue=cases.filter(deadline_at__lt=now).count(),
        paused=paused_work_orders().count(),
        late_demands=sorted(late, key=_penalty, reverse=True)[:FEW],
        late_count=len(late),
        penalty=sum(penalties, ZERO),
        foreseen=_foreseen(),
        may_open=user.may("shortages.open"),
    )


def _penalty(row: DemandDate) -> Decimal:
    return shortages.penalty(row.sales_line, row.days_late)


def _administrator(user: User, now: datetime, today: date) -> SystemToday:
    return SystemToday(
        people=[(ROLES[role], number) for role, number in people_by_role().items()],
        freshness=planning.freshness(),
        facts=facts_since(now - timedelta(days=1)).count(),
        items=stock.items_with_stock(on=today).filter(is_active=True).count(),
        work_orders=planning.board().count(),
    )


_SHOWS: dict[str, Callable[[User, datetime, date], Any]] = {
    "picker": _picker,
    "line_leader": _line_leader,
    "planner": _planner,
    "buyer": _buyer,
    "warehouse_manager": _warehouse_manager,
    "manager": _manager,
    "administrator": _administrator,
}
assert set(_SHOWS) == set(ROLES)

"""What the page of a work order shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.journal.models import Fact
from qitao.journal.queries import history
from qitao.kernel.quantity import ZERO
from qitao.picking.consumption import Consumed, consumed, over_reasons
from qitao.picking.models import PickLine, PickList
from qitao.picking.queries import RETURNED_STATES, Returnable, lists, returnable
from qitao.planning.models import DemandDate, KitDate
from qitao.planning.pegging import demands_behind
from qitao.production import actions
from qitao.production.models import OPERATION, WORK_ORDER, Operation, Requirement, ScrapReason, WorkOrder
from qitao.production.output import free_rejects_of
from qitao.production.queries import alike
from qitao.production.reworking import REWORKED_STATES
from qitao.shortages.models import Case
from qitao.shortages.queries import with_short
from qitao.stock.models import Reservation, standing
from qitao.web.board.detail import Supply, details
from qitao.web.picking.showing import cases_of
from qitao.web.telling import Told, told

REQUIREMENT = "production.requirement"


@dataclass(frozen=True, slots=True)
class Doing:
    """A verb of the lifecycle as a button: what it says, what it calls, whether it asks first."""

    verb: str
    title: str | Promise
    said: str | Promise
    action: Callable[..., Any]
    icon: str = ""
    tone: str = ""  # primary, danger or nothing
    asks: str | Promise = ""
    wants_reason: bool = False

    @property
    def permission(self) -> str:
        """What one must hold for it: what its action asks for."""
        return str(self.action.permission)  # type: ignore[attr-defined]

    @property
    def route(self) -> str:
        return f"work-order-{self.verb}"


DOINGS: Mapping[str, Doing] = MappingProxyType(
    {
        doing.verb: doing
        for doing in (
            Doing("firm", _("Make firm"), _("{code} takes part in planning now."), actions.firm, "check", "primary"),
            Doing("release", _("Release"), _("{code} is released."), actions.release, "check", "primary"),
            Doing("start", _("Start"), _("{code} has started."), actions.start, "arrow_right", "primary"),
            Doing("resume", _("Go on"), _("{code} goes on."), actions.resume, "arrow_right", "primary"),
            Doing("pause", _("Pause"), _("{code} is paused."), actions.pause, "lock", wants_reason=True),
            Doing(
                "finish",
                _("Finish short"),
                _("{code} is complete; what it held is free again."),
                actions.finish,
                "check",
                asks=_("No more will be made. What is reserved and allocated for it will be free for others."),
                wants_reason=True,
            ),
            Doing("close", _("Close"), _("{code} is closed."), actions.close, "check", "primary"),
            Doing(
                "cancel",
                _("Cancel"),
                _("{code} is cancelled; what it held is free again."),
                actions.cancel,
                "close",
                "danger",
                _("Cancel this work order? What is reserved and allocated for it will be free for others."),
            ),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement: how much is issued, on a pick list, held; when the rest is covered, and from what."""

    requirement: Requirement
    on_list: Decimal
    held: Decimal
    short: Decimal
    supplies: list[Supply]
    tone: str
    is_bottleneck: bool
    case: Case | None

    over_why: str

    @property
    def is_done(self) -> bool:
        return not self.requirement.open_quantity


@dataclass(frozen=True, slots=True)
class WorkOrderPage:
    """A work order with everything around it."""

    order: WorkOrder
    kit: KitDate | None
    lines: list[Line]
    doings: list[Doing]
    pick_lists: list[PickList]
    children: list[WorkOrder]
    demands: list[DemandDate]
    story: list[Told]
    returnable: list[Returnable]
    consumed: list[Consumed]
    rejects: Decimal
    mergeable: list[WorkOrder]
    reworked: list[WorkOrder]
    operations: list[Operation]
    may_report: bool
    may_rework: bool
    may_split: bool
    may_change: bool
    may_fill: bool
    may_call: bool

    @property
    def rework_due(self) -> date:
        """When a rework order is due if nobody says otherwise: with the order itself, at the earliest today."""
        return max(self.order.due_on, timezone.localdate())

    @property
    def percent(self) -> int:
        """How much of it is made."""
        return round(100 * self.order.quantity_done / self.order.quantity)

    @property
    def scrap_reasons(self) -> list[tuple[str, str | Promise]]:
        """Why pieces can be lost, to choose from."""
        return list(ScrapReason.choices)

    @property
    def short_lines(self) -> int:
        """How many lines the plan does not cover in time."""
        return sum(1 for line in self.lines if line.short)

    @property
    def issued_lines(self) -> int:
        """How many lines are wholly issued."""
        return sum(line.is_done for line in self.lines)


def work_order_page(order: WorkOrder, user: User) -> WorkOrderPage:
    """Return what to show of a work order to `user`."""
    kit = KitDate.objects.filter(work_order=order).select_related("run", "bottleneck__item__unit").first()
    rejects = free_rejects_of(order)
    operations = list(order.operations.select_related("work_center"))
    goes_by_operations = any(each.status in OPERATION.sources("stop") for each in operations)
    can_make = order.status in ("released", "started") and order.open_quantity > 0
    return WorkOrderPage(
        order=order,
        kit=kit if order.is_open else None,
        lines=_lines(order, kit),
        doings=[
            DOINGS[verb]
            for verb in WORK_ORDER.allowed(order.status)
            if verb in DOINGS and user.may(DOINGS[verb].permission)
        ],
        pick_lists=list(lists().filter(work_order=order).order_by("id")),
        children=list(order.children.select_related("item__unit", "kit").order_by("rank")),
        demands=demands_behind([order.pk]).get(order.pk, []),
        story=told(_facts(order)),
        returnable=_returnable(order) if user.may("picking.return") else [],
        consumed=consumed(order),
        rejects=rejects,
        mergeable=list(alike(order)) if user.may("production.change") else [],
        operations=operations,
        reworked=list(order.rework_orders.order_by("code")),
        may_report=can_make and not goes_by_operations and user.may("production.report"),
        may_rework=rejects > 0 and order.status in REWORKED_STATES and user.may("production.report"),
        may_split=order.is_open and order.open_quantity > 0 and user.may("production.change"),
        may_change=order.status in actions.CHANGED_STATES and user.may("production.change"),
        may_fill=order.status in ("released", "started", "paused") and user.may("picking.make"),
        may_call=order.is_open and user.may("shortages.open"),
    )


def _returnable(order: WorkOrder) -> list[Returnable]:
    """Return the picks of which something can come back now."""
    return [each for each in returnable(order) if each.quantity > 0] if order.status in RETURNED_STATES else []


def _facts(order: WorkOrder) -> list[Fact]:
    """Return what happened to the order and to its pick lists, newest first."""
    own = list(history(order))
    for pick_list in order.pick_lists.all():
        own += [fact for fact in history(pick_list) if fact.kind != "picking.picked"]
    return sorted(own, key=lambda fact: fact.pk, reverse=True)


def _lines(order: WorkOrder, kit: KitDate | None) -> list[Line]:
    rows = list(
        with_short(order.requirements.filter(is_consumable=False))
        .select_related("item__unit", "cover", "replaces__item")
        .order_by("position")
    )
    on_lists = dict(
        PickLine.objects.filter(requirement__in=rows, status="open")
        .values_list("requirement")
        .annotate(all=Sum("quantity") - Sum("picked"))
    )
    held = dict(
        Reservation.objects.filter(
            standing(timezone.localdate()), holder=REQUIREMENT, holder_id__in=[row.pk for row in rows]
        )
        .values_list("holder_id")
        .annotate(all=Sum("quantity"))
    )
    cases = cases_of(row.pk for row in rows)
    over_why = over_reasons(rows)
    planned = {line.requirement.pk: line for line in details([kit])[kit.pk].lines} if kit and order.is_open else {}
    lines = [
        Line(
            requirement=row,
            on_list=on_lists.get(row.pk, ZERO),
            held=held.get(row.pk, ZERO),
            short=row.short if row.pk in planned else ZERO,  # type: ignore[attr-defined]
            supplies=planned[row.pk].supplies if row.pk in planned else [],
            tone=planned[row.pk].tone if row.pk in planned else "",
            is_bottleneck=kit is not None and kit.bottleneck_id == row.pk,
            case=cases.get(row.pk),
            over_why=over_why.get(row.pk, ""),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (not line.is_bottleneck, not line.short))  # what holds it up comes first

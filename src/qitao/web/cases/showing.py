"""What the page of a case shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from qitao.accounts.models import User
from qitao.accounts.queries import people_with
from qitao.journal.models import Fact
from qitao.journal.queries import history
from qitao.production.models import Requirement
from qitao.purchasing.models import Delivery, Requisition
from qitao.purchasing.queries import open_deliveries, open_requisitions
from qitao.shortages.holding import WhyNot, why_not
from qitao.shortages.models import CASE, OPEN_STATES, Case, Cause, Decision, OptionKind
from qitao.shortages.queries import NEVER_DAYS, Impact, impact
from qitao.stock.models import Balance, Count, CountFigure
from qitao.stock.queries import Holding, balances_of, holdings
from qitao.web.cases.sentences import ICONS, sentence
from qitao.web.telling import Told, tell

WAY = ("detected", "verified", "assessed", "decided", "carried_out", "closed")
FACTS = {"opened": "detected", **{state: state for state in WAY}}
PERMISSIONS = {
    "verify": "shortages.work",
    "assess": "shortages.work",
    "assign": "shortages.work",
    "count": "shortages.work",
    "close": "shortages.close",
    "cancel": "shortages.close",
    "reopen": "shortages.close",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A state on the case's way: passed (by whom, when), skipped, present or still ahead."""

    state: str
    word: str
    is_now: bool
    is_passed: bool
    at: datetime | None
    who: str

    @property
    def is_skipped(self) -> bool:
        """Whether the case went past it without stopping there."""
        return self.is_passed and self.at is None


@dataclass(frozen=True, slots=True)
class Link:
    """A document that a decision wrote: what it is, its code, its page."""

    word: str
    code: str
    url: str


@dataclass(frozen=True, slots=True)
class Done:
    """A decision: what was done as a sentence, what it wrote."""

    decision: Decision
    text: str
    icon: str
    links: list[Link]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline."""

    told: Told
    is_remark: bool


@dataclass(frozen=True, slots=True)
class CountSoFar:
    """How far the count is that verifies the case, and – once posted – what it found beyond the record."""

    count: Count
    lines: int
    counted: int
    is_again: bool
    difference: Decimal

    @property
    def is_posted(self) -> bool:
        return self.count.status == Count.State.POSTED

    @property
    def is_waiting(self) -> bool:
        return self.count.status == Count.State.WAITING


def _count_so_far(case: Case) -> CountSoFar | None:
    """Return how far the case's count is; nothing where there is none, or where it was given up."""
    if case.count is None or case.count.status == Count.State.CANCELLED:
        return None
    rows = list(case.count.lines.all())
    again = CountFigure.objects.filter(line__in=[row.pk for row in rows if row.counted is None]).exists()
    found = [row.counted - row.recorded for row in rows if row.counted is not None and row.recorded is not None]
    return CountSoFar(case.count, len(rows), len(found), again, sum(found, Decimal(0)))


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case: whom it hurts, who holds the item, what lies where and is on order, what was done, what can be."""

    case: Case
    impact: Impact
    why: WhyNot
    deliveries: list[Delivery]
    requisitions: list[Requisition]
    holdings: list[Holding]
    doubted: list[Balance]
    blocked: list[Balance]
    steps: list[Step]
    done: list[Done]
    story: list[Entry]
    people: list[User]
    verbs: frozenset[str]
    suggested_cause: str
    see_cost: bool
    may_decide: bool
    count: CountSoFar | None
    causes: list[tuple[str, Any]] = field(default_factory=lambda: list(Cause.choices))

    @property
    def is_open(self) -> bool:
        return self.case.status in OPEN_STATES

    @property
    def short_quantity(self) -> Decimal:
        """How much is lacking now, over all work orders."""
        return self.impact.short_quantity

    @property
    def never_days(self) -> int:
        """For how many days a penalty is counted where an order has no date at all."""
        return NEVER_DAYS

    @property
    def hit_ids(self) -> set[int]:
        """The work orders that lack the item themselves."""
        return {hit.work_order.pk for hit in self.impact.work_orders if hit.short_quantity}

    @property
    def borrower(self) -> Requirement | None:
        """The requirement to take or ask for: of the work order that is served first and still lacks the item."""
        return next((hit.requirement for hit in self.impact.work_orders if hit.requirement.open_quantity), None)

    @property
    def available(self) -> Decimal:
        """How much of it nobody has claimed, in all warehouses."""
        return sum((max(holding.free, Decimal(0)) for holding in self.holdings), Decimal(0))


def case_page(case: Case, user: User, *, today: date) -> CasePage:
    """Return what to show of `case`."""
    facts = list(history(case))
    balances = list(balances_of(case.item))
    allowed = CASE.allowed(case.status)
    is_open = case.status in OPEN_STATES
    verbs = {verb for verb in allowed if user.may(PERMISSIONS.get(verb, "shortages.decide"))}
    if is_open and user.may("shortages.work"):
        verbs |= {"assign", "count"}
    return CasePage(
        case=case,
        impact=impact(case),
        why=why_not(case.item, today=today),
        deliveries=list(open_deliveries(case.item)),
        requisitions=list(open_requisitions(case.item)),
        holdings=holdings(case.item, on=today),
        doubted=[row for row in balances if row.doubted_at],
        blocked=[row for row in balances if row.status != "ok"],
        steps=_steps(case, facts),
        done=_done(case),
        story=[Entry(_told(fact), fact.kind == "shortages.commented") for fact in reversed(facts)],
        people=people_with("shortages.work") if "assign" in verbs else [],
        verbs=frozenset(verbs),
        suggested_cause=_suggested(facts),
        see_cost=user.may("cost.view"),
        may_decide=is_open and user.may("shortages.decide"),
        count=_count_so_far(case),
    )


def _told(fact: Fact) -> Told:
    text = fact.data.get("text", "") if fact.kind == "shortages.commented" else tell(fact)
    return Told(fact.at, str(fact.actor), text, fact.kind)


def _steps(case: Case, facts: list[Fact]) -> list[Step]:
    """Return the way of the case; after a reopening, what came later than its present state is ahead again."""
    last: dict[str, Fact] = {}
    for fact in facts:
        state = FACTS.get(fact.kind.removeprefix("shortages."))
        if state is not None:
            last[state] = fact
    present = WAY.index(case.status) if case.status in WAY else -1
    return [_step(state, last.get(state), place - present) for place, state in enumerate(WAY)]


def _step(state: str, fact: Fact | None, ahead: int) -> Step:
    """Return a step that lies `ahead` of the present state (below zero: behind it) and the fact that led to it."""
    reached = fact if ahead <= 0 else None
    return Step(
        state=state,
        word=str(Case.State(state).label),
        is_now=ahead == 0,
        is_passed=ahead < 0,
        at=reached.at if reached else None,
        who=str(reached.actor) if reached else "",
    )


def _suggested(facts: list[Fact]) -> str:
    """Return the cause that the record speaks for: a count that found less, or nothing."""
    differences = [fact.data["difference"] for fact in facts if fact.data.get("difference")]
    return Cause.RECORD.value if any(Decimal(text) < 0 for text in differences) else ""


def _done(case: Case) -> list[Done]:
    decisions = case.decisions.select_related("requirement__work_order__item__unit", "requirement__item__unit", "actor")
    return [_one_done(decision) for decision in decisions.order_by("-id")]


def _one_done(decision: Decision) -> Done:
    requirement = decision.requirement
    assert requirement is not None  # every way out is for one
    order = requirement.work_order
    text = sentence(
        decision.kind, decision.parameters, item=requirement.item, product=order.item, work_order=order.code
    )
    return Done(decision, text, ICONS[OptionKind(decision.kind)], _links(decision, order.code))


# what a decision wrote → its word, the route of its page
WROTE = {
    "transfer": (lambda: gettext("transfer"), "transfer"),
    "pick_list": (lambda: gettext("pick list"), "pick-list"),
    "requisition": (lambda: gettext("requisition"), "requisition"),
    "work_order": (lambda: gettext("work order"), "work-order"),
    "count": (lambda: gettext("count"), "count"),
    "delivery": (lambda: gettext("purchase order"), "purchase-order"),
}


def _links(decision: Decision, order_code: str) -> list[Link]:
    """Return the documents a decision wrote or changed; the work order itself where it changed nothing else."""
    links = []
    for name, code in decision.wrote.items():
        if name in WROTE and code:
            word, route = WROTE[name]
            key = str(code).rpartition("-")[0] if name == "delivery" else str(code)
            links.append(Link(word(), str(code), _page(route, key)))
    if decision.kind != OptionKind.WAIT and not links:
        links.append(Link(gettext("work order"), order_code, _page("work-order", order_code)))
    return links


def _page(route: str, code: str) -> str:
    try:
        return reverse(route, args=[code])
    except NoReverseMatch:
        return ""

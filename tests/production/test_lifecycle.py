"""A work order's life is one table: every state × verb × role is tried, and of two at once one wins."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from qitao.accounts.roles import ROLES, permitted
from qitao.kernel.refusal import NotAllowed, NotNow, Refusal
from qitao.production import actions, merging
from qitao.production.models import WORK_ORDER, Closing, WorkOrder
from tests import small_plant
from tests.invariants.overlap import overlap
from tests.production.states_page import PAGE, page
from tests.small_plant import SmallPlant

# verb of the table → the action behind it, and what it needs to be told besides the work order
VERBS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "firm": (actions.firm, {}),
    "release": (actions.release, {}),
    "start": (actions.start, {}),
    "pause": (actions.pause, {"reason": "tool broken"}),
    "resume": (actions.resume, {}),
    "complete": (actions.report_output, {"quantity": Decimal(10)}),
    "finish": (actions.finish, {"reason": "enough"}),
    "close": (actions.close, {}),
    "cancel": (actions.cancel, {}),
    "merge": (merging.merge, {}),  # with another one in the same state
}
COMPLETES_FROM = ("released", "started")  # whoever reports output has started


def sources(verb: str) -> tuple[str, ...]:
    return COMPLETES_FROM if verb == "complete" else WORK_ORDER.sources(verb)


def test_every_verb_of_the_table_has_an_action() -> None:
    assert set(VERBS) == set(WORK_ORDER.verbs)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_works_from_its_states_for_its_roles_and_nowhere_else(verb: str) -> None:
    plant = small_plant.build()
    act, facts = VERBS[verb]
    order, other = plant.work_order(10), plant.work_order(10)
    if verb == "merge":
        facts = {"into_id": other.pk}
    for state, role in product(WORK_ORDER.states, ROLES):
        Closing.objects.all().delete()
        WorkOrder.objects.filter(pk__in=[order.pk, other.pk]).update(status=state, quantity_done=0)
        try:
            act(plant.do(role), work_order_id=order.pk, **facts)
            answer = "done"
        except NotAllowed:
            answer = "not allowed"
        except NotNow as refusal:
            answer = "not now" if str(WorkOrder.State(state).label) in str(refusal) else str(refusal)
        if not permitted(frozenset({role}), act.permission):  # type: ignore[attr-defined]
            expected, becomes = "not allowed", state
        elif state not in sources(verb):
            expected, becomes = "not now", state
        else:
            expected, becomes = "done", WORK_ORDER.target(verb)
        order.refresh_from_db()
        assert (answer, order.status) == (expected, becomes), f"{verb} from {state} by {role}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("state", "first", "second"),
    [
        (state, first, second)
        for state in ("firm", "released", "started", "paused", "completed")
        for first, second in product(VERBS, VERBS)
        if state in sources(first)
        and state in sources(second)
        and WORK_ORDER.target(first) not in sources(second)
        and (first != "complete" or second in ("complete", "cancel", "finish"))
    ],
)
def test_of_two_at_once_one_wins_and_the_other_is_told_why(state: str, first: str, second: str) -> None:
    plant = small_plant.build()
    order, other = plant.work_order(10), plant.work_order(10)
    WorkOrder.objects.filter(pk__in=[order.pk, other.pk]).update(status=state)

    def walk(plant: SmallPlant, verb: str) -> object:
        act, facts = VERBS[verb]
        if verb == "merge":
            facts = {"into_id": other.pk}
        return act(plant.do("planner"), work_order_id=order.pk, **facts)

    won, lost = overlap(lambda: walk(plant, first), lambda: walk(plant, second))
    assert isinstance(won, dict)
    assert isinstance(lost, Refusal), lost
    assert lost.status == 409
    assert order.code in str(lost)
    order.refresh_from_db()
    assert order.status == WORK_ORDER.target(first)


def test_the_reference_page_says_what_the_table_says() -> None:
    assert PAGE.read_text("utf-8") == page()

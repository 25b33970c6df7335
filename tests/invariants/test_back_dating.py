"""Documents dated back and reversed, at random: what a slow, obvious replay allows is allowed, and nothing else (R7).

The replay keeps every change with its moment, and says what lay in a balance at any moment by adding up from nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qitao.catalog.models import Item
from qitao.stock import documents, queries
from qitao.stock.documents import Bring, Take
from qitao.stock.history import Scope, as_of, card
from qitao.stock.models import Balance, Lot
from qitao.stock.refusals import AlreadyGone, NotEnoughOnHand, NotEnoughThen
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db

Key = tuple[str, str, str]  # bin, lot, status
Change = tuple[datetime, Key, int]
NUMBERS = count(1)
KINDS = ("receive", "receive", "issue", "scrap", "block", "release", "reverse")


@dataclass(frozen=True)
class Step:
    kind: str
    place: str
    lot: str
    quantity: int
    back: int  # minutes
    which: int  # of the documents, for a reversal


@dataclass
class Replay:
    """What lay where, by adding up every change from nothing."""

    changes: list[Change] = field(default_factory=list)

    def level(self, key: Key, at: datetime) -> int:
        return sum(quantity for when, where, quantity in self.changes if where == key and when <= at)

    def allows(self, new: list[Change]) -> bool:
        after = Replay(self.changes + new)
        moments = {when for when, _, _ in after.changes}
        return all(after.level(key, moment) >= 0 for _, key, _ in new for moment in moments)


STEPS = st.lists(
    st.builds(
        Step,
        kind=st.sampled_from(KINDS),
        place=st.sampled_from(["A-01", "A-02"]),
        lot=st.sampled_from(["", "L-1"]),
        quantity=st.integers(1, 6),
        back=st.sampled_from([0, 0, 5, 15, 25, 60]),
        which=st.integers(0, 5),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_what_a_replay_from_nothing_allows_is_allowed_and_nothing_else(plant: SmallPlant, steps: list[Step]) -> None:
    item = Item.objects.create(code=f"R7-{next(NUMBERS)}", name="R7", unit=plant.items["BOLT"].unit)
    replay, written = Replay(), dict[int, list[Change]]()
    for number, step in enumerate(steps):
        now = EIGHT + timedelta(minutes=10 * number)
        _carry_out(plant, item, step, now=now, replay=replay, written=written)
    _same_at_every_moment(item, replay)
    assert queries.verify() == []


def _carry_out(
    plant: SmallPlant, item: Item, step: Step, *, now: datetime, replay: Replay, written: dict[int, list[Change]]
) -> None:
    keeper = plant.do("warehouse_manager", at=now)
    at = now - timedelta(minutes=step.back) if step.back else None
    if step.kind == "reverse":
        if not written:
            return
        pk = sorted(written)[step.which % len(written)]
        new = [(now, key, -quantity) for _, key, quantity in written[pk]]
        if _done(replay, new, lambda: documents.reverse(keeper, document_id=pk, reason="wrong")) is not None:
            del written[pk]
        return
    new = _changes(step, at or now)
    reply = _done(replay, new, lambda: _write(plant, keeper, item, step, at))
    if reply is not None:
        written[reply["document"]] = new


def _done(replay: Replay, new: list[Change], work: Any) -> Any:
    """Carry out if the replay allows it, else see it refused; return the reply."""
    if not replay.allows(new):
        with pytest.raises((NotEnoughOnHand, NotEnoughThen, AlreadyGone)):
            work()
        return None
    reply = work()
    replay.changes += new
    return reply


def _changes(step: Step, at: datetime) -> list[Change]:
    ok, held = (step.place, step.lot, "ok"), (step.place, step.lot, "quarantine")
    match step.kind:
        case "receive":
            return [(at, ok, step.quantity)]
        case "block":
            return [(at, ok, -step.quantity), (at, held, step.quantity)]
        case "release":
            return [(at, held, -step.quantity), (at, ok, step.quantity)]
    return [(at, ok, -step.quantity)]


def _write(plant: SmallPlant, keeper: Any, item: Item, step: Step, at: datetime | None) -> Any:
    place, quantity = plant.bins[step.place], Decimal(step.quantity)
    if step.kind == "receive":
        bring = Bring(item.pk, place.pk, quantity, step.lot)
        return documents.receive(keeper, warehouse_id=plant.home.pk, brings=[bring], reason="R7", happened_at=at)
    status = "quarantine" if step.kind == "release" else "ok"
    lot, _ = Lot.objects.get_or_create(item=item, code=step.lot)
    balance, _ = Balance.objects.get_or_create(item=item, location=place, lot=lot, status=status)
    facts: dict[str, Any] = {"takes": [Take(balance.pk, quantity)], "reason": "R7", "happened_at": at}
    match step.kind:
        case "issue":
            return documents.issue(keeper, **facts)
        case "scrap":
            return documents.scrap(keeper, **facts)
    return documents.change_status(keeper, status="ok" if step.kind == "release" else "quarantine", **facts)


def _same_at_every_moment(item: Item, replay: Replay) -> None:
    moments = sorted({when for when, _, _ in replay.changes})
    for moment in [EIGHT - timedelta(days=1), *moments, EIGHT + timedelta(days=1)]:
        rows = as_of(moment).filter(item=item)
        was = {(row.location.code, row.lot.code, row.status): row.was for row in rows}
        for key, level in was.items():
            assert level == replay.level(key, moment), (moment, key)
            assert level >= 0
        assert all(key in was for _, key, _ in replay.changes)
    moves = card(Scope(item), since=EIGHT - timedelta(days=1), until=EIGHT + timedelta(days=1)).order_by(
        "happened_at", "id"
    )
    for move in moves:
        assert move.level >= 0


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()

"""What an action writes, what follows from it and its reply are one: all is there, or nothing."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.db import connection

from qitao.journal import facts
from qitao.journal.command import Command, Reply, action
from qitao.journal.models import CommandRecord, Fact
from qitao.project.wiring import REACTIONS, connect
from qitao.stock import actions as stock
from qitao.stock.models import Move
from tests import small_plant
from tests.invariants.overlap import at_once, overlap
from tests.small_plant import SmallPlant

pytestmark = pytest.mark.django_db(transaction=True)


class Broken(Exception):
    """Something nobody anticipated."""


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


@pytest.fixture
def rewire() -> Iterator[Callable[[str, facts.Reaction], None]]:
    """Let something else follow from a kind of fact, as long as the test runs."""

    def put(kind: str, reaction: facts.Reaction) -> None:
        facts.wire({**REACTIONS, kind: (*REACTIONS[kind], reaction)})

    yield put
    connect()


def test_what_follows_fails_and_nothing_has_happened(
    plant: SmallPlant, rewire: Callable[[str, facts.Reaction], None]
) -> None:
    lying, command = plant.put("BOLT", "A-01", 10), plant.do("picker")

    def break_down(command: Command, fact: Fact) -> None:
        raise Broken

    def move() -> Reply:
        return stock.move(command, balance_id=lying.pk, to_location_id=plant.bins["A-02"].pk, quantity=Decimal(4))

    rewire("stock.moved", break_down)
    with pytest.raises(Broken):
        move()
    assert (plant.on_hand("BOLT", "A-01"), plant.on_hand("BOLT", "A-02")) == (10, 0)
    assert not Move.objects.filter(command_id=command.id).exists()
    assert not Fact.objects.filter(command_id=command.id).exists()
    assert not CommandRecord.objects.filter(pk=command.id).exists()
    connect()
    move()  # the same command, once the fault is mended
    assert (plant.on_hand("BOLT", "A-01"), plant.on_hand("BOLT", "A-02")) == (6, 4)


def test_a_reply_that_cannot_be_kept_takes_the_work_back(plant: SmallPlant) -> None:
    lying, command = plant.put("BOLT", "A-01", 10), plant.do("picker")

    @action(permission="stock.move")
    def move_and_say_nonsense(command: Command) -> Reply:
        stock.move(command, balance_id=lying.pk, to_location_id=plant.bins["A-02"].pk, quantity=Decimal(4))
        return {"reply": object()}

    with pytest.raises(TypeError, match="cannot be part of a command"):
        move_and_say_nonsense(command)
    assert (plant.on_hand("BOLT", "A-01"), plant.on_hand("BOLT", "A-02")) == (10, 0)


def test_a_second_delivery_waits_for_the_first_and_gets_its_reply(plant: SmallPlant) -> None:
    lying, number = plant.put("BOLT", "A-01", 10), uuid.uuid4()

    def deliver() -> object:
        command, target = plant.do("picker", number=number), plant.bins["A-02"].pk
        return stock.move(command, balance_id=lying.pk, to_location_id=target, quantity=Decimal(4))

    first, second = overlap(deliver, deliver)
    assert isinstance(first, dict)
    assert second == first
    assert plant.on_hand("BOLT", "A-02") == 4


def test_a_deadlock_is_tried_again_and_nobody_hears_of_it(plant: SmallPlant) -> None:
    meet, tries = threading.Barrier(2), []
    lock = "SELECT pg_advisory_xact_lock(%s)"

    @action(permission="stock.move")
    def lock_two(command: Command, *, first: int, second: int) -> Reply:
        tries.append(first)
        with connection.cursor() as cursor:
            cursor.execute(lock, [first])
            if len(tries) <= 2:
                meet.wait(30)  # each has its first and wants the other's
            cursor.execute(lock, [second])
        return {"locked": [first, second]}

    def work(first: int, second: int) -> Callable[[], object]:
        return lambda: lock_two(plant.do("picker"), first=first, second=second)

    assert at_once([work(1, 2), work(2, 1)]) == [{"locked": [1, 2]}, {"locked": [2, 1]}]
    assert len(tries) == 3

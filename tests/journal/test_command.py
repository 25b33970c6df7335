"""A command is carried out once, by one transaction, and answered the same for ever."""

from __future__ import annotations

import threading
import uuid
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from qitao.journal.command import Reply
from qitao.journal.models import CommandRecord, Fact
from qitao.kernel.refusal import CommandReused, NotAllowed
from qitao.stock import actions as stock
from qitao.stock.models import Move
from tests import small_plant
from tests.small_plant import SmallPlant


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


@pytest.mark.django_db
def test_the_second_delivery_gets_the_first_reply(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 10)
    command = plant.do("picker")
    order = {"balance_id": balance.pk, "to_location_id": plant.bins["A-02"].pk, "quantity": Decimal(4)}
    assert stock.move(command, **order) == stock.move(command, **order)
    assert (plant.on_hand("BOLT", "A-01"), plant.on_hand("BOLT", "A-02")) == (6, 4)


@pytest.mark.django_db
def test_one_number_for_two_different_commands_is_refused(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 10)
    command = plant.do("picker")
    order = {"balance_id": balance.pk, "to_location_id": plant.bins["A-02"].pk}
    stock.move(command, quantity=Decimal(4), **order)
    with pytest.raises(CommandReused):
        stock.move(command, quantity=Decimal(5), **order)
    assert plant.on_hand("BOLT", "A-02") == 4


@pytest.mark.django_db
def test_without_the_permission_nothing_happens(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 10)
    with pytest.raises(NotAllowed):
        stock.move(plant.do("buyer"), balance_id=balance.pk, to_location_id=plant.bins["A-02"].pk, quantity=Decimal(1))
    assert plant.on_hand("BOLT", "A-01") == 10


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["stock_move", "journal_command", "journal_fact"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET id = id"])
def test_the_database_itself_refuses_to_change_what_was_written(plant: SmallPlant, table: str, change: str) -> None:
    plant.put("BOLT", "A-01", 10)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))


@pytest.mark.django_db(transaction=True)
def test_twelve_deliveries_of_one_command_at_once_do_it_once(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 100)
    number, replies = uuid.uuid4(), []
    gate = threading.Barrier(12)

    def deliver() -> None:
        gate.wait()
        replies.append(_move(plant, balance.pk, number))
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == 12
    assert all(reply == replies[0] for reply in replies)
    assert plant.on_hand("BOLT", "A-02") == 5
    assert CommandRecord.objects.filter(pk=number).count() == 1
    assert Move.objects.filter(command_id=number).count() == Fact.objects.filter(command_id=number).count() == 1


def _move(plant: SmallPlant, balance_id: int, number: uuid.UUID) -> Reply:
    command = plant.do("picker", number=number)
    return stock.move(command, balance_id=balance_id, to_location_id=plant.bins["A-02"].pk, quantity=Decimal(5))

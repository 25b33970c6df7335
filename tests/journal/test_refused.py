"""What was asked is kept word for word, and so is what was refused – without a secret in either."""

from __future__ import annotations

import logging
from decimal import Decimal

import pytest
from django.db import connection

from qitao.journal import people
from qitao.journal.asked import KEPT_BACK
from qitao.journal.command import Command, Reply, action
from qitao.journal.models import CommandRecord, Fact, RefusalRecord
from qitao.kernel.refusal import BadValue, NotAllowed, Refusal
from qitao.stock import actions as stock
from qitao.stock.refusals import NotEnoughOnHand
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db

GOOD = "correct horse battery"


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def test_a_command_keeps_what_was_asked(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 10)
    command = plant.do("picker")
    stock.move(command, balance_id=balance.pk, to_location_id=plant.bins["A-02"].pk, quantity=Decimal("4.50"))
    kept = CommandRecord.objects.get(pk=command.id)
    assert kept.arguments == {"balance_id": balance.pk, "to_location_id": plant.bins["A-02"].pk, "quantity": "4.5"}


def test_a_refusal_is_kept_and_nothing_of_what_it_stopped(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 10)
    command, facts = plant.do("picker"), Fact.objects.count()
    with pytest.raises(NotEnoughOnHand):
        stock.move(command, balance_id=balance.pk, to_location_id=plant.bins["A-02"].pk, quantity=Decimal(11))
    kept = RefusalRecord.objects.get()
    assert (kept.command_id, kept.action, kept.actor, kept.at, kept.source) == (
        command.id,
        "stock.move",
        plant.people["picker"],
        EIGHT,
        "test",
    )
    assert kept.reason == "NotEnoughOnHand"
    assert kept.facts["asked"] == "11"
    assert "11" in kept.said
    assert kept.arguments["quantity"] == "11"
    assert Fact.objects.count() == facts
    assert not CommandRecord.objects.filter(pk=command.id).exists()


def test_who_was_not_allowed_is_kept(plant: SmallPlant) -> None:
    with pytest.raises(NotAllowed):
        stock.move(plant.do("buyer"), balance_id=1, to_location_id=1, quantity=Decimal(1))
    kept = RefusalRecord.objects.get()
    assert (kept.reason, kept.facts) == ("NotAllowed", {"permission": "stock.move"})


@action(permission="home.view")
def inner(command: Command) -> Reply:
    raise BadValue(field="x", problem="is empty")


@action(permission="home.view")
def outer(command: Command, *, swallow: bool) -> Reply:
    try:
        inner(command.part("inner"))
    except BadValue:
        if not swallow:
            raise
    return {}


def test_a_refusal_inside_another_command_is_that_ones_to_pass_on(plant: SmallPlant) -> None:
    outer(plant.do("picker"), swallow=True)
    assert not RefusalRecord.objects.exists()
    with pytest.raises(BadValue):
        outer(plant.do("picker"), swallow=False)
    assert RefusalRecord.objects.get().action.endswith("outer")


def test_where_it_cannot_be_written_the_refusal_is_said_all_the_same(
    plant: SmallPlant, caplog: pytest.LogCaptureFixture
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_refusal RENAME TO journal_refusal_away")
    with caplog.at_level(logging.ERROR), pytest.raises(NotAllowed):
        stock.move(plant.do("buyer"), balance_id=1, to_location_id=1, quantity=Decimal(1))
    assert "NotAllowed of stock.move" in caplog.text


def test_no_password_is_kept(plant: SmallPlant) -> None:
    admin = plant.do("administrator")
    values = {"name": "王", "roles": ["picker"], "language": "en", "warehouses": []}
    reply = people.create_person(admin, username="wang", password=GOOD, values=values)
    assert CommandRecord.objects.get(pk=admin.id).arguments["password"] == KEPT_BACK
    with pytest.raises(Refusal):
        people.reset_password(plant.do("administrator"), person_id=reply["person"], password="short-1")
    people.reset_password(plant.do("administrator"), person_id=reply["person"], password=GOOD + "2")
    with connection.cursor() as cursor:
        for table in ("journal_command", "journal_refusal", "journal_fact"):
            cursor.execute(f"SELECT count(*) FROM {table} AS row WHERE row::text ~ 'correct horse|short-1'")
            assert cursor.fetchone() == (0,), table


def test_what_is_too_long_is_kept_by_its_digest(plant: SmallPlant) -> None:
    lines = [{"item_id": number, "words": "x" * 100} for number in range(1000)]
    with pytest.raises(NotAllowed):
        stock.open_balances(plant.do("picker"), lines=lines, document=plant.site)
    kept = RefusalRecord.objects.get()
    assert list(kept.arguments) == ["(left out)"]
    assert len(kept.fingerprint) == 64

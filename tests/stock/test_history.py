"""What lay where at a moment, and the card of an item."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from qitao.stock import actions as stock
from qitao.stock import documents
from qitao.stock.documents import Bring, Take
from qitao.stock.history import Scope, as_of, card
from qitao.stock.models import Balance, Lot
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db


def at(hours: int) -> datetime:
    return EIGHT + timedelta(hours=hours)


@pytest.fixture
def plant() -> SmallPlant:
    """A plant where BOLT came at eight and nine, was moved at ten, and issued at eleven, dated back to nine."""
    plant = small_plant.build()
    for hours, lot, quantity in ((0, "L-1", 100), (1, "L-2", 50)):
        bring = Bring(plant.items["BOLT"].pk, plant.bins["A-01"].pk, Decimal(quantity), lot)
        command = plant.do("warehouse_manager", at=at(hours))
        documents.receive(command, warehouse_id=plant.home.pk, brings=[bring], reason="found")
    first = Balance.objects.get(lot__code="L-1")
    place = plant.bins["A-02"].pk
    stock.move(plant.do("picker", at=at(2)), balance_id=first.pk, to_location_id=place, quantity=Decimal(30))
    second = Balance.objects.get(lot__code="L-2")
    command = plant.do("warehouse_manager", at=at(3))
    documents.issue(command, takes=[Take(second.pk, Decimal(20))], reason="samples", happened_at=at(1))
    return plant


def lay(moment: datetime) -> dict[tuple[str, str], int]:
    return {(row.location.code, row.lot.code): int(row.was) for row in as_of(moment).filter(was__gt=0)}


def test_what_lay_where_at_each_moment(plant: SmallPlant) -> None:
    assert lay(at(-1)) == {}
    assert lay(at(0)) == {("A-01", "L-1"): 100}
    assert lay(at(1)) == {("A-01", "L-1"): 100, ("A-01", "L-2"): 30}
    assert lay(at(2)) == {("A-01", "L-1"): 70, ("A-02", "L-1"): 30, ("A-01", "L-2"): 30}
    assert lay(at(9)) == lay(at(2))


def levels(scope: Scope, *, since: int = -1, until: int = 9) -> list[tuple[int, int, int]]:
    rows = card(scope, since=at(since), until=at(until)).order_by("happened_at", "id")
    return [(int(row.came), int(row.went), int(row.level)) for row in rows]


def test_the_card_runs_with_what_lay_there_after_each_move(plant: SmallPlant) -> None:
    bolt = plant.items["BOLT"]
    assert levels(Scope(bolt)) == [(100, 0, 100), (50, 0, 150), (0, 20, 130)]  # a move inside the stores is none here
    assert levels(Scope(bolt, warehouse=plant.home)) == levels(Scope(bolt))
    assert levels(Scope(bolt, location=plant.bins["A-01"])) == [
        (100, 0, 100),
        (50, 0, 150),
        (0, 20, 130),
        (0, 30, 100),
    ]
    assert levels(Scope(bolt, location=plant.bins["A-02"])) == [(30, 0, 30)]
    assert levels(Scope(bolt, lot=Lot.objects.get(code="L-2"))) == [(50, 0, 50), (0, 20, 30)]
    assert levels(Scope(bolt, warehouse=plant.second)) == []


def test_a_part_of_the_card_starts_from_what_lay_there(plant: SmallPlant) -> None:
    assert levels(Scope(plant.items["BOLT"], location=plant.bins["A-01"]), since=2) == [(0, 30, 100)]


def test_the_pages_say_the_same(plant: SmallPlant, client: Client) -> None:
    client.force_login(plant.people["planner"], backend="django.contrib.auth.backends.ModelBackend")
    then = client.get("/stock/at/?at=2026-01-05T08:00").content.decode()
    assert "L-1" in then
    assert "L-2" not in then
    assert "L-2" in client.get("/stock/at/?at=2026-01-05T08:00&which=changed").content.decode()
    found = client.get("/stock/card/?item=BOLT&warehouse=RM&bin=A-02&since=2026-01-05T00:00").content.decode()
    assert "RM/A-01" in found
    assert client.get("/stock/card/?item=NOPE").status_code == 404
    assert client.get("/stock/card/").status_code == 404


def test_what_expires_is_listed_by_the_plants_day(plant: SmallPlant, client: Client) -> None:
    today = timezone.localdate()
    for code, days in (("OLD", -1), ("SOON", 5), ("LATER", 200)):
        plant.put("PAINT", "A-03", 5, lot=code, expires_on=today + timedelta(days=days))
    client.force_login(plant.people["planner"], backend="django.contrib.auth.backends.ModelBackend")

    def shown(query: str) -> set[str]:
        text = client.get(f"/stock/expiring/{query}").content.decode()
        return {code for code in ("OLD", "SOON", "LATER") if f">{code}<" in text}

    assert shown("") == {"OLD", "SOON"}
    assert shown("?until=gone") == {"OLD"}
    assert shown("?until=all") == {"OLD", "SOON", "LATER"}

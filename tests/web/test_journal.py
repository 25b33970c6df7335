"""The journal as people read it: everything in one list, each entry whole, and what concerns one record."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from qitao.catalog import actions as catalog
from qitao.journal import chain, people
from qitao.journal.models import Entry, RefusalRecord, Verification
from qitao.kernel.refusal import Refusal
from qitao.stock import actions as stock
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    """A plant in which a move was made, one refused, and an item changed."""
    plant = small_plant.build()
    balance, place = plant.put("BOLT", "A-01", 10), plant.bins["A-02"].pk
    stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=place, quantity=Decimal(4))
    later = plant.do("picker", at=EIGHT + timedelta(days=2))
    with pytest.raises(Refusal):
        stock.move(later, balance_id=balance.pk, to_location_id=place, quantity=Decimal(11))
    bolt = plant.items["BOLT"]
    catalog.change_item(plant.do("planner"), item_id=bolt.pk, values={"lead_days": 9})
    return plant


@pytest.fixture
def manager(plant: SmallPlant, client: Client) -> Client:
    client.force_login(plant.people["manager"])
    client.cookies["django_language"] = "en"
    return client


def read(client: Client, query: str = "") -> str:
    answer = client.get(reverse("journal") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(client: Client, query: str) -> list[Entry]:
    listing = client.get(reverse("journal") + query).context["list"]
    return list(listing.page.object_list)


def kinds(client: Client, query: str) -> list[str]:
    return sorted(row.kind for row in rows(client, query))


def test_all_of_it_stands_in_one_list(manager: Client) -> None:
    text = read(manager)
    assert "Moved 4 to" in text
    assert "only 6" in text or "11" in text
    assert "lead days 7 → 9" in text


def test_it_is_filtered_by_kind_person_area_source_and_day(manager: Client, plant: SmallPlant) -> None:
    assert kinds(manager, "?kind=refusal") == ["refusal"]
    assert kinds(manager, f"?actor={plant.people['planner'].pk}") == ["change", "command"]
    assert kinds(manager, "?area=catalog") == ["change", "command"]
    assert kinds(manager, "?source=web") == []
    assert kinds(manager, "?at_from=2026-01-07") == ["refusal"]
    assert len(kinds(manager, "?at_to=2026-01-05")) == 4
    assert kinds(manager, "?at_from=nonsense&kind=change") == ["change"]
    assert kinds(manager, "?q=NotEnough") == ["refusal"]


def test_a_record_leads_to_what_concerns_it(manager: Client, plant: SmallPlant) -> None:
    bolt, plate = plant.items["BOLT"], plant.items["PLATE"]
    assert kinds(manager, f"?about=catalog.item:{bolt.pk}") == ["change", "command", "command"]
    assert kinds(manager, f"?about=catalog.item:{plate.pk}") == []
    assert "Show everything" in read(manager, f"?about=catalog.item:{bolt.pk}")
    assert len(rows(manager, "?about=no.such:1")) == 5


def test_an_entry_is_shown_whole(manager: Client, plant: SmallPlant) -> None:
    for row in Entry.objects.all():
        text = manager.get(reverse("journal-entry", args=[row.key])).content.decode()
        assert str(row.command_id) in text
        assert "Waits for its seal." in text
        if row.action == "stock.move":
            assert ("11" if row.kind == "refusal" else "What was answered") in text
        if row.kind == "change":
            assert '<td class="dim">7</td><td>9</td>' in text


@pytest.mark.parametrize("key", ["c999999", "x1", "c", "c1x", "f-1"])
def test_there_is_no_entry_of_that_name(manager: Client, key: str) -> None:
    assert manager.get(f"/journal/{key}/").status_code == 404


def test_a_person_without_the_permission_sees_none(plant: SmallPlant, client: Client) -> None:
    client.force_login(plant.people["planner"])
    assert client.get(reverse("journal")).status_code == 403


def test_who_sends_a_form_without_the_permission_is_written_down(plant: SmallPlant, client: Client) -> None:
    client.force_login(plant.people["planner"])
    client.post(reverse("person-new"), {"username": "x", "password": "a-secret-of-mine"})
    kept = RefusalRecord.objects.latest("id")
    assert (kept.action, kept.reason, kept.actor) == ("web.person-new", "NotAllowed", plant.people["planner"])
    assert kept.arguments == {"address": "/people/new/"}


def test_a_refusal_is_read_in_the_readers_language(manager: Client, plant: SmallPlant) -> None:
    people.choose_language(plant.do("manager"), language="zh-hans")
    manager.cookies["django_language"] = "zh-hans"
    (row,) = rows(manager, "?kind=refusal")
    assert row.data is not None
    assert row.data["said"].split(".")[0] not in read(manager, "?kind=refusal"), "it is kept in English"


def test_what_was_tampered_with_is_said_at_the_top(manager: Client) -> None:
    Verification.objects.create(at=EIGHT, took_ms=1, rows=5, found={"seals": ["stock_move 7: was changed", "1 in all"]})
    assert "stock_move 7: was changed" in read(manager)


@pytest.mark.django_db(transaction=True)
def test_how_far_it_is_sealed_is_said(manager: Client) -> None:
    assert "Nothing is sealed yet." in read(manager)
    chain.seal(EIGHT)
    assert "Sealed up to" in read(manager)
    entry = Entry.objects.filter(kind="command").latest("at")
    assert "Under seal" in manager.get(reverse("journal-entry", args=[entry.key])).content.decode()


def test_the_list_is_taken_along(plant: SmallPlant, manager: Client) -> None:
    answer = manager.get(reverse("journal") + "?export=csv&kind=refusal")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert len(text.strip().splitlines()) == 2

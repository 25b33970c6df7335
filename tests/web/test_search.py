"""Finding by words, and what a scanned code means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from qitao.accounts.models import User
from qitao.catalog.models import Item
from qitao.web.search.finding import find
from qitao.web.search.scanning import gs1_fields, meanings
from tests.small_plant import SmallPlant


def found(words: str, user: User) -> list[tuple[str, str]]:
    return [(finding.kind.name, each.code) for finding in find(words, user, most=5) for each in finding.found]


def test_words_find_records_of_every_kind(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    order = plant.released(10, code="WO-77")
    plant.purchase("BOLT", 100, promised=9, code="PO-88")
    planner = plant.people["planner"]
    assert ("work_order", "WO-77") in found("wo-77", planner)
    assert ("pick_list", order.pick_lists.get().code) in found("WO-77", planner)
    assert ("purchase_order", "PO-88") in found("五金", planner)
    assert ("item", "PLATE") in found("pla", planner)
    assert ("location", "A-02") in found("a-02", planner)


def test_an_exact_code_comes_first(plant: SmallPlant) -> None:
    assert found("BOLT", plant.people["planner"])[0] == ("item", "BOLT")


def test_partners_lead_to_their_orders(plant: SmallPlant) -> None:
    plant.purchase("BOLT", 100, promised=9)
    supplier, customer = plant.supplier, plant.customer
    pages = {
        each.code: each.url
        for word in ("S-01", "C-01")
        for finding in find(word, plant.people["planner"], most=5)
        for each in finding.found
    }
    assert pages["S-01"] == f"/purchase-orders/?supplier={supplier.pk}"
    assert pages["C-01"] == f"/sales-orders/?customer={customer.pk}"
    assert found("S-01", plant.people["planner"])[0] == ("supplier", "S-01")  # before its orders


def test_pinyin_initials_find_items(plant: SmallPlant) -> None:
    Item.objects.filter(code="PLATE").update(name="钢板", pinyin="gb")
    assert ("item", "PLATE") in found("gb", plant.people["picker"])


def test_nothing_is_found_for_nothing(plant: SmallPlant) -> None:
    assert found("  ", plant.people["planner"]) == []


def test_the_palette_has_pages_and_records(as_role: Callable[[str], Client]) -> None:
    text = as_role("planner").get("/palette/", {"q": "item"}).content.decode()
    assert 'href="/items/"' in text
    assert 'href="/items/BOLT/"' in as_role("planner").get("/palette/", {"q": "bolt"}).content.decode()


def kinds(code: str, user: User) -> list[tuple[str, str]]:
    return [(meaning.kind, meaning.code) for meaning in meanings(code, user)]


def test_codes_mean_what_they_name(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 10, lot="L-2026-01")
    order = plant.released(1, code="WO-9/2")
    picker = plant.people["picker"]
    assert kinds("bolt", picker) == [("item", "BOLT")]
    assert kinds("A-01", picker) == [("location", "RM/A-01")]
    assert kinds("RM/A-01", picker) == [("location", "RM/A-01")]
    assert kinds("L-2026-01", picker) == [("lot", "L-2026-01")]
    assert kinds("WO-9/2", picker) == [("work_order", "WO-9/2")]
    assert kinds(order.pick_lists.get().code, picker)[0][0] == "pick_list"
    assert kinds("ＢＯＬＴ", picker) == [("item", "BOLT")]
    assert kinds("nothing", picker) == []


def test_a_gs1_label_means_its_lot(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 10, lot="L77")
    assert kinds("(240)BOLT(10)L77(37)500", plant.people["picker"]) == [("lot", "L77")]
    assert kinds("240BOLT\x1d10L77\x1d37500", plant.people["picker"]) == [("lot", "L77")]
    assert kinds("(240)BOLT", plant.people["picker"]) == [("item", "BOLT")]


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("0106901234567892172612311099A", {"01": "06901234567892", "17": "261231", "10": "99A"}),
        ("]C110AB\x1d37250", {"10": "AB", "37": "250"}),
        ("HELLO", {}),
        ("(10)A B(17)261231", {"10": "A B", "17": "261231"}),
    ],
)
def test_gs1_fields(code: str, fields: dict[str, str]) -> None:
    assert gs1_fields(code) == fields


def scan(client: Client, code: str, *, accept: str = "text/html") -> Any:
    return client.get("/scan/", {"code": code}, headers={"accept": accept})


def test_a_scan_leads_to_the_page(as_role: Callable[[str], Client]) -> None:
    assert scan(as_role("picker"), "bolt")["Location"] == "/items/BOLT/"


def test_an_unknown_code_is_said_plainly(as_role: Callable[[str], Client]) -> None:
    answer = scan(as_role("picker"), "ZZZZ")
    assert answer.status_code == 404
    assert "ZZZZ" in answer.content.decode()


def test_a_program_gets_json(as_role: Callable[[str], Client]) -> None:
    answer = scan(as_role("picker"), "BOLT", accept="application/json").json()
    assert answer["meanings"][0]["kind"] == "item"
    assert answer["meanings"][0]["url"] == "/items/BOLT/"

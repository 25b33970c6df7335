"""The one machinery behind every list: filters, search, sorting, pages, columns, files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qitao.catalog.models import Item
from tests.small_plant import SmallPlant

MOST_QUERIES = 30


def codes(answer: Any) -> list[str]:
    """Read the item codes off a list, in its order."""
    return re.findall(r'class="cell-code"[^>]*><a href="/items/[^"]+/">([^<]+)</a>', answer.content.decode())


@pytest.fixture
def planner(as_role: Callable[[str], Client], plant: SmallPlant) -> Client:
    plant.put("BOLT", "A-01", 500)
    plant.put("BOLT", "A-02", 20, status="quarantine")
    plant.put("PLATE", "A-01", 30)
    plant.put("PAINT", "A-03", "1.25")
    Item.objects.filter(code="BOLT").update(name="六角螺栓", name_en="Hex bolt", pinyin="ljls", safety_stock=600)
    return as_role("planner")


@pytest.mark.parametrize("words", ["bol", "六角", "hex", "LJLS", "ljls BOLT", "ＢＯＬＴ"])
def test_words_are_found_in_code_names_and_pinyin(planner: Client, words: str) -> None:
    assert "BOLT" in codes(planner.get("/items/", {"q": words}))


def test_every_word_must_be_found(planner: Client) -> None:
    assert codes(planner.get("/items/", {"q": "hex plate"})) == []


def test_filters_narrow_and_unknown_values_do_not(planner: Client) -> None:
    assert codes(planner.get("/items/", {"kind": "make"})) == ["FRAME"]
    assert codes(planner.get("/items/", {"stock": "low"})) == ["BOLT"]
    assert codes(planner.get("/items/", {"stock": "blocked"})) == ["BOLT"]
    assert len(codes(planner.get("/items/", {"kind": "nonsense"}))) == 5


def test_several_values_of_a_filter_are_either_or(planner: Client) -> None:
    assert len(codes(planner.get("/items/", {"kind": ["make", "buy"]}))) == 5


def test_a_default_filter_can_be_lifted(planner: Client) -> None:
    Item.objects.filter(code="BOLT-ZN").update(is_active=False)
    assert "BOLT-ZN" not in codes(planner.get("/items/"))
    assert "BOLT-ZN" in codes(planner.get("/items/", {"active": ""}))


def test_sorting_by_several_columns(planner: Client) -> None:
    assert codes(planner.get("/items/", {"sort": "-available,code"})) == ["BOLT", "PLATE", "PAINT", "BOLT-ZN", "FRAME"]
    assert codes(planner.get("/items/", {"sort": "code"}))[0] == "BOLT"
    assert 'aria-sort="descending"' in planner.get("/items/", {"sort": "-available"}).content.decode()


@pytest.mark.parametrize("address", ["?sort=nonsense", "?page=99", "?page=x", "?size=7", "?columns=zzz", "?export=pdf"])
def test_nonsense_in_the_address_does_no_harm(planner: Client, address: str) -> None:
    assert planner.get(f"/items/{address}").status_code == 200


def test_pages(planner: Client, plant: SmallPlant) -> None:
    unit = plant.items["BOLT"].unit
    Item.objects.bulk_create(Item(code=f"X-{number:03}", name="x", unit=unit) for number in range(60))
    assert len(codes(planner.get("/items/", {"size": 25}))) == 25
    last = planner.get("/items/", {"size": 25, "page": 3})
    assert len(codes(last)) == 15
    assert 'rel="prev"' in last.content.decode()
    assert 'rel="next"' not in last.content.decode()


def test_the_refreshed_part_has_the_same_address(planner: Client) -> None:
    answer = planner.get("/items/", headers={"HX-Request": "true", "HX-Target": "list-items"})
    assert "<html" not in answer.content.decode()
    assert codes(answer)
    assert "HX-Request" in answer["Vary"]


def test_an_empty_list_says_the_next_step(planner: Client) -> None:
    assert "Nothing matches." in planner.get("/items/", {"q": "zzz"}).content.decode()


def test_columns_are_chosen_and_costs_are_not_for_everyone(planner: Client, as_role: Callable[[str], Client]) -> None:
    assert "Unit cost" in _headings(planner.get("/items/", {"columns": "code,unit_cost"}))
    assert "Unit cost" not in _headings(as_role("picker").get("/items/", {"columns": "code,unit_cost"}))
    assert "Unit cost" not in as_role("picker").get("/items/").content.decode()


def _headings(answer: Any) -> str:
    return answer.content.decode().split("<thead>")[1].split("</thead>")[0]


def test_csv_has_the_filtered_rows_and_no_formula(planner: Client) -> None:
    Item.objects.filter(code="PLATE").update(name="=HYPERLINK(1)", name_en="")
    answer = planner.get("/items/", {"export": "csv", "stock": "some", "columns": "code,name,available"})
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\N{BYTE ORDER MARK}")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0] == ["Item", "Name", "Available"]
    assert ["PLATE", "'=HYPERLINK(1)", "30"] in rows
    assert ["PAINT", "PAINT", "1.25"] in rows
    assert len(rows) == 4


def test_excel_has_figures_as_figures_and_texts_as_texts(planner: Client) -> None:
    Item.objects.filter(code="PLATE").update(name="=1+1", name_en="")
    answer = planner.get("/items/", {"export": "xlsx", "columns": "code,name,available"})
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>500</v>" in sheet
    assert "<v>1.25</v>" in sheet


def test_who_may_not_export_gets_the_page(as_role: Callable[[str], Client], planner: Client) -> None:
    answer = as_role("picker").get("/items/", {"export": "csv"})
    assert answer["Content-Type"].startswith("text/html")
    assert "data-export" not in answer.content.decode()


def test_a_page_asks_the_database_little(planner: Client, plant: SmallPlant) -> None:
    plant.released(10)
    for address in ("/items/", "/items/BOLT/", "/items/BOLT/?tab=stock", "/items/FRAME/?tab=bom", "/"):
        with CaptureQueriesContext(connection) as asked:
            assert planner.get(address).status_code == 200
        assert len(asked) <= MOST_QUERIES, f"{address}: {len(asked)}"


def test_quantities_have_the_decimals_of_their_unit(planner: Client) -> None:
    text = planner.get("/items/").content.decode()
    assert '1.250<small class="unit">kg</small>' in text

"""The clear-to-build board: what it says of an order, what its address asks for, ranks tried before they are given."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qitao.planning import actions as planning
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.shortages.models import Case
from tests.small_plant import EIGHT, SmallPlant

MOST_QUERIES = 30
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """It is the Monday on which the small plant begins."""
    with time_machine.travel(EIGHT, tick=True):
        yield


@pytest.fixture
def busy(plant: SmallPlant) -> SmallPlant:
    """WO-1 takes all bolts; WO-2 gets its own on Friday, WO-3 never; a customer waits for what they make."""
    plant.put("BOLT", "A-01", 40)
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", 100)
    plant.sale(25, due=12, penalty=500)
    plant.work_order(10, start=6, due=8, code="WO-1")
    plant.work_order(5, start=7, due=9, code="WO-2")
    plant.work_order(10, start=8, due=12, code="WO-3")
    plant.purchase("BOLT", 20, promised=9)
    planning.run(EIGHT)
    return plant


def text_of(answer: Any) -> str:
    """Read a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def orders(answer: Any) -> list[str]:
    """Read the work orders off the board, in its order."""
    return re.findall(r'data-code="([^"]+)"', answer.content.decode())


def row(answer: Any, code: str) -> str:
    """Read one order's row."""
    found = re.search(rf'<tr id="wo-\d+"[^>]*data-code="{code}".*?</tr>', answer.content.decode(), re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def pk(code: str) -> int:
    return WorkOrder.objects.get(code=code).pk


def ranked() -> list[str]:
    return list(WorkOrder.objects.order_by("rank").values_list("code", flat=True))


def test_each_order_says_when_it_is_complete_and_what_holds_it(busy: SmallPlant, as_role: SignIn) -> None:
    board = as_role("planner").get("/board/")
    assert orders(board) == ["WO-1", "WO-2", "WO-3"]
    assert "complete now" in row(board, "WO-1")
    assert "complete late · 9 Jan" in row(board, "WO-2")
    assert "BOLT short 20" in row(board, "WO-2")
    assert "also wanted by WO-1" in row(board, "WO-2")
    assert "never complete" in row(board, "WO-3")
    assert "2/3" in row(board, "WO-3")
    assert "客户甲" in row(board, "WO-1")


def test_the_strip_counts_states_and_filters_by_them(busy: SmallPlant, as_role: SignIn) -> None:
    client = as_role("planner")
    assert orders(client.get("/board/?state=never")) == ["WO-3"]
    assert orders(client.get("/board/?state=never&state=late")) == ["WO-2", "WO-3"]
    assert "Complete now 1" in text_of(client.get("/board/")).replace("complete now", "Complete now")


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("?q=wo-2", ["WO-2"]),
        ("?q=plate", ["WO-1", "WO-2", "WO-3"]),  # a component of all
        ("?q=客户甲", ["WO-1", "WO-2", "WO-3"]),  # the customer behind them
        ("?q=nobody", []),
        ("?within=1", ["WO-1"]),
        ("?bottleneck=BOLT", ["WO-2", "WO-3"]),
        ("?line=L1", []),
        ("?state=nonsense&within=x&by=y&page=99", ["WO-1", "WO-2", "WO-3"]),
    ],
)
def test_the_address_asks(busy: SmallPlant, as_role: SignIn, address: str, found: list[str]) -> None:
    assert orders(as_role("planner").get(f"/board/{address}")) == found


@pytest.mark.parametrize(("by", "title"), [("line", "No line"), ("day", "Tue 6 Jan"), ("bottleneck", "BOLT")])
def test_orders_are_grouped(busy: SmallPlant, as_role: SignIn, by: str, title: str) -> None:
    page = as_role("planner").get(f"/board/?by={by}")
    groups = re.findall(r'<tr class="group".*?</tr>', page.content.decode(), re.DOTALL)
    assert any(title in re.sub(r"<[^>]+>", " ", group) for group in groups)


def test_a_row_opens_on_its_lines_and_their_supplies(busy: SmallPlant, as_role: SignIn) -> None:
    client = as_role("line_leader")
    lines = text_of(client.get("/board/WO-2/lines/"))
    assert "Not covered in time" in lines
    assert "20 purchase order PO-1-10" in lines
    assert "2 lines lie ready." in lines
    assert "Not covered in time" in text_of(client.get("/board/?open=WO-2"))


def test_what_the_plan_only_counts_on_does_not_lie_ready(plant: SmallPlant, as_role: SignIn) -> None:
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", 100)
    plant.put("BOLT", "A-01", 15)
    plant.put("BOLT-ZN", "A-02", 50)
    order = plant.work_order(10, code="WO-1")
    planning.run(EIGHT)
    client = as_role("planner")
    lines = text_of(client.get("/board/WO-1/lines/"))
    assert "2 lines lie ready." in lines
    assert "40 stock RM BOLT-ZN counted on, not yet decided" in lines
    answer = client.post("/board/report/", {"command_id": str(uuid.uuid4()), "ids": [order.pk]})
    assert answer.status_code in (204, 303)
    assert Case.objects.get().item.code == "BOLT"


def test_as_many_reads_for_many_orders_as_for_few(busy: SmallPlant, as_role: SignIn) -> None:
    client = as_role("planner")

    def reads() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/board/?open=WO-1,WO-2,WO-3").status_code == 200
        return len(queries)

    few = reads()
    for _ in range(20):
        busy.work_order(5)
    planning.run(EIGHT)
    assert reads() == few <= MOST_QUERIES


def test_a_rank_is_tried_before_it_is_given(busy: SmallPlant, as_role: SignIn) -> None:
    client = as_role("planner")
    shown = client.get("/board/rank/", {"ids": pk("WO-2"), "before": pk("WO-1")}, headers={"hx-request": "true"})
    said = text_of(shown)
    assert "1 gets earlier" in said
    assert "WO-2" in said
    assert "gets later" in said
    assert ranked() == ["WO-1", "WO-2", "WO-3"]  # nothing was changed


def give(client: Client, before: int | str, *codes: str) -> Any:
    data = {"ids": [pk(code) for code in codes], "before": before, "command_id": str(uuid.uuid4())}
    return client.post("/board/rank/apply/", data, headers={"hx-request": "true"})


def test_ranks_are_given_and_taken_back(busy: SmallPlant, as_role: SignIn) -> None:
    client = as_role("planner")
    answer = give(client, pk("WO-1"), "WO-2", "WO-3")
    assert ranked() == ["WO-2", "WO-3", "WO-1"]
    undo = re.search(r'"undo": "([^"]+)"', answer["HX-Trigger"])
    assert undo
    assert client.post(undo[1], {"command_id": str(uuid.uuid4())}).status_code == 303
    assert ranked() == ["WO-1", "WO-2", "WO-3"]


def test_an_order_goes_to_the_end(busy: SmallPlant, as_role: SignIn) -> None:
    give(as_role("planner"), "0", "WO-1")
    assert ranked() == ["WO-2", "WO-3", "WO-1"]


def test_the_order_to_go_before_can_be_named(busy: SmallPlant, as_role: SignIn) -> None:
    client = as_role("planner")
    named = {"ids": pk("WO-3"), "before_code": "wo-1"}
    assert "before WO-1" in text_of(client.get("/board/rank/", named)).replace("before  WO-1", "before WO-1")
    assert client.get("/board/rank/", {"ids": pk("WO-3"), "before_code": "WO-9"}).status_code == 422


def test_many_are_released_and_those_that_cannot_be_are_named(busy: SmallPlant, as_role: SignIn) -> None:
    production.release(busy.do("planner"), work_order_id=pk("WO-1"))
    data = {"ids": [pk("WO-1"), pk("WO-2")], "command_id": str(uuid.uuid4())}
    answer = as_role("line_leader").post("/board/release/", data, headers={"hx-request": "true"})
    assert "1 work order released." in answer["HX-Trigger"]
    assert "WO-1 is released" in answer["HX-Trigger"]
    assert WorkOrder.objects.get(code="WO-2").status == "released"


def test_reporting_many_opens_one_case_for_their_item(busy: SmallPlant, as_role: SignIn) -> None:
    data = {"ids": [pk("WO-2"), pk("WO-3")], "command_id": str(uuid.uuid4())}
    as_role("line_leader").post("/board/report/", data)
    case = Case.objects.get()
    assert case.item.code == "BOLT"
    assert case.lines.count() == 2


def test_nothing_selected_is_refused(busy: SmallPlant, as_role: SignIn) -> None:
    answer = as_role("planner").post("/board/release/", {}, headers={"hx-request": "true"})
    assert answer.status_code == 422


def test_who_may_not_change_ranks_sees_no_handle(busy: SmallPlant, as_role: SignIn) -> None:
    assert "data-grip" in as_role("planner").get("/board/").content.decode()
    page = as_role("manager").get("/board/").content.decode()
    assert "data-grip" not in page
    assert "Plan now" in page
    assert "Plan now" not in as_role("picker").get("/board/").content.decode()


def test_the_plan_runs_when_asked(busy: SmallPlant, as_role: SignIn) -> None:
    busy.put("BOLT", "A-01", 500, lot="NEW")
    client = as_role("planner")
    assert "things happened since" in text_of(client.get("/board/")) or "thing happened since" in text_of(
        client.get("/board/")
    )
    client.post("/board/plan/", {"command_id": str(uuid.uuid4())})
    assert orders(client.get("/board/?state=now")) == ["WO-1", "WO-2", "WO-3"]


def test_the_board_is_saved_as_a_file(busy: SmallPlant, as_role: SignIn) -> None:
    answer = as_role("planner").get("/board/?export=csv&state=never")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "WO-3" in text
    assert "WO-1" not in text
    assert str(date(2026, 1, 8)) in text

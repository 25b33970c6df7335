"""Shortage cases on the page: whom they hurt, the ways out, what may be done by whom, and how they end."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qitao.accounts.roles import ROLES
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.shortages import actions as shortages
from qitao.shortages.models import Case, Decision
from qitao.stock import actions as stock
from qitao.stock.models import Reservation, Transfer
from tests.small_plant import EIGHT, SmallPlant

MOST_QUERIES = 30
HTMX = {"hx-request": "true"}
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """It is the Monday on which the small plant begins."""
    with time_machine.travel(EIGHT, tick=True):
        yield


@pytest.fixture
def case(plant: SmallPlant) -> Case:
    """Of 40 bolts for WO-1 a picker found 15; 200 lie in W2, and a customer waits."""
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", 100)
    plant.put("BOLT", "A-01", 40)
    plant.put("BOLT", "B-01", 200)
    plant.sale(10, due=7, penalty=500)
    work_order = plant.released(10, code="WO-1")
    line = PickLine.objects.get(pick_list__work_order=work_order, item__code="BOLT")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(15), reason="less")
    planning.run(EIGHT)
    return Case.objects.get()


def text_of(answer: Any) -> str:
    """Read a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page_of(case: Case) -> str:
    return f"/cases/{case.code}/"


def ways(client: Client, case: Case) -> Any:
    return client.get(f"{page_of(case)}ways-out/", headers=HTMX)


def send(client: Client, address: str, **fields: Any) -> Any:
    return client.post(address, {"command_id": str(uuid.uuid4()), **fields}, headers=HTMX)


def carry_out(client: Client, case: Case, key: str, shown: str = "") -> Any:
    fields = {"requirement": case.lines.get().requirement_id, "key": key, "shown_kit_on": shown}
    return send(client, f"{page_of(case)}carry-out/", **fields)


def test_the_page_says_whom_it_hurts(case: Case, as_role: SignIn) -> None:
    page = text_of(as_role("planner").get(page_of(case)))
    assert "Short now 25 pcs" in page
    assert "stops today or tomorrow" in page
    assert "WO-1" in page
    assert "客户甲" in page
    assert "the record says 25, a picker did not find it" in page
    assert "picker · " in page


def test_who_holds_it_is_said_with_slack_and_who_may_release_it(plant: SmallPlant, case: Case, as_role: SignIn) -> None:
    plant.put("BOLT", "A-02", 30, lot="X")
    later = plant.work_order(5, start=19, due=22, code="WO-LATER")
    production.reserve_material(plant.do("planner"), work_order_id=later.pk)
    page = text_of(as_role("planner").get(page_of(case)))
    assert "20 pcs WO-LATER reserved" in page
    assert "14 days of slack" in page
    assert "nothing free on order to replace it" in page
    assert "May release it: planner" in page
    item = case.item_id
    assert send(as_role("buyer"), "/cases/release-reserved/", work_order=later.pk, item=item).status_code == 403
    assert send(as_role("planner"), "/cases/release-reserved/", work_order=later.pk, item=item).status_code == 204
    assert not Reservation.objects.filter(item=item).exists()


def test_the_answer_stands_on_the_items_page_and_alone(plant: SmallPlant, case: Case, as_role: SignIn) -> None:
    plant.put("BOLT", "A-02", 30, lot="X")
    later = plant.work_order(5, start=19, due=22, code="WO-LATER")
    production.reserve_material(plant.do("planner"), work_order_id=later.pk)
    client = as_role("picker")
    for address in ("/items/BOLT/?tab=stock", "/why-not/BOLT/"):
        assert "20 pcs WO-LATER reserved" in text_of(client.get(address))
    assert "Give it back" not in text_of(client.get("/why-not/BOLT/"))
    assert client.get("/why-not/NONE/").status_code == 404


def test_every_role_may_read_it_and_few_reads_are_needed(case: Case, as_role: SignIn) -> None:
    for role in ROLES:
        client = as_role(role)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page_of(case)).status_code == 200
        assert len(queries) <= MOST_QUERIES, role
        assert ("Do it" in text_of(ways(client, case))) == (role in ("planner", "buyer", "manager"))


def test_as_many_reads_for_many_orders_as_for_few(plant: SmallPlant, case: Case, as_role: SignIn) -> None:
    client = as_role("planner")

    def reads(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    addresses = (page_of(case), "/cases/", "/cases/list/", "/cases/foreseen/")
    few = [reads(address) for address in addresses]
    for _ in range(15):
        plant.work_order(20)
    planning.run(EIGHT)
    assert [reads(address) for address in addresses] <= [number + 1 for number in few]


def test_what_things_cost_is_shown_to_the_office_only(case: Case, as_role: SignIn) -> None:
    assert "Penalties at risk" in text_of(as_role("buyer").get(page_of(case)))
    for role in ("picker", "line_leader"):
        client = as_role(role)
        shown = [client.get(page_of(case)), ways(client, case), client.get("/cases/"), client.get("/cases/foreseen/")]
        assert not any("¥" in text_of(each) for each in shown)


def test_no_sum_reaches_those_who_may_not_see_it_by_the_timeline(case: Case, as_role: SignIn) -> None:
    carry_out(as_role("planner"), case, "transfer:W2")
    told = text_of(as_role("picker").get(page_of(case)))
    assert "Decided: transfer from another warehouse, for WO-1; kit date Tue 6 Jan." in told
    assert "cost" not in told.lower()


def test_what_a_purchase_costs_is_told_apart_from_what_it_costs_more(case: Case, as_role: SignIn) -> None:
    page = text_of(ways(as_role("buyer"), case))
    assert "CN¥150.00 beside the goods, CN¥50.00" in page  # 100 bolts at 0.50 as ever, and the fee
    assert "The goods cost CN¥50.00. Paid beyond the usual, fee included: CN¥150.00." in page
    assert "the goods" not in text_of(ways(as_role("line_leader"), case))


def test_where_all_is_taken_nothing_is_left_to_decide(plant: SmallPlant, case: Case, as_role: SignIn) -> None:
    plant.put("BOLT", "A-02", 60, lot="FOUND")
    client = as_role("planner")
    planning.run(EIGHT)
    page = text_of(ways(client, case))
    assert "counts on something that nobody has done yet" in page
    assert "Take 25 pcs from bin A-02 of the same warehouse." in page.split("Accept the delay")[0]
    carry_out(client, case, "other_bin:")
    planning.run(EIGHT)
    page = text_of(ways(client, case))
    assert "WO-1 has all it needs of BOLT." in page
    assert "short itself" not in text_of(client.get(page_of(case)))
    send(client, f"{page_of(case)}close/", cause="record")
    assert "The case is closed." in text_of(ways(client, case))
    assert "no way out" not in page


def test_the_ways_out_stand_best_first_with_date_price_and_whom_they_touch(case: Case, as_role: SignIn) -> None:
    page = ways(as_role("planner"), case)
    kinds = re.findall(r'data-kind="(\w+)"', page.content.decode())
    assert kinds[0] == "recount"  # 25 may be there after all, today
    assert kinds.index("transfer") < kinds.index("partial") < kinds.index("wait")
    said = text_of(page)
    assert "Bring 25 pcs over from warehouse W2; they are there on Tue 6 Jan." in said
    assert "CN¥80.00" in said
    assert "counts on something that nobody has done yet" in said
    assert "the plan counts on it" in said
    assert "Nobody else gets later." in said


def test_a_way_out_is_carried_out_and_the_page_leads_to_what_it_wrote(case: Case, as_role: SignIn) -> None:
    client = as_role("planner")
    answer = carry_out(client, case, "transfer:W2", shown="2026-01-06")
    assert answer.status_code == 204
    assert "Carried out: transfer from another warehouse." in answer["HX-Trigger"]
    page = client.get(page_of(case))
    assert Transfer.objects.get().code in text_of(page)
    assert "What was done" in text_of(page)
    assert Decision.objects.get().actor.username == "planner"


def test_the_same_click_twice_does_it_once(case: Case, as_role: SignIn) -> None:
    client, number = as_role("planner"), str(uuid.uuid4())
    for _ in range(2):
        fields = {"requirement": case.lines.get().requirement_id, "key": "transfer:W2", "command_id": number}
        assert client.post(f"{page_of(case)}carry-out/", fields, headers=HTMX).status_code == 204
    assert Transfer.objects.count() == 1


def test_a_way_out_that_is_gone_is_said_beside_those_there_are(plant: SmallPlant, case: Case, as_role: SignIn) -> None:
    client = as_role("planner")
    assert "W2" in text_of(ways(client, case))
    taken = plant.work_order(50, start=6, due=9, code="WO-OTHER")
    WorkOrder.objects.filter(pk=taken.pk).update(warehouse=plant.second)
    production.reserve_material(plant.do("planner"), work_order_id=taken.pk)
    answer = carry_out(client, case, "transfer:W2", shown="2026-01-06")
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#ways-out", "outerHTML")
    assert "This way out is no longer possible" in text_of(answer)
    assert 'data-kind="wait"' in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_way_out_that_got_worse_is_said_with_both_dates(case: Case, as_role: SignIn) -> None:
    answer = carry_out(as_role("planner"), case, "transfer:W2", shown="2026-01-05")
    assert "kit date 2026-01-06 instead of 2026-01-05" in text_of(answer)
    assert not Transfer.objects.exists()


def test_without_javascript_the_ways_out_are_a_page_and_a_form(case: Case, as_role: SignIn) -> None:
    client = as_role("planner")
    assert "<html" in client.get(f"{page_of(case)}ways-out/").content.decode()
    fields = {"requirement": case.lines.get().requirement_id, "key": "transfer:W2", "command_id": str(uuid.uuid4())}
    answer = client.post(f"{page_of(case)}carry-out/", fields)
    assert (answer.status_code, answer["Location"]) == (303, page_of(case))


def test_the_case_is_verified_given_away_remarked_and_counted(plant: SmallPlant, case: Case, as_role: SignIn) -> None:
    client = as_role("warehouse_manager")
    assert send(client, f"{page_of(case)}verify/", note="looked").status_code == 204
    assert send(client, f"{page_of(case)}assign/", owner=plant.people["buyer"].pk).status_code == 204
    assert send(client, f"{page_of(case)}comment/", text="Supplier called back.").status_code == 204
    assert send(client, f"{page_of(case)}count/", warehouse=plant.second.pk).status_code == 204
    case.refresh_from_db()
    assert (case.status, case.owner) == ("verified", plant.people["buyer"])
    assert case.count is not None
    assert case.count.warehouse == plant.second
    page = text_of(client.get(page_of(case)))
    assert "Given to buyer." in page
    assert "Supplier called back." in page
    assert case.count.code in page


def test_it_is_closed_with_its_cause_and_opened_again(case: Case, as_role: SignIn) -> None:
    client = as_role("planner")
    refused = send(client, f"{page_of(case)}close/", cause="")
    assert refused.status_code == 422
    assert "A case is closed with its cause." in text_of(refused)
    assert send(client, f"{page_of(case)}close/", cause="record", note="15 instead of 40").status_code == 204
    closed = text_of(client.get("/cases/closed/"))
    assert "stock record was wrong" in closed
    assert case.code in closed
    page = client.get(page_of(case))
    assert "Ways out" not in text_of(page)
    assert "15 instead of 40" in text_of(page)
    assert send(client, f"{page_of(case)}reopen/", reason="came again").status_code == 204
    assert Case.objects.get(pk=case.pk).status == "assessed"


def test_a_case_that_was_none_is_withdrawn(case: Case, as_role: SignIn) -> None:
    client = as_role("planner")
    assert send(client, f"{page_of(case)}cancel/", reason="").status_code == 422
    assert send(client, f"{page_of(case)}cancel/", reason="found behind the rack").status_code == 204
    assert "found behind the rack" in text_of(client.get(page_of(case)))


def test_a_count_that_found_less_suggests_the_cause(plant: SmallPlant, case: Case, as_role: SignIn) -> None:
    assert case.count is not None
    zeros = {line.pk: Decimal(0) for line in case.count.lines.all()}
    stock.enter_count(plant.do("picker"), count_id=case.count_id, figures=zeros)
    stock.post_count(plant.do("warehouse_manager"), count_id=case.count_id)
    page = as_role("planner").get(page_of(case)).content.decode()
    assert re.search(r'name="cause" value="record" required checked', page)


def test_the_board_shows_cases_by_state_and_by_owner(plant: SmallPlant, case: Case, as_role: SignIn) -> None:
    client = as_role("planner")
    board = text_of(client.get("/cases/"))
    assert "Open cases 1" in board
    assert "Lines stopped 0" in board
    assert "short 25 pcs" in board
    shortages.assign(plant.do("planner"), case_id=case.pk, owner_id=plant.people["buyer"].pk)
    assert "buyer 1" in text_of(client.get("/cases/?by=owner"))
    assert case.code not in text_of(client.get("/cases/?mine=1"))
    assert case.code in text_of(as_role("buyer").get("/cases/?mine=1"))
    assert case.code in text_of(client.get("/cases/?q=bolt"))
    assert case.code not in text_of(client.get("/cases/?q=plate"))


def test_many_cases_are_taken_over_at_once(case: Case, as_role: SignIn) -> None:
    client = as_role("buyer")
    assert "1 case is yours now." in send(client, "/cases/take/", ids=[case.pk])["HX-Trigger"]
    assert send(client, "/cases/verify/", ids=[case.pk]).status_code == 204
    listed = text_of(client.get("/cases/list/?status=verified"))
    assert case.code in listed
    assert "buyer" in listed


def test_what_the_plan_foresees_is_listed_by_its_root_and_becomes_a_case(plant: SmallPlant, as_role: SignIn) -> None:
    plant.put("PAINT", "A-03", 100)
    plant.put("PLATE", "A-02", 100)
    plant.sale(10, due=7, penalty=500)
    plant.work_order(10, start=6, due=8, code="WO-1")
    plant.work_order(10, start=7, due=9, code="WO-2")
    plant.purchase("BOLT", 80, promised=12)
    planning.run(EIGHT)
    client = as_role("line_leader")
    shown = client.get("/cases/foreseen/")
    assert "BOLT" in text_of(shown)
    assert "80 pcs" in text_of(shown)
    assert "Mon 12 Jan" in text_of(shown)
    answer = send(client, "/cases/foreseen/open/", item=plant.items["BOLT"].pk, site=plant.site.pk)
    case = Case.objects.get()
    assert answer["HX-Redirect"] == page_of(case)
    assert case.origin == "predicted"
    assert case.lines.count() == 2
    assert "The plan sees no shortage coming." in text_of(client.get("/cases/foreseen/"))
    again = send(client, "/cases/foreseen/open/", item=plant.items["PLATE"].pk, site=plant.site.pk)
    assert "is not short of anything" in text_of(again)


def test_an_unknown_case_is_not_found(as_role: SignIn) -> None:
    assert as_role("planner").get("/cases/SC26-99999/").status_code == 404

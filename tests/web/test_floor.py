"""The pages of the floor and of the documents: what they show, what their forms do, what they refuse."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from qitao.catalog.models import Item
from qitao.journal.models import CommandRecord
from qitao.picking import actions as picking
from qitao.picking.models import PickLine, PickList
from qitao.planning import actions as planning
from qitao.production.models import WorkOrder
from qitao.purchasing.models import Delivery, PurchaseOrder, Receipt, Requisition
from qitao.sales import actions as shipping
from qitao.sales.models import SalesOrderLine, Shipment
from qitao.shortages.models import Case
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Count, Location, Transfer
from qitao.web.places import page_of
from tests.small_plant import EIGHT, SmallPlant

As = Callable[[str], Client]
JSON = {"accept": "application/json"}


@pytest.fixture
def busy(plant: SmallPlant) -> SmallPlant:
    """Something of everything: orders, lists, short material, purchases, sales, a count, a transfer, a requisition."""
    plant.put("BOLT", "A-01", 60, lot="LOT-1")
    plant.put("PLATE", "A-02", 100)
    plant.put("PLATE", "B-01", 30)
    plant.released(10, code="WO-1")
    plant.work_order(50, code="WO-2")
    plant.purchase("BOLT", 500, promised=9)
    plant.sale(12, due=9, penalty=100)
    stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)
    stock.plan_transfer(
        plant.do("planner"),
        item_id=plant.items["PLATE"].pk,
        from_warehouse_id=plant.second.pk,
        to_warehouse_id=plant.home.pk,
        quantity=Decimal(5),
        due_on=date(2026, 1, 7),
    )
    requisition(plant, "BOLT")
    shipped(plant)
    planning.run(EIGHT)
    return plant


def shipped(plant: SmallPlant) -> None:
    """Let a part of the first sales order be on its way to the customer."""
    lying, line = plant.put("FRAME", "A-01", 6, lot="F-1"), SalesOrderLine.objects.get()
    takes = [shipping.Take(line.pk, lying.pk, Decimal(2))]
    shipping.ship(plant.do("picker"), order_id=line.order_id, warehouse_id=plant.home.pk, takes=takes, note="SF 1")


def requisition(plant: SmallPlant, item: str) -> Requisition:
    from qitao.purchasing import actions as purchasing

    reply = purchasing.request(
        plant.do("planner"),
        item_id=plant.items[item].pk,
        quantity=Decimal(100),
        warehouse_id=plant.home.pk,
        needed_on=date(2026, 1, 8),
        expected_on=date(2026, 1, 12),
    )
    return Requisition.objects.get(pk=reply["requisition"])


PAGES = (
    "/pick-lists/",
    "/pick-lists/{pick_list}/",
    "/pick-lists/{pick_list}/?short=1",
    "/pick-lists/{pick_list}/lines/",
    "/pick-lists/{pick_list}/print/",
    "/work-orders/",
    "/work-orders/?state=firm&kit=never&starts=week&due=missed&sort=-kit,code",
    "/work-orders/WO-1/",
    "/work-orders/WO-2/",
    "/work-orders/new/",
    "/receipts/",
    "/receipts/?when=late",
    "/receipts/done/",
    "/receipts/new/PO-1/",
    "/counts/",
    "/counts/new/",
    "/counts/{count}/",
    "/transfers/",
    "/transfers/?way=send",
    "/transfers/new/",
    "/transfers/{transfer}/",
    "/purchase-orders/",
    "/purchase-orders/?q=bolt&when=week",
    "/purchase-orders/PO-1/",
    "/deliveries/",
    "/deliveries/?when=hurt&when=late",
    "/requisitions/",
    "/requisitions/{requisition}/",
    "/suppliers/",
    "/sales-orders/",
    "/sales-orders/?late=late",
    "/sales-orders/SO-1/",
    "/customers/",
    "/shipments/",
    "/shipments/?stock=none&when=late&place=all&sort=-ready,line",
    "/shipments/done/",
    "/shipments/new/SO-1/",
    "/shipments/new/SO-1/?warehouse=W2",
    "/shipments/{shipment}/",
    "/shipments/{shipment}/note/",
    "/shipments/{shipment}/note/?in=en",
    "/choose/items/?item=bo",
    "/choose/bins/?warehouse=RM&bin=a",
)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("role", ["picker", "line_leader", "planner", "buyer", "warehouse_manager", "manager"])
def test_every_page_opens_for_whom_it_is_for(busy: SmallPlant, as_role: As, role: str, language: str) -> None:
    client = as_role(role)
    codes = {
        "pick_list": PickList.objects.get().code,
        "count": Count.objects.get().code,
        "transfer": Transfer.objects.get().code,
        "requisition": Requisition.objects.get().code,
        "shipment": Shipment.objects.get().code,
    }
    wrong = []
    for page in PAGES:
        answer = client.get(page.format(**codes), headers={"accept-language": language})
        if answer.status_code not in (200, 403):
            wrong.append(f"{page}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "page",
    [
        "pick-lists",
        "work-orders",
        "purchase-orders",
        "deliveries",
        "requisitions",
        "suppliers",
        "sales-orders",
        "shipments",
    ],
)
def test_every_list_can_be_saved(busy: SmallPlant, as_role: As, page: str, kind: str) -> None:
    answer = as_role("planner").get(f"/{page}/?export={kind}")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(content) > 20
    assert b"<span" not in content


# Shipping


@pytest.mark.parametrize(
    ("works_in", "shipped_from", "sees"), [("", "RM", 1), ("RM", "RM", 1), ("W2", "RM", 0), ("W2", "", 1)]
)
def test_the_stores_see_what_they_can_ship(
    busy: SmallPlant, as_role: As, works_in: str, shipped_from: str, sees: int
) -> None:
    SalesOrderLine.objects.update(warehouse=busy.home if shipped_from else None)
    person = busy.people["picker"]
    person.warehouses = [works_in] if works_in else []
    person.save()
    shown = as_role("picker").get("/shipments/").content.decode()
    assert shown.count('href="/shipments/new/SO-1/"') == sees


def test_a_delivery_note_speaks_the_customers_language(busy: SmallPlant, as_role: As) -> None:
    address = f"/shipments/{Shipment.objects.get().code}/note/"
    for country, word in (("CN", "送货单"), ("TW", "送貨單"), ("DE", "Delivery note")):
        type(busy.customer).objects.update(country=country)
        assert word in as_role("planner").get(address).content.decode()
    assert "送货单" in as_role("planner").get(f"{address}?in=zh-hans").content.decode()


# Picking


def line_of(item: str) -> PickLine:
    return PickLine.objects.get(item__code=item, status="open")


def confirm(client: Client, line: PickLine, **fields: str) -> object:
    sent = {"line": str(line.pk), "quantity": "40", **fields}
    return client.post(f"/pick-lists/{line.pick_list.code}/confirm/", sent, headers=JSON)


def test_a_scan_may_be_written_in_any_way_that_means_the_line(busy: SmallPlant, as_role: As) -> None:
    line = line_of("BOLT")
    answer = confirm(as_role("picker"), line, location="rm/a-01", item="]d2240BOLT\x1d10LOT-1")
    assert answer.status_code == 200  # type: ignore[attr-defined]
    line.refresh_from_db()
    assert line.picked == 40
    assert ledger.verify() == []


@pytest.mark.parametrize(
    ("scan", "refusal"),
    [
        ({"location": "A-02"}, "WrongBin"),
        ({"item": "PLATE"}, "WrongItem"),
        ({"item": "(240)BOLT(10)LOT-2"}, "WrongItem"),
        ({"item": "(240)PLATE(10)LOT-1"}, "WrongItem"),
    ],
)
def test_a_wrong_scan_is_refused_by_the_server_too(
    busy: SmallPlant, as_role: As, scan: dict[str, str], refusal: str
) -> None:
    answer = confirm(as_role("picker"), line_of("BOLT"), **scan)
    assert (answer.status_code, answer.json()["code"]) == (409, refusal)  # type: ignore[attr-defined]
    assert line_of("BOLT").picked == 0


def test_a_pick_sent_twice_is_done_once_and_answered_the_same(busy: SmallPlant, as_role: As) -> None:
    client, line, number = as_role("picker"), line_of("BOLT"), str(uuid.uuid4())
    first = confirm(client, line, command_id=number).json()  # type: ignore[attr-defined]
    second = confirm(client, line, command_id=number).json()  # type: ignore[attr-defined]
    assert first == second
    assert CommandRecord.objects.filter(pk=number).count() == 1
    assert Balance.objects.get(item__code="BOLT").on_hand == 20


def test_without_javascript_a_pick_is_a_form_and_a_message_with_its_undo(busy: SmallPlant, as_role: As) -> None:
    client, line = as_role("picker"), line_of("BOLT")
    address = f"/pick-lists/{line.pick_list.code}/"
    answer = client.post(f"{address}confirm/", {"line": line.pk, "quantity": "40"}, follow=True)
    assert b"Picked: 40 pcs BOLT from A-01" in answer.content
    assert f"{address}undo/{line.pk}/".encode() in answer.content
    page = client.get(f"{address}?short=1")
    assert b"Report short" in page.content


def test_the_picker_of_another_warehouse_looks_but_does_not_pick(busy: SmallPlant, as_role: As) -> None:
    picker = busy.people["picker"]
    picker.warehouses = ["W2"]
    picker.save(update_fields=["warehouses"])
    client, line = as_role("picker"), line_of("BOLT")
    assert b"data-pick" not in client.get(f"/pick-lists/{line.pick_list.code}/").content
    assert confirm(client, line).status_code == 403  # type: ignore[attr-defined]
    assert b"WO-1" not in client.get("/pick-lists/").content
    assert b"WO-1" in client.get("/pick-lists/?whose=all").content


def test_a_short_pick_says_where_to_go_on(busy: SmallPlant, as_role: As) -> None:
    client, line = as_role("picker"), line_of("BOLT")
    address = f"/pick-lists/{line.pick_list.code}/short/"
    said = client.post(address, {"line": line.pk, "found": "15", "reason": "empty"}, headers=JSON).json()
    assert said["url"] == ""  # the rest of the bin is in doubt, and there is no other
    case = Case.objects.get()
    assert case.code in said["text"]
    short = line.requirement.short_picks.get()
    assert (short.found, short.reason) == (15, "less")  # something was found, so the bin was not empty
    page = client.get(f"/short-picks/{short.pk}/")
    assert case.code.encode() in page.content


def test_a_case_is_opened_although_another_bin_has_some(busy: SmallPlant, as_role: As) -> None:
    client, line = as_role("picker"), line_of("BOLT")
    busy.put("BOLT", "A-03", 100, lot="LOT-9")
    address = f"/pick-lists/{line.pick_list.code}/short/"
    said = client.post(address, {"line": line.pk, "found": "0", "reason": "damaged"}, headers=JSON).json()
    assert said["url"].startswith("/short-picks/")
    assert not Case.objects.exists()
    client.post(f"{said['url']}case/")
    assert Case.objects.get().lines.get().short_quantity == 40


def test_what_is_missing_elsewhere_is_sent_for_by_who_may(busy: SmallPlant, as_role: As) -> None:
    client, line = as_role("warehouse_manager"), line_of("PLATE")
    Balance.objects.filter(item=busy.items["PLATE"], location=busy.bins["A-02"]).update(on_hand=10)
    said = client.post(
        f"/pick-lists/{line.pick_list.code}/short/", {"line": line.pk, "found": "4", "reason": "less"}, headers=JSON
    ).json()
    page = client.get(said["url"])
    assert b"Send for it" in page.content
    client.post(f"{said['url']}transfer/", {"warehouse": busy.second.pk, "quantity": "6"})
    transfer = Transfer.objects.latest("id")
    assert (transfer.lines.get().quantity, transfer.lines.get().holder_id) == (6, line.requirement_id)


def test_the_paper_has_a_code_for_each_bin_and_item(busy: SmallPlant, as_role: As) -> None:
    content = as_role("line_leader").get(f"/pick-lists/{PickList.objects.get().code}/print/").content.decode()
    for text in ("RM/A-01", "LOT-1", "RM/A-02", "PLATE", "QT-SHORT"):
        assert f'aria-label="{text}"' in content


@pytest.mark.parametrize("code", ["{list}", "wo-1", "WO-2"])
def test_a_scan_of_a_list_or_of_its_work_order_begins_the_pick(busy: SmallPlant, as_role: As, code: str) -> None:
    pick_list = PickList.objects.get().code
    answer = as_role("picker").get("/pick-lists/scan/", {"code": code.format(list=pick_list)})
    wanted = "/scan/?code=WO-2" if code == "WO-2" else f"/pick-lists/{pick_list}/"  # that one has no list yet
    assert answer["Location"] == wanted


# Work orders


def test_the_buttons_of_a_work_order_follow_its_lifecycle_and_the_reader(busy: SmallPlant, as_role: As) -> None:
    firm = as_role("planner").get("/work-orders/WO-2/").content
    assert b"/work-orders/WO-2/release/" in firm
    assert b"/work-orders/WO-2/start/" not in firm
    assert b"/work-orders/WO-2/release/" not in as_role("picker").get("/work-orders/WO-2/").content


def test_a_work_order_walks_its_life(busy: SmallPlant, as_role: As) -> None:
    leader = as_role("line_leader")
    leader.post("/work-orders/WO-2/release/")
    leader.post("/work-orders/WO-2/start/")
    leader.post("/work-orders/WO-2/pause/", {"reason": "tool broken"})
    order = WorkOrder.objects.get(code="WO-2")
    assert (order.status, order.pause_reason) == ("paused", "tool broken")
    leader.post("/work-orders/WO-2/resume/")
    leader.post("/work-orders/WO-2/report/", {"quantity": "20", "bin": "a-03"})
    order.refresh_from_db()
    assert (order.status, order.quantity_done) == ("started", 20)
    assert busy.on_hand("FRAME", "A-03") == 20
    story = leader.get("/work-orders/WO-2/").content.decode()
    assert "tool broken" in story
    assert "Reported 20 as made." in story


def test_scrap_is_reported_beside_what_is_good(busy: SmallPlant, as_role: As) -> None:
    leader = as_role("line_leader")
    order = WorkOrder.objects.get(code="WO-1")
    answer = leader.post("/work-orders/WO-1/report/", {"quantity": "3", "scrapped": "2"}, headers=JSON)
    assert answer.status_code == 422  # no reason
    leader.post("/work-orders/WO-1/report/", {"quantity": "3", "scrapped": "2", "reason": "test"})
    leader.post("/work-orders/WO-1/report/", {"quantity": "0", "scrapped": "1", "reason": "material"})
    order.refresh_from_db()
    assert (order.quantity_done, order.quantity_scrapped) == (3, 3)
    page = leader.get("/work-orders/WO-1/").content.decode()
    assert "Reported 3 as made, 2 as scrap (failed the test)." in page
    assert "Reported 1 as scrap (bad material)." in page
    assert "3 scrapped" in leader.get("/work-orders/").content.decode()


def test_the_planner_finishes_short_and_says_why(busy: SmallPlant, as_role: As) -> None:
    leader, planner = as_role("line_leader"), as_role("planner")
    leader.post("/work-orders/WO-1/start/")
    assert leader.post("/work-orders/WO-1/finish/", {"reason": "enough"}).status_code == 403
    assert b"order-finish" not in leader.get("/work-orders/WO-1/").content
    assert planner.post("/work-orders/WO-1/finish/", {"reason": " "}, headers=JSON).status_code == 422
    planner.post("/work-orders/WO-1/finish/", {"reason": "enough"})
    assert WorkOrder.objects.get(code="WO-1").status == "completed"
    page = planner.get("/work-orders/WO-1/").content.decode()
    assert "Finished with less than ordered: enough" in page
    assert "Finished with 0 made; 10 are not made any more: enough" in page


def test_material_is_brought_back_by_leader_and_storekeeper(busy: SmallPlant, as_role: As) -> None:
    line = PickLine.objects.get(item__code="BOLT", pick_list__work_order__code="WO-1")
    assert b"work-orders/WO-1/return/" not in as_role("picker").get("/work-orders/WO-1/").content
    picking.confirm(busy.do("picker"), pick_line_id=line.pk, quantity=Decimal(40))
    for role, left in (("line_leader", 37), ("picker", 34), ("warehouse_manager", 31)):
        page = as_role(role).get("/work-orders/WO-1/").content.decode()
        assert f"line-{line.pk}" in page
        assert "LOT-1" in page
        answer = as_role(role).post("/work-orders/WO-1/return/", {f"line-{line.pk}": "3", "line-x": "1"})
        assert answer.status_code == 303
        line.requirement.refresh_from_db()
        assert line.requirement.issued == left
    assert as_role("planner").post("/work-orders/WO-1/return/", {f"line-{line.pk}": "3"}).status_code == 403
    for fields in ({}, {f"line-{line.pk}": ""}, {f"line-{line.pk}": "0"}, {f"line-{line.pk}": "a"}):
        answer = as_role("picker").post("/work-orders/WO-1/return/", fields, headers=JSON)
        assert answer.status_code == 422


def test_a_work_order_is_split(busy: SmallPlant, as_role: As) -> None:
    as_role("planner").post("/work-orders/WO-2/split/", {"quantity": "30"})
    parts = WorkOrder.objects.filter(code__startswith="WO-2").order_by("code")
    assert [(row.code, row.quantity) for row in parts] == [("WO-2", 30), ("WO-2/2", 20)]
    assert as_role("planner").get("/work-orders/WO-2/2/").status_code == 200


def test_a_short_line_is_reported_from_its_work_order(busy: SmallPlant, as_role: As) -> None:
    paint = WorkOrder.objects.get(code="WO-1").requirements.get(item__code="PAINT")
    as_role("line_leader").post("/work-orders/WO-1/short/", {"requirement": paint.pk})
    assert Case.objects.get().item.code == "PAINT"


def test_a_new_work_order_is_found_by_code_in_any_case(busy: SmallPlant, as_role: As) -> None:
    fields = {"item": "frame", "quantity": "１２", "start_on": "2026-01-12", "due_on": "2026-01-14", "warehouse": "RM"}
    answer = as_role("planner").post("/work-orders/new/", fields)
    order = WorkOrder.objects.latest("id")
    assert answer["Location"] == f"/work-orders/{order.code}/"
    assert (order.item.code, order.quantity, order.work_center.code) == ("FRAME", 12, "L1")  # type: ignore[union-attr]


def test_several_work_orders_are_released_at_once_and_what_cannot_be_is_named(busy: SmallPlant, as_role: As) -> None:
    ids = list(WorkOrder.objects.values_list("pk", flat=True))
    answer = as_role("planner").post("/work-orders/release/", {"ids": ids}, headers={"HX-Request": "true"})
    assert "WO-1" in answer["HX-Trigger"]
    assert WorkOrder.objects.get(code="WO-2").status == "released"


# Receiving


def test_a_delivery_is_received_with_lot_expiry_state_and_bin(busy: SmallPlant, as_role: As) -> None:
    delivery = Delivery.objects.get()
    pk = delivery.pk
    answer = as_role("picker").post(
        "/receipts/new/PO-1/",
        {
            f"take-{pk}": "yes",
            f"quantity-{pk}": "120",
            f"lot-{pk}": "LOT-N",
            f"expires-{pk}": "2027-01-31",
            f"status-{pk}": "ok",
            f"bin-{pk}": "RM/A-03",
            "delivery_note": "DN-77",
        },
    )
    receipt = Receipt.objects.get()
    assert answer["Location"] == f"/receipts/{receipt.code}/"
    line = receipt.lines.get()
    assert (line.quantity, line.lot.code, line.lot.expires_on, line.location.code) == (
        120,
        "LOT-N",
        date(2027, 1, 31),
        "A-03",
    )
    delivery.refresh_from_db()
    assert delivery.open_quantity == 380
    assert b"(240)BOLT(10)LOT-N(30)120" in as_role("picker").get(f"/receipts/{receipt.code}/labels/").content


def test_what_is_rejected_goes_to_the_quarantine_area(busy: SmallPlant, as_role: As) -> None:
    Location.objects.create(warehouse=busy.home, code="QA", kind="quarantine")
    pk = Delivery.objects.get().pk
    fields = {f"take-{pk}": "yes", f"quantity-{pk}": "5", f"status-{pk}": "rejected"}
    as_role("picker").post("/receipts/new/PO-1/", fields)
    line = Receipt.objects.get().lines.get()
    assert (line.status, line.location.code) == ("rejected", "QA")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "none is ticked"),
        ({"take": "yes", "quantity": "abc"}, "BOLT: Quantity: is not a number"),
        ({"take": "yes", "quantity": "501"}, "only 500 still to come"),
        ({"take": "yes", "quantity": "5", "bin": "Z-99"}, "Z-99"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused_by_line(
    busy: SmallPlant, as_role: As, fields: dict[str, str], words: str
) -> None:
    pk = Delivery.objects.get().pk
    sent = {f"{name}-{pk}": value for name, value in {"status": "ok", **fields}.items()}
    answer = as_role("picker").post("/receipts/new/PO-1/", sent, headers={"HX-Request": "true"})
    assert words in answer.content.decode()
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("code", ["PO-1", "po-1", "BOLT", "(240)BOLT(10)X"])
def test_a_scan_leads_to_the_order_it_is_expected_from(busy: SmallPlant, as_role: As, code: str) -> None:
    answer = as_role("picker").get("/receipts/scan/", {"code": code})
    assert answer["Location"] == "/receipts/new/PO-1/"


# Counting


def test_a_count_is_blind_until_it_is_posted(busy: SmallPlant, as_role: As) -> None:
    count = Count.objects.get()
    address = f"/counts/{count.code}/"
    picker = as_role("picker")
    assert b">60" not in picker.get(address).content
    assert b"Recorded" not in picker.get(address).content
    manager = as_role("warehouse_manager")
    assert b"Recorded" not in manager.get(address).content  # he who counts is blind, whoever he is
    assert b"Recorded" in manager.get(f"{address}?look").content
    assert b"Recorded" not in picker.get(f"{address}?look").content
    picker.post(f"{address}enter/", {"line": count.lines.get().pk, "counted": "57"})
    assert b"Post the count" in picker.get(address).content
    picker.post(f"{address}post/")
    posted = picker.get(address).content.decode()
    assert "−3" in posted or "-3" in posted
    assert busy.on_hand("BOLT", "A-01") == 57


def test_a_count_that_finds_everything_one_bin_further_does_not_call_the_record_right(
    busy: SmallPlant, as_role: As
) -> None:
    count = Count.objects.get()
    picker = as_role("picker")
    picker.post(f"/counts/{count.code}/enter/", {"line": count.lines.get().pk, "counted": "0"})
    picker.post(f"/counts/{count.code}/bin/", {"bin": "A-03", "lot": "LOT-1"})
    other = count.lines.get(location=busy.bins["A-03"])
    picker.post(f"/counts/{count.code}/enter/", {"line": other.pk, "counted": "60"})
    shown = picker.post(f"/counts/{count.code}/post/", follow=True).content.decode()
    assert "Posted. In sum the record was right, in 2 bins it was not." in shown
    assert "The record was right." not in shown
    assert [busy.on_hand("BOLT", place) for place in ("A-01", "A-03")] == [0, 60]


def test_a_bin_where_it_was_found_is_added(busy: SmallPlant, as_role: As) -> None:
    count = Count.objects.get()
    answer = as_role("picker").post(f"/counts/{count.code}/bin/", {"bin": "rm/a-03", "lot": "LOT-9"})
    line = count.lines.get(location=busy.bins["A-03"])
    assert answer["Location"] == f"/counts/{count.code}/?line={line.pk}"
    assert line.lot.code == "LOT-9"


def test_an_unfinished_count_is_not_posted(busy: SmallPlant, as_role: As) -> None:
    count = Count.objects.get()
    answer = as_role("picker").post(f"/counts/{count.code}/post/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert busy.on_hand("BOLT", "A-01") == 60


# Transfers


def test_a_transfer_is_planned_sent_and_taken_in(busy: SmallPlant, as_role: As) -> None:
    manager = as_role("warehouse_manager")
    fields = {"item": "plate", "from": "W2", "to": "RM", "quantity": "20", "due_on": "2026-01-08", "reason": "for WO-2"}
    manager.post("/transfers/new/", fields)
    transfer = Transfer.objects.latest("id")
    manager.post(f"/transfers/{transfer.code}/ship/")
    manager.post(f"/transfers/{transfer.code}/receive/", {"bin": "A-03"})
    transfer.refresh_from_db()
    assert (transfer.status, busy.on_hand("PLATE", "A-03")) == ("received", 20)
    assert ledger.verify() == []


def test_a_transfer_to_itself_is_refused(busy: SmallPlant, as_role: As) -> None:
    fields = {"item": "PLATE", "from": "W2", "to": "W2", "quantity": "2", "due_on": "2026-01-08"}
    answer = as_role("planner").post("/transfers/new/", fields, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "another warehouse" in answer.content.decode()


def test_a_planned_transfer_is_cancelled(busy: SmallPlant, as_role: As) -> None:
    transfer = Transfer.objects.get()
    as_role("planner").post(f"/transfers/{transfer.code}/cancel/")
    assert Balance.objects.get(item=busy.items["PLATE"], location=busy.bins["B-01"]).allocated == 0


# Purchasing


def test_a_delivery_is_promised_anew_and_the_first_promise_stays(busy: SmallPlant, as_role: As) -> None:
    delivery = Delivery.objects.get()
    buyer = as_role("buyer")
    buyer.post(f"/deliveries/{delivery.pk}/promise/", {"on": "2026年1月20日", "reason": "mould repaired"})
    delivery.refresh_from_db()
    assert (delivery.promised_on, delivery.repromised_on) == (date(2026, 1, 9), date(2026, 1, 20))
    content = buyer.get("/purchase-orders/PO-1/").content.decode()
    assert "2026-01-09" in content
    assert "2026-01-20" in content
    assert "mould repaired" in content


def test_the_chase_list_begins_with_what_hurts(busy: SmallPlant, as_role: As) -> None:
    busy.purchase("PAINT", 9, promised=6, code="PO-0")
    busy.purchase("PLATE", 900, promised=5, code="PO-9")
    planning.run(EIGHT + timedelta(minutes=1))
    content = as_role("buyer").get("/deliveries/").content.decode()
    assert content.index("PO-1-10") < content.index("PO-9-10")


def test_a_requisition_becomes_an_order(busy: SmallPlant, as_role: As) -> None:
    requisition = Requisition.objects.get()
    buyer = as_role("buyer")
    page = buyer.get(f"/requisitions/{requisition.code}/").content.decode()
    assert "Order here" in page
    source = requisition.item.sources.get()
    buyer.post(f"/requisitions/{requisition.code}/order/", {"source": source.pk})
    requisition.refresh_from_db()
    order = PurchaseOrder.objects.latest("id")
    assert (requisition.status, order.supplier.code) == ("ordered", "S-01")


def test_requisitions_without_a_supplier_stay_and_are_told(busy: SmallPlant, as_role: As) -> None:
    requisition(busy, "PLATE")
    ids = list(Requisition.objects.values_list("pk", flat=True))
    answer = as_role("buyer").post("/requisitions/order/", {"ids": ids}, headers={"HX-Request": "true"})
    assert "PLATE" in answer["HX-Trigger"]
    assert sorted(Requisition.objects.values_list("status", flat=True)) == ["open", "ordered"]


def test_prices_are_for_those_who_may_see_cost(busy: SmallPlant, as_role: As) -> None:
    assert "0.50" in as_role("buyer").get("/purchase-orders/PO-1/").content.decode()
    assert "0.50" not in as_role("picker").get("/purchase-orders/PO-1/").content.decode()


# Sales


def test_a_sales_order_shows_when_the_plan_can_ship(busy: SmallPlant, as_role: As) -> None:
    content = as_role("manager").get("/sales-orders/SO-1/").content.decode()
    assert "FRAME" in content
    assert "WO-" in content


def test_options_are_found_by_any_part(busy: SmallPlant, as_role: As) -> None:
    Item.objects.filter(code="FRAME").update(pinyin="jj")
    assert b'value="FRAME"' in as_role("planner").get("/choose/items/?kind=make&item=jj").content
    assert b'value="A-02"' in as_role("picker").get("/choose/bins/?warehouse=RM&bin=02").content


@pytest.mark.parametrize(("role", "body"), [("picker", '<body class="floor"'), ("planner", '<body class=""')])
def test_bins_and_lots_are_set_large_for_who_works_on_the_floor(
    plant: SmallPlant, as_role: As, role: str, body: str
) -> None:
    balance = plant.put("BOLT", "A-01", 5, lot="L-1")
    for thing in (balance.location, balance.lot):
        assert body in as_role(role).get(page_of(thing)).content.decode()


def test_a_work_order_says_that_it_has_no_date_and_what_the_plan_only_counts_on(plant: SmallPlant, as_role: As) -> None:
    plant.put("BOLT-ZN", "A-03", 1000)
    order = plant.work_order(10)
    planning.run(EIGHT)
    page = as_role("planner").get(f"/work-orders/{order.code}/").content.decode()
    facts = page[page.index("<dt>Done by</dt>") :].split("</div>")[0]
    assert "no date" in facts
    (line,) = [row for row in page.split("<tr") if "<em>BOLT-ZN</em>" in row]
    assert "counted on, not yet decided" in line

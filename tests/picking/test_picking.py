"""From release to the last bin: lists, picks, and picks that come up short."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qitao.journal.models import Fact
from qitao.picking import actions as picking
from qitao.picking.models import PickLine, PickList
from qitao.picking.refusals import AlreadyPicked, MoreThanLine, TooLateToUndo, WrongBin, WrongItem
from qitao.production.models import Requirement
from qitao.shortages.models import Case
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Count, Move, TransferLine
from qitao.stock.refusals import NothingToReverse
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", "50.5")
    return plant


def lines(work_order: object) -> list[tuple[str, str, Decimal]]:
    rows = PickLine.objects.filter(pick_list__work_order=work_order).exclude(status="cancelled")
    return [(row.location.code, row.lot.code, row.quantity) for row in rows.order_by("location__route", "lot__code")]


def line_of(work_order: object, item: str) -> PickLine:
    return PickLine.objects.get(pick_list__work_order=work_order, item__code=item, status="open")


def test_release_reserves_and_lists_in_the_order_of_the_walk(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    work_order = plant.released(10)
    assert lines(work_order) == [("A-01", "", 40), ("A-02", "", 10), ("A-03", "", 5)]
    assert Balance.objects.get(item=plant.items["BOLT"]).allocated == 40


def test_the_lot_that_expires_first_goes_first_and_an_expired_one_never(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 30, lot="SPRING", expires_on=date(2026, 4, 1))
    plant.put("BOLT", "A-02", 30, lot="WINTER", expires_on=date(2026, 2, 1))
    plant.put("BOLT", "A-03", 30, lot="OLD", expires_on=date(2026, 1, 4))
    work_order = plant.released(10)
    bolts = [row for row in lines(work_order) if row[1]]
    assert bolts == [("A-01", "SPRING", 10), ("A-02", "WINTER", 30)]


def test_a_confirmed_pick_moves_to_production_and_counts_as_issued(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    work_order = plant.released(10)
    line = line_of(work_order, "BOLT")
    picking.confirm(
        plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(40), scanned_location="A-01", scanned_item="BOLT"
    )
    assert plant.on_hand("BOLT", "A-01") == 460
    assert Requirement.objects.get(pk=line.requirement_id).issued == 40
    assert Balance.objects.get(item=plant.items["BOLT"]).allocated == 0
    assert ledger.verify() == []


def test_the_list_is_done_with_its_last_line(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    work_order = plant.released(10)
    for line in PickLine.objects.filter(pick_list__work_order=work_order):
        picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=line.quantity)
    assert PickList.objects.get(work_order=work_order).status == "done"


@pytest.mark.parametrize(
    ("scan", "refusal"),
    [
        ({"scanned_location": "A-02"}, WrongBin),
        ({"scanned_item": "PLATE"}, WrongItem),
    ],
)
def test_a_wrong_scan_changes_nothing(plant: SmallPlant, scan: dict[str, str], refusal: type[Exception]) -> None:
    plant.put("BOLT", "A-01", 500)
    line = line_of(plant.released(10), "BOLT")
    with pytest.raises(refusal):
        picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(40), **scan)
    assert plant.on_hand("BOLT", "A-01") == 500


def test_more_than_the_line_is_refused(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    line = line_of(plant.released(10), "BOLT")
    with pytest.raises(MoreThanLine):
        picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(41))


def test_a_command_sent_twice_picks_once(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    line = line_of(plant.released(10), "BOLT")
    command = plant.do("picker")
    first = picking.confirm(command, pick_line_id=line.pk, quantity=Decimal(40))
    second = picking.confirm(command, pick_line_id=line.pk, quantity=Decimal(40))
    assert first == second
    assert plant.on_hand("BOLT", "A-01") == 460


def test_an_undone_pick_lies_where_it_lay_and_is_to_be_picked_again(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    line = line_of(plant.released(10), "BOLT")
    reply = picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(40))
    picking.undo(plant.do("picker"), move_id=reply["move"], pick_line_id=line.pk)
    line.refresh_from_db()
    assert (plant.on_hand("BOLT", "A-01"), line.status, line.picked) == (500, "open", 0)
    assert Requirement.objects.get(pk=line.requirement_id).issued == 0
    assert ledger.verify() == []


def test_after_ten_minutes_a_pick_is_not_undone(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    line = line_of(plant.released(10), "BOLT")
    reply = picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(40))
    late = plant.do("picker", at=EIGHT + timedelta(minutes=11))
    with pytest.raises(TooLateToUndo):
        picking.undo(late, move_id=reply["move"], pick_line_id=line.pk)


def test_short_with_another_bin_nearby_opens_no_case(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("BOLT", "A-03", 100, lot="L2")
    work_order = plant.released(10, code="WO-1")
    line = line_of(work_order, "BOLT")
    reply = picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(15), reason="less")
    assert reply["covered"]
    assert not Case.objects.exists()
    count = Count.objects.get()  # what is in doubt is out of use until somebody looks
    assert (count.status, count.reason, count.lines.count()) == ("open", "WO-1", 2)
    spare = Balance.objects.get(lot__code="L2")
    picking.take_from(plant.do("picker"), requirement_id=line.requirement_id, balance_id=spare.pk, quantity=Decimal(25))
    assert line_of(work_order, "BOLT").quantity == 25


def test_short_with_nothing_nearby_opens_a_case_pauses_and_orders_the_count(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    work_order = plant.released(10)
    line = line_of(work_order, "BOLT")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(15), reason="less")
    case = Case.objects.get()
    work_order.refresh_from_db()
    assert (case.item.code, case.lines.get().short_quantity, case.count.status) == ("BOLT", 25, "open")
    assert (work_order.status, work_order.pause_reason) == ("paused", case.code)
    assert Requirement.objects.get(pk=line.requirement_id).issued == 15
    plate = line_of(work_order, "PLATE")  # the rest of the pick goes on
    picking.confirm(plant.do("picker"), pick_line_id=plate.pk, quantity=plate.quantity)


def test_a_doubted_bin_is_not_offered_again_until_it_is_counted(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 150)
    line = line_of(plant.released(10, code="WO-1"), "BOLT")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(0), reason="empty")
    second = plant.released(10, code="WO-2")
    assert not PickLine.objects.filter(pick_list__work_order=second, item__code="BOLT").exists()
    count = Count.objects.get()
    figures = {row.pk: Decimal(60) for row in count.lines.all()}
    stock.enter_count(plant.do("warehouse_manager"), count_id=count.pk, figures=figures)
    stock.post_count(plant.do("warehouse_manager"), count_id=count.pk)
    assert plant.on_hand("BOLT", "A-01") == 60
    assert Case.objects.get().status == "verified"
    served = PickLine.objects.filter(item__code="BOLT", status="open").order_by("requirement__work_order__rank")
    assert [(row.requirement.work_order.code, row.quantity) for row in served] == [("WO-1", 40), ("WO-2", 20)]
    assert ledger.verify() == []


def test_a_short_pick_locks_the_order_before_its_list_as_whoever_fills_it_does(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    line = line_of(plant.released(10), "BOLT")
    with CaptureQueriesContext(connection) as asked:
        picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(15), reason="less")
    locked = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"]]
    tables = [table for text in locked for table in re.findall(r"production_workorder|picking_picklist", text)[:1]]
    assert tables[:2] == ["production_workorder", "picking_picklist"]


def test_what_is_missing_is_sent_for_once(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 15)
    plant.put("BOLT", "B-01", 500)
    work_order = plant.released(10)
    wanted = {
        "requirement_id": work_order.requirements.get(item__code="BOLT").pk,
        "from_warehouse_id": plant.second.pk,
        "quantity": Decimal(400),  # more than it lacks: the screen may be old
    }
    command = plant.do("warehouse_manager")
    reply = picking.send_for(command, **wanted)
    line = line_of(work_order, "BOLT")
    picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=line.quantity)
    assert picking.send_for(command, **wanted) == reply  # sent again by a scanner that lost the answer
    assert [(row.quantity, row.holder_id) for row in TransferLine.objects.all()] == [(25, wanted["requirement_id"])]


def test_what_is_found_damaged_becomes_so_in_the_ledger(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    line = line_of(plant.released(10), "BOLT")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(30), reason="damaged")
    assert Balance.objects.get(item__code="BOLT", status="damaged").on_hand == 10
    assert ledger.verify() == []


def test_a_short_line_is_not_picked_again(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    line = line_of(plant.released(10), "BOLT")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(0), reason="empty")
    with pytest.raises(AlreadyPicked):
        picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(1))


def test_a_count_below_what_is_allocated_takes_back_the_last_served_pick_first(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 80)
    first, second = plant.released(10, code="WO-1"), plant.released(10, code="WO-2")
    reply = stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)
    count = Count.objects.get(pk=reply["count"])
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures={row.pk: Decimal(50) for row in count.lines.all()})
    stock.post_count(plant.do("picker"), count_id=count.pk)
    assert line_of(first, "BOLT").open_quantity == 40
    assert line_of(second, "BOLT").open_quantity == 10
    assert ledger.verify() == []


# A document as a whole


def whole(*work_orders: object) -> dict[int, Decimal]:
    rows = PickLine.objects.filter(pick_list__work_order__in=work_orders, status="open")
    return {row.pk: row.open_quantity for row in rows}


def test_lines_of_several_lists_are_issued_by_one_command(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    quantities = whole(plant.released(10, code="WO-1"), plant.released(5, code="WO-2"))
    command = plant.do("picker")
    first = picking.confirm_lines(command, quantities=quantities)
    assert picking.confirm_lines(command, quantities=quantities) == first
    assert [row.status for row in PickList.objects.all()] == ["done", "done"]
    assert plant.on_hand("BOLT", "A-01") == 440
    issued = Requirement.objects.values_list("work_order__code", "item__code", "issued", "quantity")
    assert all(taken == asked for _, _, taken, asked in issued)
    of_lists = Move.objects.filter(command_id=command.id, document="picking.picklist").values_list("document_id")
    assert of_lists.distinct().count() == 2
    assert ledger.verify() == []


def test_a_document_with_one_impossible_line_is_not_issued_at_all(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    quantities = whole(plant.released(10))
    last = max(quantities)
    with pytest.raises(MoreThanLine):
        picking.confirm_lines(plant.do("picker"), quantities={**quantities, last: quantities[last] + 1})
    assert whole(*PickList.objects.values_list("work_order", flat=True)) == quantities
    assert not Move.objects.filter(document="picking.picklist").exists()


def test_part_of_a_document_leaves_the_rest_open(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    work_order = plant.released(10)
    bolt, plate = line_of(work_order, "BOLT"), line_of(work_order, "PLATE")
    picking.confirm_lines(plant.do("picker"), quantities={bolt.pk: Decimal(15), plate.pk: Decimal(10)})
    assert line_of(work_order, "BOLT").open_quantity == 25
    assert PickLine.objects.get(pk=plate.pk).status == "picked"
    found = PickList.objects.get()
    assert (found.status, found.picker) == ("in_progress", plant.people["picker"])


def test_a_document_is_taken_back_as_a_whole(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    work_order = plant.released(10)
    quantities = whole(work_order)
    command = plant.do("picker")
    picking.confirm_lines(command, quantities=quantities)
    picking.undo_lines(plant.do("picker"), taken_by=command.id)
    assert whole(work_order) == quantities
    assert not Requirement.objects.filter(issued__gt=0).exists()
    assert PickList.objects.get().status == "in_progress"
    with pytest.raises(NothingToReverse):
        picking.undo_lines(plant.do("picker"), taken_by=command.id)
    assert ledger.verify() == []


def test_one_line_of_a_document_is_taken_back_and_then_not_the_whole(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    quantities = whole(plant.released(10))
    command = plant.do("picker")
    reply = picking.confirm_lines(command, quantities=quantities)
    line = min(quantities)
    picking.undo(plant.do("picker"), pick_line_id=line, move_id=reply["moves"][str(line)])
    with pytest.raises(NothingToReverse):
        picking.undo_lines(plant.do("picker"), taken_by=command.id)
    assert PickLine.objects.filter(status="picked").count() == len(quantities) - 1


def test_what_is_found_at_a_short_pick_is_told_as_picked(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    line = line_of(plant.released(10), "BOLT")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(15), reason="less")
    assert [fact.data["quantity"] for fact in Fact.objects.filter(kind="picking.picked")] == ["15"]

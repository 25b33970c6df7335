"""What a work order leaves behind when it is over: stock, transfers, shortage cases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.shortages.models import Case
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Transfer, TransferLine
from tests import small_plant
from tests.small_plant import SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    for item, place in (("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 1000)
    return plant


def end(plant: SmallPlant, order: WorkOrder, how: str) -> None:
    """Let a released work order be over in one of the three ways."""
    if how == "cancel":
        production.cancel(plant.do("planner"), work_order_id=order.pk)
        return
    if how == "finish":
        production.start(plant.do("line_leader"), work_order_id=order.pk)
        production.finish(plant.do("planner"), work_order_id=order.pk, reason="enough")
        return
    production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=order.quantity)


def on_list(order: WorkOrder, item: str) -> Decimal:
    lines = PickLine.objects.filter(requirement__work_order=order, item__code=item, status="open")
    return sum((line.open_quantity for line in lines), Decimal(0))


WAYS = pytest.mark.parametrize("how", ["cancel", "finish", "complete"])


@WAYS
def test_what_it_held_goes_to_the_next_list_at_once(plant: SmallPlant, how: str) -> None:
    plant.put("BOLT", "A-01", 40)
    order, waiting = plant.released(10, code="FIRST"), plant.released(5, code="WAITING")
    assert on_list(waiting, "BOLT") == 0
    end(plant, order, how)
    assert on_list(waiting, "BOLT") == 20
    assert ledger.verify() == []


def test_what_a_firm_order_had_reserved_goes_to_the_next_list_when_it_is_cancelled(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    order = plant.work_order(10, code="FIRST")
    production.reserve_material(plant.do("planner"), work_order_id=order.pk)
    waiting = plant.released(5, code="WAITING")
    production.cancel(plant.do("planner"), work_order_id=order.pk)
    assert on_list(waiting, "BOLT") == 20


def sent_for(plant: SmallPlant, order: WorkOrder) -> Transfer:
    plant.put("BOLT", "B-01", 40)
    reply = picking.send_for(
        plant.do("warehouse_manager"),
        requirement_id=order.requirements.get(item__code="BOLT").pk,
        from_warehouse_id=plant.second.pk,
        quantity=Decimal(40),
    )
    return Transfer.objects.get(pk=reply["transfer"])


@WAYS
def test_what_was_to_be_sent_for_it_stays_where_it_is(plant: SmallPlant, how: str) -> None:
    order = plant.released(10)
    transfer = sent_for(plant, order)
    end(plant, order, how)
    transfer.refresh_from_db()
    assert transfer.status == "cancelled"
    assert not Balance.objects.filter(allocated__gt=0).exists()
    assert ledger.verify() == []


def test_what_is_on_the_road_for_it_comes_for_whoever_waits(plant: SmallPlant) -> None:
    order, waiting = plant.released(10, code="FIRST"), plant.released(5, code="WAITING")
    transfer = sent_for(plant, order)
    stock.ship_transfer(plant.do("warehouse_manager"), transfer_id=transfer.pk)
    end(plant, order, "cancel")
    assert TransferLine.objects.get().holder_id is None
    stock.receive_transfer(plant.do("warehouse_manager"), transfer_id=transfer.pk, location_id=plant.bins["A-01"].pk)
    assert on_list(waiting, "BOLT") == 20


def test_a_planner_of_one_warehouse_may_end_an_order_that_waits_for_another(plant: SmallPlant) -> None:
    order = plant.released(10)
    transfer = sent_for(plant, order)
    plant.people["planner"].warehouses = ["RM"]
    plant.people["planner"].save()
    end(plant, order, "cancel")
    transfer.refresh_from_db()
    assert transfer.status == "cancelled"


def short(plant: SmallPlant, order: WorkOrder) -> Case:
    line = PickLine.objects.get(requirement__work_order=order, item__code="BOLT", status="open")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(0), reason="empty")
    return Case.objects.get()


@pytest.mark.parametrize("how", ["cancel", "finish"])
def test_its_case_is_closed_with_that_reason(plant: SmallPlant, how: str) -> None:
    plant.put("BOLT", "A-01", 40)
    order = plant.released(10, code="WO-1")
    if how == "finish":
        production.start(plant.do("line_leader"), work_order_id=order.pk)
    case = short(plant, order)
    verb = {"cancel": production.cancel, "finish": production.finish}[how]
    verb(plant.do("planner"), work_order_id=order.pk, **({"reason": "enough"} if how == "finish" else {}))
    case.refresh_from_db()
    assert (case.status, case.cause, case.cause_note) == ("closed", "order_over", "WO-1")
    order.refresh_from_db()
    assert order.pause_reason == ""


def test_a_case_that_others_wait_in_stays_open_and_is_as_urgent_as_theirs(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("BOLT", "A-02", 40, lot="B")
    order = plant.released(10, code="WO-1", start=5)
    later = plant.released(10, code="WO-2", start=20, due=25)
    for each in (order, later):
        case = short(plant, each)
    assert case.severity == Case.Severity.STOPPED
    production.cancel(plant.do("planner"), work_order_id=order.pk)
    case.refresh_from_db()
    assert case.status in ("detected", "verified", "assessed")
    assert case.severity == Case.Severity.STOPPED  # WO-2 is paused for it
    production.cancel(plant.do("planner"), work_order_id=later.pk)
    case.refresh_from_db()
    assert (case.status, case.cause_note) == ("closed", "WO-2")

"""From a promise to the shelf: three dates, part deliveries, inspection results, requisitions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from qitao.picking.models import PickLine
from qitao.purchasing import actions as purchasing
from qitao.purchasing.models import Delivery, DeliveryRecord, PurchaseOrder, Requisition, Source
from qitao.purchasing.queries import order_quantity
from qitao.purchasing.refusals import MoreThanOrdered, NoSource
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Move
from qitao.stock.refusals import OtherWarehouse
from tests import small_plant
from tests.small_plant import MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def receive(plant: SmallPlant, delivery: Delivery, quantity: int, **facts: object) -> None:
    line = {"delivery_id": delivery.pk, "quantity": Decimal(quantity), **facts}
    purchasing.receive(plant.do("picker"), order_id=delivery.line.order_id, lines=[line])


def test_what_comes_in_lies_in_the_receiving_area_and_in_the_history(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=5)
    receive(plant, delivery, 60, lot_code="L-7", expires_on=date(2027, 1, 1))
    balance = Balance.objects.select_related("lot", "location").get()
    assert (balance.location.code, balance.lot.code, balance.on_hand) == ("IN", "L-7", 60)
    record = DeliveryRecord.objects.get()
    assert (record.promised_on, record.actual_on, record.quantity) == (date(2026, 1, 5), date(2026, 1, 5), 60)
    delivery.refresh_from_db()
    assert (delivery.received, delivery.open_quantity) == (60, 40)
    assert ledger.verify() == []


def test_the_order_is_closed_with_its_last_piece(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=5)
    receive(plant, delivery, 60)
    assert PurchaseOrder.objects.get().status == "open"
    receive(plant, delivery, 40)
    assert PurchaseOrder.objects.get().status == "closed"


def test_more_than_ordered_is_refused_whole(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=5)
    with pytest.raises(MoreThanOrdered):
        receive(plant, delivery, 101)
    assert not Move.objects.exists()


def test_what_comes_before_eight_in_the_morning_comes_today(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 40, promised=6)
    seven = datetime(2026, 1, 5, 23, 0, tzinfo=UTC)  # of the 6th in Shanghai
    line = {"delivery_id": delivery.pk, "quantity": Decimal(40), "lot_code": "L1"}
    purchasing.receive(plant.do("picker", at=seven), order_id=delivery.line.order_id, lines=[line])
    assert DeliveryRecord.objects.get().actual_on == date(2026, 1, 6)
    assert Balance.objects.get().lot.received_on == date(2026, 1, 6)


def test_what_comes_is_put_down_in_the_order_s_own_warehouse(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 40, promised=6)
    with pytest.raises(OtherWarehouse):
        receive(plant, delivery, 40, location_id=plant.bins["B-01"].pk)


def test_a_rejected_lot_is_there_and_not_available(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=5)
    receive(plant, delivery, 100, status="rejected", lot_code="BAD")
    (holding,) = ledger.holdings(plant.items["BOLT"], on=MONDAY)
    assert (holding.available, holding.blocked, DeliveryRecord.objects.get().rejected) == (0, 100, 100)


def test_a_receipt_fills_the_list_that_waits_for_it(plant: SmallPlant) -> None:
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", 100)
    plant.released(10)
    assert not PickLine.objects.filter(item__code="BOLT").exists()
    receive(plant, plant.purchase("BOLT", 100, promised=5), 100)
    assert PickLine.objects.get(item__code="BOLT").quantity == 40


def test_the_first_promise_is_never_overwritten(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=5)
    for day in (9, 14):
        purchasing.repromise(plant.do("buyer"), delivery_id=delivery.pk, on=date(2026, 1, day), reason="late")
    delivery.refresh_from_db()
    assert (delivery.promised_on, delivery.expected_on) == (date(2026, 1, 5), date(2026, 1, 14))
    changes = [(row.was_on, row.on) for row in delivery.repromises.order_by("id")]
    assert changes == [(date(2026, 1, 5), date(2026, 1, 9)), (date(2026, 1, 9), date(2026, 1, 14))]


@pytest.mark.parametrize(("needed", "ordered"), [(1, 100), (100, 100), (101, 150), (150, 150)])
def test_an_order_respects_minimum_and_multiple(plant: SmallPlant, needed: int, ordered: int) -> None:
    assert order_quantity(Source.objects.get(), Decimal(needed)) == ordered


def _requested(plant: SmallPlant, **facts: object) -> Requisition:
    reply = purchasing.request(
        plant.do("planner"),
        item_id=plant.items["BOLT"].pk,
        quantity=Decimal(100),
        warehouse_id=plant.home.pk,
        needed_on=date(2026, 1, 7),
        expected_on=date(2026, 1, 8),
        **facts,
    )
    return Requisition.objects.get(pk=reply["requisition"])


def test_a_requisition_becomes_an_order_at_its_source(plant: SmallPlant) -> None:
    asked = _requested(plant, source_id=Source.objects.get().pk)
    purchasing.order(plant.do("buyer"), requisition_id=asked.pk)
    asked.refresh_from_db()
    delivery = Delivery.objects.get()
    assert (asked.status, delivery.quantity, delivery.promised_on) == ("ordered", 100, date(2026, 1, 8))


def test_without_a_source_nothing_is_ordered(plant: SmallPlant) -> None:
    asked = _requested(plant)
    with pytest.raises(NoSource):
        purchasing.order(plant.do("buyer"), requisition_id=asked.pk)
    assert not PurchaseOrder.objects.exists()

"""An open purchase order is changed line by line; what came and what was promised stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.journal.models import Fact
from qitao.kernel.refusal import BadValue, NotAllowed, NotNow
from qitao.planning import snapshot
from qitao.purchasing import actions, amending
from qitao.purchasing.models import Delivery, PurchaseOrder
from qitao.purchasing.records import DeliveryFacts, NoLongerBought
from qitao.purchasing.refusals import LessThanReceived, MoreThanOrdered, MoreThanToCome, NothingToCome
from tests.small_plant import MONDAY, SmallPlant, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def receive(plant: SmallPlant, delivery: Delivery, quantity: int) -> None:
    line = {"delivery_id": delivery.pk, "quantity": Decimal(quantity)}
    actions.receive(plant.do("picker"), order_id=delivery.line.order_id, lines=[line])
    delivery.refresh_from_db()


def order_of(delivery: Delivery) -> PurchaseOrder:
    return PurchaseOrder.objects.get(pk=delivery.line.order_id)


def test_another_quantity_and_price(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=9)
    buyer = plant.do("buyer")
    amending.change_delivery(buyer, delivery_id=delivery.pk, quantity=Decimal(140), price=Decimal("0.4"), reason="MOQ")
    delivery = Delivery.objects.select_related("line").get(pk=delivery.pk)
    assert (delivery.quantity, delivery.line.price, delivery.promised_on) == (140, Decimal("0.4"), date(2026, 1, 9))
    told = Fact.objects.filter(command_id=buyer.id).order_by("id")
    assert [fact.kind for fact in told] == ["purchasing.delivery_changed", "purchasing.price_changed"]
    assert (told[0].data["was_quantity"], told[0].data["quantity"]) == ("100", "140")


def test_a_quantity_never_falls_below_what_came_and_reaching_it_closes_the_order(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=9)
    receive(plant, delivery, 60)
    with pytest.raises(LessThanReceived):
        amending.change_delivery(plant.do("buyer"), delivery_id=delivery.pk, quantity=Decimal(59))
    with pytest.raises(BadValue):
        amending.change_delivery(plant.do("buyer"), delivery_id=delivery.pk, quantity=Decimal(0))
    amending.change_delivery(plant.do("buyer"), delivery_id=delivery.pk, quantity=Decimal(60))
    assert order_of(delivery).status == "closed"
    with pytest.raises(NotNow):
        amending.change_delivery(plant.do("buyer"), delivery_id=delivery.pk, quantity=Decimal(80))


def test_a_line_is_added_and_another_date_joins_its_line(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=9)
    ends, bolt, plate = {"order_id": delivery.line.order_id}, plant.items["BOLT"], plant.items["PLATE"]
    again = DeliveryFacts(bolt.pk, Decimal(50), date(2026, 1, 16), Decimal("0.5"))
    amending.add_line(plant.do("buyer"), **ends, line=again)
    amending.add_line(plant.do("buyer"), **ends, line=DeliveryFacts(plate.pk, Decimal(5), date(2026, 1, 12)))
    amending.add_line(plant.do("buyer"), **ends, line=DeliveryFacts(bolt.pk, Decimal(5), None, Decimal("0.6")))
    rows = Delivery.objects.filter(line__order=delivery.line.order).order_by("pk")
    assert [str(row) for row in rows] == ["PO-1-10/1", "PO-1-10/2", "PO-1-20/1", "PO-1-30/1"]
    with pytest.raises(BadValue):
        amending.add_line(plant.do("buyer"), **ends, line=DeliveryFacts(bolt.pk, Decimal(0)))
    type(bolt).objects.filter(pk=bolt.pk).update(is_active=False)
    with pytest.raises(NoLongerBought):
        amending.add_line(plant.do("buyer"), **ends, line=again)
    with pytest.raises(NotAllowed):
        amending.add_line(plant.do("planner"), **ends, line=again)


def test_cancelling_keeps_what_came_and_what_was_promised(plant: SmallPlant) -> None:
    first, second = plant.purchase("BOLT", 100, promised=9), plant.purchase("PLATE", 30, promised=12, code="PO-2")
    second.line.order = first.line.order
    second.line.line = "20"
    second.line.save()
    receive(plant, first, 40)
    amending.cancel_delivery(plant.do("buyer"), delivery_id=first.pk, reason="too late")
    first.refresh_from_db()
    assert (first.quantity, first.received, first.cancelled, first.promised_on) == (40, 40, 60, date(2026, 1, 9))
    assert order_of(first).status == "open"
    with pytest.raises(NothingToCome):
        amending.cancel_delivery(plant.do("buyer"), delivery_id=first.pk)
    with pytest.raises(MoreThanOrdered):
        receive(plant, first, 1)
    amending.cancel_delivery(plant.do("buyer"), delivery_id=second.pk)
    second.refresh_from_db()
    assert (second.quantity, second.cancelled, second.promised_on) == (0, 30, date(2026, 1, 12))
    assert order_of(first).status == "closed"


def test_an_order_of_which_nothing_came_is_cancelled_as_a_whole(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=9)
    assert snapshot.take(MONDAY).deliveries
    amending.cancel_order(plant.do("buyer"), order_id=delivery.line.order_id, reason="wrong supplier")
    assert order_of(delivery).status == "cancelled"
    assert not snapshot.take(MONDAY).deliveries
    with pytest.raises(NotNow):
        amending.cancel_order(plant.do("buyer"), order_id=delivery.line.order_id)
    with pytest.raises(NotNow):
        actions.repromise(plant.do("buyer"), delivery_id=delivery.pk, on=date(2026, 1, 20))
    with pytest.raises(MoreThanOrdered):
        receive(plant, delivery, 1)


def test_a_part_comes_on_another_day_and_takes_its_dates_along(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=9)
    receive(plant, delivery, 20)
    part = actions.repromise(
        plant.do("buyer"), delivery_id=delivery.pk, on=date(2026, 1, 20), quantity=Decimal(30), reason="mould"
    )
    rows = Delivery.objects.filter(line=delivery.line).order_by("sequence")
    assert [(row.quantity, row.received, row.expected_on.day) for row in rows] == [(70, 20, 9), (30, 0, 20)]
    assert rows[1].pk == part["delivery"]
    assert rows[1].promised_on == date(2026, 1, 9)
    assert [change.was_on for change in rows[1].repromises.all()] == [date(2026, 1, 9)]
    with pytest.raises(MoreThanToCome):
        actions.repromise(plant.do("buyer"), delivery_id=delivery.pk, on=date(2026, 1, 21), quantity=Decimal(51))


def test_the_first_day_heard_is_the_promise(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 100, promised=9)
    Delivery.objects.update(promised_on=None)
    actions.repromise(plant.do("buyer"), delivery_id=delivery.pk, on=date(2026, 1, 13))
    delivery.refresh_from_db()
    assert (delivery.promised_on, delivery.repromised_on) == (date(2026, 1, 13), None)
    with pytest.raises(BadValue):
        actions.repromise(plant.do("buyer"), delivery_id=delivery.pk, on=date(2026, 1, 13))
    actions.repromise(plant.do("buyer"), delivery_id=delivery.pk, on=date(2026, 1, 15))
    delivery.refresh_from_db()
    assert (delivery.promised_on, delivery.repromised_on) == (date(2026, 1, 13), date(2026, 1, 15))

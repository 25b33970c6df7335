"""Two people at the same claim: whoever waited decides by what is true then."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qitao.kernel.refusal import NotNow, Refusal
from qitao.picking import actions as picking
from qitao.picking import borrowing, reranking, reserving
from qitao.picking.borrowing import AskedAlready, DecidedAlready
from qitao.picking.models import Borrowing, PickLine
from qitao.picking.proving import unclaimed
from qitao.picking.proving_reservations import overclaimed, unheld
from qitao.picking.reranking import RanksMovedOn, propose
from qitao.picking.reserving import NotEnoughToCome
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.purchasing import amending
from qitao.purchasing.models import Delivery
from qitao.stock.models import Reservation
from tests import small_plant
from tests.invariants.overlap import overlap
from tests.small_plant import MONDAY, SmallPlant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def bolts(order: WorkOrder) -> Requirement:
    return order.requirements.get(item__code="BOLT")


def reserve(plant: SmallPlant, order: WorkOrder, of: Delivery, quantity: int) -> object:
    return reserving.reserve_supply(
        plant.do("planner"),
        requirement_id=bolts(order).pk,
        supply_kind="purchase",
        supply_id=of.pk,
        quantity=Decimal(quantity),
    )


def proven() -> None:
    assert unclaimed() == []
    assert overclaimed(on=MONDAY) == []
    assert unheld(on=MONDAY) == []


def test_two_reserve_the_last_of_a_delivery(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 40, promised=7)
    one, other = plant.work_order(10, code="WO-1"), plant.work_order(10, code="WO-2")
    _, second = overlap(lambda: reserve(plant, one, delivery, 30), lambda: reserve(plant, other, delivery, 30))
    assert isinstance(second, NotEnoughToCome), second
    proven()


def test_a_delivery_is_reserved_while_less_of_it_is_ordered(plant: SmallPlant) -> None:
    delivery, order = plant.purchase("BOLT", 40, promised=7), plant.work_order(10)
    _, second = overlap(
        lambda: amending.change_delivery(plant.do("buyer"), delivery_id=delivery.pk, quantity=Decimal(10)),
        lambda: reserve(plant, order, delivery, 30),
    )
    assert isinstance(second, NotEnoughToCome), second
    proven()


def test_less_of_a_delivery_is_ordered_while_it_is_reserved(plant: SmallPlant) -> None:
    delivery, order = plant.purchase("BOLT", 40, promised=7), plant.work_order(10)
    overlap(
        lambda: reserve(plant, order, delivery, 30),
        lambda: amending.change_delivery(plant.do("buyer"), delivery_id=delivery.pk, quantity=Decimal(10)),
    )
    assert Reservation.objects.get().quantity == 10
    proven()


def test_a_delivery_comes_while_it_is_reserved(plant: SmallPlant) -> None:
    delivery, order = plant.purchase("BOLT", 40, promised=7), plant.work_order(10)
    lines = [{"delivery_id": delivery.pk, "quantity": Decimal(40)}]
    overlap(
        lambda: reserve(plant, order, delivery, 40),
        lambda: purchasing.receive(plant.do("picker"), order_id=delivery.line.order_id, lines=lines),
    )
    assert (Reservation.objects.get().supply, Reservation.objects.get().quantity) == ("stock", 40)
    proven()


def test_something_is_reserved_for_an_order_that_is_being_cancelled(plant: SmallPlant) -> None:
    delivery, order = plant.purchase("BOLT", 40, promised=7), plant.work_order(10)
    _, second = overlap(
        lambda: production.cancel(plant.do("planner"), work_order_id=order.pk),
        lambda: reserve(plant, order, delivery, 30),
    )
    assert isinstance(second, NotNow), second
    assert not Reservation.objects.exists()


def test_a_reservation_is_given_back_and_changed_at_once(plant: SmallPlant) -> None:
    reserve(plant, plant.work_order(10), plant.purchase("BOLT", 40, promised=7), 30)
    pk = Reservation.objects.get().pk
    _, second = overlap(
        lambda: reserving.give_back(plant.do("planner"), reservation_id=pk),
        lambda: reserving.keep_reservation(plant.do("planner"), reservation_id=pk, is_frozen=True),
    )
    assert isinstance(second, Refusal), second
    assert not Reservation.objects.exists()


# Borrowing


@pytest.fixture
def two(plant: SmallPlant) -> tuple[WorkOrder, WorkOrder]:
    plant.put("BOLT", "A-01", 40)
    lender = plant.work_order(10, start=12, due=20, code="HOLDS")
    production.reserve_material(plant.do("planner"), work_order_id=lender.pk)
    return lender, plant.released(10, code="NEEDS")


def ask(plant: SmallPlant, two: tuple[WorkOrder, WorkOrder], quantity: int) -> dict[str, object]:
    lender, borrower = (bolts(order).pk for order in two)
    who = plant.do("line_leader")
    return borrowing.ask(who, lender_id=lender, borrower_id=borrower, quantity=Decimal(quantity))


def test_two_say_yes_and_no_at_once(plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]) -> None:
    pk = ask(plant, two, 30)["borrowing"]
    _, second = overlap(
        lambda: borrowing.lend(plant.do("planner"), borrowing_id=pk),
        lambda: borrowing.refuse(plant.do("warehouse_manager"), borrowing_id=pk, reason="no"),
    )
    assert isinstance(second, DecidedAlready), second
    assert second.facts["who"] == "planner"
    assert Borrowing.objects.get().status == "lent"
    proven()


def test_two_ask_for_the_same(plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]) -> None:
    _, second = overlap(lambda: ask(plant, two, 30), lambda: ask(plant, two, 20))
    assert isinstance(second, AskedAlready), second


def test_it_is_lent_while_the_lender_is_released(plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]) -> None:
    pk = ask(plant, two, 30)["borrowing"]
    overlap(
        lambda: production.release(plant.do("planner"), work_order_id=two[0].pk),
        lambda: borrowing.lend(plant.do("planner"), borrowing_id=pk),
    )
    listed = {line.requirement.work_order.code: line.open_quantity for line in PickLine.objects.filter(status="open")}
    assert listed == {"HOLDS": 10, "NEEDS": 30}
    proven()


def test_what_is_owed_is_forgiven_while_it_is_paid(plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]) -> None:
    pk = ask(plant, two, 30)["borrowing"]
    borrowing.lend(plant.do("planner"), borrowing_id=pk)
    delivery = plant.purchase("BOLT", 40, promised=7)
    _, second = overlap(
        lambda: reserve(plant, two[0], delivery, 30),
        lambda: borrowing.forgive(plant.do("planner"), borrowing_id=pk, reason="enough"),
    )
    assert isinstance(second, NotNow), second
    assert Borrowing.objects.get().status == "paid"


# Ranks


def test_ranks_are_given_while_somebody_begins_to_pick(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    first, second = plant.released(10, code="WO-1"), plant.released(10, code="WO-2")
    digest = propose([second.pk], first.pk, on=MONDAY).digest
    line = PickLine.objects.get(status="open")
    _, late = overlap(
        lambda: picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(1)),
        lambda: reranking.rerank(plant.do("planner"), work_order_ids=[second.pk], before_id=first.pk, digest=digest),
    )
    assert isinstance(late, RanksMovedOn), late
    assert PickLine.objects.get(status="open").requirement.work_order_id == first.pk
    proven()


def test_two_planners_give_ranks_at_once(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    orders = [plant.released(10, code=f"WO-{number}") for number in (1, 2, 3)]
    digests = [propose([order.pk], orders[0].pk, on=MONDAY).digest for order in orders]

    def first_of_all(number: int) -> object:
        ids, before = [orders[number].pk], orders[0].pk
        return reranking.rerank(plant.do("planner"), work_order_ids=ids, before_id=before, digest=digests[number])

    _, late = overlap(lambda: first_of_all(1), lambda: first_of_all(2))
    assert isinstance(late, RanksMovedOn), late
    assert list(WorkOrder.objects.order_by("rank").values_list("code", flat=True)) == ["WO-2", "WO-1", "WO-3"]
    proven()

"""Finished goods leave for the customer: only what is free, never more than is ordered, and back within ten minutes."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from qitao.journal.models import Fact
from qitao.kernel.refusal import BadValue, Gone, NotAllowed, NotNow
from qitao.planning import snapshot
from qitao.sales import actions, amending, queries
from qitao.sales.actions import Take
from qitao.sales.models import SalesOrder, SalesOrderLine, Shipment
from qitao.sales.refusals import (
    MoreThanOrdered,
    NothingToShip,
    ReservedForOthers,
    ShipmentTakenBack,
    ShippedFromElsewhere,
    ShippedLongAgo,
)
from qitao.stock import ledger
from qitao.stock import queries as stock
from qitao.stock.models import Balance, Move
from qitao.stock.refusals import NotEnoughOnHand, OtherWarehouse, WrongWarehouse
from tests.small_plant import EIGHT, MONDAY, SmallPlant, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def ship(
    plant: SmallPlant, line: SalesOrderLine, *takes: tuple[Balance, str | int], **facts: object
) -> dict[str, object]:
    """Let the picker ship a line from some balances of the home warehouse."""
    number = facts.pop("number", None)
    at = facts.pop("at", EIGHT)
    return actions.ship(
        plant.do("picker", number=number, at=at),  # type: ignore[arg-type]
        order_id=line.order_id,
        warehouse_id=facts.pop("warehouse_id", plant.home.pk),
        takes=[Take(line.pk, balance.pk, Decimal(quantity)) for balance, quantity in takes],
        **facts,
    )


def test_an_order_is_shipped_in_parts_and_closes_with_the_last(plant: SmallPlant) -> None:
    line = plant.sale(10, due=20)
    here, there = plant.put("FRAME", "A-01", 4), plant.put("FRAME", "A-02", 20)
    first = ship(plant, line, (here, 4), (there, 2), note="SF 1234")
    line.refresh_from_db()
    assert (line.shipped, first["status"]) == (6, "open")
    assert (plant.on_hand("FRAME", "A-01"), plant.on_hand("FRAME", "A-02")) == (0, 18)
    second = ship(plant, line, (there, 4))
    assert second["status"] == SalesOrder.objects.get().status == "closed"
    assert [move.quantity for move in Move.objects.filter(document="sales.shipment")] == [4, 2, 4]
    fact = Fact.objects.filter(kind="sales.shipped").first()
    assert fact is not None
    assert (fact.subject, fact.data["what"]) == ("sales.salesorder", ["FRAME × 6"])
    assert stock.verify() == []
    with pytest.raises(NotNow):
        ship(plant, line, (there, 1))


def test_a_command_sent_twice_ships_once(plant: SmallPlant) -> None:
    line, lying, number = plant.sale(10, due=20), plant.put("FRAME", "A-01", 20), uuid.uuid4()
    assert ship(plant, line, (lying, 3), number=number) == ship(plant, line, (lying, 3), number=number)
    assert (Shipment.objects.count(), plant.on_hand("FRAME", "A-01")) == (1, 17)


def test_the_plan_counts_what_was_shipped(plant: SmallPlant) -> None:
    line, lying = plant.sale(10, due=20), plant.put("FRAME", "A-01", 12)
    ship(plant, line, (lying, 4))
    shot = snapshot.take(MONDAY)
    row, supply = shot.demands[line.pk], shot.stock[line.item_id, plant.home.pk]
    assert int(shot.plant.orders.quantity[row]) == 6_000_000
    assert int(shot.plant.supplies.quantity[supply]) == 8_000_000
    ship(plant, line, (lying, 6))
    assert snapshot.take(MONDAY).demands == {}


def test_no_more_leaves_than_is_ordered(plant: SmallPlant) -> None:
    line, lying = plant.sale(10, due=20), plant.put("FRAME", "A-01", 50)
    other = plant.put("FRAME", "A-02", 50)
    with pytest.raises(MoreThanOrdered):
        ship(plant, line, (lying, 6), (other, 5))
    with pytest.raises(BadValue):
        ship(plant, line, (lying, 0))
    with pytest.raises(BadValue):
        ship(plant, line)
    more = plant.sale(5, due=20, code="SO-2")
    with pytest.raises(Gone):  # a line of another order
        actions.ship(
            plant.do("picker"),
            order_id=line.order_id,
            warehouse_id=plant.home.pk,
            takes=[Take(more.pk, lying.pk, Decimal(1))],
        )
    bolts = plant.put("BOLT", "A-01", 5)
    with pytest.raises(Gone):  # something else than was ordered
        ship(plant, line, (bolts, 1))
    assert not Shipment.objects.exists()


def test_a_cancelled_rest_is_not_shipped(plant: SmallPlant) -> None:
    line, lying = plant.sale(10, due=20), plant.put("FRAME", "A-01", 50)
    SalesOrderLine.objects.create(order=line.order, line="20", item=line.item, quantity=1, due_on=date(2026, 1, 20))
    ship(plant, line, (lying, 4))
    amending.cancel_line(plant.do("planner"), line_id=line.pk)
    with pytest.raises(NothingToShip):
        ship(plant, line, (lying, 1))
    line.refresh_from_db()
    assert (line.quantity, line.shipped, line.cancelled) == (4, 4, 6)


def test_only_usable_stock_leaves(plant: SmallPlant) -> None:
    line = plant.sale(10, due=20)
    held = plant.put("FRAME", "A-01", 9, status="quarantine")
    stale = plant.put("FRAME", "A-02", 9, lot="OLD", expires_on=date(2026, 1, 4))
    doubted = plant.put("FRAME", "A-03", 9)
    Balance.objects.filter(pk=doubted.pk).update(doubted_at=EIGHT)
    for balance in (held, stale, doubted):
        with pytest.raises(NotEnoughOnHand):
            ship(plant, line, (balance, 1))
    few = plant.put("FRAME", "IN", 3)
    with pytest.raises(NotEnoughOnHand):
        ship(plant, line, (few, 4))
    ledger.allocate(few, Decimal(1))
    with pytest.raises(NotEnoughOnHand):
        ship(plant, line, (few, 3))
    ship(plant, line, (few, 2))


def test_what_is_reserved_for_somebody_stays(plant: SmallPlant) -> None:
    line, lying = plant.sale(10, due=20), plant.put("FRAME", "A-01", 9)
    holder = plant.work_order(1)
    item = plant.items["FRAME"]
    ledger.reserve(plant.do("planner"), item=item, warehouse=plant.home, quantity=Decimal(5), holder=holder)
    with pytest.raises(ReservedForOthers):
        ship(plant, line, (lying, 5))
    (row,) = queries.to_ship(MONDAY)
    assert (row.left, row.free, row.ready) == (10, 4, 4)  # type: ignore[attr-defined]
    (proposal,) = queries.propose([line], warehouse_id=plant.home.pk, on=MONDAY)
    assert proposal.proposed == 4
    ship(plant, line, (lying, 4))
    assert plant.on_hand("FRAME", "A-01") == 5


def test_it_leaves_from_its_warehouse_by_somebody_who_works_there(plant: SmallPlant) -> None:
    line, lying, away = plant.sale(10, due=20), plant.put("FRAME", "A-01", 9), plant.put("FRAME", "B-01", 9)
    with pytest.raises(OtherWarehouse):
        ship(plant, line, (away, 1))
    SalesOrderLine.objects.update(warehouse=plant.second)
    with pytest.raises(ShippedFromElsewhere):
        ship(plant, line, (lying, 1))
    assert [row.free for row in queries.to_ship(MONDAY)] == [9]  # type: ignore[attr-defined]
    plant.people["picker"].warehouses = ["RM"]
    with pytest.raises(WrongWarehouse):
        ship(plant, line, (away, 1), warehouse_id=plant.second.pk)
    plant.people["picker"].warehouses = []
    ship(plant, line, (away, 1), warehouse_id=plant.second.pk)
    with pytest.raises(NotAllowed):
        actions.ship(plant.do("planner"), order_id=line.order_id, warehouse_id=plant.home.pk, takes=[])


def test_what_expires_first_is_proposed_first_and_once(plant: SmallPlant) -> None:
    first, second = plant.sale(6, due=20), plant.sale(6, due=21, code="SO-2")
    plant.put("FRAME", "A-01", 5, lot="LATE", expires_on=date(2026, 6, 1))
    plant.put("FRAME", "A-02", 4, lot="SOON", expires_on=date(2026, 2, 1))
    found = queries.propose([first, second], warehouse_id=plant.home.pk, on=MONDAY)
    taken = [[(place.balance.lot.code, place.proposed) for place in each.places] for each in found]
    assert taken == [[("SOON", 4), ("LATE", 2)], [("SOON", 0), ("LATE", 3)]]


def test_a_shipment_is_taken_back_within_ten_minutes(plant: SmallPlant) -> None:
    line, lying = plant.sale(4, due=20), plant.put("FRAME", "A-01", 9)
    done = ship(plant, line, (lying, 4))
    assert SalesOrder.objects.get().status == "closed"
    with pytest.raises(NotAllowed):
        actions.undo_shipment(plant.do("planner"), shipment_id=done["shipment"])
    late = plant.do("picker", at=EIGHT + timedelta(minutes=11))
    with pytest.raises(ShippedLongAgo):
        actions.undo_shipment(late, shipment_id=done["shipment"])
    actions.undo_shipment(plant.do("picker"), shipment_id=done["shipment"])
    line.refresh_from_db()
    assert (line.shipped, SalesOrder.objects.get().status, plant.on_hand("FRAME", "A-01")) == (0, "open", 9)
    with pytest.raises(ShipmentTakenBack):
        actions.undo_shipment(plant.do("picker"), shipment_id=done["shipment"])
    assert stock.verify() == []
    assert list(snapshot.take(timezone.localdate(EIGHT)).demands) == [line.pk]
    ship(plant, line, (lying, 4))


def test_taking_back_keeps_what_was_cancelled_meanwhile(plant: SmallPlant) -> None:
    line, lying = plant.sale(10, due=20), plant.put("FRAME", "A-01", 9)
    done = ship(plant, line, (lying, 4))
    amending.cancel_line(plant.do("planner"), line_id=line.pk)
    actions.undo_shipment(plant.do("picker"), shipment_id=done["shipment"])
    line.refresh_from_db()
    assert (line.quantity, line.shipped, line.cancelled, SalesOrder.objects.get().status) == (4, 0, 6, "open")

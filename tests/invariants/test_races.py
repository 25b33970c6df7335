"""Many hands at once: nothing negative, nothing twice, nobody waits for ever."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, transaction

from qitao.kernel.refusal import Refusal
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.picking.refusals import AlreadyPicked
from qitao.production import actions as production
from qitao.sales import actions as sales
from qitao.sales.models import SalesOrderLine
from qitao.sales.refusals import MoreThanOrdered, ShipmentTakenBack
from qitao.shortages.models import Case
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.ledger import MANY_ITEMS, lock_items
from qitao.stock.models import Balance, Reservation
from qitao.stock.refusals import NotEnoughOnHand
from tests import small_plant
from tests.invariants.overlap import at_once
from tests.small_plant import SmallPlant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def test_fifty_people_fight_for_a_hundred_pieces(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 100)
    target = plant.bins["A-02"].pk

    def take_three() -> object:
        return stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=target, quantity=Decimal(3))

    answers = at_once([take_three] * 50)
    got = [answer for answer in answers if isinstance(answer, dict)]
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert (len(got), len(refused)) == (33, 17)
    assert (plant.on_hand("BOLT", "A-01"), plant.on_hand("BOLT", "A-02")) == (1, 99)
    assert ledger.verify() == []


def test_two_pickers_on_the_last_piece(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.released(10)
    line = PickLine.objects.get(item__code="BOLT")

    def pick() -> object:
        return picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(40))

    answers = at_once([pick, pick])
    assert {type(answer) for answer in answers} == {dict, AlreadyPicked}
    assert plant.on_hand("BOLT", "A-01") == 0
    assert ledger.verify() == []


def test_two_ship_the_last_pieces(plant: SmallPlant) -> None:
    last = plant.put("FRAME", "A-01", 8)
    lines = [plant.sale(8, due=20, code=code) for code in ("SO-1", "SO-2")]

    def ship(line: SalesOrderLine) -> Callable[[], object]:
        takes = [sales.Take(line.pk, last.pk, Decimal(8))]
        return lambda: sales.ship(plant.do("picker"), order_id=line.order_id, warehouse_id=plant.home.pk, takes=takes)

    answers = at_once([ship(line) for line in lines])
    assert {type(answer) for answer in answers} == {dict, NotEnoughOnHand}
    assert sorted(SalesOrderLine.objects.values_list("shipped", flat=True)) == [0, 8]
    assert plant.on_hand("FRAME", "A-01") == 0
    assert ledger.verify() == []


def test_two_ship_the_same_order_and_one_takes_back_twice(plant: SmallPlant) -> None:
    lying, line = plant.put("FRAME", "A-01", 50), plant.sale(10, due=20)
    takes = [sales.Take(line.pk, lying.pk, Decimal(6))]

    def ship() -> object:
        return sales.ship(plant.do("picker"), order_id=line.order_id, warehouse_id=plant.home.pk, takes=takes)

    answers = at_once([ship, ship])
    assert {type(answer) for answer in answers} == {dict, MoreThanOrdered}
    number = next(answer["shipment"] for answer in answers if isinstance(answer, dict))

    def undo() -> object:
        return sales.undo_shipment(plant.do("picker"), shipment_id=number)

    assert {type(answer) for answer in at_once([undo, undo])} == {dict, ShipmentTakenBack}
    line.refresh_from_db()
    assert (line.shipped, plant.on_hand("FRAME", "A-01")) == (0, 50)


def test_twenty_releases_never_promise_more_than_there_is(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    orders = [plant.work_order(2, code=f"WO-{n}") for n in range(20)]

    def release(work_order_id: int) -> Callable[[], object]:
        return lambda: production.release(plant.do("planner"), work_order_id=work_order_id)

    answers = at_once([release(order.pk) for order in orders])
    assert all(isinstance(answer, dict) for answer in answers), answers
    balance = Balance.objects.get(item=plant.items["BOLT"])
    listed = sum(line.open_quantity for line in PickLine.objects.filter(item__code="BOLT"))
    assert (balance.allocated, listed) == (100, 100)
    assert not Reservation.objects.exists()


def test_ten_short_picks_of_one_item_make_one_case(plant: SmallPlant) -> None:
    for place in ("A-01", "A-02", "A-03"):
        plant.put("BOLT", place, 40, lot=place)
    for n in range(3):
        plant.released(10, code=f"WO-{n}")
    lines = list(PickLine.objects.filter(item__code="BOLT"))

    def short(line_id: int) -> Callable[[], object]:
        return lambda: picking.report_short(plant.do("picker"), pick_line_id=line_id, found=Decimal(0), reason="empty")

    answers = at_once([short(line.pk) for line in lines])
    assert all(isinstance(answer, dict) for answer in answers), answers
    assert Case.objects.count() == 1
    assert Case.objects.get().lines.count() == 3


def test_a_storm_of_moves_receipts_and_releases_keeps_the_books(plant: SmallPlant) -> None:
    chance = random.Random(7)
    for place in ("A-01", "A-02", "A-03"):
        for item in ("BOLT", "PLATE", "PAINT"):
            plant.put(item, place, 50)
    orders = [plant.work_order(5, code=f"WO-{n}") for n in range(8)]
    balances = list(Balance.objects.all())
    places = [plant.bins[code].pk for code in ("A-01", "A-02", "A-03")]

    def move(seed: int) -> Callable[[], object]:
        balance, place, quantity = chance.choice(balances), chance.choice(places), Decimal(chance.randint(1, 30))
        return lambda: stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=place, quantity=quantity)

    works = [move(n) for n in range(40)]
    works += [lambda order=order: production.release(plant.do("planner"), work_order_id=order.pk) for order in orders]
    chance.shuffle(works)
    answers = at_once(works)
    assert [a for a in answers if isinstance(a, Exception) and not isinstance(a, Refusal)] == []
    assert ledger.verify() == []
    for balance in Balance.objects.all():
        listed = PickLine.objects.filter(
            status="open", item=balance.item_id, location=balance.location_id, lot=balance.lot_id
        )
        assert sum((line.open_quantity for line in listed), Decimal(0)) == balance.allocated


def test_very_many_items_and_one_item_wait_for_each_other() -> None:
    few, many = [7], range(1, MANY_ITEMS + 2)

    def meanwhile(items: Iterable[int]) -> object:
        """Lock the items on another connection, without patience."""

        def lock() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                lock_items(items)

        (answer,) = at_once([lock])
        return type(answer)

    with transaction.atomic():
        lock_items(many)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            assert cursor.fetchone() == (1,)  # one place in the server's table of locks, however many items
        assert meanwhile(few) is OperationalError
    with transaction.atomic():
        lock_items(few)
        assert meanwhile(many) is OperationalError
        assert meanwhile([8]) is type(None)

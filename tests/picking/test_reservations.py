"""Reservations of what lies there and of what is to come: made, followed, run out – and never beyond their supply."""

from __future__ import annotations

import contextlib
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from qitao.journal.models import Fact
from qitao.kernel.refusal import BadValue, NotNow, Refusal
from qitao.picking import reserving
from qitao.picking.models import PickLine
from qitao.picking.proving_reservations import overclaimed, unheld
from qitao.picking.reserving import MoreThanNeeded, NotEnoughToCome, SupplyElsewhere, SupplyGone
from qitao.planning import actions as planning
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.production.refusals import NothingOpen
from qitao.production.supplies import Supply, supplies_of
from qitao.purchasing import actions as purchasing
from qitao.purchasing import amending
from qitao.purchasing.models import Delivery
from qitao.stock import actions as stock
from qitao.stock import documents, ledger
from qitao.stock import queries as stores
from qitao.stock.models import Balance, Count, Reservation, Transfer, TransferLine
from tests import small_plant
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def bolts(order: WorkOrder) -> Requirement:
    return order.requirements.get(item__code="BOLT")


def reserve(
    plant: SmallPlant, order: WorkOrder, of: Delivery, quantity: int, *, until: date | None = None
) -> Reservation:
    reserving.reserve_supply(
        plant.do("planner"),
        requirement_id=bolts(order).pk,
        supply_kind="purchase",
        supply_id=of.pk,
        quantity=Decimal(quantity),
        expires_on=until,
    )
    return Reservation.objects.get(holder_id=bolts(order).pk, supply="purchase", supply_id=of.pk)


def receive(plant: SmallPlant, delivery: Delivery, quantity: int, *, status: str = "ok") -> None:
    purchasing.receive(
        plant.do("picker"),
        order_id=delivery.line.order_id,
        lines=[{"delivery_id": delivery.pk, "quantity": Decimal(quantity), "status": status}],
    )


def claims() -> list[tuple[str, str, Decimal]]:
    """Return who has reserved how much of what, the first made first."""
    lines = {line.pk: line.work_order.code for line in Requirement.objects.select_related("work_order")}
    return [(lines[row.holder_id], row.supply, row.quantity) for row in Reservation.objects.order_by("id")]


def proven(on: date = MONDAY) -> None:
    assert overclaimed(on=on) == []
    assert unheld(on=on) == []


def told(kind: str) -> list[tuple[str, str]]:
    rows = Fact.objects.filter(kind=f"production.{kind}").order_by("id")
    codes = {order.pk: order.code for order in WorkOrder.objects.all()}
    return [(codes[row.subject_id], f"{Decimal(row.data['quantity']).normalize():f}") for row in rows]


# Making one


def test_what_is_to_come_is_offered_by_its_day_and_reserved_once(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 10)
    late = plant.purchase("BOLT", 50, promised=12, code="PO-2")
    soon = plant.purchase("BOLT", 30, promised=7, code="PO-1")
    order = plant.work_order(10, code="WO-1")
    offered = supplies_of(plant.items["BOLT"], plant.home, on=MONDAY)
    assert [(each.label, each.free) for each in offered] == [("RM", 10), ("PO-1-10", 30), ("PO-2-10", 50)]
    reserve(plant, order, soon, 25)
    with pytest.raises(NotEnoughToCome) as refused:
        reserve(plant, plant.work_order(10, code="WO-2"), soon, 6)
    assert refused.value.facts["free"] == "5"
    with pytest.raises(MoreThanNeeded):
        reserve(plant, order, late, 16)
    reserve(plant, order, late, 15)
    with pytest.raises(NothingOpen):
        reserve(plant, order, late, 1)
    proven()


def test_what_cannot_be_reserved_says_why(plant: SmallPlant) -> None:
    order = plant.work_order(10)
    with pytest.raises(SupplyElsewhere):
        reserve(plant, order, plant.purchase("PLATE", 30, promised=7), 5)
    gone = plant.purchase("BOLT", 30, promised=7, code="PO-2")
    amending.cancel_delivery(plant.do("buyer"), delivery_id=gone.pk)
    with pytest.raises(SupplyGone):
        reserve(plant, order, gone, 5)
    there = plant.purchase("BOLT", 30, promised=7, code="PO-3")
    with pytest.raises(BadValue):
        reserve(plant, order, there, 5, until=MONDAY - DAY)
    with pytest.raises(BadValue):
        reserve(plant, order, there, 0)
    production.cancel(plant.do("planner"), work_order_id=order.pk)
    with pytest.raises(NotNow):
        reserve(plant, order, there, 5)


# What comes


def test_what_comes_is_held_for_who_reserved_it_the_first_served_first(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 60, promised=7)
    first, second = plant.work_order(10, code="WO-1"), plant.work_order(10, code="WO-2")
    reserve(plant, second, delivery, 20)
    reserve(plant, first, delivery, 40)
    receive(plant, delivery, 30)
    assert claims() == [("WO-2", "purchase", 20), ("WO-1", "purchase", 10), ("WO-1", "stock", 30)]
    assert ledger.unreserved(plant.items["BOLT"].pk, plant.home.pk, on=MONDAY) == 0
    receive(plant, delivery, 30)
    assert claims() == [("WO-1", "stock", 40), ("WO-2", "stock", 20)]
    assert told("reservation_arrived") == [("WO-1", "30"), ("WO-1", "10"), ("WO-2", "20")]
    proven()


def test_a_released_order_that_waits_gets_only_what_nobody_reserved(plant: SmallPlant) -> None:
    """It is released and lacks bolts, but what comes was reserved for another."""
    delivery = plant.purchase("BOLT", 60, promised=7)
    waiting, holder = plant.released(10, code="WAITS"), plant.work_order(10, code="HOLDS")
    reserve(plant, holder, delivery, 40)
    receive(plant, delivery, 60)
    assert PickLine.objects.get(item__code="BOLT").requirement.work_order_id == waiting.pk
    assert PickLine.objects.get(item__code="BOLT").quantity == 20
    assert claims() == [("HOLDS", "stock", 40)]


def test_for_a_released_order_what_it_reserved_goes_straight_on_its_list(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 60, promised=7)
    order = plant.released(10)
    reserve(plant, order, delivery, 40)
    receive(plant, delivery, 60)
    assert PickLine.objects.get(item__code="BOLT").quantity == 40
    assert claims() == []


def test_what_comes_but_may_not_be_used_is_held_for_nobody(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 40, promised=7)
    order = plant.work_order(10, code="WO-1")
    reserve(plant, order, delivery, 40)
    receive(plant, delivery, 15, status="quarantine")
    assert claims() == [("WO-1", "purchase", 25)]
    assert told("reservation_cut") == [("WO-1", "15")]
    proven()


def test_what_was_made_is_held_for_who_reserved_it(plant: SmallPlant) -> None:
    maker = plant.released(10, code="MAKES")
    frame = plant.items["FRAME"]
    user = plant.work_order(1, code="USES")
    line = Requirement.objects.create(work_order=user, position=99, item=frame, quantity=8)
    reserving.reserve_supply(
        plant.do("planner"),
        requirement_id=line.pk,
        supply_kind="work_order",
        supply_id=maker.pk,
        quantity=Decimal(8),
    )
    production.report_output(plant.do("line_leader"), work_order_id=maker.pk, quantity=Decimal(3))
    assert claims() == [("USES", "work_order", 5), ("USES", "stock", 3)]
    production.report_output(
        plant.do("line_leader"),
        work_order_id=maker.pk,
        quantity=Decimal(0),
        scrapped=Decimal(4),
        scrap_reason="process",
    )
    assert claims() == [("USES", "work_order", 3), ("USES", "stock", 3)]
    assert told("reservation_cut") == [("USES", "2")]
    production.finish(plant.do("planner"), work_order_id=maker.pk, reason="enough")
    assert claims() == [("USES", "stock", 3)]
    proven()


def test_a_transfer_for_an_order_is_held_for_it_when_it_comes(plant: SmallPlant) -> None:
    plant.put("BOLT", "B-01", 30)
    order = plant.work_order(10, code="WO-1")
    reply = stock.plan_transfer(
        plant.do("warehouse_manager"),
        item_id=plant.items["BOLT"].pk,
        from_warehouse_id=plant.second.pk,
        to_warehouse_id=plant.home.pk,
        quantity=Decimal(30),
        due_on=MONDAY,
        holder="production.requirement",
        holder_id=bolts(order).pk,
    )
    keeper = plant.do("warehouse_manager")
    stock.ship_transfer(keeper, transfer_id=reply["transfer"])
    stock.receive_transfer(plant.do("warehouse_manager"), transfer_id=reply["transfer"])
    assert claims() == [("WO-1", "stock", 30)]
    proven()


def test_what_a_transfer_brings_can_be_reserved_and_ends_with_it(plant: SmallPlant) -> None:
    plant.put("BOLT", "B-01", 30)
    order = plant.work_order(10, code="WO-1")
    for number in (1, 2):
        stock.plan_transfer(
            plant.do("warehouse_manager"),
            item_id=plant.items["BOLT"].pk,
            from_warehouse_id=plant.second.pk,
            to_warehouse_id=plant.home.pk,
            quantity=Decimal(15),
            due_on=MONDAY,
        )
        line = TransferLine.objects.order_by("-id")[0]
        reserving.reserve_supply(
            plant.do("planner"),
            requirement_id=bolts(order).pk,
            supply_kind="transfer",
            supply_id=line.pk,
            quantity=Decimal(10 + number),
        )
    one, two = Transfer.objects.order_by("id")
    stock.cancel_transfer(plant.do("warehouse_manager"), transfer_id=two.pk)
    assert claims() == [("WO-1", "transfer", 11)]
    stock.ship_transfer(plant.do("warehouse_manager"), transfer_id=one.pk)
    stock.receive_transfer(plant.do("warehouse_manager"), transfer_id=one.pk)
    assert claims() == [("WO-1", "stock", 11)]
    assert told("reservation_cut") == [("WO-1", "12")]
    proven()


# What shrinks, is divided, ends


def test_who_is_served_last_loses_first_when_less_is_to_come(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 60, promised=7)
    first, second = plant.work_order(10, code="WO-1"), plant.work_order(10, code="WO-2")
    reserve(plant, second, delivery, 20)
    reserve(plant, first, delivery, 40)
    amending.change_delivery(plant.do("buyer"), delivery_id=delivery.pk, quantity=Decimal(35))
    assert claims() == [("WO-1", "purchase", 35)]
    assert told("reservation_cut") == [("WO-2", "20"), ("WO-1", "5")]
    amending.cancel_delivery(plant.do("buyer"), delivery_id=delivery.pk)
    assert claims() == []
    proven()


def test_what_is_frozen_is_cut_last(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 60, promised=7)
    first, second = plant.work_order(10, code="WO-1"), plant.work_order(10, code="WO-2")
    kept = reserve(plant, second, delivery, 20)
    reserve(plant, first, delivery, 40)
    reserving.keep_reservation(plant.do("planner"), reservation_id=kept.pk, is_frozen=True)
    amending.change_delivery(plant.do("buyer"), delivery_id=delivery.pk, quantity=Decimal(30))
    assert claims() == [("WO-2", "purchase", 20), ("WO-1", "purchase", 10)]


def test_who_is_served_first_gets_the_part_that_comes_earlier(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 60, promised=12)
    first, second = plant.work_order(5, code="WO-1"), plant.work_order(10, code="WO-2")
    reserve(plant, second, delivery, 40)
    reserve(plant, first, delivery, 20)
    purchasing.repromise(plant.do("buyer"), delivery_id=delivery.pk, on=date(2026, 1, 7), quantity=Decimal(30))
    early = Delivery.objects.exclude(pk=delivery.pk).get()
    held = {(row.holder_id, row.supply_id): row.quantity for row in Reservation.objects.all()}
    assert held == {
        (bolts(first).pk, early.pk): 20,
        (bolts(second).pk, early.pk): 10,
        (bolts(second).pk, delivery.pk): 30,
    }
    proven()


def test_what_a_count_does_not_find_is_not_reserved_any_more(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 60)
    first, second = plant.work_order(10, code="WO-1"), plant.work_order(5, code="WO-2")
    for order in (first, second):
        production.reserve_material(plant.do("planner"), work_order_id=order.pk)
    reply = stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)
    count = Count.objects.get(pk=reply["count"])
    figures = {line.pk: Decimal(45) for line in count.lines.all()}
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures=figures)
    stock.post_count(plant.do("picker"), count_id=count.pk)
    assert claims() == [("WO-1", "stock", 40), ("WO-2", "stock", 5)]
    assert told("reservation_cut") == [("WO-2", "15")]
    proven()


def test_what_is_blocked_is_not_reserved_any_more(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 40)
    order = plant.work_order(10, code="WO-1")
    production.reserve_material(plant.do("planner"), work_order_id=order.pk)
    documents.change_status(
        plant.do("warehouse_manager"),
        takes=[documents.Take(balance.pk, Decimal(25))],
        status="quarantine",
        reason="wet",
    )
    assert claims() == [("WO-1", "stock", 15)]
    proven()


def test_a_work_order_that_ends_gives_everything_back(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 60, promised=7)
    order = plant.work_order(10)
    reserve(plant, order, delivery, 40)
    production.cancel(plant.do("planner"), work_order_id=order.pk)
    assert claims() == []
    assert supplies_of(plant.items["BOLT"], plant.home, on=MONDAY)[1].free == 60


def test_a_split_divides_what_is_reserved_to_come(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 60, promised=7)
    order = plant.work_order(10, code="WO-1")
    reserve(plant, order, delivery, 40)
    production.split(plant.do("planner"), work_order_id=order.pk, quantity=Decimal(4))
    assert sorted(claims()) == [("WO-1", "purchase", 16), ("WO-1/2", "purchase", 24)]
    proven()


def test_what_came_from_elsewhere_makes_the_reservation_spare(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 60, promised=7)
    order = plant.work_order(10, code="WO-1")
    reserve(plant, order, delivery, 40)
    plant.put("BOLT", "A-01", 15)
    production.release(plant.do("planner"), work_order_id=order.pk)
    assert PickLine.objects.filter(item__code="BOLT").count() == 1
    assert claims() == [("WO-1", "purchase", 25)]
    proven()


# Running out


def test_a_reservation_counts_on_its_last_day_and_not_on_the_next(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    order = plant.work_order(10, code="WO-1")
    reserving.reserve_supply(
        plant.do("planner"),
        requirement_id=bolts(order).pk,
        supply_kind="stock",
        supply_id=0,
        quantity=Decimal(40),
        expires_on=MONDAY,
    )
    item, home = plant.items["BOLT"], plant.home
    assert ledger.unreserved(item.pk, home.pk, on=MONDAY) == 0
    assert ledger.unreserved(item.pk, home.pk, on=MONDAY + DAY) == 40
    assert [stores.holdings(item, on=day)[0].free for day in (MONDAY, MONDAY + DAY)] == [0, 40]
    other = plant.work_order(10, code="WO-2")
    tomorrow = plant.do("planner", at=EIGHT + DAY)
    production.reserve_material(tomorrow, work_order_id=other.pk)
    assert claims() == [("WO-1", "stock", 40), ("WO-2", "stock", 40)]
    proven(MONDAY + DAY)
    reply = reserving.expire(plant.do("planner", at=EIGHT + DAY))
    assert reply == {"released": 1}
    assert claims() == [("WO-2", "stock", 40)]
    assert told("reservation_expired") == [("WO-1", "40")]


def test_what_runs_out_today_is_kept_by_the_task(plant: SmallPlant) -> None:
    order = plant.work_order(10)
    reserve(plant, order, plant.purchase("BOLT", 40, promised=7), 40, until=MONDAY)
    late_evening = datetime(2026, 1, 5, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert reserving.expire(plant.do("planner", at=late_evening)) == {"released": 0}
    assert reserving.expire(plant.do("planner", at=late_evening + timedelta(minutes=2))) == {"released": 1}


def test_what_has_run_out_does_not_come_to_its_holder(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 40, promised=7)
    reserve(plant, plant.work_order(10), delivery, 40, until=MONDAY)
    purchasing.receive(
        plant.do("picker", at=EIGHT + DAY),
        order_id=delivery.line.order_id,
        lines=[{"delivery_id": delivery.pk, "quantity": Decimal(40)}],
    )
    assert claims() == []
    assert ledger.unreserved(plant.items["BOLT"].pk, plant.home.pk, on=MONDAY + DAY) == 40


# The plan


def kit_on(order: WorkOrder, on: date) -> date | None:
    planned = planning.plan(on)
    return planned.date_of(int(planned.kits.kit_day[planned.shot.orders[order.pk]]))


def test_the_plan_gives_a_delivery_to_who_reserved_it_not_to_who_is_served_first(plant: SmallPlant) -> None:
    for item, place in (("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 500)
    plant.purchase("BOLT", 40, promised=12, code="PO-2")
    soon = plant.purchase("BOLT", 40, promised=7, code="PO-1")
    first, second = plant.work_order(10, code="WO-1"), plant.work_order(10, code="WO-2")
    assert [kit_on(order, MONDAY) for order in (first, second)] == [date(2026, 1, 7), date(2026, 1, 12)]
    reserve(plant, second, soon, 40, until=MONDAY)
    assert [kit_on(order, MONDAY) for order in (first, second)] == [date(2026, 1, 12), date(2026, 1, 7)]
    assert [kit_on(order, MONDAY + DAY) for order in (first, second)] == [date(2026, 1, 7), date(2026, 1, 12)]


def test_the_plan_keeps_what_is_reserved_of_a_work_orders_output_and_of_a_transfer(plant: SmallPlant) -> None:
    maker = plant.work_order(10, code="MAKES")
    user, rival = plant.work_order(1, code="USES"), plant.work_order(1, code="RIVAL")
    frame = plant.items["FRAME"]
    lines = [Requirement.objects.create(work_order=each, position=99, item=frame, quantity=8) for each in (rival, user)]
    production.rank_before(plant.do("planner"), work_order_id=rival.pk, before_id=user.pk)
    reserving.reserve_supply(
        plant.do("planner"),
        requirement_id=lines[1].pk,
        supply_kind="work_order",
        supply_id=maker.pk,
        quantity=Decimal(8),
    )
    planned = planning.plan(MONDAY)
    line = planned.shot.lines[lines[1].pk]
    pegs = range(int(planned.kits.line_first_peg[line]), int(planned.kits.line_last_peg[line]))
    output = planned.shot.plant.orders.output[planned.shot.orders[maker.pk]]
    assert [(int(planned.kits.peg_supply[peg]), int(planned.kits.peg_quantity[peg])) for peg in pegs] == [
        (int(output), 8_000_000)
    ]


# Whatever happens


class Hands:
    """People who do something with reservations, or with what they stand on, at random."""

    def __init__(self, plant: SmallPlant, seed: int) -> None:
        self.plant, self.chance = plant, random.Random(seed)
        self.deliveries = [plant.purchase("BOLT", 60, promised=day, code=f"PO-{day}") for day in (6, 8, 10, 12)]
        self.orders = [plant.work_order(self.chance.randint(3, 12), code=f"WO-{number}") for number in range(6)]
        self.works = [
            self.reserve,
            self.reserve,
            self.reserve,
            self.give_back,
            self.receive,
            self.change,
            self.repromise,
            self.block,
            self.release,
            self.split,
            self.end,
            self.reserve_all,
        ]

    def offered(self) -> list[Supply]:
        return supplies_of(self.plant.items["BOLT"], self.plant.home, on=MONDAY)

    def reserve(self) -> None:
        of = self.chance.choice(self.offered())
        reserving.reserve_supply(
            self.plant.do("planner"),
            requirement_id=bolts(self.chance.choice(self.orders)).pk,
            supply_kind=of.kind,
            supply_id=of.pk,
            quantity=Decimal(self.chance.randint(1, 30)),
        )

    def give_back(self) -> None:
        row = Reservation.objects.order_by("pk").last()
        if row is not None:
            free = sum(each.free for each in self.offered())
            reserving.give_back(self.plant.do("planner"), reservation_id=row.pk)
            assert sum(each.free for each in self.offered()) - free == row.quantity, "it frees exactly what was held"

    def receive(self) -> None:
        status = self.chance.choice(["ok", "ok", "quarantine"])
        receive(self.plant, self.chance.choice(self.deliveries), self.chance.randint(1, 40), status=status)

    def change(self) -> None:
        delivery, quantity = self.chance.choice(self.deliveries), Decimal(self.chance.randint(1, 70))
        if self.chance.random() < 0.3:
            amending.cancel_delivery(self.plant.do("buyer"), delivery_id=delivery.pk)
        else:
            amending.change_delivery(self.plant.do("buyer"), delivery_id=delivery.pk, quantity=quantity)

    def repromise(self) -> None:
        day, quantity = date(2026, 1, self.chance.randint(6, 30)), Decimal(self.chance.randint(1, 70))
        delivery = self.chance.choice(self.deliveries)
        purchasing.repromise(self.plant.do("buyer"), delivery_id=delivery.pk, on=day, quantity=quantity)
        self.deliveries.append(Delivery.objects.latest("pk"))

    def block(self) -> None:
        balance = Balance.objects.filter(item__code="BOLT", status="ok", on_hand__gt=0).order_by("pk").first()
        if balance is not None:
            quantity = Decimal(self.chance.randint(1, 20))
            keeper = self.plant.do("warehouse_manager")
            take = documents.Take(balance.pk, min(quantity, balance.on_hand))
            documents.change_status(keeper, takes=[take], status="quarantine", reason="wet")

    def release(self) -> None:
        production.release(self.plant.do("planner"), work_order_id=self.chance.choice(self.orders).pk)

    def split(self) -> None:
        order = self.chance.choice(self.orders)
        reply = production.split(self.plant.do("planner"), work_order_id=order.pk, quantity=Decimal(2))
        self.orders.append(WorkOrder.objects.get(pk=reply["into"]))

    def end(self) -> None:
        if self.chance.random() < 0.3:
            production.cancel(self.plant.do("planner"), work_order_id=self.chance.choice(self.orders).pk)

    def reserve_all(self) -> None:
        production.reserve_material(self.plant.do("planner"), work_order_id=self.chance.choice(self.orders).pk)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_no_more_is_reserved_than_there_is(plant: SmallPlant, seed: int) -> None:
    plant.put("BOLT", "A-01", 100)
    hands, done = Hands(plant, seed), 0
    for _ in range(40):
        with contextlib.suppress(Refusal):  # which changes nothing
            hands.chance.choice(hands.works)()
            done += 1
        proven()
    assert done > 12

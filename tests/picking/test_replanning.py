"""Lists re-plan themselves: stock moved, counted down, blocked or expired under an open pick goes on from elsewhere."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from qitao.journal.models import Fact
from qitao.kernel.refusal import Refusal
from qitao.picking import actions as picking
from qitao.picking import queries, replanning, waves
from qitao.picking.models import PickLine, PickList
from qitao.picking.proving import unclaimed
from qitao.picking.queries import WORKING, lacking
from qitao.picking.tasks import drop_expired
from qitao.production.models import WorkOrder
from qitao.stock import actions as stock
from qitao.stock import documents, ledger
from qitao.stock import queries as stock_queries
from qitao.stock.models import Balance, Count, Transfer
from qitao.web.telling import tell
from tests import small_plant
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", "50.5")
    return plant


def bolts(work_order: WorkOrder) -> list[tuple[str, str, Decimal]]:
    rows = PickLine.objects.filter(pick_list__work_order=work_order, item__code="BOLT", status="open")
    return [
        (row.location.code, row.lot.code, row.open_quantity) for row in rows.order_by("location__route", "lot__code")
    ]


def told(work_order: WorkOrder) -> list[str]:
    lists = work_order.pick_lists.values_list("pk", flat=True)
    with override("en"):
        return [tell(fact) for fact in queries.news(list(lists), at=EIGHT)]


def move(plant: SmallPlant, balance: Balance, place: str, quantity: str | int) -> None:
    stock.move(
        plant.do("picker"),
        balance_id=balance.pk,
        to_location_id=plant.bins[place].pk,
        quantity=Decimal(quantity),
    )


def test_what_is_moved_is_picked_where_it_lies_now(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 40, lot="L1")
    order = plant.released(10)
    move(plant, balance, "A-03", 40)
    assert bolts(order) == [("A-03", "L1", 40)]
    assert told(order) == ["40 of BOLT do not lie in A-01 any more; now they come from A-03."]
    assert not PickLine.objects.filter(status="short").exists()
    assert unclaimed() == []


def test_what_stays_free_there_is_moved_without_touching_the_list(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 100)
    order = plant.released(10)
    move(plant, balance, "A-03", 60)
    assert bolts(order) == [("A-01", "", 40)]
    assert told(order) == []


def test_what_is_moved_where_nobody_picks_comes_from_another_lot_or_lacks(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 40, lot="L1")
    order = plant.released(10)
    plant.put("BOLT", "A-03", 15, lot="L2")
    documents.change_status(
        plant.do("warehouse_manager"),
        takes=[documents.Take(balance.pk, Decimal(40))],
        status="quarantine",
        reason="complaint",
        even_allocated=True,
    )
    assert bolts(order) == [("A-03", "L2", 15)]
    assert [(row.requirement.item.code, row.quantity) for row in lacking(order)] == [("BOLT", 25)]
    assert told(order) == ["40 of BOLT do not lie in A-01 any more; now from A-03, and 25 are missing."]
    assert unclaimed() == []


def test_the_last_served_loses_and_the_first_served_gets_what_is_left(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 60)
    first, second = plant.released(10), plant.released(5)
    count = stock.order_count(plant.do("picker"), item_id=balance.item_id, warehouse_id=plant.home.pk)["count"]
    line = Count.objects.get(pk=count).lines.get()
    stock.enter_count(plant.do("picker"), count_id=count, figures={line.pk: Decimal(45)})
    stock.post_count(plant.do("picker"), count_id=count)
    assert (bolts(first), bolts(second)) == ([("A-01", "", 40)], [("A-01", "", 5)])
    assert told(second) == ["15 of BOLT do not lie in A-01 any more, and nothing is free elsewhere."]


def test_a_count_down_with_another_bin_goes_on_there(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    order = plant.released(10)
    plant.put("BOLT", "A-03", 40, lot="L2")
    count = stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)["count"]
    figures = {
        row.pk: Decimal(0 if row.location.code == "A-01" else 40) for row in Count.objects.get(pk=count).lines.all()
    }
    stock.enter_count(plant.do("picker"), count_id=count, figures=figures)
    stock.post_count(plant.do("picker"), count_id=count)
    assert bolts(order) == [("A-03", "L2", 40)]
    assert PickList.objects.get(work_order=order).status in WORKING


def test_what_was_picked_of_a_moved_line_stays_picked(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 40)
    order = plant.released(10)
    line = PickLine.objects.get(item__code="BOLT")
    picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(12))
    move(plant, balance, "A-03", 28)
    line.refresh_from_db()
    assert (line.status, line.quantity, line.picked) == ("picked", 12, 12)
    assert bolts(order) == [("A-03", "", 28)]


def test_it_stays_on_its_walk(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 40)
    order = plant.released(10)
    PickLine.objects.exclude(item__code="BOLT").delete()
    lists = list(PickList.objects.values_list("pk", flat=True))
    wave = waves.make(plant.do("warehouse_manager"), pick_list_ids=lists)["waves"][0]
    move(plant, balance, "A-03", 40)
    line = PickLine.objects.get(pick_list__work_order=order, item__code="BOLT", status="open")
    assert (line.wave_id, line.location.code) == (wave, "A-03")


def test_a_planned_transfer_follows_too(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 40)
    reply = stock.plan_transfer(
        plant.do("warehouse_manager"),
        item_id=balance.item_id,
        from_warehouse_id=plant.home.pk,
        to_warehouse_id=plant.second.pk,
        quantity=Decimal(40),
        due_on=MONDAY,
    )
    move(plant, balance, "A-02", 30)
    lines = Transfer.objects.get(pk=reply["transfer"]).lines.order_by("from_location__code")
    assert [(row.from_location.code, row.quantity) for row in lines] == [("A-01", 10), ("A-02", 30)]
    assert unclaimed() == []


def test_an_expired_lot_leaves_the_lists_by_the_clock(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40, lot="OLD", expires_on=MONDAY)
    plant.put("BOLT", "A-03", 40, lot="NEW", expires_on=date(2026, 6, 1))
    order = plant.released(10)
    assert bolts(order) == [("A-01", "OLD", 40)]
    assert not queries.has_expired(MONDAY)
    assert queries.has_expired(date(2026, 1, 6))
    replanning.drop_expired(plant.do("warehouse_manager", at=EIGHT + timedelta(days=1)))
    assert bolts(order) == [("A-03", "NEW", 40)]
    assert unclaimed() == []


def test_the_task_leaves_good_lots_alone(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40, lot="LONG", expires_on=date(2999, 1, 1))
    order = plant.released(10)
    drop_expired(0)
    assert bolts(order) == [("A-01", "LONG", 40)]


# Whatever happens to the stock


def change(plant: SmallPlant, chance: random.Random, at: datetime) -> None:
    """Do something at random to what lies in the home warehouse."""
    home = Balance.objects.filter(location__warehouse=plant.home, on_hand__gt=0).exclude(location__kind="transit")
    balance = chance.choice(list(home.order_by("pk")))
    quantity = Decimal(chance.randint(1, max(int(balance.on_hand), 1)))
    match chance.randint(0, 4):
        case 0 | 1:
            target = plant.bins[chance.choice(["A-01", "A-02", "A-03", "IN"])]
            stock.move(plant.do("picker", at=at), balance_id=balance.pk, to_location_id=target.pk, quantity=quantity)
        case 2:
            status = chance.choice(["ok", "quarantine", "rejected"])
            takes = [documents.Take(balance.pk, quantity)]
            boss = plant.do("warehouse_manager", at=at)
            documents.change_status(boss, takes=takes, status=status, reason="walk", even_allocated=True)
        case 3:
            picker = plant.do("picker", at=at)
            count = stock.order_count(picker, item_id=balance.item_id, warehouse_id=plant.home.pk)["count"]
            lines = Count.objects.get(pk=count).lines.all()
            figures = {row.pk: Decimal(chance.randint(0, 50)) for row in lines}
            stock.enter_count(plant.do("picker", at=at), count_id=count, figures=figures)
            stock.post_count(plant.do("picker", at=at), count_id=count)
        case 4:
            replanning.drop_expired(plant.do("warehouse_manager", at=at))


def no_list_waits_for_what_lies_free(plant: SmallPlant, on: date) -> None:
    for order in WorkOrder.objects.filter(status__in=("released", "started", "paused")):
        for lack in lacking(order):
            item_id = lack.requirement.item_id
            free = ledger.unreserved(item_id, plant.home.pk, on=on)
            lying = stock_queries.pickable(item_id, on=on).filter(location__warehouse=plant.home)
            usable = sum((row.on_hand - row.allocated for row in lying), Decimal(0))
            assert min(free, usable) <= 0, f"{order} lacks {lack.quantity} of {lack.requirement.item} that lies free"


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_to_the_stock_lists_take_what_is_there_and_nothing_else(seed: int) -> None:
    plant, chance = small_plant.build(), random.Random(seed)
    for number, place in enumerate(("A-01", "A-02", "A-03", "IN")):
        for item in ("BOLT", "PLATE", "PAINT"):
            plant.put(item, place, 40, lot=f"L{number}", expires_on=date(2026, 1, 6 + 2 * number))
    for size in (3, 9, 6, 12):
        plant.released(size)
    happened = 0
    for step in range(30):
        at = EIGHT + timedelta(hours=6 * step)
        replanning.drop_expired(plant.do("warehouse_manager", at=at))
        try:
            change(plant, chance, at)
        except Refusal:
            continue
        happened += 1
        assert stock_queries.verify() == []
        assert unclaimed() == []
        on = plant.do("picker", at=at).on
        for line in PickLine.objects.filter(status="open").select_related("location", "lot", "pick_list"):
            assert line.location.kind in ("bin", "receiving")
            assert line.lot.expires_on is None or line.lot.expires_on >= on, f"{line.lot} has expired"
            assert line.pick_list.status in WORKING
        no_list_waits_for_what_lies_free(plant, on)
    assert happened > 15
    assert Fact.objects.filter(kind="picking.replanned").exists()

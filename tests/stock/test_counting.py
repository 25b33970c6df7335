"""Counting while work goes on: the record ends as what lay there, and what came and went since."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from qitao.kernel.refusal import NotNow
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.stock import actions as stock
from qitao.stock import documents
from qitao.stock import queries as ledger
from qitao.stock.classes import classes_of, rank_usage
from qitao.stock.count_models import CountClass, CountSettings
from qitao.stock.count_queries import changes_since, to_approve
from qitao.stock.models import Balance, Count, CountFigure
from qitao.stock.refusals import (
    CountedBefore,
    CountStillOpen,
    DoubtNeedsCount,
    MovedMeanwhile,
    OnItsWay,
    OwnFigure,
    WhyMissing,
    WrongWarehouse,
)
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    found = small_plant.build()
    picker = found.people["picker"]
    found.people["second"] = type(picker).objects.create(
        username="second", name="second", roles=["picker"], password="!", created_at=EIGHT
    )
    return found


def ordered(plant: SmallPlant, item: str = "BOLT") -> Count:
    reply = stock.order_count(plant.do("picker"), item_id=plant.items[item].pk, warehouse_id=plant.home.pk)
    return Count.objects.get(pk=reply["count"])


def ordered_bin(plant: SmallPlant, place: str) -> Count:
    return Count.objects.get(pk=stock.order_bin_count(plant.do("picker"), location_id=plant.bins[place].pk)["count"])


def enter(plant: SmallPlant, count: Count, *figures: int | str, by: str = "picker", minutes: int = 0) -> None:
    """Enter figures for the lines that have none, in their order."""
    lines = count.lines.filter(counted=None).order_by("location__route", "item__code", "lot__code", "id")
    given = {line.pk: Decimal(figure) for line, figure in zip(lines, figures, strict=True)}
    stock.enter_count(plant.do(by, at=EIGHT + timedelta(minutes=minutes)), count_id=count.pk, figures=given)


def hand_in(plant: SmallPlant, count: Count, *, by: str = "picker") -> str:
    return str(stock.post_count(plant.do(by), count_id=count.pk)["outcome"])


def approve(plant: SmallPlant, count: Count, *, by: str = "warehouse_manager", why: str = "agreed") -> str:
    return str(stock.approve_count(plant.do(by), count_id=count.pk, why=why)["outcome"])


def waiting(plant: SmallPlant, *, recorded: int = 1000, found: int = 600) -> Count:
    """A count of BOLTs in A-01 on which two people agreed and which is worth more than a trifle."""
    plant.put("BOLT", "A-01", recorded)
    count = ordered(plant)
    enter(plant, count, found)
    assert hand_in(plant, count) == "recount"
    enter(plant, count, found, by="second")
    assert hand_in(plant, count, by="second") == "waiting"
    return count


# Moves while counting


@pytest.mark.parametrize("seed", range(12))
def test_whatever_moves_between_entry_and_posting_is_kept(plant: SmallPlant, seed: int) -> None:
    """The record ends as what lay there at the entry plus all that came and less all that went since."""
    chance = random.Random(seed)
    for place in ("A-01", "A-02"):
        plant.put("BOLT", place, 100)
    lies = {"A-01": Decimal(chance.randint(90, 110)), "A-02": Decimal(chance.randint(90, 110))}

    def move() -> None:
        source, target = chance.sample(["A-01", "A-02"], 2)
        balance = Balance.objects.get(item__code="BOLT", location=plant.bins[source])
        quantity = Decimal(chance.randint(1, 9))
        to = plant.bins[target].pk
        stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=to, quantity=quantity)
        lies[source] -= quantity
        lies[target] += quantity

    count = ordered(plant)
    for line in count.lines.order_by("id"):
        for _ in range(chance.randint(0, 3)):
            move()
        figure = lies[line.location.code]
        stock.enter_count(plant.do("picker"), count_id=count.pk, figures={line.pk: figure})
    for _ in range(chance.randint(0, 3)):
        move()
    assert hand_in(plant, count) == "posted"
    assert {place: plant.on_hand("BOLT", place) for place in lies} == lies
    assert ledger.verify() == []


def test_a_pick_while_somebody_counts_is_no_difference(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    plant.released(10)
    count = ordered(plant)
    enter(plant, count, 100)
    line = PickLine.objects.get(item__code="BOLT")
    picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(40))
    assert hand_in(plant, count) == "posted"
    assert plant.on_hand("BOLT", "A-01") == 60


def test_what_was_booked_after_the_counter_looked_must_be_looked_at_again(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 100)
    count = ordered(plant)
    line, looked = count.lines.get(), 10**9
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures={line.pk: Decimal(9)}, seen={line.pk: looked})
    to = plant.bins["A-02"].pk
    moved = stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=to, quantity=Decimal(5))["move"]
    with pytest.raises(MovedMeanwhile):
        stock.enter_count(
            plant.do("picker"), count_id=count.pk, figures={line.pk: Decimal(95)}, seen={line.pk: moved - 1}
        )
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures={line.pk: Decimal(95)}, seen={line.pk: moved})
    assert hand_in(plant, count) == "posted"
    assert plant.on_hand("BOLT", "A-01") == 95


def test_a_figure_that_can_no_longer_be_right_is_counted_again(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 100)
    count = ordered(plant)
    enter(plant, count, 60)
    to = plant.bins["A-02"].pk
    stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=to, quantity=Decimal(90))
    assert hand_in(plant, count) == "recount"  # 40 less than the record, of which only 10 are left
    enter(plant, count, 10, by="second")
    assert hand_in(plant, count, by="second") == "posted"
    assert [plant.on_hand("BOLT", place) for place in ("A-01", "A-02")] == [10, 90]


def test_what_is_booked_later_but_happened_before_the_counter_saw_already(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    later = EIGHT + timedelta(hours=2)
    count = ordered(plant)
    enter(plant, count, 90, minutes=60)
    documents.issue(
        plant.do("warehouse_manager", at=later),
        takes=[documents.Take(Balance.objects.get().pk, Decimal(10))],
        reason="paper found later",
        happened_at=EIGHT + timedelta(minutes=30),
    )
    assert plant.on_hand("BOLT", "A-01") == 90
    assert hand_in(plant, count) == "posted"
    assert plant.on_hand("BOLT", "A-01") == 90
    assert count.lines.get().was_right


# Bins


def test_a_bin_is_counted_with_everything_in_it_and_what_no_record_knows(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100, lot="L-1")
    plant.put("PLATE", "A-01", 10)
    plant.put("BOLT", "A-02", 50)
    count = ordered_bin(plant, "A-01")
    assert [line.item.code for line in count.lines.order_by("item__code")] == ["BOLT", "PLATE"]
    enter(plant, count, 98, 10)
    found = stock.add_count_line(plant.do("picker"), count_id=count.pk, item_id=plant.items["PAINT"].pk, lot_code="P")
    with pytest.raises(CountStillOpen):
        hand_in(plant, count)
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures={found["line"]: Decimal("2.5")})
    assert hand_in(plant, count) == "posted"
    assert [plant.on_hand(item, "A-01") for item in ("BOLT", "PLATE", "PAINT")] == [98, 10, Decimal("2.5")]
    assert plant.on_hand("BOLT", "A-02") == 50
    assert ledger.verify() == []


def test_a_bin_that_is_empty_is_handed_in_empty(plant: SmallPlant) -> None:
    count = ordered_bin(plant, "A-03")
    assert hand_in(plant, count) == "posted"


def test_a_bin_is_asked_for_once_and_only_where_people_work(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    count = ordered_bin(plant, "A-01")
    plant.put("PLATE", "A-01", 10)
    assert ordered_bin(plant, "A-01") == count
    assert count.lines.count() == 2
    plant.people["picker"].warehouses = ["W2"]
    with pytest.raises(WrongWarehouse):
        ordered_bin(plant, "A-02")


def test_the_road_is_not_counted(plant: SmallPlant) -> None:
    plant.put("BOLT", "B-01", 50)
    road = type(plant.bins["A-01"]).objects.create(warehouse=plant.home, code="TRANSIT", kind="transit")
    with pytest.raises(OnItsWay):
        stock.order_bin_count(plant.do("picker"), location_id=road.pk)


def test_a_counted_bin_takes_back_what_nothing_stands_behind(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("PLATE", "A-01", 10)
    plant.released(10)
    count = ordered_bin(plant, "A-01")
    enter(plant, count, 15, 10)
    assert hand_in(plant, count) == "posted"
    line = PickLine.objects.get(item__code="BOLT", status="open")
    assert line.quantity == 15
    assert PickLine.objects.get(item__code="PLATE").quantity == 10


# Tolerance


@pytest.mark.parametrize(
    ("recorded", "found", "outcome"),
    [
        (1000, 1000, "posted"),
        (1000, 900, "posted"),  # 100 × 0.50 is 50: a trifle, though ten percent
        (1000, 899, "recount"),  # more money, beyond five percent
        (8000, 7600, "posted"),  # five percent, and 200 in money
        (8000, 7599, "recount"),  # a little more
        (10000, 9599, "recount"),  # within five percent, but more than 200 in money
        (0, 101, "recount"),
    ],
)
def test_what_is_within_its_tolerance_is_posted_by_itself(
    plant: SmallPlant, recorded: int, found: int, outcome: str
) -> None:
    plant.put("BOLT", "A-01", recorded or 1)
    if not recorded:
        stock.move(
            plant.do("picker"),
            balance_id=Balance.objects.get().pk,
            to_location_id=plant.bins["A-02"].pk,
            quantity=Decimal(1),
        )
    count = ordered_bin(plant, "A-01")
    if not recorded:
        stock.add_count_line(plant.do("picker"), count_id=count.pk, item_id=plant.items["BOLT"].pk)
    enter(plant, count, found)
    assert hand_in(plant, count) == outcome
    assert plant.on_hand("BOLT", "A-01") == (found if outcome == "posted" else recorded)


def test_a_class_that_is_worth_more_is_looked_at_more_closely(plant: SmallPlant) -> None:
    CountSettings.objects.create(pk=1, trifle=Decimal(1))
    plant.items["BOLT"].abc = "A"
    plant.items["BOLT"].save()
    plant.put("BOLT", "A-01", 1000)
    count = ordered(plant)
    enter(plant, count, 997)  # 0.3 %
    assert hand_in(plant, count) == "recount"
    CountClass.objects.create(letter="A", every_days=30, percent=Decimal("0.3"), value=Decimal(500))
    enter(plant, count, 997, by="second")
    assert hand_in(plant, count) == "posted"
    assert count.lines.get().was_right


def test_without_a_cost_only_what_is_right_is_posted(plant: SmallPlant) -> None:
    plant.put("FRAME", "A-01", 100)
    count = ordered(plant, "FRAME")
    enter(plant, count, 94)
    assert hand_in(plant, count) == "recount"


# A second person, and approval


def test_a_large_difference_is_counted_by_a_second_person_and_then_approved(plant: SmallPlant) -> None:
    count = waiting(plant)
    assert plant.on_hand("BOLT", "A-01") == 1000
    row = to_approve().get()
    assert (row.worth, row.wrong_lines, row.has_moved) == (Decimal(-200), 1, False)  # type: ignore[attr-defined]
    assert approve(plant, count) == "posted"
    count.refresh_from_db()
    assert (count.status, count.approved_by, count.why) == ("posted", plant.people["warehouse_manager"], "agreed")
    assert plant.on_hand("BOLT", "A-01") == 600
    assert [figure.by.name for figure in CountFigure.objects.order_by("id")] == ["picker", "second"]
    assert count.lines.get().was_right is False


def test_nobody_counts_again_what_he_counted(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 1000)
    count = ordered(plant)
    enter(plant, count, 500)
    enter_again = {count.lines.get().pk: Decimal(600)}
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures=enter_again)  # a slip, put right before handing in
    assert hand_in(plant, count) == "recount"
    assert count.lines.get().counted is None
    with pytest.raises(CountedBefore):
        enter(plant, count, 600)
    enter(plant, count, 1000, by="second")  # the first was wrong
    assert hand_in(plant, count, by="second") == "posted"
    assert plant.on_hand("BOLT", "A-01") == 1000


def test_one_who_works_alone_may_do_both(plant: SmallPlant) -> None:
    CountSettings.objects.create(pk=1, two_people=False)
    plant.put("BOLT", "A-01", 1000)
    count = ordered(plant)
    enter(plant, count, 600, by="warehouse_manager")
    assert hand_in(plant, count, by="warehouse_manager") == "waiting"
    assert approve(plant, count) == "posted"


def test_nobody_approves_what_he_counted(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 1000)
    count = ordered(plant)
    enter(plant, count, 600)
    hand_in(plant, count)
    enter(plant, count, 600, by="warehouse_manager")
    assert hand_in(plant, count, by="warehouse_manager") == "waiting"
    with pytest.raises(OwnFigure):
        approve(plant, count)
    with pytest.raises(WhyMissing):
        stock.approve_count(plant.do("warehouse_manager"), count_id=count.pk, why="")


def test_what_is_refused_is_counted_again_by_another(plant: SmallPlant) -> None:
    count = waiting(plant)
    stock.refuse_count(plant.do("warehouse_manager"), count_id=count.pk, reason="look under the shelf")
    with pytest.raises(CountedBefore):
        enter(plant, count, 600, by="second")
    enter(plant, count, 990)
    assert hand_in(plant, count) == "posted"
    assert plant.on_hand("BOLT", "A-01") == 990


def test_what_moved_since_the_figure_is_shown_and_kept(plant: SmallPlant) -> None:
    count = waiting(plant)
    balance, to = Balance.objects.get(item__code="BOLT"), plant.bins["A-02"].pk
    stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=to, quantity=Decimal(30))
    line = count.lines.get()
    assert [change.quantity for change in changes_since([line])[line.pk]] == [-30]
    assert to_approve().get().has_moved  # type: ignore[attr-defined]
    assert approve(plant, count) == "posted"
    assert plant.on_hand("BOLT", "A-01") == 570
    with pytest.raises(NotNow):
        approve(plant, count)


def test_what_left_meanwhile_is_not_taken_twice(plant: SmallPlant) -> None:
    count = waiting(plant)
    balance, to = Balance.objects.get(item__code="BOLT"), plant.bins["A-02"].pk
    stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=to, quantity=Decimal(700))
    assert approve(plant, count) == "recount"  # 400 less of 300 cannot be
    assert plant.on_hand("BOLT", "A-01") == 300
    enter(plant, count, 0, by="picker")
    assert hand_in(plant, count) == "waiting"


def test_a_difference_is_posted_once_however_many_counts_wait_with_it(plant: SmallPlant) -> None:
    first = waiting(plant)
    other = ordered_bin(plant, "A-01")
    enter(plant, other, 600)
    assert approve(plant, first) == "posted"
    assert hand_in(plant, other) == "posted"
    assert plant.on_hand("BOLT", "A-01") == 600


def test_a_count_is_given_up_unless_stock_is_in_doubt(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.released(10)
    picking.report_short(plant.do("picker"), pick_line_id=PickLine.objects.get().pk, found=Decimal(0), reason="empty")
    with pytest.raises(DoubtNeedsCount):
        stock.cancel_count(plant.do("warehouse_manager"), count_id=Count.objects.get().pk)
    free = ordered(plant, "PLATE")
    stock.cancel_count(plant.do("warehouse_manager"), count_id=free.pk, reason="asked by mistake")
    free.refresh_from_db()
    assert free.status == "cancelled"


def test_a_doubt_while_a_second_count_is_awaited_asks_for_that_bin_too(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 1000)
    plant.put("BOLT", "A-02", 40)
    plant.released(10)
    count = ordered(plant)
    enter(plant, count, 500, 40)
    assert hand_in(plant, count) == "recount"
    line = PickLine.objects.get(item__code="BOLT")
    picker = plant.do("picker", at=EIGHT + timedelta(minutes=10))
    picking.report_short(picker, pick_line_id=line.pk, found=Decimal(0), reason="empty")
    assert ordered(plant) == count
    assert count.lines.get(location=line.location).counted is None


# Classes


def test_items_without_a_class_are_ranked_by_what_was_used_of_them(plant: SmallPlant) -> None:
    for item, quantity in (("BOLT", 400), ("PLATE", 100), ("PAINT", 50)):
        plant.put(item, "A-01", quantity)
    plant.released(100)
    for line in PickLine.objects.all():
        picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=line.quantity)
    rank_usage(on=small_plant.MONDAY)
    items = plant.items.values()
    shown = {item.code: classes_of(items)[item.pk] for item in items}
    assert shown == {"BOLT": "A", "PLATE": "A", "PAINT": "B", "BOLT-ZN": "C", "FRAME": "C"}
    plant.items["PAINT"].abc = "c"  # somebody's own word comes first
    assert classes_of(items)[plant.items["PAINT"].pk] == "C"

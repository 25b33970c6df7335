"""One walk for several work orders: each bin once, shared by rank, taken back as a whole."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from qitao.kernel.refusal import BadValue, Gone
from qitao.picking import actions as picking
from qitao.picking import stops, waves
from qitao.picking.models import PickLine, PickList, ShortPick, Wave
from qitao.picking.proving import unclaimed
from qitao.picking.refusals import (
    AlreadyPicked,
    MoreThanLine,
    NothingToDivide,
    NothingTogether,
    TooLateToUndo,
    WrongBin,
    WrongItem,
)
from qitao.production.models import Requirement, WorkOrder
from qitao.shortages.models import Case
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Count, Location
from qitao.stock.refusals import WrongWarehouse
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("BOLT", "A-01", 500)
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", "50.5")
    return plant


def together(plant: SmallPlant, *orders: WorkOrder, role: str = "warehouse_manager") -> Wave:
    lists = PickList.objects.filter(work_order__in=orders).values_list("pk", flat=True)
    reply = waves.make(plant.do(role), pick_list_ids=list(lists))
    return Wave.objects.get(pk=reply["waves"][0])


def walk(wave: Wave) -> list[tuple[str, str, dict[int, Decimal]]]:
    """Return what is still to be taken: bin, item, and tote → quantity."""
    return [
        (take.location.code, take.item.code, {t.number: t.wanted for t in take.totes if t.line.status == "open"})
        for take in stops.takes(wave)
        if take.is_open
    ]


def at(place: str, item: str = "BOLT") -> Balance:
    return Balance.objects.get(location__code=place, item__code=item, status="ok")


def take(plant: SmallPlant, wave: Wave, balance: Balance, quantity: str | int, **more: Any) -> dict[str, Any]:
    return waves.confirm(plant.do("picker"), wave_id=wave.pk, balance_id=balance.pk, quantity=Decimal(quantity), **more)


def issued(order: WorkOrder, item: str = "BOLT") -> Decimal:
    return Requirement.objects.get(work_order=order, item__code=item).issued


def test_each_bin_is_visited_once_and_says_who_gets_what(plant: SmallPlant) -> None:
    wave = together(plant, plant.released(10), plant.released(5))
    assert walk(wave) == [
        ("A-01", "BOLT", {1: 40, 2: 20}),
        ("A-02", "PLATE", {1: 10, 2: 5}),
        ("A-03", "PAINT", {1: 5, 2: Decimal("2.5")}),
    ]
    assert Wave.objects.count() == 1


def test_one_confirm_issues_to_all_by_their_own_lists(plant: SmallPlant) -> None:
    first, second = plant.released(10), plant.released(5)
    wave = together(plant, first, second)
    reply = take(plant, wave, at("A-01"), 60, scanned_location="RM/A-01", scanned_item="BOLT")
    assert Decimal(reply["open"]) == 0
    assert (issued(first), issued(second)) == (40, 20)
    assert sorted(PickList.objects.values_list("status", flat=True)) == ["in_progress", "in_progress"]
    documents = {
        move.document_code for move in ledger.moves_of(plant.items["BOLT"]) if move.document == "picking.picklist"
    }
    assert documents == set(PickList.objects.values_list("code", flat=True))  # the trace of each work order is its own
    wave.refresh_from_db()
    assert wave.picker == plant.people["picker"]
    assert ledger.verify() == [] == unclaimed()


def test_less_than_all_want_goes_to_the_first_served(plant: SmallPlant) -> None:
    late, early = plant.released(10), plant.released(5)
    WorkOrder.objects.filter(pk=early.pk).update(rank=0)
    wave = together(plant, late, early)
    assert Decimal(take(plant, wave, at("A-01"), 30)["open"]) == 30
    assert (issued(early), issued(late)) == (20, 10)
    assert walk(wave)[0] == ("A-01", "BOLT", {1: 30})


def test_one_tote_alone(plant: SmallPlant) -> None:
    first, second = plant.released(10), plant.released(5)
    wave = together(plant, first, second)
    line = PickLine.objects.get(pick_list__work_order=second, item__code="BOLT")
    take(plant, wave, at("A-01"), 20, pick_line_id=line.pk)
    assert (issued(first), issued(second)) == (0, 20)
    with pytest.raises(AlreadyPicked):
        take(plant, wave, at("A-01"), 20, pick_line_id=line.pk)


@pytest.mark.parametrize(
    ("quantity", "scans", "refusal"),
    [
        (61, {}, MoreThanLine),
        (0, {}, BadValue),
        (60, {"scanned_location": "A-02"}, WrongBin),
        (60, {"scanned_item": "PLATE"}, WrongItem),
    ],
)
def test_what_is_wrong_changes_nothing(
    plant: SmallPlant, quantity: int, scans: dict[str, str], refusal: type[Exception]
) -> None:
    wave = together(plant, plant.released(10), plant.released(5))
    with pytest.raises(refusal):
        take(plant, wave, at("A-01"), quantity, **scans)
    assert plant.on_hand("BOLT", "A-01") == 500


def test_who_works_elsewhere_neither_makes_nor_picks(plant: SmallPlant) -> None:
    order = plant.released(10)
    plant.people["warehouse_manager"].warehouses = ["W2"]
    with pytest.raises(WrongWarehouse):
        together(plant, order)
    wave = together(plant, order, role="planner")
    plant.people["picker"].warehouses = ["W2"]
    with pytest.raises(WrongWarehouse):
        take(plant, wave, at("A-01"), 40)


def test_sent_twice_it_is_taken_once(plant: SmallPlant) -> None:
    wave = together(plant, plant.released(10), plant.released(5))
    command = plant.do("picker")
    replies = [
        waves.confirm(command, wave_id=wave.pk, balance_id=at("A-01").pk, quantity=Decimal(60)) for _ in range(2)
    ]
    assert replies[0] == replies[1]
    assert plant.on_hand("BOLT", "A-01") == 440


def test_undo_takes_everything_of_one_confirm_back(plant: SmallPlant) -> None:
    first, second = plant.released(10), plant.released(5)
    wave = together(plant, first, second)
    command = plant.do("picker")
    waves.confirm(command, wave_id=wave.pk, balance_id=at("A-01").pk, quantity=Decimal(60))
    last = stops.last_take(wave, actor=plant.people["picker"], at=EIGHT)
    assert last is not None
    assert (last.command, last.quantity) == (command.id, 60)
    waves.undo(plant.do("picker"), wave_id=wave.pk, taken_by=command.id)
    assert (issued(first), issued(second)) == (0, 0)
    assert walk(wave)[0] == ("A-01", "BOLT", {1: 40, 2: 20})
    assert stops.last_take(wave, actor=plant.people["picker"], at=EIGHT) is None
    assert ledger.verify() == [] == unclaimed()


def test_undo_is_refused_when_it_is_late_or_unknown(plant: SmallPlant) -> None:
    wave = together(plant, plant.released(10))
    command = plant.do("picker")
    waves.confirm(command, wave_id=wave.pk, balance_id=at("A-01").pk, quantity=Decimal(40))
    late = plant.do("picker", at=EIGHT + timedelta(minutes=11))
    with pytest.raises(TooLateToUndo):
        waves.undo(late, wave_id=wave.pk, taken_by=command.id)
    with pytest.raises(Gone):
        waves.undo(plant.do("picker"), wave_id=wave.pk, taken_by=uuid.uuid4())


def test_short_is_shared_by_rank_and_the_rest_comes_from_another_bin_onto_the_walk(plant: SmallPlant) -> None:
    first, second = plant.released(10), plant.released(5)
    wave = together(plant, first, second)
    plant.put("BOLT", "A-03", 90, lot="SPARE")
    reply = waves.report_short(
        plant.do("picker"), wave_id=wave.pk, balance_id=at("A-01").pk, found=Decimal(45), reason="less"
    )
    assert (issued(first), issued(second)) == (40, 5)
    assert Decimal(reply["lacking"]) == 0
    assert ("A-03", "BOLT", {2: 15}) in walk(wave)
    assert ShortPick.objects.get().missing == 15
    assert Count.objects.get().item == plant.items["BOLT"]
    assert not Case.objects.exists()
    assert unclaimed() == []


def test_short_with_too_little_elsewhere_opens_the_case_for_what_is_nowhere(plant: SmallPlant) -> None:
    first, second = plant.released(10), plant.released(5)
    wave = together(plant, first, second)
    plant.put("BOLT", "A-03", 40, lot="SPARE")  # enough for either of them, not for both
    reply = waves.report_short(
        plant.do("picker"), wave_id=wave.pk, balance_id=at("A-01").pk, found=Decimal(0), reason="empty"
    )
    assert Decimal(reply["lacking"]) == 20
    assert ("A-03", "BOLT", {1: 40}) in walk(wave)
    case = Case.objects.get()
    assert [line.requirement.work_order for line in case.lines.all()] == [second]


def test_what_comes_onto_a_list_comes_onto_its_walk(plant: SmallPlant) -> None:
    order = plant.released(200)  # of 100 plates only
    wave = together(plant, order)
    plant.put("PLATE", "IN", 100)
    picking.make_list(plant.do("line_leader"), work_order_id=order.pk)
    assert ("IN", "PLATE", {1: 100}) in walk(wave)


def test_what_is_on_a_walk_is_not_put_on_another(plant: SmallPlant) -> None:
    first, second = plant.released(10), plant.released(5)
    together(plant, first)
    other = together(plant, first, second)
    assert walk(other)[0] == ("A-01", "BOLT", {1: 20})
    with pytest.raises(NothingTogether):
        together(plant, first, second)


def test_lists_of_two_warehouses_make_two_walks(plant: SmallPlant) -> None:
    here, there = plant.released(10), plant.work_order(5)
    plant.put("BOLT", "B-01", 50)
    WorkOrder.objects.filter(pk=there.pk).update(warehouse=plant.second)
    from qitao.production import actions as production

    production.release(plant.do("planner"), work_order_id=there.pk)
    together(plant, here, there)
    assert [wave.warehouse.code for wave in Wave.objects.order_by("pk")] == ["RM", "W2"]


@pytest.fixture
def racks(plant: SmallPlant) -> Wave:
    """A walk through racks A and R, two bins of rack R with bolts of their own lots."""
    for number, code in enumerate(("R-1", "R-2"), start=50):
        plant.bins[code] = Location.objects.create(warehouse=plant.home, code=code, route=number)
        plant.put("BOLT-ZN", code, 4)
    orders = [plant.released(10), plant.released(5)]
    wave = together(plant, *orders)
    for order, place in zip(orders, ("R-1", "R-2"), strict=True):
        need = Requirement.objects.create(work_order=order, position=99, item=plant.items["BOLT-ZN"], quantity=4)
        picking.take_from(
            plant.do("picker"), requirement_id=need.pk, balance_id=at(place, "BOLT-ZN").pk, quantity=Decimal(4)
        )
    assert [place for place, *_ in walk(wave)] == ["A-01", "A-02", "A-03", "R-1", "R-2"]
    return wave


def parts() -> list[list[str]]:
    return [[place for place, *_ in walk(wave)] for wave in Wave.objects.order_by("pk")]


def test_a_walk_is_divided_by_racks(plant: SmallPlant, racks: Wave) -> None:
    waves.divide(plant.do("warehouse_manager"), wave_id=racks.pk, by="zone")
    assert parts() == [["A-01", "A-02", "A-03"], ["R-1", "R-2"]]
    assert list(Wave.objects.order_by("pk").values_list("zone", flat=True)) == ["A", "R"]
    with pytest.raises(NothingToDivide):
        waves.divide(plant.do("warehouse_manager"), wave_id=racks.pk, by="zone")


def test_a_walk_is_divided_by_length_and_no_bin_is_torn(plant: SmallPlant, racks: Wave) -> None:
    waves.divide(plant.do("warehouse_manager"), wave_id=racks.pk, by="lines", most=2)
    assert parts() == [["A-01", "A-02"], ["A-03", "R-1"], ["R-2"]]


def test_a_walk_is_divided_among_pickers(plant: SmallPlant, racks: Wave) -> None:
    people = [plant.people["warehouse_manager"], plant.people["picker"]]
    waves.divide(plant.do("warehouse_manager"), wave_id=racks.pk, by="pickers", picker_ids=[each.pk for each in people])
    assert parts() == [["A-01", "A-02", "A-03"], ["R-1", "R-2"]]
    assert [wave.picker for wave in Wave.objects.order_by("pk")] == people


def test_what_comes_after_a_division_goes_to_its_rack(plant: SmallPlant, racks: Wave) -> None:
    waves.divide(plant.do("warehouse_manager"), wave_id=racks.pk, by="zone")
    order = WorkOrder.objects.order_by("pk")[0]
    Requirement.objects.filter(work_order=order, item__code="BOLT-ZN").update(quantity=10)
    plant.put("BOLT-ZN", "R-2", 6, lot="LATE")
    picking.make_list(plant.do("line_leader"), work_order_id=order.pk)
    (line,) = PickLine.objects.filter(lot__code="LATE")
    assert line.wave is not None
    assert line.wave.zone == "R"


def test_a_walk_given_up_is_picked_by_its_lists(plant: SmallPlant) -> None:
    wave = together(plant, plant.released(10), plant.released(5))
    take(plant, wave, at("A-01"), 60)
    waves.dissolve(plant.do("warehouse_manager"), wave_id=wave.pk)
    assert walk(wave) == []
    assert PickLine.objects.filter(status="open", wave=None).count() == 4
    with pytest.raises(AlreadyPicked):
        waves.dissolve(plant.do("warehouse_manager"), wave_id=wave.pk)
    with pytest.raises(AlreadyPicked):
        take(plant, wave, at("A-02", "PLATE"), 15)


def test_the_lists_are_done_with_the_walk(plant: SmallPlant) -> None:
    wave = together(plant, plant.released(10), plant.released(5))
    for each in stops.takes(wave):
        take(plant, wave, Balance.objects.get(pk=each.key), str(each.wanted))
    assert set(PickList.objects.values_list("status", flat=True)) == {"done"}
    assert list(stops.open_waves()) == []

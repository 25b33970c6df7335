"""What other systems of this kind shipped as bugs, each as a test of ours.

The numbers N1 … N12 are those of docs/explanation/trust.md, which says where each happened, and which planted bug
(`make mutants`) proves that its test bites.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from qitao.catalog.models import BomLine
from qitao.kernel.refusal import Refusal
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.picking.proving import unclaimed
from qitao.picking.queries import lacking
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.sales import actions as sales
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Count, Move, Reservation
from tests import small_plant
from tests.invariants.overlap import at_once, overlap
from tests.invariants.scarce import THERE, WAYS, Scarce
from tests.small_plant import MONDAY, SmallPlant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def proven() -> bool:
    return ledger.verify() == [] and unclaimed() == []


@pytest.mark.parametrize("second", WAYS)
@pytest.mark.parametrize("first", WAYS)
def test_n1_what_one_takes_by_one_way_nobody_takes_by_another(plant: SmallPlant, first: str, second: str) -> None:
    scarce = Scarce(plant, each=int(THERE))
    scarce.prepare(first)
    scarce.prepare(second)
    scarce.arrive()
    _, answer = overlap(scarce.attempt(first), scarce.attempt(second, -1))
    assert isinstance(answer, dict | Refusal), answer
    claimed = scarce.claimed()
    assert (claimed.promised, claimed.on_hand + claimed.gone) == (THERE, THERE)
    assert claimed.listed == claimed.allocated
    assert proven()


def test_n2_two_take_from_one_bin_and_both_count(plant: SmallPlant) -> None:
    lying, target = plant.put("BOLT", "A-01", 100), plant.bins["A-02"].pk

    def take() -> object:
        return stock.move(plant.do("picker"), balance_id=lying.pk, to_location_id=target, quantity=Decimal(3))

    overlap(take, take)
    assert (plant.on_hand("BOLT", "A-01"), plant.on_hand("BOLT", "A-02")) == (94, 6)
    assert proven()


def test_n3_one_part_twice_in_a_bom_is_allocated_for_each_line_once(plant: SmallPlant) -> None:
    bom = plant.items["FRAME"].boms.get()
    BomLine.objects.create(bom=bom, position=9, component=plant.items["BOLT"], quantity=Decimal(2))
    plant.put("BOLT", "A-01", 50)
    order = plant.released(10)  # wants 40 + 20
    assert listed(order) == {10: 40, 40: 10}
    plant.put("BOLT", "A-02", 50)
    for _ in range(2):
        picking.make_list(plant.do("line_leader"), work_order_id=order.pk)
        assert listed(order) == {10: 40, 40: 20}
    assert sum(row.allocated for row in Balance.objects.filter(item__code="BOLT")) == 60
    assert not [line for line in lacking(order) if line.requirement.item.code == "BOLT"]
    assert proven()


def listed(order: WorkOrder) -> dict[int, Decimal]:
    """What is on open pick lines for each BOLT line of an order, by its position."""
    found: dict[int, Decimal] = {}
    for line in PickLine.objects.filter(requirement__work_order=order, item__code="BOLT", status="open"):
        found[line.requirement.position] = found.get(line.requirement.position, Decimal(0)) + line.open_quantity
    return found


@pytest.mark.parametrize("end", ["complete", "finish", "cancel"])
def test_n4_an_order_that_is_over_holds_nothing(plant: SmallPlant, end: str) -> None:
    plant.put("BOLT", "A-01", 60)
    other, order = plant.released(5, code="OTHER"), plant.released(10, code="WO-1")
    line = PickLine.objects.get(requirement__work_order=order, item__code="BOLT")
    picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(15))
    leader, planner = plant.do("line_leader"), plant.do("planner")
    if end == "complete":
        production.report_output(leader, work_order_id=order.pk, quantity=Decimal(10))
    elif end == "finish":
        production.report_output(leader, work_order_id=order.pk, quantity=Decimal(4))
        production.finish(planner, work_order_id=order.pk, reason="enough")
    else:
        production.cancel(planner, work_order_id=order.pk)
    balance = Balance.objects.get(item__code="BOLT")
    assert (balance.on_hand, balance.allocated) == (45, 20)  # what the other order has stays its own
    assert listed(other) == {10: 20}
    assert not Reservation.objects.exists()
    assert proven()


def test_n5_who_waits_for_a_bin_is_served_from_it_and_not_from_a_second_row(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 80)
    first, second = plant.work_order(10, code="WO-1"), plant.work_order(10, code="WO-2")

    def release(order: WorkOrder) -> Callable[[], object]:
        return lambda: production.release(plant.do("planner"), work_order_id=order.pk)

    overlap(release(first), release(second))
    balance = Balance.objects.get(item__code="BOLT")
    assert (listed(first), listed(second)) == ({10: 40}, {10: 40})
    assert (balance.on_hand, balance.allocated) == (80, 80)


def test_n6_twenty_reserve_one_of_ten_and_ten_get_it(plant: SmallPlant) -> None:
    scarce = Scarce(plant, each=1)
    scarce.prepare("reserve", 20)
    scarce.arrive()
    plant.put(scarce.item.code, "A-01", 5)
    answers = at_once([scarce.attempt("reserve", claimant) for claimant in range(20)])
    assert sorted(answer["reserved"] for answer in answers) == [0] * 10 + [1] * 10  # type: ignore[index]
    assert Reservation.objects.filter(item=scarce.item, quantity=1).count() == 10
    assert scarce.claimed().promised == 10


DRIFTS = {
    "more": "UPDATE stock_balance SET on_hand = on_hand + 0.000001 WHERE item_id = %s",
    "less": "UPDATE stock_balance SET on_hand = on_hand - 0.000001 WHERE item_id = %s",
    "gone": "DELETE FROM stock_balance WHERE item_id = %s",
    "elsewhere": "UPDATE stock_balance SET status = 'damaged' WHERE item_id = %s",
    "somebody else's": "UPDATE stock_balance SET owner = 'C-01' WHERE item_id = %s",
}


@pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS)
def test_n7_a_balance_that_is_not_the_sum_of_its_moves_is_named(plant: SmallPlant, drift: str) -> None:
    plant.put("PLATE", "A-02", 10)
    plant.put("BOLT", "A-01", 10)
    assert ledger.verify() == []
    with connection.cursor() as cursor:
        cursor.execute(drift, [plant.items["BOLT"].pk])
    assert {found.item for found in ledger.verify()} == {"BOLT"}


def test_n7_several_lines_of_one_document_on_one_balance_all_count(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 90, promised=6)
    parts = [{"delivery_id": delivery.pk, "quantity": Decimal(part)} for part in (40, 30, 20)]
    purchasing.receive(plant.do("picker"), order_id=delivery.line.order_id, lines=parts)
    assert plant.on_hand("BOLT", "IN") == 90
    assert proven()


def test_n8_two_post_at_once_and_what_lies_there_is_the_sum(plant: SmallPlant) -> None:
    deliveries = [plant.purchase("BOLT", 40, promised=6, code=f"PO-{place}") for place in range(3)]

    def take_in(place: int) -> Callable[[], object]:
        lines = [{"delivery_id": deliveries[place].pk, "quantity": Decimal(40)}]
        order = deliveries[place].line.order_id
        return lambda: purchasing.receive(plant.do("picker"), order_id=order, lines=lines)

    take_in(0)()
    overlap(take_in(1), take_in(2))
    assert plant.on_hand("BOLT", "IN") == 120
    assert Move.objects.filter(item__code="BOLT").count() == 3
    assert proven()


def lying() -> list[tuple[object, ...]]:
    columns = ("item__code", "location__code", "lot__code", "status", "owner", "on_hand", "allocated")
    return list(Balance.objects.filter(on_hand__gt=0).order_by("id").values_list(*columns))


def _pick_and_undo(plant: SmallPlant) -> None:
    line = PickLine.objects.get(item__code="BOLT", status="open")
    reply = picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(15))
    picking.undo(plant.do("picker"), move_id=reply["move"], pick_line_id=line.pk)


def _ship_and_take_back(plant: SmallPlant) -> None:
    line, frames = plant.sale(6, due=20), Balance.objects.get(item__code="FRAME")
    takes = [sales.Take(line.pk, frames.pk, Decimal(6))]
    reply = sales.ship(plant.do("picker"), order_id=line.order_id, warehouse_id=plant.home.pk, takes=takes)
    sales.undo_shipment(plant.do("picker"), shipment_id=reply["shipment"])


def _plan_and_cancel_a_transfer(plant: SmallPlant) -> None:
    reply = stock.plan_transfer(
        plant.do("warehouse_manager"),
        item_id=plant.items["BOLT"].pk,
        from_warehouse_id=plant.home.pk,
        to_warehouse_id=plant.second.pk,
        quantity=Decimal(5),
        due_on=MONDAY,
    )
    stock.cancel_transfer(plant.do("warehouse_manager"), transfer_id=reply["transfer"])


@pytest.mark.parametrize("there_and_back", [_pick_and_undo, _ship_and_take_back, _plan_and_cancel_a_transfer])
def test_n9_what_is_taken_back_leaves_no_ghost(plant: SmallPlant, there_and_back: Callable[[SmallPlant], None]) -> None:
    plant.put("FRAME", "A-01", 8)
    plant.put("BOLT", "A-01", 100)
    plant.released(5)
    before = lying()
    there_and_back(plant)
    assert lying() == before
    assert proven()


def test_n9_a_count_that_is_corrected_by_another_leaves_no_ghost(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    before = lying()
    for figure in (90, 100):
        reply = stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)
        lines = Count.objects.get(pk=reply["count"]).lines.all()
        figures = {line.pk: Decimal(figure) for line in lines}
        stock.enter_count(plant.do("picker"), count_id=reply["count"], figures=figures)
        stock.post_count(plant.do("warehouse_manager"), count_id=reply["count"])
    assert lying() == before
    assert proven()


# The last line of defence: what no code of ours lets through, the database would not take either.


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("UPDATE stock_balance SET on_hand = -1, allocated = -1", "stock_balance_is_never_"),
        ("UPDATE stock_balance SET allocated = on_hand + 0.000001", "stock_balance_is_never_oversold"),
        ("UPDATE stock_balance SET allocated = -0.000001", "stock_balance_is_never_oversold"),
        (
            "INSERT INTO stock_balance (item_id, location_id, lot_id, status, owner, on_hand, allocated)"
            " SELECT item_id, location_id, lot_id, status, owner, 1, 0 FROM stock_balance",
            "stock_balance_is_unique",
        ),
    ],
    ids=["negative", "oversold", "allocated below zero", "a second row"],
)
def test_the_database_itself_refuses_a_wrong_balance(plant: SmallPlant, change: str, rule: str) -> None:
    plant.put("BOLT", "A-01", 10)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_tenths_of_a_kilo_are_exact(plant: SmallPlant) -> None:
    plant.put("PAINT", "A-01", "0.8")
    order = plant.released("1.6")  # half a kilo for each: 0.8
    line = PickLine.objects.get(requirement__work_order=order, item__code="PAINT")
    for part in ("0.1", "0.7"):
        picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(part))
    line.refresh_from_db()
    assert (line.status, line.picked, line.requirement.issued) == ("picked", Decimal("0.8"), Decimal("0.8"))
    assert plant.on_hand("PAINT", "A-01") == 0
    assert proven()


def test_quantities_of_twelve_digits_and_six_places_are_exact(plant: SmallPlant) -> None:
    lying, most = plant.put("PAINT", "A-01", "999999999999.000001"), Decimal("999999999998.999999")
    target = plant.bins["A-02"]
    stock.move(plant.do("picker"), balance_id=lying.pk, to_location_id=target.pk, quantity=most)
    assert (plant.on_hand("PAINT", "A-01"), plant.on_hand("PAINT", "A-02")) == (Decimal("0.000002"), most)
    assert proven()


def test_two_pickers_take_the_same_line_and_no_more_is_issued_than_it_asks_for(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    plant.released(10, code="OTHER")  # has more allocated in the same bin
    order = plant.released(10, code="WO-1")
    line = PickLine.objects.get(requirement__work_order=order, item__code="BOLT")

    def pick() -> object:
        return picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(30))

    _, answer = overlap(pick, pick)
    assert isinstance(answer, Refusal), answer
    line.refresh_from_db()
    assert (line.picked, line.requirement.issued, plant.on_hand("BOLT", "A-01")) == (30, 30, 70)
    assert proven()


def test_a_doubted_bin_is_passed_over_where_another_has_some(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    plant.put("BOLT", "A-02", 100)
    line = PickLine.objects.get(requirement__work_order=plant.released(10, code="WO-1"), item__code="BOLT")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(0), reason="empty")
    plant.released(10, code="WO-2")
    assert {row.location.code for row in PickLine.objects.filter(item__code="BOLT", status="open")} == {"A-02"}


def test_a_pick_is_taken_back_once(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    line = PickLine.objects.get(requirement__work_order=plant.released(10), item__code="BOLT")
    picked = [picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(10))["move"] for _ in range(2)]

    def undo() -> object:
        return picking.undo(plant.do("picker"), move_id=picked[0], pick_line_id=line.pk)

    _, answer = overlap(undo, undo)
    assert isinstance(answer, Refusal), answer
    line.refresh_from_db()
    assert (line.picked, plant.on_hand("BOLT", "A-01")) == (10, 90)
    assert proven()

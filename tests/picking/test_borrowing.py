"""Borrowing what another holds: asked for, lent, owed – and paid back as soon as the lender has as much again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.kernel.refusal import BadValue, NotAllowed, NotNow
from qitao.picking import actions as picking
from qitao.picking import borrowing, reserving
from qitao.picking.borrowing import (
    AskedAlready,
    DecidedAlready,
    MoreThanHeld,
    NothingToLend,
    NotYours,
    OtherPlace,
)
from qitao.picking.models import Borrowing, PickLine
from qitao.picking.proving_reservations import overclaimed, unheld
from qitao.planning import actions as planning
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.stock.models import Reservation
from tests import small_plant
from tests.small_plant import MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def bolts(order: WorkOrder) -> Requirement:
    return order.requirements.get(item__code="BOLT")


def on_list(order: WorkOrder) -> Decimal:
    lines = PickLine.objects.filter(requirement=bolts(order), status="open")
    return sum((line.open_quantity for line in lines), Decimal(0))


def reserved(order: WorkOrder, supply: str = "stock") -> Decimal:
    rows = Reservation.objects.filter(holder_id=bolts(order).pk, supply=supply)
    return sum((row.quantity for row in rows), Decimal(0))


def ask(
    plant: SmallPlant, lender: WorkOrder, borrower: WorkOrder, quantity: int, *, who: str = "line_leader"
) -> Borrowing:
    reply = borrowing.ask(
        plant.do(who),
        lender_id=bolts(lender).pk,
        borrower_id=bolts(borrower).pk,
        quantity=Decimal(quantity),
        reason="the line stands",
    )
    return Borrowing.objects.get(pk=reply["borrowing"])


def proven() -> None:
    assert overclaimed(on=MONDAY) == []
    assert unheld(on=MONDAY) == []


@pytest.fixture
def two(plant: SmallPlant) -> tuple[WorkOrder, WorkOrder]:
    """One order that holds the bolts and starts later, one that needs them now."""
    plant.put("BOLT", "A-01", 40)
    lender = plant.work_order(10, start=12, due=20, code="HOLDS")
    production.reserve_material(plant.do("planner"), work_order_id=lender.pk)
    return lender, plant.released(10, code="NEEDS")


def test_who_asks_waits_for_who_may_lend_and_then_has_it_on_the_list(
    plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]
) -> None:
    lender, borrower = two
    row = ask(plant, lender, borrower, 30)
    assert (row.status, row.due_on, reserved(lender), on_list(borrower)) == ("asked", date(2026, 1, 12), 40, 0)
    borrowing.lend(plant.do("planner"), borrowing_id=row.pk)
    row.refresh_from_db()
    assert (row.status, row.owed, reserved(lender), on_list(borrower)) == ("lent", 30, 10, 30)
    proven()


def test_who_may_lend_takes_at_once(plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]) -> None:
    lender, borrower = two
    row = ask(plant, lender, borrower, 40, who="planner")
    assert (row.status, row.decided_by.name, on_list(borrower)) == ("lent", "planner", 40)  # type: ignore[union-attr]


def test_what_is_on_a_list_nobody_has_begun_is_lent_what_is_walked_for_is_not(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("PLATE", "A-02", 10)
    lender, borrower = plant.released(10, code="HOLDS"), plant.released(10, code="NEEDS")
    row = ask(plant, lender, borrower, 15, who="planner")
    assert (on_list(lender), on_list(borrower), row.owed) == (25, 15, 15)
    plates = PickLine.objects.get(item__code="PLATE")
    picking.confirm(plant.do("picker"), pick_line_id=plates.pk, quantity=Decimal(1))
    with pytest.raises(NothingToLend):
        ask(plant, lender, borrower, 5, who="planner")
    assert on_list(lender) == 25


def test_what_cannot_be_asked_for_says_why(plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]) -> None:
    lender, borrower = two
    with pytest.raises(MoreThanHeld):
        ask(plant, lender, borrower, 41)
    with pytest.raises(BadValue):
        ask(plant, lender, lender, 5)
    row = ask(plant, lender, borrower, 5)
    with pytest.raises(AskedAlready):
        ask(plant, lender, borrower, 6)
    with pytest.raises(NotAllowed):
        ask(plant, lender, borrower, 6, who="manager")
    with pytest.raises(NotAllowed):
        borrowing.lend(plant.do("line_leader"), borrowing_id=row.pk)
    WorkOrder.objects.filter(pk=lender.pk).update(warehouse=plant.second)
    with pytest.raises(OtherPlace):
        borrowing.lend(plant.do("planner"), borrowing_id=row.pk)
    production.cancel(plant.do("planner"), work_order_id=borrower.pk)
    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_a_no_has_its_reason_and_whoever_comes_second_hears_who_was_first(
    plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]
) -> None:
    row = ask(plant, *two, 30)
    with pytest.raises(BadValue):
        borrowing.refuse(plant.do("planner"), borrowing_id=row.pk, reason="")
    borrowing.refuse(plant.do("planner"), borrowing_id=row.pk, reason="it starts tonight")
    with pytest.raises(DecidedAlready) as late:
        borrowing.lend(plant.do("warehouse_manager"), borrowing_id=row.pk)
    row.refresh_from_db()
    assert late.value.facts == {"code": row.code, "state": row.get_status_display(), "who": "planner"}
    assert (row.answer, reserved(two[0])) == ("it starts tonight", 40)


def test_only_who_asked_or_may_lend_withdraws(plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]) -> None:
    row = ask(plant, *two, 30)
    with pytest.raises(NotYours):
        borrowing.withdraw(plant.do("picker"), borrowing_id=row.pk, reason="found some")
    borrowing.withdraw(plant.do("line_leader"), borrowing_id=row.pk, reason="found some")
    assert ask(plant, *two, 30).status == "asked"


# Paying back


def test_it_is_paid_when_what_comes_is_put_on_the_lenders_list(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    lender, borrower = plant.released(10, code="HOLDS"), plant.released(10, code="NEEDS")
    row = ask(plant, lender, borrower, 30, who="planner")
    delivery = plant.purchase("BOLT", 100, promised=7)
    for quantity, status, paid in ((20, "lent", 20), (30, "paid", 30)):
        purchasing.receive(
            plant.do("picker"),
            order_id=delivery.line.order_id,
            lines=[{"delivery_id": delivery.pk, "quantity": Decimal(quantity)}],
        )
        row.refresh_from_db()
        assert (row.status, row.paid) == (status, paid)
    assert on_list(lender) == 40
    assert row.ended_at is not None


def test_it_is_paid_when_something_to_come_is_reserved_for_the_lender(
    plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]
) -> None:
    lender, borrower = two
    row = ask(plant, lender, borrower, 30, who="planner")
    delivery = plant.purchase("BOLT", 100, promised=7)
    reserving.reserve_supply(
        plant.do("planner"),
        requirement_id=bolts(lender).pk,
        supply_kind="purchase",
        supply_id=delivery.pk,
        quantity=Decimal(30),
    )
    row.refresh_from_db()
    assert (row.status, row.paid) == ("paid", 30)


def test_what_the_borrower_had_coming_pays_at_once(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    lender = plant.work_order(10, start=12, due=20, code="HOLDS")
    production.reserve_material(plant.do("planner"), work_order_id=lender.pk)
    borrower = plant.work_order(10, code="NEEDS")
    reserving.reserve_supply(
        plant.do("planner"),
        requirement_id=bolts(borrower).pk,
        supply_kind="purchase",
        supply_id=plant.purchase("BOLT", 25, promised=9).pk,
        quantity=Decimal(25),
    )
    row = ask(plant, lender, borrower, 40, who="planner")
    assert (reserved(borrower), reserved(borrower, "purchase")) == (40, 0)
    assert (reserved(lender), reserved(lender, "purchase")) == (0, 25)
    assert (row.status, row.owed) == ("lent", 15)
    proven()


def test_the_oldest_debt_is_paid_first_and_nothing_twice(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    lender = plant.work_order(10, start=12, due=20, code="HOLDS")
    production.reserve_material(plant.do("planner"), work_order_id=lender.pk)
    first = ask(plant, lender, plant.released(5, code="ONE"), 15, who="planner")
    second = ask(plant, lender, plant.released(5, code="TWO"), 10, who="planner")
    delivery = plant.purchase("BOLT", 100, promised=9)
    for quantity, owed in ((10, (5, 10)), (10, (0, 5)), (5, (0, 0))):
        reserving.reserve_supply(
            plant.do("planner"),
            requirement_id=bolts(lender).pk,
            supply_kind="purchase",
            supply_id=delivery.pk,
            quantity=Decimal(quantity),
        )
        for row in (first, second):
            row.refresh_from_db()
        assert (first.owed, second.owed) == owed


def test_the_plan_serves_what_is_owed_once_and_by_the_lenders_rank(
    plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]
) -> None:
    lender, borrower = two
    later = plant.work_order(10, code="LATER")
    ask(plant, lender, borrower, 40, who="planner")
    plant.purchase("BOLT", 40, promised=7)
    planned = planning.plan(MONDAY)
    given = {}
    for order in (lender, later):
        line = planned.shot.lines[bolts(order).pk]
        pegs = range(int(planned.kits.line_first_peg[line]), int(planned.kits.line_last_peg[line]))
        given[order.code] = sum(int(planned.kits.peg_quantity[peg]) for peg in pegs) // 1_000_000
    assert given == {"HOLDS": 40, "LATER": 0}


def test_nothing_is_owed_to_an_order_that_is_over(plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]) -> None:
    row = ask(plant, *two, 30, who="planner")
    production.cancel(plant.do("planner"), work_order_id=two[0].pk)
    row.refresh_from_db()
    assert (row.status, row.owed) == ("forgiven", 0)


def test_what_is_owed_can_be_forgiven_once(plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]) -> None:
    row = ask(plant, *two, 30, who="planner")
    borrowing.forgive(plant.do("planner"), borrowing_id=row.pk, reason="the customer takes fewer")
    with pytest.raises(NotNow):
        borrowing.forgive(plant.do("planner"), borrowing_id=row.pk, reason="again")


def test_what_is_owed_to_an_order_goes_with_the_part_that_lacks_it(
    plant: SmallPlant, two: tuple[WorkOrder, WorkOrder]
) -> None:
    lender, borrower = two
    ask(plant, lender, borrower, 30, who="planner")
    production.split(plant.do("planner"), work_order_id=lender.pk, quantity=Decimal(5))
    owed = {row.lender.work_order.code: row.owed for row in Borrowing.objects.select_related("lender__work_order")}
    assert owed == {"HOLDS": 10, "HOLDS/2": 20}

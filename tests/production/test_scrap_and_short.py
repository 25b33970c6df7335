"""Pieces that are lost, and work orders that end with less than was ordered."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qitao.kernel.quantity import MICRO
from qitao.kernel.refusal import BadValue, NotNow
from qitao.picking.models import PickLine
from qitao.planning import snapshot
from qitao.production import actions as production
from qitao.production.models import WORK_ORDER, WorkOrder
from qitao.production.refusals import MoreThanAsked
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Move, Reservation
from tests import small_plant
from tests.small_plant import MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    for item, place in (("BOLT", "A-01"), ("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 1000)
    return plant


def report(plant: SmallPlant, order: WorkOrder, good: int, scrapped: int = 0, reason: str = "process") -> None:
    production.report_output(
        plant.do("line_leader"),
        work_order_id=order.pk,
        quantity=Decimal(good),
        scrapped=Decimal(scrapped),
        scrap_reason=reason if scrapped else "",
    )
    order.refresh_from_db()


def planned_quantity(order: WorkOrder) -> Decimal | None:
    """Return what the plan counts on from a work order; None where it does not see it."""
    shot = snapshot.take(MONDAY)
    row = shot.orders.get(order.pk)
    return None if row is None else Decimal(int(shot.plant.orders.quantity[row])) / MICRO


def test_scrap_is_made_and_lost(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 4, 2)
    assert (order.quantity_done, order.quantity_scrapped, order.open_quantity) == (4, 2, 4)
    assert plant.on_hand("FRAME", "IN") == 4
    lost = Move.objects.get(item=plant.items["FRAME"], to_location__kind="scrap")
    assert (lost.quantity, lost.from_location.kind) == (2, "production")
    assert ledger.verify() == []
    assert planned_quantity(order) == 4


def test_scrap_alone_can_be_reported(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 0, 3)
    assert (order.status, order.open_quantity) == ("started", 7)
    assert not Balance.objects.filter(item=plant.items["FRAME"]).exists()


def test_the_last_piece_completes_the_order_even_if_it_is_lost(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 9)
    report(plant, order, 0, 1)
    assert order.status == "completed"
    assert not Reservation.objects.exists()
    assert not PickLine.objects.filter(status="open").exists()
    assert planned_quantity(order) is None


def test_good_pieces_and_scrap_together_are_no_more_than_is_open(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 5, 2)
    with pytest.raises(MoreThanAsked):
        report(plant, order, 2, 2)
    order.refresh_from_db()
    assert order.quantity_made == 7


@pytest.mark.parametrize(
    ("good", "scrapped", "reason"), [(1, 1, ""), (1, 1, "bad luck"), (0, 0, ""), (-1, 2, "test"), (2, -1, "test")]
)
def test_senseless_output_is_refused(plant: SmallPlant, good: int, scrapped: int, reason: str) -> None:
    order = plant.released(10)
    with pytest.raises(BadValue):
        report(plant, order, good, scrapped, reason)
    assert not Move.objects.filter(item=plant.items["FRAME"]).exists()


def test_the_part_split_off_has_lost_nothing(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 2, 2)
    reply = production.split(plant.do("planner"), work_order_id=order.pk, quantity=Decimal(1))
    rest = WorkOrder.objects.get(pk=reply["into"])
    order.refresh_from_db()
    assert (order.open_quantity, rest.open_quantity, rest.quantity_scrapped) == (1, 5, 0)


# Less than ordered


def test_finishing_short_gives_everything_back(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 4)
    production.finish(plant.do("planner"), work_order_id=order.pk, reason="the customer takes no more")
    order.refresh_from_db()
    assert (order.status, order.quantity_done, order.short_reason) == ("completed", 4, "the customer takes no more")
    assert not Reservation.objects.exists()
    assert not Balance.objects.filter(allocated__gt=0).exists()
    assert order.pick_lists.get().status == "cancelled"
    assert planned_quantity(order) is None
    with pytest.raises(NotNow):
        report(plant, order, 1)
    production.close(plant.do("planner"), work_order_id=order.pk)


def test_finishing_short_wants_a_reason(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 4)
    with pytest.raises(BadValue):
        production.finish(plant.do("planner"), work_order_id=order.pk, reason="")
    order.refresh_from_db()
    assert order.status == "started"


def test_only_what_has_begun_is_finished(plant: SmallPlant) -> None:
    assert set(WORK_ORDER.sources("finish")) == {"started", "paused"}
    order = plant.released(10)
    with pytest.raises(NotNow):
        production.finish(plant.do("planner"), work_order_id=order.pk, reason="too late")
    assert PickLine.objects.filter(status="open").count() == 3  # the refusal gave nothing back
    production.pause(plant.do("line_leader"), work_order_id=order.pk, reason="tool broken")
    production.finish(plant.do("planner"), work_order_id=order.pk, reason="too late")
    order.refresh_from_db()
    assert (order.status, order.pause_reason) == ("completed", "")

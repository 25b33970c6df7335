"""Routings and the operations of work orders: copied at release, started, paused, reported one after another."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from qitao.catalog import routings
from qitao.catalog.models import Routing, WorkCenter
from qitao.catalog.refusals import PositionTaken
from qitao.catalog.routings import EmptyRouting, NotMade, StepFacts
from qitao.journal.command import Command
from qitao.kernel.refusal import BadValue, NotNow
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.production import actions as production
from qitao.production import operating
from qitao.production.models import Operation, OperationReport, WorkOrder
from qitao.production.refusals import MoreThanComesIn
from qitao.shortages import actions as shortages
from qitao.shortages.models import Case
from qitao.stock import queries as ledger
from tests import small_plant
from tests.invariants.overlap import overlap
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db


def step(number: int, name: str, *, setup: int = 10, run: str = "2") -> StepFacts:
    center = WorkCenter.objects.get(code="L1").pk
    return StepFacts(number, name, center, Decimal(setup), Decimal(run), f"how to {name}")


def keep(plant: SmallPlant, *steps: StepFacts, item: str = "FRAME", routing_id: int | None = None) -> Routing:
    reply = routings.keep_routing(
        plant.do("planner"),
        item_id=plant.items[item].pk,
        values={"version": "1", "valid_from": None, "valid_to": None, "note": ""},
        steps=steps,
        routing_id=routing_id,
    )
    return Routing.objects.get(pk=reply["routing"])


def build() -> SmallPlant:
    plant = small_plant.build()
    for item, place in (("BOLT", "A-01"), ("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 1000)
    keep(plant, step(10, "weld"), step(20, "paint"))
    return plant


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def report(
    plant: SmallPlant, operation: Operation, good: int, *, scrapped: int = 0, minutes: int | None = None
) -> None:
    operating.report_operation(
        plant.do("line_leader"),
        operation_id=operation.pk,
        good=Decimal(good),
        scrapped=Decimal(scrapped),
        reason="process" if scrapped else "",
        minutes=None if minutes is None else Decimal(minutes),
    )
    operation.refresh_from_db()


def later(plant: SmallPlant, minutes: int) -> Command:
    return plant.do("line_leader", at=EIGHT + timedelta(minutes=minutes))


# Routings


def test_a_routing_is_kept_and_changed(plant: SmallPlant) -> None:
    routing = Routing.objects.get()
    keep(plant, step(20, "paint"), step(5, "saw"), routing_id=routing.pk)
    assert [str(row) for row in routing.steps.all()] == ["5 saw", "20 paint"]


def test_senseless_routings_are_refused(plant: SmallPlant) -> None:
    routing = Routing.objects.get()
    for refusal, steps, item in (
        (EmptyRouting, (), "FRAME"),
        (PositionTaken, (step(10, "a"), step(10, "b")), "FRAME"),
        (BadValue, (step(10, "a", run="-1"),), "FRAME"),
        (NotMade, (step(10, "a"),), "BOLT"),
    ):
        with pytest.raises(refusal):
            keep(plant, *steps, item=item)
    assert routing.steps.count() == 2


def test_a_released_order_has_its_operations_and_keeps_them(plant: SmallPlant) -> None:
    firm, order = plant.work_order(5), plant.released(10)
    keep(plant, step(10, "saw"), routing_id=Routing.objects.get().pk)
    assert not firm.operations.exists()
    assert [(each.number, each.name, each.instruction) for each in order.operations.all()] == [
        (10, "weld", "how to weld"),
        (20, "paint", "how to paint"),
    ]
    assert order.operations.get(number=10).planned_minutes == 30


# On the floor


def test_pieces_go_from_operation_to_operation_and_from_the_last_into_stock(plant: SmallPlant) -> None:
    order = plant.released(10)
    weld, paint = order.operations.all()
    with pytest.raises(MoreThanComesIn):
        report(plant, paint, 1)
    report(plant, weld, 6, scrapped=1)
    order.refresh_from_db()
    assert (order.status, order.quantity_scrapped, weld.status) == ("started", 1, "running")
    report(plant, paint, 4)
    assert plant.on_hand("FRAME", "IN") == 4
    with pytest.raises(MoreThanComesIn):
        report(plant, paint, 3)
    report(plant, weld, 3)
    assert weld.status == "done"
    report(plant, paint, 4, scrapped=1)
    order.refresh_from_db()
    paint.refresh_from_db()
    assert (order.status, order.quantity_done, order.quantity_scrapped, paint.status) == ("completed", 8, 2, "done")
    assert ledger.verify() == []
    assert OperationReport.objects.count() == 4


def test_minutes_are_counted_while_it_runs_or_as_they_are_reported(plant: SmallPlant) -> None:
    weld = plant.released(10).operations.get(number=10)
    operating.start_operation(later(plant, 0), operation_id=weld.pk)
    operating.pause_operation(later(plant, 30), operation_id=weld.pk, reason="tool broken")
    operating.resume_operation(later(plant, 90), operation_id=weld.pk)
    operating.report_operation(later(plant, 100), operation_id=weld.pk, good=Decimal(4))
    weld.refresh_from_db()
    assert weld.minutes == 40
    report(plant, weld, 2, minutes=15)
    assert weld.minutes == 55


def test_an_operation_is_paused_with_a_reason_and_by_its_short_pick(plant: SmallPlant) -> None:
    order = plant.released(10)
    weld = order.operations.get(number=10)
    operating.start_operation(plant.do("line_leader"), operation_id=weld.pk)
    with pytest.raises(BadValue):
        operating.pause_operation(plant.do("line_leader"), operation_id=weld.pk, reason="")
    line = PickLine.objects.get(item__code="BOLT", status="open")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(0), reason="empty")
    weld.refresh_from_db()
    case = Case.objects.get()
    assert (weld.status, weld.pause_reason) == ("paused", case.code)
    with pytest.raises(NotNow):
        operating.resume_operation(plant.do("line_leader"), operation_id=weld.pk)
    shortages.close(plant.do("planner"), case_id=case.pk, cause="record")
    weld.refresh_from_db()
    assert (weld.status, weld.pause_reason) == ("running", "")


def test_what_was_paused_by_hand_stays_paused_when_its_order_goes_on(plant: SmallPlant) -> None:
    order = plant.released(10)
    weld = order.operations.get(number=10)
    operating.start_operation(plant.do("line_leader"), operation_id=weld.pk)
    operating.pause_operation(plant.do("line_leader"), operation_id=weld.pk, reason="lunch")
    production.pause(plant.do("line_leader"), work_order_id=order.pk, reason="audit")
    production.resume(plant.do("line_leader"), work_order_id=order.pk)
    weld.refresh_from_db()
    assert (weld.status, weld.pause_reason) == ("paused", "lunch")


@pytest.mark.parametrize("how", ["cancel", "finish"])
def test_what_is_over_stops(plant: SmallPlant, how: str) -> None:
    order = plant.released(10)
    weld = order.operations.get(number=10)
    if how == "finish":
        operating.start_operation(plant.do("line_leader"), operation_id=weld.pk)
        production.finish(plant.do("planner"), work_order_id=order.pk, reason="enough")
    else:
        production.cancel(plant.do("planner"), work_order_id=order.pk)
    assert set(order.operations.values_list("status", flat=True)) == {"stopped"}
    with pytest.raises(NotNow):
        report(plant, weld, 1)


@pytest.mark.django_db(transaction=True)
def test_two_report_the_last_pieces_of_an_operation() -> None:
    plant = build()
    weld = plant.released(10).operations.get(number=10)

    def pieces(plant: SmallPlant) -> object:
        return operating.report_operation(plant.do("line_leader"), operation_id=weld.pk, good=Decimal(6))

    _, second = overlap(lambda: pieces(plant), lambda: pieces(plant))
    assert isinstance(second, MoreThanComesIn), second
    weld.refresh_from_db()
    assert weld.good == 6


@pytest.mark.django_db(transaction=True)
def test_an_operation_is_reported_while_its_order_is_cancelled() -> None:
    plant = build()
    order = plant.released(10)
    weld = order.operations.get(number=10)
    _, second = overlap(
        lambda: production.cancel(plant.do("planner"), work_order_id=order.pk),
        lambda: operating.report_operation(plant.do("line_leader"), operation_id=weld.pk, good=Decimal(6)),
    )
    assert isinstance(second, NotNow), second
    assert WorkOrder.objects.get().status == "cancelled"

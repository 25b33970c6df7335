"""What a plan run sees of the factory, and what it leaves behind for everyone to read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from qitao.journal.models import Fact
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.planning.models import DemandDate, KitDate, LineCover, Peg, PlanRun
from qitao.planning.queries import freshness
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.stock import actions as stock
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("PLATE", "A-02", 1000)
    plant.put("PAINT", "A-03", 500)
    return plant


def kit(code: str = "WO-1") -> KitDate:
    planning.run(EIGHT)
    return KitDate.objects.get(work_order__code=code)


def test_complete_now_with_stock_in_the_own_warehouse(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.work_order(10, code="WO-1")
    row = kit()
    assert (row.state, row.kit_on, row.bottleneck, row.lines, row.lines_covered) == (
        "now",
        date(2026, 1, 5),
        None,
        3,
        3,
    )
    assert not row.uses_transfer
    assert not row.uses_substitute


@pytest.mark.parametrize("status", ["quarantine", "rejected", "damaged"])
def test_what_is_not_available_is_not_planned_with(plant: SmallPlant, status: str) -> None:
    plant.put("BOLT", "A-01", 400, status=status)
    plant.work_order(10, code="WO-1")
    row = kit()
    assert (row.state, row.bottleneck.item.code, row.short_quantity) == ("never", "BOLT", 40)  # type: ignore[union-attr]


def test_an_expired_lot_is_not_planned_with(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 400, lot="OLD", expires_on=date(2026, 1, 4))
    plant.work_order(10, code="WO-1")
    assert kit().state == "never"


def test_doubted_stock_is_not_planned_with_until_it_is_counted(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 400)
    plant.released(10, code="WO-1")
    line = PickLine.objects.get(item__code="BOLT")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(0), reason="empty")
    assert kit().state == "never"


def test_a_delivery_counts_on_its_latest_date_and_an_overdue_one_as_tomorrow(plant: SmallPlant) -> None:
    delivery = plant.purchase("BOLT", 40, promised=7)
    plant.work_order(10, start=8, due=12, code="WO-1")
    assert (kit().state, kit().kit_on) == ("on_date", date(2026, 1, 7))
    purchasing.repromise(plant.do("buyer"), delivery_id=delivery.pk, on=date(2026, 1, 9), reason="truck")
    assert (kit().state, kit().kit_on) == ("late", date(2026, 1, 9))
    purchasing.repromise(plant.do("buyer"), delivery_id=delivery.pk, on=date(2026, 1, 2), reason="typed too early")
    assert kit().kit_on == date(2026, 1, 6)


def test_a_kit_of_another_warehouse_says_so(plant: SmallPlant) -> None:
    plant.put("BOLT", "B-01", 40)
    plant.work_order(10, start=7, due=9, code="WO-1")
    row = kit()
    assert (row.state, row.kit_on, row.uses_transfer) == ("on_date", date(2026, 1, 6), True)


def test_a_kit_with_a_substitute_says_so(plant: SmallPlant) -> None:
    plant.put("BOLT-ZN", "A-01", 40)
    plant.work_order(10, code="WO-1")
    row = kit()
    assert (row.state, row.uses_substitute) == ("now", True)


def test_the_first_in_rank_is_served_first_and_a_reservation_before_any_rank(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 60)
    plant.work_order(10, code="WO-1")
    second = plant.work_order(10, code="WO-2")
    planning.run(EIGHT)
    states = {row.work_order.code: row.state for row in KitDate.objects.all()}
    assert states == {"WO-1": "now", "WO-2": "never"}
    production.reserve_material(plant.do("planner"), work_order_id=second.pk)
    assert (kit("WO-2").state, kit("WO-1").state) == ("now", "never")


def test_a_sales_order_line_waits_for_the_work_order_that_makes_it(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.sale(10, due=7)
    plant.work_order(10, start=5, due=8, code="WO-1")
    planning.run(EIGHT)
    row = DemandDate.objects.get()
    assert (row.planned_on, row.days_late) == (date(2026, 1, 8), 1)
    assert Peg.objects.get(sales_line__isnull=False).kind == "work_order"


def test_pegs_add_up_to_what_is_covered(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 25)
    plant.purchase("BOLT", 100, promised=9)
    plant.work_order(10, code="WO-1")
    planning.run(EIGHT)
    for cover in LineCover.objects.select_related("requirement"):
        pegged = sum((peg.quantity for peg in cover.requirement.pegs.all()), Decimal(0))
        assert pegged + cover.short_quantity == cover.requirement.open_quantity


def test_each_run_takes_the_place_of_the_last(plant: SmallPlant) -> None:
    plant.work_order(10, code="WO-1")
    planning.run(EIGHT)
    planning.run(EIGHT)
    assert PlanRun.objects.count() == 2
    assert KitDate.objects.get().run == PlanRun.objects.latest("id")


def test_the_screens_know_how_much_happened_since(plant: SmallPlant) -> None:
    planning.run(EIGHT)
    assert freshness().is_current
    plant.work_order(10)
    assert freshness().facts_since == 1


def test_a_fact_that_became_visible_late_is_not_overlooked(plant: SmallPlant) -> None:
    plant.work_order(10)
    planning.run(EIGHT)
    run = PlanRun.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('journal_fact_id_seq', %s)", [run.last_fact_id + 1])
    plant.work_order(10)
    planning.run(EIGHT)
    assert freshness().is_current
    late = Fact.objects.latest("id")
    Fact(
        id=run.last_fact_id + 1,
        kind="stock.moved",
        at=EIGHT,
        actor=late.actor,
        command_id=uuid4(),
        subject="-",
        subject_id=1,
    ).save(force_insert=True)  # its number was drawn before the last one's, its transaction took longer
    assert freshness().facts_since == 1


@pytest.mark.django_db(transaction=True)
def test_many_happenings_ask_for_one_run(transactional_db: None) -> None:
    plant = small_plant.build()
    balance = plant.put("BOLT", "A-01", 100)
    for place in ("A-02", "A-03"):
        stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=plant.bins[place].pk, quantity=Decimal(1))
    assert ProcrastinateJob.objects.filter(task_name="planning.run", status="todo").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_just_run", [False, True])
def test_a_plan_at_rest_runs_at_once_and_a_busy_one_soon(transactional_db: None, has_just_run: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # what other tests asked for
    if has_just_run:
        planning.run(EIGHT)
    small_plant.build().put("BOLT", "A-01", 100)
    asked = ProcrastinateJob.objects.get(task_name="planning.run", status="todo")
    assert (asked.scheduled_at is not None) == has_just_run


def test_a_finished_work_order_takes_no_part(plant: SmallPlant) -> None:
    order = plant.work_order(10, code="WO-1")
    WorkOrder.objects.filter(pk=order.pk).update(status="cancelled")
    planning.run(EIGHT)
    assert not KitDate.objects.exists()

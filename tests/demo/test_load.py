"""The demo factory in the database: loaded, released and planned; left alone, wiped, or refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest
from django.db.models import F, Sum
from pytest_django.plugin import DjangoDbBlocker

from qitao.accounts.models import User
from qitao.catalog.models import Item, Unit
from qitao.demo import story
from qitao.demo.load import Loaded, NotTheDemo, load_demo, wipe
from qitao.demo.people import PEOPLE
from qitao.journal.models import Fact
from qitao.picking.models import PickLine, PickList
from qitao.planning.models import KitDate
from qitao.production.models import WorkOrder
from qitao.purchasing.models import Delivery, DeliveryRecord
from qitao.stock.models import Balance, Reservation
from qitao.stock.queries import verify

FRIDAY = date(2026, 11, 20)

pytestmark = pytest.mark.django_db


class Demo(NamedTuple):
    loaded: Loaded
    seconds: float


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    """The factory, loaded once for this file and wiped afterwards."""
    with django_db_blocker.unblock():
        started = time.process_time()
        loaded = load_demo(as_of=FRIDAY)
        yield Demo(loaded, time.process_time() - started)
        wipe()


def line_of(kind: str) -> story.StoryLine:
    return next(line for line in story.STORY if line.kind == kind)


def test_it_is_loaded_in_under_twenty_seconds(demo: Demo) -> None:
    assert demo.seconds < 20


def test_every_row_is_written_and_nothing_is_left_out(demo: Demo) -> None:
    report = demo.loaded.report
    assert report is not None
    assert not report.errors
    for kind, outcome in report.written.items():
        assert (outcome.updated, outcome.conflicts) == (0, 0), kind
        assert outcome.created >= report.taken[kind], kind
    assert Delivery.objects.count() == 400
    assert DeliveryRecord.objects.count() == 6000
    assert verify() == []


def test_everybody_can_sign_in(demo: Demo) -> None:
    for person in PEOPLE:
        user = User.objects.get(username=person.username)
        assert (user.roles, user.language, user.warehouses) == ([person.role], person.language, list(person.warehouses))
        assert user.check_password(person.password)


def test_tomorrows_work_orders_are_released_with_a_pick_list_each(demo: Demo) -> None:
    released = WorkOrder.objects.filter(status="released")
    assert released.count() >= 15
    assert PickList.objects.filter(work_order__in=released).count() == released.count()
    assert {line.work_order for line in story.STORY} <= set(released.values_list("code", flat=True))


def test_the_wrong_record_is_on_the_picking_walk(demo: Demo) -> None:
    line = line_of("wrong_record")
    bins = PickLine.objects.filter(pick_list__work_order__code=line.work_order, item__code=line.component)
    assert "A-03-2" in bins.values_list("location__code", flat=True)


def test_the_later_work_order_holds_what_tomorrow_lacks(demo: Demo) -> None:
    order, item, quantity, warehouse, _, _ = story.ALLOCATION
    claim = Reservation.objects.get(item__code=item, warehouse__code=warehouse, quantity=quantity)
    assert claim.holder == "production.requirement"
    assert WorkOrder.objects.get(requirements=claim.holder_id).code == order


@pytest.mark.parametrize("kind", ["reserved", "late_supplier", "rejected_lot", "other_warehouse", "substitute"])
def test_pick_lists_bring_only_what_the_own_warehouse_has(demo: Demo, kind: str) -> None:
    line = line_of(kind)
    requirement = WorkOrder.objects.get(code=line.work_order).requirements.get(item__code=line.component)
    listed = PickLine.objects.filter(requirement=requirement).aggregate(sum=Sum("quantity"))["sum"]
    assert 0 < listed < requirement.quantity


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("wrong_record", "now"),
        ("reserved", "late"),
        ("late_supplier", "late"),
        ("rejected_lot", "late"),
        ("other_warehouse", "on_date"),
        ("substitute", "now"),
    ],
)
def test_the_first_plan_sees_what_a_plan_can_see(demo: Demo, kind: str, state: str) -> None:
    line = line_of(kind)
    kit = KitDate.objects.get(work_order__code=line.work_order)
    assert kit.state == state
    if state == "late":
        assert kit.bottleneck is not None
        assert kit.bottleneck.item.code == line.component
    assert kit.uses_substitute == (kind == "substitute")


def test_most_work_orders_can_be_built(demo: Demo) -> None:
    states = dict.fromkeys(("now", "on_date", "late", "never"), 0)
    for state in KitDate.objects.filter(work_order__status__in=("firm", "released")).values_list("state", flat=True):
        states[state] += 1
    whole = sum(states.values())
    assert 0.70 <= (states["now"] + states["on_date"]) / whole <= 0.85
    assert 0.12 <= states["late"] / whole <= 0.25
    assert 1 <= states["never"] <= 6


def test_no_balance_is_promised_twice(demo: Demo) -> None:
    assert not Balance.objects.filter(allocated__gt=F("on_hand")).exists()


def test_loading_again_leaves_the_demo_alone(demo: Demo) -> None:
    facts = Fact.objects.count()
    assert load_demo(as_of=FRIDAY).report is None
    assert Fact.objects.count() == facts


def test_a_reset_starts_the_story_again_on_another_day(demo: Demo) -> None:
    WorkOrder.objects.filter(code="MO10231-3").update(status="cancelled")
    again = load_demo(reset=True, as_of=date(2026, 11, 27))
    assert again.report is not None
    order = WorkOrder.objects.get(code="MO10231-3")
    assert (order.status, order.start_on) == ("released", date(2026, 11, 30))


def test_a_database_with_a_factory_of_its_own_is_refused(demo: Demo) -> None:
    wipe()
    Item.objects.create(code="OURS", name="Ours", unit=Unit.objects.create(code="pcs"))
    for reset in (False, True):
        with pytest.raises(NotTheDemo):
            load_demo(reset=reset, as_of=FRIDAY)
    assert Item.objects.get().code == "OURS"

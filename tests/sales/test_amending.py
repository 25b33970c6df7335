"""An open sales order is changed line by line; what was shipped stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.journal.models import Fact
from qitao.kernel.refusal import BadValue, NotAllowed, NotNow
from qitao.planning import snapshot
from qitao.sales import amending
from qitao.sales.models import SalesOrder, SalesOrderLine
from qitao.sales.records import LineFacts, NoLongerSold
from qitao.sales.refusals import LessThanShipped, NothingToShip
from tests.small_plant import MONDAY, SmallPlant, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def test_a_line_is_changed_and_the_plan_is_asked_for_by_a_fact(plant: SmallPlant) -> None:
    line = plant.sale(10, due=20)
    values = {"quantity": Decimal(12), "due_on": date(2026, 1, 23), "price": Decimal(30)}
    done = amending.change_line(plant.do("planner"), line_id=line.pk, values=values, reason="called")
    assert done["changed"] == ["due_on", "quantity"]
    line.refresh_from_db()
    assert (line.quantity, line.due_on) == (12, date(2026, 1, 23))
    fact = Fact.objects.get(kind="sales.line_changed")
    assert fact.data["changed"] == {"quantity": ["10", "12"], "due_on": ["2026-01-20", "2026-01-23"]}
    with pytest.raises(BadValue):
        amending.change_line(plant.do("planner"), line_id=line.pk, values={"quantity": Decimal(0)})
    with pytest.raises(NotAllowed):
        amending.change_line(plant.do("buyer"), line_id=line.pk, values=values)


def test_what_was_shipped_stays(plant: SmallPlant) -> None:
    line = plant.sale(10, due=20)
    SalesOrderLine.objects.update(shipped=4)
    with pytest.raises(LessThanShipped):
        amending.change_line(plant.do("planner"), line_id=line.pk, values={"quantity": Decimal(3)})
    amending.cancel_line(plant.do("planner"), line_id=line.pk, reason="customer's wish")
    line.refresh_from_db()
    assert (line.quantity, line.shipped, line.cancelled) == (4, 4, 6)
    assert SalesOrder.objects.get().status == "closed"
    with pytest.raises(NotNow):
        amending.cancel_line(plant.do("planner"), line_id=line.pk)


def test_lines_are_added_and_cancelled_one_by_one(plant: SmallPlant) -> None:
    first = plant.sale(10, due=20)
    frame = plant.items["FRAME"]
    more = LineFacts(frame.pk, Decimal(5), date(2026, 2, 1), Decimal(28))
    added = amending.add_line(plant.do("manager"), order_id=first.order_id, line=more)
    assert added["code"] == "SO-1-20"
    amending.cancel_line(plant.do("planner"), line_id=first.pk)
    assert SalesOrder.objects.get().status == "open"
    with pytest.raises(NothingToShip):
        amending.cancel_line(plant.do("planner"), line_id=first.pk)
    assert set(snapshot.take(MONDAY).demands) == {added["line"]}
    type(frame).objects.filter(pk=frame.pk).update(is_active=False)
    with pytest.raises(NoLongerSold):
        amending.add_line(plant.do("planner"), order_id=first.order_id, line=more)


def test_a_whole_order_is_cancelled(plant: SmallPlant) -> None:
    line = plant.sale(10, due=20)
    amending.cancel_order(plant.do("manager"), order_id=line.order_id, reason="bankrupt")
    line.refresh_from_db()
    assert (line.quantity, line.cancelled, line.due_on) == (0, 10, date(2026, 1, 20))
    assert SalesOrder.objects.get().status == "cancelled"
    with pytest.raises(NotNow):
        amending.add_line(plant.do("planner"), order_id=line.order_id, line=LineFacts(line.item_id, Decimal(1)))

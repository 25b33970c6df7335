"""Work orders through their life: requirements, release, output, splitting, substitution, rank."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.catalog.models import Bom, BomLine, Item, Kind, Substitute
from qitao.kernel.refusal import BadValue, NotNow
from qitao.picking.models import PickLine
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.production.refusals import MoreThanAsked, NoBom, NotASubstitute, SplitTooLarge
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Reservation
from tests import small_plant
from tests.small_plant import SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    for item, place in (("BOLT", "A-01"), ("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 1000)
    return plant


def needs(order: WorkOrder) -> dict[str, Decimal]:
    return {row.item.code: row.quantity for row in order.requirements.all()}


def test_a_requirement_is_bom_times_quantity(plant: SmallPlant) -> None:
    assert needs(plant.work_order(10)) == {"BOLT": 40, "PLATE": 10, "PAINT": 5}


def test_a_phantom_is_replaced_by_what_it_is_made_of_scrap_included(plant: SmallPlant) -> None:
    kit = Item.objects.create(code="KIT", name="螺丝包", unit=plant.items["BOLT"].unit, kind=Kind.PHANTOM)
    inner = Bom.objects.create(item=kit)
    BomLine.objects.create(bom=inner, position=1, component=plant.items["BOLT-ZN"], quantity=3)
    frame = Bom.objects.get(item=plant.items["FRAME"])
    BomLine.objects.create(bom=frame, position=9, component=kit, quantity=2, scrap_percent=10)
    assert needs(plant.work_order(10))["BOLT-ZN"] == 66  # 10 × 2 × 1.1 × 3


def test_the_version_valid_on_the_start_day_is_taken(plant: SmallPlant) -> None:
    old = Bom.objects.get(item=plant.items["FRAME"])
    Bom.objects.filter(pk=old.pk).update(valid_to=date(2026, 1, 11))
    new = Bom.objects.create(item=plant.items["FRAME"], version="2", valid_from=date(2026, 1, 12))
    BomLine.objects.create(bom=new, position=1, component=plant.items["BOLT"], quantity=6)
    assert needs(plant.work_order(10, start=9, due=12))["BOLT"] == 40
    assert needs(plant.work_order(10, start=12, due=14)) == {"BOLT": 60}


def test_without_a_valid_bom_nothing_is_made(plant: SmallPlant) -> None:
    Bom.objects.update(valid_from=date(2026, 2, 1))
    with pytest.raises(NoBom):
        plant.work_order(10)
    assert not WorkOrder.objects.exists()


@pytest.mark.parametrize(("quantity", "due"), [(0, 8), (-1, 8), (10, 4)])
def test_a_senseless_order_is_refused(plant: SmallPlant, quantity: int, due: int) -> None:
    with pytest.raises(BadValue):
        plant.work_order(quantity, due=due)


def test_a_released_order_is_not_released_again(plant: SmallPlant) -> None:
    order = plant.released(10)
    with pytest.raises(NotNow):
        production.release(plant.do("planner"), work_order_id=order.pk)


def test_what_is_made_goes_into_stock_and_completes_the_order(plant: SmallPlant) -> None:
    order = plant.released(10)
    production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(4))
    order.refresh_from_db()
    assert (order.status, order.quantity_done) == ("started", 4)
    with pytest.raises(MoreThanAsked):
        production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(7))
    production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(6))
    order.refresh_from_db()
    assert order.status == "completed"
    assert sum(row.on_hand for row in Balance.objects.filter(item__code="FRAME")) == 10
    assert ledger.verify() == []


@pytest.mark.parametrize("quantity", [1, 3, 7, 9])
def test_a_split_divides_every_requirement_exactly(plant: SmallPlant, quantity: int) -> None:
    order = plant.released(10)
    before = needs(order)
    reply = production.split(plant.do("planner"), work_order_id=order.pk, quantity=Decimal(quantity))
    rest = WorkOrder.objects.get(pk=reply["into"])
    order.refresh_from_db()
    assert (order.quantity, rest.quantity, rest.rank) == (quantity, 10 - quantity, order.rank + 1)
    assert {code: needs(order)[code] + needs(rest).get(code, 0) for code in before} == before
    listed = sum(line.open_quantity for line in PickLine.objects.filter(item__code="BOLT", status="open"))
    assert listed == needs(order)["BOLT"]


def test_a_split_leaves_something_on_both_sides(plant: SmallPlant) -> None:
    order = plant.work_order(10)
    for quantity in (0, 10, 11):
        with pytest.raises(SplitTooLarge):
            production.split(plant.do("planner"), work_order_id=order.pk, quantity=Decimal(quantity))


def test_an_unapproved_substitute_is_refused(plant: SmallPlant) -> None:
    Substitute.objects.update(is_approved=False)
    line = plant.work_order(10).requirements.get(item__code="BOLT")
    with pytest.raises(NotASubstitute):
        production.substitute(plant.do("planner"), requirement_id=line.pk, substitute_id=plant.items["BOLT-ZN"].pk)


def test_a_substitute_comes_in_its_ratio(plant: SmallPlant) -> None:
    Substitute.objects.update(ratio=Decimal("1.5"))
    line = plant.work_order(10).requirements.get(item__code="BOLT")
    production.substitute(plant.do("planner"), requirement_id=line.pk, substitute_id=plant.items["BOLT-ZN"].pk)
    line.refresh_from_db()
    assert (line.quantity, Requirement.objects.get(replaces=line).quantity) == (0, 60)


def test_who_is_ranked_before_another_moves_the_rest_down_by_one(plant: SmallPlant) -> None:
    orders = [plant.work_order(1, code=f"WO-{n}") for n in range(4)]
    production.rank_before(plant.do("planner"), work_order_id=orders[3].pk, before_id=orders[1].pk)
    codes = list(WorkOrder.objects.order_by("rank").values_list("code", flat=True))
    assert codes == ["WO-0", "WO-3", "WO-1", "WO-2"]


def test_a_cancelled_order_gives_everything_back(plant: SmallPlant) -> None:
    order = plant.released(10)
    waiting = plant.work_order(10, code="WAITING")
    production.reserve_material(plant.do("planner"), work_order_id=waiting.pk)
    for each in (order, waiting):
        production.cancel(plant.do("planner"), work_order_id=each.pk)
    assert not Reservation.objects.exists()
    assert not Balance.objects.filter(allocated__gt=0).exists()
    assert order.pick_lists.get().status == "cancelled"


def test_a_split_divides_no_piece(plant: SmallPlant) -> None:
    """Of 41 bolts (one more for scrap) for ten frames four want 16.4: 17 stay, and paint is weighed to the gram."""
    order = plant.work_order(10, code="WO-1")
    order.requirements.filter(item__code="BOLT").update(quantity=Decimal(41))
    order.requirements.filter(item__code="PAINT").update(quantity=Decimal("5.001"))
    production.split(plant.do("planner"), work_order_id=order.pk, quantity=Decimal(4))
    assert needs(order) == {"BOLT": 17, "PLATE": 4, "PAINT": Decimal("2.001")}
    assert needs(WorkOrder.objects.get(code="WO-1/2")) == {"BOLT": 24, "PLATE": 6, "PAINT": 3}

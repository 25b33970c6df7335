"""Cases that cross: of other items, of other orders, decided twice, opened again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qitao.kernel.refusal import NotNow
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.production.models import WorkOrder
from qitao.purchasing.models import Requisition
from qitao.shortages import actions as shortages
from qitao.shortages.models import Case, Decision
from qitao.shortages.refusals import DecidedMeanwhile, OptionGone, OtherCaseOpen
from tests import small_plant
from tests.small_plant import SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("PAINT", "A-03", 500)
    return plant


def short(plant: SmallPlant, item: str) -> Case:
    line = PickLine.objects.get(item__code=item, status="open")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(0), reason="empty")
    return Case.objects.get(item__code=item)


def decide(plant: SmallPlant, case: Case, key: str, *, requirement: int = 0, decided: int | None = None) -> None:
    shortages.carry_out(
        plant.do("planner"),
        case_id=case.pk,
        requirement_id=requirement or case.lines.get().requirement_id,
        key=key,
        decided=decided,
    )


def test_a_decision_is_made_by_who_knows_of_the_last_one(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.released(10)
    case = short(plant, "BOLT")
    key = f"buy:S-01:{plant.items['BOLT'].sources.get().pk}"
    decide(plant, case, key, decided=0)
    with pytest.raises(DecidedMeanwhile):
        decide(plant, case, key, decided=0)
    assert Requisition.objects.count() == 1
    decide(plant, case, key, decided=1)
    assert Requisition.objects.count() == 2


def test_a_case_decides_for_its_own_item_only(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    order = plant.released(10)
    case = short(plant, "BOLT")
    with pytest.raises(OptionGone):
        decide(plant, case, "wait:", requirement=order.requirements.get(item__code="PLATE").pk)
    assert not Decision.objects.exists()


def test_nothing_is_decided_for_a_case_that_is_over(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.released(10)
    case = short(plant, "BOLT")
    shortages.close(plant.do("planner"), case_id=case.pk, cause="record")
    with pytest.raises(NotNow):
        decide(plant, case, "recount:")
    assert not Decision.objects.exists()


def test_an_order_goes_on_when_its_last_shortage_is_settled(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("PLATE", "A-02", 10)
    plant.released(10)
    bolts, plates = short(plant, "BOLT"), short(plant, "PLATE")
    order = WorkOrder.objects.get()
    assert (order.status, order.pause_reason) == ("paused", bolts.code)
    shortages.close(plant.do("planner"), case_id=bolts.pk, cause="record")
    order.refresh_from_db()
    assert (order.status, order.pause_reason) == ("paused", plates.code)
    shortages.close(plant.do("planner"), case_id=plates.pk, cause="record")
    order.refresh_from_db()
    assert order.status == "started"


def test_a_case_is_not_opened_again_beside_another_of_its_item(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.released(10, code="WO-1")
    first = short(plant, "BOLT")
    shortages.close(plant.do("planner"), case_id=first.pk, cause="record")
    other = plant.released(10, code="WO-2")
    requirement = other.requirements.get(item__code="BOLT")
    second = shortages.report(plant.do("planner"), requirement_id=requirement.pk)
    with pytest.raises(OtherCaseOpen, match=second["code"]):
        shortages.reopen(plant.do("planner"), case_id=first.pk, reason="again")

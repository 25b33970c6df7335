"""What a shortage costs customers: the days that it causes, not those that they would wait all the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.planning import actions as planning
from qitao.production.models import Requirement
from qitao.shortages import actions as shortages
from qitao.shortages import options, queries
from qitao.shortages.foreseen import foreseen
from qitao.shortages.models import Case
from tests import small_plant
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    """Everything but bolts lies ready; 100 bolts come on the 12th."""
    plant = small_plant.build()
    plant.put("PLATE", "A-02", 1000)
    plant.put("PAINT", "A-03", 500)
    plant.purchase("BOLT", 100, promised=12)
    return plant


def hits() -> list[tuple[str, date | None, int | None, int | None, Decimal]]:
    """Return whom the bolts hurt as it is foreseen – and as the case says that is opened for it."""
    (seen,) = foreseen()
    return _told(seen.demands)


def _told(found: list[queries.HitDemand]) -> list[tuple[str, date | None, int | None, int | None, Decimal]]:
    return [(str(row.demand.sales_line), row.comes_on, row.days_late, row.days_caused, row.penalty) for row in found]


def opened(plant: SmallPlant) -> Case:
    requirement = Requirement.objects.get(work_order__code="WO-1", item__code="BOLT")
    reply = shortages.report(plant.do("planner"), requirement_id=requirement.pk)
    return Case.objects.get(pk=reply["case"])


def test_what_else_a_customer_waits_for_is_not_its_doing(plant: SmallPlant) -> None:
    """Of 30 frames 10 are being made and come in time, if late; for the other 20 nobody has planned anything."""
    plant.sale(30, due=20, penalty=500)
    plant.work_order(10, start=5, due=8, code="WO-1")
    planning.run(EIGHT)
    assert hits() == []
    assert queries.impact(opened(plant)).demands == []


def test_a_part_that_comes_late_counts_by_its_own_day(plant: SmallPlant) -> None:
    plant.sale(30, due=13, penalty=500)
    plant.work_order(10, start=5, due=8, code="WO-1")
    planning.run(EIGHT)
    expected = [("SO-1-10", date(2026, 1, 15), 2, 2, Decimal(1000))]
    assert hits() == expected
    assert _told(queries.impact(opened(plant)).demands) == expected


def test_days_of_a_work_order_that_was_planned_too_late_are_not_its_doing(plant: SmallPlant) -> None:
    """Due on the 6th, planned to be made by the 8th: of nine days late the bolts cause seven."""
    plant.sale(10, due=6, penalty=500)
    plant.work_order(10, start=5, due=8, code="WO-1")
    planning.run(EIGHT)
    expected = [("SO-1-10", date(2026, 1, 15), 9, 7, Decimal(3500))]
    assert hits() == expected
    assert _told(queries.impact(opened(plant)).demands) == expected


def test_what_never_comes_counts_as_long(plant: SmallPlant) -> None:
    plant.sale(40, due=20, penalty=500)
    plant.work_order(40, start=5, due=8, code="WO-1")
    planning.run(EIGHT)
    assert hits() == [("SO-1-10", None, None, None, Decimal(45_000))]


def test_the_penalty_at_risk_is_what_the_best_way_out_spares(plant: SmallPlant) -> None:
    plant.sale(10, due=6, penalty=500)
    plant.work_order(10, start=5, due=8, code="WO-1")
    planning.run(EIGHT)
    at_risk = queries.impact(opened(plant)).penalty
    bolts = Requirement.objects.get(work_order__code="WO-1", item__code="BOLT")
    best = options.compute(bolts, on=MONDAY)[0]
    assert (best.kind, best.kit_on) == ("expedite", date(2026, 1, 7))
    assert (at_risk, best.penalty) == (3500, -2500)  # two days of the seven remain

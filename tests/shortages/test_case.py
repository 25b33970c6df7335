"""A shortage case from the short pick to its closing, by each way out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.journal.queries import history
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.planning.models import KitDate
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.purchasing.models import Delivery, Repromise, Requisition
from qitao.shortages import actions as shortages
from qitao.shortages import holding, options, queries
from qitao.shortages.models import Case, Decision
from qitao.shortages.refusals import CauseMissing, NothingShort, OptionChanged, OptionGone
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.models import Count, Transfer
from tests import small_plant
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("PLATE", "A-02", 1000)
    plant.put("PAINT", "A-03", 500)
    return plant


def short(plant: SmallPlant, found: int = 15) -> Case:
    """Let WO-1 for 10 frames find only `found` of the 40 bolts that bin A-01 should hold."""
    plant.put("BOLT", "A-01", 40)
    work_order = plant.released(10, code="WO-1")
    line = PickLine.objects.get(pick_list__work_order=work_order, item__code="BOLT")
    picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(found), reason="less")
    return Case.objects.get()


def offered(case: Case) -> dict[str, options.Option]:
    requirement = case.lines.get().requirement
    return {option.key: option for option in options.compute(requirement, on=MONDAY)}


def choose(plant: SmallPlant, case: Case, key: str, role: str = "planner") -> None:
    shortages.carry_out(plant.do(role), case_id=case.pk, requirement_id=case.lines.get().requirement_id, key=key)
    case.refresh_from_db()


def kit(code: str) -> tuple[str, date | None]:
    row = KitDate.objects.get(work_order__code=code)
    return row.state, row.kit_on


def plan() -> None:
    planning.run(EIGHT)


def test_the_transfer_is_written_reserved_and_fills_the_list_when_it_comes(plant: SmallPlant) -> None:
    plant.put("BOLT", "B-01", 200)
    case = short(plant)
    option = offered(case)["transfer:W2"]
    assert (option.kit_on, option.cost, option.parameters["quantity"]) == (date(2026, 1, 6), 80, "25")
    choose(plant, case, "transfer:W2")
    transfer = Transfer.objects.get()
    assert (case.status, transfer.status, transfer.lines.get().quantity) == ("carried_out", "planned", 25)
    plan()
    assert kit("WO-1") == ("late", date(2026, 1, 6))
    stock.ship_transfer(plant.do("warehouse_manager"), transfer_id=transfer.pk)
    stock.receive_transfer(plant.do("warehouse_manager"), transfer_id=transfer.pk)
    assert PickLine.objects.get(item__code="BOLT", status="open").quantity == 25
    plan()
    assert kit("WO-1") == ("now", date(2026, 1, 5))
    assert ledger.verify() == []


def test_the_substitute_takes_the_place_of_the_line_and_is_on_the_list_at_once(plant: SmallPlant) -> None:
    plant.put("BOLT-ZN", "A-02", 100)
    case = short(plant)
    assert offered(case)["substitute:BOLT-ZN"].kit_on == date(2026, 1, 5)
    choose(plant, case, "substitute:BOLT-ZN")
    line = PickLine.objects.get(item__code="BOLT-ZN", status="open")
    assert (line.quantity, line.requirement.replaces.item.code) == (25, "BOLT")
    assert WorkOrder.objects.get().status == "started"
    plan()
    assert kit("WO-1")[0] == "now"


def test_what_a_later_order_holds_goes_to_the_earlier_one(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-03", 40, lot="X")
    later = plant.work_order(10, start=19, due=22, code="WO-LATER")
    production.reserve_material(plant.do("planner"), work_order_id=later.pk)
    case = short(plant)
    (holder,) = holding.why_not(case.item, today=MONDAY).holders
    assert (holder.work_order.code, holder.slack_days, holder.quantity, holder.is_hard) == ("WO-LATER", 14, 40, False)
    option = offered(case)["resequence:"]
    assert [effect.code for effect in option.harms] == ["WO-LATER"]
    choose(plant, case, "resequence:")
    assert PickLine.objects.get(lot__code="X", status="open").requirement.work_order.code == "WO-1"
    plan()
    assert (kit("WO-1")[0], kit("WO-LATER")[0]) == ("now", "never")


def test_part_of_the_order_is_built_now(plant: SmallPlant) -> None:
    case = short(plant, found=18)
    option = offered(case)["partial:"]
    assert (option.parameters["quantity"], option.parameters["rest"]) == ("4", "6")
    choose(plant, case, "partial:")
    parts = {row.code: row.quantity for row in WorkOrder.objects.all()}
    assert parts == {"WO-1": 4, "WO-1/2": 6}
    plan()
    assert kit("WO-1")[0] == "now"


def test_a_delivery_is_brought_forward_for_a_fee(plant: SmallPlant) -> None:
    plant.purchase("BOLT", 100, promised=20)
    case = short(plant)
    (key,) = [key for key in offered(case) if key.startswith("expedite")]
    option = offered(case)[key]
    assert (option.kit_on, option.cost) == (date(2026, 1, 7), 150)
    choose(plant, case, key)
    delivery = Delivery.objects.get()
    assert (delivery.promised_on, delivery.expected_on) == (date(2026, 1, 20), date(2026, 1, 7))
    assert Repromise.objects.get().cost == 150
    plan()
    assert kit("WO-1") == ("late", date(2026, 1, 7))


def test_what_is_bought_is_planned_with_from_then_on(plant: SmallPlant) -> None:
    case = short(plant)
    (key,) = [key for key in offered(case) if key.startswith("buy")]
    choose(plant, case, key)
    requisition = Requisition.objects.get()
    assert (requisition.quantity, requisition.is_urgent) == (100, True)  # 25 lacking, 100 at least
    plan()
    assert kit("WO-1") == ("late", date(2026, 1, 7))


def test_another_bin_of_the_same_warehouse(plant: SmallPlant) -> None:
    case = short(plant)
    plant.put("BOLT", "A-02", 60, lot="FOUND")
    choose(plant, case, "other_bin:", role="planner")
    assert PickLine.objects.get(lot__code="FOUND").quantity == 25


def test_counting_again_brings_back_what_was_there_after_all(plant: SmallPlant) -> None:
    case = short(plant)
    assert offered(case)["recount:"].kit_on == date(2026, 1, 5)
    choose(plant, case, "recount:")
    count = Case.objects.get().count
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures={row.pk: Decimal(25) for row in count.lines.all()})
    stock.post_count(plant.do("picker"), count_id=count.pk)
    case.refresh_from_db()
    assert case.status == "verified"
    assert PickLine.objects.get(item__code="BOLT", status="open").quantity == 25


def test_a_count_that_is_asked_for_already_is_not_asked_for_twice(plant: SmallPlant) -> None:
    case = short(plant)
    asked = Count.objects.get()
    choose(plant, case, "recount:")
    shortages.order_count(plant.do("planner"), case_id=case.pk, warehouse_id=plant.home.pk)
    assert Count.objects.get() == asked
    assert Decision.objects.get().wrote == {"count": asked.code}
    shortages.order_count(plant.do("planner"), case_id=case.pk, warehouse_id=plant.second.pk)
    assert Count.objects.count() == 2


def test_waiting_is_an_option_too_and_says_what_it_costs(plant: SmallPlant) -> None:
    plant.sale(10, due=9, penalty=500)
    plant.purchase("BOLT", 100, promised=12)
    case = short(plant)
    plan()
    assert offered(case)["wait:"].kit_on == date(2026, 1, 12)
    hit = queries.impact(case)
    assert [row.work_order.code for row in hit.work_orders] == ["WO-1"]
    assert [(row.days_late, row.penalty) for row in hit.demands] == [(6, 3000)]


def test_what_has_changed_since_it_was_shown_is_said_and_nothing_is_done(plant: SmallPlant) -> None:
    plant.put("BOLT", "B-01", 200)
    case = short(plant)
    requirement = case.lines.get().requirement_id
    with pytest.raises(OptionChanged):
        shortages.carry_out(
            plant.do("planner"),
            case_id=case.pk,
            requirement_id=requirement,
            key="transfer:W2",
            shown_kit_on=date(2026, 1, 5),
        )
    with pytest.raises(OptionGone):
        shortages.carry_out(plant.do("planner"), case_id=case.pk, requirement_id=requirement, key="substitute:BOLT-ZN")
    assert not Transfer.objects.exists()
    assert not Decision.objects.exists()


def test_the_timeline_says_who_did_what(plant: SmallPlant) -> None:
    plant.put("BOLT-ZN", "A-02", 100)
    case = short(plant)
    choose(plant, case, "substitute:BOLT-ZN")
    shortages.close(plant.do("planner"), case_id=case.pk, cause="record", note="15 instead of 40")
    assert [(fact.kind.removeprefix("shortages."), fact.actor.username) for fact in history(case)] == [
        ("opened", "picker"),
        ("count_asked", "picker"),
        ("assessed", "planner"),
        ("decided", "planner"),
        ("carried_out", "planner"),
        ("closed", "planner"),
    ]


def test_a_case_is_closed_with_its_cause_and_lets_go_on_what_it_paused(plant: SmallPlant) -> None:
    case = short(plant)
    with pytest.raises(CauseMissing):
        shortages.close(plant.do("planner"), case_id=case.pk, cause="")
    shortages.close(plant.do("planner"), case_id=case.pk, cause="record")
    assert WorkOrder.objects.get().status == "started"


def test_a_covered_requirement_opens_no_case(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    work_order = plant.work_order(10)
    plan()
    bolts = work_order.requirements.get(item__code="BOLT")
    with pytest.raises(NothingShort):
        shortages.report(plant.do("planner"), requirement_id=bolts.pk)


def test_a_second_report_joins_the_case_and_a_closed_one_stays_closed(plant: SmallPlant) -> None:
    case = short(plant)
    other = plant.work_order(5, code="WO-2")
    plan()
    bolts = other.requirements.get(item__code="BOLT")
    assert shortages.report(plant.do("line_leader"), requirement_id=bolts.pk)["case"] == case.pk
    shortages.close(plant.do("planner"), case_id=case.pk, cause="record")
    again = shortages.report(plant.do("line_leader"), requirement_id=bolts.pk)["case"]
    assert again != case.pk

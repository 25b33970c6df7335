"""Rejects made good, work orders merged, and how a work order ended against what was planned."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils.translation import override

from qitao.kernel.refusal import BadValue, NotNow
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.planning import snapshot
from qitao.planning.models import Peg
from qitao.production import actions as production
from qitao.production import changing, merging, reworking, variance
from qitao.production.engineering import touched_by
from qitao.production.models import Closing, WorkOrder
from qitao.production.queries import alike
from qitao.production.refusals import NotAlike, NotEnoughRejected
from qitao.shortages import actions as shortages
from qitao.shortages.models import CaseLine
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Reservation
from tests import small_plant
from tests.invariants.overlap import overlap
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


def build() -> SmallPlant:
    plant = small_plant.build()
    for item, place in (("BOLT", "A-01"), ("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 100)
    return plant


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def report(plant: SmallPlant, order: WorkOrder, good: int, *, rejected: int = 0, scrapped: int = 0) -> None:
    production.report_output(
        plant.do("line_leader"),
        work_order_id=order.pk,
        quantity=Decimal(good),
        rejected=Decimal(rejected),
        scrapped=Decimal(scrapped),
        scrap_reason="process" if rejected + scrapped else "",
    )
    order.refresh_from_db()


def lying(plant: SmallPlant, status: str) -> Decimal:
    rows = Balance.objects.filter(item=plant.items["FRAME"], status=status)
    return rows.aggregate(all=Sum("on_hand"))["all"] or Decimal(0)


def rework(plant: SmallPlant, order: WorkOrder, quantity: int) -> WorkOrder:
    reply = reworking.rework(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(quantity), due_on=MONDAY)
    return WorkOrder.objects.get(pk=reply["work_order"])


# Rejects


def test_rejected_pieces_lie_in_stock_as_such_and_are_not_made_once_more(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 6, rejected=3, scrapped=1)
    assert (order.status, order.quantity_done, order.quantity_rejected) == ("completed", 6, 3)
    assert (lying(plant, "ok"), lying(plant, "rejected")) == (6, 3)
    assert ledger.verify() == []
    with pytest.raises(BadValue):
        production.report_output(
            plant.do("line_leader"), work_order_id=plant.released(1).pk, quantity=Decimal(0), rejected=Decimal(1)
        )


def test_rework_turns_rejects_into_good_pieces(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 6, rejected=4)
    again = rework(plant, order, 4)
    assert (again.reworks, again.status, again.requirements.count()) == (order, "firm", 0)
    assert again.pk in snapshot.take(MONDAY).orders
    assert again.pk not in {each.work_order.pk for each in touched_by(plant.items["FRAME"])}
    production.release(plant.do("planner"), work_order_id=again.pk)
    report(plant, again, 2, scrapped=1)
    assert (lying(plant, "ok"), lying(plant, "rejected")) == (8, 1)
    report(plant, again, 0, rejected=1)
    assert (again.status, lying(plant, "rejected")) == ("completed", 1)
    assert ledger.verify() == []
    assert rework(plant, order, 1).code == f"{order.code}/3"


def test_no_more_is_reworked_than_was_rejected(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 6, rejected=4)
    again = rework(plant, order, 3)
    with pytest.raises(NotEnoughRejected):
        rework(plant, order, 2)
    with pytest.raises(NotEnoughRejected):
        changing.change_order(
            plant.do("planner"),
            work_order_id=again.pk,
            quantity=Decimal(5),
            start_on=again.start_on,
            due_on=again.due_on,
            bom_id=None,
        )
    production.cancel(plant.do("planner"), work_order_id=again.pk)
    rework(plant, order, 4)


def test_rejects_that_are_gone_cannot_be_reported(plant: SmallPlant) -> None:
    order = plant.released(10)
    report(plant, order, 6, rejected=4)
    again = rework(plant, order, 4)
    production.release(plant.do("planner"), work_order_id=again.pk)
    Balance.objects.filter(status="rejected").update(on_hand=1)
    with pytest.raises(NotEnoughRejected):
        report(plant, again, 2)
    again.refresh_from_db()
    assert again.quantity_made == 0


@pytest.mark.django_db(transaction=True)
def test_two_order_rework_of_the_same_rejects() -> None:
    plant = build()
    order = plant.released(10)
    report(plant, order, 6, rejected=4)
    _, second = overlap(lambda: rework(plant, order, 3), lambda: rework(plant, order, 3))
    assert isinstance(second, NotEnoughRejected), second


# Merging


def test_what_two_orders_make_need_and_hold_adds_up(plant: SmallPlant) -> None:
    into, order = plant.released(10, code="INTO", start=6, due=9), plant.released(4, code="ORDER", start=5, due=8)
    planning.run(EIGHT)
    pegged = Peg.objects.filter(item=plant.items["BOLT"]).aggregate(all=Sum("quantity"))["all"]
    assert list(alike(order)) == [into]
    merging.merge(plant.do("planner"), work_order_id=order.pk, into_id=into.pk)
    order.refresh_from_db()
    into.refresh_from_db()
    assert (into.quantity, into.start_on.day, into.due_on.day) == (14, 5, 8)
    assert (order.status, order.merged_into) == ("cancelled", into)
    assert {line.item.code: line.quantity for line in into.requirements.all()} == {"BOLT": 56, "PLATE": 14, "PAINT": 7}
    listed = PickLine.objects.filter(status="open", item__code="BOLT", requirement__work_order=into)
    assert sum(line.open_quantity for line in listed) == 56
    assert ledger.verify() == []
    planning.run(EIGHT)
    assert Peg.objects.filter(item=plant.items["BOLT"]).aggregate(all=Sum("quantity"))["all"] == pegged


def test_reservations_and_cases_go_along(plant: SmallPlant) -> None:
    into, order = plant.work_order(10, code="INTO"), plant.work_order(20, code="ORDER")
    for each in (into, order):
        production.reserve_material(plant.do("planner"), work_order_id=each.pk)
    planning.run(EIGHT)
    short = order.requirements.get(item__code="BOLT")
    shortages.report(plant.do("planner"), requirement_id=short.pk)
    merging.merge(plant.do("planner"), work_order_id=order.pk, into_id=into.pk)
    held = {row.item.code: (row.quantity, row.holder_id) for row in Reservation.objects.select_related("item")}
    assert held["BOLT"] == (100, into.requirements.get(item__code="BOLT").pk)
    assert held["PLATE"][0] == 30
    assert CaseLine.objects.get().requirement.work_order == into


def test_only_what_is_alike_and_untouched_is_merged(plant: SmallPlant) -> None:
    into, order = plant.released(5, code="INTO"), plant.released(5, code="ORDER")
    firm = plant.work_order(5, code="FIRM")
    for wrong in (firm, order):
        with pytest.raises(NotAlike):
            merging.merge(plant.do("planner"), work_order_id=order.pk, into_id=wrong.pk)
    line = PickLine.objects.get(requirement__work_order=into, item__code="PLATE")
    picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(1))
    with override("en"), pytest.raises(NotAlike, match="issued"):
        merging.merge(plant.do("planner"), work_order_id=order.pk, into_id=into.pk)
    assert not alike(order).exists()
    assert not alike(into).exists()
    production.cancel(plant.do("planner"), work_order_id=firm.pk)
    with pytest.raises(NotNow):
        merging.merge(plant.do("planner"), work_order_id=firm.pk, into_id=order.pk)


@pytest.mark.django_db(transaction=True)
def test_it_is_merged_while_material_is_issued() -> None:
    plant = build()
    into, order = plant.released(5, code="INTO"), plant.released(5, code="ORDER")
    line = PickLine.objects.get(requirement__work_order=order, item__code="PLATE")
    _, second = overlap(
        lambda: picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(1)),
        lambda: merging.merge(plant.do("planner"), work_order_id=order.pk, into_id=into.pk),
    )
    assert isinstance(second, NotAlike), second
    overlap(
        lambda: merging.merge(
            plant.do("planner"), work_order_id=plant.released(1, code="A").pk, into_id=plant.released(1, code="B").pk
        ),
        lambda: picking.make_list(plant.do("planner"), work_order_id=WorkOrder.objects.get(code="INTO").pk),
    )
    assert ledger.verify() == []


# Closing


def picked(plant: SmallPlant, order: WorkOrder) -> None:
    for line in PickLine.objects.filter(requirement__work_order=order, status="open"):
        picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=line.open_quantity)


def test_closing_keeps_what_was_made_and_used_against_what_was_planned(plant: SmallPlant) -> None:
    order = plant.released(10)
    picked(plant, order)
    report(plant, order, 6, scrapped=1)
    production.finish(plant.do("planner"), work_order_id=order.pk, reason="enough")
    bolts = PickLine.objects.get(item__code="BOLT", requirement__work_order=order)
    picking.return_to_stock(plant.do("line_leader"), work_order_id=order.pk, quantities={bolts.pk: Decimal(8)})
    order.refresh_from_db()
    shown, lines = variance.closing_of(order)
    assert not Closing.objects.exists()
    production.close(plant.do("planner"), work_order_id=order.pk)

    kept = Closing.objects.get(work_order=order)
    assert (kept.planned, kept.good, kept.scrapped, kept.yield_percent) == (10, 6, 1, Decimal("85.714"))
    assert kept.variance_value == shown.variance_value == Decimal("4.25")  # at half a yuan each
    said = {line.item.code: (line.required, line.issued, line.returned, line.over) for line in kept.lines.all()}
    assert said == {
        "BOLT": (28, 40, 8, 4),
        "PLATE": (7, 10, 0, 3),
        "PAINT": (Decimal("3.5"), 5, 0, Decimal("1.5")),
    }
    assert said == {line.item.code: (line.required, line.issued, line.returned, line.over) for line in lines}
    plant.items["BOLT"].unit_cost = Decimal(99)
    plant.items["BOLT"].save()
    assert kept.lines.get(item__code="BOLT").value == 2  # as it was then


def test_what_takes_exactly_what_it_should_has_no_variance(plant: SmallPlant) -> None:
    order = plant.released(10)
    picked(plant, order)
    report(plant, order, 10)
    production.close(plant.do("planner"), work_order_id=order.pk)
    kept = Closing.objects.get()
    assert (kept.variance_value, kept.yield_percent) == (0, 100)
    assert not any(line.over for line in kept.lines.all())


def test_parts_go_to_stock_while_it_runs_under_lots_of_their_own(plant: SmallPlant) -> None:
    order = plant.released(10)
    for lot in ("L-1", "L-2"):
        production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(4), lot_code=lot)
    order.refresh_from_db()
    rows = Balance.objects.filter(item=plant.items["FRAME"]).values_list("lot__code", "on_hand")
    assert (order.status, sorted(rows)) == ("started", [("L-1", 4), ("L-2", 4)])

"""Changing a work order: what is shown before is what happens, and what cannot be is refused with its reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.catalog.models import Bom, BomLine
from qitao.kernel.refusal import NotNow, Refusal
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import order_trials, queries
from qitao.planning.answer import Planned
from qitao.planning.models import KitDate
from qitao.production import actions as production
from qitao.production import changing
from qitao.production.changing import Wanted
from qitao.production.models import WorkOrder
from qitao.production.refusals import (
    ChangedMeanwhile,
    IssuedBeyond,
    MadeAlready,
    NothingChanges,
    OtherItemsBom,
    SubstituteChosen,
)
from qitao.stock import queries as ledger
from qitao.stock.models import Reservation
from tests import small_plant
from tests.invariants.overlap import overlap
from tests.small_plant import MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


def build() -> SmallPlant:
    plant = small_plant.build()
    for item, place in (("BOLT", "A-01"), ("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 100)
    return plant


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def wanted(order: WorkOrder, **facts: object) -> Wanted:
    now = {"quantity": order.quantity, "start_on": order.start_on, "due_on": order.due_on, "bom_id": order.bom_id}
    return Wanted(**{**now, **facts})  # type: ignore[arg-type]


def change(plant: SmallPlant, order: WorkOrder, *, shown: str = "", **facts: object) -> None:
    to = wanted(order, **facts)
    changing.change_order(
        plant.do("planner"),
        work_order_id=order.pk,
        quantity=to.quantity,
        start_on=to.start_on,
        due_on=to.due_on,
        bom_id=to.bom_id,
        shown=shown,
    )
    order.refresh_from_db()


def needs(order: WorkOrder) -> dict[str, Decimal]:
    return {line.item.code: line.quantity for line in order.requirements.select_related("item")}


def listed(order: WorkOrder) -> dict[str, Decimal]:
    lines = PickLine.objects.filter(requirement__work_order=order, status="open").select_related("item")
    return {line.item.code: line.open_quantity for line in lines}


def dates(kit: KitDate | None) -> tuple[object, ...]:
    assert kit is not None
    return kit.state, kit.kit_on, kit.done_on


def dates_in(planned: Planned, order: WorkOrder) -> tuple[object, ...]:
    row, kits = planned.shot.orders[order.pk], planned.kits
    days = (planned.date_of(int(kits.kit_day[row])), planned.date_of(int(kits.finish_day[row])))
    return (kits.state(row).word, *days)


def version(plant: SmallPlant, **lines: str) -> Bom:
    bom = Bom.objects.create(item=plant.items["FRAME"], version="2")
    for place, (code, quantity) in enumerate(lines.items(), start=1):
        item = plant.items[code.replace("_", "-")]
        BomLine.objects.create(bom=bom, position=place, component=item, quantity=Decimal(quantity))
    return bom


def test_more_is_needed_and_listed(plant: SmallPlant) -> None:
    order = plant.released(10)
    change(plant, order, quantity=Decimal(12))
    assert needs(order) == {"BOLT": 48, "PLATE": 12, "PAINT": 6}
    assert listed(order) == needs(order)
    assert ledger.verify() == []


def test_less_is_needed_and_what_is_beyond_goes_to_who_waits(plant: SmallPlant) -> None:
    order, waiting = plant.released(20, code="FIRST"), plant.released(10, code="WAITING")
    assert listed(waiting)["BOLT"] == 20
    change(plant, order, quantity=Decimal(15))
    assert (listed(order)["BOLT"], listed(waiting)["BOLT"]) == (60, 40)
    assert ledger.verify() == []


def test_what_a_firm_order_has_reserved_beyond_its_need_is_given_back(plant: SmallPlant) -> None:
    order = plant.work_order(10)
    production.reserve_material(plant.do("planner"), work_order_id=order.pk)
    change(plant, order, quantity=Decimal(4))
    assert {row.item.code: row.quantity for row in Reservation.objects.all()} == {"BOLT": 16, "PLATE": 4, "PAINT": 2}


def test_less_than_was_made_or_issued_is_refused(plant: SmallPlant) -> None:
    order = plant.released(10)
    bolts = PickLine.objects.get(item__code="BOLT", status="open")
    picking.confirm(plant.do("picker"), pick_line_id=bolts.pk, quantity=Decimal(30))
    with pytest.raises(IssuedBeyond, match="30"):
        change(plant, order, quantity=Decimal(7))
    change(plant, order, quantity=Decimal(8))
    production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(5))
    with pytest.raises(MadeAlready):
        change(plant, order, quantity=Decimal(5))
    assert needs(order)["BOLT"] == 32


def test_of_a_substitute_as_much_less_is_needed(plant: SmallPlant) -> None:
    plant.put("BOLT-ZN", "A-01", 100)
    order = plant.released(10)
    line = order.requirements.get(item__code="BOLT")
    picking.confirm(plant.do("picker"), pick_line_id=line.pick_lines.get().pk, quantity=Decimal(10))
    substitute = plant.items["BOLT-ZN"].pk
    production.substitute(plant.do("planner"), requirement_id=line.pk, substitute_id=substitute)
    change(plant, order, quantity=Decimal(5))
    assert needs(order) == {"BOLT": 10, "BOLT-ZN": 10, "PLATE": 5, "PAINT": Decimal("2.5")}
    with pytest.raises(IssuedBeyond):
        change(plant, order, quantity=Decimal(2))
    with pytest.raises(SubstituteChosen):
        change(plant, order, bom_id=version(plant, BOLT="2").pk)


def test_another_version_adds_drops_and_changes_lines(plant: SmallPlant) -> None:
    order = plant.released(10)
    change(plant, order, bom_id=version(plant, BOLT="6", PLATE="1", BOLT_ZN="1").pk)
    assert {code: each for code, each in needs(order).items() if each} == {"BOLT": 60, "PLATE": 10, "BOLT-ZN": 10}
    assert listed(order) == {"BOLT": 60, "PLATE": 10}
    assert order.bom.version == "2"  # type: ignore[union-attr]
    assert ledger.verify() == []


def test_what_was_issued_keeps_another_version_from_dropping_it(plant: SmallPlant) -> None:
    order = plant.released(10)
    paint = PickLine.objects.get(item__code="PAINT", status="open")
    picking.confirm(plant.do("picker"), pick_line_id=paint.pk, quantity=Decimal(1))
    with pytest.raises(IssuedBeyond, match="PAINT"):
        change(plant, order, bom_id=version(plant, BOLT="4", PLATE="1").pk)


def test_a_firm_order_follows_its_bom_to_another_day_and_a_begun_one_keeps_what_it_has(plant: SmallPlant) -> None:
    firm, begun = plant.work_order(10, code="FIRM"), plant.released(1, code="BEGUN")
    BomLine.objects.filter(component=plant.items["PAINT"]).update(valid_to=date(2026, 1, 9))
    for order in (firm, begun):
        change(plant, order, start_on=date(2026, 1, 12), due_on=date(2026, 1, 15))
    assert "PAINT" not in needs(firm)
    assert "PAINT" in needs(begun)


def test_senseless_changes_are_refused(plant: SmallPlant) -> None:
    order = plant.work_order(10)
    other = Bom.objects.create(item=plant.items["PLATE"])
    for refusal, facts in (
        (NothingChanges, {}),
        (Refusal, {"quantity": Decimal(0)}),
        (Refusal, {"due_on": date(2026, 1, 1)}),
        (OtherItemsBom, {"bom_id": other.pk}),
    ):
        with pytest.raises(refusal):
            change(plant, order, **facts)
    production.cancel(plant.do("planner"), work_order_id=order.pk)
    with pytest.raises(NotNow):
        change(plant, order, quantity=Decimal(3))


# What is shown before is what happens


@pytest.mark.parametrize(
    "facts",
    [
        {"quantity": Decimal(15)},
        {"quantity": Decimal(3)},
        {"start_on": date(2026, 1, 12), "due_on": date(2026, 1, 15)},
        {"version": {"BOLT": "6", "BOLT_ZN": "1"}},
        {"quantity": Decimal(30), "version": {"BOLT": "1", "PLATE": "2"}},
    ],
    ids=["more", "less", "later", "another version", "both"],
)
def test_what_is_shown_is_what_is_done(plant: SmallPlant, facts: dict[str, object]) -> None:
    plant.purchase("BOLT", 60, promised=9)
    order = plant.released(10, code="CHANGED")
    plant.released(12, code="NEXT", start=6, due=9)
    plant.sale(22, due=12, penalty=100)
    facts = dict(facts)
    if lines := facts.pop("version", None):
        facts["bom_id"] = version(plant, **lines).pk  # type: ignore[arg-type]
    had_needs, had_lists, had_plan = needs(order), listed(order), queries.planned(MONDAY)
    trial = order_trials.try_change(plant.do("planner"), work_order_id=order.pk, wanted=wanted(order, **facts))
    order.refresh_from_db()
    assert (needs(order), listed(order)) == (had_needs, had_lists), "the trial changed something"

    change(plant, order, shown=trial.mark, **facts)
    expected = {**had_needs, **{each.item.code: each.becomes for each in trial.lines}}
    assert {**dict.fromkeys(expected, Decimal(0)), **needs(order)} == expected
    lists = {**had_lists, **{each.item.code: each.listed_becomes for each in trial.claims}}
    assert {**dict.fromkeys(lists, Decimal(0)), **listed(order)} == lists
    now = queries.planned(MONDAY)
    assert dates(trial.kit_before) == dates_in(had_plan, order)
    assert dates(trial.kit_after) == dates_in(now, order)
    late = {each.code: each.after_on for each in (*trial.worse, *trial.better)}
    for pk, row in now.shot.orders.items():
        code = now.shot.plant.orders.code[row]
        if code in late:
            assert now.date_of(int(now.kits.finish_day[row])) == late[code], pk


def test_a_larger_order_shows_whom_it_makes_late_and_which_purchase_it_takes(plant: SmallPlant) -> None:
    plant.purchase("BOLT", 60, promised=9)
    order = plant.released(10, code="CHANGED")
    plant.work_order(15, code="NEXT", start=5, due=8)
    trial = order_trials.try_change(
        plant.do("planner"), work_order_id=order.pk, wanted=wanted(order, quantity=Decimal(30))
    )
    assert [effect.code for effect in trial.worse] == ["NEXT"]
    assert [(each.code, each.item.code, each.was, each.becomes) for each in trial.supplies] == [
        ("PO-1-10", "BOLT", 0, 20)
    ]
    assert trial.kit_before is not None
    assert trial.kit_before.kit_on == MONDAY
    assert trial.kit_after is not None
    assert trial.kit_after.kit_on == date(2026, 1, 9)


def test_what_is_no_longer_as_it_was_shown_is_not_done(plant: SmallPlant) -> None:
    order = plant.released(10)
    trial = order_trials.try_change(
        plant.do("planner"), work_order_id=order.pk, wanted=wanted(order, quantity=Decimal(15))
    )
    production.report_output(plant.do("line_leader"), work_order_id=order.pk, quantity=Decimal(2))
    with pytest.raises(ChangedMeanwhile):
        change(plant, order, quantity=Decimal(15), shown=trial.mark)


@pytest.mark.django_db(transaction=True)
def test_it_is_changed_while_material_is_issued() -> None:
    plant = build()
    order = plant.released(10)
    bolts = PickLine.objects.get(item__code="BOLT", status="open")
    to = wanted(order, quantity=Decimal(5))
    _, second = overlap(
        lambda: picking.confirm(plant.do("picker"), pick_line_id=bolts.pk, quantity=Decimal(30)),
        lambda: changing.change_order(
            plant.do("planner"),
            work_order_id=order.pk,
            quantity=to.quantity,
            start_on=to.start_on,
            due_on=to.due_on,
            bom_id=to.bom_id,
        ),
    )
    assert isinstance(second, IssuedBeyond), second

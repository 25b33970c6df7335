"""Bills of material and substitutes kept by hand, and what a change means for the floor."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.catalog import engineering
from qitao.catalog.engineering import LineFacts, OwnSubstitute
from qitao.catalog.explosion import Recipes
from qitao.catalog.models import Bom, BomLine, Item, Kind, Substitute, Unit
from qitao.catalog.queries import bom_of, needs
from qitao.catalog.refusals import (
    BomCycle,
    DuplicateComponent,
    EmptyBom,
    EndsBeforeItStarts,
    NothingToMakeOf,
    PositionTaken,
    Retired,
)
from qitao.journal.models import Fact
from qitao.journal.records import CodeTaken
from qitao.kernel.refusal import NotAllowed
from qitao.production import actions as production
from qitao.production import engineering as changes
from qitao.production.engineering import NotToBeDerived
from qitao.production.models import WorkOrder
from qitao.stock.models import Reservation
from tests.small_plant import MONDAY, SmallPlant, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def frame_bom(plant: SmallPlant) -> Bom:
    return Bom.objects.get(item=plant.items["FRAME"])


def line(plant: SmallPlant, position: int, code: str, quantity: str, **facts: object) -> LineFacts:
    return LineFacts(position, plant.items[code].pk, Decimal(quantity), **facts)  # type: ignore[arg-type]


def frame(plant: SmallPlant, bolts: str = "4") -> list[LineFacts]:
    return [line(plant, 1, "BOLT", bolts), line(plant, 2, "PLATE", "1"), line(plant, 3, "PAINT", "0.5")]


def sub_assembly(plant: SmallPlant, code: str, component: str, kind: str = Kind.MAKE) -> Item:
    item = Item.objects.create(code=code, name=code, unit=Unit.objects.get(code="pcs"), kind=kind)
    plant.items[code] = item
    BomLine.objects.create(
        bom=Bom.objects.create(item=item), position=1, component=plant.items[component], quantity=Decimal(2)
    )
    return item


# Lines


def test_lines_are_added_changed_and_removed_in_one_go(plant: SmallPlant) -> None:
    bom = frame_bom(plant)
    wanted = [line(plant, 1, "BOLT", "6"), line(plant, 2, "PLATE", "1"), line(plant, 9, "BOLT-ZN", "2")]
    engineering.write_lines(plant.do("planner"), bom_id=bom.pk, lines=wanted)
    kept = [(row.position, row.component.code, row.quantity) for row in bom.lines.all()]
    assert kept == [(1, "BOLT", 6), (2, "PLATE", 1), (9, "BOLT-ZN", 2)]
    told = Fact.objects.get(kind="catalog.bom_lines_changed").data["lines"]
    assert [each["line"] for each in told] == [1, 3, 9]
    assert told[0] == {"line": 1, "was": ["BOLT", "4"], "is": ["BOLT", "6"], "of": ["quantity"]}


def test_a_cycle_is_named_part_by_part(plant: SmallPlant) -> None:
    sub_assembly(plant, "RACK", "FRAME")
    sub_assembly(plant, "LINE", "RACK")
    lines = [*frame(plant), line(plant, 4, "LINE", "1")]
    with pytest.raises(BomCycle) as refused:
        engineering.write_lines(plant.do("planner"), bom_id=frame_bom(plant).pk, lines=lines)
    assert "FRAME → LINE → RACK → FRAME" in str(refused.value)
    assert frame_bom(plant).lines.count() == 3


@pytest.mark.parametrize(
    ("second", "refusal"),
    [
        ({}, DuplicateComponent),
        ({"designators": "R1"}, DuplicateComponent),
        ({"designators": "R2, R1"}, DuplicateComponent),
        ({"designators": "R2"}, None),
        ({"operation": "20"}, None),
        ({"valid_from": date(2026, 6, 1)}, DuplicateComponent),
    ],
)
def test_one_component_twice_needs_positions_of_its_own(
    plant: SmallPlant, second: dict[str, object], refusal: type[Exception] | None
) -> None:
    lines = [line(plant, 1, "BOLT", "1", designators="R1"), line(plant, 2, "BOLT", "1", **second)]
    bom = frame_bom(plant)
    if refusal is None:
        engineering.write_lines(plant.do("planner"), bom_id=bom.pk, lines=lines)
        assert bom.lines.count() == 2
    else:
        with pytest.raises(refusal):
            engineering.write_lines(plant.do("planner"), bom_id=bom.pk, lines=lines)


def test_lines_that_no_bom_may_have(plant: SmallPlant) -> None:
    bom = frame_bom(plant)
    Item.objects.filter(code="BOLT-ZN").update(is_active=False)
    wrong = {
        EmptyBom: [],
        PositionTaken: [line(plant, 1, "BOLT", "1"), line(plant, 1, "PLATE", "1")],
        Retired: [line(plant, 1, "BOLT-ZN", "1")],
        EndsBeforeItStarts: [line(plant, 1, "BOLT", "1", valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1))],
    }
    for refusal, lines in wrong.items():
        with pytest.raises(refusal):
            engineering.write_lines(plant.do("planner"), bom_id=bom.pk, lines=lines)


# Versions


def test_a_new_version_copies_another_and_counts_from_its_first_day(plant: SmallPlant) -> None:
    item, old = plant.items["FRAME"], frame_bom(plant)
    reply = engineering.create_bom(
        plant.do("planner"), item_id=item.pk, version="2", valid_from=date(2026, 3, 1), copy_of=old.pk
    )
    new = Bom.objects.get(pk=reply["bom"])
    assert new.lines.count() == 3
    assert bom_of(item, date(2026, 2, 28)) == old
    assert bom_of(item, date(2026, 3, 1)) == new, "the version that starts last, though the other has no first day"
    with pytest.raises(CodeTaken):
        engineering.create_bom(plant.do("planner"), item_id=item.pk, version="2")


def test_a_bought_item_has_no_bom(plant: SmallPlant) -> None:
    with pytest.raises(NothingToMakeOf):
        engineering.create_bom(plant.do("planner"), item_id=plant.items["BOLT"].pk, version="1")


def test_many_boms_at_once_explode_like_one(plant: SmallPlant) -> None:
    kit = sub_assembly(plant, "KIT", "BOLT", Kind.PHANTOM)
    bom = frame_bom(plant)
    BomLine.objects.create(bom=bom, position=5, component=kit, quantity=Decimal(3), scrap_percent=Decimal(10))
    BomLine.objects.create(bom=bom, position=6, component=plant.items["PLATE"], quantity=1, is_optional=True)
    recipes = Recipes([bom.item_id])
    assert recipes.bom_of(bom.item_id, MONDAY) == bom
    assert list(recipes.needs(bom, MONDAY)) == needs(bom, MONDAY)
    tree = Recipes([bom.item_id], whole_tree=True).tree(bom, MONDAY)
    assert [(each.depth, each.line.component.code, each.per_top) for each in tree] == [
        (0, "BOLT", 4),
        (0, "PLATE", 1),
        (0, "PAINT", Decimal("0.5")),
        (0, "KIT", 3),
        (1, "BOLT", Decimal("6.6")),
        (0, "PLATE", 1),
    ]


# Engineering change


def test_a_change_shows_the_open_work_orders_it_touches_and_changes_nothing_by_itself(plant: SmallPlant) -> None:
    firm, released = plant.work_order(10, code="WO-F"), plant.released(5, code="WO-R")
    bom, command = frame_bom(plant), plant.do("planner")
    touched = changes.try_change(
        lambda: engineering.write_lines(command, bom_id=bom.pk, lines=frame(plant, "6")), bom.item
    )
    assert [(each.work_order, each.may_be_derived) for each in touched] == [(firm, True), (released, False)]
    assert [(each.item.code, each.was, each.becomes) for each in touched[0].differences] == [("BOLT", 40, 60)]
    assert bom.lines.get(position=1).quantity == 4
    assert not Fact.objects.filter(kind="catalog.bom_lines_changed").exists()


def test_firm_work_orders_follow_where_asked_released_ones_never(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    firm, other = plant.work_order(10, code="WO-F"), plant.work_order(10, code="WO-O")
    production.reserve_material(plant.do("planner"), work_order_id=firm.pk)
    changes.change_lines(plant.do("planner"), bom_id=frame_bom(plant).pk, lines=frame(plant, "6")[:2], derive=[firm.pk])
    assert [(row.item.code, row.quantity) for row in firm.requirements.all()] == [("BOLT", 60), ("PLATE", 10)]
    assert other.requirements.get(item__code="BOLT").quantity == 40
    assert not Reservation.objects.filter(item=plant.items["BOLT"]).exists()
    released = plant.released(5, code="WO-R")
    with pytest.raises(NotToBeDerived):
        changes.change_lines(
            plant.do("planner"), bom_id=frame_bom(plant).pk, lines=frame(plant, "7"), derive=[released.pk]
        )
    assert frame_bom(plant).lines.get(position=1).quantity == 6, "all or nothing"


def test_a_phantom_reaches_the_work_orders_of_what_takes_it(plant: SmallPlant) -> None:
    kit = sub_assembly(plant, "KIT", "BOLT", Kind.PHANTOM)
    BomLine.objects.create(bom=frame_bom(plant), position=5, component=kit, quantity=Decimal(1))
    order = plant.work_order(10)
    bom, command = Bom.objects.get(item=kit), plant.do("planner")
    touched = changes.try_change(
        lambda: engineering.write_lines(command, bom_id=bom.pk, lines=[line(plant, 1, "BOLT-ZN", "2")]), kit
    )
    assert [each.work_order for each in touched] == [order]


def test_new_days_of_validity_move_work_orders_to_another_version(plant: SmallPlant) -> None:
    item, old = plant.items["FRAME"], frame_bom(plant)
    order = plant.work_order(10, start=20, due=25)
    reply = engineering.create_bom(plant.do("planner"), item_id=item.pk, version="2", valid_from=date(2026, 2, 1))
    engineering.write_lines(plant.do("planner"), bom_id=reply["bom"], lines=frame(plant, "8"))
    changes.change_validity(
        plant.do("planner"), bom_id=reply["bom"], values={"valid_from": date(2026, 1, 15)}, derive=[order.pk]
    )
    order = WorkOrder.objects.get(pk=order.pk)
    assert order.bom_id == reply["bom"] != old.pk
    assert order.requirements.get(item__code="BOLT").quantity == 80


# Substitutes


def test_a_new_substitute_waits_for_its_approval(plant: SmallPlant) -> None:
    plate, bolt = plant.items["PLATE"], plant.items["BOLT"]
    facts = {"component_id": plate.pk, "substitute_id": bolt.pk, "parent_id": plant.items["FRAME"].pk}
    reply = engineering.keep_substitute(plant.do("planner"), **facts, values={"ratio": Decimal("1.5")})
    row = Substitute.objects.get(pk=reply["substitute"])
    assert (row.is_approved, row.ratio) == (False, Decimal("1.5"))
    engineering.approve_substitute(plant.do("planner"), row_id=row.pk)
    engineering.withdraw_substitute(plant.do("planner"), row_id=row.pk)
    told = Fact.objects.filter(kind__startswith="catalog.substitute").order_by("pk")
    kinds = list(told.values_list("kind", flat=True))
    assert kinds == ["catalog.substitute_kept", "catalog.substitute_approved", "catalog.substitute_withdrawn"]
    with pytest.raises(CodeTaken):
        engineering.keep_substitute(plant.do("planner"), **facts, values={"ratio": Decimal(1)})


def test_nothing_stands_in_for_itself(plant: SmallPlant) -> None:
    bolt = plant.items["BOLT"]
    with pytest.raises(OwnSubstitute):
        engineering.keep_substitute(
            plant.do("planner"), component_id=bolt.pk, substitute_id=bolt.pk, parent_id=None, values={}
        )


def test_a_storekeeper_does_not_change_boms(plant: SmallPlant) -> None:
    with pytest.raises(NotAllowed):
        changes.change_lines(plant.do("picker"), bom_id=frame_bom(plant).pk, lines=frame(plant))

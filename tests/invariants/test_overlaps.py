"""Two people at the same thing: whoever waited decides by what is true then, not by what was true when he began."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import F, Sum

from qitao.kernel.refusal import NotNow, Refusal
from qitao.picking import actions as picking
from qitao.picking import waves
from qitao.picking.models import PickLine, PickList, Wave
from qitao.picking.refusals import AlreadyPicked, MoreThanLine, NothingTogether
from qitao.planning import actions as planning
from qitao.planning.models import KitDate, PlanRun
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.purchasing.models import Delivery, PurchaseOrder, PurchaseOrderLine, Requisition
from qitao.shortages import actions as shortages
from qitao.shortages.models import OPEN_STATES, Case
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Count, Reservation, Transfer
from qitao.stock.refusals import NothingToReverse
from tests import small_plant
from tests.invariants.overlap import overlap
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def allocated(item: str) -> Decimal:
    return Balance.objects.filter(item__code=item).aggregate(sum=Sum("allocated"))["sum"] or Decimal(0)


def line_of(item: str, **which: object) -> PickLine:
    return PickLine.objects.get(item__code=item, status="open", **which)


# Picks


def test_two_take_the_last_two_lines_of_a_list(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    plant.put("PLATE", "A-02", 100)
    plant.released(10)
    bolt, plate = line_of("BOLT"), line_of("PLATE")
    _, second = overlap(
        lambda: picking.confirm(plant.do("picker"), pick_line_id=bolt.pk, quantity=bolt.quantity),
        lambda: picking.confirm_lines(plant.do("warehouse_manager"), quantities={plate.pk: plate.quantity}),
    )
    assert isinstance(second, dict), second
    assert PickList.objects.get().status == "done"


def test_a_line_is_taken_by_itself_while_the_document_is_confirmed(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    plant.put("PLATE", "A-02", 100)
    plant.released(10)
    bolt, plate = line_of("BOLT"), line_of("PLATE")
    _, second = overlap(
        lambda: picking.confirm(plant.do("picker"), pick_line_id=bolt.pk, quantity=Decimal(15)),
        lambda: picking.confirm_lines(
            plant.do("warehouse_manager"), quantities={bolt.pk: bolt.quantity, plate.pk: plate.quantity}
        ),
    )
    assert isinstance(second, MoreThanLine), second
    assert Requirement.objects.get(item__code="PLATE").issued == 0
    assert ledger.verify() == []


def test_a_document_is_taken_back_by_two(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    plant.released(10)
    bolt = line_of("BOLT")
    command = plant.do("picker")
    picking.confirm_lines(command, quantities={bolt.pk: bolt.quantity})
    _, second = overlap(
        lambda: picking.undo_lines(plant.do("picker"), taken_by=command.id),
        lambda: picking.undo_lines(plant.do("warehouse_manager"), taken_by=command.id),
    )
    assert isinstance(second, NothingToReverse), second
    assert (allocated("BOLT"), Requirement.objects.get(item__code="BOLT").issued) == (40, 0)


# Work orders


def test_two_planners_split_one_order(plant: SmallPlant) -> None:
    order = plant.work_order(10, code="WO-1")

    def split(keep: int) -> object:
        return production.split(plant.do("planner"), work_order_id=order.pk, quantity=Decimal(keep))

    _, second = overlap(lambda: split(4), lambda: split(3))
    assert isinstance(second, dict), second
    parts = sorted(WorkOrder.objects.values_list("code", "quantity"))
    assert parts == [("WO-1", 3), ("WO-1/2", 6), ("WO-1/3", 1)]
    assert Requirement.objects.filter(item__code="BOLT").aggregate(all=Sum("quantity"))["all"] == 40


def test_a_new_order_while_another_is_served_last(plant: SmallPlant) -> None:
    order = plant.work_order(1, code="WO-1")
    plant.work_order(1, code="WO-2")
    overlap(
        lambda: production.rank_all(plant.do("planner"), work_order_ids=[order.pk]),
        lambda: plant.work_order(1, code="WO-3"),
    )
    served = list(WorkOrder.objects.order_by("rank").values_list("code", "rank"))
    assert [code for code, _ in served] == ["WO-2", "WO-1", "WO-3"]
    assert len({rank for _, rank in served}) == 3


def test_a_list_is_asked_for_while_its_order_is_cancelled(plant: SmallPlant) -> None:
    order = plant.released(10)
    plant.put("BOLT", "A-01", 40)
    _, second = overlap(
        lambda: production.cancel(plant.do("planner"), work_order_id=order.pk),
        lambda: picking.make_list(plant.do("line_leader"), work_order_id=order.pk),
    )
    assert isinstance(second, Refusal), second
    assert allocated("BOLT") == 0


def test_a_bin_is_chosen_while_the_order_is_cancelled(plant: SmallPlant) -> None:
    order = plant.released(10)
    balance = plant.put("BOLT", "A-01", 40)
    requirement = order.requirements.get(item__code="BOLT")
    _, second = overlap(
        lambda: production.cancel(plant.do("planner"), work_order_id=order.pk),
        lambda: picking.take_from(
            plant.do("picker"), requirement_id=requirement.pk, balance_id=balance.pk, quantity=Decimal(4)
        ),
    )
    assert isinstance(second, Refusal), second
    assert allocated("BOLT") == 0


def test_something_is_handed_to_an_order_that_is_being_cancelled(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    giver, taker = plant.released(10, code="GIVER"), plant.released(5, code="TAKER")
    _, second = overlap(
        lambda: production.cancel(plant.do("planner"), work_order_id=taker.pk),
        lambda: picking.hand_over(
            plant.do("planner"),
            from_requirement_id=giver.requirements.get(item__code="BOLT").pk,
            to_requirement_id=taker.requirements.get(item__code="BOLT").pk,
            quantity=Decimal(20),
        ),
    )
    assert isinstance(second, Refusal), second
    assert (allocated("BOLT"), line_of("BOLT").open_quantity) == (40, 40)
    assert not Reservation.objects.exists()


def test_material_is_reserved_for_an_order_that_is_being_cancelled(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    order = plant.work_order(10)
    _, second = overlap(
        lambda: production.cancel(plant.do("planner"), work_order_id=order.pk),
        lambda: production.reserve_material(plant.do("planner"), work_order_id=order.pk),
    )
    assert isinstance(second, NotNow), second
    assert not Reservation.objects.exists()


def test_a_reservation_is_given_back_twice(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    production.reserve_material(plant.do("planner"), work_order_id=plant.work_order(10).pk)
    held = Reservation.objects.get()

    def give_back() -> object:
        return stock.release_reservation(plant.do("planner"), reservation_id=held.pk)

    first, second = overlap(give_back, give_back)
    assert first == {"released": "40.000000"}
    assert isinstance(second, Refusal), second


# Pick lists


def test_two_fill_the_same_list(plant: SmallPlant) -> None:
    order = plant.released(10)
    plant.put("BOLT", "A-01", 80)

    def fill() -> object:
        return picking.make_list(plant.do("line_leader"), work_order_id=order.pk)

    first, second = overlap(fill, fill)
    assert first == second
    assert (allocated("BOLT"), line_of("BOLT").quantity) == (40, 40)


def test_two_pickers_take_the_last_two_lines(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("PLATE", "A-02", 10)
    plant.released(10)
    bolts, plates = line_of("BOLT"), line_of("PLATE")
    picking.confirm(plant.do("picker"), pick_line_id=bolts.pk, quantity=Decimal(39))
    _, second = overlap(
        lambda: picking.confirm(plant.do("picker"), pick_line_id=bolts.pk, quantity=Decimal(1)),
        lambda: picking.confirm(plant.do("picker"), pick_line_id=plates.pk, quantity=Decimal(10)),
    )
    assert isinstance(second, dict), second
    assert PickList.objects.get().status == "done"


def test_a_list_is_filled_up_while_its_last_line_is_picked(plant: SmallPlant) -> None:
    plant.put("PLATE", "A-02", 10)
    plant.released(10)
    plates, delivery = line_of("PLATE"), plant.purchase("BOLT", 40, promised=6)
    _, second = overlap(
        lambda: purchasing.receive(
            plant.do("picker"),
            order_id=delivery.line.order_id,
            lines=[{"delivery_id": delivery.pk, "quantity": Decimal(40)}],
        ),
        lambda: picking.confirm(plant.do("picker"), pick_line_id=plates.pk, quantity=Decimal(10)),
    )
    assert isinstance(second, dict), second
    assert line_of("BOLT").pick_list.status in ("open", "in_progress")


def test_the_last_line_is_picked_while_its_list_is_filled_up(plant: SmallPlant) -> None:
    plant.put("PLATE", "A-02", 10)
    plant.released(10)
    plates, delivery = line_of("PLATE"), plant.purchase("BOLT", 40, promised=6)
    _, second = overlap(
        lambda: picking.confirm(plant.do("picker"), pick_line_id=plates.pk, quantity=Decimal(10)),
        lambda: purchasing.receive(
            plant.do("picker"),
            order_id=delivery.line.order_id,
            lines=[{"delivery_id": delivery.pk, "quantity": Decimal(40)}],
        ),
    )
    assert isinstance(second, dict), second
    assert line_of("BOLT").pick_list.status in ("open", "in_progress")


def test_two_pickers_come_up_short_for_one_order(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("PLATE", "A-02", 10)
    plant.released(10)
    picking.confirm(plant.do("picker"), pick_line_id=line_of("BOLT").pk, quantity=Decimal(1))

    def short(item: str) -> object:
        line = line_of(item)
        return lambda: picking.report_short(plant.do("picker"), pick_line_id=line.pk, found=Decimal(0), reason="empty")

    _, second = overlap(short("BOLT"), short("PLATE"))  # type: ignore[arg-type]
    assert isinstance(second, dict), second
    assert set(Case.objects.values_list("item__code", flat=True)) == {"BOLT", "PLATE"}
    assert WorkOrder.objects.get().status == "paused"


def test_a_short_pick_joins_a_case_that_is_being_closed(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.put("BOLT", "A-02", 40, lot="B")
    plant.released(10, code="WO-1")
    plant.released(10, code="WO-2")
    first_line, second_line = PickLine.objects.filter(item__code="BOLT").order_by("pk")
    picking.report_short(plant.do("picker"), pick_line_id=first_line.pk, found=Decimal(0), reason="empty")
    case = Case.objects.get()
    _, second = overlap(
        lambda: shortages.close(plant.do("planner"), case_id=case.pk, cause="record"),
        lambda: picking.report_short(plant.do("picker"), pick_line_id=second_line.pk, found=Decimal(0), reason="empty"),
    )
    assert isinstance(second, dict), second
    found = Case.objects.get(status__in=OPEN_STATES)
    assert [line.requirement.work_order.code for line in found.lines.all()] == ["WO-2"]


# Transfers, receipts and counts


def test_two_take_in_the_last_two_deliveries_of_an_order(plant: SmallPlant) -> None:
    bolts = plant.purchase("BOLT", 40, promised=6)
    line = PurchaseOrderLine.objects.create(order=bolts.line.order, line="20", item=plant.items["PLATE"], price=1)
    plates = Delivery.objects.create(line=line, quantity=10, promised_on=MONDAY)

    def take_in(delivery: Delivery) -> object:
        lines = [{"delivery_id": delivery.pk, "quantity": delivery.quantity}]
        return purchasing.receive(plant.do("picker"), order_id=bolts.line.order_id, lines=lines)

    _, second = overlap(lambda: take_in(bolts), lambda: take_in(plates))
    assert isinstance(second, dict), second
    assert PurchaseOrder.objects.get().status == "closed"


def planned_transfer(plant: SmallPlant, quantity: int) -> Transfer:
    reply = stock.plan_transfer(
        plant.do("warehouse_manager"),
        item_id=plant.items["BOLT"].pk,
        from_warehouse_id=plant.home.pk,
        to_warehouse_id=plant.second.pk,
        quantity=Decimal(quantity),
        due_on=MONDAY,
    )
    return Transfer.objects.get(pk=reply["transfer"])


def counted(plant: SmallPlant, item: str, figure: int) -> Count:
    reply = stock.order_count(plant.do("picker"), item_id=plant.items[item].pk, warehouse_id=plant.home.pk)
    count = Count.objects.get(pk=reply["count"])
    figures = {line.pk: Decimal(figure) for line in count.lines.all()}
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures=figures)
    return count


@pytest.mark.parametrize("verb", ["ship", "cancel"])
def test_a_transfer_leaves_or_ends_while_a_count_cuts_it(plant: SmallPlant, verb: str) -> None:
    plant.put("BOLT", "A-01", 80)
    kept, cut = planned_transfer(plant, 40), planned_transfer(plant, 40)
    count = counted(plant, "BOLT", 60)
    does = {"ship": stock.ship_transfer, "cancel": stock.cancel_transfer}[verb]
    _, second = overlap(
        lambda: stock.post_count(plant.do("warehouse_manager"), count_id=count.pk),
        lambda: does(plant.do("warehouse_manager"), transfer_id=cut.pk),
    )
    assert isinstance(second, dict), second
    assert (kept.lines.get().quantity, cut.lines.get().quantity) == (40, 20)
    assert allocated("BOLT") == 40
    on_the_road = Balance.objects.filter(location__kind="transit").aggregate(sum=Sum("on_hand"))["sum"]
    assert on_the_road == (20 if verb == "ship" else None)
    assert ledger.verify() == []


def test_two_ask_for_the_same_count(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)

    def ask() -> object:
        return stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)

    first, second = overlap(ask, ask)
    assert first == second
    assert Count.objects.count() == 1


def waiting_count(plant: SmallPlant) -> Count:
    """A count of 600 where the record says 1,000, on which two people agreed."""
    plant.put("BOLT", "A-01", 1000)
    count = counted(plant, "BOLT", 600)
    assert stock.post_count(plant.do("picker"), count_id=count.pk)["outcome"] == "recount"
    figures = {line.pk: Decimal(600) for line in count.lines.all()}
    stock.enter_count(plant.do("warehouse_manager"), count_id=count.pk, figures=figures)
    assert stock.post_count(plant.do("picker"), count_id=count.pk)["outcome"] == "waiting"
    return count


def second_manager(plant: SmallPlant, name: str) -> None:
    plant.people[name] = type(plant.people["picker"]).objects.create(
        username=name, name=name, roles=["warehouse_manager"], password="!", created_at=EIGHT
    )


def test_two_approve_the_same_count(plant: SmallPlant) -> None:
    count = waiting_count(plant)
    for name in ("boss", "deputy"):
        second_manager(plant, name)
    first, second = overlap(
        lambda: stock.approve_count(plant.do("boss"), count_id=count.pk, why="agreed"),
        lambda: stock.approve_count(plant.do("deputy"), count_id=count.pk, why="unknown"),
    )
    assert isinstance(first, dict), first
    assert isinstance(second, NotNow), second
    assert plant.on_hand("BOLT", "A-01") == 600
    assert Count.objects.get().why == "agreed"


def test_a_count_is_approved_while_stock_leaves_the_bin(plant: SmallPlant) -> None:
    count = waiting_count(plant)
    second_manager(plant, "boss")
    balance, to = Balance.objects.get(item__code="BOLT"), plant.bins["A-02"].pk
    _, second = overlap(
        lambda: stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=to, quantity=Decimal(700)),
        lambda: stock.approve_count(plant.do("boss"), count_id=count.pk, why="agreed"),
    )
    assert isinstance(second, dict), second
    assert second["outcome"] == "recount"  # 400 less than the 300 that are left cannot be
    assert [plant.on_hand("BOLT", place) for place in ("A-01", "A-02")] == [300, 700]
    assert ledger.verify() == []


def test_a_figure_is_entered_while_stock_leaves_the_bin(plant: SmallPlant) -> None:
    balance = plant.put("BOLT", "A-01", 100)
    reply = stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)
    count, to = Count.objects.get(pk=reply["count"]), plant.bins["A-02"].pk
    overlap(
        lambda: stock.move(plant.do("picker"), balance_id=balance.pk, to_location_id=to, quantity=Decimal(30)),
        lambda: stock.enter_count(plant.do("picker"), count_id=count.pk, figures={count.lines.get().pk: Decimal(70)}),
    )
    assert count.lines.get().recorded == 70  # as it was when the figure came in
    stock.post_count(plant.do("picker"), count_id=count.pk)
    assert plant.on_hand("BOLT", "A-01") == 70


def test_something_is_found_in_a_bin_while_its_count_is_handed_in(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    reply = stock.order_bin_count(plant.do("picker"), location_id=plant.bins["A-01"].pk)
    count = Count.objects.get(pk=reply["count"])
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures={count.lines.get().pk: Decimal(100)})
    _, second = overlap(
        lambda: stock.add_count_line(plant.do("picker"), count_id=count.pk, item_id=plant.items["PLATE"].pk),
        lambda: stock.post_count(plant.do("picker"), count_id=count.pk),
    )
    assert isinstance(second, Refusal), second
    count.refresh_from_db()
    assert (count.status, count.lines.filter(counted=None).count()) == ("counted", 1)


def test_two_ask_for_the_same_bin(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)

    def ask() -> object:
        return stock.order_bin_count(plant.do("picker"), location_id=plant.bins["A-01"].pk)

    first, second = overlap(ask, ask)
    assert first == second
    assert Count.objects.count() == 1


# Decisions and plans


def short_case(plant: SmallPlant) -> Case:
    plant.put("PLATE", "A-02", 100)
    plant.put("PAINT", "A-03", 100)
    plant.put("BOLT", "A-01", 40)
    plant.released(10, code="WO-1")
    picking.report_short(plant.do("picker"), pick_line_id=line_of("BOLT").pk, found=Decimal(15), reason="less")
    return Case.objects.get()


def test_two_decide_the_same_case_at_once(plant: SmallPlant) -> None:
    case = short_case(plant)
    requirement = case.lines.get().requirement_id
    key = f"buy:S-01:{plant.items['BOLT'].sources.get().pk}"

    def buy(role: str) -> object:
        return shortages.carry_out(plant.do(role), case_id=case.pk, requirement_id=requirement, key=key, decided=0)

    first, second = overlap(lambda: buy("planner"), lambda: buy("buyer"))
    assert isinstance(first, dict), first
    assert isinstance(second, Refusal), second
    assert Requisition.objects.count() == 1


def test_a_substitute_is_decided_while_the_rest_is_substituted(plant: SmallPlant) -> None:
    case = short_case(plant)
    plant.put("BOLT-ZN", "A-02", 100)
    line = case.lines.get().requirement

    def decide() -> object:
        return shortages.carry_out(
            plant.do("planner"), case_id=case.pk, requirement_id=line.pk, key="substitute:BOLT-ZN"
        )

    _, second = overlap(
        lambda: production.substitute(
            plant.do("planner"), requirement_id=line.pk, substitute_id=plant.items["BOLT-ZN"].pk
        ),
        decide,
    )
    assert isinstance(second, Refusal), second
    assert Requirement.objects.filter(item__code="BOLT-ZN").aggregate(all=Sum("quantity"))["all"] == 25


def test_a_plan_asked_for_and_the_plan_that_runs_by_itself(plant: SmallPlant) -> None:
    plant.work_order(10)
    _, second = overlap(lambda: planning.plan_now(plant.do("planner")), lambda: planning.run(EIGHT))
    assert isinstance(second, PlanRun), second
    assert KitDate.objects.filter(run=F("run")).count() == 1
    assert KitDate.objects.get().run == second


# Walks for several work orders


def on_one_walk(plant: SmallPlant, *sizes: int) -> tuple[Wave, Balance]:
    """Release work orders of these sizes and put them on one walk; return it and the bolts it takes."""
    plant.put("BOLT", "A-01", 60)
    for size in sizes:
        plant.released(size, code=f"WO-{size}")
    lists = list(PickList.objects.values_list("pk", flat=True))
    reply = waves.make(plant.do("warehouse_manager"), pick_list_ids=lists)
    return Wave.objects.get(pk=reply["waves"][0]), Balance.objects.get(item__code="BOLT")


def test_a_bin_is_confirmed_for_all_while_one_of_them_picks_alone(plant: SmallPlant) -> None:
    wave, balance = on_one_walk(plant, 10, 5)
    line = line_of("BOLT", pick_list__work_order__code="WO-10")
    _, second = overlap(
        lambda: picking.confirm(plant.do("picker"), pick_line_id=line.pk, quantity=Decimal(40)),
        lambda: waves.confirm(
            plant.do("warehouse_manager"), wave_id=wave.pk, balance_id=balance.pk, quantity=Decimal(60)
        ),
    )
    assert isinstance(second, MoreThanLine), second
    assert plant.on_hand("BOLT", "A-01") == 20 == allocated("BOLT")


def test_one_picks_alone_while_the_bin_is_confirmed_for_all(plant: SmallPlant) -> None:
    wave, balance = on_one_walk(plant, 10, 5)
    line = line_of("BOLT", pick_list__work_order__code="WO-10")
    _, second = overlap(
        lambda: waves.confirm(plant.do("picker"), wave_id=wave.pk, balance_id=balance.pk, quantity=Decimal(60)),
        lambda: picking.confirm(plant.do("warehouse_manager"), pick_line_id=line.pk, quantity=Decimal(40)),
    )
    assert isinstance(second, AlreadyPicked), second
    assert plant.on_hand("BOLT", "A-01") == 0 == allocated("BOLT")


def test_a_bin_is_confirmed_for_all_by_two(plant: SmallPlant) -> None:
    wave, balance = on_one_walk(plant, 10, 5)

    def take() -> object:
        return waves.confirm(plant.do("picker"), wave_id=wave.pk, balance_id=balance.pk, quantity=Decimal(60))

    _, second = overlap(take, take)
    assert isinstance(second, AlreadyPicked), second
    assert plant.on_hand("BOLT", "A-01") == 0


def test_what_all_got_is_taken_back_by_two(plant: SmallPlant) -> None:
    wave, balance = on_one_walk(plant, 10, 5)
    command = plant.do("picker")
    waves.confirm(command, wave_id=wave.pk, balance_id=balance.pk, quantity=Decimal(60))

    def undo() -> object:
        return waves.undo(plant.do("picker"), wave_id=wave.pk, taken_by=command.id)

    _, second = overlap(undo, undo)
    assert isinstance(second, Refusal), second
    assert plant.on_hand("BOLT", "A-01") == 60 == allocated("BOLT")


def test_one_takes_his_part_back_while_all_is_taken_back(plant: SmallPlant) -> None:
    wave, balance = on_one_walk(plant, 10, 5)
    command = plant.do("picker")
    moves = waves.confirm(command, wave_id=wave.pk, balance_id=balance.pk, quantity=Decimal(60))["moves"]
    line = PickLine.objects.get(pick_list__work_order__code="WO-10", item__code="BOLT")
    _, second = overlap(
        lambda: picking.undo(plant.do("picker"), move_id=moves[str(line.pk)], pick_line_id=line.pk),
        lambda: waves.undo(plant.do("picker"), wave_id=wave.pk, taken_by=command.id),
    )
    assert isinstance(second, Refusal), second
    assert plant.on_hand("BOLT", "A-01") == 40 == allocated("BOLT")


def test_a_walk_is_made_of_one_list_by_two(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 60)
    plant.released(10)
    lists = list(PickList.objects.values_list("pk", flat=True))

    def make() -> object:
        return waves.make(plant.do("warehouse_manager"), pick_list_ids=lists)

    _, second = overlap(make, make)
    assert isinstance(second, NothingTogether), second
    assert Wave.objects.count() == 1


def test_two_bins_of_one_walk_come_up_short(plant: SmallPlant) -> None:
    plant.put("PLATE", "A-02", 60)
    wave, balance = on_one_walk(plant, 10, 5)
    plates = Balance.objects.get(item__code="PLATE")

    def short(where: Balance) -> object:
        return waves.report_short(
            plant.do("picker"), wave_id=wave.pk, balance_id=where.pk, found=Decimal(3), reason="less"
        )

    _, second = overlap(lambda: short(balance), lambda: short(plates))
    assert isinstance(second, dict), second
    assert allocated("BOLT") == 0 == allocated("PLATE")

"""Clear-to-build against its slow twin, and the properties that anyone may rely on, on random small plants."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qitao.engine.clear_to_build import Prepared, clear_to_build, contenders
from qitao.engine.kits import Hold, Kits
from qitao.engine.plant import NEVER, Lines, Orders, Plant, Supplies, SupplyKind
from tests.engine.plants import plants
from tests.engine.twin import Twin

MANY = settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
policies = st.sampled_from([(Hold.PARTIAL, 0), (Hold.WHOLE_KIT, 0), (Hold.WHOLE_KIT, 2)])


def pegs_by_line(kits: Kits) -> dict[int, list[tuple[int, int, int]]]:
    return {
        line: [
            (int(kits.peg_supply[peg]), int(kits.peg_quantity[peg]), int(kits.peg_day[peg]))
            for peg in kits.pegs_of(line)
        ]
        for line in range(kits.line_day.size)
    }


@MANY
@given(plants(), policies)
def test_equals_its_slow_twin(plant: Plant, policy: tuple[Hold, int]) -> None:
    hold, horizon = policy
    kits = clear_to_build(plant, hold=hold, horizon_days=horizon)
    twin = Twin(plant, hold=hold, horizon_days=horizon).solve()

    assert pegs_by_line(kits) == {
        line: [(peg.supply, peg.quantity, peg.day) for peg in pegs] for line, pegs in twin.pegs.items()
    }
    assert kits.line_day.tolist() == [twin.line_day[line] for line in range(kits.line_day.size)]
    assert kits.line_short.tolist() == [twin.short[line] for line in range(kits.line_day.size)]
    orders = range(len(plant.orders.code))
    assert kits.kit_day.tolist() == [twin.kit[order] for order in orders]
    assert kits.finish_day.tolist() == [twin.finish[order] for order in orders]
    assert [kits.state(order).word for order in orders] == [twin.state[order] for order in orders]
    assert kits.bottleneck.tolist() == [twin.bottleneck[order] for order in orders]
    assert kits.held.tolist() == [twin.held[order] for order in orders]
    assert set(np.flatnonzero(kits.circular).tolist()) == twin.circular
    assert dict(enumerate(kits.supply_day.tolist())) == twin.supply_day


@SOME
@given(plants(), policies)
def test_never_uses_more_than_there_is_nor_before_it_is_there(plant: Plant, policy: tuple[Hold, int]) -> None:
    kits = clear_to_build(plant, hold=policy[0], horizon_days=policy[1])
    used: dict[int, int] = defaultdict(int)
    for line, pegs in pegs_by_line(kits).items():
        order = int(plant.lines.order[line])
        for supply, quantity, day in pegs:
            used[supply] += quantity
            item, source = int(plant.supplies.item[supply]), int(plant.supplies.warehouse[supply])
            transit = plant.transit_days(item, source, int(plant.orders.warehouse[order]))
            assert quantity > 0
            assert day >= min(int(kits.supply_day[supply]) + transit, NEVER)
            assert supply != plant.orders.output[order] or kits.circular[order]
    assert all(quantity <= plant.supplies.quantity[supply] for supply, quantity in used.items())


@SOME
@given(plants())
def test_what_a_line_needs_is_pegged_or_short_to_the_millionth(plant: Plant) -> None:
    kits = clear_to_build(plant)
    for line, pegs in pegs_by_line(kits).items():
        items = {int(plant.supplies.item[supply]) for supply, _, _ in pegs}
        if items <= {int(plant.lines.item[line])}:
            pegged = sum(quantity for _, quantity, _ in pegs)
            assert pegged + kits.line_short[line] == plant.lines.quantity[line]
        assert kits.missing_on(line, NEVER) <= kits.line_short[line]


@SOME
@given(plants())
def test_a_kit_called_now_lies_in_stock(plant: Plant) -> None:
    kits = clear_to_build(plant)
    in_hand: dict[int, int] = defaultdict(int)
    for order in range(len(plant.orders.code)):
        if kits.state(order).word == "now":
            for line in plant.lines_of(order).tolist():
                assert kits.missing_on(line, 0) == 0
                for peg in kits.pegs_of(line):
                    supply = int(kits.peg_supply[peg])
                    assert plant.supplies.kind[supply] == SupplyKind.STOCK
                    in_hand[supply] += int(kits.peg_quantity[peg])
    assert all(quantity <= plant.supplies.quantity[supply] for supply, quantity in in_hand.items())


@SOME
@given(plants(reservations=False, chained=False), st.data())
def test_an_order_never_feels_those_served_after_it(plant: Plant, data: st.DataObject) -> None:
    sequence = plant.service_sequence.tolist()
    gone = data.draw(st.sampled_from(sequence))
    before = sequence[: sequence.index(gone)]
    nothing = np.where(plant.lines.order == gone, 0, plant.lines.quantity)
    with_it, without = (
        clear_to_build(p) for p in (plant, replace(plant, lines=replace(plant.lines, quantity=nothing)))
    )
    all_pegs, fewer_pegs = pegs_by_line(with_it), pegs_by_line(without)
    for order in before:
        for line in plant.lines_of(order).tolist():
            assert all_pegs[line] == fewer_pegs[line]


@SOME
@given(plants(reservations=False, chained=False), st.randoms(use_true_random=False))
def test_rows_in_any_order_give_the_same_answer(plant: Plant, chance: object) -> None:
    """Orders and lines shuffled; supplies keep their row order, which breaks ties by declaration."""
    orders = list(range(len(plant.orders.code)))
    chance.shuffle(orders)  # type: ignore[attr-defined]
    lines = [line for order in orders for line in plant.lines_of(order).tolist()]
    to = np.argsort(orders)
    shuffled = replace(
        plant,
        orders=Orders(
            tuple(plant.orders.code[order] for order in orders),
            *(getattr(plant.orders, name)[orders] for name in list(Orders.__dataclass_fields__)[1:]),
        ),
        lines=Lines(
            to[plant.lines.order[lines]].astype(np.int32),
            *(getattr(plant.lines, name)[lines] for name in list(Lines.__dataclass_fields__)[1:]),
        ),
    )
    one, other = clear_to_build(plant), clear_to_build(shuffled)
    assert one.kit_day[orders].tolist() == other.kit_day.tolist()
    assert one.order_state[orders].tolist() == other.order_state.tolist()
    pegs, others = pegs_by_line(one), pegs_by_line(other)
    assert [pegs[line] for line in lines] == [others[row] for row in range(len(lines))]


@SOME
@given(plants())
def test_pegs_do_not_feel_where_supply_rows_stand(plant: Plant) -> None:
    """Reversing the supply rows may swap equal supplies, never a quantity by day and place."""
    count = len(plant.supplies.code)
    names = list(Supplies.__dataclass_fields__)[1:]
    turned = Supplies(plant.supplies.code[::-1], *(getattr(plant.supplies, name)[::-1].copy() for name in names))
    output = np.where(plant.orders.output >= 0, count - 1 - plant.orders.output, -1).astype(np.int32)
    claims = replace(plant.reservations, supply=(count - 1 - plant.reservations.supply).astype(np.int32))
    same = replace(
        plant, supplies=turned, orders=replace(plant.orders, output=np.full_like(output, -1)), reservations=claims
    )
    plain = replace(plant, orders=replace(plant.orders, output=np.full_like(output, -1)))
    one, other = clear_to_build(plain), clear_to_build(same)
    assert one.line_short.tolist() == other.line_short.tolist()
    assert one.line_day.tolist() == other.line_day.tolist()


@SOME
@given(plants())
def test_an_order_alone_is_never_later_than_among_others(plant: Plant) -> None:
    prepared = Prepared.of(plant)
    kits = prepared.run()
    before = prepared.pool.left.copy()
    for order in range(len(plant.orders.code)):
        alone = prepared.check_order(order)
        no_choice = not any(plant.substitutes_of(int(plant.lines.item[line])).size for line in plant.lines_of(order))
        if no_choice:  # with a substitute at hand a line may take it earlier or later than its own item
            assert alone.kit_day <= kits.kit_day[order]
    assert (prepared.pool.left == before).all()


@SOME
@given(plants(chained=False), st.data())
def test_rechecking_an_item_equals_a_full_run(plant: Plant, data: st.DataObject) -> None:
    reserved = np.zeros(len(plant.supplies.code), np.int64)
    np.add.at(reserved, plant.reservations.supply, plant.reservations.quantity)
    if not reserved.size:
        return
    supply = data.draw(st.integers(0, reserved.size - 1))
    quantity = int(reserved[supply]) + data.draw(st.integers(0, 9)) * 1_000_000
    quantities = plant.supplies.quantity.copy()
    quantities[supply] = quantity
    full = clear_to_build(replace(plant, supplies=replace(plant.supplies, quantity=quantities)))
    prepared = Prepared.of(plant)
    item = int(plant.supplies.item[supply])
    checks = prepared.recheck_item(item, {supply: quantity})
    cluster = prepared.cluster
    touched = {line for line in range(plant.lines.item.size) if cluster[plant.lines.item[line]] == cluster[item]}
    assert {check.line for check in checks} == touched
    for check in checks:
        assert (check.day, check.short) == (full.line_day[check.line], full.line_short[check.line])
    again = prepared.run()
    assert pegs_by_line(again) == pegs_by_line(clear_to_build(plant))


@SOME
@given(plants())
def test_contenders_hold_the_bottleneck_item(plant: Plant) -> None:
    kits = clear_to_build(plant)
    for order in range(len(plant.orders.code)):
        for one in contenders(kits, order):
            item = plant.lines.item[kits.bottleneck[order]]
            held = sum(
                int(kits.peg_quantity[peg])
                for line in plant.lines_of(one.order).tolist()
                for peg in kits.pegs_of(line)
                if plant.supplies.item[kits.peg_supply[peg]] == item
            )
            assert 0 < one.quantity <= held
            assert one.order != order

"""Random small plants for Hypothesis: few items and warehouses, so that everything gets in everything's way."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from math import floor

from hypothesis import strategies as st

from qitao.engine.plant import ItemKind, Plant, SupplyKind
from qitao.engine.plant_builder import PlantBuilder
from qitao.engine.plant_checks import substitute_ratio

AS_OF = dt.date(2026, 1, 5)
RATIOS = [Fraction(1), Fraction(2), Fraction(1, 3), Fraction(3, 2)]
PLACES = ["A", "B", "C"]


@st.composite
def plants(draw: st.DrawFn, *, reservations: bool = True, chained: bool = True) -> Plant:
    """Draw a plant of up to 4 items, 3 warehouses, 10 supplies, 7 orders. `chained`: work orders feed one another."""
    build = PlantBuilder(AS_OF)
    for place in PLACES:
        build.add_warehouse(place)
    items = [build.add_item(f"I{row}", kind=ItemKind.MAKE) for row in range(draw(st.integers(1, 4)))]
    item, place = st.sampled_from(items), st.sampled_from(PLACES)
    if draw(st.booleans()):
        _lanes(draw, build, item, place)
    _substitutes(draw, build, items)
    for row in range(draw(st.integers(0, 10))):
        kind = draw(st.sampled_from([SupplyKind.STOCK, SupplyKind.PURCHASE_ORDER]))
        day = 0 if kind is SupplyKind.STOCK else draw(st.sampled_from([-1, 0, 1, 2, 3, 5, None]))
        quantity = draw(st.integers(0, 9))
        build.add_supply(draw(item), quantity=quantity, kind=kind, day=day, warehouse=draw(place), code=f"S{row}")
    for row in range(draw(st.integers(1, 7))):
        _order(draw, build, row, item=item, place=place, chained=chained)
    plant = build.build()
    return draw(_reserved(build, plant)) if reservations else plant


def _lanes(draw: st.DrawFn, build: PlantBuilder, item: st.SearchStrategy[int], place: st.SearchStrategy[str]) -> None:
    for _ in range(draw(st.integers(1, 5))):
        source, target = draw(place), draw(place)
        if source != target:
            only = draw(st.one_of(st.just(-1), item))
            build.add_lane(source, target, days=draw(st.integers(0, 3)), item=only)


def _substitutes(draw: st.DrawFn, build: PlantBuilder, items: list[int]) -> None:
    pairs = [(one, other) for one in items for other in items if one != other]
    for component, substitute in draw(st.lists(st.sampled_from(pairs), max_size=6)) if pairs else []:
        build.add_substitute(
            component,
            substitute,
            parent=draw(st.sampled_from([-1, -1, -1, *items])),
            ratio=draw(st.sampled_from(RATIOS)),
            priority=draw(st.integers(1, 2)),
            valid_from=draw(st.sampled_from([-5, -5, 0, 2])),
            valid_to=draw(st.sampled_from([None, None, 1, 4])),
        )


def _order(
    draw: st.DrawFn,
    build: PlantBuilder,
    row: int,
    *,
    item: st.SearchStrategy[int],
    place: st.SearchStrategy[str],
    chained: bool,
) -> None:
    rank, where, need = draw(st.integers(1, 3)), draw(place), draw(st.integers(-1, 5))
    if draw(st.integers(0, 3)) == 0:
        build.add_demand(
            f"O{row}", product=draw(item), quantity=draw(st.integers(0, 8)), due=need, rank=rank, warehouse=where
        )
        return
    order = build.add_work_order(
        f"O{row}",
        product=draw(item),
        quantity=draw(st.integers(1, 6)),
        need=need,
        due=need + draw(st.integers(0, 3)),
        rank=rank,
        warehouse=where,
        duration_days=draw(st.integers(0, 3)),
        output=chained and draw(st.booleans()),
    )
    for _ in range(draw(st.integers(0, 4))):
        build.add_line(order, draw(item), quantity=draw(st.integers(0, 8)))


@st.composite
def _reserved(draw: st.DrawFn, build: PlantBuilder, plant: Plant) -> Plant:
    """Reserve some supplies for lines that can use them, never more than there is or is needed."""
    left = plant.supplies.quantity.tolist()
    need = plant.lines.quantity.tolist()
    fits = [
        (line, supply, Fraction(*ratio))
        for line in range(len(need))
        for supply in range(len(left))
        if (ratio := substitute_ratio(plant, line, int(plant.supplies.item[supply])))
        and supply != plant.orders.output[plant.lines.order[line]]
    ]
    for line, supply, ratio in draw(st.lists(st.sampled_from(fits), max_size=3)) if fits else []:
        most = min(left[supply], floor(need[line] * ratio))
        units = draw(st.integers(0, most // 1_000_000))
        if units:
            build.add_reservation(line, supply, quantity=units)
            left[supply] -= units * 1_000_000
            need[line] -= floor(units * 1_000_000 / ratio)
    return build.build()

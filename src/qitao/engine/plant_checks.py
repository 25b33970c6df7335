"""Proves that a Plant's columns make sense together; every fault is listed, by table, row and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from typing import TypeVar

import numpy as np

from qitao.engine.plant import NEVER, Fault, Flags, Int64, ItemKind, Plant, PlantRefused
from qitao.kernel.words import gettext_noop

MOST = 10**18
"""No quantity, single or summed over one item, above 10¹² units: sums stay inside 64 bits."""

LARGEST_RATIO_PART = 2**31

K = TypeVar("K")

_POINTERS = {
    ("bom", "parent"): "items",
    ("bom", "component"): "items",
    ("substitutes", "component"): "items",
    ("substitutes", "substitute"): "items",
    ("supplies", "item"): "items",
    ("supplies", "warehouse"): "warehouses",
    ("orders", "warehouse"): "warehouses",
    ("lines", "order"): "orders",
    ("lines", "item"): "items",
    ("reservations", "line"): "lines",
    ("reservations", "supply"): "supplies",
    ("sources", "item"): "items",
}
_OPTIONAL_POINTERS = {
    ("substitutes", "parent"): "items",
    ("orders", "product"): "items",
    ("orders", "output"): "supplies",
    ("lines", "parent"): "items",
}
_AMOUNTS = [
    ("items", ("safety_stock", "min_lot", "multiple", "max_lot", "unit_cost")),
    ("bom", ("quantity", "scrap")),
    ("supplies", ("quantity",)),
    ("orders", ("quantity",)),
    ("lines", ("quantity",)),
    ("reservations", ("quantity",)),
    ("sources", ("min_quantity", "multiple", "max_quantity", "price")),
]
_SHOWN = 50
"""Faults of one kind listed one by one; past that only their number."""


def checked(plant: Plant) -> Plant:
    """Return the plant itself. Raises PlantRefused with every fault found."""
    faults = list(_shape_faults(plant))
    if not faults:
        faults = [*_pointer_faults(plant), *_amount_faults(plant), *_day_faults(plant)]
    if not faults:
        faults = [*_code_faults(plant), *_substitute_faults(plant), *_total_faults(plant), *_claim_faults(plant)]
    if faults:
        raise PlantRefused(faults)
    return plant


def _rows(plant: Plant, table: str) -> int:
    if table == "warehouses":
        return len(plant.warehouses)
    rows = getattr(plant, table)
    return len(getattr(rows, fields(rows)[0].name))


def _listed(bad: Flags, table: str, column: str, what: str, remedy: str) -> Iterator[Fault]:
    rows = np.flatnonzero(bad)
    for row in rows[:_SHOWN].tolist():
        yield Fault(table, row, column, what, remedy)
    if rows.size > _SHOWN:
        more = gettext_noop("{count} more rows like this.")
        yield Fault(table, 0, column, more, remedy, {"count": int(rows.size) - _SHOWN})


def _shape_faults(plant: Plant) -> Iterator[Fault]:
    for table in ("items", "bom", "substitutes", "supplies", "orders", "lines", "reservations", "sources"):
        rows = getattr(plant, table)
        lengths = {field.name: len(getattr(rows, field.name)) for field in fields(rows)}
        if len(set(lengths.values())) > 1:
            what = gettext_noop("Columns of different lengths: {lengths}.")
            yield Fault(table, 0, "", what, gettext_noop("Give each column one value per row."), {"lengths": lengths})
    days, count = plant.lanes.days, len(plant.warehouses)
    if days.ndim != 3 or days.shape[1:] != (count, count) or not days.shape[0]:
        what = gettext_noop("Transit days are not one square table per lane table.")
        yield Fault("lanes", 0, "days", what, gettext_noop("Give days[table, from, to] for every warehouse."))
    elif (days < 0).any() or (days > NEVER).any() or days[:, range(count), range(count)].any():
        what = gettext_noop("Transit days are negative, too large, or not 0 at home.")
        yield Fault("lanes", 0, "days", what, gettext_noop("Use 0 at home, NEVER where there is no lane."))


def _pointer_faults(plant: Plant) -> Iterator[Fault]:
    remedy = gettext_noop("Point at a row that exists.")
    for lowest, pointers in ((0, _POINTERS), (-1, _OPTIONAL_POINTERS)):
        for (table, column), target in pointers.items():
            values = getattr(getattr(plant, table), column)
            what = gettext_noop("Points outside its table.")
            yield from _listed((values < lowest) | (values >= _rows(plant, target)), table, column, what, remedy)
    tables = plant.items.lane_table
    outside = (tables < 0) | (tables >= plant.lanes.days.shape[0])
    yield from _listed(outside, "items", "lane_table", gettext_noop("Points outside its table."), remedy)


def _amount_faults(plant: Plant) -> Iterator[Fault]:
    for table, columns in _AMOUNTS:
        for column in columns:
            values = getattr(getattr(plant, table), column)
            what = gettext_noop("Negative, or above 10¹² units.")
            yield from _listed(
                (values < 0) | (values > MOST), table, column, what, gettext_noop("State a quantity of 0 or more.")
            )


def _day_faults(plant: Plant) -> Iterator[Fault]:
    remedy = gettext_noop("State a day a calendar has.")
    what = gettext_noop("No calendar has this day.")
    for table, column in (("supplies", "day"), ("orders", "need_day"), ("orders", "due_day")):
        values = getattr(getattr(plant, table), column)
        yield from _listed((values < -NEVER) | (values > NEVER), table, column, what, remedy)
    lasts = plant.orders.duration_days
    yield from _listed((lasts < 0) | (lasts > NEVER), "orders", "duration_days", what, remedy)


def _code_faults(plant: Plant) -> Iterator[Fault]:
    what, remedy = gettext_noop("{code} is there {count} times."), gettext_noop("Give each its own code.")
    for code, count in _repeated(Counter(plant.items.code)):
        yield Fault("items", 0, "code", what, remedy, {"code": code, "count": count})
    for code, count in _repeated(Counter(plant.warehouses)):
        yield Fault("warehouses", 0, "code", what, remedy, {"code": code, "count": count})
    pairs = Counter(zip(plant.orders.kind.tolist(), plant.orders.code, strict=True))
    for (_, code), count in _repeated(pairs):
        yield Fault("orders", 0, "code", what, remedy, {"code": code, "count": count})


def _repeated(counts: Counter[K]) -> list[tuple[K, int]]:
    return [(code, count) for code, count in counts.items() if count > 1]


def _substitute_faults(plant: Plant) -> Iterator[Fault]:
    rows = plant.substitutes
    wrong = (rows.numerator <= 0) | (rows.denominator <= 0)
    wrong |= (rows.numerator > LARGEST_RATIO_PART) | (rows.denominator > LARGEST_RATIO_PART)
    what = gettext_noop("The ratio is not a positive fraction of parts below 2³¹.")
    yield from _listed(wrong, "substitutes", "ratio", what, gettext_noop("State how many units stand in for one."))
    what = gettext_noop("An item stands in for itself.")
    same = rows.component == rows.substitute
    yield from _listed(same, "substitutes", "substitute", what, gettext_noop("Name another item."))
    largest = _largest_need(plant)[rows.component].tolist()
    parts = zip(largest, rows.numerator.tolist(), rows.denominator.tolist(), strict=True)
    above = np.array([need * up > MOST * down for need, up, down in parts], np.bool_)
    what = gettext_noop("By this ratio a requirement grows above 10¹² units.")
    yield from _listed(above, "substitutes", "ratio", what, gettext_noop("Correct the ratio or the requirement."))


def _largest_need(plant: Plant) -> Int64:
    largest = np.zeros(len(plant.items.code), np.int64)
    np.maximum.at(largest, plant.lines.item, plant.lines.quantity)
    return largest


def _total_faults(plant: Plant) -> Iterator[Fault]:
    what = gettext_noop("Supplies of {item} add up to more than 10¹² units.")
    remedy = gettext_noop("Correct the quantities.")
    # Coarse sums first: thousandths of the limit cannot overflow, and only suspects are summed exactly.
    coarse = np.zeros(len(plant.items.code), np.int64)
    np.add.at(coarse, plant.supplies.item, plant.supplies.quantity // 1024 + 1)
    for item in np.flatnonzero(coarse > MOST // 1024).tolist():
        if sum(plant.supplies.quantity[plant.supplies_of(item)].tolist()) > MOST:
            yield Fault("supplies", 0, "quantity", what, remedy, {"item": plant.items.code[item]})


def _claim_faults(plant: Plant) -> Iterator[Fault]:
    yield from _output_faults(plant)
    claims, supplies = plant.reservations, plant.supplies
    taken, coarse = np.zeros((2, len(supplies.code)), np.int64)
    np.add.at(taken, claims.supply, claims.quantity)
    np.add.at(coarse, claims.supply, claims.quantity // 1024)  # cannot overflow where `taken` could
    beyond = (taken > supplies.quantity) | (coarse > supplies.quantity // 1024)
    what = gettext_noop("Reserved beyond the supply's quantity.")
    yield from _listed(beyond, "supplies", "quantity", what, gettext_noop("Release a reservation of it."))
    covered: dict[int, int] = {}
    remedy = gettext_noop("Reserve the item itself or an approved substitute, no more than the line needs.")
    for row, (line, supply, quantity) in enumerate(
        zip(claims.line.tolist(), claims.supply.tolist(), claims.quantity.tolist(), strict=True)
    ):
        ratio = substitute_ratio(plant, line, int(supplies.item[supply]))
        if ratio is None:
            what = gettext_noop("No approved substitute of the line's item.")
            yield Fault("reservations", row, "supply", what, remedy)
        else:
            covered[line] = covered.get(line, 0) + quantity * ratio[1] // ratio[0]
    over = np.zeros(plant.lines.quantity.size, np.bool_)
    for line, quantity in covered.items():
        over[line] = quantity > plant.lines.quantity[line]
    yield from _listed(over, "lines", "quantity", gettext_noop("Reserved beyond the requirement."), remedy)


def _output_faults(plant: Plant) -> Iterator[Fault]:
    makes = plant.orders.output[plant.orders.output >= 0]
    what = gettext_noop("Two work orders turn out the same supply.")
    twice = np.bincount(makes, minlength=len(plant.supplies.code)) > 1
    yield from _listed(twice, "supplies", "output", what, gettext_noop("Give each work order a supply of its own."))
    phantoms = plant.items.kind[plant.lines.item] == ItemKind.PHANTOM
    what = gettext_noop("A phantom is required; it is never stocked.")
    yield from _listed(phantoms, "lines", "item", what, gettext_noop("Require its components instead."))


def substitute_ratio(plant: Plant, line: int, item: int) -> tuple[int, int] | None:
    """Return (numerator, denominator) by which `item` covers the line; None where it is not approved for it.

    Validity dates are not asked: a reservation stands once made.
    """
    wanted = int(plant.lines.item[line])
    if item == wanted:
        return 1, 1
    rows, parent = plant.substitutes, int(plant.lines.parent[line])
    for row in plant.substitutes_of(wanted).tolist():
        if rows.substitute[row] == item and rows.parent[row] in (-1, parent):
            return int(rows.numerator[row]), int(rows.denominator[row])
    return None

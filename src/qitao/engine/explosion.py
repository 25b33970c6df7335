"""Bills of material: what a quantity of a parent needs, phantoms passed through, and cycles named part by part."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from qitao.engine.plant import BomLines, Flags, Int32, Int64, grouped
from qitao.kernel.quantity import MICRO

_SAFE = 2**62


class Need(NamedTuple):
    """Requirement columns: for which order, which item, how much, and whose BOM asks."""

    order: Int32
    item: Int32
    quantity: Int64
    parent: Int32

    def where(self, rows: Flags | Int64) -> Need:
        """Return the rows chosen by flags or by number."""
        return Need(self.order[rows], self.item[rows], self.quantity[rows], self.parent[rows])


def explode(bom: BomLines, *, phantom: Flags, need: Need, day: Int32) -> Need:
    """Return the components of each wanted parent, one row a BOM line valid on the order's day.

    `need.item` is the parent, `day` is by order. Quantities are quantity × per unit × (1 + scrap), rounded up to a
    millionth at each level. Rows come order by order as given, level by level. The BOM must have no cycle.
    """
    first, rows = grouped(bom.parent, phantom.size)
    found: list[Need] = []
    while need.item.size:
        counts = first[need.item + 1] - first[need.item]
        of = np.repeat(np.arange(need.item.size), counts)
        start = np.repeat(first[need.item] - (np.cumsum(counts) - counts), counts)
        line = rows[start + np.arange(of.size)]
        on = day[need.order[of]]
        valid = (bom.valid_from[line] <= on) & (on <= bom.valid_to[line])
        of, line = of[valid], line[valid]
        quantity = required_quantity(need.quantity[of], bom.quantity[line], bom.scrap[line])
        level = Need(need.order[of], bom.component[line], quantity, need.item[of])
        through = phantom[level.item]
        found.append(level.where(~through))
        need = level.where(through)
    return joined(found)


def joined(parts: list[Need]) -> Need:
    """Return the rows of all parts, those of one order together, in the order of the parts."""
    if not parts:
        none = np.zeros(0, np.int32)
        return Need(none, none, np.zeros(0, np.int64), none)
    order, item, quantity, parent = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Need(order, item, quantity, parent).where(np.argsort(order, kind="stable"))


def required_quantity(quantity: Int64, per_unit: Int64, scrap: Int64) -> Int64:
    """Return quantity × per unit × (1 + scrap), all in millionths, rounded up to a millionth.

    >>> required_quantity(*(np.array([n]) for n in (100_000_000, 2_000_000, 15_000))).tolist()
    [203000000]
    """
    small = (scrap == 0) & (quantity <= _SAFE // np.maximum(per_unit, 1))
    result = np.zeros(quantity.size, np.int64)
    result[small] = -(-quantity[small] * per_unit[small] // MICRO)
    for at in np.flatnonzero(~small).tolist():
        product = int(quantity[at]) * int(per_unit[at]) * (MICRO + int(scrap[at]))
        result[at] = -(-product // MICRO**2)
    return result


def cycles(parent: Int32, component: Int32, items: int) -> list[list[int]]:
    """Return the cycles of a BOM, each as the rows of `parent` that form it, in walking order; none: no cycle.

    One cycle is named for every knot of items that depend on one another; when it is broken, ask again.
    """
    knotted = _unresolved(parent, component, items)
    edges: dict[int, list[int]] = {}
    for row in knotted.tolist():
        edges.setdefault(int(parent[row]), []).append(row)
    found, done = [], set[int]()
    for start in sorted(edges):
        path: list[int] = []
        at, place = start, dict[int, int]()
        while at not in done and at not in place:
            place[at] = len(path)
            path.append(edges[at][0])
            at = int(component[path[-1]])
        if at in place and at not in done:
            found.append(path[place[at] :])
        done.update(place)
    return found


def _unresolved(parent: Int32, component: Int32, items: int) -> Int32:
    """Return the rows that lie on cycles or between them: each has a parent above and a component below it left."""
    rows = np.arange(parent.size)
    while rows.size:
        has_below = np.zeros(items, np.bool_)
        has_below[parent[rows]] = True
        has_above = np.zeros(items, np.bool_)
        has_above[component[rows]] = True
        stay = has_below[component[rows]] & has_above[parent[rows]]
        if stay.all():
            break
        rows = rows[stay]
    return rows.astype(np.int32)

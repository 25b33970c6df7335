"""Bills of material read level by level – one query a level, however wide – and exploded in memory.

`queries.needs` answers for one work order; this answers for many, and for the whole tree of an item. Both follow the
same rules (tests compare them): of the versions valid on a day the one that starts last; phantoms are replaced by what
they are made of, their scrap on top; optional lines are left out of what is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qitao.catalog.models import Bom, BomLine, Item, Kind
from qitao.catalog.queries import DEEPEST, Need

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class TreeLine:
    """A line of the indented BOM: `per_top` is what one of the top item takes of it, scrap of the levels above in."""

    depth: int
    line: BomLine
    per_top: Decimal
    bom: Bom | None  # what the component itself is made of on that day

    @property
    def indent(self) -> range:
        """As many steps as it lies deep."""
        return range(self.depth)


class Recipes:
    """All versions of the BOMs of some items and of what lies below them: phantoms only, or everything."""

    def __init__(self, items: Iterable[int], *, whole_tree: bool = False) -> None:
        self._versions: dict[int, list[Bom]] = defaultdict(list)
        self._lines: dict[int, list[BomLine]] = defaultdict(list)
        level, known = set(items), set()
        while level:
            known |= level
            for bom in Bom.objects.filter(item__in=level).select_related("item__unit").order_by("id"):
                self._versions[bom.item_id].append(bom)
            lines = BomLine.objects.filter(bom__item__in=level).select_related("component__unit")
            level = set()
            for line in lines.order_by("bom_id", "position"):
                self._lines[line.bom_id].append(line)
                if whole_tree or line.component.kind == Kind.PHANTOM:
                    level.add(line.component_id)
            level -= known

    def bom_of(self, item_id: int, on: date) -> Bom | None:
        """Return the version of an item's BOM that is used on a day."""
        valid = [bom for bom in self._versions[item_id] if _holds(bom, on)]
        return max(valid, key=lambda bom: (bom.valid_from or date.min, bom.pk), default=None)

    def lines_of(self, bom: Bom, on: date) -> list[BomLine]:
        """Return the lines of a version that hold on a day."""
        return [line for line in self._lines[bom.pk] if _holds(line, on)]

    def needs(self, bom: Bom, on: date, *, factor: Decimal = ONE, depth: int = 0) -> Iterator[Need]:
        """Return what one unit takes on a day, like `queries.needs`."""
        assert depth < DEEPEST, f"BOM cycle at {bom}"
        for line in self.lines_of(bom, on):
            if line.is_optional:
                continue
            inner = self.bom_of(line.component_id, on) if line.component.kind == Kind.PHANTOM else None
            if inner is None:
                per_unit = line.quantity * factor
                yield Need(line.component, per_unit, line.scrap_percent, line.operation, line)
            else:
                gross = line.quantity * (100 + line.scrap_percent) / 100
                yield from self.needs(inner, on, factor=factor * gross, depth=depth + 1)

    def tree(self, bom: Bom, on: date, *, factor: Decimal = ONE, depth: int = 0) -> Iterator[TreeLine]:
        """Return the whole tree below a version, each component followed by what it is made of."""
        assert depth < DEEPEST, f"BOM cycle at {bom}"
        for line in self.lines_of(bom, on):
            per_top = line.quantity * factor
            inner = self.bom_of(line.component_id, on)
            yield TreeLine(depth, line, per_top, inner)
            if inner is not None:
                below = per_top * (100 + line.scrap_percent) / 100
                yield from self.tree(inner, on, factor=below, depth=depth + 1)


def _holds(row: Bom | BomLine, on: date) -> bool:
    return (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or row.valid_to >= on)


def through_phantoms(item: Item) -> set[int]:
    """Return the items whose work orders a change of `item`'s BOM reaches: itself, and what takes it as a phantom."""
    found, level = {item.pk}, {item.pk} if item.kind == Kind.PHANTOM else set()
    while level:
        parents = BomLine.objects.filter(component__in=level).values_list("bom__item_id", "bom__item__kind")
        level = set()
        for parent, kind in parents:
            if parent not in found:
                found.add(parent)
                if kind == Kind.PHANTOM:
                    level.add(parent)
    return found

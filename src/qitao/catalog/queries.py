"""What an item is made of, on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from qitao.catalog.models import Bom, BomLine, CalendarDay, Item, Kind, Site, Substitute
from qitao.kernel.calendar import WorkingDays

DEEPEST = 40


def valid(on: date) -> Q:
    """Return the filter for rows with `valid_from`/`valid_to` that hold on `on`."""
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))


def bom_of(item: Item, on: date, *, version: str = "") -> Bom | None:
    """Return the BOM of `item` for `on` – the named version, or the valid one that started last."""
    boms = Bom.objects.filter(item=item)
    if version:
        return boms.filter(version=version).first()
    return boms.filter(valid(on)).order_by(F("valid_from").desc(nulls_last=True), "-id").first()


@dataclass(frozen=True, slots=True)
class Need:
    """A component that one unit of a parent takes, phantoms already replaced by what they are made of."""

    component: Item
    per_unit: Decimal
    scrap_percent: Decimal
    operation: str
    line: BomLine


def needs(bom: Bom, on: date) -> list[Need]:
    """Return what one unit takes on `on`, in the BOM's order; optional lines are left out."""
    return list(_walk(bom, on, factor=Decimal(1), depth=0))


def _walk(bom: Bom, on: date, *, factor: Decimal, depth: int) -> Iterator[Need]:
    assert depth < DEEPEST, f"BOM cycle at {bom}"
    lines = bom.lines.filter(valid(on), is_optional=False).select_related("component__unit", "component")
    for line in lines.order_by("position"):
        inner = bom_of(line.component, on) if line.component.kind == Kind.PHANTOM else None
        if inner is None:
            yield Need(
                line.component,
                line.quantity * factor,
                line.scrap_percent,
                line.operation,
                line,
            )
        else:
            gross = line.quantity * (100 + line.scrap_percent) / 100
            yield from _walk(inner, on, factor=factor * gross, depth=depth + 1)


def substitutes_of(component: Item, *, parent: Item | None, on: date) -> QuerySet[Substitute]:
    """Return the approved substitutes of `component` under `parent`, the preferred first."""
    scope = Q(parent=None) if parent is None else Q(parent=None) | Q(parent=parent)
    return (
        Substitute.objects.filter(scope, valid(on), component=component, is_approved=True)
        .select_related("substitute__unit")
        .order_by("priority", "id")
    )


def working_days(site: Site) -> WorkingDays:
    """Return the working days of `site`."""
    days = CalendarDay.objects.filter(site=site).values_list("on", "hours")
    return WorkingDays(
        closed=frozenset(on for on, hours in days if not hours),
        opened=frozenset(on for on, hours in days if hours),
    )


def where_used(item: Item) -> QuerySet[BomLine]:
    """Return the BOM lines that take `item`, with their parents."""
    return BomLine.objects.filter(component=item).select_related("bom__item").order_by("bom__item__code")


def cycle_in(edges: Iterable[tuple[int, int]]) -> list[int] | None:
    """Return one cycle of a parent → component graph as the items met on it, or None where there is none.

    >>> cycle_in([(1, 2), (2, 3), (3, 2)])
    [2, 3, 2]
    >>> cycle_in([(1, 2), (1, 3), (2, 3)])
    """
    children = defaultdict(list)
    for parent, component in edges:
        children[parent].append(component)
    done: set[int] = set()
    for start in list(children):
        path: list[int] = []
        on_path: set[int] = set()
        stack = [(start, iter(children[start]))] if start not in done else []
        if stack:
            path.append(start)
            on_path.add(start)
        while stack:
            node, rest = stack[-1]
            step = next((child for child in rest if child not in done), None)
            if step is None:
                stack.pop()
                on_path.discard(path.pop())
                done.add(node)
            elif step in on_path:
                return [*path[path.index(step) :], step]
            else:
                path.append(step)
                on_path.add(step)
                stack.append((step, iter(children.get(step, ()))))
    return None

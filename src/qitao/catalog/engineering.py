"""Engineering: versions of bills of material, their lines, substitutes.

A BOM's lines are written as a whole: what one sees is what is checked – numbers, duplicates, cycles – and what is kept.
What a change means for work orders that are open already is told and done by `production.engineering`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from qitao.catalog.models import Bom, BomLine, Item, Kind, Substitute
from qitao.catalog.refusals import (
    BomCycle,
    DuplicateComponent,
    EmptyBom,
    EndsBeforeItStarts,
    NothingToMakeOf,
    PositionTaken,
    Retired,
)
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.records import keep
from qitao.kernel.quantity import ZERO, plain
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop

FOREVER = date.max
LONG_AGO = date.min
MOST_SCRAP = Decimal(1000)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A BOM line as it shall be; `position` is its number, unique in the version."""

    position: int
    component_id: int
    quantity: Decimal
    scrap_percent: Decimal = ZERO
    operation: str = ""
    designators: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    is_consumable: bool = False
    is_optional: bool = False


LINE_FIELDS = tuple(field.name for field in fields(LineFacts))


@dataclass(frozen=True, slots=True)
class LineChange:
    """What becomes of one line of a version: before is None for a new line, after for one that goes."""

    position: int
    before: BomLine | None
    after: LineFacts | None

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that differ."""
        if self.before is None or self.after is None:
            return ()
        return tuple(name for name in LINE_FIELDS if getattr(self.before, name) != getattr(self.after, name))


# Versions


@action(permission="catalog.change")
def create_bom(
    command: Command,
    *,
    item_id: int,
    version: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    note: str = "",
    copy_of: int | None = None,
) -> Reply:
    """Make a new version of an item's BOM – empty, or with the lines of another version.

    Refuses: NothingToMakeOf, Retired, EndsBeforeItStarts, CodeTaken. Records: catalog.bom_created.
    """
    item = Item.objects.get(pk=item_id)
    if item.kind == Kind.BUY:
        raise NothingToMakeOf(item=item.code)
    if not item.is_active:
        raise Retired(item=item.code)
    bom = Bom(item=item)
    values = {"version": version, "valid_from": valid_from, "valid_to": valid_to, "note": note}
    _must_end_after_start(valid_from, valid_to)
    keep(command, bom, values, kind="catalog.bom_created")
    if copy_of is not None:
        lines = [_facts(line) for line in Bom.objects.get(pk=copy_of).lines.all()]
        BomLine.objects.bulk_create(_row(bom, line) for line in lines)
    return {"bom": bom.pk, "version": bom.version}


@action(permission="catalog.change")
def change_bom(command: Command, *, bom_id: int, values: dict[str, Any]) -> Reply:
    """Change a version's name, days of validity or note.

    Refuses: EndsBeforeItStarts, CodeTaken. Records: catalog.bom_changed.
    """
    bom = Bom.objects.select_for_update(of=("self",)).select_related("item").get(pk=bom_id)
    _must_end_after_start(values.get("valid_from", bom.valid_from), values.get("valid_to", bom.valid_to))
    changed = keep(command, bom, values, kind="catalog.bom_changed")
    return {"bom": bom.pk, "changed": sorted(changed)}


def _must_end_after_start(start: date | None, to: date | None) -> None:
    if start and to and to < start:
        raise EndsBeforeItStarts(start=start.isoformat(), to=to.isoformat())


# Lines


@action(permission="catalog.change")
def write_lines(command: Command, *, bom_id: int, lines: Sequence[LineFacts]) -> Reply:
    """Let these be the lines of a version: those of the same number are changed, others come and go.

    Refuses: EmptyBom, PositionTaken, DuplicateComponent, BomCycle (naming the path), Retired, EndsBeforeItStarts,
    BadValue. Records: catalog.bom_lines_changed with each line that came, changed or went. Locks: the version.
    """
    bom = Bom.objects.select_for_update(of=("self",)).select_related("item").get(pk=bom_id)
    must_be_sound(bom, lines, today=command.on)
    changes = compare(bom, lines)
    if not changes:
        return {"bom": bom.pk, "changed": 0}
    gone = [change.position for change in changes if change.after is None]
    bom.lines.filter(position__in=gone).delete()
    written = [_row(bom, change.after) for change in changes if change.after is not None]
    BomLine.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["bom", "position"],
        update_fields=[name for name in LINE_FIELDS if name != "position"],
    )
    codes = dict(Item.objects.filter(pk__in=_components(changes)).values_list("pk", "code"))
    record(command, "catalog.bom_lines_changed", bom, code=str(bom), lines=[_told(each, codes) for each in changes])
    return {"bom": bom.pk, "changed": len(changes)}


def compare(bom: Bom, lines: Iterable[LineFacts]) -> list[LineChange]:
    """Return what writing `lines` would change, by line number."""
    before = {line.position: line for line in bom.lines.select_related("component__unit")}
    after = {line.position: line for line in lines}
    changes = [LineChange(place, before.get(place), after.get(place)) for place in sorted({*before, *after})]
    return [each for each in changes if each.before is None or each.after is None or each.changed]


def must_be_sound(bom: Bom, lines: Sequence[LineFacts], *, today: date) -> None:
    """Refuse lines that no BOM may have; see `write_lines`."""
    if not lines:
        raise EmptyBom
    if bom.item.kind == Kind.BUY:
        raise NothingToMakeOf(item=bom.item.code)
    known = Item.objects.in_bulk([line.component_id for line in lines])
    had = set(bom.lines.values_list("component_id", flat=True))
    seen: set[int] = set()
    for line in lines:
        if line.position in seen:
            raise PositionTaken(position=line.position)
        seen.add(line.position)
        _must_take_something(line)
        _must_end_after_start(line.valid_from, line.valid_to)
        component = known[line.component_id]
        if not component.is_active and component.pk not in had:
            raise Retired(item=component.code)
    _must_be_told_apart(lines, known)
    path = cycle_path(bom.item_id, [line.component_id for line in lines], today=today)
    if path:
        codes = dict(Item.objects.filter(pk__in=path).values_list("pk", "code"))
        raise BomCycle(path=" → ".join(codes[pk] for pk in path))


def _must_take_something(line: LineFacts) -> None:
    if line.quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if not 0 <= line.scrap_percent < MOST_SCRAP:
        raise BadValue(field=gettext_noop("scrap"), problem=gettext_noop("must lie between 0 and 1000 %"))


def _must_be_told_apart(lines: Sequence[LineFacts], known: dict[int, Item]) -> None:
    """Refuse two lines that take the same component at one operation on one day, unless by separate positions."""
    met: dict[tuple[int, str], list[LineFacts]] = {}
    for line in lines:
        for other in met.get((line.component_id, line.operation), ()):
            if _overlap(line, other) and not _stand_apart(line, other):
                raise DuplicateComponent(
                    first=other.position,
                    second=line.position,
                    component=known[line.component_id].code,
                    operation=line.operation or "–",
                )
        met.setdefault((line.component_id, line.operation), []).append(line)


def _overlap(one: LineFacts, other: LineFacts) -> bool:
    start = max(one.valid_from or LONG_AGO, other.valid_from or LONG_AGO)
    return start <= min(one.valid_to or FOREVER, other.valid_to or FOREVER)


def _stand_apart(one: LineFacts, other: LineFacts) -> bool:
    mine, theirs = _places(one.designators), _places(other.designators)
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def _places(designators: str) -> set[str]:
    return {part.strip().upper() for part in designators.replace(";", ",").replace(" ", ",").split(",") if part.strip()}


def cycle_path(item_id: int, components: Iterable[int], *, today: date) -> list[int] | None:
    """Return how `item_id` would come to be part of itself through `components`: item … item; None if it would not.

    Walks down level by level, one query a level, through all versions that are or will be valid.
    """
    came_from: dict[int, int] = dict.fromkeys(components, item_id)
    if item_id in came_from:
        return [item_id, item_id]
    level = set(came_from)
    while level:
        current = Q(bom__valid_to=None) | Q(bom__valid_to__gte=today)
        edges = BomLine.objects.filter(current, bom__item__in=level).values_list("bom__item_id", "component_id")
        level = set()
        for parent, component in edges:
            if component == item_id:
                return [*_up(parent, came_from, item_id), item_id]
            if component not in came_from:
                came_from[component] = parent
                level.add(component)
    return None


def _up(node: int, came_from: dict[int, int], root: int) -> list[int]:
    path = [node]
    while path[-1] != root:
        path.append(came_from[path[-1]])
    return path[::-1]


def _facts(line: BomLine) -> LineFacts:
    return LineFacts(**{name: getattr(line, name) for name in LINE_FIELDS})


def _row(bom: Bom, line: LineFacts) -> BomLine:
    return BomLine(bom=bom, **{name: getattr(line, name) for name in LINE_FIELDS})


def _components(changes: Iterable[LineChange]) -> set[int]:
    return {side.component_id for change in changes for side in (change.before, change.after) if side is not None}


def _told(change: LineChange, codes: dict[int, str]) -> dict[str, Any]:
    def side(line: BomLine | LineFacts | None) -> list[str] | None:
        return None if line is None else [codes[line.component_id], plain(line.quantity)]

    return {"line": change.position, "was": side(change.before), "is": side(change.after), "of": list(change.changed)}


# Substitutes


class OwnSubstitute(Refusal):
    reason = gettext_noop("{item} cannot stand in for itself.")
    remedy = gettext_noop("Choose another item.")
    status = 422


@action(permission="catalog.change")
def keep_substitute(
    command: Command,
    *,
    component_id: int,
    substitute_id: int,
    parent_id: int | None,
    values: dict[str, Any],
    row_id: int | None = None,
) -> Reply:
    """Add a substitute for a component – everywhere, or under one parent – or change it. A new one is not approved.

    `values`: ratio, priority, valid_from, valid_to, note. Refuses: OwnSubstitute, Retired, CodeTaken, BadValue.
    Records: catalog.substitute_kept.
    """
    if component_id == substitute_id:
        raise OwnSubstitute(item=Item.objects.get(pk=component_id).code)
    stand_in = Item.objects.get(pk=substitute_id)
    if not stand_in.is_active:
        raise Retired(item=stand_in.code)
    _must_end_after_start(values.get("valid_from"), values.get("valid_to"))
    if values.get("ratio") is not None and values["ratio"] <= 0:
        raise BadValue(field="ratio", problem=gettext_noop("must be above zero"))
    row = Substitute.objects.get(pk=row_id) if row_id else Substitute(component_id=component_id, is_approved=False)
    who = {"substitute_id": substitute_id, "parent_id": parent_id}
    keep(command, row, {**who, **values}, kind="catalog.substitute_kept")
    return {"substitute": row.pk}


@action(permission="catalog.change")
def approve_substitute(command: Command, *, row_id: int) -> Reply:
    """Let a substitute be used. Refuses: Retired. Records: catalog.substitute_approved."""
    row = Substitute.objects.select_related("substitute", "component").get(pk=row_id)
    if not row.substitute.is_active:
        raise Retired(item=row.substitute.code)
    return _set_approval(command, row, approved=True)


@action(permission="catalog.change")
def withdraw_substitute(command: Command, *, row_id: int) -> Reply:
    """Let a substitute no longer be used; work orders that use it already keep it.

    Records: catalog.substitute_withdrawn.
    """
    row = Substitute.objects.select_related("substitute", "component").get(pk=row_id)
    return _set_approval(command, row, approved=False)


def _set_approval(command: Command, row: Substitute, *, approved: bool) -> Reply:
    if Substitute.objects.filter(pk=row.pk, is_approved=not approved).update(is_approved=approved):
        kind = "catalog.substitute_approved" if approved else "catalog.substitute_withdrawn"
        record(command, kind, row, component=row.component.code, substitute=row.substitute.code)
    return {"substitute": row.pk, "approved": approved}

"""Writing BOMs: heads, and the lines of those that changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from qitao.catalog.models import Bom, BomLine
from qitao.exchange import dataset, exporting
from qitao.exchange.dataset import Dataset
from qitao.exchange.loading.upsert import BATCH, Loading, any_of, shown, upsert
from qitao.exchange.report import say
from qitao.kernel.words import gettext_noop

# what a source that knows no versions says of a line, beside the component
FLAT = ("quantity", "scrap_percent", "valid_from", "valid_to", "operation")
COPIED = (*FLAT, "designators")


def write(loading: Loading, data: Dataset) -> None:
    """Write BOM heads, and replace the lines of those whose lines changed."""
    items = loading.ids["items"]
    heads = list(_heads(loading, data)) if not loading.says("boms", "version") else data.boms
    boms = upsert(
        loading,
        "boms",
        Bom,
        ((row, {"item_id": items[row.parent], **_head(row)}) for row in heads),
        key=("item_id", "version"),
    )
    lines: dict[tuple[int, str], list[dataset.BomLine]] = defaultdict(list)
    for line in data.bom_lines:
        lines[items[line.parent], line.version].append(line)
    here: dict[int, list[BomLine]] = defaultdict(list)
    for old in BomLine.objects.filter(bom_id__in=any_of(bom.pk for bom in boms.values())).select_related("component"):
        here[old.bom_id].append(old)
    new: list[BomLine] = []
    for mark, bom in boms.items():
        new.extend(_lines(loading, bom, lines[mark], here[bom.pk]))
    BomLine.objects.bulk_create(new, batch_size=BATCH)


def _head(row: dataset.Bom) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("version", "valid_from", "valid_to", "note")}


# Sources that know no versions


def _heads(loading: Loading, data: Dataset) -> Iterator[dataset.Bom]:
    """Return the BOMs to write; those whose lines are here already, spread over versions or not, are as they should be.

    Where an item has several versions here, nothing says which of them other lines are meant for: they are left alone.
    """
    versions = Counter(Bom.objects.values_list("item__code", flat=True))
    rows: dict[str, list[dataset.BomLine]] = defaultdict(list)
    for line in data.bom_lines:
        rows[line.parent].append(line)
    said = [name for name in FLAT if loading.says("bom_lines", name)]
    here = _as_exported(said) if versions else {}
    heads, lines = loading.report.outcome("boms"), loading.report.outcome("bom_lines")
    for head in data.boms:
        wanted = Counter((row.component, *(shown(getattr(row, name)) for name in said)) for row in rows[head.parent])
        if versions[head.parent] and here.get(head.parent) == wanted:
            heads.unchanged += 1
            lines.unchanged += len(rows[head.parent])
        elif versions[head.parent] > 1:
            heads.conflicts += 1
            several = f"{versions[head.parent]} ×"
            loading.report.conflict(head.where, f"BOM {head.parent}", column="version", here=several, there="–")
        else:
            yield head


def _as_exported(said: Sequence[str]) -> dict[str, Counter[tuple[str, ...]]]:
    """Return each item's lines, all its versions together, as a plant folder has them."""
    found: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for row in exporting.bom_lines():
        found[row["parent"]][row["component"], *(shown(row[name]) for name in said)] += 1
    return found


# Lines


def _lines(loading: Loading, bom: Bom, rows: list[dataset.BomLine], here: list[BomLine]) -> list[BomLine]:
    """Return the lines to write for one BOM: all of them if any is different from what is here, else none."""
    left = list(here)
    wanted = [_line(loading, bom, row, _counterpart(loading, row, left)) for row in rows]
    # a source without a word for them says nothing about the lines that are consumable, or optional
    wanted += [_again(line) for line in left if _beyond(loading, line)]
    for place, line in enumerate(wanted, start=1):
        line.position = 10 * place
    outcome = loading.report.outcome("bom_lines")
    if sorted(map(_content, here)) == sorted(map(_content, wanted)):
        outcome.unchanged += len(here)
        return []
    if here:
        _tell(loading, bom, rows, here, wanted)
        BomLine.objects.filter(pk__in=[line.pk for line in here]).delete()
        outcome.updated += len(wanted)
    else:
        outcome.created += len(wanted)
    return wanted


def _counterpart(loading: Loading, row: dataset.BomLine, left: list[BomLine]) -> BomLine | None:
    """Take the line that is here for the row out of those that are `left`; the likeliest of several."""
    told = [name for name in COPIED if loading.says("bom_lines", name)]
    component = loading.ids["items"][row.component]
    likely = [line for line in left if line.component_id == component]
    if not likely:
        return None
    best = max(likely, key=lambda line: sum(getattr(line, name) == getattr(row, name) for name in told))
    left.remove(best)
    return best


def _line(loading: Loading, bom: Bom, row: dataset.BomLine, here: BomLine | None) -> BomLine:
    line = BomLine(
        bom=bom,
        component_id=loading.ids["items"][row.component],
        is_consumable=row.consumable,
        is_optional=row.optional,
        **{name: getattr(row, name) for name in COPIED},
    )
    if here is not None:
        for name in (*COPIED, "is_consumable", "is_optional"):
            if not loading.says("bom_lines", name):
                setattr(line, name, getattr(here, name))
    return line


def _again(line: BomLine) -> BomLine:
    same = ("bom_id", "component_id", "is_consumable", "is_optional", *COPIED)
    return BomLine(**{name: getattr(line, name) for name in same})


def _beyond(loading: Loading, line: BomLine) -> bool:
    """Tell whether the source has no word for such a line."""
    return any(getattr(line, name) and not loading.says("bom_lines", name) for name in ("is_consumable", "is_optional"))


def _content(line: BomLine) -> tuple[Any, ...]:
    """Return what makes two BOM lines the same, in an order that can be sorted."""
    flags = (line.is_consumable, line.is_optional)
    dates = (str(line.valid_from or ""), str(line.valid_to or ""))
    return (line.component_id, line.quantity, line.scrap_percent, *dates, line.operation, line.designators, *flags)


def _tell(loading: Loading, bom: Bom, rows: list[dataset.BomLine], here: list[BomLine], wanted: list[BomLine]) -> None:
    old = {line.component_id: line.quantity for line in here}
    new = {line.component_id: line.quantity for line in wanted}
    codes = {line.component_id: line.component.code for line in here}
    codes |= {loading.ids["items"][row.component]: row.component for row in rows}
    where = {row.component: row.where for row in rows}
    for number, code in sorted(codes.items(), key=lambda each: each[1]):
        if old.get(number) != new.get(number):
            why = say(gettext_noop("The BOM {bom} was here already and is updated."), bom=bom)
            before, after = shown(old.get(number)), shown(new.get(number))
            place = where.get(code) or rows[0].where
            loading.report.change(place, code, before=before, after=after, why=why)

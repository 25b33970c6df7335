"""Writing master data: sites, warehouses, items, BOMs, partners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from qitao.catalog.models import (
    Bom,
    BomLine,
    CalendarDay,
    Category,
    Conversion,
    Item,
    Site,
    Substitute,
    Unit,
    WorkCenter,
)
from qitao.catalog.pinyin import initials
from qitao.exchange import dataset
from qitao.exchange.dataset import Dataset, Row
from qitao.exchange.loading.upsert import BATCH, Loading, Values, any_of, shown, upsert
from qitao.exchange.report import say
from qitao.kernel.words import gettext_noop
from qitao.purchasing.models import Source, Supplier
from qitao.sales.models import Customer
from qitao.stock.models import Lane, Location, Warehouse

CODE = ("code",)
DEFAULT_BIN = "MAIN"  # where stock lies whose row names no bin


def write(loading: Loading, data: Dataset) -> None:
    """Write everything that is not a document or a balance."""
    _plant(loading, data)
    _items(loading, data)
    _boms(loading, data)
    _partners(loading, data)


def _copy(row: Row, *names: str) -> dict[str, Any]:
    """Return the named fields, which are called the same on both sides."""
    return {name: getattr(row, name) for name in names}


def _plant(loading: Loading, data: Dataset) -> None:
    names = ("code", "name", "name_en")
    upsert(loading, "units", Unit, ((row, _copy(row, *names, "decimals")) for row in data.units), key=CODE)
    upsert(
        loading,
        "sites",
        Site,
        ((row, _copy(row, *names, "timezone", "currency")) for row in data.sites),
        key=CODE,
    )
    ids = loading.ids
    upsert(
        loading,
        "warehouses",
        Warehouse,
        ((row, {**_copy(row, *names, "kind"), "site_id": ids["sites"][row.site]}) for row in data.warehouses),
        key=CODE,
    )
    upsert(loading, "locations", Location, _bins(loading, data), key=("warehouse_id", "code"))
    upsert(
        loading,
        "work_centers",
        WorkCenter,
        (
            (row, {**_copy(row, *names, "machines", "hours_per_day", "hourly_cost"), "site_id": ids["sites"][row.site]})
            for row in data.work_centers
        ),
        key=CODE,
    )
    upsert(
        loading,
        "calendar_days",
        CalendarDay,
        ((row, {**_copy(row, "on", "hours", "name"), "site_id": ids["sites"][row.site]}) for row in data.calendar_days),
        key=("site_id", "on"),
    )


def _bins(loading: Loading, data: Dataset) -> Iterator[tuple[Row, Values]]:
    """Return the bins that are named, and the default bin of each warehouse that needs one."""
    warehouses = loading.ids["warehouses"]
    named = set()
    for row in data.locations:
        named.add((row.warehouse, row.code))
        yield row, {**_copy(row, "code", "name", "kind", "route"), "warehouse_id": warehouses[row.warehouse]}
    first = data.warehouses[0].code if data.warehouses else ""
    used = {row.warehouse or first for row in data.stock if not row.location}
    used |= {row.from_warehouse for row in data.transfers}
    for code in sorted(used):
        if (code, DEFAULT_BIN) not in named:
            bin_ = dataset.Location(code=DEFAULT_BIN, warehouse=code)
            yield bin_, {**_copy(bin_, "code", "name", "kind", "route"), "warehouse_id": warehouses[code]}


def _items(loading: Loading, data: Dataset) -> None:
    ids = loading.ids
    categories = upsert(
        loading,
        "categories",
        Category,
        ((row, _copy(row, "code", "name", "name_en")) for row in data.categories),
        key=CODE,
    )
    _link(categories, {row.code: row.parent for row in data.categories}, "parent_id", ids["categories"])
    items = upsert(loading, "items", Item, ((row, _item(loading, row)) for row in data.items), key=CODE)
    _link(items, {row.code: row.variant_of for row in data.items}, "variant_of_id", ids["items"])
    upsert(
        loading,
        "conversions",
        Conversion,
        (
            (
                row,
                {
                    "item_id": ids["items"][row.item],
                    "unit_id": ids["units"][row.unit],
                    **_copy(row, "numerator", "denominator"),
                },
            )
            for row in data.conversions
        ),
        key=("item_id", "unit_id"),
    )
    upsert(
        loading,
        "lanes",
        Lane,
        (
            (
                row,
                {
                    "from_warehouse_id": ids["warehouses"][row.from_warehouse],
                    "to_warehouse_id": ids["warehouses"][row.to_warehouse],
                    "item_id": loading.id_of("items", row.item),
                    **_copy(row, "days", "cost"),
                },
            )
            for row in data.lanes
        ),
        key=("from_warehouse_id", "to_warehouse_id", "item_id"),
    )


def _item(loading: Loading, row: dataset.Item) -> Values:
    same = (
        "code name name_en spec kind package msl pack_quantity tracking shelf_life_days abc xyz lead_days "
        "min_lot multiple max_lot safety_stock fence_days unit_cost currency hours_per_unit yield_percent"
    )
    return {
        **_copy(row, *same.split()),
        "pinyin": initials(row.name),
        "category_id": loading.id_of("categories", row.category),
        "unit_id": loading.ids["units"][row.unit],
        "work_center_id": loading.id_of("work_centers", row.work_center),
        "is_active": row.active,
    }


def _link(found: dict[str, Any], above: dict[str, str], name: str, ids: dict[Any, int]) -> None:
    """Point each row to the one above it, now that all of them have an id."""
    changed = []
    for code, one in found.items():
        target = ids[above[code]] if above[code] else None
        if getattr(one, name) != target:
            setattr(one, name, target)
            changed.append(one)
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, [name], batch_size=BATCH)


def _boms(loading: Loading, data: Dataset) -> None:
    """Write BOM heads, replace the lines of those that changed, write substitutes."""
    items = loading.ids["items"]
    boms = upsert(
        loading,
        "boms",
        Bom,
        (
            (row, {"item_id": items[row.parent], **_copy(row, "version", "valid_from", "valid_to", "note")})
            for row in data.boms
        ),
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
        new.extend(_bom_lines(loading, bom, lines[mark], here[bom.pk]))
    BomLine.objects.bulk_create(new, batch_size=BATCH)
    upsert(
        loading,
        "substitutes",
        Substitute,
        ((row, _substitute(loading, row)) for row in data.substitutes),
        key=("component_id", "substitute_id", "parent_id"),
    )


BOM_LINE = ("quantity", "scrap_percent", "valid_from", "valid_to", "operation", "designators")


def _bom_lines(loading: Loading, bom: Bom, rows: list[dataset.BomLine], here: list[BomLine]) -> list[BomLine]:
    """Return the lines to write for one BOM: all of them if any is different from what is here, else none."""
    items = loading.ids["items"]
    wanted = [
        BomLine(
            bom=bom,
            position=10 * place,
            component_id=items[row.component],
            is_consumable=row.consumable,
            is_optional=row.optional,
            **_copy(row, *BOM_LINE),
        )
        for place, row in enumerate(rows, start=1)
    ]
    outcome = loading.report.outcome("bom_lines")
    before, after = sorted(map(_content, here)), sorted(map(_content, wanted))
    if before == after:
        outcome.unchanged += len(here)
        return []
    if here:
        _tell_bom_change(loading, bom, rows, here)
        BomLine.objects.filter(pk__in=[line.pk for line in here]).delete()
        outcome.updated += len(wanted)
    else:
        outcome.created += len(wanted)
    return wanted


def _content(line: BomLine) -> tuple[Any, ...]:
    """Return what makes two BOM lines the same, in an order that can be sorted."""
    flags = (line.is_consumable, line.is_optional)
    dates = (str(line.valid_from or ""), str(line.valid_to or ""))
    return (line.component_id, line.quantity, line.scrap_percent, *dates, line.operation, line.designators, *flags)


def _tell_bom_change(loading: Loading, bom: Bom, rows: list[dataset.BomLine], here: list[BomLine]) -> None:
    old = {line.component.code: line.quantity for line in here}
    new = {row.component: row.quantity for row in rows}
    where = {row.component: row.where for row in rows}
    for code in sorted({*old, *new}):
        if old.get(code) != new.get(code):
            why = say(gettext_noop("The BOM {bom} was here already and is updated."), bom=bom)
            before, after = shown(old.get(code)), shown(new.get(code))
            place = where.get(code) or rows[0].where
            loading.report.change(place, code, before=before, after=after, why=why)


def _substitute(loading: Loading, row: dataset.Substitute) -> Values:
    items = loading.ids["items"]
    return {
        "component_id": items[row.component],
        "substitute_id": items[row.substitute],
        "parent_id": loading.id_of("items", row.parent),
        "is_approved": row.approved,
        **_copy(row, "ratio", "priority", "valid_from", "valid_to", "note"),
    }


def _partners(loading: Loading, data: Dataset) -> None:
    names = ("code", "name", "name_en", "country", "currency")
    upsert(loading, "suppliers", Supplier, ((row, _copy(row, *names, "contact")) for row in data.suppliers), key=CODE)
    upsert(loading, "customers", Customer, ((row, _copy(row, *names)) for row in data.customers), key=CODE)
    upsert(
        loading,
        "sources",
        Source,
        ((row, _source(loading, row)) for row in data.sources),
        key=("item_id", "supplier_id", "supplier_code", "min_quantity"),
    )


def _source(loading: Loading, row: dataset.Source) -> Values:
    same = (
        "supplier_code lead_days expedite_days expedite_cost min_quantity multiple max_quantity price currency priority"
    )
    return {
        "item_id": loading.ids["items"][row.item],
        "supplier_id": loading.ids["suppliers"][row.supplier],
        "is_approved": row.approved,
        **_copy(row, *same.split()),
    }

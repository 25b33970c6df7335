"""Writing master data: sites, warehouses, items, BOMs, partners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qitao.catalog.models import CalendarDay, Category, Conversion, Item, Site, Substitute, Unit, WorkCenter
from qitao.catalog.pinyin import initials
from qitao.exchange import dataset
from qitao.exchange.dataset import Dataset, Row
from qitao.exchange.loading import boms
from qitao.exchange.loading.upsert import BATCH, Loading, Values, any_of, upsert
from qitao.purchasing.models import Source, Supplier
from qitao.sales.models import Customer
from qitao.stock.models import Lane, Location, Move, Warehouse

CODE = ("code",)
DEFAULT_BIN = "MAIN"  # where stock lies whose row names no bin


def write(loading: Loading, data: Dataset) -> None:
    """Write everything that is not a document or a balance."""
    _plant(loading, data)
    _items(loading, data)
    boms.write(loading, data)
    _substitutes(loading, data)
    _partners(loading, data)


def _copy(row: Row, *names: str) -> dict[str, Any]:
    """Return the named fields, which are called the same on both sides."""
    return {name: getattr(row, name) for name in names}


def _plant(loading: Loading, data: Dataset) -> None:
    names = ("code", "name", "name_en")
    upsert(loading, "units", Unit, _units(data), key=CODE)
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


def _units(data: Dataset) -> Iterator[tuple[Row, Values]]:
    """Return the units; one that is here loses none of its decimals, which other quantities use."""
    here = dict(Unit.objects.values_list("code", "decimals"))
    for row in data.units:
        decimals = max(row.decimals, here.get(row.code, 0))
        yield row, {**_copy(row, "code", "name", "name_en"), "decimals": decimals}


def _bins(loading: Loading, data: Dataset) -> Iterator[tuple[Row, Values]]:
    """Return the bins that are named, and the default bin of each warehouse that needs one and has none."""
    warehouses = loading.ids["warehouses"]
    named = set(Location.objects.filter(code=DEFAULT_BIN).values_list("warehouse__code", "code"))
    for row in data.locations:
        named.add((row.warehouse, row.code))
        yield row, {**_copy(row, "code", "name", "kind", "route"), "warehouse_id": warehouses[row.warehouse]}
    first = data.warehouses[0].code if data.warehouses else ""
    lying = any_of({row.item for row in data.stock}, kind="text")
    known = set(Move.objects.filter(item__code__in=lying).values_list("item__code", flat=True).distinct())
    used = {row.warehouse or first for row in data.stock if not row.location and row.item not in known}
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
    if loading.says("categories", "parent_id"):
        _link(categories, {row.code: row.parent for row in data.categories}, "parent_id", ids["categories"])
    items = upsert(loading, "items", Item, ((row, _item(loading, row)) for row in data.items), key=CODE)
    if loading.says("items", "variant_of_id"):
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


def _substitutes(loading: Loading, data: Dataset) -> None:
    upsert(
        loading,
        "substitutes",
        Substitute,
        ((row, _substitute(loading, row)) for row in data.substitutes),
        key=("component_id", "substitute_id", "parent_id"),
    )


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

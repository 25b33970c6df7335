"""ktg-mes' units, items, BOMs, partners, work stations and holidays."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from qitao.exchange.dataset import (
    ONE,
    ZERO,
    Bom,
    BomLine,
    CalendarDay,
    Category,
    Conversion,
    Customer,
    Item,
    Site,
    Supplier,
    Unit,
    WorkCenter,
)
from qitao.exchange.readers.common import decimals_by_unit
from qitao.exchange.readers.ktg.source import SITE, Source
from qitao.exchange.reading import Record
from qitao.exchange.report import say
from qitao.kernel.words import gettext_noop

# how many of the small unit make one of the big one: a rate that says otherwise is wrong
KNOWN_RATES = {("g", "KG"): Decimal(1000), ("mg", "KG"): Decimal(1_000_000), ("KG", "T"): Decimal(1000)}
WORKED_HOURS = Decimal(8)


def read(source: Source) -> None:
    """Read everything that is not a document or stock."""
    source.data.sites.append(Site(code=SITE, name="ktg-mes"))
    _units(source)
    _categories(source)
    _items(source)
    _conversions(source)
    _boms(source)
    _partners(source)
    _work_centers(source)
    _holidays(source)


def _units(source: Source) -> None:
    for record in source.table("md_unit_measure"):
        unit = Unit(where=record.where, code=record.code("measure_code"), name=record.text("measure_name"))
        source.data.units.append(unit)


def unit_decimals(source: Source) -> None:
    """Give each unit the decimals that its quantities use."""
    decimals = decimals_by_unit(source.data)
    source.data.units = [replace(unit, decimals=decimals.get(unit.code, 0)) for unit in source.data.units]


def _categories(source: Source) -> None:
    for record in source.table("md_item_type"):
        parent = source.row("md_item_type", "item_type_id", record.text("parent_type_id"))
        source.data.categories.append(
            Category(
                where=record.where,
                code=record.code("item_type_code"),
                name=record.text("item_type_name", required=True),
                parent=parent.text("item_type_code") if parent else "",
            )
        )


def _items(source: Source) -> None:
    makes = {record.text("item_id") for record in source.table("md_product_bom")}
    makes |= {record.text("product_id") for record in source.table("pro_route_product_bom")}
    batches = {r.text("item_id") for r in source.table("wm_transaction") if r.text("batch_code")}
    for record in source.table("md_item"):
        key = record.text("item_id", required=True)
        code = record.code("item_code")
        source.item_of[key] = code
        category = source.row("md_item_type", "item_type_id", record.text("item_type_id"))
        made = record.text("item_or_product") == "PRODUCT"
        if made and key not in makes:
            why = say(gettext_noop("The product has no BOM; a work order for it requires nothing."))
            source.report.change(record.where, "item_or_product", before="PRODUCT", after="make", why=why)
        guarded = record.yes("safe_stock_flag")
        source.data.items.append(
            Item(
                where=record.where,
                code=code,
                name=record.text("item_name", required=True),
                spec=record.text("specification"),
                unit=record.code("unit_of_measure"),
                kind="make" if made else "buy",
                category=category.text("item_type_code") if category else "",
                tracking="lot" if key in batches else "none",
                safety_stock=record.decimal("min_stock", ZERO, least=ZERO) if guarded else ZERO,
                active=record.yes("enable_flag", default=True),
            )
        )


def _conversions(source: Source) -> None:
    """Turn “so many of this unit are one of its main unit” into conversions of the items kept in the main unit."""
    for record in source.table("md_unit_measure"):
        main = source.row("md_unit_measure", "measure_id", record.text("primary_id"))
        written = record.text("change_rate")
        if not written:
            continue
        if main is None:
            why = say(gettext_noop("It names a rate but no main unit; no conversion is taken."))
            source.report.skip(record.where, why, what=record.text("measure_code"))
            continue
        code, base = record.text("measure_code"), main.text("measure_code")
        rate = record.decimal("change_rate", ZERO)
        known = KNOWN_RATES.get((code, base))
        if not rate or (known is not None and rate != known):
            text = gettext_noop("A rate of {rate} cannot be right: no conversion from {unit} to {base} is taken.")
            source.report.skip(record.where, say(text, rate=written, unit=code, base=base), what=code)
            continue
        kept = [item for item in source.data.items if item.unit == base]
        if not kept:
            why = say(gettext_noop("No item is kept in {base}; the conversion is not needed."), base=base)
            source.report.skip(record.where, why, what=code)
        for item in kept:
            source.data.conversions.append(
                Conversion(where=record.where, item=item.code, unit=code, numerator=ONE, denominator=rate)
            )


def _boms(source: Source) -> None:
    """Take the product BOM; where a product has none, the BOM of its routing."""
    for record in source.table("md_product_bom"):
        if not record.yes("enable_flag", default=True):
            source.report.skip(record.where, say(gettext_noop("The row is switched off.")))
            continue
        _bom_line(source, record, "item_id", "bom_item_id")
    parents = {line.parent for line in source.data.bom_lines}
    for record in source.table("pro_route_product_bom"):
        parent = source.item_of.get(record.text("product_id"), "")
        if parent in parents:
            why = gettext_noop("{item} has a product BOM; the routing's material is not taken beside it.")
            source.report.skip(record.where, say(why, item=parent), what=parent)
        else:
            why = gettext_noop("{item} has no product BOM; the routing's material is taken as its BOM.")
            source.report.change(record.where, "product_id", before="", after=parent, why=say(why, item=parent))
            _bom_line(source, record, "product_id", "item_id")
    heads: dict[str, Bom] = {}
    for line in source.data.bom_lines:
        heads.setdefault(line.parent, Bom(where=line.where, parent=line.parent))
    source.data.boms.extend(heads.values())


def _bom_line(source: Source, record: Record, parent: str, component: str) -> None:
    source.data.bom_lines.append(
        BomLine(
            where=record.where,
            parent=source.item(record, parent),
            component=source.item(record, component),
            quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
        )
    )


def _partners(source: Source) -> None:
    for record in source.table("md_vendor"):
        source.data.suppliers.append(
            Supplier(
                where=record.where,
                code=record.code("vendor_code"),
                name=record.text("vendor_name", required=True),
                name_en=record.text("vendor_en"),
            )
        )
    for record in source.table("md_client"):
        source.data.customers.append(
            Customer(
                where=record.where,
                code=record.code("client_code"),
                name=record.text("client_name", required=True),
                name_en=record.text("client_en"),
            )
        )


def _work_centers(source: Source) -> None:
    for record in source.table("md_workstation"):
        code = record.code("workstation_code")
        name = record.text("workstation_name", code)
        source.data.work_centers.append(WorkCenter(where=record.where, code=code, name=name, site=SITE))


def _holidays(source: Source) -> None:
    """Take holidays, and the days that are worked though they fall on a weekend."""
    for record in source.table("cal_holiday"):
        day = record.date("the_day", required=True)
        worked = record.text("holiday_type") == "WORKDAY"
        if day is not None:
            hours = WORKED_HOURS if worked else ZERO
            source.data.calendar_days.append(CalendarDay(where=record.where, site=SITE, on=day, hours=hours))

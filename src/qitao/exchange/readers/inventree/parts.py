"""InvenTree's parts, categories, BOMs, substitutes, variants, companies and supplier parts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from qitao.exchange import dataset
from qitao.exchange.dataset import ONE, ZERO, Bom, BomLine, Category, Customer, Item, Substitute, Supplier
from qitao.exchange.readers.common import per_unit, tree_path
from qitao.exchange.readers.inventree.source import Source
from qitao.exchange.reading import Record, parse_decimal
from qitao.exchange.report import say
from qitao.kernel.quantity import plain
from qitao.kernel.words import gettext_noop

PIECE = "pcs"
LONGEST_CATEGORY = 60
LONGEST_SPEC = 300


def read(source: Source) -> None:
    """Read everything that is not a document or stock."""
    _categories(source)
    _codes(source)
    _families(source)
    _items(source)
    _bom(source)
    _companies(source)
    _supplier_parts(source)


def _categories(source: Source) -> None:
    table = source.table("part.partcategory")
    for record in table:
        source.data.categories.append(
            Category(
                where=record.where,
                code=_category_code(source, record.text("pk")),
                name=record.text("name", required=True),
                parent=_category_code(source, record.text("parent")),
            )
        )


def _category_code(source: Source, key: str) -> str:
    """Return the category's path, or name#number where that is too long for a code."""
    record = source.row("part.partcategory", key) if key else None
    if record is None:
        return ""
    path = record.text("pathstring", record.text("name"))
    return path if len(path) <= LONGEST_CATEGORY else f"{record.text('name')}#{key}"


def _codes(source: Source) -> None:
    """Give every part one stable code: its IPN if no other part has it, else its name, else name#number."""
    table = source.table("part.part")
    uses = Counter(code for record in table for code in {record.text("IPN"), record.text("name")} if code)
    for record in table:
        key, number, name = record.text("pk", required=True), record.text("IPN"), record.text("name", required=True)
        if key in source.item_of:
            record.fault(
                "pk",
                gettext_noop("The part number {value} is there twice."),
                remedy=gettext_noop("Keep one of the two rows."),
            )
            continue
        code = next((code for code in (number, name) if code and uses[code] == 1), f"{name}#{key}")
        source.item_of[key] = code
        if code != number:
            why = (
                gettext_noop("The part has no IPN; its name is its code.")
                if code == name
                else gettext_noop("Neither the IPN nor the name is unique; the code is name#number.")
            )
            source.report.change(record.where, "IPN", before=number, after=code, why=say(why))


def _families(source: Source) -> None:
    """Find each part's templates and variants, over all generations."""
    parent_of = {record.text("pk"): record.text("variant_of") for record in source.table("part.part")}
    for key in parent_of:
        above = tree_path(key, lambda child: parent_of.get(child, ""))[:-1]
        source.ancestors[key] = above
        for ancestor in above:
            source.variants.setdefault(ancestor, []).append(key)


def _items(source: Source) -> None:
    packages = _packages(source)
    prices = {record.text("part"): record for record in source.table("part.partpricing")}
    stock: dict[str, list[Record]] = defaultdict(list)
    for record in source.table("stock.stockitem"):
        stock[record.text("part")].append(record)
    for record in source.table("part.part"):
        key = record.text("pk")
        cost, currency = _cost(prices.get(key))
        spec = record.text("description")
        if len(spec) > LONGEST_SPEC:
            why = say(gettext_noop("Cut to {longest} letters."), longest=LONGEST_SPEC)
            source.report.change(record.where, "description", before=spec, after=spec[:LONGEST_SPEC], why=why)
        source.data.items.append(
            Item(
                where=record.where,
                code=source.item_of[key],
                name=record.text("name"),
                spec=spec[:LONGEST_SPEC],
                unit=record.text("units", PIECE),
                kind=_kind(record),
                category=_category_code(source, record.text("category")),
                package=packages.get(key, ""),
                tracking=_tracking(stock[key]),
                safety_stock=record.decimal("minimum_stock", ZERO, least=ZERO),
                shelf_life_days=record.integer("default_expiry") or None,
                unit_cost=cost,
                currency=currency,
                variant_of=source.item_of.get(record.text("variant_of"), ""),
                active=record.yes("active", default=True),
            )
        )


def _kind(record: Record) -> str:
    """A virtual assembly is never stocked: its components stand in its place."""
    if record.yes("virtual"):
        return "phantom"
    return "make" if record.yes("assembly") else "buy"


def _tracking(rows: list[Record]) -> str:
    """Return how a part's stock is told apart, as its stock rows tell it."""
    if rows and all(row.text("serial") for row in rows):
        return "serial"
    return "lot" if any(row.text("serial") or row.text("batch") for row in rows) else "none"


def _packages(source: Source) -> dict[str, str]:
    """Return the packages (0402, SOT-23 …) that parts carry as the parameter “Package”."""
    templates = {
        record.text("pk")
        for record in source.table("part.partparametertemplate")
        if record.text("name").casefold() == "package"
    }
    return {
        record.text("part"): record.text("data")
        for record in source.table("part.partparameter")
        if record.text("template") in templates
    }


def _cost(record: Record | None) -> tuple[Decimal, str]:
    """Return the part's cost – the lowest of all its known prices – and its currency."""
    if record is None:
        return ZERO, "USD"
    cost = record.decimal("overall_min", ZERO, least=ZERO, rounded=True)
    return cost, record.text("overall_min_currency", record.text("currency", "USD"))


def parents_of(source: Source, record: Record) -> Iterator[str]:
    """Return the parts whose BOM holds the line: its own, and, if the line is inherited, all its variants."""
    key = record.text("part")
    yield key
    if record.yes("inherited"):
        yield from source.variants.get(key, ())


def _bom(source: Source) -> None:
    for record in source.table("part.bomitemsubstitute"):
        source.substitutes.setdefault(record.text("bom_item"), []).append(record.text("part"))
        source.item(record, "part")
    parents: dict[str, Record] = {}
    for record in source.table("part.bomitem"):
        component = source.item(record, "sub_part")
        if not source.item(record, "part"):
            continue
        for key in parents_of(source, record):
            parent = source.item_of[key]
            parents.setdefault(parent, record)
            source.data.bom_lines.append(_bom_line(record, parent, component))
            if key != record.text("part"):
                why = say(gettext_noop("The line of the template is inherited by its variant."))
                before = source.item_of[record.text("part")]
                source.report.change(record.where, "part", before=before, after=parent, why=why)
    source.data.boms.extend(Bom(where=record.where, parent=parent) for parent, record in parents.items())
    _substitutes(source)


def _bom_line(record: Record, parent: str, component: str) -> BomLine:
    return BomLine(
        where=record.where,
        parent=parent,
        component=component,
        quantity=record.decimal("quantity", ZERO, required=True, least=ZERO),
        scrap_percent=_overage(record),
        designators=record.text("reference"),
        consumable=record.yes("consumable"),
        optional=record.yes("optional"),
    )


def _overage(record: Record) -> Decimal:
    """Return the overage in percent; a fixed number of pieces cannot be kept."""
    written = record.text("overage")
    share = parse_decimal(written.removesuffix("%")) if written.endswith("%") else None
    if written and share is None:
        why = say(gettext_noop("An overage in pieces is not kept; write a percentage."))
        record.table.report.change(record.where, "overage", before=written, after="", why=why)
    return share or ZERO


def _substitutes(source: Source) -> None:
    """Write the approved substitutes of BOM lines, and the variants that a line allows."""
    taken: set[tuple[str, str, str]] = set()
    for record in source.table("part.bomitem"):
        component = source.item_of.get(record.text("sub_part"), "")
        for priority, (key, note) in enumerate(alternatives(source, record), start=1):
            substitute = source.item_of.get(key, "")
            for parent_key in parents_of(source, record):
                row = (component, substitute, source.item_of.get(parent_key, ""))
                if substitute and row not in taken and component != substitute:
                    taken.add(row)
                    source.data.substitutes.append(
                        Substitute(
                            where=record.where,
                            component=row[0],
                            substitute=row[1],
                            parent=row[2],
                            priority=priority,
                            note=note,
                        )
                    )


def alternatives(source: Source, record: Record) -> list[tuple[str, str]]:
    """Return the parts that may stand in for the BOM line's component, with why."""
    named = [(key, "") for key in source.substitutes.get(record.text("pk"), ())]
    if not record.yes("allow_variants"):
        return named
    return named + [(key, "variant") for key in source.variants.get(record.text("sub_part"), ())]


def _companies(source: Source) -> None:
    """Take suppliers and customers; a company has no code but its name."""
    for record in source.table("company.company"):
        key, name = record.text("pk", required=True), record.code("name", required=True)
        currency = record.text("currency", "USD")
        if record.yes("is_supplier"):
            source.supplier_of[key] = name
            source.data.suppliers.append(
                Supplier(where=record.where, code=name, name=name, country="", currency=currency)
            )
        if record.yes("is_customer"):
            source.customer_of[key] = name
            source.data.customers.append(
                Customer(where=record.where, code=name, name=name, country="", currency=currency)
            )
        if key not in source.supplier_of and key not in source.customer_of:
            why = say(gettext_noop("The company is neither supplier nor customer."))
            source.report.skip(record.where, why, what=name)


def _supplier_parts(source: Source) -> None:
    """Write one source for each price break; quantities and prices of packs become those of stock units."""
    breaks: dict[str, list[Record]] = defaultdict(list)
    for record in source.table("company.supplierpricebreak"):
        breaks[record.text("part")].append(record)
    for record in source.table("company.supplierpart"):
        item = source.item(record, "part")
        key = record.text("supplier")
        supplier = source.supplier_of.get(key, "")
        if not supplier:
            company = source.row("company.company", key)
            name = company.text("name") if company else key
            why = say(gettext_noop("Its company {company} is not a supplier."), company=name)
            source.report.skip(record.where, why, what=record.text("SKU"))
        elif item:
            source.data.sources.extend(_sources(source, record, breaks[record.text("pk")]))


def _sources(source: Source, record: Record, breaks: list[Record]) -> Iterator[dataset.Source]:
    pack = pack_quantity(record)
    supplier = source.supplier_of[record.text("supplier")]
    supplier_row = source.row("company.company", record.text("supplier"))
    currency = supplier_row.text("currency", "USD") if supplier_row else "USD"
    rows: list[Record | None] = [*breaks] or [None]
    for row in rows:
        price = row.decimal("price", ZERO, least=ZERO, rounded=True) if row else ZERO
        least = row.decimal("quantity", ONE, least=ZERO) if row else ZERO
        if row is not None and pack != ONE:
            why = say(gettext_noop("The price of a pack of {pack} is written for one stock unit."), pack=plain(pack))
            source.report.change(row.where, "price", before=price, after=per_unit(price, pack), why=why)
        yield dataset.Source(
            where=row.where if row else record.where,
            item=source.item_of[record.text("part")],
            supplier=supplier,
            supplier_code=record.text("SKU"),
            min_quantity=least * pack,
            multiple=pack * record.decimal("multiple", ONE, least=ZERO) if pack != ONE else ZERO,
            price=per_unit(price, pack),
            currency=row.text("price_currency", currency) if row else currency,
        )


def pack_quantity(record: Record) -> Decimal:
    """Return how many stock units a pack of the supplier part holds."""
    pack = record.decimal("pack_quantity_native", ONE, least=ZERO)
    return pack or ONE

"""The factory, put together: Cenchuan Electronics (岑川电子), invented from the seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_UP, Decimal

from qitao.demo import layout, storage
from qitao.demo.companies import CUSTOMERS, SUPPLIERS
from qitao.demo.days import PlantDays
from qitao.demo.design import OPERATIONS, STAGE_WORK, Design, boms, design
from qitao.demo.layout import GOODS, MAIN_SITE, RAW, SECOND, SECOND_SITE, line_of
from qitao.demo.orders import Order, OrderBook, order_book
from qitao.demo.parts import rule_of
from qitao.demo.purchases import history, purchase_orders
from qitao.demo.sales import SalesBook, sales_book
from qitao.demo.sources import sources
from qitao.demo.substitutes import substitutes
from qitao.demo.supply import Classes, Supply, supply
from qitao.exchange.dataset import (
    Conversion,
    Customer,
    Dataset,
    Item,
    Requirement,
    Source,
    Supplier,
    Transfer,
    WorkOrder,
)

SEED = 20
NAME = "岑川电子 Cenchuan Electronics"
ZERO = Decimal(0)

IN_TRANSIT = 5
PACK_UNITS = {"reel": "reel", "tray": "tray", "pallet": "ctn"}


def generate(seed: int = SEED, *, as_of: date) -> Dataset:
    """Generate the factory as it stands on the evening of `as_of`.

    The same seed gives the same factory whatever the day: every date is a count of working days from `as_of`,
    and nothing drawn depends on it.
    """
    days = PlantDays(as_of)
    plan = design(seed)
    book = order_book(plan, seed)
    offered = sources(plan, seed)
    groups = substitutes(plan)
    stores = supply(plan, book, offered, groups, seed)
    sold = sales_book(plan, book.orders, days, seed=seed)
    holdings = [*stores.holdings, *storage.finished_goods(sold.from_stock, plan, seed)]
    heads, lines = boms(plan)
    bought, bought_lines = purchase_orders(stores.incoming, days, seed)
    return Dataset(
        name=NAME,
        as_of=as_of,
        units=list(layout.UNITS),
        sites=list(layout.SITES),
        warehouses=list(layout.WAREHOUSES),
        locations=layout.locations(),
        lanes=list(layout.LANES),
        work_centers=list(layout.WORK_CENTERS),
        calendar_days=days.exceptions((MAIN_SITE, SECOND_SITE)),
        categories=list(layout.CATEGORIES),
        items=[*_bought_items(plan, offered, stores.classes), *_made_items(plan)],
        conversions=list(_conversions(plan)),
        boms=heads,
        bom_lines=lines,
        substitutes=groups,
        suppliers=[
            Supplier(code=row.code, name=row.name, name_en=row.name_en, country=row.country, contact=row.contact)
            for row in SUPPLIERS
        ],
        sources=[row for rows in offered.values() for row in rows],
        customers=[
            Customer(code=row.code, name=row.name, name_en=row.name_en, country=row.country) for row in CUSTOMERS
        ],
        stock=storage.stock(plan, days, holdings, offered, seed),
        work_orders=[_work_order(order, sold, days) for order in book.orders],
        requirements=list(_requirements(plan, book)),
        reservations=storage.reservations(),
        purchase_orders=bought,
        purchase_lines=bought_lines,
        sales_orders=list(sold.orders),
        sales_lines=list(sold.lines),
        transfers=list(_transfers(stores, days)),
        delivery_records=history(offered, stores.classes, days, seed),
    )


def _bought_items(plan: Design, offered: Mapping[str, Sequence[Source]], classes: Classes) -> Iterator[Item]:
    for part in plan.parts.values():
        rule = rule_of(part.role)
        best = offered[part.code][0] if part.code in offered else None
        daily = classes.daily.get(part.code, ZERO)
        yield Item(
            code=part.code,
            name=part.name,
            name_en=part.name_en,
            spec=part.spec,
            unit=part.unit,
            category=rule.category,
            package=part.package,
            msl=rule.msl,
            pack_quantity=Decimal(part.pack),
            tracking=rule.tracking,
            shelf_life_days=rule.shelf_life,
            abc=classes.abc[part.code],
            xyz="Z"
            if not daily
            else "X"
            if classes.abc[part.code] == "A" or part.role.startswith(("r", "c."))
            else "Y",
            lead_days=best.lead_days if best else rule.lead,
            min_lot=best.min_quantity if best else ZERO,
            multiple=best.multiple if best else ZERO,
            safety_stock=_safety(daily, Decimal(part.pack or 1), part.unit),
            unit_cost=part.cost,
            active=not part.code.endswith(("-V11", "-V1")),
        )


def _safety(daily: Decimal, pack: Decimal, unit: str) -> Decimal:
    """Return three days' use, in whole packs where a day uses several, else in whole units."""
    wanted = daily * 3
    step = pack if wanted > pack * 4 else Decimal(1) if unit in ("pcs", "sheet", "m", "g") else Decimal("0.1")
    return (wanted / step).quantize(Decimal(1), rounding=ROUND_UP) * step


def _made_items(plan: Design) -> Iterator[Item]:
    for item in plan.made.values():
        family = item.platform.family
        _, _, hours, lead = STAGE_WORK[item.stage]
        yield Item(
            code=item.code,
            name=item.name,
            name_en=item.name_en,
            spec=item.spec,
            unit="pcs",
            kind="phantom" if item.stage == "PK" else "make",
            category=f"FIN-{family.upper()}" if item.stage == "FG" else f"SF-{item.stage}",
            pack_quantity=Decimal(50 if item.stage in ("SM", "PA") else 0),
            tracking="none" if item.stage == "PK" else "lot",
            abc="A" if item.stage in ("FG", "MA", "PA") else "B",
            xyz="Y",
            lead_days=lead,
            min_lot=Decimal(100) if item.stage != "PK" else ZERO,
            multiple=Decimal(100) if item.stage != "PK" else ZERO,
            fence_days=5 if item.stage == "FG" else 0,
            unit_cost=plan.costs[item.code],
            work_center=line_of(item.stage, family),
            hours_per_unit=Decimal(hours) / 1000,
        )


def _conversions(plan: Design) -> Iterator[Conversion]:
    for part in plan.parts.values():
        unit = PACK_UNITS.get(rule_of(part.role).store)
        if unit and part.pack > 1 and part.unit == "pcs":
            yield Conversion(item=part.code, unit=unit, numerator=Decimal(part.pack))


def _work_order(order: Order, sold: SalesBook, days: PlantDays) -> WorkOrder:
    sales_order, sales_line = sold.serves.get(order.code, ("", ""))
    return WorkOrder(
        code=order.code,
        item=order.item,
        quantity=Decimal(order.quantity),
        quantity_done=Decimal(order.done),
        start_on=days.day(order.start),
        due_on=days.day(order.due),
        status=order.status,
        rank=order.rank,
        warehouse=order.warehouse,
        work_center=order.line,
        parent=order.parent,
        sales_order=sales_order,
        sales_line=sales_line,
        lot=order.code,
    )


def _requirements(plan: Design, book: OrderBook) -> Iterator[Requirement]:
    """Yield the components of every work order in whole pieces; what has started was issued when it started."""
    decimals = {unit.code: unit.decimals for unit in layout.UNITS}
    for order in book.orders:
        for number, (component, each, consumable) in enumerate(plan.components(order.item), start=1):
            unit = plan.parts[component].unit if component in plan.parts else "pcs"
            step = Decimal(1).scaleb(-decimals[unit])
            quantity = (each * order.quantity).quantize(step, rounding=ROUND_UP)
            yield Requirement(
                order=order.code,
                component=component,
                quantity=quantity,
                issued=quantity if order.status == "started" and not consumable else ZERO,
                position=number * 10,
                operation=OPERATIONS[order.stage],
                consumable=consumable,
            )


def _transfers(stores: Supply, days: PlantDays) -> Iterator[Transfer]:
    """Yield what is on the van: part of what the second plant holds of a few much-used items."""
    held = [row for row in stores.holdings if row.warehouse == SECOND and stores.classes.abc[row.item] == "A"]
    for number, row in enumerate(held[:IN_TRANSIT]):
        to = GOODS if row.item.startswith(("HS-", "CBX-", "ACW-", "LB-", "MAN-", "HK-", "UCC-", "DCW-", "CB-")) else RAW
        yield Transfer(
            code=f"TR{40120 + number * 3}",
            item=row.item,
            quantity=row.quantity,
            from_warehouse=SECOND,
            to_warehouse=to,
            due_on=days.day(1 + number % 2),
        )

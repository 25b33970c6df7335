"""The neutral dataset: a whole factory as plain rows, before it touches the database.

Every reader (plant folder, InvenTree, ktg-mes …) and the demo factory produce one `Dataset`; one
loader (`exchange.load`) checks it as a whole and writes it in one transaction. A row refers to others
by code, never by number, and remembers `where` it came from, so that an error names file, row and column.

Quantities are `Decimal` in the item's stock unit, money is `Decimal` in the named currency,
`*_on` is a plant-local date, `*_days` whole days.

What a source has no column for is `unsaid`: records that are here keep it, new ones take the default. An empty cell of
a column that is there is a statement: nothing, or the default.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Where:
    """The place in the source that a row was read from; `row` counts as a spreadsheet does (header = 1)."""

    file: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    where: Where | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Row):
    code: str
    name: str = ""
    name_en: str = ""
    decimals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Row):
    code: str
    name: str
    name_en: str = ""
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse(Row):
    code: str
    name: str
    site: str
    name_en: str = ""
    kind: str = "store"  # store | line_side | external


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Row):
    """A bin (or receiving / quarantine area) in a warehouse; `route` is its place on the picking walk."""

    code: str  # unique inside its warehouse
    warehouse: str
    name: str = ""
    kind: str = "bin"  # bin | receiving | quarantine
    route: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane(Row):
    """A transfer lane: days and freight between two warehouses."""

    from_warehouse: str
    to_warehouse: str
    days: int
    cost: Decimal = ZERO
    item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCenter(Row):
    code: str
    name: str
    site: str
    name_en: str = ""
    machines: int = 1
    hours_per_day: Decimal = Decimal(16)
    hourly_cost: Decimal = ZERO  # what an idle hour costs


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay(Row):
    """An exception to the working week of a site: 0 hours is a day off."""

    site: str
    on: date
    hours: Decimal
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Row):
    code: str
    name: str
    name_en: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Row):
    code: str
    name: str
    unit: str
    kind: str = "buy"  # make | buy | phantom
    name_en: str = ""
    spec: str = ""
    category: str = ""
    package: str = ""  # e.g. 0402, SOT-23-5
    msl: str = ""  # moisture sensitivity level, e.g. 3
    pack_quantity: Decimal = ZERO  # pieces on a full reel, tray, carton; 0 = not packed so
    tracking: str = "none"  # none | lot | serial
    shelf_life_days: int | None = None
    abc: str = ""  # A | B | C
    xyz: str = ""  # X | Y | Z
    lead_days: int | None = None
    min_lot: Decimal = ZERO
    multiple: Decimal = ZERO
    max_lot: Decimal = ZERO
    safety_stock: Decimal = ZERO
    fence_days: int = 0
    unit_cost: Decimal = ZERO
    currency: str = "CNY"
    work_center: str = ""
    hours_per_unit: Decimal = ZERO
    yield_percent: Decimal = Decimal(100)
    variant_of: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion(Row):
    """1 `unit` of the item = numerator / denominator of its stock unit (1 reel = 5000/1 pcs)."""

    item: str
    unit: str
    numerator: Decimal
    denominator: Decimal = ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Bom(Row):
    parent: str
    version: str = "1"
    valid_from: date | None = None
    valid_to: date | None = None  # the last day it is valid
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BomLine(Row):
    parent: str
    component: str
    quantity: Decimal  # per one parent
    version: str = "1"
    scrap_percent: Decimal = ZERO
    valid_from: date | None = None
    valid_to: date | None = None
    operation: str = ""
    designators: str = ""  # "R1, R4"
    consumable: bool = False  # used from the line, not picked and not part of the kit
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute(Row):
    """`ratio` units of the substitute do the work of one component; empty `parent` = for every parent."""

    component: str
    substitute: str
    parent: str = ""
    ratio: Decimal = ONE
    priority: int = 1
    approved: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier(Row):
    code: str
    name: str
    name_en: str = ""
    country: str = "CN"
    currency: str = "CNY"
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Row):
    """An item as one supplier sells it."""

    item: str
    supplier: str
    supplier_code: str = ""
    lead_days: int | None = None
    expedite_days: int | None = None  # shortest lead time the supplier offers against a fee
    expedite_cost: Decimal = ZERO
    min_quantity: Decimal = ZERO
    multiple: Decimal = ZERO
    max_quantity: Decimal = ZERO
    price: Decimal = ZERO
    currency: str = "CNY"
    priority: int = 1
    approved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Row):
    code: str
    name: str
    name_en: str = ""
    country: str = "CN"
    currency: str = "CNY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock(Row):
    """An opening balance: what lies where, in which lot and state."""

    item: str
    quantity: Decimal
    warehouse: str = ""  # empty = the dataset's first warehouse
    location: str = ""  # empty = the warehouse's default bin
    lot: str = ""
    serial: bool = False  # `lot` holds a serial number
    status: str = "ok"  # ok | quarantine | rejected | damaged
    owner: str = ""  # empty = own; else the code of the customer or supplier whose material it is
    expires_on: date | None = None
    received_on: date | None = None
    supplier: str = ""
    unit_cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder(Row):
    code: str
    item: str
    quantity: Decimal
    due_on: date | None = None  # None = no date was given
    start_on: date | None = None
    quantity_done: Decimal = ZERO
    quantity_scrapped: Decimal = ZERO  # made, but lost; not made once more
    status: str = "firm"  # firm | released | started | completed | closed | cancelled
    rank: int | None = None  # 1 is served first; None = by due date, then code
    warehouse: str = ""  # where its material is picked
    work_center: str = ""
    bom_version: str = ""
    parent: str = ""  # the work order this one feeds
    sales_order: str = ""
    sales_line: str = ""
    lot: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(Row):
    """A component line of a work order. Where a work order has any, they replace its BOM."""

    order: str
    component: str
    quantity: Decimal  # for the whole work order
    issued: Decimal = ZERO
    position: int = 0
    operation: str = ""
    consumable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation(Row):
    """A claim of a work order (component) or a sales order line on stock; with `location`/`lot` a hard one."""

    quantity: Decimal
    item: str  # what is claimed – a substitute's code where a substitute is
    order: str = ""  # work order
    component: str = ""  # the requirement it is for; empty = item
    sales_order: str = ""
    sales_line: str = ""
    warehouse: str = ""
    location: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder(Row):
    code: str
    supplier: str
    status: str = "open"  # draft | open | closed | cancelled
    ordered_on: date | None = None
    currency: str = "CNY"
    warehouse: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLine(Row):
    """One dated part-quantity of a purchase order line; several with one `line` are a delivery schedule."""

    order: str
    line: str
    item: str
    quantity: Decimal
    received: Decimal = ZERO
    promised_on: date | None = None  # the supplier's first promise
    repromised_on: date | None = None  # the latest, if it changed
    price: Decimal = ZERO
    warehouse: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOrder(Row):
    code: str
    customer: str
    status: str = "open"  # draft | open | closed | cancelled
    ordered_on: date | None = None
    currency: str = "CNY"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLine(Row):
    order: str
    line: str
    item: str
    quantity: Decimal
    shipped: Decimal = ZERO
    due_on: date | None = None
    price: Decimal = ZERO
    penalty_per_day: Decimal = ZERO
    priority: int | None = None
    warehouse: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Row):
    """A transfer on its way (in transit)."""

    code: str
    item: str
    quantity: Decimal
    from_warehouse: str
    to_warehouse: str
    due_on: date
    lot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord(Row):
    """A delivery as it happened before the ledger opened: the history that supplier dates are judged by."""

    item: str
    supplier: str
    order: str
    quantity: Decimal
    ordered_on: date
    promised_on: date
    actual_on: date
    repromised_on: date | None = None
    rejected: Decimal = ZERO
    price: Decimal = ZERO


@dataclass(slots=True)
class Dataset:
    """A factory. Lists are in the source's order; empty lists mean the source has none."""

    name: str = ""
    as_of: date | None = None  # the day the dataset describes; None = the day it is loaded
    unsaid: dict[str, tuple[str, ...]] = field(default_factory=dict)  # kind of row → fields without a column, sorted
    units: list[Unit] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    warehouses: list[Warehouse] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    work_centers: list[WorkCenter] = field(default_factory=list)
    calendar_days: list[CalendarDay] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    conversions: list[Conversion] = field(default_factory=list)
    boms: list[Bom] = field(default_factory=list)
    bom_lines: list[BomLine] = field(default_factory=list)
    substitutes: list[Substitute] = field(default_factory=list)
    suppliers: list[Supplier] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    stock: list[Stock] = field(default_factory=list)
    work_orders: list[WorkOrder] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    reservations: list[Reservation] = field(default_factory=list)
    purchase_orders: list[PurchaseOrder] = field(default_factory=list)
    purchase_lines: list[PurchaseLine] = field(default_factory=list)
    sales_orders: list[SalesOrder] = field(default_factory=list)
    sales_lines: list[SalesLine] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    delivery_records: list[DeliveryRecord] = field(default_factory=list)


ROWS: dict[str, type[Row]] = {
    "units": Unit,
    "sites": Site,
    "warehouses": Warehouse,
    "locations": Location,
    "lanes": Lane,
    "work_centers": WorkCenter,
    "calendar_days": CalendarDay,
    "categories": Category,
    "items": Item,
    "conversions": Conversion,
    "boms": Bom,
    "bom_lines": BomLine,
    "substitutes": Substitute,
    "suppliers": Supplier,
    "sources": Source,
    "customers": Customer,
    "stock": Stock,
    "work_orders": WorkOrder,
    "requirements": Requirement,
    "reservations": Reservation,
    "purchase_orders": PurchaseOrder,
    "purchase_lines": PurchaseLine,
    "sales_orders": SalesOrder,
    "sales_lines": SalesLine,
    "transfers": Transfer,
    "delivery_records": DeliveryRecord,
}
"""kind of row (a list of `Dataset`) → its class."""


def names_of(kind: str) -> list[str]:
    """Return the fields of a kind of row, without the place it came from."""
    return [each.name for each in fields(ROWS[kind]) if each.name != "where"]


def never_filled(data: Dataset, *, beside: Collection[tuple[str, str]] = ()) -> dict[str, tuple[str, ...]]:
    """Return what no row of a foreign source fills in, which counts as unsaid; `beside` adds (kind, field)."""
    found = {}
    for kind, row_class in ROWS.items():
        defaults = {each.name: each.default for each in fields(row_class) if each.default is not MISSING}
        empty = {name for name in names_of(kind) if name in defaults}
        for row in getattr(data, kind):
            empty -= {name for name in empty if getattr(row, name) != defaults[name]}
        found[kind] = tuple(sorted(empty | {name for where, name in beside if where == kind}))
    return found

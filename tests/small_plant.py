"""A plant small enough to hold in the head, arranged as people would: by actions.

    FRAME  =  4 BOLT + 1 PLATE + 0.5 kg PAINT   (BOLT-ZN is an approved substitute for BOLT, 1 for 1)

Warehouse RM (bins A-01 … A-03, receiving IN) and, a day away, W2 (bin B-01). Monday 5 January 2026, 08:00 in Shanghai.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from qitao.accounts.models import User
from qitao.catalog.models import Bom, BomLine, Item, Kind, Site, Substitute, Unit, WorkCenter
from qitao.journal.command import Command
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.purchasing.models import Delivery, PurchaseOrder, PurchaseOrderLine, Source, Supplier
from qitao.sales.models import Customer, SalesOrder, SalesOrderLine
from qitao.stock import actions as stock
from qitao.stock import ledger
from qitao.stock.models import Balance, Lane, Location, Warehouse

MONDAY = date(2026, 1, 5)
EIGHT = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
ROLES = ("picker", "line_leader", "planner", "buyer", "warehouse_manager", "manager", "administrator")


@dataclass
class SmallPlant:
    """Handles to what is in it. `do(role)` makes a command of that role's person."""

    people: dict[str, User] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    bins: dict[str, Location] = field(default_factory=dict)
    site: Site = None  # type: ignore[assignment]
    home: Warehouse = None  # type: ignore[assignment]
    second: Warehouse = None  # type: ignore[assignment]
    supplier: Supplier = None  # type: ignore[assignment]
    customer: Customer = None  # type: ignore[assignment]

    def do(self, role: str, *, at: datetime = EIGHT, number: uuid.UUID | None = None) -> Command:
        return Command(actor=self.people[role], at=at, id=number or uuid.uuid4(), source="test")

    def put(
        self, item: str, place: str, quantity: str | int, *, lot: str = "", status: str = "ok", **facts: Any
    ) -> Balance:
        """Let an opening balance lie in a bin."""
        row = self.items[item]
        held = ledger.lot_of(row, lot, **facts)
        stock.open_balances(
            self.do("administrator"),
            lines=[
                {
                    "item_id": row.pk,
                    "location_id": self.bins[place].pk,
                    "lot_id": held.pk,
                    "quantity": Decimal(quantity),
                    "status": status,
                }
            ],
            document=self.site,
        )
        return Balance.objects.get(item=row, location=self.bins[place], lot=held, status=status)

    def work_order(self, quantity: str | int = 10, *, start: int = 5, due: int = 8, code: str = "") -> WorkOrder:
        """Make a firm work order for FRAME, from day `start` to day `due` of January 2026."""
        reply = production.create(
            self.do("planner"),
            item_id=self.items["FRAME"].pk,
            quantity=Decimal(quantity),
            start_on=date(2026, 1, start),
            due_on=date(2026, 1, due),
            warehouse_id=self.home.pk,
            code=code,
        )
        return WorkOrder.objects.get(pk=reply["work_order"])

    def released(self, quantity: str | int = 10, **facts: Any) -> WorkOrder:
        """Make a work order and release it: its pick list is there."""
        work_order = self.work_order(quantity, **facts)
        production.release(self.do("planner"), work_order_id=work_order.pk)
        work_order.refresh_from_db()
        return work_order

    def purchase(self, item: str, quantity: str | int, *, promised: int, code: str = "PO-1") -> Delivery:
        """Let the supplier owe us something on a day of January 2026."""
        order = PurchaseOrder.objects.create(code=code, supplier=self.supplier, warehouse=self.home)
        line = PurchaseOrderLine.objects.create(order=order, line="10", item=self.items[item], price=Decimal("0.5"))
        return Delivery.objects.create(line=line, quantity=Decimal(quantity), promised_on=date(2026, 1, promised))

    def sale(self, quantity: str | int, *, due: int, penalty: str | int = 0, code: str = "SO-1") -> SalesOrderLine:
        """Let the customer want FRAMEs by a day of January 2026."""
        order = SalesOrder.objects.create(code=code, customer=self.customer)
        return SalesOrderLine.objects.create(
            order=order,
            line="10",
            item=self.items["FRAME"],
            quantity=Decimal(quantity),
            due_on=date(2026, 1, due),
            price=Decimal(30),
            penalty_per_day=Decimal(penalty),
        )

    def on_hand(self, item: str, place: str) -> Decimal:
        rows = Balance.objects.filter(item=self.items[item], location=self.bins[place])
        return sum((row.on_hand for row in rows), Decimal(0))


def build(*, people: Sequence[str] = ROLES) -> SmallPlant:
    """Make the plant."""
    plant = SmallPlant()
    for role in people:
        plant.people[role] = User.objects.create(username=role, name=role, roles=[role], password="!", created_at=EIGHT)
    plant.site = Site.objects.create(code="SZ", name="深圳厂")
    plant.home = Warehouse.objects.create(site=plant.site, code="RM", name="原材料仓")
    plant.second = Warehouse.objects.create(site=plant.site, code="W2", name="二号仓")
    for route, code in enumerate(("A-01", "A-02", "A-03"), start=1):
        plant.bins[code] = Location.objects.create(warehouse=plant.home, code=code, route=route)
    plant.bins["IN"] = Location.objects.create(warehouse=plant.home, code="IN", kind="receiving", route=99)
    plant.bins["B-01"] = Location.objects.create(warehouse=plant.second, code="B-01", route=1)
    Lane.objects.create(from_warehouse=plant.second, to_warehouse=plant.home, days=1, cost=Decimal(80))
    _items(plant)
    plant.supplier = Supplier.objects.create(code="S-01", name="东莞五金")
    plant.customer = Customer.objects.create(code="C-01", name="客户甲")
    Source.objects.create(
        item=plant.items["BOLT"],
        supplier=plant.supplier,
        lead_days=7,
        expedite_days=2,
        expedite_cost=Decimal(150),
        min_quantity=Decimal(100),
        multiple=Decimal(50),
        price=Decimal("0.5"),
    )
    return plant


def _items(plant: SmallPlant) -> None:
    pcs, kg = Unit.objects.create(code="pcs"), Unit.objects.create(code="kg", decimals=3)
    line = WorkCenter.objects.create(code="L1", name="一线", site=plant.site, hourly_cost=Decimal(200))
    for code, unit in (("BOLT", pcs), ("BOLT-ZN", pcs), ("PLATE", pcs), ("PAINT", kg)):
        plant.items[code] = Item.objects.create(code=code, name=code, unit=unit, lead_days=7, unit_cost=Decimal("0.5"))
    frame = Item.objects.create(code="FRAME", name="机架", unit=pcs, kind=Kind.MAKE, work_center=line, lead_days=3)
    plant.items["FRAME"] = frame
    bom = Bom.objects.create(item=frame)
    for position, (code, quantity) in enumerate((("BOLT", "4"), ("PLATE", "1"), ("PAINT", "0.5")), start=1):
        BomLine.objects.create(bom=bom, position=position, component=plant.items[code], quantity=Decimal(quantity))
    Substitute.objects.create(component=plant.items["BOLT"], substitute=plant.items["BOLT-ZN"], ratio=Decimal(1))

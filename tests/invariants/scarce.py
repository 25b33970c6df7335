"""Five pieces of one item, and everybody who could want them: each way that stock is promised or taken.

`Scarce` makes an item, five pieces of it in one bin, and the documents that the ways start from. `attempt(way, n)`
returns the command of one claimant; `claimed()` says what became of the pieces, counted from the claims themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from django.db.models import F, Sum

from qitao.catalog.models import Bom, BomLine, Item, Kind
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.sales import actions as sales
from qitao.sales.models import SalesOrder, SalesOrderLine
from qitao.stock import actions as stock
from qitao.stock.models import Balance, Move, Reservation, TransferLine
from tests.small_plant import MONDAY, SmallPlant

THERE = Decimal(5)
WAYS = ("release", "fill", "choose", "reserve", "transfer", "ship")  # "choose": the picker points at a bin
NUMBERS = count(1)


@dataclass(frozen=True)
class Claimed:
    """Where the pieces are: allocated in their bin, reserved, or gone."""

    on_hand: Decimal
    allocated: Decimal
    reserved: Decimal
    gone: Decimal
    listed: Decimal  # on open pick lines and planned transfers

    @property
    def promised(self) -> Decimal:
        return self.allocated + self.reserved + self.gone


class Scarce:
    """Five pieces, and `each` of them wanted by everybody."""

    def __init__(self, plant: SmallPlant, *, each: int) -> None:
        self.plant, self.each = plant, Decimal(each)
        name = f"RARE-{next(NUMBERS)}"
        unit = plant.items["BOLT"].unit
        self.item = Item.objects.create(code=name, name=name, unit=unit, lead_days=1, unit_cost=1)
        self.product = Item.objects.create(code=f"{name}-P", name=name, unit=unit, kind=Kind.MAKE, lead_days=1)
        self.bom = Bom.objects.create(item=self.product)
        BomLine.objects.create(bom=self.bom, position=1, component=self.item, quantity=Decimal(1))
        plant.items[name] = self.item
        self.starts: dict[str, list[int]] = {way: [] for way in WAYS}

    def prepare(self, way: str, claimants: int = 1) -> None:
        """Make the documents that claimants of this way start from – before there is anything to claim."""
        for _ in range(claimants):
            self.starts[way].append(self._document(way))

    def _document(self, way: str) -> int:
        if way == "transfer":
            return 0
        code = f"{self.item.code}-{next(NUMBERS)}"
        if way == "ship":
            order = SalesOrder.objects.create(code=code, customer=self.plant.customer)
            line = SalesOrderLine.objects.create(
                order=order, line="10", item=self.item, quantity=self.each, due_on=MONDAY, price=1
            )
            return line.pk
        order = WorkOrder.objects.create(
            code=code,
            item=self.product,
            quantity=self.each,
            rank=next(NUMBERS),
            start_on=MONDAY,
            due_on=MONDAY,
            warehouse=self.plant.home,
            bom=self.bom,
            status="firm" if way in ("release", "reserve") else "released",
        )
        return Requirement.objects.create(work_order=order, position=10, item=self.item, quantity=self.each).pk

    def arrive(self) -> None:
        """Let the five pieces lie in a bin."""
        self.balance = self.plant.put(self.item.code, "A-01", int(THERE))

    def attempt(self, way: str, claimant: int = 0) -> Callable[[], object]:
        """Return what one claimant does."""
        start = self.starts[way][claimant]
        return getattr(self, f"_{way}")(start)  # type: ignore[no-any-return]

    def _release(self, line: int) -> Callable[[], object]:
        order = Requirement.objects.get(pk=line).work_order_id
        return lambda: production.release(self.plant.do("planner"), work_order_id=order)

    def _fill(self, line: int) -> Callable[[], object]:
        order = Requirement.objects.get(pk=line).work_order_id
        return lambda: picking.make_list(self.plant.do("line_leader"), work_order_id=order)

    def _choose(self, line: int) -> Callable[[], object]:
        return lambda: picking.take_from(
            self.plant.do("picker"), requirement_id=line, balance_id=self.balance.pk, quantity=self.each
        )

    def _reserve(self, line: int) -> Callable[[], object]:
        order = Requirement.objects.get(pk=line).work_order_id
        return lambda: production.reserve_material(self.plant.do("planner"), work_order_id=order)

    def _transfer(self, _start: int) -> Callable[[], object]:
        return lambda: stock.plan_transfer(
            self.plant.do("warehouse_manager"),
            item_id=self.item.pk,
            from_warehouse_id=self.plant.home.pk,
            to_warehouse_id=self.plant.second.pk,
            quantity=self.each,
            due_on=MONDAY,
        )

    def _ship(self, line: int) -> Callable[[], object]:
        order = SalesOrderLine.objects.get(pk=line).order_id
        takes = [sales.Take(line, self.balance.pk, self.each)]
        return lambda: sales.ship(self.plant.do("picker"), order_id=order, warehouse_id=self.plant.home.pk, takes=takes)

    def claimed(self) -> Claimed:
        """Count what was promised, from the claims themselves."""

        def total(rows: object, amount: object) -> Decimal:
            return rows.aggregate(sum=Sum(amount))["sum"] or Decimal(0)  # type: ignore[attr-defined]

        lying = Balance.objects.filter(item=self.item)
        listed = total(PickLine.objects.filter(item=self.item, status="open"), F("quantity") - F("picked"))
        listed += total(TransferLine.objects.filter(item=self.item, transfer__status="planned"), "quantity")
        return Claimed(
            on_hand=total(lying, "on_hand"),
            allocated=total(lying, "allocated"),
            reserved=total(Reservation.objects.filter(item=self.item), "quantity"),
            gone=total(Move.objects.filter(item=self.item, to_location__kind="customer"), "quantity"),
            listed=listed,
        )

"""Reading the factory into the engine's columns: one consistent look, every row keyed back to its table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F, Q, Sum

from qitao.catalog.models import Item, Substitute
from qitao.engine.plant import NO_PRIORITY, ItemKind, Plant, SupplyKind
from qitao.engine.plant_builder import PlantBuilder
from qitao.kernel.quantity import ZERO
from qitao.picking.models import PickLine
from qitao.planning.facts_seen import FactsSeen, seen
from qitao.production.models import OPEN_STATES, Requirement, WorkOrder
from qitao.purchasing.models import Delivery, Requisition
from qitao.sales.models import SalesOrderLine
from qitao.stock import trust
from qitao.stock.models import Balance, Lane, Location, Reservation, Status, TransferLine, standing

KINDS = {"make": ItemKind.MAKE, "buy": ItemKind.BUY, "phantom": ItemKind.PHANTOM}


@dataclass(slots=True)
class Snapshot:
    """A plant and the way back: which row of which table each of its rows is."""

    plant: Plant
    facts: FactsSeen
    items: dict[int, int] = field(default_factory=dict)  # item id → row
    orders: dict[int, int] = field(default_factory=dict)  # work order id → order row
    demands: dict[int, int] = field(default_factory=dict)  # sales order line id → order row
    lines: dict[int, int] = field(default_factory=dict)  # requirement id → line row
    deliveries: dict[int, int] = field(default_factory=dict)  # delivery id → supply row
    outputs: dict[int, int] = field(default_factory=dict)  # work order id → supply row
    requisitions: dict[int, int] = field(default_factory=dict)  # requisition id → supply row
    stock: dict[tuple[int, int], int] = field(default_factory=dict)  # item id, warehouse id → supply row
    transfers: dict[int, int] = field(default_factory=dict)  # transfer line id → supply row

    def supply_row(self, kind: str, number: int, *, item_id: int, warehouse_id: int) -> int | None:
        """Return the row of what a reservation stands on; None where nothing of it is left, or to come."""
        match kind:
            case Reservation.Supply.PURCHASE:
                return self.deliveries.get(number)
            case Reservation.Supply.WORK_ORDER:
                return self.outputs.get(number)
            case Reservation.Supply.TRANSFER:
                return self.transfers.get(number)
        return self.stock.get((item_id, warehouse_id))


def take(as_of: date) -> Snapshot:
    """Read the factory as one consistent snapshot, as the plan of `as_of` sees it.

    Inside a running transaction the snapshot is that transaction's view, its own writes included.
    """
    if connection.in_atomic_block:
        return _Reader(as_of).read()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _Reader(as_of).read()


class _Reader:
    """Fills a PlantBuilder table by table; only items that an open need or a substitute names are read."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.build = PlantBuilder(as_of)
        self.shot = Snapshot(plant=None, facts=seen())  # type: ignore[arg-type]
        self.left: dict[int, Decimal] = {}  # supply row → what no reservation claims yet
        self.demand_lines: dict[int, int] = {}  # sales order line id → line row
        self.wanted: dict[int, Decimal] = {}  # line row → what no reservation covers yet

    def read(self) -> Snapshot:
        self._items()
        self._substitutes()
        self._stock()
        self._purchases()
        self._transfers()
        self._lanes()
        self._work_orders()
        self._demands()
        self._requirements()
        self._reservations()
        self.shot.plant = self.build.build()
        return self.shot

    def _items(self) -> None:
        rows = Item.objects.filter(is_active=True).values_list("id", "code", "kind", "lead_days", "unit_cost")
        for pk, code, kind, lead_days, cost in rows.order_by("id"):
            self.shot.items[pk] = self.build.add_item(code, kind=KINDS[kind], lead_days=lead_days or 0, unit_cost=cost)

    def _substitutes(self) -> None:
        rows = Substitute.objects.filter(is_approved=True).order_by("component", "priority", "id")
        for row in rows:
            if {row.component_id, row.substitute_id} <= self.shot.items.keys():
                self.build.add_substitute(
                    self.shot.items[row.component_id],
                    self.shot.items[row.substitute_id],
                    parent=-1 if row.parent_id is None else self.shot.items.get(row.parent_id, -1),
                    ratio=row.ratio,
                    priority=row.priority,
                    **({"valid_from": row.valid_from} if row.valid_from else {}),
                    valid_to=row.valid_to,
                )

    def _supply(self, item_id: int, quantity: Decimal, **how: object) -> int | None:
        if quantity <= 0 or item_id not in self.shot.items:
            return None
        row = self.build.add_supply(self.shot.items[item_id], quantity=quantity, **how)  # type: ignore[arg-type]
        self.left[row] = quantity
        return row

    def _stock(self) -> None:
        """One supply per item and warehouse: own, available, unexpired, undoubted; less what transfers will take.

        A bin whose counts found less than the record counts only as far as it is trusted.
        """
        leaving: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        planned = TransferLine.objects.filter(transfer__status="planned").values_list(
            "item", "transfer__from_warehouse", "quantity"
        )
        for item_id, warehouse_id, quantity in planned:
            leaving[item_id, warehouse_id] += quantity
        usable = Balance.objects.filter(
            status=Status.OK, owner="", on_hand__gt=0, doubted_at=None, location__kind__in=Location.PICKED
        ).exclude(lot__expires_on__lt=self.as_of)
        for place, missing in trust.not_believed(usable, on=self.as_of).items():
            leaving[place] += missing
        rows = (
            usable.values_list("item", "location__warehouse", "location__warehouse__code")
            .annotate(on_hand=Sum("on_hand"))
            .order_by("item", "location__warehouse")
        )
        for item_id, warehouse_id, code, on_hand in rows:
            quantity = on_hand - leaving[item_id, warehouse_id]
            row = self._supply(item_id, quantity, warehouse=code, code=code, reference=warehouse_id)
            if row is not None:
                self.shot.stock[item_id, warehouse_id] = row

    def _purchases(self) -> None:
        """Open deliveries on the day expected; one that is overdue without a new date counts as tomorrow."""
        tomorrow = self.as_of + timedelta(days=1)
        rows = Delivery.objects.filter(line__order__status="open", received__lt=F("quantity")).select_related(
            "line__order__warehouse"
        )
        for delivery in rows.order_by("id"):
            expected = delivery.expected_on
            row = self._supply(
                delivery.line.item_id,
                delivery.open_quantity,
                kind=SupplyKind.PURCHASE_ORDER,
                day=max(expected, tomorrow) if expected else None,
                warehouse=delivery.line.order.warehouse.code,
                code=str(delivery.line),
                reference=delivery.pk,
            )
            if row is not None:
                self.shot.deliveries[delivery.pk] = row
        for asked in Requisition.objects.filter(status="open").select_related("warehouse").order_by("id"):
            row = self._supply(
                asked.item_id,
                asked.quantity,
                kind=SupplyKind.REQUISITION,
                day=max(asked.expected_on, tomorrow),
                warehouse=asked.warehouse.code,
                code=asked.code,
                reference=asked.pk,
            )
            if row is not None:
                self.shot.requisitions[asked.pk] = row

    def _transfers(self) -> None:
        self.transfer_rows: list[tuple[TransferLine, int]] = []
        rows = TransferLine.objects.filter(transfer__status__in=("planned", "in_transit"), owner="").select_related(
            "transfer__to_warehouse"
        )
        for line in rows.order_by("id"):
            row = self._supply(
                line.item_id,
                line.quantity,
                kind=SupplyKind.TRANSFER,
                day=max(line.transfer.due_on, self.as_of),
                warehouse=line.transfer.to_warehouse.code,
                code=line.transfer.code,
                reference=line.pk,
            )
            if row is not None:
                self.transfer_rows.append((line, row))
                self.shot.transfers[line.pk] = row

    def _lanes(self) -> None:
        for lane in Lane.objects.select_related("from_warehouse", "to_warehouse"):
            item = -1 if lane.item_id is None else self.shot.items.get(lane.item_id, -1)
            if lane.item_id is None or item >= 0:
                self.build.add_lane(lane.from_warehouse.code, lane.to_warehouse.code, days=lane.days, item=item)

    def _work_orders(self) -> None:
        rows = WorkOrder.objects.filter(status__in=OPEN_STATES).select_related("warehouse").order_by("rank", "id")
        for work_order in rows:
            if work_order.item_id in self.shot.items:
                self.shot.orders[work_order.pk] = self.build.add_work_order(
                    work_order.code,
                    product=self.shot.items[work_order.item_id],
                    quantity=work_order.open_quantity,
                    need=work_order.start_on,
                    due=work_order.due_on,
                    rank=work_order.rank,
                    warehouse=work_order.warehouse.code,
                    duration_days=self._duration(work_order),
                    reference=work_order.pk,
                )
                output = self.build.output_of(self.shot.orders[work_order.pk])
                if output is not None:
                    self.shot.outputs[work_order.pk], self.left[output] = output, work_order.open_quantity

    def _duration(self, work_order: WorkOrder) -> int:
        """Return the days from complete kit to output: as planned, or what is left of it where it has begun."""
        begun = work_order.status in ("started", "paused")
        since = max(work_order.start_on, self.as_of) if begun else work_order.start_on
        return max((work_order.due_on - since).days, 0)

    def _demands(self) -> None:
        rows = SalesOrderLine.objects.filter(
            Q(quantity__gt=F("shipped")), order__status="open", due_on__isnull=False
        ).select_related("order", "warehouse")
        for line in rows.order_by("due_on", "id"):
            if line.item_id in self.shot.items:
                self.shot.demands[line.pk] = self.build.add_demand(
                    str(line),
                    product=self.shot.items[line.item_id],
                    quantity=line.open_quantity,
                    due=line.due_on,
                    rank=NO_PRIORITY if line.priority is None else line.priority,
                    warehouse=line.warehouse.code if line.warehouse else "",
                    reference=line.pk,
                )
                row = self.build.line_of(self.shot.demands[line.pk])
                self.demand_lines[line.pk], self.wanted[row] = row, line.open_quantity

    def _requirements(self) -> None:
        rows = Requirement.objects.filter(
            is_consumable=False, quantity__gt=F("issued"), work_order__status__in=OPEN_STATES
        )
        for line in rows.order_by("work_order", "position"):
            order = self.shot.orders.get(line.work_order_id)
            if order is not None and line.item_id in self.shot.items:
                row = self.build.add_line(
                    order, self.shot.items[line.item_id], quantity=line.open_quantity, reference=line.pk
                )
                self.shot.lines[line.pk] = row
                self.wanted[row] = line.open_quantity

    def _reservations(self) -> None:
        """Claims – allocated picks, soft reservations, transfers for one requirement – as far as supply backs them."""
        picks = PickLine.objects.filter(status="open").values_list(
            "requirement", "item", "location__warehouse", F("quantity") - F("picked")
        )
        for requirement_id, item_id, warehouse_id, quantity in picks:
            self._claim(self.shot.lines.get(requirement_id), self.shot.stock.get((item_id, warehouse_id)), quantity)
        lines = {"production.requirement": self.shot.lines, "sales.salesorderline": self.demand_lines}
        for claim in Reservation.objects.filter(standing(self.as_of), holder__in=lines).order_by("id"):
            place = {"item_id": claim.item_id, "warehouse_id": claim.warehouse_id}
            supply = self.shot.supply_row(claim.supply, claim.supply_id, **place)
            self._claim(lines[claim.holder].get(claim.holder_id), supply, claim.quantity)
        for transfer_line, row in self.transfer_rows:
            if transfer_line.holder == "production.requirement" and transfer_line.holder_id is not None:
                self._claim(self.shot.lines.get(transfer_line.holder_id), row, transfer_line.quantity)

    def _claim(self, line: int | None, supply: int | None, quantity: Decimal) -> None:
        if line is None or supply is None:
            return
        backed = min(quantity, self.left[supply], self.wanted[line])
        if backed > ZERO:
            self.left[supply] -= backed
            self.wanted[line] -= backed
            self.build.add_reservation(line, supply, quantity=backed)

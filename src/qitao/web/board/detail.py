"""What an opened row of the board shows: the lines of a work order and the supplies the plan gives them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Model, Sum

from qitao.kernel.quantity import ZERO
from qitao.planning.models import KitDate, LineCover, Peg, SupplyKind
from qitao.production.models import Requirement, WorkOrder
from qitao.purchasing.models import Delivery, Requisition
from qitao.stock.models import Balance, Location, Status, TransferLine, Warehouse
from qitao.stock.trust import Distrusted, distrusted

Doubts = dict[tuple[int, int | None], list[Distrusted]]


@dataclass(frozen=True, slots=True)
class Supply:
    """What the plan gives to a line: from which document, how much, when; `substitute` is what does it in its place.

    `is_home`: it lies in the work order's own warehouse. A substitute, or stock that lies elsewhere, is only counted
    on: somebody has yet to decide.
    """

    kind: str
    word: str
    document: Model | None
    label: str
    quantity: Decimal
    available_on: date | None
    substitute: str
    is_home: bool

    @property
    def is_counted_on(self) -> bool:
        """Whether the plan counts on it though nobody has decided it."""
        return self.kind == SupplyKind.STOCK and (bool(self.substitute) or not self.is_home)

    @property
    def lies_ready(self) -> bool:
        """Whether it can be picked as it is."""
        return self.kind == SupplyKind.STOCK and not self.is_counted_on


@dataclass(frozen=True, slots=True)
class Line:
    """A component line: when it is covered, what it lacks, from where it comes."""

    requirement: Requirement
    cover: LineCover | None
    supplies: list[Supply]
    is_bottleneck: bool
    need_on: date
    distrusted: list[Distrusted]

    @property
    def tone(self) -> str:
        """good: there now; wait: in time; warn: late; bad: never."""
        if self.cover is None or self.cover.covered_on is None:
            return "bad"
        if self.cover.covered_on > self.need_on:
            return "warn"
        return "good" if all(supply.lies_ready for supply in self.supplies) else "wait"


@dataclass(frozen=True, slots=True)
class Detail:
    """The opened row: lines that hold the order up first, then the rest by position."""

    kit: KitDate
    lines: list[Line]

    @property
    def troubled(self) -> list[Line]:
        """The lines that are not covered in time."""
        return [line for line in self.lines if line.tone in ("warn", "bad")]

    @property
    def waited_for(self) -> list[Line]:
        """The lines that are covered in time by something that is still to come."""
        return [line for line in self.lines if line.tone == "wait"]

    @property
    def there(self) -> int:
        """How many lines lie ready."""
        return sum(line.tone == "good" for line in self.lines)


def details(kits: Sequence[KitDate]) -> dict[int, Detail]:
    """Return the details of some work orders, read for all of them at once."""
    if not kits:
        return {}
    lines = (
        Requirement.objects.filter(work_order__in=[kit.pk for kit in kits], is_consumable=False)
        .select_related("item__unit", "cover")
        .order_by("work_order", "position")
    )
    rows = list(lines)
    supplies = _supplies([row.pk for row in rows])
    doubts = _distrusted(rows, on=max(kit.run.as_of for kit in kits))
    by_order: dict[int, list[Requirement]] = defaultdict(list)
    for row in rows:
        by_order[row.work_order_id].append(row)
    return {kit.pk: Detail(kit, _lines(kit, by_order[kit.pk], supplies, doubts)) for kit in kits}


def _distrusted(rows: Sequence[Requirement], *, on: date) -> Doubts:
    """Return what lies of the lines' items but is not wholly believed, by item and warehouse."""
    found: Doubts = defaultdict(list)
    lying = Balance.objects.filter(item__in={row.item_id for row in rows}, status=Status.OK, owner="", on_hand__gt=0)
    for each in distrusted(lying.filter(doubted_at=None, location__kind__in=Location.PICKED), on=on):
        found[each.balance.item_id, each.balance.location.warehouse_id].append(each)
    return found


def _lines(kit: KitDate, rows: Iterable[Requirement], supplies: dict[int, list[Supply]], doubts: Doubts) -> list[Line]:
    home = kit.work_order.warehouse_id
    need_on = max(kit.work_order.start_on, kit.run.as_of)
    return [
        Line(
            row,
            getattr(row, "cover", None),
            supplies.get(row.pk, []),
            row.pk == kit.bottleneck_id,
            need_on,
            doubts.get((row.item_id, home), []),
        )
        for row in rows
        if row.open_quantity
    ]


def _supplies(requirement_ids: list[int]) -> dict[int, list[Supply]]:
    pegs = list(
        Peg.objects.filter(requirement__in=requirement_ids)
        .annotate(home=F("requirement__work_order__warehouse"))
        .values("requirement", "requirement__item", "kind", "supply_id", "item", "item__code", "available_on", "home")
        .annotate(quantity=Sum("quantity"))
        .order_by("available_on", "kind", "supply_id")
    )
    documents = {
        kind: _documents(kind, {peg["supply_id"] for peg in pegs if peg["kind"] == kind}) for kind in SupplyKind
    }
    found: dict[int, list[Supply]] = defaultdict(list)
    for peg in pegs:
        kind = SupplyKind(peg["kind"])
        document, label = documents[kind].get(peg["supply_id"], (None, ""))
        found[peg["requirement"]].append(
            Supply(
                kind=kind.value,
                word=str(kind.label),
                document=document,
                label=label,
                quantity=peg["quantity"] or ZERO,
                available_on=peg["available_on"],
                substitute=peg["item__code"] if peg["item"] != peg["requirement__item"] else "",
                is_home=peg["supply_id"] == peg["home"],
            )
        )
    return found


def _documents(kind: SupplyKind, ids: set[int]) -> dict[int, tuple[Model | None, str]]:
    """Return for each supply of a kind the document it stands in, and how it is called."""
    if not ids:
        return {}
    match kind:
        case SupplyKind.STOCK:
            return {row.pk: (None, row.code) for row in Warehouse.objects.filter(pk__in=ids)}
        case SupplyKind.PURCHASE:
            rows = Delivery.objects.filter(pk__in=ids).select_related("line__order")
            return {row.pk: (row.line.order, str(row.line)) for row in rows}
        case SupplyKind.WORK_ORDER:
            return {row.pk: (row, row.code) for row in WorkOrder.objects.filter(pk__in=ids)}
        case SupplyKind.TRANSFER:
            lines = TransferLine.objects.filter(pk__in=ids).select_related("transfer")
            return {row.pk: (row.transfer, row.transfer.code) for row in lines}
        case SupplyKind.REQUISITION:
            return {row.pk: (row, row.code) for row in Requisition.objects.filter(pk__in=ids)}

"""Where lots went and where they came from, as a graph: `trace`, and what to start from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet

from qitao.kernel.quantity import ZERO
from qitao.picking.models import PickList
from qitao.production.models import WorkOrder
from qitao.purchasing.models import PurchaseOrder, Receipt, ReceiptLine, Supplier
from qitao.sales.models import Customer, SalesOrder, Shipment, ShipmentLine
from qitao.stock.models import Balance, Item, Location, Lot, Move
from qitao.tracing import statement

MOST = 20_000  # lots and work orders that one trace follows


class Kind(IntEnum):
    """What a node of a trace is."""

    LOT = statement.LOT
    WORK_ORDER = statement.WORK_ORDER
    SHIPMENT = statement.SHIPMENT
    RECEIPT = statement.RECEIPT


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A lot, a work order, a shipment or a receipt."""

    kind: Kind
    id: int


@dataclass(frozen=True, slots=True)
class Link:
    """A quantity that went from one node to another, in the unit of the lot's item.

    `is_early`: the output was reported before any of the traced material was issued. It can hold some only if the issue
    was booked after the fact.
    """

    source: Node
    target: Node
    quantity: Decimal
    began: datetime | None
    ended: datetime | None
    is_early: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Where a trace starts: lots, work orders, or both."""

    lots: frozenset[int] = frozenset()
    work_orders: frozenset[int] = frozenset()

    @property
    def nodes(self) -> frozenset[Node]:
        """The same as nodes."""
        return frozenset(
            {Node(Kind.LOT, pk) for pk in self.lots} | {Node(Kind.WORK_ORDER, pk) for pk in self.work_orders}
        )


@dataclass(frozen=True, slots=True)
class Trace:
    """What one direction reached. `sure` nodes hold what was followed (backwards: are in it); the others may.

    `stopped` lots hold untracked stock and were not followed; `is_cut` says that there is more than is followed.
    """

    start: Start
    links: tuple[Link, ...]
    nodes: frozenset[Node]
    sure: frozenset[Node]
    stopped: frozenset[int]
    is_cut: bool

    def ids(self, kind: Kind) -> list[int]:
        """Return the ids of the nodes of a kind."""
        return sorted(node.id for node in self.nodes if node.kind == kind)


@dataclass(slots=True)
class _Found:
    links: list[Link] = field(default_factory=list)
    nodes: set[Node] = field(default_factory=set)
    steps: int = 0


def forward(start: Start, *, untracked: bool = True, most: int = MOST) -> Trace:
    """Follow lots and work orders to everything that holds them. Untracked stock is followed from when they came in."""
    found = _ask(statement.FORWARD, start, bound=0, untracked=untracked, most=most, turned=False)
    return _trace(start, found, untracked=untracked, most=most, reading=_Reading(is_forward=True))


def backward(start: Start, *, untracked: bool = False, most: int = MOST) -> Trace:
    """Follow lots and work orders back to everything that is in them; into untracked stock only where asked."""
    found = _ask(statement.BACKWARD, start, bound=statement.EVER, untracked=untracked, most=most, turned=True)
    return _trace(start, found, untracked=untracked, most=most, reading=_Reading(is_forward=False))


def _ask(query: str, start: Start, *, bound: int, untracked: bool, most: int, turned: bool) -> _Found:
    found = _Found()
    if not start.nodes:
        return found
    values: dict[str, Any] = {
        **_places(),
        "lots": sorted(start.lots),
        "work_orders": sorted(start.work_orders),
        "bound": bound,
        "untracked": untracked,
        "most": most + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        for kind, pk, far_kind, far_id, quantity, _first, _last, began, ended, found.steps in cursor.fetchall():
            near = Node(Kind(kind), pk)
            found.nodes.add(near)
            if far_kind is None:
                continue
            far = Node(Kind(far_kind), far_id)
            found.nodes.add(far)
            source, target = (far, near) if turned else (near, far)
            found.links.append(Link(source, target, quantity, began, ended))
    return found


def _places() -> dict[str, int]:
    """Return the places outside the stores through which what is followed goes on."""
    found = dict(Location.objects.filter(warehouse=None).values_list("kind", "pk"))
    outside = {"production": Location.Kind.PRODUCTION, "relabelling": Location.Kind.RELABEL}
    return {name: found.get(kind, 0) for name, kind in outside.items()}


@dataclass(frozen=True, slots=True)
class _Reading:
    """Which end of a link is the near one: the source going forward, the target going backward."""

    is_forward: bool

    def near(self, link: Link) -> Node:
        return link.source if self.is_forward else link.target

    def far(self, link: Link) -> Node:
        return link.target if self.is_forward else link.source


def _trace(start: Start, found: _Found, *, untracked: bool, most: int, reading: _Reading) -> Trace:
    lots = [node.id for node in found.nodes if node.kind == Kind.LOT]
    items = {
        pk: (item_id, code) for pk, item_id, code in Lot.objects.filter(pk__in=lots).values_list("pk", "item", "code")
    }
    loose = {pk for pk, (_, code) in items.items() if not code}
    links = _with_early(found.links)
    stopped = frozenset() if untracked else frozenset(loose - start.lots)
    return Trace(
        start=start,
        links=tuple(sorted(links, key=lambda link: (link.source, link.target))),
        nodes=frozenset(found.nodes | start.nodes),
        sure=_sure(start, links, items=items, reading=reading),
        stopped=stopped,
        is_cut=found.steps > most,
    )


def _with_early(links: list[Link]) -> list[Link]:
    """Mark the links of work orders whose outputs were all reported before the first of the traced issues."""
    issued: dict[int, list[datetime]] = defaultdict(list)
    made: dict[int, list[datetime]] = defaultdict(list)
    for link in links:
        if link.target.kind == Kind.WORK_ORDER and link.began:
            issued[link.target.id].append(link.began)
        elif link.source.kind == Kind.WORK_ORDER and link.ended:
            made[link.source.id].append(link.ended)

    def is_early(link: Link) -> bool:
        if link.source.kind == Kind.WORK_ORDER:
            first = issued.get(link.source.id)
            return bool(first and link.ended and link.ended < min(first))
        if link.target.kind == Kind.WORK_ORDER:
            last = made.get(link.target.id)
            return bool(last and link.began and link.began > max(last))
        return False

    return [
        Link(link.source, link.target, link.quantity, link.began, link.ended, is_early=True) if is_early(link) else link
        for link in links
    ]


def _sure(start: Start, links: list[Link], *, items: dict[int, tuple[int, str]], reading: _Reading) -> frozenset[Node]:
    """Return the nodes that hold for certain what is followed.

    A work order that made one lot passes on whatever it used. Of one that made several, a lot holds some for certain
    only where all that was used of the item is followed – backwards: where it came from one lot. Untracked stock passes
    on nothing for certain.
    """
    used, outputs = _whole({node.id for link in links for node in _work_orders(link)})
    onward: dict[Node, list[Link]] = defaultdict(list)
    for link in links:
        if not link.is_early:
            onward[reading.near(link)].append(link)
    sure, waiting = set(start.nodes), list(start.nodes)
    followed: dict[tuple[Node, int], Decimal] = defaultdict(lambda: ZERO)
    while waiting:
        near = waiting.pop()
        if near.kind == Kind.LOT and not items[near.id][1] and near not in start.nodes:
            continue
        for link in onward[near]:
            far = reading.far(link)
            if link.target.kind == Kind.WORK_ORDER and link.target not in start.nodes:
                item = items[link.source.id][0]
                together = (link.target, item if reading.is_forward else link.source.id)
                followed[together] += link.quantity
                is_all = followed[together] >= used.get((link.target.id, item), ZERO)
                if outputs.get(link.target.id, 0) > 1 and not is_all:
                    continue
            if far not in sure:
                sure.add(far)
                waiting.append(far)
    return frozenset(sure)


def _work_orders(link: Link) -> list[Node]:
    return [node for node in (link.source, link.target) if node.kind == Kind.WORK_ORDER]


def _whole(work_orders: Collection[int]) -> tuple[dict[tuple[int, int], Decimal], dict[int, int]]:
    """Return how much each work order used of each item, and how many lots it made."""
    used: dict[tuple[int, int], Decimal] = {}
    outputs: dict[int, int] = {}
    if work_orders:
        with connection.cursor() as cursor:
            cursor.execute(statement.WHOLE, {"work_orders": sorted(work_orders), **_places()})
            for work_order, item, quantity, lots in cursor.fetchall():
                outputs[work_order] = lots
                if item is not None:
                    used[work_order, item] = quantity
    return used, outputs


# What to start from


def start_of(thing: models.Model) -> Start:
    """Return the lots and work orders that a record stands for: its own, those it brought, or those it took."""
    return STARTS[type(thing)](thing)


def _lots(rows: QuerySet[Any], path: str = "lot") -> Start:
    return Start(lots=frozenset(rows.values_list(path, flat=True).distinct()[:MOST]))


def _shipped(**lines: Any) -> Start:
    return _lots(ShipmentLine.objects.filter(shipment__undone_at=None, **lines))


STARTS: dict[type[models.Model], Callable[[Any], Start]] = {
    Lot: lambda lot: Start(lots=frozenset({lot.pk})),
    Item: lambda item: Start(lots=frozenset(item.lots.values_list("pk", flat=True)[:MOST])),
    WorkOrder: lambda work_order: Start(work_orders=frozenset({work_order.pk})),
    PickList: lambda pick_list: Start(
        work_orders=frozenset(pick_list.lines.values_list("requirement__work_order", flat=True))
    ),
    Receipt: lambda receipt: _lots(receipt.lines.all()),
    PurchaseOrder: lambda order: _lots(ReceiptLine.objects.filter(receipt__order=order)),
    Supplier: lambda supplier: _lots(ReceiptLine.objects.filter(receipt__order__supplier=supplier)),
    Shipment: lambda shipment: _shipped(shipment=shipment),
    SalesOrder: lambda order: _shipped(shipment__order=order),
    Customer: lambda customer: _shipped(shipment__order__customer=customer),
}


# What is reached


def stock_of(lot_ids: Iterable[int]) -> QuerySet[Balance]:
    """Return where these lots still lie."""
    rows = Balance.objects.filter(lot__in=list(lot_ids), on_hand__gt=0)
    return rows.select_related("item__unit", "lot", "location__warehouse")


def shipped(trace: Trace) -> QuerySet[ShipmentLine]:
    """Return what of the reached lots went to customers."""
    rows = ShipmentLine.objects.filter(shipment__in=trace.ids(Kind.SHIPMENT), lot__in=trace.ids(Kind.LOT))
    return rows.select_related("shipment__order__customer", "shipment__warehouse", "order_line__item__unit", "lot")


def received(trace: Trace) -> QuerySet[ReceiptLine]:
    """Return what of the reached lots suppliers brought."""
    rows = ReceiptLine.objects.filter(receipt__in=trace.ids(Kind.RECEIPT), lot__in=trace.ids(Kind.LOT))
    return rows.select_related("receipt__order__supplier", "delivery__line", "lot__item__unit", "location__warehouse")


def lost(lot_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return how much of each lot was scrapped."""
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    moves = Move.objects.filter(lot__in=list(lot_ids))
    for sign, side in ((1, "to_location__kind"), (-1, "from_location__kind")):
        rows = (
            moves.filter(**{side: Location.Kind.SCRAP})
            .order_by()
            .values_list("lot")
            .annotate(all=models.Sum("quantity"))
        )
        for lot, quantity in rows:
            found[lot] += sign * quantity
    return {lot: quantity for lot, quantity in found.items() if quantity > 0}

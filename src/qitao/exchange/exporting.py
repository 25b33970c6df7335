"""The rows of a plant folder, out of the database: codes as they came, in the order they came.

Each function returns the rows of one file as column → value; `qitao.engine.folder_format` says which columns a
file has. What has no place in the format is told through `note`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from qitao.catalog import queries as catalog
from qitao.catalog.models import Bom, BomLine, CalendarDay, Item, ItemSite, Substitute, WorkCenter
from qitao.exchange.readers.plant_folder import UNNAMED, WAREHOUSE
from qitao.exchange.report import Message, say
from qitao.kernel.quantity import ZERO, plain, required
from qitao.kernel.words import gettext_noop
from qitao.production.models import OPEN_STATES, Requirement, WorkOrder
from qitao.purchasing.models import Delivery, Requisition, Source
from qitao.sales.models import SalesOrderLine
from qitao.stock.models import Balance, Lane, Location, TransferLine, Warehouse

Values = dict[str, Any]
Note = Callable[[Message], None]
ONE_DAY = timedelta(days=1)
# a paused work order goes on; the format has no word for the pause
ORDER_STATUS = {"firm": "firm", "released": "released", "started": "started", "paused": "started"}


def tables(note: Note) -> dict[str, Sequence[Values]]:
    """Return file → rows for the whole system."""
    files = _all(note)
    if list(Warehouse.objects.values_list("code", flat=True)) == [WAREHOUSE]:
        # the warehouse that a folder has which names none
        files = {file: [{**row, "warehouse": ""} for row in rows] for file, rows in files.items()}
    return files


def _all(note: Note) -> dict[str, Sequence[Values]]:
    return {
        "items.csv": list(_items(note)),
        "bom.csv": list(_bom(note)),
        "substitutes.csv": list(_substitutes()),
        "stock.csv": list(_stock(note)),
        "demands.csv": list(_demands(note)),
        "work_orders.csv": list(_work_orders()),
        "requirements.csv": list(_requirements(note)),
        "purchase_orders.csv": list(_purchase_orders()),
        "transfers.csv": list(_transfers()),
        "purchase.csv": list(_purchase(note)),
        "lanes.csv": list(_lanes()),
        "workcenters.csv": list(_work_centers()),
        "calendar.csv": list(_calendar()),
    }


def written(value: object) -> str:
    """Return a value as the folder writes it: plain decimals, ISO dates, nothing for nothing."""
    if isinstance(value, Decimal):
        return plain(value)
    return "" if value is None else str(value)


def _items(note: Note) -> Iterator[Values]:
    at_sites = ItemSite.objects.values("item").distinct().count()
    if at_sites:
        text = gettext_noop(
            "{count} items have planning parameters of their own at a site; the folder has no place for them."
        )
        note(say(text, count=at_sites))
    for item in Item.objects.select_related("unit", "work_center").order_by("id"):
        yield {
            "item": item.code,
            "kind": item.kind,
            "lead_days": item.lead_days,
            "name": item.name,
            "unit": item.unit.code,
            "min_lot": item.min_lot,
            "multiple": item.multiple,
            "max_lot": item.max_lot,
            "safety_stock": item.safety_stock,
            "fence_days": item.fence_days,
            "unit_cost": item.unit_cost,
            "workcenter": item.work_center.code if item.work_center else "",
            "hours_per_unit": item.hours_per_unit,
            "yield": item.yield_percent / 100,
        }


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `start` to `end`, both counted; None is open."""

    start: date | None
    end: date | None

    def within(self, other: Span) -> Span | None:
        """Return the days that both have."""
        starts = [day for day in (self.start, other.start) if day]
        ends = [day for day in (self.end, other.end) if day]
        both = Span(max(starts, default=None), min(ends, default=None))
        return None if both.start and both.end and both.end < both.start else both

    def without(self, other: Span) -> list[Span]:
        """Return the days before and after `other`."""
        if self.within(other) is None:
            return [self]
        parts = []
        if other.start and (self.start is None or self.start < other.start):
            parts.append(Span(self.start, other.start - ONE_DAY))
        if other.end and (self.end is None or self.end > other.end):
            parts.append(Span(other.end + ONE_DAY, self.end))
        return parts


def _in_use(boms: Sequence[Bom]) -> Iterator[tuple[Bom, Span]]:
    """Return when each version of one item is the one in use: of those valid the one that starts last."""
    ranked = sorted(boms, key=lambda bom: (bom.valid_from or date.min, bom.pk))
    for place, bom in enumerate(ranked):
        spans = [Span(bom.valid_from, bom.valid_to)]
        for later in ranked[place + 1 :]:
            spans = [part for span in spans for part in span.without(Span(later.valid_from, later.valid_to))]
        yield from ((bom, span) for span in spans)


def bom_lines() -> Iterator[Values]:
    """Return the lines of all BOMs, each version for its days, as bom.csv has them."""
    return _bom(_unheard)


def _bom(note: Note) -> Iterator[Values]:
    versions: dict[int, list[Bom]] = defaultdict(list)
    for bom in Bom.objects.select_related("item").order_by("item_id", "id"):
        versions[bom.item_id].append(bom)
    lines: dict[int, list[BomLine]] = defaultdict(list)
    for line in BomLine.objects.select_related("component").order_by("bom_id", "position"):
        lines[line.bom_id].append(line)
    left_out = 0
    for boms in versions.values():
        for bom, span in _in_use(boms):
            for line in lines[bom.pk]:
                days = Span(line.valid_from, line.valid_to).within(span)
                left_out += line.is_consumable or line.is_optional
                if days and not line.is_consumable and not line.is_optional:
                    yield _bom_line(bom, line, days)
    if left_out:
        note(say(gettext_noop("{count} optional or consumable BOM lines are left out."), count=left_out))


def _bom_line(bom: Bom, line: BomLine, days: Span) -> Values:
    return {
        "parent": bom.item.code,
        "component": line.component.code,
        "quantity": line.quantity,
        "scrap_percent": line.scrap_percent,
        "valid_from": days.start,
        "valid_to": days.end,
        "operation": line.operation,
    }


def _substitutes() -> Iterator[Values]:
    """Return the substitutes that may be used: approved, and of an item that is in use."""
    rows = Substitute.objects.filter(is_approved=True, substitute__is_active=True, component__is_active=True)
    for row in rows.select_related("component", "substitute", "parent").order_by("id"):
        yield {
            "component": row.component.code,
            "substitute": row.substitute.code,
            "parent": row.parent.code if row.parent else "",
            "ratio": row.ratio,
            "priority": row.priority,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }


def balances(items: Collection[int]) -> Iterator[Values]:
    """Return what lies of some items, as stock.csv has it."""
    return _stock(_unheard, Balance.objects.filter(item_id__in=RawSQL("SELECT unnest(%s::bigint[])", [[*items]])))


def _unheard(message: Message) -> None:
    """Take a note that nobody asked for."""


def _stock(note: Note, among: QuerySet[Balance] | None = None) -> Iterator[Values]:
    """Return what lies where by lot; what may not be picked has a status that does not count."""
    leaving: Counter[tuple[int, int, int]] = Counter()
    for line in TransferLine.objects.filter(transfer__status="planned"):
        leaving[line.item_id, line.from_location_id, line.lot_id] += line.quantity  # type: ignore[assignment]
    rows = (
        (Balance.objects.all() if among is None else among)
        .filter(on_hand__gt=0)
        .exclude(location__kind=Location.Kind.TRANSIT)
    )
    totals: dict[tuple[object, ...], Decimal] = {}
    foreign = 0
    for row in rows.select_related("item", "lot", "location__warehouse").order_by("item_id", "id"):
        if row.owner:
            foreign += 1
            continue
        free = row.status == "ok" and row.doubted_at is None and row.location.kind in Location.PICKED
        status = row.status if free or row.status != "ok" else "quarantine"
        taken = leaving[row.item_id, row.location_id, row.lot_id] if free else 0
        key = (row.item.code, row.location.warehouse.code, row.lot.code, status, row.lot.expires_on)  # type: ignore[union-attr]
        totals[key] = totals.get(key, ZERO) + row.on_hand - taken
    if foreign:
        note(say(gettext_noop("{count} balances that belong to others are left out."), count=foreign))
    # the items as they came, what lies of each in an order that another import keeps
    sequence = {code: place for place, code in enumerate(dict.fromkeys(mark[0] for mark in totals))}
    for mark, quantity in sorted(totals.items(), key=lambda row: (sequence[row[0][0]], *map(str, row[0][1:]))):
        if quantity:
            place = zip(("item", "warehouse", "lot", "status", "expires_on"), mark, strict=True)
            yield {**dict(place), "quantity": quantity}


def _demands(note: Note) -> Iterator[Values]:
    lines = list(
        SalesOrderLine.objects.filter(order__status="open", quantity__gt=F("shipped"))
        .select_related("order__customer", "item", "warehouse")
        .order_by("id")
    )
    per_order = Counter(line.order_id for line in lines)
    undated = [line for line in lines if line.due_on is None]
    if undated:
        text = gettext_noop("{count} sales order lines without a due date are left out, {line} the first.")
        note(say(text, count=len(undated), line=undated[0]))
    for line in lines:
        alone = per_order[line.order_id] == 1 and line.line == "1"
        if line.due_on is None:
            continue
        customer = line.order.customer.code
        yield {
            "demand": line.order.code if alone else str(line),
            "item": line.item.code,
            "quantity": line.open_quantity,
            "due_date": line.due_on,
            "priority": line.priority,
            "customer": "" if customer == UNNAMED else customer,
            "warehouse": line.warehouse.code if line.warehouse else "",
        }


def _open_work_orders() -> Sequence[WorkOrder]:
    """Return what is to be made; a rework order is not a folder's: its pieces lie in stock, as rejected."""
    rows = WorkOrder.objects.filter(status__in=OPEN_STATES, reworks=None).select_related("item", "warehouse", "bom")
    return list(rows.order_by("id"))


def _work_orders() -> Iterator[Values]:
    for order in _open_work_orders():
        yield {
            "order": order.code,
            "item": order.item.code,
            "quantity": order.quantity,
            "due_date": order.due_on,
            "start_date": order.start_on,
            "priority": order.rank,
            "status": ORDER_STATUS[order.status],
            "quantity_done": order.quantity_done,
            "quantity_scrapped": order.quantity_scrapped + order.quantity_rejected or "",
            "warehouse": order.warehouse.code,
        }


def _requirements(note: Note) -> Iterator[Values]:
    """Return the requirements of the work orders whose lines are not simply those of their BOM."""
    lines: dict[int, list[Requirement]] = defaultdict(list)
    rows = Requirement.objects.filter(work_order__status__in=OPEN_STATES).select_related("item")
    for line in rows.order_by("work_order_id", "position"):
        lines[line.work_order_id].append(line)
    left_out = 0
    changes = _last_changes()
    for order in _open_work_orders():
        given = lines[order.pk]
        if _follows_bom(order, given, changes):
            continue
        left_out += sum(line.is_consumable for line in given)
        for line in given:
            if not line.is_consumable:
                yield {
                    "order": order.code,
                    "component": line.item.code,
                    "quantity": line.quantity,
                    "issued": line.issued,
                }
    if left_out:
        note(say(gettext_noop("{count} consumable requirements are left out."), count=left_out))


def _last_changes() -> dict[int, date]:
    """Return when each item's BOM last changes: a version or a line begins, or the day after one ends."""
    last: dict[int, date] = {}
    dates = [*Bom.objects.values_list("item_id", "valid_from", "valid_to")]
    dates += BomLine.objects.exclude(valid_from=None, valid_to=None).values_list(
        "bom__item_id", "valid_from", "valid_to"
    )
    for item, start, end in dates:
        days = [day for day in (start, end and end + ONE_DAY) if day]
        if days:
            last[item] = max(*days, last.get(item, date.min))
    return last


def _follows_bom(order: WorkOrder, lines: Sequence[Requirement], changes: Mapping[int, date]) -> bool:
    """Tell whether the lines are what the BOM asks for on any later day, with the material of done pieces issued.

    The engine reads a BOM to the last decimal: lines that were rounded up to whole pieces are not just the BOM's.
    """
    if order.bom is None or order.bom != catalog.bom_of(order.item, order.start_on):
        return False
    done = min(order.quantity_made, order.quantity)
    wanted, made = [], {order.item_id}
    for need in catalog.needs(order.bom, order.start_on):
        quantity = required(need.per_unit, units=order.quantity, scrap_percent=need.scrap_percent)
        issued = required(quantity / order.quantity, units=done)
        wanted.append((need.component.pk, quantity, issued))
        made.add(need.line.bom.item_id)
    if any(changes.get(item, date.min) > order.start_on for item in made):
        return False
    return wanted == [(line.item_id, line.quantity, line.issued) for line in lines]


def _purchase_orders() -> Iterator[Values]:
    rows = Delivery.objects.filter(line__order__status="open", quantity__gt=0).select_related(
        "line__item", "line__order__supplier", "line__order__warehouse"
    )
    for row in sorted(rows, key=_delivery_place):
        order = row.line.order
        yield {
            "order": order.code,
            "item": row.line.item.code,
            "quantity": row.quantity,
            "promised_date": row.expected_on,
            "line": row.line.line,
            "supplier": "" if order.supplier.code == UNNAMED else order.supplier.code,
            "received": row.received,
            "warehouse": order.warehouse.code,
        }
    asked = Requisition.objects.filter(status="open").select_related("item", "warehouse", "source__supplier")
    for wish in asked.order_by("id"):
        yield {
            "order": wish.code,
            "item": wish.item.code,
            "quantity": wish.quantity,
            "promised_date": wish.expected_on,
            "line": "1",
            "supplier": wish.source.supplier.code if wish.source else "",
            "received": ZERO,
            "warehouse": wish.warehouse.code,
        }


def _delivery_place(row: Delivery) -> tuple[int, int, date, int]:
    """Return where a delivery stands: the parts of a line by their dates, as an import numbers them."""
    return row.line.order_id, row.line_id, row.expected_on or date.max, row.sequence


def _transfers() -> Iterator[Values]:
    rows = TransferLine.objects.filter(transfer__status__in=("planned", "in_transit"), owner="")
    for row in rows.select_related("item", "transfer__from_warehouse", "transfer__to_warehouse").order_by("id"):
        yield {
            "order": row.transfer.code,
            "item": row.item.code,
            "quantity": row.quantity,
            "from_warehouse": row.transfer.from_warehouse.code,
            "to_warehouse": row.transfer.to_warehouse.code,
            "due_date": row.transfer.due_on,
        }


def _purchase(note: Note) -> Iterator[Values]:
    """Return one row for each item, supplier and least quantity: of several part numbers the cheapest."""
    best: dict[tuple[int, int, Decimal], Source] = {}
    rows = list(Source.objects.filter(is_approved=True).select_related("item", "supplier").order_by("id"))
    for row in rows:
        key = (row.item_id, row.supplier_id, row.min_quantity)
        if key not in best or _better(row, best[key]):
            best[key] = row
    if len(best) < len(rows):
        text = gettext_noop("{count} sources are left out where a supplier has a cheaper one of the same quantity.")
        note(say(text, count=len(rows) - len(best)))
    for row in best.values():
        yield {
            "item": row.item.code,
            "supplier": row.supplier.code,
            "lead_days": row.lead_days,
            "min_qty": row.min_quantity,
            "multiple": row.multiple,
            "price": row.price,
            "priority": row.priority,
            "max_qty": row.max_quantity,
        }


def _better(one: Source, other: Source) -> bool:
    """Tell whether `one` comes before `other`: by priority, then by price, a price that is not known last."""
    return (one.priority, not one.price, one.price) < (other.priority, not other.price, other.price)


def _lanes() -> Iterator[Values]:
    for row in Lane.objects.select_related("from_warehouse", "to_warehouse", "item").order_by("id"):
        yield {
            "from_warehouse": row.from_warehouse.code,
            "to_warehouse": row.to_warehouse.code,
            "days": row.days,
            "item": row.item.code if row.item else "",
            "cost": row.cost,
        }


def _work_centers() -> Iterator[Values]:
    with_calendar = set(CalendarDay.objects.values_list("site_id", flat=True))
    for row in WorkCenter.objects.select_related("site").order_by("id"):
        yield {
            "workcenter": row.code,
            "machines": row.machines,
            "hours_per_day": row.hours_per_day,
            "calendar": row.site.code if row.site_id in with_calendar else "",
        }


def _calendar() -> Iterator[Values]:
    for row in CalendarDay.objects.select_related("site").order_by("id"):
        yield {"calendar": row.site.code, "date": row.on, "hours": row.hours}

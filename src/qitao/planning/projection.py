"""What will be on hand of an item, day by day: what is there, what comes, what is needed.

The simple sum of all that is recorded, without deciding who gets what: it shows when an item runs out, the plan says
for whom. What should have come or gone already counts for today – a purchase, as in the plan, for tomorrow; what has
no date comes last, apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Model, Sum

from qitao.catalog.models import Item
from qitao.kernel.quantity import ZERO
from qitao.kernel.words import gettext_noop
from qitao.production.models import OPEN_STATES, Requirement, WorkOrder
from qitao.purchasing.queries import open_deliveries, open_requisitions
from qitao.sales.models import SalesOrderLine
from qitao.stock.models import Balance, Location, Status

WORDS = {
    "purchase": gettext_noop("purchase"),
    "requisition": gettext_noop("requisition"),
    "make": gettext_noop("work order makes it"),
    "use": gettext_noop("work order uses it"),
    "sale": gettext_noop("sales order"),
}
BOUGHT = ("purchase", "requisition")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Event:
    """A quantity that comes (above zero) or goes on a day, and the document that says so. `on` None: no date."""

    kind: str
    on: date | None
    quantity: Decimal
    code: str
    document: Model

    @property
    def word(self) -> str:
        """What kind of event it is, to be translated."""
        return WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class Point:
    """What is on hand at the end of a day, and what made it so."""

    on: date
    on_hand: Decimal
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Projection:
    """An item's future: what is available now, the days on which something changes, and what has no date."""

    available: Decimal
    points: list[Point]
    undated: list[Event]

    @property
    def lowest(self) -> Decimal:
        """The least that will be on hand."""
        return min([self.available, *(point.on_hand for point in self.points)])

    @property
    def runs_out_on(self) -> date | None:
        """The first day on which more is needed than is there."""
        return next((point.on for point in self.points if point.on_hand < 0), None)


def project(item: Item, *, today: date) -> Projection:
    """Return how the stock of `item` will go, from what is available now and all that is recorded."""
    available = _available(item)
    by_day: dict[date, list[Event]] = defaultdict(list)
    undated = []
    for event in _events(item):
        if event.on is None:
            undated.append(event)
        else:
            earliest = today + ONE_DAY if event.kind in BOUGHT else today
            by_day[max(event.on, earliest)].append(event)
    by_day.setdefault(today, [])
    points, on_hand = [], available
    for on in sorted(by_day):
        on_hand += sum((event.quantity for event in by_day[on]), ZERO)
        points.append(Point(on, on_hand, tuple(by_day[on])))
    return Projection(available, points, undated)


def _available(item: Item) -> Decimal:
    """Return what is there for use: own, ok, in a bin, in a receiving area or on its way, and not in doubt."""
    rows = Balance.objects.filter(
        item=item,
        owner="",
        status=Status.OK,
        location__kind__in=(*Location.PICKED, Location.Kind.TRANSIT),
        doubted_at=None,
    )
    return rows.aggregate(sum=Sum("on_hand"))["sum"] or ZERO


def _events(item: Item) -> Iterator[Event]:
    for delivery in open_deliveries(item):
        order = delivery.line.order
        yield Event("purchase", delivery.expected_on, delivery.open_quantity, order.code, order)
    for asked in open_requisitions(item):
        yield Event("requisition", asked.expected_on, asked.quantity, asked.code, asked)
    for made in WorkOrder.objects.filter(
        item=item,
        status__in=OPEN_STATES,
        quantity__gt=F("quantity_done") + F("quantity_scrapped") + F("quantity_rejected"),
    ):
        yield Event("make", made.due_on, made.open_quantity, made.code, made)
    uses = Requirement.objects.filter(item=item, work_order__status__in=OPEN_STATES, quantity__gt=F("issued"))
    for use in uses.select_related("work_order__item"):
        yield Event("use", use.work_order.start_on, -use.open_quantity, use.work_order.code, use.work_order)
    sold = SalesOrderLine.objects.filter(item=item, order__status="open", quantity__gt=F("shipped"))
    for line in sold.select_related("order"):
        yield Event("sale", line.due_on, -line.open_quantity, line.order.code, line.order)

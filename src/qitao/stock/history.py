"""Stock as it was at a moment, and the card of an item: every move with what lay there after it.

Both are read by one statement from balances and moves, so whatever is being written meanwhile, they are exact. What lay
there is what lies there less what came and went since; the indexes over place, item and time read just that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    DecimalField,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce

from qitao.catalog.models import QUANTITY, Item
from qitao.kernel.quantity import ZERO
from qitao.stock.models import Balance, Location, Lot, Move, Warehouse
from qitao.stock.queries import MOVE_SHOWS

AMOUNT: DecimalField[Any, Any] = DecimalField(**QUANTITY)


def as_of(at: datetime) -> QuerySet[Balance]:
    """Return every balance with `was`: what lay there after everything that had happened by `at`."""
    rows = Balance.objects.select_related("item__unit", "lot", "location__warehouse")
    return rows.annotate(
        was=F("on_hand") - _since(at, "to_location", "to_status") + _since(at, "from_location", "from_status")
    )


def _since(at: datetime, place: str, status: str) -> Coalesce:
    """Return what went to (or from) a balance after `at`."""
    moves = Move.objects.filter(
        **{place: OuterRef("location"), status: OuterRef("status")},
        item=OuterRef("item"),
        lot=OuterRef("lot"),
        owner=OuterRef("owner"),
        happened_at__gt=at,
    )
    return Coalesce(Subquery(moves.order_by().values("item").annotate(sum=Sum("quantity")).values("sum")), ZERO)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the stock of an item is looked at: everywhere, in a warehouse, in a bin; all of it or one lot."""

    item: Item
    warehouse: Warehouse | None = None
    location: Location | None = None
    lot: Lot | None = None

    def there(self, side: str) -> Q:
        """Return the condition that a side of a move – "to" or "from" – is in the scope."""
        if self.location is not None:
            return Q(**{f"{side}_location": self.location})
        if self.warehouse is not None:
            return Q(**{f"{side}_location__warehouse": self.warehouse})
        return Q(**{f"{side}_location__warehouse__isnull": False})

    def moves(self) -> QuerySet[Move]:
        """Return the moves of the item that changed what lies in the scope, each with its `change`."""
        rows = Move.objects.filter(item=self.item)
        if self.lot is not None:
            rows = rows.filter(lot=self.lot)
        came, went = (self._side(side) for side in ("to", "from"))
        return rows.filter(self.there("to") | self.there("from")).annotate(came=came, went=went).exclude(came=F("went"))

    def _side(self, side: str) -> Expression:
        return Case(When(self.there(side), then=F("quantity")), default=Value(ZERO), output_field=AMOUNT)


def card(scope: Scope, *, since: datetime, until: datetime) -> QuerySet[Move]:
    """Return the moves of a scope from `since` until `until`, each with `came`, `went` and the `level` after it.

    The level counts all statuses and owners. Moves of one moment stand in the order in which they were written.
    """
    before = scope.moves().filter(happened_at__lt=since).order_by()
    opening = before.values("item").annotate(sum=Sum(F("came") - F("went"))).values("sum")
    run = Window(Sum(F("came") - F("went")), order_by=[F("happened_at").asc(), F("id").asc()])
    rows = scope.moves().filter(happened_at__gte=since, happened_at__lte=until)
    return rows.select_related(*MOVE_SHOWS, "item__unit").annotate(
        level=Coalesce(Subquery(opening), ZERO, output_field=AMOUNT) + run
    )

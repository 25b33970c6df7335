"""What counts show: what waits for approval, what a difference is worth, what happened since a figure was entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Case, DecimalField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models import Count as Number
from django.db.models.functions import Abs, Coalesce

from qitao.catalog.models import MONEY
from qitao.kernel.quantity import ZERO
from qitao.stock.models import Count, CountLine, Move

AMOUNT = DecimalField(**MONEY)
COUNT = "stock.count"  # what other counts post is in the figures already


def counts() -> QuerySet[Count]:
    """Return all counts with how far they are."""
    return Count.objects.select_related("item__unit", "location", "warehouse", "made_by", "day_list__counter").annotate(
        all_lines=Number("lines"), open_lines=Number("lines", filter=Q(lines__counted=None))
    )


def to_approve() -> QuerySet[Count]:
    """Return the counts that wait for approval: what they would change, in money, by whom, and whether anything moved.

    `worth` is what the stock is worth more (less) afterwards, `moved_worth` all differences without their signs.
    """
    lines = CountLine.objects.filter(count=OuterRef("pk")).order_by().values("count")
    difference = (F("counted") - F("recorded")) * F("item__unit_cost")

    def summed(amount: Sum) -> Subquery:
        return Subquery(lines.annotate(sum=amount).values("sum"), output_field=AMOUNT)

    return (
        Count.objects.filter(status=Count.State.WAITING)
        .select_related("item__unit", "location", "warehouse")
        .annotate(
            worth=Coalesce(summed(Sum(difference, output_field=AMOUNT)), Value(ZERO, AMOUNT)),
            moved_worth=Coalesce(summed(Sum(Abs(difference), output_field=AMOUNT)), Value(ZERO, AMOUNT)),
            wrong_lines=Number("lines", filter=~Q(lines__counted=F("lines__recorded")), distinct=True),
            last_counted_at=Max("lines__counted_at"),
            counted_by=StringAgg("lines__figures__by__name", ", ", distinct=True),
            has_moved=Exists(_moves_since(OuterRef("pk"))),
        )
    )


def _moves_since(count: OuterRef) -> QuerySet[CountLine]:
    """Return the lines of a count at whose place something moved since their figure was entered."""
    moved = Move.objects.filter(item=OuterRef("item"), lot=OuterRef("lot"), id__gt=OuterRef("after_move"))
    here = moved.filter(Q(from_location=OuterRef("location")) | Q(to_location=OuterRef("location")))
    return CountLine.objects.filter(Exists(here), count=count, counted__isnull=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What was booked at the place of a figure after it was entered: above zero it came, below it went.

    `is_late`: it happened before the figure, so the counter saw the bin without it already.
    """

    quantity: Decimal
    is_late: bool
    document: str
    at: datetime
    who: str


def changes_since(lines: Sequence[CountLine]) -> dict[int, list[Change]]:
    """Return for each line that has a figure what moved at its place since, the oldest first."""
    return {line.pk: _changes(line) if line.counted is not None else [] for line in lines}


def dated_before(line: CountLine) -> Decimal:
    """Return what was booked after the figure of a line, but had happened before it was entered."""
    return sum((change.quantity for change in _changes(line) if change.is_late), ZERO)


def _changes(line: CountLine) -> list[Change]:
    moves = Move.objects.filter(item=line.item_id, lot=line.lot_id, owner=line.owner, id__gt=line.after_move)
    came = Q(to_location=line.location_id, to_status=line.status)
    went = Q(from_location=line.location_id, from_status=line.status)
    rows = moves.filter(came | went).exclude(document=COUNT).select_related("actor").order_by("id")
    signed = rows.annotate(signed=Case(When(came, then=F("quantity")), default=-F("quantity"), output_field=AMOUNT))
    return [
        Change(
            row.signed,
            line.counted_at is not None and row.happened_at < line.counted_at,
            row.document_code,
            row.at,
            str(row.actor),
        )
        for row in signed
    ]

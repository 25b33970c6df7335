"""Inventory record accuracy (IRA): how many of the counted records were right within their tolerance.

IRA = records that were right ÷ records that were counted, as Schrady defined it (Operational Definitions of Inventory
Record Accuracy, Naval Research Logistics 1970): a record is right where it is within its tolerance, and the tolerance
is that of its class on the day on which the count was posted. What neither the record nor the counter found tells
nothing and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, CharField, Count, DecimalField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncMonth, Upper

from qitao.catalog.models import MONEY
from qitao.stock.classes import LAST
from qitao.stock.models import CountLine

AMOUNT = DecimalField(**MONEY)


def counted_lines() -> QuerySet[CountLine]:
    """Return every line of a posted count: its `difference`, what that is `worth`, and the `letter` of its class."""
    own = Case(When(item__abc__iregex="^[abc]$", then=Upper("item__abc")), output_field=CharField())
    return (
        CountLine.objects.filter(count__status="posted", was_right__isnull=False)
        .exclude(counted=0, recorded=0)
        .select_related("count__warehouse", "item__unit", "location", "lot", "counted_by")
        .annotate(
            difference=F("counted") - F("recorded"),
            worth=Case(
                When(item__unit_cost__gt=0, then=(F("counted") - F("recorded")) * F("item__unit_cost")),
                output_field=AMOUNT,
            ),
            letter=Coalesce(own, "item__usage_class__letter", Value(LAST), output_field=CharField()),
            month=TruncMonth("count__posted_at"),
        )
    )


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many records of a group were counted, and how many of them were right."""

    name: str
    counted: int
    right: int

    @property
    def percent(self) -> Decimal:
        """IRA, to a tenth of a percent."""
        return (Decimal(100) * self.right / self.counted).quantize(Decimal("0.1"))


def accuracy_by(lines: QuerySet[CountLine], field: str) -> list[Accuracy]:
    """Return the accuracy of the lines for each value of a field, in its order."""
    rows = (
        lines.order_by().values_list(field).annotate(counted=Count("pk"), right=Count("pk", filter=Q(was_right=True)))
    )
    return [Accuracy(str(value), counted, right) for value, counted, right in rows.order_by(field)]

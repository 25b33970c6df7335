"""What is on order, and who sells what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from qitao.catalog.models import Item
from qitao.kernel.quantity import ZERO, round_up
from qitao.purchasing.models import Delivery, Requisition, Source, Supplier


def open_deliveries(item: Item | None = None) -> QuerySet[Delivery]:
    """Return the deliveries still to come of open orders – of one item, or of all – the earliest expected first."""
    deliveries = Delivery.objects.filter(line__order__status="open", received__lt=F("quantity"))
    if item is not None:
        deliveries = deliveries.filter(line__item=item)
    return (
        deliveries.select_related("line__item__unit", "line__order__supplier", "line__order__warehouse")
        .annotate(expected=Coalesce("repromised_on", "promised_on"))
        .order_by(F("expected").asc(nulls_last=True), "id")
    )


def late_deliveries(on: date) -> QuerySet[Delivery]:
    """Return the open deliveries that should have come before `on`."""
    return open_deliveries().filter(Q(repromised_on__lt=on) | Q(repromised_on=None, promised_on__lt=on))


def sources_of(item: Item) -> QuerySet[Source]:
    """Return the approved sources of an item, the preferred first."""
    return Source.objects.filter(item=item, is_approved=True).select_related("supplier")


def open_requisitions(item: Item | None = None) -> QuerySet[Requisition]:
    """Return the requisitions still to be ordered."""
    asked = Requisition.objects.filter(status="open")
    if item is not None:
        asked = asked.filter(item=item)
    return asked.select_related("item__unit", "warehouse", "source__supplier").order_by("expected_on", "id")


def order_quantity(source: Source, needed: Decimal) -> Decimal:
    """Return what must be ordered to get `needed`: at least the minimum, in whole multiples."""
    wanted = max(needed, source.min_quantity)
    return round_up(wanted, step=source.multiple) if source.multiple > ZERO else wanted


def agreed_price(item: Item, supplier: Supplier, *, quantity: Decimal, currency: str) -> Decimal:
    """Return what the supplier asks for one when `quantity` is ordered; 0 where no source says it in that currency."""
    sources = Source.objects.filter(item=item, supplier=supplier, currency=currency, price__gt=0)
    reached = sources.filter(min_quantity__lte=quantity).order_by("-min_quantity", "priority").first()
    source = reached or sources.order_by("min_quantity", "priority").first()
    return source.price if source else ZERO

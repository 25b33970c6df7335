"""What really went into a work order: item, lot and quantity, and what a substitute stood in for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, F, Q, Sum, When

from qitao.catalog.models import Item
from qitao.picking.models import PickLine, PickList
from qitao.production.models import Requirement, WorkOrder
from qitao.stock.models import Location, Lot, Move


@dataclass(frozen=True, slots=True)
class Consumed:
    """A lot that went into a work order: what was issued less what came back; `instead_of` the items it replaced."""

    item: Item
    lot: Lot
    owner: str
    quantity: Decimal
    instead_of: tuple[Item, ...]


def consumed(work_order: WorkOrder) -> list[Consumed]:
    """Return what went into a work order by item and lot, as its own documents in the ledger say."""
    lists = work_order.pick_lists.values("pk")
    own = Q(document=PickList._meta.label_lower, document_id__in=lists)
    own |= Q(document=WorkOrder._meta.label_lower, document_id=work_order.pk)
    inside = Location.Kind.PRODUCTION
    rows = (
        Move.objects.filter(own, Q(to_location__kind=inside) | Q(from_location__kind=inside))
        .exclude(item=work_order.item_id)
        .values_list("item", "lot", "owner")
        .annotate(net=Sum(Case(When(to_location__kind=inside, then=F("quantity")), default=-F("quantity"))))
        .filter(net__gt=0)
        .order_by("item__code", "lot__code", "owner")
    )
    found = list(rows)
    items = Item.objects.select_related("unit").in_bulk({item for item, *_ in found})
    lots = Lot.objects.in_bulk({lot for _, lot, *_ in found})
    stands_in = _stands_in(work_order)
    return [
        Consumed(items[item], lots[lot], owner, net, tuple(stands_in.get(item, ()))) for item, lot, owner, net in found
    ]


def _stands_in(work_order: WorkOrder) -> dict[int, list[Item]]:
    """Return substitute → the items it stands in for, where it was not asked for in its own right."""
    lines = list(work_order.requirements.select_related("replaces__item").order_by("position"))
    own = {line.item_id for line in lines if line.replaces_id is None}
    found: dict[int, list[Item]] = {}
    for line in lines:
        if line.replaces is not None and line.item_id not in own:
            items = found.setdefault(line.item_id, [])
            if line.replaces.item not in items:
                items.append(line.replaces.item)
    return found


def over_reasons(requirements: Iterable[Requirement]) -> dict[int, str]:
    """Return requirement → why more of it was issued than asked for, in words; those without are left out."""
    found: dict[int, list[str]] = {}
    lines = PickLine.objects.filter(requirement__in=list(requirements), picked__gt=F("returned")).exclude(
        over_reason=""
    )
    for line in lines.order_by("id"):
        why = (
            f"{line.get_over_reason_display()}: {line.over_note}" if line.over_note else line.get_over_reason_display()
        )
        found.setdefault(line.requirement_id, []).append(str(why))
    return {pk: "; ".join(dict.fromkeys(words)) for pk, words in found.items()}

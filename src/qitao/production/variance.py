"""How a work order ended against what was planned: material, yield. Shown before it is closed, kept afterwards."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum

from qitao.catalog.models import Item
from qitao.journal.command import Command
from qitao.kernel.quantity import PLACES, ZERO, half_up, required, round_up
from qitao.production.models import Closing, ClosingLine, WorkOrder
from qitao.production.queries import by_bom
from qitao.stock.models import Location, Move

HUNDRED = Decimal(100)
PERCENT = Decimal("0.001")


def closing_of(work_order: WorkOrder) -> tuple[Closing, list[ClosingLine]]:
    """Return how a work order would be closed now; nothing is saved.

    What its pieces – good, rejected, lost – take is what the BOM says of so many, scrap allowance included; where the
    BOM does not say it by line, the requirement in proportion. Money counts at the items' cost now, in the totals only
    that in the plant's currency.
    """
    taken, net = _required(work_order), _net(work_order)
    back = _returned(work_order)
    items = Item.objects.select_related("unit").in_bulk(net)
    lines = [
        ClosingLine(
            item=items[pk],
            required=taken[pk],
            issued=net[pk] + back.get(pk, ZERO),
            returned=back.get(pk, ZERO),
            unit_cost=items[pk].unit_cost,
            currency=items[pk].currency,
        )
        for pk in net
        if taken[pk] or net[pk] or back.get(pk)
    ]
    currency = work_order.warehouse.site.currency
    counted = [line for line in lines if line.currency == currency]
    made, good = work_order.quantity_made, work_order.quantity_done
    closing = Closing(
        work_order=work_order,
        planned=work_order.quantity,
        good=good,
        scrapped=work_order.quantity_scrapped,
        rejected=work_order.quantity_rejected,
        yield_percent=half_up(HUNDRED * good / made, places=PERCENT) if made else None,
        currency=currency,
        required_value=_money(line.required * line.unit_cost for line in counted),
        used_value=_money(line.used * line.unit_cost for line in counted),
        variance_value=_money(line.value for line in counted),
    )
    return closing, lines


def keep(command: Command, work_order: WorkOrder) -> None:
    """Keep how a work order ended, as it is closed; inside the action."""
    closing, lines = closing_of(work_order)
    closing.at, closing.actor = command.at, command.actor
    closing.save(force_insert=True)
    for line in lines:
        line.closing = closing
    ClosingLine.objects.bulk_create(lines)


def _money(parts: object) -> Decimal:
    return half_up(sum(parts, ZERO), places=PLACES)  # type: ignore[call-overload]


def _required(work_order: WorkOrder) -> dict[int, Decimal]:
    """Return by item what the pieces made take of it."""
    made, whole = work_order.quantity_made, work_order.quantity
    by_line = {
        line.pk: required(need.per_unit, units=made, scrap_percent=need.scrap_percent, step=line.item.unit.smallest)
        for line, need in by_bom(work_order)
    }
    taken: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in work_order.requirements.select_related("item__unit"):
        share = round_up(line.quantity * made / whole, step=line.item.unit.smallest)
        taken[line.item_id] += by_line.get(line.pk, line.quantity if made == whole else share)
    return taken


def _net(work_order: WorkOrder) -> dict[int, Decimal]:
    """Return by item what was issued and not brought back; a consumable only where any was."""
    net: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in work_order.requirements.order_by("position"):
        if line.issued or not line.is_consumable:
            net[line.item_id] += line.issued
    return dict(net)


def _returned(work_order: WorkOrder) -> dict[int, Decimal]:
    """Return by item what was brought back to the stores."""
    moves = Move.objects.filter(
        document=WorkOrder._meta.label_lower,
        document_id=work_order.pk,
        from_location__kind=Location.Kind.PRODUCTION,
        to_location__warehouse__isnull=False,
    ).exclude(item=work_order.item_id)
    return dict(moves.values_list("item").annotate(all=Sum("quantity")))

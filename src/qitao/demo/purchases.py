"""Open purchase orders, and two years of deliveries as they happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from random import Random

from qitao.demo import story
from qitao.demo.companies import SUPPLIERS, Habit
from qitao.demo.days import PlantDays
from qitao.demo.sources import whole_lots
from qitao.demo.supply import Classes, Incoming
from qitao.exchange.dataset import DeliveryRecord, PurchaseLine, PurchaseOrder, Source

MOST_LINES = 6
HISTORY_RECORDS = 6000
FIRST_DAY, LAST_DAY = -505, -3
"""Working-day offsets of the deliveries in the history: two years."""

HABITS = {supplier.code: supplier.habit for supplier in SUPPLIERS}


def purchase_orders(
    incoming: Sequence[Incoming], days: PlantDays, seed: int
) -> tuple[list[PurchaseOrder], list[PurchaseLine]]:
    """Group what is coming into purchase orders of a supplier and warehouse, a few lines each.

    Two deliveries of one item on one purchase order are one line with a delivery schedule.
    """
    rng = Random(f"{seed}:purchases")
    heads: list[PurchaseOrder] = []
    lines: list[PurchaseLine] = []
    number = 20700
    first: dict[tuple[str, str], int] = {}
    for line in incoming:
        mark = (line.item, line.warehouse)
        first[mark] = min(first.get(mark, line.promised), line.promised)
    ordered = sorted(
        incoming,
        key=lambda line: (
            line.source.supplier,
            line.warehouse,
            first[line.item, line.warehouse],
            line.item,
            line.promised,
        ),
    )
    for (supplier, warehouse), group in groupby(ordered, key=lambda line: (line.source.supplier, line.warehouse)):
        rest = list(group)
        while rest:
            size = rng.randint(1, MOST_LINES)
            batch, rest = rest[:size], rest[size:]
            number += rng.randrange(1, 3)
            code = f"PO{number}"
            lead = max(line.source.lead_days or 10 for line in batch) * 5 // 7 + 2
            ordered_day = min(min(line.promised for line in batch) - lead, -1)
            heads.append(
                PurchaseOrder(code=code, supplier=supplier, ordered_on=days.day(ordered_day), warehouse=warehouse)
            )
            places = {item: index for index, item in enumerate(dict.fromkeys(line.item for line in batch), start=1)}
            lines += (_line(code, str(places[line.item] * 10), line, days) for line in batch)
    return heads, lines


def _line(code: str, line: str, row: Incoming, days: PlantDays) -> PurchaseLine:
    return PurchaseLine(
        order=code,
        line=line,
        item=row.item,
        quantity=row.quantity,
        received=row.received,
        promised_on=days.day(row.promised),
        repromised_on=None if row.repromised is None else days.day(row.repromised),
        price=row.source.price,
        warehouse=row.warehouse,
    )


def history(
    sources: Mapping[str, Sequence[Source]], classes: Classes, days: PlantDays, seed: int
) -> list[DeliveryRecord]:
    """Write the deliveries of two years: each supplier late in its own way, the much-used items more often."""
    rng = Random(f"{seed}:history")
    used = sorted(code for code in sources if code in classes.daily or code in story.PINNED)
    weights = [{"A": 9, "B": 5, "C": 2}[classes.abc[code]] for code in used]
    drawn = sorted((rng.randint(FIRST_DAY, LAST_DAY), rng.choices(used, weights)[0]) for _ in range(HISTORY_RECORDS))
    records, number = [], 9000
    for actual, item in drawn:
        number += rng.randrange(0, 3)
        offered = sources[item]
        source = offered[0] if rng.random() < 0.8 else rng.choice(list(offered))
        records.append(_delivery(source, f"PO{number:05d}", actual=actual, classes=classes, days=days, rng=rng))
    return records


def _delivery(
    source: Source, order: str, *, actual: int, classes: Classes, days: PlantDays, rng: Random
) -> DeliveryRecord:
    habit = HABITS[source.supplier]
    late = lateness(habit, rng)
    lead = (source.lead_days or 10) * 5 // 7
    quantity = whole_lots(
        (classes.daily.get(source.item, Decimal(100)) * rng.randint(5, 20)).quantize(Decimal(1)), source
    )
    rejected = (
        (quantity * rng.randint(1, 25) / 100).quantize(Decimal(1)) if rng.random() < habit.rejects else Decimal(0)
    )
    told = late >= 2 and rng.random() < 0.6
    return DeliveryRecord(
        item=source.item,
        supplier=source.supplier,
        order=order,
        quantity=quantity,
        ordered_on=days.day(actual - late - max(lead, 2)),
        promised_on=days.day(actual - late),
        actual_on=days.day(actual),
        repromised_on=days.day(actual - late + rng.randint(1, late)) if told else None,
        rejected=rejected,
        price=(source.price * (1 + Decimal(rng.randint(-4, 6)) / 100)).quantize(Decimal("0.0001")),
    )


def lateness(habit: Habit, rng: Random) -> int:
    """Draw how many working days after its promise a delivery comes; negative is early, by two days at most."""
    if rng.random() < habit.disaster:
        return rng.randint(8, 25)
    return max(-2, round(rng.gauss(habit.typical_late, habit.spread)))

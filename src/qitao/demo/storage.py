"""Putting away: holdings become stock records in bins, lots and states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from qitao.demo import story
from qitao.demo.days import PlantDays
from qitao.demo.design import Design
from qitao.demo.layout import GOODS, QUARANTINE, RAW, RECEIVING, SECOND, ZONES, bins
from qitao.demo.parts import rule_of
from qitao.demo.sources import main_group
from qitao.demo.supply import Holding, rounded
from qitao.exchange.dataset import Reservation, Source, Stock

WORKING_SHARE = Decimal(5) / Decimal(7)
"""Shelf lives are given in calendar days, dates here in working days."""

BLOCKED = (
    # state, place, how many records, why it stands there
    ("quarantine", RECEIVING, 9),  # received, waiting for inspection
    ("quarantine", QUARANTINE, 5),  # inspection stopped it, a decision is due
    ("rejected", QUARANTINE, 6),
    ("damaged", QUARANTINE, 5),
)

EXPIRED = (("SP-SAC305-T4", -140), ("GL-RED-3611", -133), ("SP-SAC0307-T4", -131))
"""Consumable, and when it was received."""


@dataclass(slots=True)
class Store:
    """Deals out bins and lot numbers, in one fixed order."""

    plan: Design
    days: PlantDays
    rng: Random
    sources: Mapping[str, Sequence[Source]]
    taken: frozenset[tuple[str, str]]
    lots: int = 5600
    queues: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def bin_for(self, warehouse: str, kind: str) -> str:
        """Return the next bin of the zone; when all are in use they are dealt again: small packs share a bin."""
        queue = self.queues.setdefault((warehouse, kind), [])
        if not queue:
            free = [
                code
                for code in bins(warehouse, ZONES.get((warehouse, kind), ""))
                if (warehouse, code) not in self.taken
            ]
            self.rng.shuffle(free)
            queue += free
        return queue.pop()

    def next_lot(self) -> str:
        """Return a lot number as the receiving desk writes it: running number and line of the delivery note."""
        self.lots += self.rng.randrange(1, 4)
        return f"R{self.lots}-{self.rng.randrange(1, 7):02d}"

    def put_away(self, holding: Holding) -> Iterator[Stock]:
        """Yield the stock records of a holding: full packs of one or two deliveries, and the opened pack."""
        part = self.plan.parts.get(holding.item)
        if part is None:
            place = self.bin_for(holding.warehouse, "finished" if holding.item.startswith("FG-") else "made")
            yield self._record(
                holding, holding.quantity, place, received=-self.rng.randint(2, 9), lot=holding.lot or self._made_lot()
            )
            return
        for share in self._split(holding, Decimal(part.pack or 1)):
            if share > 0:
                place = holding.line_side or self.bin_for(holding.warehouse, rule_of(part.role).store)
                yield self._record(holding, share, place, received=-self.rng.randint(3, 70))

    def _made_lot(self) -> str:
        self.lots += 1
        return f"W{self.lots}"

    def _split(self, holding: Holding, pack: Decimal) -> list[Decimal]:
        full = holding.quantity // pack
        opened = holding.quantity - full * pack
        if full < 3 or holding.line_side:
            return [full * pack, opened]
        older = full * self.rng.randint(20, 60) // 100
        return [older * pack, (full - older) * pack, opened]

    def _record(
        self, holding: Holding, quantity: Decimal, place: str, *, received: int, lot: str = "", status: str = "ok"
    ) -> Stock:
        tracked, shelf_life = self._rule(holding.item)
        lot = lot or (self.next_lot() if tracked else "")
        known = self.sources.get(holding.item, ())
        return Stock(
            item=holding.item,
            quantity=quantity,
            warehouse=holding.warehouse,
            location=place,
            lot=lot if tracked else "",
            status=status,
            owner=holding.owner,
            received_on=self.days.day(received) if tracked else None,
            expires_on=self.days.day(received + int(shelf_life * WORKING_SHARE)) if shelf_life else None,
            supplier=known[0].supplier if known else "",
            unit_cost=self.plan.costs[holding.item],
        )

    def _rule(self, item: str) -> tuple[bool, int | None]:
        if item not in self.plan.parts:
            return True, None
        rule = rule_of(self.plan.parts[item].role)
        return rule.tracking == "lot", rule.shelf_life

    def blocked(self, holdings: Sequence[Holding]) -> Iterator[Stock]:
        """Yield stock nobody may use, of items that have enough besides."""
        plain = sorted(
            {
                row.item
                for row in holdings
                if row.item in self.plan.parts and not row.owner and row.warehouse in (RAW, GOODS)
            }
        )
        picked = iter(
            self.rng.sample(
                [item for item in plain if main_group(self.plan.parts[item]) != "CHEM"],
                sum(count for _, _, count in BLOCKED),
            )
        )
        for status, place, count in BLOCKED:
            for _ in range(count):
                item = next(picked)
                part = self.plan.parts[item]
                packs = self.rng.randint(1, 3) if status == "quarantine" else Decimal(self.rng.randint(2, 60)) / 100
                warehouse = RAW if rule_of(part.role).store in ("reel", "tray", "chem") else GOODS
                quantity = rounded(self.plan, item, Decimal(part.pack or 100) * packs)
                received = -self.rng.randint(0, 2) if place == RECEIVING else -self.rng.randint(3, 25)
                yield self._record(
                    Holding(item, warehouse, quantity), quantity, place, received=received, status=status
                )

    def expired(self) -> Iterator[Stock]:
        """Yield the pastes and glues that went past their date in the cold rack."""
        for code, received in EXPIRED:
            holding = Holding(code, RAW, Decimal(self.plan.parts[code].pack * 2))
            yield self._record(holding, holding.quantity, self.bin_for(RAW, "chem"), received=received)


def stock(
    plan: Design, days: PlantDays, holdings: Sequence[Holding], sources: Mapping[str, Sequence[Source]], seed: int
) -> list[Stock]:
    """Put everything into bins, the story's records where the story says."""
    taken = {(row.warehouse, row.location) for row in story.STOCK} | {
        (row.warehouse, row.location) for row in story.RECORD_ERRORS
    }
    store = Store(plan, days, Random(f"{seed}:storage"), sources, frozenset(taken))
    rows = [_story_record(row, plan, days) for row in story.STOCK]
    for holding in holdings:
        rows += store.put_away(holding)
    rows += store.blocked(holdings)
    rows += store.expired()
    return _merged(rows)


def _story_record(row: story.StoryStock, plan: Design, days: PlantDays) -> Stock:
    rule = rule_of(plan.parts[row.item].role)
    life = int(rule.shelf_life * WORKING_SHARE) if rule.shelf_life else None
    return Stock(
        item=row.item,
        quantity=Decimal(row.quantity),
        warehouse=row.warehouse,
        location=row.location,
        lot=row.lot,
        status=row.status,
        received_on=days.day(row.received) if row.lot else None,
        expires_on=days.day(row.received + life) if life else None,
        supplier=row.supplier,
        unit_cost=plan.costs[row.item],
    )


def _merged(rows: Sequence[Stock]) -> list[Stock]:
    """Drop empty records; two of the same item in the same bin, lot and state are one."""
    merged: dict[tuple[str, ...], Stock] = {}
    for row in rows:
        key = (row.item, row.warehouse, row.location, row.lot, row.status, row.owner)
        if key in merged:
            merged[key] = replace(merged[key], quantity=merged[key].quantity + row.quantity)
        elif row.quantity > 0:
            merged[key] = row
    return list(merged.values())


def finished_goods(from_stock: Mapping[str, int], plan: Design, seed: int) -> list[Holding]:
    """Return the finished goods that wait for customers, some to spare, and a few in the second plant."""
    rng = Random(f"{seed}:finished")
    rows = []
    for code, quantity in sorted(from_stock.items()):
        rows.append(Holding(code, GOODS, Decimal(quantity + rng.randint(0, 3) * 100)))
        if rng.random() < 0.15:
            rows.append(Holding(code, SECOND, Decimal(rng.randint(2, 8) * 100)))
    return rows


def reservations() -> list[Reservation]:
    """Return the story's allocation: the later work order that holds what tomorrow's lacks."""
    order, item, quantity, warehouse, location, lot = story.ALLOCATION
    return [
        Reservation(order=order, item=item, quantity=Decimal(quantity), warehouse=warehouse, location=location, lot=lot)
    ]

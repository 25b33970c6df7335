"""Synthetic plants of any size, made straight as columns from a seed: for measuring, not for looking at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from qitao.engine.plant import (
    NEVER,
    BomLines,
    Int64,
    ItemKind,
    Items,
    Lanes,
    Lines,
    OrderKind,
    Orders,
    Plant,
    Reservations,
    Sources,
    Substitutes,
    Supplies,
    SupplyKind,
)
from qitao.kernel.quantity import MICRO

AS_OF = dt.date(2026, 1, 5)


@dataclass(frozen=True)
class Size:
    """How big, and how well supplied: the defaults are two million requirement lines over 200,000 items."""

    orders: int = 100_000
    lines_each: int = 20
    items: int = 200_000
    supplies: int = 600_000
    warehouses: int = 6
    horizon_days: int = 90
    substituted_share: float = 0.15
    cover: float = 1.6
    """Supply over the horizon as a multiple of what is asked for."""


def big_plant(size: Size | None = None, *, seed: int = 1) -> Plant:
    """Return a plant of skewed demand, two stock records an item, later receipts, substitutes and six warehouses."""
    size, chance = size or Size(), np.random.default_rng(seed)
    popularity = chance.lognormal(0, 1.3, size.items)
    share = np.cumsum(popularity)
    share /= share[-1]
    count = size.orders * size.lines_each
    item = np.searchsorted(share, chance.random(count)).astype(np.int32)
    quantity = chance.integers(1, 20, count) * MICRO
    asked = np.zeros(size.items, np.int64)
    np.add.at(asked, item, quantity)
    transit = chance.integers(1, 5, (1, size.warehouses, size.warehouses)).astype(np.int32)
    transit[0, range(size.warehouses), range(size.warehouses)] = 0
    return Plant(
        as_of=AS_OF,
        warehouses=tuple(f"W{place}" for place in range(size.warehouses)),
        items=_items(size.items),
        bom=BomLines(*_empty("iiqqii")),
        substitutes=_substitutes(size, chance),
        supplies=_supplies(size, chance, asked, share),
        orders=_orders(size, chance),
        lines=Lines(
            order=np.repeat(np.arange(size.orders, dtype=np.int32), size.lines_each),
            item=item,
            quantity=quantity,
            parent=np.full(count, -1, np.int32),
            reference=np.arange(count, dtype=np.int64),
        ),
        reservations=Reservations(*_empty("iiq")),
        lanes=Lanes(transit),
        sources=Sources(np.zeros(0, np.int32), (), *_empty("iqqqqi")),
    )


def _empty(kinds: str) -> list[Int64]:
    return [np.zeros(0, np.int32 if kind == "i" else np.int64) for kind in kinds]  # type: ignore[misc]


def _items(count: int) -> Items:
    zero = np.zeros(count, np.int64)
    day = np.zeros(count, np.int32)
    kind = np.full(count, ItemKind.BUY, np.int8)
    return Items(tuple(f"I{row:06d}" for row in range(count)), kind, day, day, *([zero] * 5), day)


def _substitutes(size: Size, chance: np.random.Generator) -> Substitutes:
    has = np.flatnonzero(chance.random(size.items) < size.substituted_share).astype(np.int32)
    second = has[chance.random(has.size) < 0.4]
    component = np.concatenate((has, second))
    stand_in = chance.integers(0, size.items, component.size).astype(np.int32)
    stand_in[stand_in == component] = (stand_in[stand_in == component] + 1) % size.items
    ones = np.ones(component.size, np.int64)
    priority = np.concatenate((np.full(has.size, 1), np.full(second.size, 2))).astype(np.int32)
    always = (np.full(component.size, -NEVER, np.int32), np.full(component.size, NEVER, np.int32))
    return Substitutes(component, stand_in, np.full(component.size, -1, np.int32), ones, ones, priority, *always)


def _supplies(size: Size, chance: np.random.Generator, asked: Int64, share: Int64) -> Supplies:
    stocked = np.repeat(np.arange(size.items, dtype=np.int32), 2)
    later = np.searchsorted(share, chance.random(size.supplies - stocked.size)).astype(np.int32)
    item = np.concatenate((stocked, later))
    in_hand = np.arange(item.size) < stocked.size
    receipts = np.maximum(np.bincount(later, minlength=size.items), 1)
    part = np.where(in_hand, 0.25, 0.75 / receipts[item]) * size.cover * chance.uniform(0.6, 1.5, item.size)
    pieces = np.ceil(asked[item] / MICRO * part).astype(np.int64) + 15
    return Supplies(
        code=tuple(f"S{row}" for row in range(item.size)),
        kind=np.where(in_hand, SupplyKind.STOCK, SupplyKind.PURCHASE_ORDER).astype(np.int8),
        item=item,
        warehouse=chance.integers(0, size.warehouses, item.size).astype(np.int32),
        day=np.where(in_hand, 0, chance.integers(1, size.horizon_days, item.size)).astype(np.int32),
        quantity=pieces * MICRO,
        trusted=np.ones(item.size, np.bool_),
        reference=np.arange(item.size, dtype=np.int64),
    )


def _orders(size: Size, chance: np.random.Generator) -> Orders:
    start = np.sort(chance.integers(0, size.horizon_days, size.orders))
    start = np.maximum(start + chance.integers(-10, 10, size.orders), 0).astype(np.int32)
    rows = np.arange(size.orders)
    return Orders(
        code=tuple(f"WO{row:06d}" for row in range(size.orders)),
        kind=np.full(size.orders, OrderKind.WORK_ORDER, np.int8),
        product=np.full(size.orders, -1, np.int32),
        quantity=np.zeros(size.orders, np.int64),
        warehouse=chance.integers(0, size.warehouses, size.orders).astype(np.int32),
        need_day=start,
        due_day=start + 3,
        rank=rows.astype(np.int64),
        duration_days=np.full(size.orders, 3, np.int32),
        output=np.full(size.orders, -1, np.int32),
        reference=rows.astype(np.int64),
    )

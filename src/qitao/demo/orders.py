"""Open work orders: chains from the finished product down, spread over the weeks, put on lines and ranked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from qitao.demo import story
from qitao.demo.design import Design
from qitao.demo.layout import STAGE_STORE, line_of
from qitao.demo.mechanics import CONSIGNED_PRODUCT
from qitao.demo.products import Product

OPEN_ORDERS = 150
FIRST_START, LAST_START = -3, 25
"""Working-day offsets between which open work orders start."""

STAGE_SUFFIX = {"FG": "", "MA": "-1", "PA": "-2", "SM": "-3", "TX": "-4", "WH": "-5"}
STAGES_BELOW = {
    # what feeds what, and how many working days earlier than the finished product it starts
    "full": {"MA": ("FG", 2), "PA": ("MA", 4), "SM": ("PA", 6), "TX": ("PA", 6), "WH": ("MA", 4)},
    "bare": {"PA": ("FG", 2), "SM": ("PA", 4)},
    "plain": {"MA": ("FG", 2)},
}
DONE_SHARE = {-3: Decimal("0.7"), -2: Decimal("0.5"), -1: Decimal("0.2"), 0: Decimal(0)}
RELEASED_UNTIL = 2
LONG_DONE = FIRST_START - 9
"""The start of what was made on stock before the open work orders began."""


@dataclass(frozen=True, slots=True)
class Order:
    """A work order of the demo, with offsets for dates."""

    code: str
    chain: int
    item: str
    stage: str
    product: Product
    quantity: int
    start: int
    due: int
    parent: str
    customer: str = ""  # given by the story
    done: int = 0
    rank: int = 0

    @property
    def status(self) -> str:
        if self.start <= 0:
            return "started"
        return "released" if self.start <= RELEASED_UNTIL else "firm"

    @property
    def warehouse(self) -> str:
        return STAGE_STORE[self.stage]

    @property
    def line(self) -> str:
        return line_of(self.stage, self.product.platform.family)


@dataclass(frozen=True, slots=True)
class Stocked:
    """A semi-finished quantity that is made already and waits for its work order."""

    item: str
    lot: str
    quantity: int
    warehouse: str


@dataclass(frozen=True, slots=True)
class OrderBook:
    orders: tuple[Order, ...]
    stocked: tuple[Stocked, ...]


def order_book(plan: Design, seed: int) -> OrderBook:
    """Plan the open work orders; what feeds them is a work order, or stock where it is made already."""
    rng = Random(f"{seed}:orders")
    wanted: list[Order] = []
    by_code = {product.code: product for product in plan.products}
    for chain in story.CHAINS:
        product = by_code[chain.product]
        top = _top(chain.number, product, chain.quantity, starts=chain.starts, customer=chain.customer)
        wanted += _chain(plan, top, chain.stage)
    for number, product, starts, lowest in _free_chains(plan, rng):
        wanted += _chain(plan, _top(number, product, _batch(product, rng), starts=starts), lowest)
    kept = _exactly(OPEN_ORDERS, [order for order in wanted if FIRST_START <= order.start <= LAST_START])
    kept_by_code = {order.code: order for order in kept}
    stocked = []
    for order in wanted:
        parent = kept_by_code.get(order.parent)
        made = order.done if order.code in kept_by_code else order.quantity
        if made and (order.stage == "FG" or (parent is not None and parent.start > 0)):
            stocked.append(Stocked(order.item, order.code, made, STAGE_STORE[parent.stage if parent else "FG"]))
    return OrderBook(tuple(_ranked(kept, rng)), tuple(stocked))


def _free_chains(plan: Design, rng: Random) -> Iterator[tuple[int, Product, int, str]]:
    """Yield (number, product, start, lowest stage) of the chains outside the story, evenly over the weeks."""
    taken = {chain.number for chain in story.CHAINS}
    numbers = (number for number in range(10200, 10400) if number not in taken)
    free = [
        product
        for product in plan.products
        if product.platform.code not in story.PLATFORMS and product.code != CONSIGNED_PRODUCT
    ]
    rng.shuffle(free)
    starts = [*range(FIRST_START, LAST_START), 2, 5, 9, 12, 15, 17, 8]
    for turn, start in enumerate(sorted(starts)):
        lowest = rng.choices(("SM", "PA", "MA"), (75, 15, 10))[0]
        yield next(numbers), free[turn % len(free)], start, lowest


def _batch(product: Product, rng: Random) -> int:
    low, high = product.platform.batch
    step = 200 if low >= 1000 else 100
    return rng.randrange(low, high + 1, step) // step * step


def _shape(product: Product) -> str:
    if product.platform.family in ("bms", "controller"):
        return "bare"
    return "full" if product.platform.smt else "plain"


def _top(number: int, product: Product, quantity: int, *, starts: int, customer: str = "") -> Order:
    """Return the work order of a finished product, the top of its chain."""
    return Order(f"MO{number}", number, product.code, "FG", product, quantity, starts, starts + 1, "", customer)


def _chain(plan: Design, top: Order, lowest: str) -> Iterator[Order]:
    """Yield a finished product's work order and those that feed it; below the `lowest` stage they are done already."""
    yield _progress(top)
    depth = {"FG": 0, "MA": 1, "PA": 2, "SM": 3, "TX": 3, "WH": 3}
    product = top.product
    for stage, (feeds, earlier) in STAGES_BELOW[_shape(product)].items():
        item = f"{stage}-{product.code[3:]}" if stage == "MA" else f"{stage}-{product.platform.code}"
        if item not in plan.made:
            continue
        start = top.start - earlier
        if depth[stage] > depth[lowest] or stage == "WH":
            start = LONG_DONE
        code, parent = f"{top.code}{STAGE_SUFFIX[stage]}", f"{top.code}{STAGE_SUFFIX[feeds]}"
        yield _progress(Order(code, top.chain, item, stage, product, top.quantity, start, start + 1, parent))


def _progress(order: Order) -> Order:
    """Report a running work order's output so far; one that should be finished is late, or runs to the end of today."""
    if order.start > 0:
        return order
    done = int(order.quantity * DONE_SHARE.get(order.start, Decimal(0)) / 100) * 100
    overdue = order.chain % 9 == 0 and order.start < -1
    return replace(order, done=done, due=-1 if overdue else max(order.due, 0))


def _exactly(count: int, orders: Sequence[Order]) -> list[Order]:
    """Keep `count` work orders: the last transformers, then the last SMT boards outside the story, are made already."""
    for_story = {chain.number for chain in story.CHAINS}
    order_of_leaving = sorted(
        (order for order in orders if order.stage in ("TX", "SM") and order.chain not in for_story),
        key=lambda order: (order.stage != "TX", -order.start, order.code),
    )
    assert len(orders) >= count, f"only {len(orders)} work orders were planned"
    left = {order.code for order in order_of_leaving[: len(orders) - count]}
    return [order for order in orders if order.code not in left]


def _ranked(orders: Sequence[Order], rng: Random) -> list[Order]:
    """Rank by start, a little shuffled, the story's first among tomorrow's; return in order of code."""
    tomorrow = {line.work_order for line in story.STORY}
    keyed = sorted(
        orders, key=lambda order: (order.start + rng.choice((0, 0, 0, 0.6)), order.code not in tomorrow, order.code)
    )
    ranks = {order.code: rank for rank, order in enumerate(keyed, start=1)}
    return sorted((replace(order, rank=ranks[order.code]) for order in orders), key=lambda order: order.code)

"""Open work orders: chains from the finished product down, spread over the weeks, put on lines and ranked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from qitao.demo import story
from qitao.demo.design import Design
from qitao.demo.layout import STAGE_STORE, line_of
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
RELEASED_UNTIL = 3


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
        wanted += _chain(plan, chain.number, by_code[chain.product], chain.quantity, chain.starts, chain.stage, chain.customer)
    for number, product, starts, lowest in _free_chains(plan, rng):
        wanted += _chain(plan, number, product, _batch(product, rng), starts, lowest)
    kept = _exactly(OPEN_ORDERS, [order for order in wanted if FIRST_START <= order.start <= LAST_START])
    kept_codes = {order.code for order in kept}
    stocked = [
        Stocked(order.item, order.code, order.quantity, STAGE_STORE[parent.stage])
        for order in wanted
        for parent in kept
        if order.parent == parent.code and order.code not in kept_codes and parent.start > 0
    ]
    return OrderBook(tuple(_ranked(kept, rng)), tuple(stocked))


def _free_chains(plan: Design, rng: Random) -> Iterator[tuple[int, Product, int, str]]:
    """Yield (number, product, start, lowest stage) of the chains outside the story, evenly over the weeks."""
    taken = {chain.number for chain in story.CHAINS}
    numbers = (number for number in range(10200, 10400) if number not in taken)
    free = [product for product in plan.products if product.platform.code not in story.PLATFORMS]
    rng.shuffle(free)
    starts = [*range(FIRST_START, LAST_START), 2, 5, 9, 12, 15, 17]
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


def _chain(
    plan: Design, number: int, product: Product, quantity: int, starts: int, lowest: str, customer: str = ""
) -> Iterator[Order]:
    """Yield the finished product's work order and those below it, down to the `lowest` stage and one more (made already)."""
    top = Order(f"MO{number}", number, product.code, "FG", product, quantity, starts, starts + 1, "", customer)
    yield _progress(top)
    depth = {"FG": 0, "MA": 1, "PA": 2, "SM": 3, "TX": 3, "WH": 3}
    for stage, (feeds, earlier) in STAGES_BELOW[_shape(product)].items():
        item = f"{stage}-{product.code[3:]}" if stage == "MA" else f"{stage}-{product.platform.code}"
        if item not in plan.made:
            continue
        start = starts - earlier
        if depth[stage] > depth[lowest] or stage == "WH":
            start = FIRST_START - 9  # made earlier, on stock
        code, parent = f"MO{number}{STAGE_SUFFIX[stage]}", f"MO{number}{STAGE_SUFFIX[feeds]}"
        yield _progress(Order(code, number, item, stage, product, quantity, start, start + 1, parent))


def _progress(order: Order) -> Order:
    """Report a running work order's output so far; one that should be finished runs a day or two longer."""
    if order.start > 0:
        return order
    done = int(order.quantity * DONE_SHARE.get(order.start, Decimal(0)) / 100) * 100
    overdue = order.chain % 9 == 0 and order.start < -1
    return replace(order, done=done, due=-1 if overdue else max(order.due, 1 if order.start >= -1 else 0))


def _exactly(count: int, orders: Sequence[Order]) -> list[Order]:
    """Keep `count` work orders: the latest transformers, then the latest SMT boards outside the story, are made already."""
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
    keyed = sorted(orders, key=lambda order: (order.start + rng.choice((0, 0, 0, 0.6)), order.code not in tomorrow, order.code))
    ranks = {order.code: rank for rank, order in enumerate(keyed, start=1)}
    return sorted((replace(order, rank=ranks[order.code]) for order in orders), key=lambda order: order.code)

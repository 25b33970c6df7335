"""What lies in the stores and what is on order: enough for most work orders, late or missing for a chosen few.

The amounts follow from the open work orders' needs. `Holding`s are put into bins by `storage`, `Incoming`s onto
purchase orders by `purchases`; both use working-day offsets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from random import Random

from qitao.demo import story
from qitao.demo.design import Design
from qitao.demo.layout import GOODS, RAW, SECOND, UNITS
from qitao.demo.orders import LAST_START, Order, OrderBook
from qitao.demo.parts import rule_of
from qitao.demo.sources import whole_lots
from qitao.exchange.dataset import Source, Substitute

OPEN_LINES = 400
ZERO = Decimal(0)
SPAN = Decimal(LAST_START + 1)
"""Working days the open work orders cover: needs over it are the daily use."""

COVER_DAYS = {"A": (10, 14), "B": (14, 21), "C": (22, 30)}
"""How many working days of need lie in the store, by ABC class."""

SAFETY_DAYS = {"A": Decimal(3), "B": Decimal(4), "C": Decimal(8)}
MARGIN = Decimal("1.05")

TROUBLES = (
    # from start, to start, how many work orders wait for a late delivery, how many for something nobody has ordered
    (2, 5, 0, 1),  # the story makes enough late in the coming week
    (6, 12, 4, 1),
    (13, 20, 4, 1),
)
CONSIGNED_QUANTITY = 6000
OVERDUE_LINES = 14  # overdue without a new promise, on material that is there in plenty


@dataclass(frozen=True, slots=True)
class Holding:
    """So much of an item in a warehouse, before it is put into bins."""

    item: str
    warehouse: str
    quantity: Decimal
    lot: str = ""
    owner: str = ""
    line_side: str = ""  # the line it stands at, for consumables


@dataclass(frozen=True, slots=True)
class Incoming:
    """An open purchase line; `arrives` is the promise in force."""

    item: str
    warehouse: str
    source: Source
    quantity: Decimal
    arrives: int
    promised: int
    received: Decimal = ZERO

    @property
    def repromised(self) -> int | None:
        return None if self.arrives == self.promised else self.arrives


@dataclass(frozen=True, slots=True)
class Need:
    item: str
    warehouse: str
    quantity: Decimal
    start: int
    order: str


@dataclass(frozen=True, slots=True)
class Classes:
    """ABC class and daily use of each bought item."""

    abc: Mapping[str, str]
    daily: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Supply:
    holdings: tuple[Holding, ...]
    incoming: tuple[Incoming, ...]
    classes: Classes
    troubled: frozenset[str]


def needs_of(plan: Design, orders: Sequence[Order]) -> list[Need]:
    """List what the work orders that have not started need, consumables apart."""
    return [
        Need(component, order.warehouse, quantity * order.quantity, order.start, order.code)
        for order in orders
        if order.status != "started"
        for component, quantity, consumable in plan.components(order.item)
        if not consumable
    ]


def classify(plan: Design, orders: Sequence[Order]) -> Classes:
    """Class items by the value used: A the first 80 percent, B the next 15, C the rest and what is not used."""
    used: dict[str, Decimal] = {}
    for order in orders:
        for component, quantity, _ in plan.components(order.item):
            if component in plan.parts:
                used[component] = used.get(component, ZERO) + quantity * order.quantity
    total = sum((plan.costs[code] * quantity for code, quantity in used.items()), ZERO)
    abc, reached = dict.fromkeys(plan.parts, "C"), ZERO
    for code in sorted(used, key=lambda code: (-plan.costs[code] * used[code], code)):
        abc[code] = "A" if reached < total * 80 / 100 else "B" if reached < total * 95 / 100 else "C"
        reached += plan.costs[code] * used[code]
    return Classes(abc, {code: quantity / SPAN for code, quantity in used.items()})


def supply(
    plan: Design, book: OrderBook, sources: Mapping[str, Sequence[Source]], substitutes: Sequence[Substitute], seed: int
) -> Supply:
    """Fill the stores and the order books round the open work orders."""
    needs = [need for need in needs_of(plan, book.orders) if need.item in plan.parts and need.item not in story.PINNED]
    classes = classify(plan, book.orders)
    troubles = _troubles(plan, needs, book.orders, substitutes, Random(f"{seed}:troubles"))
    holdings = [Holding(row.item, row.warehouse, Decimal(row.quantity), lot=row.lot) for row in book.stocked]
    incoming = [*_story_incoming(sources)]
    by_place: dict[tuple[str, str], list[Need]] = {}
    for need in needs:
        by_place.setdefault((need.item, need.warehouse), []).append(need)
    for (item, warehouse), wanted in sorted(by_place.items()):
        rng = Random(f"{seed}:supply:{item}:{warehouse}")
        cover = _Cover(plan, item, warehouse, sources.get(item, ()), classes, rng)
        if item in troubles:
            held, coming = cover.troubled(wanted, troubles[item])
        else:
            held, coming = cover.ample(wanted)
        holdings.append(held)
        incoming += coming
    rng = Random(f"{seed}:rest")
    holdings += _customer_supplied(plan)
    holdings += _unneeded(plan, {need.item for need in needs}, rng)
    holdings += _second_plant(plan, classes, troubles, rng)
    holdings += _line_side(plan, rng)
    incoming += _replenishments(incoming, sources, classes, troubles, rng)
    return Supply(tuple(holdings), tuple(incoming), classes, frozenset(troubles))


def rounded(plan: Design, item: str, quantity: Decimal) -> Decimal:
    """Round up to what the item's unit shows."""
    decimals = {unit.code: unit.decimals for unit in UNITS}[plan.parts[item].unit]
    return quantity.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_UP)


@dataclass(frozen=True, slots=True)
class _Cover:
    """Covers the needs of one item in one warehouse."""

    plan: Design
    item: str
    warehouse: str
    sources: Sequence[Source]
    classes: Classes
    rng: Random

    def ample(self, needs: Sequence[Need]) -> tuple[Holding, list[Incoming]]:
        """Hold the next days' needs and a safety stock; order the rest to arrive days before it is needed."""
        abc = self.classes.abc[self.item]
        until = self.rng.randint(*COVER_DAYS[abc]) if self.sources else LAST_START
        held = self._within(needs, -99, until) * MARGIN + self.classes.daily[self.item] * SAFETY_DAYS[abc]
        coming, spare = [], ZERO
        while until < LAST_START and self._within(needs, until, LAST_START) > ZERO:
            after = min(LAST_START, until + (self.rng.randint(6, 10) if abc == "A" else LAST_START))
            wanted = self._within(needs, until, after) * MARGIN - spare
            if wanted > ZERO:
                line = self._order(wanted, arrives=max(1, until - self.rng.randint(2, 4)))
                coming.append(line)
                spare = line.quantity - wanted
            until = after
        return self._holding(held), coming

    def troubled(self, needs: Sequence[Need], late_days: int | None) -> tuple[Holding, list[Incoming]]:
        """Hold too little; what lacks arrives `late_days` after the first start, or (None) nobody has ordered it."""
        total = self._within(needs, -99, LAST_START)
        held = (total * self.rng.randint(10, 55) / 100).quantize(Decimal(1))
        if late_days is None:
            return self._holding(held), []
        start = min(need.start for need in needs)
        return self._holding(held), [
            self._order(total * MARGIN - held, arrives=start + late_days, slipped=self.rng.randint(3, 9))
        ]

    def _within(self, needs: Sequence[Need], after: int, until: int) -> Decimal:
        return sum((need.quantity for need in needs if after < need.start <= until), ZERO)

    def _holding(self, quantity: Decimal) -> Holding:
        return Holding(self.item, self.warehouse, rounded(self.plan, self.item, quantity))

    def _order(self, quantity: Decimal, *, arrives: int, slipped: int | None = None) -> Incoming:
        source = self.sources[0]
        lots = whole_lots(rounded(self.plan, self.item, quantity), source)
        if slipped is None:
            slipped = self.rng.choices((0, self.rng.randint(1, 6), -self.rng.randint(1, 2)), (74, 21, 5))[0]
        partial = slipped == 0 and arrives <= 12 and self.rng.random() < 0.25
        received = (lots / 3).quantize(Decimal(1)) if partial else ZERO
        return Incoming(self.item, self.warehouse, source, lots + received, arrives, arrives - slipped, received)


def _story_incoming(sources: Mapping[str, Sequence[Source]]) -> Iterator[Incoming]:
    place = {row.item: row.warehouse for row in reversed(story.STOCK)}
    for row in story.INCOMING:
        source = next(source for source in sources[row.item] if source.supplier == row.supplier)
        arrives = row.promised if row.repromised is None else row.repromised
        yield Incoming(row.item, place[row.item], source, Decimal(row.quantity), arrives, row.promised)


def _troubles(
    plan: Design, needs: Sequence[Need], orders: Sequence[Order], substitutes: Sequence[Substitute], rng: Random
) -> dict[str, int | None]:
    """Choose items that hold up one work order each: item → days late, or None where nothing is on order."""
    used_by: dict[str, set[str]] = {}
    for need in needs:
        used_by.setdefault(need.item, set()).add(need.order)
    replaceable = {row.component for row in substitutes if row.approved}
    for_story = {chain.number for chain in story.CHAINS}
    chosen: dict[str, int | None] = {}
    taken: set[int] = set()
    for first, last, late, missing in TROUBLES:
        waiting = [order for order in orders if first <= order.start <= last and order.chain not in for_story]
        rng.shuffle(waiting)
        kinds: list[int | None] = [rng.randint(2, 6) for _ in range(late)] + [None] * missing
        for order in waiting:
            own = sorted(code for code, users in used_by.items() if users == {order.code} and code not in replaceable)
            if kinds and own and order.chain not in taken and (kinds[-1] is not None or order.stage == "FG"):
                taken.add(order.chain)
                chosen[rng.choice(own)] = kinds.pop()
    return chosen


def _unneeded(plan: Design, needed: set[str], rng: Random) -> Iterator[Holding]:
    """Yield what lies there without an open work order that wants it: slow movers and old revisions."""
    for code, part in sorted(plan.parts.items()):
        if code in needed or code in story.PINNED or part.role.startswith("chem") or part.owner:
            continue
        if rng.random() < 0.7:
            worth = Decimal(rng.randrange(200, 9000))
            most = Decimal((part.pack or 100) * 6)
            quantity = min(worth / part.cost, most)
            warehouse = GOODS if part.role.startswith(("plas", "print", "label", "pack", "cable", "hw")) else RAW
            yield Holding(code, warehouse, max(Decimal(1), rounded(plan, code, quantity.quantize(Decimal(1)))))


def _customer_supplied(plan: Design) -> Iterator[Holding]:
    """Yield what a customer has sent ahead for an order that is not planned yet."""
    for part in plan.parts.values():
        if part.owner:
            yield Holding(part.code, GOODS, Decimal(CONSIGNED_QUANTITY + part.pack // 2), owner=part.owner)


def _second_plant(plan: Design, classes: Classes, troubles: Mapping[str, int | None], rng: Random) -> Iterator[Holding]:
    """Yield the second plant's stock: a few days' use of some shared parts."""
    shared = sorted(
        code
        for code in classes.daily
        if code not in troubles
        and code not in story.PINNED
        and not plan.parts[code].owner
        and rule_of(plan.parts[code].role).store != "chem"
    )
    for code in rng.sample(shared, 120):
        pack = Decimal(plan.parts[code].pack or 1)
        packs = max(1, int(classes.daily[code] * rng.randint(1, 4) / pack))
        yield Holding(code, SECOND, pack * min(packs, 8))


def _line_side(plan: Design, rng: Random) -> Iterator[Holding]:
    """Yield consumables: opened packs at the lines, the rest in the cold or chemical rack."""
    lines = {
        "chem.paste": ("LS-SMT", ("SMT-1", "SMT-2", "SMT-3")),
        "chem": ("LS-DIP", ("DIP-1", "DIP-2")),
        "chem.glue": ("LS-ASM", ("ASM-1", "ASM-2")),
    }
    for code, part in sorted(plan.parts.items()):
        if not part.role.startswith("chem"):
            continue
        yield Holding(code, RAW, Decimal(part.pack * rng.randint(8, 40)))
        warehouse, places = lines.get(part.role, lines["chem"])
        for place in places:
            yield Holding(code, warehouse, Decimal(part.pack * rng.randint(1, 3)), line_side=place)


def _replenishments(
    incoming: Sequence[Incoming],
    sources: Mapping[str, Sequence[Source]],
    classes: Classes,
    troubles: Mapping[str, int | None],
    rng: Random,
) -> Iterator[Incoming]:
    """Yield the ordinary replenishments that bring the order book to its size; some of them are overdue."""
    ordered = {line.item for line in incoming}
    free = sorted(
        code
        for code in classes.daily
        if code in sources and code not in ordered and code not in troubles and code not in story.PINNED
    )
    count = OPEN_LINES - len(incoming)
    assert 0 <= count <= len(free), f"{len(incoming)} purchase lines are needed already"
    for number, code in enumerate(rng.sample(free, count)):
        source = sources[code][0]
        quantity = whole_lots((classes.daily[code] * rng.randint(8, 20)).quantize(Decimal(1)), source)
        arrives = -rng.randint(1, 7) if number < OVERDUE_LINES else rng.randint(3, 45)
        slipped = 0 if number < OVERDUE_LINES else rng.choice((0, 0, 0, 2, 5))
        warehouse = (
            RAW if source.item.startswith(("RC", "CC", "EC", "SDK", "KLP", "TVN", "WF", "FB", "MC", "BB")) else GOODS
        )
        yield Incoming(code, warehouse, source, quantity, arrives, arrives - slipped)

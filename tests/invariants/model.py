"""The stores in plain Python, small enough to be seen to be right: what `test_model` compares Qitao with.

One factory, one lot an item. A bin is (item, code); bins are walked in the order of `WALK`. What an act may not do
raises `No`, and leaves everything as it was.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

WALK = ("A-01", "A-02", "A-03", "IN")  # of the home warehouse; B-01 is in the second
HOME = frozenset(WALK)
NEEDS = {"BOLT": Decimal(4), "PLATE": Decimal(1), "PAINT": Decimal("0.5")}
ZERO = Decimal(0)
RUNNING = ("released", "started", "paused")
Bin = tuple[str, str]


class No(Exception):
    """It may not be."""


def must(condition: bool) -> None:
    if not condition:
        raise No


@dataclass(eq=False)
class Order:
    """A work order: what it got, what is reserved for it, what is on its list by bin; first made, first served."""

    quantity: Decimal
    state: str = "firm"
    made: Decimal = ZERO
    issued: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    reserved: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    listed: dict[Bin, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def on_list(self, item: str) -> Decimal:
        return sum((part for place, part in self.listed.items() if place[0] == item), ZERO)

    def open(self, item: str) -> Decimal:
        return max(NEEDS[item] * self.quantity - self.issued[item], ZERO)

    def lacks(self, item: str) -> Decimal:
        return self.open(item) - self.on_list(item)


class Stores:
    """What lies where, who claims it, and what people do with it."""

    def __init__(self) -> None:
        self.on_hand: dict[Bin, Decimal] = defaultdict(Decimal)
        self.doubted: set[Bin] = set()
        self.orders: list[Order] = []
        self.transfers: list[tuple[str, dict[Bin, Decimal]]] = []  # state and what it carries from which bin

    # What can be had

    def allocated(self, place: Bin) -> Decimal:
        sent = sum((parts.get(place, ZERO) for state, parts in self.transfers if state == "planned"), ZERO)
        return sent + sum((order.listed.get(place, ZERO) for order in self.orders), ZERO)

    def free(self, place: Bin) -> Decimal:
        return ZERO if place in self.doubted else self.on_hand[place] - self.allocated(place)

    def unreserved(self, item: str, codes: tuple[str, ...] = WALK) -> Decimal:
        reserved = sum((order.reserved[item] for order in self.orders), ZERO) if codes == WALK else ZERO
        return sum((self.free((item, code)) for code in codes), ZERO) - reserved

    def choose(self, item: str, quantity: Decimal, codes: tuple[str, ...] = WALK) -> dict[Bin, Decimal]:
        parts = {}
        for code in codes:
            part = min(quantity, self.free((item, code)))
            if part > 0:
                parts[item, code] = part
                quantity -= part
        return parts

    # Work orders and their lists

    def reserve(self, order: Order) -> None:
        for item in NEEDS:
            order.reserved[item] += max(min(order.open(item) - order.reserved[item], self.unreserved(item)), ZERO)

    def release(self, order: Order) -> None:
        must(order.state == "firm")
        order.state = "released"
        self.reserve(order)
        self.fill(order, *NEEDS)

    def fill(self, order: Order, *items: str) -> None:
        """Put what it lacks on its list: what it has reserved, and what nobody has."""
        for item in items:
            allowed = min(order.lacks(item), order.reserved[item] + max(self.unreserved(item), ZERO))
            for place, part in self.choose(item, allowed).items():
                order.listed[place] += part
                order.reserved[item] -= min(part, order.reserved[item])

    def make_list(self, order: Order) -> None:
        must(order.state in RUNNING)
        self.fill(order, *NEEDS)
        must(any(order.listed.values()))

    def serve(self, item: str) -> None:
        """Let the orders that wait for an item have what is there now, by rank."""
        for order in self.orders:
            if order.state in RUNNING and item in NEEDS:
                self.fill(order, item)

    def pick(self, order: Order, place: Bin, quantity: Decimal) -> None:
        must(0 < quantity <= order.listed[place])
        order.listed[place] -= quantity
        order.issued[place[0]] += quantity
        self.on_hand[place] -= quantity

    def unpick(self, order: Order, place: Bin, quantity: Decimal) -> None:
        must(order.state in RUNNING)
        order.issued[place[0]] -= quantity
        self.on_hand[place] += quantity
        order.listed[place] += quantity

    def short(self, order: Order, place: Bin, found: Decimal) -> None:
        must(0 <= found < order.listed[place])
        missing = order.listed[place] - found
        if found:
            self.pick(order, place, found)
        order.listed[place] = ZERO
        self.doubted.add(place)
        spare = self.unreserved(place[0]) + order.reserved[place[0]]
        is_covered = min(sum((self.free((place[0], code)) for code in WALK), ZERO), spare) >= missing
        if not is_covered and order.state in ("released", "started"):
            order.state = "paused"

    def give_back(self, order: Order, place: Bin, quantity: Decimal) -> None:
        must(order.state in (*RUNNING, "completed", "cancelled"))
        must(0 < quantity <= order.issued[place[0]] - NEEDS[place[0]] * order.made)
        order.issued[place[0]] -= quantity
        self.on_hand[place] += quantity

    def end(self, order: Order, state: str, *sources: str) -> None:
        must(order.state in sources)
        order.state = state
        order.listed.clear()
        order.reserved.clear()
        for item in NEEDS:
            self.serve(item)

    def report(self, order: Order, quantity: Decimal) -> None:
        must(order.state in ("released", "started") and 0 < quantity <= order.quantity - order.made)
        order.state, order.made = "started", order.made + quantity
        self.on_hand["FRAME", "IN"] += quantity
        if order.made == order.quantity:
            self.end(order, "completed", "started")

    # Stock

    def receive(self, item: str, code: str, quantity: Decimal) -> None:
        self.on_hand[item, code] += quantity
        self.serve(item)

    def move(self, place: Bin, code: str, quantity: Decimal) -> None:
        must(code != place[1] and (code in HOME) == (place[1] in HOME))
        must(0 < quantity <= self.on_hand[place])
        self.on_hand[place] -= quantity
        self.on_hand[place[0], code] += quantity
        self.replan(place[0])
        self.cut(place[0])

    def cut(self, item: str) -> None:
        """Take off what is reserved beyond what lies there, doubted or not: the last served lose first."""
        lying = sum((self.on_hand[item, code] - self.allocated((item, code)) for code in WALK), ZERO)
        for order in reversed(self.orders):
            beyond = sum((each.reserved[item] for each in self.orders), ZERO) - lying
            order.reserved[item] -= min(order.reserved[item], max(beyond, ZERO))

    def replan(self, item: str) -> None:
        """Let what lost its stock look elsewhere: the last served lose first, then transfers; these choose first."""
        lost: list[Order] = []
        for place in [(item, code) for code in WALK]:
            for order in reversed(self.orders):
                cut = min(order.listed.get(place, ZERO), max(self.allocated(place) - self.on_hand[place], ZERO))
                if cut:
                    order.listed[place] -= cut
                    lost.append(order)
        for number, (state, parts) in reversed(list(enumerate(self.transfers))):
            for place in reversed(list(parts)) if state == "planned" else []:
                gone = min(parts[place], max(self.allocated(place) - self.on_hand[place], ZERO))
                parts[place] -= gone
                for other, part in self.choose(place[0], min(gone, max(self.unreserved(item), ZERO))).items():
                    parts[other] = parts.get(other, ZERO) + part
            kept = {place: part for place, part in parts.items() if part}
            self.transfers[number] = (state if kept else "over", kept)
        for order in self.orders:
            if order in lost:
                self.fill(order, item)

    def ship(self, place: Bin, quantity: Decimal) -> None:
        must(place[1] in HOME and 0 < quantity <= self.free(place))
        reserved = sum((order.reserved[place[0]] for order in self.orders), ZERO)
        must(not reserved or quantity <= self.unreserved(place[0]))
        self.on_hand[place] -= quantity

    def plan(self, item: str, quantity: Decimal, *, home: bool) -> None:
        codes = WALK if home else ("B-01",)
        parts = self.choose(item, quantity, codes)
        must(quantity <= self.unreserved(item, codes) and sum(parts.values()) == quantity)
        self.transfers.append(("planned", parts))

    def advance(self, number: int, verb: str) -> None:
        state, parts = self.transfers[number]
        target = {("planned", "ship"): "under way", ("planned", "cancel"): "over", ("under way", "take in"): "over"}
        must((state, verb) in target)
        self.transfers[number] = (target[state, verb], parts)
        if verb == "ship":
            for place, part in parts.items():
                self.on_hand[place] -= part
        if verb == "take in":
            ((item, is_outward),) = {(place[0], place[1] in HOME) for place in parts}
            self.on_hand[item, "B-01" if is_outward else "IN"] += sum(parts.values())
            if not is_outward:
                self.serve(item)

    def count(self, item: str, figures: dict[Bin, Decimal]) -> None:
        """Bring the record to the figures; what is gone is looked for elsewhere, what was found is offered."""
        for place, figure in figures.items():
            self.on_hand[place] = figure
            self.doubted.discard(place)
        self.replan(item)
        self.serve(item)
        self.cut(item)

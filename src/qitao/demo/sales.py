"""Customer orders: a line for every finished-goods work order, and lines that stock or later orders will serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from qitao.demo.companies import CONSIGNING_CUSTOMER, CUSTOMERS, CustomerRow
from qitao.demo.days import PlantDays
from qitao.demo.design import Design
from qitao.demo.layout import GOODS
from qitao.demo.mechanics import CONSIGNED_PRODUCT
from qitao.demo.orders import Order
from qitao.demo.products import Product
from qitao.demo.supply import CONSIGNED_QUANTITY
from qitao.exchange.dataset import SalesLine, SalesOrder

LINES = 120
FROM_STOCK = 34  # lines that finished goods in the store will serve
CENT = Decimal("0.01")
BOUND = {"FG-BM010A-XQ": "C214", CONSIGNED_PRODUCT: CONSIGNING_CUSTOMER}
"""Products made for one customer only."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer wants, before it is put on an order."""

    customer: CustomerRow
    product: Product
    quantity: int
    shipped: int
    ordered: int
    due: int
    work_order: str = ""
    from_stock: bool = False


@dataclass(frozen=True, slots=True)
class SalesBook:
    orders: tuple[SalesOrder, ...]
    lines: tuple[SalesLine, ...]
    serves: Mapping[str, tuple[str, str]]  # work order → (sales order, line)
    from_stock: Mapping[str, int]  # finished product → quantity the store must hold


def sales_book(plan: Design, orders: Sequence[Order], days: PlantDays, *, seed: int) -> SalesBook:
    """Write the customer orders; three lines to an order at most, all for one customer."""
    rng = Random(f"{seed}:sales")
    wishes = [*_for_work_orders(orders, rng)]
    wishes += _others(plan, LINES - len(wishes), rng)
    heads: list[SalesOrder] = []
    lines: list[SalesLine] = []
    serves: dict[str, tuple[str, str]] = {}
    held: dict[str, int] = {}
    number = 30400
    for customer in CUSTOMERS:
        own = sorted(
            (wish for wish in wishes if wish.customer is customer), key=lambda wish: (wish.due, wish.product.code)
        )
        while own:
            size = rng.choice((1, 2, 2, 3))
            batch, own = own[:size], own[size:]
            number += rng.randrange(1, 4)
            code = f"SO{number}"
            ordered = min(wish.ordered for wish in batch)
            heads.append(SalesOrder(code=code, customer=customer.code, ordered_on=days.day(ordered)))
            for index, wish in enumerate(batch, start=1):
                line = str(index * 10)
                lines.append(_line(code, line, wish, plan, days))
                if wish.work_order:
                    serves[wish.work_order] = (code, line)
                if wish.from_stock:
                    held[wish.product.code] = held.get(wish.product.code, 0) + wish.quantity - wish.shipped
    return SalesBook(tuple(heads), tuple(lines), serves, held)


def _customer_of(product: Product, rng: Random) -> CustomerRow:
    if product.code in BOUND:
        return next(customer for customer in CUSTOMERS if customer.code == BOUND[product.code])
    fitting = [customer for customer in CUSTOMERS if product.platform.family in customer.families]
    home = [customer for customer in fitting if (customer.country == "CN") == (product.market == "CN")]
    return rng.choice(home or fitting)


def _for_work_orders(orders: Sequence[Order], rng: Random) -> Iterator[Wish]:
    """Every fourteenth work order makes stock; the rest have a customer waiting."""
    by_code = {customer.code: customer for customer in CUSTOMERS}
    finished = [order for order in orders if order.stage == "FG"]
    for place, order in enumerate(finished):
        customer = by_code[order.customer] if order.customer else _customer_of(order.product, rng)
        slack = rng.choice((1, 1, 2, 2, 3, 4))
        due = order.due + (1 if order.customer else slack)  # the story's customers leave no time to spare
        lead = rng.randrange(22, 45)
        if order.customer or place % 14 != 5:
            yield Wish(customer, order.product, order.quantity, 0, min(order.start, 0) - lead, due, order.code)


def _others(plan: Design, count: int, rng: Random) -> Iterator[Wish]:
    """Yield lines that wait in the store for their day, and later ones nothing is planned for yet."""
    consigned = next(product for product in plan.products if product.code == CONSIGNED_PRODUCT)
    others = [product for product in plan.products if product is not consigned]
    for number in range(count):
        product = consigned if number == FROM_STOCK else rng.choice(others)
        low, high = product.platform.batch
        from_stock = number < FROM_STOCK
        most = high // 6 if from_stock else high // 2
        quantity = max(1, rng.randrange(low // 8, most) // 100) * 100
        due = rng.randrange(-1, 12) if from_stock else rng.randrange(24, 62)
        if product is consigned:
            quantity = CONSIGNED_QUANTITY
        shipped = quantity // 300 * 100 if from_stock and number % 5 == 0 else 0
        yield Wish(
            _customer_of(product, rng), product, quantity, shipped, -rng.randrange(3, 40), due, from_stock=from_stock
        )


def _line(code: str, line: str, wish: Wish, plan: Design, days: PlantDays) -> SalesLine:
    price = (plan.costs[wish.product.code] * wish.customer.margin).quantize(CENT)
    value = price * wish.quantity
    penalty = (value * wish.customer.penalty_permille / 1000).quantize(Decimal(10))
    return SalesLine(
        order=code,
        line=line,
        item=wish.product.code,
        quantity=Decimal(wish.quantity),
        shipped=Decimal(wish.shipped),
        due_on=days.day(wish.due),
        price=price,
        penalty_per_day=penalty,
        priority=1 if wish.customer.penalty_permille >= 6 else 2 if wish.customer.penalty_permille else 3,
        warehouse=GOODS,
    )

"""What several readers do alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal

from qitao.exchange.dataset import Dataset
from qitao.exchange.reading import Record, Table
from qitao.kernel.quantity import exact, half_up


def quantities(data: Dataset) -> Iterator[tuple[str, Decimal]]:
    """Return (item, quantity) for every quantity that people will see."""
    yield from ((row.component, row.quantity) for row in data.bom_lines)
    yield from ((row.item, row.quantity) for row in data.stock)
    yield from ((row.item, row.quantity) for row in data.work_orders)
    yield from ((row.component, row.quantity) for row in data.requirements)
    yield from ((row.item, row.quantity) for row in data.sales_lines)
    yield from ((row.item, row.quantity) for row in data.purchase_lines)


def decimals_by_unit(data: Dataset) -> dict[str, int]:
    """Return each unit that items are kept in, with the decimals that its quantities use."""
    unit_of = {item.code: item.unit for item in data.items}
    decimals = dict.fromkeys(unit_of.values(), 0)
    for code, quantity in quantities(data):
        if code in unit_of and quantity:
            places = -int(exact(quantity).normalize().as_tuple().exponent)
            decimals[unit_of[code]] = max(decimals[unit_of[code]], places)
    return decimals


def by_key(table: Table, column: str) -> dict[str, Record]:
    """Return the rows by the text in `column`; where one is there twice the first counts."""
    found: dict[str, Record] = {}
    for record in table:
        found.setdefault(record.text(column), record)
    return found


def tree_path(key: str, parent_of: Callable[[str], str]) -> list[str]:
    """Return the keys from the root down to `key`; a loop ends where it would repeat.

    >>> tree_path("c", {"c": "b", "b": "a"}.get)
    ['a', 'b', 'c']
    """
    path = [key]
    while (above := parent_of(path[-1])) and above not in path:
        path.append(above)
    return path[::-1]


Stores = Mapping[str, Collection[str]]  # item → the warehouses that have some of it ready to pick


def stores(data: Dataset) -> Stores:
    """Return where each item lies ready to pick."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in data.stock:
        if row.status == "ok" and row.quantity:
            found[row.item].add(row.warehouse)
    return found


def where_most_lies(data: Dataset, lying: Stores, components: Collection[str]) -> str:
    """Return the warehouse that has most of `components` ready to pick; the first one where none has any."""
    held = Counter(sorted(code for item in components for code in lying.get(item, ())))
    most = held.most_common(1)
    if most:
        return most[0][0]
    return data.warehouses[0].code if data.warehouses else ""


def per_unit(price: Decimal, pack: Decimal) -> Decimal:
    """Return the price of one stock unit out of the price of a pack, rounded half up to six places."""
    return half_up(price / pack)

"""Who sells what: one to three sources for every bought item, with prices, lots, lead times and the cost of haste."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_UP, Decimal
from random import Random

from qitao.demo import story
from qitao.demo.companies import SUPPLIERS, SupplierRow
from qitao.demo.design import Design
from qitao.demo.parts import Part, rule_of
from qitao.exchange.dataset import Source

PRICE = Decimal("0.0001")


def sources(plan: Design, seed: int) -> dict[str, list[Source]]:
    """Return the sources of each bought item, best first; customer-supplied material has none."""
    by_group: dict[str, list[SupplierRow]] = {}
    for supplier in SUPPLIERS:
        for group in supplier.sells:
            by_group.setdefault(group, []).append(supplier)
    pinned = {item: list(_pinned(item, plan)) for item in {source.item for source in story.SOURCES}}
    return {
        part.code: pinned.get(part.code) or list(_drawn(part, by_group, Random(f"{seed}:sources:{part.code}")))
        for part in plan.parts.values()
        if not part.owner
    }


def main_group(part: Part) -> str:
    """Return the group of suppliers that sells a part, by its category.

    >>> main_group(Part("X", "", "", "", "ic.mcu", Decimal(1)))
    'IC'
    """
    category = rule_of(part.role).category
    return "ECAP" if category.startswith("ECAP") else category.partition("-")[0]


def _drawn(part: Part, by_group: Mapping[str, list[SupplierRow]], rng: Random) -> Iterator[Source]:
    group = main_group(part)
    best = [supplier for supplier in by_group[group] if supplier.sells[0] == group]
    every = by_group[group]
    count = min(len(every), rng.choices((1, 2, 3), (55, 35, 10))[0])
    chosen = [_maker(part, best) or rng.choice(best or every)]
    chosen += (
        rng.sample([supplier for supplier in every if supplier not in chosen], count - 1) if len(every) >= count else []
    )
    lead = rule_of(part.role).lead
    for priority, supplier in enumerate(chosen, start=1):
        own_lead = lead if priority == 1 else max(3, int(lead * rng.uniform(0.5, 1.1)))
        hurried = rng.random() < 0.6
        multiple, minimum = lot_sizes(part, rng)
        yield Source(
            item=part.code,
            supplier=supplier.code,
            supplier_code=f"{supplier.code[1:]}-{rng.randrange(10000, 99999)}",
            lead_days=own_lead,
            expedite_days=max(2, int(own_lead * rng.uniform(0.15, 0.4))) if hurried else None,
            expedite_cost=Decimal(rng.randrange(3, 40) * 100) if hurried else Decimal(0),
            min_quantity=minimum,
            multiple=multiple,
            price=(part.cost * Decimal(str(round(1 + (priority - 1) * rng.uniform(0.03, 0.14), 3)))).quantize(PRICE),
            priority=priority,
            approved=priority < 3 or rng.random() < 0.5,
        )


def _maker(part: Part, suppliers: list[SupplierRow]) -> SupplierRow | None:
    """Return the maker whose prefix the part's code bears, e.g. ORM for `Aurui Protocol ICs (ORM)`."""
    return next((supplier for supplier in suppliers if f"({part.code[:3]})" in supplier.name_en), None)


def lot_sizes(part: Part, rng: Random) -> tuple[Decimal, Decimal]:
    """Return (multiple, minimum order): full packs; the cheaper the part, the more of them."""
    pack = Decimal(part.pack or 1)
    if part.role.startswith(("label", "print", "pack.tray")):
        return Decimal(500), Decimal(1000)
    if part.role.startswith("wire.magnet") or part.unit == "kg":
        return pack, pack
    worth = {0: 400, 1: 900, 2: 1800}[rng.randrange(3)]
    packs = max(1, int(Decimal(worth) / (part.cost * pack))) if part.cost else 1
    return pack, pack * min(packs, 10)


def whole_lots(quantity: Decimal, source: Source) -> Decimal:
    """Round a wanted quantity up to the source's minimum and multiple."""
    wanted = max(quantity, source.min_quantity)
    if not source.multiple:
        return wanted
    return (wanted / source.multiple).quantize(Decimal(1), rounding=ROUND_UP) * source.multiple


def _pinned(item: str, plan: Design) -> Iterator[Source]:
    part = plan.parts[item]
    for row in story.SOURCES:
        if row.item == item:
            days, fee = row.expedite or (None, "0")
            yield Source(
                item=item,
                supplier=row.supplier,
                supplier_code=f"{row.supplier[1:]}-{part.code[:6]}",
                lead_days=row.lead,
                expedite_days=days,
                expedite_cost=Decimal(fee),
                min_quantity=Decimal(part.pack or 1),
                multiple=Decimal(part.pack or 1),
                price=Decimal(row.price),
                priority=row.priority,
            )

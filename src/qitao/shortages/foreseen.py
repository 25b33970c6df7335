"""Shortages that the plan sees coming: what holds work orders up and has no case yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qitao.catalog.models import Item, Site
from qitao.kernel.quantity import ZERO
from qitao.planning.models import KitDate
from qitao.planning.pegging import delays, held_up
from qitao.shortages.models import OPEN_STATES, Case
from qitao.shortages.queries import HitDemand, demands_hit


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An item that work orders of a site wait for: those that lack it themselves, and those that wait for these."""

    item: Item
    site: Site
    kits: list[KitDate]
    waiting: list[KitDate]
    demands: list[HitDemand]

    @property
    def short_quantity(self) -> Decimal:
        """How much is lacking when it is needed, over all of them."""
        return sum((kit.short_quantity for kit in self.kits), ZERO)

    @property
    def first_start_on(self) -> date:
        """The first day on which it stops somebody."""
        return min(kit.work_order.start_on for kit in self.kits)

    @property
    def kit_on(self) -> date | None:
        """When the last of them has it; None: no supply is known for all."""
        days = [kit.kit_on for kit in self.kits]
        return None if None in days else max(day for day in days if day)

    @property
    def penalty(self) -> Decimal:
        """Penalties that the customers behind may ask for."""
        return sum((hit.penalty for hit in self.demands), ZERO)

    @property
    def has_no_date(self) -> bool:
        """Whether a penalty is counted for so long because nobody knows when it ends."""
        return any(hit.days_caused is None and hit.penalty for hit in self.demands)

    @property
    def value_at_risk(self) -> Decimal:
        """Value of what the customers behind get late."""
        return sum((hit.value for hit in self.demands), ZERO)


def foreseen() -> list[Foreseen]:
    """Return what holds work orders up and has no open case, what stops somebody first coming first."""
    groups: dict[tuple[int, int], tuple[list[KitDate], list[KitDate]]] = defaultdict(lambda: ([], []))
    held = held_up()
    for one in held:
        assert one.root.bottleneck is not None
        roots, waiting = groups[one.root.bottleneck.item_id, one.root.work_order.warehouse.site_id]
        (roots if one.is_root else waiting).append(one.kit)
    known = set(Case.objects.filter(status__in=OPEN_STATES).values_list("item", "site"))
    behind = delays(one.kit.pk for one in held if one.is_root)
    found = []
    for key, (roots, waiting) in groups.items():
        if key not in known and roots:
            first = roots[0]
            assert first.bottleneck is not None
            demands = demands_hit(row for kit in roots for row in behind.get(kit.pk, ()))
            found.append(Foreseen(first.bottleneck.item, first.work_order.warehouse.site, roots, waiting, demands))
    return sorted(found, key=lambda one: (one.first_start_on, -one.penalty, one.item.code))

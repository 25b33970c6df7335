"""What lateness costs, exactly: int64 millionths of the company currency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qitao.engine.kits import Kits
from qitao.engine.plant import NEVER, Int64, Plant


@dataclass(frozen=True)
class Costs:
    """Money per day late, by order row. Orders added by a trial change cost what their original costs."""

    penalty_per_day: Int64
    """Owed to the customer, or reckoned, for each day an order finishes after its due day."""
    idle_per_day: Int64
    """Lost on the line for each day a work order's kit is complete after its need day."""
    never_days: int = 90
    """An order that never finishes is charged this many days: a plan must not look cheap by giving up."""

    @classmethod
    def none(cls, plant: Plant) -> Costs:
        """Return costs of nothing, for answers in days alone."""
        zero = np.zeros(len(plant.orders.code), np.int64)
        return cls(zero, zero)

    def of(self, kits: Kits, order: int) -> int:
        """Return what one order's lateness costs in this plan."""
        return self.of_days(
            order,
            days_late=kits.days_late(order),
            days_waiting=days_between(max(int(kits.plant.orders.need_day[order]), 0), int(kits.kit_day[order])),
        )

    def of_days(self, order: int, *, days_late: int, days_waiting: int) -> int:
        """Return the cost of so many days late and so many days of waiting material; NEVER is `never_days`."""
        late, waiting = (self.never_days if days >= NEVER else days for days in (days_late, days_waiting))
        return int(self.penalty_per_day[order]) * late + int(self.idle_per_day[order]) * waiting


def days_between(planned: int, real: int) -> int:
    """Return by how many days `real` is after `planned`: 0 where it is not, NEVER where it never comes."""
    return NEVER if real >= NEVER else max(0, real - planned)

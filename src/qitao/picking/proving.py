"""The proof that what is allocated in the bins is what open pick lines and planned transfers take: no more, no less."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from qitao.kernel.quantity import plain


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A balance in which more or less is allocated than is claimed there."""

    item: str
    location: str
    lot: str
    status: str
    owner: str
    allocated: Decimal
    claimed: Decimal

    def __str__(self) -> str:
        what = " · ".join(part for part in (self.item, self.location, self.lot, self.status, self.owner) if part)
        return f"{what}: allocated {plain(self.allocated)}, claimed {plain(self.claimed)}"


UNCLAIMED = """
WITH claim AS (
    SELECT item_id, location_id, lot_id, owner, quantity - picked AS quantity
    FROM picking_pickline WHERE status = 'open'
    UNION ALL
    SELECT item_id, from_location_id, lot_id, owner, quantity
    FROM stock_transferline AS line JOIN stock_transfer AS transfer ON transfer.id = line.transfer_id
    WHERE transfer.status = 'planned'
), claimed AS (
    SELECT item_id, location_id, lot_id, 'ok' AS status, owner, sum(quantity) AS quantity
    FROM claim GROUP BY item_id, location_id, lot_id, owner
)
SELECT item.code, coalesce(warehouse.code || '/', '') || location.code, lot.code, status, owner,
       coalesce(balance.allocated, 0), coalesce(claimed.quantity, 0)
FROM claimed FULL JOIN stock_balance AS balance USING (item_id, location_id, lot_id, status, owner)
JOIN catalog_item AS item ON item.id = item_id
JOIN stock_lot AS lot ON lot.id = lot_id
JOIN stock_location AS location ON location.id = location_id
LEFT JOIN stock_warehouse AS warehouse ON warehouse.id = location.warehouse_id
WHERE coalesce(balance.allocated, 0) <> coalesce(claimed.quantity, 0)
ORDER BY 1, 2, 3
"""


def unclaimed() -> list[Unclaimed]:
    """Return every balance whose allocation is not the sum of its claims; an empty list is the proof."""
    with connection.cursor() as cursor:
        cursor.execute(UNCLAIMED)
        return [Unclaimed(*row) for row in cursor.fetchall()]

"""Documents dated back: they may not have made any balance fall below zero at any moment since."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from qitao.journal.command import Command
from qitao.kernel.quantity import plain
from qitao.stock.models import Warehouse
from qitao.stock.refusals import NotEnoughThen, NotYet, TooLongAgo

Source = tuple[int, int, int, str, str]  # item, location, lot, status, owner: a balance

# What lay there after each moment since the document's: what lies there now, less what came and went after that moment.
LOWEST = """
WITH touched AS (
    SELECT * FROM unnest(
        %(item)s::bigint[], %(location)s::bigint[], %(lot)s::bigint[], %(status)s::text[], %(owner)s::text[]
    ) WITH ORDINALITY AS t (item_id, location_id, lot_id, status, owner, balance)
), change AS (
    SELECT balance, happened_at, CASE WHEN is_in THEN quantity ELSE -quantity END AS quantity
    FROM touched, LATERAL (
        SELECT happened_at, quantity, true AS is_in FROM stock_move AS move
        WHERE move.item_id = touched.item_id AND happened_at >= %(since)s AND lot_id = touched.lot_id
          AND to_location_id = location_id AND to_status = status AND move.owner = touched.owner
        UNION ALL
        SELECT happened_at, quantity, false FROM stock_move AS move
        WHERE move.item_id = touched.item_id AND happened_at >= %(since)s AND lot_id = touched.lot_id
          AND from_location_id = location_id AND from_status = status AND move.owner = touched.owner
    ) AS side
), moment AS (
    SELECT balance, happened_at, sum(quantity) AS quantity FROM change GROUP BY balance, happened_at
), level AS (
    SELECT balance, happened_at, on_hand - coalesce(
        sum(moment.quantity) OVER (
            PARTITION BY balance ORDER BY happened_at DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS quantity
    FROM moment JOIN touched USING (balance)
    JOIN stock_balance USING (item_id, location_id, lot_id, status, owner)
), lowest AS (
    SELECT * FROM level WHERE quantity < 0 ORDER BY happened_at, balance LIMIT 1
)
SELECT item.code, coalesce(warehouse.code || '/', '') || location.code, lowest.happened_at, lowest.quantity,
    (SELECT document_code FROM stock_move AS move
     WHERE move.item_id = touched.item_id AND move.happened_at = lowest.happened_at
       AND move.lot_id = touched.lot_id AND move.from_location_id = touched.location_id
       AND move.from_status = touched.status AND move.owner = touched.owner
     ORDER BY move.id LIMIT 1)
FROM lowest JOIN touched USING (balance)
JOIN catalog_item AS item ON item.id = touched.item_id
JOIN stock_location AS location ON location.id = touched.location_id
LEFT JOIN stock_warehouse AS warehouse ON warehouse.id = location.warehouse_id
"""


def must_have_held(sources: Collection[Source], *, since: datetime) -> None:
    """Refuse NotEnoughThen where one of these balances was below zero at some moment since `since`.

    Reads the moves of the items since then by the index over item and time, so its cost follows how far back
    documents may be dated, not how long the plant has been running. The items must be locked.
    """
    names = ("item", "location", "lot", "status", "owner")
    columns = zip(*sorted(sources), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(LOWEST, {"since": since, **dict(zip(names, map(list, columns), strict=True))})
        row = cursor.fetchone()
    if row is not None:
        raise _not_enough(*row)


def _not_enough(item: str, location: str, at: datetime, quantity: Decimal, document: str | None) -> NotEnoughThen:
    return NotEnoughThen(
        item=item,
        location=location,
        missing=plain(-quantity),
        at=f"{timezone.localtime(at):%Y-%m-%d %H:%M}",
        document=document or "–",
    )


def when(command: Command, happened_at: datetime | None, *, warehouse: Warehouse) -> datetime:
    """Return when a document happened: now, or as long ago as its warehouse allows.

    Refuses: NotYet for a moment to come, TooLongAgo.
    """
    if happened_at is None:
        return command.at
    if happened_at > command.at:
        raise NotYet
    if happened_at < command.at - timedelta(days=warehouse.back_days):
        raise TooLongAgo(days=warehouse.back_days, warehouse=warehouse.code)
    return happened_at

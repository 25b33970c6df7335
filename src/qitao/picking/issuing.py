"""Issuing what was taken: pick lines of one list or of many, by a few statements whatever their number.

Inside an action. `read` locks the items and the lists and returns the lines as they are now; `take` writes the moves,
the balances, the lines, their requirements and lists, and the facts.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

from django.db import connection

from qitao.journal.command import Command
from qitao.journal.facts import Happening, record_all
from qitao.kernel.array import array
from qitao.kernel.quantity import plain
from qitao.kernel.refusal import BadValue, Gone
from qitao.kernel.words import gettext_noop
from qitao.picking.models import PickLine, PickList
from qitao.picking.refusals import AlreadyPicked, MoreThanLine, WrongBin, WrongItem
from qitao.stock import ledger
from qitao.stock.ledger import Line
from qitao.stock.models import Location
from qitao.stock.refusals import WrongWarehouse


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A pick line as it is now, with the words that say what it is."""

    id: int
    list_id: int
    list_code: str
    requirement_id: int
    item_id: int
    lot_id: int
    location_id: int
    owner: str
    quantity: Decimal
    status: str
    item: str
    lot: str
    bin: str
    warehouse: str
    work_order: str

    def must_match(self, *, location: str, item: str) -> None:
        """Refuse WrongBin or WrongItem where something else was scanned; nothing scanned is nothing wrong."""
        if location and location not in (self.bin, f"{self.warehouse}/{self.bin}"):
            raise WrongBin(scanned=location, location=self.bin)
        if item and item not in (self.item, self.lot):
            raise WrongItem(scanned=item, item=self.item)


LOCK = """
SELECT DISTINCT item_id FROM picking_pickline WHERE id = ANY(%s::bigint[])
"""
# Lists after items, in one order: of two who take the last lines of a list, one sees that it was the last.
READ = """
SELECT line.id, list.id, list.code, line.requirement_id, line.item_id, line.lot_id, line.location_id, line.owner,
       line.quantity - line.picked, line.status, item.code, lot.code, place.code, warehouse.code, work_order.code
FROM picking_pickline AS line
JOIN picking_picklist AS list ON list.id = line.pick_list_id
JOIN catalog_item AS item ON item.id = line.item_id
JOIN stock_lot AS lot ON lot.id = line.lot_id
JOIN stock_location AS place ON place.id = line.location_id
JOIN stock_warehouse AS warehouse ON warehouse.id = list.warehouse_id
JOIN production_workorder AS work_order ON work_order.id = list.work_order_id
WHERE line.id = ANY(%s::bigint[])
ORDER BY list.id, line.id
FOR NO KEY UPDATE OF list
"""


def read(command: Command, line_ids: Collection[int]) -> list[OpenLine]:
    """Lock the lines' items, then their lists; return the lines as they are now, list by list.

    Refuses: Gone, WrongWarehouse, AlreadyPicked. Locks: the items, the lists.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [array(line_ids)])
        ledger.lock_items([item_id for (item_id,) in cursor.fetchall()])
        cursor.execute(READ, [array(line_ids)])
        lines = [OpenLine(*row) for row in cursor.fetchall()]
    if len(lines) < len(set(line_ids)):
        raise Gone(what="pick line")
    for line in lines:
        if not command.actor.works_in(line.warehouse):
            raise WrongWarehouse(warehouse=line.warehouse)
        if line.status != PickLine.State.OPEN:
            raise AlreadyPicked(state=PickLine.State(line.status).label)
    return lines


# The lists' rows are locked: no open line of theirs beside these appears or goes meanwhile.
CLOSE = """
WITH taken AS (
    SELECT * FROM unnest(%(lines)s::bigint[], %(quantities)s::numeric[]) AS t (line_id, quantity)
), line AS (
    UPDATE picking_pickline AS line
    SET picked = line.picked + taken.quantity, done_at = %(at)s,
        status = CASE WHEN line.picked + taken.quantity = line.quantity THEN 'picked' ELSE 'open' END
    FROM taken WHERE line.id = taken.line_id
    RETURNING line.id, line.pick_list_id, line.requirement_id, line.status, taken.quantity
), requirement AS (
    UPDATE production_requirement AS requirement SET issued = requirement.issued + total.quantity
    FROM (SELECT requirement_id, sum(quantity) AS quantity FROM line GROUP BY requirement_id) AS total
    WHERE requirement.id = total.requirement_id
)
UPDATE picking_picklist AS list
SET picker_id = CASE WHEN list.status = 'open' THEN %(actor)s ELSE list.picker_id END,
    status = CASE WHEN EXISTS (
        SELECT FROM picking_pickline AS other
        WHERE other.pick_list_id = list.id AND other.status = 'open'
          AND other.id NOT IN (SELECT id FROM line WHERE status = 'picked')
    ) THEN 'in_progress' ELSE 'done' END
WHERE list.id IN (SELECT pick_list_id FROM line) AND list.status IN ('open', 'in_progress')
"""


def take(command: Command, lines: Collection[OpenLine], quantities: Mapping[int, Decimal]) -> dict[int, int]:
    """Issue `quantities` (line → how much) of lines that were `read`; return line → its move.

    Refuses: BadValue, MoreThanLine, NotEnoughOnHand; nothing is then written. Records: picking.picked for each line.
    """
    for line in lines:
        _must_be_open(line, quantities[line.id])
    target = ledger.outside_id(Location.Kind.PRODUCTION)
    moves: dict[int, int] = {}
    for pick_list, rows in itertools.groupby(lines, attrgetter("list_id", "list_code")):
        own = list(rows)
        document = PickList(pk=pick_list[0], code=pick_list[1])
        postings = [
            Line(
                line.item_id,
                line.lot_id,
                line.location_id,
                target,
                quantities[line.id],
                owner=line.owner,
                released=quantities[line.id],
            )
            for line in own
        ]
        ids = ledger.post(command, postings, document=document)
        moves |= dict(zip((line.id for line in own), ids, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            CLOSE,
            {
                "lines": array(line.id for line in lines),
                "quantities": array(quantities[line.id] for line in lines),
                "at": command.at,
                "actor": command.actor.pk,
            },
        )
    record_all(command, "picking.picked", [_told(line, quantities[line.id], moves[line.id]) for line in lines])
    return moves


def _must_be_open(line: OpenLine, quantity: Decimal) -> None:
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if quantity > line.quantity:
        raise MoreThanLine(asked=plain(quantity), open=plain(line.quantity))


def _told(line: OpenLine, quantity: Decimal, move: int) -> Happening:
    about = PickList(pk=line.list_id, code=line.list_code)
    said = {"item": line.item, "quantity": str(quantity), "work_order": line.work_order}
    return Happening(about, {**said, "line": line.id, "move": move})

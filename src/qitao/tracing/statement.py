"""The statement that follows lots through work orders: recursive, one for each direction.

It stands on what the documents say happened. A lot went **into** a work order by its pick lines (what was picked, what
was undone taken off) and by moves of the work order itself (line-side use; what was brought back is taken off); it came
**out of** one by the moves that report its product, reversals taken off. Receipts bring lots, shipments take them. What
adds up to nothing is no link.

Where a lot was split or merged, it is followed into the other.

Nodes are lots and work orders. A lot carries the first move that brought what is followed (`bound`; backwards: the last
move that took it): what left the lot before that cannot be meant, because stock is never negative. Of a work order
every output counts, whenever it was reported: material is often booked after the pieces it went into. Each round
expands a node once, with its widest bound, and a node with its bound is expanded once at all, so that circles end.

The lot without a code holds what is not tracked, everything mixed: it is followed only where that is asked for.
"""

# ruff: noqa: S608 - put together from constants of this module; every value is a parameter
from __future__ import annotations

LOT, WORK_ORDER, SHIPMENT, RECEIPT = 1, 2, 3, 4
EVER = 2**63 - 1  # after every move

# when a pick line was picked: its moves to production
_PICKED = """
    CROSS JOIN LATERAL (
        SELECT min(move.id) AS first, max(move.id) AS last,
               min(move.happened_at) AS began, max(move.happened_at) AS ended
        FROM stock_move AS move
        WHERE move.document = 'picking.picklist' AND move.document_id = line.pick_list_id
          AND move.lot_id = line.lot_id AND move.from_location_id = line.location_id
          AND move.to_location_id = %(production)s AND move.reverses_id IS NULL
    ) AS picked
"""
# a move of a work order is its product's, or else material's; a reversal is what it reverses
_IS_MATERIAL = """
    (move.item_id <> work_order.item_id OR (move.to_location_id = %(production)s) = (move.reverses_id IS NULL))
"""
_INTO_PRODUCTION = "move.to_location_id = %(production)s"
_OWN_MOVES = """
    FROM stock_move AS move JOIN production_workorder AS work_order ON work_order.id = move.document_id
    WHERE move.document = 'production.workorder'
"""
_USED_BY_MOVES = f"""
    CASE WHEN {_INTO_PRODUCTION} THEN move.quantity ELSE -move.quantity END AS quantity,
    CASE WHEN {_INTO_PRODUCTION} THEN move.id END AS first, CASE WHEN {_INTO_PRODUCTION} THEN move.id END AS last,
    CASE WHEN {_INTO_PRODUCTION} THEN move.happened_at END AS began,
    CASE WHEN {_INTO_PRODUCTION} THEN move.happened_at END AS ended
    {_OWN_MOVES} AND {_IS_MATERIAL}
"""
_SUMS = """
    sum(quantity) AS quantity, min(first) AS first, max(last) AS last, min(began) AS began, max(ended) AS ended
"""
_MADE_SUMS = f"""
    sum(CASE WHEN {_INTO_PRODUCTION} THEN -move.quantity ELSE move.quantity END) AS quantity,
    min(move.id) AS first, max(move.id) AS last, min(move.happened_at) AS began, max(move.happened_at) AS ended
    {_OWN_MOVES} AND NOT {_IS_MATERIAL}
"""
_MADE_SOMETHING = f"HAVING sum(CASE WHEN {_INTO_PRODUCTION} THEN -move.quantity ELSE move.quantity END) > 0"

# Each answers for one `node` with the rows (id, quantity, first, last, began, ended) at the other end of its links.

LOT_WENT_INTO = f"""
    SELECT work_order_id AS id, {_SUMS} FROM (
        SELECT requirement.work_order_id, line.picked AS quantity, picked.*
        FROM picking_pickline AS line JOIN production_requirement AS requirement ON requirement.id = line.requirement_id
        {_PICKED} WHERE line.lot_id = node.id AND line.picked > 0
        UNION ALL
        SELECT move.document_id, {_USED_BY_MOVES} AND move.lot_id = node.id
    ) AS used GROUP BY work_order_id HAVING sum(quantity) > 0
"""
WORK_ORDER_USED = f"""
    SELECT lot_id AS id, {_SUMS} FROM (
        SELECT line.lot_id, line.picked AS quantity, picked.*
        FROM production_requirement AS requirement JOIN picking_pickline AS line ON line.requirement_id = requirement.id
        {_PICKED} WHERE requirement.work_order_id = node.id AND line.picked > 0
        UNION ALL
        SELECT move.lot_id, {_USED_BY_MOVES} AND move.document_id = node.id
    ) AS used GROUP BY lot_id HAVING sum(quantity) > 0
"""
WORK_ORDER_MADE = f"""
    SELECT move.lot_id AS id, {_MADE_SUMS} AND move.document_id = node.id GROUP BY move.lot_id {_MADE_SOMETHING}
"""
LOT_WAS_MADE_BY = f"""
    SELECT move.document_id AS id, {_MADE_SUMS} AND move.lot_id = node.id GROUP BY move.document_id {_MADE_SOMETHING}
"""
LOT_WAS_SHIPPED = """
    SELECT shipment.id, line.quantity, moved.*
    FROM (
        SELECT shipment_id, sum(quantity) AS quantity
        FROM sales_shipmentline WHERE lot_id = node.id GROUP BY shipment_id
    ) AS line JOIN sales_shipment AS shipment ON shipment.id = line.shipment_id AND shipment.undone_at IS NULL
    CROSS JOIN LATERAL (
        SELECT min(move.id) AS first, max(move.id) AS last,
               min(move.happened_at) AS began, max(move.happened_at) AS ended
        FROM stock_move AS move
        WHERE move.document = 'sales.shipment' AND move.document_id = shipment.id AND move.lot_id = node.id
    ) AS moved
"""
LOT_WAS_RECEIVED = """
    SELECT line.receipt_id AS id, line.quantity, moved.*
    FROM (
        SELECT receipt_id, sum(quantity) AS quantity
        FROM purchasing_receiptline WHERE lot_id = node.id GROUP BY receipt_id
    ) AS line
    CROSS JOIN LATERAL (
        SELECT min(move.id) AS first, max(move.id) AS last,
               min(move.happened_at) AS began, max(move.happened_at) AS ended
        FROM stock_move AS move
        WHERE move.document = 'purchasing.receipt' AND move.document_id = line.receipt_id AND move.lot_id = node.id
    ) AS moved
"""

# A change of lot is two moves of one document, out into the place “relabelling” and back, written in pairs.
LOT_BECAME = """
    SELECT after.lot_id AS id, sum(after.quantity) AS quantity, min(after.id) AS first, max(after.id) AS last,
           min(after.happened_at) AS began, max(after.happened_at) AS ended
    FROM stock_move AS move
    CROSS JOIN LATERAL (
        SELECT back.* FROM stock_move AS back
        WHERE back.document = move.document AND back.document_id = move.document_id
          AND back.from_location_id = %(relabelling)s AND back.id > move.id ORDER BY back.id LIMIT 1
    ) AS after
    WHERE move.lot_id = node.id AND move.to_location_id = %(relabelling)s AND move.reverses_id IS NULL
      AND after.lot_id <> move.lot_id AND NOT EXISTS (SELECT FROM stock_move WHERE reverses_id = move.id)
    GROUP BY after.lot_id
"""
LOT_CAME_OF = """
    SELECT before.lot_id AS id, sum(move.quantity) AS quantity, min(move.id) AS first, max(move.id) AS last,
           min(move.happened_at) AS began, max(move.happened_at) AS ended
    FROM stock_move AS move
    CROSS JOIN LATERAL (
        SELECT out.* FROM stock_move AS out
        WHERE out.document = move.document AND out.document_id = move.document_id
          AND out.to_location_id = %(relabelling)s AND out.id < move.id ORDER BY out.id DESC LIMIT 1
    ) AS before
    WHERE move.lot_id = node.id AND move.from_location_id = %(relabelling)s AND move.reverses_id IS NULL
      AND before.lot_id <> move.lot_id AND NOT EXISTS (SELECT FROM stock_move WHERE reverses_id = move.id)
    GROUP BY before.lot_id
"""

_IS_FOLLOWED = f"""
    (node.kind = {LOT} AND (
        %(untracked)s OR node.id = ANY (%(lots)s::bigint[])
        OR EXISTS (SELECT FROM stock_lot AS lot WHERE lot.id = node.id AND lot.code <> '')
    ))
"""
_START = f"""
    SELECT {LOT}, id, %(bound)s::bigint FROM unnest(%(lots)s::bigint[]) AS id
    UNION ALL
    SELECT {WORK_ORDER}, id, 0 FROM unnest(%(work_orders)s::bigint[]) AS id
"""


def _statement(*, step: str, widest: str, links: str) -> str:
    return f"""
WITH RECURSIVE reached (kind, id, bound) AS (
    ({_START})
    UNION
    SELECT step.kind, step.id, step.bound
    FROM (SELECT DISTINCT ON (kind, id) kind, id, bound FROM reached ORDER BY kind, id, bound {widest}) AS node
    CROSS JOIN LATERAL ({step}) AS step
), taken AS MATERIALIZED (
    SELECT kind, id, bound FROM reached LIMIT %(most)s
), node AS MATERIALIZED (
    SELECT DISTINCT ON (kind, id) kind, id, bound FROM taken ORDER BY kind, id, bound {widest}
)
SELECT node.kind, node.id, link.*, (SELECT count(*) FROM taken)
FROM node LEFT JOIN LATERAL ({links}) AS link ON true
"""


def _links(query: str, *, kind: int, where: str) -> str:
    return (
        f"SELECT {kind} AS kind, far.id, far.quantity, far.first, far.last, far.began, far.ended"
        f" FROM ({query}) AS far WHERE {where}"
    )


_LEFT_LATER = f"{_IS_FOLLOWED} AND coalesce(far.last, {EVER}) >= node.bound"
_CAME_BEFORE = f"{_IS_FOLLOWED} AND coalesce(far.first, 0) <= node.bound"
_IS_WORK_ORDER = f"node.kind = {WORK_ORDER}"

FORWARD = _statement(
    widest="ASC",
    step=f"""
        SELECT {WORK_ORDER} AS kind, far.id, 0::bigint AS bound FROM ({LOT_WENT_INTO}) AS far WHERE {_LEFT_LATER}
        UNION ALL
        SELECT {LOT}, far.id, far.first FROM ({WORK_ORDER_MADE}) AS far WHERE {_IS_WORK_ORDER}
        UNION ALL
        SELECT {LOT}, far.id, far.first FROM ({LOT_BECAME}) AS far WHERE {_LEFT_LATER}
    """,
    links=" UNION ALL ".join(
        (
            _links(LOT_WENT_INTO, kind=WORK_ORDER, where=_LEFT_LATER),
            _links(WORK_ORDER_MADE, kind=LOT, where=_IS_WORK_ORDER),
            _links(LOT_BECAME, kind=LOT, where=_LEFT_LATER),
            _links(LOT_WAS_SHIPPED, kind=SHIPMENT, where=_LEFT_LATER),
        )
    ),
)
BACKWARD = _statement(
    widest="DESC",
    step=f"""
        SELECT {WORK_ORDER} AS kind, far.id, 0::bigint AS bound FROM ({LOT_WAS_MADE_BY}) AS far WHERE {_CAME_BEFORE}
        UNION ALL
        SELECT {LOT}, far.id, coalesce(far.last, {EVER})
        FROM ({WORK_ORDER_USED}) AS far WHERE {_IS_WORK_ORDER}
        UNION ALL
        SELECT {LOT}, far.id, far.last FROM ({LOT_CAME_OF}) AS far WHERE {_CAME_BEFORE}
    """,
    links=" UNION ALL ".join(
        (
            _links(LOT_WAS_MADE_BY, kind=WORK_ORDER, where=_CAME_BEFORE),
            _links(WORK_ORDER_USED, kind=LOT, where=_IS_WORK_ORDER),
            _links(LOT_CAME_OF, kind=LOT, where=_CAME_BEFORE),
            _links(LOT_WAS_RECEIVED, kind=RECEIPT, where=_CAME_BEFORE),
        )
    ),
)

# what reached work orders used of each item, and how many lots they made: whether a lot holds something, or may
WHOLE = f"""
SELECT node.id, used.item_id, used.quantity, (SELECT count(*) FROM ({WORK_ORDER_MADE}) AS made)
FROM unnest(%(work_orders)s::bigint[]) AS node (id)
LEFT JOIN LATERAL (
    SELECT lot.item_id, sum(used.quantity) AS quantity
    FROM ({WORK_ORDER_USED}) AS used JOIN stock_lot AS lot ON lot.id = used.id GROUP BY lot.item_id
) AS used ON true
"""

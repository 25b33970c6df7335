"""The moves of stock under seal: the columns that count."""

from __future__ import annotations

from qitao.journal.sealed import Sealed, moment

MOVES = Sealed(
    "stock_move",
    "id",
    (
        (
            *("id", "written_in", moment("at"), moment("happened_at"), "item_id", "lot_id"),
            *("from_location_id", "to_location_id", "from_status", "to_status", "owner", "quantity"),
            *("document", "document_id", "document_code", "actor_id", "command_id", "reverses_id"),
        ),
    ),
)

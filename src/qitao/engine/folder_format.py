"""The plant folder's files and their columns: stated once, for reading, writing and the documents."""

from __future__ import annotations

from collections.abc import Mapping

from qitao.engine.plant import ItemKind

COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "items.csv": (
        ("item", "kind", "lead_days"),
        (
            *("name", "unit", "min_lot", "multiple", "max_lot", "safety_stock", "fence_days", "unit_cost"),
            *("workcenter", "hours_per_unit", "yield"),
        ),
    ),
    "bom.csv": (("parent", "component", "quantity"), ("scrap_percent", "valid_from", "valid_to", "operation")),
    "substitutes.csv": (("component", "substitute"), ("parent", "ratio", "priority", "valid_from", "valid_to")),
    "stock.csv": (("item", "quantity"), ("warehouse", "lot", "status", "expires_on")),
    "demands.csv": (
        ("demand", "item", "quantity"),
        ("due_date", "due_day", "priority", "customer", "warehouse", "max_late_days"),
    ),
    "work_orders.csv": (
        ("order", "item", "quantity", "due_date"),
        ("start_date", "priority", "status", "quantity_done", "quantity_scrapped", "warehouse"),
    ),
    "requirements.csv": (("order", "component", "quantity"), ("issued",)),
    "purchase_orders.csv": (
        ("order", "item", "quantity", "promised_date"),
        ("line", "supplier", "received", "warehouse"),
    ),
    "transfers.csv": (("order", "item", "quantity", "from_warehouse", "to_warehouse", "due_date"), ()),
    "purchase.csv": (
        ("item", "supplier", "lead_days"),
        ("min_qty", "multiple", "price", "priority", "max_qty"),
    ),
    "lanes.csv": (("from_warehouse", "to_warehouse", "days"), ("item", "cost")),
    "workcenters.csv": (("workcenter", "machines", "hours_per_day"), ("calendar",)),
    "calendar.csv": (("calendar", "date", "hours"), ()),
}
"""(required, optional) columns of each file; items.csv must exist, the others may be absent."""

KINDS = {"make": ItemKind.MAKE, "buy": ItemKind.BUY, "phantom": ItemKind.PHANTOM}
STATUSES = {"firm": 0, "released": 1, "started": 2}
PLACES = [
    ("stock.csv", "warehouse"),
    ("demands.csv", "warehouse"),
    ("work_orders.csv", "warehouse"),
    ("purchase_orders.csv", "warehouse"),
    ("transfers.csv", "from_warehouse"),
    ("transfers.csv", "to_warehouse"),
    ("lanes.csv", "from_warehouse"),
    ("lanes.csv", "to_warehouse"),
]

"""What the rows of a dataset must fulfil, as tables: keys, references, ranges, words, lengths."""

from __future__ import annotations

from collections.abc import Mapping

# kind → fields that together name one row
KEYS: Mapping[str, tuple[str, ...]] = {
    "units": ("code",),
    "sites": ("code",),
    "warehouses": ("code",),
    "locations": ("warehouse", "code"),
    "lanes": ("from_warehouse", "to_warehouse", "item"),
    "work_centers": ("code",),
    "calendar_days": ("site", "on"),
    "categories": ("code",),
    "items": ("code",),
    "conversions": ("item", "unit"),
    "boms": ("parent", "version"),
    "bom_lines": ("parent", "version", "component", "operation", "designators", "valid_from"),
    "substitutes": ("component", "substitute", "parent"),
    "suppliers": ("code",),
    "sources": ("item", "supplier", "supplier_code", "min_quantity"),
    "customers": ("code",),
    "work_orders": ("code",),
    "requirements": ("order", "component", "operation", "position"),
    "purchase_orders": ("code",),
    "purchase_lines": ("order", "line", "promised_on", "repromised_on", "item"),
    "sales_orders": ("code",),
    "sales_lines": ("order", "line"),
    "transfers": ("code", "item", "lot"),
}

# kind → field → kind it refers to; an empty value refers to nothing
REFERENCES: Mapping[str, Mapping[str, str]] = {
    "warehouses": {"site": "sites"},
    "locations": {"warehouse": "warehouses"},
    "lanes": {"from_warehouse": "warehouses", "to_warehouse": "warehouses", "item": "items"},
    "work_centers": {"site": "sites"},
    "calendar_days": {"site": "sites"},
    "categories": {"parent": "categories"},
    "items": {"unit": "units", "category": "categories", "work_center": "work_centers", "variant_of": "items"},
    "conversions": {"item": "items", "unit": "units"},
    "boms": {"parent": "items"},
    "bom_lines": {"parent": "items", "component": "items"},
    "substitutes": {"component": "items", "substitute": "items", "parent": "items"},
    "sources": {"item": "items", "supplier": "suppliers"},
    "stock": {"item": "items", "warehouse": "warehouses", "supplier": "suppliers"},
    "work_orders": {
        "item": "items",
        "warehouse": "warehouses",
        "work_center": "work_centers",
        "parent": "work_orders",
        "sales_order": "sales_orders",
    },
    "requirements": {"order": "work_orders", "component": "items"},
    "reservations": {"item": "items", "component": "items", "order": "work_orders", "sales_order": "sales_orders"},
    "purchase_orders": {"supplier": "suppliers", "warehouse": "warehouses"},
    "purchase_lines": {"order": "purchase_orders", "item": "items", "warehouse": "warehouses"},
    "sales_orders": {"customer": "customers"},
    "sales_lines": {"order": "sales_orders", "item": "items", "warehouse": "warehouses"},
    "transfers": {"item": "items", "from_warehouse": "warehouses", "to_warehouse": "warehouses"},
    "delivery_records": {"item": "items", "supplier": "suppliers"},
}

# kind → fields that must be above nought (all other quantities: not below)
POSITIVE: Mapping[str, tuple[str, ...]] = {
    "bom_lines": ("quantity",),
    "substitutes": ("ratio",),
    "conversions": ("numerator", "denominator"),
    "work_orders": ("quantity",),
    "purchase_lines": ("quantity",),
    "sales_lines": ("quantity",),
    "transfers": ("quantity",),
    "reservations": ("quantity",),
    "items": ("yield_percent",),
}

# kind → pairs (earlier, later) of dates
ORDERED_DATES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "boms": (("valid_from", "valid_to"),),
    "bom_lines": (("valid_from", "valid_to"),),
    "substitutes": (("valid_from", "valid_to"),),
    "work_orders": (("start_on", "due_on"),),
    "delivery_records": (("ordered_on", "actual_on"),),
}

# kind → field → the words it may hold
WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "warehouses": {"kind": ("store", "line_side", "external")},
    "locations": {"kind": ("bin", "receiving", "quarantine")},
    "items": {"kind": ("make", "buy", "phantom"), "tracking": ("none", "lot", "serial")},
    "stock": {"status": ("ok", "quarantine", "rejected", "damaged")},
    "work_orders": {"status": ("firm", "released", "started", "completed", "closed", "cancelled")},
    "purchase_orders": {"status": ("draft", "open", "closed", "cancelled")},
    "sales_orders": {"status": ("draft", "open", "closed", "cancelled")},
}

# (kind, field) → longest text; any other code is at most 120 letters, any other text at most 300
LONGEST: Mapping[tuple[str, str], int] = {
    ("units", "code"): 20,
    ("units", "name"): 60,
    ("units", "name_en"): 60,
    ("items", "code"): 120,
    ("items", "name"): 200,
    ("items", "name_en"): 200,
    ("items", "unit"): 20,
    ("items", "package"): 60,
    ("items", "msl"): 4,
    ("items", "abc"): 1,
    ("items", "xyz"): 1,
    ("locations", "code"): 120,
    ("locations", "name"): 200,
    ("stock", "lot"): 120,
    ("stock", "location"): 120,
    ("boms", "version"): 30,
    ("bom_lines", "version"): 30,
    ("bom_lines", "designators"): 1000,
    ("bom_lines", "operation"): 60,
    ("requirements", "operation"): 60,
    ("sources", "supplier_code"): 120,
    ("purchase_lines", "line"): 20,
    ("sales_lines", "line"): 20,
    ("suppliers", "name"): 200,
    ("suppliers", "name_en"): 200,
    ("suppliers", "contact"): 200,
    ("customers", "name"): 200,
    ("customers", "name_en"): 200,
    ("work_orders", "lot"): 120,
    ("transfers", "lot"): 120,
    ("reservations", "lot"): 120,
    ("reservations", "location"): 120,
}
# kind → fields that must not be empty, beside the first of its key
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "warehouses": ("site",),
    "locations": ("code",),
    "lanes": ("to_warehouse",),
    "work_centers": ("site",),
    "items": ("name", "unit"),
    "conversions": ("unit",),
    "bom_lines": ("component",),
    "substitutes": ("substitute",),
    "sources": ("supplier",),
    "stock": ("item",),
    "work_orders": ("item",),
    "requirements": ("component",),
    "reservations": ("item",),
    "purchase_orders": ("supplier",),
    "purchase_lines": ("line", "item"),
    "sales_orders": ("customer",),
    "sales_lines": ("line", "item"),
    "transfers": ("item", "from_warehouse", "to_warehouse"),
    "delivery_records": ("item", "supplier"),
}

LONGEST_CODE = 60
LONGEST_NAME = 120
LONGEST_TEXT = 300


def longest(kind: str, name: str) -> int:
    """Return how many letters the field holds."""
    known = LONGEST.get((kind, name))
    if known is not None:
        return known
    target = REFERENCES.get(kind, {}).get(name)
    if target == "items":
        return LONGEST["items", "code"]
    if target or name in ("code", "order", "line", "owner"):
        return LONGEST_CODE
    return LONGEST_NAME if name in ("name", "name_en", "contact") else LONGEST_TEXT


def required(kind: str) -> tuple[str, ...]:
    """Return the fields that must not be empty."""
    return (*KEYS.get(kind, ())[:1], *REQUIRED.get(kind, ()))

"""Document numbers: short, unique, in order; a number that a rolled-back transaction drew is not used again."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone

# prefix → PostgreSQL sequence; sequences lock nothing, so drawing a number never makes anybody wait
SEQUENCES = {
    "SC": "journal_number_case",
    "PL": "journal_number_pick_list",
    "WV": "journal_number_wave",
    "TR": "journal_number_transfer",
    "CT": "journal_number_count",
    "RC": "journal_number_receipt",
    "PR": "journal_number_requisition",
    "WO": "journal_number_work_order",
    "PO": "journal_number_purchase_order",
    "SO": "journal_number_sales_order",
    "SH": "journal_number_shipment",
    "SD": "journal_number_stock_document",
    "BR": "journal_number_borrowing",
}


def next_code(prefix: str, at: datetime) -> str:
    """Return the next number of documents with `prefix`, e.g. SC26-00042 for the 42nd case, drawn in 2026."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [SEQUENCES[prefix]])
        (number,) = cursor.fetchone()
    return f"{prefix}{timezone.localtime(at):%y}-{number:05d}"

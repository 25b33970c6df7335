"""Chips: a state as a word with a shape and a tone – never by colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qitao.web.icons import shape

# model.field → value → tone; a value that is missing is "idle"
TONES: Mapping[str, Mapping[Any, str]] = MappingProxyType(
    {
        "production.workorder.status": {
            "firm": "wait",
            "released": "good",
            "started": "busy",
            "paused": "held",
            "completed": "good",
            "cancelled": "bad",
        },
        "production.operation.status": {
            "waiting": "wait",
            "running": "busy",
            "paused": "held",
            "done": "good",
        },
        "planning.kitdate.state": {"now": "good", "on_date": "wait", "late": "warn", "never": "bad"},
        "picking.picklist.status": {"open": "wait", "in_progress": "busy", "done": "good", "cancelled": "bad"},
        "picking.pickline.status": {"open": "wait", "picked": "good", "short": "warn", "cancelled": "bad"},
        "picking.borrowing.status": {
            "asked": "warn",
            "lent": "busy",
            "paid": "good",
            "refused": "bad",
            "withdrawn": "idle",
            "forgiven": "idle",
        },
        "shortages.case.status": {
            "detected": "warn",
            "verified": "warn",
            "assessed": "wait",
            "decided": "busy",
            "carried_out": "busy",
            "closed": "good",
        },
        "shortages.case.severity": {1: "bad", 2: "warn", 3: "wait", 4: "idle"},
        "stock.balance.status": {"ok": "good", "quarantine": "held", "rejected": "bad", "damaged": "bad"},
        "stock.transfer.status": {"planned": "wait", "in_transit": "busy", "received": "good", "cancelled": "bad"},
        "stock.count.status": {
            "open": "wait",
            "counted": "busy",
            "waiting": "held",
            "posted": "good",
            "cancelled": "bad",
        },
        "purchasing.purchaseorder.status": {"open": "busy", "closed": "good", "cancelled": "bad"},
        "purchasing.requisition.status": {"open": "wait", "ordered": "good", "cancelled": "bad"},
        "journal.entry.kind": {"command": "good", "refusal": "bad", "change": "busy"},
        "sales.salesorder.status": {"open": "busy", "closed": "good", "cancelled": "bad"},
    }
)


def chip(thing: models.Model, field: str) -> SafeString:
    """Return the state that `field` of `thing` is in, as a chip."""
    value = getattr(thing, field)
    display = getattr(thing, f"get_{field}_display", None)
    return plain_chip(display() if display else value, tone_of(thing, field))


def tone_of(thing: models.Model, field: str) -> str:
    """Return the tone of the state that `field` of `thing` is in."""
    return TONES.get(f"{thing._meta.label_lower}.{field}", {}).get(getattr(thing, field), "idle")


def plain_chip(word: Any, tone: str) -> SafeString:
    """Return any word as a chip of a tone: good, warn, wait, bad, busy, held or idle."""
    return format_html('<span class="chip chip-{}">{}{}</span>', tone, shape(tone), word)

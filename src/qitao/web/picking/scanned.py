"""What was scanned at a pick line, put the way the line writes it: capitals, full width and GS1 labels do not count."""

from __future__ import annotations

import unicodedata

from qitao.picking.models import PickLine
from qitao.stock.models import Balance
from qitao.web.search.scanning import gs1_fields


def plain(code: str) -> str:
    """Return a code without what scanners and keyboards add to it.

    >>> plain(" ａ-01 ")
    'A-01'
    """
    return unicodedata.normalize("NFKC", code).strip().upper()


def location(line: PickLine | Balance, code: str) -> str:
    """Return the code of the line's bin if that is what was scanned, else what was scanned."""
    place = line.location
    return place.code if plain(code) in (plain(place.code), plain(str(place))) else code.strip()


def item(line: PickLine | Balance, code: str) -> str:
    """Return the code of the line's item or lot if that is what was scanned, else what was scanned.

    A GS1 label names its item (240, 241) and its lot (10, 21): where it names a lot, that one must be right.
    """
    text = plain(code)
    own = {plain(line.item.code): line.item.code}
    if line.lot.code:
        own[plain(line.lot.code)] = line.lot.code
    if text in own:
        return own[text]
    fields = gs1_fields(unicodedata.normalize("NFKC", code).strip())
    labelled = fields.get("240") or fields.get("241") or ""
    lot = fields.get("10") or fields.get("21") or ""
    if labelled and plain(labelled) != plain(line.item.code):
        return labelled
    wanted = lot if line.lot.code else labelled or lot
    return own.get(plain(wanted), wanted or code.strip())

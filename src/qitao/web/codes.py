"""Codes to scan, drawn on the page: QR as one SVG path, so that no request and no image file is needed."""

from __future__ import annotations

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 2  # modules of white around the code; paper and cards add their own


def qr(text: str) -> SafeString:
    """Return `text` as a QR code; black on white in every theme, for scanners."""
    rows = list(segno.make(text, error="m", micro=False).matrix)
    size = len(rows) + 2 * QUIET
    path = "".join(_runs(row, y + QUIET) for y, row in enumerate(rows))
    return format_html(
        '<svg class="qr" viewBox="0 0 {} {}" role="img" aria-label="{}" shape-rendering="crispEdges">'
        '<rect width="100%" height="100%" fill="#fff"/><path fill="#000" d="{}"/></svg>',
        size,
        size,
        text,
        path,
    )


def _runs(row: bytearray | tuple[int, ...], y: int) -> str:
    """Return the dark runs of a row as SVG path commands.

    >>> _runs((1, 1, 0, 1), 5)
    'M2 5h2v1h-2zM5 5h1v1h-1z'
    """
    parts, x = [], 0
    while x < len(row):
        length = 0
        while x + length < len(row) and row[x + length]:
            length += 1
        if length:
            parts.append(f"M{x + QUIET} {y}h{length}v1h-{length}z")
        x += length or 1
    return "".join(parts)

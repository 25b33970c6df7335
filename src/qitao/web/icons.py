"""The icons, drawn for Qitao on a grid of 24 with one stroke.

They are inline: no request, and they take the colour of the text beside them.
"""

from __future__ import annotations

from types import MappingProxyType

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS = MappingProxyType(
    {
        "home": "M4 11.5 12 4.5l8 7M6.5 9.8V19.5h11V9.8M10 19.5v-5h4v5",
        "search": "M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12ZM15 15l5 5",
        "item": "M12 3.5 20 8v8l-8 4.5L4 16V8ZM4 8l8 4.5L20 8M12 12.5v8",
        "work_order": "M6 4.5h9l3 3v12H6ZM14.5 4.5V8H18M9 12h6M9 15.5h4",
        "board": "M4.5 5h15v14h-15ZM4.5 9.5h15M9.5 9.5V19M14.5 9.5V19",
        "case": "M12 4 21 19.5H3ZM12 10v4.5M12 17v.2",
        "pick": "M4.5 6h1.5M4.5 12h1.5M4.5 18h1.5M9.5 6h10M9.5 12h10M9.5 18h6",
        "receipt": "M12 4v9M8.5 9.8 12 13.3l3.5-3.5M4.5 14v5.5h15V14",
        "transfer": "M4.5 8.5h14M15 5l3.5 3.5L15 12M19.5 15.5h-14M9 12l-3.5 3.5L9 19",
        "count": "M5 4.5h14v15H5ZM8.5 9l1.5 1.5L12.5 8M8.5 15l1.5 1.5 2.5-2.5M15 9.5h1.5M15 15.5h1.5",
        "purchase": "M3.5 5h2.2l2 10.5h9.6L19.5 8H6.4M9.5 19.3v.2M16 19.3v.2",
        "requisition": "M5.5 4.5h13v15h-13ZM9 9h6M12 12v5M9.5 14.5h5",
        "supplier": "M4 19.5v-11l5 3v-3l5 3V5h6v14.5ZM8 16h1.5M12 16h1.5",
        "customer": "M12 4.5a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4ZM5 19.5c.6-3.6 3.3-5.3 7-5.3s6.4 1.7 7 5.3",
        "warehouse": "M3.5 19.5V9L12 4.5 20.5 9v10.5M7.5 19.5V12h9v7.5M7.5 15.8h9",
        "import": "M12 15.5v-11M8.5 8 12 4.5 15.5 8M4.5 14.5v5h15v-5",
        "download": "M12 4.5v11M8.5 12l3.5 3.5 3.5-3.5M4.5 19.5h15",
        "journal": "M6.5 4.5h11v15h-11a2 2 0 0 1 0-4h11M6.5 4.5a2 2 0 0 0-2 2v11M9.5 8.5h5M9.5 11.5h3",
        "settings": "M4.5 8h8M16.5 8h3M14.5 6v4M4.5 16h3M11.5 16h8M9.5 14v4",
        "system": "M4 5.5h16v9H4ZM9 19.5h6M12 14.5v5",
        "plan": "M4.5 6.5h8M8 12h9M11.5 17.5h8",
        "chart": "M4.5 4.5v15h15M8 15l3.5-4 3 2.5 4.5-6",
        "sun": "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1"
        "M17.4 17.4l1 1M5.6 18.4l1-1M17.4 6.6l1-1",
        "moon": "M19.5 14.2A8 8 0 1 1 9.8 4.5a6.4 6.4 0 0 0 9.7 9.7Z",
        "half": "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 4v16M12 8h5M12 12h8M12 16h5",
        "language": "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM4 12h16"
        "M12 4c2.6 2.3 3.6 5 3.6 8s-1 5.7-3.6 8c-2.6-2.3-3.6-5-3.6-8s1-5.7 3.6-8Z",
        "user": "M12 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM5.5 19.5c.5-3.3 3-5 6.5-5s6 1.7 6.5 5",
        "sign_out": "M10 4.5H5v15h5M14.5 8l4 4-4 4M18.5 12H9.5",
        "menu": "M4.5 7h15M4.5 12h15M4.5 17h15",
        "close": "M6 6l12 12M18 6 6 18",
        "check": "M5 12.5l4.5 4.5L19 7.5",
        "plus": "M12 5v14M5 12h14",
        "minus": "M5 12h14",
        "chevron_down": "M6.5 9.5 12 15l5.5-5.5",
        "chevron_right": "M9.5 6.5 15 12l-5.5 5.5",
        "chevron_left": "M14.5 6.5 9 12l5.5 5.5",
        "arrow_up": "M12 19V5.5M7 10.5l5-5 5 5",
        "arrow_down": "M12 5v13.5M7 13.5l5 5 5-5",
        "arrow_right": "M5 12h13.5M13.5 7l5 5-5 5",
        "external": "M10 5H5v14h14v-5M14 4.5h5.5V10M19 5l-8 8",
        "filter": "M4.5 6h15M7.5 12h9M10.5 18h3",
        "columns": "M4.5 5h15v14h-15ZM9.5 5v14M14.5 5v14",
        "clock": "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 7.5V12l3 2",
        "warning": "M12 4 21 19.5H3ZM12 10v4.5M12 17v.2",
        "info": "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 11v5M12 8v.2",
        "stop": "M8.5 4h7L20 8.5v7L15.5 20h-7L4 15.5v-7ZM12 8v5M12 16v.2",
        "scan": "M4.5 8.5v-4h4M15.5 4.5h4v4M19.5 15.5v4h-4M8.5 19.5h-4v-4M8 9v6M11 9v6M13.5 9v6M16 9v6",
        "camera": "M4 7.5h4l1.5-2.5h5L16 7.5h4v12H4ZM12 10a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4Z",
        "print": "M7.5 9V4.5h9V9M7.5 16h-3V9h15v7h-3M7.5 13.5h9v6h-9Z",
        "undo": "M8.5 6 4.5 10l4 4M5 10h9a5 5 0 0 1 0 10h-3",
        "refresh": "M19 9.5a7.5 7.5 0 0 0-13.7-1M5 4.5v4h4M5 14.5a7.5 7.5 0 0 0 13.7 1M19 19.5v-4h-4",
        "lock": "M6 11h12v8.5H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
        "pin": "M12 20.5s-6-5.3-6-10a6 6 0 0 1 12 0c0 4.7-6 10-6 10ZM12 8.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z",
        "calendar": "M4.5 6h15v13.5h-15ZM4.5 10h15M8.5 3.8V7.5M15.5 3.8V7.5",
        "truck": "M3.5 6.5h10V16h-10ZM13.5 10h4l3 3v3h-7M7 16a1.7 1.7 0 1 1 0 3.4A1.7 1.7 0 0 1 7 16Z"
        "M17 16a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4Z",
        "money": "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM9 8l3 4 3-4M12 12v4.5M9.5 12.3h5M9.5 14.5h5",
        "tree": "M10 4.5h4V8h-4ZM4.5 16h4v3.5h-4ZM15.5 16h4v3.5h-4ZM12 8v4M6.5 16v-4h11v4",
        "trace": "M4.5 4.5h4v4h-4ZM4.5 15.5h4v4h-4ZM15.5 10h4v4h-4ZM8.5 6.5H12v11H8.5M12 12h3.5",
        "keyboard": "M3.5 7h17v10h-17ZM7 10.3v.2M10.3 10.3v.2M13.7 10.3v.2M17 10.3v.2M8 13.8h8",
        "grip": "M9 6.5v.2M15 6.5v.2M9 12v.2M15 12v.2M9 17.5v.2M15 17.5v.2",
        "swap": "M4.5 8.5h13M14.5 5.5l3 3-3 3M19.5 15.5h-13M9.5 12.5l-3 3 3 3",
        "ledger": "M6 4.5h12.5v15H6ZM9.5 4.5v15M12.5 9h3M12.5 12.5h3",
        "more": "M6 12v.2M12 12v.2M18 12v.2",
    }
)

SHAPES = MappingProxyType(
    {
        "good": '<circle cx="6" cy="6" r="4" fill="currentColor"/>',
        "warn": '<path d="M6 1.6 11 10.4H1Z" fill="currentColor"/>',
        "wait": '<circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" stroke-width="1.6"/>'
        '<path d="M6 3.6V6l1.7 1.2" fill="none" stroke="currentColor" stroke-width="1.3" stroke-linecap="round"/>',
        "bad": '<path d="m2.6 2.6 6.8 6.8m0-6.8-6.8 6.8"'
        ' stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>',
        "busy": '<path d="M3.2 1.8 10 6l-6.8 4.2Z" fill="currentColor"/>',
        "idle": '<circle cx="6" cy="6" r="3.6" fill="none" stroke="currentColor" stroke-width="1.6"/>',
        "held": '<path d="M3.6 2v8M8.4 2v8" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>',
    }
)


def icon(name: str, css: str = "") -> SafeString:
    """Return an icon as SVG; it decorates, the words beside it speak."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        css,
        ICONS[name],
    )


def shape(tone: str) -> SafeString:
    """Return the small shape that says a tone without colour."""
    return format_html(
        '<svg class="shape" viewBox="0 0 12 12" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(SHAPES[tone]),  # noqa: S308 - a constant of this module
    )

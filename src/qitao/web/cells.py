"""Cells of lists: from a plain value to what is read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString

from qitao.web import chips, formats
from qitao.web.places import page_of

if TYPE_CHECKING:
    from qitao.web.lists import Column


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its content, its class, and its column's title for narrow screens."""

    html: SafeString
    css: str
    title: Any


def follow(row: Any, path: str) -> Any:
    """Return what a dotted path leads to; None where it breaks off."""
    for name in path.split("."):
        if row is None:
            return None
        row = row[name] if isinstance(row, dict) else getattr(row, name, None)
        if name.startswith("get_") and callable(row):  # get_kind_display
            row = row()
    return row


def cell(column: Column, row: Any) -> Cell:
    """Return the cell of a column in a row."""
    html = content(column, row)
    if column.link and html:
        html = format_html('<a href="{}">{}</a>', column.link(row), html)
    return Cell(html, f"cell-{column.kind}{' num' if column.is_figure else ''}", column.title)


def content(column: Column, row: Any) -> SafeString:
    """Return what a column shows of a row."""
    value = column.of(row)
    if value is None or value == "":
        return conditional_escape("")
    if column.kind == "chip":
        return chips.chip(*_chip_of(column, row))
    if column.kind in ("day", "moment"):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), getattr(formats, column.kind)(value))
    return _shown(column, row, value)


def _shown(column: Column, row: Any, value: Any) -> SafeString:
    match column.kind:
        case "quantity":
            return _quantity(value, follow(row, column.unit) if column.unit else None)
        case "money":
            return conditional_escape(formats.money(value, str(follow(row, column.unit) or "CNY")))
        case "number":
            return conditional_escape(formats.number(value))
        case "named":
            return conditional_escape(formats.named(value))
    return conditional_escape(value)


def _chip_of(column: Column, row: Any) -> tuple[Any, str]:
    """Return the object that holds a column's state, and the name of its field."""
    return follow(row, column.chip) if column.chip else row, str(column.value or column.name).split(".")[-1]


def item_cell(item: Any) -> SafeString:
    """Return an item as one cell: its code, which leads to its page, and its name in the reader's language."""
    return format_html(
        '<a class="code" href="{}">{}</a> <span class="dim">{}</span>', page_of(item), item.code, formats.named(item)
    )


def _quantity(value: Decimal, unit: Any) -> SafeString:
    return format_html('{}<small class="unit">{}</small>', formats.quantity(value, unit), str(unit) if unit else "")


def total(column: Column, value: Decimal) -> str:
    """Return the sum of a column."""
    return formats.money(value) if column.kind == "money" else formats.number(value)


def plain(column: Column, row: Any) -> Any:
    """Return a column's value for a file: figures and days as such, states as words."""
    value = column.of(row)
    if value is None or value == "":
        return None
    if column.kind == "chip":
        thing, name = _chip_of(column, row)
        display = getattr(thing, f"get_{name}_display", None)
        return str(display() if display else value)
    if column.kind == "named":
        return formats.named(value)
    if column.kind == "html":
        return strip_tags(str(value)).strip()
    return value

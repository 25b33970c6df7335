"""Lists as files: CSV that Excel opens in Chinese, and XLSX; neither carries a formula that somebody typed."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override

from qitao.kernel import quantity
from qitao.web import cells

if TYPE_CHECKING:
    from qitao.web.lists import Column

KINDS = ("csv", "xlsx")
CHUNK = 2000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
EXCEL_DIGITS = 15  # a number of Excel holds no more


def answer(kind: str, name: str, columns: list[Column], rows: QuerySet[Any]) -> HttpResponseBase:
    """Return the rows as a file to be saved."""
    filename = f"{name}-{timezone.localtime():%Y%m%d-%H%M}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(_in_language(_csv(columns, rows)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response
    return FileResponse(_xlsx(columns, rows), as_attachment=True, filename=filename)


def _in_language(parts: Iterator[str]) -> Iterator[str]:
    """Keep the request's language while the answer is streamed, when the request is already over."""
    language = get_language()
    while True:
        with override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


def _values(columns: list[Column], rows: QuerySet[Any]) -> Iterable[list[Any]]:
    for row in rows.iterator(chunk_size=CHUNK):
        yield [cells.plain(column, row) for column in columns]


def _csv(columns: list[Column], rows: QuerySet[Any]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\N{BYTE ORDER MARK}"
    writer.writerow([safe(str(column.title)) for column in columns])
    for number, values in enumerate(_values(columns, rows), start=1):
        writer.writerow([_text(value) for value in values])
        if number % 500 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _text(value: Any) -> str:
    """Return a value as CSV carries it; only figures may begin with a sign."""
    match value:
        case None:
            return ""
        case Decimal():
            return quantity.plain(value)
        case bool() | int():
            return str(value)
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
    return safe(str(value))


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> safe("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def _xlsx(columns: list[Column], rows: QuerySet[Any]) -> tempfile._TemporaryFileWrapper[bytes]:
    """Write an Excel file row by row; texts are written as texts, never as formulas."""
    target = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - closed by the response
    book = xlsxwriter.Workbook(target.name, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    formats = {name: book.add_format(settings) for name, settings in FORMATS.items()}
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 14 if column.is_figure or column.kind in ("day", "moment") else 24)
        sheet.write_string(0, place, str(column.title), formats["head"])
    last = 0
    for last, values in enumerate(_values(columns, rows), start=1):
        for place, value in enumerate(values):
            _write(sheet, (last, place), value, formats)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    book.close()
    return target


FORMATS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bottom": 1},
    "figure": {"num_format": "#,##0.######"},
    "whole": {"num_format": "#,##0"},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm"},
}


def _write(sheet: Any, place: tuple[int, int], value: Any, formats: dict[str, Any]) -> None:
    write: dict[str, Callable[..., Any]] = {"number": sheet.write_number, "time": sheet.write_datetime}
    match value:
        case None:
            return
        case Decimal() if len(quantity.plain(value)) <= EXCEL_DIGITS:
            shown = formats["whole" if value == value.to_integral_value() else "figure"]
            write["number"](*place, float(value), shown)  # Excel knows no other number
        case Decimal():
            sheet.write_string(*place, quantity.plain(value))
        case bool():
            sheet.write_boolean(*place, value)
        case int():
            write["number"](*place, value, formats["whole"])
        case datetime():
            write["time"](*place, timezone.localtime(value).replace(tzinfo=None), formats["moment"])
        case date():
            write["time"](*place, datetime(value.year, value.month, value.day), formats["day"])  # noqa: DTZ001
        case _:
            sheet.write_string(*place, str(value))

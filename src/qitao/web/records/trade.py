"""Suppliers, sources, customers, and orders written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.catalog.models import Item
from qitao.purchasing import records as purchasing
from qitao.purchasing.models import Source, Supplier
from qitao.purchasing.records import DeliveryFacts
from qitao.sales import records as sales
from qitao.sales.models import Customer
from qitao.sales.records import LineFacts
from qitao.stock.models import Warehouse
from qitao.web.choosing.pages import item_called
from qitao.web.formats import named
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.records.forms import Field, Form, Record, Section, editor, read, show, shown, with_titles
from qitao.web.records.lines import new_number, numbers
from qitao.web.request import Request

ROWS = 5


def _suppliers(request: Request) -> list[tuple[Any, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in Supplier.objects.order_by("code")]


def _customers(request: Request) -> list[tuple[Any, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in Customer.objects.order_by("code")]


def _warehouses(request: Request) -> list[tuple[Any, str]]:
    return [(row.pk, f"{row.code} {named(row)}") for row in Warehouse.objects.order_by("code")]


PARTNER = (
    Field("code", _("Code"), required=True, longest=60),
    Field("name", _("Name"), required=True),
    Field("name_en", _("English name")),
    Field("country", _("Country"), longest=2, usual="CN", required=True, help=_("Two letters, such as CN.")),
    Field("currency", _("Currency"), longest=3, usual="CNY", required=True, help=_("Three letters, such as CNY.")),
)
SUPPLIER = Form((Section("", (*PARTNER, Field("contact", _("Contact"), wide=True))),))
CUSTOMER = Form((Section("", PARTNER),))

supplier_form = editor(
    Record(
        Supplier,
        SUPPLIER,
        lambda command, values, pk: purchasing.keep_supplier(command, values=values, supplier_id=pk),
        "purchasing.records",
        _("New supplier"),
        lambda row: reverse("suppliers"),
    )
)
customer_form = editor(
    Record(
        Customer,
        CUSTOMER,
        lambda command, values, pk: sales.keep_customer(command, values=values, customer_id=pk),
        "sales.records",
        _("New customer"),
        lambda row: reverse("customers"),
    )
)


# Sources

SOURCE = Form(
    (
        Section(
            _("Who sells it"),
            (
                Field("supplier_id", _("Supplier"), "choice", required=True, choices=_suppliers),
                Field("supplier_code", _("The supplier's code"), longest=120),
                Field("priority", _("Priority"), "number", usual=1, help=_("1 is asked first.")),
                Field("is_approved", _("Approved"), "check", usual=True, help=_("Others are not ordered from.")),
            ),
        ),
        Section(
            _("Time"),
            (
                Field("lead_days", _("Lead time in days"), "number", may_be_unknown=True),
                Field("expedite_days", _("Lead time when expedited"), "number", may_be_unknown=True),
                Field("expedite_cost", _("Fee for expediting"), "quantity", permission="cost.view"),
            ),
        ),
        Section(
            _("Quantity and price"),
            (
                Field("min_quantity", _("Smallest quantity"), "quantity"),
                Field("multiple", _("In multiples of"), "quantity"),
                Field("max_quantity", _("Largest quantity"), "quantity", help=_("0: no limit.")),
                Field("price", _("Price of one"), "quantity", permission="cost.view"),
                Field("currency", _("Currency"), longest=3, usual="CNY", required=True),
            ),
        ),
    )
)


@page(permission="purchasing.records", methods=["GET", "POST"])
def new_source(request: Request, item_pk: int) -> HttpResponse:
    """Add a supplier's terms to an item."""
    return _source(request, get_object_or_404(Item, pk=item_pk), None)


@page(permission="purchasing.records", methods=["GET", "POST"])
def source_form(request: Request, pk: int) -> HttpResponse:
    """Change a supplier's terms for an item."""
    row = get_object_or_404(Source.objects.select_related("item", "supplier"), pk=pk)
    return _source(request, row.item, row)


def _source(request: Request, item: Item, row: Source | None) -> HttpResponse:
    back = f"{page_of(item)}?tab=purchases"
    if request.method == "POST":
        values, command = read(request, SOURCE, is_new=row is None), command_from(request)
        ends = {"item_id": item.pk, "supplier_id": values.pop("supplier_id"), "source_id": row.pk if row else None}
        with_titles(SOURCE, lambda: purchasing.keep_source(command, **ends, values=values))
        return done(request, gettext("The source is saved."), to=back)
    form = shown(request, SOURCE, row, cancel=back)
    title = f"{item.code} · {row.supplier}" if row else gettext("New source")
    extra = "records/source_extra.html" if row else ""
    return show(request, form, title=title, subtitle=f"{item.code} {named(item)}", extra=extra, row=row)


@page(permission="purchasing.records", methods=["POST"])
def remove_source(request: Request, pk: int) -> HttpResponse:
    """Remove a source."""
    row = get_object_or_404(Source.objects.select_related("item"), pk=pk)
    purchasing.remove_source(command_from(request), source_id=pk)
    return done(request, gettext("The source is removed."), to=f"{page_of(row.item)}?tab=purchases")


# Orders by hand

PURCHASE = Form(
    (
        Section(
            "",
            (
                Field("supplier_id", _("Supplier"), "choice", required=True, choices=_suppliers),
                Field("warehouse_id", _("Received in"), "choice", required=True, choices=_warehouses),
                Field("code", _("Number"), longest=60, help=_("Empty: the next one.")),
                Field("ordered_on", _("Ordered on"), "day"),
                Field("currency", _("Currency"), longest=3, help=_("Empty: the supplier's.")),
                Field("note", _("Note"), longest=300, wide=True),
            ),
        ),
    )
)
SALE = Form(
    (
        Section(
            "",
            (
                Field("customer_id", _("Customer"), "choice", required=True, choices=_customers),
                Field("warehouse_id", _("Shipped from"), "choice", choices=_warehouses),
                Field("code", _("Number"), longest=60, help=_("Empty: the next one.")),
                Field("ordered_on", _("Ordered on"), "day"),
                Field("currency", _("Currency"), longest=3, help=_("Empty: the customer's.")),
                Field("note", _("Note"), longest=300, wide=True),
            ),
        ),
    )
)


@page(permission="purchasing.change", methods=["GET", "POST"])
def new_purchase_order(request: Request) -> HttpResponse:
    """Write a purchase order by hand; one item on several days is several rows."""
    if request.method == "POST":
        values = read(request, PURCHASE, is_new=True)
        made = purchasing.write_order(command_from(request), lines=[bought(*row) for row in rows_of(request)], **values)
        address = reverse("purchase-order", args=[made["code"]])
        return done(request, gettext("Purchase order {code} is written.").format(code=made["code"]), to=address)
    return _order_form(request, PURCHASE, gettext("New purchase order"), reverse("purchase-orders"))


@page(permission="sales.change", methods=["GET", "POST"])
def new_sales_order(request: Request) -> HttpResponse:
    """Write a sales order by hand."""
    if request.method == "POST":
        values = read(request, SALE, is_new=True)
        made = sales.write_order(command_from(request), lines=[sold(*row) for row in rows_of(request)], **values)
        address = reverse("sales-order", args=[made["code"]])
        return done(request, gettext("Sales order {code} is written.").format(code=made["code"]), to=address)
    return _order_form(request, SALE, gettext("New sales order"), reverse("sales-orders"), penalty=True)


def _order_form(request: Request, form: Form, title: str, back: str, *, penalty: bool = False) -> HttpResponse:
    filled = shown(request, form, None, cancel=back, usual={"ordered_on": timezone.localdate()})
    rows = [new_number() for _each in range(ROWS)]
    return render(
        request, "records/order.html", {"form": filled, "title": title, "rows": rows, "with_penalty": penalty}
    )


@page(permission="catalog.view")
def order_row(request: Request) -> HttpResponse:
    """Return one more empty row of an order."""
    shown_row = {"row": new_number(), "with_penalty": bool(request.GET.get("penalty"))}
    return render(request, "records/order_row.html", shown_row)


def rows_of(request: Request) -> Iterator[tuple[Reading, str, int]]:
    """Yield the rows in which an item was typed: where to read, the row's prefix, the item."""
    for number in numbers(request.POST):
        prefix = f"line-{number}-"
        code = str(request.POST.get(f"{prefix}item", "")).strip()
        if code:
            yield Reading(request.POST), prefix, item_called(code).pk


def price_in(reading: Reading, name: str, title: str) -> Decimal | None:
    """Return the price in a field; None where it is empty."""
    return reading.quantity(name, title=title) if str(reading.fields.get(name, "")).strip() else None


def day_in(reading: Reading, name: str) -> date | None:
    """Return the day in a field; None where it is empty."""
    return reading.day(name, title=gettext("Date")) if str(reading.fields.get(name, "")).strip() else None


def bought(reading: Reading, prefix: str, item_id: int) -> DeliveryFacts:
    """Return what a row of fields orders."""
    quantity = reading.positive(f"{prefix}quantity", title=gettext("Quantity"))
    price = price_in(reading, f"{prefix}price", gettext("Price"))
    return DeliveryFacts(item_id, quantity, day_in(reading, f"{prefix}on"), price)


def sold(reading: Reading, prefix: str, item_id: int) -> LineFacts:
    """Return what a row of fields sells."""
    quantity = reading.positive(f"{prefix}quantity", title=gettext("Quantity"))
    price = price_in(reading, f"{prefix}price", gettext("Price")) or Decimal(0)
    penalty = price_in(reading, f"{prefix}penalty", gettext("Penalty a day")) or Decimal(0)
    return LineFacts(item_id, quantity, day_in(reading, f"{prefix}on"), price, penalty)

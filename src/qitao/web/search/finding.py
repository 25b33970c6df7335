"""What can be found by typing: one table over all apps, because a search crosses them all."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Model, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.catalog.models import Item
from qitao.picking.models import PickList
from qitao.production.models import WorkOrder
from qitao.purchasing.models import PurchaseOrder, Supplier
from qitao.sales.models import Customer, SalesOrder
from qitao.shortages.models import Case as ShortageCase
from qitao.stock.models import Location, Lot
from qitao.web.formats import named
from qitao.web.places import page_of

ITEM_FIELDS = ("code", "name", "name_en", "pinyin", "spec")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that can be found: where, by which fields, and how it is told."""

    name: str
    title: str | Promise
    icon: str
    permission: str
    rows: Callable[[], QuerySet[Any]]
    fields: tuple[str, ...]
    words: Callable[[Any], str]
    state: str = ""
    page: Callable[[Any], str] = page_of


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that was found."""

    kind: Kind
    thing: Model
    code: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one kind."""

    kind: Kind
    found: list[Found]


KINDS = (
    Kind(
        "item",
        _("Items"),
        "item",
        "catalog.view",
        lambda: Item.objects.filter(is_active=True),
        ITEM_FIELDS,
        named,
    ),
    Kind(
        "work_order",
        _("Work orders"),
        "work_order",
        "production.view",
        lambda: WorkOrder.objects.select_related("item").order_by("rank"),
        ("code", "item__code"),
        lambda order: f"{order.item.code}  {named(order.item)}",
        "status",
    ),
    Kind(
        "case",
        _("Shortage cases"),
        "case",
        "shortages.view",
        lambda: ShortageCase.objects.select_related("item").order_by("severity", "-id"),
        ("code", "item__code", "item__name", "item__name_en", "item__pinyin"),
        lambda case: f"{case.item.code}  {named(case.item)}",
        "status",
    ),
    Kind(
        "pick_list",
        _("Pick lists"),
        "pick",
        "picking.view",
        lambda: PickList.objects.select_related("work_order__item").order_by("-id"),
        ("code", "work_order__code"),
        lambda row: f"{row.work_order.code}  {named(row.work_order.item)}",
        "status",
    ),
    Kind(
        "supplier",
        _("Suppliers"),
        "supplier",
        "purchasing.view",
        lambda: Supplier.objects.order_by("code"),
        ("code", "name", "name_en", "contact"),
        named,
        page=lambda supplier: f"{reverse('purchase-orders')}?supplier={supplier.pk}",
    ),
    Kind(
        "customer",
        _("Customers"),
        "customer",
        "sales.view",
        lambda: Customer.objects.order_by("code"),
        ("code", "name", "name_en"),
        named,
        page=lambda customer: f"{reverse('sales-orders')}?customer={customer.pk}",
    ),
    Kind(
        "purchase_order",
        _("Purchase orders"),
        "purchase",
        "purchasing.view",
        lambda: PurchaseOrder.objects.select_related("supplier").order_by("-id"),
        ("code", "supplier__code", "supplier__name", "supplier__name_en"),
        lambda order: named(order.supplier),
        "status",
    ),
    Kind(
        "sales_order",
        _("Sales orders"),
        "customer",
        "sales.view",
        lambda: SalesOrder.objects.select_related("customer").order_by("-id"),
        ("code", "customer__code", "customer__name", "customer__name_en"),
        lambda order: named(order.customer),
        "status",
    ),
    Kind(
        "lot",
        _("Lots"),
        "tree",
        "stock.view",
        lambda: Lot.objects.exclude(code="").select_related("item").order_by("-id"),
        ("code",),
        lambda lot: f"{lot.item.code}  {named(lot.item)}",
    ),
    Kind(
        "location",
        _("Bins"),
        "pin",
        "stock.view",
        lambda: Location.objects.exclude(warehouse=None).select_related("warehouse").order_by("warehouse", "route"),
        ("code", "name"),
        lambda place: named(place.warehouse),
    ),
)


def find(text: str, user: User, *, most: int) -> list[Finding]:
    """Return what the words of `text` find, at most so many of each kind, exact codes first."""
    words = unicodedata.normalize("NFKC", text).split()[:6]
    if not words:
        return []
    findings = []
    for kind in KINDS:
        if user.may(kind.permission):
            rows = _matching(kind, words)[:most]
            found = [_found(kind, row) for row in rows]
            if found:
                findings.append(Finding(kind, found))
    return sorted(findings, key=lambda finding: not _is_exact(finding, words))


def _matching(kind: Kind, words: list[str]) -> QuerySet[Any]:
    condition = Q()
    for word in words:
        condition &= _any(kind.fields, word)
    whole = " ".join(words)
    nearness = Case(
        When(code__iexact=whole, then=Value(0)),
        When(code__istartswith=whole, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = kind.rows()
    return rows.filter(condition).annotate(nearness=nearness).order_by("nearness", *(rows.query.order_by or ("code",)))


def _any(fields: tuple[str, ...], word: str) -> Q:
    found = Q()
    for name in fields:
        found |= Q(**{f"{name}__icontains": word})
    return found


def _found(kind: Kind, thing: Any) -> Found:
    return Found(kind, thing, thing.code, kind.words(thing), kind.page(thing))


def _is_exact(finding: Finding, words: list[str]) -> bool:
    return finding.found[0].code.casefold() == " ".join(words).casefold()

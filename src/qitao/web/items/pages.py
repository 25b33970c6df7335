"""The list of items and the page of one."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qitao.catalog.models import Category, Item, Kind
from qitao.stock.queries import items_with_stock, short_sites
from qitao.web.formats import named
from qitao.web.items.showing import item_page
from qitao.web.lists import Choice, Column, Empty, List, Which, show
from qitao.web.page import page
from qitao.web.places import page_of
from qitao.web.request import Request


def _categories(request: Request) -> list[tuple[int, str]]:
    return [(row.pk, named(row)) for row in Category.objects.order_by("code")]


def _low(request: Request) -> Q:
    """Match the items of which all sites together, or one site, have less than the safety stock."""
    return Q(available__lt=F("safety_stock")) | Q(
        Exists(short_sites(on=timezone.localdate()).filter(item=OuterRef("pk")))
    )


ITEMS = List(
    name="items",
    columns=(
        Column("code", _("Item"), kind="code", sort="code", link=page_of),
        Column("name", _("Name"), value=named, sort="name"),
        Column("spec", _("Specification"), sort="spec"),
        Column("kind", _("Kind"), value="get_kind_display", sort="kind", shown=False),
        Column("category", _("Category"), kind="named", sort="category__code"),
        Column("package", _("Package"), sort="package", shown=False),
        Column("available", _("Available"), kind="quantity", unit="unit", sort="available"),
        Column("blocked", _("Blocked"), kind="quantity", unit="unit", sort="blocked"),
        Column("safety_stock", _("Safety stock"), kind="quantity", unit="unit", sort="safety_stock"),
        Column("lead_days", _("Lead days"), kind="number", sort="lead_days", shown=False),
        Column("abc", _("ABC"), sort="abc", shown=False),
        Column(
            "unit_cost",
            _("Unit cost"),
            kind="money",
            unit="currency",
            sort="unit_cost",
            permission="cost.view",
            shown=False,
        ),
    ),
    filters=(
        Choice("kind", _("Kind"), Kind.choices),
        Choice("category", _("Category"), _categories, lookup="category_id"),
        Which(
            "stock",
            _("Stock"),
            {
                "none": (_("none available"), Q(available=0)),
                "low": (_("below safety stock"), _low),
                "some": (_("some available"), Q(available__gt=0)),
                "blocked": (_("some blocked"), Q(blocked__gt=0)),
            },
        ),
        Which(
            "active",
            _("Status"),
            {"yes": (_("in use"), Q(is_active=True)), "no": (_("no longer"), Q(is_active=False))},
            default="yes",
        ),
    ),
    search=("code", "name", "name_en", "pinyin", "spec"),
    order="code",
    row_link=page_of,
    empty=Empty(_("No items yet."), _("Import them from a folder of tables."), "imports", _("Import")),
    placeholder=_("Code, name, pinyin initials"),
)


@page(permission="catalog.view")
def items(request: Request) -> HttpResponseBase:
    """Show the items with what is there of each."""
    return show(
        request,
        ITEMS,
        items_with_stock(on=timezone.localdate()),
        title=_("Items"),
        new=(reverse("item-new"), _("New item"), "catalog.change"),
    )


@page(permission="catalog.view")
def item(request: Request, code: str) -> HttpResponseBase:
    """Show one item: its future, where it lies, who needs it, what comes, what it is made of."""
    found = get_object_or_404(Item.objects.select_related("unit", "category", "variant_of"), code=code)
    shown = item_page(
        found,
        request.user,
        tab=request.GET.get("tab", ""),
        number=request.GET.get("page", "1"),
        today=timezone.localdate(),
    )
    return render(request, "items/page.html", {"page": shown, "item": found})

"""What planners and administrators keep by hand: items, units, categories, work centres, the calendar.

Every change is told as a fact with what was there before. Bills of material and substitutes: `engineering`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.db.models import ManyToOneRel

from qitao.catalog.models import CalendarDay, Category, Conversion, Item, ItemSite, Site, Unit, WorkCenter
from qitao.catalog.pinyin import initials
from qitao.catalog.refusals import CategoryInsideItself, ConversionOfOwnUnit, UnitInUse
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.records import keep
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop

HUNDRED = Decimal(100)
ITEM_FIELDS = frozenset(
    {
        "code",
        "name",
        "name_en",
        "spec",
        "kind",
        "category_id",
        "unit_id",
        "package",
        "msl",
        "pack_quantity",
        "tracking",
        "shelf_life_days",
        "abc",
        "xyz",
        "lead_days",
        "min_lot",
        "multiple",
        "max_lot",
        "safety_stock",
        "fence_days",
        "unit_cost",
        "currency",
        "work_center_id",
        "hours_per_unit",
        "yield_percent",
    }
)
SITE_FIELDS = ("lead_days", "min_lot", "multiple", "safety_stock")


@action(permission="catalog.change")
def create_item(command: Command, *, values: dict[str, Any]) -> Reply:
    """Make an item of `values` (see `ITEM_FIELDS`). Refuses: CodeTaken, BadValue. Records: catalog.item_created."""
    item = Item()
    keep(command, item, _item_values(values), kind="catalog.item_created")
    return {"item": item.pk, "code": item.code}


@action(permission="catalog.change")
def change_item(command: Command, *, item_id: int, values: dict[str, Any]) -> Reply:
    """Change an item; what is not in `values` stays.

    Refuses: UnitInUse where quantities of it are on record, CodeTaken, BadValue. Records: catalog.item_changed.
    Locks: the item.
    """
    item = Item.objects.select_for_update().get(pk=item_id)
    if values.get("unit_id", item.unit_id) != item.unit_id:
        _must_be_uncounted(item)
    changed = keep(command, item, _item_values(values), kind="catalog.item_changed")
    return {"item": item.pk, "code": item.code, "changed": sorted(changed)}


def _item_values(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - ITEM_FIELDS
    assert not unknown, f"an item has no {sorted(unknown)}"
    least, most = values.get("min_lot"), values.get("max_lot")
    if least and most and least > most:
        raise BadValue(field="max_lot", problem=gettext_noop("lies below the smallest lot"))
    if not 0 < values.get("yield_percent", HUNDRED) <= HUNDRED:
        raise BadValue(field="yield_percent", problem=gettext_noop("must lie above 0 and be at most 100"))
    kept = dict(values)
    if "name" in kept:
        kept["pinyin"] = initials(kept["name"])
    return kept


def _must_be_uncounted(item: Item) -> None:
    """Refuse where any record of ours – whichever app keeps it – has a quantity of the item."""
    counted = 0
    for relation in Item._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel):
            continue
        model = relation.related_model
        if any(field.name in ("quantity", "on_hand") for field in model._meta.fields):
            counted += model._default_manager.filter(**{relation.field.name: item}).count()
    if counted:
        raise UnitInUse(item=item.code, unit=item.unit.code, count=counted)


# Units


@action(permission="catalog.change")
def keep_unit(command: Command, *, values: dict[str, Any], unit_id: int | None = None) -> Reply:
    """Make or change a unit. Refuses: CodeTaken, BadValue. Records: catalog.unit_kept."""
    unit = Unit.objects.get(pk=unit_id) if unit_id else Unit()
    keep(command, unit, values, kind="catalog.unit_kept")
    return {"unit": unit.pk}


@action(permission="catalog.change")
def keep_conversion(
    command: Command, *, item_id: int, unit_id: int, numerator: Decimal, denominator: Decimal = Decimal(1)
) -> Reply:
    """Say that one `unit` of the item is numerator / denominator of its stock unit, or say it anew.

    Refuses: ConversionOfOwnUnit, BadValue. Records: catalog.conversion_kept.
    """
    item = Item.objects.select_related("unit").get(pk=item_id)
    if unit_id == item.unit_id:
        raise ConversionOfOwnUnit(item=item.code, unit=item.unit.code)
    if numerator <= 0 or denominator <= 0:
        raise BadValue(field="numerator", problem=gettext_noop("must be above zero"))
    row = Conversion.objects.filter(item=item, unit=unit_id).first() or Conversion(item=item, unit_id=unit_id)
    keep(command, row, {"numerator": numerator, "denominator": denominator}, kind="catalog.conversion_kept")
    return {"conversion": row.pk}


@action(permission="catalog.change")
def remove_conversion(command: Command, *, conversion_id: int) -> Reply:
    """Remove a unit conversion. Records: catalog.conversion_removed."""
    row = Conversion.objects.select_related("item", "unit").get(pk=conversion_id)
    record(command, "catalog.conversion_removed", row.item, unit=row.unit.code, numerator=str(row.numerator))
    row.delete()
    return {"item": row.item_id}


# Sites


@action(permission="catalog.change")
def keep_site(command: Command, *, values: dict[str, Any], site_id: int | None = None) -> Reply:
    """Make or change a site. Refuses: CodeTaken, BadValue for an unknown time zone. Records: catalog.site_kept."""
    if values.get("timezone", "UTC") not in available_timezones():
        raise BadValue(field="timezone", problem=gettext_noop("is no time zone such as Asia/Shanghai"))
    site = Site.objects.get(pk=site_id) if site_id else Site()
    keep(command, site, values, kind="catalog.site_kept")
    return {"site": site.pk}


@action(permission="catalog.change")
def keep_site_parameters(command: Command, *, item_id: int, sites: Mapping[int, Mapping[str, Any]]) -> Reply:
    """Say how an item is planned at a site where that is not the item's usual way; None: it is.

    Site → values of `SITE_FIELDS`. Refuses: BadValue. Records: catalog.item_site_kept, catalog.item_site_removed.
    Locks: the item.
    """
    item = Item.objects.select_for_update().get(pk=item_id)
    here = {row.site_id: row for row in item.sites.select_related("item", "site")}
    for site in Site.objects.filter(pk__in=list(sites)).order_by("code"):
        values = {name: sites[site.pk].get(name) for name in SITE_FIELDS}
        _must_fit(item, values)
        row = here.get(site.pk)
        if any(value is not None for value in values.values()):
            keep(command, row or ItemSite(item=item, site=site), values, kind="catalog.item_site_kept")
        elif row is not None:
            record(command, "catalog.item_site_removed", item, site=site.code)
            row.delete()
    return {"item": item.pk, "code": item.code}


def _must_fit(item: Item, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is not None and value < 0:
            raise BadValue(field=name, problem=gettext_noop("is too small"))
    least = values["min_lot"]
    if least is not None and 0 < item.max_lot < least:
        raise BadValue(field="min_lot", problem=gettext_noop("lies above the largest lot"))


# Categories


@action(permission="catalog.change")
def keep_category(command: Command, *, values: dict[str, Any], category_id: int | None = None) -> Reply:
    """Make or change a category. Refuses: CategoryInsideItself, CodeTaken. Records: catalog.category_kept."""
    category = Category.objects.get(pk=category_id) if category_id else Category()
    parent_id = values.get("parent_id")
    if category.pk and parent_id and category.pk in _line_of(parent_id):
        raise CategoryInsideItself(category=category.name, parent=Category.objects.get(pk=parent_id).name)
    keep(command, category, values, kind="catalog.category_kept")
    return {"category": category.pk}


def _line_of(category_id: int | None) -> list[int]:
    """Return a category and those it lies under."""
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    line: list[int] = []
    while category_id is not None and category_id not in line:
        line.append(category_id)
        category_id = parents.get(category_id)
    return line


# Work centres and the calendar


@action(permission="catalog.change")
def keep_work_center(command: Command, *, values: dict[str, Any], work_center_id: int | None = None) -> Reply:
    """Make or change a work centre. Refuses: CodeTaken, BadValue. Records: catalog.work_center_kept."""
    hours = values.get("hours_per_day")
    if hours is not None and not 0 < hours <= 24:
        raise BadValue(field="hours_per_day", problem=gettext_noop("must lie above 0 and be at most 24"))
    if values.get("machines") == 0:
        raise BadValue(field="machines", problem=gettext_noop("must be above zero"))
    center = WorkCenter.objects.get(pk=work_center_id) if work_center_id else WorkCenter()
    keep(command, center, values, kind="catalog.work_center_kept")
    return {"work_center": center.pk}


@action(permission="catalog.change")
def keep_calendar_day(command: Command, *, site_id: int, on: date, hours: Decimal, name: str = "") -> Reply:
    """Say that a day is worked for `hours`, or not at all (0), whatever its weekday.

    Refuses: BadValue. Records: catalog.calendar_changed.
    """
    if not 0 <= hours <= 24:
        raise BadValue(field="hours", problem=gettext_noop("must lie between 0 and 24"))
    day = CalendarDay.objects.filter(site=site_id, on=on).first() or CalendarDay(site_id=site_id, on=on)
    keep(command, day, {"hours": hours, "name": name}, kind="catalog.calendar_changed")
    return {"calendar_day": day.pk}


@action(permission="catalog.change")
def remove_calendar_day(command: Command, *, calendar_day_id: int) -> Reply:
    """Let a day be like any other of its weekday again. Records: catalog.calendar_changed."""
    day = CalendarDay.objects.select_related("site").get(pk=calendar_day_id)
    record(command, "catalog.calendar_changed", day.site, on=day.on.isoformat(), was=str(day.hours), removed=True)
    day.delete()
    return {"site": day.site_id}

"""What the plant makes and buys, of what, and where."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

QUANTITY: dict[str, Any] = {"max_digits": 18, "decimal_places": 6}
MONEY: dict[str, Any] = {"max_digits": 18, "decimal_places": 6}


class Site(models.Model):
    """A plant: the place whose calendar, clock and currency rule."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    timezone = models.CharField(max_length=60, default="Asia/Shanghai")
    currency = models.CharField(max_length=3, default="CNY")

    def __str__(self) -> str:
        return self.code


class CalendarDay(models.Model):
    """An exception to a site's Monday-to-Friday week; 0 hours is a day off."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="calendar_days")
    on = models.DateField()
    hours = models.DecimalField(max_digits=4, decimal_places=2)
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["site", "on"], name="catalog_calendar_has_one_entry_a_day"),)


class WorkCenter(models.Model):
    """A line or machine group that work orders run on."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    machines = models.PositiveIntegerField(default=1)
    hours_per_day = models.DecimalField(max_digits=4, decimal_places=2, default=16)
    hourly_cost = models.DecimalField(**MONEY, default=0, help_text="What an idle hour costs.")

    def __str__(self) -> str:
        return self.code


class Unit(models.Model):
    """A unit of measure and how many decimals a quantity in it shows."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60, blank=True)
    name_en = models.CharField(max_length=60, blank=True)
    decimals = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.code

    @property
    def smallest(self) -> Decimal:
        """The smallest quantity that is counted in this unit: 1 for pieces, 0.001 where it shows three decimals."""
        return Decimal(1).scaleb(-self.decimals)


class Category(models.Model):
    """A class of items, in a tree."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    MAKE = "make", _("made")
    BUY = "buy", _("bought")
    PHANTOM = "phantom", _("phantom")


class Tracking(models.TextChoices):
    NONE = "none", _("not tracked")
    LOT = "lot", _("by lot")
    SERIAL = "serial", _("by serial number")


class Item(models.Model):
    """Anything stocked, bought or made. All its quantities are in its stock unit."""

    code = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    pinyin = models.CharField(max_length=200, blank=True, help_text="Initials, for searching: bxgls")
    spec = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.BUY)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    package = models.CharField(max_length=60, blank=True, help_text="0402, SOT-23-5 …")
    msl = models.CharField(max_length=4, blank=True, help_text="Moisture sensitivity level.")
    pack_quantity = models.DecimalField(**QUANTITY, default=0, help_text="On a full reel, tray or carton.")
    tracking = models.CharField(max_length=6, choices=Tracking, default=Tracking.NONE)
    shelf_life_days = models.PositiveIntegerField(null=True, blank=True)
    abc = models.CharField(max_length=1, blank=True)
    xyz = models.CharField(max_length=1, blank=True)
    lead_days = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: not known.")
    min_lot = models.DecimalField(**QUANTITY, default=0)
    multiple = models.DecimalField(**QUANTITY, default=0)
    max_lot = models.DecimalField(**QUANTITY, default=0)
    safety_stock = models.DecimalField(**QUANTITY, default=0)
    fence_days = models.PositiveIntegerField(default=0)
    unit_cost = models.DecimalField(**MONEY, default=0)
    currency = models.CharField(max_length=3, default="CNY")
    work_center = models.ForeignKey(WorkCenter, on_delete=models.PROTECT, null=True, blank=True)
    hours_per_unit = models.DecimalField(**QUANTITY, default=0)
    yield_percent = models.DecimalField(max_digits=6, decimal_places=3, default=100)
    variant_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="variants")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    min_lot__gte=0,
                    multiple__gte=0,
                    max_lot__gte=0,
                    safety_stock__gte=0,
                    unit_cost__gte=0,
                    pack_quantity__gte=0,
                    hours_per_unit__gte=0,
                ),
                name="catalog_item_has_no_negative_parameter",
            ),
            models.CheckConstraint(
                condition=Q(yield_percent__gt=0, yield_percent__lte=100),
                name="catalog_item_yields_something",
            ),
        )
        indexes = (
            models.Index(Upper("code"), name="catalog_item_code_upper"),
            models.Index(fields=["pinyin"], name="catalog_item_pinyin"),
        )

    def __str__(self) -> str:
        return self.code


class ItemSite(models.Model):
    """Planning parameters of an item at one site, where they differ from the item's own (empty: they do not)."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="sites")
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    lead_days = models.PositiveIntegerField(null=True, blank=True)
    min_lot = models.DecimalField(**QUANTITY, null=True, blank=True)
    multiple = models.DecimalField(**QUANTITY, null=True, blank=True)
    safety_stock = models.DecimalField(**QUANTITY, null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["item", "site"], name="catalog_item_site_is_unique"),)

    def __str__(self) -> str:
        return f"{self.item} {self.site}"


class Conversion(models.Model):
    """1 `unit` of the item is exactly numerator / denominator of its stock unit."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="conversions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    numerator = models.DecimalField(**QUANTITY)
    denominator = models.DecimalField(**QUANTITY, default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["item", "unit"], name="catalog_conversion_is_unique"),
            models.CheckConstraint(
                condition=Q(numerator__gt=0, denominator__gt=0),
                name="catalog_conversion_is_positive",
            ),
        )


class Bom(models.Model):
    """A version of an item's bill of material; of those valid on a day the one that starts last is used."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="boms")
    version = models.CharField(max_length=30, default="1")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="The last day it is valid.")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["item", "version"], name="catalog_bom_version_is_unique"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="catalog_bom_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.item} {self.version}"


class BomLine(models.Model):
    """A component and how much of it one parent takes."""

    bom = models.ForeignKey(Bom, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    component = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="used_in")
    quantity = models.DecimalField(**QUANTITY)
    scrap_percent = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    operation = models.CharField(max_length=60, blank=True)
    designators = models.CharField(max_length=1000, blank=True)
    is_consumable = models.BooleanField(default=False, help_text="Used from the line; not picked, not in the kit.")
    is_optional = models.BooleanField(default=False)

    class Meta:
        ordering = ("bom_id", "position")
        constraints = (
            models.UniqueConstraint(fields=["bom", "position"], name="catalog_bom_line_position_is_unique"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="catalog_bom_line_takes_something"),
            models.CheckConstraint(
                condition=Q(scrap_percent__gte=0, scrap_percent__lt=1000),
                name="catalog_bom_line_scrap_is_sane",
            ),
        )


class Substitute(models.Model):
    """`ratio` of the substitute do the work of one component, everywhere or under one parent only."""

    component = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="substitutes")
    substitute = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="substitutes_for")
    parent = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ratio = models.DecimalField(**QUANTITY, default=1)
    priority = models.PositiveIntegerField(default=1)
    is_approved = models.BooleanField(default=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("component_id", "priority", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["component", "substitute", "parent"],
                nulls_distinct=False,
                name="catalog_substitute_is_unique",
            ),
            models.CheckConstraint(condition=Q(ratio__gt=0), name="catalog_substitute_ratio_is_positive"),
            models.CheckConstraint(
                condition=~Q(component=F("substitute")),
                name="catalog_substitute_is_another_item",
            ),
        )

    def __str__(self) -> str:
        return f"{self.component} → {self.substitute}"


class Routing(models.Model):
    """A version of how an item is made, step by step; of those valid on a day the one that starts last is used."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="routings")
    version = models.CharField(max_length=30, default="1")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="The last day it is valid.")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["item", "version"], name="catalog_routing_version_is_unique"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="catalog_routing_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.item} {self.version}"


class RoutingStep(models.Model):
    """One operation of a routing. It consumes the BOM lines whose operation has its name."""

    routing = models.ForeignKey(Routing, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    work_center = models.ForeignKey(WorkCenter, on_delete=models.PROTECT, related_name="+")
    setup_minutes = models.DecimalField(**QUANTITY, default=0)
    run_minutes = models.DecimalField(**QUANTITY, default=0, help_text="For one piece.")
    instruction = models.CharField(max_length=2000, blank=True, help_text="How it is done (SOP).")

    class Meta:
        ordering = ("routing_id", "number")
        constraints = (
            models.UniqueConstraint(fields=["routing", "number"], name="catalog_routing_step_number_is_unique"),
            models.CheckConstraint(
                condition=Q(setup_minutes__gte=0, run_minutes__gte=0),
                name="catalog_routing_step_takes_no_less_than_nothing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

"""What counting goes by: how often a class is counted, how far a figure may be off, how far a bin is trusted."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.catalog.models import MONEY, Item


class CountClass(models.Model):
    """How items of one class are counted; a class that has no row goes by `USUAL`."""

    LETTERS = ("A", "B", "C")
    USUAL = {  # class → days between two counts, percent, value
        "A": (30, Decimal("0.2"), Decimal(500)),
        "B": (90, Decimal(1), Decimal(300)),
        "C": (180, Decimal(5), Decimal(200)),
    }

    letter = models.CharField(_("Class"), max_length=1, unique=True, choices=[(each, each) for each in LETTERS])
    every_days = models.PositiveIntegerField(_("Counted every … days"), validators=[MinValueValidator(1)])
    percent = models.DecimalField(
        _("Tolerance in percent"),
        max_digits=6,
        decimal_places=3,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="A record that is off by no more counts as right.",
    )
    value = models.DecimalField(
        **MONEY, verbose_name=_("Tolerance in money"), help_text="A difference of more is not posted by itself."
    )

    class Meta:
        verbose_name = "count class"
        constraints = (
            models.CheckConstraint(
                condition=Q(every_days__gt=0, percent__gte=0, percent__lte=100, value__gte=0),
                name="stock_count_class_is_possible",
            ),
        )

    def __str__(self) -> str:
        return self.letter

    @classmethod
    def usual(cls, letter: str) -> CountClass:
        """Return what holds for a class that nobody has set."""
        days, percent, value = cls.USUAL[letter]
        return cls(letter=letter, every_days=days, percent=percent, value=value)


class CountSettings(models.Model):
    """What holds for all counts; there is one row, or none: then what is given here."""

    trifle = models.DecimalField(
        **MONEY,
        verbose_name=_("Never worth a second look"),
        default=Decimal(50),
        help_text="A difference worth no more is posted by itself, however many percent it is.",
    )
    two_people = models.BooleanField(
        _("Two people"), default=True, help_text="Nobody counts again, or approves, what he counted himself."
    )

    trust_counts = models.BooleanField(
        _("Trust bins as far as their counts say"), default=True, help_text="Off: the plan believes every record."
    )
    trust_floor = models.DecimalField(
        _("Least trust in percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(50),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    class Meta:
        verbose_name = "count settings"
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="stock_count_settings_are_one_row"),
            models.CheckConstraint(
                condition=Q(trifle__gte=0, trust_floor__gte=0, trust_floor__lte=100),
                name="stock_count_settings_are_possible",
            ),
        )

    def __str__(self) -> str:
        return ""

    @classmethod
    def current(cls) -> CountSettings:
        """Return what holds now."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class UsageClass(models.Model):
    """The class of an item by the value of what was used of it within a year; made anew every night by `classes`."""

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="usage_class")
    letter = models.CharField(max_length=1)
    value = models.DecimalField(**MONEY)
    computed_on = models.DateField()

    def __str__(self) -> str:
        return self.letter


class CountPlan(models.Model):
    """How a warehouse is counted day by day: who counts, how much, and what is counted sooner than its class asks.

    A rule of 0 is off. The classes say how often everything is counted.
    """

    warehouse = models.OneToOneField("stock.Warehouse", on_delete=models.CASCADE, related_name="count_plan")
    is_on = models.BooleanField(default=False)
    lines_a_day = models.PositiveIntegerField(default=40, help_text="What one counter can count in a day.")
    counters = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="People; none: one list.")
    short_days = models.PositiveIntegerField(default=14, help_text="A pick came up short there within so many days.")
    needed_days = models.PositiveIntegerField(default=3, help_text="A work order that starts so soon needs it.")
    less_days = models.PositiveIntegerField(default=30, help_text="The last count found less within so many days.")
    high_value = models.DecimalField(**MONEY, default=Decimal(20000), help_text="So much money lies in one bin.")
    stale_days = models.PositiveIntegerField(default=365, help_text="Nothing in the bin was counted for so long.")

    class Meta:
        verbose_name = "count plan"
        constraints = (models.CheckConstraint(condition=Q(high_value__gte=0), name="stock_count_plan_is_possible"),)

    def __str__(self) -> str:
        return ""

    @property
    def capacity(self) -> int:
        """How many lines all counters together can count in a day."""
        return self.lines_a_day * max(len(self.counters), 1)


class CountList(models.Model):
    """What one counter – or anybody – counts in a warehouse on a day, in the order of the walk."""

    warehouse = models.ForeignKey("stock.Warehouse", on_delete=models.PROTECT, related_name="count_lists")
    on = models.DateField()
    counter = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "count list"
        indexes = (models.Index(fields=["warehouse", "on"], name="stock_count_list_of_day"),)

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}"

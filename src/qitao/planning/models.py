"""The present plan: kit dates and pegs of the last run."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from qitao.catalog.models import QUANTITY, Item
from qitao.production.models import Requirement, WorkOrder
from qitao.sales.models import SalesOrderLine


class PlanRun(models.Model):
    """One run of the plan: what it saw, how long it took."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    as_of = models.DateField()
    last_fact_id = models.BigIntegerField(help_text="The newest fact the run knew of: what came later is plan drift.")
    recent_facts = models.PositiveIntegerField(default=0, help_text="How many shortly before it the run knew of.")
    work_orders = models.PositiveIntegerField()
    requirements = models.PositiveIntegerField()
    engine_ms = models.PositiveIntegerField()


class KitState(models.TextChoices):
    NOW = "now", _("complete now")
    ON_DATE = "on_date", _("complete in time")
    LATE = "late", _("complete late")
    NEVER = "never", _("never complete")


class KitDate(models.Model):
    """When an open work order will be complete, what holds it up, and when it will be done."""

    work_order = models.OneToOneField(WorkOrder, on_delete=models.CASCADE, primary_key=True, related_name="kit")
    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="kits")
    state = models.CharField(max_length=7, choices=KitState)
    kit_on = models.DateField(null=True, help_text="Empty: not within the horizon.")
    done_on = models.DateField(null=True, help_text="When its output will be there.")
    days_late = models.IntegerField(null=True, help_text="Of done_on after due_on.")
    bottleneck = models.ForeignKey(Requirement, on_delete=models.CASCADE, null=True, related_name="+")
    short_quantity = models.DecimalField(**QUANTITY, default=0, help_text="Of the bottleneck, not covered in time.")
    lines = models.PositiveIntegerField(default=0)
    uses_substitute = models.BooleanField(default=False, help_text="Complete only with an approved substitute.")
    uses_transfer = models.BooleanField(default=False, help_text="Complete only with stock of another warehouse.")
    lines_covered = models.PositiveIntegerField(default=0, help_text="Covered by the start date.")

    class Meta:
        indexes = (models.Index(fields=["state"], name="planning_kit_state"),)


class DemandDate(models.Model):
    """When an open sales order line can be shipped."""

    sales_line = models.OneToOneField(SalesOrderLine, on_delete=models.CASCADE, primary_key=True, related_name="plan")
    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="demands")
    planned_on = models.DateField(null=True)
    short_quantity = models.DecimalField(**QUANTITY, default=0)
    days_late = models.IntegerField(null=True)


class SupplyKind(models.TextChoices):
    STOCK = "stock", _("stock")
    PURCHASE = "purchase", _("purchase order")
    WORK_ORDER = "work_order", _("work order")
    TRANSFER = "transfer", _("transfer")
    REQUISITION = "requisition", _("requisition")


class Peg(models.Model):
    """A quantity of one supply that the plan gives to one need. `supply_id` is the row of that kind of supply."""

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="pegs")
    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, null=True, related_name="pegs")
    sales_line = models.ForeignKey(SalesOrderLine, on_delete=models.CASCADE, null=True, related_name="pegs")
    kind = models.CharField(max_length=11, choices=SupplyKind)
    supply_id = models.BigIntegerField(help_text="Warehouse, delivery, work order, transfer line or requisition.")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+", help_text="What is supplied.")
    quantity = models.DecimalField(**QUANTITY)
    available_on = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["kind", "supply_id"], name="planning_peg_of_supply"),
            models.Index(fields=["item"], name="planning_peg_of_item"),
        )


class LineCover(models.Model):
    """When a requirement will be covered, and how much of it never will."""

    requirement = models.OneToOneField(Requirement, on_delete=models.CASCADE, primary_key=True, related_name="cover")
    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="covers")
    covered_on = models.DateField(null=True)
    short_quantity = models.DecimalField(**QUANTITY, default=0)

"""The ledger: every move once, balances kept by the same transaction.

A *location* is a bin, or one of the places outside the stores that a move may come from or go to: supplier,
customer, production, scrap, count difference, opening, other use, relabelling. Balances are kept for *stored*
locations only – those with a warehouse; what went through the others is the sum of their moves.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qitao.accounts.models import User
from qitao.catalog.models import MONEY, QUANTITY, Item, Site
from qitao.kernel.lifecycle import Lifecycle
from qitao.stock import count_models  # noqa: F401 – its tables are the app's too


class Warehouse(models.Model):
    """A store of a site: main store, line-side store, or stock kept with an outside party."""

    class Kind(models.TextChoices):
        STORE = "store", _("store")
        LINE_SIDE = "line_side", _("line-side store")
        EXTERNAL = "external", _("outside store")

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="warehouses")
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.STORE)
    over_percent = models.PositiveIntegerField(
        default=10, help_text="How many percent beyond a requirement a picker may issue; a whole pack always."
    )
    back_days = models.PositiveIntegerField(default=31, help_text="How many days back a document may be dated.")

    def __str__(self) -> str:
        return self.code


class Location(models.Model):
    """A bin in a warehouse, or a place outside all warehouses."""

    class Kind(models.TextChoices):
        BIN = "bin", _("bin")
        RECEIVING = "receiving", _("receiving area")
        QUARANTINE = "quarantine", _("quarantine area")
        TRANSIT = "transit", _("in transit")
        SUPPLIER = "supplier", _("supplier")
        CUSTOMER = "customer", _("customer")
        PRODUCTION = "production", _("production")
        SCRAP = "scrap", _("scrap")
        COUNT_DIFFERENCE = "count_difference", _("count difference")
        OPENING = "opening", _("opening balance")
        OTHER = "other", _("other use")
        RELABEL = "relabel", _("relabelling")

    STORED = (Kind.BIN, Kind.RECEIVING, Kind.QUARANTINE, Kind.TRANSIT)
    PICKED = (Kind.BIN, Kind.RECEIVING)

    warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="locations",
    )
    code = models.CharField(max_length=120)
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.BIN)
    route = models.PositiveIntegerField(default=0, help_text="Its place on the picking walk.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["warehouse", "code"],
                nulls_distinct=False,
                name="stock_location_code_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=("bin", "receiving", "quarantine", "transit"),
                    warehouse__isnull=False,
                )
                | (~Q(kind__in=("bin", "receiving", "quarantine", "transit")) & Q(warehouse__isnull=True)),
                name="stock_location_is_stored_in_a_warehouse_or_outside",
            ),
        )

    def __str__(self) -> str:
        return f"{self.warehouse}/{self.code}" if self.warehouse_id else self.code


class Lane(models.Model):
    """How long a transfer takes between two warehouses, and what it costs."""

    from_warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="lanes_out")
    to_warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="lanes_in")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    days = models.PositiveIntegerField()
    cost = models.DecimalField(**MONEY, default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["from_warehouse", "to_warehouse", "item"],
                nulls_distinct=False,
                name="stock_lane_is_unique",
            ),
            models.CheckConstraint(
                condition=~Q(from_warehouse=F("to_warehouse")),
                name="stock_lane_goes_somewhere",
            ),
        )


class Status(models.TextChoices):
    OK = "ok", _("available")
    QUARANTINE = "quarantine", _("in quarantine")
    REJECTED = "rejected", _("rejected")
    DAMAGED = "damaged", _("damaged")


class Lot(models.Model):
    """A lot or serial number of an item; the lot with an empty code holds what is not tracked."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lots")
    code = models.CharField(max_length=120, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    supplier_code = models.CharField(max_length=60, blank=True, help_text="Code of the supplier it came from.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["item", "code"], name="stock_lot_code_is_unique"),)

    def __str__(self) -> str:
        return self.code


class Balance(models.Model):
    """What lies of an item × location × lot × status × owner, and how much of it is allocated to pick lines."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="balances")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, choices=Status, default=Status.OK)
    owner = models.CharField(max_length=60, blank=True, default="")
    on_hand = models.DecimalField(**QUANTITY, default=0)
    allocated = models.DecimalField(**QUANTITY, default=0)
    doubted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="A picker did not find it: not offered nor planned with until counted.",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["item", "location", "lot", "status", "owner"],
                name="stock_balance_is_unique",
            ),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_balance_is_never_negative"),
            models.CheckConstraint(
                condition=Q(allocated__gte=0, allocated__lte=F("on_hand")),
                name="stock_balance_is_never_oversold",
            ),
        )
        indexes = (
            models.Index(
                fields=["location"],
                condition=Q(on_hand__gt=0),
                name="stock_balance_in_location",
            ),
        )


class Move(models.Model):
    """A quantity of a lot that went from one location (and status) to another. Never changed, only reversed."""

    at = models.DateTimeField(help_text="When it was posted.")
    happened_at = models.DateTimeField(help_text="When it happened; documents may be posted later.")
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    from_location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="moves_out", db_index=False)
    to_location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="moves_in", db_index=False)
    from_status = models.CharField(max_length=10, choices=Status, default=Status.OK)
    to_status = models.CharField(max_length=10, choices=Status, default=Status.OK)
    owner = models.CharField(max_length=60, blank=True, default="")
    quantity = models.DecimalField(**QUANTITY)
    document = models.CharField(max_length=40, help_text="Kind of document, e.g. picking.picklist")
    document_id = models.BigIntegerField()
    document_code = models.CharField(max_length=120, blank=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    command_id = models.UUIDField()
    reverses = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
    )

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_move_moves_something"),
            models.CheckConstraint(
                condition=~Q(from_location=F("to_location")) | ~Q(from_status=F("to_status")),
                name="stock_move_goes_somewhere",
            ),
        )
        indexes = (
            models.Index(fields=["item", "-id"], name="stock_move_of_item"),
            models.Index(fields=["item", "happened_at", "id"], name="stock_move_of_item_by_time"),
            models.Index(fields=["from_location", "item", "happened_at"], name="stock_move_from_by_time"),
            models.Index(fields=["to_location", "item", "happened_at"], name="stock_move_to_by_time"),
            models.Index(fields=["lot", "id"], name="stock_move_of_lot"),
            models.Index(fields=["document", "document_id"], name="stock_move_of_document"),
            models.Index(fields=["command_id"], name="stock_move_of_command"),
        )


class StockDocument(models.Model):
    """A change of stock that a person writes by hand, with its reason; its lines are its moves.

    Splitting or merging lots and changing the owner write two moves a line, out of the old lot or owner into the place
    “relabelling” and out of it into the new one: what a document puts there it takes out again.
    """

    class Kind(models.TextChoices):
        STATUS = "status", _("change of status")
        SCRAP = "scrap", pgettext_lazy("stock document", "scrap")
        ISSUE = "issue", _("other issue")
        RECEIPT = "receipt", _("other receipt")
        SPLIT = "split", _("lot split")
        MERGE = "merge", _("lot merge")
        OWNER = "owner", _("change of owner")

    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=7, choices=Kind)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="documents")
    reason = models.CharField(max_length=200)
    cost_center = models.CharField(max_length=60, blank=True)
    happened_at = models.DateTimeField(help_text="When it happened; never after it was made.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reversed_why = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "stock document"
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="stock_document_says_why"),
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("made_at")), name="stock_document_is_not_of_the_future"
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True, reversed_by__isnull=True)
                | Q(reversed_at__isnull=False, reversed_by__isnull=False),
                name="stock_document_is_reversed_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def is_dated_back(self) -> bool:
        """Whether it happened before it was written."""
        return self.happened_at < self.made_at


def standing(on: date) -> Q:
    """Return the condition of reservations that count on a day: one that has run out never does, released or not."""
    return Q(expires_on=None) | Q(expires_on__gte=on)


class Reservation(models.Model):
    """A soft claim of the row that `holder` names on a supply: what lies in a warehouse, or is to come to it."""

    class Supply(models.TextChoices):
        STOCK = "stock", _("on hand")
        PURCHASE = "purchase", _("on order")
        WORK_ORDER = "work_order", _("in production")
        TRANSFER = "transfer", _("in transit")

    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    supply = models.CharField(max_length=10, choices=Supply, default=Supply.STOCK)
    supply_id = models.BigIntegerField(default=0, help_text="Delivery, work order, transfer line; 0: what lies there.")
    quantity = models.DecimalField(**QUANTITY)
    holder = models.CharField(max_length=40, help_text="e.g. production.requirement")
    holder_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField(null=True, blank=True, help_text="The last day on which it counts.")
    is_frozen = models.BooleanField(default=False, help_text="Stays with its holder whatever the ranks say.")

    class Meta:
        verbose_name = "reservation"
        constraints = (
            models.UniqueConstraint(
                fields=["holder", "holder_id", "item", "warehouse", "supply", "supply_id"],
                name="stock_reservation_is_one_per_holder_and_supply",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_reservation_claims_something"),
            models.CheckConstraint(
                condition=Q(supply="stock", supply_id=0) | (~Q(supply="stock") & Q(supply_id__gt=0)),
                name="stock_reservation_names_its_supply",
            ),
        )
        indexes = (
            models.Index(fields=["item", "warehouse"], name="stock_reservation_of_item"),
            models.Index(
                fields=["supply", "supply_id"], condition=~Q(supply="stock"), name="stock_reservation_of_supply"
            ),
        )


TRANSFER = Lifecycle(
    states=("planned", "in_transit", "received", "cancelled"),
    verbs={
        "ship": (("planned",), "in_transit"),
        "receive": (("in_transit",), "received"),
        "cancel": (("planned",), "cancelled"),
        "take back": (("received",), "in_transit"),
    },
)


class Transfer(models.Model):
    """Stock on its way, or about to be, from one warehouse to another."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        IN_TRANSIT = "in_transit", _("in transit")
        RECEIVED = "received", _("received")
        CANCELLED = "cancelled", _("cancelled")

    code = models.CharField(max_length=60, unique=True)
    from_warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="transfers_out")
    to_warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="transfers_in")
    status = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    due_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "transfer"

    def __str__(self) -> str:
        return self.code


class TransferLine(models.Model):
    """What a transfer carries; `balance` quantities are allocated in the sending bin until it is shipped."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    owner = models.CharField(max_length=60, blank=True, default="")
    from_location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(**QUANTITY)
    holder = models.CharField(max_length=40, blank=True, help_text="The requirement it is for, if any.")
    holder_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="stock_transfer_line_carries_something",
            ),
        )


COUNT = Lifecycle(
    states=("open", "counted", "waiting", "posted", "cancelled"),
    verbs={
        "enter": (("open", "counted"), "counted"),
        "recount": (("open", "counted", "waiting"), "open"),
        "submit": (("counted",), "waiting"),
        "post": (("open", "counted", "waiting"), "posted"),
        "cancel": (("open", "counted", "waiting"), "cancelled"),
    },
)


class Count(models.Model):
    """A count of one item in its bins, or of one bin; blind – the counter does not see what the record says."""

    class State(models.TextChoices):
        OPEN = "open", _("to count")
        COUNTED = "counted", _("counted")
        WAITING = "waiting", _("to approve")
        POSTED = "posted", _("posted")
        CANCELLED = "cancelled", _("cancelled")

    class Cause(models.TextChoices):
        """Why a count is on the list of a day, the gravest first."""

        DOUBT = "doubt", _("a picker did not find it")
        SHORT = "short", _("a pick came up short")
        NEEDED = "needed", _("a work order needs it soon")
        LESS = "less", _("less was found last time")
        VALUE = "value", _("worth much")
        CLASS = "class", _("due by its class")
        STALE = "stale", _("not counted for long")

    class Why(models.TextChoices):
        AGREED = "agreed", _("two people counted the same")
        MISPLACED = "misplaced", _("lay in another bin")
        UNBOOKED = "unbooked", _("moved without being booked")
        MISBOOKED = "misbooked", _("booked wrongly")
        SCRAP = "scrap", _("damaged or scrapped without a report")
        UNKNOWN = "unknown", _("nobody knows")

    code = models.CharField(max_length=60, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, related_name="counts")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    status = models.CharField(max_length=9, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: posted by itself."
    )
    why = models.CharField(max_length=10, choices=Why, blank=True, help_text="Why the record was wrong.")
    note = models.CharField(max_length=300, blank=True)
    day_list = models.ForeignKey(
        "stock.CountList", on_delete=models.PROTECT, null=True, blank=True, related_name="counts"
    )
    cause = models.CharField(max_length=6, choices=Cause, blank=True)

    class Meta:
        verbose_name = "count"
        constraints = (
            models.CheckConstraint(
                condition=Q(item__isnull=False, location__isnull=True) | Q(item__isnull=True, location__isnull=False),
                name="stock_count_is_of_an_item_or_of_a_bin",
            ),
        )
        indexes = (models.Index(fields=["posted_at"], name="stock_count_posted"),)

    def __str__(self) -> str:
        return self.code


class CountLine(models.Model):
    """One item, bin and lot to count. `recorded` is what the ledger said when the figure was entered.

    Where another count posts a difference there, `recorded` moves with it: the same difference is not posted twice.
    """

    count = models.ForeignKey(Count, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, choices=Status, default=Status.OK)
    owner = models.CharField(max_length=60, blank=True, default="")
    counted = models.DecimalField(**QUANTITY, null=True, blank=True)
    recorded = models.DecimalField(**QUANTITY, null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True, help_text="When the figure was entered.")
    counted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    after_move = models.BigIntegerField(default=0, help_text="The newest move of the item when it was entered.")
    was_right = models.BooleanField(
        null=True, blank=True, help_text="Whether the record was right within its tolerance, when it was posted."
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["count", "item", "location", "lot", "status", "owner"],
                name="stock_count_line_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(counted__isnull=True) | Q(counted__gte=0),
                name="stock_count_is_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(counted__isnull=True) | Q(recorded__isnull=False),
                name="stock_count_figure_knows_the_record",
            ),
        )


class CountFigure(models.Model):
    """A figure that somebody entered, and what the record said at that moment. Never changed."""

    line = models.ForeignKey(CountLine, on_delete=models.CASCADE, related_name="figures")
    counted = models.DecimalField(**QUANTITY)
    recorded = models.DecimalField(**QUANTITY)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

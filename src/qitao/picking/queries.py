"""Pick lists, what is next on them, and where else something lies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from qitao.accounts.models import User
from qitao.catalog import queries as catalog
from qitao.catalog.models import Item
from qitao.journal.models import Fact
from qitao.kernel.quantity import ZERO, round_up
from qitao.picking.models import PickLine, PickList
from qitao.production import queries as production
from qitao.production.models import Requirement, WorkOrder
from qitao.stock import ledger
from qitao.stock import queries as stock
from qitao.stock.models import Balance, Lane, Location, Move, TransferLine, Warehouse

WORKING = ("open", "in_progress")
RETURNED_STATES = ("released", "started", "paused", "completed", "cancelled")  # once it is closed nothing comes back
UNDO_MINUTES = 10


def lists() -> QuerySet[PickList]:
    """Return all pick lists with what a list of them shows, those of the first-served work orders first."""
    return (
        PickList.objects.select_related("work_order__item", "work_order__work_center", "warehouse", "picker")
        .annotate(
            all_lines=Count("lines", filter=~Q(lines__status="cancelled")),
            open_lines=Count("lines", filter=Q(lines__status="open")),
            loose_lines=Count("lines", filter=Q(lines__status="open", lines__wave=None)),
            short_lines=Count("lines", filter=Q(lines__status="short")),
        )
        .order_by("work_order__start_on", "work_order__rank", "id")
    )


def open_lists() -> QuerySet[PickList]:
    """Return the pick lists still to be picked, those of the first-served work orders first."""
    return lists().filter(status__in=WORKING)


def route(pick_list: PickList) -> QuerySet[PickLine]:
    """Return the lines of a pick list in the order of the walk, cancelled ones left out."""
    return (
        pick_list.lines.exclude(status="cancelled")
        .select_related("item__unit", "location__warehouse", "lot", "requirement__work_order")
        .order_by("location__route", "location__code", "item__code", "lot__expires_on", "id")
    )


def open_lines_at(place: Location) -> QuerySet[PickLine]:
    """Return the lines still to be picked from a bin, the list made first first."""
    rows = PickLine.objects.filter(location=place, status="open")
    return rows.select_related("pick_list", "item__unit", "lot").order_by("pick_list_id", "id")


def has_expired(on: date) -> bool:
    """Tell whether an open pick line or a planned transfer takes a lot that has expired by `on`."""
    parts = TransferLine.objects.filter(transfer__status="planned", lot__expires_on__lt=on)
    return PickLine.objects.filter(status="open", lot__expires_on__lt=on).exists() or parts.exists()


NEWS_MINUTES = 30


def news(pick_list_ids: Collection[int], *, at: datetime) -> list[Fact]:
    """Return what stock moving under these lists did to them lately, the newest first, a few at most."""
    facts = Fact.objects.filter(
        kind="picking.replanned",
        subject=PickList._meta.label_lower,
        subject_id__in=pick_list_ids,
        at__gte=at - timedelta(minutes=NEWS_MINUTES),
    )
    return list(facts.select_related("actor").order_by("-id")[:3])


@dataclass(frozen=True, slots=True)
class Lacking:
    """A requirement of a work order and how much of it no pick line stands for."""

    requirement: Requirement
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class LastPick:
    """The newest pick that can still be taken back: its move, its line, and until when."""

    move: Move
    line: PickLine
    until: datetime


def last_pick(pick_list: PickList, *, actor: User, at: datetime) -> LastPick | None:
    """Return the newest pick of `actor` on a list that can be taken back at `at`, or None."""
    since = at - timedelta(minutes=UNDO_MINUTES)
    move = (
        Move.objects.filter(document=PickList._meta.label_lower, document_id=pick_list.pk, actor=actor, at__gte=since)
        .filter(reverses=None, reversed_by=None, to_location__kind=Location.Kind.PRODUCTION)
        .select_related("item__unit", "lot", "from_location")
        .order_by("-id")
        .first()
    )
    if move is None:
        return None
    line = pick_list.lines.filter(
        item=move.item_id, location=move.from_location_id, lot=move.lot_id, owner=move.owner
    ).filter(picked__gte=F("returned") + move.quantity)
    found = line.order_by("-done_at", "-id").first()
    return LastPick(move, found, move.at + timedelta(minutes=UNDO_MINUTES)) if found else None


def is_of_another_line(move: Move, line: PickLine) -> bool:
    """Tell whether `move` picked another line of the list – of the same item, bin and lot, for another requirement."""
    facts = Fact.objects.filter(
        subject=PickList._meta.label_lower,
        subject_id=line.pick_list_id,
        kind="picking.picked",
        command_id=move.command_id,
    )
    told = [fact.data for fact in facts if fact.data.get("move", move.pk) == move.pk]
    return bool(told) and all(data.get("line", line.pk) != line.pk for data in told)


def lacking(work_order: WorkOrder) -> list[Lacking]:
    """Return the requirement lines that need more than is issued and on open pick lines."""
    on_lists = dict(
        PickLine.objects.filter(requirement__work_order=work_order, status="open")
        .values_list("requirement")
        .annotate(quantity=Sum("quantity") - Sum("picked"))
    )
    lines = work_order.requirements.filter(is_consumable=False).select_related("item__unit")
    return [
        Lacking(line, missing) for line in lines if (missing := line.open_quantity - on_lists.get(line.pk, ZERO)) > 0
    ]


@dataclass(frozen=True, slots=True)
class Returnable:
    """A pick whose material can come back: from `line` at most `quantity`, from its whole requirement `most`."""

    line: PickLine
    quantity: Decimal
    most: Decimal
    used: Decimal


def returnable(work_order: WorkOrder) -> list[Returnable]:
    """Return the picks of a work order, each with what of it is neither brought back nor in what was made."""
    used = production.used(work_order)
    rows = PickLine.objects.filter(requirement__work_order=work_order, picked__gt=0)
    rows = rows.select_related("item__unit", "location__warehouse", "lot", "requirement")
    found = []
    for line in rows.order_by("requirement__position", "location__route", "id"):
        taken = used.get(line.requirement_id, ZERO)
        most = max(line.requirement.issued - taken, ZERO)
        found.append(Returnable(line, min(line.picked - line.returned, most), most, taken))
    return found


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another place, lot, substitute or warehouse that could serve a short line.

    `kind` is bin (same warehouse), warehouse (needs a transfer) or substitute (`quantity` in its own unit).
    """

    kind: str
    item: Item
    balance: Balance
    free: Decimal
    wanted: Decimal
    days: int = 0

    @property
    def suffices(self) -> bool:
        """Whether this place alone has enough."""
        return self.free >= self.wanted

    @property
    def amount(self) -> Decimal:
        """What to take from here."""
        return min(self.free, self.wanted)


def elsewhere(requirement: Requirement, *, missing: Decimal, on: date) -> list[Elsewhere]:
    """Return where `missing` of a requirement could come from instead, the nearest first."""
    work_order = requirement.work_order
    home = work_order.warehouse
    found = [
        *_bins(requirement, requirement.item, home, wanted=missing, on=on, kind="bin"),
        *_substitutes(requirement, home, missing=missing, on=on),
    ]
    for lane in Lane.objects.filter(to_warehouse=home, item=None).select_related("from_warehouse").order_by("days"):
        place = lane.from_warehouse
        offers = _bins(requirement, requirement.item, place, wanted=missing, on=on, kind="warehouse", days=lane.days)
        found.extend(offers)
    return found


def nearby(requirement: Requirement, *, on: date) -> Decimal:
    """Return how much other bins of its warehouse can give a requirement: together never what others reserved."""
    item, home = requirement.item, requirement.work_order.warehouse
    own = ledger.held_by(requirement, item_id=item.pk, warehouse_id=home.pk, on=on)
    spare = ledger.unreserved(item.pk, home.pk, on=on) + own
    bins = stock.pickable(item.pk, on=on).filter(location__warehouse=home)
    lying = sum((balance.on_hand - balance.allocated for balance in bins), ZERO)
    return min(lying, max(spare, ZERO))


def _substitutes(requirement: Requirement, home: Warehouse, *, missing: Decimal, on: date) -> list[Elsewhere]:
    found = []
    work_order = requirement.work_order
    for row in catalog.substitutes_of(requirement.item, parent=work_order.item, on=work_order.start_on):
        wanted = round_up(missing * row.ratio)
        found.extend(_bins(requirement, row.substitute, home, wanted=wanted, on=on, kind="substitute"))
    return found


def _bins(
    requirement: Requirement, item: Item, place: Warehouse, *, wanted: Decimal, on: date, kind: str, days: int = 0
) -> list[Elsewhere]:
    """Return the bins of one warehouse that have something free of `item`, never more than is unreserved there."""
    spare = ledger.unreserved(item.pk, place.pk, on=on)
    if item.pk == requirement.item_id:
        spare += ledger.held_by(requirement, item_id=item.pk, warehouse_id=place.pk, on=on)
    found = []
    for balance in stock.pickable(item.pk, on=on).filter(location__warehouse=place):
        free = min(balance.on_hand - balance.allocated, spare)
        if free > 0:
            found.append(Elsewhere(kind, item, balance, free, wanted, days))
    return found

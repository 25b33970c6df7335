"""The walk of a wave: bin by bin, what to take there, and for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from qitao.accounts.models import User
from qitao.catalog.models import Item
from qitao.journal.models import Fact
from qitao.kernel.quantity import ZERO
from qitao.picking.models import PickLine, PickList, Wave
from qitao.picking.queries import UNDO_MINUTES, WORKING, Lacking
from qitao.production.models import Requirement, WorkOrder
from qitao.stock.models import Balance, Location, Lot

WALK = ("location__route", "location__code", "item__code", "lot__expires_on", "lot__code", "owner")
BY_RANK = ("requirement__work_order__rank", "id")


def waves() -> QuerySet[Wave]:
    """Return all waves with what a list of them shows, the oldest first."""
    open_lines = Q(lines__status="open")
    return (
        Wave.objects.select_related("warehouse", "picker", "made_by")
        .annotate(
            all_lines=Count("lines", filter=~Q(lines__status="cancelled")),
            open_lines=Count("lines", filter=open_lines),
            short_lines=Count("lines", filter=Q(lines__status="short")),
            orders=Count("lines__pick_list", distinct=True),
            bins=Count("lines__location", filter=open_lines, distinct=True),
        )
        .order_by("id")
    )


def open_waves() -> QuerySet[Wave]:
    """Return the waves with something to pick, the oldest first."""
    return waves().filter(open_lines__gt=0)  # type: ignore[misc]


def zone_of(code: str) -> str:
    """Return the rack of a bin: its code up to the first dash or slash.

    >>> zone_of("A-01-2"), zone_of("IN")
    ('A', 'IN')
    """
    return code.replace("/", "-").partition("-")[0]


@dataclass(frozen=True, slots=True)
class Tote:
    """What one work order gets of a take; `number` is the tote it is put into, the same on the whole walk."""

    number: int
    line: PickLine

    @property
    def work_order(self) -> WorkOrder:
        """Whom it is for."""
        return self.line.requirement.work_order

    @property
    def wanted(self) -> Decimal:
        """What is still to be put into it."""
        return self.line.open_quantity


@dataclass(frozen=True, slots=True)
class Take:
    """A lot of an item to take from a bin, and for whom, the first served first. `key` is its balance."""

    key: int
    location: Location
    item: Item
    lot: Lot
    owner: str
    totes: list[Tote]

    @property
    def wanted(self) -> Decimal:
        """What is still to be taken, for all together."""
        return sum((tote.wanted for tote in self.totes if tote.line.status == PickLine.State.OPEN), ZERO)

    @property
    def quantity(self) -> Decimal:
        """What was to be taken at first."""
        return sum((tote.line.quantity for tote in self.totes), ZERO)

    @property
    def picked(self) -> Decimal:
        """What was taken."""
        return sum((tote.line.picked for tote in self.totes), ZERO)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be taken."""
        return any(tote.line.status == PickLine.State.OPEN for tote in self.totes)

    @property
    def is_short(self) -> bool:
        """Whether somebody did not get all of it."""
        return any(tote.line.status == PickLine.State.SHORT for tote in self.totes)


def numbers_of(wave: Wave) -> dict[int, int]:
    """Return pick list → the number of its tote; it stays the same until the walk is over."""
    lists = wave.lines.order_by("pick_list").values_list("pick_list", flat=True).distinct()
    return {pick_list: number for number, pick_list in enumerate(lists, start=1)}


def takes(wave: Wave) -> list[Take]:
    """Return what the walk takes, in the order of the bins; cancelled lines are left out."""
    numbers = numbers_of(wave)
    lines = (
        wave.lines.exclude(status="cancelled")
        .select_related("item__unit", "location__warehouse", "lot", "requirement__work_order__item__unit", "pick_list")
        .order_by(*WALK, *BY_RANK)
    )
    places: dict[tuple[int, int, int, str], list[PickLine]] = defaultdict(list)
    for line in lines:
        places[line.item_id, line.location_id, line.lot_id, line.owner].append(line)
    keys = _balances(places)
    return [
        Take(
            key=keys[place],
            location=rows[0].location,
            item=rows[0].item,
            lot=rows[0].lot,
            owner=rows[0].owner,
            totes=[Tote(numbers[row.pick_list_id], row) for row in rows],
        )
        for place, rows in places.items()
    ]


def _balances(places: Iterable[tuple[int, int, int, str]]) -> dict[tuple[int, int, int, str], int]:
    rows = Balance.objects.filter(status="ok", item__in={item for item, *_ in places}).values_list(
        "item", "location", "lot", "owner", "pk"
    )
    return {(item, location, lot, owner): pk for item, location, lot, owner, pk in rows}


def open_at(wave: Wave, balance: Balance) -> list[PickLine]:
    """Return the wave's open lines of a balance, the first served first."""
    rows = wave.lines.filter(
        status="open", item=balance.item_id, location=balance.location_id, lot=balance.lot_id, owner=balance.owner
    )
    return list(rows.select_related("requirement__work_order__warehouse", "pick_list").order_by(*BY_RANK))


def share(lines: Iterable[PickLine], quantity: Decimal) -> dict[int, Decimal]:
    """Return line → how much of `quantity` it gets: the first served gets all it wants before the next gets any."""
    shares, left = {}, quantity
    for line in lines:
        part = min(line.open_quantity, left)
        if part > 0:
            shares[line.pk] = part
            left -= part
    return shares


def lists_of(wave: Wave) -> list[PickList]:
    """Return the pick lists that have lines on the walk, in the order of their totes."""
    rows = PickList.objects.filter(lines__wave=wave).distinct()
    return list(rows.select_related("work_order__item__unit", "work_order__work_center").order_by("pk"))


def lacking(work_orders: Sequence[WorkOrder]) -> list[Lacking]:
    """Return what these work orders need more than is issued and on open pick lines, the first served first."""
    on_lists = dict(
        PickLine.objects.filter(requirement__work_order__in=work_orders, status="open")
        .values_list("requirement")
        .annotate(quantity=Sum("quantity") - Sum("picked"))
    )
    lines = Requirement.objects.filter(work_order__in=work_orders, is_consumable=False)
    rows = lines.select_related("item__unit", "work_order").order_by("work_order__rank", "position")
    return [
        Lacking(line, missing) for line in rows if (missing := line.open_quantity - on_lists.get(line.pk, ZERO)) > 0
    ]


@dataclass(frozen=True, slots=True)
class LastTake:
    """The newest take of somebody on a walk that can still be taken back; `command` did it."""

    command: UUID
    item: Item
    quantity: Decimal
    until: datetime


def last_take(wave: Wave, *, actor: User, at: datetime) -> LastTake | None:
    """Return the newest take of `actor` on the walk that can be taken back at `at`, or None."""
    since = at - timedelta(minutes=UNDO_MINUTES)
    own = Fact.objects.filter(subject=Wave._meta.label_lower, subject_id=wave.pk, actor=actor, at__gte=since)
    undone = {fact.data["taken_by"] for fact in own.filter(kind="picking.wave_undone")}
    for fact in own.filter(kind="picking.wave_picked").order_by("-id"):
        if str(fact.command_id) not in undone:
            item = Item.objects.select_related("unit").get(code=fact.data["item"])
            quantity = Decimal(fact.data["quantity"])
            return LastTake(fact.command_id, item, quantity, fact.at + timedelta(minutes=UNDO_MINUTES))
    return None


def lists_to_start(on: date) -> QuerySet[PickList]:
    """Return the lists to pick of work orders that start on a day and have lines on no walk yet."""
    rows = PickList.objects.filter(status__in=WORKING, work_order__start_on=on)
    return rows.filter(lines__status="open", lines__wave=None).distinct()

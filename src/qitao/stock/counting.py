"""Counting: asked for, entered blind while work goes on, counted again and approved where the difference is large.

A figure is compared with the record of the moment in which it was entered, under the lock of its item; what comes or
goes afterwards is kept, whenever the difference is posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import models
from django.db.models import Max

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance, not_now
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import ZERO
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.stock import ledger, queries
from qitao.stock.classes import limits_of
from qitao.stock.count_models import CountSettings
from qitao.stock.count_queries import dated_before
from qitao.stock.ledger import Line
from qitao.stock.models import (
    COUNT,
    Balance,
    Count,
    CountFigure,
    CountLine,
    Item,
    Location,
    Move,
    Status,
    Warehouse,
)
from qitao.stock.refusals import CountedBefore, CountStillOpen, DoubtNeedsCount, MovedMeanwhile, OwnFigure, WhyMissing

UNDER_WAY = ("open", "counted", "waiting")

# Asking


@action(permission="stock.count")
def order_count(command: Command, *, item_id: int, warehouse_id: int, reason: str = "") -> Reply:
    """Ask for a blind count of every bin of a warehouse where the item is, or was lately, recorded.

    One that waits to be counted is the one that was asked for; bins that came since are added to it, and what a picker
    did not find after its figure was entered is to be counted once more.
    Records: stock.count_ordered. Locks: the item.
    """
    ledger.lock_items([item_id])
    item = Item.objects.get(pk=item_id)
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    waiting = Count.objects.filter(item=item, warehouse=warehouse, status="open").first()
    if waiting is not None:
        _add_lines(waiting, Balance.objects.filter(item=item, location__warehouse=warehouse))
        _forget_what_is_doubted(waiting)
        return {"count": waiting.pk, "code": waiting.code}
    count = _new(command, warehouse, item=item, reason=reason)
    _add_lines(count, Balance.objects.filter(item=item, location__warehouse=warehouse))
    record(command, "stock.count_ordered", count, item=item.code, warehouse=warehouse.code, reason=reason)
    return {"count": count.pk, "code": count.code}


@action(permission="stock.count")
def order_bin_count(command: Command, *, location_id: int, reason: str = "", items: Sequence[int] = ()) -> Reply:
    """Ask for a blind count of everything in a bin, or of some `items` in it.

    One of the bin that waits to be counted is the one that was asked for.
    Refuses: WrongWarehouse, OnItsWay. Records: stock.count_ordered. Locks: the bin.
    """
    place = Location.objects.select_related("warehouse").get(pk=location_id, warehouse__isnull=False)
    assert place.warehouse is not None
    ledger.must_work_in(command, place.warehouse)
    ledger.must_not_be_on_its_way(place)
    lying = Balance.objects.filter(models.Q(on_hand__gt=0) | models.Q(doubted_at__isnull=False), location=place)
    wanted = lying.filter(item__in=items) if items else lying
    Location.objects.select_for_update(no_key=True).get(pk=place.pk)  # of two who ask at once the second finds it
    count = Count.objects.filter(location=place, status="open").first()
    if count is None:
        count = _new(command, place.warehouse, location=place, reason=reason)
        record(command, "stock.count_ordered", count, bin=str(place), warehouse=place.warehouse.code, reason=reason)
    _add_lines(count, wanted)
    return {"count": count.pk, "code": count.code}


def _new(
    command: Command, warehouse: Warehouse, *, item: Item | None = None, location: Location | None = None, reason: str
) -> Count:
    return Count.objects.create(
        code=next_code("CT", command.at),
        item=item,
        location=location,
        warehouse=warehouse,
        reason=reason,
        made_at=command.at,
        made_by=command.actor,
    )


def _add_lines(count: Count, balances: models.QuerySet[Balance]) -> None:
    """Write a line for every one of the balances that the count has none for yet."""
    rows = balances.exclude(location__kind=Location.Kind.TRANSIT)
    lines = (
        CountLine(
            count=count, item_id=b.item_id, location_id=b.location_id, lot_id=b.lot_id, status=b.status, owner=b.owner
        )
        for b in rows.order_by("location__route", "location__code", "item__code", "lot__code", "status")
    )
    CountLine.objects.bulk_create(lines, ignore_conflicts=True)


def _forget_what_is_doubted(count: Count) -> None:
    for line in count.lines.filter(counted__isnull=False):
        if _balance(line).filter(doubted_at__gt=line.counted_at or count.made_at).exists():
            _forget([line])


# Counting


@action(permission="stock.count")
def enter_count(
    command: Command, *, count_id: int, figures: dict[int, Decimal], seen: dict[int, int] | None = None
) -> Reply:
    """Enter what was found: count line id → quantity. `seen`: line → the newest move there when the counter began.

    Refuses: NotNow, BadValue, WrongWarehouse, CountedBefore for who gave the figure that is to be counted again,
    MovedMeanwhile where something was booked since it was `seen`. Locks: the items of the lines.
    """
    count = Count.objects.select_related("warehouse", "item").get(pk=count_id)
    ledger.must_work_in(command, count.warehouse)
    wanted = {int(line_id): figure for line_id, figure in figures.items()}
    ledger.lock_items(count.lines.filter(pk__in=wanted).values_list("item_id", flat=True))
    lines = {line.pk: line for line in count.lines.filter(pk__in=wanted).select_related("location__warehouse", "item")}
    looked = {int(line_id): move for line_id, move in (seen or {}).items()}
    for line_id, figure in wanted.items():
        line = lines[line_id]
        if figure < 0:
            raise BadValue(field=str(line.location), problem=gettext_noop("below zero"))
        _must_be_another(command, line)
        if line_id in looked and newest_move_at(line) > looked[line_id]:
            raise MovedMeanwhile(location=line.location.code)
        _enter(command, line, figure)
    advance(count, "enter", lifecycle=COUNT)
    record(command, "stock.count_entered", count)
    return {"count": count.pk}


def _must_be_another(command: Command, line: CountLine) -> None:
    """Refuse who gave the figure that is to be counted again; one's own slip may be put right until it is handed in."""
    if line.counted is not None or not CountSettings.current().two_people:
        return
    last = line.figures.order_by("-id").first()
    if last is not None and last.by_id == command.actor.pk:
        raise CountedBefore(location=line.location.code)


def _enter(command: Command, line: CountLine, figure: Decimal) -> None:
    line.counted, line.recorded = figure, queries.recorded(line, item_id=line.item_id)
    line.counted_at, line.counted_by = command.at, command.actor
    line.after_move = Move.objects.filter(item=line.item_id).aggregate(newest=Max("id"))["newest"] or 0
    line.save(update_fields=["counted", "recorded", "counted_at", "counted_by", "after_move"])
    CountFigure.objects.create(line=line, counted=figure, recorded=line.recorded, at=command.at, by=command.actor)


def newest_move_at(line: CountLine) -> int:
    """Return the newest move into or out of the place of a count line; 0 where there was none."""
    moves = Move.objects.filter(item=line.item_id, lot=line.lot_id)
    here = models.Q(from_location=line.location_id) | models.Q(to_location=line.location_id)
    return moves.filter(here).aggregate(newest=Max("id"))["newest"] or 0


@action(permission="stock.count")
def add_count_line(
    command: Command, *, count_id: int, location_id: int | None = None, item_id: int | None = None, lot_code: str = ""
) -> Reply:
    """Add what the counter found although the record does not know it: a bin of the item, or an item in the bin.

    Refuses: NotNow, WrongWarehouse, OtherWarehouse, OnItsWay. Locks: the count.
    """
    count = Count.objects.select_for_update(of=("self",)).select_related("item", "warehouse").get(pk=count_id)
    ledger.must_work_in(command, count.warehouse)
    if count.status not in COUNT.sources("enter"):
        raise not_now(count)
    item = count.item or Item.objects.get(pk=item_id or 0)
    line, _made = CountLine.objects.get_or_create(
        count=count,
        item=item,
        location=ledger.place_in(count.warehouse, count.location_id or location_id or 0),
        lot=ledger.lot_of(item, lot_code),
        status=Status.OK,
        owner="",
    )
    return {"line": line.pk}


# Settling


@action(permission="stock.count")
def post_count(command: Command, *, count_id: int) -> Reply:
    """Hand a count in: what is within its tolerance is posted; else it is counted again, then waits for approval.

    Differences move against the place “count difference”. A bin whose record changed since its figure was entered
    keeps what came or went in between; what was booked in between but had happened before, the counter saw already. A
    difference that was posted in between is not posted again. A bin that somebody doubted after its figure was entered
    stays in doubt: the figure does not know what he saw. Where less was found than is allocated, the allocations of
    open pick lines there are reported with the fact, and taken back by whoever reacts to it. The reply's `outcome` is
    posted, recount or waiting.
    Refuses: CountStillOpen, NotNow, WrongWarehouse. Records: stock.count_posted, stock.count_recount or
    stock.count_waits. Locks: the items, then the count.
    """
    count, lines = _locked(command, count_id)
    if count.status not in ("open", "counted"):
        raise not_now(count)
    if any(line.counted is None for line in lines) or (count.item_id and not lines):
        raise CountStillOpen(count=count.code)
    beyond = _beyond(lines)
    again = [line for line in beyond if line.figures.values("by").distinct().count() < 2] if _two_people() else []
    again += [line for line in lines if _is_contradicted(line) and line not in again]
    if again:
        return _recount(command, count, again)
    if beyond:
        advance(count, "submit", lifecycle=COUNT)
        record(command, "stock.count_waits", count, wrong=len(beyond))
        return {"count": count.pk, "outcome": "waiting"}
    return _post(command, count, lines)


@action(permission="stock.adjust")
def approve_count(command: Command, *, count_id: int, why: str, note: str = "") -> Reply:
    """Let a difference beyond its tolerance be posted. `why` is one of `Count.Why`.

    What cannot be right any more, since more has left than was counted, is counted again instead (see `outcome`).
    Refuses: NotNow, WhyMissing, OwnFigure, WrongWarehouse. Records: stock.count_posted. Locks: the items, the count.
    """
    count, lines = _locked(command, count_id)
    if count.status != Count.State.WAITING:
        raise not_now(count)
    if why not in Count.Why.values:
        raise WhyMissing(count=count.code)
    if _two_people() and any(line.counted_by_id == command.actor.pk for line in _beyond(lines)):
        raise OwnFigure(count=count.code)
    again = [line for line in lines if _is_contradicted(line)]
    if again:
        return _recount(command, count, again)
    return _post(command, count, lines, approved_by=command.actor, why=why, note=note)


@action(permission="stock.adjust")
def refuse_count(command: Command, *, count_id: int, reason: str = "") -> Reply:
    """Have what is beyond its tolerance counted again, by another than who counted it last.

    Refuses: NotNow, WrongWarehouse. Records: stock.count_recount. Locks: the items, the count.
    """
    count, lines = _locked(command, count_id)
    if count.status != Count.State.WAITING:
        raise not_now(count)
    return _recount(command, count, _beyond(lines) or lines, reason=reason)


@action(permission="stock.adjust")
def cancel_count(command: Command, *, count_id: int, reason: str = "") -> Reply:
    """Give a count up; nothing is posted. Refuses: NotNow, DoubtNeedsCount, WrongWarehouse. Locks: the items."""
    count, lines = _locked(command, count_id)
    for line in lines:
        if _balance(line).exclude(doubted_at=None).exists():
            raise DoubtNeedsCount(count=count.code, location=line.location.code)
    advance(count, "cancel", lifecycle=COUNT)
    record(command, "stock.count_cancelled", count, reason=reason)
    return {"count": count.pk}


def _locked(command: Command, count_id: int) -> tuple[Count, list[CountLine]]:
    """Lock the items of a count, then the count itself, and return it with its lines as they are then."""
    count = Count.objects.select_related("warehouse").get(pk=count_id)
    ledger.must_work_in(command, count.warehouse)
    items = set(count.lines.values_list("item_id", flat=True)) | ({count.item_id} if count.item_id else set())
    ledger.lock_items(items)
    count = (
        Count.objects.select_for_update(no_key=True, of=("self",)).select_related("warehouse", "item").get(pk=count_id)
    )
    lines = list(count.lines.select_related("location", "lot", "item").order_by("id"))
    for line in lines:
        if line.recorded is not None:
            line.recorded += dated_before(line)
    if not {line.item_id for line in lines} <= items:
        raise CountStillOpen(count=count.code)  # somebody found one more item there a moment ago
    return count, lines


def _two_people() -> bool:
    return CountSettings.current().two_people


def _beyond(lines: Sequence[CountLine]) -> list[CountLine]:
    """Return the lines whose difference nobody but an approver may post."""
    limits = limits_of({line.item_id: line.item for line in lines}.values())
    return [line for line in lines if not limits[line.item_id].may_post(*_figures(line))]


def _figures(line: CountLine) -> tuple[Decimal, Decimal]:
    assert line.recorded is not None
    assert line.counted is not None
    return line.recorded, line.counted


def _is_contradicted(line: CountLine) -> bool:
    """Tell whether more has left since than was counted: the difference would take the record below zero."""
    recorded, counted = _figures(line)
    return counted < recorded and queries.recorded(line, item_id=line.item_id) + counted - recorded < 0


def _recount(command: Command, count: Count, again: Sequence[CountLine], *, reason: str = "") -> Reply:
    """Send lines back to be counted again, as blind as the first time."""
    _forget(again)
    advance(count, "recount", lifecycle=COUNT)
    bins = sorted({line.location.code for line in again})
    record(command, "stock.count_recount", count, bins=bins, reason=reason)
    return {"count": count.pk, "outcome": "recount", "bins": bins}


def _forget(lines: Iterable[CountLine]) -> None:
    """Let lines be without a figure again; the figures themselves stay written down."""
    CountLine.objects.filter(pk__in=[line.pk for line in lines]).update(
        counted=None, recorded=None, counted_at=None, counted_by=None
    )


def _post(command: Command, count: Count, lines: Sequence[CountLine], **decided: object) -> Reply:
    difference_id = ledger.outside(Location.Kind.COUNT_DIFFERENCE).pk
    limits = limits_of({line.item_id: line.item for line in lines}.values())
    postings, total, touched = [], ZERO, set()
    for line in lines:
        recorded, counted = _figures(line)
        change = counted - recorded
        total += change
        if change:
            postings.append(_difference(line, change, difference_id=difference_id))
            _tell_other_counts(count, line, change)
            touched.add(line.item_id)
        line.was_right = limits[line.item_id].is_right(recorded, counted)
    advance(count, "post", lifecycle=COUNT, posted_at=command.at, **decided)
    CountLine.objects.bulk_update(lines, ["was_right", "recorded"])
    ledger.post(command, postings, document=count)
    touched |= _lift_doubts(count, lines)
    told = {"item": count.item.code, "difference": str(total)} if count.item else {}
    record(command, "stock.count_posted", count, **told, wrong_bins=len(postings), items=sorted(touched))
    return {"count": count.pk, "outcome": "posted", "difference": str(total), "wrong": len(postings)}


def _lift_doubts(count: Count, lines: Sequence[CountLine]) -> set[int]:
    """Believe the record again where it was counted after it was doubted; return the items that are back in use."""
    lifted = set()
    for line in lines:
        if _balance(line).filter(doubted_at__lte=line.counted_at or count.made_at).update(doubted_at=None):
            lifted.add(line.item_id)
    return lifted


def _same_place(line: CountLine) -> models.Q:
    return models.Q(item=line.item_id, location=line.location_id, lot=line.lot_id, status=line.status, owner=line.owner)


def _balance(line: CountLine) -> models.QuerySet[Balance]:
    return Balance.objects.filter(_same_place(line))


def _tell_other_counts(count: Count, line: CountLine, change: Decimal) -> None:
    """Let a figure that waits to be posted elsewhere be compared with the record as it is from now on."""
    waiting = CountLine.objects.filter(_same_place(line), count__status__in=UNDER_WAY, recorded__isnull=False)
    waiting.exclude(count=count).update(recorded=models.F("recorded") + change)


def _difference(line: CountLine, change: Decimal, *, difference_id: int) -> Line:
    source, target = (difference_id, line.location_id) if change > 0 else (line.location_id, difference_id)
    released = ZERO
    if change < 0:
        balance = _balance(line).get()
        released = max(balance.allocated - (balance.on_hand + change), ZERO)
    return Line(line.item_id, line.lot_id, source, target, abs(change), line.status, line.status, line.owner, released)

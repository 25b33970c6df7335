"""Picking for several work orders on one walk."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from qitao.accounts.models import User
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.models import CommandRecord, Fact
from qitao.journal.numbers import next_code
from qitao.kernel.quantity import ZERO, plain
from qitao.kernel.refusal import BadValue, Gone
from qitao.kernel.words import gettext_noop
from qitao.picking import actions as picking
from qitao.picking import filling, stops
from qitao.picking.models import PickLine, PickList, Wave
from qitao.picking.queries import WORKING
from qitao.picking.refusals import (
    AlreadyPicked,
    MoreThanLine,
    NothingToDivide,
    NothingTogether,
    WrongBin,
    WrongItem,
)
from qitao.stock import ledger
from qitao.stock.models import Balance, Warehouse

# Making and dividing


@action(permission="picking.make")
def make(command: Command, *, pick_list_ids: Sequence[int]) -> Reply:
    """Let what these lists have to pick, and is on no walk yet, be picked on one walk – one a warehouse.

    Refuses: NothingTogether, WrongWarehouse. Records: picking.wave_made. Locks: the items on the lists.
    """
    lists = PickList.objects.filter(pk__in=pick_list_ids, status__in=WORKING)
    homes = {
        each.warehouse_id: each.warehouse for each in lists.select_related("warehouse").order_by("warehouse__code")
    }
    for home in homes.values():
        ledger.must_work_in(command, home)
    loose = PickLine.objects.filter(pick_list__in=lists, status="open", wave=None)
    ledger.lock_items(loose.values_list("item_id", flat=True))
    made = []
    for home in homes.values():
        lines = list(loose.filter(pick_list__warehouse=home).order_by("pk").values_list("pk", "pick_list__code"))
        if lines:
            wave = _new(command, home, [pk for pk, _ in lines])
            record(command, "picking.wave_made", wave, lists=sorted({code for _, code in lines}), lines=len(lines))
            made.append(wave)
    if not made:
        raise NothingTogether
    return {"waves": [wave.pk for wave in made], "codes": [wave.code for wave in made]}


def _new(
    command: Command, home: Warehouse, line_ids: Iterable[int], *, zone: str = "", picker: User | None = None
) -> Wave:
    wave = Wave.objects.create(
        code=next_code("WV", command.at),
        warehouse=home,
        zone=zone,
        picker=picker,
        made_at=command.at,
        made_by=command.actor,
    )
    PickLine.objects.filter(pk__in=line_ids).update(wave=wave)
    return wave


@action(permission="picking.make")
def divide(command: Command, *, wave_id: int, by: str, most: int = 0, picker_ids: Sequence[int] = ()) -> Reply:
    """Divide what a wave has still to pick: `by` zone, by at most `most` takes each, or among pickers.

    A bin is never torn apart. The wave keeps the first part; among pickers each gets one, in the order of the walk.
    Refuses: NothingToDivide, BadValue, WrongWarehouse. Records: picking.wave_divided. Locks: the items on the walk.
    """
    wave = _wave(command, wave_id)
    ledger.lock_items(wave.lines.filter(status="open").values_list("item_id", flat=True))
    pickers = [User.objects.get(pk=pk) for pk in picker_ids]
    parts = _parts(stops.takes(wave), by=by, most=most, pickers=len(pickers))
    if not parts or (len(parts) == 1 and by != "pickers"):
        raise NothingToDivide(wave=wave.code)
    codes = []
    for place, (zone, part) in enumerate(parts):
        lines = [tote.line.pk for take in part for tote in take.totes if tote.line.status == PickLine.State.OPEN]
        picker = pickers[place] if pickers else wave.picker
        if place == 0:
            Wave.objects.filter(pk=wave.pk).update(zone=zone or wave.zone, picker=picker)
            codes.append(wave.code)
        else:
            codes.append(_new(command, wave.warehouse, lines, zone=zone or wave.zone, picker=picker).code)
    record(command, "picking.wave_divided", wave, into=codes, by=by)
    return {"codes": codes}


def _parts(takes: list[stops.Take], *, by: str, most: int, pickers: int) -> list[tuple[str, list[stops.Take]]]:
    """Return zone and takes of each part; the takes of one bin stay together."""
    bins: dict[int, list[stops.Take]] = defaultdict(list)
    for take in takes:
        if take.is_open:
            bins[take.location.pk].append(take)
    rows = list(bins.values())
    match by:
        case "zone":
            zones: dict[str, list[stops.Take]] = defaultdict(list)
            for row in rows:
                zones[stops.zone_of(row[0].location.code)] += row
            return list(zones.items())
        case "lines" if most > 0:
            return [("", part) for part in _filled(rows, most)]
        case "pickers" if pickers > 0:
            count = sum(map(len, rows))
            return [("", part) for part in _filled(rows, -(-count // pickers))][:pickers]
    raise BadValue(field=gettext_noop("division"), problem=gettext_noop("is none of the choices"))


def _filled(rows: list[list[stops.Take]], most: int) -> list[list[stops.Take]]:
    """Return parts of at most `most` takes each, in the order of the walk; a bin that alone has more is one part."""
    parts: list[list[stops.Take]] = []
    for row in rows:
        if parts and len(parts[-1]) + len(row) <= most:
            parts[-1] += row
        else:
            parts.append(list(row))
    return parts


@action(permission="picking.make")
def dissolve(command: Command, *, wave_id: int) -> Reply:
    """Let what a wave has still to pick be picked by the lists of its work orders.

    Refuses: NothingTogether where nothing is left, WrongWarehouse. Records: picking.wave_dissolved.
    Locks: the items on the walk.
    """
    wave = _wave(command, wave_id)
    left = wave.lines.filter(status="open")
    ledger.lock_items(left.values_list("item_id", flat=True))
    lines = left.update(wave=None)
    if not lines:
        raise AlreadyPicked(state=PickList.State.DONE.label)
    record(command, "picking.wave_dissolved", wave, lines=lines)
    return {"lines": lines}


def _wave(command: Command, wave_id: int) -> Wave:
    wave = Wave.objects.select_related("warehouse", "picker").get(pk=wave_id)
    ledger.must_work_in(command, wave.warehouse)
    return wave


def join(command: Command, fact: Fact) -> None:
    """Let what comes onto a list whose lines are on a walk still open be taken on it, in its rack if it has one."""
    loose = list(
        PickLine.objects.filter(pick_list=fact.subject_id, status="open", wave=None).select_related("location")
    )
    if not loose:
        return
    walks = list(stops.open_waves().filter(pk__in=Wave.objects.filter(lines__pick_list=fact.subject_id)))
    for line in loose:
        zone = stops.zone_of(line.location.code)
        fitting = sorted(walks, key=lambda wave: (wave.zone != zone, wave.zone != "", wave.pk))
        if fitting:
            PickLine.objects.filter(pk=line.pk).update(wave=fitting[0])


# Picking


@action(permission="picking.pick")
def confirm(
    command: Command,
    *,
    wave_id: int,
    balance_id: int,
    quantity: Decimal,
    scanned_location: str = "",
    scanned_item: str = "",
    pick_line_id: int | None = None,
) -> Reply:
    """Confirm that `quantity` of what lies in a bin was taken, for all who want some of it or for one line only.

    Less than all want is shared by rank. Refuses: AlreadyPicked, MoreThanLine, WrongBin, WrongItem, WrongWarehouse,
    BadValue. Records: picking.picked for each line, picking.wave_picked. Locks: the item, the lists.
    """
    wave, balance = _wave(command, wave_id), _locked(balance_id)
    _must_match(balance, scanned_location, scanned_item)
    lines = _open_at(wave, balance, only=pick_line_id)
    wanted = sum((line.open_quantity for line in lines), ZERO)
    if quantity <= 0:
        raise BadValue(field=gettext_noop("quantity"), problem=gettext_noop("must be above zero"))
    if quantity > wanted:
        raise MoreThanLine(asked=plain(quantity), open=plain(wanted))
    moves = _take(command, stops.share(lines, quantity))
    _begin(command, wave)
    record(command, "picking.wave_picked", wave, item=balance.item.code, quantity=str(quantity))
    return {"moves": moves, "open": str(wanted - quantity)}


def _take(command: Command, shares: dict[int, Decimal]) -> dict[int, int]:
    taken = picking.confirm_lines(command, quantities=shares)
    return {int(line): move for line, move in taken["moves"].items()}


def _locked(balance_id: int) -> Balance:
    ledger.lock_items([Balance.objects.values_list("item_id", flat=True).get(pk=balance_id)])
    return Balance.objects.select_related("item", "lot", "location__warehouse").get(pk=balance_id)


def _must_match(balance: Balance, scanned_location: str, scanned_item: str) -> None:
    place = balance.location
    if scanned_location and scanned_location not in (place.code, str(place)):
        raise WrongBin(scanned=scanned_location, location=place.code)
    if scanned_item and scanned_item not in (balance.item.code, balance.lot.code):
        raise WrongItem(scanned=scanned_item, item=balance.item.code)


def _open_at(wave: Wave, balance: Balance, *, only: int | None = None) -> list[PickLine]:
    lines = [line for line in stops.open_at(wave, balance) if only is None or line.pk == only]
    if not lines:
        raise AlreadyPicked(state=PickLine.State.PICKED.label)
    return lines


def _begin(command: Command, wave: Wave) -> None:
    Wave.objects.filter(pk=wave.pk, picker=None).update(picker=command.actor)


@action(permission="picking.pick")
def undo(command: Command, *, wave_id: int, taken_by: uuid.UUID) -> Reply:
    """Take back within ten minutes what one `confirm` took, for all of them.

    Refuses: Gone, TooLateToUndo, NotUndone, NothingToReverse, WrongWarehouse. Records: picking.undone for each line,
    picking.wave_undone. Locks: the item.
    """
    wave = _wave(command, wave_id)
    name = confirm.action_name  # type: ignore[attr-defined]
    done = CommandRecord.objects.filter(pk=taken_by, action=name).first()
    moves = {int(line): move for line, move in done.reply["moves"].items()} if done else {}
    rows = PickLine.objects.filter(pk__in=moves, wave=wave).order_by("pick_list_id", "id")
    ledger.lock_items(rows.values_list("item_id", flat=True))
    lines = list(rows.select_related("item"))
    if not lines or len(lines) < len(moves):
        raise Gone(what="pick")
    for line in lines:
        picking.undo(command, move_id=moves[line.pk], pick_line_id=line.pk)
    record(command, "picking.wave_undone", wave, item=lines[0].item.code, taken_by=str(taken_by))
    return {"pick_lines": [line.pk for line in lines]}


@action(permission="picking.pick")
def report_short(
    command: Command, *, wave_id: int, balance_id: int, found: Decimal, reason: str, note: str = ""
) -> Reply:
    """Report that a bin holds less than the walk wants of it: what was found goes to the first served.

    What the others miss is looked for in other bins at once and comes onto the walk; for what is nowhere a case opens.
    Refuses: AlreadyPicked, MoreThanLine, WrongWarehouse. Records: picking.picked, picking.short, picking.filled,
    picking.wave_short. Locks: the item, the work orders, their lists.
    """
    wave, balance = _wave(command, wave_id), _locked(balance_id)
    lines = _open_at(wave, balance)
    filling.lock_orders(lines)
    wanted = sum((line.open_quantity for line in lines), ZERO)
    if not 0 <= found < wanted:
        raise MoreThanLine(asked=plain(found), open=plain(wanted))
    shares = stops.share(lines, found)
    whole = {line.pk: line.open_quantity for line in lines if shares.get(line.pk) == line.open_quantity}
    if whole:
        _take(command, whole)
    missed = [line for line in lines if line.pk not in whole]
    for line in missed:
        part = shares.get(line.pk, ZERO)
        picking.report_short(command, pick_line_id=line.pk, found=part, reason=reason, note=note)
    lacks = _look_elsewhere(command, balance, missed)
    _begin(command, wave)
    record(
        command,
        "picking.wave_short",
        wave,
        item=balance.item.code,
        missing=str(wanted - found),
        lacking=str(lacks),
        reason=reason,
    )
    return {"missing": str(wanted - found), "lacking": str(lacks)}


def _look_elsewhere(command: Command, balance: Balance, missed: list[PickLine]) -> Decimal:
    """Put other bins on the lists of those who missed something; open cases for the rest; return how much that is."""
    orders = {line.requirement.work_order_id: line.requirement.work_order for line in missed}
    for order in orders.values():
        filling.fill(command, order, items=[balance.item_id])
    told = {line.requirement_id for line in missed}
    lacks = [row for row in stops.lacking(list(orders.values())) if row.requirement.pk in told]
    covered = Fact.objects.filter(command_id=command.id, kind="picking.short", data__covered=True)
    believed = {fact.data["requirement"] for fact in covered}
    for row in lacks:
        if row.requirement.pk in believed:  # another one took what lay there
            picking.report_missing(command, requirement_id=row.requirement.pk)
    return sum((row.quantity for row in lacks), ZERO)

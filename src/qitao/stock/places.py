"""Warehouses, bins and lanes as people keep them by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from django.db.models import Max

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.records import keep
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop
from qitao.stock import ledger
from qitao.stock.models import Balance, Lane, Location, Move, Transfer, Warehouse

MOST_BINS = 5000
STEP = 10  # between two bins' places on the walk, so that others fit in between


class BadPattern(Refusal):
    reason = gettext_noop("“{first}” … “{last}” is no series of bins: {problem}.")
    remedy = gettext_noop("Write the first and the last bin alike, such as A-01-1 and A-12-5.")
    status = 422


class SiteHasStock(Refusal):
    reason = gettext_noop("{warehouse} cannot go to another site: stock lies in it, or is on its way.")
    remedy = gettext_noop("Empty it by transfers first.")


class BinInUse(Refusal):
    reason = gettext_noop("Bin {bin} cannot be removed: it holds stock or stock has moved through it.")
    remedy = gettext_noop("Leave it; its history needs it.")


class KindHoldsStock(Refusal):
    reason = gettext_noop("Bin {bin} cannot become “{kind}” while stock lies in it.")
    remedy = gettext_noop("Move the stock elsewhere first.")


class SameWarehouse(Refusal):
    reason = gettext_noop("A lane leads from one warehouse to another.")
    remedy = gettext_noop("Choose two different ones.")
    status = 422


# Warehouses


@action(permission="stock.places")
def keep_warehouse(command: Command, *, values: dict[str, Any], warehouse_id: int | None = None) -> Reply:
    """Make or change a warehouse; a new one gets its receiving area, so that goods can come in at once.

    Refuses: WrongWarehouse, SiteHasStock, CodeTaken, BadValue. Records: stock.warehouse_kept.
    """
    if warehouse_id is None:
        warehouse = Warehouse()
        keep(command, warehouse, values, kind="stock.warehouse_kept")
        Location.objects.create(warehouse=warehouse, code="IN", kind=Location.Kind.RECEIVING, route=0)
        return {"warehouse": warehouse.pk, "code": warehouse.code}
    warehouse = Warehouse.objects.select_for_update().get(pk=warehouse_id)
    ledger.must_work_in(command, warehouse)
    if values.get("site_id", warehouse.site_id) != warehouse.site_id and _is_in_use(warehouse):
        raise SiteHasStock(warehouse=warehouse.code)
    keep(command, warehouse, values, kind="stock.warehouse_kept")
    return {"warehouse": warehouse.pk, "code": warehouse.code}


def _is_in_use(warehouse: Warehouse) -> bool:
    moving = Transfer.objects.filter(status__in=("planned", "in_transit"))
    return (
        Balance.objects.filter(location__warehouse=warehouse, on_hand__gt=0).exists()
        or moving.filter(from_warehouse=warehouse).exists()
        or moving.filter(to_warehouse=warehouse).exists()
    )


# Bins


@action(permission="stock.places")
def keep_bin(command: Command, *, warehouse_id: int, values: dict[str, Any], bin_id: int | None = None) -> Reply:
    """Make a bin, or change its name, kind or place on the walk.

    Refuses: WrongWarehouse, KindHoldsStock, CodeTaken, BadValue. Records: stock.bin_kept.
    """
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    ledger.must_work_in(command, warehouse)
    kind = values.get("kind")
    if kind is not None and kind not in Location.STORED:
        raise BadValue(field="kind", problem=gettext_noop("is none of the choices"))
    place = Location.objects.get(pk=bin_id, warehouse=warehouse) if bin_id else Location(warehouse=warehouse)
    if place.pk and kind not in (None, place.kind) and Balance.objects.filter(location=place, on_hand__gt=0).exists():
        raise KindHoldsStock(bin=place.code, kind=Location.Kind(kind).label)
    keep(command, place, values, kind="stock.bin_kept")
    return {"bin": place.pk}


@action(permission="stock.places")
def remove_bin(command: Command, *, bin_id: int) -> Reply:
    """Remove a bin that was never used. Refuses: WrongWarehouse, BinInUse. Records: stock.bin_removed."""
    place = Location.objects.select_related("warehouse").get(pk=bin_id, warehouse__isnull=False)
    assert place.warehouse is not None
    ledger.must_work_in(command, place.warehouse)
    moved = Move.objects.filter(from_location=place).exists() or Move.objects.filter(to_location=place).exists()
    if moved or Balance.objects.filter(location=place).exists():
        raise BinInUse(bin=place.code)
    record(command, "stock.bin_removed", place.warehouse, code=place.code)
    place.delete()
    return {"warehouse": place.warehouse_id}


@action(permission="stock.places")
def make_bins(command: Command, *, warehouse_id: int, first: str, last: str) -> Reply:
    """Make every bin from `first` to `last`, in the order of the walk; those that are there stay as they are.

    Refuses: WrongWarehouse, BadPattern. Records: stock.bins_made.
    """
    warehouse = Warehouse.objects.select_for_update().get(pk=warehouse_id)
    ledger.must_work_in(command, warehouse)
    codes = series(first.strip(), last.strip())
    there = set(warehouse.locations.filter(code__in=codes).values_list("code", flat=True))
    start = warehouse.locations.aggregate(last=Max("route"))["last"] or 0
    new = [code for code in codes if code not in there]
    Location.objects.bulk_create(
        Location(warehouse=warehouse, code=code, route=start + STEP * place) for place, code in enumerate(new, start=1)
    )
    record(command, "stock.bins_made", warehouse, first=first, last=last, made=len(new), there=len(there))
    return {"made": len(new), "there": len(there)}


def series(first: str, last: str) -> list[str]:
    """Return the bins from `first` to `last`: each number or single letter that differs runs over its range.

    >>> series("A-01-1", "A-02-2")
    ['A-01-1', 'A-01-2', 'A-02-1', 'A-02-2']
    """
    ours, theirs = _parts(first), _parts(last)
    if not first or [kind for kind, _ in ours] != [kind for kind, _ in theirs]:
        raise BadPattern(first=first, last=last, problem=gettext_noop("they are not written alike"))
    ranges = []
    count = 1
    for (kind, one), (_, other) in zip(ours, theirs, strict=True):
        steps = list(_range(kind, one, other))
        if not steps:
            raise BadPattern(first=first, last=last, problem=gettext_noop("the last comes before the first"))
        ranges.append(steps)
        count *= len(steps)
        if count > MOST_BINS:
            raise BadPattern(first=first, last=last, problem=gettext_noop("it has more than 5,000 bins"))
    return ["".join(each) for each in product(*ranges)]


def _parts(code: str) -> list[tuple[str, str]]:
    """Cut a bin's code into numbers, single letters that stand alone, and what lies between."""
    found: list[tuple[str, str]] = []
    for part in re.findall(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]+", code):
        kind = "number" if part.isdecimal() else "letter" if part.isalpha() and len(part) == 1 else f"text:{part}"
        found.append((kind, part))
    return found


def _range(kind: str, one: str, other: str) -> Iterator[str]:
    if kind == "number":
        if int(other) - int(one) > MOST_BINS:
            yield from (one,) * (MOST_BINS + 1)  # too many; the caller says so
        else:
            yield from (f"{number:0{len(one)}d}" for number in range(int(one), int(other) + 1))
    elif kind == "letter":
        yield from (chr(letter) for letter in range(ord(one), ord(other) + 1) if chr(letter).isalpha())
    else:
        yield one


# Lanes


@action(permission="stock.places")
def keep_lane(
    command: Command,
    *,
    from_warehouse_id: int,
    to_warehouse_id: int,
    values: dict[str, Any],
    item_id: int | None = None,
) -> Reply:
    """Say how many days a transfer takes between two warehouses, and what it costs – of one item, or of all.

    Refuses: SameWarehouse, BadValue. Records: stock.lane_kept.
    """
    if from_warehouse_id == to_warehouse_id:
        raise SameWarehouse
    key = {"from_warehouse_id": from_warehouse_id, "to_warehouse_id": to_warehouse_id, "item_id": item_id}
    lane = Lane.objects.filter(**key).first() or Lane(**key)
    keep(command, lane, values, kind="stock.lane_kept")
    return {"lane": lane.pk}


@action(permission="stock.places")
def remove_lane(command: Command, *, lane_id: int) -> Reply:
    """Let there be no transfer between two warehouses any more. Records: stock.lane_removed."""
    lane = Lane.objects.select_related("from_warehouse", "to_warehouse").get(pk=lane_id)
    record(command, "stock.lane_removed", lane.from_warehouse, to=lane.to_warehouse.code, days=lane.days)
    lane.delete()
    return {"lane": lane_id}

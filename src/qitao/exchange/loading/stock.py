"""Writing balances, transit and reservations – through the ledger, like everything that touches stock."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from qitao.catalog.models import Item
from qitao.exchange import dataset, exporting
from qitao.exchange.dataset import ZERO, Dataset, Row
from qitao.exchange.loading.documents import first_warehouse
from qitao.exchange.loading.master import DEFAULT_BIN
from qitao.exchange.loading.upsert import BATCH, Loading, any_of, shown
from qitao.exchange.models import Import
from qitao.exchange.report import say
from qitao.kernel.words import gettext_noop
from qitao.production.models import Requirement
from qitao.sales.models import SalesOrderLine
from qitao.stock import actions, ledger
from qitao.stock.models import Balance, Lot, Move, Reservation, Status, Transfer, TransferLine, Warehouse
from qitao.stock.refusals import NotEnoughToReserve

Key = tuple[int, int, int, str, str]  # item, location, lot, status, owner
Totals = dict[Key, Decimal]
NO_LOT = 0  # a lot that is not here, of an item that is only compared


def write(loading: Loading, data: Dataset, document: Import) -> None:
    """Open the balances of items the ledger does not know yet, what is in transit, and the reservations."""
    items = loading.ids["items"]
    touched = {items[row.item] for row in data.stock}
    touched |= {items[row.item] for row in data.transfers} | {items[row.item] for row in data.reservations}
    if not touched:
        return
    ledger.lock_items(touched)
    known = set(Move.objects.filter(item_id__in=any_of(touched)).values_list("item_id", flat=True).distinct())
    lots = _lots(loading, data, known)
    opening = _compare(loading, data, lots, known)
    on_the_way = _transfers(loading, data, lots)
    for key, quantity in on_the_way.items():
        opening[key] = opening.get(key, ZERO) + quantity
    lines = [_line(key, quantity) for key, quantity in opening.items()]
    if lines:
        actions.open_balances(loading.command, lines=lines, document=document)
    _reservations(loading, data)


def _line(key: Key, quantity: Decimal) -> dict[str, Any]:
    item, location, lot, status, owner = key
    return {
        "item_id": item,
        "location_id": location,
        "lot_id": lot,
        "status": status,
        "owner": owner,
        "quantity": quantity,
    }


def _lots(loading: Loading, data: Dataset, known: set[int]) -> dict[tuple[int, str], int]:
    """Return the lots of the items of stock and transfers, making those that something will lie in."""
    items = loading.ids["items"]
    arriving = _new_transfers(data)
    touched = {items[row.item] for row in data.stock} | {items[row.item] for row in arriving}
    wanted: dict[tuple[int, str], Lot] = {}
    for row in data.stock:
        if items[row.item] in known:
            continue
        mark = (items[row.item], row.lot)
        wanted.setdefault(
            mark,
            Lot(
                item_id=mark[0],
                code=row.lot,
                expires_on=row.expires_on,
                received_on=row.received_on if row.lot else None,
                supplier_code=row.supplier,
            ),
        )
    for transfer in arriving:
        mark = (items[transfer.item], transfer.lot)
        wanted.setdefault(mark, Lot(item_id=mark[0], code=transfer.lot))
    Lot.objects.bulk_create(wanted.values(), batch_size=BATCH, ignore_conflicts=True)
    here = Lot.objects.filter(item_id__in=any_of(touched)).values_list("item_id", "code", "id")
    return {(item, code): number for item, code, number in here}


def _compare(loading: Loading, data: Dataset, lots: dict[tuple[int, str], int], known: set[int]) -> Totals:
    """Return what to open. An item that has moved here is counted by the ledger: it is only compared."""
    totals: Totals = defaultdict(lambda: ZERO)
    rows: dict[Key, dataset.Stock] = {}
    items, binned = loading.ids["items"], loading.says("stock", "location")
    if not binned:
        _compare_by_warehouse(loading, data, known)
    for row in data.stock:
        if items[row.item] in known and not binned:
            continue
        key = _key(loading, data, row, lots)
        totals[key] += row.quantity
        rows.setdefault(key, row)
    opening: Totals = {}
    outcome = loading.report.outcome("stock")
    here = {
        (one.item_id, one.location_id, one.lot_id, one.status, one.owner): one.on_hand
        for one in Balance.objects.filter(item_id__in=any_of(known))
    }
    for key, quantity in totals.items():
        if key[0] not in known:
            outcome.created += bool(quantity)
            if quantity:
                opening[key] = quantity
        elif here.get(key, ZERO) == quantity:
            outcome.unchanged += 1
        else:
            outcome.conflicts += 1
            _conflict(loading, rows[key], here.get(key, ZERO), quantity)
    return opening


def _compare_by_warehouse(loading: Loading, data: Dataset, known: set[int]) -> None:
    """Compare what a source without bins says of items that are counted here with what an export would say of them."""
    said = [name for name in ("warehouse", "lot", "status", "expires_on") if loading.says("stock", name)]
    items = loading.ids["items"]
    there: Counter[tuple[str, ...]] = Counter()
    rows: dict[tuple[str, ...], dataset.Stock] = {}
    for row in data.stock:
        if items[row.item] in known:
            place = replace(row, warehouse=row.warehouse or first_warehouse(data))
            mark = (row.item, *(shown(getattr(place, name)) for name in said))
            there[mark] += row.quantity  # type: ignore[assignment]
            rows.setdefault(mark, row)
    here: Counter[tuple[str, ...]] = Counter()
    for one in exporting.balances(known):
        here[one["item"], *(shown(one[name]) for name in said)] += one["quantity"]
    outcome = loading.report.outcome("stock")
    for mark, row in rows.items():
        if here[mark] == there[mark]:
            outcome.unchanged += 1
        else:
            outcome.conflicts += 1
            _conflict(loading, row, Decimal(here[mark]), Decimal(there[mark]))


def _key(loading: Loading, data: Dataset, row: dataset.Stock, lots: dict[tuple[int, str], int]) -> Key:
    item = loading.ids["items"][row.item]
    warehouse = loading.ids["warehouses"][row.warehouse or first_warehouse(data)]
    location = loading.ids["locations"][warehouse, row.location or DEFAULT_BIN]
    return item, location, lots.get((item, row.lot), NO_LOT), row.status, row.owner


def _conflict(loading: Loading, row: dataset.Stock, here: Decimal, there: Decimal) -> None:
    place = " / ".join(part for part in (row.warehouse, row.location, row.lot) if part)
    what = f"{row.item} {place}".strip()
    loading.report.conflict(row.where, what, column="quantity", here=shown(here), there=shown(there))


def _new_transfers(data: Dataset) -> list[dataset.Transfer]:
    here = set(Transfer.objects.values_list("code", flat=True)) if data.transfers else set()
    return [row for row in data.transfers if row.code not in here]


def _transfers(loading: Loading, data: Dataset, lots: dict[tuple[int, str], int]) -> Totals:
    """Write the transfers that are new and return what they have on the way."""
    arriving = _new_transfers(data)
    outcome = loading.report.outcome("transfers")
    outcome.unchanged += len(data.transfers) - len(arriving)
    on_the_way: Totals = defaultdict(lambda: ZERO)
    made: dict[str, Transfer] = {}
    for row in arriving:
        transfer = made.get(row.code) or made.setdefault(row.code, _transfer(loading, row))
        item = loading.ids["items"][row.item]
        source = loading.ids["locations"][transfer.from_warehouse_id, DEFAULT_BIN]
        lot = lots[item, row.lot]
        TransferLine.objects.create(
            transfer=transfer, item_id=item, lot_id=lot, from_location_id=source, quantity=row.quantity
        )
        road = ledger.transit_to(transfer.to_warehouse)
        on_the_way[item, road.pk, lot, Status.OK.value, ""] += row.quantity
        outcome.created += 1
    return on_the_way


def _transfer(loading: Loading, row: dataset.Transfer) -> Transfer:
    warehouses = loading.ids["warehouses"]
    return Transfer.objects.create(
        code=row.code,
        from_warehouse_id=warehouses[row.from_warehouse],
        to_warehouse_id=warehouses[row.to_warehouse],
        status=Transfer.State.IN_TRANSIT,
        due_on=row.due_on,
        made_at=loading.at,
        made_by=loading.command.actor,
    )


def _reservations(loading: Loading, data: Dataset) -> None:
    """Reserve for the holders what the rows claim; claims of documents that were here before are left alone."""
    claims: dict[tuple[str, int, str, str], list[dataset.Reservation]] = defaultdict(list)
    holders: dict[tuple[str, int], Requirement | SalesOrderLine] = {}
    requirements = _requirement_of(data.reservations)
    for row in data.reservations:
        holder = requirements.get((row.order, row.component or row.item)) if row.order else _sales_line(loading, row)
        if holder is None:
            _not_reserved(loading, row, gettext_noop("Nothing requires the item there."))
            continue
        mark = (holder._meta.label_lower, holder.pk)
        holders[mark] = holder
        claims[(*mark, row.item, row.warehouse or first_warehouse(data))].append(row)
    named = any_of({row.item for row in data.reservations}, kind="text")
    items = {item.code: item for item in Item.objects.filter(code__in=named)}
    warehouses = {one.code: one for one in Warehouse.objects.all()}
    for (kind, number, item, warehouse), rows in claims.items():
        _reserve(loading, holders[kind, number], items[item], warehouses[warehouse], rows)


def _requirement_of(rows: Iterable[dataset.Reservation]) -> dict[tuple[str, str], Requirement]:
    """Return the requirement of a work order for a component; of several the first."""
    codes = {row.order for row in rows if row.order}
    lines = Requirement.objects.filter(work_order__code__in=any_of(codes, kind="text")).select_related(
        "work_order", "item"
    )
    found: dict[tuple[str, str], Requirement] = {}
    for line in lines.order_by("work_order_id", "position"):
        found.setdefault((line.work_order.code, line.item.code), line)
    return found


def _sales_line(loading: Loading, row: dataset.Reservation) -> SalesOrderLine | None:
    return SalesOrderLine.objects.filter(order__code=row.sales_order, line=row.sales_line).first()


def _reserve(
    loading: Loading,
    holder: Requirement | SalesOrderLine,
    item: Item,
    warehouse: Warehouse,
    rows: list[dataset.Reservation],
) -> None:
    outcome = loading.report.outcome("reservations")
    quantity = sum((row.quantity for row in rows), ZERO)
    here = Reservation.objects.filter(
        item=item,
        warehouse=warehouse,
        holder=holder._meta.label_lower,
        holder_id=holder.pk,
        supply=Reservation.Supply.STOCK,
    ).first()
    if here is not None or not _is_new(loading, holder):
        held = here.quantity if here else ZERO
        outcome.unchanged += held == quantity
        outcome.conflicts += held != quantity
        if held != quantity:
            what = f"{holder} · {item.code}"
            loading.report.conflict(rows[0].where, what, column="quantity", here=shown(held), there=shown(quantity))
        return
    try:
        ledger.reserve(loading.command, item=item, warehouse=warehouse, quantity=quantity, holder=holder)
        outcome.created += 1
    except NotEnoughToReserve as refusal:
        for row in rows:
            loading.report.skip(row.where, say(refusal.reason, **refusal.facts), what=f"{holder} · {item.code}")


def _is_new(loading: Loading, holder: Requirement | SalesOrderLine) -> bool:
    if isinstance(holder, Requirement):
        return holder.work_order.code in loading.new["work_orders"]
    return holder.order.code in loading.new["sales_orders"]


def _not_reserved(loading: Loading, row: Row, why: str) -> None:
    loading.report.skip(row.where, say(why), what=getattr(row, "item", ""))

"""Lists that re-plan themselves: stock moved, counted down, blocked or expired under open picks and planned transfers.

Inside an action, the items locked. Whoever loses his stock is served from what else lies in the warehouse before
anybody else, the first served first; what is nowhere is taken back, and lacks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet

from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.lifecycle import advance
from qitao.kernel.quantity import ZERO
from qitao.picking import filling
from qitao.picking.models import PickLine
from qitao.picking.queries import lacking
from qitao.stock import ledger
from qitao.stock import queries as stock
from qitao.stock.models import TRANSFER, Balance, TransferLine

LINE_SHOWS = ("pick_list", "item", "location", "requirement__work_order__warehouse")


@dataclass(frozen=True, slots=True)
class Loss:
    """A pick line that lost its stock, and how much of it."""

    line: PickLine
    quantity: Decimal


def replan(command: Command, item_ids: Iterable[int], *, warehouse_id: int) -> None:
    """Let picks and planned transfers of these items that nothing stands behind any more be served from elsewhere.

    Records: picking.replanned for each line. The items must be locked; locks the work orders and their lists.
    """
    for item_id in item_ids:
        losses = _drop(item_id=item_id, warehouse_id=warehouse_id)
        _move_transfers(command, item_id=item_id, warehouse_id=warehouse_id)
        _serve(command, losses)


def _drop(*, item_id: int, warehouse_id: int) -> list[Loss]:
    """Cut open pick lines of bins where less is allocated than they ask, the last served first; return the losses."""
    lines = list(
        PickLine.objects.filter(status="open", item=item_id, location__warehouse=warehouse_id)
        .select_related(*LINE_SHOWS)
        .order_by("-requirement__work_order__rank", "-id")
    )
    losses = []
    for line in lines:
        excess = _unbacked(line)
        if excess > 0:
            losses.append(Loss(line, min(excess, line.open_quantity)))
            left = line.open_quantity - losses[-1].quantity
            PickLine.objects.filter(pk=line.pk).update(
                quantity=line.picked + left if line.picked + left else F("quantity"),
                status="open" if left else "short",
            )
    return losses


def _unbacked(place: PickLine | TransferLine) -> Decimal:
    """Return by how much the claims on a bin's lot exceed what is allocated there."""
    location = place.location_id if isinstance(place, PickLine) else place.from_location_id
    what = {"item": place.item_id, "lot": place.lot_id, "owner": place.owner}
    picks = PickLine.objects.filter(status="open", location=location, **what)
    transfers = TransferLine.objects.filter(transfer__status="planned", from_location=location, **what)
    claimed = sum((pick.open_quantity for pick in picks), ZERO) + sum((t.quantity for t in transfers), ZERO)
    allocated = Balance.objects.filter(status="ok", location=location, **what).values_list("allocated", flat=True)
    return claimed - sum(allocated, ZERO)


def _serve(command: Command, losses: list[Loss]) -> None:
    """Serve those who lost something, the first served first; say to each list what became of it."""
    for loss in sorted(losses, key=lambda each: (each.line.requirement.work_order.rank, each.line.pk)):
        line, order = loss.line, loss.line.requirement.work_order
        before = dict(_open_lines(line).values_list("pk", F("quantity") - F("picked")))
        filling.fill(command, order, items=[line.item_id])
        there = list(_open_lines(line).select_related("location"))
        now = [row for row in there if row.open_quantity > before.get(row.pk, ZERO)]
        # on the walk it was on, even if that was all that was left of it
        PickLine.objects.filter(pk__in=[row.pk for row in now], wave=None).update(wave=line.wave_id)
        left = sum((row.quantity for row in lacking(order) if row.requirement.pk == line.requirement_id), ZERO)
        if not left:
            _close(line)
        now = now or (
            [] if left else there
        )  # what another loss of the same need was served with, was for this one, too
        filling.finish_lists([order])
        record(
            command,
            "picking.replanned",
            line.pick_list,
            item=line.item.code,
            quantity=str(loss.quantity),
            was=line.location.code,
            now=sorted({row.location.code for row in now}),
            lacking=str(left),
        )


def _close(line: PickLine) -> None:
    """Let a line that came up short stand for what was picked of it, or for nothing: nobody lacks anything."""
    gone = PickLine.objects.filter(pk=line.pk, status="short")
    gone.filter(picked=0).update(status="cancelled")
    gone.filter(picked__gt=0).update(status="picked", quantity=F("picked"))


def _open_lines(line: PickLine) -> QuerySet[PickLine]:
    return PickLine.objects.filter(requirement=line.requirement_id, item=line.item_id, status="open")


# Planned transfers


def _move_transfers(command: Command, *, item_id: int, warehouse_id: int) -> None:
    """Let planned transfers take from elsewhere what is not there any more; one that carries nothing is cancelled.

    Picks are cut before: what is left over here, transfers alone claim.
    """
    lines = TransferLine.objects.filter(
        transfer__status="planned", item=item_id, from_location__warehouse=warehouse_id
    ).select_related("transfer")
    for line in lines.order_by("-id"):
        gone = min(max(_unbacked(line), ZERO), line.quantity)
        if gone:
            _replace(command, line, gone)


def _replace(command: Command, line: TransferLine, gone: Decimal) -> None:
    """Take `gone`, which it has allocated no more, off a transfer line; other bins of its warehouse take its place."""
    transfer = line.transfer
    if line.quantity > gone:
        TransferLine.objects.filter(pk=line.pk).update(quantity=line.quantity - gone)
    else:
        line.delete()
    home = transfer.from_warehouse_id
    wanted = min(gone, max(ledger.unreserved(line.item_id, home, on=command.on), ZERO))
    for balance, part in stock.pick_from(line.item_id, warehouse_id=home, quantity=wanted, on=transfer.due_on):
        ledger.allocate(balance, part)
        TransferLine.objects.create(
            transfer=transfer,
            item_id=line.item_id,
            lot_id=balance.lot_id,
            owner=balance.owner,
            from_location_id=balance.location_id,
            quantity=part,
            holder=line.holder,
            holder_id=line.holder_id,
        )
    if not transfer.lines.exists():
        advance(transfer, "cancel", lifecycle=TRANSFER)
        record(command, "stock.transfer_cancelled", transfer)


# What expires


@action(permission="picking.make")
def drop_expired(command: Command) -> Reply:
    """Let lists and planned transfers take other lots than those that have expired.

    Records: picking.replanned for each line. Locks: the items with expired lots on them.
    """
    lines = PickLine.objects.filter(status="open", lot__expires_on__lt=command.on)
    parts = TransferLine.objects.filter(transfer__status="planned", lot__expires_on__lt=command.on)
    ledger.lock_items({*lines.values_list("item_id", flat=True), *parts.values_list("item_id", flat=True)})
    losses = [Loss(line, line.open_quantity) for line in lines.select_related(*LINE_SHOWS).order_by("id")]
    filling.take_back([loss.line for loss in losses], status="short")
    for part in parts.select_related("transfer").order_by("id"):
        ledger.release_allocation(
            item_id=part.item_id,
            location_id=part.from_location_id,
            lot_id=part.lot_id,
            owner=part.owner,
            quantity=part.quantity,
        )
        _replace(command, part, part.quantity)
    _serve(command, losses)
    return {"lines": len(losses)}

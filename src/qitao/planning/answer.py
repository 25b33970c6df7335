"""What a plan run leaves behind: kit dates, dates of demands, covers and pegs, written by COPY in place of the last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, models

from qitao.engine.kits import Kits
from qitao.engine.plant import NEVER, OrderKind, SupplyKind
from qitao.kernel.quantity import from_micro
from qitao.planning.models import DemandDate, KitDate, KitState, LineCover, Peg, PlanRun
from qitao.planning.models import SupplyKind as PegKind
from qitao.planning.snapshot import Snapshot

PEG_KINDS = {
    SupplyKind.STOCK: PegKind.STOCK,
    SupplyKind.PURCHASE_ORDER: PegKind.PURCHASE,
    SupplyKind.WORK_ORDER: PegKind.WORK_ORDER,
    SupplyKind.TRANSFER: PegKind.TRANSFER,
    SupplyKind.REQUISITION: PegKind.REQUISITION,
}
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A snapshot and the engine's answer to it."""

    shot: Snapshot
    kits: Kits
    engine_seconds: float

    def date_of(self, day: int) -> date | None:
        """The date of a day number; None: never."""
        return self.shot.plant.date_of(day)


def replace(plan_run: PlanRun, planned: Planned) -> None:
    """Put the answer in the place of the old one; older runs keep their own row only. Locks: the four tables' rows."""
    for table in (Peg, LineCover, DemandDate, KitDate):
        table.objects.all()._raw_delete(using="default")  # nothing refers to these rows
    _copy(plan_run, KitDate, KITS, _kits(planned))
    _copy(plan_run, DemandDate, DEMANDS, _demands(planned))
    _copy(plan_run, LineCover, COVERS, _covers(planned))
    _copy(plan_run, Peg, PEGS, _pegs(planned))


def _copy(plan_run: PlanRun, table: type[models.Model], columns: Sequence[str], rows: Iterator[Row]) -> None:
    """Write rows of the run; all they hold is in `columns`, in this order."""
    quoted = ", ".join(f'"{column}"' for column in ("run_id", *columns))
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table._meta.db_table}" ({quoted}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row((plan_run.pk, *row))


KITS = (
    "work_order_id",
    "state",
    "kit_on",
    "done_on",
    "days_late",
    "bottleneck_id",
    "short_quantity",
    "lines",
    "lines_covered",
    "uses_substitute",
    "uses_transfer",
)


def _kits(planned: Planned) -> Iterator[Row]:
    kits, plant = planned.kits, planned.shot.plant
    for work_order_id, order in planned.shot.orders.items():
        lines = plant.lines_of(order).tolist()
        need = max(int(plant.orders.need_day[order]), 0)
        bottleneck = int(kits.bottleneck[order])
        yield (
            work_order_id,
            KitState(kits.state(order).word).value,
            planned.date_of(int(kits.kit_day[order])),
            planned.date_of(int(kits.finish_day[order])),
            _days(kits.days_late(order)),
            None if bottleneck < 0 else int(plant.lines.reference[bottleneck]),
            from_micro(kits.short_quantity(order)),
            len(lines),
            sum(int(kits.line_day[line]) <= need for line in lines),
            any(kits.is_substituted(line) for line in lines),
            any(_is_fetched(kits, order, line) for line in lines),
        )


def _days(late: int) -> int | None:
    return None if late >= NEVER else late


def _is_fetched(kits: Kits, order: int, line: int) -> bool:
    """Tell whether the plan counts for the line on stock that still lies in another warehouse."""
    supplies, home = kits.plant.supplies, int(kits.plant.orders.warehouse[order])
    rows = kits.peg_supply[kits.line_first_peg[line] : kits.line_last_peg[line]]
    return bool(((supplies.kind[rows] == SupplyKind.STOCK) & (supplies.warehouse[rows] != home)).any())


DEMANDS = ("sales_line_id", "planned_on", "short_quantity", "days_late")


def _demands(planned: Planned) -> Iterator[Row]:
    kits, plant = planned.kits, planned.shot.plant
    for line_id, order in planned.shot.demands.items():
        (line,) = plant.lines_of(order).tolist()
        finish = planned.date_of(int(kits.finish_day[order]))
        yield line_id, finish, from_micro(int(kits.line_short[line])), _days(kits.days_late(order))


COVERS = ("requirement_id", "covered_on", "short_quantity")


def _covers(planned: Planned) -> Iterator[Row]:
    days, short = planned.kits.line_day.tolist(), planned.kits.line_short.tolist()
    for requirement_id, line in planned.shot.lines.items():
        yield requirement_id, planned.date_of(days[line]), from_micro(short[line])


PEGS = ("requirement_id", "sales_line_id", "kind", "supply_id", "item_id", "quantity", "available_on")


def _pegs(planned: Planned) -> Iterator[Row]:
    kits, plant = planned.kits, planned.shot.plant
    item_ids = {row: pk for pk, row in planned.shot.items.items()}
    lines, supplies = kits.peg_line, kits.peg_supply
    columns = (
        (plant.orders.kind[plant.lines.order[lines]] == OrderKind.WORK_ORDER).tolist(),
        plant.lines.reference[lines].tolist(),
        plant.supplies.kind[supplies].tolist(),
        plant.supplies.reference[supplies].tolist(),
        plant.supplies.item[supplies].tolist(),
        kits.peg_quantity.tolist(),
        kits.peg_day.tolist(),
    )
    for is_work_order, need, kind, supply, item, quantity, day in zip(*columns, strict=True):
        yield (
            need if is_work_order else None,
            None if is_work_order else need,
            PEG_KINDS[SupplyKind(kind)].value,
            supply,
            item_ids[item],
            from_micro(quantity),
            planned.date_of(day),
        )

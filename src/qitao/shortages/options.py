"""The ways out of a short requirement, each tried on a copy of the plan before it is shown.

A *draft* is what could be done, found in the tables (bins, lanes, substitutes, holders, deliveries, sources); the
engine then plans the factory again with it and says what becomes of every order. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from qitao.catalog import queries as catalog
from qitao.engine import options as engine
from qitao.engine.costs import Costs
from qitao.engine.plant import NEVER
from qitao.kernel.quantity import ZERO, from_micro, half_up, plain, round_down, to_micro
from qitao.planning import queries as planning
from qitao.planning import trials
from qitao.planning.actions import Planned
from qitao.planning.trials import Effect
from qitao.production import queries as production
from qitao.production.models import Requirement
from qitao.purchasing import queries as purchasing
from qitao.shortages.holding import why_not
from qitao.shortages.models import OptionKind
from qitao.stock import ledger
from qitao.stock import queries as stock
from qitao.stock.models import Balance, Lane

# what is done at once, so that the work order can go on at once
IMMEDIATE = (OptionKind.OTHER_BIN, OptionKind.SUBSTITUTE, OptionKind.RESEQUENCE, OptionKind.PARTIAL)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Draft:
    """What could be done, and the change of the plan that it is."""

    kind: OptionKind
    name: str  # what tells it from others of its kind: a warehouse, a substitute, a delivery …
    parameters: dict[str, Any]
    changes: tuple[engine.Change, ...] = ()
    cost: Decimal = ZERO

    @property
    def key(self) -> str:
        """The name under which it is chosen."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Option:
    """A way out as it was computed: what it does, the new kit date, what it costs, whom it harms and helps."""

    kind: OptionKind
    key: str
    parameters: dict[str, Any]
    kit_on: date | None  # of the work order; None: never within the horizon
    done_on: date | None
    days_late: int | None
    cost: Decimal
    harms: list[Effect] = field(default_factory=list)
    helps: list[Effect] = field(default_factory=list)

    @property
    def is_immediate(self) -> bool:
        """Whether the work order can go on as soon as it is carried out."""
        return self.kind in IMMEDIATE

    @property
    def penalty(self) -> Decimal:
        """Penalties it causes, less those it spares."""
        caused = sum((effect.penalty for effect in self.harms), ZERO)
        return caused - sum((effect.penalty for effect in self.helps), ZERO)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept with a decision."""
        return {
            "key": self.key,
            **self.parameters,
            "done_on": self.done_on.isoformat() if self.done_on else None,
            "penalty": plain(self.penalty),
        }


def kind_of(key: str) -> str:
    """Return the kind that a key names."""
    return key.partition(":")[0]


def find(requirement: Requirement, key: str, *, on: date) -> Option | None:
    """Return the option called `key`, computed now; None where it is no longer possible."""
    return next((option for option in compute(requirement, on=on, only=key)), None)


def compute(requirement: Requirement, *, on: date, only: str = "", planned: Planned | None = None) -> list[Option]:
    """Return the ways out of a short requirement, the best first.

    `only` limits it to one key. Ranked by kit date, then by cost with the penalties it causes.
    """
    planned = planned or planning.planned(on)
    line = planned.shot.lines.get(requirement.pk)
    if line is None:
        return []
    trial = Trial(planned, requirement, line, on)
    drafts = [draft for draft in trial.drafts() if not only or draft.key == only]
    options = [option for draft in drafts if (option := trial.evaluate(draft)) is not None]
    far = date.max
    return sorted(options, key=lambda o: (o.kind == OptionKind.WAIT, o.kit_on or far, o.cost + o.penalty))


def lacking(requirement: Requirement, *, on: date) -> Decimal:
    """Return how much of a requirement is neither issued, on a pick list nor reserved of what lies in its warehouse."""
    home = requirement.work_order.warehouse_id
    own = ledger.held_by(requirement, item_id=requirement.item_id, warehouse_id=home, on=on)
    listed = sum((pick.open_quantity for pick in requirement.pick_lines.filter(status="open")), ZERO)
    return max(requirement.open_quantity - listed - own, ZERO)


class Trial:
    """One requirement in the plan as it is; makes drafts and tries each on a copy."""

    def __init__(self, planned: Planned, requirement: Requirement, line: int, on: date) -> None:
        self.planned, self.shot, self.kits = planned, planned.shot, planned.kits
        self.requirement, self.line, self.on = requirement, line, on
        self.work_order = requirement.work_order
        self.order = int(self.shot.plant.lines.order[line])
        self.lacking = lacking(requirement, on=on)

    def drafts(self) -> Iterator[Draft]:
        """Yield everything that could be done now."""
        yield from self._recount()
        if self.lacking > 0:
            yield from self._other_bin()
            yield from self._transfers()
            yield from self._substitutes()
            yield from self._resequence()
            yield from self._partial()
            yield from self._expedite()
            yield from self._buy()
        yield Draft(OptionKind.WAIT, "", {})

    def _recount(self) -> Iterator[Draft]:
        """Count again where a picker doubted the record: if it is right after all, the stock is there."""
        doubted = Balance.objects.filter(
            item=self.requirement.item_id,
            location__warehouse=self.work_order.warehouse_id,
            doubted_at__isnull=False,
            on_hand__gt=0,
        ).select_related("location")
        quantity = sum((row.on_hand - row.allocated for row in doubted), ZERO)
        if quantity > 0:
            change = engine.AddSupply(
                item=self.shot.items[self.requirement.item_id],
                warehouse=int(self.shot.plant.orders.warehouse[self.order]),
                day=0,
                quantity=to_micro(quantity),
                for_line=self.line,
            )
            bins = sorted(row.location.code for row in doubted)
            yield Draft(OptionKind.RECOUNT, "", {"bins": bins, "quantity": plain(quantity)}, (change,))

    def _other_bin(self) -> Iterator[Draft]:
        """Take free stock of the same warehouse that is not on the list yet."""
        home = self.work_order.warehouse_id
        free = max(ledger.unreserved(self.requirement.item_id, home, on=self.on), ZERO)
        quantity = min(self.lacking, free)
        parts = stock.pick_from(self.requirement.item_id, warehouse_id=home, quantity=quantity, on=self.on)
        taken = sum((part for _, part in parts), ZERO)
        if taken > 0:
            yield Draft(
                OptionKind.OTHER_BIN,
                "",
                {
                    "bins": [[balance.pk, plain(part)] for balance, part in parts],
                    "bin_codes": [balance.location.code for balance, _ in parts],
                    "quantity": plain(taken),
                },
                self._claim(self.shot.stock.get((self.requirement.item_id, home)), taken),
            )

    def _claim(self, supply: int | None, quantity: Decimal) -> tuple[engine.Change, ...]:
        """Return the change that gives a free part of a supply to this line."""
        if supply is None:
            return ()
        return (engine.Claim(line=self.line, supply=supply, quantity=to_micro(quantity)),)

    def _transfers(self) -> Iterator[Draft]:
        """Bring free stock from a warehouse that has a lane to ours."""
        lanes = Lane.objects.filter(to_warehouse=self.work_order.warehouse_id, item=None)
        for lane in lanes.select_related("from_warehouse").order_by("days", "id"):
            free = ledger.unreserved(self.requirement.item_id, lane.from_warehouse_id, on=self.on)
            quantity = min(self.lacking, max(free, ZERO))
            supply = self.shot.stock.get((self.requirement.item_id, lane.from_warehouse_id))
            if quantity > 0 and supply is not None:
                due_on = self.on + timedelta(days=lane.days)
                yield Draft(
                    OptionKind.TRANSFER,
                    lane.from_warehouse.code,
                    {
                        "item": self.requirement.item_id,
                        "from_warehouse": lane.from_warehouse_id,
                        "from_code": lane.from_warehouse.code,
                        "quantity": plain(quantity),
                        "due_on": due_on.isoformat(),
                    },
                    (
                        engine.TransferStock(
                            supply=supply,
                            warehouse=int(self.shot.plant.orders.warehouse[self.order]),
                            quantity=to_micro(quantity),
                            day=lane.days,
                            for_line=self.line,
                        ),
                    ),
                    cost=lane.cost,
                )

    def _substitutes(self) -> Iterator[Draft]:
        """Let an approved substitute do what is still to be issued."""
        product, start = self.work_order.item, self.work_order.start_on
        for row in catalog.substitutes_of(self.requirement.item, parent=product, on=start):
            wanted = self.requirement.open_quantity * row.ratio
            free = sum((max(holding.free, ZERO) for holding in stock.holdings(row.substitute, on=self.on)), ZERO)
            item = self.shot.items.get(row.substitute_id)
            if free > 0 and item is not None:
                extra = (row.substitute.unit_cost * row.ratio - self.requirement.item.unit_cost) * (
                    self.requirement.open_quantity
                )
                yield Draft(
                    OptionKind.SUBSTITUTE,
                    row.substitute.code,
                    {"substitute": row.substitute_id, "code": row.substitute.code, "quantity": plain(wanted)},
                    (engine.UseSubstitute(line=self.line, item=item),),
                    cost=max(extra, ZERO),
                )

    def _resequence(self) -> Iterator[Draft]:
        """Take what orders with later starts hold in our warehouse, those with most slack first."""
        home, mine = self.work_order.warehouse_id, self.work_order
        givers: list[tuple[Requirement, Decimal]] = []
        left = self.lacking
        for holder in why_not(self.requirement.item, today=self.on).holders:
            line = holder.requirement
            if line is None or not holder.lies_there:
                continue
            is_later = (line.work_order.start_on, line.work_order.rank) > (mine.start_on, mine.rank)
            if left > 0 and is_later and holder.warehouse.pk == home and line.pk != self.requirement.pk:
                part = min(left, holder.quantity)
                givers.append((line, part))
                left -= part
        if not givers:
            return
        ranks = [line.work_order for line, _ in givers if line.work_order.rank < mine.rank]
        before = min(ranks, key=lambda other: other.rank, default=None)
        changes: list[engine.Change] = [
            engine.HandOver(giver=self.shot.lines[line.pk], taker=self.line, quantity=to_micro(part))
            for line, part in givers
            if line.pk in self.shot.lines
        ]
        if before is not None:
            changes.insert(0, engine.PutFirst(order=self.order, before=self.shot.orders[before.pk]))
        yield Draft(
            OptionKind.RESEQUENCE,
            "",
            {
                "givers": [[line.pk, plain(part)] for line, part in givers],
                "giver_codes": sorted({line.work_order.code for line, _ in givers}),
                "before": before.pk if before else None,
                "before_code": before.code if before else "",
                "quantity": plain(self.lacking - left),
            },
            tuple(changes),
        )

    def _partial(self) -> Iterator[Draft]:
        """Build now as many as the kit at hand allows, the rest as a work order of its own."""
        quantity = self._buildable()
        if 0 < quantity < self.work_order.open_quantity:
            rest = self.work_order.open_quantity - quantity
            shares = production.shares(self.work_order, rest=rest)
            keeps = tuple(
                (self.shot.lines[line.pk], to_micro(line.open_quantity - moved))
                for line, moved in shares
                if line.pk in self.shot.lines
            )
            yield Draft(
                OptionKind.PARTIAL,
                "",
                {"quantity": plain(quantity), "rest": plain(rest)},
                (engine.SplitOrder(order=self.order, quantity=to_micro(quantity), keeps=keeps),),
            )

    def _buildable(self) -> Decimal:
        """Return how many more whole units what is issued and what lies ready for the order allow to build now."""
        whole, most = self.work_order.quantity, self.work_order.open_quantity
        for line in self.work_order.requirements.filter(is_consumable=False, quantity__gt=0):
            row = self.shot.lines.get(line.pk)
            missing = from_micro(self.kits.missing_on(row, 0)) if row is not None else ZERO
            units = round_down((line.quantity - missing) * whole / line.quantity, step=Decimal(1))
            most = min(most, units - self.work_order.quantity_made)
        return max(most, ZERO)

    def _expedite(self) -> Iterator[Draft]:
        """Have an open delivery brought forward to the supplier's shortest lead time, against its fee."""
        sources = {source.supplier_id: source for source in purchasing.sources_of(self.requirement.item)}
        for delivery in purchasing.open_deliveries(self.requirement.item):
            source = sources.get(delivery.line.order.supplier_id)
            supply = self.shot.deliveries.get(delivery.pk)
            if source is None or source.expedite_days is None or supply is None:
                continue
            on = self.on + timedelta(days=max(source.expedite_days, 1))
            if delivery.expected_on is None or on < delivery.expected_on:
                yield Draft(
                    OptionKind.EXPEDITE,
                    str(delivery),
                    {
                        "delivery": delivery.pk,
                        "delivery_code": str(delivery.line),
                        "supplier": delivery.line.order.supplier.name,
                        "supplier_en": delivery.line.order.supplier.name_en,
                        "quantity": plain(delivery.open_quantity),
                        "was": delivery.expected_on.isoformat() if delivery.expected_on else None,
                        "on": on.isoformat(),
                        "fee": plain(source.expedite_cost),
                    },
                    (engine.ExpediteSupply(supply=supply, day=(on - self.on).days),),
                    cost=source.expedite_cost,
                )

    def _buy(self) -> Iterator[Draft]:
        """Buy what is lacking from each approved source, at its expedited lead time where it offers one."""
        for source in purchasing.sources_of(self.requirement.item):
            days = source.expedite_days if source.expedite_days is not None else source.lead_days
            if days is None:
                continue
            quantity = purchasing.order_quantity(source, self.lacking)
            fee = source.expedite_cost if source.expedite_days is not None else ZERO
            on = self.on + timedelta(days=max(days, 1))
            yield Draft(
                OptionKind.BUY,
                f"{source.supplier.code}:{source.pk}",
                {
                    "source": source.pk,
                    "supplier": source.supplier.name,
                    "supplier_en": source.supplier.name_en,
                    "quantity": plain(quantity),
                    "expected_on": on.isoformat(),
                    "price": plain(source.price),
                    "currency": source.currency,
                    "fee": plain(fee),
                    "worth": plain(half_up(source.price * quantity, places=CENT)),
                },
                (
                    engine.AddSupply(
                        item=self.shot.items[self.requirement.item_id],
                        warehouse=int(self.shot.plant.orders.warehouse[self.order]),
                        day=(on - self.on).days,
                        quantity=to_micro(quantity),
                    ),
                ),
                cost=self._dearer(source.price, quantity) + fee,
            )

    def _dearer(self, price: Decimal, quantity: Decimal) -> Decimal:
        """Return what buying costs beyond the ordinary cost of what is lacking – the surplus is stock, not cost."""
        return max(price - self.requirement.item.unit_cost, ZERO) * quantity

    def evaluate(self, draft: Draft) -> Option | None:
        """Plan again with the draft on a copy; say what becomes of this order and of all others.

        None where the plan does not allow it: somebody has taken in the plan what lies free in the bins.
        """
        plant = self.shot.plant
        try:
            outcome = engine.evaluate(plant, self.kits, draft.changes, costs=self.costs)
        except engine.ChangeRefused:
            return None
        mine = next((shift for shift in outcome.shifts if shift.order == self.order), None)
        kit = mine.kit_after if mine else int(self.kits.kit_day[self.order])  # of a split order: of its last part
        finish = mine.finish_after if mine else int(self.kits.finish_day[self.order])
        late = max(finish - int(plant.orders.due_day[self.order]), 0)
        others = [shift for shift in trials.noticed(plant, outcome.shifts) if shift.order != self.order]
        return Option(
            kind=draft.kind,
            key=draft.key,
            parameters=draft.parameters,
            kit_on=plant.date_of(kit),
            done_on=plant.date_of(finish),
            days_late=None if finish >= NEVER else late,
            cost=half_up(draft.cost, places=CENT),
            harms=self.namer.effects(shift for shift in others if shift.days > 0),
            helps=self.namer.effects(shift for shift in others if shift.days < 0),
        )

    @cached_property
    def costs(self) -> Costs:
        """What a day late costs, by order."""
        return trials.penalties(self.shot)

    @cached_property
    def namer(self) -> trials.Namer:
        """Who the orders are that a draft makes better or worse."""
        return trials.Namer(self.shot)

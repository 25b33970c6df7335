"""How an item is made, step by step: routings and their operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F

from qitao.catalog.models import Item, Kind, Routing, RoutingStep
from qitao.catalog.queries import valid
from qitao.catalog.refusals import EndsBeforeItStarts, PositionTaken
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.records import keep
from qitao.kernel.quantity import plain
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop


class EmptyRouting(Refusal):
    reason = gettext_noop("A routing needs at least one operation.")
    remedy = gettext_noop("Enter one, or set the version's last day instead.")
    status = 422


class NotMade(Refusal):
    reason = gettext_noop("{item} is not made: it has no routing.")
    remedy = gettext_noop("Change its kind to made first.")


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What is known of one operation of a routing."""

    number: int
    name: str
    work_center_id: int
    setup_minutes: Decimal
    run_minutes: Decimal
    instruction: str = ""


def routing_of(item_id: int, on: date) -> Routing | None:
    """Return the routing of an item for a day: of the valid versions the one that started last."""
    rows = Routing.objects.filter(valid(on), item=item_id)
    return rows.order_by(F("valid_from").desc(nulls_last=True), "-id").first()


@action(permission="catalog.change")
def keep_routing(
    command: Command,
    *,
    item_id: int,
    values: Mapping[str, Any],
    steps: Sequence[StepFacts],
    routing_id: int | None = None,
) -> Reply:
    """Make a version of an item's routing, or change one: its name, days, note (`values`) and all its operations.

    Work orders that are released keep the operations they have. Refuses: EmptyRouting, NotMade, PositionTaken,
    EndsBeforeItStarts, CodeTaken, BadValue. Records: catalog.routing_kept, catalog.routing_steps_changed.
    Locks: the item.
    """
    item = Item.objects.select_for_update(of=("self",), no_key=True).get(pk=item_id)
    if item.kind != Kind.MAKE:
        raise NotMade(item=item.code)
    _must_make_sense(values, steps)
    routing = Routing.objects.get(pk=routing_id, item=item) if routing_id else Routing(item=item)
    keep(command, routing, values, kind="catalog.routing_kept")
    rows = [RoutingStep(routing=routing, **_fields(step)) for step in sorted(steps, key=lambda step: step.number)]
    was = [_facts(row) for row in routing.steps.all()]
    if was != [_facts(row) for row in rows]:
        routing.steps.all().delete()
        for row in rows:
            row.full_clean(exclude=["routing"], validate_constraints=False)
        RoutingStep.objects.bulk_create(rows)
        told = [[row.number, row.name, plain(row.setup_minutes), plain(row.run_minutes)] for row in rows]
        record(command, "catalog.routing_steps_changed", routing, code=str(routing), steps=told)
    return {"routing": routing.pk}


def _must_make_sense(values: Mapping[str, Any], steps: Sequence[StepFacts]) -> None:
    start, end = values.get("valid_from"), values.get("valid_to")
    if start and end and end < start:
        raise EndsBeforeItStarts(start=start.isoformat(), to=end.isoformat())
    if not steps:
        raise EmptyRouting
    seen: set[int] = set()
    for step in steps:
        if step.number in seen:
            raise PositionTaken(position=step.number)
        seen.add(step.number)
        if step.number <= 0:
            raise BadValue(field=gettext_noop("number"), problem=gettext_noop("must be above zero"))
        if min(step.setup_minutes, step.run_minutes) < 0:
            raise BadValue(field=gettext_noop("minutes"), problem=gettext_noop("is too small"))


def _fields(step: StepFacts) -> dict[str, Any]:
    return {name: getattr(step, name) for name in StepFacts.__dataclass_fields__}


def _facts(row: RoutingStep) -> StepFacts:
    return StepFacts(**{name: getattr(row, name) for name in StepFacts.__dataclass_fields__})

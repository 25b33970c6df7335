"""Engineering changes as the floor sees them: which open work orders a change touches, and bringing them up to it.

A change of a BOM never rewrites a work order silently. It is tried first (`try_change`): each open work order whose
components would differ is shown, with what would. Those that are firm – not released, nothing issued, nothing
substituted – may then be derived anew together with the change; the others keep what they have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, ProtectedError, Q, Sum
from django.utils.functional import lazy
from django.utils.translation import gettext

from qitao.catalog import engineering
from qitao.catalog.engineering import LineFacts
from qitao.catalog.explosion import Recipes, through_phantoms
from qitao.catalog.models import BomLine, Item
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.kernel.quantity import ZERO, plain, required
from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop
from qitao.production.models import OPEN_STATES, Requirement, WorkOrder
from qitao.purchasing.models import Delivery
from qitao.sales.models import SalesOrderLine
from qitao.stock import ledger
from qitao.stock.models import Balance, Reservation

REQUIREMENT = "production.requirement"
FAR = 1_000_000  # added to line numbers while they are moved, so that none meets another
NAMED = 3

Key = tuple[int, str, bool]  # item, operation, consumable: what makes two component lines the same


class NotToBeDerived(Refusal):
    reason = gettext_noop("{code} keeps its components: {why}.")
    remedy = gettext_noop("Change it by hand, or finish it as it is.")


class ItemInUse(Refusal):
    reason = gettext_noop("{item} is still used: {uses}.")
    remedy = gettext_noop("Settle these first; then it can be taken out of use.")


@dataclass(frozen=True, slots=True)
class Difference:
    """A component of a work order that would be another quantity; 0 where it has none."""

    item: Item
    operation: str
    was: Decimal
    becomes: Decimal


@dataclass(frozen=True, slots=True)
class Touched:
    """An open work order that does not have what its BOM says now, and why it may not be derived anew (or "")."""

    work_order: WorkOrder
    differences: list[Difference]
    why_not: str

    @property
    def may_be_derived(self) -> bool:
        """Whether its components can be written anew."""
        return not self.why_not


# What a change touches


def touched_by(item: Item) -> list[Touched]:
    """Return the open work orders whose components differ from what their BOM says now, the first served first."""
    items = through_phantoms(item)
    recipes = Recipes(items)
    orders = (
        WorkOrder.objects.filter(item__in=items, status__in=OPEN_STATES, reworks=None)
        .select_related("item__unit", "bom", "warehouse")
        .prefetch_related("requirements__item__unit")
        .order_by("rank", "pk")
    )
    found = [Touched(order, _differences(order, recipes), _why_not(order, recipes)) for order in orders]
    return [each for each in found if each.differences]


def _why_not(order: WorkOrder, recipes: Recipes) -> str:
    """Return why a work order's components may not be written anew; empty where they may."""
    lines = order.requirements.all()
    if order.status != WorkOrder.State.FIRM:
        return gettext_noop("it is released already")
    if any(line.issued for line in lines):
        return gettext_noop("material was issued to it already")
    if any(line.replaces_id for line in lines):
        return gettext_noop("a substitute was chosen for it")
    if recipes.bom_of(order.item_id, order.start_on) is None:
        return gettext_noop("no bill of material is valid at its start")
    return ""


def _derived(order: WorkOrder, recipes: Recipes) -> dict[Key, Decimal]:
    """Return what the BOM valid at its start asks for, by component line."""
    bom = recipes.bom_of(order.item_id, order.start_on)
    wanted: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for need in recipes.needs(bom, order.start_on) if bom else ():
        key = (need.component.pk, need.operation, need.line.is_consumable)
        wanted[key] += required(
            need.per_unit,
            units=order.quantity,
            scrap_percent=need.scrap_percent,
            step=need.component.unit.smallest,
        )
    return dict(wanted)


def _present(order: WorkOrder) -> dict[Key, Decimal]:
    has: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for line in order.requirements.all():
        has[(line.item_id, line.operation, line.is_consumable)] += line.quantity
    return dict(has)


def _differences(order: WorkOrder, recipes: Recipes) -> list[Difference]:
    has, wanted = _present(order), _derived(order, recipes)
    changed = [key for key in {**has, **wanted} if has.get(key, ZERO) != wanted.get(key, ZERO)]
    items = Item.objects.select_related("unit").in_bulk({key[0] for key in changed}) if changed else {}
    return [Difference(items[key[0]], key[1], has.get(key, ZERO), wanted.get(key, ZERO)) for key in changed]


def try_change(change: Callable[[], object], item: Item) -> list[Touched]:
    """Return the work orders that `change` would touch, and leave everything as it was.

    Those that differ from their BOM already, before the change, in the same way are not its doing and left out.
    """
    before = {each.work_order.pk: _shape(each) for each in touched_by(item)}
    with transaction.atomic():
        change()
        after = touched_by(item)
        transaction.set_rollback(True)
    return [each for each in after if before.get(each.work_order.pk) != _shape(each)]


def _shape(touched: Touched) -> list[tuple[int, str, Decimal]]:
    return sorted((each.item.pk, each.operation, each.becomes) for each in touched.differences)


# The change itself


@action(permission="catalog.change")
def change_lines(command: Command, *, bom_id: int, lines: Sequence[LineFacts], derive: Sequence[int] = ()) -> Reply:
    """Write a version's lines and derive the work orders `derive` anew, all or nothing.

    Refuses: as `engineering.write_lines` and `derive_anew`. Records: catalog.bom_lines_changed, production.derived.
    """
    reply = engineering.write_lines(command, bom_id=bom_id, lines=lines)
    return {**reply, **derive_anew(command, work_order_ids=list(derive))}


@action(permission="catalog.change")
def change_validity(command: Command, *, bom_id: int, values: dict[str, Any], derive: Sequence[int] = ()) -> Reply:
    """Change a version's name, days or note and derive the work orders `derive` anew, all or nothing.

    Refuses: as `engineering.change_bom` and `derive_anew`. Records: catalog.bom_changed, production.derived.
    """
    reply = engineering.change_bom(command, bom_id=bom_id, values=values)
    return {**reply, **derive_anew(command, work_order_ids=list(derive))}


@action(permission="production.change")
def derive_anew(command: Command, *, work_order_ids: Sequence[int]) -> Reply:
    """Let firm work orders need what the BOM valid at their start says now; what they had reserved beyond it is free.

    Refuses: NotToBeDerived. Records: production.derived for each. Locks: every item they need or needed.
    """
    if not work_order_ids:
        return {"derived": []}
    rows = WorkOrder.objects.filter(pk__in=work_order_ids).select_related("item", "warehouse")
    rows = rows.prefetch_related("requirements__item__unit").order_by("pk")
    recipes = Recipes({order.item_id for order in rows})
    ledger.lock_items({key[0] for order in rows for key in (*_derived(order, recipes), *_present(order))})
    orders = list(rows.select_for_update(of=("self",)))  # as they are now; items first, as everywhere
    wanted = {order.pk: _derived(order, recipes) for order in orders}
    for order in orders:
        why_not = _why_not(order, recipes)
        if why_not:
            raise NotToBeDerived(code=order.code, why=lazy(gettext, str)(why_not))
        changed = _rewrite(order, wanted[order.pk])
        bom = recipes.bom_of(order.item_id, order.start_on)
        WorkOrder.objects.filter(pk=order.pk).update(bom=bom)
        record(command, "production.derived", order, code=order.code, bom=str(bom), items=sorted(changed))
    return {"derived": [order.code for order in orders]}


def _rewrite(order: WorkOrder, wanted: dict[Key, Decimal]) -> set[int]:
    """Keep, change, drop and add lines until they are what is wanted; return the items that differ."""
    lines = list(order.requirements.all())
    order.requirements.update(position=F("position") + FAR)
    kept: dict[Key, Requirement] = {}
    changed: set[int] = set()
    for line in lines:
        key = (line.item_id, line.operation, line.is_consumable)
        if key not in wanted or key in kept:
            changed.add(line.item_id)
            drop_line(line)
            continue
        kept[key] = line
        if line.quantity != wanted[key]:
            changed.add(line.item_id)
            Reservation.objects.filter(holder=REQUIREMENT, holder_id=line.pk).delete()
    for place, (key, quantity) in enumerate(wanted.items(), start=1):
        item_id, operation, is_consumable = key
        if key in kept:
            Requirement.objects.filter(pk=kept[key].pk).update(position=10 * place, quantity=quantity)
            continue
        changed.add(item_id)
        Requirement.objects.create(
            work_order=order,
            position=10 * place,
            item_id=item_id,
            quantity=quantity,
            operation=operation,
            is_consumable=is_consumable,
        )
    return changed


def drop_line(line: Requirement) -> None:
    """Remove a line that is no longer needed; one that a shortage case tells of stays, with nothing to do."""
    Reservation.objects.filter(holder=REQUIREMENT, holder_id=line.pk).delete()
    try:
        with transaction.atomic():
            Requirement.objects.get(pk=line.pk).delete()
    except ProtectedError:
        Requirement.objects.filter(pk=line.pk).update(quantity=F("issued"))


# Taking an item out of use


@action(permission="catalog.change")
def retire_item(command: Command, *, item_id: int) -> Reply:
    """Take an item out of use: it is offered nowhere any more, what is on record stays.

    Refuses: ItemInUse, saying where. Records: catalog.item_retired. Locks: the item.
    """
    ledger.lock_items([item_id])
    item = Item.objects.select_for_update(of=("self",)).select_related("unit").get(pk=item_id)
    uses = uses_of(item, today=command.on)
    if uses:
        raise ItemInUse(item=item.code, uses=lazy(_in_words, str)(uses))
    if Item.objects.filter(pk=item.pk, is_active=True).update(is_active=False):
        record(command, "catalog.item_retired", item, code=item.code)
    return {"item": item.pk}


@action(permission="catalog.change")
def reactivate_item(command: Command, *, item_id: int) -> Reply:
    """Take an item into use again. Records: catalog.item_reactivated."""
    item = Item.objects.get(pk=item_id)
    if Item.objects.filter(pk=item.pk, is_active=False).update(is_active=True):
        record(command, "catalog.item_reactivated", item, code=item.code)
    return {"item": item.pk}


@dataclass(frozen=True, slots=True)
class Use:
    """One kind of use: a sentence part with `{list}`, and what it lists."""

    template: str
    names: tuple[str, ...]


def uses_of(item: Item, *, today: date) -> list[Use]:
    """Return what still uses an item: stock, work orders, valid BOMs, open purchase and sales orders."""
    lying = (
        Balance.objects.filter(item=item, on_hand__gt=0)
        .values_list("location__warehouse__code")
        .annotate(all=Sum("on_hand"))
        .order_by("location__warehouse__code")
    )
    current = Q(bom__valid_to=None) | Q(bom__valid_to__gte=today)
    current &= Q(valid_to=None) | Q(valid_to__gte=today)
    need = Q(item=item) | Q(requirements__item=item, requirements__quantity__gt=F("requirements__issued"))
    orders = WorkOrder.objects.filter(need, status__in=("draft", *OPEN_STATES))
    lines = BomLine.objects.filter(current, component=item, bom__item__is_active=True)
    coming = Delivery.objects.filter(
        line__item=item, line__order__status__in=("draft", "open"), received__lt=F("quantity")
    )
    sold = SalesOrderLine.objects.filter(item=item, order__status__in=("draft", "open"), shipped__lt=F("quantity"))
    found = [
        Use(gettext_noop("in stock: {list}"), tuple(f"{code} {plain(all_)} {item.unit.code}" for code, all_ in lying)),
        Use(gettext_noop("work orders: {list}"), _codes(orders.values_list("code", flat=True))),
        Use(
            gettext_noop("BOMs: {list}"),
            _codes(f"{code} {v}" for code, v in lines.values_list("bom__item__code", "bom__version")),
        ),
        Use(gettext_noop("purchase orders: {list}"), _codes(coming.values_list("line__order__code", flat=True))),
        Use(gettext_noop("sales orders: {list}"), _codes(sold.values_list("order__code", flat=True))),
    ]
    return [use for use in found if use.names]


def _codes(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))


def _in_words(uses: Sequence[Use]) -> str:
    """Say the uses in the reader's language, a few of each kind by name."""
    parts = []
    for use in uses:
        named = ", ".join(use.names[:NAMED]) + (f" … ({len(use.names)})" if len(use.names) > NAMED else "")
        parts.append(gettext(use.template).format(list=named))
    return "; ".join(parts)

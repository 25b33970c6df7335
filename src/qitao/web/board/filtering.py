"""What the address of the board asks for: which work orders, in which groups."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict

from qitao.planning import queries as planning
from qitao.planning.models import KitDate, KitState
from qitao.planning.pegging import work_orders_for
from qitao.production.models import Requirement
from qitao.sales.models import SalesOrderLine

SIZES = (50, 100, 200)
GROUPS = {
    "line": ("work_order__work_center__code", "work_order__rank"),
    "day": ("work_order__start_on", "work_order__rank"),
    "bottleneck": ("bottleneck__item__code", "work_order__rank"),
}
WITHIN = (1, 3, 7, 14, 30)
LONGEST = 100
MOST_LINES = 2000  # sales order lines that a text may mean before it means nothing


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show: states, lines, start within so many days, words, one bottleneck item; grouped by what."""

    states: tuple[str, ...]
    lines: tuple[str, ...]
    within: int | None
    words: str
    bottleneck: str
    by: str
    opened: tuple[str, ...]
    size: int

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.states or self.lines or self.within is not None or self.words or self.bottleneck)


def read(query: QueryDict) -> Wanted:
    """Return what the address asks for; what means nothing counts for nothing."""
    within, size = query.get("within", ""), query.get("size", "")
    by = query.get("by", "")
    return Wanted(
        states=tuple(state for state in query.getlist("state") if state in KitState.values),
        lines=tuple(line for line in query.getlist("line") if line)[:LONGEST],
        within=int(within) if within.isdecimal() and int(within) in WITHIN else None,
        words=unicodedata.normalize("NFKC", query.get("q", "")).strip()[:LONGEST],
        bottleneck=query.get("bottleneck", "").strip(),
        by=by if by in GROUPS else "",
        opened=tuple(code for text in query.getlist("open") for code in text.split(",") if code)[:LONGEST],
        size=int(size) if size.isdecimal() and int(size) in SIZES else SIZES[1],
    )


def rows(wanted: Wanted, *, today: date) -> QuerySet[KitDate]:
    """Return the work orders that are asked for, whatever their state – by rank, within groups where grouped."""
    found = planning.board().select_related("run")
    if wanted.lines:
        found = found.filter(work_order__work_center__code__in=wanted.lines)
    if wanted.within is not None:
        found = found.filter(work_order__start_on__lte=today + timedelta(days=wanted.within))
    if wanted.bottleneck:
        found = found.filter(bottleneck__item__code=wanted.bottleneck)
    for word in wanted.words.split()[:6]:
        found = found.filter(_means(word))
    order = GROUPS.get(wanted.by, ("work_order__rank",))
    return found.order_by(*(F(name).asc(nulls_last=True) for name in order), "work_order__code")


def _means(word: str) -> Q:
    """Return the filter for one word: an order, its product, a component of it, or a customer behind it."""
    component = Requirement.objects.filter(work_order=OuterRef("work_order")).filter(_item(word, "item"))
    sold = SalesOrderLine.objects.filter(
        Q(order__customer__name__icontains=word)
        | Q(order__customer__name_en__icontains=word)
        | Q(order__customer__code__iexact=word)
        | Q(order__code__icontains=word)
    )
    line_ids = list(sold.values_list("pk", flat=True)[:MOST_LINES])
    return (
        Q(work_order__code__icontains=word)
        | _item(word, "work_order__item")
        | Exists(component)
        | Q(work_order__sales_line__in=line_ids)
        | Q(work_order__in=work_orders_for(line_ids) if line_ids else [])
    )


def _item(word: str, path: str) -> Q:
    found = Q()
    for field in ("code", "name", "name_en", "pinyin"):
        found |= Q(**{f"{path}__{field}__icontains": word})
    return found

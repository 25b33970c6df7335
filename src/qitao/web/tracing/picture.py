"""The picture of a trace: suppliers on the left, customers on the right, lots and work orders in columns between.

Many of a kind in one column are one box until it is opened. Boxes are links, in the order in which they are read; the
same is told as a table beside the picture.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qitao.production.models import WorkOrder
from qitao.purchasing.models import Receipt
from qitao.sales.models import Shipment
from qitao.stock.models import Lot
from qitao.tracing.queries import Kind, Link, Node
from qitao.web.formats import named, quantity
from qitao.web.places import page_of
from qitao.web.tracing.both import Both
from qitao.web.tracing.listing import lot_url

FEW = 6  # boxes of a kind and item in one column; more are drawn as one
MOST_ROWS = 200  # of the table beside the picture
WIDTH, HEIGHT, GAP_X, GAP_Y, EDGE = 184, 52, 44, 12, 16
LETTERS = 22  # that fit into a box; a Chinese one counts twice

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Thing:
    """What a box stands for."""

    key: Key
    kind: str  # supplier, lot, work-order, customer
    title: str
    words: str
    url: str
    item: int = 0  # by which boxes are taken together
    is_start: bool = False
    is_sure: bool = True
    is_stopped: bool = False


@dataclass(slots=True)
class Box:
    """A box of the picture, for one thing or for many."""

    things: list[Thing]
    column: int
    url: str
    row: int = 0
    is_many: bool = False

    @property
    def first(self) -> Thing:
        """The thing, or one of many."""
        return self.things[0]

    @property
    def kind(self) -> str:
        """The kind of what it stands for."""
        return self.first.kind

    @property
    def css(self) -> str:
        """Its classes."""
        names = [f"trace-{self.kind}"]
        names += ["is-start"] if any(thing.is_start for thing in self.things) else []
        names += [] if any(thing.is_sure for thing in self.things) else ["is-perhaps"]
        names += ["is-stopped"] if any(thing.is_stopped for thing in self.things) else []
        names += ["is-many"] if self.is_many else []
        return " ".join(names)

    @property
    def x(self) -> int:
        """Its left edge."""
        return EDGE + self.column * (WIDTH + GAP_X)

    @property
    def y(self) -> int:
        """Its upper edge."""
        return EDGE + self.row * (HEIGHT + GAP_Y)

    @property
    def title(self) -> str:
        """Its first line."""
        return _many(self.kind, len(self.things)) if self.is_many else self.first.title

    @property
    def short_title(self) -> str:
        """The first line as far as there is room."""
        return cut(self.title)

    @property
    def words(self) -> str:
        """Its second line."""
        return self.first.words

    @property
    def short_words(self) -> str:
        """The second line as far as there is room."""
        return cut(self.words, LETTERS + 4)


@dataclass(frozen=True, slots=True)
class Curve:
    """A line from one box to another; `is_faint` where it is not certain that anything went that way."""

    path: str
    is_faint: bool
    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table beside the picture."""

    source: Thing
    target: Thing
    quantity: str
    at: Any
    is_early: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the template draws."""

    boxes: list[Box]
    curves: list[Curve]
    steps: list[Step]
    width: int
    height: int
    is_opened: bool
    left_out: int  # steps beyond the table
    things: int


def draw(trace: Both, *, opened: Sequence[str] = ()) -> Picture:
    """Draw a trace; boxes of many named in `opened` are drawn one by one."""
    things, links = _things(trace)
    columns = _columns(set(things), [(source, target) for source, target, _ in links])
    boxes, of = _boxes(things, columns, opened)
    _set_rows(boxes, of, [(source, target) for source, target, _ in links])
    return Picture(
        boxes=boxes,
        curves=_curves(of, links),
        steps=_steps(things, links[:MOST_ROWS]),
        width=2 * EDGE + (max((box.column for box in boxes), default=0) + 1) * (WIDTH + GAP_X) - GAP_X,
        height=2 * EDGE + (max((box.row for box in boxes), default=0) + 1) * (HEIGHT + GAP_Y) - GAP_Y,
        is_opened=bool(opened),
        left_out=max(len(links) - MOST_ROWS, 0),
        things=len(things),
    )


# What there is


def _things(trace: Both) -> tuple[dict[Key, Thing], list[tuple[Key, Key, Link]]]:
    """Return what is drawn – shipments as their customers, receipts as their suppliers – and the links between."""
    links = list(dict.fromkeys((*trace.behind.links, *trace.ahead.links)))
    nodes = trace.ahead.nodes | trace.behind.nodes
    found = {node: thing for kind in Kind for node, thing in _of_kind(kind, nodes, trace).items()}
    pairs = [(found[link.source], found[link.target], link) for link in links]
    known: dict[Key, Thing] = {}
    for thing in found.values():
        other = known.get(thing.key)
        known[thing.key] = thing if other is None or thing.is_sure else other
    pairs.sort(key=lambda each: (each[0].title, each[1].title))
    return known, [(source.key, target.key, link) for source, target, link in pairs]


def _of_kind(kind: Kind, nodes: Iterable[Node], trace: Both) -> dict[Node, Thing]:
    ids = [node.id for node in nodes if node.kind == kind]
    if not ids:
        return {}
    if kind == Kind.LOT:
        rows: dict[int, Any] = Lot.objects.select_related("item").in_bulk(ids)
    elif kind == Kind.WORK_ORDER:
        rows = WorkOrder.objects.select_related("item").in_bulk(ids)
    elif kind == Kind.SHIPMENT:
        rows = Shipment.objects.select_related("order__customer").in_bulk(ids)
    else:
        rows = Receipt.objects.select_related("order__supplier").in_bulk(ids)
    return {Node(kind, pk): _thing(Node(kind, pk), row, trace) for pk, row in rows.items()}


def _thing(node: Node, row: Any, trace: Both) -> Thing:
    is_start, is_sure = node in trace.start.nodes, trace.is_sure(node)
    if node.kind == Kind.LOT:
        title = row.code or _("untracked")
        words, url = f"{row.item.code} {named(row.item)}", lot_url(row)
        is_stopped = row.pk in trace.stopped
        return Thing(("lot", row.pk), "lot", title, words, url, row.item_id, is_start, is_sure, is_stopped)
    if node.kind == Kind.WORK_ORDER:
        words = f"{row.item.code} {named(row.item)}"
        return Thing(
            ("work-order", row.pk), "work-order", row.code, words, page_of(row), row.item_id, is_start, is_sure
        )
    if node.kind == Kind.SHIPMENT:
        customer = row.order.customer
        return _partner("customer", customer, trace, is_sure=is_sure)
    return _partner("supplier", row.order.supplier, trace, is_sure=is_sure)


def _partner(kind: str, row: Any, trace: Both, *, is_sure: bool) -> Thing:
    """Return a customer or a supplier; it leads to the trace of everything of its own."""
    is_start = trace.kind == kind and trace.thing.pk == row.pk
    url = reverse("traced", args=[kind, row.pk])
    return Thing((kind, row.pk), kind, row.code, named(row), url, 0, is_start, is_sure)


# Where it stands


def _columns(keys: set[Key], pairs: list[tuple[Key, Key]]) -> dict[Key, int]:
    """Return each thing's column: right of whatever it came from; what came from nowhere, beside its first use."""
    after, before = _neighbours(pairs)
    place = {key: number for number, key in enumerate(_in_order(keys, after, before))}
    columns = dict.fromkeys(keys, 0)
    for key, number in place.items():
        for far in after[key]:
            if place[far] > number:
                columns[far] = max(columns[far], columns[key] + 1)
    for key in keys:
        if not before[key] and after[key]:
            columns[key] = min(columns[far] for far in after[key]) - 1
    last = max(columns.values(), default=0)
    columns.update({key: last for key in keys if key[0] == "customer"})
    least = min(columns.values(), default=0)
    return {key: column - least for key, column in columns.items()}


def _neighbours(pairs: list[tuple[Key, Key]]) -> tuple[dict[Key, set[Key]], dict[Key, set[Key]]]:
    after: dict[Key, set[Key]] = defaultdict(set)
    before: dict[Key, set[Key]] = defaultdict(set)
    for source, target in pairs:
        after[source].add(target)
        before[target].add(source)
    return after, before


def _in_order(keys: set[Key], after: dict[Key, set[Key]], before: dict[Key, set[Key]]) -> list[Key]:
    """Return the things, each after whatever leads to it; a circle is entered where it waits for least."""
    waiting = {key: len(before[key]) for key in keys}
    ready = sorted((key for key in keys if not waiting[key]), reverse=True)
    done: dict[Key, None] = {}
    while len(done) < len(keys):
        key = ready.pop() if ready else min((key for key in keys if key not in done), key=lambda key: waiting[key])
        if key in done:
            continue
        done[key] = None
        for far in sorted(after[key]):
            waiting[far] -= 1
            if not waiting[far] and far not in done:
                ready.append(far)
    return list(done)


def _boxes(
    things: dict[Key, Thing], columns: dict[Key, int], opened: Sequence[str]
) -> tuple[list[Box], dict[Key, Box]]:
    together: dict[tuple[int, str, int], list[Thing]] = defaultdict(list)
    for key, thing in things.items():
        together[columns[key], thing.kind, thing.item].append(thing)
    boxes, of = [], {}
    for (column, kind, item), group in sorted(together.items(), key=lambda each: each[0]):
        name = f"{column}-{kind}-{item}"
        group.sort(key=lambda thing: thing.title)
        alone = [thing for thing in group if thing.is_start]
        rest = [thing for thing in group if not thing.is_start]
        if len(rest) <= FEW or name in opened:
            alone += rest
        else:
            url = "?" + urlencode([*(("open", each) for each in opened), ("open", name)])
            boxes.append(Box(rest, column, url, is_many=True))
        boxes += [Box([thing], column, thing.url) for thing in alone]
    for box in boxes:
        for thing in box.things:
            of[thing.key] = box
    return boxes, of


def _set_rows(boxes: list[Box], of: dict[Key, Box], pairs: list[tuple[Key, Key]]) -> None:
    """Put the boxes of each column in the order in which what leads to them stands, so that few lines cross."""
    before: dict[int, list[Box]] = defaultdict(list)
    for source, target in pairs:
        before[id(of[target])].append(of[source])
    for column in range(max((box.column for box in boxes), default=-1) + 1):
        here = [box for box in boxes if box.column == column]

        def height(box: Box) -> tuple[float, str]:
            rows = [each.row for each in before[id(box)] if each.column < box.column]
            return (sum(rows) / len(rows) if rows else 0.0, box.title)

        for row, box in enumerate(sorted(here, key=height)):
            box.row = row
    boxes.sort(key=lambda box: (box.column, box.row))


# Lines and table


def _curves(of: dict[Key, Box], links: list[tuple[Key, Key, Link]]) -> list[Curve]:
    between: dict[tuple[int, int], list[tuple[Key, Key, Link]]] = defaultdict(list)
    for source, target, link in links:
        between[id(of[source]), id(of[target])].append((source, target, link))
    curves = []
    for group in between.values():
        start, end = of[group[0][0]], of[group[0][1]]
        is_faint = "is-perhaps" in end.css or all(link.is_early for _, _, link in group)
        curves.append(Curve(_path(start, end), is_faint, f"{start.title} → {end.title}"))
    return curves


def _path(start: Box, end: Box) -> str:
    x, y, to_x, to_y = start.x + WIDTH, start.y + HEIGHT // 2, end.x, end.y + HEIGHT // 2
    bend = max((to_x - x) // 2, GAP_X // 2)
    return f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"


def _steps(things: dict[Key, Thing], links: list[tuple[Key, Key, Link]]) -> list[Step]:
    """Return the rows of the table, quantities in the units of their lots' items."""
    lots = {node.id for _, _, link in links for node in (link.source, link.target) if node.kind == Kind.LOT}
    units = {lot.pk: lot.item.unit for lot in Lot.objects.filter(pk__in=lots).select_related("item__unit")}

    def said(link: Link) -> str:
        unit = units[(link.source if link.source.kind == Kind.LOT else link.target).id]
        return f"{quantity(link.quantity, unit)} {unit}"

    return [
        Step(things[source], things[target], said(link), link.began, link.is_early) for source, target, link in links
    ]


def cut(text: str, letters: int = LETTERS) -> str:
    """Return as much of a text as fits, with a sign where it goes on.

    >>> cut("0603 贴片电阻 10K 1% 厚膜", 14)
    '0603 贴片电阻…'
    """
    width = 0
    for place, letter in enumerate(text):
        width += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if width > letters:
            return text[: place - 1].rstrip() + "…"
    return text


def _many(kind: str, count: int) -> str:
    words = {
        "lot": ngettext("{count} lot", "{count} lots", count),
        "work-order": ngettext("{count} work order", "{count} work orders", count),
        "customer": ngettext("{count} customer", "{count} customers", count),
        "supplier": ngettext("{count} supplier", "{count} suppliers", count),
    }
    return words[kind].format(count=count)

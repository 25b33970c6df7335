"""A trace in both directions, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qitao.catalog.models import Item
from qitao.picking.models import PickList
from qitao.production.models import WorkOrder
from qitao.purchasing.models import PurchaseOrder, Receipt, Supplier
from qitao.sales.models import Customer, SalesOrder, Shipment
from qitao.stock.models import Lot
from qitao.tracing import queries
from qitao.tracing.queries import Kind, Node, Start, Trace
from qitao.web.formats import named

MODELS: MappingProxyType[str, type[Model]] = MappingProxyType(
    {
        "lot": Lot,
        "item": Item,
        "work-order": WorkOrder,
        "pick-list": PickList,
        "receipt": Receipt,
        "purchase-order": PurchaseOrder,
        "supplier": Supplier,
        "shipment": Shipment,
        "sales-order": SalesOrder,
        "customer": Customer,
    }
)
KINDS = MappingProxyType(
    {
        "lot": _("lot"),
        "item": _("item"),
        "work-order": _("work order"),
        "pick-list": _("pick list"),
        "receipt": _("receipt"),
        "purchase-order": _("purchase order"),
        "supplier": _("supplier"),
        "shipment": _("shipment"),
        "sales-order": _("sales order"),
        "customer": _("customer"),
    }
)
# how far untracked stock is followed: forward, backward
REACHES = MappingProxyType({"usual": (True, False), "tracked": (False, False), "all": (True, True)})


def trace_url(thing: Model) -> str:
    """Return where a thing is traced; empty where it cannot be."""
    kind = next((kind for kind, model in MODELS.items() if type(thing) is model), "")
    return reverse("traced", args=[kind, thing.pk]) if kind else ""


@dataclass(frozen=True)
class Both:
    """What lies ahead of a thing's lots and what lies behind them."""

    thing: Any
    kind: str
    start: Start
    ahead: Trace
    behind: Trace

    @cached_property
    def affected(self) -> list[int]:
        """The lots that hold, or may hold, what is traced – the start's own with them."""
        return self.ahead.ids(Kind.LOT)

    @cached_property
    def inside(self) -> list[int]:
        """The lots that are, or may be, in what is traced."""
        return sorted(set(self.behind.ids(Kind.LOT)) - self.start.lots)

    @cached_property
    def work_orders(self) -> list[int]:
        """The work orders on the way, in both directions."""
        return sorted({*self.ahead.ids(Kind.WORK_ORDER), *self.behind.ids(Kind.WORK_ORDER)})

    @cached_property
    def sure_ahead(self) -> list[int]:
        """The lots that hold for certain what is traced."""
        return sorted(node.id for node in self.ahead.sure if node.kind == Kind.LOT)

    @cached_property
    def sure_behind(self) -> list[int]:
        """The lots that are for certain in what is traced."""
        return sorted(node.id for node in self.behind.sure if node.kind == Kind.LOT)

    def is_sure(self, node: Node) -> bool:
        """Tell whether a node is certain on the side on which it was found."""
        return node in self.ahead.sure or node in self.behind.sure

    @property
    def is_cut(self) -> bool:
        """Whether there is more than was followed."""
        return self.ahead.is_cut or self.behind.is_cut

    @property
    def stopped(self) -> frozenset[int]:
        """The untracked stock at which the trace ends."""
        return self.ahead.stopped | self.behind.stopped

    @property
    def title(self) -> str:
        """What is traced, as it is called."""
        return str(self.thing) or str(_("untracked stock"))

    @property
    def words(self) -> str:
        """What it is, in the reader's language."""
        thing = self.thing
        for path in ("item", "customer", "supplier"):
            if hasattr(thing, path):
                return f"{getattr(thing, path).code} {named(getattr(thing, path))}"
        order = getattr(thing, "order", None) or getattr(thing, "work_order", None)
        return str(order) if order is not None else named(thing)


def both(kind: str, number: int, *, reach: str = "usual") -> Both:
    """Trace a thing in both directions; raises what its model raises where it is not there."""
    thing = MODELS[kind]._default_manager.get(pk=number)
    start = queries.start_of(thing)
    ahead, behind = REACHES[reach]
    return Both(
        thing,
        kind,
        start,
        queries.forward(start, untracked=ahead),
        queries.backward(start, untracked=behind),
    )

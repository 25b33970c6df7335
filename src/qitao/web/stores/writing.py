"""Writing a document of the stores: what is taken, from which bins and lots, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qitao.journal.command import Command, Reply
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.stock import documents, relabelling
from qitao.stock.documents import Bring, Take
from qitao.stock.models import Balance, Location, Status, StockDocument, Warehouse
from qitao.stock.relabelling import Part
from qitao.web.choosing.pages import bin_called, item_called
from qitao.web.measures import positive_of
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import own_warehouses

Kind = StockDocument.Kind
MOST = 200  # balances on one sheet
LINES = range(1, 7)  # of a receipt, and parts of a split lot

DATED_BACK = (Kind.STATUS, Kind.SCRAP, Kind.ISSUE, Kind.RECEIPT)
COSTED = (Kind.SCRAP, Kind.ISSUE, Kind.RECEIPT)
EVEN_ALLOCATED = (Kind.STATUS, Kind.SCRAP)
WORDS: Mapping[str, str | Promise] = MappingProxyType(
    {
        Kind.STATUS: gettext_lazy("What an inspection found: released, rejected, damaged, held back."),
        Kind.SCRAP: gettext_lazy("What is thrown away."),
        Kind.ISSUE: gettext_lazy("What leaves the stores for something other than a work or sales order."),
        Kind.RECEIPT: gettext_lazy("What comes in without a purchase or work order."),
        Kind.SPLIT: gettext_lazy("Parts of a lot get numbers of their own, and keep its origin."),
        Kind.MERGE: gettext_lazy("Lots that are alike become one; where they came from stays known."),
        Kind.OWNER: gettext_lazy("Consigned stock that we buy, or a customer's own."),
    }
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of one kind of document, with the stock that was looked up for it."""

    kind: Kind
    warehouses: list[Warehouse]
    warehouse: Warehouse | None
    of: str
    balances: list[Balance]
    owners: list[str]

    @property
    def words(self) -> str | Promise:
        return WORDS[self.kind]

    @property
    def kinds(self) -> list[Kind]:
        return list(Kind)

    @property
    def statuses(self) -> list[Status]:
        return list(Status)

    @property
    def may_be_dated_back(self) -> bool:
        return self.kind in DATED_BACK

    @property
    def is_costed(self) -> bool:
        return self.kind in COSTED

    @property
    def may_take_allocated(self) -> bool:
        return self.kind in EVEN_ALLOCATED

    @property
    def only_one(self) -> bool:
        """Whether one balance is chosen, not quantities of several."""
        return self.kind == Kind.SPLIT

    @property
    def is_receipt(self) -> bool:
        return self.kind == Kind.RECEIPT

    @property
    def lines(self) -> range:
        return LINES

    @property
    def now(self) -> str:
        return f"{timezone.localtime():%Y-%m-%dT%H:%M}"


@page(permission="stock.adjust")
def start(request: Request) -> HttpResponse:
    """Begin with the kind that is written most."""
    query = request.GET.urlencode()
    to = reverse("stock-document-new", args=[Kind.STATUS])
    return HttpResponseRedirect(f"{to}?{query}" if query else to)


@page(permission="stock.adjust", methods=["GET", "POST"])
def new(request: Request, kind: str) -> HttpResponse:
    """Write a document of a kind."""
    if kind not in Kind.values:
        raise Http404(kind)
    chosen = Kind(kind)
    if request.method == "GET":
        return render(request, "stores/write.html", {"page": _sheet(request, chosen)})
    fields = Reading(request.POST)
    reply = WRITERS[chosen](command_from(request), fields)
    said = _("{code} is written.").format(code=reply["code"])
    return done(request, said, to=reverse("stock-document", args=[reply["code"]]))


def _sheet(request: Request, kind: Kind) -> Sheet:
    own = list(own_warehouses(request.user))
    wanted = request.GET.get("warehouse", "")
    warehouse = next((row for row in own if row.code == wanted), own[0] if own else None)
    of = request.GET.get("of", "").strip()[:200]
    owners = Balance.objects.exclude(owner="").order_by("owner").values_list("owner", flat=True).distinct()[:50]
    found = _looked_up(of, warehouse) if of and warehouse and kind != Kind.RECEIPT else []
    return Sheet(kind, own, warehouse, of, found, list(owners))


def _looked_up(of: str, warehouse: Warehouse) -> list[Balance]:
    """Return what lies in the warehouse of that item, in that bin, or of that lot."""
    code = of.split("/", 1)[1] if of.casefold().startswith(f"{warehouse.code}/".casefold()) else of
    called = Q(item__code__iexact=of) | Q(location__code__iexact=code) | Q(lot__code__iexact=of)
    rows = Balance.objects.filter(called, location__warehouse=warehouse, on_hand__gt=0)
    rows = rows.exclude(location__kind=Location.Kind.TRANSIT).select_related("item__unit", "lot", "location")
    return list(rows.order_by("item__code", "location__route", "location__code", "lot__code", "status", "owner")[:MOST])


# Reading the sheet


def _takes(fields: Reading) -> list[Take]:
    """Read how much is taken from each balance; a field left empty takes nothing."""
    asked = [int(name[5:]) for name in fields.fields if name.startswith("take-") and name[5:].isdecimal()]
    asked = [pk for pk in asked if str(fields.fields.get(f"take-{pk}", "")).strip()]
    rows = Balance.objects.select_related("item__unit", "location").in_bulk(asked)
    return [_take(fields, rows[pk]) for pk in asked if pk in rows]


def _take(fields: Reading, row: Balance) -> Take:
    title = f"{row.item.code} {row.location.code}: {_('Quantity')}"
    return Take(row.pk, positive_of(fields, f"take-{row.pk}", title=title, item=row.item))


def _why(fields: Reading) -> dict[str, Any]:
    return {"reason": fields.text("reason", title=_("Why"), longest=200, required=True)}


def _cost(fields: Reading) -> dict[str, Any]:
    return {"cost_center": fields.text("cost_center", title=_("Cost center"), longest=60)}


def _when(fields: Reading) -> dict[str, Any]:
    return {"happened_at": fields.moment("happened_at", title=_("Happened"))}


def _even(fields: Reading) -> dict[str, Any]:
    return {"even_allocated": fields.text("even_allocated", title="") == "yes"}


def _status(command: Command, fields: Reading) -> Reply:
    return documents.change_status(
        command,
        takes=_takes(fields),
        status=fields.choice("status", Status.values, title=_("New status")),
        **_why(fields),
        **_when(fields),
        **_even(fields),
    )


def _scrap(command: Command, fields: Reading) -> Reply:
    facts = {**_why(fields), **_cost(fields), **_when(fields), **_even(fields)}
    return documents.scrap(command, takes=_takes(fields), **facts)


def _issue(command: Command, fields: Reading) -> Reply:
    return documents.issue(command, takes=_takes(fields), **_why(fields), **_cost(fields), **_when(fields))


def _receipt(command: Command, fields: Reading) -> Reply:
    warehouse = get_object_or_404(Warehouse, code=fields.text("warehouse", title=_("Warehouse"), required=True))
    wanted = [number for number in LINES if fields.text(f"item-{number}", title=_("Item"))]
    if not wanted:
        raise BadValue(field=_("Item"), problem=gettext_noop("is needed"))
    return documents.receive(
        command,
        warehouse_id=warehouse.pk,
        brings=[_bring(fields, number, warehouse) for number in wanted],
        **_why(fields),
        **_cost(fields),
        **_when(fields),
    )


def _bring(fields: Reading, number: int, warehouse: Warehouse) -> Bring:
    item = item_called(fields.text(f"item-{number}", title=_("Item"), longest=120))
    place = fields.text(f"bin-{number}", title=f"{item.code}: {_('Bin')}", longest=120, required=True)
    expires = fields.text(f"expires-{number}", title=_("Expires"))
    return Bring(
        item_id=item.pk,
        location_id=bin_called(place, warehouse).pk,
        quantity=positive_of(fields, f"quantity-{number}", title=f"{item.code}: {_('Quantity')}", item=item),
        lot_code=fields.text(f"lot-{number}", title=f"{item.code}: {_('Lot')}", longest=120),
        expires_on=fields.day(f"expires-{number}", title=f"{item.code}: {_('Expires')}") if expires else None,
        status=fields.choice(f"status-{number}", Status.values, title=f"{item.code}: {_('Status')}"),
        owner=fields.text(f"owner-{number}", title=f"{item.code}: {_('Whose it is')}", longest=60),
    )


def _split(command: Command, fields: Reading) -> Reply:
    row = get_object_or_404(
        Balance.objects.select_related("item__unit", "location"), pk=fields.number("balance", title=_("Lot"))
    )
    wanted = [number for number in LINES if fields.text(f"part-lot-{number}", title=_("New lot"))]
    if not wanted:
        raise BadValue(field=_("New lot"), problem=gettext_noop("is needed"))
    parts = [Part(fields.text(f"part-lot-{n}", title=_("New lot"), longest=120), _part(fields, n, row)) for n in wanted]
    return relabelling.split(command, balance_id=row.pk, parts=parts, **_why(fields))


def _part(fields: Reading, number: int, row: Balance) -> Decimal:
    lot = fields.text(f"part-lot-{number}", title=_("New lot"))
    return positive_of(fields, f"part-quantity-{number}", title=f"{lot}: {_('Quantity')}", item=row.item)


def _merge(command: Command, fields: Reading) -> Reply:
    lot = fields.text("lot", title=_("Into lot"), longest=120, required=True)
    return relabelling.merge(command, takes=_takes(fields), lot_code=lot, **_why(fields))


def _owner(command: Command, fields: Reading) -> Reply:
    owner = fields.text("owner", title=_("New owner"), longest=60)
    return relabelling.change_owner(command, takes=_takes(fields), owner=owner, **_why(fields))


WRITERS: Mapping[str, Callable[[Command, Reading], Reply]] = MappingProxyType(
    {
        Kind.STATUS: _status,
        Kind.SCRAP: _scrap,
        Kind.ISSUE: _issue,
        Kind.RECEIPT: _receipt,
        Kind.SPLIT: _split,
        Kind.MERGE: _merge,
        Kind.OWNER: _owner,
    }
)

"""The documents of the stores: the list, one document, taking it back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.journal.queries import history
from qitao.stock import documents
from qitao.stock.models import Move, StockDocument
from qitao.stock.queries import MOVE_SHOWS
from qitao.web.chips import plain_chip
from qitao.web.lists import Choice, Column, Empty, List, Which, show
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import within
from qitao.web.telling import Told, told


def all_documents() -> QuerySet[StockDocument]:
    """Return all documents with what a list of them shows."""
    moves = Move.objects.filter(document=StockDocument._meta.label_lower, document_id=OuterRef("pk"), reverses=None)
    count = moves.order_by().values("document_id").annotate(n=Count("item_id", distinct=True)).values("n")
    first = moves.order_by("id").values("item__code")[:1]
    return StockDocument.objects.select_related("warehouse", "made_by").annotate(
        items=Coalesce(Subquery(count), 0), first_item=Subquery(first)
    )


def _items(row: StockDocument) -> str:
    code, more = row.first_item, row.items - 1  # type: ignore[attr-defined]
    return f"{code} +{more}" if more > 0 else str(code or "")


def _state(row: StockDocument) -> SafeString | str:
    if row.reversed_at:
        return plain_chip(_("reversed"), "bad")
    return plain_chip(_("dated back"), "warn") if row.is_dated_back else ""


DOCUMENTS = List(
    name="stock-documents",
    columns=(
        Column("code", _("Document"), kind="code", sort="code", link=page_of),
        Column("kind", _("Kind"), value="get_kind_display", sort="kind"),
        Column("item", _("Items"), value=_items, sort="first_item"),
        Column("warehouse", _("Warehouse"), kind="named", sort="warehouse__code"),
        Column("reason", _("Why"), sort="reason"),
        Column("cost_center", _("Cost center"), sort="cost_center"),
        Column("happened_at", _("Happened"), kind="moment", sort="happened_at"),
        Column("made_at", _("Written"), kind="moment", sort="made_at", shown=False),
        Column("made_by", _("By"), value="made_by.name", sort="made_by__name"),
        Column("state", _("Remark"), kind="html", value=_state),
    ),
    filters=(
        Choice("kind", _("Kind"), StockDocument.Kind.choices),
        Which(
            "which",
            _("Which"),
            {
                "stands": (_("not reversed"), Q(reversed_at=None)),
                "reversed": (_("reversed"), Q(reversed_at__isnull=False)),
                "back": (_("dated back"), Q(happened_at__lt=F("made_at"))),
            },
        ),
        Which(
            "place",
            _("Warehouse"),
            {
                "here": (_("my warehouses"), lambda request: within(request.user, "warehouse")),
                "all": (_("all"), Q(pk=F("pk"))),
            },
            default="here",
        ),
    ),
    search=("code", "reason", "cost_center", "first_item", "made_by__name"),
    order="-made_at",
    row_link=page_of,
    row_class=lambda row: "is-dim" if row.reversed_at else "",
    live="stock.document_posted stock.document_reversed",
    empty=Empty(
        _("Nothing has been written by hand yet."),
        _("Here stand changes of status, scrap, other issues and receipts, and what became of lots and owners."),
        "stock-document-start",
        _("New document"),
    ),
    placeholder=_("Document, reason, item"),
)


@page(permission="stock.view")
def document_list(request: Request) -> HttpResponseBase:
    """Show the documents, the newest first."""
    new = (reverse("stock-document-start"), _("New document"), "stock.adjust")
    return show(
        request,
        DOCUMENTS,
        all_documents(),
        title=gettext("Stock documents"),
        tab="documents",
        new=new,
        template="stores/stock_list.html",
    )


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document: why it was written, what it moved, what happened to it since."""

    document: StockDocument
    moves: list[Move]
    story: list[Told]
    may_reverse: bool


@page(permission="stock.view")
def document(request: Request, code: str) -> HttpResponse:
    """Show one document."""
    rows = StockDocument.objects.select_related("warehouse", "made_by", "reversed_by")
    found = get_object_or_404(rows, code=code)
    moves = Move.objects.filter(document=found._meta.label_lower, document_id=found.pk)
    user = request.user
    shown = DocumentPage(
        document=found,
        moves=list(moves.select_related(*MOVE_SHOWS, "item__unit").order_by("id")),
        story=told(history(found).order_by("-id")),
        may_reverse=not found.reversed_at and user.may("stock.adjust") and user.works_in(found.warehouse.code),
    )
    return render(request, "stores/document.html", {"page": shown})


@page(permission="stock.adjust", methods=["POST"])
def reverse_document(request: Request, code: str) -> HttpResponse:
    """Undo a document as a whole."""
    found = get_object_or_404(StockDocument, code=code)
    reason = Reading(request.POST).text("reason", title=gettext("Why"), longest=200, required=True)
    documents.reverse(command_from(request), document_id=found.pk, reason=reason)
    return done(request, gettext("{code} is reversed.").format(code=code), to=reverse("stock-document", args=[code]))

"""Borrowings: who asked whom for what, what is owed, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, DecimalField, F, Q, QuerySet, Value, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from qitao.accounts.models import User
from qitao.accounts.queries import people_with
from qitao.catalog.models import QUANTITY
from qitao.journal.models import Fact
from qitao.picking import borrowing as actions
from qitao.picking.models import BORROWING, Borrowing
from qitao.web.cells import item_cell
from qitao.web.chips import plain_chip
from qitao.web.lists import Column, Empty, List, Which, show
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.scope import within
from qitao.web.telling import Told, told

LIVE = "picking. production. stock. purchasing.received"


def all_borrowings() -> QuerySet[Any]:
    """Return all borrowings with what is still owed of each."""
    rows = Borrowing.objects.select_related(
        "item__unit", "warehouse", "lender__work_order", "borrower__work_order", "asked_by", "decided_by"
    )
    owed = When(status=Borrowing.State.LENT, then=F("quantity") - F("paid"))
    return rows.annotate(still=Case(owed, default=Value(0), output_field=DecimalField(**QUANTITY)))


def to_answer(user: User) -> QuerySet[Any]:
    """Return the borrowings that wait for somebody like `user` to say yes or no, the oldest first."""
    rows = all_borrowings().filter(within(user, "warehouse"), status="asked").order_by("id")
    return rows if user.may("picking.lend") else rows.none()


def asked_by(user: User) -> QuerySet[Any]:
    """Return what `user` asked for and nobody has answered yet, and what was answered today, the newest first."""
    today = timezone.localdate()
    mine = all_borrowings().filter(asked_by=user).filter(Q(status="asked") | Q(decided_at__date=today))
    return mine.order_by("-id")


def _order(which: str) -> Callable[[Any], SafeString]:
    def shown(row: Any) -> SafeString:
        line = getattr(row, which)
        return format_html('<a class="code" href="{}">{}</a>', reverse("claims", args=[line.pk]), line.work_order.code)

    return shown


def _late(row: Any) -> SafeString | str:
    days = (timezone.localdate() - row.due_on).days
    if row.status != "lent" or days <= 0:
        return ""
    return plain_chip(ngettext("{days} day overdue", "{days} days overdue", days).format(days=days), "bad")


def _overdue(request: Request) -> Q:
    return Q(status="lent", due_on__lt=timezone.localdate())


BORROWINGS = List(
    name="borrowings",
    columns=(
        Column("code", _("Borrowing"), kind="code", sort="code", link=page_of),
        Column("item", _("Item"), kind="html", value=lambda row: item_cell(row.item), sort="item__code"),
        Column("quantity", _("Quantity"), kind="quantity", unit="item.unit", sort="quantity"),
        Column("still", _("Still owed"), kind="quantity", unit="item.unit", sort="still"),
        Column("borrower", _("Taken for"), kind="html", value=_order("borrower"), sort="borrower__work_order__code"),
        Column("lender", _("From"), kind="html", value=_order("lender"), sort="lender__work_order__code"),
        Column("due_on", _("Due back"), kind="day", sort="due_on"),
        Column("late", _("Overdue"), kind="html", value=_late),
        Column("status", _("State"), kind="chip", sort="status"),
        Column("asked_by", _("Asker"), value="asked_by.name", sort="asked_by__name"),
        Column("warehouse", _("Warehouse"), value="warehouse.code", sort="warehouse__code", shown=False),
        Column("reason", _("Why"), sort="reason", shown=False),
    ),
    filters=(
        Which(
            "state",
            _("State"),
            {
                "open": (_("open"), Q(status__in=("asked", "lent"))),
                "overdue": (_("overdue"), _overdue),
                **{value: (word, Q(status=value)) for value, word in Borrowing.State.choices},
            },
            default="open",
        ),
        Which(
            "which",
            _("Which"),
            {
                "mine": (_("asked for by me"), lambda request: Q(asked_by=request.user)),
                "here": (_("my warehouses"), lambda request: within(request.user, "warehouse") or Q(pk=F("pk"))),
            },
        ),
    ),
    search=("code", "item__code", "item__name", "lender__work_order__code", "borrower__work_order__code", "reason"),
    order="due_on,code",
    row_link=page_of,
    row_class=lambda row: "is-hurt" if row.status == "lent" and row.due_on < timezone.localdate() else "",
    live=LIVE,
    empty=Empty(
        _("Nobody owes anything."),
        _("What a work order takes from what another holds is followed here until it is paid back."),
        "reservations",
        _("Who holds what"),
    ),
    placeholder=_("Borrowing, item, work order"),
)


@page(permission="stock.view")
def borrowings(request: Request) -> HttpResponseBase:
    """Show who owes what to whom."""
    return show(request, BORROWINGS, all_borrowings(), title=gettext("Borrowings"))


@dataclass(frozen=True, slots=True)
class BorrowingPage:
    """A borrowing and what may be done with it now."""

    row: Borrowing
    story: list[Told]
    may_lend: bool
    may_withdraw: bool
    may_forgive: bool
    lenders: list[User]
    is_overdue: bool


@page(permission="stock.view")
def borrowing(request: Request, code: str) -> HttpResponse:
    """Show one borrowing."""
    row = get_object_or_404(all_borrowings(), code=code)
    user, allowed = request.user, BORROWING.allowed(row.status)
    is_lender = user.may("picking.lend") and user.works_in(row.warehouse.code)
    itself = Q(subject=Borrowing._meta.label_lower, subject_id=row.pk)
    told_of = Q(kind__in=("picking.lent", "picking.paid_back"), data__code=row.code)
    story = Fact.objects.filter(itself | told_of).select_related("actor").order_by("-id")
    shown = BorrowingPage(
        row=row,
        story=told(story),
        may_lend=is_lender and "lend" in allowed,
        may_withdraw="withdraw" in allowed and user.may("picking.borrow") and (user == row.asked_by or is_lender),
        may_forgive=is_lender and "forgive" in allowed,
        lenders=[each for each in people_with("picking.lend") if each.works_in(row.warehouse.code)],
        is_overdue=row.status == "lent" and row.due_on < timezone.localdate(),
    )
    return render(request, "claims/borrowing.html", {"page": shown})


@page(permission="picking.lend", methods=["POST"])
def lend(request: Request, code: str) -> HttpResponse:
    """Say yes."""
    row = get_object_or_404(Borrowing, code=code)
    reply = actions.lend(command_from(request), borrowing_id=row.pk)
    said = gettext("{code}: {quantity} lent; they are owed until they are paid back.")
    return done(request, said.format(code=code, quantity=reply["quantity"]))


@page(permission="picking.lend", methods=["POST"])
def refuse(request: Request, code: str) -> HttpResponse:
    """Say no, and why."""
    return _ended(request, code, actions.refuse, gettext("{code} is refused."))


@page(permission="picking.borrow", methods=["POST"])
def withdraw(request: Request, code: str) -> HttpResponse:
    """Take back what was asked for."""
    return _ended(request, code, actions.withdraw, gettext("{code} is withdrawn."))


@page(permission="picking.lend", methods=["POST"])
def forgive(request: Request, code: str) -> HttpResponse:
    """Say that what is owed need not be paid back."""
    return _ended(request, code, actions.forgive, gettext("{code} is not owed any more."))


def _ended(request: Request, code: str, action: Callable[..., Any], said: str) -> HttpResponse:
    row = get_object_or_404(Borrowing, code=code)
    reason = Reading(request.POST).text("reason", title=gettext("Why"), longest=200)
    action(command_from(request), borrowing_id=row.pk, reason=reason)
    return done(request, said.format(code=code))

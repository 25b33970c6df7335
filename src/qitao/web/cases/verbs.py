"""What can be done with a case: each one form, one action."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qitao.journal.command import Command
from qitao.production import actions as production
from qitao.shortages import actions
from qitao.shortages.models import Case, OptionKind
from qitao.shortages.options import kind_of
from qitao.shortages.queries import open_cases
from qitao.shortages.refusals import DecidedMeanwhile, OptionChanged, OptionGone
from qitao.web.cases.pages import case_called, ways_for
from qitao.web.many import each
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.saying import say


@page(permission="shortages.decide", methods=["POST"])
def carry_out(request: Request, code: str) -> HttpResponse:
    """Carry out a way out as it was shown; where it is no longer what was shown, show what there is now."""
    found, form = case_called(code), Reading(request.POST)
    key = form.text("key", title=_("Way out"), required=True)
    shown, decided = form.text("shown_kit_on", title=_("Kit date")), form.text("decided", title=_("Way out"))
    try:
        actions.carry_out(
            command_from(request),
            case_id=found.pk,
            requirement_id=form.number("requirement", title=_("Work order")),
            key=key,
            shown_kit_on=date.fromisoformat(shown) if shown else None,
            decided=form.number("decided", title=_("Way out")) if decided else None,
        )
    except (OptionGone, OptionChanged, DecidedMeanwhile) as refusal:
        if not request.htmx:
            raise
        ways = ways_for(request, found, request.POST["requirement"], say(refusal))
        response = render(request, "cases/ways.html", {"page": ways, "case": found})
        response["HX-Retarget"], response["HX-Reswap"] = "#ways-out", "outerHTML"
        return response
    word = OptionKind(kind_of(key)).label
    return done(request, _("Carried out: {what}.").format(what=word), to="" if request.htmx else page_of(found))


# Towards the decision


@page(permission="shortages.work", methods=["POST"])
def verify(request: Request, code: str) -> HttpResponse:
    """State that the shortage is real."""
    found = case_called(code)
    note = Reading(request.POST).text("note", title=_("Note"))
    actions.verify(command_from(request), case_id=found.pk, note=note)
    return done(request, _("{code} is confirmed as real.").format(code=found.code))


@page(permission="shortages.work", methods=["POST"])
def assess(request: Request, code: str) -> HttpResponse:
    """Write down whom the shortage hurts."""
    found = case_called(code)
    actions.assess(command_from(request), case_id=found.pk)
    return done(request, _("{code} is assessed.").format(code=found.code))


@page(permission="shortages.work", methods=["POST"])
def assign(request: Request, code: str) -> HttpResponse:
    """Give the case to somebody."""
    found = case_called(code)
    owner = Reading(request.POST).number("owner", title=_("Owner"))
    actions.assign(command_from(request), case_id=found.pk, owner_id=owner)
    found.refresh_from_db()
    return done(request, _("{code} belongs to {owner} now.").format(code=found.code, owner=found.owner))


@page(permission="shortages.work", methods=["POST"])
def count(request: Request, code: str) -> HttpResponse:
    """Have the item counted in a warehouse."""
    found = case_called(code)
    warehouse = Reading(request.POST).number("warehouse", title=_("Warehouse"))
    reply = actions.order_count(command_from(request), case_id=found.pk, warehouse_id=warehouse)
    return done(request, _("Count {count} is asked for.").format(count=reply["code"]))


@page(permission="shortages.view", methods=["POST"])
def comment(request: Request, code: str) -> HttpResponse:
    """Add a remark."""
    found = case_called(code)
    text = Reading(request.POST).text("text", title=_("Remark"), longest=2000, required=True)
    actions.comment(command_from(request), case_id=found.pk, text=text)
    return done(request)


# The end of it


@page(permission="shortages.close", methods=["POST"])
def close(request: Request, code: str) -> HttpResponse:
    """Close the case with its cause."""
    found, form = case_called(code), Reading(request.POST)
    cause, note = form.text("cause", title=_("Cause")), form.text("note", title=_("Note"), longest=500)
    actions.close(command_from(request), case_id=found.pk, cause=cause, note=note)
    return done(request, _("{code} is closed.").format(code=found.code))


@page(permission="shortages.close", methods=["POST"])
def cancel(request: Request, code: str) -> HttpResponse:
    """Withdraw a case that was none."""
    found = case_called(code)
    reason = Reading(request.POST).text("reason", title=_("Reason"), longest=500, required=True)
    actions.cancel(command_from(request), case_id=found.pk, reason=reason)
    return done(request, _("{code} is withdrawn.").format(code=found.code))


@page(permission="shortages.close", methods=["POST"])
def reopen(request: Request, code: str) -> HttpResponse:
    """Open the case again."""
    found = case_called(code)
    reason = Reading(request.POST).text("reason", title=_("Reason"), longest=500, required=True)
    actions.reopen(command_from(request), case_id=found.pk, reason=reason)
    return done(request, _("{code} is open again.").format(code=found.code))


# From other pages


@page(permission="shortages.open", methods=["POST"])
def open_case(request: Request) -> HttpResponse:
    """Open a case for what the plan sees coming, and go there."""
    form = Reading(request.POST)
    reply = actions.open_foreseen(
        command_from(request),
        item_id=form.number("item", title=_("Item")),
        site_id=form.number("site", title=_("Site")),
    )
    text = _("Case {code} is open.").format(code=reply["code"])
    return done(request, text, to=reverse("case", args=[reply["code"]]))


@page(permission="planning.rank", methods=["POST"])
def release_reserved(request: Request) -> HttpResponse:
    """Give back what a work order has reserved of an item, so that others can have it."""
    form = Reading(request.POST)
    work_order = form.number("work_order", title=_("Work order"))
    item = form.number("item", title=_("Item"))
    reply = production.release_reservations(command_from(request), work_order_id=work_order, item_id=item)
    return done(request, _("Given back: {quantity}.").format(quantity=reply["freed"]))


@page(permission="shortages.work", methods=["POST"])
def take(request: Request) -> HttpResponse:
    """Make the reader the owner of the selected cases."""

    def one(command: Command, found: Case) -> None:
        actions.assign(command, case_id=found.pk, owner_id=request.user.pk)

    def told(count: int) -> str:
        return ngettext("{count} case is yours now.", "{count} cases are yours now.", count).format(count=count)

    return each(request, open_cases(), one, say_done=told)


@page(permission="shortages.work", methods=["POST"])
def verify_many(request: Request) -> HttpResponse:
    """State that the shortages of the selected cases are real."""

    def one(command: Command, found: Case) -> None:
        actions.verify(command, case_id=found.pk)

    def told(count: int) -> str:
        text = ngettext("{count} case is confirmed as real.", "{count} cases are confirmed as real.", count)
        return text.format(count=count)

    return each(request, open_cases(), one, say_done=told)

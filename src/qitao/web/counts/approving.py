"""Approving what two people counted: in bulk, or one by one with everything that speaks for and against it."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from qitao.stock import actions
from qitao.stock.count_queries import to_approve
from qitao.stock.models import Count
from qitao.web.counts.listing import APPROVALS
from qitao.web.lists import show
from qitao.web.many import each
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.request import Request


@page(permission="stock.adjust")
def approvals(request: Request) -> HttpResponseBase:
    """Show the counts that wait for approval, the oldest first."""
    title = gettext("Counts to approve")
    return show(request, APPROVALS, to_approve(), template="counts/list.html", title=title, tab="approve")


@page(permission="stock.adjust", methods=["POST"])
def approve(request: Request, code: str) -> HttpResponse:
    """Let the differences of one count be posted."""
    found, fields = get_object_or_404(Count, code=code), Reading(request.POST)
    reply = actions.approve_count(
        command_from(request),
        count_id=found.pk,
        why=fields.text("why", title=gettext("Why")),
        note=fields.text("note", title=gettext("Note"), longest=300),
    )
    if reply["outcome"] == "recount":
        bins = ", ".join(reply["bins"])
        said = gettext("More has left {bins} since than was counted: it is counted once more.").format(bins=bins)
        return done(request, said, to=reverse("count", args=[code]))
    return done(request, gettext("{code} is approved and posted.").format(code=code), to=reverse("counts-to-approve"))


@page(permission="stock.adjust", methods=["POST"])
def refuse(request: Request, code: str) -> HttpResponse:
    """Have a count counted again."""
    found, fields = get_object_or_404(Count, code=code), Reading(request.POST)
    note = fields.text("note", title=gettext("Note"), longest=300)
    actions.refuse_count(command_from(request), count_id=found.pk, reason=note)
    return done(request, gettext("{code} is counted again.").format(code=code), to=reverse("counts-to-approve"))


@page(permission="stock.adjust", methods=["POST"])
def cancel(request: Request, code: str) -> HttpResponse:
    """Give a count up."""
    found, fields = get_object_or_404(Count, code=code), Reading(request.POST)
    note = fields.text("note", title=gettext("Note"), longest=300)
    actions.cancel_count(command_from(request), count_id=found.pk, reason=note)
    return done(request, gettext("{code} is given up.").format(code=code), to=reverse("counts"))


@page(permission="stock.adjust", methods=["POST"])
def approve_many(request: Request) -> HttpResponse:
    """Let the differences of every ticked count be posted."""
    why = Reading(request.POST).text("why", title=gettext("Why"))

    def told(count: int) -> str:
        return ngettext("{count} count is approved.", "{count} counts are approved.", count).format(count=count)

    return each(
        request,
        Count.objects.order_by("id"),
        lambda command, row: actions.approve_count(command, count_id=row.pk, why=why),
        say_done=told,
    )


@page(permission="stock.adjust", methods=["POST"])
def refuse_many(request: Request) -> HttpResponse:
    """Have every ticked count counted again."""

    def told(count: int) -> str:
        return ngettext("{count} count is counted again.", "{count} counts are counted again.", count).format(
            count=count
        )

    return each(
        request,
        Count.objects.order_by("id"),
        lambda command, row: actions.refuse_count(command, count_id=row.pk),
        say_done=told,
    )

"""Counting: blind, line by line; the difference is shown when it is posted, or to who approves it."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from qitao.kernel.quantity import ZERO
from qitao.stock import actions
from qitao.stock.count_queries import counts
from qitao.stock.models import Count, CountLine, Location, Warehouse
from qitao.stock.refusals import MovedMeanwhile
from qitao.web import formats
from qitao.web.choosing.pages import bin_called, item_called
from qitao.web.counts.listing import COUNTS, OPEN
from qitao.web.counts.showing import count_page, station
from qitao.web.lists import show
from qitao.web.page import command_from, done, page
from qitao.web.reading import Reading
from qitao.web.request import Request
from qitao.web.saying import say
from qitao.web.scope import own_warehouses


@page(permission="stock.count")
def count_list(request: Request) -> HttpResponseBase:
    """Show the counts to do, the oldest first."""
    return show(request, COUNTS, counts(), template="counts/list.html", title=gettext("Counts"), tab="counts")


def _called(code: str) -> Count:
    rows = Count.objects.select_related("item__unit", "location", "warehouse", "made_by", "approved_by")
    return get_object_or_404(rows, code=code)


@page(permission="stock.count")
def count(request: Request, code: str) -> HttpResponse:
    """Show the count screen – blind – while it is to be counted, what came out of it afterwards.

    Who may correct the record may look at it (`?look`) while others count.
    """
    found = _called(code)
    looks = "look" in request.GET and request.user.may("stock.adjust")
    if found.status in OPEN and request.user.works_in(found.warehouse.code) and not looks:
        shown = station(found, request.user, start=request.GET.get("line", ""))
        return render(request, "counts/station.html", {"page": shown})
    context = {"page": count_page(found, request.user), "whys": Count.Why.choices}
    return render(request, "counts/result.html", context)


@page(permission="stock.count", methods=["POST"])
def enter(request: Request, code: str) -> HttpResponse:
    """Enter what was found in one line and go on with the next; full packs and loose pieces are added up."""
    found, fields = _called(code), Reading(request.POST)
    line = get_object_or_404(
        CountLine.objects.select_related("location", "item__unit"),
        pk=fields.number("line", title=gettext("Bin")),
        count=found,
    )
    figure = _figure(fields, line)
    seen = {line.pk: fields.number("seen", title=gettext("Bin"))} if fields.text("seen", title="") else None
    try:
        actions.enter_count(command_from(request), count_id=found.pk, figures={line.pk: figure}, seen=seen)
    except MovedMeanwhile as refusal:  # the line is shown anew, with what was booked since
        messages.warning(request, say(refusal).text)
        return done(request, to=f"{reverse('count', args=[code])}?line={line.pk}")
    if found.day_list_id and not found.lines.filter(counted=None).exists():
        return _handed_in(request, found)
    said = gettext("{bin}: {quantity} {unit}").format(
        bin=line.item.code if found.location_id else line.location.code,
        quantity=formats.quantity(figure, line.item.unit),
        unit=line.item.unit,
    )
    return done(request, said, to=reverse("count", args=[code]))


def _handed_in(request: Request, found: Count) -> HttpResponse:
    """Hand in a bin of a list of the day with its last figure, and go on with the next bin of the walk."""
    reply = actions.post_count(command_from(request).part("hand in"), count_id=found.pk)
    return done(request, _outcome(found, reply), to=_after(found))


def _after(found: Count) -> str:
    """Return where a count that was handed in leads: on the walk of a day to the next bin, else to what came out."""
    if found.day_list_id is None:
        return reverse("count", args=[found.code])
    left = Count.objects.filter(day_list=found.day_list_id, status__in=OPEN).exclude(pk=found.pk)
    following = left.order_by("location__route", "location__code", "id").first()
    return reverse("count", args=[following.code]) if following else reverse("count-list", args=[found.day_list_id])


def _figure(fields: Reading, line: CountLine) -> Decimal:
    """Return what was counted, in the item's unit."""
    if not fields.text("packs", title=gettext("Full packs")):
        return fields.quantity("counted", title=gettext("Counted"))
    packs = fields.quantity("packs", title=gettext("Full packs"))
    loose = fields.text("counted", title=gettext("Counted"))
    return packs * line.item.pack_quantity + (fields.quantity("counted", title=gettext("Counted")) if loose else ZERO)


@page(permission="stock.count", methods=["POST"])
def add_line(request: Request, code: str) -> HttpResponse:
    """Add what was found although the record does not know it: a bin of the item, or an item in the bin."""
    found, fields = _called(code), Reading(request.POST)
    where = {}
    if found.location_id:
        where["item_id"] = item_called(fields.text("item", title=gettext("Item"), required=True)).pk
    else:
        where["location_id"] = bin_called(fields.text("bin", title=gettext("Bin"), required=True), found.warehouse).pk
    lot = fields.text("lot", title=gettext("Lot"), longest=120)
    reply = actions.add_count_line(command_from(request), count_id=found.pk, lot_code=lot, **where)
    return done(request, to=f"{reverse('count', args=[code])}?line={reply['line']}")


@page(permission="stock.count", methods=["POST"])
def post(request: Request, code: str) -> HttpResponse:
    """Hand the count in: it is posted, or goes on to a second person, or to who approves it."""
    found = _called(code)
    reply = actions.post_count(command_from(request), count_id=found.pk)
    return done(request, _outcome(found, reply), to=_after(found))


def _outcome(found: Count, reply: dict[str, object]) -> str:
    """Say what came of a count that was handed in."""
    match reply["outcome"]:
        case "recount":
            bins = ", ".join(str(each) for each in reply["bins"])  # type: ignore[attr-defined]
            return gettext("The difference is large: a second person counts {bins} again.").format(bins=bins)
        case "waiting":
            return gettext("The difference is large: it waits for approval.")
    wrong, item = int(str(reply["wrong"])), found.item
    difference = Decimal(str(reply["difference"]))
    if item and difference:
        return gettext("Posted. The record was off by {difference} {unit}.").format(
            difference=formats.quantity(difference, item.unit), unit=item.unit
        )
    if wrong and not item:
        return ngettext(
            "Posted. In {count} line the record was wrong.", "Posted. In {count} lines the record was wrong.", wrong
        ).format(count=wrong)
    if wrong := found.lines.exclude(counted=F("recorded")).count():
        return ngettext(
            "Posted. In sum the record was right, in {count} bin it was not.",
            "Posted. In sum the record was right, in {count} bins it was not.",
            wrong,
        ).format(count=wrong)
    return gettext("Posted. The record was right.")


@page(permission="stock.count", methods=["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Ask for a count of an item in a warehouse, or of a bin."""
    if request.method == "GET":
        context = {
            "warehouses": own_warehouses(request.user),
            "item": request.GET.get("item", ""),
            "bin": request.GET.get("bin", ""),
        }
        return render(request, "counts/new.html", context)
    fields = Reading(request.POST)
    warehouse = get_object_or_404(Warehouse, code=fields.text("warehouse", title=gettext("Warehouse")))
    reason = fields.text("reason", title=gettext("Why"), longest=200)
    if place := fields.text("bin", title=gettext("Bin"), longest=120):
        location = bin_called(place, warehouse)
        reply = actions.order_bin_count(command_from(request), location_id=location.pk, reason=reason)
    else:
        item = item_called(fields.text("item", title=gettext("Item"), required=True))
        reply = actions.order_count(command_from(request), item_id=item.pk, warehouse_id=warehouse.pk, reason=reason)
    return done(request, to=reverse("count", args=[reply["code"]]))


@page(permission="stock.count", methods=["POST"])
def count_bin(request: Request, number: int) -> HttpResponse:
    """Count everything in a bin, now."""
    place = get_object_or_404(Location, pk=number, warehouse__isnull=False)
    reply = actions.order_bin_count(command_from(request), location_id=place.pk)
    return done(request, to=reverse("count", args=[reply["code"]]))

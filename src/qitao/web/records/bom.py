"""The bill of material of an item: its versions, lines, all levels; an engineering change seen before it is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qitao.catalog import engineering
from qitao.catalog.engineering import LineChange, LineFacts
from qitao.catalog.explosion import Recipes, TreeLine
from qitao.catalog.models import Bom, BomLine, Item, Substitute
from qitao.catalog.queries import where_used
from qitao.kernel.quantity import ZERO
from qitao.kernel.refusal import BadValue
from qitao.kernel.words import gettext_noop
from qitao.production import engineering as changes
from qitao.production.engineering import Touched
from qitao.web.choosing.pages import item_called
from qitao.web.formats import named
from qitao.web.page import command_from, done, page
from qitao.web.places import page_of
from qitao.web.reading import Reading
from qitao.web.records.forms import Field, Form, Section, read, show, shown, with_titles
from qitao.web.records.lines import new_number, numbers
from qitao.web.request import Request

CHANGE = "catalog.change"
VIEWS = ("lines", "levels", "used")
DEEPEST_SHOWN = 2000


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of a version, and what may stand in for its component here."""

    line: BomLine
    substitutes: list[Substitute]


@dataclass(frozen=True, slots=True)
class BomPage:
    """The BOM of an item: its versions, the one that is shown, and one view of it."""

    item: Item
    versions: list[Bom]
    bom: Bom | None
    used_today: Bom | None
    view: str
    lines: list[LineShown]
    tree: list[TreeLine]
    used_in: list[BomLine]
    differing: list[Touched]
    today: date

    @property
    def template(self) -> str:
        """The part that the view shows."""
        return f"records/bom_{self.view}.html"


@page(permission="catalog.view")
def bom(request: Request, item_pk: int) -> HttpResponse:
    """Show the bill of material of an item."""
    item = get_object_or_404(Item.objects.select_related("unit"), pk=item_pk)
    view = request.GET.get("view", "")
    shown_page = bom_page(item, version=request.GET.get("version", ""), view=view if view in VIEWS else VIEWS[0])
    is_editing = "edit" in request.GET and request.user.may(CHANGE) and shown_page.bom is not None
    new_rows = [new_number() for _each in range(2 if shown_page.lines else 6)] if is_editing else []
    context = {"page": shown_page, "item": item, "is_editing": is_editing, "new_rows": new_rows}
    return render(request, "records/bom.html", context)


def bom_page(item: Item, *, version: str, view: str) -> BomPage:
    """Return what the page of an item's BOM shows."""
    today = timezone.localdate()
    recipes = Recipes([item.pk], whole_tree=view == "levels")
    versions = list(item.boms.order_by("valid_from", "id"))
    used_today = recipes.bom_of(item.pk, today)
    chosen = next((each for each in versions if each.version == version), None) or used_today
    chosen = chosen or (versions[-1] if versions else None)
    return BomPage(
        item=item,
        versions=versions,
        bom=chosen,
        used_today=used_today,
        view=view,
        lines=_lines(chosen, item) if chosen and view == "lines" else [],
        tree=list(recipes.tree(chosen, today))[:DEEPEST_SHOWN] if chosen and view == "levels" else [],
        used_in=list(where_used(item).select_related("component__unit")) if view == "used" else [],
        differing=changes.touched_by(item) if chosen and view == "lines" else [],
        today=today,
    )


def _lines(bom: Bom, item: Item) -> list[LineShown]:
    lines = list(bom.lines.select_related("component__unit").order_by("position"))
    stand_ins: dict[int, list[Substitute]] = defaultdict(list)
    rows = Substitute.objects.filter(component__in=[line.component_id for line in lines]).select_related("substitute")
    for row in rows:
        if row.parent_id in (None, item.pk):
            stand_ins[row.component_id].append(row)
    return [LineShown(line, stand_ins[line.component_id]) for line in lines]


# Lines


@page(permission=CHANGE)
def bom_row(request: Request) -> HttpResponse:
    """Return one more empty line of a BOM form."""
    return render(request, "records/bom_row.html", {"row": new_number()})


@page(permission=CHANGE, methods=["POST"])
def preview(request: Request, pk: int) -> HttpResponse:
    """Show what a change of lines would change, and which open work orders it touches; nothing is written."""
    bom = get_object_or_404(Bom.objects.select_related("item"), pk=pk)
    lines = _typed(request)
    engineering.must_be_sound(bom, lines, today=timezone.localdate())
    found = engineering.compare(bom, lines)
    command = command_from(request)
    touched = (
        changes.try_change(lambda: engineering.write_lines(command, bom_id=pk, lines=lines), bom.item) if found else []
    )
    items = Item.objects.select_related("unit").in_bulk(
        [side.component_id for each in found for side in (each.before, each.after) if side]
    )
    context = {
        "bom": bom,
        "item": bom.item,
        "changes": [_worded(each, items) for each in found],
        "touched": touched,
        "posted": [(name, value) for name, value in request.POST.items() if name.startswith("line-")],
    }
    return render(request, "records/bom_change.html" if request.htmx else "records/bom_change_page.html", context)


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """What becomes of one line, in words."""

    position: int
    word: str
    tone: str
    before: tuple[Item, Any] | None
    after: tuple[Item, Any] | None
    others: str


FIELD_WORDS = {
    "scrap_percent": _("Scrap"),
    "operation": _("Operation"),
    "designators": _("Positions"),
    "valid_from": _("From"),
    "valid_to": _("To"),
    "is_consumable": _("Used from the line"),
    "is_optional": _("Optional"),
}


def _worded(change: LineChange, items: dict[int, Item]) -> ChangeShown:
    word, tone = (
        (gettext("new"), "good")
        if change.before is None
        else (gettext("removed"), "bad")
        if change.after is None
        else (gettext("changed"), "warn")
    )
    before, after = (
        (items[side.component_id], side.quantity) if side is not None else None
        for side in (change.before, change.after)
    )
    others = ", ".join(str(FIELD_WORDS[name]) for name in change.changed if name in FIELD_WORDS)
    return ChangeShown(change.position, word, tone, before, after, others)


@page(permission=CHANGE, methods=["POST"])
def write_lines(request: Request, pk: int) -> HttpResponse:
    """Write the lines of a version, and derive the chosen work orders anew."""
    bom = get_object_or_404(Bom.objects.select_related("item"), pk=pk)
    lines = _typed(request)
    reply = changes.change_lines(command_from(request), bom_id=pk, lines=lines, derive=_chosen(request))
    return done(request, _said(reply), to=_address(bom))


@page(permission="production.change", methods=["POST"])
def derive(request: Request, item_pk: int) -> HttpResponse:
    """Derive the chosen work orders of an item anew from its BOM."""
    item = get_object_or_404(Item, pk=item_pk)
    reply = changes.derive_anew(command_from(request), work_order_ids=_chosen(request))
    return done(request, _said(reply), to=reverse("bom", args=[item.pk]))


def _said(reply: dict[str, Any]) -> str:
    saved = gettext("The bill of material is saved.")
    codes = reply.get("derived", ())
    if not codes:
        return saved
    return gettext("{saved} Derived anew: {codes}.").format(saved=saved, codes=", ".join(codes))


def _chosen(request: Request) -> list[int]:
    return [int(text) for text in request.POST.getlist("derive") if text.isascii() and text.isdecimal()]


def _address(bom: Bom) -> str:
    return f"{reverse('bom', args=[bom.item_id])}?{urlencode({'version': bom.version})}"


def _typed(request: Request) -> list[LineFacts]:
    """Return the lines as they were typed; without a number of its own a line follows the last one."""
    rows = list(_rows(request))
    last = max((row.position for row in rows), default=0)
    following = count(last + 1)
    return [row if row.position else replace(row, position=next(following)) for row in rows]


def _rows(request: Request) -> Iterator[LineFacts]:
    reading = Reading(request.POST)
    for number in numbers(request.POST):
        prefix = f"line-{number}-"

        def typed(name: str, prefix: str = prefix) -> str:
            return str(request.POST.get(prefix + name, "")).strip()

        if typed("remove") or not any(typed(name) for name in ("component", "quantity")):
            continue
        if not typed("component"):
            raise BadValue(field=gettext("Component"), problem=gettext_noop("is needed"))
        yield LineFacts(
            position=reading.number(f"{prefix}position", title=gettext("Line no.")) if typed("position") else 0,
            component_id=item_called(typed("component")).pk,
            quantity=reading.positive(f"{prefix}quantity", title=gettext("For one")),
            scrap_percent=reading.quantity(f"{prefix}scrap", title=gettext("Scrap")) if typed("scrap") else ZERO,
            operation=reading.text(f"{prefix}operation", title=gettext("Operation"), longest=60),
            designators=reading.text(f"{prefix}designators", title=gettext("Positions"), longest=1000),
            valid_from=reading.day(f"{prefix}from", title=gettext("From")) if typed("from") else None,
            valid_to=reading.day(f"{prefix}to", title=gettext("To")) if typed("to") else None,
            is_consumable=bool(typed("consumable")),
            is_optional=bool(typed("optional")),
        )


# Versions


def _copies(item: Item) -> list[tuple[Any, str]]:
    return [(bom.pk, str(bom.version)) for bom in item.boms.order_by("-id")]


VERSION = (
    Field("version", _("Version"), required=True, longest=30),
    Field("valid_from", _("First day"), "day", help=_("Empty: since ever.")),
    Field("valid_to", _("Last day"), "day", help=_("Empty: until another version starts.")),
    Field("note", _("Note"), longest=300, wide=True, help=_("Number of the engineering change, reason …")),
)


@page(permission=CHANGE, methods=["GET", "POST"])
def new_version(request: Request, item_pk: int) -> HttpResponse:
    """Make a version of an item's BOM, empty or as a copy of another."""
    item = get_object_or_404(Item, pk=item_pk)
    copy = Field("copy_of", _("With the lines of version"), "choice", choices=_copies(item), help=_("Empty: no lines."))
    form = Form((Section("", (*VERSION, copy)),))
    back = reverse("bom", args=[item.pk])
    if request.method == "POST":
        values, command = read(request, form, is_new=True), command_from(request)
        values["copy_of"] = int(values["copy_of"]) if values["copy_of"] else None
        made = with_titles(form, lambda: engineering.create_bom(command, item_id=item.pk, **values))
        new = Bom.objects.get(pk=made["bom"])
        text = gettext("Version {version} is made.").format(version=new.version)
        return done(request, text, to=f"{_address(new)}&edit=1")
    latest = item.boms.order_by("-id").first()
    usual: dict[str, Any] = {"copy_of": latest.pk if latest else "", "version": _next_version(item)}
    usual["valid_from"] = timezone.localdate() if latest else None
    filled = shown(request, form, None, cancel=back, usual=usual)
    return show(request, filled, title=gettext("New version"), subtitle=f"{item.code} {named(item)}", crumb=item.code)


def _next_version(item: Item) -> str:
    taken = set(item.boms.values_list("version", flat=True))
    return next(str(number) for number in range(1, len(taken) + 2) if str(number) not in taken)


@page(permission=CHANGE, methods=["GET", "POST"])
def version(request: Request, pk: int) -> HttpResponse:
    """Change a version's name, days and note; the work orders that this touches are shown afterwards on its page."""
    row = get_object_or_404(Bom.objects.select_related("item"), pk=pk)
    form = Form((Section("", VERSION),))
    if request.method == "POST":
        values, command = read(request, form, is_new=False), command_from(request)
        if "touched" not in request.POST:
            touched = changes.try_change(
                lambda: with_titles(form, lambda: engineering.change_bom(command, bom_id=pk, values=values)), row.item
            )
            if touched:
                context = {"bom": row, "item": row.item, "touched": touched, "posted": list(request.POST.items())}
                address = reverse("bom-version", args=[pk])
                return _instead(render(request, "records/bom_version_change.html", {**context, "address": address}))
        changes.change_validity(command, bom_id=pk, values=values, derive=_chosen(request))
        row.refresh_from_db()
        return done(request, gettext("The bill of material is saved."), to=_address(row))
    filled = shown(request, form, row, cancel=_address(row))
    title = f"{row.item.code} · {row.version}"
    return show(request, filled, title=title, subtitle=named(row.item), crumb=row.item.code)


def _instead(response: HttpResponse) -> HttpResponse:
    """Let htmx put a page of ours in the place of the one that asked, although its form swaps nothing."""
    response["HX-Retarget"] = "#main"
    response["HX-Reswap"] = "innerHTML show:top"
    response["HX-Reselect"] = "#main > *"
    return response


# Substitutes

SUBSTITUTE = Form(
    (
        Section(
            "",
            (
                Field("substitute", _("Substitute"), "item", required=True),
                Field("parent", _("Only in"), "item", help=_("Empty: everywhere.")),
                Field("ratio", _("How much of it for one"), "quantity", usual=1, required=True),
                Field("priority", _("Priority"), "number", usual=1, help=_("1 is taken first.")),
                Field("valid_from", _("First day"), "day"),
                Field("valid_to", _("Last day"), "day"),
                Field("note", _("Note"), longest=300, wide=True),
            ),
        ),
    )
)


@page(permission=CHANGE, methods=["GET", "POST"])
def new_substitute(request: Request, item_pk: int) -> HttpResponse:
    """Name an item that may stand in for a component; it is used once it is approved."""
    return _substitute(request, get_object_or_404(Item, pk=item_pk), None)


@page(permission=CHANGE, methods=["GET", "POST"])
def substitute_form(request: Request, pk: int) -> HttpResponse:
    """Change, approve or withdraw a substitute."""
    row = get_object_or_404(Substitute.objects.select_related("component", "substitute", "parent"), pk=pk)
    return _substitute(request, row.component, row)


def _substitute(request: Request, component: Item, row: Substitute | None) -> HttpResponse:
    back = f"{page_of(component)}?tab=bom"
    if request.method == "POST":
        values, command = read(request, SUBSTITUTE, is_new=row is None), command_from(request)
        ends = {"substitute_id": values.pop("substitute"), "parent_id": values.pop("parent")}
        who = {"component_id": component.pk, "row_id": row.pk if row else None}
        reply = with_titles(SUBSTITUTE, lambda: engineering.keep_substitute(command, **who, **ends, values=values))
        text = gettext("The substitute is saved.")
        if row is None:
            text = gettext("The substitute is saved; it is used once it is approved.")
        return done(request, text, to=reverse("substitute-edit", args=[reply["substitute"]]))
    usual = {"parent": request.GET.get("parent", ""), "ratio": 1, "priority": 1}
    form = shown(request, SUBSTITUTE, row, cancel=back, usual=usual)
    title = f"{component.code} → {row.substitute.code}" if row else gettext("New substitute")
    extra = "records/substitute_extra.html" if row else ""
    subtitle = gettext("stands in for {code} {name}").format(code=component.code, name=named(component))
    return show(request, form, title=title, subtitle=subtitle, crumb=component.code, extra=extra, row=row)


@page(permission=CHANGE, methods=["POST"])
def approve(request: Request, pk: int) -> HttpResponse:
    """Let a substitute be used."""
    row = get_object_or_404(Substitute.objects.select_related("component"), pk=pk)
    engineering.approve_substitute(command_from(request), row_id=pk)
    return done(request, gettext("The substitute is approved."), to=f"{page_of(row.component)}?tab=bom")


@page(permission=CHANGE, methods=["POST"])
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Let a substitute no longer be used."""
    row = get_object_or_404(Substitute.objects.select_related("component"), pk=pk)
    engineering.withdraw_substitute(command_from(request), row_id=pk)
    return done(request, gettext("The substitute is withdrawn."), to=f"{page_of(row.component)}?tab=bom")

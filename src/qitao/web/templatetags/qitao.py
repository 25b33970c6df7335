"""The tags and filters of Qitao's templates."""

from __future__ import annotations

import uuid
from typing import Any

from django import template
from django.conf import settings
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from qitao.kernel.quantity import plain
from qitao.web import assets as built
from qitao.web import chips, codes, formats, icons
from qitao.web.navigation import Group, groups_for, landing
from qitao.web.places import page_of
from qitao.web.plan_age import PlanAge, plan_age
from qitao.web.request import Request
from qitao.web.tracing.both import trace_url

register = template.Library()

FLOOR = {"picker", "line_leader"}  # roles that read at arm's length, with gloves on

register.filter("quantity", formats.quantity)
register.filter("money", formats.money)
register.filter("price", formats.price)
register.filter("number", formats.number)
register.filter("days_away", formats.days_away)
register.filter("short_day", formats.short_day)
register.filter("named", formats.named)
register.filter("page_of", page_of)
register.filter("plain", plain)
register.filter("trace_of", trace_url)
register.filter("qr", codes.qr)
register.simple_tag(icons.icon, name="icon")
register.simple_tag(icons.shape, name="shape")
register.simple_tag(chips.chip, name="chip")
register.simple_tag(chips.plain_chip, name="plain_chip")


@register.simple_tag(takes_context=True)
def floor_type(context: dict[str, Any]) -> str:
    """Return the class that sets a page larger, for who works on the floor and nowhere else."""
    return "floor" if set(context["request"].user.roles) <= FLOOR else ""


@register.filter
def day(value: Any) -> SafeString:
    """Show a day, machine-readable too."""
    return _time(value, formats.day(value))


@register.filter
def moment(value: Any) -> SafeString:
    """Show a moment, machine-readable too."""
    return _time(value, formats.moment(value))


@register.filter
def ago(value: Any) -> SafeString:
    """Show how long ago a moment was; the browser keeps it right."""
    return _time(value, formats.ago(value))


def _time(value: Any, shown: str) -> SafeString:
    if value is None:
        return mark_safe("")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.simple_tag
def command_id() -> SafeString:
    """Number the command that a form will send, so that sending it twice does it once."""
    return format_html('<input type="hidden" name="command_id" value="{}">', uuid.uuid4())


@register.simple_tag
def script(entry: str) -> SafeString:
    """Link a built script with the styles it brings; nothing before the assets are built."""
    if not built.built():
        return mark_safe("")
    links = format_html_join("", '<link rel="stylesheet" href="{}">', ((url,) for url in built.styles(entry)))
    return format_html('{}<script type="module" src="{}"></script>', links, built.script(entry))


@register.simple_tag
def blocking_script(entry: str) -> SafeString:
    """Link a small built script that must run before the first paint."""
    if not built.built():
        return mark_safe("")
    return format_html('<script src="{}"></script>', built.script(entry))


@register.simple_tag
def assets_are_built() -> bool:
    """Tell whether the browser assets are there."""
    return built.built()


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any]) -> list[Group]:
    """Return the places the reader's roles may go to, by group."""
    request: Request = context["request"]
    return groups_for(request)


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], permission: str) -> bool:
    """Tell whether the reader holds a permission."""
    user = context["request"].user
    return bool(user.is_authenticated and user.may(permission))


@register.simple_tag
def home_of(user: models.Model) -> str:
    """Return the word for the reader's first role."""
    return landing(user)


@register.simple_tag
def go(route: str, *arguments: str) -> str:
    """Return the address of a page, or nothing where this installation has no such page."""
    try:
        return reverse(route, args=arguments)
    except NoReverseMatch:
        return ""


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Return the languages by their own names, which are not translated."""
    return list(settings.LANGUAGES)


@register.simple_tag
def html_language(code: str) -> str:
    """Return a language as HTML writes it."""
    return formats.HTML_LANGUAGE.get(code, code)


@register.simple_tag
def plan_freshness() -> PlanAge:
    """Say how fresh the plan is that dates on the page come from."""
    return plan_age()


@register.simple_tag
def in_demo() -> bool:
    """Tell whether this is the demo factory."""
    return bool(getattr(settings, "DEMO", False))


@register.filter
def undo_of(tags: str) -> str:
    """Return the address that takes a message's action back, or nothing."""
    return next((tag.removeprefix("undo=") for tag in (tags or "").split() if tag.startswith("undo=")), "")


@register.filter
def label_of(row: models.Model) -> str:
    """Return a record as the journal names it, e.g. catalog.item:5."""
    return f"{row._meta.label_lower}:{row.pk}"

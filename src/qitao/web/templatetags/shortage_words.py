"""Tags for what kits, cases and options say: the words beside a date, a change of days, a deadline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from qitao.planning.models import KitDate, KitState
from qitao.web import formats
from qitao.web.chips import plain_chip, tone_of

register = template.Library()


@register.simple_tag
def kit_chip(kit: KitDate | str | None) -> SafeString:
    """Show when a kit is complete: its state, and its day where that is not today; what has no plan yet says so."""
    if not isinstance(kit, KitDate):
        return plain_chip(gettext("not planned yet"), "idle")
    word = str(KitState(kit.state).label)
    if kit.kit_on is not None and kit.state != KitState.NOW:
        word = f"{word} · {formats.short_day(kit.kit_on)}"
    return plain_chip(word, tone_of(kit, "state"))


@register.simple_tag
def effect_days(effect: Any, tone: str) -> str:
    """Say by how many days an order gets earlier (tone good) or later."""
    if effect.days is None:
        return gettext("gains a date") if tone == "good" else gettext("loses its date")
    if not effect.days:
        return ""
    if tone == "good":
        return ngettext("{days} day earlier", "{days} days earlier", effect.days).format(days=effect.days)
    return ngettext("{days} day later", "{days} days later", effect.days).format(days=effect.days)


@register.filter
def deadline(value: datetime | None) -> SafeString | str:
    """Show how long is left until a deadline, or by how much it is past; the browser keeps it right."""
    if value is None:
        return ""
    late = value < timezone.now()
    return format_html(
        '<time class="deadline{}" datetime="{}" data-deadline>{}</time>',
        " is-late" if late else "",
        value.isoformat(),
        formats.ago(value),
    )


@register.filter
def initials(person: Any) -> str:
    """Return the letters that stand for a person: the last two of a Chinese name, else the first of two words."""
    name = str(person).strip()
    if not name.isascii():
        return name[-2:] if len(name) > 2 else name
    return "".join(part[0] for part in name.split()[:2]).upper()

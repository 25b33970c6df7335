"""Doing one thing with every selected row: each a command of its own; what was refused is named, the rest is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from qitao.journal.command import Command
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop
from qitao.web.page import command_from, done
from qitao.web.request import Request
from qitao.web.saying import say

M = TypeVar("M", bound=Model)


def chosen(request: Request) -> list[int]:
    """Return the numbers of the ticked rows; refuses where none is."""
    ids = [int(text) for text in request.POST.getlist("ids") if text.isascii() and text.isdecimal()]
    if not ids:
        raise BadValue(field=_("Selection"), problem=gettext_noop("is empty"))
    return ids


def each(
    request: Request, rows: QuerySet[M], one: Callable[[Command, M], object], *, say_done: Callable[[int], str]
) -> HttpResponse:
    """Do `one` with each of the ticked `rows` and tell how many went well and why others did not.

    Where none did, the first refusal is the answer.
    """
    command, good, refused = command_from(request), 0, []
    for row in rows.filter(pk__in=chosen(request)):
        try:
            one(command.part(str(row.pk)), row)
        except Refusal as refusal:
            refused.append(refusal)
        else:
            good += 1
    if refused and not good:
        raise refused[0]
    reasons = dict.fromkeys(say(refusal).reason for refusal in refused)
    return done(request, " ".join([say_done(good), *reasons]))

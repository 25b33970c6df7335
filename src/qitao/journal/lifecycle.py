"""Walking a document through its lifecycle: one conditional UPDATE."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from qitao.kernel.lifecycle import Lifecycle
from qitao.kernel.refusal import NotNow

M = TypeVar("M", bound=models.Model)


def advance(document: M, verb: str, *, lifecycle: Lifecycle, **changes: Any) -> M:
    """Move `document` by `verb`, setting `changes` with it; refuses NotNow where its state does not allow that.

    The state is checked and changed by one UPDATE, so of two people at once only one succeeds.
    """
    target = lifecycle.target(verb)
    moved = (
        type(document)
        ._default_manager.filter(pk=document.pk, status__in=lifecycle.sources(verb))
        .update(status=target, **changes)
    )
    if not moved:
        document.refresh_from_db(fields=["status"])
        raise not_now(document)
    document.status = target  # type: ignore[attr-defined]
    for name, value in changes.items():
        setattr(document, name, value)
    return document


def not_now(document: models.Model) -> NotNow:
    """Return the refusal that says in which state `document` is."""
    what = str(document._meta.verbose_name)
    return NotNow(what=what, code=str(document), state=document.get_status_display())  # type: ignore[attr-defined]

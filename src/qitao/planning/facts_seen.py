"""How much of what happened somebody has seen."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max

from qitao.journal.models import Fact

RECENT = 1000  # facts drawn while the slowest transaction runs


@dataclass(frozen=True, slots=True)
class FactsSeen:
    """The newest fact, and how many of the numbers shortly before it were visible.

    A fact becomes visible after a later one where its transaction took longer: then the newest is the same, but there
    are more of them.
    """

    newest: int
    recent: int


def seen() -> FactsSeen:
    """Return what this transaction, or this moment, sees."""
    newest = Fact.objects.aggregate(newest=Max("id"))["newest"] or 0
    recent = Fact.objects.filter(id__gt=newest - RECENT, id__lte=newest).aggregate(number=Count("id"))["number"]
    return FactsSeen(newest, recent)

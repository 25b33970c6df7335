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
    return FactsSeen(newest, _recent(newest))


def since(known: FactsSeen) -> int:
    """Return how many facts were not seen then: those that came after, and those that became visible late."""
    after = Fact.objects.filter(id__gt=known.newest).exclude(kind__startswith="planning.").count()
    return after + max(_recent(known.newest) - known.recent, 0)


def _recent(newest: int) -> int:
    found = Fact.objects.filter(id__gt=newest - RECENT, id__lte=newest).aggregate(number=Count("id"))
    return int(found["number"])

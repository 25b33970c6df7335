"""What happened to something, in order."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model, QuerySet

from qitao.journal.models import Fact


def history(subject: Model) -> QuerySet[Fact]:
    """Return the facts about `subject`, oldest first, each with its actor."""
    return (
        Fact.objects.filter(subject=subject._meta.label_lower, subject_id=subject.pk)
        .select_related("actor")
        .order_by("id")
    )


def facts_since(at: datetime) -> QuerySet[Fact]:
    """Return what happened since `at`, oldest first."""
    return Fact.objects.filter(at__gte=at).order_by("id")


def newest() -> int:
    """Return the number of the newest fact; 0 before the first. What was read after it knows all up to it."""
    return Fact.objects.order_by("-id").values_list("id", flat=True).first() or 0

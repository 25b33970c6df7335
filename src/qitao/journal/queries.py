"""What happened to something, in order."""

from __future__ import annotations

from django.db.models import Model, QuerySet

from qitao.journal.models import Fact


def history(subject: Model) -> QuerySet[Fact]:
    """Return the facts about `subject`, oldest first, each with its actor."""
    return (
        Fact.objects.filter(subject=subject._meta.label_lower, subject_id=subject.pk)
        .select_related("actor")
        .order_by("id")
    )

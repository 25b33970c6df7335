"""How fresh the plan is: said in the bar of every page, because dates on screens come from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from qitao.planning import queries
from qitao.web import formats

MANY = 50  # facts after which dates are likely to have moved


@dataclass(frozen=True, slots=True)
class PlanAge:
    """A word, a tone, and the sentence behind it."""

    word: str
    tone: str
    explained: str


def plan_age() -> PlanAge:
    """Return how old the plan is in the reader's words."""
    fresh = queries.freshness()
    if fresh.run is None:
        return PlanAge(
            gettext("No plan yet"), "idle", gettext("The plan has not run. Kit dates appear after its first run.")
        )
    at = formats.moment(fresh.run.finished_at)
    if fresh.is_current:
        return PlanAge(
            gettext("Plan is current"),
            "good",
            gettext("The plan of {at} knows everything that happened.").format(at=at),
        )
    told = ngettext(
        "The plan of {at} does not know {count} thing that happened since.",
        "The plan of {at} does not know {count} things that happened since.",
        fresh.facts_since,
    ).format(at=at, count=fresh.facts_since)
    word = gettext("Plan of {at}").format(at=at)
    return PlanAge(word, "warn" if fresh.facts_since > MANY else "wait", told)

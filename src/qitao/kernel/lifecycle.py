"""A lifecycle is a table: verb → (from states, to state)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The states of one kind of document and the verbs that lead from one to another.

    `verbs` maps a verb to (states it may start from, state it leads to). Buttons, conditional
    updates, diagrams and documents are all made from this one table.
    """

    states: tuple[str, ...]
    verbs: Mapping[str, tuple[tuple[str, ...], str]]

    def __post_init__(self) -> None:
        for verb, (sources, target) in self.verbs.items():
            unknown = {*sources, target} - set(self.states)
            assert not unknown, f"{verb}: unknown states {unknown}"

    def sources(self, verb: str) -> tuple[str, ...]:
        """Return the states that `verb` may start from."""
        return self.verbs[verb][0]

    def target(self, verb: str) -> str:
        """Return the state that `verb` leads to."""
        return self.verbs[verb][1]

    def allowed(self, state: str) -> tuple[str, ...]:
        """Return the verbs that may be used in `state`, in the table's order."""
        return tuple(verb for verb, (sources, _) in self.verbs.items() if state in sources)

"""What the chain of seals covers: of each table the columns that count, written so that no setting changes their hash.

A table that gets another column gets another form at the end of its list; seals made before keep the form they were
made with. A form is never changed.
"""

from __future__ import annotations

from dataclasses import dataclass

LEAF_BYTES = 16


def moment(column: str) -> str:
    """Return a moment as whole microseconds since 1970: neither time zone nor date style shows in it."""
    return f"(extract(epoch FROM {column}) * 1000000)::bigint"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table under seal: the column that numbers its rows, and its column lists, the newest last."""

    relation: str
    key: str
    forms: tuple[tuple[str, ...], ...]

    def leaf(self, form: int) -> str:
        """Return the SQL expression of a row's short hash."""
        row = f"jsonb_build_array({', '.join(self.forms[form])})"
        return f"substr(sha256(convert_to({row}::text, 'UTF8')), 1, {LEAF_BYTES})"


COMMANDS = Sealed(
    "journal_command",
    "number",
    (
        (
            *("number", "written_in", "id", "action", "fingerprint", "arguments", "actor_id"),
            *(moment("at"), "source", "reply"),
        ),
    ),
)
FACTS = Sealed(
    "journal_fact",
    "id",
    (("id", "written_in", "kind", moment("at"), "actor_id", "command_id", "subject", "subject_id", "data"),),
)
REFUSALS = Sealed(
    "journal_refusal",
    "id",
    (
        (
            *("id", "written_in", "command_id", "action", "fingerprint", "arguments", "actor_id"),
            *(moment("at"), "source", "reason", "facts", "said"),
        ),
    ),
)
TABLES = (COMMANDS, FACTS, REFUSALS)

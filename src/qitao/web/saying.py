"""Refusals in the reader's language: the template is translated first, then filled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext

from qitao.accounts.permission_names import PERMISSION_NAMES
from qitao.kernel.refusal import Refusal

WORDS = ("field", "problem", "what", "state", "permission")  # facts that are words, not codes or figures
FIGURES = ("asked", "free", "open", "quantity", "received", "shipped")  # facts that are quantities, written plainly


@dataclass(frozen=True, slots=True)
class Said:
    """A refusal as a person reads it, and the code by which programs know it."""

    code: str
    reason: str
    remedy: str

    @property
    def text(self) -> str:
        """Reason and remedy in one paragraph."""
        return (self.reason + ("" if self.reason.endswith("。") else " ") + self.remedy).strip()

    def as_dict(self) -> dict[str, str]:
        """Return it for JSON."""
        return asdict(self)


def say(refusal: Refusal) -> Said:
    """Return a refusal in the active language."""
    facts = {name: _shown(name, value) for name, value in refusal.facts.items()}
    reason = gettext(refusal.reason).format(**facts)
    remedy = gettext(refusal.remedy).format(**facts) if refusal.remedy else ""
    return Said(code=refusal.code, reason=reason, remedy=remedy)


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, Decimal) or (name in FIGURES and isinstance(value, str)):
        return _figure(value)
    if isinstance(value, Promise):
        return str(value)
    if name == "field" and isinstance(value, str):
        value = value.replace("_", " ")  # fields are told by the title of the model's field
    if name == "permission":
        value = PERMISSION_NAMES[value]
    return gettext(value) if name in WORDS and isinstance(value, str) and value else value


def _figure(value: Decimal | str) -> str:
    from qitao.web.formats import number

    try:
        return number(Decimal(value))
    except InvalidOperation:
        return str(value)

"""What purchasing answers when something cannot be done."""

from __future__ import annotations

from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class MoreThanOrdered(Refusal):
    reason = gettext_noop("{delivery}: {asked} received, but only {open} still to come.")
    remedy = gettext_noop("Correct the quantity, or ask the buyer to raise the order first.")


class NoSource(Refusal):
    reason = gettext_noop("{item} has no supplier to order it from.")
    remedy = gettext_noop("Choose a supplier, or add a source to the item.")

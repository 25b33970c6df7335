"""What purchasing answers when something cannot be done."""

from __future__ import annotations

from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class MoreThanOrdered(Refusal):
    reason = gettext_noop("{delivery}: {asked} received, but only {open} still to come.")
    remedy = gettext_noop("Correct the quantity, or ask the buyer to raise the order first.")


class MoreThanToCome(Refusal):
    reason = gettext_noop("{delivery}: only {open} are still to come, not {asked}.")
    remedy = gettext_noop("Correct the quantity, or raise what is ordered first.")
    status = 422


class NothingToCome(Refusal):
    reason = gettext_noop("Nothing of {delivery} is still to come.")
    remedy = gettext_noop("Reload the page; someone may have changed it a moment ago.")


class LessThanReceived(Refusal):
    reason = gettext_noop("{delivery}: {received} came already, more than the {asked} ordered now.")
    remedy = gettext_noop("Enter at least what came; send back what is too much.")
    status = 422


class NoSource(Refusal):
    reason = gettext_noop("{item} has no supplier to order it from.")
    remedy = gettext_noop("Choose a supplier, or add a source to the item.")

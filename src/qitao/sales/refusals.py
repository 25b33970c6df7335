"""What sales answers when something cannot be done."""

from __future__ import annotations

from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class NothingToShip(Refusal):
    reason = gettext_noop("Nothing of {line} is still to be shipped.")
    remedy = gettext_noop("Reload the page; someone may have changed it a moment ago.")


class LessThanShipped(Refusal):
    reason = gettext_noop("{line}: {shipped} are shipped already, more than the {asked} ordered now.")
    remedy = gettext_noop("Enter at least what was shipped.")
    status = 422

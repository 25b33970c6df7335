"""What production answers when something cannot be done."""

from __future__ import annotations

from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class NotASubstitute(Refusal):
    reason = gettext_noop("{substitute} is not an approved substitute for {component} here.")
    remedy = gettext_noop("Ask engineering to approve it, or choose another.")


class NothingOpen(Refusal):
    reason = gettext_noop("{what} needs nothing more.")


class SplitTooLarge(Refusal):
    reason = gettext_noop("{code}: only {open} are still to be made; {asked} cannot be split off.")
    remedy = gettext_noop("Choose a quantity above zero and below what is open.")


class MoreThanAsked(Refusal):
    reason = gettext_noop("{code}: {asked} reported, but only {open} still to be made.")
    remedy = gettext_noop("Correct the quantity.")


class IssuedAlready(Refusal):
    reason = gettext_noop("{requirement}: {asked} more than is still needed ({open}).")
    remedy = gettext_noop("Take less, or have the requirement raised first.")


class NoBom(Refusal):
    reason = gettext_noop("{item} has no bill of material valid on {on}.")
    remedy = gettext_noop("Enter one, or choose another start date.")

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


class NothingChanges(Refusal):
    reason = gettext_noop("{code} is that already: nothing would change.")
    remedy = gettext_noop("Change the quantity, a day or the bill of material.")
    status = 422


class MadeAlready(Refusal):
    reason = gettext_noop("{code}: {made} are made already.")
    remedy = gettext_noop("Choose more than that, or finish the work order.")


class IssuedBeyond(Refusal):
    reason = gettext_noop("{item}: {issued} are issued already, but only {needed} would be needed.")
    remedy = gettext_noop("Return the material first, or change less.")


class SubstituteChosen(Refusal):
    reason = gettext_noop("{code} uses the substitute {item}: its components cannot be written anew.")
    remedy = gettext_noop("Keep its bill of material, or split off what is not made yet.")


class OtherItemsBom(Refusal):
    reason = gettext_noop("This is no bill of material of {item}.")
    remedy = gettext_noop("Choose one of its versions.")
    status = 422


class ChangedMeanwhile(Refusal):
    reason = gettext_noop("{code} is no longer as it was shown.")
    remedy = gettext_noop("Look at what would change now, and decide again.")


class NotAlike(Refusal):
    reason = gettext_noop("{code} cannot be merged into {into}: {why}.")
    remedy = gettext_noop("Merge only what nobody has begun and what is made alike.")


class NotEnoughRejected(Refusal):
    reason = gettext_noop("{item}: {asked} rejects asked for, but only {free} lie free in this warehouse.")
    remedy = gettext_noop("Ask for less, or find where the rejects went.")


class MoreThanComesIn(Refusal):
    reason = gettext_noop("{operation}: {asked} reported, but only {waiting} wait there.")
    remedy = gettext_noop("Correct the quantity, or report the operation before first.")

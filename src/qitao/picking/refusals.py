"""What picking answers when something cannot be done."""

from __future__ import annotations

from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class NothingToPick(Refusal):
    reason = gettext_noop("Nothing that {work_order} still needs is free in {warehouse}.")
    remedy = gettext_noop("Look at its shortages, or try again when material has come in.")


class WrongBin(Refusal):
    reason = gettext_noop("You scanned {scanned}; this line is picked from {location}.")
    remedy = gettext_noop("Scan {location}, or choose another bin for this line.")


class WrongItem(Refusal):
    reason = gettext_noop("You scanned {scanned}; this line needs {item}.")
    remedy = gettext_noop("Put it back and scan {item}.")


class AlreadyPicked(Refusal):
    reason = gettext_noop("This line is already {state}.")
    remedy = gettext_noop("Go on with the next one.")


class MoreThanLine(Refusal):
    reason = gettext_noop("{asked} is more than the {open} this line still needs.")
    remedy = gettext_noop("Take {open} and leave the rest in the bin.")


class MoreThanIssued(Refusal):
    reason = gettext_noop("{item}: {asked} cannot come back: {issued} were issued, {used} went into what was made.")
    remedy = gettext_noop("Bring back {most} at most; if more lies there, have the bin counted.")


class TooLateToUndo(Refusal):
    reason = gettext_noop("This pick is more than {minutes} minutes old.")
    remedy = gettext_noop("Return the material to stock instead.")


class NotUndone(Refusal):
    reason = gettext_noop("{work_order} is {state}: its picks cannot be taken back.")
    remedy = gettext_noop("Return the material to stock instead.")


class NothingTogether(Refusal):
    reason = gettext_noop("None of these lists has a line to pick that is not on a walk already.")
    remedy = gettext_noop("Choose other lists, or go on with the walks that are open.")


class NothingToDivide(Refusal):
    reason = gettext_noop("{wave} has only one part left to pick.")
    remedy = gettext_noop("Divide it another way, or walk it as it is.")


class MoreThanAllowed(Refusal):
    reason = gettext_noop("{item}: {needed} are needed; with this, {over} more than that were issued. {limit} may be.")
    remedy = gettext_noop("Take less, or let the warehouse manager issue it.")

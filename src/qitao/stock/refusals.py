"""What the stores answer when something cannot be done."""

from __future__ import annotations

from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class NotEnoughOnHand(Refusal):
    reason = gettext_noop("{item}: {asked} asked for, only {free} free in {location}.")
    remedy = gettext_noop("Take less, take it from another bin or lot, or report it short.")


class NotEnoughToReserve(Refusal):
    reason = gettext_noop("{item}: {asked} asked for, only {free} not yet reserved in {warehouse}.")
    remedy = gettext_noop("Ask who holds it, or reserve less.")


class WrongWarehouse(Refusal):
    reason = gettext_noop("You do not work in warehouse {warehouse}.")
    remedy = gettext_noop("Ask an administrator to add it to your warehouses.")
    status = 403


class NothingToReverse(Refusal):
    reason = gettext_noop("This move was already reversed.")


class CountStillOpen(Refusal):
    reason = gettext_noop("Not every bin of {count} has been counted.")
    remedy = gettext_noop("Enter a figure for each bin; 0 where it is empty.")


class SamePlace(Refusal):
    reason = gettext_noop("It lies in {location} already.")
    remedy = gettext_noop("Choose another bin.")
    status = 422


class NothingToMove(Refusal):
    reason = gettext_noop("{quantity} cannot be moved: it must be above zero.")
    status = 422


class OnItsWay(Refusal):
    reason = gettext_noop("{location} stands for what is on its way: only a transfer puts it there and takes it in.")
    remedy = gettext_noop("Take the transfer in.")


class OtherWarehouse(Refusal):
    reason = gettext_noop("{location} belongs to another warehouse.")
    remedy = gettext_noop("Make a transfer instead.")
    status = 422


class NotEnoughThen(Refusal):
    reason = gettext_noop(
        "{item} in {location} would have been {missing} short at {at}, when {document} took from it: "
        "it cannot be dated back that far."
    )
    remedy = gettext_noop("Date it after {document}, or take less.")


class NotYet(Refusal):
    reason = gettext_noop("What has not happened yet cannot be written down.")
    remedy = gettext_noop("Choose a moment before now, or none for now.")
    status = 422


class TooLongAgo(Refusal):
    reason = gettext_noop("Documents of {warehouse} may be dated back by {days} days at most.")
    remedy = gettext_noop("Choose a later day, or have the limit of the warehouse raised.")
    status = 422


class Claimed(Refusal):
    reason = gettext_noop(
        "{item}: of {on_hand} in {location} only {free} are free; {allocated} are allocated to pick lists or transfers."
    )
    remedy = gettext_noop("Take less; or, where it may not be used any more, take it from them too.")


class OneWarehouse(Refusal):
    reason = gettext_noop("A stock document belongs to one warehouse.")
    remedy = gettext_noop("Write one for each.")
    status = 422


class AlreadyGone(Refusal):
    reason = gettext_noop(
        "{document} cannot be reversed: it needs {asked} of {item} back from {location}, where only {free} are free."
    )
    remedy = gettext_noop("Reverse first what took it from there, or release what is allocated.")


class AlreadyReversed(Refusal):
    reason = gettext_noop("{document} was reversed already.")


class LotsDiffer(Refusal):
    reason = gettext_noop("Lots {one} and {other} cannot become one: {problem}.")
    remedy = gettext_noop("Merge only lots of one item, status, owner and expiry date.")
    status = 422


class SameLot(Refusal):
    reason = gettext_noop("It is in lot {lot} already.")
    remedy = gettext_noop("Name another lot.")
    status = 422


class LotOfItsOwn(Refusal):
    reason = gettext_noop("Lot {lot} of {item} is there already, and has {problem}.")
    remedy = gettext_noop("Choose a lot number that is not in use.")


class SameOwner(Refusal):
    reason = gettext_noop("{item} in {location} has this owner already.")
    remedy = gettext_noop("Choose another owner, or leave the owner empty for what becomes our own.")


class CountedBefore(Refusal):
    reason = gettext_noop("You counted {location} before; a second person counts it again.")
    remedy = gettext_noop("Let a colleague count it. He must not know your figure.")


class OwnFigure(Refusal):
    reason = gettext_noop("You counted {count} yourself; somebody else approves it.")
    remedy = gettext_noop("Ask another person who may correct stock records.")


class MovedMeanwhile(Refusal):
    reason = gettext_noop("Something was booked in {location} while you counted it.")
    remedy = gettext_noop("Look once more and enter what lies there now.")


class DoubtNeedsCount(Refusal):
    reason = gettext_noop("{count} cannot be given up: a picker did not find what should lie in {location}.")
    remedy = gettext_noop("Have it counted; until then it is out of use.")


class WhyMissing(Refusal):
    reason = gettext_noop("{count} changes the record: say why it was wrong.")
    remedy = gettext_noop("Choose a reason; “nobody knows” is one.")
    status = 422

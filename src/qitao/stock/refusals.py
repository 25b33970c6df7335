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

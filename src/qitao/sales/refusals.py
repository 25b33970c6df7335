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


class MoreThanOrdered(Refusal):
    reason = gettext_noop("{line}: {asked} to be shipped, but only {open} are still ordered.")
    remedy = gettext_noop("Correct the quantity, or ask the planner to raise the order first.")


class ReservedForOthers(Refusal):
    reason = gettext_noop(
        "{item}: {asked} asked for, but only {free} in {warehouse} are usable and reserved for nobody."
    )
    remedy = gettext_noop("Ship less, or ask who holds the rest.")


class ShippedFromElsewhere(Refusal):
    reason = gettext_noop("{line} is shipped from warehouse {own}, not from {asked}.")
    remedy = gettext_noop("Ship it from there, or make a transfer to there first.")


class ShippedLongAgo(Refusal):
    reason = gettext_noop("{shipment} left more than {minutes} minutes ago.")
    remedy = gettext_noop("Let the customer send the goods back instead.")


class ShipmentTakenBack(Refusal):
    reason = gettext_noop("{shipment} was taken back already.")
    remedy = gettext_noop("Reload the page; someone may have changed it a moment ago.")

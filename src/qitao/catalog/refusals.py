"""What the catalog answers when something cannot be done."""

from __future__ import annotations

from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class UnitInUse(Refusal):
    reason = gettext_noop("The stock unit of {item} cannot be changed: {count} records already count in {unit}.")
    remedy = gettext_noop("Add a unit conversion, or make a new item.")


class ConversionOfOwnUnit(Refusal):
    reason = gettext_noop("{unit} is the stock unit of {item} itself.")
    remedy = gettext_noop("Choose another unit.")
    status = 422


class CategoryInsideItself(Refusal):
    reason = gettext_noop("{category} cannot lie under {parent}: that lies under it already.")
    remedy = gettext_noop("Choose another parent.")
    status = 422


class BomCycle(Refusal):
    reason = gettext_noop("An item cannot be part of itself: {path}.")
    remedy = gettext_noop("Remove one of these lines.")
    status = 422


class DuplicateComponent(Refusal):
    reason = gettext_noop("Lines {first} and {second} both take {component} at operation “{operation}”.")
    remedy = gettext_noop("Put the quantities into one line, or give each line its own mounting positions.")
    status = 422


class PositionTaken(Refusal):
    reason = gettext_noop("Line number {position} is used twice.")
    remedy = gettext_noop("Give each line its own number.")
    status = 422


class EmptyBom(Refusal):
    reason = gettext_noop("A bill of material needs at least one line.")
    remedy = gettext_noop("Add a component, or set the version's last day instead.")
    status = 422


class NothingToMakeOf(Refusal):
    reason = gettext_noop("{item} is bought: it has no bill of material.")
    remedy = gettext_noop("Change its kind to made or phantom first.")


class Retired(Refusal):
    reason = gettext_noop("{item} is no longer in use.")
    remedy = gettext_noop("Take it into use again, or choose another item.")


class EndsBeforeItStarts(Refusal):
    reason = gettext_noop("The last day ({to}) lies before the first ({start}).")
    remedy = gettext_noop("Correct one of the dates.")
    status = 422

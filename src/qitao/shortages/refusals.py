"""What a case answers when something cannot be done."""

from __future__ import annotations

from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class NothingShort(Refusal):
    reason = gettext_noop("{what} is not short of anything.")
    remedy = gettext_noop("Look at its kit date; the plan may have moved on.")


class OptionGone(Refusal):
    reason = gettext_noop("This way out is no longer possible: the situation has changed since it was shown.")
    remedy = gettext_noop("Look at the options again; they have been computed anew.")


class OptionChanged(Refusal):
    reason = gettext_noop("Since it was shown, this way out has changed: kit date {now} instead of {shown}.")
    remedy = gettext_noop("Look at the options again and decide anew.")


class DecidedMeanwhile(Refusal):
    reason = gettext_noop("{who} has decided this case a moment ago: {what}.")
    remedy = gettext_noop("Look at the options again; they know of it.")


class OtherCaseOpen(Refusal):
    reason = gettext_noop("Case {code} is open for the same item.")
    remedy = gettext_noop("Go on in that one.")


class CauseMissing(Refusal):
    reason = gettext_noop("A case is closed with its cause.")
    remedy = gettext_noop("Choose what led to the shortage.")
    status = 422

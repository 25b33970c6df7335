"""What tracing refuses."""

from __future__ import annotations

from qitao.kernel.refusal import Refusal
from qitao.kernel.words import gettext_noop


class NothingToHold(Refusal):
    reason = gettext_noop("Nothing that could be used is left of these lots in your warehouses.")
    remedy = gettext_noop("What lies elsewhere, or is on its way, is held by those who work there.")

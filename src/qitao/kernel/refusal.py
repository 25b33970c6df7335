"""Refusals: the anticipated no, with its reason and its remedy."""

from __future__ import annotations

from typing import Any, ClassVar

from qitao.kernel.words import gettext_noop


class Refusal(Exception):
    """A command that was understood and declined; nothing was written.

    A subclass states `reason` and `remedy` as templates with named places; an instance fills them.
    Both are English message ids: whoever shows them translates the template first, then fills it.
    `status` is the HTTP status an API answers with.
    """

    reason: ClassVar[str] = gettext_noop("This cannot be done.")
    remedy: ClassVar[str] = ""
    status: ClassVar[int] = 409

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        self.facts = facts

    @property
    def code(self) -> str:
        """The name by which programs know this refusal."""
        return type(self).__name__

    def __str__(self) -> str:
        return " ".join(part.format(**self.facts) for part in (self.reason, self.remedy) if part)


class NotAllowed(Refusal):
    reason = gettext_noop("Your role does not allow this.")
    remedy = gettext_noop("Ask an administrator for the permission “{permission}”.")
    status = 403


class NotFound(Refusal):
    reason = gettext_noop("{what} “{code}” does not exist.")
    remedy = gettext_noop("Check the code, or search for it.")
    status = 404


class Gone(NotFound):
    """A thing that a command names by its number, and that is not there (any more)."""

    reason = gettext_noop("This {what} does not exist any more.")
    remedy = gettext_noop("Reload the page; someone may have changed it a moment ago.")


class CommandReused(Refusal):
    reason = gettext_noop("This command number was already used for something else.")
    remedy = gettext_noop("Reload the page and try again.")
    status = 422


class NotNow(Refusal):
    """A lifecycle verb that the present state does not allow."""

    reason = gettext_noop("{what} {code} is {state}: it cannot be changed this way now.")
    remedy = gettext_noop("Reload the page; someone may have changed it a moment ago.")


class BadValue(Refusal):
    reason = gettext_noop("{field}: {problem}")
    status = 422

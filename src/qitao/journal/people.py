"""People as administrators keep them: made, changed, shut out, each time told in the journal.

This lives above `accounts`, because the journal stands on accounts. Passwords are secret: nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qitao.accounts import actions as accounts
from qitao.accounts.models import User
from qitao.accounts.queries import LANGUAGES
from qitao.accounts.roles import ADMINISTRATOR, ROLES
from qitao.journal.command import Command, Reply, action
from qitao.journal.facts import record
from qitao.journal.records import keep
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop

FIELDS = frozenset({"name", "roles", "language", "warehouses"})


class LastAdministrator(Refusal):
    reason = gettext_noop("{name} is the last administrator: nobody could let anybody in again.")
    remedy = gettext_noop("Make somebody else an administrator first.")


class NotYourself(Refusal):
    reason = gettext_noop("You cannot shut yourself out.")
    remedy = gettext_noop("Ask another administrator.")


class NotAPerson(Refusal):
    reason = gettext_noop("{name} is Qitao itself, not a person.")


@action(permission="accounts.manage", secret=("password",))
def create_person(command: Command, *, username: str, password: str, values: dict[str, Any]) -> Reply:
    """Make a person who can sign in; `values` as in `change_person`.

    Refuses: NotAllowed, NameTaken, UnknownChoice for a role, BadValue for a weak password.
    Records: accounts.person_created.
    """
    _must_be_known(values)
    person = accounts.create_user(username.strip(), password=password, at=command.at, **values)
    record(command, "accounts.person_created", person, username=person.username, **values)
    return {"person": person.pk, "username": person.username}


@action(permission="accounts.manage")
def change_person(command: Command, *, person_id: int, values: dict[str, Any]) -> Reply:
    """Change a person's name, roles, language or warehouses (none: all).

    Refuses: LastAdministrator, NotAPerson, BadValue. Records: accounts.person_changed. Locks: all administrators.
    """
    person = _locked(person_id)
    _must_be_known(values)
    if ADMINISTRATOR not in values.get("roles", person.roles):
        _must_leave_an_administrator(person)
    changed = keep(command, person, values, kind="accounts.person_changed")
    return {"person": person.pk, "changed": sorted(changed)}


@action(permission="accounts.manage", secret=("password",))
def reset_password(command: Command, *, person_id: int, password: str) -> Reply:
    """Give a person a new password; where they are signed in, they are signed out.

    Refuses: NotAllowed, NotAPerson, BadValue for a weak one. Records: accounts.password_reset.
    """
    person = _locked(person_id)
    accounts.must_be_strong(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    record(command, "accounts.password_reset", person, username=person.username)
    return {"person": person.pk}


@action(permission="home.view")
def choose_language(command: Command, *, language: str) -> Reply:
    """Remember the language that the actor chose. Refuses: BadValue. Records: accounts.person_changed."""
    _must_be_known({"language": language})
    person = User.objects.select_for_update().get(pk=command.actor.pk)
    changed = keep(command, person, {"language": language}, kind="accounts.person_changed")
    return {"changed": sorted(changed)}


@action(permission="accounts.manage")
def deactivate(command: Command, *, person_id: int) -> Reply:
    """Shut a person out; what they did stays under their name.

    Refuses: NotYourself, LastAdministrator, NotAPerson. Records: accounts.person_deactivated. Locks: administrators.
    """
    person = _locked(person_id)
    if person.pk == command.actor.pk:
        raise NotYourself
    _must_leave_an_administrator(person)
    return _let(command, person, active=False)


@action(permission="accounts.manage")
def reactivate(command: Command, *, person_id: int) -> Reply:
    """Let a person in again. Refuses: NotAPerson. Records: accounts.person_reactivated."""
    return _let(command, _locked(person_id), active=True)


def _let(command: Command, person: User, *, active: bool) -> Reply:
    if person.is_active != active:
        person.is_active = active
        person.save(update_fields=["is_active"])
        kind = "accounts.person_reactivated" if active else "accounts.person_deactivated"
        record(command, kind, person, username=person.username)
    return {"person": person.pk, "active": active}


def _locked(person_id: int) -> User:
    """Return the person, holding the locks of all administrators: of two at once, one must stay."""
    list(_administrators().select_for_update().values_list("pk", flat=True))
    person = User.objects.select_for_update().get(pk=person_id)
    if person.is_system:
        raise NotAPerson(name=person.name)
    return person


def _administrators() -> Any:
    return User.objects.filter(roles__contains=[ADMINISTRATOR], is_active=True, is_system=False).order_by("pk")


def _must_leave_an_administrator(person: User) -> None:
    if person.is_active and ADMINISTRATOR in person.roles and not _administrators().exclude(pk=person.pk).exists():
        raise LastAdministrator(name=person.name)


def _must_be_known(values: dict[str, Any]) -> None:
    assert set(values) <= FIELDS, f"a person has no {sorted(set(values) - FIELDS)}"
    roles: Sequence[str] = values.get("roles", ())
    if "roles" in values and not roles:
        raise BadValue(field=gettext_noop("roles"), problem=gettext_noop("needs at least one"))
    for role in roles:
        if role not in ROLES:
            raise accounts.UnknownChoice(value=role, choices=", ".join(ROLES))
    if values.get("language", LANGUAGES[0]) not in LANGUAGES:
        raise BadValue(field="language", problem=gettext_noop("is none of the choices"))

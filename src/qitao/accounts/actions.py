"""Making and changing people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from qitao.accounts.models import User
from qitao.accounts.queries import LANGUAGES
from qitao.accounts.roles import ROLES
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop


class NameTaken(Refusal):
    reason = gettext_noop("The sign-in name “{username}” is already taken.")
    remedy = gettext_noop("Choose another one.")


class UnknownChoice(Refusal):
    reason = gettext_noop("“{value}” is not known here.")
    remedy = gettext_noop("Use one of: {choices}.")
    status = 422


def create_user(
    username: str,
    *,
    name: str,
    password: str,
    roles: Sequence[str],
    at: datetime,
    language: str = "zh-hans",
    warehouses: Sequence[str] = (),
    check_password: bool = True,
) -> User:
    """Make a person who can sign in.

    Refuses: NameTaken; UnknownChoice for a role or language; BadValue for a weak password.
    """
    for role in roles:
        if role not in ROLES:
            raise UnknownChoice(value=role, choices=", ".join(ROLES))
    if language not in LANGUAGES:
        raise UnknownChoice(value=language, choices=", ".join(LANGUAGES))
    user = User(
        username=username,
        name=name,
        roles=list(roles),
        language=language,
        warehouses=list(warehouses),
        created_at=at,
    )
    if check_password:
        _must_be_strong(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as clash:
        raise NameTaken(username=username) from clash
    return user


def _must_be_strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise BadValue(field=gettext_noop("password"), problem=" ".join(weak.messages)) from weak


def set_language(user: User, language: str) -> None:
    """Remember the language a person chose."""
    if language not in LANGUAGES:
        raise UnknownChoice(value=language, choices=", ".join(LANGUAGES))
    User.objects.filter(pk=user.pk).update(language=language)

"""Making and changing people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from qitao.accounts.models import User
from qitao.accounts.queries import LANGUAGES
from qitao.accounts.roles import ROLES
from qitao.kernel.refusal import BadValue, Refusal
from qitao.kernel.words import gettext_noop

# Django's code → what is wrong with a password
WEAK = MappingProxyType(
    {
        "password_too_short": gettext_noop("is too short: ten characters at least"),
        "password_too_common": gettext_noop("is one that everybody uses"),
        "password_too_similar": gettext_noop("is too much like the name"),
    }
)


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
        must_be_strong(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as clash:
        raise NameTaken(username=username) from clash
    return user


def must_be_strong(password: str, user: User) -> None:
    """Refuse a weak password with BadValue."""
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise BadValue(field=gettext_noop("password"), problem=WEAK[str(weak.error_list[0].code)]) from weak

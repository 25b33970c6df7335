"""Who is who."""

from __future__ import annotations

from collections import Counter

from django.utils import timezone

from qitao.accounts.models import User
from qitao.accounts.roles import ROLES

SYSTEM = "qitao"
LANGUAGES = ("zh-hans", "zh-hant", "en")


def system_user() -> User:
    """Return the name under which Qitao itself acts (imports, plan runs), making it on first use."""
    user, _ = User.objects.get_or_create(
        username=SYSTEM,
        defaults={
            "name": "Qitao",
            "is_system": True,
            "password": "!",
            "created_at": timezone.now(),
        },
    )
    return user


def people_with(permission: str) -> list[User]:
    """Return the active people who hold `permission`, by name."""
    people = User.objects.filter(is_active=True, is_system=False).order_by("name", "id")
    return [person for person in people if person.may(permission)]


def people_by_role() -> dict[str, int]:
    """Count the active people of each role."""
    held = User.objects.filter(is_active=True, is_system=False).values_list("roles", flat=True)
    counted = Counter(role for roles in held for role in roles)
    return {role: counted[role] for role in ROLES}

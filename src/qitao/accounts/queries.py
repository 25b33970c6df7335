"""Who is who."""

from __future__ import annotations

from django.utils import timezone

from qitao.accounts.models import User

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

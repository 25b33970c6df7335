"""People who sign in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from qitao.accounts.roles import ROLES, permitted


class UserManager(BaseUserManager["User"]):
    """What Django's sign-in needs; people are made by `accounts.actions`."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person, or a program that acts under a name of its own (`is_system`)."""

    username = models.CharField(max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    name = models.CharField(max_length=60)
    roles = ArrayField(models.CharField(max_length=24, choices=list(ROLES.items())), default=list)
    language = models.CharField(max_length=8, default="zh-hans")
    warehouses = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Codes of the warehouses this person works in; empty: all of them.",
    )
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(roles__contained_by=list(ROLES)),
                name="accounts_user_roles_are_known",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.username

    def may(self, permission: str) -> bool:
        """Tell whether this person holds `permission`; programs of Qitao's own hold all."""
        return self.is_active and (self.is_system or permitted(frozenset(self.roles), permission))

    def works_in(self, warehouse_code: str) -> bool:
        """Tell whether this person may act in the warehouse."""
        return self.is_system or not self.warehouses or warehouse_code in self.warehouses

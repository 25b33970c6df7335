"""Which warehouses a person works in: the one place that narrows what pages show and offer."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from qitao.accounts.models import User
from qitao.stock.models import Warehouse


def own_warehouses(user: User) -> QuerySet[Warehouse]:
    """Return the warehouses `user` works in, by code."""
    return Warehouse.objects.filter(within(user, "")).order_by("code")


def within(user: User, path: str) -> Q:
    """Return the filter for rows whose warehouse – reached by `path` – is one of the user's own.

    `PickList.objects.filter(within(request.user, "warehouse"))`
    """
    if user.is_system or not user.warehouses:
        return Q()
    return Q(**{f"{path}__code__in" if path else "code__in": user.warehouses})

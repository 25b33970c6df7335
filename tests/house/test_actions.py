"""Every write is an action: it declares its permission, and refuses whoever lacks it – before anything is read."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

import qitao
from qitao.accounts.models import User
from qitao.accounts.roles import PERMISSIONS, ROLES
from qitao.journal.command import Command
from qitao.kernel.refusal import NotAllowed
from tests import small_plant
from tests.small_plant import EIGHT

FIRST = "command"


def modules() -> list[ModuleType]:
    """Return every module of actions."""
    found = pkgutil.walk_packages(qitao.__path__, "qitao.")
    return [importlib.import_module(module.name) for module in found if module.name.endswith(".actions")]


def writers() -> list[tuple[str, Callable[..., Any]]]:
    """Return every public function of those modules that takes a command."""
    found = []
    for module in modules():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            inner = inspect.unwrap(function)
            takes = next(iter(inspect.signature(inner).parameters), "") == FIRST
            if takes and inner.__module__ == module.__name__ and not name.startswith("_"):
                found.append((f"{module.__name__.removeprefix('qitao.')}.{name}", function))
    return found


WRITERS = writers()


def test_there_are_actions() -> None:
    assert len(WRITERS) > 30


@pytest.mark.parametrize(("name", "function"), WRITERS, ids=[name for name, _ in WRITERS])
def test_it_declares_a_known_permission(name: str, function: Callable[..., Any]) -> None:
    assert getattr(function, "permission", None) in PERMISSIONS, f"{name} is no @action, or its permission is unknown"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "function"), WRITERS, ids=[name for name, _ in WRITERS])
def test_who_lacks_the_permission_is_refused_before_anything_else(name: str, function: Callable[..., Any]) -> None:
    plant = small_plant.build()
    holders = PERMISSIONS[function.permission]  # type: ignore[attr-defined]
    for role in ROLES:
        if role not in holders:
            with pytest.raises(NotAllowed):
                function(plant.do(role))
    gone = User(username="gone", roles=list(ROLES), is_active=False, created_at=EIGHT)
    with pytest.raises(NotAllowed):
        function(Command(actor=gone, at=EIGHT))

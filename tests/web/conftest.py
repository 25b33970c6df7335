"""People and a small plant for the tests of pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # conftest files are read before Django is set up
    from django.test import Client

    from tests.small_plant import SmallPlant

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def plant(db: None) -> SmallPlant:
    """The small plant, with one person of each role."""
    from tests.small_plant import build

    return build()


@pytest.fixture
def as_role(plant: SmallPlant) -> Callable[[str], Client]:
    """Sign in as the person of a role, reading English."""
    from django.test import Client

    def sign_in(role: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(plant.people[role], backend=BACKEND)
        return client

    return sign_in

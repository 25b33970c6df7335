"""Deny by default: every route declares who may use it, and exactly those can – route × role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from qitao.accounts.roles import PERMISSIONS, ROLES, permitted
from qitao.web.page import EVERYONE, SIGNED_IN
from tests.small_plant import SmallPlant

OPEN = {"sign-in", "sign-in-demo", "language", "favicon"}  # what a stranger may use, and nothing else
MACHINES = {"healthz", "readyz"}
SAMPLE = {"str": "NOPE", "path": "NOPE", "slug": "nope", "int": 1, "uuid": "6c1f1f8e-0000-4000-8000-000000000000"}


@dataclass(frozen=True)
class Route:
    """A named route of the web pages."""

    name: str
    view: Callable[..., Any]
    address: str

    @property
    def permission(self) -> str:
        return str(getattr(self.view, "permission", ""))

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(getattr(self.view, "methods", ()))


def routes() -> list[Route]:
    """List every route that the project serves."""
    return list(_walk(get_resolver().url_patterns))


def _walk(patterns: list[URLPattern | URLResolver]) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns)
        elif pattern.name not in MACHINES and not _is_api(pattern):
            converters = pattern.pattern.converters
            names = {name: SAMPLE[_kind(each)] for name, each in converters.items()}
            yield Route(str(pattern.name), pattern.callback, reverse(str(pattern.name), kwargs=names))


def _is_api(pattern: URLPattern) -> bool:
    return getattr(pattern.callback, "__module__", "").startswith("qitao.api")


def _kind(converter: object) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


ROUTES = routes()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_declares_its_permission_and_methods(route: Route) -> None:
    assert route.permission in PERMISSIONS or route.permission in (SIGNED_IN, EVERYONE), route.name
    assert route.methods
    assert (route.permission == EVERYONE) == (route.name in OPEN)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_stranger_is_sent_to_sign_in(route: Route, db: None) -> None:
    answer = _ask(Client(), route)
    if route.name in OPEN:
        assert answer.status_code != 401
        assert "/sign-in/?next" not in answer.get("Location", "")
    else:
        assert answer.status_code == 401 or answer["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_what_it_may_and_nothing_else(
    role: str, plant: SmallPlant, as_role: Callable[[str], Client]
) -> None:
    wrong = []
    for route in ROUTES:
        if route.permission in (SIGNED_IN, EVERYONE):
            continue
        refused = _ask(as_role(role), route).status_code == 403
        if refused == permitted(frozenset({role}), route.permission):
            wrong.append(f"{route.name} ({route.permission}): refused is {refused}")
    assert wrong == []


def _ask(client: Client, route: Route) -> Any:
    """Use a route with the method it is made for; an unknown record is a 404, empty fields a 422, never a 500."""
    client.raise_request_exception = True
    if "GET" not in route.methods:
        return client.post(route.address, headers={"accept": "text/html"})
    answer = client.get(route.address)
    if answer.streaming:
        b"".join(answer)  # a download holds a file until it is read
    return answer


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_other_methods_are_refused(route: Route, as_role: Callable[[str], Client]) -> None:
    assert as_role("planner").delete(route.address).status_code == 405


@pytest.mark.parametrize("route", [each for each in ROUTES if "POST" in each.methods], ids=lambda route: route.name)
def test_a_form_from_elsewhere_is_refused(route: Route, plant: SmallPlant) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(plant.people["planner"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(route.address).status_code == 403

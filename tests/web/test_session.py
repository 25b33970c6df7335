"""Signing in and out, the language, and who is kept out."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from qitao.accounts.models import User
from tests.small_plant import EIGHT, SmallPlant

PASSWORD = "a long enough password"


@pytest.fixture
def person(db: None) -> User:
    user = User(username="lin", name="林晓彤", roles=["planner"], language="zh-hant", created_at=EIGHT)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, **fields: str) -> Any:
    return client.post("/sign-in/", {"username": "lin", "password": PASSWORD, **fields})


def test_the_right_password_leads_to_the_page_that_was_wanted(person: User, client: Client) -> None:
    assert client.get("/items/?q=x")["Location"] == "/sign-in/?next=/items/%3Fq%3Dx"
    assert sign_in(client, next="/items/?q=x")["Location"] == "/items/?q=x"
    assert client.get("/items/").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(person: User, client: Client, elsewhere: str) -> None:
    assert sign_in(client, next=elsewhere)["Location"] == "/"


def test_the_wrong_password_says_so_and_keeps_the_name(person: User, client: Client) -> None:
    answer = sign_in(client, password="wrong")
    assert answer.status_code == 422
    assert 'value="lin"' in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


def test_too_many_wrong_passwords_lock_the_name(person: User, client: Client, settings: LazySettings) -> None:
    settings.LANGUAGE_CODE = "en"
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, password="wrong")
    answer = client.post("/sign-in/", {"username": "lin", "password": PASSWORD}, headers={"accept-language": "en"})
    assert "Wait 15 minutes" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_persons_language_follows_them(person: User, client: Client) -> None:
    sign_in(client)
    assert '<html lang="zh-Hant"' in client.get("/").content.decode()


def test_a_language_chosen_before_signing_in_is_kept(person: User, client: Client) -> None:
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert "Sign-in name" in client.get("/sign-in/").content.decode()
    sign_in(client)
    person.refresh_from_db()
    assert person.language == "en"
    assert '<html lang="en"' in client.get("/").content.decode()


def test_an_unknown_language_is_refused(person: User, client: Client) -> None:
    assert client.post("/language/", {"language": "tlh"}).status_code == 422


def test_signing_out_takes_a_post(person: User, client: Client) -> None:
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302


def test_only_a_demo_lets_people_walk_in(plant: SmallPlant, client: Client, settings: LazySettings) -> None:
    User.objects.create(username="planner2", name="x", roles=["planner"], password="!", created_at=EIGHT)
    settings.DEMO = False
    assert client.post("/sign-in/demo/", {"username": "planner"}).status_code == 404
    settings.DEMO = True
    assert client.post("/sign-in/demo/", {"username": "planner2"}).status_code == 404  # nobody of the demo's people
    assert client.post("/sign-in/demo/", {"username": "planner"}).status_code == 303
    assert client.get("/").status_code == 200


def test_a_session_that_ended_sends_htmx_to_sign_in(plant: SmallPlant, client: Client) -> None:
    answer = client.get("/items/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/items/?q=a"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/sign-in/?next=/items/%3Fq%3Da"

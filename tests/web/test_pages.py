"""What pages do with commands, refusals and messages."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils.translation import override
from django_htmx.middleware import HtmxDetails

from qitao.kernel.refusal import BadValue, Refusal
from qitao.production.refusals import MoreThanAsked
from qitao.stock.refusals import NotEnoughOnHand
from qitao.web.page import command_from, done, page
from qitao.web.saying import say
from tests.small_plant import SmallPlant

REFUSAL = NotEnoughOnHand(item="BOLT", asked="5", free="2", location="A-01")


@page(permission="stock.move", methods=["POST"])
def refuse(request: HttpRequest) -> HttpResponse:
    raise REFUSAL


def post(plant: SmallPlant, role: str = "picker", **headers: str) -> HttpRequest:
    request = RequestFactory().post("/x/", headers={"accept": "text/html", **headers})
    request.user = plant.people[role]
    request.htmx = HtmxDetails(request)
    request.session = SessionStore()
    request._messages = FallbackStorage(request)
    return request


def test_a_plain_form_goes_back_with_the_reason_and_the_remedy(plant: SmallPlant) -> None:
    request = post(plant, referer="http://testserver/pick/1/?line=2")
    with override("en"):
        answer = refuse(request)
    assert (answer.status_code, answer["Location"]) == (303, "/pick/1/?line=2")
    said = [str(message) for message in get_messages(request)]
    assert said == [str(REFUSAL)]


def test_a_form_from_nowhere_gets_a_page(plant: SmallPlant) -> None:
    for referer in ({}, {"referer": "https://elsewhere.example/"}):
        answer = refuse(post(plant, **referer))
        assert answer.status_code == 409


def test_htmx_gets_an_event_and_nothing_is_swapped_by_status(plant: SmallPlant) -> None:
    with override("en"):
        answer = refuse(post(plant, **{"HX-Request": "true"}))
    assert answer.status_code == 409
    event = json.loads(answer["HX-Trigger"])["qitao:refused"]
    assert event["code"] == "NotEnoughOnHand"
    assert event["reason"] == "BOLT: 5 asked for, only 2 free in A-01."
    assert answer["HX-Trigger"].isascii()


def test_a_program_gets_json(plant: SmallPlant) -> None:
    answer = refuse(post(plant, accept="application/json"))
    assert json.loads(answer.content)["code"] == "NotEnoughOnHand"


def test_who_may_not_is_told_whom_to_ask(plant: SmallPlant) -> None:
    with override("en"):
        answer = refuse(post(plant, "manager"))
    assert answer.status_code == 403
    assert "move stock" in answer.content.decode()


def test_a_refusal_is_translated_before_it_is_filled() -> None:
    class Odd(Refusal):
        reason = "{item} is {state}"

    with override("en"):
        assert say(Odd(item="{state}", state="open")).reason == "{state} is open"


@pytest.mark.parametrize(("language", "figure"), [("en", "99,999,999.5"), ("zh-hans", "99,999,999.5")])
def test_a_refusal_writes_quantities_as_its_reader_does(language: str, figure: str) -> None:
    with override(language):
        assert figure in say(MoreThanAsked(code="20000", asked="99999999.500000", open="18600")).reason
        assert say(MoreThanAsked(code="20000", asked="1", open="18600")).reason.startswith("20000")
        assert "18,600" in say(MoreThanAsked(code="20000", asked="1", open="18600")).reason


def test_a_command_takes_its_number_from_the_form(plant: SmallPlant) -> None:
    number = uuid.uuid4()
    request = post(plant)
    request.POST = {"command_id": str(number)}  # type: ignore[assignment]
    assert command_from(request).id == number
    request.POST = {"command_id": "seven"}  # type: ignore[assignment]
    with pytest.raises(BadValue):
        command_from(request)


def test_done_answers_as_it_was_asked(plant: SmallPlant) -> None:
    plain = done(post(plant), "Picked.", to="/pick/1/")
    assert (plain.status_code, plain["Location"]) == (303, "/pick/1/")
    with_htmx = done(post(plant, **{"HX-Request": "true"}), "Picked.", undo="/undo/1/")
    assert with_htmx.status_code == 204
    events = json.loads(with_htmx["HX-Trigger"])
    assert events["qitao:toast"] == {"text": "Picked.", "tone": "good", "undo": "/undo/1/"}
    assert "qitao:changed" in events


def test_nobody_is_sent_away_from_us(plant: SmallPlant) -> None:
    came_from = post(plant, referer="http://testserver//elsewhere.example/")
    assert done(came_from)["Location"] == "/%2Felsewhere.example/"


def test_a_message_with_an_undo_shows_its_button(plant: SmallPlant, as_role: Callable[[str], Client]) -> None:
    request = post(plant)
    done(request, "Picked.", to="/", undo="/undo/1/")
    (message,) = get_messages(request)
    assert message.extra_tags == "undo=/undo/1/"


@pytest.mark.parametrize("address", ["/nothing-here/", "/items/NOPE/"])
def test_what_is_not_there_says_so(as_role: Callable[[str], Client], address: str) -> None:
    answer = as_role("planner").get(address)
    assert answer.status_code == 404
    assert "nothing at this address" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_pages_of_last_resort_need_nothing(name: str) -> None:
    """No request, no user, no database: they must come up when nothing else does."""
    with override("zh-hans"):
        assert "<h1>" in render_to_string(name)

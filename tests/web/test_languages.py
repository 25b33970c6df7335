"""Every page that a person can reach speaks their language, down to the last label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from tests.reading import data, foreign, said
from tests.small_plant import ROLES, SmallPlant

LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
ELSEWHERE = re.compile(r"/(static|language|sign-out|live|favicon)|.*(xlsx|csv|format=)")
MOST = 60  # pages a role; pages that differ only by the thing they show are visited once


@pytest.fixture
def busy(plant: SmallPlant) -> SmallPlant:
    """The plant with stock, work orders, a purchase and a shortage."""
    plant.put("BOLT", "A-01", 100, lot="L-1")
    plant.put("BOLT", "A-02", 20, status="quarantine")
    plant.put("PLATE", "A-02", 3)
    plant.released(5, code="WO-1")
    plant.work_order(50, code="WO-2")
    plant.purchase("BOLT", 500, promised=9)
    return plant


def reached(client: Client, starts: list[str]) -> Iterator[tuple[str, str]]:
    """Follow the links of every page; yield each address with its page."""
    queue, kinds = list(starts), set()
    while queue and len(kinds) < MOST:
        address = queue.pop(0).replace("&amp;", "&")
        kind = re.sub(r"[^/?&=]*\d[^/?&=]*", "#", address.split("?")[0]) + "".join(re.findall(r"tab=\w+", address))
        if kind in kinds:
            continue
        kinds.add(kind)
        answer = client.get(address)
        if answer.status_code in (301, 302):
            queue.insert(0, answer["Location"])
        elif "html" in answer["Content-Type"]:
            page = answer.content.decode()
            queue += [link for link in LINK.findall(page) if not ELSEWHERE.match(link)]
            yield address, page
        elif answer.streaming:
            b"".join(answer)  # a download holds a file until it is read


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_speaks_the_readers_language(
    busy: SmallPlant, as_role: Callable[[str], Client], role: str, language: str
) -> None:
    client = as_role(role)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    written = data()
    found = {
        address: lines
        for address, page in reached(client, ["/", "/nowhere/", "/items/?q=zzzz", "/search/?q=zzzz"])
        if (lines := foreign(said(page), language, written))
    }
    assert found == {}


def test_a_label_that_was_forgotten_is_found() -> None:
    page = '<p title="Nothing here">库存 <b>On hand</b> 12</p><script>let words = "Not read"</script>'
    assert foreign(said(page), "zh-hans", "") == ["On hand", "Nothing here"]
    assert foreign(said(page), "en", "") == ["库存"]

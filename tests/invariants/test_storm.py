"""Sixty-four people want the same five pieces, by every way at once: five get one, in every round.

STORM_ROUNDS says how many rounds (`make storm ROUNDS=1000`).
"""

from __future__ import annotations

import os

import pytest

from qitao.kernel.refusal import Refusal
from qitao.picking.proving import unclaimed
from qitao.stock.queries import verify
from tests import small_plant
from tests.invariants.overlap import at_once
from tests.invariants.scarce import THERE, WAYS, Scarce

CLIENTS = 64
ROUNDS = int(os.environ.get("STORM_ROUNDS") or 5)


@pytest.mark.django_db(transaction=True)
def test_of_sixty_four_who_want_five_pieces_five_get_one() -> None:
    plant = small_plant.build()
    for number in range(ROUNDS):
        scarce, ways = Scarce(plant, each=1), [WAYS[client % len(WAYS)] for client in range(CLIENTS)]
        for way in ways:
            scarce.prepare(way)
        scarce.arrive()
        places = {way: iter(range(CLIENTS)) for way in WAYS}
        answers = at_once([scarce.attempt(way, next(places[way])) for way in ways])
        wrong = [answer for answer in answers if not isinstance(answer, dict | Refusal)]
        assert wrong == [], f"round {number}"
        claimed = scarce.claimed()
        assert (claimed.promised, claimed.on_hand + claimed.gone) == (THERE, THERE), f"round {number}: {claimed}"
        assert claimed.listed == claimed.allocated, f"round {number}: {claimed}"
    assert verify() == []
    assert unclaimed() == []
    print(f"{ROUNDS} rounds of {CLIENTS}: five of five promised in each")  # noqa: T201

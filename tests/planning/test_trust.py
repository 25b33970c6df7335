"""A bin that its counts found short is believed less; the plan says when the kit is complete by what is believed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from qitao.planning.snapshot import take
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock import trust
from qitao.stock.count_models import CountSettings
from qitao.stock.models import Balance, Count
from tests import small_plant
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    CountSettings.objects.create(pk=1, trifle=Decimal(10**9))
    return small_plant.build()


def counted(plant: SmallPlant, found: str | int, *, day: int, place: str = "A-01") -> None:
    """Count the bin on a day and post what was found; then put back what was missing, as a receipt would."""
    at = EIGHT + timedelta(days=day)
    count = stock.order_bin_count(plant.do("picker", at=at), location_id=plant.bins[place].pk)["count"]
    line = Count.objects.get(pk=count).lines.get()
    stock.enter_count(plant.do("picker", at=at), count_id=count, figures={line.pk: Decimal(found)})
    assert stock.post_count(plant.do("picker", at=at), count_id=count)["outcome"] == "posted"
    missing = 120 - Decimal(found)
    if missing > 0:
        plant.put("BOLT", place, missing)  # type: ignore[arg-type]


def eight_of_eleven(plant: SmallPlant) -> None:
    """120 BOLTs in A-01: counted eleven times, three times a fifth was missing."""
    plant.put("BOLT", "A-01", 120)
    for day in range(11):
        counted(plant, 96 if day in (2, 5, 8) else 120, day=day)


def supplied(plant: SmallPlant, *, day: int) -> Decimal:
    """How much of BOLT the plan of a day counts on."""
    shot = take(MONDAY + timedelta(days=day))
    row = shot.stock[plant.items["BOLT"].pk, plant.home.pk]
    return Decimal(int(shot.plant.supplies.quantity[row])) / 1_000_000


def test_of_120_on_record_114_are_trusted(plant: SmallPlant) -> None:
    eight_of_eleven(plant)
    on = MONDAY + timedelta(days=60)
    (told,) = trust.distrusted(Balance.objects.filter(item__code="BOLT"), on=on)
    assert (told.balance.on_hand, told.believed, told.trust.right, told.trust.counts) == (120, 114, 8, 11)
    assert supplied(plant, day=60) == 114
    assert plant.on_hand("BOLT", "A-01") == 120  # the record itself is as it was
    assert ledger.verify() == []


def test_a_count_restores_trust_and_time_takes_it_back(plant: SmallPlant) -> None:
    eight_of_eleven(plant)
    believed = [supplied(plant, day=day) for day in (10, 12, 25, 40, 60)]
    assert believed[0] == 120
    assert believed == sorted(believed, reverse=True)
    assert believed[-2:] == [114, 114]
    counted(plant, 120, day=61)
    assert supplied(plant, day=61) == 120


def test_what_was_wrong_long_ago_weighs_less(plant: SmallPlant) -> None:
    eight_of_eleven(plant)
    shares = [trust.histories(on=MONDAY + timedelta(days=day))[plant.bins["A-01"].pk].share for day in (60, 300, 500)]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]
    assert trust.histories(on=MONDAY + timedelta(days=182 * 6)) == {}


def test_a_bin_that_nobody_counted_is_believed_and_so_is_one_that_was_right(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 120)
    assert supplied(plant, day=100) == 120
    counted(plant, 120, day=0)
    assert supplied(plant, day=100) == 120
    counted(plant, 119, day=1)  # within its tolerance: right
    assert supplied(plant, day=100) == 120


def test_one_bad_count_does_not_condemn_a_bin_and_the_floor_holds(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 120)
    counted(plant, 0, day=0)
    assert supplied(plant, day=60) == 80  # one count of three, two of them the benefit of the doubt
    for day in range(1, 6):
        counted(plant, 0, day=day)
    assert supplied(plant, day=60) == 60
    CountSettings.objects.filter(pk=1).update(trust_floor=90)
    assert supplied(plant, day=60) == 108
    CountSettings.objects.filter(pk=1).update(trust_counts=False)
    assert supplied(plant, day=60) == 120


def test_what_is_on_a_pick_list_is_about_to_be_seen(plant: SmallPlant) -> None:
    eight_of_eleven(plant)
    plant.released(29)
    assert supplied(plant, day=60) == 116


def test_more_found_than_recorded_takes_no_trust(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 120)
    counted(plant, 200, day=0)
    assert supplied(plant, day=60) == 200

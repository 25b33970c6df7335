"""What is allocated is what somebody will take; a difference is found and named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import F

from qitao.picking.models import PickLine
from qitao.picking.proving import unclaimed
from qitao.stock import actions as stock
from qitao.stock.models import Balance, TransferLine
from tests import small_plant
from tests.small_plant import SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    plant.put("BOLT", "A-01", 100, lot="L-1")
    plant.released(5, code="WO-1")
    stock.plan_transfer(
        plant.do("warehouse_manager"),
        item_id=plant.items["BOLT"].pk,
        from_warehouse_id=plant.home.pk,
        to_warehouse_id=plant.second.pk,
        quantity=Decimal(30),
        due_on=small_plant.MONDAY,
    )
    return plant


def test_picks_and_transfers_together_are_what_is_allocated(plant: SmallPlant) -> None:
    balance = Balance.objects.get(item=plant.items["BOLT"])
    assert balance.allocated == 20 + 30
    assert unclaimed() == []


def test_an_allocation_that_nobody_claims_is_named(plant: SmallPlant) -> None:
    Balance.objects.filter(item=plant.items["BOLT"]).update(allocated=F("allocated") + 7)
    (found,) = unclaimed()
    assert str(found) == "BOLT · RM/A-01 · L-1 · ok: allocated 57, claimed 50"


@pytest.mark.parametrize("claim", [PickLine, TransferLine])
def test_a_claim_that_nothing_stands_behind_is_named(
    plant: SmallPlant, claim: type[PickLine] | type[TransferLine]
) -> None:
    claim._default_manager.update(quantity=F("quantity") + 1)
    (found,) = unclaimed()
    assert (found.allocated, found.claimed) == (50, 51)


def test_what_is_allocated_in_blocked_stock_is_named(plant: SmallPlant) -> None:
    plant.put("PLATE", "A-02", 10, status="quarantine")
    Balance.objects.filter(item=plant.items["PLATE"]).update(allocated=2)
    (found,) = unclaimed()
    assert (found.item, found.status, found.allocated, found.claimed) == ("PLATE", "quarantine", 2, 0)

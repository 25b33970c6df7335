"""What people write by hand about stock: status, scrap, other issues and receipts, lots, owners – and its reversal."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qitao.kernel.refusal import BadValue
from qitao.picking.models import PickLine
from qitao.stock import documents, relabelling
from qitao.stock import queries as ledger
from qitao.stock.documents import Bring, Take
from qitao.stock.models import Balance, Lot, Move, StockDocument
from qitao.stock.refusals import (
    AlreadyGone,
    AlreadyReversed,
    Claimed,
    LotOfItsOwn,
    LotsDiffer,
    NotEnoughOnHand,
    NotEnoughThen,
    NotYet,
    OneWarehouse,
    SameLot,
    SameOwner,
    SamePlace,
    TooLongAgo,
)
from qitao.stock.relabelling import Part
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def plant() -> SmallPlant:
    return small_plant.build()


def keeper(plant: SmallPlant, minutes: int = 0) -> Any:
    return plant.do("warehouse_manager", at=EIGHT + minutes * MINUTE)


def at(minutes: int) -> datetime:
    return EIGHT + minutes * MINUTE


def lying(**where: Any) -> dict[str, Decimal]:
    """Return what lies there by status (or lot, or owner)."""
    key = where.pop("by", "status")
    rows = Balance.objects.filter(on_hand__gt=0, **where)
    return {getattr(row, key) if key != "lot" else row.lot.code: row.on_hand for row in rows}


def found(plant: SmallPlant, quantity: int, *, minutes: int = 0, happened_at: datetime | None = None) -> str:
    bring = Bring(plant.items["BOLT"].pk, plant.bins["A-01"].pk, Decimal(quantity))
    reply = documents.receive(
        keeper(plant, minutes),
        warehouse_id=plant.home.pk,
        brings=[bring],
        reason="found behind the rack",
        happened_at=happened_at,
    )
    return str(reply["code"])


# Status


def test_an_inspection_divides_a_lot(plant: SmallPlant) -> None:
    held = plant.put("BOLT", "A-01", 100, lot="L-1", status="quarantine")
    documents.change_status(keeper(plant), takes=[Take(held.pk, Decimal(90))], status="ok", reason="AQL passed")
    documents.change_status(keeper(plant), takes=[Take(held.pk, Decimal(10))], status="rejected", reason="rust")
    assert lying(item__code="BOLT") == {"ok": 90, "rejected": 10}
    assert ledger.verify() == []


def test_what_an_inspection_releases_goes_to_who_waits_for_it(plant: SmallPlant) -> None:
    held = plant.put("BOLT", "A-01", 100, status="quarantine")
    plant.released(10)
    assert not PickLine.objects.exists()
    documents.change_status(keeper(plant), takes=[Take(held.pk, Decimal(100))], status="ok", reason="passed")
    assert PickLine.objects.get(status="open").quantity == 40


def test_the_same_status_again_is_refused(plant: SmallPlant) -> None:
    held = plant.put("BOLT", "A-01", 100)
    with pytest.raises(SamePlace):
        documents.change_status(keeper(plant), takes=[Take(held.pk, Decimal(1))], status="ok", reason="?")


def test_what_is_allocated_is_only_blocked_when_that_is_said(plant: SmallPlant) -> None:
    held = plant.put("BOLT", "A-01", 50)
    plant.put("BOLT", "A-02", 15)
    plant.released(10)
    with pytest.raises(Claimed) as refusal:
        documents.change_status(keeper(plant), takes=[Take(held.pk, Decimal(30))], status="rejected", reason="rust")
    assert refusal.value.facts["free"] == "10"
    reply = documents.change_status(
        keeper(plant), takes=[Take(held.pk, Decimal(30))], status="rejected", reason="rust", even_allocated=True
    )
    assert reply["code"].startswith("SD26-")
    lines = PickLine.objects.filter(status="open").order_by("location__code")
    assert [(line.location.code, line.quantity) for line in lines] == [("A-01", 20), ("A-02", 15)]
    assert lying(location__code="A-01") == {"ok": 20, "rejected": 30}


def test_more_than_lies_there_is_refused(plant: SmallPlant) -> None:
    held = plant.put("BOLT", "A-01", 5)
    with pytest.raises(NotEnoughOnHand):
        documents.scrap(keeper(plant), takes=[Take(held.pk, Decimal(6))], reason="bent")
    assert not StockDocument.objects.exists()


def test_a_document_says_why(plant: SmallPlant) -> None:
    held = plant.put("BOLT", "A-01", 5)
    with pytest.raises(BadValue):
        documents.scrap(keeper(plant), takes=[Take(held.pk, Decimal(1))], reason=" ")


def test_a_document_stays_in_one_warehouse(plant: SmallPlant) -> None:
    takes = [Take(plant.put("BOLT", place, 5).pk, Decimal(1)) for place in ("A-01", "B-01")]
    with pytest.raises(OneWarehouse):
        documents.scrap(keeper(plant), takes=takes, reason="bent")


def test_a_balance_named_twice_is_taken_from_once_for_both(plant: SmallPlant) -> None:
    held = plant.put("BOLT", "A-01", 10)
    take = Take(held.pk, Decimal(6))
    with pytest.raises(NotEnoughOnHand):
        documents.issue(keeper(plant), takes=[take, take], reason="samples")


# Dated back


def test_what_was_found_earlier_may_be_scrapped_earlier(plant: SmallPlant) -> None:
    found(plant, 10, minutes=10)
    found(plant, 5, minutes=20, happened_at=at(5))
    held = Balance.objects.get()
    documents.scrap(keeper(plant, 30), takes=[Take(held.pk, Decimal(5))], reason="bent", happened_at=at(6))
    assert lying() == {"ok": 10}


def test_what_was_not_there_yet_cannot_have_gone(plant: SmallPlant) -> None:
    first = found(plant, 10, minutes=10)
    held = Balance.objects.get()
    with pytest.raises(NotEnoughThen) as refusal:
        documents.scrap(keeper(plant, 30), takes=[Take(held.pk, Decimal(1))], reason="bent", happened_at=at(9))
    assert refusal.value.facts["at"] == "2026-01-05 08:09"
    assert lying() == {"ok": 10}
    assert StockDocument.objects.get().code == first


def test_the_refusal_names_the_moment_and_the_document_that_would_have_lacked_it(plant: SmallPlant) -> None:
    found(plant, 10)
    held = Balance.objects.get()
    reply = documents.issue(keeper(plant, 20), takes=[Take(held.pk, Decimal(8))], reason="samples")
    found(plant, 10, minutes=40)
    with pytest.raises(NotEnoughThen) as refusal:
        documents.issue(keeper(plant, 60), takes=[Take(held.pk, Decimal(3))], reason="trial", happened_at=at(10))
    assert refusal.value.facts["document"] == reply["code"]
    assert refusal.value.facts["at"] == "2026-01-05 08:20"
    assert refusal.value.facts["missing"] == "1"
    documents.issue(keeper(plant, 60), takes=[Take(held.pk, Decimal(2))], reason="trial", happened_at=at(10))


def test_neither_the_future_nor_long_ago(plant: SmallPlant) -> None:
    with pytest.raises(NotYet):
        found(plant, 1, happened_at=at(1))
    plant.home.back_days = 2
    plant.home.save()
    with pytest.raises(TooLongAgo):
        found(plant, 1, happened_at=EIGHT - timedelta(days=2, minutes=1))
    found(plant, 1, happened_at=EIGHT - timedelta(days=2))


def test_who_waited_for_a_lock_came_after_who_held_it(plant: SmallPlant) -> None:
    found(plant, 10, minutes=10)
    held = Balance.objects.get()
    documents.issue(keeper(plant, 9), takes=[Take(held.pk, Decimal(10))], reason="asked earlier, served later")
    into, out = Move.objects.order_by("id")
    assert (into.happened_at, out.at, out.happened_at) == (at(10), at(9), at(10))


# Lots and owners


def test_a_split_lot_keeps_its_origin(plant: SmallPlant) -> None:
    held = plant.put("BOLT", "A-01", 100, lot="L-1", supplier_code="S-01")
    reply = relabelling.split(
        keeper(plant),
        balance_id=held.pk,
        parts=[Part("L-1a", Decimal(30)), Part("L-1b", Decimal(20))],
        reason="two reels",
    )
    assert lying(by="lot") == {"L-1": 50, "L-1a": 30, "L-1b": 20}
    assert Lot.objects.get(code="L-1b").supplier_code == "S-01"
    lots = {lot.code: lot.pk for lot in Lot.objects.all()}
    came = [(b.from_lot_id, b.to_lot_id, b.quantity, b.document) for b in relabelling.became([lots["L-1"]])]
    assert came == [
        (lots["L-1"], lots["L-1a"], 30, reply["code"]),
        (lots["L-1"], lots["L-1b"], 20, reply["code"]),
    ]
    assert len(relabelling.became([lots["L-1b"]])) == 1
    documents.reverse(keeper(plant), document_id=reply["document"], reason="wrong lot")
    assert lying(by="lot") == {"L-1": 100}
    assert relabelling.became([lots["L-1"]]) == []


def test_lots_that_are_alike_become_one(plant: SmallPlant) -> None:
    takes = [Take(plant.put("BOLT", "A-01", 10, lot=lot).pk, Decimal(10)) for lot in ("L-1", "L-2", "L-3")]
    relabelling.merge(keeper(plant), takes=takes, lot_code="L-3", reason="one box")
    assert lying(by="lot") == {"L-3": 30}
    target = Lot.objects.get(code="L-3")
    assert {b.from_lot_id for b in relabelling.became([target.pk])} == {
        Lot.objects.get(code=code).pk for code in ("L-1", "L-2")
    }


@pytest.mark.parametrize(
    ("other", "facts"),
    [
        ("PLATE", {}),
        ("BOLT", {"status": "quarantine"}),
        ("BOLT", {"expires_on": "2026-02-01"}),
    ],
)
def test_lots_that_differ_stay_apart(plant: SmallPlant, other: str, facts: dict[str, Any]) -> None:
    one = plant.put("BOLT", "A-01", 10, lot="L-1")
    two = plant.put(other, "A-01", 10, lot="L-2", **facts)
    with pytest.raises(LotsDiffer):
        relabelling.merge(
            keeper(plant), takes=[Take(one.pk, Decimal(1)), Take(two.pk, Decimal(1))], lot_code="L-9", reason="box"
        )


def test_a_lot_number_in_use_with_another_expiry_is_refused(plant: SmallPlant) -> None:
    one = plant.put("BOLT", "A-01", 10, lot="L-1")
    plant.put("BOLT", "A-02", 10, lot="L-2", expires_on="2026-02-01")
    for code, refusal in (("L-2", LotOfItsOwn), ("L-1", SameLot), ("", BadValue)):
        with pytest.raises(refusal):
            relabelling.split(keeper(plant), balance_id=one.pk, parts=[Part(code, Decimal(1))], reason="reel")


def test_consigned_stock_is_bought(plant: SmallPlant) -> None:
    bring = Bring(plant.items["BOLT"].pk, plant.bins["A-01"].pk, Decimal(40), "L-1", owner="S-01")
    documents.receive(keeper(plant), warehouse_id=plant.home.pk, brings=[bring], reason="consignment")
    plant.released(10)
    assert not PickLine.objects.exists()  # not ours to use
    held = Balance.objects.get()
    relabelling.change_owner(keeper(plant), takes=[Take(held.pk, Decimal(40))], owner="", reason="bought, IV-77")
    assert PickLine.objects.get(status="open").quantity == 40
    with pytest.raises(SameOwner):
        relabelling.change_owner(keeper(plant), takes=[Take(held.pk, Decimal(1))], owner="S-01", reason="again")


# Taking it back


def test_a_reversed_document_leaves_its_trace_and_no_difference(plant: SmallPlant) -> None:
    held = plant.put("BOLT", "A-01", 100, lot="L-1")
    reply = documents.scrap(keeper(plant), takes=[Take(held.pk, Decimal(30))], reason="wrong bin")
    documents.reverse(keeper(plant, 5), document_id=reply["document"], reason="it was the other bin")
    assert lying() == {"ok": 100}
    assert ledger.verify() == []
    scrapped, back = Move.objects.filter(document="stock.stockdocument").order_by("id")
    assert back.reverses_id == scrapped.pk
    with pytest.raises(AlreadyReversed):
        documents.reverse(keeper(plant, 6), document_id=reply["document"], reason="twice")


def test_what_has_gone_on_cannot_be_reversed(plant: SmallPlant) -> None:
    found(plant, 40)
    document = StockDocument.objects.get()
    plant.released(5)
    with pytest.raises(AlreadyGone) as refusal:
        documents.reverse(keeper(plant, 5), document_id=document.pk, reason="miscounted")
    assert refusal.value.facts["free"] == "20"
    document.refresh_from_db()
    assert document.reversed_at is None

"""Writing documents of the stores on their pages, reading them, taking them back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from qitao.catalog.models import Conversion, Unit
from qitao.stock.models import Balance, StockDocument
from tests.small_plant import SmallPlant

pytestmark = pytest.mark.django_db
As = Callable[[str], Client]


def write(client: Client, kind: str, **fields: object) -> StockDocument:
    answer = client.post(f"/stock/documents/new/{kind}/", fields, headers={"accept": "text/html"})
    assert answer.status_code == 303, answer.content.decode()[:500]
    return StockDocument.objects.latest("id")


def test_a_bin_is_looked_up_and_part_of_it_rejected(plant: SmallPlant, as_role: As) -> None:
    held = plant.put("BOLT", "A-01", 100, lot="L-1", status="quarantine")
    client = as_role("warehouse_manager")
    for of in ("A-01", "rm/a-01", "bolt", "L-1"):
        assert f"take-{held.pk}" in client.get(f"/stock/documents/new/status/?of={of}").content.decode()
    made = write(client, "status", **{f"take-{held.pk}": "30", "status": "rejected", "reason": "rust"})
    assert Balance.objects.get(status="rejected").on_hand == 30
    shown = client.get(f"/stock/documents/{made.code}/").content.decode()
    assert "rust" in shown
    assert made.code in client.get("/stock/documents/").content.decode()
    assert made.code in client.get("/stock/documents/?q=BOLT").content.decode()
    client.post(f"/stock/documents/{made.code}/reverse/", {"reason": "wrong"}, headers={"accept": "text/html"})
    made.refresh_from_db()
    assert made.reversed_at is not None
    assert Balance.objects.get(status="quarantine").on_hand == 100


def test_a_receipt_takes_any_unit_of_the_item(plant: SmallPlant, as_role: As) -> None:
    reel = Unit.objects.create(code="reel", name="卷")
    Conversion.objects.create(item=plant.items["BOLT"], unit=reel, numerator=Decimal(4000))
    line = {"item-1": "BOLT", "bin-1": "RM/A-01", "lot-1": "L-7", "status-1": "ok", "owner-1": "C-01"}
    client = as_role("warehouse_manager")
    write(client, "receipt", warehouse="RM", reason="customer's own", **line, **{"quantity-1": "2.5 reel"})
    row = Balance.objects.get()
    assert (row.on_hand, row.lot.code, row.owner) == (10000, "L-7", "C-01")
    write(client, "receipt", warehouse="RM", reason="more", **line, **{"quantity-1": "１卷"})
    assert Balance.objects.get().on_hand == 14000
    refused = client.post(
        "/stock/documents/new/receipt/",
        {"warehouse": "RM", "reason": "?", **line, "quantity-1": "1 tray"},
        headers={"accept": "application/json"},
    )
    assert refused.status_code == 422
    assert refused.json()["code"] == "NoSuchUnit"


def test_lots_are_split_and_merged(plant: SmallPlant, as_role: As) -> None:
    held = plant.put("BOLT", "A-01", 100, lot="L-1")
    client = as_role("warehouse_manager")
    parts = {"part-lot-1": "L-1a", "part-quantity-1": "40", "part-lot-2": "L-1b", "part-quantity-2": "10"}
    write(client, "split", balance=held.pk, reason="reels", **parts)
    rows = {row.lot.code: row for row in Balance.objects.select_related("lot")}
    assert {code: row.on_hand for code, row in rows.items()} == {"L-1": 50, "L-1a": 40, "L-1b": 10}
    takes = {f"take-{rows[code].pk}": str(rows[code].on_hand) for code in ("L-1a", "L-1b")}
    write(client, "merge", lot="L-1a", reason="one box", **takes)
    assert Balance.objects.get(lot__code="L-1a").on_hand == 50


def test_scrap_issue_and_owner_are_written(plant: SmallPlant, as_role: As) -> None:
    held = plant.put("BOLT", "A-01", 100)
    client, take = as_role("warehouse_manager"), f"take-{held.pk}"
    write(client, "scrap", reason="bent", cost_center="4100", **{take: "1"})
    write(client, "issue", reason="samples", happened_at="", **{take: "2"})
    write(client, "owner", owner="C-01", reason="sold", **{take: "3"})
    assert Balance.objects.get(pk=held.pk).on_hand == 94


def test_a_moment_that_is_none_is_refused(plant: SmallPlant, as_role: As) -> None:
    held = plant.put("BOLT", "A-01", 100)
    fields = {f"take-{held.pk}": "1", "reason": "bent", "happened_at": "yesterday"}
    answer = as_role("warehouse_manager").post(
        "/stock/documents/new/scrap/", fields, headers={"accept": "application/json"}
    )
    assert answer.status_code == 422
    assert not StockDocument.objects.exists()

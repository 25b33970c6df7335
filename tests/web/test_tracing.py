"""The page of a trace: its lists, its picture, what it refuses, and how often it asks the database."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from qitao.picking.models import PickLine
from qitao.production.models import WorkOrder
from qitao.sales.models import Shipment
from qitao.stock.models import Balance, Lot, StockDocument
from qitao.stock.queries import verify
from qitao.tracing import actions
from qitao.tracing.refusals import NothingToHold
from qitao.web.tracing.both import MODELS, REACHES, both
from qitao.web.tracing.listing import TABS, count
from qitao.web.tracing.picture import FEW, draw
from tests.small_plant import SmallPlant
from tests.stories.test_recall import days_before


@pytest.fixture
def busy(plant: SmallPlant) -> SmallPlant:
    days_before(plant)
    return plant


def number(code: str) -> int:
    return Lot.objects.get(code=code).pk


def test_every_list_of_every_kind_of_start_is_there(busy: SmallPlant, as_role: Callable[[str], Client]) -> None:
    client = as_role("planner")
    lot = ("lot", number("L-100"))
    wanted = [(*lot, reach, "stock") for reach in REACHES] + [(*lot, "usual", tab) for tab in TABS]
    wanted += [(kind, model._default_manager.earliest("pk").pk, "usual", "customers") for kind, model in MODELS.items()]
    for each in wanted:
        assert client.get(reverse("traced-part", args=each)).status_code == 200, each
    for address in ("/trace/nope/1/", "/trace/lot/0/", "/trace/lot/1/nope/stock/", "/trace/lot/1/usual/nope/"):
        assert client.get(address).status_code == 404, address


def test_the_number_on_a_tab_is_the_number_of_its_rows(busy: SmallPlant) -> None:
    for code in ("L-100", "F-3", "P-1"):
        trace = both("lot", number(code))
        for name, (_title, _spec, rows) in TABS.items():
            assert count(trace, name) == rows(trace).count(), (code, name)


def test_a_page_asks_the_database_thirty_times_at_most(
    busy: SmallPlant, as_role: Callable[[str], Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_role("planner")
    for tab in TABS:
        with django_assert_max_num_queries(30):
            client.get(reverse("traced-part", args=["lot", number("L-100"), "usual", tab]))


def test_the_search_and_the_scanner_lead_to_the_trace(busy: SmallPlant, as_role: Callable[[str], Client]) -> None:
    client, lot = as_role("picker"), reverse("traced", args=["lot", number("L-100")])
    assert lot in client.get("/trace/?q=L-10").content.decode()
    assert client.get("/trace/scan/?code=l-100").headers["Location"] == lot
    order = WorkOrder.objects.get(code="WO-1")
    assert client.get("/trace/scan/?code=WO-1").headers["Location"] == reverse("traced", args=["work-order", order.pk])
    sent = Shipment.objects.get()
    assert client.get(f"/trace/scan/?code={sent.code}").headers["Location"] == reverse(
        "traced", args=["shipment", sent.pk]
    )
    assert client.get("/trace/scan/?code=NOPE").status_code == 404
    for address in (f"/lots/{number('L-100')}/", "/items/BOLT/", "/work-orders/WO-1/", "/sales-orders/SO-1/"):
        assert "/trace/" in client.get(address).content.decode().split("<main")[1], address


def test_the_picture_goes_from_left_to_right_and_takes_many_together(busy: SmallPlant) -> None:
    trace = both("lot", number("L-100"))
    picture = draw(trace)
    columns = {box.title: box.column for box in picture.boxes}
    assert columns == {"S-01": 0, "L-100": 1, "8 work orders": 2, "8 lots": 3, "C-01": 4}
    many = next(box for box in picture.boxes if box.title == "8 lots")
    opened = draw(trace, opened=[many.url.removeprefix("?open=")])
    assert len(opened.boxes) == len(picture.boxes) - 1 + len(many.things)
    assert len(many.things) > FEW
    places = {(box.x, box.y) for box in opened.boxes}
    assert len(places) == len(opened.boxes), "no box lies on another"
    assert {step.quantity for step in picture.steps} == {"500 pcs", "16 pcs", "4 pcs", "3 pcs"}


def test_circles_are_drawn_too(busy: SmallPlant) -> None:
    """Rework: a FRAME that was made of a lot goes into a work order that makes the same lot."""
    frames = Balance.objects.get(lot__code="F-1")
    line = PickLine.objects.filter(pick_list__work_order__code="WO-1", lot__code="L-100").get()
    PickLine.objects.create(
        pick_list=line.pick_list,
        requirement=line.requirement,
        item=frames.item,
        location=frames.location,
        lot=frames.lot,
        quantity=Decimal(1),
        picked=Decimal(1),
        status="picked",
    )
    trace = both("lot", frames.lot_id)
    assert WorkOrder.objects.get(code="WO-1").pk in trace.work_orders
    assert len(draw(trace).boxes) >= 3


def test_what_is_left_is_held_where_one_works_and_nowhere_else(busy: SmallPlant) -> None:
    busy.put("BOLT", "B-01", 30, lot="L-100")
    keeper = busy.people["warehouse_manager"]
    keeper.warehouses = ["W2"]
    reply = actions.hold(busy.do("warehouse_manager"), lot_ids=[number("L-100")], reason="letter")
    held = Balance.objects.get(status="quarantine")
    assert (held.location, held.on_hand, reply["bins"]) == (busy.bins["B-01"], 30, 1)
    assert StockDocument.objects.get().code in reply["documents"]
    with pytest.raises(NothingToHold):
        actions.hold(busy.do("warehouse_manager"), lot_ids=[number("L-100")], reason="letter")
    keeper.warehouses = []
    actions.hold(busy.do("warehouse_manager"), lot_ids=[number("L-100")], reason="letter")
    assert not Balance.objects.filter(lot__code="L-100", status="ok", on_hand__gt=0).exists()
    assert not PickLine.objects.filter(lot__code="L-100", status="open").exists()
    assert verify() == []

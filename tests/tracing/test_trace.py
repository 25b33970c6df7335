"""A lot is followed to the customer, and a delivery back to the supplier's lots – and it is said how sure that is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from qitao.kernel.quantity import ZERO
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.production import actions as production
from qitao.production.models import ScrapReason, WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.sales import actions as sales
from qitao.sales.models import Shipment
from qitao.stock import documents, relabelling
from qitao.stock.documents import Take
from qitao.stock.models import Balance, Lot
from qitao.tracing import queries
from qitao.tracing.queries import Kind, Node, Start
from tests import small_plant
from tests.small_plant import EIGHT, SmallPlant

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    plant = small_plant.build()
    delivery = plant.purchase("BOLT", 100, promised=5)
    line = {"delivery_id": delivery.pk, "quantity": 100, "lot_code": "L-1", "location_id": plant.bins["A-01"].pk}
    purchasing.receive(plant.do("picker"), order_id=delivery.line.order_id, lines=[line])
    plant.put("PLATE", "A-02", 100, lot="P-1")
    plant.put("PAINT", "A-03", 100)
    return plant


def made(
    plant: SmallPlant, code: str, *lots: str, pieces: int = 4, scrapped: int = 0, after: int = 0, pick: bool = True
) -> WorkOrder:
    """Let a work order use what lies ready and report `pieces` of each of these lots, `after` minutes past eight."""
    order = plant.released(pieces * len(lots) + scrapped + (not pick), code=code)  # one stays open to be picked for
    if pick:
        pick_all(plant, order)
    for lot in lots:
        WorkOrder.objects.filter(pk=order.pk).update(lot_code=lot)
        production.report_output(
            plant.do("line_leader", at=EIGHT + timedelta(minutes=after)),
            work_order_id=order.pk,
            quantity=Decimal(pieces),
            scrapped=Decimal(scrapped),
            scrap_reason=ScrapReason.TEST.value if scrapped else "",
            location_id=plant.bins["A-01"].pk,
        )
    return order


def pick_all(plant: SmallPlant, order: WorkOrder, *, after: int = 0) -> None:
    for line in PickLine.objects.filter(pick_list__work_order=order, status="open"):
        at = EIGHT + timedelta(minutes=after)
        picking.confirm(plant.do("picker", at=at), pick_line_id=line.pk, quantity=line.open_quantity)


def ship(plant: SmallPlant, lot: str, quantity: int, code: str = "SO-1") -> Shipment:
    line = plant.sale(quantity, due=20, code=code)
    lying = Balance.objects.get(lot__code=lot, item__code="FRAME")
    takes = [sales.Take(line.pk, lying.pk, Decimal(quantity))]
    reply = sales.ship(plant.do("picker"), order_id=line.order_id, warehouse_id=plant.home.pk, takes=takes)
    return Shipment.objects.get(pk=reply["shipment"])


def of(item: str, code: str) -> Node:
    return Node(Kind.LOT, Lot.objects.get(item__code=item, code=code).pk)


def start(item: str, code: str) -> Start:
    return Start(lots=frozenset({of(item, code).id}))


def test_a_suppliers_lot_is_followed_to_the_customer(plant: SmallPlant) -> None:
    order = made(plant, "WO-1", "F-1", scrapped=1)
    sent = ship(plant, "F-1", 3)
    trace = queries.forward(start("BOLT", "L-1"))
    went = [(link.source, link.target, link.quantity) for link in trace.links]
    in_order = Node(Kind.WORK_ORDER, order.pk)
    assert went == [
        (of("BOLT", "L-1"), in_order, 20),
        (of("FRAME", "F-1"), Node(Kind.SHIPMENT, sent.pk), 3),
        (in_order, of("FRAME", "F-1"), 5),
    ]
    assert trace.sure == trace.nodes
    assert [(row.lot.code, row.on_hand) for row in queries.stock_of(trace.ids(Kind.LOT)).order_by("lot__code")] == [
        ("F-1", 1),
        ("L-1", 80),
    ]
    assert queries.lost(trace.ids(Kind.LOT)) == {of("FRAME", "F-1").id: 1}
    (reached,) = queries.shipped(trace)
    assert (reached.shipment.order.customer, reached.quantity) == (plant.customer, 3)


def test_a_delivery_is_followed_back_to_what_suppliers_brought(plant: SmallPlant) -> None:
    made(plant, "WO-1", "F-1")
    sent = ship(plant, "F-1", 3)
    trace = queries.backward(queries.start_of(sent))
    assert set(trace.ids(Kind.LOT)) == {
        of(*each).id for each in (("FRAME", "F-1"), ("BOLT", "L-1"), ("PLATE", "P-1"), ("PAINT", ""))
    }
    (brought,) = queries.received(trace)
    assert (brought.lot.code, brought.receipt.order.supplier) == ("L-1", plant.supplier)
    assert trace.stopped == {of("PAINT", "").id}, "of the paint nobody knows which"


def test_what_was_taken_back_was_never_there(plant: SmallPlant) -> None:
    made(plant, "WO-1", "F-1")
    sent = ship(plant, "F-1", 3)
    sales.undo_shipment(plant.do("picker"), shipment_id=sent.pk)
    trace = queries.forward(start("BOLT", "L-1"))
    assert trace.ids(Kind.SHIPMENT) == []
    assert queries.start_of(sent) == Start()


def test_of_two_lots_used_and_two_made_each_may_be_in_each(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-02", 100, lot="L-2")
    order = made(plant, "WO-1", "F-1", "F-2", pieces=15)
    trace = queries.forward(start("BOLT", "L-1"))
    assert {of("FRAME", "F-1"), of("FRAME", "F-2")} <= trace.nodes
    assert not trace.sure & {of("FRAME", "F-1"), of("FRAME", "F-2"), Node(Kind.WORK_ORDER, order.pk)}
    plates = queries.forward(start("PLATE", "P-1"))
    assert {of("FRAME", "F-1"), of("FRAME", "F-2")} <= plates.sure, "all plates came from one lot"
    both = queries.forward(Start(frozenset({of("BOLT", "L-1").id, of("BOLT", "L-2").id})))
    assert {of("FRAME", "F-1"), of("FRAME", "F-2")} <= both.sure, "one of the two is in each"
    back = queries.backward(start("FRAME", "F-1"))
    assert of("PLATE", "P-1") in back.sure
    assert of("BOLT", "L-1") in back.nodes - back.sure


def test_what_was_reported_before_the_issue_is_told_apart_not_left_out(plant: SmallPlant) -> None:
    order = made(plant, "WO-1", "F-1", pick=False)
    pick_all(plant, order, after=30)
    trace = queries.forward(start("BOLT", "L-1"))
    (report,) = [link for link in trace.links if link.source.kind == Kind.WORK_ORDER]
    assert (report.target, report.is_early) == (of("FRAME", "F-1"), True)
    assert of("FRAME", "F-1") in trace.nodes - trace.sure
    assert of("BOLT", "L-1") in queries.backward(start("FRAME", "F-1")).nodes


def test_untracked_stock_is_followed_from_when_it_came_in(plant: SmallPlant) -> None:
    plant.put("FRAME", "A-01", 9)
    early = ship(plant, "", 2, code="SO-1")
    made(plant, "WO-1", "")
    late = ship(plant, "", 5, code="SO-2")
    trace = queries.forward(start("BOLT", "L-1"))
    assert trace.ids(Kind.SHIPMENT) == [late.pk] != [early.pk]
    assert Node(Kind.SHIPMENT, late.pk) not in trace.sure
    halted = queries.forward(start("BOLT", "L-1"), untracked=False)
    assert (halted.ids(Kind.SHIPMENT), halted.stopped) == ([], {of("FRAME", "").id})


def test_a_lot_is_followed_through_splits_and_merges_that_stand(plant: SmallPlant) -> None:
    keeper = plant.do("warehouse_manager")
    whole = Balance.objects.get(lot__code="L-1")
    parts = [relabelling.Part("L-1a", Decimal(10)), relabelling.Part("L-1b", Decimal(5))]
    relabelling.split(keeper, balance_id=whole.pk, parts=parts, reason="reels")
    other = plant.put("BOLT", "A-02", 7, lot="L-2")
    ten = Balance.objects.get(lot__code="L-1a")
    takes = [Take(ten.pk, Decimal(10)), Take(other.pk, Decimal(7))]
    merged = relabelling.merge(plant.do("warehouse_manager"), takes=takes, lot_code="L-3", reason="one box")
    trace = queries.forward(start("BOLT", "L-1"))
    assert {(link.source, link.target): link.quantity for link in trace.links} == {
        (of("BOLT", "L-1"), of("BOLT", "L-1a")): 10,
        (of("BOLT", "L-1"), of("BOLT", "L-1b")): 5,
        (of("BOLT", "L-1a"), of("BOLT", "L-3")): 10,
    }
    back = queries.backward(start("BOLT", "L-3"))
    assert {of("BOLT", code) for code in ("L-1", "L-1a", "L-2", "L-3")} == {
        node for node in back.nodes if node.kind == Kind.LOT
    }
    documents.reverse(plant.do("warehouse_manager"), document_id=merged["document"], reason="wrong box")
    assert of("BOLT", "L-3") not in queries.forward(start("BOLT", "L-1")).nodes


def test_a_trace_that_is_cut_says_so(plant: SmallPlant) -> None:
    for number in range(5):
        made(plant, f"WO-{number}", f"F-{number}", pieces=1)
    assert not queries.forward(start("BOLT", "L-1")).is_cut
    cut = queries.forward(start("BOLT", "L-1"), most=4)
    assert cut.is_cut
    assert len([node for node in cut.nodes if node.kind == Kind.WORK_ORDER]) <= 5


def test_records_stand_for_their_lots(plant: SmallPlant) -> None:
    order = made(plant, "WO-1", "F-1")
    sent = ship(plant, "F-1", 3)
    bolts, frames = frozenset({of("BOLT", "L-1").id}), frozenset({of("FRAME", "F-1").id})
    delivery = Lot.objects.get(code="L-1").receiptline_set.get()  # type: ignore[attr-defined]
    for thing in (delivery.receipt, delivery.receipt.order, plant.supplier, plant.items["BOLT"]):
        assert queries.start_of(thing) == Start(lots=bolts)
    for thing in (sent, sent.order, plant.customer, plant.items["FRAME"]):
        assert queries.start_of(thing) == Start(lots=frames)
    for thing in (order, order.pick_lists.get()):
        assert queries.start_of(thing) == Start(work_orders=frozenset({order.pk}))
    assert queries.forward(Start()).links == ()
    assert queries.lost([]) == {} != {0: ZERO}

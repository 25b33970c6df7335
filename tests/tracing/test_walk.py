"""The statement finds what a pencil finds, whatever happened: received, picked, made, shipped, and all of it undone."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

import pytest

from qitao.catalog.models import Bom, BomLine, Item
from qitao.catalog.models import Kind as ItemKind
from qitao.kernel.refusal import Refusal
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.picking.queries import returnable
from qitao.production import actions as production
from qitao.production.models import Requirement, ScrapReason, WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.purchasing.models import Delivery
from qitao.sales import actions as sales
from qitao.sales.models import SalesOrder, SalesOrderLine, Shipment
from qitao.stock.models import Balance, Lot, Move
from qitao.tracing import queries
from qitao.tracing.queries import Kind, Start
from tests import small_plant
from tests.small_plant import MONDAY, SmallPlant
from tests.tracing import walk

pytestmark = pytest.mark.django_db

NAMES = {
    Kind.LOT: "lot",
    Kind.WORK_ORDER: "work_order",
    Kind.SHIPMENT: "shipment",
    Kind.RECEIPT: "receipt",
}
STEPS = 110


class Life:
    """A few days in a plant that makes FRAMEs, and GATEs of two FRAMEs and a BOLT; some lots have codes, some none."""

    def __init__(self, plant: SmallPlant, seed: int) -> None:
        self.plant, self.chance, self.made = plant, random.Random(seed), 0
        gate = Item.objects.create(
            code="GATE", name="大门", unit=plant.items["FRAME"].unit, kind=ItemKind.MAKE, lead_days=3
        )
        plant.items["GATE"] = gate
        bom = Bom.objects.create(item=gate)
        for position, (code, quantity) in enumerate((("FRAME", 2), ("BOLT", 1)), start=1):
            BomLine.objects.create(bom=bom, position=position, component=plant.items[code], quantity=Decimal(quantity))
        self.works: list[Callable[[], object]] = [
            *[self.pick] * 4,
            *[self.report] * 3,
            *[self.ship] * 2,
            self.receive,
            self.release,
            self.undo_pick,
            self.give_back,
            self.unship,
            self.scrap,
            self.substitute,
        ]

    def live(self) -> None:
        for _ in range(14):
            self.receive()
        for _ in range(STEPS):
            try:
                self.chance.choice(self.works)()
            except Refusal:
                continue

    def one_of(self, rows: object) -> object:
        found = list(rows)  # type: ignore[call-overload]
        return self.chance.choice(found) if found else None

    def amount(self, most: Decimal) -> Decimal:
        return Decimal(self.chance.randint(1, max(int(most), 1)))

    def receive(self) -> None:
        item = self.chance.choice(["BOLT", "BOLT", "PLATE", "PAINT", "BOLT-ZN"])
        delivery = self.plant.purchase(item, 50, promised=9, code=f"PO-{Delivery.objects.count()}")
        line = {
            "delivery_id": delivery.pk,
            "quantity": Decimal(self.chance.randint(5, 30)),
            "lot_code": self.chance.choice(["", "L-1", "L-2", "L-3", "L-4"]),
            "location_id": self.plant.bins[self.chance.choice(["A-01", "A-02", "A-03"])].pk,
        }
        purchasing.receive(self.plant.do("picker"), order_id=delivery.line.order_id, lines=[line])

    def release(self) -> None:
        self.made += 1
        reply = production.create(
            self.plant.do("planner"),
            item_id=self.plant.items[self.chance.choice(["FRAME", "FRAME", "GATE"])].pk,
            quantity=Decimal(self.chance.randint(2, 8)),
            start_on=MONDAY,
            due_on=MONDAY.replace(day=20),
            warehouse_id=self.plant.home.pk,
            code=f"WO-{self.made}",
        )
        lot = self.chance.choice(["", f"F-{self.made}", "F-0"])
        WorkOrder.objects.filter(pk=reply["work_order"]).update(lot_code=lot)
        production.release(self.plant.do("planner"), work_order_id=reply["work_order"])

    def pick(self) -> None:
        line = self.one_of(PickLine.objects.filter(status="open"))
        if isinstance(line, PickLine):
            part = self.chance.choice([line.open_quantity, self.amount(line.open_quantity)])
            picking.confirm(self.plant.do("picker"), pick_line_id=line.pk, quantity=part)

    def running(self) -> WorkOrder | None:
        return self.one_of(WorkOrder.objects.filter(status__in=("released", "started")))  # type: ignore[return-value]

    def report(self, scrapped: Decimal = Decimal(0)) -> None:
        order = self.running()
        if order is None:
            return
        if self.chance.random() < 0.3:
            WorkOrder.objects.filter(pk=order.pk).update(lot_code=self.chance.choice(["", "F-0", f"F-{order.pk}b"]))
        production.report_output(
            self.plant.do("line_leader"),
            work_order_id=order.pk,
            quantity=self.amount(order.open_quantity / 2),
            scrapped=scrapped,
            scrap_reason=ScrapReason.TEST.value if scrapped else "",
        )

    def scrap(self) -> None:
        self.report(scrapped=Decimal(1))

    def ship(self) -> None:
        balance = self.one_of(Balance.objects.filter(item__code__in=("FRAME", "GATE"), on_hand__gt=0))
        if not isinstance(balance, Balance):
            return
        order = SalesOrder.objects.create(code=f"SO-{SalesOrder.objects.count()}", customer=self.plant.customer)
        line = SalesOrderLine.objects.create(order=order, line="1", item=balance.item, quantity=balance.on_hand)
        sales.ship(
            self.plant.do("picker"),
            order_id=order.pk,
            warehouse_id=self.plant.home.pk,
            takes=[sales.Take(line.pk, balance.pk, self.amount(balance.on_hand))],
        )

    def unship(self) -> None:
        shipment = self.one_of(Shipment.objects.filter(undone_at=None))
        if isinstance(shipment, Shipment) and self.chance.random() < 0.5:
            sales.undo_shipment(self.plant.do("picker"), shipment_id=shipment.pk)

    def undo_pick(self) -> None:
        move = self.one_of(Move.objects.filter(document="picking.picklist", reverses=None, reversed_by=None))
        if isinstance(move, Move):
            line = PickLine.objects.filter(
                pick_list=move.document_id, item=move.item_id, lot=move.lot_id, location=move.from_location_id
            ).first()
            assert line is not None
            picking.undo(self.plant.do("picker"), move_id=move.pk, pick_line_id=line.pk)

    def give_back(self) -> None:
        order = self.running()
        offer = order and self.one_of(returnable(order))
        if order and offer:
            picking.return_to_stock(
                self.plant.do("line_leader"),
                work_order_id=order.pk,
                quantities={offer.line.pk: self.amount(offer.quantity)},  # type: ignore[attr-defined]
            )

    def substitute(self) -> None:
        line = self.one_of(Requirement.objects.filter(item__code="BOLT", work_order__status="released"))
        if isinstance(line, Requirement):
            production.substitute(
                self.plant.do("planner"),
                requirement_id=line.pk,
                substitute_id=self.plant.items["BOLT-ZN"].pk,
            )


def links(trace: queries.Trace) -> dict[tuple[walk.Key, walk.Key], Decimal]:
    return {
        ((NAMES[link.source.kind], link.source.id), (NAMES[link.target.kind], link.target.id)): link.quantity
        for link in trace.links
    }


@pytest.mark.parametrize("seed", range(8))
def test_the_statement_finds_what_a_pencil_finds(seed: int) -> None:
    Life(small_plant.build(), seed).live()
    every, followed = walk.passings(), 0
    for lot in Lot.objects.all():
        start, key = Start(lots=frozenset({lot.pk})), ("lot", lot.pk)
        for untracked in (True, False):
            there = walk.onward(every, key, untracked=untracked)
            assert links(queries.forward(start, untracked=untracked)) == there
            assert links(queries.backward(start, untracked=untracked)) == walk.back(every, key, untracked=untracked)
            followed += len(there)
    for order in WorkOrder.objects.all():
        start, key = Start(work_orders=frozenset({order.pk})), ("work_order", order.pk)
        assert links(queries.forward(start)) == walk.onward(every, key, untracked=True)
        assert links(queries.backward(start)) == walk.back(every, key, untracked=False)
    assert followed > 20, "a life in which nothing was made proves nothing"


def test_what_is_ahead_of_a_lot_has_the_lot_behind_it() -> None:
    Life(small_plant.build(), 99).live()
    ahead = {lot.pk: set(queries.forward(Start(frozenset({lot.pk}))).ids(Kind.LOT)) for lot in Lot.objects.all()}
    behind = {
        lot.pk: set(queries.backward(Start(frozenset({lot.pk})), untracked=True).ids(Kind.LOT))
        for lot in Lot.objects.all()
    }
    tracked = set(Lot.objects.exclude(code="").values_list("pk", flat=True))
    for one in tracked:
        for other in tracked & ahead[one]:
            assert one in behind[other]

"""Suppliers, sources, customers, and orders written by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qitao.journal.records import CodeTaken
from qitao.kernel.refusal import BadValue, NotAllowed
from qitao.purchasing import actions, records
from qitao.purchasing.models import PurchaseOrder, Requisition, Source
from qitao.purchasing.records import DeliveryFacts, NoLongerBought, NothingOrdered, SourceInUse
from qitao.sales import records as sales
from qitao.sales.models import SalesOrder
from qitao.sales.records import LineFacts, NothingSold
from tests.small_plant import SmallPlant, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def test_a_supplier_is_made_once_and_changed(plant: SmallPlant) -> None:
    values = {"code": "S-09", "name": "苏州紧固件"}
    reply = records.keep_supplier(plant.do("buyer"), values=values)
    with pytest.raises(CodeTaken):
        records.keep_supplier(plant.do("buyer"), values=values)
    records.keep_supplier(plant.do("administrator"), supplier_id=reply["supplier"], values={"contact": "陈工"})
    with pytest.raises(NotAllowed):
        records.keep_supplier(plant.do("picker"), values={**values, "code": "S-10"})


def test_the_terms_of_a_source(plant: SmallPlant) -> None:
    ends = {"item_id": plant.items["PLATE"].pk, "supplier_id": plant.supplier.pk}
    good = {"lead_days": 10, "expedite_days": 3, "min_quantity": Decimal(10), "price": Decimal("2.5")}
    reply = records.keep_source(plant.do("buyer"), **ends, values=good)
    with pytest.raises(CodeTaken):
        records.keep_source(plant.do("buyer"), **ends, values=good)
    with pytest.raises(BadValue):
        records.keep_source(plant.do("buyer"), **ends, values={**good, "expedite_days": 12})
    records.remove_source(plant.do("buyer"), source_id=reply["source"])
    assert not Source.objects.filter(item=plant.items["PLATE"]).exists()


def test_a_source_that_a_requisition_stands_on_stays(plant: SmallPlant) -> None:
    source = Source.objects.get()
    reply = actions.request(
        plant.do("buyer"),
        item_id=source.item_id,
        quantity=Decimal(100),
        warehouse_id=plant.home.pk,
        needed_on=date(2026, 1, 20),
        expected_on=date(2026, 1, 19),
        source_id=source.pk,
    )
    with pytest.raises(SourceInUse) as refused:
        records.remove_source(plant.do("buyer"), source_id=source.pk)
    assert Requisition.objects.get(pk=reply["requisition"]).code in str(refused.value)


def test_a_purchase_order_by_hand_has_dated_part_quantities(plant: SmallPlant) -> None:
    bolt, plate = plant.items["BOLT"].pk, plant.items["PLATE"].pk
    reply = records.write_order(
        plant.do("buyer"),
        supplier_id=plant.supplier.pk,
        warehouse_id=plant.home.pk,
        lines=[
            DeliveryFacts(bolt, Decimal(100), date(2026, 1, 9), Decimal("0.5")),
            DeliveryFacts(bolt, Decimal(200), date(2026, 1, 16), Decimal("0.5")),
            DeliveryFacts(plate, Decimal(10)),
        ],
    )
    order = PurchaseOrder.objects.get(pk=reply["order"])
    assert order.status == "open"
    lines = [(row.line, row.item.code, row.deliveries.count()) for row in order.lines.order_by("pk")]
    assert lines == [("10", "BOLT", 2), ("20", "PLATE", 1)]


def test_a_purchase_order_that_cannot_be(plant: SmallPlant) -> None:
    plant.purchase("BOLT", 5, promised=9, code="PO-1")
    bolt = plant.items["BOLT"]
    ends = {"supplier_id": plant.supplier.pk, "warehouse_id": plant.home.pk}
    one = [DeliveryFacts(bolt.pk, Decimal(1))]
    with pytest.raises(NothingOrdered):
        records.write_order(plant.do("buyer"), **ends, lines=[])
    with pytest.raises(CodeTaken):
        records.write_order(plant.do("buyer"), **ends, lines=one, code="PO-1")
    with pytest.raises(BadValue):
        records.write_order(plant.do("buyer"), **ends, lines=[DeliveryFacts(bolt.pk, Decimal(0))])
    type(bolt).objects.filter(pk=bolt.pk).update(is_active=False)
    with pytest.raises(NoLongerBought):
        records.write_order(plant.do("buyer"), **ends, lines=one)
    with pytest.raises(NotAllowed):
        records.write_order(plant.do("planner"), **ends, lines=one)


def test_a_sales_order_by_hand(plant: SmallPlant) -> None:
    customer = sales.keep_customer(plant.do("manager"), values={"code": "C-9", "name": "客户乙", "currency": "EUR"})
    line = LineFacts(plant.items["FRAME"].pk, Decimal(12), date(2026, 2, 1), Decimal(30), Decimal(100))
    reply = sales.write_order(plant.do("planner"), customer_id=customer["customer"], lines=[line])
    order = SalesOrder.objects.get(pk=reply["order"])
    assert order.currency == "EUR"
    assert order.code.startswith("SO26-")
    row = order.lines.get()
    assert (row.line, row.quantity, row.due_on, row.penalty_per_day) == ("10", 12, date(2026, 2, 1), 100)
    with pytest.raises(NothingSold):
        sales.write_order(plant.do("planner"), customer_id=customer["customer"], lines=[])
    with pytest.raises(CodeTaken):
        sales.write_order(plant.do("planner"), customer_id=customer["customer"], lines=[line], code=order.code)
    with pytest.raises(NotAllowed):
        sales.write_order(plant.do("buyer"), customer_id=customer["customer"], lines=[line])

"""Who works in one warehouse acts in no other: every action on stock × own and other warehouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from qitao.kernel.refusal import Refusal
from qitao.picking import actions as picking
from qitao.picking.models import PickLine, ShortPick
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.sales import actions as sales
from qitao.sales.models import SalesOrderLine, Shipment
from qitao.stock import actions as stock
from qitao.stock import documents, relabelling
from qitao.stock.models import Balance, Count, Move, Transfer
from qitao.stock.refusals import WrongWarehouse
from tests import small_plant
from tests.small_plant import MONDAY, SmallPlant

pytestmark = pytest.mark.django_db

Try = Callable[["Scene", str], object]


@dataclass
class Scene:
    """A plant in which something of every kind waits in warehouse RM."""

    plant: SmallPlant
    order: WorkOrder
    firm: WorkOrder
    count: Count
    transfer: Transfer
    delivery: int
    document: int

    def line(self, item: str = "BOLT") -> PickLine:
        return PickLine.objects.get(item__code=item, status="open")


@pytest.fixture
def scene() -> Scene:
    plant = small_plant.build()
    for item, place in (("BOLT", "A-01"), ("PLATE", "A-02"), ("PAINT", "A-03")):
        plant.put(item, place, 500)
    plant.put("FRAME", "A-01", 5)
    sold, boss = plant.sale(3, due=20), plant.do("warehouse_manager")
    take = sales.Take(sold.pk, _balance("FRAME"), Decimal(1))
    sales.ship(plant.do("warehouse_manager"), order_id=sold.order_id, warehouse_id=plant.home.pk, takes=[take])
    counted = stock.order_count(boss, item_id=plant.items["PLATE"].pk, warehouse_id=plant.home.pk)
    count = Count.objects.get(pk=counted["count"])
    planned = stock.plan_transfer(
        plant.do("warehouse_manager"),
        item_id=plant.items["PAINT"].pk,
        from_warehouse_id=plant.home.pk,
        to_warehouse_id=plant.second.pk,
        quantity=Decimal(5),
        due_on=MONDAY,
    )
    order = plant.released(10)
    plates = PickLine.objects.get(item__code="PLATE")
    picking.confirm(plant.do("picker"), pick_line_id=plates.pk, quantity=Decimal(2))
    return Scene(
        plant=plant,
        order=order,
        firm=plant.work_order(5, code="FIRM"),
        count=count,
        transfer=Transfer.objects.get(pk=planned["transfer"]),
        delivery=plant.purchase("BOLT", 50, promised=6).pk,
        document=int(documents.scrap(plant.do("warehouse_manager"), takes=[_some("BOLT")], reason="bent")["document"]),
    )


def _balance(item: str) -> int:
    return Balance.objects.get(item__code=item, location__warehouse__code="RM", status="ok").pk


def _some(item: str) -> documents.Take:
    return documents.Take(_balance(item), Decimal(1))


def _found(scene: Scene) -> documents.Bring:
    return documents.Bring(scene.plant.items["BOLT"].pk, scene.plant.bins["A-02"].pk, Decimal(1))


def _figures(scene: Scene) -> dict[int, Decimal]:
    return {row.pk: Decimal(500) for row in scene.count.lines.all()}


def _ship(scene: Scene, role: str) -> object:
    line = SalesOrderLine.objects.get(order__code="SO-1")
    takes = [sales.Take(line.pk, _balance("FRAME"), Decimal(1))]
    home = scene.plant.home.pk
    return sales.ship(scene.plant.do(role), order_id=line.order_id, warehouse_id=home, takes=takes)


def _order_of(scene: Scene) -> int:
    return purchasing.Delivery.objects.get(pk=scene.delivery).line.order_id


def _picked(scene: Scene) -> PickLine:
    return PickLine.objects.get(item__code="PLATE", picked__gt=0)


# what → (who may do it, how)
TRIES: dict[str, tuple[str, Try]] = {
    "move": (
        "picker",
        lambda s, r: stock.move(
            s.plant.do(r), balance_id=_balance("BOLT"), to_location_id=s.plant.bins["A-02"].pk, quantity=Decimal(1)
        ),
    ),
    "change the status": (
        "warehouse_manager",
        lambda s, r: documents.change_status(s.plant.do(r), takes=[_some("BOLT")], status="quarantine", reason="QC"),
    ),
    "scrap": (
        "warehouse_manager",
        lambda s, r: documents.scrap(s.plant.do(r), takes=[_some("BOLT")], reason="broken"),
    ),
    "issue for other use": (
        "warehouse_manager",
        lambda s, r: documents.issue(s.plant.do(r), takes=[_some("BOLT")], reason="samples"),
    ),
    "receive from elsewhere": (
        "warehouse_manager",
        lambda s, r: documents.receive(s.plant.do(r), warehouse_id=s.plant.home.pk, brings=[_found(s)], reason="found"),
    ),
    "split a lot": (
        "warehouse_manager",
        lambda s, r: relabelling.split(
            s.plant.do(r), balance_id=_balance("BOLT"), parts=[relabelling.Part("L-2", Decimal(1))], reason="two reels"
        ),
    ),
    "merge lots": (
        "warehouse_manager",
        lambda s, r: relabelling.merge(s.plant.do(r), takes=[_some("BOLT")], lot_code="L-3", reason="one box"),
    ),
    "change the owner": (
        "warehouse_manager",
        lambda s, r: relabelling.change_owner(s.plant.do(r), takes=[_some("BOLT")], owner="C-01", reason="sold"),
    ),
    "reverse a document": (
        "warehouse_manager",
        lambda s, r: documents.reverse(s.plant.do(r), document_id=s.document, reason="wrong item"),
    ),
    "enter a count": (
        "picker",
        lambda s, r: stock.enter_count(s.plant.do(r), count_id=s.count.pk, figures=_figures(s)),
    ),
    "add a bin to a count": (
        "picker",
        lambda s, r: stock.add_count_line(s.plant.do(r), count_id=s.count.pk, location_id=s.plant.bins["A-03"].pk),
    ),
    "ship a transfer": ("picker", lambda s, r: stock.ship_transfer(s.plant.do(r), transfer_id=s.transfer.pk)),
    "cancel a transfer": (
        "warehouse_manager",
        lambda s, r: stock.cancel_transfer(s.plant.do(r), transfer_id=s.transfer.pk),
    ),
    "receive": (
        "picker",
        lambda s, r: purchasing.receive(
            s.plant.do(r), order_id=_order_of(s), lines=[{"delivery_id": s.delivery, "quantity": Decimal(1)}]
        ),
    ),
    "ship to a customer": ("picker", _ship),
    "take a shipment back": (
        "picker",
        lambda s, r: sales.undo_shipment(s.plant.do(r), shipment_id=Shipment.objects.get().pk),
    ),
    "release": ("line_leader", lambda s, r: production.release(s.plant.do(r), work_order_id=s.firm.pk)),
    "report output": (
        "line_leader",
        lambda s, r: production.report_output(s.plant.do(r), work_order_id=s.order.pk, quantity=Decimal(1)),
    ),
    "bring material back": (
        "line_leader",
        lambda s, r: picking.return_to_stock(
            s.plant.do(r), work_order_id=s.order.pk, quantities={_picked(s).pk: Decimal(1)}
        ),
    ),
    "make a pick list": (
        "line_leader",
        lambda s, r: picking.make_list(s.plant.do(r), work_order_id=s.order.pk),
    ),
    "confirm a pick": (
        "picker",
        lambda s, r: picking.confirm(s.plant.do(r), pick_line_id=s.line().pk, quantity=Decimal(1)),
    ),
    "report a short pick": (
        "picker",
        lambda s, r: picking.report_short(s.plant.do(r), pick_line_id=s.line().pk, found=Decimal(0), reason="empty"),
    ),
}


@pytest.mark.parametrize("what", TRIES)
def test_in_another_warehouse_it_is_refused_and_changes_nothing(scene: Scene, what: str) -> None:
    role, attempt = TRIES[what]
    scene.plant.people[role].warehouses = ["W2"]
    before = _state()
    with pytest.raises(WrongWarehouse):
        attempt(scene, role)
    assert _state() == before


@pytest.mark.parametrize("what", TRIES)
def test_in_the_own_warehouse_it_is_done(scene: Scene, what: str) -> None:
    role, attempt = TRIES[what]
    scene.plant.people[role].warehouses = ["RM"]
    try:
        attempt(scene, role)
    except Refusal as refusal:
        pytest.fail(f"{what}: {refusal}")


def _state() -> tuple[object, ...]:
    balances = Balance.objects.order_by("pk").values_list("pk", "on_hand", "allocated", "status")
    return (
        list(balances),
        Move.objects.count(),
        ShortPick.objects.count(),
        WorkOrder.objects.filter(status="firm").count(),
    )

"""Long random walks through the stores: whatever people do in whatever order, the books stay right.

After every step: each balance is the sum of its moves; nothing is negative; what is allocated is exactly what open pick
lines and planned transfers will take; what was put in is what lies there plus what went out. A refusal changes nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from qitao.journal.models import CommandRecord
from qitao.kernel.refusal import Refusal
from qitao.picking import actions as picking
from qitao.picking import extra, stops, waves
from qitao.picking.models import PickLine, PickList, Wave
from qitao.picking.queries import lacking
from qitao.production import actions as production
from qitao.production import changing, merging, reworking
from qitao.production.models import Requirement, ScrapReason, WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.purchasing.models import Delivery
from qitao.sales import actions as sales
from qitao.sales import amending
from qitao.sales.models import SalesOrderLine, Shipment
from qitao.stock import actions as stock
from qitao.stock import documents, relabelling
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Count, Location, Move, Reservation, StockDocument, Transfer, TransferLine
from tests import small_plant
from tests.small_plant import EIGHT, MONDAY, SmallPlant

pytestmark = pytest.mark.django_db

STEPS = 120


class Walker:
    """Somebody who does something at random; `step` says what."""

    def __init__(self, plant: SmallPlant, seed: int) -> None:
        self.plant, self.chance = plant, random.Random(seed)
        self.works: list[Callable[[], object]] = [
            self.move,
            self.release,
            self.pick,
            self.pick,
            self.short,
            self.count,
            self.count,
            self.count,
            self.transfer,
            self.change_status,
            self.lose,
            self.find,
            self.relabel,
            self.reverse,
            self.receive,
            self.report,
            self.split,
            self.substitute,
            self.hand_over,
            self.cancel,
            self.undo,
            self.reserve,
            self.take,
            self.close,
            self.ship,
            self.ship,
            self.unship,
            self.scrap,
            self.finish,
            self.give_back,
            self.make_wave,
            self.walk,
            self.walk,
            self.walk_short,
            self.unwalk,
            self.give_up_wave,
            self.take_more,
            self.reject,
            self.reject,
            self.rework,
            self.merge,
            self.change,
        ]

    def step(self) -> str:
        work = self.chance.choice(self.works)
        try:
            done = work()
        except Refusal as refusal:
            return refusal.code
        return work.__name__ if done else "nothing"  # type: ignore[attr-defined]

    def one_of(self, rows: object) -> object:
        found = list(rows)  # type: ignore[call-overload]
        return self.chance.choice(found) if found else None

    def amount(self, most: Decimal) -> Decimal:
        return Decimal(self.chance.randint(1, max(int(most), 1)))

    def move(self) -> object:
        balance = self.one_of(Balance.objects.filter(on_hand__gt=0))
        place = self.chance.choice(["A-01", "A-02", "A-03", "IN"])
        return balance and stock.move(
            self.plant.do("picker"),
            balance_id=balance.pk,  # type: ignore[attr-defined]
            to_location_id=self.plant.bins[place].pk,
            quantity=self.amount(balance.on_hand),  # type: ignore[attr-defined]
        )

    def release(self) -> object:
        return self.plant.released(self.chance.randint(1, 12), start=self.chance.randint(5, 12), due=20)

    def open_line(self) -> PickLine | None:
        return self.one_of(PickLine.objects.filter(status="open"))  # type: ignore[return-value]

    def pick(self) -> object:
        line = self.open_line()
        return line and picking.confirm(
            self.plant.do("picker"), pick_line_id=line.pk, quantity=self.amount(line.open_quantity)
        )

    def short(self) -> object:
        line = self.open_line()
        return line and picking.report_short(
            self.plant.do("picker"),
            pick_line_id=line.pk,
            found=self.amount(line.open_quantity) - 1,
            reason=self.chance.choice(["empty", "less", "damaged"]),
        )

    def count(self) -> object:
        """Count an item or a bin, or go on with a count: figures, handing in, a second person, an approval."""
        under_way = self.one_of(Count.objects.filter(status__in=("open", "counted", "waiting")))
        if under_way is None or self.chance.random() < 0.4:
            return self.ask_for_count()
        count: Count = under_way  # type: ignore[assignment]
        if count.status == "waiting":
            verb = stock.approve_count if self.chance.random() < 0.7 else stock.refuse_count
            facts = {"why": "unknown"} if verb is stock.approve_count else {}
            return verb(self.plant.do("warehouse_manager"), count_id=count.pk, **facts)
        picker = self.plant.do(self.chance.choice(["picker", "second"]))
        figures = {row.pk: Decimal(self.chance.randint(0, 300)) for row in count.lines.filter(counted=None)}
        if figures:
            stock.enter_count(picker, count_id=count.pk, figures=figures)
        if self.chance.random() < 0.3:
            return True  # something moves before it is handed in
        return stock.post_count(self.plant.do("picker"), count_id=count.pk)

    def ask_for_count(self) -> object:
        if self.chance.random() < 0.5:
            place = self.plant.bins[self.chance.choice(["A-01", "A-02", "A-03"])]
            count = stock.order_bin_count(self.plant.do("picker"), location_id=place.pk)["count"]
            item = self.chance.choice(list(self.plant.items.values()))
            return stock.add_count_line(self.plant.do("picker"), count_id=count, item_id=item.pk)
        item = self.chance.choice(list(self.plant.items.values()))
        return stock.order_count(self.plant.do("picker"), item_id=item.pk, warehouse_id=self.plant.home.pk)

    def transfer(self) -> object:
        waiting = self.one_of(Transfer.objects.filter(status__in=("planned", "in_transit")))
        keeper = self.plant.do("warehouse_manager")
        if isinstance(waiting, Transfer) and self.chance.random() < 0.6:
            if waiting.status == "in_transit":
                return stock.receive_transfer(keeper, transfer_id=waiting.pk)
            verb = stock.ship_transfer if self.chance.random() < 0.7 else stock.cancel_transfer
            return verb(keeper, transfer_id=waiting.pk)
        there, back = self.chance.sample([self.plant.home, self.plant.second], 2)
        return stock.plan_transfer(
            keeper,
            item_id=self.plant.items["BOLT"].pk,
            from_warehouse_id=there.pk,
            to_warehouse_id=back.pk,
            quantity=Decimal(self.chance.randint(1, 40)),
            due_on=MONDAY,
        )

    def change_status(self) -> object:
        balance = self.one_of(Balance.objects.filter(on_hand__gt=0))
        return balance and documents.change_status(
            self.plant.do("warehouse_manager"),
            takes=[self.some(balance)],
            status=self.chance.choice(["ok", "quarantine", "rejected"]),
            reason="QC",
            even_allocated=self.chance.random() < 0.3,
        )

    def some(self, balance: object) -> documents.Take:
        return documents.Take(balance.pk, self.amount(balance.on_hand))  # type: ignore[attr-defined]

    def lose(self) -> object:
        """Throw something away or give it out, now or a while ago."""
        balance = self.one_of(Balance.objects.filter(on_hand__gt=0))
        keeper, ago = self.plant.do("warehouse_manager", at=EIGHT + timedelta(hours=1)), self.chance.randint(0, 90)
        facts = {"takes": [self.some(balance)], "reason": "QC", "happened_at": keeper.at - timedelta(minutes=ago)}
        if self.chance.random() < 0.5:
            return balance and documents.issue(keeper, **facts)  # type: ignore[arg-type]
        return balance and documents.scrap(keeper, even_allocated=self.chance.random() < 0.5, **facts)  # type: ignore[arg-type]

    def find(self) -> object:
        item, lot = self.chance.choice(["BOLT", "PLATE", "PAINT"]), self.chance.choice(["", "L-1", "L-2"])
        place, quantity = self.plant.bins[self.chance.choice(["A-01", "A-02"])], Decimal(self.chance.randint(1, 30))
        owner = self.chance.choice(["", "", "C-01"])
        bring = documents.Bring(self.plant.items[item].pk, place.pk, quantity, lot, owner=owner)
        home = self.plant.home.pk
        keeper = self.plant.do("warehouse_manager")
        return documents.receive(keeper, warehouse_id=home, brings=[bring], reason="found")

    def relabel(self) -> object:
        keeper, balance = self.plant.do("warehouse_manager"), self.one_of(Balance.objects.filter(on_hand__gt=0))
        if balance is None:
            return None
        lot, owner = self.chance.choice(["L-1", "L-2", "L-3"]), self.chance.choice(["", "C-01"])
        like = Balance.objects.filter(item=balance.item_id, on_hand__gt=0, location__warehouse__code="RM")  # type: ignore[attr-defined]
        match self.chance.choice(["split", "merge", "owner"]):
            case "split":
                parts = [relabelling.Part(lot, self.amount(balance.on_hand))]  # type: ignore[attr-defined]
                return relabelling.split(keeper, balance_id=balance.pk, parts=parts, reason="reels")  # type: ignore[attr-defined]
            case "merge":
                takes = [self.some(row) for row in list(like)[:2]]
                return relabelling.merge(keeper, takes=takes, lot_code=lot, reason="one box")
        return relabelling.change_owner(keeper, takes=[self.some(balance)], owner=owner, reason="bought")

    def reverse(self) -> object:
        document = self.one_of(StockDocument.objects.filter(reversed_at=None))
        keeper = self.plant.do("warehouse_manager", at=EIGHT + timedelta(hours=2))
        return document and documents.reverse(keeper, document_id=document.pk, reason="wrong")  # type: ignore[attr-defined]

    def receive(self) -> object:
        item = self.chance.choice(["BOLT", "PLATE", "PAINT", "BOLT-ZN"])
        delivery = self.plant.purchase(item, 50, promised=9, code=f"PO-{Delivery.objects.count()}")
        return purchasing.receive(
            self.plant.do("picker"),
            order_id=delivery.line.order_id,
            lines=[{"delivery_id": delivery.pk, "quantity": Decimal(self.chance.randint(1, 60))}],
        )

    def report(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(status__in=("released", "started")))
        return order and production.report_output(
            self.plant.do("line_leader"),
            work_order_id=order.pk,  # type: ignore[attr-defined]
            quantity=self.amount(order.open_quantity),  # type: ignore[attr-defined]
        )

    def split(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(status__in=("released", "started", "paused")))
        return order and production.split(
            self.plant.do("planner"),
            work_order_id=order.pk,  # type: ignore[attr-defined]
            quantity=self.amount(order.open_quantity),  # type: ignore[attr-defined]
        )

    def substitute(self) -> object:
        line = self.one_of(Requirement.objects.filter(item=self.plant.items["BOLT"], work_order__status="released"))
        return line and production.substitute(
            self.plant.do("planner"),
            requirement_id=line.pk,  # type: ignore[attr-defined]
            substitute_id=self.plant.items["BOLT-ZN"].pk,
        )

    def hand_over(self) -> object:
        lines = list(Requirement.objects.filter(item=self.plant.items["BOLT"], work_order__status="released"))
        if len(lines) < 2:
            return None
        giver, taker = self.chance.sample(lines, 2)
        return picking.hand_over(
            self.plant.do("planner"),
            from_requirement_id=giver.pk,
            to_requirement_id=taker.pk,
            quantity=Decimal(self.chance.randint(1, 20)),
        )

    def cancel(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(status__in=("released", "paused")))
        if order is None or self.chance.random() < 0.7:
            return None
        return production.cancel(self.plant.do("planner"), work_order_id=order.pk)  # type: ignore[attr-defined]

    def undo(self) -> object:
        line = self.one_of(PickLine.objects.filter(picked__gt=0))
        move = line and Move.objects.filter(document="picking.picklist", document_id=line.pick_list_id).last()  # type: ignore[attr-defined]
        if move is None or move.item_id != line.item_id or move.to_location.kind != "production":  # type: ignore[attr-defined]
            return None
        return picking.undo(self.plant.do("picker"), move_id=move.pk, pick_line_id=line.pk)  # type: ignore[attr-defined]

    def reserve(self) -> object:
        order = self.plant.work_order(self.chance.randint(1, 8), start=self.chance.randint(5, 12), due=20)
        production.reserve_material(self.plant.do("planner"), work_order_id=order.pk)
        return self.chance.random() < 0.5 or production.release(self.plant.do("planner"), work_order_id=order.pk)

    def take(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(status__in=("released", "started", "completed")))
        missing = order and self.one_of(lacking(order))  # type: ignore[arg-type]
        balance = missing and self.one_of(Balance.objects.filter(item=missing.requirement.item_id))  # type: ignore[attr-defined]
        return balance and picking.take_from(
            self.plant.do("picker"),
            requirement_id=missing.requirement.pk,  # type: ignore[attr-defined]
            balance_id=balance.pk,  # type: ignore[attr-defined]
            quantity=self.amount(missing.quantity),  # type: ignore[attr-defined]
        )

    def close(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(status__in=("completed", "released")))
        return order and production.close(self.plant.do("planner"), work_order_id=order.pk)  # type: ignore[attr-defined]

    def ship(self) -> object:
        """Ship something, wanted or not, from wherever some of it lies; now and then what is left is cancelled."""
        frame = self.plant.items["FRAME"]
        line = self.one_of(SalesOrderLine.objects.filter(order__status="open"))
        if line is None or self.chance.random() < 0.2:
            line = self.plant.sale(self.chance.randint(5, 30), due=20, code=f"SO-{SalesOrderLine.objects.count() + 1}")
        if self.chance.random() < 0.1:
            return amending.cancel_line(self.plant.do("planner"), line_id=line.pk)  # type: ignore[attr-defined]
        lying = list(Balance.objects.filter(item=frame, on_hand__gt=0).order_by("pk"))
        balances = self.chance.sample(lying, min(len(lying), 2))
        return sales.ship(
            self.plant.do("picker"),
            order_id=line.order_id,  # type: ignore[attr-defined]
            warehouse_id=self.plant.home.pk,
            takes=[sales.Take(line.pk, each.pk, self.amount(each.on_hand)) for each in balances],  # type: ignore[attr-defined]
        )

    def unship(self) -> object:
        shipment = self.one_of(Shipment.objects.all())
        return shipment and sales.undo_shipment(self.plant.do("picker"), shipment_id=shipment.pk)  # type: ignore[attr-defined]

    def scrap(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(status__in=("released", "started")))
        return order and production.report_output(
            self.plant.do("line_leader"),
            work_order_id=order.pk,  # type: ignore[attr-defined]
            quantity=Decimal(self.chance.randint(0, 2)),
            scrapped=Decimal(1),
            scrap_reason=self.chance.choice(ScrapReason.values),
        )

    def finish(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(status__in=("started", "paused", "firm")))
        if order is None or self.chance.random() < 0.5:
            return None
        return production.finish(self.plant.do("planner"), work_order_id=order.pk, reason="enough")  # type: ignore[attr-defined]

    def give_back(self) -> object:
        line = self.one_of(PickLine.objects.filter(picked__gt=0))
        return line and picking.return_to_stock(
            self.plant.do("line_leader"),
            work_order_id=line.pick_list.work_order_id,  # type: ignore[attr-defined]
            quantities={line.pk: self.amount(line.picked)},  # type: ignore[attr-defined]
        )

    def make_wave(self) -> object:
        lists = list(PickList.objects.filter(status__in=("open", "in_progress")).values_list("pk", flat=True))
        if not lists:
            return None
        chosen = self.chance.sample(lists, min(len(lists), 3))
        return waves.make(self.plant.do("warehouse_manager"), pick_list_ids=chosen)

    def a_take(self) -> tuple[Wave, stops.Take] | None:
        wave = self.one_of(stops.open_waves())
        take = wave and self.one_of(each for each in stops.takes(wave) if each.is_open)  # type: ignore[arg-type]
        return (wave, take) if take else None  # type: ignore[return-value]

    def walk(self) -> object:
        found = self.a_take()
        return found and waves.confirm(
            self.plant.do("picker"), wave_id=found[0].pk, balance_id=found[1].key, quantity=self.amount(found[1].wanted)
        )

    def walk_short(self) -> object:
        found = self.a_take()
        return found and waves.report_short(
            self.plant.do("picker"),
            wave_id=found[0].pk,
            balance_id=found[1].key,
            found=self.amount(found[1].wanted) - 1,
            reason=self.chance.choice(["empty", "less", "damaged"]),
        )

    def unwalk(self) -> object:
        done = self.one_of(CommandRecord.objects.filter(action=waves.confirm.action_name))  # type: ignore[attr-defined]
        if done is None:
            return None
        line = PickLine.objects.get(pk=next(iter(done.reply["moves"])))  # type: ignore[attr-defined]
        if line.wave_id is None:
            return None
        return waves.undo(self.plant.do("picker"), wave_id=line.wave_id, taken_by=done.pk)  # type: ignore[attr-defined]

    def take_more(self) -> object:
        line = self.one_of(PickLine.objects.filter(status__in=("open", "picked")))
        return line and extra.take_more(
            self.plant.do("warehouse_manager"),
            pick_line_id=line.pk,  # type: ignore[attr-defined]
            quantity=line.open_quantity + self.chance.randint(1, 5),  # type: ignore[attr-defined]
            reason=self.chance.choice(["scrap", "lost"]),
        )

    def give_up_wave(self) -> object:
        wave = self.one_of(stops.open_waves())
        if wave is None or self.chance.random() < 0.6:
            return None
        return waves.dissolve(self.plant.do("warehouse_manager"), wave_id=wave.pk)  # type: ignore[attr-defined]

    def reject(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(status__in=("released", "started")))
        return order and production.report_output(
            self.plant.do("line_leader"),
            work_order_id=order.pk,  # type: ignore[attr-defined]
            quantity=Decimal(self.chance.randint(0, 2)),
            rejected=Decimal(self.chance.randint(1, 3)),
            scrap_reason=self.chance.choice(ScrapReason.values),
        )

    def rework(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(quantity_rejected__gt=0))
        if order is None:
            return None
        quantity = self.amount(order.quantity_rejected)  # type: ignore[attr-defined]
        leader = self.plant.do("line_leader")
        made = reworking.rework(leader, work_order_id=order.pk, quantity=quantity, due_on=date(2026, 1, 20))  # type: ignore[attr-defined]
        return production.release(self.plant.do("planner"), work_order_id=made["work_order"])

    def merge(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(status__in=("firm", "released")))
        into = order and self.one_of(WorkOrder.objects.filter(status=order.status))  # type: ignore[attr-defined]
        return into and merging.merge(self.plant.do("planner"), work_order_id=order.pk, into_id=into.pk)  # type: ignore[attr-defined]

    def change(self) -> object:
        order = self.one_of(WorkOrder.objects.filter(status__in=("firm", "released", "started", "paused")))
        return order and changing.change_order(
            self.plant.do("planner"),
            work_order_id=order.pk,  # type: ignore[attr-defined]
            quantity=Decimal(self.chance.randint(1, 15)),
            start_on=order.start_on,  # type: ignore[attr-defined]
            due_on=order.due_on,  # type: ignore[attr-defined]
            bom_id=order.bom_id,  # type: ignore[attr-defined]
        )


def nothing_is_held_for_what_is_over(after: str) -> None:
    over = ("completed", "closed", "cancelled")
    assert not PickLine.objects.filter(status="open", pick_list__work_order__status__in=over).exists(), after
    assert not PickLine.objects.filter(status="open", pick_list__status__in=("done", "cancelled")).exists(), after
    for claim in Reservation.objects.all():
        line = Requirement.objects.select_related("work_order").get(pk=claim.holder_id)
        assert line.work_order.status not in over, after
        listed = sum((pick.open_quantity for pick in line.pick_lines.filter(status="open")), Decimal(0))
        assert claim.quantity + listed <= line.open_quantity, f"{after}: {line} claims more than it needs"


def lists_without_a_line_are_done(after: str) -> None:
    for pick_list in PickList.objects.filter(status__in=("open", "in_progress")):
        assert pick_list.lines.filter(status="open").exists(), f"{after}: {pick_list} waits for nothing"


def books_are_right(after: str) -> None:
    assert ledger.verify() == []
    assert not Balance.objects.filter(on_hand__lt=0).exists()
    assert what_lies_between_labels() == 0
    claims: Counter[tuple[int, int, int, str]] = Counter()
    for line in PickLine.objects.filter(status="open"):
        claims[line.item_id, line.location_id, line.lot_id, line.owner] += line.open_quantity  # type: ignore[assignment]
        assert line.open_quantity > 0
    for part in TransferLine.objects.filter(transfer__status="planned"):
        claims[part.item_id, part.from_location_id, part.lot_id, part.owner] += part.quantity  # type: ignore[assignment]
    for balance in Balance.objects.filter(status="ok"):
        place = (balance.item_id, balance.location_id, balance.lot_id, balance.owner)
        assert balance.allocated == claims.pop(place, 0), after
    assert not claims, "somebody counts on what is allocated nowhere"


def what_lies_between_labels() -> Decimal:
    into = Move.objects.filter(to_location__kind="relabel").aggregate(q=Sum("quantity"))["q"] or Decimal(0)
    out = Move.objects.filter(from_location__kind="relabel").aggregate(q=Sum("quantity"))["q"] or Decimal(0)
    return into - out


def requirements_are_covered_once() -> None:
    for order in WorkOrder.objects.filter(status__in=("released", "started", "paused")):
        for line in order.requirements.all():
            listed = sum((pick.open_quantity for pick in line.pick_lines.filter(status="open")), Decimal(0))
            assert listed <= line.open_quantity, f"{line} has more on its list than it needs"
        assert all(row.quantity > 0 for row in lacking(order))


def issued_is_what_went_to_production(item_id: int) -> None:
    went = Move.objects.filter(item=item_id, to_location__kind=Location.Kind.PRODUCTION).aggregate(q=Sum("quantity"))
    came = Move.objects.filter(item=item_id, from_location__kind=Location.Kind.PRODUCTION).aggregate(q=Sum("quantity"))
    issued = Requirement.objects.filter(item=item_id).aggregate(q=Sum("issued"))["q"] or 0
    assert (went["q"] or 0) - (came["q"] or 0) == issued


def shipped_is_what_went_to_customers() -> None:
    """What lines say is shipped has left and was not taken back; an order is open while something is to be shipped."""
    out = Move.objects.filter(to_location__kind=Location.Kind.CUSTOMER).aggregate(q=Sum("quantity"))["q"] or 0
    back = Move.objects.filter(from_location__kind=Location.Kind.CUSTOMER).aggregate(q=Sum("quantity"))["q"] or 0
    lines = list(SalesOrderLine.objects.select_related("order"))
    assert out - back == sum(line.shipped for line in lines)
    for line in lines:
        stands = line.shipment_lines.filter(shipment__undone_at=None).aggregate(q=Sum("quantity"))["q"] or 0
        assert stands == line.shipped, line
        assert (line.order.status == "open") == (line.open_quantity > 0), line


def what_was_made_is_in_the_ledger(item_id: int) -> None:
    for order in WorkOrder.objects.filter(item=item_id):
        moves = Move.objects.filter(item=item_id, document="production.workorder", document_id=order.pk)
        lost = sum((move.quantity for move in moves.filter(to_location__kind="scrap")), Decimal(0))
        again = sum((move.quantity for move in moves.filter(to_location__kind="production")), Decimal(0))
        unfit = sum((move.quantity for move in moves.filter(to_status="rejected")), Decimal(0))
        good = sum((move.quantity for move in moves), Decimal(0)) - lost - again - unfit
        assert (good, unfit, lost) == (order.quantity_done, order.quantity_rejected, order.quantity_scrapped)
        assert again == (order.quantity_made if order.reworks_id else 0)
        assert order.quantity_made <= order.quantity


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_do_the_books_stay_right(seed: int) -> None:
    plant = small_plant.build()
    plant.people["second"] = type(plant.people["picker"]).objects.create(
        username="second", name="second", roles=["picker"], password="!", created_at=EIGHT
    )
    for place in ("A-01", "A-02", "B-01"):
        for item in ("BOLT", "PLATE", "PAINT", "BOLT-ZN"):
            plant.put(item, place, 60)
    for place in ("A-01", "A-03"):
        plant.put("FRAME", place, 40)
    walker, done = Walker(plant, seed), Counter[str]()
    for _ in range(STEPS):
        did = walker.step()
        done[did] += 1
        books_are_right(did)
        nothing_is_held_for_what_is_over(did)
        lists_without_a_line_are_done(did)
        shipped_is_what_went_to_customers()
    requirements_are_covered_once()
    for item in ("BOLT", "PLATE", "PAINT", "BOLT-ZN"):
        issued_is_what_went_to_production(plant.items[item].pk)
    what_was_made_is_in_the_ledger(plant.items["FRAME"].pk)
    assert not Reservation.objects.filter(quantity__lte=0).exists()
    assert sum(done[work.__name__] for work in set(walker.works)) > STEPS / 4, done  # type: ignore[attr-defined]

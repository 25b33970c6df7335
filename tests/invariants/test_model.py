"""Whatever is done in whatever order, Qitao and a small model say the same – and refuse the same.

Hypothesis makes up what people do and, where the two differ, cuts the story down to the shortest that still shows it.
MODEL_STEPS says how much is done (`make model STEPS=200000`); what is done is another each time then.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import ClassVar, TypeVar

import pytest
from django.db import transaction
from django.db.models import F, QuerySet
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from qitao.kernel.refusal import Refusal
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.picking.proving import unclaimed
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.purchasing import actions as purchasing
from qitao.purchasing.models import Delivery
from qitao.sales import actions as sales
from qitao.sales.models import SalesOrder, SalesOrderLine
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.models import Balance, Count, Move, Reservation, Transfer
from tests import small_plant
from tests.invariants.model import HOME, NEEDS, Bin, No, Order, Stores
from tests.small_plant import MONDAY, SmallPlant

A_STORY = 50  # steps at most; the dice end many earlier
ENOUGH = 2000  # steps in which every kind of act comes up
STEPS = int(os.environ.get("MODEL_STEPS") or 2000)
IS_SHORT = "MODEL_STEPS" not in os.environ

THERE = Decimal(30)  # at the beginning of every story, in each of these bins
BEGINNING = [(item, code) for item in NEEDS for code in ("A-01", "A-02", "B-01")]

which = st.integers(0, 99)
amounts = st.integers(1, 30).map(Decimal)
T = TypeVar("T")


class Both(RuleBasedStateMachine):
    """Qitao on PostgreSQL, and the model beside it; each story is rolled back."""

    plant: ClassVar[SmallPlant]
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        self.model, self.orders, self.transfers = Stores(), list[int](), list[int]()
        for place in BEGINNING:
            self.model.on_hand[place] = THERE
        for quantity in (2, 5, 7):
            self.new_order(Decimal(quantity))
        self.plan_transfer(item="BOLT", is_outward=True, quantity=Decimal(5))
        self.plan_transfer(item="PLATE", is_outward=False, quantity=Decimal(5))

    def teardown(self) -> None:
        try:
            assert ledger.verify() == []
            assert unclaimed() == []
        finally:
            transaction.set_rollback(True)
            self.story.__exit__(None, None, None)

    def both(self, name: str, real: Callable[[], object], modelled: Callable[[], object]) -> object:
        """Do the same in both; they must agree whether it may be done."""
        try:
            answer: object = real()
        except Refusal as refusal:
            answer = refusal
        is_refused = isinstance(answer, Refusal)
        self.done[f"{name} refused" if is_refused else name] += 1
        try:
            modelled()
        except No:
            assert is_refused, f"the model refuses what Qitao did: {name}"
        else:
            assert not is_refused, f"Qitao refuses what the model did: {name}: {answer!r}"
        return answer

    def one_of(self, rows: QuerySet[T], number: int) -> T | None:  # type: ignore[type-var]
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    def order(self, number: int) -> tuple[int, Order]:
        place = number % len(self.orders)
        return self.orders[place], self.model.orders[place]

    def line(self, number: int, **which_lines: object) -> tuple[PickLine, Order, Bin] | None:
        line = self.one_of(
            PickLine.objects.filter(**which_lines).select_related("item", "location", "requirement"), number
        )
        if line is None:
            return None
        order = self.model.orders[self.orders.index(line.requirement.work_order_id)]
        return line, order, (line.item.code, line.location.code)

    # Orders

    @rule(quantity=st.integers(1, 8).map(Decimal))
    def new_order(self, quantity: Decimal) -> None:
        self.orders.append(self.plant.work_order(str(quantity), code=f"WO-{len(self.orders) + 1}").pk)
        self.model.orders.append(Order(quantity))

    def of_order(
        self, name: str, number: int, real: Callable[..., object], modelled: Callable[[Order], object]
    ) -> None:
        pk, order = self.order(number)
        self.both(name, lambda: real(work_order_id=pk), lambda: modelled(order))

    @rule(number=which)
    def reserve(self, number: int) -> None:
        if self.order(number)[1].state == "firm":
            do = self.plant.do("planner")
            self.of_order("reserve", number, lambda **o: production.reserve_material(do, **o), self.model.reserve)

    @rule(number=which)
    def release(self, number: int) -> None:
        do = self.plant.do("planner")
        self.of_order("release", number, lambda **o: production.release(do, **o), self.model.release)

    @rule(number=which)
    def make_list(self, number: int) -> None:
        do = self.plant.do("line_leader")
        self.of_order("make list", number, lambda **o: picking.make_list(do, **o), self.model.make_list)

    @rule(number=which, quantity=amounts)
    def report(self, number: int, quantity: Decimal) -> None:
        do = self.plant.do("line_leader")
        self.of_order(
            "report",
            number,
            lambda **o: production.report_output(do, quantity=quantity, **o),
            lambda order: self.model.report(order, quantity),
        )

    @rule(number=which, verb=st.sampled_from(["cancel", "finish", "close"]))
    def end(self, number: int, verb: str) -> None:
        do = self.plant.do("planner")
        ends: dict[str, tuple[Callable[..., object], tuple[str, ...]]] = {
            "cancel": (production.cancel, ("cancelled", "firm", "released", "paused")),
            "finish": (lambda c, **o: production.finish(c, reason="enough", **o), ("completed", "started", "paused")),
            "close": (production.close, ("closed", "completed")),
        }
        real, (state, *sources) = ends[verb]
        self.of_order(verb, number, lambda **o: real(do, **o), lambda order: self.model.end(order, state, *sources))

    # Picking

    @rule(number=which, quantity=amounts)
    def pick(self, number: int, quantity: Decimal) -> None:
        if found := self.line(number, status="open"):
            line, order, place = found
            self.both(
                "pick",
                lambda: picking.confirm(self.plant.do("picker"), pick_line_id=line.pk, quantity=quantity),
                lambda: self.model.pick(order, place, quantity),
            )

    @rule(number=which)
    def pick_all(self, number: int) -> None:
        if found := self.line(number, status="open"):
            self.pick(number, found[0].open_quantity)

    @rule(number=which, found=st.integers(0, 12).map(Decimal))
    def short(self, number: int, found: Decimal) -> None:
        if there := self.line(number, status="open"):
            line, order, place = there
            do = self.plant.do("picker")
            self.both(
                "short",
                lambda: picking.report_short(do, pick_line_id=line.pk, found=found, reason="less"),
                lambda: self.model.short(order, place, found),
            )

    @rule(number=which)
    def undo(self, number: int) -> None:
        if not (found := self.line(number, picked__gt=F("returned"))):
            return
        line, order, place = found
        moves = Move.objects.filter(document="picking.picklist", document_id=line.pick_list_id, item=line.item_id)
        moves = moves.filter(reverses=None, reversed_by=None, from_location=line.location_id)
        move = moves.filter(to_location__kind="production", quantity__lte=line.picked - line.returned).last()
        if move:
            self.both(
                "undo",
                lambda: picking.undo(self.plant.do("picker"), move_id=move.pk, pick_line_id=line.pk),
                lambda: self.model.unpick(order, place, move.quantity),
            )

    @rule(number=which, quantity=amounts)
    def give_back(self, number: int, quantity: Decimal) -> None:
        if found := self.line(number, picked__gt=F("returned")):
            line, order, place = found
            part = min(quantity, line.picked - line.returned)
            pk, do = line.requirement.work_order_id, self.plant.do("line_leader")
            self.both(
                "give back",
                lambda: picking.return_to_stock(do, work_order_id=pk, quantities={line.pk: part}),
                lambda: self.model.give_back(order, place, part),
            )

    # Stock

    @rule(item=st.sampled_from(sorted(NEEDS)), quantity=amounts)
    def receive(self, item: str, quantity: Decimal) -> None:
        delivery = self.plant.purchase(item, str(quantity), promised=9, code=f"PO-{Delivery.objects.count()}")
        lines = [{"delivery_id": delivery.pk, "quantity": quantity}]
        do, order = self.plant.do("picker"), delivery.line.order_id
        self.both(
            "receive",
            lambda: purchasing.receive(do, order_id=order, lines=lines),
            lambda: self.model.receive(item, "IN", quantity),
        )

    @rule(number=which, code=st.sampled_from(sorted({*HOME, "B-01"})), quantity=amounts)
    def move(self, number: int, code: str, quantity: Decimal) -> None:
        lying = self.one_of(Balance.objects.filter(on_hand__gt=0, location__kind__in=("bin", "receiving")), number)
        assert lying is not None
        do, place = self.plant.do("picker"), (lying.item.code, lying.location.code)
        target = self.plant.bins[code].pk
        self.both(
            "move",
            lambda: stock.move(do, balance_id=lying.pk, to_location_id=target, quantity=quantity),
            lambda: self.model.move(place, code, quantity),
        )

    @rule(number=which, quantity=amounts)
    def ship(self, number: int, quantity: Decimal) -> None:
        lying = self.one_of(Balance.objects.filter(on_hand__gt=0, location__warehouse=self.plant.home), number)
        if lying is None or lying.location.kind == "transit":
            return
        sold = SalesOrder.objects.create(code=f"SO-{SalesOrder.objects.count()}", customer=self.plant.customer)
        line = SalesOrderLine.objects.create(
            order=sold, line="10", item=lying.item, quantity=quantity, due_on=MONDAY, price=1
        )
        do, takes = self.plant.do("picker"), [sales.Take(line.pk, lying.pk, quantity)]
        self.both(
            "ship",
            lambda: sales.ship(do, order_id=sold.pk, warehouse_id=self.plant.home.pk, takes=takes),
            lambda: self.model.ship((lying.item.code, lying.location.code), quantity),
        )

    @rule(item=st.sampled_from(sorted(NEEDS)), is_outward=st.booleans(), quantity=amounts)
    def plan_transfer(self, item: str, is_outward: bool, quantity: Decimal) -> None:
        here, there = (self.plant.home, self.plant.second) if is_outward else (self.plant.second, self.plant.home)
        answer = self.both(
            "plan transfer",
            lambda: stock.plan_transfer(
                self.plant.do("warehouse_manager"),
                item_id=self.plant.items[item].pk,
                from_warehouse_id=here.pk,
                to_warehouse_id=there.pk,
                quantity=quantity,
                due_on=MONDAY,
            ),
            lambda: self.model.plan(item, quantity, home=is_outward),
        )
        if isinstance(answer, dict):
            self.transfers.append(answer["transfer"])

    @rule(number=which, verb=st.sampled_from(["ship", "take in", "cancel"]))
    def transfer(self, number: int, verb: str) -> None:
        if not self.transfers:
            return
        place = number % len(self.transfers)
        does = {"ship": stock.ship_transfer, "take in": stock.receive_transfer, "cancel": stock.cancel_transfer}
        self.both(
            f"{verb} transfer",
            lambda: does[verb](self.plant.do("warehouse_manager"), transfer_id=self.transfers[place]),
            lambda: self.model.advance(place, verb),
        )

    @rule(
        item=st.sampled_from(sorted(NEEDS)), figures=st.lists(st.integers(0, 40).map(Decimal), min_size=4, max_size=4)
    )
    def count(self, item: str, figures: list[Decimal]) -> None:
        do = self.plant.do("warehouse_manager")
        reply = stock.order_count(do, item_id=self.plant.items[item].pk, warehouse_id=self.plant.home.pk)
        lines = list(Count.objects.get(pk=reply["count"]).lines.select_related("location").order_by("pk"))
        found = {line.pk: figure for line, figure in zip(lines, figures, strict=False)}
        stock.enter_count(self.plant.do("warehouse_manager"), count_id=reply["count"], figures=found)
        self.both(
            "count",
            lambda: stock.post_count(self.plant.do("warehouse_manager"), count_id=reply["count"]),
            lambda: self.model.count(item, {(item, line.location.code): found[line.pk] for line in lines}),
        )

    # The same after every step

    @invariant()
    def the_same(self) -> None:
        self.what_lies_there()
        self.what_orders_need_and_hold()
        self.what_is_on_lists()
        self.what_transfers_do()

    def what_lies_there(self) -> None:
        rows = Balance.objects.exclude(location__kind="transit")
        columns = rows.values_list("item__code", "location__code", "on_hand", "allocated", "doubted_at")
        for item, code, on_hand, allocated, doubted_at in columns:
            place = (item, code)
            said = (self.model.on_hand[place], self.model.allocated(place), place in self.model.doubted)
            assert (on_hand, allocated, doubted_at is not None) == said, place

    def what_orders_need_and_hold(self) -> None:
        rows = dict(WorkOrder.objects.filter(pk__in=self.orders).values_list("pk", "status"))
        assert [rows[pk] for pk in self.orders] == [order.state for order in self.model.orders]
        held = {(row.holder_id, row.item_id): row.quantity for row in Reservation.objects.all()}
        for line in Requirement.objects.filter(work_order__in=self.orders).select_related("item"):
            order, item = self.model.orders[self.orders.index(line.work_order_id)], line.item.code
            assert line.issued == order.issued[item], line
            assert held.get((line.pk, line.item_id), 0) == order.reserved[item], line

    def what_is_on_lists(self) -> None:
        listed: Counter[tuple[int, str, str]] = Counter()
        for line in PickLine.objects.filter(status="open").select_related("item", "location", "requirement"):
            key = (self.orders.index(line.requirement.work_order_id), line.item.code, line.location.code)
            listed[key] += line.open_quantity  # type: ignore[assignment]
        orders = enumerate(self.model.orders)
        said = {(n, *place): part for n, order in orders for place, part in order.listed.items() if part}
        assert dict(listed) == said

    def what_transfers_do(self) -> None:
        states = {"planned": "planned", "in_transit": "under way", "received": "over", "cancelled": "over"}
        rows = dict(Transfer.objects.filter(pk__in=self.transfers).values_list("pk", "status"))
        assert [states[rows[pk]] for pk in self.transfers] == [state for state, _ in self.model.transfers]


@pytest.mark.django_db
def test_qitao_and_the_model_say_the_same() -> None:
    plant = small_plant.build()
    for item, code in BEGINNING:
        plant.put(item, code, int(THERE))
    Both.plant, Both.done = plant, Counter()
    run_state_machine_as_test(
        Both,
        settings=settings(
            max_examples=max(STEPS // A_STORY, 1),
            stateful_step_count=A_STORY,
            deadline=None,
            derandomize=IS_SHORT,
            phases=[Phase.generate] if IS_SHORT else [Phase.generate, Phase.shrink],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    steps = sum(Both.done.values())
    told = ", ".join(f"{name} {times}" for name, times in sorted(Both.done.items()))
    print(f"{steps} acts, no difference: {told}")  # noqa: T201
    assert steps > STEPS / 4
    if STEPS < ENOUGH:
        return
    kinds = {name for name in Both.done if not name.endswith("refused")}
    assert kinds >= {"release", "pick", "ship", "receive", "move", "count"}, told
    assert len(kinds) > 15, told

"""A dataset into the system: all of it or nothing, and the second time nothing new."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from qitao.accounts.actions import create_user
from qitao.accounts.queries import system_user
from qitao.catalog.models import Bom, BomLine, Item, Site
from qitao.exchange.dataset import Dataset
from qitao.exchange.load import load_dataset
from qitao.exchange.loading.upsert import any_of
from qitao.exchange.models import Import
from qitao.exchange.readers import detect, plant_folder
from qitao.exchange.report import ImportRefused, ImportReport
from qitao.journal.models import Fact
from qitao.kernel.refusal import NotAllowed
from qitao.production.models import Requirement, WorkOrder
from qitao.purchasing.models import Delivery, PurchaseOrder, Source
from qitao.sales.models import SalesOrderLine
from qitao.stock import ledger
from qitao.stock.models import Balance, Location, Move, Reservation, Transfer
from qitao.stock.queries import holdings, verify
from tests.exchange.folders import GOOD, folder, real

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)


def load(at: Path) -> ImportReport:
    reader = detect(at)
    dataset, report = reader.read(at, as_of=AT.date())
    return load_dataset(dataset, actor=system_user(), at=AT, report=report, columns=reader.columns)


def tally(report: ImportReport) -> Counter[str]:
    total: Counter[str] = Counter()
    for outcome in report.written.values():
        total.update(
            created=outcome.created,
            updated=outcome.updated,
            unchanged=outcome.unchanged,
            conflicts=outcome.conflicts,
        )
    return total


def on_hand(code: str) -> Decimal:
    return sum(Balance.objects.filter(item__code=code).values_list("on_hand", flat=True), Decimal(0))


# A plant folder


def test_a_plant_folder_becomes_records(tmp_path: Path) -> None:
    load(folder(tmp_path))
    frame = Item.objects.get(code="FRAME")
    assert (frame.kind, frame.lead_days, frame.pinyin, frame.work_center.code) == ("make", 2, "jj", "LINE1")  # type: ignore[union-attr]
    assert frame.yield_percent == 98
    lines = BomLine.objects.filter(bom__item=frame).order_by("position")
    assert [(line.component.code, line.quantity) for line in lines] == [("BOLT", 4), ("PLATE", Decimal("1.25"))]
    delivery = Delivery.objects.order_by("line__order__code", "sequence").first()
    assert delivery is not None
    assert (delivery.quantity, delivery.received, delivery.promised_on) == (500, 100, date(2026, 2, 4))
    assert PurchaseOrder.objects.get(code="PO-2").warehouse.code == "WH2"
    assert SalesOrderLine.objects.get().order.customer.code == "ACME"
    assert Source.objects.get(item__code="BOLT").min_quantity == 1000


def test_opening_balances_are_moves_and_the_ledger_proves_them(tmp_path: Path) -> None:
    load(folder(tmp_path))
    document = Import.objects.get()
    moves = Move.objects.filter(document="exchange.import", document_id=document.pk)
    assert {move.from_location.kind for move in moves.select_related("from_location")} == {Location.Kind.OPENING}
    assert (on_hand("BOLT"), on_hand("PLATE")) == (450, Decimal("35.5"))  # 5 of the plates are on the way
    (holding,) = holdings(Item.objects.get(code="BOLT"), on=timezone.localdate())
    assert (holding.available, holding.blocked) == (400, 50)
    assert Transfer.objects.get().status == "in_transit"
    assert verify() == []
    assert Fact.objects.filter(kind="exchange.imported", subject_id=document.pk).count() == 1


def test_work_orders_get_the_requirements_given_or_those_of_their_bom(tmp_path: Path) -> None:
    load(folder(tmp_path))
    by_bom = Requirement.objects.filter(work_order__code="WO-1").order_by("position")
    assert [(line.item.code, line.quantity) for line in by_bom] == [
        ("BOLT", 41),  # 4 × 10, and 2.5 % scrap
        ("PLATE", Decimal("12.5")),
    ]
    given = Requirement.objects.filter(work_order__code="WO-2").order_by("position")
    assert [(line.item.code, line.quantity, line.issued) for line in given] == [("BOLT-ZN", 80, 10), ("PLATE", 25, 0)]
    assert list(WorkOrder.objects.order_by("rank").values_list("code", "rank")) == [("WO-1", 1), ("WO-2", 2)]


def test_what_is_done_has_used_its_material(tmp_path: Path) -> None:
    orders = GOOD["work_orders.csv"].replace("1,firm,0", "1,started,4")
    load(folder(tmp_path, work_orders=orders))
    line = Requirement.objects.get(work_order__code="WO-1", item__code="BOLT")
    assert (line.quantity, line.issued) == (41, Decimal("16.4"))


def test_work_orders_without_dates_and_ranks_are_wanted_at_once_and_served_last(tmp_path: Path) -> None:
    dataset, report = plant_folder.read(folder(tmp_path))
    late, soon = dataset.work_orders
    dataset.work_orders = [replace(late, due_on=None, start_on=None, rank=None), replace(soon, rank=3)]
    load_dataset(dataset, actor=system_user(), at=AT, report=report)
    order = WorkOrder.objects.get(code="WO-1")
    assert (order.start_on, order.due_on, order.rank) == (AT.date(), AT.date(), 4)


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    at = folder(tmp_path)
    first = load(at)
    before = (on_hand("BOLT"), Move.objects.count(), BomLine.objects.count(), Requirement.objects.count())
    again = load(at)
    assert tally(first)["created"] > 30
    counts = tally(again)
    assert (counts["created"], counts["updated"], counts["conflicts"]) == (0, 0, 0)
    assert not again.conflicts
    assert before == (on_hand("BOLT"), Move.objects.count(), BomLine.objects.count(), Requirement.objects.count())


def test_changed_master_data_are_updated_and_told(tmp_path: Path) -> None:
    load(folder(tmp_path))
    items = GOOD["items.csv"].replace("BOLT,buy,7", "BOLT,buy,21")
    bom = GOOD["bom.csv"].replace("FRAME,BOLT,4", "FRAME,BOLT,6") + "FRAME,BOLT-ZN,1,0,\n"
    report = load(folder(tmp_path, items=items, bom=bom))
    assert Item.objects.get(code="BOLT").lead_days == 21
    assert BomLine.objects.get(component__code="BOLT").quantity == 6
    assert Bom.objects.count() == 1
    told = {(change.column, change.before, change.after) for change in report.changed}
    assert {("lead_days", "7", "21"), ("BOLT", "4", "6"), ("BOLT-ZN", "", "1")} <= told


def test_documents_and_stock_that_differ_are_told_and_left_alone(tmp_path: Path) -> None:
    """The import never overwrites newer quantities with those of an old file, nor adds them a second time."""
    load(folder(tmp_path))
    stock = GOOD["stock.csv"].replace("BOLT,400", "BOLT,900") + "BOLT,7,WH2,,,\n"
    orders = GOOD["work_orders.csv"].replace("WO-1,FRAME,10", "WO-1,FRAME,12")
    sales = GOOD["demands.csv"].replace("FRAME,10", "FRAME,99")
    buys = GOOD["purchase_orders.csv"].replace("PO-1,BOLT,500", "PO-1,BOLT,700") + "PO-2,BOLT,1,,11,STEELCO,0,WH2\n"
    given = GOOD["requirements.csv"].replace("BOLT-ZN,80", "BOLT-ZN,81")
    report = load(
        folder(tmp_path, stock=stock, work_orders=orders, demands=sales, purchase_orders=buys, requirements=given)
    )
    told = {(clash.where.file, clash.column, clash.here, clash.there) for clash in report.conflicts}
    assert told >= {
        ("stock.csv", "quantity", "400", "900"),
        ("stock.csv", "quantity", "0", "7"),
        ("work_orders.csv", "quantity", "10", "12"),
        ("demands.csv", "quantity", "10", "99"),
        ("purchase_orders.csv", "quantity", "500", "700"),
        ("requirements.csv", "quantity", "80", "81"),
    }
    assert any(clash.where.file == "purchase_orders.csv" and clash.here == "–" for clash in report.conflicts)
    assert on_hand("BOLT") == 450
    assert WorkOrder.objects.get(code="WO-1").quantity == 10
    assert verify() == []


def test_errors_load_nothing(tmp_path: Path) -> None:
    at = folder(tmp_path, stock=GOOD["stock.csv"] + "NUT,5,WH1,,,\n")
    with pytest.raises(ImportRefused) as refused:
        load(at)
    assert "stock.csv, row 5" in str(refused.value)
    assert not Item.objects.exists()
    assert not Import.objects.exists()


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def power_cut(*args: object, **facts: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(ledger, "post", power_cut)
    with pytest.raises(RuntimeError):
        load(folder(tmp_path))
    assert not Site.objects.exists()
    assert not Item.objects.exists()
    assert not WorkOrder.objects.exists()


def test_only_who_may_import_imports(tmp_path: Path) -> None:
    picker = create_user("p", name="P", password="x", roles=["picker"], at=AT, check_password=False)
    with pytest.raises(NotAllowed):
        load_dataset(Dataset(), actor=picker, at=AT)


# Real data


def test_inventree_loads_and_loads_again() -> None:
    report = load(real("inventree"))
    assert not report.conflicts
    assert (Item.objects.count(), Requirement.objects.count(), WorkOrder.objects.count()) == (414, 361, 16)
    assert sum(Reservation.objects.values_list("quantity", flat=True)) > 0
    assert verify() == []
    _held_stock_is_not_available()
    counts = tally(load(real("inventree")))
    assert (counts["created"], counts["updated"], counts["conflicts"]) == (0, 0, 0)


def _held_stock_is_not_available() -> None:
    """Damaged and rejected stock is on hand, and none of it is free."""
    held = Balance.objects.exclude(status="ok").select_related("item")
    dataset, _ = detect(real("inventree")).read(real("inventree"))
    assert sum(balance.on_hand for balance in held) == sum(row.quantity for row in dataset.stock if row.status != "ok")
    for balance in held:
        free = sum(holding.available for holding in holdings(balance.item, on=timezone.localdate()))
        usable = Balance.objects.filter(item=balance.item, status="ok").values_list("on_hand", flat=True)
        assert free == sum(usable)


def test_ktg_loads_in_both_languages_as_the_same_factory() -> None:
    load(real("ktg_mes_cn"))
    assert verify() == []
    assert on_hand("IF2022082404") == Decimal(4895 + 9950 + 260 + 8)
    counts = tally(load(real("ktg_mes_cn/zh")))
    assert (counts["created"], counts["updated"], counts["conflicts"]) == (0, 0, 0)


def test_more_is_looked_up_at_once_than_a_statement_has_parameters() -> None:
    assert not Item.objects.filter(pk__in=any_of(range(70_000))).exists()
    assert not WorkOrder.objects.filter(code__in=any_of(map(str, range(70_000)), kind="text")).exists()

"""Records kept by hand, through their pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qitao.accounts.models import User
from qitao.catalog.models import Bom, CalendarDay, Category, Item, Site, Substitute, Unit, WorkCenter
from qitao.purchasing.models import PurchaseOrder, Source, Supplier
from qitao.sales.models import Customer, SalesOrder
from qitao.stock.models import Lane, Location, Warehouse
from tests.small_plant import SmallPlant

AsRole = Callable[[str], Client]
HTMX = {"HX-Request": "true", "accept": "text/html"}
MOST_QUERIES = 30


def send(client: Client, route: str, /, *args: Any, **fields: Any) -> Any:
    return client.post(reverse(route, args=args), fields, headers=HTMX)


def lines_of(bom: Bom) -> dict[str, str]:
    fields = {}
    for row in bom.lines.select_related("component"):
        facts = {"position": row.position, "component": row.component.code, "quantity": row.quantity}
        fields |= {f"line-{row.pk}-{name}": str(value) for name, value in facts.items()}
    return fields


def pages(plant: SmallPlant) -> list[tuple[str, str]]:
    bolt, frame = plant.items["BOLT"], plant.items["FRAME"]
    category = Category.objects.create(code="K", name="类")
    day = CalendarDay.objects.create(site=plant.site, on=date(2026, 10, 1), hours=0)
    bom, row = Bom.objects.get(), Substitute.objects.get()
    rows: list[tuple[str, str, list[int]]] = [
        ("planner", "item-new", []),
        ("planner", "item-edit", [bolt.pk]),
        ("planner", "bom", [frame.pk]),
        ("planner", "bom", [bolt.pk]),
        ("planner", "bom-new", [frame.pk]),
        ("planner", "bom-version", [bom.pk]),
        ("planner", "bom-row", []),
        ("planner", "substitute-new", [bolt.pk]),
        ("planner", "substitute-edit", [row.pk]),
        *(("planner", route, []) for route in ("units", "unit-new", "categories", "category-new", "calendar")),
        *(("planner", route, []) for route in ("sites", "site-new")),
        ("planner", "site-edit", [plant.site.pk]),
        *(("planner", route, []) for route in ("work-centers", "work-center-new", "calendar-day-new")),
        ("planner", "unit-edit", [bolt.unit_id]),
        ("planner", "category-edit", [category.pk]),
        ("planner", "work-center-edit", [WorkCenter.objects.get().pk]),
        ("planner", "calendar-day-edit", [day.pk]),
        *(("warehouse_manager", route, []) for route in ("warehouses", "warehouse-new", "bins", "bins-new")),
        *(("warehouse_manager", route, []) for route in ("lanes", "lane-new")),
        ("warehouse_manager", "warehouse-edit", [plant.home.pk]),
        ("warehouse_manager", "bin-edit", [plant.bins["A-01"].pk]),
        ("warehouse_manager", "lane-edit", [Lane.objects.get().pk]),
        *(("buyer", route, []) for route in ("supplier-new", "purchase-order-new", "order-row", "exports")),
        ("buyer", "supplier-edit", [plant.supplier.pk]),
        ("buyer", "source-new", [bolt.pk]),
        ("buyer", "source-edit", [Source.objects.get().pk]),
        *(("planner", route, []) for route in ("customer-new", "sales-order-new")),
        ("planner", "customer-edit", [plant.customer.pk]),
        *(("administrator", route, []) for route in ("people", "person-new", "import-new", "imports")),
        ("administrator", "person", [plant.people["picker"].pk]),
    ]
    found = [(role, reverse(route, args=args)) for role, route, args in rows]
    views = [
        ("planner", f"{reverse('bom', args=[frame.pk])}?{view}") for view in ("view=levels", "view=used", "edit=1")
    ]
    return [*found, *views]


def test_every_page_shows_in_few_queries(
    plant: SmallPlant, as_role: AsRole, django_assert_max_num_queries: Any
) -> None:
    plant.work_order(10)
    for role, address in pages(plant):
        client = as_role(role)
        with django_assert_max_num_queries(MOST_QUERIES, info=address):
            assert client.get(address).status_code == 200, address


ITEM = {
    "code": "NUT-M4",
    "name": "六角螺母",
    "kind": "buy",
    "tracking": "none",
    "yield_percent": "100",
    "currency": "CNY",
    "safety_stock": "1,000",
    "unit_cost": "0.02",
}


def test_an_item_is_made_and_changed(plant: SmallPlant, as_role: AsRole) -> None:
    planner, unit = as_role("planner"), Unit.objects.get(code="pcs")
    made = send(planner, "item-new", **ITEM, unit_id=unit.pk)
    assert made["HX-Redirect"] == reverse("item", args=["NUT-M4"])
    item = Item.objects.get(code="NUT-M4")
    assert (item.safety_stock, item.lead_days, item.pinyin) == (1000, None, "ljlm")
    send(planner, "item-edit", item.pk, **{**ITEM, "lead_days": "12"}, unit_id=unit.pk)
    assert Item.objects.get(pk=item.pk).lead_days == 12


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"code": ""}, "Code: is needed"),
        ({"code": "BOLT"}, "is there already"),
        ({"safety_stock": "viele"}, "Safety stock: is not a number"),
        ({"max_lot": "5", "min_lot": "10"}, "Largest lot: lies below the smallest lot"),
        ({"yield_percent": "0"}, "Yield in %: must lie above 0"),
        ({"kind": "stolen"}, "Kind: is none of the choices"),
    ],
)
def test_a_refusal_names_the_field(plant: SmallPlant, as_role: AsRole, fault: dict[str, str], said: str) -> None:
    unit = Unit.objects.get(code="pcs")
    answer = send(as_role("planner"), "item-new", **{**ITEM, **fault}, unit_id=unit.pk)
    assert answer.status_code in (409, 422)
    assert said in answer.content.decode()


def test_an_item_in_use_stays_in_use_and_says_why(plant: SmallPlant, as_role: AsRole) -> None:
    plant.put("BOLT", "A-01", 12)
    answer = send(as_role("planner"), "item-retire", plant.items["BOLT"].pk)
    assert answer.status_code == 409
    assert "in stock: RM 12 pcs; BOMs: FRAME 1" in answer.content.decode()


def test_a_bom_change_is_shown_before_it_is_made(plant: SmallPlant, as_role: AsRole) -> None:
    order, bom, planner = plant.work_order(10, code="WO-F"), Bom.objects.get(), as_role("planner")
    bolt = bom.lines.get(component=plant.items["BOLT"])
    fields = {
        **lines_of(bom),
        f"line-{bolt.pk}-quantity": "6",
        "line-900-component": "bolt-zn",
        "line-900-quantity": "1",
    }
    shown = send(planner, "bom-preview", bom.pk, **fields).content.decode()
    assert "WO-F" in shown
    assert "BOLT 40 → 60" in shown
    assert bom.lines.count() == 3
    answer = send(planner, "bom-lines", bom.pk, **fields, derive=[order.pk])
    assert answer.status_code == 204
    assert bom.lines.get(component__code="BOLT-ZN").position == 4
    assert order.requirements.get(item=plant.items["BOLT"]).quantity == 60


def test_a_cycle_is_refused_in_place(plant: SmallPlant, as_role: AsRole) -> None:
    bom = Bom.objects.get()
    fields = {**lines_of(bom), "line-900-component": "FRAME", "line-900-quantity": "1"}
    answer = send(as_role("planner"), "bom-preview", bom.pk, **fields)
    assert answer.status_code == 422
    assert "FRAME → FRAME" in answer.content.decode()


def test_days_of_validity_that_touch_work_orders_are_shown_first(plant: SmallPlant, as_role: AsRole) -> None:
    planner, frame = as_role("planner"), plant.items["FRAME"]
    order = plant.work_order(10, code="WO-F", start=20, due=25)
    send(planner, "bom-new", frame.pk, version="2", valid_from="2026-02-01", copy_of=Bom.objects.get().pk)
    new = Bom.objects.get(version="2")
    new.lines.filter(component=plant.items["BOLT"]).update(quantity=Decimal(8))
    asked = send(planner, "bom-version", new.pk, version="2", valid_from="2026-01-15")
    assert asked["HX-Retarget"] == "#main"
    assert "WO-F" in asked.content.decode()
    new.refresh_from_db()
    assert new.valid_from == date(2026, 2, 1)
    send(planner, "bom-version", new.pk, version="2", valid_from="2026-01-15", touched="1", derive=[order.pk])
    assert order.requirements.get(item=plant.items["BOLT"]).quantity == 80


def test_a_substitute_is_named_approved_and_withdrawn(plant: SmallPlant, as_role: AsRole) -> None:
    planner, plate = as_role("planner"), plant.items["PLATE"]
    send(planner, "substitute-new", plate.pk, substitute="BOLT", parent="FRAME", ratio="2", priority="1")
    row = Substitute.objects.get(component=plate)
    assert (row.is_approved, row.parent.code if row.parent else "", row.ratio) == (False, "FRAME", 2)
    send(planner, "substitute-approve", row.pk)
    assert Substitute.objects.get(pk=row.pk).is_approved
    send(planner, "substitute-withdraw", row.pk)
    assert not Substitute.objects.get(pk=row.pk).is_approved


def test_stores_are_kept(plant: SmallPlant, as_role: AsRole) -> None:
    manager = as_role("warehouse_manager")
    send(manager, "warehouse-new", code="W3", name="三号仓", site_id=plant.site.pk, kind="store")
    new = Warehouse.objects.get(code="W3")
    send(manager, "bins-new", warehouse_id=new.pk, first="A-01", last="B-05")
    assert new.locations.filter(kind="bin").count() == 10
    place = new.locations.get(code="A-02")
    send(manager, "bin-edit", place.pk, code="A-02", name="上层", kind="bin", route="7")
    assert Location.objects.get(pk=place.pk).route == 7
    send(manager, "bin-remove", place.pk)
    send(manager, "lane-new", from_warehouse_id=new.pk, to_warehouse_id=plant.home.pk, item_id="", days="2", cost="9")
    assert Lane.objects.get(from_warehouse=new).days == 2


def test_partners_sources_and_orders_are_written(plant: SmallPlant, as_role: AsRole) -> None:
    buyer, planner = as_role("buyer"), as_role("planner")
    send(buyer, "supplier-new", code="S-9", name="苏州", country="CN", currency="CNY")
    supplier = Supplier.objects.get(code="S-9")
    plate = plant.items["PLATE"]
    send(buyer, "source-new", plate.pk, supplier_id=supplier.pk, price="2.5", currency="CNY", is_approved="on")
    assert Source.objects.get(item=plate).is_approved
    rows = {"line-1-item": "plate", "line-1-quantity": "50", "line-1-on": "2026-01-20", "line-1-price": "2.5"}
    answer = send(buyer, "purchase-order-new", supplier_id=supplier.pk, warehouse_id=plant.home.pk, **rows)
    assert PurchaseOrder.objects.get().code in answer["HX-Redirect"]
    send(planner, "customer-new", code="C-9", name="客户", country="DE", currency="EUR")
    customer = Customer.objects.get(code="C-9")
    rows = {"line-1-item": "FRAME", "line-1-quantity": "5", "line-2-item": "", "line-2-quantity": ""}
    send(planner, "sales-order-new", customer_id=customer.pk, **rows)
    assert SalesOrder.objects.get().lines.count() == 1
    refused = send(planner, "sales-order-new", customer_id=customer.pk)
    assert "at least one line" in refused.content.decode()


def test_an_open_purchase_order_is_changed_from_its_page(plant: SmallPlant, as_role: AsRole) -> None:
    delivery = plant.purchase("BOLT", 100, promised=9)
    order, buyer = delivery.line.order, as_role("buyer")
    send(buyer, "delivery-change", delivery.pk, quantity="120", price="0.6", reason="more")
    send(buyer, "delivery-repromise", delivery.pk, on="2026-01-15", quantity="40")
    added = send(buyer, "purchase-line-add", order.pk, item="bolt", quantity="60", on="", price="0.6")
    assert added["HX-Redirect"] == "/purchase-orders/PO-1/"
    unpriced = send(buyer, "purchase-line-add", order.pk, item="BOLT", quantity="60")
    assert unpriced.status_code == 204
    rows = order.lines.get(line="10").deliveries.order_by("sequence")
    assert [(row.quantity, row.expected_on) for row in rows] == [
        (80, date(2026, 1, 9)),
        (40, date(2026, 1, 15)),
        (60, None),
    ]
    assert order.lines.get(line="20").price == Decimal("0.5")  # as the supplier's source says
    send(buyer, "delivery-cancel", rows[1].pk, reason="not needed")
    story = buyer.get("/purchase-orders/PO-1/").content.decode()
    for words in ("40 cancelled", "120 ordered instead of 100", "another price was agreed", "60 of BOLT added"):
        assert words in story
    send(buyer, "purchase-order-cancel", order.pk, reason="supplier closed")
    order.refresh_from_db()
    assert order.status == "cancelled"
    late = send(buyer, "delivery-change", delivery.pk, quantity="90")
    assert late.status_code == 409
    assert "Add a line" not in buyer.get("/purchase-orders/PO-1/").content.decode()


def test_prices_stay_hidden_in_the_story_of_a_purchase_order(plant: SmallPlant, as_role: AsRole) -> None:
    delivery = plant.purchase("BOLT", 100, promised=9)
    send(as_role("buyer"), "delivery-change", delivery.pk, quantity="100", price="7.77")
    seen = as_role("picker").get("/purchase-orders/PO-1/").content.decode()
    assert "another price was agreed" in seen
    assert "7.77" not in seen


def test_an_open_sales_order_is_changed_from_its_page(plant: SmallPlant, as_role: AsRole) -> None:
    line = plant.sale(10, due=20)
    planner = as_role("planner")
    send(planner, "sales-line-change", line.pk, quantity="15", on="2026-01-22", price="", penalty="9")
    line.refresh_from_db()
    assert (line.quantity, line.due_on, line.price, line.penalty_per_day) == (15, date(2026, 1, 22), 30, 9)
    wrong = send(planner, "sales-line-change", line.pk, quantity="many", on="2026-01-22")
    assert wrong.status_code == 422
    send(planner, "sales-line-add", line.order_id, item="FRAME", quantity="3", on="2026-02-02", price="31")
    send(planner, "sales-line-cancel", line.pk, reason="customer's wish")
    page = planner.get("/sales-orders/SO-1/").content.decode()
    for words in ("SO-1-10 changed: now 15", "3 of FRAME added", "15 cancelled", "customer&#x27;s wish"):
        assert words in page
    send(planner, "sales-order-cancel", line.order_id)
    assert SalesOrder.objects.get().status == "cancelled"


def test_an_order_by_hand_is_told_as_written_by_hand(plant: SmallPlant, as_role: AsRole) -> None:
    row = {"line-1-item": "BOLT", "line-1-quantity": "100"}
    ends = {"supplier_id": plant.supplier.pk, "warehouse_id": plant.home.pk, "code": "PO-H", "note": "by phone"}
    send(as_role("buyer"), "purchase-order-new", **ends, **row)
    page = as_role("buyer").get("/purchase-orders/PO-H/").content.decode()
    assert "Written by hand." in page
    assert "by phone" in page
    sold = {"line-1-item": "FRAME", "line-1-quantity": "5"}
    send(as_role("planner"), "sales-order-new", customer_id=plant.customer.pk, code="SO-H", **sold)
    assert "Written by hand." in as_role("planner").get("/sales-orders/SO-H/").content.decode()


def test_basic_records_are_kept(plant: SmallPlant, as_role: AsRole) -> None:
    planner = as_role("planner")
    send(planner, "unit-new", code="box", name="箱", decimals="0")
    send(planner, "category-new", code="R", name="电阻")
    send(planner, "work-center-new", code="L2", name="二线", site_id=plant.site.pk, machines="1", hours_per_day="8")
    send(planner, "calendar-day-new", site_id=plant.site.pk, on="2026-10-01", hours="0", name="国庆")
    day = CalendarDay.objects.get()
    send(planner, "calendar-day-remove", day.pk)
    bolt = plant.items["BOLT"]
    box = Unit.objects.get(code="box")
    send(planner, "conversion-add", bolt.pk, unit=box.pk, numerator="500", denominator="1")
    assert bolt.conversions.get().numerator == 500
    assert Category.objects.get().code == "R"
    assert WorkCenter.objects.count() == 2


def test_a_site_is_made_so_that_a_first_warehouse_can_be(plant: SmallPlant, as_role: AsRole) -> None:
    planner = as_role("planner")
    wrong = send(planner, "site-new", code="HZ", name="惠州厂", timezone="Moon/Crater", currency="CNY")
    assert wrong.status_code == 422
    send(planner, "site-new", code="HZ", name="惠州厂", timezone="Asia/Shanghai", currency="CNY")
    assert "惠州厂" in planner.get(reverse("sites")).content.decode()
    site = Site.objects.get(code="HZ")
    send(planner, "site-edit", site.pk, code="HZ", name="惠州二厂", timezone="Asia/Shanghai", currency="CNY")
    assert Site.objects.get(code="HZ").name == "惠州二厂"
    ends = {"site_id": site.pk, "kind": "store"}
    send(as_role("warehouse_manager"), "warehouse-new", code="HZ01", name="惠州仓", **ends)
    assert Warehouse.objects.get(code="HZ01").site == site


def test_an_item_is_planned_at_a_site_in_its_own_way(plant: SmallPlant, as_role: AsRole) -> None:
    planner, bolt = as_role("planner"), plant.items["BOLT"]
    plant.put("BOLT", "A-01", 40)
    low = f"{reverse('items')}?stock=low"
    assert "/items/BOLT/" not in planner.get(low).content.decode()
    prefix = f"site-{plant.site.pk}"
    send(planner, "item-sites", bolt.pk, **{f"{prefix}-safety_stock": "60", f"{prefix}-lead_days": "12"})
    row = bolt.sites.get()
    assert (row.safety_stock, row.lead_days, row.min_lot, row.multiple) == (60, 12, None, None)
    assert "/items/BOLT/" in planner.get(low).content.decode()
    assert 'class="tone-bad">60' in planner.get("/items/BOLT/").content.decode()
    wrong = send(planner, "item-sites", bolt.pk, **{f"{prefix}-lead_days": "soon"})
    assert "SZ Lead time" in wrong.content.decode()
    send(planner, "item-sites", bolt.pk)
    assert not bolt.sites.exists()


def test_people_are_made_changed_and_shut_out(plant: SmallPlant, as_role: AsRole) -> None:
    boss = as_role("administrator")
    person = {"name": "王芳", "language": "zh-hans", "roles": ["picker"], "warehouses": ["RM"]}
    send(boss, "person-new", username="wang", password="seven-quiet-bins-7", **person)
    wang = User.objects.get(username="wang")
    assert wang.check_password("seven-quiet-bins-7")
    send(boss, "person", wang.pk, **{**person, "roles": ["picker", "line_leader"]})
    assert User.objects.get(pk=wang.pk).roles == ["picker", "line_leader"]
    weak = send(boss, "person-password", wang.pk, password="1234")
    assert weak.status_code == 422
    send(boss, "person-deactivate", wang.pk)
    assert not User.objects.get(pk=wang.pk).is_active
    own = send(boss, "person-deactivate", plant.people["administrator"].pk)
    assert "shut yourself out" in own.content.decode()

"""Today shows each role what to do now, and nothing of other people's warehouses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from qitao.accounts.models import User
from qitao.planning import actions as planning
from qitao.planning.models import KitDate
from qitao.purchasing.models import Delivery
from qitao.shortages import queries as shortages
from qitao.web.home.showing import sections
from tests.small_plant import EIGHT, MONDAY, SmallPlant


def shown(user: User) -> object:
    """Return what the first role of a person sees."""
    (section,) = sections(user, now=EIGHT, today=MONDAY)
    return section.shows


def plan(at: datetime = EIGHT) -> None:
    planning.run(at)


def test_a_picker_sees_the_lists_of_the_own_warehouses(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    order = plant.released(10)
    picker = plant.people["picker"]
    assert [row.work_order for row in shown(picker).lists.rows] == [order]  # type: ignore[attr-defined]
    picker.warehouses = ["W2"]
    picker.save()
    assert shown(picker).lists.count == 0  # type: ignore[attr-defined]


def test_what_another_picker_began_is_not_offered(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 500)
    order = plant.released(10)
    order.pick_lists.update(picker=plant.people["warehouse_manager"], status="in_progress")
    assert shown(plant.people["picker"]).lists.count == 0  # type: ignore[attr-defined]
    order.pick_lists.update(picker=plant.people["picker"])
    assert shown(plant.people["picker"]).lists.count == 1  # type: ignore[attr-defined]


def test_a_picker_is_told_of_lists_that_find_no_room(plant: SmallPlant, as_role: Callable[[str], Client]) -> None:
    plant.put("BOLT", "A-01", 500)
    for _ in range(14):
        plant.released(1)
    lists = shown(plant.people["picker"]).lists  # type: ignore[attr-defined]
    assert (len(lists.rows), lists.count, lists.more) == (12, 14, 2)
    page = as_role("picker").get("/", headers={"accept-language": "en"}).content.decode()
    assert 'Pick now <span class="count">14</span>' in page
    assert "and 2 more" in page


def test_the_stores_go_from_today_to_where_a_delivery_is_taken_in(
    plant: SmallPlant, as_role: Callable[[str], Client]
) -> None:
    plant.purchase("BOLT", 500, promised=5)
    assert 'href="/receipts/new/PO-1/"' in as_role("warehouse_manager").get("/").content.decode()


def test_a_planner_sees_what_will_not_be_complete(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 40)
    plant.work_order(10, start=7, code="WO-1")
    plan()
    today = shown(plant.people["planner"])
    assert today.at_risk.count == 1  # type: ignore[attr-defined]
    assert today.states["never"] + today.states["late"] == 1  # type: ignore[attr-defined]


def test_a_planner_sees_what_is_coming_and_opens_a_case_for_it(
    plant: SmallPlant, as_role: Callable[[str], Client]
) -> None:
    for item in ("PLATE", "PAINT"):
        plant.put(item, "A-02", 100)
    order = plant.work_order(10, start=7, code="WO-1")
    plan()
    planner = as_role("planner")
    page = planner.get("/").content.decode()
    coming = page[page.index('id="today-foreseen"') :]
    assert 'href="/items/BOLT/">BOLT</a>' in coming
    assert order.code in coming
    assert 'href="/cases/foreseen/"' in coming
    asked = {"command_id": str(uuid4()), "item": plant.items["BOLT"].pk, "site": plant.site.pk}
    assert 'action="/cases/foreseen/open/"' in coming
    assert planner.post("/cases/foreseen/open/", asked).status_code == 303
    assert "today-foreseen" not in planner.get("/").content.decode()


@pytest.mark.parametrize(("start", "told"), [(-1, "should have started"), (1, "starts")])
def test_a_work_order_at_risk_says_when_it_starts_or_should_have(
    plant: SmallPlant, as_role: Callable[[str], Client], start: int, told: str
) -> None:
    order = plant.work_order(10)
    order.start_on = timezone.localdate() + timedelta(days=start)
    order.due_on = order.start_on + timedelta(days=3)
    order.save()
    plan(timezone.now())
    page = as_role("planner").get("/").content.decode()
    row = page[page.index(order.code) :].split("</li>")[0]
    assert told in row
    assert ("tone-warn" in row) == (start < 0)


def test_a_buyer_sees_the_deliveries_that_come_too_late(plant: SmallPlant) -> None:
    for item in ("PLATE", "PAINT"):
        plant.put(item, "A-02", 100)
    plant.work_order(10, start=7)
    late = plant.purchase("BOLT", 500, promised=12)
    plan()
    (hurting,) = shown(plant.people["buyer"]).hurting  # type: ignore[attr-defined]
    assert (hurting.delivery, hurting.work_orders) == (late, 1)
    assert hurting.days == (hurting.available_on - hurting.first_start_on).days > 0
    Delivery.objects.update(repromised_on=MONDAY)
    plan()
    assert shown(plant.people["buyer"]).hurting == []  # type: ignore[attr-defined]


def test_a_line_leader_sees_todays_orders_with_their_kits(plant: SmallPlant) -> None:
    plant.work_order(10, start=5, code="WO-1")
    plant.work_order(10, start=6, code="WO-2")
    plant.work_order(10, start=9, due=12, code="WO-3")
    plan()
    today = shown(plant.people["line_leader"])
    assert [kit.work_order.code for kit in today.orders.rows] == ["WO-1"]  # type: ignore[attr-defined]
    assert [kit.work_order.code for kit in today.tomorrow.rows] == ["WO-2"]  # type: ignore[attr-defined]


def test_a_manager_sees_the_rate_and_the_money(plant: SmallPlant) -> None:
    plant.work_order(10, start=7)
    plant.sale(10, due=6, penalty=100)
    plan()
    today = shown(plant.people["manager"])
    assert today.kit_rate == 0  # type: ignore[attr-defined]
    assert today.late_count == 1  # type: ignore[attr-defined]


def test_what_has_no_date_costs_a_manager_what_it_costs_in_a_case(plant: SmallPlant) -> None:
    plant.work_order(10, start=7)
    plant.sale(10, due=6, penalty=100)
    plan()
    today = shown(plant.people["manager"])
    (coming,) = (one for one in today.foreseen.rows if one.demands)  # type: ignore[attr-defined]
    assert today.penalty == coming.penalty == 100 * shortages.NEVER_DAYS  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_role_has_a_page_in_every_language(
    plant: SmallPlant, as_role: Callable[[str], Client], language: str
) -> None:
    start = timezone.localdate()
    plant.put("BOLT", "A-01", 40)
    order = plant.work_order(10)
    order.start_on, order.due_on = start, start + timedelta(days=3)
    order.save()
    plan(timezone.now())
    assert KitDate.objects.count() == 1
    for role in plant.people:
        client = as_role(role)
        client.cookies["django_language"] = language
        assert client.get("/").status_code == 200


def test_a_person_of_two_roles_sees_both(plant: SmallPlant) -> None:
    plant.people["planner"].roles = ["planner", "buyer"]
    found = sections(plant.people["planner"], now=EIGHT, today=MONDAY)
    assert [section.role for section in found] == ["planner", "buyer"]


def test_a_person_without_a_role_is_told(plant: SmallPlant) -> None:
    user = User.objects.create(username="new", name="New", roles=[], password="!", created_at=EIGHT)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 403

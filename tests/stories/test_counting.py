"""A bin is counted blind with a scanner, what is far off by a second person; the manager approves it in two taps."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from qitao.picking import count_planning
from qitao.stock import actions as stock
from qitao.stock import queries as ledger
from qitao.stock.count_models import CountList, CountPlan
from qitao.stock.models import Count
from tests.fixtures.browser import Troubles
from tests.small_plant import EIGHT, SmallPlant
from tests.stories.hands import Hands

Arrive = Callable[..., Page]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def colleague(plant: SmallPlant) -> None:
    plant.people["second"] = type(plant.people["picker"]).objects.create(
        username="second", name="second", roles=["picker"], password="!", created_at=EIGHT
    )


def far_off(plant: SmallPlant, item: str, place: str, found: int, *, recorded: int = 1000) -> Count:
    """Let two people count less than the record says; it waits for approval."""
    plant.put(item, place, recorded)
    reply = stock.order_bin_count(plant.do("picker"), location_id=plant.bins[place].pk)
    count = Count.objects.get(pk=reply["count"])
    for who in ("picker", "second"):
        figures = {line.pk: Decimal(found) for line in count.lines.filter(counted=None)}
        stock.enter_count(plant.do(who), count_id=count.pk, figures=figures)
        stock.post_count(plant.do(who), count_id=count.pk)
    count.refresh_from_db()
    assert count.status == "waiting"
    return count


def test_a_bin_is_counted_with_two_scans_and_three_taps_a_line(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("BOLT", "A-01", 57)
    plant.put("PLATE", "A-01", 12, lot="L-1")
    page = arrive("picker", size="tablet")
    page.goto("/")
    hands = Hands(page)
    hands.scan("RM/A-01")
    page.wait_for_url("**/bins/*/")
    page.get_by_role("button", name="Count this bin").click()
    page.wait_for_url(re.compile("/counts/CT"))
    assert "57" not in page.locator("main").inner_text()  # blind
    hands = Hands(page)
    for item, digits in (("PLATE", "12"), ("BOLT", "55")):
        hands.scan("RM/A-01", item)
        expect(page.locator(".count-line")).to_have_attribute("data-line-item", item)
        for digit in digits:
            hands.tap(page.locator(f"#count [data-key='{digit}']"))
        hands.tap(page.get_by_role("button", name="Enter"))
        expect(page.locator(f"[data-count-item='{item}'][data-counted]")).to_have_count(1)
    assert hands.spent == (4, 6)
    hands.scan("PAINT")  # what no record knows
    expect(page.locator("[data-add-item]")).to_have_value("PAINT")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".count-line")).to_have_attribute("data-line-item", "PAINT")
    hands.scan("A-02")
    expect(page.locator("#said")).to_contain_text("Go to A-01")
    page.locator("#counted").fill("2.5")
    page.get_by_role("button", name="Enter").click()
    page.get_by_role("button", name="Post the count").click()
    expect(page.locator("#count-result")).to_contain_text("In 2 lines the record was wrong")
    assert [plant.on_hand(item, "A-01") for item in ("BOLT", "PLATE", "PAINT")] == [55, 12, Decimal("2.5")]
    assert ledger.verify() == []


def test_full_packs_and_loose_pieces_are_added_up(plant: SmallPlant, arrive: Arrive) -> None:
    type(plant.items["BOLT"]).objects.filter(code="BOLT").update(pack_quantity=500)
    plant.put("BOLT", "A-01", 1700)
    reply = stock.order_bin_count(plant.do("picker"), location_id=plant.bins["A-01"].pk)
    page = arrive("picker", size="phone")
    hands = Hands(page)
    page.goto(f"/counts/{reply['code']}/")
    assert page.evaluate(SIDEWAYS) <= 0
    hands.tap(page.locator("[data-packs]"))
    hands.tap(page.locator("#count [data-key='3']"))
    hands.tap(page.locator("#counted"))
    for digit in "199":
        hands.tap(page.locator(f"#count [data-key='{digit}']"))
    expect(page.locator("[data-pack-sum]")).to_have_text("1,699")
    page.get_by_role("button", name="Enter").click()
    expect(page.locator(".pick-count")).to_have_text("1 / 1")
    assert Count.objects.get().lines.get().counted == 1699


def test_what_is_far_off_goes_to_a_second_person(plant: SmallPlant, arrive: Arrive) -> None:
    plant.put("BOLT", "A-01", 1000)
    reply = stock.order_bin_count(plant.do("picker"), location_id=plant.bins["A-01"].pk)
    page = arrive("picker", size="tablet")
    page.goto(f"/counts/{reply['code']}/")
    page.locator("#counted").fill("600")
    page.get_by_role("button", name="Enter").click()
    page.get_by_role("button", name="Post the count").click()
    expect(page.locator("#count")).to_contain_text("counted again by a second person")
    expect(page.locator("#counted")).to_have_count(0)
    assert plant.on_hand("BOLT", "A-01") == 1000


def test_two_taps_approve_everything_and_one_shows_why(plant: SmallPlant, arrive: Arrive) -> None:
    colleague(plant)
    first, second = far_off(plant, "BOLT", "A-01", 600), far_off(plant, "PLATE", "A-02", 700)
    page = arrive("warehouse_manager")
    page.goto("/counts/to-approve/")
    hands = Hands(page)
    expect(page.locator("tbody tr")).to_have_count(2)
    hands.tap(page.locator("tbody tr", has_text=first.code).locator("td").nth(3))  # one tap to what speaks for it
    expect(page.locator("#count-result")).to_contain_text("Posting it changes the stock by -CN¥200.00")
    expect(page.locator("#count-result")).to_contain_text("Nothing has moved since")
    assert hands.taps == 1
    balance = first.lines.get()
    lying = type(plant.put("PAINT", "A-03", 1)).objects.get(item=balance.item, location=balance.location)
    to = plant.bins["A-03"].pk
    stock.move(plant.do("picker"), balance_id=lying.pk, to_location_id=to, quantity=Decimal(30))
    expect(page.locator("#count-result")).to_contain_text("-30", timeout=4000)  # what happened while he reads
    page.get_by_role("link", name="Counts to approve").click()
    hands = Hands(page)
    hands.tap(page.locator("[data-all]"))
    hands.tap(page.get_by_role("button", name="Approve"))
    expect(page.locator(".nothing")).to_contain_text("Nothing waits for approval")
    assert hands.taps == 2
    assert [plant.on_hand("BOLT", "A-01"), plant.on_hand("PLATE", "A-02")] == [570, 700]
    second.refresh_from_db()
    assert (second.status, second.why) == ("posted", "agreed")


def test_who_comes_second_is_told_so(plant: SmallPlant, arrive: Arrive, troubles: Troubles) -> None:
    colleague(plant)
    count = far_off(plant, "BOLT", "A-01", 600)
    page = arrive("warehouse_manager", size="phone")
    page.goto(f"/counts/{count.code}/")
    page.locator("[name=note]").fill("seen it")  # while he writes, nothing changes under his hands
    plant.people["deputy"] = type(plant.people["picker"]).objects.create(
        username="deputy", name="deputy", roles=["warehouse_manager"], password="!", created_at=EIGHT
    )
    stock.refuse_count(plant.do("deputy"), count_id=count.pk)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("[data-refusal]").first).to_contain_text("it cannot be changed this way now")
    troubles.forgive("409")
    assert page.evaluate(SIDEWAYS) <= 0


def test_a_list_of_the_day_is_walked_bin_by_bin(plant: SmallPlant, arrive: Arrive) -> None:
    for place, quantity in (("A-01", 57), ("A-02", 12)):
        plant.put("BOLT", place, quantity)
    page = arrive("warehouse_manager", size="tablet")
    page.goto("/counts/plan/")
    page.locator("tbody tr", has_text="RM").click()
    page.locator("[name=is_on]").check()
    page.locator("[name=counters]").first.check()
    page.get_by_role("button", name="Save").click()
    page.locator("tbody tr", has_text="RM").click()
    page.get_by_role("button", name="Make the lists of today now").click()
    page.wait_for_url("**/counts/lists/")
    page.locator("tbody tr").first.click()
    hands = Hands(page)
    hands.tap(page.get_by_role("link", name="Begin"))
    for place, digits in (("A-01", "57"), ("A-02", "12")):
        expect(page.locator(".count-line .place")).to_have_text(place)
        hands.scan(place, "BOLT")
        for digit in digits:
            hands.tap(page.locator(f"#count [data-key='{digit}']"))
        hands.tap(page.get_by_role("button", name="Enter"))
    expect(page.locator("#day-list")).to_be_visible()
    assert hands.spent == (4, 7)  # two scans and three taps a line, and one to begin
    assert set(Count.objects.values_list("status", flat=True)) == {"posted"}


def test_the_pages_have_no_serious_fault(
    plant: SmallPlant, arrive: Arrive, looked_at: Callable[[Page, str], None]
) -> None:
    colleague(plant)
    type(plant.items["BOLT"]).objects.filter(code="BOLT").update(pack_quantity=500)
    count = far_off(plant, "BOLT", "A-01", 600)
    plant.put("PLATE", "A-02", 20)
    plant.put("BOLT", "A-02", 1200)
    open_bin = stock.order_bin_count(plant.do("picker"), location_id=plant.bins["A-02"].pk)["code"]
    CountPlan.objects.create(warehouse=plant.home, is_on=True)
    plant.put("PLATE", "A-03", 40)
    count_planning.make_lists(plant.do("warehouse_manager"), warehouse_id=plant.home.pk)
    made = CountList.objects.get().pk
    for theme in ("light", "dark"):
        page = arrive("warehouse_manager", theme=theme)
        for name, address in {
            "counts": "/counts/",
            "counts-to-approve": "/counts/to-approve/",
            "count-waiting": f"/counts/{count.code}/",
            "count-bin": f"/counts/{open_bin}/",
            "count-look": f"/counts/{open_bin}/?look",
            "count-new": "/counts/new/",
            "count-plans": "/counts/plan/",
            "count-plan": f"/counts/plan/{plant.home.pk}/",
            "count-rules": "/counts/plan/classes/",
            "count-lists": "/counts/lists/",
            "count-list": f"/counts/lists/{made}/",
        }.items():
            page.goto(address)
            looked_at(page, f"{name}-{theme}")
    for size in ("phone", "narrow"):
        page = arrive("warehouse_manager", size=size)
        for address in (
            "/counts/to-approve/",
            f"/counts/{count.code}/",
            f"/counts/{open_bin}/",
            "/counts/plan/",
            f"/counts/lists/{made}/",
        ):
            page.goto(address)
            assert page.evaluate(SIDEWAYS) <= 0, f"{address} at {size}"

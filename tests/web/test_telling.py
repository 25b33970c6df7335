"""What happened reads as a sentence that is true, also where nothing came of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override

from qitao.journal.queries import history
from qitao.production import actions as production
from qitao.stock import actions as stock
from qitao.stock.models import Count
from qitao.web.telling import told
from tests.small_plant import SmallPlant


def count_of(plant: SmallPlant, *figures: int) -> Count:
    """Let 100 BOLTs lie in each of as many bins as there are figures, be counted, and be posted."""
    for place in list(plant.bins)[: len(figures)]:
        plant.put("BOLT", place, 100)
    asked = stock.order_count(plant.do("picker"), item_id=plant.items["BOLT"].pk, warehouse_id=plant.home.pk)
    count = Count.objects.get(pk=asked["count"])
    found = zip(count.lines.order_by("location__code"), figures, strict=True)
    counted = {line.pk: Decimal(figure) for line, figure in found}
    stock.enter_count(plant.do("picker"), count_id=count.pk, figures=counted)
    stock.post_count(plant.do("warehouse_manager"), count_id=count.pk)
    return count


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ((100, 100), "Posted; the record was right."),
        ((100, 40), "Posted; difference -60."),
        ((160, 40), "Posted; in sum the record was right, in single bins it was not."),
    ],
)
def test_a_count_that_found_it_in_another_bin_does_not_say_that_nothing_differed(
    plant: SmallPlant, figures: tuple[int, ...], sentence: str
) -> None:
    with override("en"):
        assert sentence in [each.text for each in told(history(count_of(plant, *figures)))]


def test_a_release_that_had_nothing_more_to_reserve_does_not_count_to_zero(plant: SmallPlant) -> None:
    plant.put("BOLT", "A-01", 100)
    order = plant.work_order(10)
    production.reserve_material(plant.do("planner"), work_order_id=order.pk)
    production.reserve_material(plant.do("planner"), work_order_id=order.pk)
    production.release(plant.do("planner"), work_order_id=order.pk)
    with override("en"):
        texts = [each.text for each in told(history(order))]
    assert {"Released; nothing more was reserved.", "Nothing more was free to reserve."} < set(texts)
    assert "Reserved material for 1 lines." in texts

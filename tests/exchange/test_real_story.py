"""A real factory goes in, a pick comes up short, the case opens – as on the demo factory."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from qitao.accounts.queries import system_user
from qitao.exchange.load import load_dataset
from qitao.exchange.readers import detect
from qitao.journal.command import Command
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.planning.queries import board
from qitao.production import actions as production
from qitao.production.models import Requirement, WorkOrder
from qitao.shortages.models import Case
from qitao.stock.models import Balance
from qitao.stock.queries import verify
from tests.exchange.folders import real

pytestmark = pytest.mark.django_db


def command() -> Command:
    return Command(actor=system_user(), at=timezone.now(), source="test")


def bring_in(name: str) -> None:
    at = real(name)
    reader = detect(at)
    dataset, report = reader.read(at)
    load_dataset(dataset, actor=system_user(), at=timezone.now(), report=report, columns=reader.columns)


@pytest.mark.parametrize(("factory", "order"), [("inventree", "BO0014"), ("ktg_mes_cn", "MO202211030002")])
def test_an_imported_order_is_planned_released_picked_short_and_its_case_opens(factory: str, order: str) -> None:
    bring_in(factory)
    planning.run(timezone.now())
    assert order in {kit.work_order.code for kit in board()}
    work_order = WorkOrder.objects.get(code=order)
    production.release(command(), work_order_id=work_order.pk)
    line = PickLine.objects.filter(pick_list__work_order=work_order).order_by("id").first()
    assert line is not None
    lying = Balance.objects.get(item=line.item, location=line.location, lot=line.lot, status="ok").on_hand
    assert line.quantity <= lying
    picking.report_short(command(), pick_line_id=line.pk, found=line.quantity / 2, reason="less")
    case = Case.objects.get()
    assert case.item == line.item
    work_order.refresh_from_db()
    assert work_order.status == "paused"
    assert verify() == []


def test_imported_requirements_stand_beside_what_is_reserved_for_them() -> None:
    bring_in("inventree")
    line = Requirement.objects.get(work_order__code="BO0014", item__code="Leg")
    assert line.quantity == Decimal(400)

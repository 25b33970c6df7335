"""A factory comes in from another system; a pick comes up short; the case is settled – as on any other factory."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from qitao.accounts.models import User
from qitao.accounts.roles import ROLES
from qitao.exchange.commands import import_folder
from qitao.journal.command import Command
from qitao.picking import actions as picking
from qitao.picking.models import PickLine
from qitao.planning import actions as planning
from qitao.planning.models import KitDate
from qitao.production import actions as production
from qitao.production.models import WorkOrder
from qitao.shortages import actions as shortages
from qitao.shortages import options
from qitao.shortages.models import Case, Decision
from qitao.stock import queries as ledger

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FOLDERS = {"inventree": DATA / "inventree", "ktg": DATA / "ktg_mes_cn", "ktg in Chinese": DATA / "ktg_mes_cn" / "zh"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody() -> User:
    """One person with every role: a small shop."""
    return User.objects.create(username="boss", name="boss", roles=list(ROLES), password="!", created_at=timezone.now())


def do(person: User) -> Command:
    return Command(actor=person, at=timezone.now(), source="test")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_short_pick_on_an_imported_factory_is_settled(name: str, somebody: User) -> None:
    folder = FOLDERS[name]
    if not folder.exists():
        pytest.skip(f"the data of {name} is not here")
    import_folder(folder)
    assert ledger.verify() == []
    planning.run(timezone.now())
    kits = Counter(KitDate.objects.values_list("state", flat=True))
    assert sum(kits.values()) == WorkOrder.objects.filter(status__in=("firm", "released", "started")).count() > 3

    line = _first_pick(somebody)
    asked = line.open_quantity
    reply = picking.report_short(do(somebody), pick_line_id=line.pk, found=Decimal(0), reason="empty")
    if reply["covered"]:
        shortages.report_short_pick(do(somebody), short_pick_id=reply["short_pick"])
    case = Case.objects.get()
    assert (case.item, case.lines.get().short_quantity) == (line.item, asked)

    found = options.compute(line.requirement, on=timezone.localdate())
    kinds = {option.kind for option in found}
    assert {"recount", "wait"} <= kinds
    best = next(option for option in found if option.kind != "recount")
    shortages.carry_out(do(somebody), case_id=case.pk, requirement_id=line.requirement_id, key=best.key)
    shortages.close(do(somebody), case_id=case.pk, cause="record")
    assert Decision.objects.get().kind == best.kind
    assert Case.objects.get().status == "closed"
    planning.run(timezone.now())
    assert ledger.verify() == []


def _first_pick(somebody: User) -> PickLine:
    """Release work orders until one has something to pick."""
    for order in WorkOrder.objects.filter(status="firm").order_by("rank"):
        production.release(do(somebody), work_order_id=order.pk)
    for order in WorkOrder.objects.filter(status="started").order_by("rank"):
        try:
            picking.make_list(do(somebody), work_order_id=order.pk)
        except picking.NothingToPick:
            continue
    line = PickLine.objects.filter(status="open").order_by("id").first()
    assert line is not None, "no work order has anything to pick"
    return line

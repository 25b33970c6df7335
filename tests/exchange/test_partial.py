"""A part of a factory brought in again: what it does not speak of is as it was."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qitao.accounts.queries import system_user
from qitao.catalog.models import Bom, BomLine, Category, Item, Site, Unit, WorkCenter
from qitao.demo import generate
from qitao.engine.folder_format import COLUMNS as FILES
from qitao.exchange.export import export_folder
from qitao.exchange.load import load_dataset
from qitao.exchange.readers import detect
from qitao.exchange.report import ImportReport
from qitao.purchasing.models import Source
from qitao.stock.models import Balance, Warehouse
from tests.exchange.folders import GOOD, folder, real

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)
APPS = ("catalog", "stock", "sales", "purchasing", "production")


def load(at: Path) -> ImportReport:
    reader = detect(at)
    dataset, report = reader.read(at, as_of=AT.date())
    return load_dataset(dataset, actor=system_user(), at=AT, report=report, columns=reader.columns)


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table that an import may write."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        label: [(a, b) for a, b in zip(before[label], after[label], strict=False) if a != b] or "more or fewer"
        for label in before
        if before[label] != after[label]
    }


def enrich() -> None:
    """Give the records what a plant folder has no column for, and sites and warehouses of their own."""
    site = Site.objects.create(code="SZ", name="深圳", name_en="Shenzhen", currency="USD", timezone="Asia/Tokyo")
    Warehouse.objects.update(site=site, name="原料仓", kind="line_side")
    WorkCenter.objects.update(hourly_cost=90, name="总装")
    Unit.objects.update(name="件", decimals=3)
    category = Category.objects.create(code="C", name="C")
    Item.objects.update(spec="M6x20", package="袋", tracking="lot", category=category, currency="USD", abc="A")
    Source.objects.update(supplier_code="F-6", expedite_days=2, currency="USD")
    line = BomLine.objects.filter(component__code="BOLT").get()
    BomLine.objects.filter(pk=line.pk).update(designators="B1, B2", is_optional=False)
    glue = Item.objects.create(code="GLUE", name="胶", unit=Unit.objects.get(code="kg"), kind="buy")
    BomLine.objects.create(bom=line.bom, position=90, component=glue, quantity=1, is_consumable=True)
    Bom.objects.update(note="reviewed")


def partial(text: str, keep: set[str], rows: slice) -> str:
    """Return some columns and rows of a file."""
    table = list(csv.reader(io.StringIO(text)))
    places = [place for place, title in enumerate(table[0]) if title in keep]
    out = io.StringIO()
    chosen = [table[0], *table[1:][rows]]
    csv.writer(out, lineterminator="\n").writerows([row[place] for place in places] for row in chosen)
    return out.getvalue()


def test_columns_that_are_absent_are_kept_and_empty_cells_are_taken(tmp_path: Path) -> None:
    load(folder(tmp_path / "full"))
    enrich()
    before = everything()
    load(folder(tmp_path / "part", {"items.csv": "item,kind,lead_days,unit_cost\nBOLT,buy,21,\nNUT,buy,3,0.02\n"}))
    bolt, nut = Item.objects.get(code="BOLT"), Item.objects.get(code="NUT")
    assert (bolt.lead_days, bolt.unit_cost) == (21, 0)
    assert (bolt.name, bolt.spec, bolt.package, bolt.tracking, bolt.min_lot) == ("螺栓 M6", "M6x20", "袋", "lot", 1000)
    assert (nut.name, nut.unit.code, nut.tracking, nut.currency) == ("NUT", "pcs", "none", "CNY")
    nut.delete()
    Item.objects.filter(code="BOLT").update(lead_days=7, unit_cost="0.05")
    assert differing(before, everything()) == {}


def test_a_stock_file_alone_moves_no_warehouse_and_makes_no_site(tmp_path: Path) -> None:
    load(folder(tmp_path / "full"))
    enrich()
    before = everything()
    report = load(
        folder(
            tmp_path / "part",
            {
                "items.csv": "item,kind,lead_days\nBOLT,buy,7\n",
                "stock.csv": "item,quantity,warehouse\nBOLT,450,WH1\nPLATE,30.5,WH2\n",
            },
        )
    )
    assert not report.conflicts  # the two lots and states of the bolts together
    assert differing(before, everything()) == {}


def test_a_new_warehouse_of_a_folder_without_sites_belongs_to_the_first_site_here(tmp_path: Path) -> None:
    load(folder(tmp_path / "full"))
    load(
        folder(
            tmp_path / "part",
            {"items.csv": "item,kind,lead_days\nNUT,buy,7\n", "stock.csv": "item,quantity,warehouse\nNUT,5,WH9\n"},
        )
    )
    assert Warehouse.objects.get(code="WH9").site.code == "CN"
    assert set(Site.objects.values_list("code", flat=True)) == {"CN"}


def test_a_folder_without_a_warehouse_means_the_first_one_here(tmp_path: Path) -> None:
    load(folder(tmp_path / "full"))
    files = {"items.csv": "item,kind,lead_days\nNUT,buy,7\n", "stock.csv": "item,quantity\nNUT,5\n"}
    load(folder(tmp_path / "part", files))
    assert Warehouse.objects.count() == 2
    assert Balance.objects.get(item__code="NUT").location.warehouse.code == "WH1"


def test_lines_may_name_what_is_here_and_a_circle_through_it_is_found(tmp_path: Path) -> None:
    load(folder(tmp_path / "full"))
    files = {"items.csv": "item,kind,lead_days,workcenter\nTOP,make,7,LINE1\n"}
    load(folder(tmp_path / "good", {**files, "bom.csv": "parent,component,quantity\nTOP,FRAME,1\n"}))
    assert Item.objects.get(code="TOP").work_center == WorkCenter.objects.get(code="LINE1")
    with pytest.raises(Exception, match="errors in the input"):
        load(folder(tmp_path / "bad", {**files, "bom.csv": "parent,component,quantity\nPLATE,TOP,1\n"}))


def test_of_several_bom_versions_other_lines_are_left_alone_and_told(tmp_path: Path) -> None:
    load(folder(tmp_path / "full"))
    newer = Bom.objects.create(item=Item.objects.get(code="FRAME"), version="2", valid_from=date(2026, 6, 1))
    BomLine.objects.create(bom=newer, position=10, component=Item.objects.get(code="PLATE"), quantity=3)
    before = everything()
    report = load(folder(tmp_path / "full"))
    assert [(each.what, each.here) for each in report.conflicts] == [("BOM FRAME", "2 ×")]
    assert differing(before, everything()) == {}


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_part_of_a_folder_changes_nothing(tmp_path: Path, data: st.DataObject) -> None:
    at = tmp_path / f"{id(data)}"
    with transaction.atomic():
        load(folder(at / "full"))
        enrich()
        before = everything()
        files = {}
        for file, text in GOOD.items():
            homeless = file == "requirements.csv" and "work_orders.csv" not in files  # lines belong to their orders
            if file == "items.csv" or (data.draw(st.booleans(), label=file) and not homeless):
                optional = data.draw(st.sets(st.sampled_from(FILES[file][1] or [""])), label=f"{file} columns")
                dated = {"due_date"} if file == "demands.csv" else set()
                some = slice(data.draw(st.integers(0, 2)), None) if file == "items.csv" else slice(None)
                files[file] = partial(text, {*FILES[file][0], *optional, *dated}, some)
        load(folder(at / "part", files))
        after = everything()
        transaction.set_rollback(True)
    assert differing(before, after) == {}


@pytest.mark.parametrize("name", ["inventree", "ktg_mes_cn", "demo"])
def test_what_goes_out_comes_in_again_and_changes_nothing(tmp_path: Path, name: str) -> None:
    if name == "demo":
        load_dataset(generate(as_of=date(2026, 1, 20)), actor=system_user(), at=AT)
    else:
        load(real(name))
    before = everything()
    export_folder(tmp_path / "out")
    load(tmp_path / "out")
    assert differing(before, everything()) == {}

"""`qitao import` and `qitao export` as an operator sees them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from qitao.catalog.models import Item
from qitao.exchange.commands import export_folder, import_folder
from qitao.exchange.readers import NoSuchFolder
from tests.exchange.folders import GOOD, folder, real

pytestmark = pytest.mark.django_db


def test_an_import_tells_what_it_took(tmp_path: Path) -> None:
    said = io.StringIO()
    report = import_folder(folder(tmp_path / "in"), out=tmp_path / "rows.csv", stream=said)
    assert report.clean
    assert "plant folder: imported." in said.getvalue()
    assert "items 4" in said.getvalue()
    assert (tmp_path / "rows.csv").is_file()
    assert Item.objects.count() == 4


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    said = io.StringIO()
    import_folder(folder(tmp_path / "in"), out=tmp_path / "rows.csv", stream=said, dry_run=True)
    assert "nothing was written" in said.getvalue()
    assert not Item.objects.exists()


def test_broken_input_is_told_and_nothing_loaded(tmp_path: Path) -> None:
    said = io.StringIO()
    at = folder(tmp_path / "in", stock=GOOD["stock.csv"] + "NUT,5,WH1,,,\n")
    report = import_folder(at, out=tmp_path / "rows.csv", stream=said)
    assert not report.clean
    assert "stock.csv, row 5, column item: “NUT” is not among the items." in said.getvalue()
    assert "error,stock.csv,5,item,NUT" in (tmp_path / "rows.csv").read_text(encoding="utf-8-sig")
    assert not Item.objects.exists()


def test_an_account_that_cannot_be_written_is_noticed_before_anything_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(OSError, match="taken"):
        import_folder(folder(tmp_path / "plant"), out=tmp_path / "taken" / "report.csv")
    assert not Item.objects.exists()


def test_what_refers_to_a_file_that_cannot_be_read_is_not_blamed(tmp_path: Path) -> None:
    broken = folder(tmp_path / "plant", items="item,kind\nFRAME,make\n")
    report = import_folder(broken, out=tmp_path / "report.csv", stream=io.StringIO())
    assert {fault.where.file for fault in report.errors} == {"items.csv"}


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFolder):
        import_folder(tmp_path / "nowhere")


def test_an_export_tells_what_it_wrote(tmp_path: Path) -> None:
    said = io.StringIO()
    import_folder(folder(tmp_path / "in"), out=tmp_path / "rows.csv", stream=said)
    export_folder(tmp_path / "out", stream=said)
    assert "items.csv 4" in said.getvalue()


@pytest.mark.parametrize(
    ("language", "source"), [("en", "inventree"), ("zh-hans", "ktg_mes_cn"), ("zh-hant", "ktg_mes_cn")]
)
def test_real_data_are_told_in_each_language(tmp_path: Path, language: str, source: str) -> None:
    said = io.StringIO()
    report = import_folder(real(source), language=language, out=tmp_path / "rows.csv", stream=said)
    assert report.clean
    assert "{" not in said.getvalue()

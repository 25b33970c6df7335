"""Importing through the browser: what is taken, what is refused, and that nothing happens before somebody says so."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qitao.catalog.models import Item
from qitao.exchange import uploads
from qitao.exchange.models import Import
from tests.small_plant import SmallPlant

AsRole = Callable[[str], Client]
ITEMS = "item,name,unit,kind,lead_days\nX1,一号料,pcs,buy,5\n"
BROKEN = "item,name,unit,kind,lead_days\nX1,一号料,pcs,buy,soon\n"


def packed(**files: str | bytes) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return SimpleUploadedFile("plant.zip", buffer.getvalue())


def send(client: Client, *files: SimpleUploadedFile) -> Any:
    return client.post(reverse("import-new"), {"files": list(files)}, headers={"accept": "text/html"})


@pytest.fixture(autouse=True)
def uploads_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(uploads, "_home", lambda: tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.mark.parametrize("as_zip", [True, False])
def test_tables_are_shown_first_and_imported_then(plant: SmallPlant, as_role: AsRole, as_zip: bool) -> None:
    boss = as_role("administrator")
    sent = packed(**{"plant/items.csv": ITEMS}) if as_zip else SimpleUploadedFile("items.csv", ITEMS.encode())
    there = send(boss, sent)["Location"]
    shown = boss.get(there)
    assert shown.status_code == 200
    assert "Nothing is written yet" in shown.content.decode()
    assert shown.context["page"].taken == sum(kind.taken for kind in shown.context["page"].kinds) > 0
    assert not Item.objects.filter(code="X1").exists()
    assert not Import.objects.exists()
    boss.post(f"{there}carry-out/", {"command_id": "6c1f1f8e-0000-4000-8000-000000000001"})
    assert Item.objects.get(code="X1").name == "一号料"
    assert Import.objects.get().actor == plant.people["administrator"]


def test_errors_are_listed_row_by_row_and_nothing_can_be_imported(plant: SmallPlant, as_role: AsRole) -> None:
    boss = as_role("administrator")
    there = send(boss, packed(**{"items.csv": BROKEN}))["Location"]
    shown = boss.get(there).content.decode()
    assert "items.csv, row 2, column lead_days" in shown
    assert "carry-out" not in shown
    report = b"".join(boss.get(f"{there}report/").streaming_content).decode("utf-8-sig")
    assert "soon" in report
    boss.post(f"{there}carry-out/")
    assert not Item.objects.filter(code="X1").exists()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"../items.csv": ITEMS}, "outside the archive"),
        ({"/etc/items.csv": ITEMS}, "outside the archive"),
        ({"a\\..\\..\\items.csv": ITEMS}, "outside the archive"),
        ({"items.exe": "MZ"}, "is no table"),
        ({"items.csv": b"0" * 8_000_000}, "more than a browser should send"),
        ({f"{n}.csv": "a" for n in range(301)}, "more than a browser should send"),
    ],
)
def test_what_an_archive_must_not_hold(
    plant: SmallPlant, as_role: AsRole, uploads_folder: Path, files: dict[str, Any], said: str
) -> None:
    answer = send(as_role("administrator"), packed(**files))
    assert said in answer.content.decode()
    assert not uploads_folder.exists() or list(uploads_folder.iterdir()) == [], "nothing is left behind"


def test_other_files_are_refused(plant: SmallPlant, as_role: AsRole) -> None:
    boss = as_role("administrator")
    assert "No file was chosen" in send(boss).content.decode()
    assert "is no archive" in send(boss, SimpleUploadedFile("plant.zip", b"PK no")).content.decode()
    assert "is no table" in send(boss, SimpleUploadedFile("plant.xlsx", b"PK")).content.decode()
    unknown = send(boss, SimpleUploadedFile("holidays.csv", b"a,b\n1,2\n"))["Location"]
    said = boss.get(unknown)
    assert said.status_code == 422
    assert "of no kind known here" in said.content.decode()


def test_an_upload_belongs_to_who_sent_it_and_can_be_dropped(plant: SmallPlant, as_role: AsRole) -> None:
    boss = as_role("administrator")
    there = send(boss, packed(**{"items.csv": ITEMS}))["Location"]
    other = plant.people["planner"]
    other.roles = ["administrator"]
    other.save()
    assert as_role("planner").get(there).status_code == 404
    boss.post(f"{there}drop/")
    assert boss.get(there).status_code == 404


def test_everything_is_exported_and_can_come_in_again(plant: SmallPlant, as_role: AsRole) -> None:
    plant.put("BOLT", "A-01", 12)
    answer = as_role("manager").get(reverse("export-zip"))
    content = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {Path(name).name for name in archive.namelist()}
    assert {"items.csv", "bom.csv", "stock.csv"} <= names
    boss = as_role("administrator")
    there = send(boss, SimpleUploadedFile("back.zip", content))["Location"]
    assert "Nothing is written yet" in boss.get(there).content.decode()

"""Importing and exporting through the browser: send tables, look at what they would do, then do it."""

from __future__ import annotations

import tempfile
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from qitao.exchange import uploads
from qitao.exchange.export import export_folder
from qitao.exchange.rendering import place
from qitao.exchange.report import KINDS, Fault, ImportReport
from qitao.web.page import command_from, done, page
from qitao.web.request import Request

SHOWN = 100


@dataclass(frozen=True, slots=True)
class KindShown:
    """What becomes of the rows of one kind."""

    word: str
    taken: int
    created: int
    updated: int
    unchanged: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row of the account: where, what became of it, why."""

    verdict: str
    tone: str
    where: str
    value: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What an upload would do."""

    number: uuid.UUID
    name: str
    report: ImportReport
    kinds: list[KindShown]
    rows: list[RowShown]
    all_rows: int

    @property
    def taken(self) -> int:
        """How many rows of all kinds were understood."""
        return self.report.taken.total()


@page(permission="exchange.import", methods=["GET", "POST"])
def new_import(request: Request) -> HttpResponse:
    """Send tables; what they would do is shown next."""
    if request.method == "POST":
        upload = uploads.receive(list(request.FILES.getlist("files")), owner=request.user)
        return redirect("import-preview", number=upload.number)
    limit = uploads.MOST_SENT // uploads.MEGABYTE
    return render(request, "imports/new.html", {"limit": limit, "rows": uploads.MOST_ROWS})


@page(permission="exchange.import")
def preview(request: Request, number: uuid.UUID) -> HttpResponse:
    """Show what an upload would do, row by row; nothing is written."""
    upload = uploads.find(number, owner=request.user)
    report = uploads.attempt(
        upload, actor=request.user, at=timezone.now(), today=timezone.localdate(), translate=gettext
    )
    return render(request, "imports/preview.html", {"page": preview_page(upload, report)})


def preview_page(upload: uploads.Upload, report: ImportReport) -> PreviewPage:
    """Return what the preview of an upload shows."""
    kinds = [
        KindShown(gettext(word), report.taken[kind], *_tally(report, kind))
        for kind, word in KINDS.items()
        if report.taken[kind]
    ]
    rows = [
        *(_fault(fault) for fault in report.errors[:SHOWN]),
        *(
            RowShown(
                gettext("left alone"),
                "held",
                _where(each.where.file, each.where.row, each.column),
                each.what,
                gettext("{here} here, {there} in the file").format(here=each.here, there=each.there),
                "",
            )
            for each in report.conflicts[:SHOWN]
        ),
        *(
            RowShown(
                gettext("changed"),
                "warn",
                _where(each.where.file, each.where.row, each.column),
                f"{each.before} → {each.after}",
                each.why.text(gettext),
                "",
            )
            for each in report.changed[:SHOWN]
        ),
        *(
            RowShown(
                gettext("not taken"),
                "idle",
                _where(each.where.file, each.where.row, ""),
                each.what,
                each.why.text(gettext),
                "",
            )
            for each in report.skipped[:SHOWN]
        ),
    ]
    every = len(report.errors) + len(report.conflicts) + len(report.changed) + len(report.skipped)
    return PreviewPage(upload.number, upload.name, report, kinds, rows, every)


def _tally(report: ImportReport, kind: str) -> tuple[int, int, int, int]:
    outcome = report.written.get(kind)
    return (outcome.created, outcome.updated, outcome.unchanged, outcome.conflicts) if outcome else (0, 0, 0, 0)


def _fault(fault: Fault) -> RowShown:
    what, remedy = fault.what.text(gettext), fault.remedy.text(gettext)
    return RowShown(gettext("error"), "bad", place(fault, gettext), fault.value, what, remedy)


def _where(file: str, row: int, column: str) -> str:
    parts = [file, gettext("row {row}").format(row=row) if row else "", column]
    return ", ".join(part for part in parts if part)


@page(permission="exchange.import")
def report_file(request: Request, number: uuid.UUID) -> Any:
    """Return the row-by-row account as a file."""
    upload = uploads.find(number, owner=request.user)
    if not upload.details.exists():
        raise uploads.UploadGone
    return FileResponse(upload.details.open("rb"), as_attachment=True, filename=f"{upload.name}-report.csv")


@page(permission="exchange.import", methods=["POST"])
def carry_out(request: Request, number: uuid.UUID) -> HttpResponse:
    """Import an upload; the request lasts as long as it takes."""
    upload = uploads.find(number, owner=request.user)
    command = command_from(request)
    report = uploads.carry_out(
        upload,
        actor=request.user,
        at=command.at,
        today=timezone.localdate(),
        number=command.id,
        translate=gettext,
    )
    report.refuse()
    uploads.forget(upload)
    text = gettext("{name} is imported: {count} rows.").format(name=upload.name, count=report.taken.total())
    return done(request, text, to=reverse("imports"))


@page(permission="exchange.import", methods=["POST"])
def drop(request: Request, number: uuid.UUID) -> HttpResponse:
    """Throw an upload away."""
    uploads.forget(uploads.find(number, owner=request.user))
    return done(request, gettext("Nothing was imported."), to=reverse("imports"))


# Export


@page(permission="exchange.export")
def exports(request: Request) -> HttpResponse:
    """Say what an export holds, and offer it."""
    return render(request, "imports/export.html")


@page(permission="exchange.export")
def export_zip(request: Request) -> Any:
    """Return everything as a folder of tables, packed."""
    target = tempfile.NamedTemporaryFile(suffix=".zip")  # noqa: SIM115 - closed by the response
    name = f"qitao-{timezone.localtime():%Y%m%d-%H%M}"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / name
        export_folder(folder)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, f"{name}/{path.name}")
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{name}.zip")

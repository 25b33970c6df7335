from django.urls import path

from qitao.web.imports import pages, upload

urlpatterns = [
    path("imports/", pages.imports, name="imports"),
    path("imports/new/", upload.new_import, name="import-new"),
    path("imports/<uuid:number>/", upload.preview, name="import-preview"),
    path("imports/<uuid:number>/report/", upload.report_file, name="import-report"),
    path("imports/<uuid:number>/carry-out/", upload.carry_out, name="import-carry-out"),
    path("imports/<uuid:number>/drop/", upload.drop, name="import-drop"),
    path("export/", upload.exports, name="exports"),
    path("export/everything/", upload.export_zip, name="export-zip"),
]

from django.urls import path

from qitao.web.tracing import pages

urlpatterns = [
    path("trace/", pages.search, name="trace"),
    path("trace/scan/", pages.scanned, name="trace-scan"),
    path("trace/<slug:kind>/<int:number>/", pages.traced, name="traced"),
    path("trace/<slug:kind>/<int:number>/<slug:reach>/hold/", pages.hold, name="trace-hold"),
    path("trace/<slug:kind>/<int:number>/<slug:reach>/<slug:tab>/", pages.traced, name="traced-part"),
]

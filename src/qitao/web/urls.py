"""The addresses of all pages, area by area."""

from django.urls import include, path

AREAS = (
    "home",
    "session",
    "search",
    "live",
    "items",
    "stores",
    "tracing",
    "imports",
    "board",
    "cases",
    "picking",
    "work_orders",
    "receipts",
    "counts",
    "transfers",
    "purchasing",
    "sales",
    "shipping",
    "records",
    "choosing",
    "journal",
    "claims",
)

urlpatterns = [path("", include(f"qitao.web.{area}.urls")) for area in AREAS]

"""The root of all addresses: health for machines, pages for people."""

from django.urls import URLPattern, URLResolver, include, path

from qitao.project import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("qitao.web.urls")),
]

"""The root of all addresses: health for machines, pages for people."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from qitao.project import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
if find_spec("qitao.web") and find_spec("qitao.web.urls"):
    urlpatterns += [path("", include("qitao.web.urls"))]

from django.urls import path

from qitao.web.search import pages

urlpatterns = [
    path("search/", pages.search, name="search"),
    path("palette/", pages.palette, name="palette"),
    path("scan/", pages.scan, name="scan"),
]

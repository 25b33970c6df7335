from django.urls import path

from qitao.web.imports import pages

urlpatterns = [path("imports/", pages.imports, name="imports")]

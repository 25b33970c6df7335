from django.urls import path

from qitao.web.items import pages

urlpatterns = [
    path("items/", pages.items, name="items"),
    path("items/<path:code>/", pages.item, name="item"),
]

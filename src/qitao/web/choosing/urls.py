from django.urls import path

from qitao.web.choosing import pages

urlpatterns = [
    path("choose/items/", pages.item_options, name="item-options"),
    path("choose/bins/", pages.bin_options, name="bin-options"),
]

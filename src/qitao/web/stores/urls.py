from django.urls import path

from qitao.web.stores import pages

urlpatterns = [
    path("bins/<int:number>/", pages.location, name="location"),
    path("lots/<int:number>/", pages.lot, name="lot"),
]

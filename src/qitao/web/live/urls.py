from django.urls import path

from qitao.web.live import pages

urlpatterns = [path("live/", pages.live, name="live")]

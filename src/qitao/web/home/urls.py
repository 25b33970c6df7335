from django.urls import path

from qitao.web.home import pages

urlpatterns = [path("", pages.home, name="home")]

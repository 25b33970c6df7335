from django.urls import path

from qitao.web.counts import pages

urlpatterns = [
    path("counts/", pages.count_list, name="counts"),
    path("counts/new/", pages.new, name="count-new"),
    path("counts/<path:code>/enter/", pages.enter, name="count-enter"),
    path("counts/<path:code>/bin/", pages.add_bin, name="count-add"),
    path("counts/<path:code>/post/", pages.post, name="count-post"),
    path("counts/<path:code>/", pages.count, name="count"),
]

from django.urls import path

from qitao.web.journal import pages

urlpatterns = [
    path("journal/", pages.journal, name="journal"),
    path("journal/<str:key>/", pages.entry, name="journal-entry"),
]

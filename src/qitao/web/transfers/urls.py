from django.urls import path

from qitao.web.transfers import pages

urlpatterns = [
    path("transfers/", pages.transfer_list, name="transfers"),
    path("transfers/new/", pages.new, name="transfer-new"),
    path("transfers/<path:code>/ship/", pages.ship, name="transfer-ship"),
    path("transfers/<path:code>/receive/", pages.receive, name="transfer-receive"),
    path("transfers/<path:code>/cancel/", pages.cancel, name="transfer-cancel"),
    path("transfers/<path:code>/", pages.transfer, name="transfer"),
]

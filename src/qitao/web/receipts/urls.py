from django.urls import path

from qitao.web.receipts import pages

urlpatterns = [
    path("receipts/", pages.receipts, name="receipts"),
    path("receipts/done/", pages.received, name="receipts-done"),
    path("receipts/scan/", pages.scanned, name="receive-scan"),
    path("receipts/new/<path:code>/", pages.receive, name="receive"),
    path("receipts/<path:code>/labels/", pages.labels, name="receipt-labels"),
    path("receipts/<path:code>/", pages.receipt, name="receipt"),
]

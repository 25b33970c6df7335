from django.urls import path

from qitao.web.shipping import pages

urlpatterns = [
    path("shipments/", pages.to_ship, name="to-ship"),
    path("shipments/done/", pages.shipped, name="shipments"),
    path("shipments/scan/", pages.scanned, name="ship-scan"),
    path("shipments/new/<path:code>/", pages.ship, name="ship"),
    path("shipments/<path:code>/undo/", pages.undo, name="shipment-undo"),
    path("shipments/<path:code>/note/", pages.note, name="shipment-note"),
    path("shipments/<path:code>/", pages.shipment, name="shipment"),
]

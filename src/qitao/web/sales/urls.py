from django.urls import path

from qitao.web.sales import pages

urlpatterns = [
    path("sales-orders/", pages.sales_order_list, name="sales-orders"),
    path("sales-orders/<path:code>/", pages.sales_order, name="sales-order"),
    path("customers/", pages.customers, name="customers"),
]

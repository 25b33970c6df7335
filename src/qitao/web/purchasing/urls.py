from django.urls import path

from qitao.web.purchasing import pages

urlpatterns = [
    path("purchase-orders/", pages.purchase_orders, name="purchase-orders"),
    path("purchase-orders/<path:code>/", pages.purchase_order, name="purchase-order"),
    path("deliveries/", pages.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/promise/", pages.repromise, name="delivery-repromise"),
    path("suppliers/", pages.suppliers, name="suppliers"),
    path("requisitions/", pages.requisitions, name="requisitions"),
    path("requisitions/order/", pages.order_many, name="requisitions-order"),
    path("requisitions/<path:code>/order/", pages.order, name="requisition-order"),
    path("requisitions/<path:code>/cancel/", pages.cancel, name="requisition-cancel"),
    path("requisitions/<path:code>/", pages.requisition, name="requisition"),
]

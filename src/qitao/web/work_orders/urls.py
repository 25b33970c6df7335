from django.urls import path

from qitao.web.work_orders import changing, ending, operations, pages

urlpatterns = [
    path("work-orders/", pages.work_order_list, name="work-orders"),
    path("work-orders/new/", pages.new, name="work-order-new"),
    path("operations/", operations.operation_list, name="operations"),
    path("operations/<int:pk>/", operations.job_card, name="operation"),
    path("operations/<int:pk>/start/", operations.start, name="operation-start"),
    path("operations/<int:pk>/pause/", operations.pause, name="operation-pause"),
    path("operations/<int:pk>/go-on/", operations.resume, name="operation-resume"),
    path("operations/<int:pk>/report/", operations.report, name="operation-report"),
    path("work-orders/closed/", ending.closed, name="closed-work-orders"),
    path("work-orders/release/", pages.release_many, name="work-orders-release"),
    *(path(f"work-orders/<path:code>/{verb}/", walk, name=f"work-order-{verb}") for verb, walk in pages.WALKS.items()),
    path("work-orders/<path:code>/closing/", ending.closing, name="work-order-closing"),
    path("work-orders/<path:code>/merge/", ending.merge, name="work-order-merge"),
    path("work-orders/<path:code>/rework/", ending.rework, name="work-order-rework"),
    path("work-orders/<path:code>/change/", changing.change, name="work-order-change"),
    path("work-orders/<path:code>/report/", pages.report, name="work-order-report"),
    path("work-orders/<path:code>/return/", pages.bring_back, name="work-order-return"),
    path("work-orders/<path:code>/split/", pages.split, name="work-order-split"),
    path("work-orders/<path:code>/short/", pages.call_short, name="work-order-short"),
    path("work-orders/<path:code>/", pages.work_order, name="work-order"),
]

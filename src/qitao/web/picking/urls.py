from django.urls import path

from qitao.web.picking import pages

urlpatterns = [
    path("pick-lists/", pages.pick_lists, name="pick-lists"),
    path("pick-lists/scan/", pages.scan, name="pick-scan"),
    path("pick-lists/<path:code>/lines/", pages.lines, name="pick-list-lines"),
    path("pick-lists/<path:code>/print/", pages.printed, name="pick-list-print"),
    path("pick-lists/<path:code>/confirm/", pages.confirm, name="pick-confirm"),
    path("pick-lists/<path:code>/confirm-lines/", pages.confirm_lines, name="pick-confirm-lines"),
    path("pick-lists/<path:code>/undo-lines/<uuid:taken_by>/", pages.undo_lines, name="pick-undo-lines"),
    path("pick-lists/<path:code>/undo/<int:line>/<int:move>/", pages.undo, name="pick-undo"),
    path("pick-lists/<path:code>/short/", pages.short, name="pick-short"),
    path("pick-lists/<path:code>/missing/", pages.missing, name="pick-missing"),
    path("pick-lists/<path:code>/", pages.pick_list, name="pick-list"),
    path("short-picks/<int:pk>/", pages.short_pick, name="short-pick"),
    path("short-picks/<int:pk>/take/", pages.take, name="short-pick-take"),
    path("short-picks/<int:pk>/substitute/", pages.use_substitute, name="short-pick-substitute"),
    path("short-picks/<int:pk>/case/", pages.open_case, name="short-pick-case"),
    path("short-picks/<int:pk>/transfer/", pages.send_for, name="short-pick-transfer"),
    path("work-orders/<path:code>/fill-pick-list/", pages.make_list, name="pick-list-make"),
]

from django.urls import path

from qitao.web.claims import borrowings, pages

urlpatterns = [
    path("claims/<int:pk>/", pages.claims, name="claims"),
    path("claims/<int:pk>/reserve/", pages.reserve, name="claims-reserve"),
    path("claims/<int:pk>/borrow/", pages.borrow, name="claims-borrow"),
    path("reservations/", pages.reservations, name="reservations"),
    path("reservations/<int:pk>/give-back/", pages.give_back, name="reservation-give-back"),
    path("reservations/<int:pk>/keep/", pages.keep, name="reservation-keep"),
    path("borrowings/", borrowings.borrowings, name="borrowings"),
    path("borrowings/<path:code>/lend/", borrowings.lend, name="borrowing-lend"),
    path("borrowings/<path:code>/refuse/", borrowings.refuse, name="borrowing-refuse"),
    path("borrowings/<path:code>/withdraw/", borrowings.withdraw, name="borrowing-withdraw"),
    path("borrowings/<path:code>/forgive/", borrowings.forgive, name="borrowing-forgive"),
    path("borrowings/<path:code>/", borrowings.borrowing, name="borrowing"),
]

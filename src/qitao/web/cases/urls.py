from django.urls import path

from qitao.web.cases import pages, verbs

urlpatterns = [
    path("cases/", pages.board, name="cases"),
    path("cases/list/", pages.open_list, name="cases-list"),
    path("cases/foreseen/", pages.coming, name="cases-foreseen"),
    path("cases/closed/", pages.closed_list, name="cases-closed"),
    path("cases/foreseen/open/", verbs.open_case, name="case-open"),
    path("cases/take/", verbs.take, name="cases-take"),
    path("cases/verify/", verbs.verify_many, name="cases-verify"),
    path("cases/release-reserved/", verbs.release_reserved, name="release-reserved"),
    path("why-not/<path:code>/", pages.why, name="why-not"),
    path("cases/<path:code>/ways-out/", pages.options, name="case-options"),
    path("cases/<path:code>/carry-out/", verbs.carry_out, name="case-carry-out"),
    path("cases/<path:code>/verify/", verbs.verify, name="case-verify"),
    path("cases/<path:code>/assess/", verbs.assess, name="case-assess"),
    path("cases/<path:code>/assign/", verbs.assign, name="case-assign"),
    path("cases/<path:code>/count/", verbs.count, name="case-count"),
    path("cases/<path:code>/comment/", verbs.comment, name="case-comment"),
    path("cases/<path:code>/close/", verbs.close, name="case-close"),
    path("cases/<path:code>/cancel/", verbs.cancel, name="case-cancel"),
    path("cases/<path:code>/reopen/", verbs.reopen, name="case-reopen"),
    path("cases/<path:code>/", pages.case, name="case"),
]

from django.urls import path

from qitao.web.board import pages, ranking

urlpatterns = [
    path("board/", pages.board, name="kit-board"),
    path("board/plan/", pages.plan, name="kit-board-plan"),
    path("board/release/", pages.release, name="kit-board-release"),
    path("board/report/", pages.report, name="kit-board-report"),
    path("board/rank/", ranking.preview, name="kit-board-rank"),
    path("board/rank/apply/", ranking.apply, name="kit-board-rank-apply"),
    path("board/rank/undo/", ranking.undo, name="kit-board-rank-undo"),
    path("board/<path:code>/lines/", pages.lines, name="kit-board-lines"),
]

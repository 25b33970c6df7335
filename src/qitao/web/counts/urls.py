from django.urls import path

from qitao.web.counts import approving, history, pages, planning

urlpatterns = [
    path("counts/", pages.count_list, name="counts"),
    path("counts/new/", pages.new, name="count-new"),
    path("counts/to-approve/", approving.approvals, name="counts-to-approve"),
    path("counts/approve/", approving.approve_many, name="counts-approve"),
    path("counts/refuse/", approving.refuse_many, name="counts-refuse"),
    path("counts/history/", history.history, name="count-history"),
    path("counts/plan/", planning.plans, name="count-plans"),
    path("counts/plan/classes/", planning.rules, name="count-rules"),
    path("counts/plan/<int:number>/", planning.plan, name="count-plan"),
    path("counts/plan/<int:number>/lists/", planning.make, name="count-lists-make"),
    path("counts/lists/", planning.lists, name="count-lists"),
    path("counts/lists/<int:number>/", planning.day_list, name="count-list"),
    path("counts/lists/<int:number>/give/", planning.give, name="count-list-give"),
    path("bins/<int:number>/count/", pages.count_bin, name="bin-count"),
    path("counts/<path:code>/enter/", pages.enter, name="count-enter"),
    path("counts/<path:code>/bin/", pages.add_line, name="count-add"),
    path("counts/<path:code>/post/", pages.post, name="count-post"),
    path("counts/<path:code>/approve/", approving.approve, name="count-approve"),
    path("counts/<path:code>/refuse/", approving.refuse, name="count-refuse"),
    path("counts/<path:code>/cancel/", approving.cancel, name="count-cancel"),
    path("counts/<path:code>/", pages.count, name="count"),
]

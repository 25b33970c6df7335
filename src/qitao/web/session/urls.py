from django.urls import path

from qitao.web.session import pages

urlpatterns = [
    path("sign-in/", pages.sign_in, name="sign-in"),
    path("sign-in/demo/", pages.sign_in_to_demo, name="sign-in-demo"),
    path("sign-out/", pages.sign_out, name="sign-out"),
    path("language/", pages.language, name="language"),
    path("favicon.svg", pages.favicon, name="favicon"),
]

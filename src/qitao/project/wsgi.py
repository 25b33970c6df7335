"""The WSGI application, for sites that run Qitao under a WSGI server (live updates need ASGI)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qitao.project.settings")
application = get_wsgi_application()

"""The ASGI application that the web server runs."""

import os
import threading

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qitao.project.settings")
application = get_asgi_application()


def _warm_engine() -> None:
    """Load the engine's kernels – or compile them, the first time – so that no user waits for a compiler."""
    from qitao.engine.clear_to_build import warm

    warm()


threading.Thread(target=_warm_engine, name="warm-engine", daemon=True).start()

"""Which PostgreSQL this process talks to: the operator's server, or the embedded one of the data folder."""

from __future__ import annotations

from typing import Any

from qitao.project import env
from qitao.project.embedded import address


def default(environment: env.Environment) -> dict[str, Any]:
    """Build Django's DATABASES["default"]."""
    keys = env.connection(environment.database_url or address.url(environment.home))
    return {
        "ENGINE": "django.db.backends.postgresql",
        **keys,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,  # the pool keeps connections, not the threads
        "CONN_HEALTH_CHECKS": True,  # a request does not meet a connection that died while it lay in the pool
        "OPTIONS": {
            "application_name": "qitao",
            "connect_timeout": 5,
            # the same statements come again and again: PostgreSQL parses and plans them once a connection
            "server_side_binding": True,
            "prepare_threshold": 5,
            **keys["OPTIONS"],
            "pool": {
                "min_size": 1,
                "max_size": environment.database_connections,
                "timeout": 10,
                "max_idle": 300,
            },
        },
    }

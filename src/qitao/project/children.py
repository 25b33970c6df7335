"""Child processes that never outlive us: the kernel tells them when their parent is gone."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def stop_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return what a child does first: leave the terminal's group, and ask for that signal when its parent dies.

    The kernel counts the *thread* that started the child as its parent, so only the main thread may start one.
    On systems other than Linux the child is in a group of its own, and nothing more.
    """
    assert threading.current_thread() is threading.main_thread(), "children are started from the main thread"
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def before_exec() -> None:
        os.setpgid(0, 0)
        for blocked_or_ignored in (signal.SIGINT, signal.SIGTERM):
            signal.signal(blocked_or_ignored, signal.SIG_DFL)  # a shell's background job inherits "ignored"
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(number))
            if os.getppid() != parent:  # it died between fork and here
                os._exit(1)

    return before_exec

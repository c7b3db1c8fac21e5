"""A child that must not outlive its parent, whatever kills the parent.

Linux tells the child by a signal (prctl(2), PR_SET_PDEATHSIG). Elsewhere a thread of the child
watches who its parent is.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h
WATCH_SECONDS = 0.5


def die_with_parent(parent_pid: int | None = None) -> None:
    """Arrange that this process is killed when its parent dies.

    ``parent_pid`` is whom the caller believes to be the parent: when that one is already dead
    the process ends at once. On Linux the parent is the *thread* that forked, so long-lived
    children are started from main threads.
    """
    expected = os.getppid() if parent_pid is None else parent_pid
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(expected,), daemon=True).start()
    if os.getppid() != expected:
        os.kill(os.getpid(), signal.SIGKILL)


def _watch(expected: int) -> None:
    while os.getppid() == expected:
        time.sleep(WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)

"""``python -m workers.embedded.leash PARENT COMMAND...``: COMMAND, tied to PARENT's life.

On Linux the tie survives exec, so this process becomes the command. Elsewhere it stays, as a
small process that watches the parent and kills the command's group when the parent is gone.
Imports nothing of ours but the tie itself: it must start in milliseconds.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from workers.parent_death import WATCH_SECONDS, die_with_parent


def main(arguments: list[str]) -> int:
    parent_pid, command = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        die_with_parent(parent_pid)
        os.execvp(command[0], command)
    return keep_watch(parent_pid, command)


def keep_watch(parent_pid: int, command: list[str]) -> int:
    """Run the command in our own group until it ends or the parent is gone; its exit code."""
    process = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGTERM))
    while process.poll() is None:
        if os.getppid() != parent_pid:
            os.killpg(os.getpgid(0), signal.SIGKILL)
        time.sleep(WATCH_SECONDS / 5)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

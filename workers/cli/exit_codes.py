"""What the exit code of a command says. Schedulers rely on these; they do not change."""

from __future__ import annotations

DONE = 0
BUG = 1
USAGE = 2
ITEMS_FAILED = 3
CONFIGURATION = 4
UNREACHABLE = 5
TIMED_OUT = 6
NO_ROOM = 7
NOTHING_NEW = 99  # only when asked for
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
TERMINATED = 143  # 128 + SIGTERM

"""Being told to stop in the middle of endless work, and ending at a clean place."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from workers.cli import exit_codes

EXIT_CODES = {
    signal.SIGTERM: exit_codes.TERMINATED,
    signal.SIGINT: exit_codes.INTERRUPTED,
}


class Stop:
    """Whether to stop, and the exit code to stop with."""

    def __init__(self) -> None:
        self._told = threading.Event()
        self.exit_code = exit_codes.DONE

    def tell(self, number: int, _frame: FrameType | None = None) -> None:
        """The first signal asks; a second one does not wait for an output that is stuck."""
        if self._told.is_set():
            raise SystemExit(EXIT_CODES[signal.Signals(number)])
        self.exit_code = EXIT_CODES[signal.Signals(number)]
        self._told.set()

    def __bool__(self) -> bool:
        return self._told.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep, but not past being told."""
        self._told.wait(seconds)


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """SIGTERM and SIGINT set the flag while this lasts."""
    stop = Stop()
    old = {number: signal.signal(number, stop.tell) for number in EXIT_CODES}
    try:
        yield stop
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def nobody_reads() -> bool:
    """Whether standard output is a pipe whose reader has gone, without writing to it."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    gone = select.POLLERR | select.POLLHUP | select.POLLNVAL
    return any(state & gone for _, state in poll.poll(0)) and not os.isatty(sys.stdout.fileno())

"""The two limits that hold against any server: time for everything, bytes on the wire."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from types import TracebackType

from pipeline.errors import Drop, TryLater


class Deadline:
    """A time limit that shuts sockets: whoever reads from one then gets an error at once.

    A context manager; ``sockets`` is the list that the fetch's connections add themselves to.
    """

    def __init__(self, seconds: float, sockets: list[socket.socket]) -> None:
        self._sockets = sockets
        self._ends_at = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self.passed = False

    def __enter__(self) -> Deadline:
        self._sockets.clear()
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        for opened in self._sockets:
            opened.close()
        self._sockets.clear()

    def left_seconds(self) -> float:
        """What is left of the time. Raises ``TryLater("deadline_exceeded")`` for nothing."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TryLater("deadline_exceeded", "no time left for another hop")
        return left

    def _expire(self) -> None:
        self.passed = True
        for opened in list(self._sockets):
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)


class Meter:
    """Counts bytes that pass and stops at the cap."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.seen = 0

    def count(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces, unchanged. Raises ``Drop("too_large")`` beyond the cap."""
        for piece in pieces:
            self.seen += len(piece)
            if self.seen > self._max_bytes:
                raise Drop("too_large", f"more than {self._max_bytes} bytes on the wire")
            yield piece

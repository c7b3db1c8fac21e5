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

    A context manager, one for each fetch. Connections hand their sockets to :meth:`watch`; one
    that comes too late (a slow name server) is closed there.
    """

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.passed = False

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for opened in self._sockets:
                opened.close()
            self._sockets.clear()

    def watch(self, opened: socket.socket) -> None:
        """Shut this connection too when the time is over. Raises ``TimeoutError`` when it is.

        What is kept is a second handle: TLS takes the first one over, and shutting either ends
        both.
        """
        with self._lock:
            if self.passed:
                opened.close()
                raise TimeoutError("the deadline passed before the connection was made")
            self._sockets.append(opened.dup())

    def left_seconds(self) -> float:
        """What is left of the time. Raises ``TryLater("deadline_exceeded")`` for nothing."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TryLater("deadline_exceeded", "no time left for another hop")
        return left

    def _expire(self) -> None:
        with self._lock:
            self.passed = True
            for opened in self._sockets:
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

"""The two limits that hold against any server: time for everything, bytes on the wire."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from types import TracebackType

from pipeline.errors import Drop, TryLater
from pipeline.fetch.watch import watch


class Deadline:
    """A time limit that shuts sockets: whoever reads from one then gets an error at once.

    A context manager, one for each fetch. Connections hand their sockets to :meth:`watch`; one
    that comes too late (a slow name server) is closed there.
    """

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._over = False
        self.passed = False
        """Whether the time ran out while the fetch was under way."""

    def __enter__(self) -> Deadline:
        watch.add(self._ends_at, self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._over = True
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

    def expire(self) -> None:
        """Shut what is open, unless the fetch is over already."""
        with self._lock:
            self.passed = not self._over
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

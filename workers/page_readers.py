"""Processes that read pages: one that dies or hangs costs the page in its hands, and no other.

Each gets a part at a time and answers page by page, so it is known which one it was at.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, SpawnContext
from typing import Generic, TypeVar

from workers.parent_death import die_with_parent

Page = TypeVar("Page")
Answer = TypeVar("Answer")
Start = Callable[[], Callable[[Page], Answer]]
"""Called once in each process; what it gives reads a page."""

_CONTEXT: ForkContext | SpawnContext = (
    multiprocessing.get_context("fork")
    if sys.platform == "linux"
    else multiprocessing.get_context("spawn")
)


def read_pages(
    parts: Iterator[Sequence[Page]],
    start: Start[Page, Answer],
    *,
    processes: int,
    most_seconds: float,
) -> Iterator[tuple[Page, Answer | None]]:
    """Each page with its answer, in no order; None for a page that ended its process, or took
    longer than ``most_seconds`` and had to be ended with it.

    An error that ``start`` or reading a page raises is raised here.
    """
    readers = [_Reader(start) for _ in range(processes)]
    try:
        while True:
            for reader in readers:
                if not reader.pages and (part := next(parts, None)) is not None:
                    reader.take(part)
            busy = [reader for reader in readers if reader.pages]
            if not busy:
                return
            ends = min(reader.since for reader in busy) + most_seconds
            ready = wait([r.answers for r in busy], max(0.0, ends - time.monotonic()))
            for reader in busy:
                late = time.monotonic() - reader.since > most_seconds
                if reader.answers in ready or late:
                    yield reader.answer()
    finally:
        for reader in readers:
            reader.end()


class _Reader(Generic[Page, Answer]):
    """A process, the pages that it has not answered, and since when it is at the first of them."""

    def __init__(self, start: Start[Page, Answer]) -> None:
        self._start = start
        self.pages: deque[Page] = deque()
        self.since = 0.0
        self._open()

    def take(self, part: Sequence[Page]) -> None:
        self.pages.extend(part)
        self.since = time.monotonic()
        if part:
            self._hand_over()

    def answer(self) -> tuple[Page, Answer | None]:
        """The first page's answer; None when it did not come, and the rest goes to another."""
        found: Answer | BaseException | None = None
        try:
            answered = self.answers.poll()
            found = self.answers.recv() if answered else None
        except (EOFError, OSError):
            answered = False
        page = self.pages.popleft()
        if not answered:
            self.end()
            self._open()
            if self.pages:
                self._hand_over()
        self.since = time.monotonic()
        if isinstance(found, BaseException):
            raise found
        return page, found

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.answers.close()

    def _open(self) -> None:
        self.answers, theirs = _CONTEXT.Pipe()
        # A daemon is ended when this process exits by itself.
        self._process = _CONTEXT.Process(target=_serve, args=(self._start, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def _hand_over(self) -> None:
        try:
            self.answers.send(list(self.pages))
        except OSError:
            return  # it has died before its first page: that one is answered with None


def _serve(start: Start[Page, Answer], pipe: Connection) -> None:
    """The process's life: parts in, an answer a page out."""
    die_with_parent()
    try:
        read = start()
        while True:
            for page in pipe.recv():
                pipe.send(read(page))
    except (EOFError, KeyboardInterrupt):
        return
    except BaseException as error:
        pipe.send(error)

"""robots.txt by RFC 9309, kept per host and asked for before the first page.

What one process has read, others need not ask for: a :class:`Shelf` may hold it for all of them.

2xx         its rules hold, for a day or as Cache-Control says
3xx         followed, at most five times; one that leads nowhere counts as 4xx
4xx         there are no rules: everything is allowed
5xx, none   nothing is allowed for now; the page is tried again later
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from pipeline.errors import Drop, TryLater
from pipeline.fetch.robots_lines import decoded, distinct_escapes, rules_for

MAX_BYTES = 500 * 1024  # RFC 9309 section 2.5: at least 500 KiB must be read
KEEP = timedelta(hours=24)  # RFC 9309 section 2.4: no longer than 24 hours
KEEP_AT_LEAST = timedelta(minutes=5)
KEEP_UNREACHABLE = timedelta(minutes=10)
MOST_HOSTS = 10_000

_LEADS_NOWHERE = frozenset(
    (
        "too_many_redirects",
        "bad_redirect",
        "scheme_forbidden",
        "address_forbidden",
        "port_forbidden",
    )
)
"""RFC 9309 section 2.3.1.2: after five redirects the rules may count as not there. Where the host
itself is forbidden, its page meets the same refusal."""
_UNREADABLE = frozenset(("bad_encoding", "bad_response", "too_large"))
"""The host answers, and not with anything that can be read: nothing is known to be allowed."""

Answer = tuple[int, bytes, str | None]
"""``(status, body, Cache-Control)`` of the last hop."""


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What a host's robots.txt came to: its text, or the reason for which it could not be read."""

    expires_at: datetime
    text: str = ""
    reason: str | None = None
    detail: str = ""


class Shelf(Protocol):
    """Where processes leave what they have read. No method may raise, nor wait for long."""

    def take(self, origin: str) -> RobotsFile | None:
        """What is kept and has not expired; None gives the caller the turn to ask the host.

        Waits a while for somebody else whose turn it is.
        """

    def leave(self, origin: str, file: RobotsFile | None) -> None:
        """Keep it for all; None gives the turn back."""


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego | TryLater
    """The rules, or why they could not be read: then nothing is allowed for now."""
    expires_at: datetime


class Robots:
    """The rules of every host asked. Safe to use from many threads.

    ``get`` fetches a robots.txt and raises ``TryLater`` when no answer was had. A ``Drop`` that
    it raises for the host itself (TLS) is the page's own.
    """

    def __init__(
        self,
        agent: str,
        get: Callable[[str], Answer],
        now: Callable[[], datetime],
        shelf: Shelf | None = None,
    ):
        self._shelf = shelf
        self._product = agent.partition("/")[0]  # the rest of it could name another crawler
        self._get = get
        self._now = now
        self._kept: dict[str, _Rules] = {}
        self._lock = threading.Lock()

    def check(self, url: str) -> None:
        """Return when the URL may be fetched.

        Raises ``Drop("robots_forbidden")``, or ``TryLater`` when the rules could not be read:
        ``robots_unreachable`` for a 5xx, else what kept the answer away.
        """
        rules = self._rules(url)
        if isinstance(rules.parsed, TryLater):
            wait = rules.expires_at - self._now()
            raise TryLater(rules.parsed.reason, rules.parsed.detail, after=wait)
        if not rules.parsed.can_fetch(distinct_escapes(url), self._product):
            raise Drop("robots_forbidden", f"{_origin(url)}/robots.txt")

    def crawl_delay_seconds(self, url: str) -> float | None:
        """The delay that the host asks of us; None when it names none."""
        rules = self._rules(url)
        if isinstance(rules.parsed, TryLater):
            return None
        delay: float | None = rules.parsed.crawl_delay(self._product)
        return delay

    def _rules(self, url: str) -> _Rules:
        origin = _origin(url)
        kept = self._kept.get(origin)
        if kept is None or kept.expires_at <= self._now():
            kept = _rules_of(self._file(origin), self._product)
            with self._lock:
                if len(self._kept) >= MOST_HOSTS:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[origin] = kept
        return kept

    def _file(self, origin: str) -> RobotsFile:
        if self._shelf is None:
            return self._read(origin)
        file = self._shelf.take(origin)
        if file is None:
            try:
                file = self._read(origin)
            finally:
                self._shelf.leave(origin, file)
        return file

    def _read(self, origin: str) -> RobotsFile:
        place = f"{origin}/robots.txt"
        try:
            status, body, cache_control = self._get(place)
        except TryLater as error:
            return RobotsFile(
                self._now() + KEEP_UNREACHABLE, reason=error.reason, detail=error.detail
            )
        except Drop as error:
            if error.reason in _LEADS_NOWHERE:
                return RobotsFile(self._now() + KEEP)
            if error.reason in _UNREADABLE:
                return self._unreachable(f"{place}: {error}")
            raise
        if status >= 500 or status == 429:
            return self._unreachable(f"{place}: status {status}")
        text = decoded(_whole_lines(body)) if status < 300 else ""
        return RobotsFile(self._now() + _lifetime(cache_control), text)

    def _unreachable(self, detail: str) -> RobotsFile:
        until = self._now() + KEEP_UNREACHABLE
        return RobotsFile(until, reason="robots_unreachable", detail=detail)


def _rules_of(file: RobotsFile, product: str) -> _Rules:
    if file.reason is not None:
        return _Rules(TryLater(file.reason, file.detail), file.expires_at)
    return _Rules(Protego.parse(rules_for(file.text, product)), file.expires_at)


def _whole_lines(body: bytes) -> bytes:
    """The first ``MAX_BYTES`` without the line that the cut went through: half a path forbids
    more than the whole one."""
    if len(body) <= MAX_BYTES:
        return body
    return body[: max(body.rfind(b"\n", 0, MAX_BYTES), body.rfind(b"\r", 0, MAX_BYTES)) + 1]


def _lifetime(cache_control: str | None) -> timedelta:
    match = re.search(r"max-age\s*=\s*(\d{1,9})", cache_control or "", re.I)
    if match is None:
        return KEEP
    return min(max(timedelta(seconds=int(match.group(1))), KEEP_AT_LEAST), KEEP)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

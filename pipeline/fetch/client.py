"""The HTTP client: one page, within its limits, or the outcome that says why not.

A fetch opens its own connections, follows redirects itself (each hop is looked at like the
first), and has one deadline for everything: a timer shuts its sockets, because ``timeout=``
alone never ends a server that sends a byte now and then. No proxies, no cookies, no retries.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pipeline.errors import Drop
from pipeline.fetch.addresses import Resolver, resolve
from pipeline.fetch.answers import REDIRECTS, refusal_of
from pipeline.fetch.bodies import Wanted, a_list, a_page, a_reply, robots_txt
from pipeline.fetch.deadline import Deadline
from pipeline.fetch.hops import Hop, ask
from pipeline.fetch.pages import with_charset
from pipeline.fetch.policy import FetchPolicy
from pipeline.fetch.rights import rights_of
from pipeline.fetch.robots import Answer, Robots, Shelf
from pipeline.fetch.session import GuardedSession
from pipeline.fetch.walls import wall_of
from pipeline.models import FetchedPage, FetchRequest, SourceProfile
from pipeline.urls import host_of, normalize_url, resolve_url, scheme_of

NOT_MODIFIED = 304
KEEP_THE_FORM = (307, 308)
"""Redirects after which the same is sent again (RFC 9110 section 15.4)."""


class Client:
    """Fetches pages from many threads; each has its own session. Close it when done."""

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        resolver: Resolver = resolve,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        verify: bool | str = True,
        shelf: Shelf | None = None,
    ) -> None:
        self._policy = policy
        self._resolver = resolver
        self._now = now
        self._verify = verify
        self._threads = threading.local()
        self._robots = Robots(policy.user_agent, self._robots_answer, now, shelf)

    def fetch(self, request: FetchRequest) -> FetchedPage:
        """The page, or status 304 without a body for a conditional request.

        Raises ``TryLater`` or ``Drop`` with a reason of :data:`pipeline.errors.REASONS`.
        """
        url = normalize_url(request.url)
        if self._policy.respect_robots:
            self._robots.check(url)
        started = time.monotonic()
        kind = a_list if request.purpose == "list" else a_page
        wanted = kind(self._policy)
        hops = self._follow(url, _headers(request, wanted), kind, request.source)
        last = hops[-1]
        self._refuse(url, last)
        page = FetchedPage(
            url=request.url,
            final_url=last.url,
            status=last.status,
            headers=last.headers,
            body=last.body,
            fetched_at=self._now(),
            redirects=tuple(hop.url for hop in hops[:-1]),
            wire_bytes=sum(hop.wire_bytes for hop in hops),
            elapsed_seconds=time.monotonic() - started,
            rights=rights_of(
                last.url, last.headers, last.body if wanted.is_page else b"", self._policy.product
            ),
            crawl_delay_seconds=self._crawl_delay_seconds(url),
        )
        if page.status == NOT_MODIFIED:
            return replace(page, body=b"")
        return with_charset(page) if wanted.is_page else _not_empty(page)

    def post_form(self, url: str, fields: Mapping[str, str]) -> None:
        """Send a form to an address that its owner gives for that; returns when it was taken (2xx).

        Only a redirect that keeps the form (307, 308) is followed: by it a hub says that it moved.
        Raises ``TryLater`` or ``Drop`` as :meth:`fetch`.
        """
        url, policy = normalize_url(url), self._policy
        with Deadline(policy.deadline_seconds) as deadline:
            for _ in range(policy.max_redirects + 1):
                hop = ask(self._session(), url, {}, a_reply(policy), deadline, policy, fields)
                target = hop.lowered.get("location")
                if hop.status not in KEEP_THE_FORM or not target:
                    break
                url = _next(hop.url, target)
            else:
                raise Drop("too_many_redirects", f"the last one to {url}")
        if not 200 <= hop.status < 300:
            refusal = refusal_of(hop.status, hop.lowered, self._now())
            raise refusal or Drop("bad_response", f"status {hop.status} to a form")

    def close(self) -> None:
        """Drop this thread's session; no connection outlives a fetch anyway."""
        session: GuardedSession | None = getattr(self._threads, "session", None)
        if session is not None:
            session.close()

    def _refuse(self, url: str, last: Hop) -> None:
        """Raises what the last answer is when it is no page."""
        headers = last.lowered
        wall = wall_of(url, last.url, last.status, headers, last.body)
        refusal = wall or refusal_of(last.status, headers, self._now())
        if refusal is not None:
            refusal.answered = last.url
            raise refusal
        if last.status == NOT_MODIFIED and not last.conditional:
            raise Drop("bad_response", "not modified (304), without having been asked")

    def _crawl_delay_seconds(self, url: str) -> float | None:
        return self._robots.crawl_delay_seconds(url) if self._policy.respect_robots else None

    def _robots_answer(self, url: str) -> Answer:
        last = self._follow(url, {}, robots_txt)[-1]
        return last.status, last.body, last.lowered.get("cache-control")

    def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        kind: Callable[[FetchPolicy], Wanted],
        source: SourceProfile | None = None,
    ) -> list[Hop]:
        """Every answer on the way, the last one last."""
        hops: list[Hop] = []
        session = self._session()
        policy = self._policy.for_source(source, host_of(url))
        with Deadline(policy.deadline_seconds) as deadline:
            while True:
                # What makes a request conditional belongs to the host that gave it.
                same_host = not hops or urlsplit(url).netloc == urlsplit(hops[0].url).netloc
                policy = self._policy.for_source(source, host_of(url))
                sent, wanted = headers if same_host else {}, kind(policy)
                hop = ask(session, url, sent, wanted, deadline, policy)
                hops.append(hop)
                target = hop.lowered.get("location")
                if hop.status not in REDIRECTS or not target:
                    return hops
                url = _next(hop.url, target)
                if len(hops) > self._policy.max_redirects or url in {h.url for h in hops}:
                    raise Drop("too_many_redirects", " -> ".join([*(h.url for h in hops), url]))
                if wanted.minds_robots and self._policy.respect_robots:
                    self._robots.check(url)

    def _session(self) -> GuardedSession:
        session: GuardedSession | None = getattr(self._threads, "session", None)
        if session is None:
            session = GuardedSession(self._policy, self._resolver, self._verify)
            self._threads.session = session
        return session


def _headers(request: FetchRequest, wanted: Wanted) -> dict[str, str]:
    named = {
        "Accept": wanted.accept,
        "If-None-Match": request.etag,
        "If-Modified-Since": request.last_modified,
    }
    headers = {name: value for name, value in named.items() if value}
    return dict(request.source.headers if request.source else ()) | headers


def _not_empty(page: FetchedPage) -> FetchedPage:
    if not page.body.strip():
        raise Drop("empty", f"{len(page.body)} bytes")
    return page


def _next(url: str, location: str) -> str:
    """Where a redirect leads. Raises ``Drop`` for what must not be followed."""
    with contextlib.suppress(UnicodeError):
        # Servers send raw UTF-8; the HTTP library reads headers as Latin-1.
        location = location.encode("latin-1").decode("utf-8")
    if scheme_of(location) not in ("", "http", "https"):
        raise Drop("scheme_forbidden", f"redirect from {url} to {location[:200]!r}")
    try:
        target = resolve_url(url, location)
    except Drop as error:
        raise Drop("bad_redirect", f"to {location[:200]!r}: {error.detail}") from error
    if url.startswith("https:") and not target.startswith("https:"):
        raise Drop("scheme_forbidden", f"redirect from {url} to {target[:200]}")
    return target

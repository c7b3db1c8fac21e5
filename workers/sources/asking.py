"""Asking a site for a few pages by hand: politely, one after the other, and never raising."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline.discover.found import Listing, Undiscoverable
from pipeline.discover.listings import read_listing
from pipeline.errors import REASONS, Outcome
from pipeline.fetch import Client
from pipeline.models import FetchedPage, FetchRequest, SourceProfile

LONGEST_PAUSE_SECONDS = 30.0
"""A longer crawl-delay is not waited for at a prompt; the engine keeps it whole."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A page that was not had: a word of :data:`pipeline.errors.REASONS`, and a sentence."""

    url: str
    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.url}: {self.reason}: {self.detail}"


@dataclass(slots=True)
class Asker:
    """Fetches pages and lists of one source, with its pace between two requests to a host."""

    client: Client
    interval_seconds: float
    source: SourceProfile | None = None
    sleep: Callable[[float], None] = time.sleep
    refused: list[Refused] = field(default_factory=list)
    _asked_at: dict[str, float] = field(default_factory=dict)
    _delays: dict[str, float] = field(default_factory=dict)

    def page(self, url: str) -> FetchedPage | None:
        """The page, or None with the refusal noted."""
        return self._fetch(FetchRequest(url, source=self.source))

    def listing(self, url: str) -> Listing | None:
        """What a feed or sitemap lists, or None with the refusal noted."""
        page = self._fetch(FetchRequest(url, source=self.source, purpose="list"))
        if page is None:
            return None
        try:
            return read_listing(page.body, page.final_url, page.headers)
        except Undiscoverable as error:
            self.refused.append(Refused(url, "not_a_list", str(error)))
            return None

    def last_refusal(self, url: str) -> Refused | None:
        """Why that address was not had."""
        return next((one for one in reversed(self.refused) if one.url == url), None)

    def _fetch(self, request: FetchRequest) -> FetchedPage | None:
        host = urlsplit(request.url).netloc
        pause = max(self.interval_seconds, self._delays.get(host, 0.0))
        if host in self._asked_at:
            self.sleep(max(0.0, self._asked_at[host] + pause - time.monotonic()))
        try:
            page = self.client.fetch(request)
        except Outcome as outcome:
            detail = outcome.detail or REASONS[outcome.reason]
            self.refused.append(Refused(request.url, outcome.reason, detail))
            return None
        finally:
            self._asked_at[host] = time.monotonic()
        delay = page.crawl_delay_seconds or 0.0
        self._delays[host] = min(delay, LONGEST_PAUSE_SECONDS)
        return page

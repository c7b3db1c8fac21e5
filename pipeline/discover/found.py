"""What discovery finds, and the one error it raises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeVar

from pipeline.urls import absolute

Item = TypeVar("Item")

MAX_ENTRIES = 50_000
"""Entries read from one document: the limit of the sitemap protocol."""
MOST_LOOKED_AT = 4 * MAX_ENTRIES
"""Entries looked at to find as many addresses: 50 MB may hold a million of the same."""
MAX_URL_CHARS = 2_048
"""Characters of an address: the limit of the sitemap protocol."""
MAX_TITLE_CHARS = 1_000

_BREAK = re.compile(r"<(?:br|/?p|/?div|/?h[1-6])\b[^<>]{0,500}>", re.I)
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|big|cite|code|em|font|i|img|mark|q|s|small|span|strike|strong|sub|sup|tt|u|wbr)"
    r"\b[^<>]{0,500}>",
    re.I,
)

REASONS = {
    "too_large": "more bytes, as sent or unpacked, or more elements than are read",
    "bad_gzip": "the gzip stream does not unpack",
    "entities": "the document declares entities that are more than short text",
    "not_xml": "no element could be read",
    "not_json": "the JSON could not be read",
    "unknown_format": "the document is of no kind that lists articles",
}


class Undiscoverable(Exception):
    """A document that lists nothing for us. ``reason`` is a key of :data:`REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}: {REASONS[reason]}")
        self.reason = reason


DateSays = Literal["instant", "day", "change"]
"""What an entry's date is: the instant or the day of publication, or when the page last changed,
which may be years later."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed address with what its list says of it."""

    url: str
    title: str = ""
    dated: datetime | None = None
    """Aware, UTC; None when not named or not readable."""
    date_says: DateSays = "day"


@dataclass(frozen=True, slots=True)
class Push:
    """Where the list says that its news are pushed: a hub, and the topic's name there."""

    hub: str
    topic: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The entries of one document in its order, each address once."""

    kind: str
    """rss, rdf, atom, json_feed, urlset, sitemap_index or sitemap_text."""
    entries: tuple[Entry, ...] = ()
    cut: bool = False
    """True when there was more than :data:`MAX_ENTRIES`."""
    pace_seconds: float | None = None
    """How often the list says that it changes (RSS ttl, syn:updatePeriod)."""
    push: Push | None = None


def absolute_url(base: str, text: str) -> str | None:
    """The http(s) address that ``text`` names on ``base``, as it is asked for; None when there is
    none."""
    text = text.strip()
    return absolute(base, text) if text and len(text) <= MAX_URL_CHARS else None


def plain_words(title: str) -> str:
    """A title without the markup of HTML that some write into it, on one line."""
    title = title[: 4 * MAX_TITLE_CHARS]
    if "<" in title:
        title = _MARKUP.sub("", _BREAK.sub(" ", title))
    return " ".join(title.split())[:MAX_TITLE_CHARS]


class Collector:
    """Gathers entries: each address once, at most :data:`MAX_ENTRIES`."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cut = False
        self._entries: dict[str, Entry] = {}

    def within_reason(self, listed: Iterable[Item]) -> Iterator[Item]:
        """What is listed, until there are as many addresses as are kept, or ever more of the same
        or of none."""
        for looked_at, item in enumerate(listed):
            if self.cut or looked_at == MOST_LOOKED_AT:
                self.cut = True
                return
            yield item

    def add(
        self,
        url: str,
        title: str = "",
        dated: datetime | None = None,
        date_says: DateSays = "day",
    ) -> bool:
        """Keep the entry; False when its address is none that can be asked for. What an entry
        left open, another one of the same address may say."""
        address = absolute_url(self.base, url)
        if address is None:
            return False
        known = self._entries.get(address)
        if known is None and len(self._entries) >= MAX_ENTRIES:
            self.cut = True
        elif known is None:
            self._entries[address] = Entry(address, plain_words(title), dated, date_says)
        elif not (known.title and known.dated):
            if known.dated is None:
                known = replace(known, dated=dated, date_says=date_says)
            self._entries[address] = replace(known, title=known.title or plain_words(title))
        return True

    def listing(
        self, kind: str, pace_seconds: float | None = None, push: Push | None = None
    ) -> Listing:
        """What was gathered."""
        return Listing(kind, tuple(self._entries.values()), self.cut, pace_seconds, push)

"""Small pages for tests of the fields: one story, laid out as each test needs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape

from pipeline.fetch.pages import page_from_bytes
from pipeline.models import ListHint, ParsedArticle, SourceProfile
from pipeline.parse import parse

FETCHED = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://www.harbourpost.example/local/pier"
HEADLINE = "Council votes to rebuild the northern pier"
PARAGRAPHS = (
    "The harbour council voted on Tuesday night to rebuild the northern pier before the winter, "
    "ending a quarrel that had lasted for three years and two elections.",
    "Engineers told the meeting that the old piles had rotted below the water line, and that "
    "waiting another year would double the price of the work.",
    "Fishermen, who moor there from October on, were promised a berth at the dry dock until the "
    "new pier is open, which the harbour master expects in May.",
)


def document(head: str = "", top: str = "", bottom: str = "", *, lang: str = "en") -> str:
    """A page: ``head`` in its head, ``top`` between headline and story, ``bottom`` after it."""
    story = "".join(f"<p>{escape(text)}</p>" for text in PARAGRAPHS)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>'
        f'<nav><a href="/">Home</a></nav><article><h1>{HEADLINE}</h1>{top}{story}</article>{bottom}'
        "</body></html>"
    )


def ld(kind: str = "NewsArticle", **values: object) -> str:
    """A script element with the page's data of itself."""
    whole = {"@context": "https://schema.org", "@type": kind, **values}
    return f'<script type="application/ld+json">{json.dumps(whole)}</script>'


def read(
    html: str,
    *,
    url: str = URL,
    source: SourceProfile | None = None,
    hint: ListHint | None = None,
) -> ParsedArticle:
    """The article of a page fetched at :data:`FETCHED`."""
    body = html.encode("utf-8", "surrogatepass")
    page = page_from_bytes(url, body, content_type="text/html", fetched_at=FETCHED)
    return parse(page, source, hint=hint)

"""A page's feeds, sitemaps and article links are found; no page makes it fail."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.discover.page_links import find_article_links, find_offers

URL = "https://paper.example/news/"
HEAD = b"""<html><head><base href="/en/">
<link rel="alternate" type="application/rss+xml; charset=utf-8" title="All" href="feed.xml">
<link rel="alternate" type="text/html" hreflang="de" href="/de">
<link rel="sitemap" href="/sitemap.xml"></head><body>"""


def test_feeds_and_sitemaps_are_found_beside_other_alternates() -> None:
    offers = find_offers(HEAD, URL)
    assert [(e.url, e.title) for e in offers.feeds] == [
        ("https://paper.example/en/feed.xml", "All")
    ]
    assert [e.url for e in offers.sitemaps] == ["https://paper.example/sitemap.xml"]


def test_article_like_links_of_the_host_are_kept_once() -> None:
    paths = (
        "/storm-closes-the-harbour",
        "/storm-closes-the-harbour#talk",
        "/2026/11/03/rain",
        "/a/10234567.html",
        "/politics",
        "/about-us",
        "mailto:a-b-c-d@paper.example",
        "https://other.example/storm-closes-the-harbour",
    )
    page = "".join(f"<a href='{path}'>Some  words</a>" for path in paths).encode()
    listing = find_article_links(page, URL)
    assert [e.url for e in listing.entries] == [
        f"https://paper.example{path}" for path in (paths[0], paths[2], paths[3])
    ]
    assert listing.entries[0].title == "Some words"


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=80), st.integers(0, 300))
def test_no_page_makes_it_raise(noise: bytes, at: int) -> None:
    page = HEAD[:at] + noise + HEAD[at:]
    assert len(find_offers(page, URL).feeds) <= 2
    assert find_article_links(page, URL).kind == "page"


LINK = "<a href='a-story-of-four-words'>Four words are a story</a>"
STORY = "/a-story-of-four-words"
BASES = {
    "none": ("", "/news" + STORY),
    "a folder": ("<base href='/en/'>", "/en" + STORY),
    "blanks around": ("<base href=' /en/ '>", "/en" + STORY),
    "backslashes": ("<base href='\\en\\'>", "/en" + STORY),
    "a file": ("<base href='/en/index.html'>", "/en" + STORY),
    "whole": (
        "<base href='https://www.paper.example/en/'>",
        "https://www.paper.example/en" + STORY,
    ),
    "without a scheme": ("<base href='//paper.example/en/'>", "/en" + STORY),
    "a target alone first": ("<base target='_top'><base href='/en/'>", "/en" + STORY),
    "two": ("<base href='/en/'><base href='/de/'>", "/en" + STORY),
    "broken": ("<base href='http://['>", "/news" + STORY),
    "no address": ("<base href='javascript:a()'>", "/news" + STORY),
}


@pytest.mark.parametrize(("base", "address"), BASES.values(), ids=list(BASES))
def test_links_are_read_on_the_pages_base(base: str, address: str) -> None:
    page = f"<html><head>{base}</head><body>{LINK}</body></html>".encode()
    found = [entry.url for entry in find_article_links(page, URL).entries]
    assert found == [address if "://" in address else "https://paper.example" + address]


def test_a_link_with_blanks_inside_is_asked_for() -> None:
    page = b"<a href='/storm closes the\n harbour.html'>The storm closes the harbour again</a>"
    found = [entry.url for entry in find_article_links(page, URL).entries]
    assert found == ["https://paper.example/storm%20closes%20the%20harbour.html"]

"""A feed's hub is found wherever the WebSub standard lets it be named, and nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.discover.found import Push
from pipeline.discover.listings import read_listing
from pipeline.discover.page_links import find_article_links

BASE = "https://paper.example/feeds/all"
HUB, TOPIC = "https://hub.example/", "https://paper.example/feeds/main"
ATOM_NS = 'xmlns:atom="http://www.w3.org/2005/Atom"'
NAMED = f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{TOPIC}"/>'
ITEM = "<item><link>https://paper.example/eel</link></item>"
RSS = f"<rss {ATOM_NS}><channel>{NAMED}{ITEM}</channel></rss>"
ATOM = f'<feed xmlns="http://www.w3.org/2005/Atom">{NAMED.replace("atom:", "")}</feed>'
RDF = (
    f'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {ATOM_NS}'
    f' xmlns="http://purl.org/rss/1.0/"><channel>{NAMED}</channel>{ITEM}</r:RDF>'
)
JSON_FEED: dict[str, Any] = {
    "feed_url": TOPIC,
    "items": [],
    "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": HUB}],
}
SILENT = "<rss><channel></channel></rss>"


def push(document: str, *link_headers: str) -> Push | None:
    headers = [("Link", value) for value in link_headers]
    return read_listing(document.encode(), BASE, headers).push


@pytest.mark.parametrize("document", [RSS, ATOM, RDF, json.dumps(JSON_FEED)])
def test_a_feed_of_every_kind_names_its_hub_and_itself(document: str) -> None:
    assert push(document) == Push(HUB, TOPIC)


@pytest.mark.parametrize(
    "headers",
    [
        (f'<{HUB}>; rel="hub"', f'<{TOPIC}>; rel="self"'),
        (f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"',),
        (f"<{HUB}>;rel=hub,<{TOPIC}>;rel=self",),
        (f'</feeds/main>; title="a, b; c" ; REL="Self canonical", <{HUB}>; x; rel="preload HUB"',),
    ],
)
def test_link_headers_name_them_in_every_spelling(headers: tuple[str, ...]) -> None:
    assert push(SILENT, *headers) == Push(HUB, TOPIC)
    assert push('{"items": []}', *headers) == Push(HUB, TOPIC)


@pytest.mark.parametrize(
    ("written", "topic"),
    [
        ("https://paper.example", None),
        ("HTTPS://Paper.example:443/caf%c3%a9?b=2&a=1&utm_source=x#top", None),
        ("https://paper.example/café", None),
        ("https://paper.example/a b", "https://paper.example/a%20b"),
        ("main?b", "https://paper.example/feeds/main?b"),
        ("mailto:desk@paper.example", BASE),
    ],
)
def test_a_topic_is_spelled_as_its_publisher_wrote_it(written: str, topic: str | None) -> None:
    document = json.dumps(JSON_FEED | {"feed_url": f" {written} "})
    head = f'<head><link rel="hub" href="{HUB}"><link rel="self" href="{written}"></head>'
    assert push(document) == Push(HUB, topic or written)
    assert page_push(f'<meta charset="utf-8">{head}') == Push(HUB, topic or written)


PAGE = """<html><head><base href="/news/"><link rel="preload HUB" href="https://hub.example/">
<link rel="self" href="main"></head><body><link rel="hub" href="https://evil.example/"></body></html>"""


def page_push(page: str, *link_headers: str) -> Push | None:
    headers = [("Link", value) for value in link_headers]
    return find_article_links(page.encode(), BASE, None, headers).push


def test_a_page_names_its_hub_in_its_head_or_headers_and_nowhere_else() -> None:
    assert page_push(PAGE) == Push(HUB, "https://paper.example/news/main")
    assert page_push(PAGE, '<https://one.example/>; rel="hub"') == Push(
        "https://one.example/", "https://paper.example/news/main"
    )
    assert page_push(PAGE.replace("preload HUB", "preload")) is None
    assert page_push("", f'<{HUB}>; rel="hub"') == Push(HUB, BASE)


def test_headers_go_before_the_document_and_the_first_hub_with_tls_is_taken() -> None:
    headers = ('<https://one.example/>; rel="hub"', '<https://two.example/>; rel="hub"')
    assert push(RSS, *headers) == Push("https://one.example/", TOPIC)
    plain = '<http://three.example/>; rel="hub"'
    assert push(RSS, plain, *headers) == Push("https://one.example/", TOPIC)
    assert push(RSS, plain) == Push("http://three.example/", TOPIC)
    two = f'<atom:link rel="hub" href="http://three.example/"/>{NAMED}'
    assert push(RSS.replace(NAMED, two)) == Push(HUB, TOPIC)


def test_a_feed_that_does_not_name_itself_is_known_by_where_it_was_had() -> None:
    assert push(SILENT, f'<{HUB}>; rel="hub"') == Push(HUB, BASE)


@pytest.mark.parametrize(
    ("document", "header"),
    [
        (SILENT, ""),
        (SILENT, f'<{TOPIC}>; rel="self"'),
        (SILENT, f'<{HUB}>; rel="hubs"'),
        (SILENT, f'<{HUB}>; title="; rel=hub"'),
        (SILENT, f'<{HUB}>; rel="next"; rel="hub"'),
        (SILENT, '<javascript:hub>; rel="hub"'),
        (SILENT, "<" * 100_000 + ";" * 100_000),
        (SILENT, "<a>" + "; a " * 100_000),
        (f"<rss {ATOM_NS}><channel><item>{NAMED}</item></channel></rss>", ""),
        (json.dumps(JSON_FEED | {"hubs": [{"type": "rssCloud", "url": HUB}]}), ""),
        (json.dumps(JSON_FEED | {"hubs": {"type": "WebSub", "url": HUB}}), ""),
        (json.dumps(JSON_FEED | {"hubs": [HUB, {"type": "WebSub", "url": None}]}), ""),
    ],
)
def test_what_is_no_hub_of_the_feed_is_not_taken_for_one(document: str, header: str) -> None:
    assert push(document, header) is None
